// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/draftkeeper.hpp"
#include "app/gui/helppage.hpp"
#include "app/gui/mainwindow.hpp"
#include "app/gui/workbench.hpp"
#include "tests/support/randomwalk/randomwalk.hpp"
#include "tests/support/roomtests.hpp"
#include "tests/support/testlog.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/commandpalette.hpp"
#include "widgets/base/errorbanner.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/words.hpp"
#include "widgets/rooms/room.hpp"

#include <QApplication>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QMenuBar>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>

using namespace vitrine;

/// The whole window with the program's rooms and a random walk; each test has a home and a workspace of its own.
class TestWindow : public QObject {
    Q_OBJECT
  private:
    std::unique_ptr<QTemporaryDir> m_home;

    std::unique_ptr<Workbench> makeWorkbench(const QString& language = QStringLiteral("en")) {
        Options options;
        options.workspace = m_home->filePath(QStringLiteral("workspace"));
        options.language = language;
        options.theme = QStringLiteral("light");
        auto workbench = std::make_unique<Workbench>(options);
        workbench->library().registry().add(test::makeRandomWalk());
        workbench->open();
        return workbench;
    }

    QString draftFile() const { return m_home->filePath(QStringLiteral("workspace/window.json")); }

    QStringList asideFiles() const {
        return QDir(m_home->filePath(QStringLiteral("workspace"))).entryList({QStringLiteral("window-recovered-*")});
    }

    // Leaves the workspace as a window does that was killed with the knob at this value.
    void crashWithSteps(int steps) {
        const QString kept = draftFile() + QStringLiteral(".crash");
        {
            const auto workbench = makeWorkbench();
            QTRY_VERIFY(workbench->runs().isOpen());
            workbench->window()->openRoom(QStringLiteral("random_walk"))->document().setValue("steps", Json(steps));
            workbench->window()->services().drafts.saveNow();
            QTRY_VERIFY(QFile::exists(draftFile()));
            QVERIFY(QFile::copy(draftFile(), kept));
        }
        QVERIFY(QFile::remove(draftFile()));
        QVERIFY(QFile::rename(kept, draftFile()));
    }

    static QPushButton* restoreButton(Workbench& workbench, const QString& text = QStringLiteral("Restore")) {
        for (QPushButton* button : workbench.window()->findChildren<QPushButton*>())
            if (button->text() == text) return button;
        return nullptr;
    }

  private Q_SLOTS:
    void init() {
        test::failOnWarnings();
        m_home = std::make_unique<QTemporaryDir>();
        qputenv("VITRINE_HOME", m_home->path().toLocal8Bit());
    }

    void open_firstTime_showsStartPageQuickly() {
        QElapsedTimer clock;
        clock.start();
        const auto workbench = makeWorkbench();
        QVERIFY(QTest::qWaitForWindowExposed(workbench->window()));
        QVERIFY2(clock.elapsed() < 3000, qPrintable(QString::number(clock.elapsed())));
        QVERIFY(!workbench->window()->currentRoom());
        QVERIFY(workbench->window()->minimumSizeHint().width() <= 1024);
        QVERIFY(workbench->window()->minimumSizeHint().height() <= 700);
    }

