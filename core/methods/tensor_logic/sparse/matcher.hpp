// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/expression.hpp"
#include "core/methods/tensor_logic/sparse/plan.hpp"

namespace vitrine::tl::sparse {

/// Searches assignments of one rule one by one, by backtracking: for proofs, and to see whether an error counts.
class Matcher {
  public:
    struct Sources {
        /// The tuples of an atom's relation; null: none.
        std::function<std::shared_ptr<const TupleSet>(TensorId)> set;
        /// Whether a tuple of that round may be used.
        std::function<bool(TensorId, std::uint32_t round)> isUsable;
        std::stop_token stop;
    };
    Matcher(Program& program, const Evaluator& evaluator, const Rule& rule, Sources sources);

    std::vector<Cell> vars; ///< [rule's variables] preset what is known before find()
    std::vector<bool> isBound;
    std::uint32_t skippedComparison = NoAtom, skippedAtom = NoAtom; ///< count as true
    std::function<bool()> accept;                                   ///< a last condition on a complete assignment
    /// The first assignment that satisfies the rule's body (in `vars`).
    [[nodiscard]] bool find();

  private:
    bool search();
    bool tests(std::vector<std::uint32_t>& newlyDone, std::vector<VarId>& newlyBound);
    [[nodiscard]] std::size_t openness(const Atom& atom) const;
    bool nextAtom(std::uint32_t& best) const;
    bool tryAtom(std::uint32_t number);
    bool tryDomain(VarId var);
    [[nodiscard]] bool isReady(const IndexTerm& term) const;
    [[nodiscard]] bool isReady(const Node& node) const;
    bool holdsNegated(const Atom& atom) const;
    bool pattern(const Atom& atom, std::vector<Cell>& cells, std::uint32_t& mask) const;
    void undo(const std::vector<std::uint32_t>& done, const std::vector<VarId>& bound);

    Program& m_program;
    const Evaluator& m_evaluator;
    const Rule& m_rule;
    Sources m_sources;
    std::vector<bool> m_done; ///< atoms, then comparisons
};

} // namespace vitrine::tl::sparse
