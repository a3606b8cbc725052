// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/windowactions.hpp"

#include "app/gui/mainwindow.hpp"
#include "core/experiment/descriptor.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/commandpalette.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/form/runbar.hpp"
#include "widgets/base/settings.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/methodslibrary.hpp"
#include "widgets/rooms/lessonstrip.hpp"
#include "widgets/rooms/room.hpp"
#include "widgets/rooms/roomheader.hpp"

#include <QActionGroup>
#include <QApplication>
#include <QCoreApplication>
#include <QUndoStack>

namespace vitrine {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("vitrine", text);
}
using Keys = QList<QKeySequence>;

void addFile(MainWindow& w) {
    ActionRegistry& a = w.actions();
    a.add({QStringLiteral("file.open"),
           tr("&Open…"),
           tr("Open a program or a data file"),
           QStringLiteral("folder"),
           QKeySequence::keyBindings(QKeySequence::Open),
           ActionMenu::File,
           {}},
          &w, [&w] { w.askForFile(); });
    a.add({QStringLiteral("file.sample"),
           tr("Open &sample…"),
           tr("Choose one of the shipped samples"),
           QStringLiteral("samples"),
           Keys{QKeySequence(QStringLiteral("Ctrl+Shift+O"))},
           ActionMenu::File,
           {}},
          &w, [&w] { w.openGallery(); });
    a.add({QStringLiteral("file.start"),
           tr("S&tart page"),
           tr("Show the start page with recent work"),
           QStringLiteral("home"),
           Keys{QKeySequence(QStringLiteral("Alt+Home"))},
           ActionMenu::File,
           {}},
          &w, [&w] { w.showStart(); });
    ActionSpec quit{QStringLiteral("file.quit"),
                    tr("&Quit"),
                    tr("Close the window; runs that are going go on"),
                    {},
                    Keys{QKeySequence(QStringLiteral("Ctrl+Q"))},
                    ActionMenu::File,
                    {}};
    quit.startsSection = true;
    a.add(quit, &w, [&w] { w.close(); });
}

// Undo of the parameter form in front; text editors have their own while they hold the focus.
void addEdit(MainWindow& w) {
    ActionRegistry& a = w.actions();
    const auto onStack = [&w](void (QUndoStack::*step)()) {
        QWidget* focus = QApplication::focusWidget();
        const bool isText = focus && (focus->inherits("QPlainTextEdit") || focus->inherits("QTextEdit")) &&
                            !focus->property("readOnly").toBool();
        if (isText)
            QMetaObject::invokeMethod(focus, step == &QUndoStack::undo ? "undo" : "redo");
        else if (Room* room = w.currentRoom())
            (room->document().undoStack()->*step)();
    };
    a.add({QStringLiteral("edit.undo"),
           tr("&Undo"),
           tr("Take back the last change of the text or the parameters"),
           QStringLiteral("undo"),
           Keys{QKeySequence(QStringLiteral("Ctrl+Z"))},
           ActionMenu::Edit,
           {}},
          &w, [onStack] { onStack(&QUndoStack::undo); });
    a.add({QStringLiteral("edit.redo"),
           tr("&Redo"),
           tr("Make the change again"),
           QStringLiteral("redo"),
           Keys{QKeySequence(QStringLiteral("Ctrl+Shift+Z"))},
           ActionMenu::Edit,
           {}},
          &w, [onStack] { onStack(&QUndoStack::redo); });
    ActionSpec palette{QStringLiteral("edit.palette"),
                       tr("&Command palette…"),
                       tr("Find any command by a few letters"),
                       QStringLiteral("command"),
                       Keys{QKeySequence(QStringLiteral("Ctrl+Shift+P"))},
                       ActionMenu::Edit,
                       {}};
    palette.startsSection = true;
    a.add(palette, &w, [&w] { w.palette().open(); });
}

