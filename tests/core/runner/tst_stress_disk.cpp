// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/rng.hpp"
#include "core/runner/runner.hpp"
#include "core/store/check.hpp"
#include "core/store/eventreader.hpp"
#include "core/store/workspaceindexer.hpp"
#include "tests/support/randomwalk/randomwalk.hpp"
#include "tests/support/testmain.hpp"

#include <QCoreApplication>
#include <QObject>
#include <QProcess>
#include <QTemporaryDir>

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

using namespace vitrine;
using namespace vitrine::runner;
namespace fs = std::filesystem;

namespace {

bool canMount = false;

/// A name space of this process and its children, in which it may mount; what it mounts ends with it.
void ownMounts() {
    const uid_t user = ::geteuid();
    const gid_t group = ::getegid();
    if (user == 0 ? ::unshare(CLONE_NEWNS) != 0 : ::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return;
    if (user != 0) {
        std::ofstream("/proc/self/setgroups") << "deny";
        std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
        std::ofstream("/proc/self/gid_map") << "0 " << group << " 1";
    }
    canMount = ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

/// A small disk of its own.
class SmallDisk {
  public:
    SmallDisk(fs::path at, const char* size) : m_at(std::move(at)) {
        fs::create_directories(m_at);
        m_isThere = canMount && ::mount("none", m_at.c_str(), "tmpfs", 0, (std::string("size=") + size).c_str()) == 0;
    }
    ~SmallDisk() {
        if (m_isThere) ::umount2(m_at.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    [[nodiscard]] bool isThere() const { return m_isThere; }
    [[nodiscard]] bool setReadOnly(bool isReadOnly) const {
        return ::mount("none", m_at.c_str(), nullptr,
                       MS_REMOUNT | (isReadOnly ? static_cast<unsigned long>(MS_RDONLY) : 0UL), nullptr) == 0;
    }
    /// Writes until nothing more fits.
    void fill() const {
        const int file = ::open((m_at / "filler").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        for (std::size_t size = 1U << 20U; size > 0;)
            if (::write(file, std::string(size, 'x').data(), size) <= 0) size /= 2;
        ::close(file);
    }
    void clear() const { fs::remove(m_at / "filler"); }

  private:
    fs::path m_at;
    bool m_isThere = false;
};

Config walkOf(int steps, double pauseMs, int every) {
    Config config = withDefaults(test::makeRandomWalk()->descriptor().params, {});
    config.experiment = "random_walk";
    config.seed = 11;
    config.values["steps"] = steps;
    config.values["pause_ms"] = pauseMs;
    config.values["checkpoint_every"] = every;
    return config;
}

/// step -> position, computed here.
std::map<std::int64_t, double> expectedWalk(const Config& config) {
    std::map<std::int64_t, double> walk;
    Lcg coin(SeedSequence(config.seed).seed("walk"));
    double position = 0;
    for (std::int64_t step = 1; step <= config.integer("steps"); ++step)
        walk[step] = position += (coin.nextState() >> 63U) != 0 ? 1 : -1;
    return walk;
}

std::map<std::int64_t, double> indexedWalk(const store::Workspace& workspace, const std::string& id) {
    std::map<std::int64_t, double> walk;
    const auto curve = workspace.scalars(id, "position");
    for (std::size_t i = 0; curve && i < curve->step.size(); ++i) walk[curve->step[i]] = curve->value[i];
    return walk;
}

std::string idOf(const RunHandle& handle) {
    return handle.run().folder().filename().string();
}

std::string stateOf(const RunHandle& handle) {
    return toString(handle.observe().state);
}

/// Opens the workspace, says whether it may write, and stays until it is killed.
int openAndStay(const char* folder) {
    const auto workspace = store::Workspace::open(folder);
    std::puts(!workspace                        ? "none"
              : (*workspace)->canEdit()         ? "writer"
              : (*workspace)->notices().empty() ? "reader"
                                                : (*workspace)->notices().front().code.c_str());
    std::fflush(stdout);
    ::pause();
    return 0;
}

} // namespace

/// What a disk does to a workspace: full, read-only, gone, shared. It is named, nothing written is lost, the rest goes
/// on.
class TestStressDisk : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase();
    void disk_full_waitsAndLosesNothing();
    void disk_readOnly_readableAndNamed();
    void runFolder_removed_runEndsAndOthersGoOn();
    void workspace_movedAway_keptAndFoundAgain();
    void workspace_manyProcesses_oneWrites();
    void run_resumedTwiceAtOnce_runsOnce();

  private:
    [[nodiscard]] fs::path folder(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }

    QTemporaryDir m_dir;
    fs::path m_program;
    Lcg m_random{static_cast<std::uint64_t>(nowMs())};
};

void TestStressDisk::initTestCase() {
    m_program = fs::path(qEnvironmentVariable("VITRINE_BIN_DIR").toStdString()) / "vitrine-run";
    if (qEnvironmentVariableIsEmpty("VITRINE_BIN_DIR")) m_program = executableFolder() / "../bin/vitrine-run";
    QVERIFY2(fs::exists(m_program), m_program.c_str());
    qputenv("VITRINE_PLUGINS", QByteArray::fromStdString((executableFolder() / "random_walk.so").string()));
    qputenv("VITRINE_HOME", QByteArray::fromStdString(folder("home").string()));
}

/// The disk fills ten times while a run writes and an index is made; each time it says so, waits, and goes on.
void TestStressDisk::disk_full_waitsAndLosesNothing() {
    const SmallDisk disk(folder("disk"), "4m");
    if (!disk.isThere()) QSKIP("NOT TESTED: no small disk may be mounted here");
    const Config config = walkOf(6000, 1, 10'000'000); // a checkpoint keeps half a GiB free: none here
    const auto workspace = *store::Workspace::open(folder("disk") / "ws");
    std::mutex mutex;
    std::set<std::string> told;
    store::WorkspaceIndexer indexer(*workspace, [&](const store::RunUpdate& update) {
        const std::scoped_lock guard(mutex);
        for (const Error& problem : update.problems) told.insert(problem.code);
    });
    ProcessRunner starter(workspace->runsFolder(), m_program);
    const auto handle = *starter.start(config);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("running"), 30'000);
    const auto status = [&] { return store::readStatus(handle->run().statusFile()); };
    int rounds = 0;
    for (; rounds < 10 && stateOf(*handle) == "running"; ++rounds) {
        QTest::qWait(static_cast<int>(m_random.below(300)));
        disk.fill();
        QTRY_VERIFY_WITH_TIMEOUT((status() && status()->state == RunState::Paused) || stateOf(*handle) == "completed",
                                 20'000);
        if (stateOf(*handle) != "completed") QCOMPARE(status()->error->code, std::string("VIT-BASE-012"));
        disk.clear();
        QTRY_VERIFY_WITH_TIMEOUT(status() && status()->state != RunState::Paused, 20'000);
    }
    QVERIFY(rounds >= 3);
    QVERIFY(handle->wait(120));
    QCOMPARE(stateOf(*handle), std::string("completed"));
    QVERIFY(indexer.waitUntilCaughtUp(60));
    QVERIFY(indexedWalk(*workspace, idOf(*handle)) == expectedWalk(config));
    const store::CheckReport report = *store::checkWorkspace(workspace->folder());
    for (const Error& finding : report.findings)
        QVERIFY2(finding.code == "VIT-STORE-021", toText(finding).c_str()); // a temporary file that could not be ended
    const std::scoped_lock guard(mutex);
    for (const std::string& code : told) QVERIFY2(code == "VIT-BASE-012" || code == "VIT-STORE-006", code.c_str());
    // A new run on a full disk is refused and leaves nothing.
    disk.fill();
    const auto refused = starter.start(config);
    if (!refused) QCOMPARE(refused.error().code, std::string("VIT-BASE-012"));
    disk.clear();
    if (refused) QVERIFY((*refused)->stop().ok() && (*refused)->wait(60));
    qInfo("full %d times", rounds);
}

void TestStressDisk::disk_readOnly_readableAndNamed() {
    const SmallDisk disk(folder("fixed"), "4m");
    if (!disk.isThere()) QSKIP("NOT TESTED: no small disk may be mounted here");
    const fs::path at = folder("fixed") / "ws";
    const Config config = walkOf(100, 0, 10'000'000);
    std::string id;
    {
        const auto workspace = *store::Workspace::open(at);
        ProcessRunner starter(workspace->runsFolder(), m_program);
        const auto handle = *starter.start(config);
        QVERIFY(handle->wait(60));
        id = idOf(*handle);
        store::WorkspaceIndexer indexer(*workspace);
        QVERIFY(indexer.waitUntilCaughtUp(30));
    }
    for (const bool withIndex : {true, false}) {
        if (!withIndex)
            for (const char* suffix : {"", "-wal", "-shm"}) fs::remove((at / "workspace.db").string() + suffix);
        QVERIFY(disk.setReadOnly(true));
        {
            const auto opened = store::Workspace::open(at);
            QVERIFY(opened.ok() && !(*opened)->canEdit());
            QCOMPARE((*opened)->notices().at(0).code, std::string("VIT-STORE-002"));
            store::WorkspaceIndexer indexer(**opened);
            QVERIFY(indexer.waitUntilCaughtUp(30));
            QVERIFY(indexedWalk(**opened, id) == expectedWalk(config));
            QCOMPARE((*opened)->setUserData(id, {"x", "", {}, false}).error().code, std::string("VIT-STORE-013"));
            const auto refused = ProcessRunner((*opened)->runsFolder(), m_program).start(config);
            QVERIFY(!refused.ok());
            QVERIFY2(refused.error().code.starts_with("VIT-BASE-01"), refused.error().code.c_str());
            const store::CheckReport report = *store::checkWorkspace(at);
            for (const Error& finding : report.findings) QFAIL(toText(finding).c_str());
        }
        QVERIFY(disk.setReadOnly(false));
    }
}

void TestStressDisk::runFolder_removed_runEndsAndOthersGoOn() {
    const auto workspace = *store::Workspace::open(folder("vanish"));
    store::WorkspaceIndexer indexer(*workspace);
    ProcessRunner starter(workspace->runsFolder(), m_program);
    const Config quiet = walkOf(10'000, 1, 50);
    const auto other = *starter.start(quiet);
    for (int round = 0; round < 10; ++round) {
        const auto handle = *starter.start(walkOf(1'000'000, 1, 50));
        QTest::qWait(static_cast<int>(m_random.below(900)));
        std::error_code problem;
        for (int i = 0; i < 50 && fs::exists(handle->run().folder()); ++i) // the run makes files meanwhile
            fs::remove_all(handle->run().folder(), problem);
        QVERIFY2(handle->wait(30), "a run whose folder is gone goes on");
        fs::remove_all(handle->run().folder(), problem);
    }
    QVERIFY(other->wait(120));
    QCOMPARE(stateOf(*other), std::string("completed"));
    QVERIFY(indexer.waitUntilCaughtUp(30));
    QTRY_COMPARE_WITH_TIMEOUT(workspace->runs()->size(), std::size_t{1}, 10'000);
    QVERIFY(indexedWalk(*workspace, idOf(*other)) == expectedWalk(quiet));
}

/// A drive that is taken away and comes back, while a run goes on in it.
void TestStressDisk::workspace_movedAway_keptAndFoundAgain() {
    const auto workspace = *store::Workspace::open(folder("moving"));
    std::atomic<int> told{0};
    store::WorkspaceIndexer indexer(*workspace, [&](const store::RunUpdate& update) {
        for (const Error& problem : update.problems) told += problem.code == "VIT-STORE-014" ? 1 : 0;
        if (update.isRemoved) told = -1'000'000;
    });
    ProcessRunner starter(workspace->runsFolder(), m_program);
    const Config config = walkOf(8000, 1, 50);
    const auto handle = *starter.start(config);
    QTRY_COMPARE_WITH_TIMEOUT(stateOf(*handle), std::string("running"), 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(workspace->runs()->size(), std::size_t{1}, 10'000); // found before it can be kept
    for (int round = 1; round <= 4; ++round) {
        QTest::qWait(static_cast<int>(m_random.below(500)));
        fs::rename(workspace->runsFolder(), folder("away"));
        QTRY_VERIFY_WITH_TIMEOUT(told >= round, 10'000);
        QCOMPARE(workspace->runs()->size(), std::size_t{1}); // kept
        fs::rename(folder("away"), workspace->runsFolder());
        QTest::qWait(1200); // a look at the folder, so that the next loss is a new one
    }
    // A run that cannot make a file while its folder is elsewhere waits for it, or ends and can be resumed.
    QVERIFY(handle->wait(120));
    if (stateOf(*handle) != "completed") {
        const auto again = starter.resume(handle->run());
        QVERIFY2(again.ok(), again ? "" : toText(again.error()).c_str());
        QVERIFY((*again)->wait(120));
    }
    QCOMPARE(stateOf(*handle), std::string("completed"));
    QVERIFY(indexer.waitUntilCaughtUp(30));
    QVERIFY(indexedWalk(*workspace, idOf(*handle)) == expectedWalk(config));
}

void TestStressDisk::workspace_manyProcesses_oneWrites() {
    const std::string at = folder("shared").string(), self = (executableFolder() / "tst_stress_disk").string();
    for (int round = 0; round < 30; ++round) {
        std::vector<std::unique_ptr<QProcess>> processes;
        for (int i = 0; i < 3; ++i) {
            processes.push_back(std::make_unique<QProcess>());
            processes.back()->start(QString::fromStdString(self),
                                    {QStringLiteral("--open"), QString::fromStdString(at)});
        }
        int writers = 0;
        for (const auto& process : processes) {
            QVERIFY(process->waitForReadyRead(20'000));
            const QByteArray said = process->readLine().trimmed();
            writers += said == "writer" ? 1 : 0;
            QVERIFY2(said == "writer" || said == "VIT-STORE-003", said.constData());
        }
        QCOMPARE(writers, 1);
        for (const auto& process : processes) process->kill(); // the next round finds the lock free
        for (const auto& process : processes)
            QVERIFY(process->state() == QProcess::NotRunning || process->waitForFinished(10'000));
    }
    const auto workspace = *store::Workspace::open(at);
    QVERIFY(workspace->canEdit());
}

void TestStressDisk::run_resumedTwiceAtOnce_runsOnce() {
    ProcessRunner starter(folder("twice"), m_program);
    const auto handle = *starter.start(walkOf(100'000, 1, 50));
    const auto isBegun = [&](int attempt) {
        const auto status = store::readStatus(handle->run().statusFile());
        return handle->run().lastAttempt() == attempt && status && status->attempt == attempt;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isBegun(1), 30'000);
    ::kill(store::readStatus(handle->run().statusFile())->process.pid, SIGKILL);
    QVERIFY(handle->wait(20));
    for (int attempt = 2; attempt < 17; ++attempt) {
        std::vector<std::unique_ptr<QProcess>> processes;
        for (int i = 0; i < 3; ++i) {
            processes.push_back(std::make_unique<QProcess>());
            processes.back()->start(QString::fromStdString(m_program.string()),
                                    {QStringLiteral("run"), QString::fromStdString(handle->run().folder().string())});
        }
        const auto refused = [&] {
            return std::count_if(processes.begin(), processes.end(),
                                 [](const auto& process) { return process->state() == QProcess::NotRunning; });
        };
        QTRY_COMPARE_WITH_TIMEOUT(static_cast<int>(refused()), 2, 30'000);
        for (const auto& process : processes)
            if (process->state() == QProcess::NotRunning) QCOMPARE(process->exitCode(), 2);
        QTRY_VERIFY_WITH_TIMEOUT(isBegun(attempt), 30'000);
        for (const auto& process : processes) process->kill();
        for (const auto& process : processes)
            QVERIFY(process->state() == QProcess::NotRunning || process->waitForFinished(10'000));
        QCOMPARE(stateOf(*handle), std::string("interrupted"));
    }
}

int main(int argc, char* argv[]) {
    if (argc == 3 && std::string_view(argv[1]) == "--open") return openAndStay(argv[2]);
    ownMounts();
    const QCoreApplication application(argc, argv);
    TestStressDisk test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_stress_disk.moc"
