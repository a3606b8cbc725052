// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/engine_impl.hpp"

#include "core/methods/tensor_logic/sparse/matcher.hpp"

#include <algorithm>

/// Proofs are not kept: the rounds tell which tuples were there before, and a search finds a rule that derives the
/// tuple from those. The tuple's round is then the height of the proof within its stratum.
namespace vitrine::tl::sparse {

namespace {

std::string literalText(const Program& program, ByteRange range, const std::string& otherwise) {
    const std::string& text = program.source.text();
    if (range.begin >= range.end || range.end > text.size()) return otherwise;
    return text.substr(range.begin, range.end - range.begin);
}

std::string atomText(const Program& program, const std::string& name, const std::vector<Cell>& cells) {
    std::string text = name + "(";
    for (std::size_t k = 0; k < cells.size(); ++k) text += (k ? ", " : "") + program.dictionary->text(cells[k]);
    return text + ")";
}

} // namespace

bool SparseEngine::isGiven(TensorId id, std::span<const Cell> tuple) const {
    return m_database.relation(id).store().find(tuple) < m_given[id];
}

bool SparseEngine::proveByRule(Proof& proof, const Rule& rule, int depth, std::stop_token stop) const {
    Program& program = m_database.program;
    const auto isEarlier = [&](TensorId id, std::uint32_t round) {
        return m_stratumOf[id] != m_stratumOf[proof.relation] || round < proof.round;
    };
    Matcher matcher(program, m_database.evaluator, rule,
                    {[this](TensorId id) { return joinedSet(id); }, isEarlier, stop});
    for (std::size_t k = 0; k < proof.cells.size(); ++k) {
        const IndexTerm& term = rule.head.args[k];
        if (term.kind == IndexTerm::Kind::Constant && term.constant != proof.cells[k]) return false;
        if (term.kind != IndexTerm::Kind::Variable) continue;
        if (matcher.isBound[term.var] && matcher.vars[term.var] != proof.cells[k]) return false;
        matcher.vars[term.var] = proof.cells[k];
        matcher.isBound[term.var] = true;
    }
    const auto cellOf = [&](const IndexTerm& term) {
        Scalar value;
        Failure failure;
        const bool hasValue = m_database.evaluator.term(term, matcher.vars.data(), value, failure);
        return hasValue ? m_database.evaluator.findCell(value) : std::nullopt;
    };
    matcher.accept = [&] {
        for (std::size_t k = 0; k < proof.cells.size(); ++k)
            if (cellOf(rule.head.args[k]) != proof.cells[k]) return false;
        return true;
    };
    if (!matcher.find()) return false;
    proof.rule = static_cast<std::uint32_t>(&rule - program.rules.data());
    proof.statement = rule.statement;
    for (const Atom& atom : rule.atoms) {
        std::vector<Cell> cells;
        for (const IndexTerm& term : atom.args) cells.push_back(cellOf(term).value_or(0));
        const TensorInfo& info = program.tensors[atom.tensor];
        if (atom.isNegated || info.isBuiltin) {
            const std::string prefix = atom.isNegated ? "not " : "";
            proof.conditions.push_back(literalText(program, atom.range, prefix + atomText(program, info.name, cells)));
            continue;
        }
        Proof& part = proof.body.emplace_back();
        part.relation = atom.tensor;
        part.cells = std::move(cells);
        if (!fillProof(part, depth - 1, stop)) return false;
    }
    for (const Comparison& comparison : rule.comparisons)
        proof.conditions.push_back(literalText(program, comparison.range, "a comparison"));
    return true;
}

/// \return false when there is no proof: the tuple is not there, rounds were not kept, or the search was stopped
bool SparseEngine::fillProof(Proof& proof, int depth, std::stop_token stop) const {
    if (stop.stop_requested()) return false;
    const auto set = joinedSet(proof.relation);
    if (!set->contains(proof.cells)) return false;
    proof.round = set->roundOf(proof.cells);
    if (!m_database.isStored(proof.relation) || isGiven(proof.relation, proof.cells)) return true;
    if (depth <= 0) {
        proof.isCut = true;
        return true;
    }
    if (proof.round == 0) return false;
    for (const Rule& rule : m_database.program.rules) {
        if (rule.head.tensor != proof.relation) continue;
        Proof attempt;
        attempt.relation = proof.relation;
        attempt.cells = proof.cells;
        attempt.round = proof.round;
        if (!proveByRule(attempt, rule, depth, stop)) continue;
        proof = std::move(attempt);
        return true;
    }
    return false;
}

std::optional<Proof> SparseEngine::prove(TensorId relation, std::span<const Cell> tuple, int maxDepth,
                                         std::stop_token stop) const {
    Proof proof;
    proof.relation = relation;
    proof.cells.assign(tuple.begin(), tuple.end());
    try {
        if (!fillProof(proof, maxDepth, stop)) return std::nullopt;
    } catch (const std::exception&) { // no memory for a lookup
        return std::nullopt;
    }
    return proof;
}

} // namespace vitrine::tl::sparse
