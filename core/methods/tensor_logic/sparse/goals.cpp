// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/goals.hpp"

#include "core/methods/tensor_logic/sparse/tupleset.hpp"

#include <algorithm>
#include <tuple>

namespace vitrine::tl::sparse {

namespace {

std::vector<std::optional<Cell>> patternOf(std::uint32_t arity, std::uint32_t mask, std::span<const Cell> bound) {
    std::vector<std::optional<Cell>> pattern(arity);
    for (std::uint32_t column = 0, k = 0; column < arity; ++column)
        if (mask >> column & 1) pattern[column] = bound[k++];
    return pattern;
}

class GoalReader {
  public:
    GoalReader(Database& database, FailureSink& failures, const Tables& tables, const Tables::Table& root)
        : m_database(database), m_failures(failures), m_tables(tables), m_root(root) {}

    GoalTree run(std::size_t most) {
        collect(most);
        countAnswers();
        joinCalls();
        for (const auto& [from, to] : m_pairs) addCall(from, to);
        return std::move(m_tree);
    }

  private:
    struct Made {
        std::uint32_t round = 0, table = 0;
        std::uint64_t row = 0;
        auto operator<=>(const Made&) const = default;
    };
    struct Asked {
        Pattern pattern;
        Tables::Table table;
        std::map<std::vector<Cell>, std::uint32_t> numbers; ///< of the goals that are shown
    };

    /// Tuples lie in the order of their rounds, so the first rows of every table are enough.
    void collect(std::size_t most) {
        for (const auto& [pattern, table] : m_tables.tables()) m_asked.push_back({pattern, table, {}});
        std::stable_partition(m_asked.begin(), m_asked.end(),
                              [this](const Asked& asked) { return asked.table.subgoals == m_root.subgoals; });
        std::vector<Made> made;
        for (std::uint32_t t = 0; t < m_asked.size(); ++t) {
            const TupleStore& store = m_database.relation(m_asked[t].table.subgoals).store();
            m_tree.allGoals += store.size();
            m_tree.allAnswers += m_database.size(m_asked[t].table.answers);
            std::uint32_t round = 0;
            for (std::uint64_t row = 0; row < std::min<std::uint64_t>(store.size(), most); ++row) {
                while (round < store.roundEnds.size() && row >= store.roundEnds[round]) ++round;
                made.push_back({round + 1, t, row});
            }
        }
        std::sort(made.begin(), made.end());
        if (made.size() > most) made.resize(most);
        for (const Made& one : made) {
            Asked& asked = m_asked[one.table];
            const std::vector<Cell> cells = m_database.relation(asked.table.subgoals).store().read(one.row, 1);
            asked.numbers.emplace(cells, static_cast<std::uint32_t>(m_tree.goals.size()));
            Goal& goal = m_tree.goals.emplace_back();
            goal.tensor = asked.pattern.first;
            goal.round = one.round;
            goal.pattern = patternOf(m_database.program.tensors[goal.tensor].arity, asked.pattern.second, cells);
        }
    }

    void countAnswers() {
        for (const Asked& asked : m_asked) {
            Relation& relation = m_database.relation(asked.table.answers);
            const StoredSet answers(relation.tuples, relation.store().size());
            std::vector<Cell> pattern(answers.arity());
            for (const auto& [cells, number] : asked.numbers) {
                m_database.checkStop();
                for (std::uint32_t column = 0, k = 0; column < pattern.size(); ++column)
                    if (asked.pattern.second >> column & 1) pattern[column] = cells[k++];
                std::uint64_t& count = m_tree.goals[number].answers;
                answers.match(pattern, asked.pattern.second, [&count](std::span<const Cell>, std::uint32_t) {
                    ++count;
                    return true;
                });
            }
        }
    }

    [[nodiscard]] const Asked* askedBy(TensorId subgoals) const {
        const auto found = std::find_if(m_asked.begin(), m_asked.end(),
                                        [subgoals](const Asked& asked) { return asked.table.subgoals == subgoals; });
        return found == m_asked.end() ? nullptr : &*found;
    }

