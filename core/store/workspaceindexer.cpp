// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/workspaceindexer.hpp"

#include "core/base/ids.hpp"
#include "core/base/logging.hpp"
#include "core/store/indexwriter.hpp"
#include "core/store/runfollower.hpp"
#include "core/store/workspaceimpl.hpp"

#include <chrono>
#include <condition_variable>
#include <map>
#include <set>
#include <thread>

namespace vitrine::store {

namespace fs = std::filesystem;

namespace {

const char* const Category = "vitrine.core.store";
constexpr auto BusyTick = std::chrono::milliseconds(33), IdleTick = std::chrono::milliseconds(250);
constexpr double ScanSeconds = 1, LookSeconds = 0.5;
constexpr std::size_t FlushEvents = 20'000;  // flushed earlier than the second when so many wait
constexpr std::size_t MostPending = 200'000; // reading waits while the database takes no more

struct Pending {
    std::string run;
    EventBatch batch;
};

} // namespace

struct WorkspaceIndexer::Impl {
    Impl(Workspace& ofWorkspace, Sink toSink)
        : workspace(ofWorkspace), store(ofWorkspace.impl()), sink(std::move(toSink)),
          thread([this](const std::stop_token& stop) { work(stop); }) {}

    // ---- the reader thread's own ----
    void work(const std::stop_token& stop);
    void tick();
    void scan();
    void addRun(const std::string& id);
    void removeRun(const std::string& id);
    void loadKnown();
    void readRun(RunFollower& follower);
    void mirror(RunFollower& follower);
    void tell(RunFollower& follower, EventBatch batch);
    void tellWorkspace(const Error& problem);
    void flush();
    void writePending();
    void makeIndexAgain(const std::string& reason);
    [[nodiscard]] bool isCaughtUp() const;

    Workspace& workspace;
    Workspace::Impl& store;
    Sink sink;

    struct Known {
        std::int64_t row;
        ReadPosition position;
        RunState state;
        int attempt;
    };
    std::map<std::string, Known> known; ///< what the index held at the start
    std::map<std::string, RunFollower> runs;
    std::vector<Pending> pending;
    std::size_t pendingEvents = 0;
    std::set<std::string> stateDirty; ///< runs whose state was derived, not read
    std::set<std::string> reported;   ///< problems told once
    double lastScan = -1e9, lastLook = -1e9, lastFlush = 0;
    bool anyActive = false;

    std::mutex mutex; ///< guards what follows
    std::condition_variable_any wake;
    bool lookAsked = false, caughtUp = false;
    std::uint64_t ticks = 0;

