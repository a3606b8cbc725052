// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/theme.hpp"

#include "widgets/base/theme/style.hpp"

#include <QApplication>
#include <QEvent>
#include <QLabel>
#include <QPalette>
#include <QScopedValueRollback>
#include <QStyleFactory>
#include <QToolTip>

#include <array>
#include <cmath>

namespace vitrine {

namespace {

Theme* theTheme = nullptr;

// What the desktop says when nobody has set a palette: the only colour-scheme query of Qt 6.4.
bool desktopIsDark() {
    const QPalette palette = QApplication::palette();
    return palette.color(QPalette::Window).lightnessF() < palette.color(QPalette::WindowText).lightnessF();
}

QPalette paletteOf(const ThemeTokens& t) {
    QPalette p;
    const auto all = [&p](QPalette::ColorRole role, const QColor& color) { p.setColor(role, color); };
    all(QPalette::Window, t.window);
    all(QPalette::Base, t.panel);
    all(QPalette::AlternateBase, t.sunken);
    all(QPalette::Button, t.raised);
    all(QPalette::Light, t.raised);
    all(QPalette::Midlight, t.hairline);
    all(QPalette::Mid, t.hairline);
    all(QPalette::Dark, t.strongLine);
    all(QPalette::Shadow, t.strongLine);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
        all(role, t.text);
    all(QPalette::BrightText, t.bad);
    all(QPalette::PlaceholderText, t.secondary);
    all(QPalette::ToolTipBase, t.raised);
    all(QPalette::Highlight, t.accent);
    all(QPalette::HighlightedText, t.onAccent);
    all(QPalette::Link, t.accent);
    all(QPalette::LinkVisited, t.accent);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::PlaceholderText})
        p.setColor(QPalette::Disabled, role, t.disabled);
    p.setColor(QPalette::Disabled, QPalette::Highlight, t.strongLine);
    p.setColor(QPalette::Disabled, QPalette::HighlightedText, t.text);
    return p;
}

QFont sized(const QStringList& families, TextSize size, QFont::Weight weight) {
    constexpr std::array pixels{11, 13, 15, 20};
    QFont font;
    font.setFamilies(families);
    font.setPixelSize(Theme::px(pixels.at(static_cast<std::size_t>(size))));
    font.setWeight(weight);
    return font;
}

} // namespace

Theme::Theme(QObject* parent) : QObject(parent) {
    theTheme = this;
    m_systemDark = desktopIsDark();
    QApplication::setStyle(new Style);
    qApp->installEventFilter(this);
    apply();
}

Theme::~Theme() {
    if (theTheme == this) theTheme = nullptr;
}

void Theme::setMode(ThemeMode mode) {
    m_mode = mode;
    apply();
}

void Theme::setScalePercent(int percent) {
    m_scale = std::clamp(percent, 100, 200);
    apply();
}

void Theme::apply() {
    const QScopedValueRollback<bool> guard(m_applying, true);
    m_dark = m_mode == ThemeMode::Dark || (m_mode == ThemeMode::System && m_systemDark);
    QApplication::setPalette(paletteOf(tokens()));
    QToolTip::setPalette(paletteOf(tokens()));
    QApplication::setFont(font(TextSize::Body));
    QToolTip::setFont(font(TextSize::Body));
    Q_EMIT changed();
}

// The desktop changed its colours: let its palette show for a moment to read it.
bool Theme::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::ThemeChange && watched->isWidgetType() && !m_applying && m_mode == ThemeMode::System) {
        const QScopedValueRollback<bool> guard(m_applying, true);
        QApplication::setPalette(QPalette());
        m_systemDark = desktopIsDark();
        apply();
    }
    return QObject::eventFilter(watched, event);
}

Theme* Theme::current() {
    return theTheme;
}
bool Theme::isDark() {
    return theTheme && theTheme->m_dark;
}
int Theme::scalePercent() {
    return theTheme ? theTheme->m_scale : 100;
}
const ThemeTokens& Theme::tokens() {
    return isDark() ? darkTokens() : lightTokens();
}
QColor Theme::hue(Hue hue) {
    return hueColor(hue, isDark());
}
QColor Theme::run(const QString& runId) {
    return runColor(runColorIndex(runId), isDark());
}
int Theme::px(double atHundred) {
    return static_cast<int>(std::lround(atHundred * scalePercent() / 100.0));
}

QFont Theme::font(TextSize size, QFont::Weight weight) {
    return sized({QStringLiteral("Inter"), QStringLiteral("Noto Sans CJK KR")}, size, weight);
}

QFont Theme::mono(TextSize size) {
    QFont font =
        sized({QStringLiteral("JetBrains Mono"), QStringLiteral("Noto Sans Mono CJK KR")}, size, QFont::Normal);
    font.setStyleHint(QFont::Monospace);
    return font;
}

QLabel* asSecondary(QLabel* label, TextSize size) {
    label->setFont(Theme::font(size));
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

QLabel* asTitle(QLabel* label, TextSize size) {
    label->setFont(Theme::font(size, QFont::Medium));
    return label;
}

} // namespace vitrine
