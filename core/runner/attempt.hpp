// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/experiment.hpp"
#include "core/runner/eventwriter.hpp"
#include "core/runner/runcontrol.hpp"
#include "core/store/rundirectory.hpp"
#include "core/store/statusfile.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace vitrine::runner {

/// What an attempt needs beside its run directory.
struct AttemptSetup {
    std::unique_ptr<Experiment> experiment;
    Device device;
    bool resume = false;                          ///< from the last good checkpoint
    std::map<std::string, std::string> libraries; ///< for the provenance
    std::string deviceModel;                      ///< likewise
    EventWriter::Tap tap;                         ///< sees every event: the progress line, --events
    std::function<bool()> stopAsked;              ///< looked at every 100 ms: a signal of the process
};

/// Keeps two processes from running one run at the same time. File systems without locks let it be.
class FolderLock {
  public:
    FolderLock() = default;
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    ~FolderLock();
    [[nodiscard]] bool take(const std::filesystem::path& folder); ///< false: another process has it
    void release();

  private:
    int m_descriptor = -1;
};

/// One attempt of a run, in this process: writes the run directory, obeys control/, beats in `status`.
class RunAttempt {
  public:
    RunAttempt(store::RunDirectory run, AttemptSetup setup);
    ~RunAttempt();
    /// Blocks until the run has ended; its thread is the experiment's. Once per object.
    /// \errors VIT-RUN-002 (running already), -003 (completed already), VIT-STORE-009, VIT-BASE-010..013: not begun;
    /// a failure of the experiment is an outcome, not an error.
    [[nodiscard]] Result<RunOutcome> execute();
    [[nodiscard]] RunControl& control() { return m_control; }

  private:
    struct Beginning;
    [[nodiscard]] Result<Beginning> begin();
    [[nodiscard]] RunOutcome runExperiment(const Config& config, RunContext& context);
    void keepHouse(const std::stop_token& stop);
    void obeyControlFiles();
    void flushEvents();
    void beat();
    [[nodiscard]] bool goOn();
    [[nodiscard]] Status writeEnding(RunOutcome& outcome);
    void recordEnd();
    void noteInput(const InputFile& input);

    store::RunDirectory m_run;
    AttemptSetup m_setup;
    FolderLock m_lock;
    EventWriter m_events;
    RunControl m_control;
    store::StatusFile m_status;
    std::optional<Error> m_lost; ///< set when the run directory was removed
    std::int64_t m_beats = 0;
    int m_attempt = 1;
};

/// Fills version, commit, compiler, device and threads. \param device with `threads` as the run will use them
[[nodiscard]] store::Provenance describeProgram(const Device& device, std::map<std::string, std::string> libraries);

} // namespace vitrine::runner
