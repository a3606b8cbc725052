// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/theme/style.hpp"

#include <QColor>
#include <QRectF>

class QPainter;
class QStyleOption;
class QStyleOptionComplex;

/// Drawing shared by the two halves of the style.
namespace vitrine::stylepaint {

[[nodiscard]] ButtonRole roleOf(const QWidget* widget);
void roundedBox(QPainter* painter, const QRectF& rect, const QColor& fill, const QColor& line, double radius);
void focusRing(QPainter* painter, const QRectF& rect, double radius);
void chevron(QPainter* painter, const QRectF& box, Qt::ArrowType direction, const QColor& color);
/// The box of line edits, combo boxes and spin boxes: hairline, accent when focused, bad when property "problem" is
/// set.
void fieldBox(QPainter* painter, const QStyleOption* option, const QWidget* widget);
void scrollBar(QPainter* painter, const QStyleOptionComplex* option, const QRect& slider);

} // namespace vitrine::stylepaint
