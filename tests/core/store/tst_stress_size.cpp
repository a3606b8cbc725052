// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/ids.hpp"
#include "core/base/seal.hpp"
#include "core/store/check.hpp"
#include "core/store/workspaceindexer.hpp"
#include "tests/support/testmain.hpp"

#include <QElapsedTimer>
#include <QObject>
#include <QTemporaryDir>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <functional>
#include <limits>
#include <sstream>

using namespace vitrine;
using namespace vitrine::store;
namespace fs = std::filesystem;

namespace {

constexpr int Million = 1'000'000, Runs = 500, Points = 1000, Metrics = 4;

/// A finished run as a runner leaves it, written at once. Point i of metric k: value i + k / 8.
std::string writeRun(const fs::path& runs, int points) {
    const std::string id = newUuid();
    Config config;
    config.experiment = "random_walk";
    config.preset = "study.walk";
    const RunDirectory run = *RunDirectory::create(runs / id, id, config);
    std::ofstream file(run.eventFile(1), std::ios::binary);
    std::int64_t n = 0;
    const auto send = [&](EventBody body) {
        file << sealed(toJsonLine({++n, 1'700'000'000'000 + n, std::move(body)})) << '\n';
    };
    send(StateChanged{RunState::Queued, RunState::Starting, {}, {}});
    send(StateChanged{RunState::Starting, RunState::Running, {}, {}});
    for (int i = 0; i < points; ++i)
        send(Scalar{"metric_" + std::to_string(i % Metrics), i / Metrics, i / Metrics + i % Metrics / 8.0});
    send(LogEvent{LogLevel::Info, "done", {}, {}});
    send(Finished{RunState::Completed, {{"metric_0", 1.0}}, {}});
    return id;
}

/// A line of /proc/self/status in MiB.
double memoryMiB(const std::string& key) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(key + ":")) return std::stod(line.substr(key.size() + 1)) / 1024;
    return 0;
}

/// Processor time of this thread, the least of three: what the query costs on a machine that does nothing else.
double msOf(const std::function<void()>& query) {
    const auto now = [] {
        timespec spent{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
        return 1e3 * static_cast<double>(spent.tv_sec) + static_cast<double>(spent.tv_nsec) / 1e6;
    };
    double best = std::numeric_limits<double>::infinity();
    for (int i = 0; i < 3; ++i) {
        const double begin = now();
        query();
        best = std::min(best, now() - begin);
    }
    return best;
}

} // namespace