    /// The goals of one table that are shown, as a relation to join from.
    TensorId shownOf(const Asked& asked) {
        const auto [known, isNew] = m_shown.try_emplace(asked.table.subgoals, NoId);
        if (!isNew) return known->second;
        const auto arity = static_cast<std::uint32_t>(__builtin_popcount(asked.pattern.second));
        known->second = m_database.addRelation("shown", arity);
        Relation& relation = m_database.relation(known->second);
        std::vector<Cell> cells;
        for (const auto& [tuple, number] : asked.numbers) cells.insert(cells.end(), tuple.begin(), tuple.end());
        relation.store().insert(cells, asked.numbers.size());
        relation.limit = relation.store().size();
        return known->second;
    }

    /// Every rule that passes subgoals on gives pairs: who calls, who is called.
    void joinCalls() {
        struct Edges {
            const Asked* from;
            const Asked* to;
            TensorId relation;
            std::uint32_t split;
        };
        std::deque<Rule> rules;
        std::vector<Edges> all;
        for (const Rule* passing : m_tables.passing()) {
            const Asked* from = askedBy(passing->atoms[0].tensor);
            const Asked* to = askedBy(passing->head.tensor);
            const std::size_t arity = passing->atoms[0].args.size() + passing->head.args.size();
            if (!from || !to || arity > MaxColumns) continue;
            Rule& rule = rules.emplace_back(*passing);
            rule.atoms[0].tensor = shownOf(*from);
            std::vector<IndexTerm> args = rule.atoms[0].args;
            args.insert(args.end(), rule.head.args.begin(), rule.head.args.end());
            rule.head.args = std::move(args);
            rule.head.tensor = m_database.addRelation("calls", static_cast<std::uint32_t>(arity));
            all.push_back({from, to, rule.head.tensor, static_cast<std::uint32_t>(passing->atoms[0].args.size())});
        }
        SemiNaive::Work work;
        work.isReported = false;
        for (const Rule& rule : rules) {
            work.rules.push_back(&rule);
            work.relations.push_back(rule.head.tensor);
        }
        std::vector<RoundReport> unreported;
        SemiNaive(m_database, m_failures, unreported).run(work);
        for (const Edges& edges : all) {
            const TupleStore& store = m_database.relation(edges.relation).store();
            const std::uint32_t arity = store.arity();
            const std::vector<Cell> cells = store.read(0, store.size());
            for (std::uint64_t row = 0; row < store.size(); ++row) {
                const auto begin = cells.begin() + static_cast<std::ptrdiff_t>(row * arity);
                const auto from = edges.from->numbers.find(std::vector<Cell>(begin, begin + edges.split));
                const auto to = edges.to->numbers.find(std::vector<Cell>(begin + edges.split, begin + arity));
                if (from != edges.from->numbers.end() && to != edges.to->numbers.end())
                    m_pairs.emplace(from->second, to->second);
            }
        }
    }

    /// Pairs come in the order of their callers: the first earlier caller made the goal.
    void addCall(std::uint32_t from, std::uint32_t to) {
        Goal& goal = m_tree.goals[to];
        const bool isFirst = to != 0 && m_tree.goals[from].round < goal.round && m_hasCaller.insert(to).second;
        if (!isFirst) ++goal.memoHits;
        m_tree.calls.push_back({from, to, isFirst});
    }

    Database& m_database;
    FailureSink& m_failures;
    const Tables& m_tables;
    const Tables::Table m_root;
    GoalTree m_tree;
    std::vector<Asked> m_asked;
    std::map<TensorId, TensorId> m_shown;
    std::set<std::pair<std::uint32_t, std::uint32_t>> m_pairs;
    std::set<std::uint32_t> m_hasCaller;
};

} // namespace

GoalTree readGoals(Database& database, FailureSink& failures, const Tables& tables, const Tables::Table& root,
                   std::size_t most) {
    return GoalReader(database, failures, tables, root).run(most);
}

GoalTree givenGoal(TensorId relation, std::span<const Cell> pattern, std::uint32_t boundMask, std::uint64_t answers) {
    GoalTree tree;
    Goal& goal = tree.goals.emplace_back();
    goal.tensor = relation;
    goal.round = 1;
    goal.answers = answers;
    goal.pattern.resize(pattern.size());
    for (std::uint32_t k = 0; k < pattern.size(); ++k)
        if (boundMask >> k & 1) goal.pattern[k] = pattern[k];
    tree.allGoals = 1;
    tree.allAnswers = answers;
    return tree;
}

} // namespace vitrine::tl::sparse
