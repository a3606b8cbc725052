// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/logging.hpp"
#include "core/base/rng.hpp"
#include "core/base/seal.hpp"
#include "core/store/check.hpp"
#include "core/store/database.hpp"
#include "core/store/statusfile.hpp"
#include "core/store/workspaceindexer.hpp"
#include "core/store/workspacelock.hpp"
#include "tests/support/testmain.hpp"

#include <QObject>
#include <QTemporaryDir>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <mutex>
#include <set>

using namespace vitrine;
using namespace vitrine::store;
namespace fs = std::filesystem;

namespace {

/// Writes runs as a runner would, without one.
struct FakeRun {
    RunDirectory run;
    int attempt = 1;
    std::int64_t n = 0;

    explicit FakeRun(const fs::path& runs, const std::string& id = newUuid(),
                     const std::string& experiment = "random_walk")
        : run(runs / id) {
        Config config;
        config.experiment = experiment;
        config.preset = "lesson.walk";
        static_cast<void>(RunDirectory::create(run.folder(), id, config));
    }
    [[nodiscard]] std::string id() const { return run.folder().filename().string(); }
    std::int64_t send(EventBody body) {
        std::ofstream(run.eventFile(attempt), std::ios::app | std::ios::binary)
            << sealed(toJsonLine({++n, nowMs(), std::move(body)})) << "\n";
        return n;
    }
    void begin(std::optional<ResumePoint> from = {}) {
        n = 0;
        StatusFile status;
        static_cast<void>(status.open(run.statusFile()));
        static_cast<void>(status.write({ownIdentity(), attempt, RunState::Running, 1, monotonicSeconds(), {}}));
        send(StateChanged{RunState::Queued, RunState::Starting, {}, from});
        send(StateChanged{RunState::Starting, RunState::Running, {}, {}});
    }
    void scalars(int from, int to) {
        for (int step = from; step <= to; ++step) send(Scalar{"position", step, 0.5 * step});
    }
    void die() {
        StatusFile status;
        static_cast<void>(status.open(run.statusFile()));
        ProcessIdentity dead = ownIdentity();
        dead.startTicks += 1;
        static_cast<void>(status.write({dead, attempt, RunState::Running, 1, monotonicSeconds(), {}}));
    }
    void finish(RunState outcome = RunState::Completed) {
        send(Finished{outcome, {{"position", 1.5}, {"bad", std::nan("")}}, {}});
    }
};

std::unique_ptr<Workspace> mustOpen(const fs::path& folder) {
    auto workspace = Workspace::open(folder);
    return workspace ? *std::move(workspace) : nullptr;
}

void flipBytes(const fs::path& file, std::uint64_t from, std::uint64_t to, int count, std::uint64_t seed) {
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    Lcg random(seed);
    for (int i = 0; i < count; ++i) {
        stream.seekp(static_cast<std::streamoff>(from + random.below(to - from)));
        stream.put(static_cast<char>(random.below(256)));
    }
}

} // namespace

class TestWorkspace : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase() {
        m_logs = addLogSink([](const LogRecord&) {});
        startLogFile(m_dir.path().toStdString());
    }
    void cleanupTestCase() { removeLogSink(m_logs); }
    void init() {
        test::failOnWarnings();
        m_folder = fs::path(m_dir.path().toStdString()) / newUuid();
    }

    void open_empty_writable();
    void open_second_readOnlyAndTold();
    void open_afterKill_quickCheckAndUnclean();
    void open_networkFileSystem_refused_data();
    void open_networkFileSystem_refused();
    void open_readOnlyFolder_readable();
    void open_newerDatabase_leftAlone();
    void open_damagedDatabase_rebuilt_data();
    void open_damagedDatabase_rebuilt();
    void damage_whileOpen_rebuilt();
    void migration_fromOld_backedUp();
    void migration_failing_oldKept();
    void index_scalars_sameAsFiles();
    void index_live_followedWithinASecond();
    void index_sinkEachEventOnce();
    void index_restart_goesOnFromOffset();
    void index_resumed_superseded();
    void index_deadRun_interrupted();
    void index_silentRun_notResponding();
    void index_removedRun_gone();
    void index_vanishedRunsFolder_keptAndTold();
    void index_clockJump_harmless();
    void runs_filter_asAsked_data();
    void runs_filter_asAsked();
    void logsArtifacts_listed();
    void decimation_extremesKept();
    void user_changes_inFileAndIndex();
    void user_changedOutside_mirrored();
    void trash_activeRun_refused();
    void delete_run_goneFromBoth();
    void import_copyAndLink();
    void check_findsEachDamage();
    void repair_putsRight();
    void damage_isFoundAndNamedAfterRepair_data();
    void damage_isFoundAndNamedAfterRepair();

  private:
    QTemporaryDir m_dir;
    fs::path m_folder;
    int m_logs = 0;
};

void TestWorkspace::open_empty_writable() {
    {
        const auto workspace = mustOpen(m_folder);
        QVERIFY(workspace && workspace->canEdit() && !workspace->wasUnclean());
        QVERIFY(workspace->notices().empty());
        QVERIFY(workspace->runs()->empty());
        QVERIFY(fs::file_size(m_folder / "lock") > 0);
    }
    QCOMPARE(fs::file_size(m_folder / "lock"), std::uintmax_t{0}); // a clean end
}

