// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/options.hpp"
#include "app/gui/services.hpp"
#include "widgets/base/language.hpp"
#include "widgets/base/settings.hpp"
#include "widgets/bridge/logmodel.hpp"
#include "widgets/bridge/methodslibrary.hpp"
#include "widgets/bridge/problemsmodel.hpp"
#include "widgets/bridge/runhub.hpp"
#include "widgets/rooms/registry.hpp"

#include <QPointer>

#include <memory>

namespace vitrine {

class MainWindow;

/// Makes and owns everything: settings, theme, workspace, methods, and the window over them, made anew when language
/// or scale change. Runs do not notice.
class Workbench final : public QObject {
    Q_OBJECT
  public:
    explicit Workbench(Options options, QObject* parent = nullptr);
    ~Workbench() override;

    void open(); ///< shows the window; what can wait starts after its first frame
    [[nodiscard]] MainWindow* window() const { return m_window; }
    [[nodiscard]] MethodsLibrary& library() { return *m_library; }
    [[nodiscard]] RunHub& runs() { return *m_runs; }
    [[nodiscard]] RoomRegistry& rooms() { return m_rooms; } ///< before open(), for rooms under test
    [[nodiscard]] Settings& settings() { return *m_settings; }

  Q_SIGNALS:
    void firstFrame();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void openWorkspace();
    void applyLanguage();
    void makeWindow();
    void rebuildSoon();

    Options m_options;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<MethodsLibrary> m_library;
    std::unique_ptr<RunHub> m_runs;
    std::unique_ptr<DraftKeeper> m_drafts;
    std::unique_ptr<LogModel> m_log;
    std::unique_ptr<ProblemsModel> m_problems;
    RoomRegistry m_rooms;
    std::unique_ptr<InstalledLanguage> m_installed;
    QString m_language;
    QPointer<MainWindow> m_window;
    bool m_isRebuilding = false;
};

/// Language in use for a setting: "ko", "en" or "pseudo"; an empty or unknown one takes the desktop's.
[[nodiscard]] QString languageInUse(const QString& setting);

} // namespace vitrine
