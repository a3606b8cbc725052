// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/array.hpp"
#include "core/methods/tensor_logic/value.hpp"

#include <map>
#include <span>

namespace vitrine::tl::sparse {

/// Set of columns of a relation: bit k is column k.
using ColumnMask = std::uint64_t;

[[nodiscard]] inline std::uint32_t wordsOf(std::uint32_t arity) {
    return arity < 2 ? 1 : (arity + 1) / 2;
}

/// Rows sorted by a set of columns, in segments whose sizes fall geometrically, so that a round costs what it adds.
class Index {
  public:
    Index(const TupleKernels& kernels, ColumnMask mask) : m_kernels(&kernels), m_mask(mask) {}
    /// Takes in the rows up to `limit`.
    void extend(const RowsView& rows, std::uint64_t limit);
    [[nodiscard]] std::size_t segmentCount() const { return m_segments.size(); }
    [[nodiscard]] IndexView segment(std::size_t number, const RowsView& rows) const;
    [[nodiscard]] std::uint64_t rowsCovered() const { return m_covered; }
    [[nodiscard]] std::int64_t bytes() const;
    [[nodiscard]] ColumnMask mask() const { return m_mask; }

  private:
    struct Segment {
        std::uint64_t first, last, groups;
        Array<std::uint32_t> order, starts;
        Array<std::uint64_t> slots;
    };
    [[nodiscard]] IndexView view(const Segment& segment, const RowsView& rows) const;
    Segment build(const RowsView& rows, std::uint64_t first, std::uint64_t last) const;

    const TupleKernels* m_kernels;
    ColumnMask m_mask;
    std::vector<Segment> m_segments;
    std::uint64_t m_covered = 0;
};

/// The rows of one relation in the order of their rounds, with a hash table over them and indices made on demand.
/// Row numbers have 32 bits.
class TupleStore {
  public:
    TupleStore(const TupleKernels& kernels, std::uint32_t arity);

    [[nodiscard]] std::uint32_t arity() const { return m_arity; }
    [[nodiscard]] std::uint64_t size() const { return m_size; }
    [[nodiscard]] std::int64_t bytes() const;
    [[nodiscard]] RowsView rows() const { return {m_words.data(), m_stride, m_arity}; }
    [[nodiscard]] HashView hash() const { return {m_slots.data(), m_slots.capacity()}; }
    [[nodiscard]] const TupleKernels& kernels() const { return *m_kernels; }

    /// Bytes that `count` more rows would add, at most.
    [[nodiscard]] std::int64_t growth(std::uint64_t count) const;
    /// Room for `count` candidates behind the rows. \errors std::length_error beyond 2^32 - 2 rows, std::bad_alloc
    void reserve(std::uint64_t count);
    /// Takes in the new ones of the candidates that were written from row size() on. \return how many
    std::uint64_t insertCandidates(std::uint64_t count);
    /// Takes in tuples from host memory, row-major. \return how many were new
    std::uint64_t insert(std::span<const Cell> cells, std::uint64_t count);
    /// Forgets the rows from `size` on.
    void truncate(std::uint64_t size);

    /// The index over some columns, up to date with the first `limit` rows.
    [[nodiscard]] Index& index(ColumnMask mask, std::uint64_t limit);
    /// Brings all indices up to `limit`.
    void extendIndices(std::uint64_t limit);
    void dropIndices() { m_indices.clear(); }
    /// Gives the room beyond the rows back.
    void shrink();

    [[nodiscard]] bool contains(std::span<const Cell> tuple) const;
    /// Number of the row with these cells, or NoRow.
    [[nodiscard]] std::uint32_t find(std::span<const Cell> tuple) const;
    /// Cells of rows first .. first + count, row-major, in host memory.
    [[nodiscard]] std::vector<Cell> read(std::uint64_t first, std::uint64_t count) const;

    /// ends[r - 1] = number of rows whose round is at most r.
    std::vector<std::uint64_t> roundEnds;
    [[nodiscard]] std::uint32_t roundOf(std::uint64_t row) const;

  private:
    void rehash(std::uint64_t capacity);
    void relayout(std::uint64_t stride);

    const TupleKernels* m_kernels;
    std::uint32_t m_arity;
    std::uint64_t m_size = 0, m_stride = 0;
    Array<std::uint64_t> m_words;
    Array<std::uint64_t> m_slots;
    Array<std::uint32_t> m_scratch;
    std::map<ColumnMask, Index> m_indices;
};

} // namespace vitrine::tl::sparse
