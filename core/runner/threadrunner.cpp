// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/ids.hpp"
#include "core/base/logging.hpp"
#include "core/runner/attempt.hpp"
#include "core/runner/runner.hpp"

#include <charconv>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace vitrine::runner {

namespace {

class ThreadRunHandle : public RunHandle {
  public:
    ThreadRunHandle(const store::RunDirectory& run, AttemptSetup setup)
        : m_run(run), m_attempt(run, std::move(setup)), m_thread([this] { work(); }) {}
    ~ThreadRunHandle() override { m_attempt.control().requestStop("the program ends"); }

    [[nodiscard]] const store::RunDirectory& run() const override { return m_run; }
    [[nodiscard]] store::Observation observe() const override { return store::observeRun(m_run); }
    [[nodiscard]] Status pause() override {
        m_attempt.control().requestPause();
        return {};
    }
    [[nodiscard]] Status goOn() override {
        m_attempt.control().requestResume();
        return {};
    }
    [[nodiscard]] Status stop() override {
        m_attempt.control().requestStop("asked to stop");
        return {};
    }
    [[nodiscard]] bool wait(double seconds) override {
        std::unique_lock lock(m_mutex);
        return m_done.wait_for(lock, std::chrono::duration<double>(seconds), [this] { return m_ended; });
    }

  private:
    void work() {
        const Result<RunOutcome> outcome = m_attempt.execute();
        if (!outcome) logMessage(LogLevel::Error, "vitrine.core.runner", toText(outcome.error()));
        const std::scoped_lock lock(m_mutex);
        m_ended = true;
        m_done.notify_all();
    }

    store::RunDirectory m_run;
    RunAttempt m_attempt;
    std::mutex m_mutex; ///< guards m_ended
    std::condition_variable m_done;
    bool m_ended = false;
    std::jthread m_thread; ///< last: joined before the rest goes
};

} // namespace

Result<Device> deviceFromName(const std::string& name) {
    if (name == "cpu") return Device{};
    if (name == "cuda") return Device{DeviceKind::Cuda, 0, 0};
    int index = 0;
    if (name.starts_with("cuda:")) {
        const char* end = name.data() + name.size();
        const auto [stop, problem] = std::from_chars(name.data() + 5, end, index);
        if (problem == std::errc() && stop == end && index >= 0) return Device{DeviceKind::Cuda, index, 0};
    }
    return makeError("VIT-RUN-010", "\"%1\" is not a device; devices are cpu, cuda and cuda:N", {name});
}

Result<std::shared_ptr<RunHandle>> ThreadRunner::start(const Config& config) {
    const std::string id = newUuid();
    Result<store::RunDirectory> run = store::RunDirectory::create(m_runsFolder / id, id, config);
    if (!run) return run.error();
    return launch(*run, false);
}

Result<std::shared_ptr<RunHandle>> ThreadRunner::resume(const store::RunDirectory& run) {
    store::clearControl(run);
    return launch(run, true);
}

Result<std::shared_ptr<RunHandle>> ThreadRunner::launch(const store::RunDirectory& run, bool resume) {
    const Result<store::RunRecord> record = run.readRecord();
    if (!record) return record.error();
    const MethodFactory* factory = m_findFactory(record->config.experiment);
    if (!factory)
        return makeError("VIT-RUN-001", "There is no method \"%1\" in this program", {record->config.experiment});
    const Result<Device> device = deviceFromName(record->config.device);
    if (!device) return device.error();
    AttemptSetup setup;
    setup.experiment = factory->makeExperiment();
    setup.device = *device;
    setup.resume = resume;
    return std::shared_ptr<RunHandle>(std::make_shared<ThreadRunHandle>(run, std::move(setup)));
}

} // namespace vitrine::runner
