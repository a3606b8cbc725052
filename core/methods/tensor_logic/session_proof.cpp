// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/session_state.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>

/// Why a tuple holds, how often a rule derives it, and the program as a graph.
namespace vitrine::tl::session {

namespace {

constexpr std::size_t MostProofNodes = 4000;
constexpr std::uint64_t MostVisits = 2'000'000; ///< rows looked at while witnesses are counted

struct ProofWriter {
    const Program& program;
    GraphSnapshot graph;
    std::map<int, int> rules;             ///< line: uses
    std::map<std::string, int> factLines; ///< facts of the program's text
    int facts = 0, depth = 0;
    bool isCut = false;

    explicit ProofWriter(const Program& of) : program(of) {
        constexpr std::size_t Most = 20000;
        for (const ast::Statement& statement : program.syntax.statements) {
            const auto* facts_here = std::get_if<ast::Facts>(&statement.body);
            if (!facts_here || factLines.size() > Most) continue;
            for (const ast::Ref& atom : facts_here->atoms) {
                std::string text = atom.name + "(";
                for (std::size_t i = 0; i < atom.indices.size(); ++i) {
                    if (i > 0) text += ", ";
                    if (!atom.indices[i].first) continue;
                    const ast::IndexExpr& value = *atom.indices[i].first;
                    text += value.kind == ast::IndexExpr::Kind::Integer ? std::to_string(value.integer) : value.text;
                }
                factLines.try_emplace(text + ")", program.source.position(atom.range.begin).line);
            }
        }
    }

    std::string add(const Proof& proof, int level) {
        const std::string id = std::to_string(graph.nodes.size());
        depth = std::max(depth, level);
        GraphNode node;
        node.id = id;
        node.label = tupleText(program, proof.relation, proof.cells);
        int line = proof.statement == NoId ? 0 : lineOf(program, proof.statement);
        if (line == 0 && proof.rule == NoId)
            if (const auto known = factLines.find(node.label); known != factLines.end()) line = known->second;
        if (proof.rule == NoId) {
            ++facts;
            node.kind = "fact";
            node.detail = line > 0 ? "fact|" + std::to_string(line) : "fact";
        } else {
            ++rules[line];
            node.kind = level == 0 ? "new" : "rule";
            node.detail = "rule|" + std::to_string(line) + "|" + std::to_string(proof.round);
        }
        if (proof.isCut) node.detail = "cut";
        isCut = isCut || proof.isCut;
        graph.nodes.push_back(std::move(node));
        const auto attach = [&](const std::string& child) { graph.edges.push_back({id, child, "", ""}); };
        for (const Proof& body : proof.body) {
            if (graph.nodes.size() >= MostProofNodes) {
                isCut = true;
                break;
            }
            attach(add(body, level + 1));
        }
        for (const std::string& condition : proof.conditions) {
            const std::string child = std::to_string(graph.nodes.size());
            graph.nodes.push_back({child, condition, "holds", "condition", "", -1});
            attach(child);
        }
        return id;
    }
};

} // namespace

ReplyValue proof(const State& state, const Call& call) {
    const auto id = tensorOf(state, call);
    if (!id) return id.error();
    const auto cells = cellsOf(*state.program, *id, call.payload.value("cells", Json::array()));
    if (!cells) return cells.error();
    const int depth = static_cast<int>(std::clamp<std::int64_t>(call.integer("depth", 200), 1, 2000));
    const auto evaluation = answering(state, call);
    if (!evaluation) return evaluation.error();
    const Program& program = (*evaluation)->program();
    // Of a trace that is another program than the one that was shown, with numbers of its own.
    const auto proved = program.find(state.program->tensors[*id].name);
    const auto asked = proved
                           ? cellsOf(program, *proved, call.payload.value("cells", Json::array()))
                           : Result<std::vector<Cell>>(sessionError("VIT-SESSION-004", "The program has no tensor %1",
                                                                    {state.program->tensors[*id].name}));
    if (!asked) return asked.error();
    const std::optional<Proof> found = (*evaluation)->prove(*proved, *asked, depth, call.stop);
    if (call.stop.stop_requested()) return sessionError("VIT-SESSION-001", "The request was cancelled");
    if (!found) return sessionError("VIT-SESSION-004", "%1 was not derived", {tupleText(*state.program, *id, *cells)});
    ProofWriter writer(program);
    writer.add(*found, 0);
    Json rules = Json::array();
    for (const auto& [line, uses] : writer.rules) rules.push_back({{"line", line}, {"uses", uses}});
    call.part(Json{{"tuple", tupleText(*state.program, *id, *cells)},
                   {"facts", writer.facts},
                   {"rules", std::move(rules)},
                   {"depth", writer.depth},
                   {"isCut", writer.isCut},
                   {"round", found->round}});
    return std::move(writer.graph);
}

namespace {

/// Counts the assignments of a rule's body that give one head: the number before the step.
class WitnessCounter {
  public:
    WitnessCounter(const Evaluation& evaluation, const Rule& rule, std::stop_token stop)
        : m_evaluation(evaluation), m_rule(rule), m_stop(std::move(stop)), m_bound(rule.vars.size()) {}

