// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/checker.hpp"

#include "core/methods/tensor_logic/check/context.hpp"
#include "core/methods/tensor_logic/parser.hpp"

namespace vitrine::tl {

namespace checking {

Diagnostic& Context::report(Severity severity, std::string code, std::string message,
                            std::vector<std::string> arguments, ByteRange range) {
    Diagnostic diagnostic;
    diagnostic.severity = severity;
    diagnostic.code = std::move(code);
    diagnostic.message = std::move(message);
    diagnostic.arguments = std::move(arguments);
    diagnostic.range = range;
    diagnostics.push_back(std::move(diagnostic));
    return diagnostics.back();
}

std::string Context::placeText(ByteRange range) const {
    const Source::Position at = program.source.position(range.begin);
    return std::to_string(at.line) + ":" + std::to_string(at.column);
}

namespace {

/// What lies between the statements that could be read.
std::string textBetween(const Program& program) {
    const std::string& text = program.source.text();
    std::string result;
    std::size_t at = 0;
    for (const ast::Statement& statement : program.syntax.statements) {
        if (statement.range.begin > at) result.append(text, at, statement.range.begin - at).push_back('\n');
        at = std::max<std::size_t>(at, statement.range.end);
    }
    if (at < text.size()) result.append(text, at);
    return result;
}

void runPasses(Context& context) {
    constexpr std::array Passes{collectNames, classifyTensors, readDirectives, resolveStatements,
                                readData,     findJoins,       checkRules,     inferShapes,
                                orderStrata,  findVirtual,     readLearning,   placeSums,
                                inferNumbers, resolveOutputs,  warnAbout,      writeMarks};
    for (const auto pass : Passes) {
        if (context.isStopped()) return;
        pass(context);
    }
}

} // namespace

} // namespace checking

Checked check(Source source, const CheckOptions& options) {
    Checked result;
    result.program = std::make_shared<Program>();
    Program& program = *result.program;
    program.dictionary = std::make_shared<Dictionary>();
    program.source = std::move(source);
    Parsed parsed = parse(program.source);
    program.syntax = std::move(parsed.program);
    result.diagnostics = std::move(parsed.diagnostics);
    checking::Context context(program, options, result.diagnostics);
    if (hasErrors(result.diagnostics)) context.unread = checking::textBetween(program);
    checking::runPasses(context);
    if (options.stop.stop_requested()) context.error("E-CANCEL", "The check was stopped", {}, {0, 0});
    sortDiagnostics(result.diagnostics);
    return result;
}

} // namespace vitrine::tl