void TestWorkspace::open_second_readOnlyAndTold() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.scalars(1, 10);
    const auto first = mustOpen(m_folder);
    WorkspaceIndexer indexer(*first);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    const auto second = mustOpen(m_folder);
    QVERIFY(second && !second->canEdit());
    QCOMPARE(second->notices().at(0).code, std::string("VIT-STORE-003"));
    QCOMPARE(second->notices().at(0).arguments.at(1), std::to_string(::getpid()));
    QCOMPARE(second->scalars(run.id(), "position")->value.size(), std::size_t{10});
    QCOMPARE(second->setUserData(run.id(), {}).error().code, std::string("VIT-STORE-013"));
    run.scalars(11, 20); // and it goes on seeing what the first one writes
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(second->scalars(run.id(), "position")->value.size(), std::size_t{20});
}

void TestWorkspace::open_afterKill_quickCheckAndUnclean() {
    const pid_t child = ::fork();
    if (child == 0) {
        auto workspace = mustOpen(m_folder);
        ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
    const auto workspace = mustOpen(m_folder);
    QVERIFY(workspace->canEdit() && workspace->wasUnclean());
}

void TestWorkspace::open_networkFileSystem_refused_data() {
    QTest::addColumn<qint64>("type");
    QTest::addColumn<bool>("refused");
    QTest::newRow("nfs") << qint64{0x6969} << true;
    QTest::newRow("cifs") << qint64{0xFF534D42} << true;
    QTest::newRow("smb2") << qint64{0xFE534D42} << true;
    QTest::newRow("lustre") << qint64{0x0BD00BD0} << true;
    QTest::newRow("ext4") << qint64{0xEF53} << false;
    QTest::newRow("tmpfs") << qint64{0x01021994} << false;
    QTest::newRow("overlay") << qint64{0x794c7630} << false;
}

void TestWorkspace::open_networkFileSystem_refused() {
    QFETCH(qint64, type);
    QFETCH(bool, refused);
    WorkspaceOptions options;
    options.fileSystemType = type;
    const auto workspace = Workspace::open(m_folder, options);
    QCOMPARE(!workspace.ok(), refused);
    if (refused) QCOMPARE(workspace.error().code, std::string("VIT-STORE-001"));
}

void TestWorkspace::open_readOnlyFolder_readable() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.scalars(1, 5);
    run.finish();
    WorkspaceOptions options;
    options.readOnly = true; // as root no permission stops a test
    const auto workspace = Workspace::open(m_folder, options);
    QVERIFY(workspace.ok() && !(*workspace)->canEdit());
    WorkspaceIndexer indexer(**workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE((*workspace)->scalars(run.id(), "position")->value.size(), std::size_t{5});
    QVERIFY(!fs::exists(m_folder / "workspace.db"));
}

void TestWorkspace::open_newerDatabase_leftAlone() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.finish();
    {
        Database database(m_folder / "workspace.db", Database::Mode::ReadWrite);
        database.execute("PRAGMA user_version=999");
    }
    const auto workspace = mustOpen(m_folder);
    QCOMPARE(workspace->notices().at(0).code, std::string("VIT-STORE-005"));
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(workspace->runs()->size(), std::size_t{1});
    Database database(m_folder / "workspace.db", Database::Mode::ReadOnly);
    QCOMPARE(database.userVersion(), 999);
}

void TestWorkspace::open_damagedDatabase_rebuilt_data() {
    QTest::addColumn<int>("how");
    QTest::newRow("header") << 0;
    QTest::newRow("text instead") << 1;
    QTest::newRow("cut in half") << 2;
    QTest::newRow("empty file") << 3;
    QTest::newRow("pages") << 4;
}

void TestWorkspace::open_damagedDatabase_rebuilt() {
    QFETCH(int, how);
    FakeRun run(m_folder / "runs");
    run.begin();
    run.scalars(1, 3000);
    run.finish();
    {
        const auto workspace = mustOpen(m_folder);
        QVERIFY(workspace->setUserData(run.id(), {"kept", "note", {"tag"}, false}).ok());
        WorkspaceIndexer indexer(*workspace);
        QVERIFY(indexer.waitUntilCaughtUp(20));
    }
    const fs::path file = m_folder / "workspace.db";
    for (const char* suffix : {"-wal", "-shm"}) fs::remove(file.string() + suffix);
    if (how == 0) flipBytes(file, 0, 100, 100, 1);
    if (how == 1)
        std::ofstream(file, std::ios::trunc)
            << "this is no database, whatever its name says, and it is long enough to be looked at in earnest";
    if (how == 2) fs::resize_file(file, fs::file_size(file) / 2);
    if (how == 3) fs::resize_file(file, 0);
    if (how == 4) flipBytes(file, 4096, fs::file_size(file), 3000, 2);
    std::ofstream(m_folder / "lock", std::ios::trunc)
        << writeJsonLine(ProcessIdentity{1 << 22, 1, "x"}.toJson()); // an unclean end

    const auto workspace = mustOpen(m_folder);
    QVERIFY(workspace != nullptr);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(20));
    QCOMPARE(workspace->scalars(run.id(), "position")->value.size(), std::size_t{3000});
    QCOMPARE(workspace->run(run.id())->user.name, std::string("kept"));
    if (how != 3) QCOMPARE(workspace->notices().at(0).code, std::string("VIT-STORE-004"));
}

