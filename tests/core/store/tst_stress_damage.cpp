// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/rng.hpp"
#include "core/methods/tensor_logic/factory.hpp"
#include "core/methods/tensor_logic/method.hpp"
#include "core/methods/tensor_logic/session.hpp"
#include "core/runner/runner.hpp"
#include "core/store/check.hpp"
#include "core/store/eventreader.hpp"
#include "core/store/observe.hpp"
#include "core/store/workspaceindexer.hpp"
#include "tests/support/randomwalk/randomwalk.hpp"
#include "tests/support/testmain.hpp"
#include "tests/support/workspacetext.hpp"

#include <QObject>
#include <QTemporaryDir>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <set>

using namespace vitrine;
using namespace vitrine::store;
namespace fs = std::filesystem;

namespace {

constexpr int Flips = 400, Cuts = 60;

/// VITRINE_STRESS_SEED repeats a failure.
std::uint64_t seedOfThisRun() {
    bool isGiven = false;
    const auto given = qEnvironmentVariable("VITRINE_STRESS_SEED").toULongLong(&isGiven);
    return isGiven ? given : static_cast<std::uint64_t>(nowMs());
}

std::string contentOf(const fs::path& file) {
    return *readFile(file);
}

void put(const fs::path& file, const std::string& content) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

std::set<std::string> codesOf(const CheckReport& report) {
    std::set<std::string> codes;
    for (const Error& finding : report.findings) codes.insert(finding.code);
    return codes;
}

/// Gives a file its content back, also when a test ends early.
class Kept {
  public:
    explicit Kept(fs::path file) : m_file(std::move(file)), m_content(contentOf(m_file)) {}
    ~Kept() { put(m_file, m_content); }
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;
    [[nodiscard]] const std::string& content() const { return m_content; }

  private:
    fs::path m_file;
    std::string m_content;
};

/// One damage: a flipped bit, or everything from a byte on cut off.
struct Damage {
    bool isCut = false;
    std::size_t at = 0;
    unsigned bit = 0;

    static Damage random(Lcg& random, std::size_t size, bool isCut) {
        return {isCut, static_cast<std::size_t>(random.below(size)), static_cast<unsigned>(random.below(8))};
    }
    [[nodiscard]] std::string apply(std::string content) const {
        if (isCut) return content.substr(0, at);
        content[at] = static_cast<char>(static_cast<unsigned char>(content[at]) ^ (1U << bit));
        return content;
    }
    [[nodiscard]] std::string text() const {
        return isCut ? "cut at " + std::to_string(at) : "bit " + std::to_string(bit) + " of byte " + std::to_string(at);
    }
};

/// Answers one request of a session.
Reply ask(Json payload) {
    std::mutex mutex;
    std::condition_variable changed;
    std::optional<Reply> answer;
    const auto session = tl::makeSession([&](Reply reply) {
        const std::lock_guard guard(mutex);
        if (reply.final) answer = std::move(reply);
        changed.notify_all();
    });
    session->submit({"load", std::move(payload)});
    std::unique_lock guard(mutex);
    changed.wait_for(guard, std::chrono::seconds(20), [&] { return answer.has_value(); });
    return answer ? *answer : Reply{};
}

} // namespace

/// A workspace of real runs, one file of which is damaged at random, hundreds of times. Each damage is harmless, so
/// that everything reads as before, or it is named by its code; the rest goes on.
class TestStressDamage : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase();
    void init() {
        if (m_sound.empty()) QSKIP("there is no workspace");
    }
    void database_damaged_namedAndMadeAgain();
    void events_damaged_subsetAndNamed();
    void config_damaged_namedAndOthersGoOn();
    void checkpoint_damaged_previousUsed();
    void trace_damaged_sameOrRefused();

  private:
    RunDirectory make(const Config& config, double stopAfterSeconds);
    [[nodiscard]] std::string says() const {
        const auto workspace = Workspace::open(folder());
        return workspace.ok() ? test::textOf(**workspace) : workspace.error().code;
    }
    [[nodiscard]] fs::path folder() const { return fs::path(m_dir.path().toStdString()) / "ws"; }

    QTemporaryDir m_dir;
    std::unique_ptr<runner::ThreadRunner> m_runner;
    std::vector<RunDirectory> m_runs; ///< completed, stopped, a program with its trace
    std::string m_sound;              ///< what the undamaged workspace says
    Lcg m_random{seedOfThisRun()};
};

