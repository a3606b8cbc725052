// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bridge/runworker.hpp"

namespace vitrine {

namespace {

constexpr std::size_t ReplayBytes = 256U << 10U;

void noteEvent(RunInfo& info, const Event& event) {
    if (event.sequence == 1) {
        info.startedMs = event.timeMs;
        info.endedMs = 0;
        info.error.reset();
    }
    if (const auto* progress = std::get_if<Progress>(&event.body)) info.progress = *progress;
    if (const auto* scalar = std::get_if<Scalar>(&event.body))
        info.values[QString::fromStdString(scalar->metric)] = scalar->value;
    if (std::holds_alternative<CheckpointSaved>(event.body)) info.hasCheckpoint = true;
    if (const auto* end = std::get_if<Finished>(&event.body)) {
        info.endedMs = event.timeMs;
        info.error = end->error;
        for (const auto& [metric, value] : end->summary) info.values[QString::fromStdString(metric)] = value;
    }
}

void noteUser(RunInfo& info, const store::UserData& user) {
    info.name = QString::fromStdString(user.name);
    info.notes = QString::fromStdString(user.notes);
    info.isTrashed = user.trashed;
    info.tags.clear();
    for (const std::string& tag : user.tags) info.tags << QString::fromStdString(tag);
}

void noteRow(RunInfo& info, const store::RunRow& row) {
    info.createdMs = row.createdMs;
    info.startedMs = row.startedMs;
    info.endedMs = row.endedMs;
    info.state = row.state;
    info.attempt = row.attempt;
    info.error = row.error;
    info.hasCheckpoint = row.hasCheckpoint;
    for (const auto& [metric, value] : row.summary) info.values[QString::fromStdString(metric)] = value;
    noteUser(info, row.user);
}

// Of a run that the index has not come to yet.
RunCurves curvesFromFiles(const store::RunDirectory& run) {
    RunCurves curves;
    store::EventReader reader(run);
    for (bool isMore = true; isMore;) {
        const store::EventBatch batch = reader.next(ReplayBytes);
        for (const Event& event : batch.events) addToCurves(curves, event);
        isMore = !batch.atEnd;
    }
    return curves;
}

} // namespace

RunWorker::RunWorker(std::filesystem::path workspace, MakeRunner makeRunner, Sink sink)
    : m_folder(std::move(workspace)), m_makeRunner(std::move(makeRunner)), m_sink(std::move(sink)),
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
    openWorkspace();
    bool isReplaying = false;
    for (bool isLast = false; !isLast;) {
        std::deque<std::function<void()>> commands;
        {
            std::unique_lock lock(m_mutex);
            const auto isAsked = [this] { return !m_commands.empty(); };
            if (isReplaying)
                m_wake.wait_for(lock, stop, std::chrono::milliseconds(5), isAsked);
            else
                m_wake.wait(lock, stop, isAsked);
            commands.swap(m_commands);
        }
        isLast = stop.stop_requested();
        for (const auto& command : commands) command();
        if (!isLast && !m_sink.isFull()) replaySome();
        if (!m_found.changed.empty() || !m_found.batches.empty() || !m_found.problems.empty())
            m_sink.found(std::exchange(m_found, {}));
        isReplaying =
            std::any_of(m_runs.begin(), m_runs.end(), [](const auto& run) { return run.second->replay.has_value(); });
    }
    m_indexer.reset();
}

void RunWorker::openWorkspace() {
    auto workspace = store::Workspace::open(m_folder);
    if (!workspace.ok()) return m_sink.opened(false, {workspace.error()});
    m_workspace = std::move(workspace).value();
    m_runner = m_makeRunner(m_workspace->runsFolder());
    m_sink.opened(m_workspace->canEdit(), m_workspace->notices());
    store::RunFilter everything;
    everything.trash = store::RunFilter::Trash::With;
    if (auto rows = m_workspace->runs(everything); rows.ok())
        for (const store::RunRow& row : rows.value())
            if (Known* known = addRun(row.id)) {
                noteRow(known->info, row);
                report(*known);
            }
    m_indexer = std::make_unique<store::WorkspaceIndexer>(
        *m_workspace, [this](const store::RunUpdate& update) { post([this, update] { takeUpdate(update); }); });
    if (!m_found.changed.empty()) m_sink.found(std::exchange(m_found, {}));
}

store::RunDirectory RunWorker::directory(const QString& run) const {
    return m_workspace->directory(run.toStdString());
}

RunWorker::Known* RunWorker::addRun(const std::string& id) {
    const QString key = QString::fromStdString(id);
    if (Known* known = find(key)) return known;
    const store::RunDirectory run = m_workspace->directory(id);
    const auto record = run.readRecord();
    if (!record.ok()) return nullptr;
    auto known = std::make_unique<Known>();
    known->info.id = key;
    known->info.folder = QString::fromStdString(run.folder().string());
    known->info.config = record->config;
    known->info.createdMs = record->createdMs;
    if (const auto user = readUserData(run); user.ok())
        noteUser(known->info, user.value());
    else
        m_found.problems.push_back(user.error());
    if (m_followed.contains(key)) startReplay(*known);
    return (m_runs[key] = std::move(known)).get();
}

void RunWorker::report(const Known& known) {
    std::erase_if(m_found.changed, [&](const RunInfo& info) { return info.id == known.info.id; });
    m_found.changed.push_back(known.info);
}