void TestWorkspace::damage_whileOpen_rebuilt() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.scalars(1, 3000);
    const auto workspace = mustOpen(m_folder);
    std::mutex mutex;
    std::int64_t told = 0;
    WorkspaceIndexer indexer(*workspace, [&](const RunUpdate& update) {
        const std::scoped_lock guard(mutex);
        told += static_cast<std::int64_t>(update.events.size());
    });
    QVERIFY(indexer.waitUntilCaughtUp(20));
    {
        Database other(m_folder / "workspace.db", Database::Mode::ReadWrite);
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    flipBytes(m_folder / "workspace.db", 4096, fs::file_size(m_folder / "workspace.db"), 20000, 3);
    const auto isWhole = [&] {
        indexer.lookNow();
        const auto curve = workspace->scalars(run.id(), "position");
        return curve.ok() && curve->value.size() == 3000 && !workspace->notices().empty();
    };
    for (int i = 0; i < 3 && !isWhole(); ++i) run.scalars(3001, 3000); // a query meets the damage
    QTRY_VERIFY_WITH_TIMEOUT(isWhole(), 20000);
    const std::scoped_lock guard(mutex);
    QCOMPARE(told, std::int64_t{3002}); // what was told is not told again
}

void TestWorkspace::migration_fromOld_backedUp() {
    fs::create_directories(m_folder);
    const fs::path file = m_folder / "m.db";
    Database database(file, Database::Mode::ReadWrite);
    QVERIFY(migrate(database, {"CREATE TABLE a(x INTEGER) STRICT; INSERT INTO a VALUES (7)"}));
    QVERIFY(migrate(database, {"never run", "ALTER TABLE a ADD COLUMN y TEXT"}));
    QCOMPARE(database.userVersion(), 2);
    Database backup(file.string() + ".v1.bak", Database::Mode::ReadOnly);
    QCOMPARE(backup.userVersion(), 1);
    Statement statement = backup.prepare("SELECT x FROM a");
    QVERIFY(statement.row());
    QCOMPARE(statement.integer(0), std::int64_t{7});
}

void TestWorkspace::migration_failing_oldKept() {
    fs::create_directories(m_folder);
    Database database(m_folder / "m.db", Database::Mode::ReadWrite);
    QVERIFY(migrate(database, {"CREATE TABLE a(x INTEGER) STRICT"}));
    const std::vector<Migration> broken{"", "CREATE TABLE b(x INTEGER) STRICT; nonsense"};
    QVERIFY_THROWS_EXCEPTION(SqlFailure, static_cast<void>(migrate(database, broken)));
    QCOMPARE(database.userVersion(), 1);
    QVERIFY(!database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'b'").row());
}

void TestWorkspace::index_scalars_sameAsFiles() {
    FakeRun run(m_folder / "runs");
    run.begin();
    const std::vector<double> values{1.5, std::nan(""), HUGE_VAL, -HUGE_VAL, 0.1, -0.0, 1e-300};
    for (std::size_t i = 0; i < values.size(); ++i) run.send(Scalar{"m", static_cast<std::int64_t>(i), values[i]});
    run.finish();
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    const ScalarCurve curve = *workspace->scalars(run.id(), "m");
    QCOMPARE(curve.value.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        QCOMPARE(curve.step[i], static_cast<std::int64_t>(i));
        QVERIFY(std::isnan(values[i]) ? std::isnan(curve.value[i]) : curve.value[i] == values[i]);
    }
    const RunRow row = *workspace->run(run.id());
    QCOMPARE(toString(row.state), toString(RunState::Completed));
    QCOMPARE(row.summary.at("position"), 1.5);
    QVERIFY(std::isnan(row.summary.at("bad")));
    QCOMPARE(row.step, std::int64_t{6});
    QVERIFY(row.startedMs > 0 && row.endedMs >= row.startedMs && row.createdMs > 0);
    const auto metrics = *workspace->metrics(run.id());
    QCOMPARE(metrics.size(), std::size_t{1});
    QCOMPARE(metrics[0].count, std::int64_t{7});
    QCOMPARE(metrics[0].lastStep, std::int64_t{6});
    QVERIFY(workspace->record(run.id())->config.preset == "lesson.walk");
}

void TestWorkspace::index_live_followedWithinASecond() {
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    FakeRun run(m_folder / "runs");
    run.begin();
    run.scalars(1, 50);
    // Found by the scan (1 s), flushed (1 s): nobody asks to look.
    QTRY_VERIFY_WITH_TIMEOUT(workspace->scalars(run.id(), "position")->value.size() == 50, 4000);
    run.scalars(51, 60);
    QTRY_VERIFY_WITH_TIMEOUT(workspace->scalars(run.id(), "position")->value.size() == 60, 2000);
}

void TestWorkspace::index_sinkEachEventOnce() {
    FakeRun old(m_folder / "runs");
    old.begin();
    old.scalars(1, 100);
    old.finish();
    const auto workspace = mustOpen(m_folder);
    std::mutex mutex;
    std::map<std::string, std::vector<std::int64_t>> told;
    std::map<std::string, bool> live;
    WorkspaceIndexer indexer(*workspace, [&](const RunUpdate& update) {
        const std::scoped_lock guard(mutex);
        for (const Event& event : update.events) told[update.run].push_back(event.sequence);
        if (!update.events.empty() && !update.isHistory) live[update.run] = true;
    });
    QVERIFY(indexer.waitUntilCaughtUp(10));
    FakeRun run(m_folder / "runs");
    run.begin();
    indexer.lookNow();
    for (int i = 0; i < 10; ++i) {
        run.scalars(i * 10 + 1, i * 10 + 10);
        QTest::qWait(20);
    }
    QVERIFY(indexer.waitUntilCaughtUp(10));
    const std::scoped_lock guard(mutex);
    for (const auto& [id, count] : {std::pair{old.id(), 103}, std::pair{run.id(), 102}}) {
        QCOMPARE(told[id].size(), static_cast<std::size_t>(count));
        for (int i = 0; i < count; ++i) QCOMPARE(told[id][static_cast<std::size_t>(i)], std::int64_t{i + 1});
    }
    QVERIFY(!live[old.id()]);
    QVERIFY(live[run.id()]);
}

void TestWorkspace::index_restart_goesOnFromOffset() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.scalars(1, 100);
    {
        const auto workspace = mustOpen(m_folder);
        WorkspaceIndexer indexer(*workspace);
        QVERIFY(indexer.waitUntilCaughtUp(10));
    }
    run.scalars(101, 150);
    std::size_t events = 0;
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace, [&](const RunUpdate& update) { events += update.events.size(); });
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(workspace->scalars(run.id(), "position")->value.size(), std::size_t{150});
    QCOMPARE(events, std::size_t{50}); // the rest was not read again
}

