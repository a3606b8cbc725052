// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/tokenizer.hpp"

#include <bit>
#include <cstdint>
#include <vector>

namespace vitrine::lm {

struct Merge {
    std::uint32_t rank = 0;
    TokenId id = -1; ///< of the joined token; -1: the pair does not join
};

/// (left, right) -> (rank, joined id); open addressing, half full at most.
class MergeTable {
  public:
    MergeTable() : MergeTable(0) {}
    /// \param count the most pairs that will be set
    explicit MergeTable(std::size_t count)
        : m_slots(std::bit_ceil(count * 2 + 16)), m_shift(64 - static_cast<int>(std::countr_zero(m_slots.size()))) {}

    /// A pair that is there already gets the new rank, as later lines of a file overrule earlier ones.
    void set(TokenId left, TokenId right, Merge merge) {
        Slot& slot = m_slots[indexOf(keyOf(left, right))];
        if (slot.merge.id < 0) ++m_count;
        slot = {keyOf(left, right), merge};
    }
    [[nodiscard]] Merge find(TokenId left, TokenId right) const { return m_slots[indexOf(keyOf(left, right))].merge; }
    [[nodiscard]] std::size_t count() const { return m_count; }

  private:
    struct Slot {
        std::uint64_t key = 0;
        Merge merge = {};
    };
    static std::uint64_t keyOf(TokenId left, TokenId right) {
        return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32U | static_cast<std::uint32_t>(right);
    }
    [[nodiscard]] std::size_t indexOf(std::uint64_t key) const {
        auto at = static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ULL) >> m_shift);
        while (m_slots[at].merge.id >= 0 && m_slots[at].key != key) at = (at + 1) & (m_slots.size() - 1);
        return at;
    }
    std::vector<Slot> m_slots;
    int m_shift;
    std::size_t m_count = 0;
};

} // namespace vitrine::lm
