// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/matcher.hpp"

#include <algorithm>

namespace vitrine::tl::sparse {

Matcher::Matcher(Program& program, const Evaluator& evaluator, const Rule& rule, Sources sources)
    : vars(rule.vars.size()), isBound(rule.vars.size()), m_program(program), m_evaluator(evaluator), m_rule(rule),
      m_sources(std::move(sources)), m_done(rule.atoms.size() + rule.comparisons.size()) {}

bool Matcher::isReady(const IndexTerm& term) const {
    if (term.kind == IndexTerm::Kind::Variable) return isBound[term.var];
    return std::all_of(term.operands.begin(), term.operands.end(), [this](const IndexTerm& t) { return isReady(t); });
}

bool Matcher::isReady(const Node& node) const {
    if (node.kind == Node::Kind::IndexValue) return isBound[node.var];
    const auto isSummed = [&](const IndexTerm& term) {
        return term.isPlain() && std::find(node.sumVars.begin(), node.sumVars.end(), term.var) != node.sumVars.end();
    };
    if (node.kind == Node::Kind::Sum) { // its own variables run inside
        Matcher inner(m_program, m_evaluator, m_rule, {});
        inner.isBound = isBound;
        for (const VarId var : node.sumVars) inner.isBound[var] = true;
        return std::all_of(node.operands.begin(), node.operands.end(), [&](const Node& n) { return inner.isReady(n); });
    }
    return std::all_of(node.index.begin(), node.index.end(),
                       [&](const IndexTerm& t) { return isSummed(t) || isReady(t); }) &&
           std::all_of(node.operands.begin(), node.operands.end(), [this](const Node& n) { return isReady(n); });
}

bool Matcher::find() {
    std::fill(m_done.begin(), m_done.end(), false);
    if (skippedComparison != NoAtom) m_done[m_rule.atoms.size() + skippedComparison] = true;
    if (skippedAtom != NoAtom) m_done[skippedAtom] = true;
    return search();
}

void Matcher::undo(const std::vector<std::uint32_t>& done, const std::vector<VarId>& bound) {
    for (const std::uint32_t literal : done) m_done[literal] = false;
    for (const VarId var : bound) isBound[var] = false;
}

bool Matcher::search() {
    if (m_sources.stop.stop_requested()) return false;
    std::vector<std::uint32_t> done;
    std::vector<VarId> bound;
    if (tests(done, bound)) {
        std::uint32_t atom = 0;
        if (nextAtom(atom)) {
            if (tryAtom(atom)) return true;
        } else {
            const auto var = std::find_if(m_rule.domainVars.begin(), m_rule.domainVars.end(),
                                          [this](VarId candidate) { return !isBound[candidate]; });
            if (var == m_rule.domainVars.end()) {
                const bool isComplete = std::all_of(m_done.begin(), m_done.end(), [](bool isDone) { return isDone; });
                // What is left are negations with variables of their own: "no such".
                bool holds = true;
                for (std::uint32_t i = 0; !isComplete && i < m_rule.atoms.size(); ++i)
                    if (!m_done[i]) holds = holds && m_rule.atoms[i].isNegated && holdsNegated(m_rule.atoms[i]);
                for (std::size_t i = m_rule.atoms.size(); i < m_done.size(); ++i) holds = holds && m_done[i];
                if (holds && (!accept || accept())) return true;
            } else if (tryDomain(*var)) {
                return true;
            }
        }
    }
    undo(done, bound);
    return false;
}

/// Settles every literal whose variables are known; false when one of them does not hold.
bool Matcher::tests(std::vector<std::uint32_t>& newlyDone, std::vector<VarId>& newlyBound) {
    const auto offset = static_cast<std::uint32_t>(m_rule.atoms.size());
    bool isChanged = true;
    while (isChanged) {
        isChanged = false;
        for (std::uint32_t i = 0; i < m_rule.comparisons.size(); ++i) {
            const Comparison& comparison = m_rule.comparisons[i];
            if (m_done[offset + i]) continue;
            Failure failure;
            if (comparison.defines != NoId && !isBound[comparison.defines]) {
                const Node& side = comparison.definesLeft ? comparison.right : comparison.left;
                if (!isReady(side)) continue;
                Scalar value;
                if (!m_evaluator.value(side, m_rule.vars, vars.data(), value, failure)) return false;
                const auto cell = m_evaluator.findCell(value);
                if (!cell) return false;
                vars[comparison.defines] = *cell;
                isBound[comparison.defines] = true;
                newlyBound.push_back(comparison.defines);
            } else {
                if (!isReady(comparison.left) || !isReady(comparison.right)) continue;
                bool holds = false;
                if (!m_evaluator.compare(comparison, m_rule.vars, vars.data(), holds, failure) || !holds) return false;
            }
            m_done[offset + i] = true;
            newlyDone.push_back(offset + i);
            isChanged = true;
        }
        for (std::uint32_t i = 0; i < m_rule.atoms.size(); ++i) {
            const Atom& atom = m_rule.atoms[i];
            const bool isBuiltin = atom.tensor < m_program.tensors.size() && m_program.tensors[atom.tensor].isBuiltin;
            if (m_done[i] || (!atom.isNegated && !isBuiltin)) continue;
            const auto isFree = [&](const IndexTerm& t) {
                return t.isPlain() && m_rule.vars[t.var].isAnonymous && !isBound[t.var];
            };
            if (!std::all_of(atom.args.begin(), atom.args.end(),
                             [&](const IndexTerm& t) { return isReady(t) || (!isBuiltin && isFree(t)); }))
                continue;
            if (!holdsNegated(atom)) return false;
            m_done[i] = true;
            newlyDone.push_back(i);
            isChanged = true;
        }
    }
    return true;
}

/// Cells of the columns that are known. false: a value that no tuple can hold.
bool Matcher::pattern(const Atom& atom, std::vector<Cell>& cells, std::uint32_t& mask) const {
    cells.assign(atom.args.size(), 0);
    mask = 0;
    for (std::uint32_t k = 0; k < cells.size(); ++k) {
        if (!isReady(atom.args[k])) continue;
        Scalar value;
        Failure failure;
        if (!m_evaluator.term(atom.args[k], vars.data(), value, failure)) return false;
        const auto cell = m_evaluator.findCell(value);
        if (!cell) return false;
        cells[k] = *cell;
        mask |= 1u << k;
    }
    return true;
}

/// A negated atom, or a built-in one.
bool Matcher::holdsNegated(const Atom& atom) const {
    std::vector<Cell> cells;
    std::uint32_t mask = 0;
    bool isThere = false;
    if (pattern(atom, cells, mask)) {
        if (atom.tensor < m_program.tensors.size() && m_program.tensors[atom.tensor].isBuiltin) {
            const Scalar value = m_evaluator.ofCell(cells[0]);
            const bool isOdd = m_program.tensors[atom.tensor].name == "Odd";
            isThere = value.kind == Scalar::Kind::Integer && (value.integer % 2 != 0) == isOdd;
        } else if (const auto set = m_sources.set(atom.tensor)) {
            set->match(cells, mask, [&](std::span<const Cell>, std::uint32_t) {
                isThere = true;
                return false;
            });
        }
    }
    return isThere != atom.isNegated;
}

/// Number of unknown columns; more when nothing is known, most when arithmetic waits for variables of other atoms.
std::size_t Matcher::openness(const Atom& atom) const {
    Matcher inner(m_program, m_evaluator, m_rule, {});
    inner.isBound = isBound;
    for (const IndexTerm& term : atom.args)
        if (term.isPlain()) inner.isBound[term.var] = true;
    std::size_t open = 0;
    bool isWaiting = false;
    for (const IndexTerm& term : atom.args) {
        open += isReady(term) ? 0u : 1u;
        isWaiting = isWaiting || !inner.isReady(term);
    }
    const bool isApart = open == atom.args.size() && open > 0;
    return open + (isApart ? 1000u : 0u) + (isWaiting ? 100000u : 0u);
}

/// The positive atom with most known columns.
bool Matcher::nextAtom(std::uint32_t& best) const {
    bool isFound = false;
    std::pair<std::size_t, std::uint64_t> bestScore;
    for (std::uint32_t i = 0; i < m_rule.atoms.size(); ++i) {
        const Atom& atom = m_rule.atoms[i];
        const bool isBuiltin = atom.tensor < m_program.tensors.size() && m_program.tensors[atom.tensor].isBuiltin;
        if (m_done[i] || atom.isNegated || isBuiltin) continue;
        const auto set = m_sources.set(atom.tensor);
        const std::pair<std::size_t, std::uint64_t> score(openness(atom), set ? set->size() : 0);
        if (!isFound || score < bestScore) best = i, bestScore = score;
        isFound = true;
    }
    return isFound;
}

bool Matcher::tryAtom(std::uint32_t number) {
    const Atom& atom = m_rule.atoms[number];
    const auto set = m_sources.set(atom.tensor);
    std::vector<Cell> cells;
    std::uint32_t mask = 0;
    if (!set || !pattern(atom, cells, mask)) return false;
    m_done[number] = true;
    bool isFound = false;
    set->match(cells, mask, [&](std::span<const Cell> tuple, std::uint32_t round) {
        if (m_sources.isUsable && !m_sources.isUsable(atom.tensor, round)) return true;
        std::vector<VarId> bound;
        bool fits = true;
        for (std::uint32_t k = 0; k < atom.args.size() && fits; ++k) {
            const IndexTerm& term = atom.args[k];
            if (mask >> k & 1) continue;
            if (!term.isPlain()) continue; // checked below, once its variables are known
            if (isBound[term.var]) {
                fits = vars[term.var] == tuple[k];
            } else {
                vars[term.var] = tuple[k];
                isBound[term.var] = true;
                bound.push_back(term.var);
            }
        }
        for (std::uint32_t k = 0; k < atom.args.size() && fits; ++k) {
            const IndexTerm& term = atom.args[k];
            if ((mask >> k & 1) || term.isPlain()) continue;
            Scalar value;
            Failure failure;
            fits = isReady(term) && m_evaluator.term(term, vars.data(), value, failure) &&
                   m_evaluator.findCell(value) == tuple[k];
        }
        isFound = fits && search();
        if (!isFound) undo({}, bound);
        return !isFound && !m_sources.stop.stop_requested();
    });
    if (!isFound) m_done[number] = false;
    return isFound;
}

bool Matcher::tryDomain(VarId var) {
    const Domain& domain = m_program.domains[m_rule.vars[var].domain];
    isBound[var] = true;
    for (std::int64_t position = 0; position < domain.size; ++position) {
        vars[var] = cellAt(m_program, domain, position);
        if (search()) return true;
    }
    isBound[var] = false;
    return false;
}

} // namespace vitrine::tl::sparse
