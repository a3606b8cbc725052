// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/chain.hpp"

#include <algorithm>
#include <map>

namespace vitrine::tl::sparse {

namespace {

class Recogniser {
  public:
    Recogniser(Database& database, const Rule& rule, const std::vector<TensorId>& recursive)
        : m_database(database), m_rule(rule), m_recursive(recursive) {}

    std::optional<ChainRule> run() {
        m_chain.rule = &m_rule;
        m_chain.head = m_rule.head.tensor;
        const auto& head = m_rule.head.args;
        const bool isPath = head.size() == 2 && head[0].isPlain() && head[1].isPlain() && head[0].var != head[1].var &&
                            m_rule.domainVars.empty() && countUses() && sortAtoms() && walk() && placeFilters() &&
                            placeComparisons();
        if (!isPath) return std::nullopt;
        return m_chain;
    }

  private:
    [[nodiscard]] bool isRecursive(TensorId id) const {
        return std::find(m_recursive.begin(), m_recursive.end(), id) != m_recursive.end();
    }

    /// Every argument a plain variable.
    bool countUses() {
        for (const IndexTerm& term : m_rule.head.args) ++m_uses[term.var];
        for (const Atom& atom : m_rule.atoms)
            for (const IndexTerm& term : atom.args) {
                if (!term.isPlain()) return false;
                ++m_uses[term.var];
            }
        return true;
    }

    bool sortAtoms() {
        for (std::uint32_t i = 0; i < m_rule.atoms.size(); ++i) {
            const Atom& atom = m_rule.atoms[i];
            if (!m_database.isStored(atom.tensor) || m_database.program.tensors[atom.tensor].isBuiltin) return false;
            if (atom.isNegated && isRecursive(atom.tensor)) return false;
            const bool isEdge = !atom.isNegated && atom.args.size() == 2 && atom.args[0].var != atom.args[1].var &&
                                m_uses[atom.args[0].var] > 1 && m_uses[atom.args[1].var] > 1;
            if (isEdge)
                m_edges.push_back(i);
            else if (isRecursive(atom.tensor) || !isUnary(atom))
                return false;
            else
                m_unary.push_back(i);
        }
        return true;
    }

    /// One variable of the path, the others `_`.
    [[nodiscard]] bool isUnary(const Atom& atom) const {
        std::size_t known = 0;
        std::map<VarId, int> seen;
        for (const IndexTerm& term : atom.args) {
            if (++seen[term.var] > 1) return false;
            known += m_uses.at(term.var) > 1 ? 1u : 0u;
        }
        return known == 1 && atom.args.size() <= 2;
    }

    bool walk() {
        VarId at = m_rule.head.args[0].var;
        m_vertices.push_back(at);
        std::vector<bool> isUsed(m_edges.size());
        for (std::size_t length = 0; length < m_edges.size(); ++length) {
            std::size_t next = m_edges.size();
            for (std::size_t i = 0; i < m_edges.size(); ++i) {
                const Atom& atom = m_rule.atoms[m_edges[i]];
                if (isUsed[i] || (atom.args[0].var != at && atom.args[1].var != at)) continue;
                if (next != m_edges.size()) return false; // branches
                next = i;
            }
            if (next == m_edges.size()) return false;
            isUsed[next] = true;
            const Atom& atom = m_rule.atoms[m_edges[next]];
            const bool isTurned = atom.args[1].var == at;
            m_chain.steps.push_back({atom.tensor, isTurned, isRecursive(atom.tensor)});
            at = atom.args[isTurned ? 0 : 1].var;
            if (std::find(m_vertices.begin(), m_vertices.end(), at) != m_vertices.end()) return false;
            m_vertices.push_back(at);
        }
        return at == m_rule.head.args[1].var;
    }

    [[nodiscard]] std::optional<std::uint32_t> vertexOf(VarId var) const {
        const auto found = std::find(m_vertices.begin(), m_vertices.end(), var);
        if (found == m_vertices.end()) return std::nullopt;
        return static_cast<std::uint32_t>(found - m_vertices.begin());
    }

