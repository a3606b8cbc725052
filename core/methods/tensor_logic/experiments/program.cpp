// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/seal.hpp"
#include "core/methods/tensor_logic/experiments/support.hpp"
#include "core/methods/tensor_logic/trace.hpp"

#include <cmath>

namespace vitrine::tl {

namespace {

Engine engineOf(const std::string& text) {
    if (text == "semi_naive") return Engine::SemiNaive;
    if (text == "by_source") return Engine::BySource;
    if (text == "naive") return Engine::Naive;
    if (text == "naive_dense") return Engine::NaiveDense;
    return Engine::Automatic;
}

std::filesystem::path dataFolder(const Config& config, const RunContext& context) {
    const std::string folder = config.text("folder");
    return folder.empty() ? context.artifacts.folder() / "artifacts" : std::filesystem::path(folder);
}

void watch(RunLink& link, RunContext& context) {
    link.rounds = [&context, step = std::int64_t{0}](const RoundReport& report) mutable {
        ++step;
        context.events.send(Scalar{"delta", step, static_cast<double>(report.delta)});
        context.events.send(Scalar{"joined_rows", step, static_cast<double>(report.joinedRows)});
    };
    link.learning = [&context](const LearningReport& report) {
        double norm = 0;
        for (const auto& [tensor, each] : report.gradientNorms) norm += each * each;
        context.events.send(Scalar{"loss", report.step, report.loss});
        context.events.send(Scalar{"gradient_norm", report.step, std::sqrt(norm)});
        context.events.send(
            Progress{"learning", static_cast<double>(report.step), static_cast<double>(report.steps), {}});
    };
}

void logWarnings(const Diagnostics& diagnostics, const Source& source, RunContext& context) {
    for (const Diagnostic& diagnostic : diagnostics)
        if (diagnostic.severity == Severity::Warning)
            context.events.send(
                LogEvent{LogLevel::Warning, diagnostic.message, diagnostic.arguments,
                         source.name() + ":" + std::to_string(source.position(diagnostic.range.begin).line)});
}

} // namespace

RunOutcome runProgram(const Config& config, RunContext& context) {
    RunLink link(context);
    watch(link, context);
    CheckOptions checking;
    checking.folder = dataFolder(config, context);
    checking.stop = link.token();
    checking.onFileProgress = [&link](const std::string& file, std::uint64_t done, std::uint64_t total) {
        link.onProgress("reading " + file, static_cast<double>(done), static_cast<double>(total));
    };
    Checked checked = check(Source("program", config.text("program")), checking);
    if (link.wasStopped()) return cancelled();
    if (context.noteInput)
        for (const InputFile& input : checked.program->inputs) context.noteInput(input);
    logWarnings(checked.diagnostics, checked.program->source, context);
    if (std::optional<Error> error = firstError(checked.diagnostics, checked.program->source)) return failed(*error);

    EvaluateOptions options = evaluateOptions(config, context, link);
    options.engine = engineOf(config.text("engine"));
    options.maxRounds = config.integer("max_rounds");
    if (config.text("mode") != "program")
        options.mode = config.text("mode") == "backward" ? Mode::Backward : Mode::Forward;
    PartStore parts(context);
    parts.follow(options, "learning", 0);
    const Evaluated evaluated = evaluate(checked.program, options, &link);
    if (!parts.learningStatus()) return failed(parts.learningStatus().error());
    logWarnings(evaluated.diagnostics, checked.program->source, context);

    RunOutcome outcome;
    std::string text;
    std::vector<Answer> answers;
    Diagnostics problems = evaluated.diagnostics;
    if (evaluated.evaluation && !hasErrors(evaluated.diagnostics)) {
        const Diagnostics more =
            answer(*evaluated.evaluation, {.all = false, .folder = checking.folder, .writeFiles = true},
                   [&](const Answer& each) {
                       if (!each.isContinued) text += each.heading + "\n";
                       text += each.lines;
                       answers.push_back(each);
                   });
        problems.insert(problems.end(), more.begin(), more.end());
    }
    if (evaluated.evaluation) {
        const Status kept =
            context.artifacts.writeArtifact("trace", 0, "trace.json", "application/json",
                                            sealed(writeJsonLine(traceOf(*evaluated.evaluation, answers))));
        if (!kept) return failed(kept.error());
        const Status told = context.artifacts.writeArtifact("answers", 0, "answers.txt", "text/plain", text);
        if (!told) return failed(told.error());
        outcome.summary["rounds"] = static_cast<double>(evaluated.evaluation->rounds().size());
        outcome.summary["answers"] = static_cast<double>(answers.size());
    }
    if (evaluated.wasCancelled) {
        outcome.state = RunState::Cancelled;
        return outcome;
    }
    if (std::optional<Error> error = firstError(problems, checked.program->source)) {
        outcome.state = RunState::Failed;
        outcome.error = std::move(error);
    }
    return outcome;
}

} // namespace vitrine::tl
