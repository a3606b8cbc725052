// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

/// The operators of tuple sets: one struct of function pointers per build. kernels.inl is the only source; it is
/// compiled by kernels_cpu.cpp for the host and by kernels_cuda.cu for GPUs. All pointers of one call lie in the
/// memory of that build. Nothing here knows programs, rules or threads; the functions of the host build may run on
/// several threads at once as long as their outputs differ.
namespace vitrine::tl::sparse {

inline constexpr std::uint32_t MaxColumns = 32; ///< of a relation; kernels pass references to columns by value
inline constexpr std::uint32_t NoRow = 0xffffffffu;
inline constexpr std::uint64_t FreeSlot = ~0ULL;

/// Rows of one arity, packed: cell 2k is the high half and cell 2k + 1 the low half of word k, so that the order of
/// words is the order of tuples. Word k of row r is words[k * stride + r]. Arity 0 has one word that is 0.
struct RowsView {
    std::uint64_t* words = nullptr;
    std::uint64_t stride = 0;
    std::uint32_t arity = 0;
};

/// A column of bindings, or one value for all rows.
struct ColumnRef {
    const std::uint32_t* data = nullptr; ///< null: `constant`
    std::uint32_t constant = 0;
};
struct TupleRef {
    std::uint32_t count = 0;
    ColumnRef columns[MaxColumns];
};

/// Open addressing from rows (or keys) to their numbers. A slot has the number low and 32 bits of the hash high, so
/// that only a row that is very likely the same is ever looked at.
struct HashView {
    std::uint64_t* slots = nullptr;
    std::uint64_t capacity = 0;
};

/// Rows sorted by some of their columns, in groups of equal key; a hash table finds the group of a key.
struct IndexView {
    RowsView rows;
    std::uint32_t keyCount = 0;
    std::uint8_t keyColumns[MaxColumns] = {};
    std::uint32_t* order = nullptr;  ///< [rows of the segment] row numbers
    std::uint32_t* starts = nullptr; ///< [groups + 1] into order
    std::uint64_t groups = 0;
    HashView groupOf;
};

/// A window of a join's result: outputs first .. last of parents parentFirst .. parentLast.
struct JoinWindow {
    std::uint64_t first = 0, last = 0;
    std::uint64_t parentFirst = 0, parentLast = 0;
};

enum class CellOrder : std::uint32_t { Less, LessEqual, Greater, GreaterEqual };

struct TupleKernels {
    bool onDevice = false;

    // Memory. Failures throw std::bad_alloc.
    void* (*allocate)(std::size_t bytes) = nullptr;
    void* (*grow)(void* old, std::size_t oldBytes, std::size_t newBytes) = nullptr;
    void (*release)(void* memory) = nullptr;
    void (*toHost)(void* to, const void* from, std::size_t bytes) = nullptr;
    void (*fromHost)(void* to, const void* from, std::size_t bytes) = nullptr;
    void (*move)(void* to, const void* from, std::size_t bytes) = nullptr;  ///< both here
    void (*fillSlots)(std::uint64_t* slots, std::uint64_t count) = nullptr; ///< with FreeSlot
    void (*fillBytes)(std::uint8_t* bytes, std::uint64_t count, std::uint8_t value) = nullptr;

