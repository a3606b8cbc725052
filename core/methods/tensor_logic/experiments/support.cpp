// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/experiments/support.hpp"

#include <algorithm>

namespace vitrine::tl {

RunLink::RunLink(RunContext& context)
    : m_context(context), m_forward(context.stop, std::function<void()>([this] { m_source.request_stop(); })) {}

bool RunLink::goOn() {
    if (m_context.goOn && !m_context.goOn()) m_source.request_stop();
    return !m_source.stop_requested();
}

void RunLink::onRound(const RoundReport& report) {
    if (rounds) rounds(report);
    goOn();
}

void RunLink::onLearning(const LearningReport& report) {
    if (learning) learning(report);
    goOn();
}

void RunLink::onSweep(std::int64_t sweep, double residual) {
    m_context.events.send(Scalar{"residual", sweep, residual});
    goOn();
}

void RunLink::onProgress(const std::string& phase, double done, double total) {
    m_context.events.send(Progress{phase, done, total, {}});
    goOn();
}

EvaluateOptions evaluateOptions(const Config& config, const RunContext& context, const RunLink& link) {
    EvaluateOptions options;
    options.device = context.device;
    options.threads = static_cast<int>(config.integer("threads"));
    options.memoryBudget = config.integer("memory") << 20;
    options.singlePrecision = context.device.kind == DeviceKind::Cuda;
    options.stop = link.token();
    return options;
}

Result<PreparedProgram> PreparedProgram::make(const std::string& name, const std::string& text) {
    Checked checked = check(Source(name, text), CheckOptions{});
    if (std::optional<Error> error = firstError(checked.diagnostics, checked.program->source)) return *error;
    PreparedProgram prepared;
    prepared.m_program = std::move(checked.program);
    return prepared;
}

void PreparedProgram::giveTuples(const std::string& tensor, std::vector<Cell> cells) {
    TensorInfo& info = m_program->tensors[m_program->find(tensor).value()];
    info.given.rows = info.arity == 0 ? 0 : cells.size() / info.arity;
    info.given.cells = std::move(cells);
}

void PreparedProgram::giveDense(const std::string& tensor, const std::vector<double>& values,
                                const std::vector<std::int64_t>& shape) {
    TensorInfo& info = m_program->tensors[m_program->find(tensor).value()];
    info.isLearned = false;
    info.given = GivenData{};
    info.given.rows = values.size();
    info.given.reals = values;
    info.given.cells.reserve(values.size() * shape.size());
    std::vector<std::int64_t> position(shape.size(), 0);
    for (std::size_t row = 0; row < values.size(); ++row) {
        for (const std::int64_t coordinate : position) info.given.cells.push_back(static_cast<Cell>(coordinate));
        for (std::size_t axis = shape.size(); axis-- > 0;) {
            if (++position[axis] < shape[axis]) break;
            position[axis] = 0;
        }
    }
}

std::optional<Error> firstError(const Diagnostics& diagnostics, const Source& source) {
    for (const Diagnostic& diagnostic : diagnostics)
        if (diagnostic.severity == Severity::Error)
            return Error{.code = "VIT-TL-001",
                         .message = "The program does not run: %1",
                         .arguments = {render(diagnostic, source)},
                         .hint = "Correct the program and run it again.",
                         .where = source.name()};
    return std::nullopt;
}

void Criteria::require(const std::string& what, bool passed, const std::string& seen) {
    m_lines.push_back({what, seen, passed});
}

void Criteria::note(const std::string& text) {
    m_notes.push_back(text);
}

bool Criteria::passed() const {
    return std::all_of(m_lines.begin(), m_lines.end(), [](const Line& line) { return line.passed; });
}

std::string Criteria::markdown(const std::string& title) const {
    std::string text = "# " + title + "\n\n" + (passed() ? "**PASS**" : "**FAIL**") + "\n\n";
    for (const Line& line : m_lines)
        text += std::string(line.passed ? "- PASS " : "- FAIL ") + line.what + ": " + line.seen + "\n";
    if (!m_notes.empty()) text += "\n";
    for (const std::string& each : m_notes) text += "- " + each + "\n";
    return text;
}

Error stopped() {
    return {.code = "VIT-SESSION-001", .message = "Stopped"};
}
RunOutcome failed(Error error) {
    return {RunState::Failed, {}, std::move(error)};
}
RunOutcome cancelled() {
    return {RunState::Cancelled, {}, {}};
}

} // namespace vitrine::tl