    void actions_all_haveTextTipMnemonicAndOwnShortcut() {
        const auto workbench = makeWorkbench();
        const QStringList complaints = workbench->window()->actions().complaints();
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join(QLatin1Char('\n'))));
    }

    void palette_listsEveryAction_findsByLetters() {
        const auto workbench = makeWorkbench();
        MainWindow& window = *workbench->window();
        window.palette().open();
        QCOMPARE(window.palette().shownIds().size(), window.actions().all().size());
        QTest::keyClicks(QApplication::focusWidget() ? QApplication::focusWidget()
                                                     : window.palette().findChild<QLineEdit*>(),
                         QStringLiteral("reslay"));
        QTRY_COMPARE(window.palette().shownIds().value(0), QStringLiteral("view.reset"));
    }

    void menus_all_haveMnemonics() {
        const auto workbench = makeWorkbench();
        for (const QAction* menu : workbench->window()->menuBar()->actions())
            QVERIFY2(menu->text().contains(QLatin1Char('&')), qPrintable(menu->text()));
    }

    void accessibleNames_startPageAndDocks_present() {
        const auto workbench = makeWorkbench();
        for (QDockWidget* dock : workbench->window()->findChildren<QDockWidget*>()) dock->show();
        QTest::qWait(20);
        const QStringList complaints = test::accessibilityComplaints(*workbench->window());
        QVERIFY2(complaints.isEmpty(), qPrintable(complaints.join(QLatin1Char('\n'))));
    }

    void language_changed_windowIsMadeAnewWithItsWork() {
        const auto workbench = makeWorkbench();
        Room* room = workbench->window()->openRoom(QStringLiteral("random_walk"));
        QVERIFY(room);
        room->document().setValue("steps", Json(321));
        const QString english = workbench->window()->menuBar()->actions().first()->text();
        workbench->settings().setLanguage(QStringLiteral("ko"));
        QTRY_VERIFY(workbench->window() && workbench->window()->services().language == QLatin1String("ko"));
        QVERIFY(workbench->window()->menuBar()->actions().first()->text() != english);
        QVERIFY(workbench->window()->currentRoom());
        QCOMPARE(workbench->window()->currentRoom()->document().config().integer("steps"), 321);
    }

    // The nearest panel around the focus says which page F1 opens.
    void help_topic_isThatOfThePanelAround() {
        QWidget room;
        room.setProperty("help", QStringLiteral("page#room"));
        auto* panel = new QWidget(&room);
        panel->setProperty("help", QStringLiteral("page#panel"));
        auto* button = new QWidget(panel);
        QCOMPARE(HelpPage::topicOf(button), QStringLiteral("page#panel"));
        QCOMPARE(HelpPage::topicOf(&room), QStringLiteral("page#room"));
        QCOMPARE(HelpPage::topicOf(nullptr), QString());
    }

    void layout_remembered_andReset() {
        {
            const auto workbench = makeWorkbench();
            workbench->window()->actions().find(QStringLiteral("view.dock.log"))->trigger();
            QVERIFY(!workbench->window()->findChild<QDockWidget*>(QStringLiteral("log"))->isHidden());
            workbench->window()->close();
        }
        const auto workbench = makeWorkbench();
        QDockWidget* log = workbench->window()->findChild<QDockWidget*>(QStringLiteral("log"));
        QVERIFY(!log->isHidden());
        workbench->window()->resetLayout();
        QVERIFY(log->isHidden());
    }

    void layout_damaged_isIgnored() {
        {
            Settings settings(qtext((m_home->path().toStdString() + "/config/vitrine.ini")));
            settings.setLayout(QStringLiteral("window"), QByteArray("no layout at all"));
        }
        const auto workbench = makeWorkbench();
        QVERIFY(workbench->window()->findChild<QDockWidget*>(QStringLiteral("log"))->isHidden());
    }

    void drafts_afterCleanEnd_comeBackUnasked() {
        {
            const auto workbench = makeWorkbench();
            QTRY_VERIFY(workbench->runs().isOpen());
            workbench->window()->openRoom(QStringLiteral("random_walk"))->document().setValue("steps", Json(123));
        }
        const auto workbench = makeWorkbench();
        QVERIFY(workbench->window()->currentRoom());
        QCOMPARE(workbench->window()->currentRoom()->document().config().integer("steps"), 123);
    }

    void drafts_afterCrash_areOfferedNotTaken() {
        crashWithSteps(99);
        const auto workbench = makeWorkbench();
        QVERIFY(!workbench->window()->currentRoom());
        QTRY_VERIFY(restoreButton(*workbench));
        QTest::mouseClick(restoreButton(*workbench), Qt::LeftButton);
        QVERIFY(workbench->window()->currentRoom());
        QCOMPARE(workbench->window()->currentRoom()->document().config().integer("steps"), 99);
        QVERIFY(asideFiles().isEmpty());
    }

    // Somebody closes the offer, works on and ends: what the crash left is still there next time.
    void drafts_afterCrash_undecided_areOfferedAgain() {
        crashWithSteps(77);
        {
            const auto workbench = makeWorkbench();
            QTRY_VERIFY(restoreButton(*workbench));
            workbench->window()->openRoom(QStringLiteral("random_walk"))->document().setValue("steps", Json(11));
        }
        QCOMPARE(asideFiles().size(), 1);
        const auto workbench = makeWorkbench();
        QCOMPARE(workbench->window()->currentRoom()->document().config().integer("steps"), 11);
        workbench->window()->showStart();
        QTRY_VERIFY(restoreButton(*workbench));
        QTest::mouseClick(restoreButton(*workbench), Qt::LeftButton);
        QCOMPARE(workbench->window()->currentRoom()->document().config().integer("steps"), 77);
    }

    void drafts_afterCrash_otherLanguageChosen_offerStays() {
        crashWithSteps(55);
        const auto workbench = makeWorkbench();
        QTRY_VERIFY(restoreButton(*workbench));
        workbench->settings().setLanguage(QStringLiteral("ko"));
        QTRY_VERIFY(workbench->window() && workbench->window()->services().language == QLatin1String("ko"));
        QTRY_VERIFY(restoreButton(*workbench, QStringLiteral("복원")));
    }

    void secondWindow_firstOneAlive_isOfferedNothing() {
        const auto first = makeWorkbench();
        QTRY_VERIFY(first->runs().isOpen());
        first->window()->openRoom(QStringLiteral("random_walk"))->document().setValue("steps", Json(44));
        first->window()->services().drafts.saveNow();
        QTRY_VERIFY(QFile::exists(draftFile()));
        const auto second = makeWorkbench();
        QTRY_VERIFY(second->runs().isOpen());
        QTest::qWait(50);
        QVERIFY(!restoreButton(*second));
        QVERIFY(asideFiles().isEmpty());
    }

    void drafts_hostileTypes_startAfresh_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("flags") << QByteArray(R"({"version": 1, "clean": 3, "saved_ms": "x", "state": {"rooms": {}}})");
        QTest::newRow("state") << QByteArray(R"({"version": 1, "clean": true, "saved_ms": 5, "state": [1, 2]})");
        QTest::newRow("rooms") << QByteArray(R"({"version": 1, "clean": true, "state": {"rooms": 7, "current": 3}})");
        QTest::newRow("room") << QByteArray(R"({"version": 1, "clean": true, "state": {"current": "random_walk",
            "rooms": {"random_walk": [1, {"config": 3}]}}})");
        QTest::newRow("parts") << QByteArray(R"({"version": 1, "clean": true, "state": {"current": "random_walk",
            "rooms": {"random_walk": {"config": 3, "lesson": "x", "splitters": [1], "middle": {}, "own": 5}}}})");
        QTest::newRow("logic") << QByteArray(R"({"version": 1, "clean": true, "state": {"current": "tensor_logic",
            "rooms": {"tensor_logic": {"config": {"params": [3]}, "lesson": {"step": "a"}, "own": {"text": 5,
            "name": [], "folder": {}, "columns": "abc", "left": 3, "tensor": 1, "round": "x"}}}}})");
        QTest::newRow("version") << QByteArray(R"({"version": "1", "clean": true, "state": {}})");
    }

    void drafts_hostileTypes_startAfresh() {
        QFETCH(QByteArray, text);
        QVERIFY(QDir().mkpath(m_home->filePath(QStringLiteral("workspace"))));
        QFile file(draftFile());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.close();
        const auto workbench = makeWorkbench();
        QTRY_VERIFY(workbench->runs().isOpen());
        QVERIFY(workbench->window()->openRoom(QStringLiteral("random_walk")));
        QVERIFY(workbench->window()->openRoom(QStringLiteral("tensor_logic")));
    }

    void drafts_damagedFile_startsAfresh() {
        QVERIFY(QDir().mkpath(m_home->filePath(QStringLiteral("workspace"))));
        QFile file(m_home->filePath(QStringLiteral("workspace/window.json")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"version\": 1, \"state\": {\"rooms\": 17");
        file.close();
        const auto workbench = makeWorkbench();
        QVERIFY(!workbench->window()->currentRoom());
    }

    void secondWindow_sameWorkspace_isReadOnlyAndSaysSo() {
        const auto first = makeWorkbench();
        QTRY_VERIFY(first->runs().isOpen());
        const auto second = makeWorkbench();
        QTRY_VERIFY(second->runs().isOpen());
        QVERIFY(first->runs().readOnlyReason().isEmpty());
        QVERIFY(!second->runs().readOnlyReason().isEmpty());
    }

    void problems_firstError_opensItsPanel() {
        const auto workbench = makeWorkbench();
        Room* room = workbench->window()->openRoom(QStringLiteral("random_walk"));
        QDockWidget* dock = workbench->window()->findChild<QDockWidget*>(QStringLiteral("problems"));
        QVERIFY(dock->isHidden());
        room->document().setValue("steps", Json("many"));
        QTRY_VERIFY(!dock->isHidden());
    }

    void file_thatNoRoomReads_saysSo() {
        const auto workbench = makeWorkbench();
        workbench->window()->openFile(m_home->filePath(QStringLiteral("picture.xyz")));
        bool isTold = false;
        for (const ErrorBanner* banner : workbench->window()->findChildren<ErrorBanner*>())
            isTold = isTold || banner->text().contains(QLatin1String("picture.xyz"));
        QVERIFY(isTold);
    }
};

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("QT_FONT_DPI", "96");
    QApplication app(argc, argv);
    TestWindow test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_window.moc"
