// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/events.hpp"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace vitrine::runner {

/// The event file of one attempt. `send` only queues; `flush`, called at least every 100 ms by the attempt's
/// housekeeper, writes. Bytes that could not be written stay queued: nothing is lost or truncated while the disk is
/// full.
class EventWriter : public EventSink {
  public:
    using Tap = std::function<void(const Event&)>; ///< sees each event as it is numbered; must not send
    explicit EventWriter(Tap tap = {}) : m_tap(std::move(tap)) {}
    ~EventWriter() override;

    /// Makes the file. \errors VIT-RUN-002 another process has begun this attempt; VIT-BASE-010..013.
    [[nodiscard]] Status open(const std::filesystem::path& file);
    /// Thread-safe. Waits at most 1 ms when the queue is full; the attempt's `goOn` then holds the run back.
    void send(EventBody body) override;
    [[nodiscard]] std::int64_t sendNumbered(EventBody body); ///< as `send`, and says which number it got
    /// Writes what is queued. \errors VIT-BASE-010..013; the rest stays queued.
    [[nodiscard]] Status flush();
    /// Blocks while the queue is over its limit; for `goOn`, where a run may be held back.
    void waitForRoom(const std::stop_token& stop);
    [[nodiscard]] bool wasRemoved() const; ///< the file has been unlinked: nobody can read it any more

    static constexpr std::size_t QueueBytes = 16U << 20U;
    static constexpr int LogLinesPerSecond = 100;

  private:
    void append(EventBody body);
    bool takesLogLine(const LogEvent& log);
    void reportSuppressed();

    Tap m_tap;
    std::filesystem::path m_file;
    int m_descriptor = -1;

    std::atomic<bool> m_full{false};
    std::mutex m_mutex; ///< guards everything below
    std::condition_variable_any m_drained;
    std::string m_queued;
    std::optional<Progress> m_progress; ///< latest wins
    std::int64_t m_sequence = 0;
    double m_logWindow = 0;
    int m_logLines = 0, m_suppressed = 0;

    std::mutex m_writeMutex; ///< guards m_writing and the file
    std::string m_writing;
};

} // namespace vitrine::runner
