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
                           {"reason", fillIn(choice.reason, choice.arguments)}});
    return choices;
}

Json tuplesOf(const Evaluation& evaluation, TensorId tensor, const TraceLimits& limits) {
    const Dictionary& dictionary = *evaluation.program().dictionary;
    const std::uint64_t count = evaluation.rowCount(tensor);
    Json relation{
        {"name", evaluation.program().tensors[tensor].name}, {"count", count}, {"isCut", count > limits.rows}};
    Json rows = Json::array();
    for (const Row& row : evaluation.rows(tensor, 0, std::min(count, limits.rows))) {
        Json cells = Json::array();
        for (const Cell cell : row.cells) cells.push_back(dictionary.text(cell));
        rows.push_back({{"cells", std::move(cells)}, {"round", row.round}, {"value", numberToJson(row.value)}});
    }
    relation["rows"] = std::move(rows);
    return relation;
}

Json denseOf(const Evaluation& evaluation, TensorId tensor, const TraceLimits& limits) {
    const std::vector<std::int64_t> shape = evaluation.shape(tensor);
    std::int64_t cells = 1;
    for (const std::int64_t extent : shape) cells *= extent;
    Json dense{{"name", evaluation.program().tensors[tensor].name}, {"shape", shape}, {"isCut", cells > limits.cells}};
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
    Json trace{{"version", 1}, {"isPartial", evaluation.isPartial()}};
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
    for (const Answer& each : answers)
        texts.push_back(
            {{"heading", each.heading}, {"count", each.count}, {"lines", each.lines}, {"isCut", each.isCut}});
    trace["relations"] = std::move(relations);
    trace["tensors"] = std::move(tensors);
    trace["answers"] = std::move(texts);
    return trace;
}

} // namespace vitrine::tl