    std::jthread thread; ///< last: joined before the rest goes
};

void WorkspaceIndexer::Impl::loadKnown() {
    known.clear();
    const auto loaded = store.read<int>([&](Database& database) {
        Statement statement =
            database.prepare("SELECT runs.uuid, runs.id, runs.state, runs.attempt, files.attempt, files.offset FROM "
                             "runs LEFT JOIN files ON files.run = runs.id "
                             "AND files.attempt = (SELECT max(attempt) FROM files f WHERE f.run = runs.id)");
        while (statement.row()) {
            const ReadPosition position{std::max(1, static_cast<int>(statement.integer(4))),
                                        static_cast<std::uint64_t>(statement.integer(5))};
            known[statement.text(0)] = {statement.integer(1), position,
                                        runStateFromString(statement.text(2)).value_or(RunState::Queued),
                                        static_cast<int>(statement.integer(3))};
        }
        return 0;
    });
    if (!loaded) tellWorkspace(loaded.error());
}

void WorkspaceIndexer::Impl::addRun(const std::string& id) {
    const auto found = known.find(id);
    const Known start = found == known.end() ? Known{0, {}, RunState::Queued, 0} : found->second;
    auto [entry, isNew] = runs.try_emplace(id, workspace.directory(id), id, start.position, start.state, start.attempt);
    if (!isNew) return;
    RunFollower& follower = entry->second;
    follower.row = start.row;
    if (!sink) return;
    RunUpdate update;
    update.run = id;
    update.isNew = true;
    update.state = follower.state();
    sink(update);
}

void WorkspaceIndexer::Impl::removeRun(const std::string& id) {
    runs.erase(id);
    std::erase_if(pending, [&](const Pending& one) { return one.run == id; });
    const Status removed = store.write([&](Database& database) { IndexWriter(database).removeRun(id); });
    if (!removed) tellWorkspace(removed.error());
    if (!sink) return;
    RunUpdate update;
    update.run = id;
    update.isRemoved = true;
    sink(update);
}

void WorkspaceIndexer::Impl::tellWorkspace(const Error& problem) {
    if (!reported.insert(problem.code + "|" + problem.where + "|" + fillIn(problem.message, problem.arguments)).second)
        return;
    logMessage(LogLevel::Warning, Category, toText(problem));
    if (!sink) return;
    RunUpdate update;
    update.problems.push_back(problem);
    sink(update);
}

/// A run's folder is there a moment before its config.json: not a problem before it has had time to come.
static bool isBeingMade(const fs::path& folder) {
    constexpr auto Patience = std::chrono::seconds(5);
    std::error_code problem;
    if (fs::exists(folder / "config.json", problem)) return false;
    const auto made = fs::last_write_time(folder, problem);
    return !problem && fs::file_time_type::clock::now() - made < Patience;
}

/// Finds new runs and those that are gone. A folder that cannot be listed at all (a drive that was taken away) removes
/// nothing.
void WorkspaceIndexer::Impl::scan() {
    std::error_code problem;
    std::set<std::string> present;
    fs::directory_iterator entry(workspace.runsFolder(), problem);
    for (const fs::directory_iterator end; !problem && entry != end; entry.increment(problem)) {
        const std::string name = entry->path().filename().string();
        std::error_code ignored;
        if (name.starts_with(".") || (!entry->is_symlink(ignored) && !entry->is_directory(ignored))) continue;
        present.insert(name);
    }
    if (problem) {
        tellWorkspace(makeError("VIT-STORE-014", "The folder %1 of the runs has vanished or cannot be read: %2",
                                {workspace.runsFolder().string(), problem.message()},
                                "Bring the folder or the drive back, or choose another workspace"));
        return;
    }
    std::erase_if(reported, [](const std::string& one) { return one.starts_with("VIT-STORE-014"); });
    for (const std::string& id : present)
        if (known.contains(id) || runs.contains(id) || !isBeingMade(workspace.runsFolder() / id)) addRun(id);
    std::vector<std::string> gone;
    for (const auto& [id, follower] : runs)
        if (!present.contains(id)) gone.push_back(id);
    for (const auto& [id, start] : known)
        if (!present.contains(id) && !runs.contains(id)) gone.push_back(id);
    for (const std::string& id : gone) removeRun(id);
    known.clear();
}

/// config.json and user.json into the index when they have changed.
void WorkspaceIndexer::Impl::mirror(RunFollower& follower) {
    const bool needsRow = follower.row == 0 && store.feedsIndex();
    const bool record = follower.recordChanged() || needsRow, user = follower.userChanged() || needsRow;
    if (!record && !user) return;
    const Result<RunRecord> read = record ? follower.run().readRecord() : Result<RunRecord>(Error{});
    const Result<UserData> data = user ? readUserData(follower.run()) : Result<UserData>(Error{});
    if (record && !read) tellWorkspace(read.error());
    if (user && !data) tellWorkspace(data.error());
    const Status stored = store.write([&](Database& database) {
        Transaction transaction(database);
        IndexWriter writer(database);
        follower.row = runRow(database, follower.id());
        if (record && read) writer.storeRecord(follower.row, *read);
        if (record && !read) writer.storeProblem(follower.row, read.error());
        if (user && data) mirrorUserData(database, follower.id(), *data);
        transaction.commit();
    });
    if (!stored) tellWorkspace(stored.error());
}

void WorkspaceIndexer::Impl::tell(RunFollower& follower, EventBatch batch) {
    if (!sink) return;
    follower.keepUntold(batch);
    RunUpdate update;
    update.run = follower.id();
    update.attempt = batch.attempt;
    update.events = std::move(batch.events);
    update.problems = std::move(batch.problems);
    update.isHistory = follower.isHistory;
    update.state = follower.state();
    update.liveness = follower.liveness();
    update.lastError = follower.lastError();
    sink(update);
}

/// Everything that is new in one run, up to what the database can take.
void WorkspaceIndexer::Impl::readRun(RunFollower& follower) {
    const bool feeds = store.feedsIndex();
    while (pendingEvents < MostPending) {
        const RunState before = follower.state();
        EventBatch batch = follower.read();
        const bool atEnd = batch.atEnd;
        const bool hasNews = !batch.events.empty() || !batch.problems.empty();
        if (hasNews && feeds) {
            pendingEvents += batch.events.size() + 1;
            pending.push_back({follower.id(), batch});
        }
        if (hasNews || before != follower.state()) tell(follower, std::move(batch));
        if (pendingEvents >= FlushEvents) flush();
        if (!atEnd) continue;
        follower.isHistory = false;
        return;
    }
}

void WorkspaceIndexer::Impl::writePending() {
    const std::scoped_lock guard(store.writeMutex);
    if (!store.writeConnection) return;
    Transaction transaction(*store.writeConnection);
    IndexWriter writer(*store.writeConnection);
    for (const Pending& one : pending) {
        const auto found = runs.find(one.run);
        if (found == runs.end()) continue;
        if (found->second.row == 0) found->second.row = runRow(*store.writeConnection, one.run);
        writer.apply(found->second.row, one.batch);
    }
    for (const std::string& id : stateDirty)
        if (const auto found = runs.find(id); found != runs.end() && found->second.row > 0)
            writer.storeState(found->second.row, found->second.state(), found->second.attempt());
    transaction.commit();
}

void WorkspaceIndexer::Impl::flush() {
    lastFlush = monotonicSeconds();
    if (store.damaged && store.feedsIndex()) return makeIndexAgain("a damaged page");
    if (pending.empty() && stateDirty.empty()) return;
    try {
        writePending();
        pending.clear();
        pendingEvents = 0;
        stateDirty.clear();
    } catch (const SqlFailure& problem) {
        if (problem.isCorruption())
            makeIndexAgain(problem.what());
        else
            tellWorkspace(problem.toError(store.databaseFile)); // what waits stays and is tried again
    }
}

void WorkspaceIndexer::Impl::makeIndexAgain(const std::string& reason) {
    try {
        store.startAgain(reason);
    } catch (const SqlFailure& problem) {
        tellWorkspace(problem.toError(store.databaseFile));
        return;
    }
    pending.clear();
    pendingEvents = 0;
    stateDirty.clear();
    for (auto& [id, follower] : runs) follower.rewind();
    tellWorkspace(workspace.notices().back());
    lastScan = -1e9;
}

void WorkspaceIndexer::Impl::tick() {
    const double now = monotonicSeconds();
    const bool lookTime = now - lastLook >= LookSeconds, scanTime = now - lastScan >= ScanSeconds;
    if (scanTime) {
        scan();
        lastScan = now;
    }
    if (lookTime) lastLook = now;
    anyActive = false;
    std::vector<RunFollower*> followers;
    for (auto& [id, follower] : runs) followers.push_back(&follower);
    for (RunFollower* follower : followers) {
        const bool grows = follower->mayGrow();
        const bool isNew = scanTime && follower->folderChanged();
        if (scanTime || (follower->row == 0 && store.feedsIndex())) mirror(*follower);
        if (grows || isNew) readRun(*follower);
        const RunState before = follower->state();
        const Liveness wasAlive = follower->liveness();
        if (lookTime && (grows || isNew || follower->state() == RunState::Interrupted)) follower->look();
        if (before != follower->state()) stateDirty.insert(follower->id());
        if (before != follower->state() || wasAlive != follower->liveness())
            tell(*follower, EventBatch{follower->attempt(), {}, {}, {}, true});
        anyActive = anyActive || !isFinal(follower->state());
    }
    if (monotonicSeconds() - lastFlush >= FlushSeconds) flush();
}

bool WorkspaceIndexer::Impl::isCaughtUp() const {
    if (!pending.empty() || !stateDirty.empty() || store.damaged) return false;
    for (const auto& [id, follower] : runs)
        if (!follower.isAtEnd()) return false;
    return true;
}

void WorkspaceIndexer::Impl::work(const std::stop_token& stop) {
    loadKnown();
    while (!stop.stop_requested()) {
        {
            const std::scoped_lock guard(mutex);
            if (std::exchange(lookAsked, false)) lastScan = lastLook = lastFlush = -1e9;
        }
        tick();
        std::unique_lock guard(mutex);
        caughtUp = isCaughtUp();
        ++ticks;
        wake.notify_all();
        wake.wait_for(guard, stop, anyActive ? BusyTick : IdleTick, [this] { return lookAsked; });
    }
    flush();
}

WorkspaceIndexer::WorkspaceIndexer(Workspace& workspace, Sink sink)
    : m_impl(std::make_unique<Impl>(workspace, std::move(sink))) {}
WorkspaceIndexer::~WorkspaceIndexer() = default;

void WorkspaceIndexer::lookNow() {
    const std::scoped_lock guard(m_impl->mutex);
    m_impl->lookAsked = true;
    m_impl->wake.notify_all();
}

bool WorkspaceIndexer::waitUntilCaughtUp(double seconds) {
    const double deadline = monotonicSeconds() + seconds;
    std::unique_lock guard(m_impl->mutex);
    while (monotonicSeconds() < deadline) {
        // Two ticks: the first may have begun before the files that the caller means were there.
        const std::uint64_t wanted = m_impl->ticks + 2;
        while (m_impl->ticks < wanted && monotonicSeconds() < deadline) {
            m_impl->lookAsked = true;
            m_impl->wake.notify_all();
            m_impl->wake.wait_for(guard, std::chrono::milliseconds(20));
        }
        if (m_impl->ticks >= wanted && m_impl->caughtUp) return true;
    }
    return false;
}

} // namespace vitrine::store