void TestWorkspace::index_resumed_superseded() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.scalars(1, 10);
    const std::int64_t saved = run.send(CheckpointSaved{10, "checkpoints/1-10.ckpt", std::string(64, '0'), 1});
    run.scalars(11, 15);
    run.die();
    ++run.attempt;
    run.begin(ResumePoint{1, saved, 10});
    run.scalars(11, 20);
    run.finish();
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    const ScalarCurve kept = *workspace->scalars(run.id(), "position");
    QCOMPARE(kept.step.size(), std::size_t{20});
    for (std::int64_t step = 1; step <= 20; ++step) QCOMPARE(kept.step[static_cast<std::size_t>(step - 1)], step);
    ScalarOptions all;
    all.withSuperseded = true;
    const ScalarCurve everything = *workspace->scalars(run.id(), "position", all);
    QCOMPARE(everything.step.size(), std::size_t{25});
    QCOMPARE(std::count(everything.superseded.begin(), everything.superseded.end(), true), std::ptrdiff_t{5});
    QCOMPARE(everything.lastAttempt, 2);
    QVERIFY(workspace->run(run.id())->hasCheckpoint);
}

void TestWorkspace::index_deadRun_interrupted() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.scalars(1, 3);
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(toString(workspace->run(run.id())->state), toString(RunState::Running));
    run.die();
    QTRY_COMPARE_WITH_TIMEOUT(toString(workspace->run(run.id())->state), toString(RunState::Interrupted), 5000);
    QVERIFY(workspace->run(run.id())->isResumable());
    ++run.attempt; // resumed from a shell
    run.begin(ResumePoint{});
    QTRY_COMPARE_WITH_TIMEOUT(toString(workspace->run(run.id())->state), toString(RunState::Running), 5000);
    run.finish();
    QTRY_COMPARE_WITH_TIMEOUT(toString(workspace->run(run.id())->state), toString(RunState::Completed), 5000);
}

void TestWorkspace::index_silentRun_notResponding() {
    FakeRun run(m_folder / "runs");
    run.begin();
    StatusFile status;
    QVERIFY(status.open(run.run.statusFile()).ok());
    QVERIFY(
        status
            .write({ownIdentity(), 1, RunState::Running, 1, monotonicSeconds() - 60, makeError("VIT-BASE-012", "full")})
            .ok());
    const auto workspace = mustOpen(m_folder);
    std::atomic<Liveness> seen{Liveness::Unknown};
    std::atomic<bool> hasError{false};
    WorkspaceIndexer indexer(*workspace, [&](const RunUpdate& update) {
        seen = update.liveness;
        hasError = update.lastError.has_value();
    });
    QTRY_COMPARE_WITH_TIMEOUT(seen.load(), Liveness::NotResponding, 5000);
    QVERIFY(hasError);
    QCOMPARE(toString(workspace->run(run.id())->state), toString(RunState::Running)); // shown, never ended
}

void TestWorkspace::index_removedRun_gone() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.finish();
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(workspace->runs()->size(), std::size_t{1});
    fs::remove_all(run.run.folder());
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QVERIFY(workspace->runs()->empty());
}