    [[nodiscard]] bool isSupported() const {
        if (!m_rule.comparisons.empty() || !m_rule.domainVars.empty()) return false;
        const auto isSimple = [](const IndexTerm& term) {
            return term.kind == IndexTerm::Kind::Variable || term.kind == IndexTerm::Kind::Constant;
        };
        for (const Atom& atom : m_rule.atoms)
            if (atom.isNegated || !m_evaluation.isTuples(atom.tensor) ||
                !std::all_of(atom.args.begin(), atom.args.end(), isSimple))
                return false;
        return std::all_of(m_rule.head.args.begin(), m_rule.head.args.end(), isSimple);
    }

    std::uint64_t count(const std::vector<Cell>& head) {
        if (!match(m_rule.head.args, head, nullptr)) return 0;
        descend(0);
        return m_count;
    }
    [[nodiscard]] bool isExact() const { return m_visits < MostVisits; }

  private:
    /// Binds variables to a row; remembers which were new. False when something differs (bindings made are in `made`).
    bool match(const std::vector<IndexTerm>& args, const std::vector<Cell>& row, std::vector<VarId>* made) {
        for (std::size_t i = 0; i < args.size(); ++i) {
            if (args[i].kind == IndexTerm::Kind::Constant) {
                if (args[i].constant != row[i]) return false;
                continue;
            }
            auto& slot = m_bound[args[i].var];
            if (slot && *slot != row[i]) return false;
            if (slot) continue;
            slot = row[i];
            if (made) made->push_back(args[i].var);
        }
        return true;
    }

    void descend(std::size_t depth) {
        if (depth == m_rule.atoms.size()) {
            ++m_count;
            return;
        }
        const Atom& atom = m_rule.atoms[depth];
        std::vector<Cell> known;
        for (const IndexTerm& term : atom.args) {
            if (term.kind == IndexTerm::Kind::Constant)
                known.push_back(term.constant);
            else if (m_bound[term.var])
                known.push_back(*m_bound[term.var]);
        }
        if (known.size() == atom.args.size()) {
            if (m_evaluation.contains(atom.tensor, known)) descend(depth + 1);
            return;
        }
        m_evaluation.forEachRow(atom.tensor, [&](const Row& row) {
            if (++m_visits >= MostVisits || m_stop.stop_requested()) return false;
            std::vector<VarId> made;
            if (match(atom.args, row.cells, &made)) descend(depth + 1);
            for (const VarId var : made) m_bound[var].reset();
            return true;
        });
    }

