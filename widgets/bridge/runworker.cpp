// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bridge/runworker.hpp"

#include "core/base/ids.hpp"
#include "core/store/checkpoints.hpp"
#include "core/store/observe.hpp"

#include <system_error>

namespace vitrine {

namespace fs = std::filesystem;

namespace {

constexpr double ScanSeconds = 2.0;   // a shell may add runs
constexpr double LookSeconds = 0.25;  // state and progress of living runs
constexpr auto IdleWait = std::chrono::milliseconds(50);
constexpr std::size_t BatchBytes = 256U << 10U;

template <typename Body>
const Body* as(const Event& event) {
    return std::get_if<Body>(&event.body);
}

void noteEvent(RunInfo& info, const Event& event) {
    if (const auto* progress = as<Progress>(event)) info.progress = *progress;
    if (const auto* scalar = as<Scalar>(event)) info.values[QString::fromStdString(scalar->metric)] = scalar->value;
    if (const auto* end = as<Finished>(event)) {
        info.endedMs = event.timeMs;
        info.error = end->error;
        for (const auto& [metric, value] : end->summary) info.values[QString::fromStdString(metric)] = value;
    }
    if (event.sequence == 1) {
        info.startedMs = event.timeMs;
        info.endedMs = 0;
        info.error.reset();
    }
}

} // namespace

RunWorker::RunWorker(fs::path workspace, std::unique_ptr<runner::IRunner> runner, Sink sink)
    : m_workspace(std::move(workspace)), m_runner(std::move(runner)), m_sink(std::move(sink)),
      m_thread([this](const std::stop_token& stop) { loop(stop); }) {}

RunWorker::~RunWorker() {
    m_thread.request_stop();
    m_wake.notify_all();
}

void RunWorker::post(std::function<void()> command) {
    {
        const std::lock_guard lock(m_mutex);
        m_commands.push_back(std::move(command));
    }
    m_wake.notify_one();
}

void RunWorker::loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::deque<std::function<void()>> commands;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait_for(lock, stop, IdleWait, [this] { return !m_commands.empty(); });
            commands.swap(m_commands);
        }
        for (const auto& command : commands) command();
        Found found;
        const double now = monotonicSeconds();
        if (now >= m_nextScan) {
            scan(found);
            m_nextScan = now + ScanSeconds;
        }
        for (auto& [id, known] : m_runs) {
            if (known->replay) readFollowed(*known, found);
            if (!isFinal(known->info.state) && now >= known->nextLook) look(*known, found);
        }
        if (!found.changed.empty() || !found.batches.empty() || !found.problems.empty()) m_sink.found(std::move(found));
    }
}

void RunWorker::scan(Found& found) {
    std::error_code problem;
    for (fs::directory_iterator entry(m_workspace / "runs", problem), end; !problem && entry != end; entry.increment(problem)) {
        const QString id = QString::fromStdString(entry->path().filename().string());
        if (!m_runs.contains(id)) addRun(entry->path(), found);
    }
    for (auto run = m_runs.begin(); run != m_runs.end();) {
        std::error_code gone;
        if (fs::exists(run->second->directory.folder(), gone)) {
            ++run;
            continue;
        }
        run->second->info.state = RunState::Interrupted;
        run->second->info.folder.clear(); // an empty folder: the run has vanished
        found.changed.push_back(run->second->info);
        run = m_runs.erase(run);
    }
}

void RunWorker::addRun(const fs::path& folder, Found& found) {
    auto known = std::make_unique<Known>(folder);
    auto record = known->directory.readRecord();
    if (!record.ok()) return; // being made, or no run: looked at again with the next scan
    RunInfo& info = known->info;
    info.id = QString::fromStdString(folder.filename().string());
    info.folder = QString::fromStdString(folder.string());
    info.config = record->config;
    info.createdMs = record->createdMs;
    if (auto user = readUserData(known->directory); user.ok()) {
        info.name = QString::fromStdString(user->name);
        info.notes = QString::fromStdString(user->notes);
        info.isTrashed = user->trashed;
        for (const std::string& tag : user->tags) info.tags << QString::fromStdString(tag);
    } else {
        found.problems.push_back(user.error());
    }
    Known& added = *known;
    m_runs[info.id] = std::move(known);
    look(added, found);
    if (found.changed.empty() || found.changed.back().id != added.info.id) found.changed.push_back(added.info);
}

void RunWorker::look(Known& known, Found& found) {
    known.nextLook = monotonicSeconds() + LookSeconds;
    const store::Observation seen = store::observeRun(known.directory);
    const RunInfo before = known.info;
    readLatest(known);
    RunInfo& info = known.info;
    info.state = seen.state;
    info.attempt = seen.attempt;
    info.isSilent = seen.liveness == store::Liveness::NotResponding;
    if (seen.status && seen.status->error && !isFinal(seen.state)) info.error = seen.status->error;
    if (isFinal(info.state)) info.isResumable = info.state != RunState::Completed && !store::listCheckpoints(known.directory).empty();
    const bool isSame = before.state == info.state && before.attempt == info.attempt && before.isSilent == info.isSilent &&
                        before.values == info.values && before.isResumable == info.isResumable &&
                        (!before.progress || (info.progress && before.progress->done == info.progress->done && before.progress->phase == info.progress->phase)) &&
                        before.progress.has_value() == info.progress.has_value();
    if (!isSame) found.changed.push_back(info);
}

