// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/stylepaint.hpp"

#include "widgets/base/theme/theme.hpp"

#include <QAbstractButton>
#include <QPainter>
#include <QPainterPath>
#include <QStyleOption>

namespace vitrine {

void setButtonRole(QAbstractButton* button, ButtonRole role) {
    button->setProperty("vitrineRole", static_cast<int>(role));
    button->update();
}

namespace stylepaint {

ButtonRole roleOf(const QWidget* widget) {
    return widget ? static_cast<ButtonRole>(widget->property("vitrineRole").toInt()) : ButtonRole::Plain;
}

void roundedBox(QPainter* painter, const QRectF& rect, const QColor& fill, const QColor& line, double radius) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter->setPen(line.isValid() ? QPen(line, 1) : QPen(Qt::NoPen));
    const double inset = line.isValid() ? 0.5 : 0;
    painter->drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius);
    painter->restore();
}

void focusRing(QPainter* painter, const QRectF& rect, double radius) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setBrush(Qt::NoBrush);
    painter->setPen(QPen(Theme::tokens().accent, 2));
    painter->drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius);
    painter->restore();
}

void chevron(QPainter* painter, const QRectF& box, Qt::ArrowType direction, const QColor& color) {
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color, Theme::px(15) / 10.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->translate(box.center());
    const int turn = direction == Qt::DownArrow   ? 0
                     : direction == Qt::LeftArrow ? 90
                     : direction == Qt::UpArrow   ? 180
                                                  : 270;
    painter->rotate(turn);
    const double half = Theme::px(35) / 10.0;
    painter->drawPolyline(QPolygonF({{-half, -half / 2}, {0, half / 2}, {half, -half / 2}}));
    painter->restore();
}

void fieldBox(QPainter* painter, const QStyleOption* option, const QWidget* widget) {
    const ThemeTokens& t = Theme::tokens();
    const bool enabled = option->state & QStyle::State_Enabled;
    const bool focused = enabled && (option->state & QStyle::State_HasFocus);
    const bool wrong = widget && widget->property("problem").toBool();
    const bool hovered = enabled && (option->state & QStyle::State_MouseOver);
    const QColor line = wrong ? t.bad : hovered ? t.disabled : t.strongLine;
    roundedBox(painter, option->rect, enabled ? (t.dark ? t.sunken : t.panel) : t.sunken, line, Theme::px(6));
    if (focused) focusRing(painter, option->rect, Theme::px(6));
}

void scrollBar(QPainter* painter, const QStyleOptionComplex* option, const QRect& slider) {
    const ThemeTokens& t = Theme::tokens();
    const bool busy = option->activeSubControls & QStyle::SC_ScrollBarSlider;
    const QColor color = mix(t.text, t.panel, option->state & QStyle::State_Sunken ? 0.5 : busy ? 0.4 : 0.24);
    const bool upright = slider.width() < slider.height() || !(option->state & QStyle::State_Horizontal);
    const int margin = Theme::px(2);
    const QRect bar = slider.adjusted(margin, margin, -margin, -margin);
    roundedBox(painter, bar, color, {}, (upright ? bar.width() : bar.height()) / 2.0);
}

} // namespace stylepaint
} // namespace vitrine
