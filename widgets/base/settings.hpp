// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/theme/theme.hpp"

#include <QByteArray>
#include <QStringList>

#include <memory>

class QSettings;

namespace vitrine {

/// What the user chose, one getter, setter and signal a key, in an INI file of the configuration folder. Created in
/// main.
class Settings final : public QObject {
    Q_OBJECT
  public:
    /// \param file  path of the INI file; its folder is made when something is first written
    explicit Settings(const QString& file, QObject* parent = nullptr);
    ~Settings() override;

    [[nodiscard]] QString language() const; ///< "en", "ko", or empty for the desktop's
    void setLanguage(const QString& language);
    [[nodiscard]] ThemeMode themeMode() const;
    void setThemeMode(ThemeMode mode);
    [[nodiscard]] int scalePercent() const; ///< 100 to 200
    void setScalePercent(int percent);
    [[nodiscard]] bool railNames() const;
    void setRailNames(bool isShown);
    [[nodiscard]] bool motion() const; ///< false: nothing on screen moves by itself
    void setMotion(bool isOn);
    [[nodiscard]] QString workspace() const; ///< the folder used last
    void setWorkspace(const QString& folder);
    [[nodiscard]] QStringList recentFiles() const; ///< newest first, at most 12
    void addRecentFile(const QString& path);
    [[nodiscard]] QByteArray layout(const QString& room) const; ///< of docks and splitters; empty: the shipped one
    void setLayout(const QString& room, const QByteArray& state);
    void clearLayouts();
    [[nodiscard]] QByteArray geometry() const;
    void setGeometry(const QByteArray& state);
    void sync();

  Q_SIGNALS:
    void languageChanged();
    void themeModeChanged();
    void scalePercentChanged();
    void railNamesChanged();
    void motionChanged();
    void workspaceChanged();
    void recentFilesChanged();

  private:
    std::unique_ptr<QSettings> m_store;
};

} // namespace vitrine
