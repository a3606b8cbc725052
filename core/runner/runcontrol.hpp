// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/events.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace vitrine::runner {

/// The state of one attempt and the requests to it. Any thread may request; the run's own thread calls `goOn`.
class RunControl {
  public:
    explicit RunControl(EventSink& events) : m_events(events) {}

    void begin(std::optional<ResumePoint> resumedFrom); ///< Queued -> Starting
    void run();                                         ///< Starting -> Running, unless a stop came first
    /// -> the outcome, by legal steps, with a StateChanged for each.
    void end(RunState outcome);

    void requestPause();
    void requestResume();
    void requestStop(const std::string& reason);
    [[nodiscard]] bool stopRequested() const { return m_stop.stop_requested(); }
    [[nodiscard]] std::stop_token stopToken() const { return m_stop.get_token(); }

    /// Something outside keeps the run from going on, such as a full disk: it pauses until the obstacle is taken away.
    void setObstacle(const std::optional<Error>& obstacle);
    /// For the run's thread, when a write of its own failed: pauses up to `seconds`. False: a stop was requested.
    [[nodiscard]] bool holdFor(const Error& obstacle, double seconds);

    /// As RunContext::goOn.
    [[nodiscard]] bool goOn();
    [[nodiscard]] RunState state() const;
    [[nodiscard]] std::optional<Error> lastError() const;

  private:
    void change(RunState to, const std::string& reason, std::optional<ResumePoint> resumedFrom = {});
    [[nodiscard]] bool mustWait() const { return m_pause || m_obstacle.has_value(); }
    void settle();

    EventSink& m_events;
    std::stop_source m_stop;
    std::atomic<bool> m_attention{false}; ///< something was requested: goOn has to look

    mutable std::mutex m_mutex; ///< guards everything below
    std::condition_variable m_changed;
    RunState m_state = RunState::Queued;
    bool m_pause = false;
    std::optional<Error> m_obstacle, m_lastError;
};

} // namespace vitrine::runner
