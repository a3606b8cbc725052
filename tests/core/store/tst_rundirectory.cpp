// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/rng.hpp"
#include "core/store/checkpoints.hpp"
#include "core/store/eventreader.hpp"
#include "core/store/observe.hpp"
#include "core/store/statusfile.hpp"
#include "tests/support/testmain.hpp"

#include <QObject>
#include <QTemporaryDir>

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <fstream>

using namespace vitrine;
using namespace vitrine::store;
namespace fs = std::filesystem;

namespace {

Config sampleConfig() {
    Config config;
    config.experiment = "random_walk";
    config.seed = 5;
    return config;
}

std::string line(std::int64_t n, EventBody body) {
    return toJsonLine({n, 1000 + n, std::move(body)}) + "\n";
}

void append(const fs::path& file, const std::string& text) {
    std::ofstream(file, std::ios::app | std::ios::binary) << text;
}

/// A process that has ended: its identity can never be alive.
ProcessIdentity deadProcess() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    const auto identity = ProcessIdentity{child, 1, ownIdentity().bootId};
    ::waitpid(child, nullptr, 0);
    return identity;
}

} // namespace

class TestRunDirectory : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void record_written_readBack();
    void record_hostile_named_data();
    void record_hostile_named();
    void create_twice_refused();
    void create_fails_leavesNothing();
    void user_missing_empty_damaged_named();
    void status_inPlace_sameSizeAndContent();
    void status_hugeError_fits();
    void liveness_cases_data();
    void liveness_cases();
    void reader_tornLine_waitsThenReads();
    void reader_tornLineOfOldAttempt_skipped();
    void reader_damagedLines_skippedAndTold();
    void reader_flippedBits_neverFail();
    void reader_longLine_steppedOver();
    void reader_shorterFile_told();
    void reader_smallPieces_sameEvents();
    void observe_states_data();
    void observe_states();
    void checkpoints_damaged_previousUsed();
    void checkpoints_noIndex_fromEvents();
    void checkpoints_climbingNames_ignored();

  private:
    RunDirectory fresh() {
        const std::string id = newUuid();
        return *RunDirectory::create(fs::path(m_dir.path().toStdString()) / id, id, sampleConfig());
    }
    QTemporaryDir m_dir;
};

void TestRunDirectory::record_written_readBack() {
    const RunDirectory run = fresh();
    RunRecord record = *run.readRecord();
    QCOMPARE(record.config.seed, std::uint64_t{5});
    Provenance attempt;
    attempt.attempt = 2;
    attempt.version = "1.2";
    attempt.libraries["LibTorch"] = "2.11.0";
    attempt.inputs.push_back({"edges.csv", 8, "b774a0f17124f356c9022e5275baf39b4407a5e806dac1e081b08c0efa6c2f3b"});
    attempt.threads = 3;
    attempt.startedMs = 7;
    attempt.resumedFrom = ResumePoint{1, 42, 30};
    record.attempts = {attempt};
    QVERIFY(run.writeRecord(record).ok());
    QVERIFY(run.readRecord()->toJson() == record.toJson());
    QCOMPARE(run.readRecord()->attempts.at(0).inputs.at(0).bytes, std::int64_t{8});
}

