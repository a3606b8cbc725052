// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/rowengines.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace vitrine::tl::sparse {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint32_t RowChunk = 16;      ///< rows that a thread takes at once
constexpr std::uint64_t SharedWork = 20000; ///< delta below which a round stays on one thread

/// The recursive relations: their rows, and the transposed rows where a rule walks them backwards.
struct State {
    std::vector<RowTable*> rows;
    std::vector<std::unique_ptr<RowTable>> turned;                ///< null: not needed
    std::vector<std::vector<std::uint32_t>> active, activeTurned; ///< rows with a delta
    std::uint32_t round = 1;

    [[nodiscard]] const RowTable& table(const VertexStep& step) const {
        return step.isTurned ? *turned[step.relation] : *rows[step.relation];
    }
    [[nodiscard]] const std::vector<std::uint32_t>& activeOf(const VertexStep& step) const {
        return step.isTurned ? activeTurned[step.relation] : active[step.relation];
    }
};

/// A rule with the delta at one of its recursive steps.
struct Variant {
    const VertexRule* rule;
    std::size_t delta;
    Bitmap touched;       ///< heads that this round can reach; empty when the delta is at the front
    Bitmap activeAtDelta; ///< rows of the delta step that have a delta
    bool isIdle = true;
};

struct Fresh {
    std::uint32_t relation, vertex, count;
    std::size_t offset;
};

/// Computes new entries of rows; each thread has its own.
class RowWorker {
  public:
    RowWorker(const ChainContext& context, const State& state, std::size_t relations)
        : joined(relations), m_context(context), m_state(state), m_words(context.universe()->words()),
          m_have(m_words, 0) {}

    std::vector<Fresh> fresh;
    std::vector<std::uint32_t> ids; ///< of `fresh`
    std::vector<std::uint64_t> joined;
    const Rule* lastRule = nullptr;

    void compute(std::uint32_t relation, std::uint32_t x, const std::vector<Variant*>& variants) {
        const Row& row = m_state.rows[relation]->row(x);
        const std::size_t offset = ids.size();
        load(row);
        for (const Variant* variant : variants) {
            if (!variant->touched.empty() ? !isSet(variant->touched.data(), x)
                                          : !isSet(variant->activeAtDelta.data(), x))
                continue;
            lastRule = variant->rule->rule;
            walk(*variant, x);
        }
        clear(row, offset);
        if (ids.size() > offset)
            fresh.push_back({relation, x, static_cast<std::uint32_t>(ids.size() - offset), offset});
    }

  private:
    void load(const Row& row) {
        if (row.bits)
            std::memcpy(m_have.data(), row.bits, m_words * sizeof(std::uint64_t));
        else
            for (std::uint32_t i = 0; i < row.size; ++i) m_have[row.ids[i] >> 6] |= 1ULL << (row.ids[i] & 63);
    }
    void clear(const Row& row, std::size_t offset) {
        if (row.bits || row.size + ids.size() - offset > m_words) {
            std::fill(m_have.begin(), m_have.end(), 0);
            return;
        }
        for (std::uint32_t i = 0; i < row.size; ++i) m_have[row.ids[i] >> 6] = 0;
        for (std::size_t i = offset; i < ids.size(); ++i) m_have[ids[i] >> 6] = 0;
    }

    /// The entries of one step's row that take part: all, or those of the delta.
    [[nodiscard]] Span entries(const Variant& variant, std::size_t k, std::uint32_t v) const {
        const VertexStep& step = variant.rule->steps[k];
        if (step.rows) return step.rows->row(v);
        const Row& row = m_state.table(step).row(v);
        const std::uint32_t first = k == variant.delta ? row.deltaFirst(m_state.round) : 0;
        return {row.ids + first, row.ids + row.size};
    }
    /// The bitmap of a whole dense row.
    [[nodiscard]] const std::uint64_t* bitmap(const Variant& variant, std::size_t k, std::uint32_t v) const {
        const VertexStep& step = variant.rule->steps[k];
        return step.rows || k == variant.delta ? nullptr : m_state.table(step).row(v).bits;
    }
    [[nodiscard]] bool isUseful(const Variant& variant, std::size_t k, std::uint32_t v) const {
        return variant.rule->isAllowed(k, v) && (k != variant.delta || isSet(variant.activeAtDelta.data(), v));
    }

