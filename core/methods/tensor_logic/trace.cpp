// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/trace.hpp"

#include <algorithm>

namespace vitrine::tl {

namespace {

Json roundsOf(const Evaluation& evaluation) {
    Json rounds = Json::array();
    for (const RoundReport& report : evaluation.rounds())
        rounds.push_back({{"stratum", report.stratum},
                          {"round", report.round},
                          {"relation", evaluation.program().tensors[report.relation].name},
                          {"delta", report.delta},
                          {"total", report.total},
                          {"joined", report.joinedRows},
                          {"seconds", report.seconds},
                          {"engine", report.engine}});
    return rounds;
}

Json choicesOf(const Evaluation& evaluation) {
    Json choices = Json::array();
    for (const Choice& choice : evaluation.choices())
        choices.push_back({{"stratum", choice.stratum},
                           {"tensor", choice.tensor == NoId ? "" : evaluation.program().tensors[choice.tensor].name},
                           {"what", choice.what},
                           {"reason", choice.reason},
                           {"arguments", choice.arguments}});
    return choices;
}

Json cellOf(const Dictionary& dictionary, Cell cell) {
    const Value value = dictionary.value(cell);
    return value.isSymbol ? Json(std::string(value.symbol)) : Json(value.integer);
}

/// What both forms of a tensor say of themselves.
Json headOf(const Evaluation& evaluation, TensorId tensor, const TraceLimits& limits) {
    const Program& program = evaluation.program();
    const TensorInfo& info = program.tensors[tensor];
    Json axes = Json::array();
    for (const DomainId id : info.axes) {
        Json axis{{"size", id < program.domains.size() ? program.domains[id].size : 0}};
        if (id < program.domains.size() && !program.domains[id].symbols.empty()) {
            const Domain& domain = program.domains[id];
            axis["isSymbolic"] = true;
            if (domain.size <= limits.labels)
                for (const Cell cell : domain.symbols) axis["labels"].push_back(cellOf(*program.dictionary, cell));
        }
        axes.push_back(std::move(axis));
    }
    return {{"name", info.name},
            {"arity", info.arity},
            {"isRelation", info.isRelation},
            {"isLearned", info.isLearned},
            {"type", info.type == ElementType::Bool  ? "bool"
                     : info.type == ElementType::Int ? "int"
                                                     : "real"},
            {"axes", std::move(axes)}};
}

Json tuplesOf(const Evaluation& evaluation, TensorId tensor, const TraceLimits& limits) {
    const Dictionary& dictionary = *evaluation.program().dictionary;
    const std::uint64_t count = evaluation.rowCount(tensor);
    Json relation = headOf(evaluation, tensor, limits);
    relation["count"] = count;
    relation["isCut"] = count > limits.rows;
    Json rows = Json::array();
    for (const Row& row : evaluation.rows(tensor, 0, std::min(count, limits.rows))) {
        Json cells = Json::array();
        for (const Cell cell : row.cells) cells.push_back(cellOf(dictionary, cell));
        rows.push_back({{"cells", std::move(cells)},
                        {"round", row.round},
                        {"value", row.isInteger ? Json(row.integer) : numberToJson(row.value)}});
    }
    relation["rows"] = std::move(rows);
    return relation;
}

Json denseOf(const Evaluation& evaluation, TensorId tensor, const TraceLimits& limits) {
    const std::vector<std::int64_t> shape = evaluation.shape(tensor);
    std::int64_t cells = 1;
    for (const std::int64_t extent : shape) cells *= extent;
    Json dense = headOf(evaluation, tensor, limits);
    dense["shape"] = shape;
    dense["isCut"] = cells > limits.cells;
    if (cells > limits.cells) return dense;
    const TensorSnapshot snapshot = evaluation.dense(tensor);
    Json values = Json::array();
    for (std::int64_t index = 0; index < cells; ++index) {
        if (snapshot.dtype == DType::Int64) values.push_back(snapshot.as<std::int64_t>()[index]);
        if (snapshot.dtype == DType::Bool) values.push_back(snapshot.as<bool>()[index] ? 1 : 0);
        if (snapshot.dtype == DType::Float64) values.push_back(numberToJson(snapshot.as<double>()[index]));
    }
    dense["values"] = std::move(values);
    return dense;
}

} // namespace

Json traceOf(const Evaluation& evaluation, const std::vector<Answer>& answers, const TraceLimits& limits) {
    const Source& source = evaluation.program().source;
    Json trace{{"version", 2},
               {"isPartial", evaluation.isPartial()},
               {"program", {{"name", source.name()}, {"text", source.text()}}},
               {"losses", Json::array()}};
    for (const LearningReport& report : evaluation.learning())
        trace["losses"].push_back(
            {{"step", report.step}, {"steps", report.steps}, {"loss", numberToJson(report.loss)}});
    trace["rounds"] = roundsOf(evaluation);
    trace["choices"] = choicesOf(evaluation);
    Json relations = Json::array(), tensors = Json::array(), texts = Json::array();
    for (TensorId tensor = 0; tensor < evaluation.program().tensors.size(); ++tensor) {
        if (evaluation.program().tensors[tensor].isBuiltin) continue;
        if (evaluation.isTuples(tensor))
            relations.push_back(tuplesOf(evaluation, tensor, limits));
        else if (evaluation.isDense(tensor))
            tensors.push_back(denseOf(evaluation, tensor, limits));
    }
    const auto lineOf = [&](std::uint32_t statement) {
        const auto& statements = evaluation.program().syntax.statements;
        return statement < statements.size() ? source.position(statements[statement].range.begin).line : 0;
    };
    for (const Answer& each : answers)
        texts.push_back({{"line", lineOf(each.statement)},
                         {"heading", each.heading},
                         {"count", each.count},
                         {"lines", each.lines},
                         {"isCut", each.isCut}});
    trace["relations"] = std::move(relations);
    trace["tensors"] = std::move(tensors);
    trace["answers"] = std::move(texts);
    return trace;
}

} // namespace vitrine::tl
