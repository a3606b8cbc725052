// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/graph/colormap.hpp"

#include "widgets/base/theme/theme.hpp"

#include <QFile>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace vitrine {

namespace {

using Table = std::array<QRgb, 256>;

/// Reads the stops of a colour map file and mixes 256 steps.
Table readTable(const QString& name) {
    std::vector<QColor> stops;
    QFile file(QStringLiteral(":/vitrine/colormaps/%1.csv").arg(name));
    if (file.open(QIODevice::ReadOnly))
        while (!file.atEnd()) {
            const QColor color(QString::fromLatin1(file.readLine().trimmed()));
            if (color.isValid()) stops.push_back(color);
        }
    Table table{};
    if (stops.size() < 2) stops = {Theme::tokens().sunken, Theme::tokens().accent};
    for (std::size_t i = 0; i < table.size(); ++i) {
        const double at = static_cast<double>(i) / 255.0 * static_cast<double>(stops.size() - 1);
        const auto below = std::min(static_cast<std::size_t>(at), stops.size() - 2);
        table[i] = mix(stops[below + 1], stops[below], at - static_cast<double>(below)).rgb();
    }
    return table;
}

const Table& sequential(ColorMap map) {
    static const Table viridis = readTable(QStringLiteral("viridis"));
    static const Table cividis = readTable(QStringLiteral("cividis"));
    return map == ColorMap::Cividis ? cividis : viridis;
}

} // namespace

QRgb mapColor(ColorMap map, double t) {
    const ThemeTokens& tokens = Theme::tokens();
    if (std::isnan(t)) return tokens.strongLine.rgb();
    t = std::clamp(t, 0.0, 1.0);
    if (map == ColorMap::Presence) return mix(tokens.accent, tokens.sunken, t).rgb();
    if (map == ColorMap::Diverging) {
        const QColor end = Theme::hue(t < 0.5 ? Hue::Blue : Hue::Orange);
        return mix(end, tokens.sunken, std::abs(t - 0.5) * 2).rgb();
    }
    return sequential(map)[static_cast<std::size_t>(std::lround(t * 255))];
}

QColor inkUpon(const QColor& ground) {
    const QColor light = lightTokens().panel, dark = lightTokens().text;
    return contrastRatio(light, ground) >= contrastRatio(dark, ground) ? light : dark;
}

} // namespace vitrine
