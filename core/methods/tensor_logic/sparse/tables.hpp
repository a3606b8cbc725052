// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/seminaive.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>

namespace vitrine::tl::sparse {

using Pattern = std::pair<TensorId, std::uint32_t>;

/// The rules of all tables that one goal calls for.
class Tables {
  public:
    struct Table {
        TensorId subgoals = NoId, answers = NoId;
    };
    /// \param isComplete  relations whose tuples are all known: they are joined as they are
    Tables(Database& database, std::function<bool(TensorId)> isComplete)
        : m_database(database), m_isComplete(std::move(isComplete)) {}

    Table table(TensorId relation, std::uint32_t mask) {
        const auto [found, isNew] = m_tables.try_emplace({relation, mask});
        if (!isNew) return found->second;
        const TensorInfo& info = m_database.program.tensors[relation];
        const auto bound = static_cast<std::uint32_t>(__builtin_popcount(mask));
        found->second = {m_database.addRelation(info.name, bound), m_database.addRelation(info.name, info.arity)};
        m_database.relation(found->second.answers).origin = relation;
        m_open.push_back({relation, mask});
        return found->second;
    }

    /// Until every table has its rules.
    void close() {
        while (!m_open.empty()) {
            const Pattern pattern = m_open.back();
            m_open.pop_back();
            passGiven(pattern);
            for (const Rule& rule : m_database.program.rules)
                if (rule.head.tensor == pattern.first) adorn(rule, pattern);
        }
    }

    [[nodiscard]] const std::map<Pattern, Table>& tables() const { return m_tables; }
    /// Rules whose heads are the subgoals of a table and whose first atom is the subgoal that calls.
    [[nodiscard]] const std::set<const Rule*>& passing() const { return m_passing; }
    [[nodiscard]] SemiNaive::Work work() const {
        SemiNaive::Work work;
        for (const Rule& rule : m_rules) work.rules.push_back(&rule);
        for (const auto& [pattern, table] : m_tables) {
            work.relations.push_back(table.subgoals);
            work.relations.push_back(table.answers);
        }
        work.isReported = false;
        return work;
    }
    /// Rules that only pass subgoals on: what fails in them fails again where it counts.
    [[nodiscard]] bool isPassing(const Rule& rule) const { return m_passing.contains(&rule); }

  private:
    static IndexTerm variable(std::size_t var) {
        IndexTerm term;
        term.kind = IndexTerm::Kind::Variable;
        term.var = static_cast<VarId>(var);
        return term;
    }

    /// Given tuples answer directly.
    void passGiven(const Pattern& pattern) {
        Rule& rule = m_rules.emplace_back();
        Atom goal, fact;
        rule.head.tensor = m_tables.at(pattern).answers;
        goal.tensor = m_tables.at(pattern).subgoals;
        fact.tensor = pattern.first;
        for (std::uint32_t k = 0; k < m_database.program.tensors[pattern.first].arity; ++k) {
            rule.vars.emplace_back();
            rule.head.args.push_back(variable(k));
            fact.args.push_back(variable(k));
            if (pattern.second >> k & 1) goal.args.push_back(variable(k));
        }
        rule.atoms = {goal, fact};
    }

    /// The rule as it answers one table: it starts at a subgoal, and its derived atoms ask tables of their own.
    void adorn(const Rule& source, const Pattern& pattern) {
        Rule rule = source;
        rule.head.tensor = m_tables.at(pattern).answers;
        std::vector<Atom> before = {goalOf(rule, pattern)};
        std::set<VarId> bound;
        for (const IndexTerm& term : before[0].args)
            if (term.isPlain()) bound.insert(term.var);
        for (const std::uint32_t number : order(source, bound)) {
            Atom& atom = rule.atoms[number];
            if (!m_isComplete(atom.tensor)) ask(rule, atom, before);
            before.push_back(atom);
        }
        rule.atoms.insert(rule.atoms.begin(), before[0]);
        m_rules.push_back(std::move(rule));
    }

    /// Arithmetic in a head is not inverted: such an argument of the subgoal stays open, which only answers more.
    Atom goalOf(Rule& rule, const Pattern& pattern) const {
        Atom goal;
        goal.tensor = m_tables.at(pattern).subgoals;
        for (std::uint32_t k = 0; k < rule.head.args.size(); ++k) {
            if (!(pattern.second >> k & 1)) continue;
            const IndexTerm& term = rule.head.args[k];
            const bool isPlain = term.kind == IndexTerm::Kind::Variable || term.kind == IndexTerm::Kind::Constant;
            goal.args.push_back(isPlain ? term : variable(rule.vars.size()));
            if (!isPlain) rule.vars.push_back({"_", NoId, true});
        }
        return goal;
    }

    static bool isKnown(const IndexTerm& term, const std::set<VarId>& bound) {
        return term.kind == IndexTerm::Kind::Constant || (term.isPlain() && bound.contains(term.var));
    }

    /// Positive atoms, those with most known arguments first.
    [[nodiscard]] std::vector<std::uint32_t> order(const Rule& rule, std::set<VarId> bound) const {
        std::vector<std::uint32_t> numbers;
        std::vector<bool> isTaken(rule.atoms.size());
        while (const auto best = next(rule, bound, isTaken)) {
            isTaken[*best] = true;
            numbers.push_back(*best);
            for (const IndexTerm& term : rule.atoms[*best].args)
                if (term.isPlain()) bound.insert(term.var);
        }
        return numbers;
    }

    [[nodiscard]] std::optional<std::uint32_t> next(const Rule& rule, const std::set<VarId>& bound,
                                                    const std::vector<bool>& isTaken) const {
        std::optional<std::uint32_t> best;
        std::pair<bool, std::size_t> bestScore;
        for (std::uint32_t i = 0; i < rule.atoms.size(); ++i) {
            const Atom& atom = rule.atoms[i];
            if (isTaken[i] || atom.isNegated || m_database.program.tensors[atom.tensor].isBuiltin) continue;
            std::size_t open = 0;
            for (const IndexTerm& term : atom.args) open += isKnown(term, bound) ? 0u : 1u;
            const bool isApart = open == atom.args.size() && open > 0;
            const std::pair<bool, std::size_t> score(isApart, 2 * open + (m_isComplete(atom.tensor) ? 0 : 1));
            if (!best || score < bestScore) best = i, bestScore = score;
        }
        return best;
    }

    /// Subgoals of a body atom: the values of its known arguments wherever the atoms before it hold.
    void ask(const Rule& rule, Atom& atom, const std::vector<Atom>& before) {
        std::set<VarId> bound;
        for (const Atom& earlier : before)
            for (const IndexTerm& term : earlier.args)
                if (term.isPlain()) bound.insert(term.var);
        std::uint32_t mask = 0;
        Rule passing;
        for (std::uint32_t k = 0; k < atom.args.size(); ++k) {
            if (!isKnown(atom.args[k], bound)) continue;
            mask |= 1u << k;
            passing.head.args.push_back(atom.args[k]);
        }
        const Table asked = table(atom.tensor, mask);
        passing.range = rule.range;
        passing.vars = rule.vars;
        passing.atoms = before;
        passing.head.tensor = asked.subgoals;
        atom.tensor = asked.answers;
        m_rules.push_back(std::move(passing));
        m_passing.insert(&m_rules.back());
    }

    Database& m_database;
    std::function<bool(TensorId)> m_isComplete;
    std::map<Pattern, Table> m_tables;
    std::vector<Pattern> m_open;
    std::deque<Rule> m_rules;
    std::set<const Rule*> m_passing;
};

} // namespace vitrine::tl::sparse
