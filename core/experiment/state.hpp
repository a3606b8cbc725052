// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

namespace vitrine {

enum class RunState { Draft, Queued, Starting, Running, Paused, Stopping, Completed, Cancelled, Failed, Interrupted };

/// The table of conventions section 4.3. Interrupted is never a target: readers derive it.
[[nodiscard]] bool canBecome(RunState from, RunState to);
[[nodiscard]] bool isFinal(RunState state);         ///< Completed, Cancelled, Failed, Interrupted
[[nodiscard]] bool isActive(RunState state);        ///< Starting, Running, Paused, Stopping
[[nodiscard]] std::string toString(RunState state); ///< "running"
[[nodiscard]] std::optional<RunState> runStateFromString(const std::string& text); ///< none: not a state

} // namespace vitrine