void addTheme(MainWindow& w) {
    ActionRegistry& a = w.actions();
    Settings& settings = w.services().settings;
    const auto addGroup = [&](const QString& submenu,
                              const QList<std::tuple<QString, QString, QString, QString>>& entries,
                              const QString& current, const std::function<void(QString)>& choose) {
        auto* group = new QActionGroup(&w);
        for (const auto& [id, text, tip, value] : entries) {
            ActionSpec spec{id, text, tip, {}, {}, ActionMenu::View, submenu, true};
            QAction* action = a.addToggle(spec, &w, [choose, value = value](bool) { choose(value); });
            action->setChecked(value == current);
            group->addAction(action);
        }
    };
    const QString mode = settings.themeMode() == ThemeMode::Dark    ? QStringLiteral("dark")
                         : settings.themeMode() == ThemeMode::Light ? QStringLiteral("light")
                                                                    : QStringLiteral("system");
    addGroup(
        tr("&Theme"),
        {{QStringLiteral("view.theme.system"), tr("As the &desktop"), tr("Light or dark as the desktop is"),
          QStringLiteral("system")},
         {QStringLiteral("view.theme.light"), tr("&Light"), tr("Dark text on light surfaces"), QStringLiteral("light")},
         {QStringLiteral("view.theme.dark"), tr("Dar&k"), tr("Light text on dark surfaces"), QStringLiteral("dark")}},
        mode, [&settings](const QString& value) {
            settings.setThemeMode(value == QLatin1String("dark")    ? ThemeMode::Dark
                                  : value == QLatin1String("light") ? ThemeMode::Light
                                                                    : ThemeMode::System);
        });
    QList<std::tuple<QString, QString, QString, QString>> scales;
    for (const int percent : {100, 110, 125, 150, 175, 200})
        scales.append({QStringLiteral("view.scale.%1").arg(percent), tr("&%1 %").arg(percent),
                       tr("Size of everything: %1 %").arg(percent), QString::number(percent)});
    addGroup(tr("Si&ze"), scales, QString::number(settings.scalePercent()),
             [&settings](const QString& value) { settings.setScalePercent(value.toInt()); });
    addGroup(tr("Lan&guage"),
             {{QStringLiteral("view.language.ko"), QStringLiteral("한국어(&K)"), tr("Show Vitrine in Korean"),
               QStringLiteral("ko")},
              {QStringLiteral("view.language.en"), QStringLiteral("&English"), tr("Show Vitrine in English"),
               QStringLiteral("en")}},
             w.services().language, [&w](const QString& value) { Q_EMIT w.languageChosen(value); });
}

void addView(MainWindow& w) {
    ActionRegistry& a = w.actions();
    Settings& settings = w.services().settings;
    int digit = 1;
    for (const auto& method : w.services().library.registry().all()) {
        const QString id = qtext(method->descriptor().id);
        const QString title = coreText(method->descriptor().title);
        Keys keys;
        if (digit <= 10) keys << QKeySequence(QStringLiteral("Ctrl+%1").arg(digit % 10));
        a.add({QStringLiteral("view.room.") + id,
               QStringLiteral("&%1 %2").arg(digit % 10).arg(title),
               coreText(method->descriptor().summary),
               {},
               keys,
               ActionMenu::View,
               tr("&Rooms")},
              &w, [&w, id] { w.openRoom(id); });
        ++digit;
    }
    addTheme(w);
    QAction* names = a.addToggle({QStringLiteral("view.names"),
                                  tr("&Names in the rail"),
                                  tr("Show names under the icons of the rail"),
                                  {},
                                  {},
                                  ActionMenu::View,
                                  {},
                                  true,
                                  true},
                                 &w, [&settings](bool isOn) { settings.setRailNames(isOn); });
    names->setChecked(settings.railNames());
    QAction* motion = a.addToggle({QStringLiteral("view.motion"),
                                   tr("&Motion"),
                                   tr("Let things on screen move to show where they went"),
                                   {},
                                   {},
                                   ActionMenu::View,
                                   {},
                                   true},
                                  &w, [&settings](bool isOn) { settings.setMotion(isOn); });
    motion->setChecked(settings.motion());
    a.add({QStringLiteral("view.lesson"),
           tr("Lesso&n"),
           tr("Show or fold the lesson of this room"),
           QStringLiteral("lesson"),
           Keys{QKeySequence(QStringLiteral("Ctrl+Shift+L"))},
           ActionMenu::View,
           {}},
          &w, [&w] {
              if (Room* room = w.currentRoom(); room && room->lesson())
                  room->lesson()->setOpen(!room->lesson()->isOpen());
          });
    a.add({QStringLiteral("view.log.find"),
           tr("&Find in the log"),
           tr("Open the log and search in it"),
           QStringLiteral("log"),
           Keys{QKeySequence(QStringLiteral("Ctrl+L"))},
           ActionMenu::View,
           {}},
          &w, [&w] { w.focusLog(); });
    ActionSpec reset{QStringLiteral("view.reset"),
                     tr("Reset la&yout"),
                     tr("Put panels and docks back where they were shipped"),
                     QStringLiteral("layout"),
                     {},
                     ActionMenu::View,
                     {}};
    reset.startsSection = true;
    a.add(reset, &w, [&w] { w.resetLayout(); });
}

