// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QString>

namespace vitrine {

/// What a hue means is the same in every room: see the README of this folder.
enum class Hue { Blue, Violet, Teal, Amber, Rose, Green, Orange };

/// Every colour of the program. No other file holds a colour literal.
struct ThemeTokens {
    bool dark = false;
    QColor window, panel, raised, sunken; ///< surfaces, from the frame to the well
    QColor hairline, strongLine;
    QColor text, secondary, disabled; ///< `disabled` is for controls that cannot be used, never for text to be read
    QColor accent, onAccent;          ///< actions, focus, selection; text upon it
    QColor good, warning, bad;
    QColor hover, pressed; ///< translucent washes over any surface
    QColor selection;      ///< translucent accent behind selected rows and text
    QColor shadow;
};

[[nodiscard]] const ThemeTokens& lightTokens();
[[nodiscard]] const ThemeTokens& darkTokens();

/// Hue, and a run's colour, for a light or a dark panel; at least 3:1 against it.
[[nodiscard]] QColor hueColor(Hue hue, bool dark);
/// The palette of runs: seven colours after Okabe-Ito, then greys. \param index any, taken modulo runColorCount().
[[nodiscard]] QColor runColor(int index, bool dark);
[[nodiscard]] int runColorCount();
/// Which colour and which dash a run keeps for life, derived from its id.
[[nodiscard]] int runColorIndex(const QString& runId);
[[nodiscard]] Qt::PenStyle runPenStyle(const QString& runId);

/// `share` of `over` upon `under`, 0 <= share <= 1, opaque.
[[nodiscard]] QColor mix(const QColor& over, const QColor& under, double share);
/// WCAG 2 contrast ratio of two opaque colours, 1 to 21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);

} // namespace vitrine
