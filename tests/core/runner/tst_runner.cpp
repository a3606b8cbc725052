// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/rng.hpp"
#include "core/runner/attempt.hpp"
#include "core/runner/plugins.hpp"
#include "core/runner/runner.hpp"
#include "core/store/eventreader.hpp"
#include "core/store/workspaceindexer.hpp"
#include "tests/support/randomwalk/randomwalk.hpp"
#include "tests/support/testmain.hpp"

#include <QObject>
#include <QProcess>
#include <QTemporaryDir>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <fstream>
#include <map>
#include <thread>

using namespace vitrine;
using namespace vitrine::runner;
namespace fs = std::filesystem;

namespace {

Config walk(int steps, double pauseMs, int every = 20) {
    Config config = withDefaults(test::makeRandomWalk()->descriptor().params, {});
    config.experiment = "random_walk";
    config.seed = 11;
    config.values["steps"] = steps;
    config.values["pause_ms"] = pauseMs;
    config.values["checkpoint_every"] = every;
    return config;
}

std::vector<Event> eventsOf(const store::RunDirectory& run, int onlyAttempt = 0) {
    std::vector<Event> all;
    store::EventReader reader(run);
    for (store::EventBatch batch = reader.next();; batch = reader.next()) {
        if (onlyAttempt == 0 || batch.attempt == onlyAttempt)
            all.insert(all.end(), batch.events.begin(), batch.events.end());
        if (batch.atEnd) return all;
    }
}

/// step -> position of the walk, computed here: independent of runner, events and checkpoints.
std::map<std::int64_t, double> expectedWalk(const Config& config) {
    std::map<std::int64_t, double> walkOf;
    Lcg coin(SeedSequence(config.seed).seed("walk"));
    double position = 0;
    for (std::int64_t step = 1; step <= config.integer("steps"); ++step)
        walkOf[step] = position += (coin.nextState() >> 63U) != 0 ? 1 : -1;
    return walkOf;
}

std::string stateOf(const RunHandle& handle) {
    return toString(handle.observe().state);
}

pid_t pidOf(const store::RunDirectory& run) {
    const auto status = store::readStatus(run.statusFile());
    return status ? status->process.pid : 0;
}

bool endsWith(const fs::path& path, const char* suffix) {
    return path.string().ends_with(suffix);
}

} // namespace

class TestRunner : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase();
    void init() {
        test::failOnWarnings();
        m_runs = fs::path(m_dir.path().toStdString()) / newUuid();
    }
    void cleanup() { setWriteFault({}); }

    void run_complete_scalarsAndFilesRight_data() { bothRunners(); }
    void run_complete_scalarsAndFilesRight();
    void run_pauseResumeStop_statesFollow_data() { bothRunners(); }
    void run_pauseResumeStop_statesFollow();
    void run_fails_errorInFinished_data() { bothRunners(); }
    void run_fails_errorInFinished();
    void resume_afterStop_equalsUninterrupted_data() { bothRunners(); }
    void resume_afterStop_equalsUninterrupted();
    void resume_completed_refused();
    void resume_whileRunning_refused();
    void resume_damagedCheckpoint_previousUsed();
    void resume_noCheckpoint_beginsAgain();
    void kill9_randomPoints_nothingLost();
    void window_closed_runGoesOnAndIsAdopted();
    void terminate_signal_stopsInOrder();
    void interrupt_twice_endsAtOnce();
    void stop_hungProcess_killed();
    void program_missing_refusedAndNothingLeft();
    void disk_fullForEvents_pausesAndLosesNothing();
    void disk_fullForCheckpoint_waitsForSpace();
    void disk_fullForCheckpoint_stopIsCancelled();
    void disk_fullAtStop_endsAnyway();
    void disk_shortWrites_harmless();
    void folder_removed_runEnds();
    void log_flood_suppressedWithCount();
    void queue_full_boundedAndOrdered();
    void provenance_recorded();
    void commandLine_statuses_data();
    void commandLine_statuses();
    void commandLine_words_areNamed_data();
    void commandLine_words_areNamed();
    void commandLine_resume_refusesWhatContradicts();

  private:
    void bothRunners();
    std::unique_ptr<IRunner> runner(bool process) const;
    int shell(const std::string& arguments) const;
    std::string errorsOf(const std::string& arguments) const;

    QTemporaryDir m_dir;
    fs::path m_runs, m_program;
};