RunDirectory TestStressDamage::make(const Config& config, double stopAfterSeconds) {
    const auto handle = *m_runner->start(config);
    if (stopAfterSeconds > 0 && !handle->wait(stopAfterSeconds)) static_cast<void>(handle->stop());
    handle->wait(60);
    return handle->run();
}

void TestStressDamage::initTestCase() {
    const std::uint64_t seed = seedOfThisRun();
    m_random = Lcg(seed);
    qInfo("VITRINE_STRESS_SEED=%llu", static_cast<unsigned long long>(seed));
    m_runner =
        std::make_unique<runner::ThreadRunner>(folder() / "runs", [](const std::string& id) -> const MethodFactory* {
            return id == "random_walk" ? &test::randomWalkFactory() : &tl::factory();
        });
    Config walk = withDefaults(test::makeRandomWalk()->descriptor().params, {});
    walk.experiment = "random_walk";
    walk.preset = "study.walk";
    walk.values["steps"] = 800;
    walk.values["checkpoint_every"] = 100;
    m_runs.push_back(make(walk, 0));
    walk.seed = 7;
    walk.values["pause_ms"] = 2.0;
    m_runs.push_back(make(walk, 0.9));
    const Config program = *configOfPreset(tl::makeMethod()->descriptor(), "lesson.program");
    m_runs.push_back(make(program, 0));
    for (const RunDirectory& run : m_runs) QVERIFY(observeRun(run).finished.has_value());
    QCOMPARE(toString(observeRun(m_runs[1]).state), std::string("cancelled"));
    {
        const auto workspace = *Workspace::open(folder());
        const auto indexer = std::make_unique<WorkspaceIndexer>(*workspace);
        QVERIFY(indexer->waitUntilCaughtUp(30));
        QVERIFY(workspace->setUserData(m_runs[0].folder().filename().string(), {"이름", "notes", {"a"}, false}).ok());
        QVERIFY(indexer->waitUntilCaughtUp(30));
        m_sound = test::textOf(*workspace);
    }
    const CheckReport report = *checkWorkspace(folder());
    for (const Error& finding : report.findings) QFAIL(toText(finding).c_str());
}

void TestStressDamage::database_damaged_namedAndMadeAgain() {
    const fs::path file = folder() / "workspace.db";
    const Kept kept(file);
    const std::string& sound = kept.content();
    int named = 0, harmless = 0, repaired = 0;
    for (int i = 0; i < Flips + Cuts; ++i) {
        const Damage damage = Damage::random(m_random, sound.size(), i >= Flips);
        put(file, damage.apply(sound));
        const std::set<std::string> codes = codesOf(*checkWorkspace(folder()));
        for (const std::string& code : codes)
            QVERIFY2(code == "VIT-STORE-004" || code == "VIT-STORE-006" || code == "VIT-STORE-020", code.c_str());
        const bool isSame = says() == m_sound;
        QVERIFY2(isSame || !codes.empty(), (damage.text() + " of the index changes what it says, unseen").c_str());
        (codes.empty() ? harmless : named) += 1;
        if (!codes.empty() && repaired < 40) {
            ++repaired;
            put(file, damage.apply(sound));
            const Result<CheckReport> report = repairWorkspace(folder());
            QVERIFY2(report.ok() && report->findings.empty(), damage.text().c_str());
            QVERIFY2(says() == m_sound, damage.text().c_str());
        }
        for (const auto& entry : fs::directory_iterator(folder()))
            if (entry.path().filename().string().starts_with("workspace.db")) fs::remove(entry.path());
        put(file, sound);
    }
    qInfo("%d named, %d harmless, %d repaired", named, harmless, repaired);
    QVERIFY(named > Cuts / 2);
}

