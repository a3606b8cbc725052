// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/engine.hpp"

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>

/// Binary relations by rows: for each first cell the second cells, in the order of their rounds.
namespace vitrine::tl::sparse {

inline constexpr std::uint32_t NoVertex = 0xffffffffu;

/// The cells of a stratum, numbered in the order of their bits.
class Universe {
  public:
    /// \param cells  in any order, with repeats
    explicit Universe(std::vector<Cell> cells);
    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(m_cells.size()); }
    [[nodiscard]] Cell cell(std::uint32_t vertex) const { return m_cells[vertex]; }
    [[nodiscard]] std::uint32_t find(Cell cell) const; ///< NoVertex when it is not there
    [[nodiscard]] std::size_t words() const { return (m_cells.size() + 63) / 64; }

  private:
    std::vector<Cell> m_cells;
    std::vector<std::uint32_t> m_integers, m_ids; ///< by value; empty when the values spread too far
};

/// The end of a round within a row.
struct RoundEnd {
    std::uint32_t round, end;
};

/// One row. Owns its memory through the table that holds it.
struct Row {
    std::uint32_t* ids = nullptr;
    RoundEnd* ends = nullptr;
    std::uint64_t* bits = nullptr; ///< of dense rows: the same set as a bitmap
    std::uint32_t size = 0, capacity = 0;
    std::uint32_t endCount = 0, endCapacity = 0;

    [[nodiscard]] bool contains(std::uint32_t id) const {
        if (bits) return bits[id >> 6] >> (id & 63) & 1;
        for (std::uint32_t i = 0; i < size; ++i)
            if (ids[i] == id) return true;
        return false;
    }
    /// Where the entries of the last round start, if that was `round`.
    [[nodiscard]] std::uint32_t deltaFirst(std::uint32_t round) const {
        if (endCount == 0 || ends[endCount - 1].round != round) return size;
        return endCount == 1 ? 0 : ends[endCount - 2].end;
    }
};

/// All rows of one relation, or of its transpose. Different rows may be changed by different threads.
class RowTable {
  public:
    explicit RowTable(std::uint32_t vertices) : m_rows(vertices) {}
    RowTable(RowTable&&) = delete;
    ~RowTable();

    [[nodiscard]] const Row& row(std::uint32_t vertex) const { return m_rows[vertex]; }
    [[nodiscard]] std::uint32_t vertices() const { return static_cast<std::uint32_t>(m_rows.size()); }
    /// Adds entries that are not there yet; they came in at `round`, the latest so far.
    /// \param words  length of a bitmap; 0: never make one
    void append(std::uint32_t vertex, const std::uint32_t* ids, std::uint32_t count, std::uint32_t round,
                std::size_t words);
    /// Forgets the entries of later rounds.
    void truncate(std::uint32_t vertex, std::uint32_t round);
    void truncate(std::uint32_t round);
    /// Replaces a row by one of exactly this size.
    void replace(std::uint32_t vertex, const std::uint32_t* ids, std::uint32_t count, const RoundEnd* ends,
                 std::uint32_t endCount);
    [[nodiscard]] std::int64_t bytes() const { return m_bytes.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t count() const;

  private:
    template <typename T>
    void grow(T*& memory, std::uint32_t& capacity, std::uint32_t needed);
    void addBits(Row& row, std::size_t words);

    std::vector<Row> m_rows;
    std::atomic<std::int64_t> m_bytes{0};
};

/// A finished row table as a set of tuples.
class RowsSet final : public TupleSet {
  public:
    /// \param isTurned  the rows are those of the transposed relation
    RowsSet(std::shared_ptr<const Universe> universe, std::shared_ptr<const RowTable> rows, bool isTurned,
            bool hasRounds);

    [[nodiscard]] std::uint32_t arity() const override { return 2; }
    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] std::int64_t bytes() const override;
    [[nodiscard]] bool contains(std::span<const Cell> tuple) const override;
    [[nodiscard]] std::uint32_t roundOf(std::span<const Cell> tuple) const override;
    void forEach(const std::function<bool(std::span<const Cell>, std::uint32_t)>& visit) const override;
    void match(std::span<const Cell> pattern, std::uint32_t boundMask,
               const std::function<bool(std::span<const Cell>, std::uint32_t)>& visit) const override;
    [[nodiscard]] std::vector<Cell> column(std::uint32_t index) const override;

  private:
    using Visit = std::function<bool(std::span<const Cell>, std::uint32_t)>;
    /// The other orientation, made when first needed.
    struct Mirror {
        std::vector<std::uint64_t> starts;
        std::vector<std::uint32_t> ids, rounds;
    };
    [[nodiscard]] const Mirror& mirror() const;
    [[nodiscard]] bool visitRow(std::uint32_t vertex, const Visit& visit) const;
    [[nodiscard]] bool visitMirror(std::uint32_t vertex, const Visit& visit) const;
    [[nodiscard]] std::uint32_t roundAt(const Row& row, std::uint32_t position) const;

    std::shared_ptr<const Universe> m_universe;
    std::shared_ptr<const RowTable> m_rows;
    bool m_isTurned, m_hasRounds;
    std::uint64_t m_size;
    mutable std::mutex m_mutex; ///< guards the making of the mirror
    mutable std::unique_ptr<Mirror> m_mirror;
};

} // namespace vitrine::tl::sparse
