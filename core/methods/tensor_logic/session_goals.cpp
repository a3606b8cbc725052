// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/session_state.hpp"

#include <algorithm>
#include <cctype>

/// The subgoals of backward chaining, as they were made.
namespace vitrine::tl::session {

namespace {

constexpr std::int64_t MostGoals = 2000;

std::string goalText(const Program& program, const Goal& goal) {
    const TensorInfo& info = program.tensors[goal.tensor];
    const std::vector<std::string> columns = columnNames(program, goal.tensor);
    std::string out = info.name;
    if (goal.pattern.empty()) return info.isRelation ? out + "()" : out;
    out += info.isRelation ? '(' : '[';
    for (std::size_t k = 0; k < goal.pattern.size(); ++k) {
        if (k > 0) out += ", ";
        if (goal.pattern[k])
            out += program.dictionary->text(*goal.pattern[k]);
        else
            out += std::isdigit(static_cast<unsigned char>(columns[k][0])) ? "_" : columns[k];
    }
    return out + (info.isRelation ? ')' : ']');
}

GraphSnapshot graphOf(const Program& program, const GoalTree& tree) {
    GraphSnapshot graph;
    for (std::size_t k = 0; k < tree.goals.size(); ++k) {
        const Goal& goal = tree.goals[k];
        GraphNode node;
        node.id = std::to_string(k + 1);
        node.label = goalText(program, goal);
        node.detail =
            std::to_string(goal.answers) + "|" + std::to_string(goal.memoHits) + "|" + std::to_string(goal.round);
        node.kind = k == 0 ? "new" : goal.answers == 0 ? "condition" : "rule";
        graph.nodes.push_back(std::move(node));
    }
    for (const GoalCall& one : tree.calls)
        graph.edges.push_back(
            {std::to_string(one.from + 1), std::to_string(one.to + 1), "", one.isFirst ? "plain" : "memo"});
    return graph;
}

Json goalsJson(const Program& program, const GoalTree& tree) {
    Json goals = Json::array();
    for (std::size_t k = 0; k < tree.goals.size(); ++k) {
        const Goal& goal = tree.goals[k];
        Json one{{"step", k + 1},
                 {"round", goal.round},
                 {"tensor", program.tensors[goal.tensor].name},
                 {"label", goalText(program, goal)},
                 {"answers", goal.answers},
                 {"memoHits", goal.memoHits}};
        if (goal.value) one["value"] = numberToJson(*goal.value);
        goals.push_back(std::move(one));
    }
    return goals;
}

/// The program with the query as its last line.
std::string textWith(const State& state, const Call& call, std::string query) {
    std::string text = call.payload.contains("text") ? call.text("text") : state.program->source.text();
    while (!query.empty() && (query.back() == ' ' || query.back() == '\n')) query.pop_back();
    if (query.empty() || query.back() != '?') query += '?';
    return text + "\n" + query + "\n";
}

} // namespace

ReplyValue goals(const State& state, const Call& call) {
    const std::string query = call.text("query");
    if (query.empty() || query.find_first_of("\n;") != std::string::npos)
        return sessionError("VIT-SESSION-002", "A query such as Ancestor(Alice, x)? is wanted");
    if (!call.payload.contains("text") && !state.program)
        return sessionError("VIT-SESSION-003", "Nothing has been evaluated yet");
    CheckOptions checking;
    checking.folder = call.payload.contains("folder") ? call.text("folder") : state.folder;
    checking.stop = call.stop;
    Checked checked = check(Source(call.text("name", "program.tl"), textWith(state, call, query)), checking);
    if (call.stop.stop_requested()) return sessionError("VIT-SESSION-001", "The request was cancelled");
    for (const Diagnostic& each : checked.diagnostics)
        if (each.severity == Severity::Error)
            return sessionError("VIT-SESSION-006", "The program does not run: %1",
                                {render(each, checked.program->source)});
    if (checked.program->outputs.empty() || !std::holds_alternative<Query>(checked.program->outputs.back()))
        return sessionError("VIT-SESSION-002", "A query such as Ancestor(Alice, x)? is wanted");
    GoalTree tree;
    EvaluateOptions options;
    options.mode = Mode::Backward;
    options.stop = call.stop;
    options.goals = &tree;
    options.mostGoals =
        static_cast<std::size_t>(std::clamp<std::int64_t>(call.integer("most", MostGoals), 1, MostGoals));
    options.onlyOutput = checked.program->outputs.size() - 1;
    options.memoryBudget = std::max<std::int64_t>(1 << 20, call.integer("memory", options.memoryBudget));
    const Evaluated evaluated = tl::evaluate(checked.program, options);
    if (call.stop.stop_requested()) return sessionError("VIT-SESSION-001", "The request was cancelled");
    for (const Diagnostic& each : evaluated.diagnostics)
        if (each.severity == Severity::Error)
            return sessionError("VIT-SESSION-006", "The program does not run: %1",
                                {render(each, checked.program->source)});
    const Program& program = *checked.program;
    call.part(Json{{"query", query},
                   {"shown", tree.goals.size()},
                   {"cap", options.mostGoals},
                   {"allGoals", tree.allGoals},
                   {"allAnswers", tree.allAnswers},
                   {"isCut", tree.isCut()},
                   {"isForward", tree.goals.empty()},
                   {"goals", goalsJson(program, tree)}});
    return graphOf(program, tree);
}

} // namespace vitrine::tl::session
