// SPDX-License-Identifier: GPL-3.0-or-later
// The second half of the style: controls with parts.
#include "widgets/base/theme/style.hpp"

#include "widgets/base/theme/stylepaint.hpp"
#include "widgets/base/theme/theme.hpp"

#include <QPainter>
#include <QStyleOption>

namespace vitrine {

using namespace stylepaint;

namespace {

void headerSection(QPainter* painter, const QStyleOption* option) {
    const ThemeTokens& t = Theme::tokens();
    painter->fillRect(option->rect, t.panel);
    if (option->state & QStyle::State_MouseOver) painter->fillRect(option->rect, t.hover);
    painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1), t.strongLine);
}

void tabShape(QPainter* painter, const QStyleOption* option) {
    const ThemeTokens& t = Theme::tokens();
    const QRect r = option->rect;
    if (option->state & QStyle::State_MouseOver) painter->fillRect(r, t.hover);
    if (option->state & QStyle::State_Selected)
        painter->fillRect(QRect(r.left() + Theme::px(8), r.bottom() - 1, r.width() - Theme::px(16), 2), t.accent);
}

void menuBarItem(QPainter* painter, const QStyleOptionMenuItem* item) {
    const ThemeTokens& t = Theme::tokens();
    painter->fillRect(item->rect, t.window);
    if (item->state & (QStyle::State_Selected | QStyle::State_Sunken))
        roundedBox(painter, item->rect.adjusted(0, 1, 0, -1), t.pressed, {}, Theme::px(4));
    painter->setPen(item->state & QStyle::State_Enabled ? t.text : t.disabled);
    painter->drawText(item->rect, Qt::AlignCenter | Qt::TextShowMnemonic, item->text);
}

void progress(QPainter* painter, const QStyleOptionProgressBar* bar) {
    const ThemeTokens& t = Theme::tokens();
    const int height = std::min(Theme::px(4), bar->rect.height());
    QRectF groove = bar->rect;
    groove.setTop(groove.center().y() - height / 2.0);
    groove.setHeight(height);
    roundedBox(painter, groove, t.hairline, {}, height / 2.0);
    const double span = bar->maximum - bar->minimum;
    QRectF done = groove;
    if (span > 0)
        done.setWidth(groove.width() * (bar->progress - bar->minimum) / span);
    else
        done = QRectF(groove.left() + groove.width() * 0.3, groove.top(), groove.width() * 0.4, height);
    if (done.width() > 0) roundedBox(painter, done, t.accent, {}, height / 2.0);
}

void slider(QPainter* painter, const QStyleOptionSlider* option, const QRect& handle) {
    const ThemeTokens& t = Theme::tokens();
    const bool enabled = option->state & QStyle::State_Enabled;
    const double thick = Theme::px(4);
    QRectF groove = option->rect;
    groove.setTop(groove.center().y() - thick / 2);
    groove.setHeight(thick);
    roundedBox(painter, groove, t.strongLine, {}, thick / 2);
    QRectF done = groove;
    done.setRight(handle.center().x());
    roundedBox(painter, done, enabled ? t.accent : t.disabled, {}, thick / 2);
    const QRectF knob = QRectF(handle).adjusted(1, 1, -1, -1);
    roundedBox(painter, knob, t.panel, enabled ? t.accent : t.disabled, knob.width() / 2);
    if (option->state & QStyle::State_HasFocus) focusRing(painter, QRectF(handle), handle.width() / 2.0);
}

void comboBox(QPainter* painter, const QStyleOptionComboBox* option, const QRect& arrow, const QWidget* widget) {
    fieldBox(painter, option, widget);
    chevron(painter, arrow, Qt::DownArrow,
            option->state & QStyle::State_Enabled ? Theme::tokens().secondary : Theme::tokens().disabled);
}