void RunWorker::readLatest(Known& known) {
    for (int rounds = 0; rounds < 8; ++rounds) {
        const store::EventBatch batch = known.reader.next(BatchBytes);
        for (const Event& event : batch.events) noteEvent(known.info, event);
        if (batch.atEnd) return;
    }
    known.nextLook = 0; // a long file: go on in the next turn, others come between
}

void RunWorker::readFollowed(Known& known, Found& found) {
    store::EventBatch batch = known.replay->next(BatchBytes);
    for (const Error& error : batch.problems) found.problems.push_back(error);
    if (batch.events.empty() && !known.restart) return;
    auto out = std::make_shared<RunBatch>();
    out->run = known.info.id;
    out->restart = std::exchange(known.restart, false);
    out->isLive = batch.atEnd && !isFinal(known.info.state);
    out->attempt = batch.attempt;
    out->events = std::move(batch.events);
    found.batches.push_back(std::move(out));
}

RunWorker::Known* RunWorker::find(const QString& run) {
    const auto found = m_runs.find(run);
    return found == m_runs.end() ? nullptr : found->second.get();
}

void RunWorker::adoptHandle(Known& known, std::shared_ptr<runner::RunHandle> handle) {
    known.handle = std::move(handle);
    known.nextLook = 0;
}

void RunWorker::start(Config config, Started done) {
    post([this, config = std::move(config), done = std::move(done)] {
        auto handle = m_runner->start(config);
        if (!handle.ok()) return m_sink.call([done, error = handle.error()] { done(error); });
        const fs::path folder = handle.value()->run().folder();
        Found found;
        addRun(folder, found);
        const QString id = QString::fromStdString(folder.filename().string());
        if (Known* known = find(id)) adoptHandle(*known, handle.value());
        m_sink.found(std::move(found));
        m_sink.call([done, id] { done(id); });
    });
}

void RunWorker::resume(const QString& run, Started done) {
    post([this, run, done = std::move(done)] {
        Known* known = find(run);
        if (!known) return;
        auto handle = m_runner->resume(known->directory);
        if (!handle.ok()) return m_sink.call([done, error = handle.error()] { done(error); });
        known->info.state = RunState::Queued;
        adoptHandle(*known, handle.value());
        m_sink.call([done, run] { done(run); });
    });
}

void RunWorker::control(const QString& run, const std::string& request, std::function<void(Status)> done) {
    post([this, run, request, done = std::move(done)] {
        Known* known = find(run);
        if (!known) return;
        Status status;
        if (!known->handle) {
            if (const auto* processes = dynamic_cast<runner::ProcessRunner*>(m_runner.get()))
                known->handle = processes->adopt(known->directory);
        }
        if (!known->handle) status = store::sendControl(known->directory, request);
        else if (request == "pause") status = known->handle->pause();
        else if (request == "resume") status = known->handle->goOn();
        else status = known->handle->stop();
        known->nextLook = 0;
        m_sink.call([done, status] { done(status); });
    });
}

void RunWorker::follow(const QString& run, bool isFollowed) {
    post([this, run, isFollowed] {
        Known* known = find(run);
        if (!known) return;
        known->replay.reset();
        if (isFollowed) known->replay.emplace(known->directory);
        known->restart = isFollowed;
    });
}

void RunWorker::setUserData(const QString& run, store::UserData data, std::function<void(Status)> done) {
    post([this, run, data = std::move(data), done = std::move(done)] {
        Known* known = find(run);
        if (!known) return;
        const Status status = store::writeUserData(known->directory, data);
        if (status.ok()) {
            known->info.name = QString::fromStdString(data.name);
            known->info.notes = QString::fromStdString(data.notes);
            known->info.isTrashed = data.trashed;
            known->info.tags.clear();
            for (const std::string& tag : data.tags) known->info.tags << QString::fromStdString(tag);
            m_sink.found(Found{{known->info}, {}, {}});
        }
        m_sink.call([done, status] { done(status); });
    });
}

void RunWorker::readCurves(const QString& run, std::function<void(RunCurves)> done) {
    post([this, run, done = std::move(done)] {
        Known* known = find(run);
        if (!known) return;
        RunCurves curves;
        store::EventReader reader(known->directory);
        for (bool atEnd = false; !atEnd;) {
            const store::EventBatch batch = reader.next(1U << 20U);
            atEnd = batch.atEnd;
            for (const Event& event : batch.events) addToCurves(curves, event);
        }
        m_sink.call([done, curves = std::move(curves)] { done(curves); });
    });
}

} // namespace vitrine