void TestStressDamage::events_damaged_subsetAndNamed() {
    const fs::path index = folder() / "workspace.db", away = folder() / "away.db";
    for (std::size_t r = 0; r < 2; ++r) {
        const RunDirectory& run = m_runs[r];
        const Kept kept(run.eventFile(1));
        const std::string& sound = kept.content();
        const std::vector<std::string> lines = test::eventLinesOf(run);
        int named = 0;
        for (int i = 0; i < (Flips + Cuts) / 2; ++i) {
            const bool isIndexed = i % 2 == 0; // without an index the files must tell by themselves
            if (!isIndexed) fs::rename(index, away);
            const Damage damage = Damage::random(m_random, sound.size(), i >= Flips / 2);
            put(run.eventFile(1), damage.apply(sound));
            const std::vector<std::string> read = test::eventLinesOf(run);
            // What is read is what was written, in its order, without at most the two lines around a lost line end.
            QVERIFY2(std::includes(lines.begin(), lines.end(), read.begin(), read.end(),
                                   [&](const std::string& a, const std::string& b) {
                                       return std::find(lines.begin(), lines.end(), a) <
                                              std::find(lines.begin(), lines.end(), b);
                                   }),
                     damage.text().c_str());
            if (!damage.isCut) QVERIFY2(read.size() + 2 >= lines.size(), damage.text().c_str());
            const std::set<std::string> codes = codesOf(*checkWorkspace(folder()));
            QVERIFY2(read == lines || !codes.empty(), (damage.text() + " loses an event, unseen").c_str());
            for (const std::string& code : codes) QVERIFY2(code.starts_with("VIT-"), code.c_str());
            named += codes.empty() ? 0 : 1;
            if (!isIndexed) fs::rename(away, index);
        }
        qInfo("%d named of %d", named, (Flips + Cuts) / 2);
    }
    QVERIFY(codesOf(*checkWorkspace(folder())).empty());
}

void TestStressDamage::config_damaged_namedAndOthersGoOn() {
    const RunDirectory& run = m_runs[1];
    const std::string record = writeJsonLine(run.readRecord()->toJson());
    const auto kept = std::make_unique<Kept>(run.configFile());
    const std::string sound = kept->content();
    const std::string other = m_runs[0].folder().filename().string(), own = run.folder().filename().string();
    int named = 0, opened = 0;
    for (int i = 0; i < Flips + Cuts; ++i) {
        const Damage damage = Damage::random(m_random, sound.size(), i >= Flips);
        put(run.configFile(), damage.apply(sound));
        const Result<RunRecord> read = run.readRecord();
        if (read) {
            QVERIFY2(writeJsonLine(read->toJson()) == record, damage.text().c_str());
            continue;
        }
        ++named;
        QCOMPARE(read.error().code, std::string("VIT-STORE-009"));
        QVERIFY(codesOf(*checkWorkspace(folder())).contains("VIT-STORE-009"));
        if (++opened > 15) continue;
        if (const auto handle = m_runner->resume(run)) QVERIFY((*handle)->wait(20));
        QCOMPARE(run.lastAttempt(), 1); // refused: it never goes on with other settings
        fs::remove(folder() / "workspace.db");
        const auto workspace = *Workspace::open(folder());
        WorkspaceIndexer indexer(*workspace);
        QVERIFY(indexer.waitUntilCaughtUp(30));
        QCOMPARE(workspace->runs()->size(), m_runs.size());
        QCOMPARE(workspace->scalars(other, "position")->value.size(), std::size_t{800});
        QVERIFY(!workspace->scalars(own, "position")->value.empty());
        const auto problems = *workspace->problems();
        QVERIFY(std::any_of(problems.begin(), problems.end(),
                            [](const ProblemRow& row) { return row.error.code == "VIT-STORE-009"; }));
    }
    put(run.configFile(), sound);
    QCOMPARE(run.lastAttempt(), 1);
    qInfo("%d named of %d", named, Flips + Cuts);
    QVERIFY(repairWorkspace(folder())->findings.empty());
}