    const Evaluation& m_evaluation;
    const Rule& m_rule;
    std::stop_token m_stop;
    std::vector<std::optional<Cell>> m_bound;
    std::uint64_t m_count = 0, m_visits = 0;
};

/// The round in which a tuple came; 0: it is none of the relation's, or rounds were not kept.
std::uint32_t roundOf(const Evaluation& evaluation, TensorId relation, const std::vector<Cell>& cells) {
    std::uint32_t round = 0;
    if (!evaluation.isTuples(relation) || cells.empty() || cells.size() > 32) return round;
    const auto all = static_cast<std::uint32_t>((std::uint64_t{1} << cells.size()) - 1);
    evaluation.forEachMatch(relation, cells, all, [&](const Row& row) {
        round = row.round;
        return false;
    });
    return round;
}

} // namespace

ReplyValue witnesses(const State& state, const Call& call) {
    const auto id = tensorOf(state, call);
    if (!id) return id.error();
    const auto cells = cellsOf(*state.program, *id, call.payload.value("cells", Json::array()));
    if (!cells) return cells.error();
    Json rules = Json::array();
    for (const Rule& rule : state.program->rules) {
        if (rule.head.tensor != *id) continue;
        Json one{{"line", lineOf(*state.program, rule.statement)},
                 {"join", joinText(*state.program, rule)},
                 {"einsum", einsumText(*state.program, rule)}};
        WitnessCounter counter(*state.evaluation, rule, call.stop);
        if (!state.isTrace && counter.isSupported()) {
            one["count"] = counter.count(*cells);
            one["isExact"] = counter.isExact();
        }
        rules.push_back(std::move(one));
    }
    return Json{{"tuple", tupleText(*state.program, *id, *cells)},
                {"round", roundOf(*state.evaluation, *id, *cells)},
                {"rules", std::move(rules)}};
}

namespace {

void nodeUses(const Node& node, const std::function<void(TensorId)>& take) {
    if (node.kind == Node::Kind::Tensor && node.tensor != NoId) take(node.tensor);
    for (const Node& operand : node.operands) nodeUses(operand, take);
}

GraphSnapshot programGraph(const Program& program) {
    GraphSnapshot graph;
    std::map<TensorId, int> layer;
    std::map<TensorId, std::string> group;
    for (std::size_t stratum = 0; stratum < program.strata.size(); ++stratum)
        for (const TensorId tensor : program.strata[stratum].tensors) {
            layer[tensor] = static_cast<int>(stratum);
            if (program.strata[stratum].isRecursive) group[tensor] = "recursive|" + std::to_string(stratum + 1);
        }
    std::set<std::tuple<TensorId, TensorId, std::string>> seen;
    const auto link = [&](TensorId from, TensorId to, const char* kind) {
        if (program.tensors[from].isBuiltin || !seen.emplace(from, to, kind).second) return;
        graph.edges.push_back(
            {program.tensors[from].name, program.tensors[to].name, std::string(kind) == "negated" ? "not" : "", kind});
    };
    for (const Rule& rule : program.rules) {
        for (const Atom& atom : rule.atoms)
            link(atom.tensor, rule.head.tensor,
                 atom.isNegated                            ? "negated"
                 : program.tensors[atom.tensor].isRelation ? "plain"
                                                           : "strict");
        for (const Comparison& comparison : rule.comparisons)
            for (const Node* side : {&comparison.left, &comparison.right})
                nodeUses(*side, [&](TensorId used) { link(used, rule.head.tensor, "strict"); });
    }
    for (const Equation& equation : program.equations)
        nodeUses(equation.value, [&](TensorId used) {
            link(used, equation.head,
                 program.tensors[used].isRelation && !program.tensors[equation.head].isRelation ? "strict" : "plain");
        });
    for (TensorId id = 0; id < program.tensors.size(); ++id) {
        const TensorInfo& info = program.tensors[id];
        if (info.isBuiltin) continue;
        GraphNode node;
        node.id = info.name;
        node.label = info.name;
        if (info.arity > 0) {
            node.label += info.isRelation ? "(" : "[";
            const auto names = columnNames(program, id);
            for (std::size_t i = 0; i < names.size(); ++i) node.label += (i ? ", " : "") + names[i];
            node.label += info.isRelation ? ")" : "]";
        }
        const bool isComputed = std::any_of(program.rules.begin(), program.rules.end(),
                                            [&](const Rule& rule) { return rule.head.tensor == id; }) ||
                                std::any_of(program.equations.begin(), program.equations.end(),
                                            [&](const Equation& equation) { return equation.head == id; });
        node.detail = std::string(info.isRelation                  ? "relation"
                                  : info.type == ElementType::Int  ? "int"
                                  : info.type == ElementType::Bool ? "bool"
                                                                   : "real") +
                      (info.given.rows > 0 ? "|" + std::to_string(info.given.rows) : "");
        node.kind = info.isLearned                   ? "learned"
                    : !info.isRelation && isComputed ? "numeric"
                    : isComputed                     ? "rule"
                                                     : "given";
        node.layer = layer.contains(id) ? layer[id] : 0;
        if (group.contains(id)) node.group = group[id];
        graph.nodes.push_back(std::move(node));
    }
    return graph;
}

} // namespace

ReplyValue graph(const State& state, const Call& call) {
    if (!call.payload.contains("text") && state.program) return programGraph(*state.program);
    CheckOptions options;
    options.folder = call.text("folder");
    options.stop = call.stop;
    const Checked checked = check(Source(call.text("name", "program.tl"), call.text("text")), options);
    return programGraph(*checked.program);
}

} // namespace vitrine::tl::session
