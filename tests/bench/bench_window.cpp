// SPDX-License-Identifier: GPL-3.0-or-later
// What the window owes to the hand: start, keystrokes, five hundred runs, a thousand events a second. Painted
// offscreen.
#include "app/gui/mainwindow.hpp"
#include "app/gui/panels.hpp"
#include "app/gui/workbench.hpp"
#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/runner/runner.hpp"
#include "tests/support/randomwalk/randomwalk.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/searchline.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/editor/codeeditor.hpp"
#include "widgets/plot/plotview.hpp"
#include "widgets/rooms/room.hpp"
#include "widgets/rooms/roomplots.hpp"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QProcess>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBlock>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <functional>

using namespace vitrine;

namespace {

constexpr int Runs = 500, Points = 1000;
bool isGood = true;

double cpuMs() {
    timespec spent{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return 1e3 * static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e6;
}

double msOf(const std::function<void()>& work) {
    QElapsedTimer clock;
    clock.start();
    work();
    return static_cast<double>(clock.nsecsElapsed()) / 1e6;
}

// The work, and all that it leaves to do and to paint: processor time of the window's thread, which is what the hand
// waits for on a machine that does nothing else.
double msUntilPainted(const std::function<void()>& work) {
    const double begin = cpuMs();
    work();
    for (int turn = 0; turn < 3; ++turn) QCoreApplication::processEvents();
    return cpuMs() - begin;
}

void report(const char* what, double ms, double limit) {
    std::printf("%-52s %8.1f ms   %5.2f of the limit of %.0f ms%s\n", what, ms, ms / limit, limit,
                ms > limit ? "   OVER" : "");
    std::fflush(stdout);
    isGood = isGood && ms <= limit;
}

double percentile(std::vector<double> values, double part) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}

bool waitFor(const std::function<bool()>& isDone, int seconds) {
    return QTest::qWaitFor(isDone, seconds * 1000);
}

std::unique_ptr<Workbench> openWorkbench(const QString& workspace) {
    Options options;
    options.workspace = workspace;
    options.language = QStringLiteral("en");
    options.theme = QStringLiteral("light");
    auto workbench = std::make_unique<Workbench>(options);
    workbench->library().registry().add(test::makeRandomWalk());
    workbench->open();
    if (!waitFor([&] { return workbench->runs().isOpen(); }, 60)) std::printf("the workspace does not open\n");
    return workbench;
}

// From starting the program to the end of a process that ends at its first frame: dynamic linking included.
void start(const QString& folder) {
    const QString program = QCoreApplication::applicationDirPath() + QStringLiteral("/../bin/vitrine");
    std::vector<double> times;
    for (int repeat = 0; repeat < 6; ++repeat)
        times.push_back(msOf([&] {
            QProcess process;
            process.start(program, {QStringLiteral("--first-frame"), QStringLiteral("--workspace"),
                                    folder + QStringLiteral("/start")});
            process.waitForFinished(30000);
            if (process.exitCode() != 0) isGood = false;
        }));
    times.erase(times.begin()); // the one that warms the file cache
    report("start to first frame, empty workspace (median of 5)", percentile(times, 0.5), 1500);
}

void keystrokes(const QString& folder) {
    const auto workbench = openWorkbench(folder + QStringLiteral("/keys"));
    Room* room = workbench->window()->openRoom(QStringLiteral("tensor_logic"));
    auto* editor = room->findChild<CodeEditor*>();
    QString text;
    for (int line = 0; line < 2500; ++line)
        text +=
            QStringLiteral("W%1[i, j]: real[3, 4]\nHid%1[b, m] = relu(W%1[m, d] Mid[b, d])\n"
                           "SG%1(x, y) <- Edge(p, x), Edge(p, y), x != y\nParent(Alice%1, Bob), Parent(Bob, Charlie)\n")
                .arg(line);
    editor->setPlainText(text);
    QTest::qWait(1500);
    QTextCursor cursor(editor->document()->findBlockByNumber(5000));
    editor->setTextCursor(cursor);
    editor->setFocus();
    std::vector<double> times;
    QString longest;
    const QString typed = QStringLiteral("Path(x, z) <- Path(x, y), Edge(y, z)\n");
    for (int round = 0; round < 10; ++round) {
        for (const QChar letter : typed)
            times.push_back(msUntilPainted([&] {
                if (letter == QLatin1Char('\n'))
                    QTest::keyClick(editor, Qt::Key_Return);
                else
                    QTest::keyClick(editor, letter.toLatin1());
            }));
        for (std::size_t k = times.size() - typed.size(); k < times.size(); ++k)
            if (times[k] > 12)
                longest +=
                    QStringLiteral(" %1:%2 ms")
                        .arg(typed[k % typed.size()] == QLatin1Char('\n') ? QChar(0x23CE) : typed[k % typed.size()])
                        .arg(times[k], 0, 'f', 0);
        QTest::qWait(300); // the check of the last revision comes in between
    }
    report("keystroke in 10,000 lines, median", percentile(times, 0.5), 16);
    std::printf("%-52s %s\n", "longest ones", qPrintable(longest));
    report("keystroke in 10,000 lines, longest of 370", percentile(times, 1.0), 16);
}

Config walkOf(int steps, double pauseMs) {
    const auto method = test::makeRandomWalk();
    Config config;
    config.experiment = method->descriptor().id;
    config.version = method->descriptor().version;
    config.values = {{"steps", steps}, {"pause_ms", pauseMs}, {"checkpoint_every", 1000000}};
    return withDefaults(method->descriptor().params, config);
}

// One real run, copied under new names.
void makeRuns(const QString& workspace) {
    const QString runs = workspace + QStringLiteral("/runs");
    QDir().mkpath(runs);
    runner::ThreadRunner runner(utf8(runs), [](const std::string&) { return &test::randomWalkFactory(); });
    auto handle = runner.start(walkOf(Points, 0));
    if (!handle.ok() || !handle.value()->wait(60)) return;
    const auto folder = handle.value()->run().folder();
    const auto text = readFile(folder / "config.json", 1 << 20);
    for (int copy = 1; copy < Runs; ++copy) {
        const std::string id = newUuid();
        const auto target = folder.parent_path() / id;
        std::filesystem::copy(folder, target, std::filesystem::copy_options::recursive);
        std::string own = text.value();
        for (std::size_t at = own.find(folder.filename().string()); at != std::string::npos;
             at = own.find(folder.filename().string(), at + id.size()))
            own.replace(at, id.size(), id);
        static_cast<void>(writeFileAtomically(target / "config.json", own));
    }
}

void manyRuns(const QString& folder) {
    const QString workspace = folder + QStringLiteral("/many");
    makeRuns(workspace);
    std::unique_ptr<Workbench> workbench;
    const double reading = msOf([&] {
        workbench = openWorkbench(workspace);
        waitFor([&] { return workbench->runs().ids().size() == Runs; }, 120);
    });
    std::printf("%-52s %8.1f ms   (%d runs)\n", "first reading of the run directories", reading,
                static_cast<int>(workbench->runs().ids().size()));
    const double indexing = msOf([&] {
        waitFor(
            [&] {
                const QStringList ids = workbench->runs().ids();
                return std::all_of(ids.begin(), ids.end(), [&](const QString& id) {
                    return workbench->runs().find(id)->state == RunState::Completed;
                });
            },
            300);
    });
    std::printf("%-52s %8.1f ms   (%d points)\n", "all of their events indexed after", indexing, Runs * Points);
    MainWindow* window = workbench->window();
    window->openRoom(QStringLiteral("random_walk"));
    report("show the runs table",
           msUntilPainted([&] { window->actions().find(QStringLiteral("view.dock.runs"))->trigger(); }), 100);
    auto* panel = window->findChild<RunsPanel*>();
    QTableView* table = panel->table();
    QTest::qWait(200);
    for (int column = 0; column < table->model()->columnCount(); ++column)
        report(qPrintable(QStringLiteral("sort by column %1").arg(column)),
               msUntilPainted([&] { table->sortByColumn(column, Qt::AscendingOrder); }), 100);
    auto* search = panel->findChild<SearchLine*>();
    report("filter", msUntilPainted([&] { Q_EMIT search->searched(QStringLiteral("walk a")); }), 100);
    report("filter off", msUntilPainted([&] { Q_EMIT search->searched(QString()); }), 100);
    report("scroll to the end", msUntilPainted([&] { table->scrollToBottom(); }), 100);
    report("select all", msUntilPainted([&] { table->selectAll(); }), 100);
    Room* room = window->currentRoom();
    const QStringList ids = workbench->runs().ids();
    window->openRun(ids.first());
    PlotView* plot = room->plots().plotOf(QStringLiteral("position"));
    waitFor([&] { return !plot->curves().isEmpty(); }, 20);
    const double comparing = msUntilPainted([&] { room->compareWith(ids.mid(1)); });
    report("lay 499 runs over one: the call", comparing, 100);
    std::vector<double> turns;
    QElapsedTimer whole;
    whole.start();
    waitFor(
        [&] {
            const double begin = cpuMs();
            QCoreApplication::processEvents();
            turns.push_back(cpuMs() - begin);
            return plot->curves().size() >= Runs;
        },
        120);
    std::printf("%-52s %8.1f ms   (%d curves of %d points)\n", "all curves on screen after",
                static_cast<double>(whole.elapsed()), static_cast<int>(plot->curves().size()), Points);
    report("longest wait of the hand meanwhile", percentile(turns, 1.0), 100);
    QTest::qWait(500);
    const auto [from, to] = plot->xRange();
    report("crosshair over 500 curves", msUntilPainted([&, middle = (from + to) / 2] { plot->setCursor(middle); }),
           100);
    report("log axis and back, one redraw each", msUntilPainted([&] { plot->setXScale(AxisScale::Log); }), 100);
    plot->setXScale(AxisScale::Linear);
    QTest::qWait(50);
    report("smoothing", msUntilPainted([&] { plot->setSmoothing(0.9); }), 100);
    report("show one alone", msUntilPainted([&] { plot->solo(plot->curves().first()); }), 100);
}

void eventStream(const QString& folder) {
    const QString workspace = folder + QStringLiteral("/events");
    const auto workbench = openWorkbench(workspace);
    QDir().mkpath(workspace + QStringLiteral("/runs"));
    runner::ThreadRunner runner(utf8(workspace + QStringLiteral("/runs")),
                                [](const std::string&) { return &test::randomWalkFactory(); });
    auto handle = runner.start(walkOf(8000, 0.92));
    if (!handle.ok()) return;
    const QString id = qtext(handle.value()->run().folder().filename().string());
    waitFor([&] { return workbench->runs().find(id) != nullptr; }, 20);
    workbench->window()->openRun(id);
    std::size_t events = 0;
    QObject::connect(&workbench->runs(), &RunHub::batchReady, workbench->window(),
                     [&](const RunBatchPtr& batch) { events += batch->events.size(); });
    QTest::qWait(500);
    events = 0;
    std::vector<double> gaps;
    QElapsedTimer clock, whole;
    QTimer probe;
    QObject::connect(&probe, &QTimer::timeout, &probe, [&] {
        gaps.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
        clock.restart();
    });
    clock.start();
    whole.start();
    probe.start(0);
    QTest::qWait(5000);
    probe.stop();
    std::printf("%-52s %8.0f\n", "events a second that arrived",
                1000.0 * static_cast<double>(events) / static_cast<double>(whole.elapsed()));
    report("event loop lag, 99th percentile", percentile(gaps, 0.99), 50);
    report("event loop lag, longest", percentile(gaps, 1.0), 200);
    static_cast<void>(handle.value()->stop());
    static_cast<void>(handle.value()->wait(10));
}

} // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("QT_FONT_DPI", "96");
    const QTemporaryDir home;
    qputenv("VITRINE_HOME", home.path().toLocal8Bit());
    QApplication app(argc, argv);
    const std::pair<const char*, void (*)(const QString&)> parts[] = {
        {"start", start}, {"keys", keystrokes}, {"runs", manyRuns}, {"events", eventStream}};
    for (const auto& [name, part] : parts)
        if (argc < 2 || QLatin1String(argv[1]) == QLatin1String(name)) part(home.path());
    return isGood ? 0 : 1;
}