void TestWorkspace::index_vanishedRunsFolder_keptAndTold() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.finish();
    const auto workspace = mustOpen(m_folder);
    std::atomic<bool> told{false};
    WorkspaceIndexer indexer(*workspace, [&](const RunUpdate& update) {
        for (const Error& problem : update.problems)
            if (problem.code == "VIT-STORE-014") told = true;
    });
    QVERIFY(indexer.waitUntilCaughtUp(10));
    fs::rename(m_folder / "runs", m_folder / "elsewhere");
    indexer.lookNow();
    QTRY_VERIFY_WITH_TIMEOUT(told.load(), 5000);
    QCOMPARE(workspace->runs()->size(), std::size_t{1});
    fs::rename(m_folder / "elsewhere", m_folder / "runs");
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(workspace->runs()->size(), std::size_t{1});
}

void TestWorkspace::index_clockJump_harmless() {
    FakeRun run(m_folder / "runs");
    run.begin();
    const std::int64_t now = nowMs();
    for (const std::int64_t time :
         {now + 86'400'000, now - 86'400'000, std::int64_t{-5}}) // the clock goes forth and back
        std::ofstream(run.run.eventFile(1), std::ios::app)
            << toJsonLine({++run.n, time, Scalar{"position", run.n, 1}}) << "\n";
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(workspace->scalars(run.id(), "position")->step, (std::vector<std::int64_t>{3, 4, 5})); // order of events
    QCOMPARE(toString(workspace->run(run.id())->state), toString(RunState::Running));
}

void TestWorkspace::runs_filter_asAsked_data() {
    QTest::addColumn<std::string>("text");
    QTest::addColumn<int>("trash");
    QTest::addColumn<int>("count");
    QTest::newRow("all but trash") << std::string() << static_cast<int>(RunFilter::Trash::Without) << 2;
    QTest::newRow("trash") << std::string() << static_cast<int>(RunFilter::Trash::Only) << 1;
    QTest::newRow("everything") << std::string() << static_cast<int>(RunFilter::Trash::With) << 3;
    QTest::newRow("name") << std::string("BASELINE") << static_cast<int>(RunFilter::Trash::With) << 1;
    QTest::newRow("two words") << std::string("good base") << static_cast<int>(RunFilter::Trash::With) << 1;
    QTest::newRow("hangul") << std::string("메모") << static_cast<int>(RunFilter::Trash::With) << 1;
    QTest::newRow("none") << std::string("baseline nowhere") << static_cast<int>(RunFilter::Trash::With) << 0;
    QTest::newRow("experiment") << std::string("other") << static_cast<int>(RunFilter::Trash::With) << 1;
}

void TestWorkspace::runs_filter_asAsked() {
    QFETCH(std::string, text);
    QFETCH(int, trash);
    QFETCH(int, count);
    FakeRun a(m_folder / "runs"), b(m_folder / "runs"), c(m_folder / "runs", newUuid(), "other");
    QVERIFY(writeUserData(a.run, {"baseline", "", {"good"}, false}).ok());
    QVERIFY(writeUserData(b.run, {"", "한글 메모", {}, true}).ok());
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    RunFilter filter;
    filter.text = text;
    filter.trash = static_cast<RunFilter::Trash>(trash);
    QCOMPARE(static_cast<int>(workspace->runs(filter)->size()), count);
}

void TestWorkspace::logsArtifacts_listed() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.send(LogEvent{LogLevel::Debug, "quiet", {}, {}});
    run.send(LogEvent{LogLevel::Warning, "loud %1", {"x"}, "here"});
    run.send(Snapshot{"matrix", 3, "application/json", Json{{"a", 1}}, {}});
    run.send(Snapshot{"image", 4, "image/png", nullptr, "artifacts/i.png"});
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    const auto logs = *workspace->logs(run.id(), LogLevel::Info);
    QCOMPARE(logs.size(), std::size_t{1});
    QCOMPARE(logs[0].log.arguments, std::vector<std::string>{"x"});
    QCOMPARE(workspace->logs(run.id())->size(), std::size_t{2});
    const auto artifacts = *workspace->artifacts(run.id());
    QCOMPARE(artifacts.size(), std::size_t{2});
    QCOMPARE(artifacts[0].snapshot.file, std::string("artifacts/i.png")); // newest first
    QCOMPARE(workspace->artifacts(run.id(), "matrix")->at(0).snapshot.value.at("a").get<int>(), 1);
}

void TestWorkspace::decimation_extremesKept() {
    FakeRun run(m_folder / "runs");
    run.begin();
    for (int step = 0; step < 5000; ++step)
        run.send(Scalar{"m", step, step == 1234 ? 1e6 : step == 3333 ? std::nan("") : std::sin(step)});
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(20));
    ScalarOptions options;
    options.maxPoints = 200;
    const ScalarCurve curve = *workspace->scalars(run.id(), "m", options);
    QVERIFY(curve.value.size() <= 203 && curve.value.size() > 100);
    QVERIFY(std::find(curve.value.begin(), curve.value.end(), 1e6) != curve.value.end());
    QCOMPARE(std::count_if(curve.value.begin(), curve.value.end(), [](double v) { return std::isnan(v); }),
             std::ptrdiff_t{1});
    QCOMPARE(curve.step.front(), std::int64_t{0});
    QCOMPARE(curve.step.back(), std::int64_t{4999});
    QVERIFY(std::is_sorted(curve.step.begin(), curve.step.end()));
}

