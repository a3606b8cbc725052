// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runner/attempt.hpp"

#include "core/base/ids.hpp"
#include "core/base/logging.hpp"
#include "core/base/version.hpp"
#include "core/runner/runfiles.hpp"
#include "core/store/eventreader.hpp"
#include "core/store/observe.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <new>
#include <thread>

namespace vitrine::runner {

namespace {

constexpr auto HouseInterval = std::chrono::milliseconds(50);
constexpr double BeatSeconds = 2;
constexpr double EndingSeconds = 5; ///< how long the last events are tried on a full disk after the run has ended

RunOutcome failure(Error error) {
    return {RunState::Failed, {}, std::move(error)};
}

} // namespace

FolderLock::~FolderLock() {
    release();
}

void FolderLock::release() {
    if (m_descriptor >= 0) ::close(m_descriptor); // and with it the lock; a killed process loses it likewise
    m_descriptor = -1;
}

bool FolderLock::take(const std::filesystem::path& folder) {
    m_descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return m_descriptor < 0 || ::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

struct RunAttempt::Beginning {
    store::RunRecord record;
    store::GoodCheckpoint checkpoint;
};

store::Provenance describeProgram(const Device& device, std::map<std::string, std::string> libraries) {
    store::Provenance program;
    program.version = Version;
    program.commit = commit();
    program.compiler = Compiler;
    program.device = device.name();
    const int cores = static_cast<int>(std::thread::hardware_concurrency());
    program.threads = device.threads > 0 ? device.threads : std::max(1, cores - 1);
    program.libraries = std::move(libraries);
    return program;
}

RunAttempt::RunAttempt(store::RunDirectory run, AttemptSetup setup)
    : m_run(std::move(run)), m_setup(std::move(setup)), m_events(m_setup.tap), m_control(m_events) {}

RunAttempt::~RunAttempt() = default;

Result<RunAttempt::Beginning> RunAttempt::begin() {
    Result<store::RunRecord> record = m_run.readRecord();
    if (!record) return record.error();
    if (!m_lock.take(m_run.folder()))
        return makeError("VIT-RUN-002", "The run in %1 is running already", {m_run.folder().string()});
    Beginning beginning{*std::move(record), {}};
    const int last = m_run.lastAttempt();
    if (last > 0) {
        const RunState state = store::observeRun(m_run).state;
        if (!isFinal(state))
            return makeError("VIT-RUN-002", "The run in %1 is running already", {m_run.folder().string()});
        if (state == RunState::Completed)
            return makeError("VIT-RUN-003", "The run in %1 is complete; there is nothing to resume",
                             {m_run.folder().string()});
        m_setup.resume = true; // events of an earlier attempt are there: whatever comes now goes on from it
    }
    if (m_setup.resume) beginning.checkpoint = store::findGoodCheckpoint(m_run);
    m_attempt = last + 1;
    if (Status opened = m_events.open(m_run.eventFile(m_attempt)); !opened) return opened.error();
    if (Status opened = m_status.open(m_run.statusFile()); !opened) return opened.error();
    beat();

    store::Provenance program = describeProgram(m_setup.device, m_setup.libraries);
    program.attempt = m_attempt;
    program.deviceModel = m_setup.deviceModel;
    program.startedMs = nowMs();
    if (last > 0)
        program.resumedFrom = beginning.checkpoint.entry ? beginning.checkpoint.entry->resumePoint() : ResumePoint{};
    beginning.record.attempts.push_back(std::move(program));
    if (Status written = m_run.writeRecord(beginning.record); !written) return written.error();
    return beginning;
}

RunOutcome RunAttempt::runExperiment(const Config& config, RunContext& context) {
    try {
        return m_setup.experiment->run(config, context);
    } catch (const std::bad_alloc&) {
        return failure(makeError("VIT-RUN-005", "The run ran out of memory", {}, "Choose smaller settings"));
    } catch (const std::exception& problem) {
        return failure(makeError("VIT-RUN-006", "The run failed inside: %1", {problem.what()}));
    } catch (...) {
        return failure(makeError("VIT-RUN-006", "The run failed inside: %1", {"an unknown exception"}));
    }
}

Result<RunOutcome> RunAttempt::execute() {
    Result<Beginning> beginning = begin();
    if (!beginning) return beginning.error();
    const store::Provenance& program = beginning->record.attempts.back();
    m_control.begin(program.resumedFrom);
    for (const Error& skipped : beginning->checkpoint.skipped)
        m_events.send(LogEvent{LogLevel::Warning, skipped.message, skipped.arguments, skipped.code});
    if (program.resumedFrom && !beginning->checkpoint.entry)
        m_events.send(
            LogEvent{LogLevel::Warning, "There is no good checkpoint; the run begins again", {}, "VIT-CKPT-002"});

    RunFiles files(m_run, m_attempt, m_events, m_control);
    files.forgetAfter(beginning->checkpoint.entry);
    m_setup.device.threads = program.threads;
    RunContext context{m_control.stopToken(),
                       m_events,
                       files,
                       m_setup.device,
                       SeedSequence(beginning->record.config.seed),
                       std::nullopt,
                       [this] { return goOn(); },
                       [this](const InputFile& input) { noteInput(input); }};
    if (const auto& entry = beginning->checkpoint.entry)
        context.resumeFrom = CheckpointRef{entry->step, m_run.folder() / entry->file};

    RunOutcome outcome;
    {
        std::jthread house([this](const std::stop_token& stop) { keepHouse(stop); });
        m_control.run();
        outcome = m_control.stopRequested() ? RunOutcome{RunState::Cancelled, {}, {}}
                                            : runExperiment(beginning->record.config, context);
    }
    if (outcome.state == RunState::Failed && m_control.stopRequested() && files.hasGivenUp())
        outcome = RunOutcome{RunState::Cancelled, std::move(outcome.summary), {}}; // stopped while it waited for space
    if (m_lost) outcome = failure(*m_lost);
    const Status written = writeEnding(outcome);
    if (written.ok()) recordEnd();
    m_lock.release();
    if (!written) return written.error();
    return outcome;
}

Status RunAttempt::writeEnding(RunOutcome& outcome) {
    if (!isFinal(outcome.state) || outcome.state == RunState::Interrupted)
        outcome = failure(makeError("VIT-RUN-006", "The run failed inside: %1", {"it named no outcome"}));
    m_control.end(outcome.state);
    m_events.send(Finished{outcome.state, outcome.summary, outcome.error});
    const double deadline = monotonicSeconds() + EndingSeconds;
    Status status = m_events.flush();
    while (!status.ok() && monotonicSeconds() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        status = m_events.flush();
    }
    beat();
    return status;
}

bool RunAttempt::goOn() {
    m_events.waitForRoom(m_control.stopToken());
    return m_control.goOn();
}

/// At once: what a killed run read is known too.
void RunAttempt::noteInput(const InputFile& input) {
    Result<store::RunRecord> record = m_run.readRecord();
    if (!record || record->attempts.empty()) return;
    record->attempts.back().inputs.push_back(input);
    if (Status written = m_run.writeRecord(*record); !written)
        logMessage(LogLevel::Warning, "vitrine.core.runner", toText(written.error()));
}

/// The end's time goes into config.json; when that cannot be written the events still tell it.
void RunAttempt::recordEnd() {
    if (m_lost) return;
    Result<store::RunRecord> record = m_run.readRecord();
    if (!record || record->attempts.empty()) return;
    record->attempts.back().endedMs = nowMs();
    if (Status written = m_run.writeRecord(*record); !written)
        logMessage(LogLevel::Warning, "vitrine.core.runner", toText(written.error()));
    store::clearControl(m_run);
}

void RunAttempt::obeyControlFiles() {
    std::error_code problem;
    const auto asks = [&](const char* request) {
        const auto file = m_run.controlFolder() / request;
        return std::filesystem::exists(file, problem) && (std::filesystem::remove(file, problem) || !problem);
    };
    if (asks("stop")) m_control.requestStop("asked to stop");
    if (asks("pause")) m_control.requestPause();
    if (asks("resume")) m_control.requestResume();
    if (m_setup.stopAsked && m_setup.stopAsked() && !m_control.stopRequested()) m_control.requestStop("signal");
}

void RunAttempt::flushEvents() {
    const Status status = m_events.flush();
    m_control.setObstacle(status.ok() ? std::nullopt : std::optional(status.error()));
    if (!m_lost && m_events.wasRemoved()) {
        m_lost = makeError("VIT-RUN-007", "The folder %1 of the run was removed", {m_run.folder().string()});
        m_control.requestStop("the run's folder was removed");
    }
}

void RunAttempt::beat() {
    const store::RunStatus status{ownIdentity(), m_attempt,          m_control.state(),
                                  ++m_beats,     monotonicSeconds(), m_control.lastError()};
    if (Status written = m_status.write(status); !written)
        logMessage(LogLevel::Warning, "vitrine.core.runner", toText(written.error()));
}

void RunAttempt::keepHouse(const std::stop_token& stop) {
    double lastBeat = 0;
    RunState shown = RunState::Queued;
    while (!stop.stop_requested()) {
        obeyControlFiles();
        flushEvents();
        const RunState state = m_control.state();
        if (state != shown || monotonicSeconds() - lastBeat >= BeatSeconds) {
            beat();
            shown = state;
            lastBeat = monotonicSeconds();
        }
        std::this_thread::sleep_for(HouseInterval);
    }
}

} // namespace vitrine::runner