    void walk(const Variant& variant, std::uint32_t x) {
        const VertexRule& rule = *variant.rule;
        if (!isUseful(variant, 0, x)) return;
        const std::size_t last = rule.steps.size() - 1;
        if (last == 0) {
            finish(variant, x, x);
            return;
        }
        Span at = entries(variant, 0, x);
        for (std::size_t k = 1; k < last; ++k) {
            std::vector<std::uint32_t>& next = spread(variant, k, at);
            at = {next.data(), next.data() + next.size()};
        }
        for (const std::uint32_t v : at)
            if (isUseful(variant, last, v)) finish(variant, x, v);
    }

    /// All ends of step k from some vertices, each once.
    std::vector<std::uint32_t>& spread(const Variant& variant, std::size_t k, Span at) {
        while (m_levels.size() <= k) m_levels.push_back({Bitmap(m_words, 0), {}});
        Level& level = m_levels[k];
        level.ids.clear();
        for (const std::uint32_t v : at) {
            if (!isUseful(variant, k, v)) continue;
            const Span row = entries(variant, k, v);
            const std::uint64_t* bits = row.size() > m_words ? bitmap(variant, k, v) : nullptr;
            if (bits)
                merge(bits, level.seen.data(), level.ids);
            else
                for (const std::uint32_t w : row)
                    if (!isSet(level.seen.data(), w)) {
                        level.seen[w >> 6] |= 1ULL << (w & 63);
                        level.ids.push_back(w);
                    }
        }
        if (level.ids.size() > m_words)
            std::fill(level.seen.begin(), level.seen.end(), 0);
        else
            for (const std::uint32_t w : level.ids) level.seen[w >> 6] = 0;
        return level.ids;
    }

    /// What `bits` has and `have` has not: 64 candidates at a time.
    void merge(const std::uint64_t* bits, std::uint64_t* have, std::vector<std::uint32_t>& found) const {
        for (std::size_t word = 0; word < m_words; ++word) {
            std::uint64_t fresh64 = bits[word] & ~have[word];
            if (fresh64 == 0) continue;
            have[word] |= fresh64;
            for (; fresh64 != 0; fresh64 &= fresh64 - 1)
                found.push_back(static_cast<std::uint32_t>(word * 64) +
                                static_cast<std::uint32_t>(__builtin_ctzll(fresh64)));
        }
    }

    /// The last step: its ends enter row x.
    void finish(const Variant& variant, std::uint32_t x, std::uint32_t v) {
        const VertexRule& rule = *variant.rule;
        const std::size_t last = rule.steps.size() - 1;
        const Span row = entries(variant, last, v);
        joined[rule.head] += row.size();
        const bool isFiltered = rule.isUnequal || rule.allowed[last + 1];
        const std::uint64_t* bits = row.size() > m_words && !isFiltered ? bitmap(variant, last, v) : nullptr;
        if (bits) {
            merge(bits, m_have.data(), ids);
            return;
        }
        if (isFiltered) {
            for (const std::uint32_t z : row) {
                if (isSet(m_have.data(), z) || (rule.isUnequal && z == x) || !rule.isAllowed(last + 1, z)) continue;
                m_have[z >> 6] |= 1ULL << (z & 63);
                ids.push_back(z);
            }
            return;
        }
        const std::size_t size = ids.size();
        ids.resize(size + row.size());
        std::uint32_t* to = ids.data() + size;
        for (const std::uint32_t z : row) {
            std::uint64_t& word = m_have[z >> 6];
            const std::uint64_t bit = 1ULL << (z & 63);
            *to = z; // kept only when it is new: no branch to guess
            to += (word & bit) == 0;
            word |= bit;
        }
        ids.resize(static_cast<std::size_t>(to - ids.data()));
    }

    struct Level {
        Bitmap seen;
        std::vector<std::uint32_t> ids;
    };

    const ChainContext& m_context;
    const State& m_state;
    std::size_t m_words;
    Bitmap m_have;
    std::vector<Level> m_levels;
};

class RowRounds {
  public:
    RowRounds(Database& database, const ChainContext& context, RowResult& result, const OnRowRound& onRound)
        : m_database(database), m_context(context), m_result(result), m_onRound(onRound),
          m_relations(context.relations().size()), m_words(context.universe()->words()) {
        loadBase();
        for (const VertexRule& rule : context.rules())
            for (std::size_t k = 0; k < rule.steps.size(); ++k)
                if (!rule.steps[k].rows) m_variants.push_back({&rule, k, {}, {}});
    }

