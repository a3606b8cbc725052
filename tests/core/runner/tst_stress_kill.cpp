// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/rng.hpp"
#include "core/methods/tensor_logic/method.hpp"
#include "core/runner/runner.hpp"
#include "core/store/check.hpp"
#include "core/store/checkpoints.hpp"
#include "core/store/eventreader.hpp"
#include "core/store/workspaceindexer.hpp"
#include "tests/support/randomwalk/randomwalk.hpp"
#include "tests/support/testmain.hpp"
#include "tests/support/workspacetext.hpp"

#include <QCoreApplication>
#include <QObject>
#include <QTemporaryDir>

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <fstream>
#include <map>
#include <set>
#include <thread>

using namespace vitrine;
using namespace vitrine::runner;
namespace fs = std::filesystem;

namespace {

constexpr int WalkKills = 200, LearningKills = 40, IndexKills = 200;

std::uint64_t seedOfThisRun() {
    bool isGiven = false;
    const auto given = qEnvironmentVariable("VITRINE_STRESS_SEED").toULongLong(&isGiven);
    return isGiven ? given : static_cast<std::uint64_t>(nowMs());
}

void sleepMs(std::uint64_t ms) {
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
}

std::string contentOf(const fs::path& file) {
    Result<std::string> text = readFile(file);
    return text ? *std::move(text) : std::string();
}

Config walkOf(std::uint64_t seed) {
    Config config = withDefaults(test::makeRandomWalk()->descriptor().params, {});
    config.experiment = "random_walk";
    config.seed = seed;
    config.values["steps"] = 3000;
    config.values["pause_ms"] = 1.0;
    config.values["checkpoint_every"] = 20;
    return config;
}

/// A small network on generated points: several seconds, a checkpoint every hundred steps.
Config learningOf() {
    Config config = *configOfPreset(tl::makeMethod()->descriptor(), "lesson.program");
    config.seed = 3;
    config.values["program"] = "X[e, i] = sin(e * (i + 1))\n@domain e = 400\nW1[u, i]: real[16, 8]\nW2[u]: real[16]\n"
                               "T[e] = X[e, 0] * X[e, 1]\nH[e, u] = tanh(W1[u, i] X[e, i])\nY[e] = W2[u] H[e, u]\n"
                               "Loss avg= (Y[e] - T[e])^2\n@learn W1, W2\n"
                               "@minimize Loss lr=0.01 steps=6000 batch=50 over=e\nLoss?\nW2[u]?\n";
    return config;
}

/// (metric, step) -> bits of the value, of what no later attempt has superseded.
using Curve = std::map<std::pair<std::string, std::int64_t>, std::uint64_t>;

Curve curveOf(const store::RunDirectory& run) {
    Curve curve;
    std::vector<std::pair<std::pair<int, std::int64_t>, std::pair<std::string, std::int64_t>>> order;
    store::EventReader reader(run);
    for (store::EventBatch batch = reader.next();; batch = reader.next()) {
        for (const Event& event : batch.events) {
            if (const auto* scalar = std::get_if<Scalar>(&event.body)) {
                order.push_back({{batch.attempt, event.sequence}, {scalar->metric, scalar->step}});
                curve[order.back().second] = std::bit_cast<std::uint64_t>(scalar->value);
            }
            const auto* change = std::get_if<StateChanged>(&event.body);
            if (!change || !change->resumedFrom) continue;
            const std::pair point(change->resumedFrom->attempt, change->resumedFrom->sequence);
            for (; !order.empty() && order.back().first > point; order.pop_back()) curve.erase(order.back().second);
        }
        if (batch.atEnd) return curve;
    }
}

/// Reads what a killed attempt left: every whole line is an event, numbered without a gap; one torn tail at most.
QString whatIsLost(const store::RunDirectory& run, int attempt, const std::string& writtenBefore) {
    const std::string file = contentOf(run.eventFile(attempt));
    if (!file.starts_with(writtenBefore)) return QStringLiteral("bytes that were written are gone");
    std::int64_t lines = std::count(file.begin(), file.end(), '\n'), events = 0;
    store::EventReader reader(run);
    for (store::EventBatch batch = reader.next();; batch = reader.next()) {
        if (!batch.problems.empty()) return QString::fromStdString(toText(batch.problems.front()));
        for (const Event& event : batch.events)
            if (batch.attempt == attempt && event.sequence != ++events) return QStringLiteral("a number is missing");
        if (batch.atEnd) break;
    }
    return events == lines ? QString() : QStringLiteral("%1 lines, %2 events").arg(lines).arg(events);
}

/// What a check may say of a run that was killed: a temporary file that lies about, a status never written.
QString whatIsDamaged(const fs::path& workspace) {
    const store::CheckReport report = *store::checkWorkspace(workspace);
    for (const Error& finding : report.findings)
        if (finding.code != "VIT-STORE-021") return QString::fromStdString(toText(finding));
    return {};
}

/// Contents of all files below a folder.
std::map<std::string, std::string> filesBelow(const fs::path& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) files[entry.path().string()] = sha256(contentOf(entry.path()));
    return files;
}