    bool placeFilters() {
        for (const std::uint32_t number : m_unary) {
            const Atom& atom = m_rule.atoms[number];
            for (std::uint32_t column = 0; column < atom.args.size(); ++column) {
                if (m_uses[atom.args[column].var] < 2) continue;
                const auto vertex = vertexOf(atom.args[column].var);
                if (!vertex) return false;
                m_chain.filters.push_back({*vertex, atom.tensor, column, 0, atom.isNegated});
            }
        }
        return true;
    }

    [[nodiscard]] static std::optional<VarId> variableOf(const Node& node) {
        return node.kind == Node::Kind::IndexValue ? std::optional(node.var) : std::nullopt;
    }
    [[nodiscard]] std::optional<Cell> constantOf(const Node& node) const {
        if (node.kind == Node::Kind::Symbol) return node.cell;
        if (node.kind != Node::Kind::Constant || !node.isInteger) return std::nullopt;
        return m_database.program.dictionary->integer(node.integer);
    }

    /// x != y of the head, and equality with a constant; others need tuples.
    bool placeComparisons() {
        for (const Comparison& comparison : m_rule.comparisons) {
            const bool isNegated = comparison.op == CompareOp::NotEqual;
            if (comparison.defines != NoId || (!isNegated && comparison.op != CompareOp::Equal)) return false;
            const auto left = variableOf(comparison.left), right = variableOf(comparison.right);
            if (left && right) {
                const auto a = vertexOf(*left), b = vertexOf(*right);
                const std::uint32_t last = static_cast<std::uint32_t>(m_chain.steps.size());
                if (!isNegated || !a || !b || std::min(*a, *b) != 0 || std::max(*a, *b) != last) return false;
                m_chain.isUnequal = true;
                continue;
            }
            const auto constant = constantOf(left ? comparison.right : comparison.left);
            const auto vertex = left ? vertexOf(*left) : right ? vertexOf(*right) : std::nullopt;
            if (!constant || !vertex) return false;
            m_chain.filters.push_back({*vertex, NoId, 0, *constant, isNegated});
        }
        return true;
    }

    Database& m_database;
    const Rule& m_rule;
    const std::vector<TensorId>& m_recursive;
    ChainRule m_chain;
    std::map<VarId, int> m_uses;
    std::vector<std::uint32_t> m_edges, m_unary;
    std::vector<VarId> m_vertices;
};

} // namespace

std::optional<ChainRule> asChain(Database& database, const Rule& rule, const std::vector<TensorId>& recursive) {
    return Recogniser(database, rule, recursive).run();
}

ChainRule turned(const ChainRule& rule) {
    ChainRule result = rule;
    std::reverse(result.steps.begin(), result.steps.end());
    // A recursive relation is kept transposed itself, so walking it backwards is walking its own rows.
    for (ChainStep& step : result.steps)
        if (!step.isRecursive) step.isTurned = !step.isTurned;
    const auto last = static_cast<std::uint32_t>(rule.steps.size());
    for (ChainFilter& filter : result.filters) filter.vertex = last - filter.vertex;
    return result;
}

SourceSplit sourceSplit(const std::vector<ChainRule>& rules) {
    bool keepsFirst = true, keepsLast = true;
    for (const ChainRule& rule : rules) {
        const auto recursive =
            std::count_if(rule.steps.begin(), rule.steps.end(), [](const ChainStep& step) { return step.isRecursive; });
        if (recursive != 1) return SourceSplit::None;
        keepsFirst = keepsFirst && rule.steps.front().isRecursive && !rule.steps.front().isTurned;
        keepsLast = keepsLast && rule.steps.back().isRecursive && !rule.steps.back().isTurned;
    }
    return keepsFirst ? SourceSplit::First : keepsLast ? SourceSplit::Last : SourceSplit::None;
}

} // namespace vitrine::tl::sparse