void RunWorker::takeUpdate(const store::RunUpdate& update) {
    for (const Error& error : update.problems) m_found.problems.push_back(error);
    if (update.run.empty()) return;
    if (update.isRemoved) {
        if (Known* known = find(QString::fromStdString(update.run))) {
            known->info.folder.clear();
            report(*known);
            m_runs.erase(known->info.id);
        }
        return;
    }
    Known* known = addRun(update.run);
    if (!known) return;
    for (const Event& event : update.events) noteEvent(known->info, event);
    RunInfo& info = known->info;
    info.state = update.state;
    if (update.attempt > 0) info.attempt = update.attempt;
    info.isSilent = update.liveness == store::Liveness::NotResponding;
    if (update.lastError && !isFinal(info.state)) info.error = update.lastError;
    report(*known);
    // While the past is being replayed its reader will come to these events by itself.
    if (known->isFollowed && !known->replay && !update.events.empty())
        handOn(*known, update.events, update.attempt, !update.isHistory);
}

void RunWorker::startReplay(Known& known) {
    known.isFollowed = true;
    known.replay.emplace(directory(known.info.id));
    known.restart = true;
    known.attempt = 0;
    known.sequence = 0;
}

void RunWorker::replaySome() {
    for (auto& [id, known] : m_runs) {
        if (!known->replay) continue;
        store::EventBatch batch = known->replay->next(ReplayBytes);
        handOn(*known, std::move(batch.events), batch.attempt, false);
        if (batch.atEnd) known->replay.reset();
    }
}

// Each event once: what the replay has read and the reader thread tells again is left out.
void RunWorker::handOn(Known& known, std::vector<Event> events, int attempt, bool isLive) {
    std::erase_if(events, [&](const Event& event) {
        return attempt < known.attempt || (attempt == known.attempt && event.sequence <= known.sequence);
    });
    if (events.empty() && !known.restart) return;
    if (!events.empty()) {
        known.attempt = attempt;
        known.sequence = events.back().sequence;
    }
    auto batch = std::make_shared<RunBatch>();
    batch->run = known.info.id;
    batch->restart = std::exchange(known.restart, false);
    batch->isLive = isLive;
    batch->attempt = attempt;
    batch->events = std::move(events);
    m_found.batches.push_back(std::move(batch));
}

RunWorker::Known* RunWorker::find(const QString& run) {
    const auto found = m_runs.find(run);
    return found == m_runs.end() ? nullptr : found->second.get();
}

void RunWorker::start(Config config, Started done) {
    post([this, config = std::move(config), done = std::move(done)] {
        if (!m_runner) return;
        auto handle = m_runner->start(config);
        if (!handle.ok()) return m_sink.call([done, error = handle.error()] { done(error); });
        const std::string id = handle.value()->run().folder().filename().string();
        if (Known* known = addRun(id)) {
            known->handle = handle.value();
            report(*known);
        }
        m_sink.found(std::exchange(m_found, {}));
        m_sink.call([done, run = QString::fromStdString(id)] { done(run); });
        m_indexer->lookNow();
    });
}

void RunWorker::resume(const QString& run, Started done) {
    post([this, run, done = std::move(done)] {
        Known* known = find(run);
        if (!known) return;
        auto handle = m_runner->resume(directory(run));
        if (!handle.ok()) return m_sink.call([done, error = handle.error()] { done(error); });
        known->handle = handle.value();
        known->info.state = RunState::Queued;
        report(*known);
        m_sink.call([done, run] { done(run); });
        m_indexer->lookNow();
    });
}

void RunWorker::control(const QString& run, const std::string& request, std::function<void(Status)> done) {
    post([this, run, request, done = std::move(done)] {
        Known* known = find(run);
        if (!known) return;
        const auto* processes = dynamic_cast<runner::ProcessRunner*>(m_runner.get());
        if (!known->handle && processes) known->handle = processes->adopt(directory(run));
        Status status;
        if (!known->handle)
            status = store::sendControl(directory(run), request);
        else if (request == "pause")
            status = known->handle->pause();
        else if (request == "resume")
            status = known->handle->goOn();
        else
            status = known->handle->stop();
        m_sink.call([done, status] { done(status); });
        m_indexer->lookNow();
    });
}

void RunWorker::follow(const QString& run, bool isFollowed) {
    post([this, run, isFollowed] {
        if (isFollowed)
            m_followed.insert(run);
        else
            m_followed.erase(run);
        Known* known = find(run);
        if (!known) return;
        known->isFollowed = false;
        known->replay.reset();
        if (isFollowed) startReplay(*known);
    });
}

void RunWorker::setUserData(const QString& run, store::UserData data, std::function<void(Status)> done) {
    post([this, run, data = std::move(data), done = std::move(done)] {
        Known* known = find(run);
        if (!known) return;
        Status status;
        if (data.trashed != known->info.isTrashed) status = m_workspace->setTrashed(run.toStdString(), data.trashed);
        if (status.ok()) status = m_workspace->setUserData(run.toStdString(), data);
        if (status.ok()) noteUser(known->info, data);
        report(*known);
        m_sink.call([done, status] { done(status); });
    });
}

void RunWorker::readCurves(const QString& run, std::function<void(RunCurves)> done) {
    post([this, run, done = std::move(done)] {
        RunCurves curves;
        const auto metrics = m_workspace->metrics(run.toStdString());
        for (const store::MetricInfo& metric : metrics.ok() ? metrics.value() : std::vector<store::MetricInfo>()) {
            store::ScalarOptions options;
            options.maxPoints = 20000;
            const auto curve = m_workspace->scalars(run.toStdString(), metric.id, options);
            if (!curve.ok()) continue;
            auto& points = curves[QString::fromStdString(metric.id)];
            for (std::size_t i = 0; i < curve->value.size(); ++i)
                points.push_back({static_cast<double>(curve->step[i]), curve->value[i], curve->timeMs[i]});
        }
        if (curves.isEmpty()) curves = curvesFromFiles(directory(run));
        m_sink.call([done, curves = std::move(curves)] { done(curves); });
    });
}

} // namespace vitrine