void spinBox(QPainter* painter, const QStyleOptionSpinBox* option, const QRect& up, const QRect& down,
             const QWidget* widget) {
    const ThemeTokens& t = Theme::tokens();
    fieldBox(painter, option, widget);
    if (option->buttonSymbols == QAbstractSpinBox::NoButtons) return;
    const bool enabled = option->state & QStyle::State_Enabled;
    const auto ink = [&](QAbstractSpinBox::StepEnabledFlag step) {
        return enabled && (option->stepEnabled & step) ? t.secondary : mix(t.disabled, t.panel, 0.5);
    };
    chevron(painter, up, Qt::UpArrow, ink(QAbstractSpinBox::StepUpEnabled));
    chevron(painter, down, Qt::DownArrow, ink(QAbstractSpinBox::StepDownEnabled));
}

} // namespace

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                        const QWidget* widget) const {
    const ThemeTokens& t = Theme::tokens();
    switch (element) {
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option)) {
            QStyleOptionButton copy = *button;
            const ButtonRole role = roleOf(widget);
            if (role == ButtonRole::Primary && (copy.state & State_Enabled))
                copy.palette.setColor(QPalette::ButtonText, t.onAccent);
            if (role == ButtonRole::Link && (copy.state & State_Enabled))
                copy.palette.setColor(QPalette::ButtonText, t.accent);
            return QProxyStyle::drawControl(element, &copy, painter, widget);
        }
        break;
    case CE_ComboBoxLabel:
        if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option); combo && !combo->editable) {
            const QRect field = subControlRect(CC_ComboBox, combo, SC_ComboBoxEditField, widget);
            painter->setPen(combo->state & State_Enabled ? t.text : t.disabled);
            painter->drawText(field, Qt::AlignVCenter | Qt::TextSingleLine,
                              combo->fontMetrics.elidedText(combo->currentText, Qt::ElideRight, field.width()));
            return;
        }
        break;
    case CE_HeaderSection:
        return headerSection(painter, option);
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, t.panel);
        return;
    case CE_HeaderLabel:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option)) {
            QStyleOptionHeaderV2 copy;
            if (const auto* second = qstyleoption_cast<const QStyleOptionHeaderV2*>(option))
                copy = *second;
            else
                static_cast<QStyleOptionHeader&>(copy) = *header;
            copy.palette.setColor(QPalette::ButtonText, t.secondary);
            painter->setFont(Theme::font(TextSize::Caption));
            copy.state &= ~State_On; // no bold for the sorted or selected column
            return QProxyStyle::drawControl(element, &copy, painter, widget);
        }
        break;
    case CE_TabBarTabShape:
        return tabShape(painter, option);
    case CE_MenuBarEmptyArea:
        painter->fillRect(option->rect, t.window);
        return;
    case CE_MenuBarItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option))
            return menuBarItem(painter, item);
        break;
    case CE_MenuItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option)) {
            if (item->menuItemType == QStyleOptionMenuItem::Separator && item->text.isEmpty()) {
                painter->fillRect(QRect(item->rect.left(), item->rect.center().y(), item->rect.width(), 1), t.hairline);
                return;
            }
            QStyleOptionMenuItem copy = *item;
            if ((copy.state & State_Selected) && (copy.state & State_Enabled))
                roundedBox(painter, QRectF(copy.rect).adjusted(Theme::px(2), 0, -Theme::px(2), 0), t.selection, {},
                           Theme::px(4));
            copy.state &= ~State_Selected;
            return QProxyStyle::drawControl(element, &copy, painter, widget);
        }
        break;
    case CE_ItemViewItem:
        if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option)) {
            QStyleOptionViewItem copy = *item;
            for (const auto group : {QPalette::Active, QPalette::Inactive, QPalette::Disabled})
                copy.palette.setColor(group, QPalette::HighlightedText, t.text);
            return QProxyStyle::drawControl(element, &copy, painter, widget);
        }
        break;
    case CE_ProgressBar:
        if (const auto* bar = qstyleoption_cast<const QStyleOptionProgressBar*>(option)) return progress(painter, bar);
        break;
    case CE_Splitter: {
        painter->fillRect(option->rect, t.panel);
        const bool upright = option->state & State_Horizontal;
        const QPoint c = option->rect.center();
        painter->fillRect(upright ? QRect(c.x(), option->rect.top(), 1, option->rect.height())
                                  : QRect(option->rect.left(), c.y(), option->rect.width(), 1),
                          option->state & State_MouseOver ? t.accent : t.hairline);
        return;
    }
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                               const QWidget* widget) const {
    const auto part = [&](SubControl sub) { return subControlRect(control, option, sub, widget); };
    if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option); bar && control == CC_ScrollBar) {
        if (bar->maximum > bar->minimum) scrollBar(painter, bar, part(SC_ScrollBarSlider));
        return;
    }
    if (const auto* knob = qstyleoption_cast<const QStyleOptionSlider*>(option);
        knob && control == CC_Slider && knob->orientation == Qt::Horizontal)
        return slider(painter, knob, part(SC_SliderHandle));
    if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option); combo && control == CC_ComboBox)
        return comboBox(painter, combo, part(SC_ComboBoxArrow), widget);
    if (const auto* spin = qstyleoption_cast<const QStyleOptionSpinBox*>(option); spin && control == CC_SpinBox)
        return spinBox(painter, spin, part(SC_SpinBoxUp), part(SC_SpinBoxDown), widget);
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl sub,
                            const QWidget* widget) const {
    const QRect r = option->rect;
    if (control == CC_ScrollBar) {
        if (sub == SC_ScrollBarAddLine || sub == SC_ScrollBarSubLine) return {};
        if (const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
            if (sub == SC_ScrollBarGroove) return r;
            const int length = bar->orientation == Qt::Horizontal ? r.width() : r.height();
            const int range = bar->maximum - bar->minimum;
            const int smallest = pixelMetric(PM_ScrollBarSliderMin, option, widget);
            const int size = range <= 0 ? length
                                        : std::clamp(static_cast<int>(static_cast<qint64>(length) * bar->pageStep /
                                                                      (static_cast<qint64>(range) + bar->pageStep)),
                                                     std::min(smallest, length), length);
            const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - size,
                                                      bar->upsideDown);
            const auto span = [&](int from, int to) {
                return bar->orientation == Qt::Horizontal ? QRect(r.left() + from, r.top(), to - from, r.height())
                                                          : QRect(r.left(), r.top() + from, r.width(), to - from);
            };
            if (sub == SC_ScrollBarSlider) return span(start, start + size);
            if (sub == SC_ScrollBarSubPage) return span(0, start);
            if (sub == SC_ScrollBarAddPage) return span(start + size, length);
        }
    }
    const int side = Theme::px(24);
    if (control == CC_ComboBox) {
        if (sub == SC_ComboBoxArrow)
            return visualRect(option->direction, r, QRect(r.right() - side + 1, r.top(), side, r.height()));
        if (sub == SC_ComboBoxEditField)
            return visualRect(option->direction, r, r.adjusted(Theme::px(8), 1, -side, -1));
    }
    if (control == CC_SpinBox) {
        const int half = r.height() / 2;
        const bool bare =
            qstyleoption_cast<const QStyleOptionSpinBox*>(option)->buttonSymbols == QAbstractSpinBox::NoButtons;
        if (sub == SC_SpinBoxUp)
            return bare ? QRect() : QRect(r.right() - side + 1, r.top() + Theme::px(3), side, half - Theme::px(3));
        if (sub == SC_SpinBoxDown)
            return bare ? QRect() : QRect(r.right() - side + 1, r.top() + half, side, half - Theme::px(3));
        if (sub == SC_SpinBoxEditField) return r.adjusted(Theme::px(6), 1, bare ? -Theme::px(6) : -side, -1);
    }
    return QProxyStyle::subControlRect(control, option, sub, widget);
}

} // namespace vitrine
