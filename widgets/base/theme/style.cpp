// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/style.hpp"

#include "widgets/base/theme/stylepaint.hpp"
#include "widgets/base/theme/theme.hpp"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QHeaderView>
#include <QPainter>
#include <QScrollBar>
#include <QSplitterHandle>
#include <QStyleFactory>
#include <QStyleOption>
#include <QTabBar>

namespace vitrine {

using namespace stylepaint;

namespace {

void buttonBox(QPainter* painter, const QStyleOption* option, const QWidget* widget) {
    const ThemeTokens& t = Theme::tokens();
    const double radius = Theme::px(6);
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool down = option->state & (QStyle::State_Sunken | QStyle::State_On);
    const bool hovered = enabled && (option->state & QStyle::State_MouseOver);
    const ButtonRole role = roleOf(widget);
    if (role == ButtonRole::Primary && enabled) {
        roundedBox(painter, option->rect, mix(t.text, t.accent, down ? 0.18 : hovered ? 0.08 : 0), {}, radius);
    } else if (role == ButtonRole::Plain || role == ButtonRole::Primary) {
        roundedBox(painter, option->rect, enabled ? t.raised : t.window, enabled ? t.strongLine : t.hairline, radius);
    }
    if (role != ButtonRole::Primary && role != ButtonRole::Link && enabled && (down || hovered))
        roundedBox(painter, option->rect,
                   (option->state & QStyle::State_On) ? t.selection
                   : down                             ? t.pressed
                                                      : t.hover,
                   {}, radius);
    if ((option->state & QStyle::State_HasFocus) && (option->state & QStyle::State_KeyboardFocusChange)) {
        // The accent ring would vanish on an accent fill: a gap in the surface's colour keeps it visible.
        focusRing(painter, option->rect, radius);
        if (role == ButtonRole::Primary)
            roundedBox(painter, QRectF(option->rect).adjusted(2, 2, -2, -2), {}, t.onAccent, radius - 1);
    }
}

void checkBox(QPainter* painter, const QStyleOption* option, bool round) {
    const ThemeTokens& t = Theme::tokens();
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool on = option->state & QStyle::State_On;
    const bool partial = option->state & QStyle::State_NoChange;
    const QRectF box = option->rect;
    const double radius = round ? box.width() / 2 : Theme::px(4);
    const QColor fill = on || partial ? (enabled ? t.accent : t.disabled) : t.panel;
    roundedBox(painter, box, fill, on || partial ? QColor() : t.disabled, radius);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(t.onAccent, Theme::px(18) / 10.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const auto at = [&box](double x, double y) { return box.topLeft() + QPointF(x * box.width(), y * box.height()); };
    if (partial)
        painter->drawLine(at(0.28, 0.5), at(0.72, 0.5));
    else if (on && !round)
        painter->drawPolyline(QPolygonF({at(0.26, 0.52), at(0.43, 0.70), at(0.76, 0.32)}));
    else if (on) {
        painter->setBrush(t.onAccent);
        painter->setPen(Qt::NoPen);
        painter->drawEllipse(box.center(), box.width() * 0.2, box.width() * 0.2);
    }
    painter->restore();
}

void itemBackground(QPainter* painter, const QStyleOption* option) {
    const ThemeTokens& t = Theme::tokens();
    if (const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
        item && item->backgroundBrush.style() != Qt::NoBrush)
        painter->fillRect(option->rect, item->backgroundBrush);
    if (option->state & QStyle::State_Selected)
        painter->fillRect(option->rect, t.selection);
    else if ((option->state & QStyle::State_MouseOver) && (option->state & QStyle::State_Enabled))
        painter->fillRect(option->rect, t.hover);
}

} // namespace

Style::Style() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

void Style::polish(QWidget* widget) {
    if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QComboBox*>(widget) ||
        qobject_cast<QAbstractSpinBox*>(widget) || qobject_cast<QScrollBar*>(widget) ||
        qobject_cast<QSplitterHandle*>(widget) || qobject_cast<QTabBar*>(widget))
        widget->setAttribute(Qt::WA_Hover);
    QProxyStyle::polish(widget);
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_TabBarIconSize:
    case PM_ListViewIconSize:
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return Theme::px(16);
    case PM_LargeIconSize:
        return Theme::px(24);
    case PM_ToolBarIconSize:
        return Theme::px(16);
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_ToolBarFrameWidth:
        return 0;
    case PM_DefaultFrameWidth:
        return 1;
    case PM_ScrollBarExtent:
        return Theme::px(10);
    case PM_ScrollBarSliderMin:
        return Theme::px(28);
    case PM_SplitterWidth:
        return Theme::px(5);
    case PM_DockWidgetSeparatorExtent:
        return Theme::px(5);
    case PM_DockWidgetFrameWidth:
        return 0;
    case PM_DockWidgetTitleMargin:
        return Theme::px(6);
    case PM_TabBarTabHSpace:
        return Theme::px(24);
    case PM_TabBarTabVSpace:
        return Theme::px(12);
    case PM_TabBarTabOverlap:
    case PM_TabBarBaseOverlap:
        return 0;
    case PM_MenuPanelWidth:
        return 1;
    case PM_MenuHMargin:
    case PM_MenuVMargin:
        return Theme::px(4);
    case PM_MenuBarPanelWidth:
        return 0;
    case PM_MenuBarItemSpacing:
        return Theme::px(2);
    case PM_MenuBarHMargin:
        return Theme::px(8);
    case PM_MenuBarVMargin:
        return Theme::px(2);
    case PM_HeaderMargin:
        return Theme::px(6);
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return Theme::px(8);
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing:
        return Theme::px(8);
    case PM_SliderThickness:
    case PM_SliderControlThickness:
    case PM_SliderLength:
        return Theme::px(16);
    case PM_ToolTipLabelFrameWidth:
        return Theme::px(8);
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const {
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_ComboBox_Popup:
    case SH_TabBar_PreferNoArrows:
        return 0;
    case SH_ItemView_ShowDecorationSelected:
    case SH_ScrollBar_LeftClickAbsolutePosition:
    case SH_Slider_SnapToValue:
        return 1;
    case SH_Slider_AbsoluteSetButtons:
        return Qt::LeftButton;
    case SH_Widget_Animation_Duration:
        return 120;
    case SH_ToolTip_WakeUpDelay:
        return 500;
    case SH_ToolTipLabel_Opacity:
        return 255;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                              const QWidget* widget) const {
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    const int control = Theme::px(28);
    switch (type) {
    case CT_PushButton: {
        const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
        const bool iconOnly = button && button->text.isEmpty();
        return {iconOnly ? std::max(control, size.width() + Theme::px(12)) : size.width() + Theme::px(24),
                std::max(control, size.height())};
    }
    case CT_ToolButton:
        return {std::max(result.width(), control), std::max(result.height(), control)};
    case CT_LineEdit:
    case CT_SpinBox:
        return {result.width(), std::max(control, size.height())};
    case CT_ComboBox:
        return {size.width() + Theme::px(36), std::max(control, size.height())};
    case CT_ItemViewItem:
        return {result.width(), std::max(Theme::px(26), result.height())};
    case CT_HeaderSection:
        return {result.width(), std::max(Theme::px(26), result.height())};
    case CT_MenuItem: {
        const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
        if (item && item->menuItemType == QStyleOptionMenuItem::Separator) return {result.width(), Theme::px(9)};
        return {result.width() + Theme::px(12), std::max(Theme::px(26), result.height())};
    }
    case CT_MenuBarItem:
        return {size.width() + Theme::px(16), Theme::px(26)};
    default:
        return result;
    }
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
    const ThemeTokens& t = Theme::tokens();
    switch (element) {
    case PE_PanelButtonCommand:
    case PE_PanelButtonTool:
        return buttonBox(painter, option, widget);
    case PE_FrameDefaultButton:
    case PE_FrameStatusBarItem:
    case PE_PanelStatusBar:
    case PE_IndicatorToolBarSeparator:
    case PE_FrameTabBarBase:
        return;
    case PE_FrameFocusRect:
        if (qobject_cast<const QAbstractButton*>(widget) && widget->property("vitrineRole").isValid()) return;
        if (option->state & State_KeyboardFocusChange) focusRing(painter, option->rect, Theme::px(4));
        return;
    case PE_PanelLineEdit:
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option); frame && frame->lineWidth > 0)
            fieldBox(painter, option, widget);
        return;
    case PE_FrameLineEdit:
        return;
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        return checkBox(painter, option, false);
    case PE_IndicatorRadioButton:
        return checkBox(painter, option, true);
    case PE_IndicatorArrowDown:
        return chevron(painter, option->rect, Qt::DownArrow, t.secondary);
    case PE_IndicatorArrowUp:
        return chevron(painter, option->rect, Qt::UpArrow, t.secondary);
    case PE_IndicatorArrowLeft:
        return chevron(painter, option->rect, Qt::LeftArrow, t.secondary);
    case PE_IndicatorArrowRight:
        return chevron(painter, option->rect, Qt::RightArrow, t.secondary);
    case PE_IndicatorBranch:
        if (option->state & State_Children)
            chevron(painter, option->rect, option->state & State_Open ? Qt::DownArrow : Qt::RightArrow, t.secondary);
        return;
    case PE_Frame:
    case PE_FrameGroupBox:
    case PE_FrameTabWidget:
    case PE_FrameWindow:
        return roundedBox(painter, option->rect, {}, t.hairline, 0);
    case PE_PanelMenu:
    case PE_FrameMenu:
    case PE_PanelTipLabel:
        return roundedBox(painter, option->rect, t.raised, t.strongLine, 0);
    case PE_PanelItemViewItem:
        return itemBackground(painter, option);
    case PE_PanelItemViewRow:
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

} // namespace vitrine
