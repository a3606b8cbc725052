// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/factory.hpp"
#include "core/store/observe.hpp"
#include "core/store/rundirectory.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace vitrine::runner {

/// One run that was started or adopted, whichever way it runs. All calls are thread-safe and return at once, `wait`
/// apart.
class RunHandle {
  public:
    virtual ~RunHandle() = default;
    [[nodiscard]] virtual const store::RunDirectory& run() const = 0;
    [[nodiscard]] virtual store::Observation
    observe() const = 0; ///< a few small file reads: not on the window's thread
    [[nodiscard]] virtual Status pause() = 0;
    [[nodiscard]] virtual Status goOn() = 0; ///< after a pause
    /// Asks to stop. A process that does not end within 5 s is terminated, 3 s later killed; the run can be resumed.
    [[nodiscard]] virtual Status stop() = 0;
    /// True when the run has ended within `seconds`.
    [[nodiscard]] virtual bool wait(double seconds) = 0;
};

/// Starts runs. Rooms cannot tell the implementations apart: both leave the same run directory.
class IRunner {
  public:
    virtual ~IRunner() = default;
    /// Makes the run directory below `runsFolder` and starts. \param config complete and valid
    [[nodiscard]] virtual Result<std::shared_ptr<RunHandle>> start(const Config& config) = 0;
    /// A new attempt of a run that ended without completing. \errors VIT-RUN-002, -003, -004
    [[nodiscard]] virtual Result<std::shared_ptr<RunHandle>> resume(const store::RunDirectory& run) = 0;
};

/// Runs in this process, one thread per run. Destroying a handle asks its run to stop and joins.
class ThreadRunner : public IRunner {
  public:
    using FindFactory = std::function<const MethodFactory*(const std::string& id)>;
    ThreadRunner(std::filesystem::path runsFolder, FindFactory findFactory)
        : m_runsFolder(std::move(runsFolder)), m_findFactory(std::move(findFactory)) {}
    [[nodiscard]] Result<std::shared_ptr<RunHandle>> start(const Config& config) override;
    [[nodiscard]] Result<std::shared_ptr<RunHandle>> resume(const store::RunDirectory& run) override;

  private:
    [[nodiscard]] Result<std::shared_ptr<RunHandle>> launch(const store::RunDirectory& run, bool resume);

    std::filesystem::path m_runsFolder;
    FindFactory m_findFactory;
};

/// Runs in a process of its own (`vitrine-run run FOLDER`), in its own session: it goes on when this one ends.
class ProcessRunner : public IRunner {
  public:
    /// \param program the vitrine-run to start; empty: beside this executable
    explicit ProcessRunner(std::filesystem::path runsFolder, std::filesystem::path program = {});
    [[nodiscard]] Result<std::shared_ptr<RunHandle>> start(const Config& config) override;
    [[nodiscard]] Result<std::shared_ptr<RunHandle>> resume(const store::RunDirectory& run) override;
    /// A handle on a run that some process runs already (found on open, or started from a shell).
    [[nodiscard]] std::shared_ptr<RunHandle> adopt(const store::RunDirectory& run) const;

  private:
    [[nodiscard]] Result<std::shared_ptr<RunHandle>> launch(const store::RunDirectory& run);

    std::filesystem::path m_runsFolder, m_program;
};

/// "cpu", "cuda", "cuda:1" to a Device. \errors VIT-RUN-010 not a device name
[[nodiscard]] Result<Device> deviceFromName(const std::string& name);

} // namespace vitrine::runner
