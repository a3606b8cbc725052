// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QProxyStyle>

class QAbstractButton;

namespace vitrine {

/// How a push or tool button dresses: a property, so that the style alone knows colours.
enum class ButtonRole {
    Plain,   ///< hairline box
    Primary, ///< accent fill; one a page
    Quiet,   ///< no box until hovered
    Link     ///< accent text
};
void setButtonRole(QAbstractButton* button, ButtonRole role);

/// The program's look over Fusion: flat surfaces, hairlines, radius 6, one accent, a 2 px focus ring.
class Style final : public QProxyStyle {
    Q_OBJECT
  public:
    Style();

    void polish(QWidget* widget) override;
    using QProxyStyle::polish;
    int pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const override;
    int styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                  QStyleHintReturn* data) const override;
    QSize sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                           const QWidget* widget) const override;
    void drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                     const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                            const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl sub,
                         const QWidget* widget) const override;
};

} // namespace vitrine
