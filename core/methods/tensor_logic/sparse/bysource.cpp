// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/rowengines.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <mutex>
#include <thread>

namespace vitrine::tl::sparse {

void onThreads(int threads, const std::function<void(int)>& work) {
    std::exception_ptr problem;
    std::mutex mutex; // guards the problem
    const auto guarded = [&](int thread) {
        try {
            work(thread);
        } catch (...) {
            const std::scoped_lock lock(mutex);
            if (!problem) problem = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> others;
        for (int thread = 1; thread < threads; ++thread) others.emplace_back(guarded, thread);
        guarded(0);
    }
    if (problem) std::rethrow_exception(problem);
}

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::uint32_t FirstBlock = 16;      ///< rounds before the sources meet; then four times as many
constexpr std::uint32_t SourceChunk = 16;     ///< sources that a thread takes at once
constexpr std::uint64_t SharedWork = 1 << 14; ///< base facts below which a second thread costs more than it brings

/// What a block found, by round from its first.
struct BlockCounts {
    std::vector<std::vector<std::uint64_t>> delta, joined; ///< [rounds][relations]
    void add(const BlockCounts& other) {
        for (std::size_t r = 0; r < other.delta.size(); ++r) {
            at(r, other.delta[r].size());
            for (std::size_t k = 0; k < other.delta[r].size(); ++k) {
                delta[r][k] += other.delta[r][k];
                joined[r][k] += other.joined[r][k];
            }
        }
    }
    void at(std::size_t round, std::size_t relations) {
        while (delta.size() <= round) {
            delta.emplace_back(relations);
            joined.emplace_back(relations);
        }
    }
};

/// The search of one source at a time; each thread has its own.
class Searcher {
  public:
    Searcher(Database& database, const ChainContext& context, RowResult& result)
        : m_database(database), m_context(context), m_result(result), m_relations(context.relations().size()),
          m_found(m_relations), m_ends(m_relations), m_from(m_relations), m_to(m_relations) {
        for (std::size_t k = 0; k < m_relations; ++k) {
            m_seen.emplace_back(context.universe()->words(), 0);
            m_found[k].resize(context.universe()->size() + 1u);
        }
    }

    /// Advances a source from the end of round `first` to that of `last`, or as far as it goes.
    void advance(std::uint32_t source, std::uint32_t first, std::uint32_t last) {
        if (!load(source, first)) return;
        bool isGrown = false;
        for (std::uint32_t round = first + 1; round <= last && step(source, round - first - 1); ++round) {
            closeRound(round);
            isGrown = true;
        }
        for (std::size_t k = 0; k < m_relations; ++k) {
            if (isGrown && m_size[k] != m_result.tables[k]->row(source).size)
                m_result.tables[k]->replace(source, m_found[k].data(), m_size[k], m_ends[k].data(),
                                            static_cast<std::uint32_t>(m_ends[k].size()));
            clear(k);
        }
    }
    [[nodiscard]] const BlockCounts& counts() const { return m_counts; }
    [[nodiscard]] const Rule* lastRule() const { return m_lastRule; }

  private:
    /// \return whether the source has a frontier: entries of the round before
    bool load(std::uint32_t source, std::uint32_t round) {
        bool hasFrontier = false;
        m_size.assign(m_relations, 0);
        for (std::size_t k = 0; k < m_relations; ++k)
            hasFrontier =
                hasFrontier || m_result.tables[k]->row(source).deltaFirst(round) < m_result.tables[k]->row(source).size;
        if (!hasFrontier) return false;
        for (std::size_t k = 0; k < m_relations; ++k) {
            const Row& row = m_result.tables[k]->row(source);
            std::copy(row.ids, row.ids + row.size, m_found[k].begin());
            for (std::uint32_t i = 0; i < row.size; ++i) m_seen[k][row.ids[i] >> 6] |= 1ULL << (row.ids[i] & 63);
            m_ends[k].assign(row.ends, row.ends + row.endCount);
            m_size[k] = row.size;
            m_from[k] = row.deltaFirst(round);
            m_to[k] = row.size;
        }
        return true;
    }

    void clear(std::size_t k) {
        if (m_size[k] > m_seen[k].size()) {
            std::fill(m_seen[k].begin(), m_seen[k].end(), 0);
            return;
        }
        for (std::uint32_t i = 0; i < m_size[k]; ++i) m_seen[k][m_found[k][i] >> 6] = 0;
    }

    /// One round of one source. \return whether anything was found
    bool step(std::uint32_t source, std::size_t roundInBlock) {
        m_counts.at(roundInBlock, m_relations);
        for (const VertexRule& rule : m_context.rules()) {
            const std::uint32_t from = rule.steps[0].relation;
            if (m_from[from] == m_to[from] || !rule.isAllowed(0, source)) continue;
            m_lastRule = rule.rule;
            const Span frontier{m_found[from].data() + m_from[from], m_found[from].data() + m_to[from]};
            m_counts.joined[roundInBlock][rule.head] += apply(rule, source, frontier);
        }
        bool isAny = false;
        for (std::size_t k = 0; k < m_relations; ++k) {
            const std::uint32_t grown = m_size[k] - m_to[k];
            m_counts.delta[roundInBlock][k] += grown;
            isAny = isAny || grown > 0;
        }
        return isAny;
    }

    void closeRound(std::uint32_t round) {
        for (std::size_t k = 0; k < m_relations; ++k) {
            m_from[k] = m_to[k];
            m_to[k] = m_size[k];
            if (m_from[k] != m_to[k]) m_ends[k].push_back({round, m_size[k]});
        }
    }

    /// \return joined rows
    std::uint64_t apply(const VertexRule& rule, std::uint32_t source, Span frontier) {
        const bool isPlain = rule.steps.size() == 2 && !rule.allowed[1] && !rule.allowed[2] && !rule.isUnequal;
        if (isPlain) return follow(*rule.steps[1].rows, rule.head, frontier);
        std::vector<std::uint32_t> at(frontier.begin(), frontier.end()), next;
        Bitmap& seen = scratch();
        for (std::size_t k = 1; k + 1 < rule.steps.size(); ++k) {
            next.clear();
            for (const std::uint32_t v : at) {
                if (!rule.isAllowed(k, v)) continue;
                for (const std::uint32_t w : rule.steps[k].rows->row(v))
                    if (!isSet(seen.data(), w)) seen[w >> 6] |= 1ULL << (w & 63), next.push_back(w);
            }
            for (const std::uint32_t w : next) seen[w >> 6] = 0;
            at.swap(next);
        }
        std::uint64_t joined = 0;
        const std::size_t last = rule.steps.size();
        const auto take = [&](std::uint32_t z) {
            ++joined;
            if (rule.isAllowed(last, z) && !(rule.isUnequal && z == source)) enter(rule.head, z);
        };
        for (const std::uint32_t v : at) {
            if (!rule.isAllowed(last - 1, v)) continue;
            if (last == 1) {
                take(v);
                continue;
            }
            for (const std::uint32_t z : rule.steps[last - 1].rows->row(v)) take(z);
        }
        return joined;
    }

    /// The common case, P(x, z) <- P(x, y), E(y, z).
    std::uint64_t follow(const StaticRows& rows, std::uint32_t head, Span frontier) {
        std::uint64_t* seen = m_seen[head].data();
        std::uint32_t* found = m_found[head].data();
        std::uint32_t size = m_size[head];
        std::uint64_t joined = 0;
        for (const std::uint32_t y : frontier) {
            const Span row = rows.row(y);
            joined += row.size();
            for (const std::uint32_t z : row) {
                const std::uint64_t bit = 1ULL << (z & 63);
                std::uint64_t& word = seen[z >> 6];
                found[size] = z; // kept only when it is new: no branch to guess
                size += (word & bit) == 0;
                word |= bit;
            }
        }
        m_size[head] = size;
        return joined;
    }

    void enter(std::uint32_t head, std::uint32_t z) {
        std::uint64_t& word = m_seen[head][z >> 6];
        const std::uint64_t bit = 1ULL << (z & 63);
        if (word & bit) return;
        word |= bit;
        m_found[head][m_size[head]++] = z;
    }

    Bitmap& scratch() {
        if (m_scratch.empty()) m_scratch.assign(m_context.universe()->words(), 0);
        return m_scratch;
    }

    Database& m_database;
    const ChainContext& m_context;
    RowResult& m_result;
    std::size_t m_relations;
    std::vector<Bitmap> m_seen;
    Bitmap m_scratch;
    std::vector<std::vector<std::uint32_t>> m_found;
    std::vector<std::vector<RoundEnd>> m_ends;
    std::vector<std::uint32_t> m_size, m_from, m_to;
    BlockCounts m_counts;
    const Rule* m_lastRule = nullptr;
};

std::uint64_t loadBase(const ChainContext& context, RowResult& result) {
    std::uint64_t total = 0;
    for (std::size_t k = 0; k < context.relations().size(); ++k) {
        auto table = std::make_shared<RowTable>(context.universe()->size());
        const StaticRows base = context.base(k);
        for (std::uint32_t v = 0; v < context.universe()->size(); ++v)
            if (const Span row = base.row(v); row.size() > 0)
                table->append(v, row.first, static_cast<std::uint32_t>(row.size()), 1, 0);
        total += base.ids.size();
        result.tables.push_back(std::move(table));
    }
    return total;
}

} // namespace

void runBySource(Database& database, const ChainContext& context, RowResult& result, const OnRowRound& onRound) {
    const std::uint64_t base = loadBase(context, result);
    const std::uint32_t vertices = context.universe()->size();
    const int threads = base < SharedWork / 4 && vertices < 1024 ? 1 : database.options.threads;
    const auto bytes = [&] {
        std::int64_t sum = database.bytes();
        for (const auto& table : result.tables) sum += table->bytes();
        return sum;
    };
    const auto maxRounds = static_cast<std::uint32_t>(std::min<std::int64_t>(database.options.maxRounds, 1u << 31));
    std::uint32_t first = 1, block = FirstBlock;
    while (true) {
        const std::uint32_t last = std::min(first + block, std::max(maxRounds, first) + 1);
        const Clock::time_point start = Clock::now();
        std::atomic<std::uint32_t> next{0};
        std::deque<Searcher> searchers;
        for (int t = 0; t < threads; ++t) searchers.emplace_back(database, context, result);
        const std::int64_t outside = database.bytes();
        try {
            onThreads(threads, [&](int t) {
                Searcher& searcher = searchers[static_cast<std::size_t>(t)];
                while (true) {
                    const std::uint32_t from = next.fetch_add(SourceChunk);
                    if (from >= vertices) return;
                    for (std::uint32_t v = from; v < std::min(vertices, from + SourceChunk); ++v) {
                        searcher.advance(v, first, last);
                        std::int64_t used = outside;
                        for (const auto& table : result.tables) used += table->bytes();
                        if (used <= database.options.memoryBudget) continue;
                        std::uint64_t so = 0;
                        for (const auto& table : result.tables) so = std::max(so, table->count());
                        const double share = double(vertices) / double(v + 1);
                        throw Refused{Refused::Cause::Memory, searcher.lastRule(), context.relations()[0],
                                      static_cast<double>(so) * share};
                    }
                    database.checkStop();
                }
            });
        } catch (...) {
            for (const auto& table : result.tables) table->truncate(first);
            throw;
        }
        BlockCounts counts;
        for (const Searcher& searcher : searchers) counts.add(searcher.counts());
        const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
        std::uint64_t allJoined = 1;
        for (const auto& joined : counts.joined)
            for (const std::uint64_t some : joined) allJoined += some;
        for (std::uint32_t r = 0; r < counts.delta.size(); ++r) {
            RowRound round{first + 1 + r, counts.delta[r], counts.joined[r], 0};
            std::uint64_t joined = 0, delta = 0;
            for (const std::uint64_t some : round.joined) joined += some;
            for (const std::uint64_t some : round.delta) delta += some;
            if (delta == 0) return; // the fixpoint
            round.seconds = seconds * static_cast<double>(joined) / static_cast<double>(allJoined);
            try {
                onRound(round, bytes());
            } catch (...) {
                for (const auto& table : result.tables) table->truncate(first + r);
                throw;
            }
        }
        if (counts.delta.empty()) return;
        first = last;
        block *= 4;
    }
}

} // namespace vitrine::tl::sparse
