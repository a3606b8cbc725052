// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/runfollower.hpp"

#include "core/base/ids.hpp"
#include "core/store/observe.hpp"

namespace vitrine::store {

namespace fs = std::filesystem;

namespace {

constexpr int DeadLooksNeeded = 2;           // one look may fall between two files that a starting process writes
constexpr std::int64_t QueuedForMs = 30'000; // a run that nobody began by then is taken for interrupted

bool timeChanged(const fs::path& path, fs::file_time_type& known) {
    std::error_code problem;
    const fs::file_time_type now = fs::last_write_time(path, problem);
    if (problem || now == known) return false;
    known = now;
    return true;
}

} // namespace

RunFollower::RunFollower(RunDirectory run, std::string id, ReadPosition start, RunState state, int attempt)
    : m_run(std::move(run)), m_id(std::move(id)), m_reader(m_run, start), m_state(state), m_attempt(attempt) {}

void RunFollower::follow(const Event& event, int attempt) {
    m_attempt = attempt;
    if (const auto* change = std::get_if<StateChanged>(&event.body)) m_state = change->to;
    if (const auto* finished = std::get_if<Finished>(&event.body)) m_state = finished->outcome;
}

EventBatch RunFollower::read() {
    EventBatch batch = m_reader.next();
    for (const Event& event : batch.events) follow(event, batch.attempt);
    if (!batch.events.empty()) m_deadLooks = 0;
    m_atEnd = batch.atEnd;
    return batch;
}

void RunFollower::look() {
    if (isFinal(m_state) && m_state != RunState::Interrupted) {
        m_liveness = Liveness::Unknown;
        m_lastError.reset();
        return;
    }
    const Observation seen = observeRun(m_run);
    m_liveness = seen.liveness;
    m_lastError = seen.status ? seen.status->error : std::nullopt;
    if (m_liveness == Liveness::Alive || m_liveness == Liveness::NotResponding) m_deadLooks = 0;
    const bool ended = seen.attempt > 0 && seen.state == RunState::Interrupted && m_atEnd;
    const auto record = seen.attempt == 0 ? m_run.readRecord() : Result<RunRecord>(Error{});
    const bool neverBegan = record.ok() && nowMs() - record->createdMs > QueuedForMs && m_liveness != Liveness::Alive;
    if (ended || neverBegan) {
        if (++m_deadLooks >= DeadLooksNeeded) m_state = RunState::Interrupted;
    }
}

bool RunFollower::recordChanged() {
    return timeChanged(m_run.configFile(), m_recordTime);
}
bool RunFollower::userChanged() {
    return timeChanged(m_run.userFile(), m_userTime);
}
bool RunFollower::folderChanged() {
    return timeChanged(m_run.folder(), m_folderTime);
}

void RunFollower::rewind() {
    m_reader = EventReader(m_run);
    m_state = RunState::Queued;
    m_attempt = 0;
    m_atEnd = false;
    m_recordTime = m_userTime = m_folderTime = {};
    row = 0;
}

void RunFollower::keepUntold(EventBatch& batch) {
    std::erase_if(batch.events, [&](const Event& event) {
        return batch.attempt < m_toldAttempt || (batch.attempt == m_toldAttempt && event.sequence <= m_toldSequence);
    });
    if (batch.events.empty()) return;
    m_toldAttempt = batch.attempt;
    m_toldSequence = batch.events.back().sequence;
}

} // namespace vitrine::store
