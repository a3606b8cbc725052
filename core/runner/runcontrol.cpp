// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runner/runcontrol.hpp"

#include "core/base/logging.hpp"

#include <cassert>
#include <chrono>

namespace vitrine::runner {

/// The one place where the state changes. Called with the mutex held.
void RunControl::change(RunState to, const std::string& reason, std::optional<ResumePoint> resumedFrom) {
    if (m_state == to) return;
    if (!canBecome(m_state, to)) {
        assert(false && "illegal transition of a run's state");
        logMessage(LogLevel::Error, "vitrine.core.runner",
                   "VIT-RUN-011: " + toString(m_state) + " cannot become " + toString(to));
        return;
    }
    m_events.send(StateChanged{m_state, to, reason, resumedFrom});
    m_state = to;
    m_changed.notify_all();
}

void RunControl::begin(std::optional<ResumePoint> resumedFrom) {
    const std::scoped_lock lock(m_mutex);
    change(RunState::Starting, {}, resumedFrom);
    if (stopRequested()) change(RunState::Stopping, "stopped before it began");
}

void RunControl::run() {
    const std::scoped_lock lock(m_mutex);
    if (m_state == RunState::Starting) change(RunState::Running, {});
}

void RunControl::end(RunState outcome) {
    const std::scoped_lock lock(m_mutex);
    if (m_state == RunState::Paused && outcome == RunState::Completed) change(RunState::Running, {});
    if (outcome == RunState::Cancelled || (m_state == RunState::Starting && outcome == RunState::Completed))
        change(RunState::Stopping, {});
    change(outcome, {});
}

void RunControl::requestPause() {
    const std::scoped_lock lock(m_mutex);
    m_pause = true;
    m_attention = true;
}

void RunControl::requestResume() {
    const std::scoped_lock lock(m_mutex);
    m_pause = false;
    m_changed.notify_all();
}

void RunControl::requestStop(const std::string& reason) {
    const std::scoped_lock lock(m_mutex);
    if (isActive(m_state)) change(RunState::Stopping, reason);
    m_attention = true;
    m_stop.request_stop();
    m_changed.notify_all();
}

void RunControl::setObstacle(const std::optional<Error>& obstacle) {
    const std::scoped_lock lock(m_mutex);
    m_obstacle = obstacle;
    if (obstacle) {
        m_lastError = obstacle;
        m_attention = true;
    }
    m_changed.notify_all();
}

bool RunControl::holdFor(const Error& obstacle, double seconds) {
    std::unique_lock lock(m_mutex);
    m_lastError = obstacle;
    if (m_state == RunState::Running) change(RunState::Paused, toText(obstacle));
    m_attention = true; // goOn brings the state back to Running
    m_changed.wait_for(lock, std::chrono::duration<double>(seconds), [&] { return stopRequested(); });
    return !stopRequested();
}

/// Leaves Paused when nothing holds the run any more. Called with the mutex held.
void RunControl::settle() {
    if (mustWait() || stopRequested()) return;
    if (m_state == RunState::Paused) change(RunState::Running, {});
    m_attention = false;
    m_lastError.reset();
}

bool RunControl::goOn() {
    if (!m_attention.load(std::memory_order_acquire)) return true;
    std::unique_lock lock(m_mutex);
    if (mustWait() && !stopRequested() && m_state == RunState::Running)
        change(RunState::Paused, m_obstacle ? toText(*m_obstacle) : std::string());
    m_changed.wait(lock, [&] { return !mustWait() || stopRequested(); });
    settle();
    return !stopRequested();
}

RunState RunControl::state() const {
    const std::scoped_lock lock(m_mutex);
    return m_state;
}

std::optional<Error> RunControl::lastError() const {
    const std::scoped_lock lock(m_mutex);
    return m_lastError;
}

} // namespace vitrine::runner