void TestStressDamage::checkpoint_damaged_previousUsed() {
    const RunDirectory& run = m_runs[1];
    const std::vector<CheckpointEntry> entries = listCheckpoints(run);
    QCOMPARE(entries.size(), std::size_t{2});
    const fs::path file = run.folder() / entries.back().file;
    const fs::path list = run.checkpointFolder() / "index.json";
    const std::string sound = contentOf(file), soundList = contentOf(list);
    for (int i = 0; i < Flips + Cuts; ++i) {
        const Damage damage = Damage::random(m_random, sound.size(), i >= Flips);
        put(file, damage.apply(sound));
        const GoodCheckpoint good = findGoodCheckpoint(run);
        QVERIFY2(good.entry && *good.entry == entries.front(), damage.text().c_str());
        QCOMPARE(good.skipped.size(), std::size_t{1});
        QCOMPARE(good.skipped[0].code, std::string("VIT-CKPT-001"));
    }
    put(file, sound);
    for (int i = 0; i < Flips + Cuts; ++i) { // the list of them: what is taken is always a whole checkpoint
        const Damage damage = Damage::random(m_random, soundList.size(), i >= Flips);
        put(list, damage.apply(soundList));
        const GoodCheckpoint good = findGoodCheckpoint(run);
        if (good.entry) QVERIFY(verifyCheckpoint(run, *good.entry).ok());
        const bool isSame = good.entry && *good.entry == entries.back() && listCheckpoints(run) == entries;
        QVERIFY2(isSame || !codesOf(*checkWorkspace(folder())).empty(), damage.text().c_str());
    }
    put(list, soundList);
    // And with the last one damaged the run still ends as it would have.
    put(file, Damage{false, sound.size() / 2, 3}.apply(sound));
    const auto handle = *m_runner->resume(run);
    QVERIFY(handle->wait(120));
    QCOMPARE(toString(observeRun(run).state), std::string("completed"));
    Lcg coin(SeedSequence(7).seed("walk")); // the walk, computed here
    double position = 0;
    for (int step = 0; step < 800; ++step) position += (coin.nextState() >> 63U) != 0 ? 1 : -1;
    QCOMPARE(observeRun(run).finished->summary.at("position"), position);
}

void TestStressDamage::trace_damaged_sameOrRefused() {
    const fs::path file = m_runs[2].artifactFolder() / "trace.json";
    const Kept kept(file);
    const std::string& sound = kept.content();
    const Json payload{{"request", "load"}, {"trace", file.string()}};
    const Reply whole = ask(payload);
    QVERIFY(std::holds_alternative<Json>(whole.value));
    int refused = 0;
    for (int i = 0; i < Flips + Cuts; ++i) {
        const Damage damage = Damage::random(m_random, sound.size(), i >= Flips);
        put(file, damage.apply(sound));
        const Reply reply = ask(payload);
        if (const auto* error = std::get_if<Error>(&reply.value)) {
            QCOMPARE(error->code, std::string("VIT-SESSION-007"));
            ++refused;
        } else {
            QVERIFY2(std::holds_alternative<Json>(reply.value), damage.text().c_str());
            QVERIFY2(std::get<Json>(reply.value) == std::get<Json>(whole.value), damage.text().c_str());
        }
    }
    qInfo("%d of %d refused", refused, Flips + Cuts);
}

VITRINE_CORE_TEST(TestStressDamage)
#include "tst_stress_damage.moc"