    void run() {
        while (true) {
            m_database.checkStop();
            const Clock::time_point start = Clock::now();
            std::deque<RowWorker> workers;
            const std::uint64_t delta = prepare();
            const int threads = delta < SharedWork ? 1 : m_database.options.threads;
            for (int t = 0; t < threads; ++t) workers.emplace_back(m_context, m_state, m_relations);
            compute(workers, threads);
            ++m_state.round;
            try {
                RowRound report = enter(workers, threads);
                report.seconds = std::chrono::duration<double>(Clock::now() - start).count();
                if (std::all_of(report.delta.begin(), report.delta.end(), [](std::uint64_t d) { return d == 0; }))
                    return;
                m_onRound(report, bytes());
            } catch (...) {
                for (const auto& table : m_result.tables) table->truncate(m_state.round - 1);
                throw;
            }
        }
    }

  private:
    void loadBase() {
        m_state.active.resize(m_relations);
        m_state.activeTurned.resize(m_relations);
        m_state.turned.resize(m_relations);
        std::vector<bool> needsTurned(m_relations);
        for (const VertexRule& rule : m_context.rules())
            for (const VertexStep& step : rule.steps)
                if (!step.rows && step.isTurned) needsTurned[step.relation] = true;
        const std::uint32_t vertices = m_context.universe()->size();
        for (std::size_t k = 0; k < m_relations; ++k) {
            auto table = std::make_shared<RowTable>(vertices);
            m_state.rows.push_back(table.get());
            m_result.tables.push_back(std::move(table));
            if (needsTurned[k]) m_state.turned[k] = std::make_unique<RowTable>(vertices);
            const StaticRows base = m_context.base(k);
            for (std::uint32_t v = 0; v < vertices; ++v) {
                const Span row = base.row(v);
                if (row.size() == 0) continue;
                m_state.rows[k]->append(v, row.first, static_cast<std::uint32_t>(row.size()), 1, m_words);
                m_state.active[k].push_back(v);
                if (needsTurned[k])
                    for (const std::uint32_t z : row) enterTurned(k, z, v);
            }
        }
    }

    void enterTurned(std::size_t relation, std::uint32_t z, std::uint32_t x) {
        RowTable& table = *m_state.turned[relation];
        const Row& row = table.row(z);
        if (row.deltaFirst(m_state.round) == row.size) m_state.activeTurned[relation].push_back(z);
        table.append(z, &x, 1, m_state.round, m_words);
    }

    [[nodiscard]] std::int64_t bytes() const {
        std::int64_t sum = m_database.bytes();
        for (std::size_t k = 0; k < m_relations; ++k) {
            sum += m_state.rows[k]->bytes();
            if (m_state.turned[k]) sum += m_state.turned[k]->bytes();
        }
        return sum;
    }

    /// Which rows each variant can change this round. \return size of the delta
    std::uint64_t prepare() {
        m_touched.assign(m_relations, {});
        m_byHead.assign(m_relations, {});
        std::vector<Bitmap> marked(m_relations, Bitmap(m_words, 0));
        for (Variant& variant : m_variants) {
            const VertexStep& step = variant.rule->steps[variant.delta];
            const std::vector<std::uint32_t>& active = m_state.activeOf(step);
            variant.isIdle = active.empty();
            if (variant.isIdle) continue;
            variant.activeAtDelta.assign(m_words, 0);
            for (const std::uint32_t v : active) variant.activeAtDelta[v >> 6] |= 1ULL << (v & 63);
            variant.touched.clear();
            const std::uint32_t head = variant.rule->head;
            m_byHead[head].push_back(&variant);
            std::vector<std::uint32_t> reached = variant.delta == 0 ? active : walkBack(variant, active);
            for (const std::uint32_t x : reached) {
                if (isSet(marked[head].data(), x)) continue;
                marked[head][x >> 6] |= 1ULL << (x & 63);
                m_touched[head].push_back(x);
            }
        }
        std::uint64_t delta = 0;
        for (std::size_t k = 0; k < m_relations; ++k)
            for (const std::uint32_t v : m_state.active[k]) {
                const Row& row = m_state.rows[k]->row(v);
                delta += row.size - row.deltaFirst(m_state.round);
            }
        return delta;
    }

