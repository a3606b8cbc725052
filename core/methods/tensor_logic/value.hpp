// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vitrine::tl {

/// One argument of a tuple. High bit 0: an integer from 0 to 2^31 - 1. High bit 1: a dictionary id
/// (a symbol, or an integer outside that range).
using Cell = std::uint32_t;

inline constexpr Cell DictionaryBit = 0x80000000u;
[[nodiscard]] constexpr bool isSmallInteger(Cell cell) {
    return (cell & DictionaryBit) == 0;
}

/// Rank of the integer 0 in the order of `Dictionary::ranks`: negative integers rank below it.
inline constexpr std::uint64_t SmallIntegerRank = 1ULL << 32;
/// Rank of any cell, given the ranks of the dictionary's ids.
[[nodiscard]] inline std::uint64_t rankOf(Cell cell, std::span<const std::uint64_t> ranks) {
    return isSmallInteger(cell) ? SmallIntegerRank + cell : ranks[cell & ~DictionaryBit];
}

/// A symbol or a 64-bit integer, decoded.
struct Value {
    bool isSymbol = false;
    std::int64_t integer = 0;
    std::string_view symbol; ///< lives as long as the dictionary
};

/// Interns symbols and large integers. Ids are dense and never change. Not thread-safe while growing; a finished
/// dictionary may be read from any thread. Holds 10^7 names: texts lie in one arena.
class Dictionary {
  public:
    Dictionary();
    ~Dictionary();
    Dictionary(Dictionary&&) noexcept;
    Dictionary& operator=(Dictionary&&) noexcept;

    [[nodiscard]] Cell symbol(std::string_view text); ///< interns
    [[nodiscard]] Cell integer(std::int64_t value);   ///< interns when outside 0 .. 2^31 - 1
    [[nodiscard]] std::optional<Cell> findSymbol(std::string_view text) const;
    [[nodiscard]] std::optional<Cell> findInteger(std::int64_t value) const;
    [[nodiscard]] Value value(Cell cell) const;
    [[nodiscard]] bool isSymbol(Cell cell) const;
    [[nodiscard]] std::size_t size() const;
    /// Printed form: integers in decimal, symbols without quotes.
    [[nodiscard]] std::string text(Cell cell) const;
    /// Order of answers: integers before symbols, integers numerically, symbols by code point. <0, 0, >0.
    [[nodiscard]] int compare(Cell a, Cell b) const;
    /// Rank of each dictionary id in that order, for sorting many tuples; `rankOf` gives the rank of any cell.
    /// Result [size()], larger rank = later, below 2^34; valid until the dictionary grows. \cost O(n log n)
    [[nodiscard]] std::vector<std::uint64_t> ranks() const;

  private:
    struct Impl;
    Impl* m_impl;
};

} // namespace vitrine::tl
