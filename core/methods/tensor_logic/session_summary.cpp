// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/session_state.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

/// What an evaluation amounts to, as JSON, and the words that the other requests share.
namespace vitrine::tl::session {

int lineOf(const Program& program, std::uint32_t statement) {
    if (statement >= program.syntax.statements.size()) return 0;
    return program.source.position(program.syntax.statements[statement].range.begin).line;
}

std::string tupleText(const Program& program, TensorId tensor, const std::vector<Cell>& cells) {
    const TensorInfo& info = program.tensors[tensor];
    std::string out = info.name;
    if (cells.empty()) return info.isRelation ? out + "()" : out;
    out += info.isRelation ? '(' : '[';
    for (std::size_t i = 0; i < cells.size(); ++i) out += (i ? ", " : "") + program.dictionary->text(cells[i]);
    return out + (info.isRelation ? ')' : ']');
}

namespace {
void fillFromUses(const Node& node, const std::vector<Var>& vars, TensorId tensor,
                  const std::function<void(const std::vector<IndexTerm>&, const std::vector<Var>&)>& fill) {
    if (node.kind == Node::Kind::Tensor && node.tensor == tensor) fill(node.index, vars);
    for (const Node& operand : node.operands) fillFromUses(operand, vars, tensor, fill);
}
} // namespace

std::vector<std::string> columnNames(const Program& program, TensorId tensor) {
    const std::uint32_t arity = program.tensors[tensor].arity;
    std::vector<std::string> names(arity);
    const auto fill = [&](const std::vector<IndexTerm>& terms, const std::vector<Var>& vars) {
        for (std::size_t i = 0; i < terms.size() && i < names.size(); ++i)
            if (names[i].empty() && terms[i].isPlain() && terms[i].var < vars.size() && !vars[terms[i].var].isAnonymous)
                names[i] = vars[terms[i].var].name;
    };
    for (const Rule& rule : program.rules)
        if (rule.head.tensor == tensor) fill(rule.head.args, rule.vars);
    for (const Equation& equation : program.equations)
        if (equation.head == tensor) fill(equation.headIndex, equation.vars);
    for (const Rule& rule : program.rules)
        for (const Atom& atom : rule.atoms)
            if (atom.tensor == tensor) fill(atom.args, rule.vars);
    for (const Equation& equation : program.equations) fillFromUses(equation.value, equation.vars, tensor, fill);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i].empty() || !seen.insert(names[i]).second) names[i] = std::to_string(i + 1);
    return names;
}

namespace {

const char* severityName(Severity severity) {
    return severity == Severity::Error ? "error" : severity == Severity::Warning ? "warning" : "note";
}

Json spanJson(const Source& source, const ByteRange& range) {
    const auto size = static_cast<std::uint32_t>(source.text().size());
    const auto begin = source.position(std::min(range.begin, size)),
               end = source.position(std::min(std::max(range.begin, range.end), size));
    return {{"line", begin.line - 1},
            {"column", begin.utf16Column},
            {"endLine", end.line - 1},
            {"endColumn", end.utf16Column}};
}

const char* typeName(ElementType type) {
    return type == ElementType::Bool ? "bool" : type == ElementType::Int ? "int" : "real";
}

Json axesJson(const Program& program, const TensorInfo& info) {
    Json axes = Json::array();
    for (const DomainId axis : info.axes) {
        if (axis >= program.domains.size()) {
            axes.push_back({{"size", 0}, {"isSymbolic", false}});
            continue;
        }
        const Domain& domain = program.domains[axis];
        axes.push_back({{"size", domain.size}, {"isSymbolic", !domain.symbols.empty()}, {"class", domain.name}});
    }
    return axes;
}

/// Least and largest value of a dense tensor, for the colours of its matrix.
void addRange(const Evaluation& evaluation, TensorId id, Json& out) {
    constexpr std::int64_t Most = 1 << 20;
    std::int64_t elements = 1;
    for (const std::int64_t extent : evaluation.shape(id)) elements *= extent;
    if (elements < 1 || elements > Most) return;
    const TensorSnapshot values = evaluation.dense(id);
    double low = 0, high = 0;
    const auto scan = [&](const auto* data) {
        for (std::int64_t i = 0; i < values.elements(); ++i) {
            const auto value = static_cast<double>(data[i]);
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
    };
    if (values.dtype == DType::Float64)
        scan(values.as<double>());
    else if (values.dtype == DType::Float32)
        scan(values.as<float>());
    else if (values.dtype == DType::Int64)
        scan(values.as<std::int64_t>());
    else
        scan(values.as<std::uint8_t>());
    out["low"] = numberToJson(low);
    out["high"] = numberToJson(high);
}

Json tensorJson(const Program& program, const Evaluation* evaluation, TensorId id) {
    const TensorInfo& info = program.tensors[id];
    Json out{{"name", info.name},
             {"arity", info.arity},
             {"type", typeName(info.type)},
             {"isRelation", info.isRelation},
             {"columns", columnNames(program, id)},
             {"axes", axesJson(program, info)},
             {"isLearned", info.isLearned},
             {"given", info.given.rows},
             {"line",
              info.definition.end > info.definition.begin ? program.source.position(info.definition.begin).line : 0}};
    out["isComputed"] = std::any_of(program.rules.begin(), program.rules.end(),
                                    [&](const Rule& rule) { return rule.head.tensor == id; }) ||
                        std::any_of(program.equations.begin(), program.equations.end(),
                                    [&](const Equation& equation) { return equation.head == id; });
    if (!evaluation) return out;
    const bool isTuples = evaluation->isTuples(id), isDense = evaluation->isDense(id);
    out["storage"] = isTuples ? "tuples" : isDense ? "dense" : "none";
    if (isTuples) out["rows"] = evaluation->rowCount(id);
    if (isTuples || isDense) out["shape"] = evaluation->shape(id);
    for (const Choice& choice : evaluation->choices())
        if (choice.tensor == id)
            out["choice"] = {{"what", choice.what}, {"reason", choice.reason}, {"arguments", choice.arguments}};
    if (isDense) addRange(*evaluation, id, out);
    out["hasGradient"] = info.isLearned && evaluation->gradient(id).has_value();
    return out;
}

Json roundsJson(const Program& program, const Evaluation& evaluation) {
    constexpr std::size_t Most = 20000; // a run-away recursion may have millions: its ends say enough
    Json rounds = Json::array();
    const std::vector<RoundReport>& all = evaluation.rounds();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all.size() > Most && i == Most / 2) i = all.size() - Most / 2;
        const RoundReport& report = all[i];
        rounds.push_back({{"relation", program.tensors[report.relation].name},
                          {"round", report.round},
                          {"delta", report.delta},
                          {"total", report.total},
                          {"joined", report.joinedRows},
                          {"seconds", report.seconds},
                          {"engine", report.engine}});
    }
    return rounds;
}

