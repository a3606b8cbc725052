// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/runner/runner.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <thread>

namespace vitrine::runner {

namespace fs = std::filesystem;

namespace {

constexpr double TerminateAfter = 5, KillAfter = 3; // seconds

/// Collects the exit of children of ours, so that none stays a zombie. Harmless for others' processes.
void reap(int pid) {
    if (pid > 0) ::waitpid(pid, nullptr, WNOHANG);
}

class ProcessRunHandle : public RunHandle {
  public:
    /// \param child the process that was started for `attempt`; pid 0: the one that `status` names
    ProcessRunHandle(store::RunDirectory run, ProcessIdentity child, int attempt)
        : m_run(std::move(run)), m_child(std::move(child)), m_attempt(attempt) {}

    [[nodiscard]] const store::RunDirectory& run() const override { return m_run; }

    [[nodiscard]] store::Observation observe() const override {
        reap(m_child.pid);
        const bool childRuns = isAlive(m_child);
        store::Observation seen = store::observeRun(m_run);
        if (seen.attempt >= m_attempt) return seen;
        // The started process has not begun its attempt yet, or died before it could.
        seen.finished.reset();
        seen.liveness = childRuns ? store::Liveness::Alive : store::Liveness::Dead;
        seen.state = childRuns ? RunState::Queued : RunState::Interrupted;
        return seen;
    }

    [[nodiscard]] Status pause() override { return store::sendControl(m_run, "pause"); }
    [[nodiscard]] Status goOn() override { return store::sendControl(m_run, "resume"); }

    [[nodiscard]] Status stop() override {
        Status sent = store::sendControl(m_run, "stop");
        const std::scoped_lock lock(m_mutex);
        if (!m_stopper.joinable()) m_stopper = std::jthread([this](const std::stop_token& token) { escalate(token); });
        return sent; // even when the file could not be written, the signals will come
    }

    [[nodiscard]] bool wait(double seconds) override {
        const double deadline = monotonicSeconds() + seconds;
        for (;;) {
            if (hasEnded()) return true;
            if (monotonicSeconds() >= deadline) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }

  private:
    [[nodiscard]] ProcessIdentity process() const {
        if (m_child.pid > 0) return m_child;
        const auto status = store::readStatus(m_run.statusFile());
        return status ? status->process : ProcessIdentity{};
    }
    [[nodiscard]] bool hasEnded() const {
        const ProcessIdentity runs = process();
        reap(m_child.pid);
        return !isAlive(runs);
    }
    /// Waits for the end; false when it did not come or the handle goes away.
    bool endsWithin(double seconds, const std::stop_token& token) {
        const double deadline = monotonicSeconds() + seconds;
        std::unique_lock lock(m_waitMutex);
        while (!token.stop_requested() && !hasEnded() && monotonicSeconds() < deadline)
            m_wake.wait_for(lock, token, std::chrono::milliseconds(50), [] { return false; });
        return token.stop_requested() || hasEnded();
    }
    void escalate(const std::stop_token& token) {
        for (const auto& [seconds, signal] : {std::pair{TerminateAfter, SIGTERM}, std::pair{KillAfter, SIGKILL}}) {
            if (endsWithin(seconds, token)) return;
            if (const ProcessIdentity runs = process(); isAlive(runs)) ::kill(runs.pid, signal);
        }
        static_cast<void>(endsWithin(KillAfter, token));
    }

    store::RunDirectory m_run;
    ProcessIdentity m_child;
    int m_attempt;
    std::mutex m_mutex; ///< guards m_stopper
    std::mutex m_waitMutex;
    std::condition_variable_any m_wake;
    std::jthread m_stopper; ///< last: joined before the rest goes
};

/// Everything that posix_spawn wants, freed at the end of the scope.
class Spawn {
  public:
    Spawn() {
        ::posix_spawnattr_init(&m_attributes);
        ::posix_spawn_file_actions_init(&m_actions);
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&m_attributes, &none);
        ::posix_spawnattr_setsigdefault(&m_attributes, &all);
        ::posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    Spawn(const Spawn&) = delete;
    Spawn& operator=(const Spawn&) = delete;
    ~Spawn() {
        ::posix_spawn_file_actions_destroy(&m_actions);
        ::posix_spawnattr_destroy(&m_attributes);
    }
    void redirect(const fs::path& output) {
        ::posix_spawn_file_actions_addopen(&m_actions, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_addopen(&m_actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
        ::posix_spawn_file_actions_adddup2(&m_actions, 1, 2);
    }
    /// 0 or an errno.
    int start(int& pid, std::vector<std::string> arguments) {
        std::vector<char*> pointers;
        for (std::string& argument : arguments) pointers.push_back(argument.data());
        pointers.push_back(nullptr);
        return ::posix_spawn(&pid, pointers[0], &m_actions, &m_attributes, pointers.data(), environ);
    }

  private:
    posix_spawnattr_t m_attributes{};
    posix_spawn_file_actions_t m_actions{};
};

} // namespace

ProcessRunner::ProcessRunner(fs::path runsFolder, fs::path program)
    : m_runsFolder(std::move(runsFolder)),
      m_program(program.empty() ? executableFolder() / "vitrine-run" : std::move(program)) {}

Result<std::shared_ptr<RunHandle>> ProcessRunner::start(const Config& config) {
    const std::string id = newUuid();
    Result<store::RunDirectory> run = store::RunDirectory::create(m_runsFolder / id, id, config);
    if (!run) return run.error();
    Result<std::shared_ptr<RunHandle>> handle = launch(*run);
    std::error_code ignored;
    if (!handle) fs::remove_all(run->folder(), ignored); // nothing of a run that never was
    return handle;
}

Result<std::shared_ptr<RunHandle>> ProcessRunner::resume(const store::RunDirectory& run) {
    const store::Observation seen = store::observeRun(run);
    if (seen.attempt > 0 && !isFinal(seen.state))
        return makeError("VIT-RUN-002", "The run in %1 is running already", {run.folder().string()});
    if (seen.state == RunState::Completed)
        return makeError("VIT-RUN-003", "The run in %1 is complete; there is nothing to resume",
                         {run.folder().string()});
    store::clearControl(run);
    return launch(run);
}

std::shared_ptr<RunHandle> ProcessRunner::adopt(const store::RunDirectory& run) const {
    return std::make_shared<ProcessRunHandle>(run, ProcessIdentity{}, 0);
}

Result<std::shared_ptr<RunHandle>> ProcessRunner::launch(const store::RunDirectory& run) {
    Spawn spawn;
    spawn.redirect(run.outputFile());
    int pid = 0;
    if (const int problem = spawn.start(pid, {m_program.string(), "run", run.folder().string()}); problem != 0)
        return makeError("VIT-RUN-004", "%1 cannot be started: %2", {m_program.string(), std::strerror(problem)},
                         "Build or install vitrine-run beside the window's program");
    const auto identity = identityOf(pid);
    return std::shared_ptr<RunHandle>(
        std::make_shared<ProcessRunHandle>(run, identity.value_or(ProcessIdentity{pid, 0, {}}), run.lastAttempt() + 1));
}

} // namespace vitrine::runner
