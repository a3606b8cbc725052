// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/experiment.hpp"
#include "core/runner/eventwriter.hpp"
#include "core/runner/runcontrol.hpp"
#include "core/store/checkpoints.hpp"

#include <functional>

namespace vitrine::runner {

/// Artefacts and checkpoints of one attempt. While there is no space (or the folder cannot be written) the run is
/// paused and the write tried again; only a requested stop ends that.
class RunFiles : public ArtifactStore {
  public:
    static constexpr std::int64_t FreeFloor = 512LL << 20; ///< bytes that a checkpoint must leave free
    static constexpr double RetrySeconds = 0.5;

    RunFiles(store::RunDirectory run, int attempt, EventWriter& events, RunControl& control)
        : m_run(std::move(run)), m_attempt(attempt), m_events(events), m_control(control),
          m_checkpoints(store::listCheckpoints(m_run)) {}

    /// \errors VIT-RUN-012 (a name that leaves the folder), or the write error when the run is told to stop meanwhile.
    Status writeArtifact(const std::string& id, std::int64_t step, const std::string& name,
                         const std::string& mediaType, std::string_view content) override;
    Status writeCheckpoint(std::int64_t step, std::string_view content) override;
    [[nodiscard]] std::filesystem::path folder() const override { return m_run.folder(); }
    /// A write was given up because a stop was requested while it waited: its error ends no run as failed.
    [[nodiscard]] bool hasGivenUp() const { return m_hasGivenUp; }
    /// Of the resumed attempt: entries after the one in use are dropped from the index.
    void forgetAfter(const std::optional<store::CheckpointEntry>& used);

  private:
    [[nodiscard]] Status untilWritten(const std::function<Status()>& write);
    [[nodiscard]] Status checkSpace(std::size_t bytes) const;
    [[nodiscard]] Status remember(store::CheckpointEntry entry);

    store::RunDirectory m_run;
    int m_attempt;
    EventWriter& m_events;
    RunControl& m_control;
    std::vector<store::CheckpointEntry> m_checkpoints;
    bool m_hasGivenUp = false; ///< the run's own thread writes and reads it
};

} // namespace vitrine::runner