void TestRunner::initTestCase() {
    m_program = fs::path(qEnvironmentVariable("VITRINE_BIN_DIR").toStdString()) / "vitrine-run";
    if (qEnvironmentVariableIsEmpty("VITRINE_BIN_DIR")) m_program = executableFolder() / "../bin/vitrine-run";
    QVERIFY2(fs::exists(m_program), m_program.c_str());
    qputenv("VITRINE_PLUGINS", QByteArray::fromStdString((executableFolder() / "random_walk.so").string()));
    qputenv("VITRINE_HOME", QByteArray::fromStdString((fs::path(m_dir.path().toStdString()) / "home").string()));
}

void TestRunner::bothRunners() {
    QTest::addColumn<bool>("process");
    QTest::newRow("thread") << false;
    QTest::newRow("process") << true;
}

std::unique_ptr<IRunner> TestRunner::runner(bool process) const {
    if (process) return std::make_unique<ProcessRunner>(m_runs, m_program);
    return std::make_unique<ThreadRunner>(
        m_runs, [](const std::string& id) { return id == "random_walk" ? &test::randomWalkFactory() : nullptr; });
}

int TestRunner::shell(const std::string& arguments) const {
    const int status = std::system((m_program.string() + " " + arguments + " >/dev/null 2>&1").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Standard error of a command that is refused.
std::string TestRunner::errorsOf(const std::string& arguments) const {
    QProcess process;
    process.start(QStringLiteral("sh"),
                  {QStringLiteral("-c"), QString::fromStdString(m_program.string() + " " + arguments)});
    if (!process.waitForFinished(30000) || process.exitCode() != 2) return "not refused";
    return process.readAllStandardError().toStdString();
}

void TestRunner::run_complete_scalarsAndFilesRight() {
    QFETCH(bool, process);
    const Config config = walk(150, 0);
    const auto handle = *runner(process)->start(config);
    QVERIFY(handle->wait(60));
    QCOMPARE(stateOf(*handle), std::string("completed"));
    std::map<std::int64_t, double> seen;
    int finished = 0;
    const std::vector<Event> events = eventsOf(handle->run());
    for (std::size_t i = 0; i < events.size(); ++i) {
        QCOMPARE(events[i].sequence, static_cast<std::int64_t>(i + 1));
        if (const auto* scalar = std::get_if<Scalar>(&events[i].body)) seen[scalar->step] = scalar->value;
        finished += std::holds_alternative<Finished>(events[i].body) ? 1 : 0;
    }
    QVERIFY(seen == expectedWalk(config));
    QCOMPARE(finished, 1);
    QVERIFY(std::holds_alternative<Finished>(events.back().body));
    QVERIFY(fs::exists(handle->run().artifactFolder() / "summary.txt"));
    const auto checkpoints = store::listCheckpoints(handle->run());
    QCOMPARE(checkpoints.size(), std::size_t{2}); // the last two
    QCOMPARE(checkpoints.back().step, std::int64_t{140});
    int files = 0;
    for (const auto& entry : fs::directory_iterator(handle->run().checkpointFolder()))
        files += entry.path().extension() == ".ckpt" ? 1 : 0;
    QCOMPARE(files, 2);
}

void TestRunner::run_pauseResumeStop_statesFollow() {
    QFETCH(bool, process);
    const auto handle = *runner(process)->start(walk(100'000, 2, 100'000));
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("running"), 20'000);
    QVERIFY(handle->pause().ok());
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("paused"), 10'000);
    QTest::qWait(200);
    const std::size_t before = eventsOf(handle->run()).size();
    QTest::qWait(300);
    QCOMPARE(eventsOf(handle->run()).size(), before); // nothing happens while paused
    QVERIFY(handle->goOn().ok());
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("running"), 10'000);
    QTRY_VERIFY_WITH_TIMEOUT(eventsOf(handle->run()).size() > before + 3, 10'000);
    QVERIFY(handle->pause().ok());
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("paused"), 10'000);
    QVERIFY(handle->stop().ok()); // also out of a pause
    QVERIFY(handle->wait(20));
    QCOMPARE(stateOf(*handle), std::string("cancelled"));
    RunState state = RunState::Queued;
    for (const Event& event : eventsOf(handle->run()))
        if (const auto* change = std::get_if<StateChanged>(&event.body)) {
            QVERIFY(change->from == state && canBecome(state, change->to));
            state = change->to;
        }
}

void TestRunner::run_fails_errorInFinished() {
    QFETCH(bool, process);
    Config config = walk(100, 0);
    config.values["fail_at"] = 50;
    const auto handle = *runner(process)->start(config);
    QVERIFY(handle->wait(60));
    const store::Observation seen = handle->observe();
    QCOMPARE(toString(seen.state), std::string("failed"));
    QCOMPARE(seen.finished->error->code, std::string("VIT-RUN-006"));
    QCOMPARE(seen.finished->error->arguments.at(0), std::string("asked to fail"));
}

void TestRunner::resume_afterStop_equalsUninterrupted() {
    QFETCH(bool, process);
    const Config config = walk(300, 3);
    const auto starter = runner(process);
    auto handle = *starter->start(config);
    QTRY_VERIFY_WITH_TIMEOUT(!store::listCheckpoints(handle->run()).empty(), 30'000);
    QVERIFY(handle->stop().ok());
    QVERIFY(handle->wait(20));
    QCOMPARE(stateOf(*handle), std::string("cancelled"));
    handle = *starter->resume(handle->run());
    QVERIFY(handle->wait(60));
    QCOMPARE(stateOf(*handle), std::string("completed"));
    std::map<std::int64_t, double> seen;
    for (const Event& event : eventsOf(handle->run()))
        if (const auto* scalar = std::get_if<Scalar>(&event.body)) seen[scalar->step] = scalar->value;
    QVERIFY(seen == expectedWalk(config));
    const auto record = *handle->run().readRecord();
    QCOMPARE(record.attempts.size(), std::size_t{2});
    QVERIFY(record.attempts[1].resumedFrom->step >= 20);
}

void TestRunner::resume_completed_refused() {
    for (const bool process : {false, true}) {
        const auto starter = runner(process);
        auto handle = *starter->start(walk(10, 0));
        QVERIFY(handle->wait(60));
        auto again = starter->resume(handle->run());
        if (process)
            QCOMPARE(again.error().code, std::string("VIT-RUN-003"));
        else { // the thread finds out by itself, writes nothing and logs
            QVERIFY((*again)->wait(20));
            QCOMPARE(handle->run().lastAttempt(), 1);
        }
        QCOMPARE(stateOf(*handle), std::string("completed"));
    }
}

void TestRunner::resume_whileRunning_refused() {
    const auto starter = runner(true);
    const auto handle = *starter->start(walk(100'000, 2));
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("running"), 20'000);
    QCOMPARE(starter->resume(handle->run()).error().code, std::string("VIT-RUN-002"));
    QCOMPARE(shell("run " + handle->run().folder().string()), 2); // nor from a shell
    QCOMPARE(handle->run().lastAttempt(), 1);
    QVERIFY(handle->stop().ok());
    QVERIFY(handle->wait(20));
}

void TestRunner::resume_damagedCheckpoint_previousUsed() {
    const Config config = walk(200, 2);
    const auto starter = runner(false);
    auto handle = *starter->start(config);
    QTRY_VERIFY_WITH_TIMEOUT(store::listCheckpoints(handle->run()).size() == 2, 30'000);
    QVERIFY(handle->stop().ok());
    QVERIFY(handle->wait(20));
    const auto checkpoints = store::listCheckpoints(handle->run());
    std::ofstream(handle->run().folder() / checkpoints.back().file, std::ios::app) << "x";
    handle = *starter->resume(handle->run());
    QVERIFY(handle->wait(60));
    QCOMPARE(stateOf(*handle), std::string("completed"));
    const std::vector<Event> events = eventsOf(handle->run(), 2);
    QCOMPARE(std::get<StateChanged>(events[0].body).resumedFrom->step, checkpoints.front().step);
    const auto isWarning = [](const Event& event) {
        const auto* log = std::get_if<LogEvent>(&event.body);
        return log && log->where == "VIT-CKPT-001" && log->level == LogLevel::Warning;
    };
    QVERIFY(std::any_of(events.begin(), events.end(), isWarning));
}

void TestRunner::resume_noCheckpoint_beginsAgain() {
    const Config config = walk(100, 3, 100'000);
    const auto starter = runner(false);
    auto handle = *starter->start(config);
    QTRY_VERIFY_WITH_TIMEOUT(eventsOf(handle->run()).size() > 10, 20'000);
    QVERIFY(handle->stop().ok());
    QVERIFY(handle->wait(20));
    handle = *starter->resume(handle->run());
    QVERIFY(handle->wait(60));
    std::map<std::int64_t, double> second;
    for (const Event& event : eventsOf(handle->run(), 2))
        if (const auto* scalar = std::get_if<Scalar>(&event.body)) second[scalar->step] = scalar->value;
    QVERIFY(second == expectedWalk(config));
    QCOMPARE(std::get<StateChanged>(eventsOf(handle->run(), 2)[0].body).resumedFrom->attempt, 0);
}

void TestRunner::kill9_randomPoints_nothingLost() {
    const Config config = walk(400, 2);
    const auto workspace = *store::Workspace::open(m_runs / "ws");
    store::WorkspaceIndexer indexer(*workspace);
    ProcessRunner starter(workspace->runsFolder(), m_program);
    auto handle = *starter.start(config);
    Lcg random(static_cast<std::uint64_t>(nowMs()));
    int kills = 0;
    for (; kills < 6; ++kills) {
        QTRY_VERIFY_WITH_TIMEOUT(handle->observe().attempt > kills, 30'000);
        QTest::qWait(static_cast<int>(random.below(400)));
        const std::size_t written = eventsOf(handle->run()).size();
        if (const pid_t pid = pidOf(handle->run()); pid > 0) ::kill(pid, SIGKILL);
        QVERIFY(handle->wait(20));
        if (stateOf(*handle) == "completed") break;
        QCOMPARE(stateOf(*handle), std::string("interrupted"));
        QVERIFY(eventsOf(handle->run()).size() >= written); // nothing that was written is lost
        handle = *starter.resume(handle->run());
    }
    QVERIFY(handle->wait(120));
    QCOMPARE(stateOf(*handle), std::string("completed"));
    QVERIFY(indexer.waitUntilCaughtUp(30));
    const store::ScalarCurve curve = *workspace->scalars(handle->run().folder().filename().string(), "position");
    std::map<std::int64_t, double> seen;
    for (std::size_t i = 0; i < curve.step.size(); ++i) seen[curve.step[i]] = curve.value[i];
    QCOMPARE(curve.step.size(), seen.size()); // each step once: the rest is superseded
    QVERIFY(seen == expectedWalk(config));
    qInfo("%d kills", kills);
}

void TestRunner::window_closed_runGoesOnAndIsAdopted() {
    std::optional<store::RunDirectory> run;
    {
        ProcessRunner starter(m_runs, m_program);
        const auto handle = *starter.start(walk(100'000, 2));
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("running"), 20'000);
        run = handle->run();
        QCOMPARE(::getsid(pidOf(*run)), pidOf(*run)); // a session of its own: no terminal takes it along
    }                                                 // handle and runner are gone
    const std::size_t before = eventsOf(*run).size();
    QTRY_VERIFY_WITH_TIMEOUT(eventsOf(*run).size() > before + 5, 10'000);
    const auto adopted = ProcessRunner(m_runs, m_program).adopt(*run);
    QCOMPARE(stateOf(*adopted), std::string("running"));
    QVERIFY(adopted->stop().ok());
    QVERIFY(adopted->wait(20));
    QCOMPARE(stateOf(*adopted), std::string("cancelled"));
}

void TestRunner::terminate_signal_stopsInOrder() {
    ProcessRunner starter(m_runs, m_program);
    const auto handle = *starter.start(walk(100'000, 2));
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("running"), 20'000);
    ::kill(pidOf(handle->run()), SIGTERM);
    QVERIFY(handle->wait(10));
    QCOMPARE(stateOf(*handle), std::string("cancelled"));
}

void TestRunner::interrupt_twice_endsAtOnce() {
    ProcessRunner starter(m_runs, m_program);
    const auto handle = *starter.start(walk(1000, 1000)); // steps of a second
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("running"), 20'000);
    const pid_t pid = pidOf(handle->run());
    ::kill(pid, SIGSTOP); // both signals arrive before anything can be done about the first
    ::kill(pid, SIGINT);
    ::kill(pid, SIGCONT);
    ::kill(pid, SIGINT);
    QVERIFY(handle->wait(5));
    QVERIFY(stateOf(*handle) == "interrupted" || stateOf(*handle) == "cancelled");
}

void TestRunner::stop_hungProcess_killed() {
    ProcessRunner starter(m_runs, m_program);
    const auto handle = *starter.start(walk(100'000, 2));
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("running"), 20'000);
    const pid_t pid = pidOf(handle->run());
    ::kill(pid, SIGSTOP); // hears neither the file nor SIGTERM
    const double asked = monotonicSeconds();
    QVERIFY(handle->stop().ok());
    QVERIFY(handle->wait(30));
    const double took = monotonicSeconds() - asked;
    QVERIFY2(took >= 7.5 && took < 15, std::to_string(took).c_str()); // 5 s + 3 s
    QCOMPARE(stateOf(*handle), std::string("interrupted"));
}

void TestRunner::program_missing_refusedAndNothingLeft() {
    ProcessRunner starter(m_runs, "/no/such/program");
    const auto handle = starter.start(walk(10, 0));
    QVERIFY(!handle.ok());
    QCOMPARE(handle.error().code, std::string("VIT-RUN-004"));
    QVERIFY(fs::is_empty(m_runs));
}

void TestRunner::disk_fullForEvents_pausesAndLosesNothing() {
    const Config config = walk(400, 1, 100'000);
    std::atomic<bool> full{false};
    setWriteFault([&](const fs::path& path, std::size_t size) {
        return full && size > 0 && endsWith(path, ".jsonl") ? ENOSPC : 0;
    });
    const auto handle = *runner(false)->start(config);
    QTRY_VERIFY_WITH_TIMEOUT(eventsOf(handle->run()).size() > 20, 20'000);
    full = true;
    const auto status = [&] { return store::readStatus(handle->run().statusFile()); };
    QTRY_VERIFY_WITH_TIMEOUT(status() && status()->state == RunState::Paused, 10'000); // told even on a full disk
    QCOMPARE(status()->error->code, std::string("VIT-BASE-012"));
    const std::size_t written = eventsOf(handle->run()).size();
    QTest::qWait(300);
    QCOMPARE(eventsOf(handle->run()).size(), written);
    full = false;
    QVERIFY(handle->wait(60));
    QCOMPARE(stateOf(*handle), std::string("completed"));
    std::map<std::int64_t, double> seen;
    std::int64_t sequence = 0;
    for (const Event& event : eventsOf(handle->run())) {
        QCOMPARE(event.sequence, ++sequence);
        if (const auto* scalar = std::get_if<Scalar>(&event.body)) seen[scalar->step] = scalar->value;
    }
    QVERIFY(seen == expectedWalk(config));
    QVERIFY(!status()->error.has_value()); // and it is over
}

void TestRunner::disk_fullForCheckpoint_waitsForSpace() {
    std::atomic<bool> full{true};
    setWriteFault([&](const fs::path& path, std::size_t size) {
        return full && size == 0 && endsWith(path, "checkpoints") ? ENOSPC : 0;
    });
    const auto handle = *runner(false)->start(walk(60, 0));
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("paused"), 20'000);
    QVERIFY(store::listCheckpoints(handle->run()).empty());
    full = false;
    QVERIFY(handle->wait(60));
    QCOMPARE(stateOf(*handle), std::string("completed"));
    QVERIFY(store::findGoodCheckpoint(handle->run()).entry.has_value());
}

void TestRunner::disk_fullForCheckpoint_stopIsCancelled() {
    setWriteFault([&](const fs::path& path, std::size_t size) {
        return size == 0 && endsWith(path, "checkpoints") ? ENOSPC : 0;
    });
    const auto handle = *runner(false)->start(walk(60, 0));
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("paused"), 20'000);
    const auto status = store::readStatus(handle->run().statusFile());
    QVERIFY(status && status->error);
    const std::string reason = fillIn(status->error->message, status->error->arguments);
    QVERIFY2(reason.starts_with("Less than 513 MiB are free for ") && reason.ends_with("(0 MiB left)"), reason.c_str());
    QVERIFY(handle->stop().ok());
    QVERIFY(handle->wait(15));
    QCOMPARE(stateOf(*handle), std::string("cancelled"));
}

void TestRunner::disk_fullAtStop_endsAnyway() {
    std::atomic<bool> full{false};
    setWriteFault([&](const fs::path&, std::size_t size) { return full && size > 0 ? ENOSPC : 0; });
    const auto handle = *runner(false)->start(walk(100'000, 1, 10));
    QTRY_VERIFY_WITH_TIMEOUT(eventsOf(handle->run()).size() > 20, 20'000);
    full = true;
    QTest::qWait(200);
    QVERIFY(handle->stop().ok());
    QVERIFY(handle->wait(15));
    const std::vector<Event> events = eventsOf(handle->run());
    QVERIFY(!std::holds_alternative<Finished>(events.back().body));
}

void TestRunner::disk_shortWrites_harmless() {
    Lcg random(3);
    setWriteFault([&](const fs::path& path, std::size_t size) {
        return size > 0 && endsWith(path, ".jsonl") ? -1 - static_cast<int>(random.below(40)) : 0;
    });
    const Config config = walk(200, 0, 100'000);
    const auto handle = *runner(false)->start(config);
    QVERIFY(handle->wait(60));
    std::map<std::int64_t, double> seen;
    for (const Event& event : eventsOf(handle->run()))
        if (const auto* scalar = std::get_if<Scalar>(&event.body)) seen[scalar->step] = scalar->value;
    QVERIFY(seen == expectedWalk(config));
}

void TestRunner::folder_removed_runEnds() {
    const auto handle = *runner(true)->start(walk(100'000, 2, 100'000));
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("running"), 20'000);
    fs::remove_all(handle->run().folder());
    QVERIFY(handle->wait(10)); // nobody could ever see it again
}

void TestRunner::log_flood_suppressedWithCount() {
    fs::create_directories(m_runs);
    const fs::path file = m_runs / "events-1.jsonl";
    EventWriter writer;
    QVERIFY(writer.open(file).ok());
    for (int i = 0; i < 10'000; ++i) writer.send(LogEvent{LogLevel::Info, "line %1", {std::to_string(i)}, {}});
    writer.send(LogEvent{LogLevel::Error, "an error is never suppressed", {}, {}});
    writer.send(Finished{RunState::Completed, {}, {}});
    QVERIFY(writer.flush().ok());
    int lines = 0, suppressed = 0, errors = 0;
    for (const Event& event : eventsOf(store::RunDirectory(m_runs)))
        if (const auto* log = std::get_if<LogEvent>(&event.body)) {
            if (log->message == "%1 log lines suppressed")
                suppressed += std::stoi(log->arguments.at(0));
            else if (log->level == LogLevel::Error)
                ++errors;
            else
                ++lines;
        }
    QCOMPARE(lines + suppressed, 10'000);
    QCOMPARE(errors, 1);
    QVERIFY(lines >= 100 && lines <= 1000); // 100 a second, on however slow a machine
}

void TestRunner::queue_full_boundedAndOrdered() {
    fs::create_directories(m_runs);
    EventWriter writer;
    QVERIFY(writer.open(m_runs / "events-1.jsonl").ok());
    std::jthread house([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            static_cast<void>(writer.flush());
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
    constexpr int Count = 400'000;
    const double begun = monotonicSeconds();
    for (int i = 1; i <= Count; ++i) {
        writer.send(Scalar{"m", i, 0.5});
        writer.send(Progress{"p", static_cast<double>(i), Count, {}});
    }
    const double took = monotonicSeconds() - begun;
    house.request_stop();
    house.join();
    QVERIFY(writer.flush().ok());
    std::int64_t sequence = 0, step = 0;
    for (const Event& event : eventsOf(store::RunDirectory(m_runs))) {
        QCOMPARE(event.sequence, ++sequence);
        if (const auto* scalar = std::get_if<Scalar>(&event.body)) QCOMPARE(scalar->step, ++step);
    }
    QCOMPARE(step, std::int64_t{Count});
    QVERIFY(sequence < Count + 2000); // progress is coalesced
    qInfo("%.2f us an event", took / Count * 1e6);
}

void TestRunner::provenance_recorded() {
    const auto handle = *runner(true)->start(walk(10, 0));
    QVERIFY(handle->wait(60));
    const store::RunRecord record = *handle->run().readRecord();
    const store::Provenance& attempt = record.attempts.at(0);
    QVERIFY(!attempt.version.empty() && !attempt.commit.empty() && attempt.compiler.find("GNU") != std::string::npos);
    QCOMPARE(attempt.device, std::string("cpu"));
    QVERIFY(attempt.threads >= 1 && attempt.startedMs > 0 && attempt.endedMs >= attempt.startedMs);
    QCOMPARE(record.config.values.size(), std::size_t{4}); // defaults written out
    QCOMPARE(record.config.seed, std::uint64_t{11});
}

void TestRunner::commandLine_statuses_data() {
    QTest::addColumn<std::string>("arguments");
    QTest::addColumn<int>("status");
    const auto row = [](const char* arguments, int status) {
        QTest::newRow(arguments) << std::string(arguments) << status;
    };
    row("--version", 0);
    row("--help", 0);
    row("list", 0);
    row("describe random_walk --json", 0);
    row("describe nothing", 2);
    row("", 2);
    row("nonsense", 2);
    row("random_walk --help", 0);
    row("random_walk --set steps=10 --set pause_ms=0", 0);
    row("random_walk --set steps=10 --estimate", 0);
    row("random_walk --set steps=0", 2);
    row("random_walk --set nothing=1", 2);
    row("random_walk --preset none", 2);
    row("random_walk --device abacus", 2);
    row("random_walk --seed x", 2);
    row("random_walk --set steps=10 --set fail_at=5", 1);
    row("random_walk --set steps=10 --out /proc/no/where", 4);
    row("random_walk --resume", 2);
    row("random_walk --resume --out /no/such/folder", 4);
    row("workspace check", 0);
    row("workspace check --workspace /no/such/folder", 4);
    row("selfcheck", 0);
    row("selfcheck --device cuda:99", 1);
    row("random_walk --set steps=10 --device cuda:99", 2);
}

void TestRunner::commandLine_statuses() {
    QFETCH(std::string, arguments);
    QFETCH(int, status);
    if (arguments == "workspace check") QCOMPARE(shell("random_walk --set steps=10"), 0);
    QCOMPARE(shell(arguments), status);
}

void TestRunner::commandLine_words_areNamed_data() {
    QTest::addColumn<std::string>("arguments");
    QTest::addColumn<std::string>("text");
    const auto row = [](const char* arguments, const char* text) {
        QTest::newRow(arguments) << std::string(arguments) << std::string(text);
    };
    row("lst", "there is no command \"lst\"; did you mean list?");
    row("random", "there is no command \"random\"; did you mean random_walk?");
    row("nonsense", "there is no command \"nonsense\"\n");
    row("workspace chek", "there is no command \"chek\"; did you mean check?");
    row("tl - --engin naive", "there is no option --engin; did you mean --engine?");
    row("tl - --max-round=3", "there is no option --max-round; did you mean --max-rounds?");
    row("list all", "\"all\" is one argument too many");
    row("random_walk --seed -1", "-1 is not a whole number from 0 to 18446744073709551615");
    row("random_walk --seed 18446744073709551616", "is not a whole number from 0 to 18446744073709551615");
    row("tl - --max-rounds 0", "0 is not a whole number from 1 to 9223372036854775807");
    row("tl - --max-rounds 99999999999999999999999", "is not a whole number from 1 to 9223372036854775807");
    row("tl - --max-tuples -5", "-5 is not a whole number from 1 to");
    row("tl - --memory 0", "0 is not a whole number from 1048576 to");
    row("tl - --device cuda:99 </dev/null", "VIT-DEVICE-00");
    row("random_walk --out /dev/null", "/dev/null is a file; a run needs a folder");
    row("random_walk --out /usr", "The folder /usr is not empty, and what is in it is no run");
}

void TestRunner::commandLine_words_areNamed() {
    QFETCH(std::string, arguments);
    QFETCH(std::string, text);
    const std::string errors = errorsOf(arguments);
    QVERIFY2(errors.find(text) != std::string::npos, errors.c_str());
}

void TestRunner::commandLine_resume_refusesWhatContradicts() {
    const std::string out = "--out " + (fs::path(m_dir.path().toStdString()) / "resumed").string() + " ";
    const std::string run = "random_walk --set steps=10 --set pause_ms=0 --seed 3 " + out;
    QCOMPARE(shell(run), 0);
    const std::string errors = errorsOf("random_walk --resume --seed 4 --set steps=20 --preset other " + out);
    for (const char* text : {"has --seed = 3, not 4", "has --set steps = 10, not 20", "has --preset = none, not other"})
        QVERIFY2(errors.find(text) != std::string::npos, errors.c_str());
    const std::string same = errorsOf(run + "--resume"); // contradicts nothing
    QVERIFY2(same.find("there is nothing to resume") != std::string::npos, same.c_str());
}

VITRINE_CORE_TEST(TestRunner)
#include "tst_runner.moc"