void TestWorkspace::user_changes_inFileAndIndex() {
    FakeRun run(m_folder / "runs");
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QVERIFY(workspace->setUserData(run.id(), {"name", "notes", {"t"}, false}).ok());
    QCOMPARE(workspace->run(run.id())->user.notes, std::string("notes")); // at once
    QCOMPARE(readUserData(run.run)->notes, std::string("notes"));
    QCOMPARE(workspace->setUserData("no-such", {}).error().code, std::string("VIT-STORE-010"));
    QCOMPARE(workspace->setUserData("../" + run.id(), {}).error().code, std::string("VIT-STORE-010"));
    setWriteFault([](const fs::path&, std::size_t) { return ENOSPC; });
    QCOMPARE(workspace->setUserData(run.id(), {"lost", "", {}, false}).error().code, std::string("VIT-BASE-012"));
    setWriteFault({});
    QCOMPARE(workspace->run(run.id())->user.name, std::string("name"));
}

void TestWorkspace::user_changedOutside_mirrored() {
    FakeRun run(m_folder / "runs");
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QVERIFY(writeUserData(run.run, {"from outside", "", {}, false}).ok());
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(workspace->run(run.id())->user.name, std::string("from outside"));
}

void TestWorkspace::trash_activeRun_refused() {
    FakeRun run(m_folder / "runs");
    run.begin();
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(workspace->setTrashed(run.id(), true).error().code, std::string("VIT-STORE-011"));
    QCOMPARE(workspace->deleteRun(run.id()).error().code, std::string("VIT-STORE-011"));
    run.finish();
    QVERIFY(workspace->setTrashed(run.id(), true).ok());
    QVERIFY(workspace->runs()->empty());
    QVERIFY(workspace->setTrashed(run.id(), false).ok());
    QCOMPARE(workspace->runs()->size(), std::size_t{1});
}

void TestWorkspace::delete_run_goneFromBoth() {
    FakeRun run(m_folder / "runs"), other(m_folder / "runs");
    for (FakeRun* one : {&run, &other}) {
        one->begin();
        one->scalars(1, 10);
        one->finish();
    }
    const auto workspace = mustOpen(m_folder);
    WorkspaceIndexer indexer(*workspace);
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QVERIFY(workspace->deleteRun(run.id()).ok());
    QVERIFY(!fs::exists(run.run.folder()));
    QCOMPARE(workspace->run(run.id()).error().code, std::string("VIT-STORE-010"));
    QCOMPARE(workspace->scalars(run.id(), "position")->value.size(), std::size_t{0});
    QCOMPARE(workspace->scalars(other.id(), "position")->value.size(), std::size_t{10});
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(workspace->runs()->size(), std::size_t{1});
}

void TestWorkspace::import_copyAndLink() {
    FakeRun ended(m_folder / "outside", newUuid()), going(m_folder / "outside", newUuid());
    ended.begin();
    ended.scalars(1, 4);
    ended.finish();
    going.begin();
    going.scalars(1, 4);
    const auto workspace = mustOpen(m_folder / "ws");
    WorkspaceIndexer indexer(*workspace);
    QCOMPARE(*workspace->importRun(ended.run.folder(), ImportMode::Copy), ended.id());
    QCOMPARE(workspace->importRun(ended.run.folder(), ImportMode::Copy).error().code, std::string("VIT-STORE-012"));
    QCOMPARE(workspace->importRun(going.run.folder(), ImportMode::Copy).error().code, std::string("VIT-STORE-011"));
    QVERIFY(workspace->importRun(going.run.folder(), ImportMode::Link).ok());
    QCOMPARE(workspace->importRun(m_folder, ImportMode::Copy).error().code, std::string("VIT-STORE-009"));
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(workspace->scalars(ended.id(), "position")->value.size(), std::size_t{4});
    going.scalars(5, 9); // followed where it is
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QCOMPARE(workspace->scalars(going.id(), "position")->value.size(), std::size_t{9});
    going.finish();
    QVERIFY(indexer.waitUntilCaughtUp(10));
    QVERIFY(workspace->deleteRun(going.id()).ok());
    QVERIFY(fs::exists(going.run.configFile())); // only the link went
}