Json rulesJson(const Program& program) {
    Json rules = Json::array();
    for (const Rule& rule : program.rules)
        rules.push_back({{"line", lineOf(program, rule.statement)},
                         {"head", program.tensors[rule.head.tensor].name},
                         {"join", joinText(program, rule)},
                         {"einsum", einsumText(program, rule)}});
    return rules;
}

/// Variables of one letter keep it; longer names get letters of their own.
std::map<VarId, char> lettersOf(const Rule& rule) {
    std::map<VarId, char> letters;
    std::set<char> used;
    for (VarId var = 0; var < rule.vars.size(); ++var)
        if (rule.vars[var].name.size() == 1 && used.insert(rule.vars[var].name[0]).second)
            letters[var] = rule.vars[var].name[0];
    char next = 'a';
    for (VarId var = 0; var < rule.vars.size(); ++var) {
        if (letters.contains(var)) continue;
        while (next <= 'z' && used.contains(next)) ++next;
        letters[var] = next <= 'z' ? next : '?';
        used.insert(next);
    }
    return letters;
}

} // namespace

Json diagnosticsJson(const Diagnostics& diagnostics, const Source& source) {
    Json out = Json::array();
    for (const Diagnostic& each : diagnostics) {
        Json json = spanJson(source, each.range);
        json["severity"] = severityName(each.severity);
        json["code"] = each.code;
        json["message"] = each.message;
        json["arguments"] = each.arguments;
        json["notes"] = Json::array();
        for (const auto& note : each.notes) {
            Json one = spanJson(source, note.range);
            one["message"] = note.message;
            one["arguments"] = note.arguments;
            json["notes"].push_back(std::move(one));
        }
        out.push_back(std::move(json));
    }
    return out;
}

std::string joinText(const Program& program, const Rule& rule) {
    std::string out;
    for (const Atom& atom : rule.atoms)
        out += (out.empty() ? "" : atom.isNegated ? " \u25B7 " : " \u22C8 ") + program.tensors[atom.tensor].name;
    for (std::size_t i = 0; i < rule.comparisons.size(); ++i) out += i == 0 ? " | \u03C3" : "\u03C3";
    return out;
}

std::string einsumText(const Program&, const Rule& rule) {
    const auto letters = lettersOf(rule);
    std::string out;
    const auto write = [&](const std::vector<IndexTerm>& terms) {
        for (const IndexTerm& term : terms) {
            if (term.isPlain() && letters.contains(term.var))
                out += letters.at(term.var);
            else
                out += '.'; // a constant or arithmetic
        }
    };
    bool isFirst = true;
    for (const Atom& atom : rule.atoms) {
        if (atom.isNegated) continue;
        if (!isFirst) out += ',';
        isFirst = false;
        write(atom.args);
    }
    out += "\u2192";
    write(rule.head.args);
    return out;
}

Json summary(const Program& program, const Evaluation* evaluation, const Diagnostics& diagnostics) {
    Json out{{"isOk", !hasErrors(diagnostics)}, {"diagnostics", diagnosticsJson(diagnostics, program.source)},
             {"tensors", Json::array()},        {"rounds", Json::array()},
             {"rules", rulesJson(program)},     {"answers", Json::array()},
             {"choices", Json::array()},        {"losses", Json::array()}};
    for (TensorId id = 0; id < program.tensors.size(); ++id)
        if (!program.tensors[id].isBuiltin) out["tensors"].push_back(tensorJson(program, evaluation, id));
    if (!evaluation) return out;
    out["rounds"] = roundsJson(program, *evaluation);
    for (const Choice& choice : evaluation->choices())
        out["choices"].push_back(
            {{"stratum", choice.stratum},
             {"tensor", choice.tensor < program.tensors.size() ? program.tensors[choice.tensor].name : ""},
             {"what", choice.what},
             {"reason", choice.reason},
             {"arguments", choice.arguments}});
    for (const LearningReport& report : evaluation->learning())
        out["losses"].push_back({{"step", report.step}, {"loss", numberToJson(report.loss)}});
    const auto [subgoals, tuples] = evaluation->demanded();
    out["demanded"] = {{"subgoals", subgoals}, {"tuples", tuples}};
    return out;
}

} // namespace vitrine::tl::session