int indexForever(const char* folder) {
    const auto workspace = store::Workspace::open(folder);
    if (!workspace) return 1;
    const store::WorkspaceIndexer indexer(**workspace);
    sleepMs(60'000);
    return 0;
}

pid_t startIndexer(const fs::path& folder) {
    const std::string program = "/proc/self/exe", path = folder.string();
    std::string mode = "--index";
    std::string zero = program, argument = path;
    char* arguments[] = {zero.data(), mode.data(), argument.data(), nullptr};
    pid_t child = 0;
    return ::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, environ) == 0 ? child : 0;
}

} // namespace

/// kill -9 at hundreds of random moments. VITRINE_STRESS_SEED repeats a run as far as time allows.
class TestStressKill : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase();
    void init() { test::failOnWarnings(); }
    void walk_killed_nothingLostAndSameEnd();
    void learning_killed_sameEndBitForBit();
    void index_killed_opensOrIsMadeAgain();

  private:
    /// Kills and resumes a run up to `most` times, then lets it end. \return the kills, or -1 when the test has failed
    int tortureToTheEnd(const std::shared_ptr<RunHandle>& started, int most, std::uint64_t longest);
    void tortureOnce(std::shared_ptr<RunHandle>& handle, std::uint64_t longest, bool& isEnded);
    [[nodiscard]] ProcessRunner starter(const char* name) const {
        return ProcessRunner(folder(name) / "runs", m_program);
    }
    [[nodiscard]] fs::path folder(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

    QTemporaryDir m_dir;
    fs::path m_program;
    Lcg m_random{1};
    std::optional<ProcessRunner> m_starter;
};

void TestStressKill::initTestCase() {
    const std::uint64_t seed = seedOfThisRun();
    m_random = Lcg(seed);
    qInfo("VITRINE_STRESS_SEED=%llu", static_cast<unsigned long long>(seed));
    m_program = fs::path(qEnvironmentVariable("VITRINE_BIN_DIR").toStdString()) / "vitrine-run";
    if (qEnvironmentVariableIsEmpty("VITRINE_BIN_DIR")) m_program = executableFolder() / "../bin/vitrine-run";
    QVERIFY2(fs::exists(m_program), m_program.c_str());
    qputenv("VITRINE_PLUGINS", QByteArray::fromStdString((executableFolder() / "random_walk.so").string()));
    qputenv("VITRINE_HOME", QByteArray::fromStdString(folder("home").string()));
}

void TestStressKill::tortureOnce(std::shared_ptr<RunHandle>& handle, std::uint64_t longest, bool& isEnded) {
    const store::RunDirectory run = handle->run();
    sleepMs(m_random.below(longest));
    const int attempt = run.lastAttempt();
    const std::string before = attempt > 0 ? contentOf(run.eventFile(attempt)) : std::string();
    if (const auto status = store::readStatus(run.statusFile()); status && status->attempt == attempt)
        ::kill(status->process.pid, SIGKILL);
    // Before it has said who it is, it cannot be killed by its status: stopped at its end then, or in the next round.
    else
        return;
    QVERIFY(handle->wait(20));
    QVERIFY(run.readRecord().ok());
    const QString lost = whatIsLost(run, attempt, before.substr(0, before.rfind('\n') + 1));
    QVERIFY2(lost.isEmpty(), qPrintable(lost));
    const std::string state = toString(handle->observe().state);
    isEnded = state == "completed";
    if (isEnded) return;
    QCOMPARE(state, std::string("interrupted"));
    const QString damage = whatIsDamaged(run.folder().parent_path().parent_path());
    QVERIFY2(damage.isEmpty(), qPrintable(damage));
    const auto next = m_starter->resume(run);
    QVERIFY2(next.ok(), next ? "" : toText(next.error()).c_str());
    handle = *next;
    QTRY_VERIFY_WITH_TIMEOUT(run.lastAttempt() > attempt, 30'000);
}

int TestStressKill::tortureToTheEnd(const std::shared_ptr<RunHandle>& started, int most, std::uint64_t longest) {
    std::shared_ptr<RunHandle> handle = started;
    int kills = 0;
    for (bool isEnded = false; kills < most && !isEnded; ++kills) {
        tortureOnce(handle, longest, isEnded);
        if (QTest::currentTestFailed()) return -1;
    }
    return handle->wait(120) && toString(handle->observe().state) == "completed" ? kills : -1;
}

void TestStressKill::walk_killed_nothingLostAndSameEnd() {
    m_starter.emplace(starter("walks"));
    int kills = 0, runs = 0;
    for (; kills < WalkKills; ++runs) {
        const Config config = walkOf(100 + static_cast<std::uint64_t>(runs));
        const auto handle = *m_starter->start(config);
        const int more = tortureToTheEnd(handle, 25, 500);
        QVERIFY(more > 0);
        kills += more;
        // The whole walk, computed here: independent of runner, events and checkpoints.
        Curve wanted;
        Lcg coin(SeedSequence(config.seed).seed("walk"));
        double position = 0;
        for (std::int64_t step = 1; step <= 3000; ++step) {
            position += (coin.nextState() >> 63U) != 0 ? 1 : -1;
            wanted[{"position", step}] = std::bit_cast<std::uint64_t>(position);
        }
        QVERIFY(curveOf(handle->run()) == wanted);
        QCOMPARE(handle->observe().finished->summary.at("position"), position);
        QCOMPARE(contentOf(handle->run().artifactFolder() / "summary.txt"),
                 "ended at " + std::to_string(static_cast<std::int64_t>(position)) + "\n");
    }
    // An index made at the end says the same of all of them.
    const auto workspace = *store::Workspace::open(folder("walks"));
    store::WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(60));
    const auto rows = *workspace->runs();
    QCOMPARE(rows.size(), static_cast<std::size_t>(runs));
    for (const store::RunRow& row : rows) {
        QCOMPARE(toString(row.state), std::string("completed"));
        QCOMPARE(workspace->scalars(row.id, "position")->value.size(), std::size_t{3000});
    }
    qInfo("%d kills in %d runs", kills, runs);
}