void TestWorkspace::check_findsEachDamage() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.scalars(1, 10);
    QVERIFY(writeFileAtomically(run.run.folder() / "checkpoints/1-5.ckpt", "x").ok());
    run.send(CheckpointSaved{5, "checkpoints/1-5.ckpt", sha256("x"), 1});
    run.finish();
    run.die();
    {
        const auto workspace = mustOpen(m_folder);
        WorkspaceIndexer indexer(*workspace);
        QVERIFY(indexer.waitUntilCaughtUp(10));
    }
    const CheckReport sound = *checkWorkspace(m_folder);
    for (const Error& finding : sound.findings) qInfo("%s", toText(finding).c_str());
    QVERIFY(sound.findings.empty());
    QCOMPARE(sound.runs, 1);
    std::ofstream(run.run.eventFile(1), std::ios::app) << "garbage\n"
                                                       << toJsonLine({99, 1, Scalar{"position", 11, 1}}) << "\n";
    std::ofstream(run.run.folder() / "checkpoints/1-5.ckpt", std::ios::trunc) << "y";
    std::ofstream(run.run.userFile()) << "{";
    std::ofstream(run.run.folder() / ".x.1-1.tmp") << "";
    fs::create_directories(m_folder / "runs" / ".incoming-z");
    std::set<std::string> codes;
    const CheckReport damaged = *checkWorkspace(m_folder);
    for (const Error& finding : damaged.findings) codes.insert(finding.code);
    QCOMPARE(codes, (std::set<std::string>{"VIT-STORE-007", "VIT-CKPT-001", "VIT-STORE-015", "VIT-STORE-020",
                                           "VIT-STORE-021"}));
}

void TestWorkspace::repair_putsRight() {
    FakeRun run(m_folder / "runs");
    run.begin();
    run.scalars(1, 10);
    QVERIFY(writeFileAtomically(run.run.folder() / "checkpoints/1-5.ckpt", "x").ok());
    QVERIFY(writeCheckpointIndex(run.run, {{5, "checkpoints/1-5.ckpt", sha256("other"), 1, 1, 5}}).ok());
    run.finish();
    run.die();
    std::ofstream(run.run.userFile()) << "{";
    fs::create_directories(m_folder / "runs" / ".deleting-z");
    {
        const auto window = mustOpen(m_folder);
        QCOMPARE(repairWorkspace(m_folder).error().code, std::string("VIT-STORE-003")); // a window has it
    }
    const auto report = repairWorkspace(m_folder);
    QVERIFY(report.ok() && report->findings.empty());
    QCOMPARE(report->repaired.size(), std::size_t{4});
    QVERIFY(checkWorkspace(m_folder)->findings.empty());
    const auto workspace = mustOpen(m_folder);
    QCOMPARE(workspace->scalars(run.id(), "position")->value.size(), std::size_t{10});
}

