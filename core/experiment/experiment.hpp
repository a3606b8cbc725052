// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.hpp"
#include "core/base/values.hpp"
#include "core/experiment/descriptor.hpp"
#include "core/experiment/events.hpp"
#include "core/experiment/inputfile.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace vitrine {

/// Files below artifacts/ and checkpoints/ of one run, written atomically.
class ArtifactStore {
  public:
    virtual ~ArtifactStore() = default;
    /// Writes artifacts/<name> and sends a Snapshot event that names it.
    virtual Status writeArtifact(const std::string& id, std::int64_t step, const std::string& name,
                                 const std::string& mediaType, std::string_view content) = 0;
    /// Writes checkpoints/<step>.ckpt with its hash, keeps the last two good ones, sends CheckpointSaved.
    virtual Status writeCheckpoint(std::int64_t step, std::string_view content) = 0;
    [[nodiscard]] virtual std::filesystem::path folder() const = 0;
};

struct CheckpointRef {
    std::int64_t step = 0;
    std::filesystem::path file;
};

/// Everything that a run may touch.
struct RunContext {
    std::stop_token stop;
    EventSink& events;
    ArtifactStore& artifacts;
    Device device;
    SeedSequence seeds{1};
    std::optional<CheckpointRef> resumeFrom;
    /// Called at least every 50 ms of work or once per step: returns false when the run should stop; while the run is
    /// paused it blocks (and reports the states itself).
    std::function<bool()> goOn;
    /// Keeps what a run read with its provenance; may be empty.
    std::function<void(const InputFile&)> noteInput;
};

struct RunOutcome {
    RunState state = RunState::Completed; ///< Completed, Cancelled or Failed
    std::map<std::string, double> summary;
    std::optional<Error> error;
};

/// A blocking computation, called off the window's thread. Its events are all it says.
class Experiment {
  public:
    virtual ~Experiment() = default;
    virtual RunOutcome run(const Config& config, RunContext& context) = 0;
};

} // namespace vitrine
