// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/factory.hpp"
#include "widgets/rooms/registry.hpp"

#include <QObject>
#include <QTemporaryDir>

#include <memory>

namespace vitrine {
class ActionRegistry;
class MethodsLibrary;
class Room;
class RunHub;
class Settings;
} // namespace vitrine

namespace vitrine::test {

/// The tests that every room gets for free. Derive, name the room, add your own slots:
///
///     class TestMyRoom : public RoomTests {
///         Q_OBJECT
///       protected:
///         QString roomId() const override { return QStringLiteral("my_room"); }
///         const MethodFactory* factory() const override { return &myFactory(); }
///     };
class RoomTests : public QObject {
    Q_OBJECT
  public:
    RoomTests();
    ~RoomTests() override;

  protected:
    [[nodiscard]] virtual QString roomId() const = 0;
    /// What runs its experiment in this process; null: the tests with a run are skipped.
    [[nodiscard]] virtual const MethodFactory* factory() const { return nullptr; }
    /// Adds a method or a room that the program does not have itself.
    virtual void addMethods(MethodRegistry&) {}
    virtual void addRooms(RoomRegistry&) {}
    /// Milliseconds that opening may take on a loaded machine.
    [[nodiscard]] virtual int openLimitMs() const { return 1500; }
    [[nodiscard]] virtual int runLimitMs() const { return 60000; }

    /// A fresh room in a shown window of 1280 x 800; the old one is gone.
    Room& open(const QString& language = QStringLiteral("en"));
    void close();
    [[nodiscard]] RunHub& runs() { return *m_runs; }
    [[nodiscard]] Room& room() { return *m_room; }

  private Q_SLOTS:
    void init();
    void cleanup();
    void open_always_isQuick();
    void open_whileRunIsActive_showsIt();
    void close_whileRunIsActive_runGoesOn();
    void eventLoop_whileRunIsActive_hardlyLags();
    void presets_all_validate();
    void minimumSize_isAtMost1024x700();
    void keyboard_tab_reachesEveryControl();
    void accessibleNames_everywhere_present();
    void languages_both_fit();
    void themes_both_change();
    void draft_saveRestore_keepsParameters();
    void windows_afterClosing_noneLeft();

  private:
    QTemporaryDir m_folder;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<MethodsLibrary> m_library;
    std::unique_ptr<RunHub> m_runs;
    std::unique_ptr<ActionRegistry> m_actions;
    std::unique_ptr<QWidget> m_window;
    Room* m_room = nullptr;
    RoomRegistry m_rooms;
};

/// What assistive technology would miss below a widget: interactive or painted widgets without a name, text fields
/// without a buddy or a name, controls that the keyboard cannot reach. Empty when all is well.
[[nodiscard]] QStringList accessibilityComplaints(const QWidget& root);

} // namespace vitrine::test
