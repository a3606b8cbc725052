// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/draftkeeper.hpp"
#include "app/gui/helppage.hpp"
#include "app/gui/mainwindow.hpp"
#include "app/gui/statusstrip.hpp"
#include "app/gui/workbench.hpp"
#include "tests/support/randomwalk/randomwalk.hpp"
#include "tests/support/roomtests.hpp"
#include "tests/support/testlog.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/commandpalette.hpp"
#include "widgets/base/errorbanner.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/language.hpp"
#include "widgets/base/tableexport.hpp"
#include "widgets/base/words.hpp"
#include "widgets/editor/codeeditor.hpp"
#include "widgets/plot/plotview.hpp"
#include "widgets/rooms/room.hpp"
#include "widgets/rooms/tensor_logic/mechanism.hpp"
#include "widgets/rooms/tensor_logic/tensor_logicroom.hpp"

#include <QApplication>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QMenuBar>
#include <QMimeData>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTest>
#include <QTextCursor>
#include <QUrl>

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

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

    // Dropped on the window or opened: read, or refused with a sentence in the banner of the room.
    void files_dropped_areOpenedOrRefused_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content"); // null: the file is not made
        QTest::addColumn<QString>("said");       // in a banner; empty: none
        QTest::addColumn<QString>("text");       // in the editor afterwards
        const QString none;
        const QString keeps = QStringLiteral("Ancestor(x, z)");
        QTest::newRow("program") << "p.tl" << QByteArray("P(1)\nP?\n") << none << "P(1)";
        QTest::newRow("program, upper case") << "P.TL" << QByteArray("P(1)\nP?\n") << none << "P(1)";
        QTest::newRow("empty program") << "empty.tl" << QByteArray("") << none << "";
        QTest::newRow("edges") << "my edges.csv" << QByteArray("a,b\nb,c\n") << none << "Myedges(x, y) = \"";
        QTest::newRow("nine columns") << "wide.csv" << QByteArray("1,2,3,4,5,6,7,8,9\n") << none << "Wide(x1, x2";
        QTest::newRow("empty data") << "nothing.csv" << QByteArray("") << none << "Nothing(x, y) = \"";
        QTest::newRow("missing program") << "missing.tl" << QByteArray() << "could not be opened" << keeps;
        QTest::newRow("missing data") << "missing.csv" << QByteArray() << "could not be opened" << keeps;
        QTest::newRow("binary program") << "b.tl"
                                        << QByteArray("\x7f"
                                                      "ELF\0\1\2",
                                                      7)
                                        << "no text in UTF-8" << keeps;
        QTest::newRow("Latin-1") << "l.tl" << QByteArray("# caf\xe9\n") << "no text in UTF-8" << keeps;
        QTest::newRow("one long line") << "long.tl" << QByteArray(200000, '#') << "a line longer" << keeps;
        QTest::newRow("too large") << "large.tl" << QByteArray("#\n").repeated(9 << 20) << "larger than" << keeps;
        QTest::newRow("picture") << "picture.png" << QByteArray("\x89PNG") << "picture.png" << keeps;
        QTest::newRow("no suffix") << "README" << QByteArray("x") << "README" << keeps;
        QTest::newRow("quote in its name") << "a\"b.csv" << QByteArray("1,2\n") << "cannot be named" << keeps;
        QTest::newRow("folder") << "folder.csv/" << QByteArray("") << "no file that can be read" << keeps;
        QTest::newRow("pipe") << "pipe.tl|" << QByteArray("") << "no file that can be read" << keeps;
    }
    void files_dropped_areOpenedOrRefused() {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        QFETCH(QString, said);
        QFETCH(QString, text);
        QString path = m_home->filePath(name);
        if (name.endsWith(QLatin1Char('/'))) {
            QVERIFY(QDir().mkpath(path));
            path.chop(1);
        } else if (name.endsWith(QLatin1Char('|'))) {
            path.chop(1);
            QCOMPARE(::mkfifo(QFile::encodeName(path).constData(), 0600), 0);
        } else if (!content.isNull()) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
        }
        const auto workbench = makeWorkbench();
        MainWindow& window = *workbench->window();
        auto* room = static_cast<TensorLogicRoom*>(window.openRoom(QStringLiteral("tensor_logic")));
        const QString before = room->mechanism()->text();
        for (const bool isOnEditor : {false, true}) { // each begins from the same
            for (ErrorBanner* banner : window.findChildren<ErrorBanner*>()) banner->resolve(QStringLiteral("open"));
            room->mechanism()->openText(QStringLiteral("ancestors.tl"), before, {});
            QMimeData mime;
            mime.setUrls({QUrl::fromLocalFile(path)});
            QWidget* target = isOnEditor ? room->mechanism()->editor()->viewport() : static_cast<QWidget*>(&window);
            QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
            QDropEvent drop(QPointF(5, 5), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
            QCoreApplication::sendEvent(target, &enter);
            QCoreApplication::sendEvent(target, &drop);
            QString banners;
            for (const ErrorBanner* banner : window.findChildren<ErrorBanner*>()) banners += banner->text();
            if (said.isEmpty()) QVERIFY2(!banners.contains(name), qPrintable(banners));
            QVERIFY2(banners.contains(said), qPrintable(banners + QStringLiteral(" instead of ") + said));
            const QString shown = room->mechanism()->text();
            QVERIFY2(text.isEmpty() ? shown.isEmpty() : shown.contains(text), qPrintable(shown.left(200)));
        }
    }

    // Within a line, a file's own line would cut a statement in two.
    void dataFile_dropped_keepsStatementsWhole() {
        QFile file(m_home->filePath(QStringLiteral("edges.csv")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("a,b\n") == 4);
        file.close();
        const auto workbench = makeWorkbench();
        auto* room = static_cast<TensorLogicRoom*>(workbench->window()->openRoom(QStringLiteral("tensor_logic")));
        room->mechanism()->openText(QStringLiteral("p.tl"), QStringLiteral("P(1)\nLonger(1, 2)\n"), {});
        QTextCursor cursor(room->mechanism()->editor()->document());
        cursor.setPosition(9);
        room->mechanism()->editor()->setTextCursor(cursor);
        QVERIFY(room->openFile(file.fileName()));
        QCOMPARE(room->mechanism()->text(),
                 QStringLiteral("P(1)\nEdges(x, y) = \"%1\"\nLonger(1, 2)\n").arg(file.fileName()));
    }

    // No room on the disk (here: no file may be larger than 512 bytes): a sentence, and no half file.
    void exports_whenTheDiskIsFull_saySoAndLeaveNothing() {
        PlotView plot;
        plot.resize(300, 200);
        plot::Samples samples;
        for (int i = 0; i < 500; ++i) {
            samples.x.append(i);
            samples.y.append(i % 17);
        }
        plot.setCurve(QStringLiteral("c"), {});
        plot.setSamples(QStringLiteral("c"), samples);
        const std::tuple<const char*, PlotFormat> formats[] = {{"a.png", PlotFormat::Png},
                                                               {"a2.png", PlotFormat::PngDouble},
                                                               {"a.svg", PlotFormat::Svg},
                                                               {"a.pdf", PlotFormat::Pdf},
                                                               {"a.csv", PlotFormat::Csv}};
        const auto path = [&](const char* name) { return m_home->filePath(QString::fromLatin1(name)); };
        ::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &before), 0);
        rlimit small = before;
        small.rlim_cur = 512;
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        QStringList wrong;
        for (const auto& [name, format] : formats)
            if (plot.exportTo(path(name), format).isEmpty() || QFile::exists(path(name)))
                wrong << QString::fromLatin1(name);
        if (tableexport::writeFile(path("t.csv"), QString(9000, QLatin1Char('x'))).isEmpty() ||
            QFile::exists(path("t.csv")))
            wrong << QStringLiteral("t.csv");
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char(' '))));
        for (const auto& [name, format] : formats) {
            QCOMPARE(plot.exportTo(path(name), format), QString());
            QVERIFY(QFileInfo(path(name)).size() > 512);
            QVERIFY(!plot.exportTo(QStringLiteral("/nowhere/") + QString::fromLatin1(name), format).isEmpty());
        }
        // What was there before stays whole.
        const qint64 size = QFileInfo(path("a.csv")).size();
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        const QString said = plot.exportTo(path("a.csv"), PlotFormat::Csv);
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &before), 0);
        QVERIFY(!said.isEmpty());
        QCOMPARE(QFileInfo(path("a.csv")).size(), size);
    }

    // Computed from what the machine says; a preset that computes on a GPU names it.
    void statusStrip_namesTheDeviceInUse() {
        const auto workbench = makeWorkbench();
        MainWindow& window = *workbench->window();
        auto* strip = window.findChild<StatusStrip*>();
        const auto threads = std::max(1U, std::thread::hardware_concurrency());
        QVERIFY2(strip->deviceText().contains(QStringLiteral("CPU, %1 thread").arg(threads)),
                 qPrintable(strip->deviceText()));
        Room* room = window.openRoom(QStringLiteral("tensor_logic"));
        room->document().setPreset("gpu.transformer");
        DeviceInfo cpu, gpu;
        gpu.device.kind = DeviceKind::Cuda;
        gpu.model = "NVIDIA H100";
        gpu.memoryBytes = 80LL << 30;
        room->document().setDevice("cuda");
        strip->setDevices({cpu});
        QCOMPARE(strip->deviceText(), QStringLiteral("○ No GPU found"));
        strip->setDevices({cpu, gpu});
        QCOMPARE(strip->deviceText(), QStringLiteral("● NVIDIA H100, ") + bytesText(80LL << 30));
        gpu.usable = false;
        strip->setDevices({cpu, gpu});
        QCOMPARE(strip->deviceText(), QStringLiteral("○ NVIDIA H100, cannot be used"));
        room->document().setDevice("cpu");
        QVERIFY(strip->deviceText().contains(QStringLiteral("CPU")));
        room->document().setDevice("cuda");
        window.showStart();
        QVERIFY(strip->deviceText().contains(QStringLiteral("CPU")));
    }

    // Of several put aside the newest by name that holds work; older ones are not even read.
    void drafts_putAside_newestThatHoldsWorkIsOffered() {
        const auto write = [&](const char* name, const QByteArray& text) {
            QFile file(m_home->filePath(QStringLiteral("workspace/window-recovered-") + QLatin1String(name) +
                                        QStringLiteral(".json")));
            QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
        };
        const auto work = [](int steps, const char* when) -> QByteArray {
            return QByteArray(R"({"version": 1, "clean": false, "saved_ms": )") + when +
                   R"(, "state": {"current": "random_walk", "rooms": {"random_walk": {"own": )" +
                   QByteArray::number(steps) + "}}}}";
        };
        QVERIFY(QDir().mkpath(m_home->filePath(QStringLiteral("workspace"))));
        write("1700000000001", work(1, "9900000000000")); // an older name is not asked for its moment
        write("1700000000002", work(2, "1700000000002"));
        write("1700000000003", "no JSON at all");
        write("1700000000004", R"({"version": 1, "clean": false, "saved_ms": 1700000000004, "state": {"rooms": {}}})");
        DraftKeeper keeper(draftFile());
        QCOMPARE(keeper.recovered().savedMs, 1700000000002LL);
        keeper.settleRecovered();
        QCOMPARE(asideFiles().size(), 3);
        QVERIFY(!asideFiles().contains(QStringLiteral("window-recovered-1700000000002.json")));
    }

    void languages_areTheSameForTheCommandLineAndTheSettings() {
        for (const char* code : {"en", "ko", "pseudo"}) {
            QVERIFY(isLanguage(QLatin1String(code)));
            QCOMPARE(languageInUse(QLatin1String(code)), QLatin1String(code));
        }
        for (const char* code : {"", "de", "KO", "ko_KR"}) {
            QVERIFY(!isLanguage(QLatin1String(code)));
            QVERIFY(isLanguage(languageInUse(QLatin1String(code))));
        }
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
