// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/engine_impl.hpp"

#include "core/methods/tensor_logic/sparse/goals.hpp"

#include <algorithm>

/// Backward chaining. A table is a relation together with a binding pattern; its subgoals are the tuples of a relation
/// of their own, and its answers follow from rules that start at a subgoal. These rules are evaluated semi-naively, so
/// left recursion and cycles end. Relations below a negation are completed first.
namespace vitrine::tl::sparse {

namespace {

class AnswerFailures final : public FailureSink {
  public:
    AnswerFailures(FailureSink& log, const Tables& tables) : m_log(log), m_tables(tables) {}
    void take(const Rule& rule, std::uint32_t literal, bool isComparison, const std::vector<Cell>& vars,
              const std::vector<bool>& isBound, const Failure& failure) override {
        if (!m_tables.isPassing(rule)) m_log.take(rule, literal, isComparison, vars, isBound, failure);
    }

  private:
    FailureSink& m_log;
    const Tables& m_tables;
};

} // namespace

bool SparseEngine::isComplete(TensorId id) const {
    const std::uint32_t stratum = m_stratumOf[id];
    if (!m_database.isStored(id) || stratum == NoId || m_isEvaluated[stratum]) return true;
    const auto& rules = m_database.program.strata[stratum].rules;
    return std::none_of(rules.begin(), rules.end(),
                        [&](std::uint32_t rule) { return m_database.program.rules[rule].head.tensor == id; });
}

/// All tuples of a relation, and of what it depends on.
Diagnostics SparseEngine::complete(TensorId id) {
    if (isComplete(id)) return {};
    const std::uint32_t stratum = m_stratumOf[id];
    for (const std::uint32_t rule : m_database.program.strata[stratum].rules)
        for (const Atom& atom : m_database.program.rules[rule].atoms)
            if (m_stratumOf[atom.tensor] != stratum)
                if (Diagnostics diagnostics = complete(atom.tensor); hasErrors(diagnostics)) return diagnostics;
    return evaluate(stratum);
}

/// Negated relations that the goal can meet are completed first: they lie in lower strata.
Diagnostics SparseEngine::completeNegated(TensorId goal) {
    std::vector<TensorId> open = {goal};
    std::set<TensorId> seen = {goal};
    while (!open.empty()) {
        const TensorId id = open.back();
        open.pop_back();
        for (const Rule& rule : m_database.program.rules) {
            if (rule.head.tensor != id || isComplete(id)) continue;
            for (const Atom& atom : rule.atoms) {
                if (atom.isNegated) {
                    if (Diagnostics diagnostics = complete(atom.tensor); hasErrors(diagnostics)) return diagnostics;
                } else if (seen.insert(atom.tensor).second) {
                    open.push_back(atom.tensor);
                }
            }
        }
    }
    return {};
}

Diagnostics SparseEngine::demand(TensorId relation, std::span<const Cell> pattern, std::uint32_t boundMask,
                                 std::vector<std::vector<Cell>>& answers, GoalTree* tree) {
    if (Diagnostics diagnostics = completeNegated(relation); hasErrors(diagnostics)) return diagnostics;
    const auto take = [&answers](std::span<const Cell> tuple, std::uint32_t) {
        answers.emplace_back(tuple.begin(), tuple.end());
        return true;
    };
    if (isComplete(relation)) {
        joinedSet(relation)->match(pattern, boundMask, take);
        ++m_demanded.first;
        m_demanded.second += answers.size();
        if (tree) *tree = givenGoal(relation, pattern, boundMask, answers.size());
        return {};
    }
    const TensorId base = m_database.relationCount();
    FailureLog failures(m_database, [this](TensorId id) { return joinedSet(id); });
    Diagnostics diagnostics = guarded([&] {
        Tables tables(m_database, [this](TensorId id) { return isComplete(id); });
        const Tables::Table goal = tables.table(relation, boundMask);
        tables.close();
        std::vector<Cell> seed;
        for (std::uint32_t k = 0; k < pattern.size(); ++k)
            if (boundMask >> k & 1) seed.push_back(pattern[k]);
        m_database.relation(goal.subgoals).store().insert(seed, 1);
        AnswerFailures answerFailures(failures, tables);
        std::vector<RoundReport> unreported;
        const SemiNaive::Work work = tables.work();
        SemiNaive(m_database, answerFailures, unreported).run(work);
        set(goal.answers)->match(pattern, boundMask, take);
        for (const auto& [key, table] : tables.tables()) {
            m_demanded.first += m_database.size(table.subgoals);
            m_demanded.second += m_database.size(table.answers);
        }
        if (tree) *tree = readGoals(m_database, answerFailures, tables, goal, m_database.options.mostGoals);
    });
    m_database.dropRelationsFrom(base);
    diagnostics.insert(diagnostics.end(), failures.diagnostics().begin(), failures.diagnostics().end());
    return diagnostics;
}

} // namespace vitrine::tl::sparse