void addRun(MainWindow& w) {
    ActionRegistry& a = w.actions();
    QAction* run = a.add({QStringLiteral("run.start"),
                          tr("&Run"),
                          tr("Start a run with the parameters of this room"),
                          QStringLiteral("play"),
                          Keys{QKeySequence(QStringLiteral("F5"))},
                          ActionMenu::Run,
                          {}},
                         &w, [&w] { w.runCurrent(); });
    QAction* pause = a.add({QStringLiteral("run.pause"),
                            tr("&Pause or resume"),
                            tr("Pause the run of this room, or let it go on"),
                            QStringLiteral("pause"),
                            Keys{QKeySequence(QStringLiteral("F6"))},
                            ActionMenu::Run,
                            {}},
                           &w, [&w] {
                               if (Room* room = w.currentRoom()) room->pauseOrResume();
                           });
    QAction* stop = a.add({QStringLiteral("run.stop"),
                           tr("&Stop"),
                           tr("Stop the run of this room and keep what it has"),
                           QStringLiteral("stop"),
                           Keys{QKeySequence(QStringLiteral("Shift+F5"))},
                           ActionMenu::Run,
                           {}},
                          &w, [&w] {
                              if (Room* room = w.currentRoom()) room->stopRun();
                          });
    QAction* preset = a.add({QStringLiteral("run.reset"),
                             tr("Back to the p&reset"),
                             tr("Undo every change of the parameters at once"),
                             QStringLiteral("reset"),
                             {},
                             ActionMenu::Run,
                             {}},
                            &w, [&w] {
                                if (Room* room = w.currentRoom())
                                    room->document().setPreset(room->document().config().preset);
                            });
    // Enabled from the state of the run in front, and from nothing else.
    const auto refresh = [&w, run, pause, stop, preset] {
        const Room* room = w.currentRoom();
        const RunBar* bar = room ? &room->header().runBar() : nullptr;
        run->setEnabled(bar && bar->canRun());
        pause->setEnabled(bar && (bar->canPause() || bar->canResume()));
        stop->setEnabled(bar && bar->canStop());
        preset->setEnabled(room);
    };
    QObject::connect(&w, &MainWindow::roomChanged, run, [&w, refresh, run] {
        static const char* Known = "vitrineRunActions";
        if (Room* room = w.currentRoom(); room && !room->property(Known).toBool()) {
            room->setProperty(Known, true);
            QObject::connect(&room->header().runBar(), &RunBar::enabledChanged, run, refresh);
        }
        refresh();
    });
    refresh();
}

void addHelp(MainWindow& w) {
    ActionRegistry& a = w.actions();
    a.add({QStringLiteral("help.panel"),
           tr("&Help on this panel"),
           tr("What the panel with the focus shows and how to use it"),
           QStringLiteral("help"),
           Keys{QKeySequence(QStringLiteral("F1"))},
           ActionMenu::Help,
           {}},
          &w, [&w] { w.openPanelHelp(); });
    a.add({QStringLiteral("help.shortcuts"),
           tr("&Keyboard shortcuts"),
           tr("Every command that has a key"),
           QStringLiteral("help"),
           Keys{QKeySequence(QStringLiteral("Ctrl+F1"))},
           ActionMenu::Help,
           {}},
          &w, [&w] { w.openHelp(false); });
    a.add({QStringLiteral("help.codes"),
           tr("&Error codes"),
           tr("What the codes in messages mean and what to do"),
           QStringLiteral("error"),
           {},
           ActionMenu::Help,
           {}},
          &w, [&w] { w.openHelp(true); });
}

} // namespace

void registerWindowActions(MainWindow& window) {
    addFile(window);
    addEdit(window);
    addView(window);
    addRun(window);
    addHelp(window);
}

} // namespace vitrine