#define TAKES_AT_MOST(limit, ...)                                                                                      \
    do {                                                                                                               \
        const double took = msOf([&] { __VA_ARGS__; });                                                                \
        qInfo("%.1f ms (limit %g): %s", took, static_cast<double>(limit), #__VA_ARGS__);                               \
        QVERIFY2(took <= (limit), #__VA_ARGS__);                                                                       \
    } while (false)

/// Sizes that a workspace must bear: bounded memory while it is read, queries that the hand does not feel.
class TestStressSize : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void million_scalars_flatMemoryAndFastQueries();
    void fiveHundred_runs_everyQueryUnder100ms();
};

void TestStressSize::million_scalars_flatMemoryAndFastQueries() {
    QTemporaryDir dir;
    const fs::path folder = dir.path().toStdString();
    const std::string id = writeRun(folder / "runs", Million);
    const auto workspace = *Workspace::open(folder);
    QElapsedTimer clock;
    clock.start();
    std::int64_t told = 0;
    double early = 0, late = 0; // memory after a quarter and at the end
    {
        WorkspaceIndexer indexer(*workspace, [&](const RunUpdate& update) {
            told += static_cast<std::int64_t>(update.events.size());
            if (early == 0 && told > Million / 4) early = memoryMiB("VmRSS");
        });
        QVERIFY(indexer.waitUntilCaughtUp(300));
        late = memoryMiB("VmRSS");
    }
    qInfo("indexed in %.1f s; %.0f MiB after a quarter, %.0f MiB at the end, peak %.0f MiB",
          static_cast<double>(clock.elapsed()) / 1e3, early, late, memoryMiB("VmHWM"));
    QCOMPARE(told, std::int64_t{Million + 4});
    QVERIFY2(late < early + 64, "memory grows with the events");
    QVERIFY(memoryMiB("VmHWM") < 512);

    TAKES_AT_MOST(100, QCOMPARE(workspace->runs()->size(), std::size_t{1}));
    TAKES_AT_MOST(100, QVERIFY(workspace->run(id).ok()));
    TAKES_AT_MOST(100, QCOMPARE(workspace->logs(id)->size(), std::size_t{1}));
    TAKES_AT_MOST(200, QCOMPARE(workspace->metrics(id)->at(3).count, std::int64_t{Million / Metrics}));
    // A curve of a quarter of a million points, thinned out for the screen, is read off the window's thread.
    TAKES_AT_MOST(500, QVERIFY(workspace->scalars(id, "metric_2", {2000, false})->value.size() <= 2100));
    const ScalarCurve curve = *workspace->scalars(id, "metric_3");
    QCOMPARE(curve.value.size(), std::size_t{Million / Metrics});
    for (std::size_t i = 0; i < curve.value.size(); ++i) QVERIFY(curve.value[i] == static_cast<double>(i) + 3 / 8.0);
}

void TestStressSize::fiveHundred_runs_everyQueryUnder100ms() {
    QTemporaryDir dir;
    const fs::path folder = dir.path().toStdString();
    std::vector<std::string> ids;
    for (int i = 0; i < Runs; ++i) ids.push_back(writeRun(folder / "runs", Points * Metrics));
    const auto workspace = *Workspace::open(folder);
    QElapsedTimer clock;
    clock.start();
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(300));
    qInfo("indexed in %.1f s, peak %.0f MiB", static_cast<double>(clock.elapsed()) / 1e3, memoryMiB("VmHWM"));
    QVERIFY(workspace->setUserData(ids[250], {"the one", "with notes", {"needle"}, false}).ok());

    TAKES_AT_MOST(100, QCOMPARE(workspace->runs()->size(), std::size_t{Runs}));
    RunFilter needle;
    needle.text = "needle notes";
    TAKES_AT_MOST(100, QCOMPARE(workspace->runs(needle)->size(), std::size_t{1}));
    RunFilter failed;
    failed.states = {RunState::Failed};
    TAKES_AT_MOST(100, QVERIFY(workspace->runs(failed)->empty()));
    RunFilter page;
    page.limit = 50;
    page.offset = 400;
    TAKES_AT_MOST(100, QCOMPARE(workspace->runs(page)->size(), std::size_t{50}));
    TAKES_AT_MOST(100, QVERIFY(workspace->record(ids[7]).ok()));
    TAKES_AT_MOST(100, QCOMPARE(workspace->metrics(ids[7])->size(), std::size_t{Metrics}));
    TAKES_AT_MOST(100, QCOMPARE(workspace->logs(ids[7])->size(), std::size_t{1}));
    TAKES_AT_MOST(100, QVERIFY(workspace->setUserData(ids[3], {"", "", {"tagged"}, false}).ok()));
    double slowest = 0;
    for (const std::string& id : ids)
        slowest = std::max(slowest, msOf([&] {
                               const ScalarCurve curve = *workspace->scalars(id, "metric_1", {1000, false});
                               QCOMPARE(curve.value.back(), Points - 1 + 1 / 8.0);
                           }));
    qInfo("slowest of 500 curves: %.1f ms", slowest);
    QVERIFY(slowest <= 100);
    clock.restart();
    const CheckReport report = *checkWorkspace(folder); // two million events, read again
    for (const Error& finding : report.findings) QFAIL(toText(finding).c_str());
    QCOMPARE(report.events, std::int64_t{Runs} * (Points * Metrics + 4));
    qInfo("checked in %.1f s", static_cast<double>(clock.elapsed()) / 1e3);
}

VITRINE_CORE_TEST(TestStressSize)
#include "tst_stress_size.moc"
