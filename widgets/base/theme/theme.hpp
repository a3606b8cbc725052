// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/theme/tokens.hpp"

#include <QFont>
#include <QObject>

class QIcon;
class QLabel;

namespace vitrine {

enum class ThemeMode { System, Light, Dark };
/// 11 caption, 13 body, 15 panel title, 20 room title; in pixels at 100 %.
enum class TextSize { Caption, Body, Panel, Room };

/// The look of the running program, like QPalette: one for the application, made in main (or by a test) before widgets.
/// Without one the light tokens at 100 % hold. Colours change live: repaint on QEvent::PaletteChange, which Qt sends to
/// every widget. A new scale or language rebuilds the window, so sizes may be read once, in constructors.
class Theme final : public QObject {
    Q_OBJECT
  public:
    explicit Theme(QObject* parent = nullptr);
    ~Theme() override;

    void setMode(ThemeMode mode);
    void setScalePercent(int percent); ///< 100 to 200
    [[nodiscard]] ThemeMode mode() const { return m_mode; }

    [[nodiscard]] static bool isDark();
    [[nodiscard]] static int scalePercent();
    [[nodiscard]] static const ThemeTokens& tokens();
    [[nodiscard]] static QColor hue(Hue hue);
    [[nodiscard]] static QColor run(const QString& runId);

    /// Pixels at 100 % to pixels at the user's scale.
    [[nodiscard]] static int px(double atHundred);
    [[nodiscard]] static QFont font(TextSize size, QFont::Weight weight = QFont::Normal);
    [[nodiscard]] static QFont mono(TextSize size = TextSize::Body);
    [[nodiscard]] static Theme* current(); ///< null before it is made

    bool eventFilter(QObject* watched, QEvent* event) override;

  Q_SIGNALS:
    void changed(); ///< colours or sizes; widgets need not listen, painting code outside widgets may

  private:
    void apply();

    ThemeMode m_mode = ThemeMode::System;
    int m_scale = 100;
    bool m_systemDark = false;
    bool m_dark = false;
    bool m_applying = false;
};

/// Spacing of look.md, scaled.
struct Space {
    static int xs() { return Theme::px(4); }
    static int s() { return Theme::px(8); }
    static int m() { return Theme::px(12); }
    static int l() { return Theme::px(16); }
    static int xl() { return Theme::px(24); }
};

/// Which token tints an icon. Auto: secondary, accent when checked, disabled when disabled.
enum class IconTone { Auto, Text, Accent, OnAccent, Good, Warning, Bad };
/// An outline icon of resources/icons by file name without suffix, tinted when it is painted.
[[nodiscard]] QIcon themeIcon(const QString& name, IconTone tone = IconTone::Auto);
/// Secondary text that follows the palette, and titles: sets font and colour role, returns the label.
QLabel* asSecondary(QLabel* label, TextSize size = TextSize::Body);
QLabel* asTitle(QLabel* label, TextSize size = TextSize::Panel);

} // namespace vitrine
