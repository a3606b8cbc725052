// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/chaincontext.hpp"

#include <algorithm>

namespace vitrine::tl::sparse {

ChainContext::ChainContext(Database& database, const std::vector<ChainRule>& chains,
                           const std::vector<TensorId>& relations, bool isTurned)
    : m_database(database), m_relations(relations), m_isTurned(isTurned) {
    std::set<TensorId> used(relations.begin(), relations.end());
    for (const ChainRule& chain : chains)
        for (const ChainStep& step : chain.steps) used.insert(step.relation);
    std::vector<Cell> cells;
    for (const TensorId id : used) {
        const TupleStore& store = database.joined(id).store();
        const std::vector<Cell> some = store.read(0, store.size());
        cells.insert(cells.end(), some.begin(), some.end());
    }
    m_universe = std::make_shared<Universe>(std::move(cells));
    for (const ChainRule& chain : chains) {
        VertexRule& rule = m_rules.emplace_back();
        rule.rule = chain.rule;
        rule.isUnequal = chain.isUnequal;
        const auto indexOf = [&](TensorId id) {
            return static_cast<std::uint32_t>(std::find(relations.begin(), relations.end(), id) - relations.begin());
        };
        rule.head = indexOf(chain.head);
        for (const ChainStep& step : chain.steps) {
            VertexStep& made = rule.steps.emplace_back();
            made.isTurned = step.isTurned;
            if (step.isRecursive) {
                made.relation = indexOf(step.relation);
                continue;
            }
            made.rows = rowsOf(step.relation, step.isTurned);
            made.backwards = rowsOf(step.relation, !step.isTurned);
        }
        for (std::uint32_t vertex = 0; vertex <= chain.steps.size(); ++vertex)
            rule.allowed.push_back(allowedAt(chain, vertex));
    }
}

const StaticRows* ChainContext::rowsOf(TensorId id, bool isTurned) {
    const auto [found, isNew] = m_static.try_emplace({id, isTurned});
    if (isNew) found->second = build(id, isTurned);
    return &found->second;
}

StaticRows ChainContext::base(std::size_t relation) const {
    return build(m_relations[relation], m_isTurned);
}

/// Counting sort of the tuples by row.
StaticRows ChainContext::build(TensorId id, bool isTurned) const {
    const TupleStore& store = m_database.relation(id).store();
    std::vector<Cell> cells = store.read(0, store.size());
    const std::size_t from = isTurned ? 1 : 0, to = 1 - from;
    StaticRows rows;
    rows.starts.assign(m_universe->size() + 1u, 0);
    for (Cell& cell : cells) cell = m_universe->find(cell);
    for (std::size_t i = 0; i < cells.size(); i += 2) ++rows.starts[cells[i + from] + 1u];
    for (std::uint32_t v = 0; v < m_universe->size(); ++v) rows.starts[v + 1u] += rows.starts[v];
    rows.ids.resize(cells.size() / 2);
    std::vector<std::uint32_t> next(rows.starts.begin(), rows.starts.end() - 1);
    for (std::size_t i = 0; i < cells.size(); i += 2) rows.ids[next[cells[i + from]]++] = cells[i + to];
    return rows;
}

const Bitmap* ChainContext::allowedAt(const ChainRule& chain, std::uint32_t vertex) {
    Bitmap* allowed = nullptr;
    for (const ChainFilter& filter : chain.filters) {
        if (filter.vertex != vertex) continue;
        Bitmap named(m_universe->words(), 0);
        const auto mark = [&](Cell cell) {
            const std::uint32_t id = m_universe->find(cell);
            if (id != NoVertex) named[id >> 6] |= 1ULL << (id & 63);
        };
        if (filter.relation == NoId) {
            mark(filter.cell);
        } else {
            const TupleStore& store = m_database.joined(filter.relation).store();
            const std::vector<Cell> cells = store.read(0, store.size());
            for (std::size_t i = filter.column; i < cells.size(); i += store.arity()) mark(cells[i]);
        }
        if (!allowed) allowed = &m_bitmaps.emplace_back(m_universe->words(), ~0ULL);
        for (std::size_t word = 0; word < named.size(); ++word)
            (*allowed)[word] &= filter.isNegated ? ~named[word] : named[word];
    }
    return allowed;
}

} // namespace vitrine::tl::sparse
