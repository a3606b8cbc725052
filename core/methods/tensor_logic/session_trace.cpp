// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/base/seal.hpp"
#include "core/methods/tensor_logic/session_state.hpp"
#include "core/methods/tensor_logic/tracefile.hpp"

#include <chrono>

/// A past run in place of an evaluation.
namespace vitrine::tl::session {

ReplyValue load(State& state, const Call& call) {
    const std::filesystem::path path = call.text("trace");
    if (path.empty()) return sessionError("VIT-SESSION-002", "The path of a trace is wanted");
    const Result<std::string> text = readFile(path, MaxTraceBytes);
    if (!text) {
        Error error = sessionError("VIT-SESSION-007", "The trace cannot be read: %1", {path.string()});
        error.cause = std::make_shared<const Error>(text.error());
        return error;
    }
    const Result<Json> json = parseJson(*text, path.string());
    if (!json) {
        Error error = sessionError("VIT-SESSION-007", "The trace cannot be read: %1", {path.string()});
        error.cause = std::make_shared<const Error>(json.error());
        return error;
    }
    if (isSealBroken(*text))
        return sessionError("VIT-SESSION-007", "The trace cannot be read: %1", {"its check sum does not fit"});
    Result<LoadedTrace> trace = readTrace(*json);
    if (!trace) return trace.error();
    if (call.stop.stop_requested()) return sessionError("VIT-SESSION-001", "The request was cancelled");
    state.evaluation = trace->evaluation;
    state.program = trace->program;
    state.folder = call.payload.contains("folder") ? call.text("folder") : path.parent_path().string();
    state.isTrace = true;
    state.again.reset();
    Json out = summary(*state.program, state.evaluation.get(), {});
    out["answers"] = std::move(trace->answers);
    out["isTrace"] = true;
    out["isPartial"] = state.evaluation->isPartial();
    out["hasProgram"] = trace->hasProgram;
    for (Json& each : out["tensors"]) {
        const auto id = state.program->find(each["name"].get<std::string>());
        each["isCut"] = id && trace->cut.contains(*id);
    }
    return out;
}

Result<std::shared_ptr<const Evaluation>> answering(const State& state, const Call& call) {
    if (!state.evaluation || !state.program) return sessionError("VIT-SESSION-003", "Nothing has been evaluated yet");
    if (!state.isTrace) return state.evaluation;
    if (state.again) return state.again;
    const auto start = std::chrono::steady_clock::now();
    CheckOptions checking;
    checking.folder = state.folder;
    checking.stop = call.stop;
    Checked checked = check(Source(state.program->source.name(), state.program->source.text()), checking);
    EvaluateOptions options;
    options.stop = call.stop;
    Evaluated evaluated;
    if (!hasErrors(checked.diagnostics)) evaluated = tl::evaluate(checked.program, options);
    if (call.stop.stop_requested()) return sessionError("VIT-SESSION-001", "The request was cancelled");
    evaluated.diagnostics.insert(evaluated.diagnostics.end(), checked.diagnostics.begin(), checked.diagnostics.end());
    for (const Diagnostic& each : evaluated.diagnostics)
        if (each.severity == Severity::Error)
            return sessionError("VIT-SESSION-006", "The program does not run: %1",
                                {render(each, checked.program->source)});
    if (!evaluated.evaluation) return sessionError("VIT-SESSION-003", "Nothing has been evaluated yet");
    state.again = evaluated.evaluation;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    call.part(Json{{"event", "reevaluated"}, {"seconds", seconds}});
    return state.again;
}

} // namespace vitrine::tl::session
