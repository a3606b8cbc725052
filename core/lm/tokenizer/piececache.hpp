// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/tokenizer.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

namespace vitrine::lm {

/// Tokens of pieces seen lately. Bounded: 2 MiB, one cache line an entry, a new piece takes the place of the old one.
class PieceCache {
  public:
    static constexpr std::size_t LongestKey = 30, MostIds = 8;

    struct alignas(64) Entry {
        std::array<char, LongestKey> key{};
        std::uint8_t length = 0; ///< of the key; 0: empty
        std::uint8_t count = 0;
        std::array<TokenId, MostIds> ids{};
    };

    PieceCache() : m_entries(EntryCount) {}
    /// The entry for `piece` (1 to LongestKey bytes): its own when `holds` says so, else the one to overwrite.
    [[nodiscard]] Entry& slot(std::string_view piece) { return m_entries[indexOf(piece)]; }
    [[nodiscard]] static bool holds(const Entry& entry, std::string_view piece) {
        return entry.length == piece.size() && std::memcmp(entry.key.data(), piece.data(), piece.size()) == 0;
    }
    static void store(Entry& entry, std::string_view piece, const TokenId* ids, std::size_t count) {
        if (count > MostIds) return;
        std::memcpy(entry.key.data(), piece.data(), piece.size());
        entry.length = static_cast<std::uint8_t>(piece.size());
        entry.count = static_cast<std::uint8_t>(count);
        std::copy_n(ids, count, entry.ids.begin());
    }

  private:
    static constexpr std::size_t EntryBits = 15, EntryCount = 1U << EntryBits;
    static std::uint64_t load(const char* p, std::size_t count) {
        std::uint64_t word = 0;
        std::memcpy(&word, p, count);
        return word;
    }
    static std::size_t indexOf(std::string_view piece) {
        std::uint64_t hash = piece.size();
        const char* p = piece.data();
        std::size_t left = piece.size();
        for (; left > 8; left -= 8, p += 8) hash = (hash ^ load(p, 8)) * 0x9E3779B97F4A7C15ULL;
        hash = (hash ^ load(p, left)) * 0x9E3779B97F4A7C15ULL;
        return static_cast<std::size_t>((hash ^ hash >> 29U) * 0xBF58476D1CE4E5B9ULL >> (64 - EntryBits));
    }
    std::vector<Entry> m_entries;
};

/// Caches for as many threads as encode at a time.
class CachePool {
  public:
    [[nodiscard]] std::unique_ptr<PieceCache> take() {
        const std::scoped_lock lock(m_mutex);
        if (m_idle.empty()) return std::make_unique<PieceCache>();
        auto cache = std::move(m_idle.back());
        m_idle.pop_back();
        return cache;
    }
    void giveBack(std::unique_ptr<PieceCache> cache) {
        const std::scoped_lock lock(m_mutex);
        if (m_idle.size() < MostIdle) m_idle.push_back(std::move(cache));
    }

  private:
    static constexpr std::size_t MostIdle = 16;
    std::mutex m_mutex; // guards m_idle
    std::vector<std::unique_ptr<PieceCache>> m_idle;
};

} // namespace vitrine::lm