namespace {

using Damage = std::function<void(const fs::path& workspace, const FakeRun& run)>;

std::string contentOf(const fs::path& file) {
    return *readFile(file);
}

void flipBit(const fs::path& file, std::size_t at) {
    std::string content = contentOf(file);
    content[at] = static_cast<char>(content[at] ^ 1);
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

/// In the middle of what the index says of a log line: no page of SQLite is malformed by that.
void flipInIndex(const fs::path& workspace, const std::string& text) {
    flipBit(workspace / "workspace.db", contentOf(workspace / "workspace.db").find(text) + text.size() / 2);
}

void execute(const fs::path& workspace, const char* sql) {
    Database(workspace / "workspace.db", Database::Mode::ReadWrite).execute(sql);
}

} // namespace
Q_DECLARE_METATYPE(Damage)

void TestWorkspace::damage_isFoundAndNamedAfterRepair_data() {
    QTest::addColumn<Damage>("damage");
    QTest::addColumn<std::string>("code");    ///< that the check finds, among others
    QTest::addColumn<std::string>("remains"); ///< after the repair; empty: nothing
    const auto row = [](const char* name, Damage damage, const char* code, const char* remains) {
        QTest::newRow(name) << damage << std::string(code) << std::string(remains);
    };
    const auto truncate = [](const fs::path& file, std::uintmax_t lost) {
        fs::resize_file(file, fs::file_size(file) - lost);
    };
    row(
        "nothing", [](const fs::path&, const FakeRun&) {}, "", "");
    row(
        "empty status", [](const fs::path&, const FakeRun& run) { fs::resize_file(run.run.statusFile(), 0); },
        "VIT-STORE-024", "");
    row(
        "bit of the status", [](const fs::path&, const FakeRun& run) { flipBit(run.run.statusFile(), 1); },
        "VIT-STORE-024", "");
    row(
        "bit of the list of checkpoints",
        [](const fs::path&, const FakeRun& run) { flipBit(run.run.checkpointFolder() / "index.json", 0); },
        "VIT-STORE-024", "");
    row(
        "number in the list of checkpoints",
        [](const fs::path&, const FakeRun& run) {
            const fs::path list = run.run.checkpointFolder() / "index.json";
            flipBit(list, contentOf(list).find("\"step\": 5") + 8);
        },
        "VIT-STORE-024", "");
    row(
        "bit of a log line in the index",
        [](const fs::path& workspace, const FakeRun&) { flipInIndex(workspace, "a line of the log"); }, "VIT-STORE-020",
        "");
    for (const char* text : {"lesson.walk", "completed", "random_walk"})
        row((std::string("bit of a run's row in the index: ") + text).c_str(),
            [text](const fs::path& workspace, const FakeRun&) { flipInIndex(workspace, text); }, "VIT-STORE-020", "");
    row(
        "row of a run's file in the index",
        [](const fs::path& workspace, const FakeRun&) { execute(workspace, "UPDATE files SET offset = offset - 1"); },
        "VIT-STORE-020", "");
    row(
        "mark of a scalar in the index",
        [](const fs::path& workspace, const FakeRun&) {
            execute(workspace, "UPDATE scalars SET superseded = 1 WHERE step = 7");
        },
        "VIT-STORE-020", "");
    row(
        "run in the index that is not there",
        [](const fs::path& workspace, const FakeRun&) { execute(workspace, "INSERT INTO runs(uuid) VALUES ('x')"); },
        "VIT-STORE-020", "");
    row(
        "rows of no run in the index",
        [](const fs::path& workspace, const FakeRun&) {
            execute(workspace, "PRAGMA foreign_keys=OFF; INSERT INTO files VALUES (99, 1, 0)");
        },
        "VIT-STORE-020", "");
    row(
        "digit of an event",
        [](const fs::path&, const FakeRun& run) {
            const std::string content = contentOf(run.run.eventFile(1));
            flipBit(run.run.eventFile(1), content.find("\"value\":0.5") + 10);
        },
        "VIT-STORE-007", "VIT-STORE-007");
    row(
        "digit of the configuration",
        [](const fs::path&, const FakeRun& run) {
            flipBit(run.run.configFile(), contentOf(run.run.configFile()).find("\"seed\": ") + 8);
        },
        "VIT-STORE-009", "VIT-STORE-009");
    row(
        "missing artefact", [](const fs::path&, const FakeRun& run) { fs::remove(run.run.artifactFolder() / "w.csv"); },
        "VIT-STORE-024", "VIT-STORE-024");
    row(
        "torn last event", [=](const fs::path&, const FakeRun& run) { truncate(run.run.eventFile(1), 7); },
        "VIT-STORE-024", "VIT-STORE-024");
    row(
        "no events", [](const fs::path&, const FakeRun& run) { fs::remove(run.run.eventFile(1)); }, "VIT-STORE-024",
        "VIT-STORE-024");
    row(
        "bad line of events", [](const fs::path&, const FakeRun& run) { flipBit(run.run.eventFile(1), 0); },
        "VIT-STORE-007", "VIT-STORE-007");
    row(
        "damaged configuration", [](const fs::path&, const FakeRun& run) { flipBit(run.run.configFile(), 0); },
        "VIT-STORE-009", "VIT-STORE-009");
    row(
        "stray folder",
        [](const fs::path& workspace, const FakeRun&) { fs::create_directories(workspace / "runs" / "photos"); },
        "VIT-STORE-009", "VIT-STORE-009");
}

/// A completed run with a checkpoint, an artefact and a log line, its index complete; then one thing is damaged.
void TestWorkspace::damage_isFoundAndNamedAfterRepair() {
    QFETCH(Damage, damage);
    QFETCH(std::string, code);
    QFETCH(std::string, remains);
    FakeRun run(m_folder / "runs");
    RunRecord record = *run.run.readRecord();
    record.attempts.emplace_back();
    QVERIFY(run.run.writeRecord(record).ok());
    run.begin();
    run.scalars(1, 10);
    run.send(LogEvent{LogLevel::Info, "a line of the log", {}, {}});
    QVERIFY(writeFileAtomically(run.run.folder() / "checkpoints/1-5.ckpt", "x").ok());
    const std::int64_t n = run.send(CheckpointSaved{5, "checkpoints/1-5.ckpt", sha256("x"), 1});
    QVERIFY(writeCheckpointIndex(run.run, {{5, "checkpoints/1-5.ckpt", sha256("x"), 1, 1, n}}).ok());
    QVERIFY(writeFileAtomically(run.run.artifactFolder() / "w.csv", "1").ok());
    run.send(Snapshot{"w", 5, "text/csv", nullptr, "artifacts/w.csv"});
    run.finish();
    ProcessIdentity dead = ownIdentity();
    dead.startTicks += 1;
    {
        StatusFile status;
        QVERIFY(status.open(run.run.statusFile()).ok());
        QVERIFY(status.write({dead, 1, RunState::Completed, 9, monotonicSeconds(), {}}).ok());
        const auto workspace = mustOpen(m_folder);
        WorkspaceIndexer indexer(*workspace);
        QVERIFY(indexer.waitUntilCaughtUp(10));
    }
    const auto codesOf = [](const CheckReport& report) {
        std::set<std::string> codes;
        for (const Error& finding : report.findings) codes.insert(finding.code);
        return codes;
    };
    QVERIFY(checkWorkspace(m_folder)->findings.empty());
    damage(m_folder, run);
    const std::set<std::string> found = codesOf(*checkWorkspace(m_folder));
    QCOMPARE(found.contains(code), !code.empty());
    const auto repaired = repairWorkspace(m_folder);
    QVERIFY(repaired.ok());
    const std::set<std::string> left = remains.empty() ? std::set<std::string>() : std::set<std::string>{remains};
    QCOMPARE(codesOf(*repaired), left);
    QCOMPARE(codesOf(*checkWorkspace(m_folder)), left);
}

VITRINE_CORE_TEST(TestWorkspace)
#include "tst_workspace.moc"
