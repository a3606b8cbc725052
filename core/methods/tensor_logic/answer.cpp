// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/answer.hpp"

#include "core/methods/tensor_logic/answerlines.hpp"

namespace vitrine::tl {

namespace {

/// The place of an argument in the text, or the whole query.
ByteRange rangeOf(const Program& program, const Query& query, std::size_t argument) {
    if (query.statement >= program.syntax.statements.size()) return query.range;
    const auto* written = std::get_if<ast::Query>(&program.syntax.statements[query.statement].body);
    if (!written || argument >= written->ref.indices.size()) return query.range;
    return written->ref.indices[argument].range;
}

void checkArgument(const Evaluation& evaluation, const Query& query, std::size_t k, Diagnostics& found) {
    const Program& program = evaluation.program();
    const TensorInfo& info = program.tensors[query.tensor];
    const Domain& domain = program.domains[info.axes[k]];
    const QueryArgument& argument = query.arguments[k];
    const auto report = [&](const char* message, std::vector<std::string> arguments) {
        Diagnostic outside;
        outside.code = "E-RANGE";
        outside.message = message;
        outside.arguments = std::move(arguments);
        outside.range = rangeOf(program, query, k);
        found.push_back(std::move(outside));
    };
    const std::string size = std::to_string(domain.size);
    if (argument.kind == QueryArgument::Kind::Constant) {
        const Value value = program.dictionary->value(argument.constant);
        if (!value.isSymbol && !positionOf(program, domain, argument.constant))
            report("%1 is outside this index of %2, which has size %3",
                   {std::to_string(value.integer), info.name, size});
        return;
    }
    for (const auto& bound : {argument.first, argument.last})
        if (argument.kind == QueryArgument::Kind::Slice && bound && (*bound < 0 || *bound > domain.size)) {
            report("the slice ends at %1, outside this index of %2, which has size %3",
                   {std::to_string(*bound), info.name, size});
            return;
        }
}

/// Integers outside a tensor's sizes, which may be known only now. Relations have no range.
Diagnostics checkRanges(const Evaluation& evaluation) {
    Diagnostics found;
    for (const auto& output : evaluation.program().outputs) {
        const Query* query = std::get_if<Query>(&output);
        if (!query || query->isBare || evaluation.program().tensors[query->tensor].isRelation) continue;
        for (std::size_t k = 0; k < query->arguments.size(); ++k) checkArgument(evaluation, *query, k, found);
    }
    return found;
}

/// A relation without a single tuple is often a misspelt name. Backward chaining computes only what is asked for.
void warnIfEmpty(const Evaluation& evaluation, const Query& query, Diagnostics& found) {
    const TensorInfo& info = evaluation.program().tensors[query.tensor];
    if (info.arity == 0 || evaluation.demanded().first > 0 || evaluation.rowCount(query.tensor) > 0) return;
    Diagnostic warning;
    warning.severity = Severity::Warning;
    warning.code = "W-EMPTY";
    warning.message = "%1 has no tuples at all";
    warning.arguments = {info.name};
    warning.range = query.range;
    found.push_back(std::move(warning));
}

} // namespace

Diagnostics answer(const Evaluation& evaluation, const AnswerOptions& options,
                   const std::function<void(const Answer&)>& take) {
    Diagnostics found = checkRanges(evaluation);
    if (!found.empty()) return found;
    for (const auto& output : evaluation.program().outputs) {
        if (options.stop.stop_requested()) break;
        if (const Query* query = std::get_if<Query>(&output)) {
            if (options.filesOnly || query->statement < options.from) continue;
            AnswerLines lines(query->statement, options, take);
            const bool isRelation = evaluation.program().tensors[query->tensor].isRelation;
            isRelation ? answerRelation(evaluation, *query, lines) : answerTensor(evaluation, *query, lines);
            if (isRelation) warnIfEmpty(evaluation, *query, found);
        } else {
            const Output& file = std::get<Output>(output);
            if (file.statement < options.from) continue;
            AnswerLines lines(file.statement, options, take);
            answerOutput(evaluation, file, options, lines, found);
        }
    }
    return found;
}

} // namespace vitrine::tl
