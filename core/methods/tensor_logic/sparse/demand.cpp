// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/engine_impl.hpp"

#include "core/methods/tensor_logic/sparse/seminaive.hpp"

#include <algorithm>

/// Backward chaining. A table is a relation together with a binding pattern; its subgoals are the tuples of a relation
/// of their own, and its answers follow from rules that start at a subgoal. These rules are evaluated semi-naively, so
/// left recursion and cycles end. Relations below a negation are completed first.
namespace vitrine::tl::sparse {

namespace {

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
                                 std::vector<std::vector<Cell>>& answers) {
    if (Diagnostics diagnostics = completeNegated(relation); hasErrors(diagnostics)) return diagnostics;
    const auto take = [&answers](std::span<const Cell> tuple, std::uint32_t) {
        answers.emplace_back(tuple.begin(), tuple.end());
        return true;
    };
    if (isComplete(relation)) {
        joinedSet(relation)->match(pattern, boundMask, take);
        ++m_demanded.first;
        m_demanded.second += answers.size();
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
    });
    m_database.dropRelationsFrom(base);
    diagnostics.insert(diagnostics.end(), failures.diagnostics().begin(), failures.diagnostics().end());
    return diagnostics;
}

} // namespace vitrine::tl::sparse
