// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/rundirectory.hpp"
#include "core/store/statusfile.hpp"

namespace vitrine::store {

/// What the files of a run say now, without any database.
struct Observation {
    RunState state = RunState::Queued; ///< Interrupted when its process died without Finished
    Liveness liveness = Liveness::Unknown;
    int attempt = 0; ///< 0: none has begun
    std::optional<Finished> finished;
    std::optional<RunStatus> status;
};

/// \cost a few small reads, whatever the size of the event file
[[nodiscard]] Observation observeRun(const RunDirectory& run);

/// The Finished event at the end of an attempt's file, when it is there.
[[nodiscard]] std::optional<Finished> readFinished(const RunDirectory& run, int attempt);

} // namespace vitrine::store
