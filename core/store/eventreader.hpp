// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/events.hpp"
#include "core/store/rundirectory.hpp"

#include <cstdint>
#include <vector>

namespace vitrine::store {

/// Where a reader stands: everything before `offset` of events-<attempt>.jsonl has been read.
struct ReadPosition {
    int attempt = 1;
    std::uint64_t offset = 0;
};

/// Events of one attempt, in the order of their file.
struct EventBatch {
    int attempt = 1;
    std::vector<Event> events;
    std::vector<Error> problems; ///< VIT-STORE-007 (a line that is no event), -008 (the file became shorter)
    ReadPosition end;            ///< to store with whatever is made of the events
    bool atEnd = false;          ///< nothing more for now
};

/// Follows the event files of one run, attempt after attempt. A line counts when its newline is there; what follows
/// the last newline of an attempt that has a successor is torn and skipped. One thread at a time.
class EventReader {
  public:
    explicit EventReader(RunDirectory run, ReadPosition start = {}) : m_run(std::move(run)), m_position(start) {}
    /// Up to about `maxBytes` more. \cost one open, fstat, read and the parsing of what is new.
    [[nodiscard]] EventBatch next(std::size_t maxBytes = 1U << 20U);
    [[nodiscard]] const ReadPosition& position() const { return m_position; }

  private:
    void parseLines(std::string_view text, EventBatch& batch);
    void nextAttemptIfAny(EventBatch& batch);

    RunDirectory m_run;
    ReadPosition m_position;
    bool m_skippingLine = false; ///< inside a line longer than the cap
};

} // namespace vitrine::store
