// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/state.hpp"

#include <array>
#include <utility>

namespace vitrine {

namespace {

using enum RunState;

constexpr std::array<std::pair<RunState, const char*>, 10> Names{{{Draft, "draft"},
                                                                  {Queued, "queued"},
                                                                  {Starting, "starting"},
                                                                  {Running, "running"},
                                                                  {Paused, "paused"},
                                                                  {Stopping, "stopping"},
                                                                  {Completed, "completed"},
                                                                  {Cancelled, "cancelled"},
                                                                  {Failed, "failed"},
                                                                  {Interrupted, "interrupted"}}};

} // namespace

bool canBecome(RunState from, RunState to) {
    switch (from) {
    case Draft:
        return to == Queued;
    case Queued:
        return to == Starting || to == Cancelled;
    case Starting:
        return to == Running || to == Stopping || to == Failed;
    case Running:
        return to == Paused || to == Stopping || to == Completed || to == Failed;
    case Paused:
        return to == Running || to == Stopping || to == Failed;
    case Stopping:
        return to == Cancelled || to == Completed || to == Failed;
    case Completed:
    case Cancelled:
    case Failed:
    case Interrupted:
        break;
    }
    return false;
}

bool isFinal(RunState state) {
    return state == Completed || state == Cancelled || state == Failed || state == Interrupted;
}

bool isActive(RunState state) {
    return state == Starting || state == Running || state == Paused || state == Stopping;
}

std::string toString(RunState state) {
    for (const auto& [value, name] : Names)
        if (value == state) return name;
    return "failed";
}

std::optional<RunState> runStateFromString(const std::string& text) {
    for (const auto& [value, name] : Names)
        if (text == name) return value;
    return std::nullopt;
}

} // namespace vitrine
