// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/prepare.hpp"
#include "core/methods/tensor_logic/session_state.hpp"

#include <algorithm>
#include <cstdio>

/// How the statement of one line is computed: the order of its joins, or the tree of its contraction.
namespace vitrine::tl::session {

namespace {

std::string shortNumber(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

std::string sourceText(const Program& program, const ByteRange& range) {
    const std::string& text = program.source.text();
    const std::size_t begin = std::min<std::size_t>(range.begin, text.size());
    return text.substr(begin, std::max(range.end, range.begin) - begin);
}

class PlanWriter {
  public:
    explicit PlanWriter(const Evaluation& evaluation) : m_evaluation(evaluation), m_program(evaluation.program()) {}

    Json items = Json::array();
    GraphSnapshot graph;

    void addRule(std::uint32_t number) {
        const Rule& rule = m_program.rules[number];
        Json item = itemOf("rule", rule.head.tensor, rule.statement);
        item["orders"] = Json::array();
        for (const RulePlan& plan : m_evaluation.rulePlans(number)) item["orders"].push_back(orderJson(rule, plan));
        items.push_back(std::move(item));
    }

    void addEquation(std::uint32_t number) {
        const Equation& equation = m_program.equations[number];
        Json item = itemOf("equation", equation.head, equation.statement);
        item["products"] = Json::array();
        if (const auto plan = m_evaluation.equationPlan(number)) {
            item["flops"] = plan->flops;
            item["peakBytes"] = plan->peakBytes;
            item["inputBytes"] = plan->inputBytes;
            item["resultBytes"] = plan->resultBytes;
            for (const Contraction& product : plan->products) item["products"].push_back(productJson(product, item));
        }
        items.push_back(std::move(item));
    }

  private:
    Json itemOf(const char* kind, TensorId head, std::uint32_t statement) const {
        Json item{{"kind", kind},
                  {"line", lineOf(m_program, statement)},
                  {"head", m_program.tensors[head].name},
                  {"text", statementText(m_program, statement)}};
        std::uint32_t stratum = NoId;
        for (std::uint32_t k = 0; k < m_program.strata.size(); ++k)
            for (const TensorId tensor : m_program.strata[k].tensors)
                if (tensor == head) stratum = k;
        for (const Choice& choice : m_evaluation.choices())
            if (choice.tensor == head || (choice.stratum == stratum && !item.contains("what"))) {
                item["what"] = choice.what;
                item["reason"] = choice.reason;
                item["arguments"] = choice.arguments;
            }
        return item;
    }

    std::string literalText(const Rule& rule, const JoinStep& step) const {
        if (step.literal == NoId) return step.kind == "compute" ? sourceText(m_program, rule.head.range) : "";
        return sourceText(m_program,
                          step.isComparison ? rule.comparisons[step.literal].range : rule.atoms[step.literal].range);
    }

    /// Names of the columns that a step knows before it looks.
    Json boundJson(const Rule& rule, const JoinStep& step) const {
        Json bound = Json::array();
        if (step.literal == NoId || step.isComparison) return bound;
        for (const std::uint32_t column : step.bound)
            if (column < rule.atoms[step.literal].args.size())
                bound.push_back(sourceText(m_program, rule.atoms[step.literal].args[column].range));
        return bound;
    }

    Json orderJson(const Rule& rule, const RulePlan& plan) {
        Json order{{"engine", plan.engine},
                   {"runs", plan.runs},
                   {"delta", plan.delta == NoId ? Json() : Json(sourceText(m_program, rule.atoms[plan.delta].range))},
                   {"steps", Json::array()}};
        const std::string base = std::to_string(items.size()) + "." + std::to_string(m_orders++) + ".";
        for (std::size_t k = 0; k < plan.steps.size(); ++k) {
            const JoinStep& step = plan.steps[k];
            Json one{
                {"kind", step.kind},
                {"literal", literalText(rule, step)},
                {"relation", step.relation < m_program.tensors.size() ? m_program.tensors[step.relation].name : ""},
                {"bound", boundJson(rule, step)},
                {"isDelta", step.isDelta},
                {"isNegated", step.isNegated},
                {"fanOut", step.fanOut},
                {"estimated", step.estimated}};
            if (step.joined) one["joined"] = *step.joined;
            GraphNode node;
            node.id = base + std::to_string(k);
            node.label = one["literal"].get<std::string>();
            if (node.label.empty()) node.label = step.kind;
            std::string keys;
            for (const Json& key : one["bound"]) keys += (keys.empty() ? "" : ", ") + key.get<std::string>();
            node.detail =
                keys + "|" + shortNumber(step.estimated) + "|" + (step.joined ? std::to_string(*step.joined) : "");
            node.kind = step.isDelta ? "new" : step.kind == "scan" || step.kind == "join" ? "rule" : "condition";
            node.group = "order|" + base.substr(0, base.size() - 1);
            node.layer = static_cast<int>(k);
            if (k > 0)
                graph.edges.push_back({base + std::to_string(k - 1), node.id,
                                       plan.steps[k - 1].joined ? std::to_string(*plan.steps[k - 1].joined) : "",
                                       "plain"});
            graph.nodes.push_back(std::move(node));
            order["steps"].push_back(std::move(one));
        }
        return order;
    }

    static Json tensorJson(const Contraction::Tensor& tensor) {
        return {{"text", tensor.text},
                {"indices", tensor.indices},
                {"shape", tensor.shape},
                {"cells", tensor.cells},
                {"flops", tensor.flops}};
    }

    Json productJson(const Contraction& product, const Json&) {
        Json out{{"einsum", product.einsum},
                 {"flops", product.flops},
                 {"writtenFlops", product.writtenFlops},
                 {"tuples", product.tuples == NoId ? Json() : Json(m_program.tensors[product.tuples].name)},
                 {"operands", Json::array()},
                 {"steps", Json::array()}};
        const std::string base = std::to_string(items.size()) + "." + std::to_string(m_orders++) + ".";
        for (std::size_t k = 0; k < product.tensors.size(); ++k) {
            const Contraction::Tensor& tensor = product.tensors[k];
            GraphNode node;
            node.id = base + std::to_string(k);
            std::string indices, shape;
            for (const std::string& index : tensor.indices) indices += (indices.empty() ? "" : ", ") + index;
            for (const std::int64_t size : tensor.shape)
                shape += (shape.empty() ? "" : " \u00D7 ") + std::to_string(size);
            node.label = k < product.operands ? tensor.text : "[" + indices + "]";
            node.detail = shape + "|" + shortNumber(tensor.cells) + "|" + shortNumber(tensor.flops);
            node.kind = k < product.operands ? "given" : k + 1 == product.tensors.size() ? "new" : "numeric";
            node.group = "product|" + base.substr(0, base.size() - 1);
            graph.nodes.push_back(std::move(node));
            if (k < product.operands) {
                out["operands"].push_back(tensorJson(tensor));
                continue;
            }
            const auto [left, right] = product.steps[k - product.operands];
            for (const std::size_t from : {left, right})
                graph.edges.push_back({base + std::to_string(k), base + std::to_string(from), "", "plain"});
            Json step = tensorJson(tensor);
            step["left"] = left;
            step["right"] = right;
            out["steps"].push_back(std::move(step));
        }
        return out;
    }

    const Evaluation& m_evaluation;
    const Program& m_program;
    std::size_t m_orders = 0;
};

/// The evaluation that the request is about: the last one, or the data of a text that has not been evaluated.
Result<std::shared_ptr<const Evaluation>> subjectOf(const State& state, const Call& call) {
    const bool isOther =
        call.payload.contains("text") && (!state.program || state.program->source.text() != call.text("text"));
    if (!isOther) return answering(state, call);
    CheckOptions checking;
    checking.folder = call.text("folder");
    checking.stop = call.stop;
    Checked checked = check(Source(call.text("name", "program.tl"), call.text("text")), checking);
    for (const Diagnostic& each : checked.diagnostics)
        if (each.severity == Severity::Error)
            return sessionError("VIT-SESSION-006", "The program does not run: %1",
                                {render(each, checked.program->source)});
    EvaluateOptions options;
    options.stop = call.stop;
    return prepare(std::move(checked.program), options);
}

} // namespace

std::string statementText(const Program& program, std::uint32_t statement) {
    if (statement >= program.syntax.statements.size()) return {};
    return sourceText(program, program.syntax.statements[statement].range);
}

ReplyValue plan(const State& state, const Call& call) {
    const auto subject = subjectOf(state, call);
    if (!subject) return subject.error();
    const Program& program = (*subject)->program();
    const auto line = static_cast<int>(std::clamp<std::int64_t>(call.integer("line", 0), 0, 1 << 30));
    const auto isThere = [&](std::uint32_t statement) {
        if (statement >= program.syntax.statements.size()) return false;
        const ByteRange range = program.syntax.statements[statement].range;
        const std::uint32_t end = std::max(range.begin, range.end > 0 ? range.end - 1 : 0);
        return program.source.position(range.begin).line <= line && line <= program.source.position(end).line;
    };
    PlanWriter writer(**subject);
    for (std::uint32_t k = 0; k < program.rules.size() && !call.stop.stop_requested(); ++k)
        if (isThere(program.rules[k].statement)) writer.addRule(k);
    for (std::uint32_t k = 0; k < program.equations.size() && !call.stop.stop_requested(); ++k)
        if (isThere(program.equations[k].statement)) writer.addEquation(k);
    if (writer.items.empty())
        return sessionError("VIT-SESSION-004", "Line %1 has no rule and no equation", {std::to_string(line)});
    call.part(Json{{"line", line}, {"items", std::move(writer.items)}});
    return std::move(writer.graph);
}

} // namespace vitrine::tl::session
