// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>

namespace vitrine {

enum class ColorMap {
    Presence, ///< accent on the sunken surface: Boolean cells
    Viridis,  ///< probability, attention, counts
    Cividis,  ///< where two hues of viridis clash with others
    Diverging ///< signed: blue, panel, orange, centred at zero
};

/// Colour of a share. \param t  0 to 1 (clamped); for Diverging 0.5 is zero. NaN gives the colour of "no value".
[[nodiscard]] QRgb mapColor(ColorMap map, double t);
/// Black-or-white text that can be read upon a colour: the token with the better contrast.
[[nodiscard]] QColor inkUpon(const QColor& ground);

} // namespace vitrine