void TestRunDirectory::record_hostile_named_data() {
    QTest::addColumn<std::string>("text");
    for (const char* text : {"", "{", "[]", "{}", R"({"config":3})", R"({"config":{"experiment":"x","seed":-4}})"})
        QTest::newRow(text) << std::string(text);
    QTest::newRow("zeros") << std::string(100, '\0');
    QTest::newRow("deep") << std::string(100'000, '{');
}

void TestRunDirectory::record_hostile_named() {
    QFETCH(std::string, text);
    const RunDirectory run = fresh();
    std::ofstream(run.configFile(), std::ios::trunc) << text;
    const auto record = run.readRecord();
    QVERIFY(!record.ok());
    QCOMPARE(record.error().code, std::string("VIT-STORE-009"));
    QVERIFY(record.error().cause != nullptr);
}

void TestRunDirectory::create_fails_leavesNothing() {
    const fs::path folder = fs::path(m_dir.path().toStdString()) / "full";
    setWriteFault([](const fs::path&, std::size_t size) { return size > 0 ? ENOSPC : 0; });
    const auto run = RunDirectory::create(folder, "x", sampleConfig());
    setWriteFault({});
    QVERIFY(!run.ok());
    QCOMPARE(run.error().code, std::string("VIT-BASE-012"));
    QVERIFY(!fs::exists(folder));
}

void TestRunDirectory::create_twice_refused() {
    const RunDirectory run = fresh();
    const auto again = RunDirectory::create(run.folder(), "x", sampleConfig());
    QVERIFY(!again.ok());
    QCOMPARE(again.error().code, std::string("VIT-STORE-012"));
}

void TestRunDirectory::user_missing_empty_damaged_named() {
    const RunDirectory run = fresh();
    QVERIFY(readUserData(run).ok());
    UserData data{"이름", "a\nb", {"x", "y"}, true};
    QVERIFY(writeUserData(run, data).ok());
    QVERIFY(readUserData(run)->toJson() == data.toJson());
    std::ofstream(run.userFile(), std::ios::trunc) << "{\"name\":";
    QCOMPARE(readUserData(run).error().code, std::string("VIT-STORE-015"));
}

void TestRunDirectory::status_inPlace_sameSizeAndContent() {
    const RunDirectory run = fresh();
    StatusFile file;
    QVERIFY(file.open(run.statusFile()).ok());
    for (int beat = 1; beat < 5; ++beat) {
        QVERIFY(file.write({ownIdentity(), 2, RunState::Paused, beat, monotonicSeconds(),
                            makeError("VIT-BASE-012", "full %1", {"x"})})
                    .ok());
        QCOMPARE(fs::file_size(run.statusFile()), std::uintmax_t{4096});
        const auto status = readStatus(run.statusFile());
        QVERIFY(status.has_value());
        QCOMPARE(status->beat, std::int64_t{beat});
        QVERIFY(status->process == ownIdentity());
        QCOMPARE(toString(status->state), toString(RunState::Paused));
        QCOMPARE(status->error->code, std::string("VIT-BASE-012"));
    }
}

void TestRunDirectory::status_hugeError_fits() {
    const RunDirectory run = fresh();
    StatusFile file;
    QVERIFY(file.open(run.statusFile()).ok());
    QVERIFY(file.write({ownIdentity(), 1, RunState::Failed, 1, 0,
                        makeError("VIT-X", std::string(9000, 'm'), {std::string(9000, 'a')})})
                .ok());
    QCOMPARE(readStatus(run.statusFile())->error->code, std::string("VIT-X"));
}

void TestRunDirectory::liveness_cases_data() {
    QTest::addColumn<bool>("alive");
    QTest::addColumn<double>("age");
    QTest::addColumn<int>("expected");
    QTest::newRow("fresh") << true << 0.0 << static_cast<int>(Liveness::Alive);
    QTest::newRow("nine seconds") << true << 9.0 << static_cast<int>(Liveness::Alive);
    QTest::newRow("silent") << true << 11.0 << static_cast<int>(Liveness::NotResponding);
    QTest::newRow("from the future") << true << -3600.0 << static_cast<int>(Liveness::Alive);
    QTest::newRow("dead") << false << 0.0 << static_cast<int>(Liveness::Dead);
}

void TestRunDirectory::liveness_cases() {
    QFETCH(bool, alive);
    QFETCH(double, age);
    QFETCH(int, expected);
    const ProcessIdentity process = alive ? ownIdentity() : deadProcess();
    const RunStatus status{process, 1, RunState::Running, 1, monotonicSeconds() - age, {}};
    QCOMPARE(static_cast<int>(livenessOf(status)), expected);
    ProcessIdentity reused = ownIdentity(); // the same pid, another process
    reused.startTicks += 1;
    QCOMPARE(livenessOf(RunStatus{reused, 1, RunState::Running, 1, monotonicSeconds(), {}}), Liveness::Dead);
}

void TestRunDirectory::reader_tornLine_waitsThenReads() {
    const RunDirectory run = fresh();
    const std::string whole = line(1, Scalar{"m", 1, 2.5});
    EventReader reader(run);
    QVERIFY(reader.next().atEnd); // no file yet
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        append(run.eventFile(1), whole.substr(cut, 1));
        const EventBatch batch = reader.next();
        QCOMPARE(batch.events.size(), std::size_t{cut + 1 == whole.size() ? 1U : 0U});
        QVERIFY(batch.problems.empty());
    }
    QCOMPARE(reader.position().offset, std::uint64_t{whole.size()});
}

void TestRunDirectory::reader_tornLineOfOldAttempt_skipped() {
    const RunDirectory run = fresh();
    append(run.eventFile(1), line(1, Scalar{"m", 1, 1}) + R"({"event":"scal)");
    append(run.eventFile(3), line(1, Scalar{"m", 2, 2})); // a number may be missing
    EventReader reader(run);
    std::vector<std::int64_t> steps;
    for (EventBatch batch = reader.next();; batch = reader.next()) {
        for (const Event& event : batch.events) steps.push_back(std::get<Scalar>(event.body).step);
        QVERIFY(batch.problems.empty());
        if (batch.atEnd) break;
    }
    QCOMPARE(steps, (std::vector<std::int64_t>{1, 2}));
    QCOMPARE(reader.position().attempt, 3);
}

void TestRunDirectory::reader_damagedLines_skippedAndTold() {
    const RunDirectory run = fresh();
    append(run.eventFile(1), line(1, Scalar{"m", 1, 1}) + "garbage\n\n" + line(2, Scalar{"m", 2, 2}));
    EventReader reader(run);
    const EventBatch batch = reader.next();
    QCOMPARE(batch.events.size(), std::size_t{2});
    QCOMPARE(batch.problems.size(), std::size_t{2});
    QCOMPARE(batch.problems[0].code, std::string("VIT-STORE-007"));
    QCOMPARE(batch.problems[0].arguments[1], std::to_string(line(1, Scalar{"m", 1, 1}).size()));
}

void TestRunDirectory::reader_flippedBits_neverFail() {
    const RunDirectory run = fresh();
    std::string text;
    for (int n = 1; n <= 200; ++n) text += line(n, Scalar{"m", n, 0.5 * n});
    Lcg random(1);
    for (int round = 0; round < 50; ++round) {
        std::string flipped = text;
        for (int flips = 0; flips < 20; ++flips)
            flipped[random.below(flipped.size())] ^= static_cast<char>(1U << random.below(8));
        std::ofstream(run.eventFile(1), std::ios::trunc | std::ios::binary) << flipped;
        EventReader reader(run);
        std::size_t events = 0, problems = 0;
        for (EventBatch batch = reader.next();; batch = reader.next()) {
            events += batch.events.size();
            problems += batch.problems.size();
            if (batch.atEnd) break;
        }
        QVERIFY(events >= 150); // 20 flips damage at most 40 lines
        QVERIFY(events + problems <= 220);
    }
}

void TestRunDirectory::reader_longLine_steppedOver() {
    const RunDirectory run = fresh();
    append(run.eventFile(1), std::string(40U << 20U, 'x') + "\n" + line(2, Scalar{"m", 2, 2}));
    EventReader reader(run);
    std::size_t events = 0, problems = 0;
    for (EventBatch batch = reader.next();; batch = reader.next()) {
        events += batch.events.size();
        problems += batch.problems.size();
        if (batch.atEnd) break;
    }
    QCOMPARE(events, std::size_t{1});
    QVERIFY(problems >= 1);
}

void TestRunDirectory::reader_shorterFile_told() {
    const RunDirectory run = fresh();
    append(run.eventFile(1), line(1, Scalar{"m", 1, 1}) + line(2, Scalar{"m", 2, 2}));
    EventReader reader(run);
    QCOMPARE(reader.next().events.size(), std::size_t{2});
    fs::resize_file(run.eventFile(1), 10);
    const EventBatch batch = reader.next();
    QCOMPARE(batch.problems.size(), std::size_t{1});
    QCOMPARE(batch.problems[0].code, std::string("VIT-STORE-008"));
    append(run.eventFile(1), "\n" + line(3, Scalar{"m", 3, 3}));
    QCOMPARE(reader.next().events.size(), std::size_t{1});
}

void TestRunDirectory::reader_smallPieces_sameEvents() {
    const RunDirectory run = fresh();
    for (int n = 1; n <= 500; ++n) append(run.eventFile(1), line(n, Scalar{"m", n, std::nan("")}));
    EventReader reader(run);
    std::int64_t expected = 0;
    for (EventBatch batch = reader.next(300);; batch = reader.next(300)) {
        for (const Event& event : batch.events) QCOMPARE(event.sequence, ++expected);
        if (batch.atEnd) break;
    }
    QCOMPARE(expected, std::int64_t{500});
}

void TestRunDirectory::observe_states_data() {
    QTest::addColumn<bool>("alive");
    QTest::addColumn<bool>("finished");
    QTest::addColumn<std::string>("state");
    QTest::newRow("running") << true << false << std::string("running");
    QTest::newRow("killed") << false << false << std::string("interrupted");
    QTest::newRow("ended") << false << true << std::string("cancelled");
    QTest::newRow("ending") << true << true << std::string("cancelled");
}

void TestRunDirectory::observe_states() {
    QFETCH(bool, alive);
    QFETCH(bool, finished);
    QFETCH(std::string, state);
    const RunDirectory run = fresh();
    QCOMPARE(toString(observeRun(run).state), toString(RunState::Queued));
    append(run.eventFile(1), line(1, StateChanged{RunState::Starting, RunState::Running, {}, {}}));
    StatusFile file;
    QVERIFY(file.open(run.statusFile()).ok());
    QVERIFY(file.write({alive ? ownIdentity() : deadProcess(), 1, RunState::Running, 1, monotonicSeconds(), {}}).ok());
    if (finished) append(run.eventFile(1), line(2, Finished{RunState::Cancelled, {}, {}}));
    QCOMPARE(toString(observeRun(run).state), state);
}

void TestRunDirectory::checkpoints_damaged_previousUsed() {
    const RunDirectory run = fresh();
    std::vector<CheckpointEntry> entries;
    for (int step : {10, 20}) {
        const std::string name = "checkpoints/" + std::to_string(step) + ".ckpt",
                          content = "state " + std::to_string(step);
        QVERIFY(writeFileAtomically(run.folder() / name, content).ok());
        entries.push_back({step, name, sha256(content), static_cast<std::int64_t>(content.size()), 1, step});
    }
    QVERIFY(writeCheckpointIndex(run, entries).ok());
    QCOMPARE(findGoodCheckpoint(run).entry->step, std::int64_t{20});
    std::ofstream(run.folder() / entries[1].file, std::ios::trunc) << "statf 20";
    const GoodCheckpoint good = findGoodCheckpoint(run);
    QCOMPARE(good.entry->step, std::int64_t{10});
    QCOMPARE(good.skipped.size(), std::size_t{1});
    QCOMPARE(good.skipped[0].code, std::string("VIT-CKPT-001"));
    fs::resize_file(run.folder() / entries[0].file, 0);
    QVERIFY(!findGoodCheckpoint(run).entry.has_value());
}

void TestRunDirectory::checkpoints_noIndex_fromEvents() {
    const RunDirectory run = fresh();
    QVERIFY(writeFileAtomically(run.folder() / "checkpoints/1-10.ckpt", "x").ok());
    append(run.eventFile(1), line(1, CheckpointSaved{10, "checkpoints/1-10.ckpt", sha256("x"), 1}) +
                                 line(2, CheckpointSaved{5, "checkpoints/gone.ckpt", sha256("y"), 1}));
    std::ofstream(run.checkpointFolder() / "index.json") << "not json";
    const GoodCheckpoint good = findGoodCheckpoint(run);
    QVERIFY(good.entry.has_value());
    QCOMPARE(good.entry->step, std::int64_t{10});
    QCOMPARE(good.entry->sequence, std::int64_t{1});
}

void TestRunDirectory::checkpoints_climbingNames_ignored() {
    const RunDirectory run = fresh();
    QVERIFY(writeFileAtomically(run.folder().parent_path() / "outside", "x").ok());
    append(run.eventFile(1), line(1, CheckpointSaved{10, "../outside", sha256("x"), 1}));
    QVERIFY(listCheckpoints(run).empty());
}

VITRINE_CORE_TEST(TestRunDirectory)
#include "tst_rundirectory.moc"
