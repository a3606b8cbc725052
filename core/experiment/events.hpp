// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"
#include "core/base/logging.hpp"
#include "core/experiment/state.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace vitrine {

struct Progress {
    std::string phase;
    double done = 0, total = 0;
    std::optional<double> etaSeconds;
};
struct Scalar {
    std::string metric;
    std::int64_t step = 0;
    double value = 0;
};
/// A small value inline, or a file below the run directory.
struct Snapshot {
    std::string artifact;
    std::int64_t step = 0;
    std::string mediaType;
    Json value;       ///< null when `file` is set
    std::string file; ///< relative to the run directory
};
struct LogEvent {
    LogLevel level = LogLevel::Info;
    std::string message; ///< message id
    std::vector<std::string> arguments;
    std::string where;
};
struct CheckpointSaved {
    std::int64_t step = 0;
    std::string file, sha256; ///< relative to the run directory
    std::int64_t bytes = 0;
};
/// The checkpoint from which an attempt goes on: everything after event `sequence` of `attempt`, and every attempt
/// between that one and the new one, is superseded. Attempt 0: from the beginning.
struct ResumePoint {
    int attempt = 0;
    std::int64_t sequence = 0, step = 0;
};
struct StateChanged {
    RunState from = RunState::Queued, to = RunState::Starting;
    std::string reason;
    std::optional<ResumePoint> resumedFrom; ///< on the first event of a resumed attempt
};
struct Finished {
    RunState outcome = RunState::Completed;
    std::map<std::string, double> summary;
    std::optional<Error> error;
};

using EventBody = std::variant<Progress, Scalar, Snapshot, LogEvent, CheckpointSaved, StateChanged, Finished>;

struct Event {
    std::int64_t sequence = 0; ///< 1, 2, ... within an attempt
    std::int64_t timeMs = 0;
    EventBody body;
};

/// One JSON line without the newline; and back. \errors VIT-EXP-010 (not an event).
[[nodiscard]] std::string toJsonLine(const Event& event);
[[nodiscard]] Result<Event> eventFromJson(std::string_view line);

/// Takes the events of a run. Thread-safe; never blocks longer than a bounded queue push.
class EventSink {
  public:
    virtual ~EventSink() = default;
    virtual void send(EventBody body) = 0; ///< sequence and time are filled in
};

} // namespace vitrine
