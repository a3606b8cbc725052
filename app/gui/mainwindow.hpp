// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/gui/services.hpp"
#include "core/base/json.hpp"

#include <QHash>
#include <QMainWindow>

class QDockWidget;
class QStackedWidget;

namespace vitrine {

class ActionRegistry;
class CommandPalette;
class ErrorBanner;
class LogPanel;
class Rail;
class Room;
class RunsPanel;
class StartPage;
class StatusStrip;
struct Error;

/// The window: wiring only. What it shows lives in rooms and panels, what it knows in the services.
class MainWindow final : public QMainWindow {
    Q_OBJECT
  public:
    explicit MainWindow(const Services& services, QWidget* parent = nullptr);
    ~MainWindow() override;

    [[nodiscard]] ActionRegistry& actions() const { return *m_actions; }
    [[nodiscard]] const Services& services() const { return m_services; }
    [[nodiscard]] Room* room(const QString& id); ///< made at the first call; null for an unknown one
    [[nodiscard]] Room* currentRoom() const;     ///< null on the start page
    [[nodiscard]] CommandPalette& palette() const { return *m_palette; }

    void showStart();
    Room* openRoom(const QString& id);
    void openRun(const QString& run);
    void openSample(const QString& roomId, const QString& sample);
    void openFile(const QString& path);
    void askForFile();
    void openGallery();
    void openHelp(bool codes);
    void openPanelHelp(); ///< of the panel that holds the focus
    void duplicateRun(const QString& run);
    void focusLog();
    void resetLayout();
    void runCurrent();
    void showProblem(const Error& error);

    [[nodiscard]] Json state() const; ///< drafts of every room, for the keeper
    void restoreState(const Json& state);

  Q_SIGNALS:
    void languageChosen(const QString& language);
    void roomChanged(const QString& id);

  protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void buildCentre();
    void buildDocks();
    void buildStatus();
    void connectRooms(Room& room);
    void offerRecovered();
    void restoreRecovered();
    void refreshDevice();
    void refreshParamProblems(Room& room);
    QDockWidget* addDock(const QString& name, const QString& title, const QString& icon, QWidget* panel,
                         const QKeySequence& keys);

    Services m_services;
    ActionRegistry* m_actions;
    QStackedWidget* m_pages = nullptr;
    StartPage* m_start = nullptr;
    Rail* m_rail = nullptr;
    ErrorBanner* m_banner = nullptr;
    RunsPanel* m_runsPanel = nullptr;
    LogPanel* m_logPanel = nullptr;
    QDockWidget *m_runsDock = nullptr, *m_logDock = nullptr, *m_problemsDock = nullptr;
    StatusStrip* m_status = nullptr;
    CommandPalette* m_palette = nullptr;
    QHash<QString, Room*> m_rooms;
    Json m_pending; ///< drafts of rooms that have not been opened yet
    QByteArray m_shipped;
};

} // namespace vitrine