    /// The heads from which the steps before the delta lead to its rows. Where a relation's rows are only kept the
    /// other way round, every row is taken: the walk forward finds out.
    std::vector<std::uint32_t> walkBack(Variant& variant, std::vector<std::uint32_t> at) {
        for (std::size_t k = variant.delta; k-- > 0;) {
            const VertexStep& step = variant.rule->steps[k];
            const RowTable* table = step.rows       ? nullptr
                                    : step.isTurned ? m_state.rows[step.relation]
                                                    : m_state.turned[step.relation].get();
            if (!step.rows && !table) return touchAll(variant);
            Bitmap seen(m_words, 0);
            std::vector<std::uint32_t> next;
            for (const std::uint32_t v : at) {
                const Span row = step.rows ? step.backwards->row(v)
                                           : Span{table->row(v).ids, table->row(v).ids + table->row(v).size};
                for (const std::uint32_t w : row) {
                    if (isSet(seen.data(), w)) continue;
                    seen[w >> 6] |= 1ULL << (w & 63);
                    next.push_back(w);
                }
            }
            at.swap(next);
            if (k == 0) variant.touched = std::move(seen);
        }
        return at;
    }

    /// Every row in which a walk can begin.
    std::vector<std::uint32_t> touchAll(Variant& variant) {
        std::vector<std::uint32_t> all;
        variant.touched.assign(m_words, 0);
        const VertexStep& first = variant.rule->steps[0];
        for (std::uint32_t v = 0; v < m_context.universe()->size(); ++v) {
            const bool isEmpty = first.rows ? first.rows->row(v).size() == 0 : m_state.table(first).row(v).size == 0;
            if (isEmpty) continue;
            all.push_back(v);
            variant.touched[v >> 6] |= 1ULL << (v & 63);
        }
        return all;
    }

    void compute(std::deque<RowWorker>& workers, int threads) {
        const std::int64_t before = bytes();
        for (std::uint32_t head = 0; head < m_relations; ++head) {
            std::atomic<std::size_t> next{0};
            const std::vector<std::uint32_t>& rows = m_touched[head];
            onThreads(threads, [&](int t) {
                RowWorker& worker = workers[static_cast<std::size_t>(t)];
                while (true) {
                    const std::size_t from = next.fetch_add(RowChunk);
                    if (from >= rows.size()) return;
                    m_database.checkStop();
                    for (std::size_t i = from; i < std::min(rows.size(), from + RowChunk); ++i)
                        worker.compute(head, rows[i], m_byHead[head]);
                    const auto held = static_cast<std::int64_t>(worker.ids.capacity() * sizeof(std::uint32_t));
                    if (before + held * (threads + 1) > m_database.options.memoryBudget)
                        refuse(worker, head, static_cast<double>(rows.size()) / static_cast<double>(from + 1));
                }
            });
        }
    }

    [[noreturn]] void refuse(const RowWorker& worker, std::uint32_t head, double share) const {
        const double so = static_cast<double>(worker.ids.size()) * share;
        throw Refused{Refused::Cause::Memory, worker.lastRule, m_context.relations()[head], so};
    }

    /// The new entries become the delta; a thread enters the rows that it computed.
    RowRound enter(std::deque<RowWorker>& workers, int threads) {
        RowRound report{m_state.round, std::vector<std::uint64_t>(m_relations), std::vector<std::uint64_t>(m_relations),
                        0};
        onThreads(threads, [&](int t) {
            const RowWorker& worker = workers[static_cast<std::size_t>(t)];
            for (const Fresh& f : worker.fresh)
                m_state.rows[f.relation]->append(f.vertex, worker.ids.data() + f.offset, f.count, m_state.round,
                                                 m_words);
        });
        for (std::size_t k = 0; k < m_relations; ++k) {
            m_state.active[k].clear();
            m_state.activeTurned[k].clear();
        }
        for (const RowWorker& worker : workers) {
            for (std::size_t k = 0; k < m_relations; ++k) report.joined[k] += worker.joined[k];
            for (const Fresh& f : worker.fresh) {
                m_state.active[f.relation].push_back(f.vertex);
                report.delta[f.relation] += f.count;
                if (!m_state.turned[f.relation]) continue;
                for (std::uint32_t i = 0; i < f.count; ++i) enterTurned(f.relation, worker.ids[f.offset + i], f.vertex);
            }
        }
        return report;
    }

    Database& m_database;
    const ChainContext& m_context;
    RowResult& m_result;
    const OnRowRound& m_onRound;
    std::size_t m_relations;
    std::size_t m_words;
    State m_state;
    std::vector<Variant> m_variants;
    std::vector<std::vector<std::uint32_t>> m_touched; ///< by head: rows to compute
    std::vector<std::vector<Variant*>> m_byHead;
};

} // namespace

void runRowRounds(Database& database, const ChainContext& context, RowResult& result, const OnRowRound& onRound) {
    RowRounds(database, context, result, onRound).run();
}

} // namespace vitrine::tl::sparse