    // Sets.
    /// Enters rows first .. last, known to differ from each other and from all entered ones.
    void (*enter)(RowsView rows, HashView hash, std::uint64_t first, std::uint64_t last) = nullptr;
    /// Enters the new ones of the `count` candidates that lie at `first`; they move together to `first`.
    /// \param scratch  [2 * count] \return how many were new
    std::uint64_t (*insert)(RowsView rows, HashView hash, std::uint64_t first, std::uint64_t count,
                            std::uint32_t* scratch) = nullptr;
    /// mask[i] &= (tuple i is among the rows below `limit`) == want
    void (*member)(RowsView rows, HashView hash, std::uint64_t limit, const TupleRef& tuples, std::uint64_t count,
                   bool want, std::uint8_t* mask) = nullptr;
    /// numbers[i] = number of the row that equals tuple i, or NoRow.
    void (*locate)(RowsView rows, HashView hash, const TupleRef& tuples, std::uint64_t count,
                   std::uint32_t* numbers) = nullptr;
    /// Writes tuples as rows from `first`.
    void (*pack)(RowsView rows, std::uint64_t first, const TupleRef& tuples, std::uint64_t count) = nullptr;
    /// order[i] = number of the i-th row in the order of tuples.
    void (*sortRows)(RowsView rows, std::uint64_t count, std::uint32_t* order) = nullptr;
    /// Adds the weights of equal rows: sorts, keeps one of each with its sum. \return how many are left
    std::uint64_t (*addUp)(RowsView rows, std::uint64_t count, std::int64_t* weights) = nullptr;

    // Indices.
    /// Sorts rows first .. last by the key columns; order and starts have room. \return number of groups
    std::uint64_t (*sortByKey)(const IndexView& index, std::uint64_t first, std::uint64_t last) = nullptr;
    void (*enterGroups)(const IndexView& index) = nullptr;
    /// Finds the group of each key. firsts[i] = where it starts in order; offsets [count + 1] = running sum of sizes.
    /// \return offsets[count]
    std::uint64_t (*probe)(const IndexView& index, const TupleRef& keys, std::uint64_t count, std::uint32_t* firsts,
                           std::uint64_t* offsets) = nullptr;
    /// hits[i] = 1 where the key of row i is in the index.
    void (*exists)(const IndexView& index, const TupleRef& keys, std::uint64_t count, std::uint8_t* hits) = nullptr;
    /// First i with offsets[i] > value, minus 1: the parent of output `value`.
    std::uint64_t (*parentOf)(const std::uint64_t* offsets, std::uint64_t count, std::uint64_t value) = nullptr;
    std::uint64_t (*read64)(const std::uint64_t* at) = nullptr;
    /// Writes parent and row number of each output of the window.
    void (*expand)(const IndexView& index, const std::uint32_t* firsts, const std::uint64_t* offsets,
                   const JoinWindow& window, std::uint32_t* parents, std::uint32_t* rows) = nullptr;

    // Columns of bindings.
    void (*gather)(std::uint32_t* to, const std::uint32_t* from, const std::uint32_t* at,
                   std::uint64_t count) = nullptr;
    /// to[i] = cell `column` of row numbers[i], or of row first + i when numbers is null.
    void (*cells)(std::uint32_t* to, RowsView rows, std::uint32_t column, const std::uint32_t* numbers,
                  std::uint64_t first, std::uint64_t count) = nullptr;
    /// Cartesian product: output first + k has parent (first + k) / size and other (first + k) % size.
    void (*product)(std::uint64_t first, std::uint64_t count, std::uint64_t size, std::uint32_t* parents,
                    std::uint32_t* others) = nullptr;
    void (*equal)(ColumnRef a, ColumnRef b, std::uint64_t count, bool want, std::uint8_t* mask) = nullptr;
    /// mask[i] &= a[i] op b[i]. \return number of rows with a cell that is no small integer: the mask is then untouched
    std::uint64_t (*order)(CellOrder op, ColumnRef a, ColumnRef b, std::uint64_t count, std::uint8_t* mask) = nullptr;
    void (*combine)(std::uint8_t* mask, const std::uint8_t* hits, std::uint64_t count, bool want) = nullptr;
    /// Keeps the rows whose mask is 1. \return how many
    std::uint64_t (*compact)(std::uint32_t* const* columns, std::uint32_t columnCount, const std::uint8_t* mask,
                             std::uint64_t count) = nullptr;
};

[[nodiscard]] const TupleKernels& hostKernels();

} // namespace vitrine::tl::sparse
