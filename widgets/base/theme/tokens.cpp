// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/tokens.hpp"

#include <QCryptographicHash>

#include <array>
#include <cmath>

namespace vitrine {

namespace {

QColor rgb(unsigned value) {
    return QColor::fromRgb(0xff000000U | value);
}

QColor wash(const QColor& color, double share) {
    QColor result = color;
    result.setAlphaF(static_cast<float>(share));
    return result;
}

ThemeTokens withWashes(ThemeTokens tokens) {
    tokens.hover = wash(tokens.text, 0.06);
    tokens.pressed = wash(tokens.text, 0.12);
    tokens.selection = wash(tokens.accent, tokens.dark ? 0.22 : 0.14);
    return tokens;
}

struct Pair {
    unsigned light, dark;
};

// In the order of Hue.
constexpr std::array<Pair, 7> Hues{{{0x2563DB, 0x6B9DFF},
                                    {0x7A5AF8, 0x9B8AFB},
                                    {0x0E9384, 0x2ED3B7},
                                    {0xB76E00, 0xF5A524},
                                    {0xD6336C, 0xF06595},
                                    {0x2B8A3E, 0x51CF66},
                                    {0xD9480F, 0xFF8A4C}}};

// After Okabe and Ito, lightness adjusted for either panel; the last three are greys.
constexpr std::array<Pair, 10> Runs{{{0x0072B2, 0x4DA6E0},
                                     {0xB87A00, 0xE69F00},
                                     {0x00805D, 0x1FBF93},
                                     {0xB8578F, 0xCC79A7},
                                     {0x2A86BE, 0x56B4E9},
                                     {0xC24E00, 0xF0803C},
                                     {0x8F7E00, 0xF0E442},
                                     {0x5A6372, 0xA3ABB8},
                                     {0x3A414D, 0xCBD0D8},
                                     {0x7A8290, 0x7E8796}}};

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& color) {
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) + 0.0722 * linear(color.blueF());
}

unsigned hashOf(const QString& text) {
    const QByteArray digest = QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Md5);
    return static_cast<unsigned char>(digest[0]) | static_cast<unsigned>(static_cast<unsigned char>(digest[1])) << 8U;
}

} // namespace

const ThemeTokens& lightTokens() {
    static const ThemeTokens tokens = withWashes({.dark = false,
                                                  .window = rgb(0xF6F7F9),
                                                  .panel = rgb(0xFFFFFF),
                                                  .raised = rgb(0xFFFFFF),
                                                  .sunken = rgb(0xEEF0F3),
                                                  .hairline = rgb(0xE2E5EA),
                                                  .strongLine = rgb(0xC4CAD3),
                                                  .text = rgb(0x1B1F27),
                                                  .secondary = rgb(0x5A6372),
                                                  .disabled = rgb(0x8A93A2),
                                                  .accent = rgb(0x2563DB),
                                                  .onAccent = rgb(0xFFFFFF),
                                                  .good = rgb(0x1A7F4B),
                                                  .warning = rgb(0x9A6700),
                                                  .bad = rgb(0xC0362C),
                                                  .hover = {},
                                                  .pressed = {},
                                                  .selection = {},
                                                  .shadow = wash(rgb(0x1B1F27), 0.16)});
    return tokens;
}

const ThemeTokens& darkTokens() {
    static const ThemeTokens tokens = withWashes({.dark = true,
                                                  .window = rgb(0x16181D),
                                                  .panel = rgb(0x1D2026),
                                                  .raised = rgb(0x262A32),
                                                  .sunken = rgb(0x121419),
                                                  .hairline = rgb(0x2C313A),
                                                  .strongLine = rgb(0x434A56),
                                                  .text = rgb(0xE8EAEE),
                                                  .secondary = rgb(0xA3ABB8),
                                                  .disabled = rgb(0x707988),
                                                  .accent = rgb(0x6B9DFF),
                                                  .onAccent = rgb(0x121419),
                                                  .good = rgb(0x4CC38A),
                                                  .warning = rgb(0xE2B340),
                                                  .bad = rgb(0xF2766B),
                                                  .hover = {},
                                                  .pressed = {},
                                                  .selection = {},
                                                  .shadow = wash(rgb(0x000000), 0.5)});
    return tokens;
}

QColor hueColor(Hue hue, bool dark) {
    const Pair pair = Hues.at(static_cast<std::size_t>(hue));
    return rgb(dark ? pair.dark : pair.light);
}

QColor runColor(int index, bool dark) {
    const auto count = static_cast<int>(Runs.size());
    const Pair pair = Runs.at(static_cast<std::size_t>(((index % count) + count) % count));
    return rgb(dark ? pair.dark : pair.light);
}

int runColorCount() {
    return static_cast<int>(Runs.size());
}

// The greys are for runs beyond the seventh in one picture, so an id alone never gets one.
int runColorIndex(const QString& runId) {
    return static_cast<int>(hashOf(runId) % 7U);
}

Qt::PenStyle runPenStyle(const QString& runId) {
    constexpr std::array styles{Qt::SolidLine, Qt::DashLine, Qt::DashDotLine, Qt::DotLine};
    return styles.at(hashOf(runId) / 7U % styles.size());
}

QColor mix(const QColor& over, const QColor& under, double share) {
    const auto blend = [share](float a, float b) { return static_cast<float>(share * a + (1 - share) * b); };
    return QColor::fromRgbF(blend(over.redF(), under.redF()), blend(over.greenF(), under.greenF()),
                            blend(over.blueF(), under.blueF()));
}

double contrastRatio(const QColor& a, const QColor& b) {
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

} // namespace vitrine