void TestStressKill::learning_killed_sameEndBitForBit() {
    m_starter.emplace(starter("learning"));
    const auto whole = *m_starter->start(learningOf());
    QVERIFY(whole->wait(300));
    QCOMPARE(toString(whole->observe().state), std::string("completed"));
    const Curve wanted = curveOf(whole->run());
    QVERIFY(wanted.size() > 1000);
    const std::string answers = contentOf(whole->run().artifactFolder() / "answers.txt");
    QVERIFY(!answers.empty());
    int kills = 0, runs = 0;
    for (; kills < LearningKills && runs < 6; ++runs) {
        const auto handle = *m_starter->start(learningOf());
        const int more = tortureToTheEnd(handle, 20, 1500);
        QVERIFY(more > 0);
        kills += more;
        Curve found = curveOf(handle->run());
        QCOMPARE(found.size(), wanted.size());
        for (const auto& [point, bits] : wanted)
            if (!point.first.starts_with("seconds"))
                QVERIFY2(found[point] == bits, (point.first + " at " + std::to_string(point.second)).c_str());
        QCOMPARE(contentOf(handle->run().artifactFolder() / "answers.txt"), answers);
    }
    qInfo("%d kills in %d runs", kills, runs);
}

void TestStressKill::index_killed_opensOrIsMadeAgain() {
    const fs::path workspace = folder("walks"); // with its two hundred attempts
    std::string wanted;
    {
        const auto whole = *store::Workspace::open(workspace);
        store::WorkspaceIndexer indexer(*whole);
        QVERIFY(indexer.waitUntilCaughtUp(60));
        wanted = test::textOf(*whole);
    }
    const auto files = filesBelow(workspace / "runs");
    const auto forget = [&] {
        for (const char* suffix : {"", "-wal", "-shm"}) fs::remove((workspace / "workspace.db").string() + suffix);
    };
    int madeAgain = 0;
    for (int kill = 0; kill < IndexKills; ++kill) {
        if (kill % 4 == 0) forget(); // the others go on from what a killed one left
        const pid_t child = startIndexer(workspace);
        QVERIFY(child > 0);
        sleepMs(m_random.below(kill % 4 == 0 ? 900 : 400));
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFSIGNALED(status));
        const auto opened = store::Workspace::open(workspace);
        QVERIFY(opened.ok() && (*opened)->canEdit());
        for (const Error& notice : (*opened)->notices()) {
            QCOMPARE(notice.code, std::string("VIT-STORE-004"));
            ++madeAgain;
        }
        if (kill % 10 != 9) continue;
        store::WorkspaceIndexer indexer(**opened);
        QVERIFY(indexer.waitUntilCaughtUp(60));
        QVERIFY(test::textOf(**opened) == wanted);
    }
    QVERIFY(filesBelow(workspace / "runs") == files);
    const auto repaired = store::repairWorkspace(workspace);
    QVERIFY(repaired.ok() && repaired->findings.empty());
    qInfo("%d kills, %d times made again", IndexKills, madeAgain);
}

int main(int argc, char* argv[]) {
    if (argc == 3 && std::string_view(argv[1]) == "--index") return indexForever(argv[2]);
    const QCoreApplication application(argc, argv);
    TestStressKill test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_stress_kill.moc"
