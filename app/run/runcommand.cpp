// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/runcommand.hpp"

#include "app/run/manual.hpp"
#include "app/run/progressline.hpp"
#include "app/run/signals.hpp"
#include "app/run/usage.hpp"
#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/runner/attempt.hpp"
#include "core/runner/runner.hpp"
#include "core/store/workspacefolder.hpp"
#include "core/tensor/device.hpp"
#include "core/tensor/versions.hpp"

#include <cstdio>
#include <limits>
#include <memory>

namespace vitrine::cli {

namespace fs = std::filesystem;

namespace {

/// What the command line of a run says.
struct RunRequest {
    std::string method, preset, device, out, folder, workspace;
    std::vector<std::string> settings; ///< "k=v"
    std::uint64_t seed = 1;
    int threads = 0;
    bool seedGiven = false, resume = false, events = false, estimateOnly = false;
};

Result<Json> settingValue(const ParamSpec& spec, const std::string& text) {
    const bool isFileName = spec.kind == ParamKind::Program && text.starts_with("@");
    if (!isFileName) return parseValue(spec, text);
    Result<std::string> content = readFile(text.substr(1), 16U << 20U);
    if (!content) return content.error();
    return Json(*std::move(content));
}

Status applySetting(const ExperimentDescriptor& method, const std::string& setting, Config& config) {
    const std::size_t equals = setting.find('=');
    const std::string id = setting.substr(0, equals);
    const ParamSpec* spec = equals == std::string::npos ? nullptr : findParam(method, id);
    if (equals == std::string::npos) return makeError("VIT-CLI-001", "\"%1\" is not of the form name=value", {setting});
    if (!spec) return makeError("VIT-EXP-003", "There is no knob %1", {id}, "`vitrine-run describe` names them");
    Result<Json> value = settingValue(*spec, setting.substr(equals + 1));
    if (!value) return value.error();
    config.values[id] = *std::move(value);
    return {};
}

/// What the line says otherwise than the run to be resumed, each with both values.
std::vector<Error> contradictions(const Method& method, const RunRequest& request, const Config& run) {
    std::vector<Error> found;
    const auto compare = [&found](const std::string& name, const std::string& asked, const std::string& has) {
        if (asked != has)
            found.push_back(makeError("VIT-CLI-003", "The run to be resumed has %1 = %2, not %3", {name, has, asked},
                                      "Leave it out, or start another run in another folder"));
    };
    if (method.descriptor().id != run.experiment) compare("method", method.descriptor().id, run.experiment);
    if (!request.preset.empty()) compare("--preset", request.preset, run.preset.empty() ? "none" : run.preset);
    if (request.seedGiven) compare("--seed", std::to_string(request.seed), std::to_string(run.seed));
    if (!request.device.empty()) compare("--device", request.device, run.device);
    const Config whole = withDefaults(method.descriptor().params, run);
    for (const std::string& setting : request.settings) {
        Config asked = whole;
        const std::string id = setting.substr(0, setting.find('='));
        if (Status applied = applySetting(method.descriptor(), setting, asked); !applied)
            found.push_back(applied.error());
        else if (asked.values[id] != *whole.find(id))
            compare("--set " + id, writeJsonLine(asked.values[id]), writeJsonLine(*whole.find(id)));
    }
    return found;
}

/// All problems of the line and of the configuration are printed; none when there is none.
std::optional<Config> configOf(const Method& method, const RunRequest& request) {
    const ExperimentDescriptor& descriptor = method.descriptor();
    std::vector<Error> problems;
    Config config;
    config.experiment = descriptor.id;
    config.version = descriptor.version;
    if (!request.preset.empty()) {
        Result<Config> preset = configOfPreset(descriptor, request.preset);
        if (preset)
            config = *std::move(preset);
        else
            problems.push_back(preset.error());
    }
    if (request.seedGiven) config.seed = request.seed;
    if (!request.device.empty()) config.device = request.device;
    for (const std::string& setting : request.settings)
        if (Status applied = applySetting(descriptor, setting, config); !applied) problems.push_back(applied.error());
    if (const auto device = runner::deviceFromName(config.device); !device) problems.push_back(device.error());
    config = withDefaults(descriptor.params, std::move(config));
    for (const Problem& problem : method.validate(config).problems)
        if (problem.severity == Severity::Error)
            problems.push_back(makeError(problem.code, problem.message, problem.arguments));
    for (const Error& problem : problems) static_cast<void>(report(problem));
    return problems.empty() ? std::optional(config) : std::nullopt;
}

Result<store::RunDirectory> makeRunDirectory(const RunRequest& request, const Config& config) {
    const std::string id = newUuid();
    const fs::path runs = store::workspaceFolder(request.workspace) / "runs";
    const fs::path folder = request.out.empty() ? runs / id : fs::absolute(request.out);
    return store::RunDirectory::create(folder, id, config);
}

int exitStatusOf(const RunOutcome& outcome) {
    if (outcome.error) static_cast<void>(report(*outcome.error));
    if (outcome.state == RunState::Completed) return Success;
    return outcome.state == RunState::Cancelled ? Stopped : Failure;
}

void printSummary(const store::RunDirectory& run, const RunOutcome& outcome) {
    std::printf("%s %s\n", toString(outcome.state).c_str(), run.folder().c_str());
    for (const auto& [metric, value] : outcome.summary)
        std::printf("%s %s\n", metric.c_str(), writeJsonLine(value).c_str());
}

std::string modelOf(const Device& device) {
    for (const DeviceInfo& info : listDevices())
        if (info.device.kind == device.kind && info.device.index == device.index) return info.model;
    return {};
}

int execute(const Program& program, const RunRequest& request, const store::RunDirectory& run) {
    const Result<store::RunRecord> record = run.readRecord();
    if (!record) return report(record.error());
    const Config& config = record->config;
    const runner::MethodSet& methods = program.methods;
    const Method* method = methods.registry.find(config.experiment);
    const MethodFactory* factory = methods.factory(config.experiment);
    if (!method || !factory)
        return report(makeError("VIT-RUN-001", "There is no method \"%1\" in this program", {config.experiment}));
    Result<Device> device = runner::deviceFromName(config.device);
    if (!device) return report(device.error());
    device->threads = request.threads;
    if (Status usable = useDevice(*device); !usable) return report(usable.error());

    auto line = std::make_shared<ProgressLine>();
    runner::AttemptSetup setup;
    setup.experiment = factory->makeExperiment();
    setup.device = *device;
    setup.deviceModel = modelOf(*device);
    setup.libraries = libraryVersions();
    setup.resume = request.resume;
    setup.stopAsked = stopSignalled;
    setup.tap = [line, events = request.events](const Event& event) {
        if (events)
            std::printf("%s\n", toJsonLine(event).c_str()), std::fflush(stdout);
        else
            line->show(event);
    };
    runner::RunAttempt attempt(run, std::move(setup));
    const Result<RunOutcome> outcome = attempt.execute();
    line->close();
    if (!outcome) return report(outcome.error());
    if (!request.events) printSummary(run, *outcome);
    return exitStatusOf(*outcome);
}

int runMethod(const Program& program, const Method& method, const RunRequest& request) {
    if (request.resume) {
        if (request.out.empty())
            return report(makeError("VIT-CLI-002", "--resume needs --out FOLDER: the folder of the run", {}));
        const store::RunDirectory run(fs::absolute(request.out));
        const Result<store::RunRecord> record = run.readRecord();
        if (!record) return report(record.error());
        const std::vector<Error> problems = contradictions(method, request, record->config);
        for (const Error& problem : problems) static_cast<void>(report(problem));
        if (!problems.empty()) return Refused;
        store::clearControl(run); // what was asked of the earlier attempt
        return execute(program, request, run);
    }
    const std::optional<Config> config = configOf(method, request);
    if (!config) return Refused;
    if (request.estimateOnly) {
        const ResourceEstimate estimate = method.estimate(*config, DeviceInfo{});
        std::printf("seconds %.3g\nmemory %lld\ndevice memory %lld\ndisk %lld\n", estimate.seconds,
                    static_cast<long long>(estimate.memoryBytes), static_cast<long long>(estimate.deviceBytes),
                    static_cast<long long>(estimate.diskBytes));
        return Success;
    }
    const Result<store::RunDirectory> run = makeRunDirectory(request, *config);
    if (!run) return report(run.error());
    return execute(program, request, *run);
}

std::vector<std::pair<std::string, std::string>> runFiles() {
    return {{"config.json", "The configuration after defaults, and how each attempt came about: version, commit, "
                            "compiler, device, threads, times."},
            {"events-N.jsonl", "Everything that attempt N said, one JSON object a line; the last is \"finished\"."},
            {"status", "Process, state and last error, every two seconds."},
            {"control/stop, control/pause, control/resume",
             "A file of that name (its content does not matter) asks the run to do so."},
            {"checkpoints/, artifacts/", "The last two checkpoints with their hashes, and what the run made."},
            {"user.json", "Name, notes and tags, written by the window."}};
}

void addSharedOptions(CLI::App& command, RunRequest& request) {
    command.add_flag("--events", request.events,
                     "Print every event as one JSON line on standard output instead of a progress line.");
    command
        .add_option("--threads", request.threads,
                    "Threads of the CPU's operators; without it, one less than there are cores.")
        ->check(wholeNumber(1, 4096))
        ->type_name("N");
}

void addMethodCommand(CLI::App& app, const Program& program, const Method& method, int& status) {
    const ExperimentDescriptor& descriptor = method.descriptor();
    auto request = std::make_shared<RunRequest>();
    request->method = descriptor.id;
    CLI::App* command = app.add_subcommand(descriptor.id, "run " + descriptor.title);
    command->add_option("--preset", request->preset, "Start from this preset; `vitrine-run describe` lists them.")
        ->type_name("PRESET");
    command
        ->add_option("--set", request->settings,
                     "Set a knob, as name=value; can be given many times. For a knob that holds a program, @FILE reads "
                     "it from a file.")
        ->type_name("NAME=VALUE")
        ->allow_extra_args(false);
    CLI::Option* seed =
        command
            ->add_option("--seed", request->seed, "The number from which every random stream is derived (default 1).")
            ->check(wholeNumber(0, std::numeric_limits<std::uint64_t>::max()))
            ->type_name("N");
    command->add_option("--device", request->device, "Where to compute: cpu, cuda or cuda:N (default: the preset's).")
        ->type_name("DEVICE");
    command->add_option("--out", request->out, "Write the run into this folder instead of the workspace.")
        ->type_name("FOLDER");
    command->add_option("--workspace", request->workspace, "The workspace that takes the run.")->type_name("FOLDER");
    command->add_flag("--resume", request->resume, "Go on with the run in --out FOLDER from its last good checkpoint.");
    command->add_flag("--estimate", request->estimateOnly, "Print the expected time and memory, and do not run.");
    addSharedOptions(*command, *request);
    command->callback([&program, &method, &status, request, seed] {
        request->seedGiven = seed->count() > 0;
        status = runMethod(program, method, *request);
    });
    setManual(
        *command,
        {"[--preset PRESET] [--set NAME=VALUE]... [--seed N] [--device DEVICE] [--out FOLDER]\n--out FOLDER --resume",
         descriptor.summary +
             "\n\nThe run writes its own folder and nothing else: a window that has the workspace open shows it live, "
             "and finds it later. "
             "SIGINT and SIGTERM stop the run in good order; a second SIGINT ends it at once.\n\n" +
             descriptor.citation,
         runExitStatus(),
         runFiles(),
         commonEnvironment(),
         {{"vitrine-run " + descriptor.id + " --preset " +
               (descriptor.presets.empty() ? "P" : descriptor.presets.front().id),
           "A run in the workspace."},
          {"vitrine-run " + descriptor.id + " --seed 7 --out r7 --events > r7.jsonl",
           "A run in a folder of its own, its events also as text."},
          {"vitrine-run " + descriptor.id + " --out r7 --resume", "Go on with it."}}});
}

} // namespace

void addRunCommands(CLI::App& app, const Program& program, int& status) {
    for (const auto& method : program.methods.registry.all()) addMethodCommand(app, program, *method, status);

    auto request = std::make_shared<RunRequest>();
    CLI::App* command = app.add_subcommand("run", "run or resume the run that a folder describes");
    command->add_option("FOLDER", request->folder, "A folder with config.json.")->required();
    addSharedOptions(*command, *request);
    command->callback([&program, &status, request] {
        status = execute(program, *request, store::RunDirectory(fs::absolute(request->folder)));
    });
    setManual(*command, {"FOLDER [--events] [--threads N]",
                         "Reads config.json of FOLDER and runs what it describes; a run that was stopped, killed or "
                         "failed goes on from its last good checkpoint. "
                         "The window starts its runs this way, and so can a scheduler.",
                         runExitStatus(),
                         runFiles(),
                         commonEnvironment(),
                         {{"vitrine-run run ~/runs/7", "Run, or go on with, the run in that folder."}}});
}

} // namespace vitrine::cli
