// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/tokenizer.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace vitrine::lm {

inline constexpr std::int64_t BlockTokens = 16;

/// Who has which block of a paged cache, and which blocks hold text that may come again. No tensors. A block is held
/// by one or more texts, or idle with a known content (taken back least recently used first), or free.
class BlockPool {
  public:
    using Block = std::int32_t;
    /// Names a text from its start to the end of a block; 0: the start. Numbers are never used twice.
    using Chain = std::uint64_t;
    using Ids = std::array<TokenId, BlockTokens>;
    /// What a full block holds. Compared as it is: no hash is trusted.
    struct Content {
        std::uint64_t variant = 0; ///< everything beside the ids that keys and values depend on
        Chain parent = 0;
        Ids ids{};
        bool operator==(const Content&) const = default;
    };

    explicit BlockPool(std::int64_t blocks);

    [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(m_blocks.size()); }
    [[nodiscard]] std::int64_t available() const; ///< free and idle
    [[nodiscard]] std::int64_t idle() const { return static_cast<std::int64_t>(m_idle.size()); }
    [[nodiscard]] std::int32_t holders(Block block) const { return m_blocks[static_cast<std::size_t>(block)].holders; }

    /// A block with one holder and content of its own, or nothing when all are held.
    [[nodiscard]] std::optional<Block> take();
    void hold(Block block);    ///< one more holder
    void letGo(Block block);   ///< one holder less; idle when that was the last and the content is known, else free
    void makeOwn(Block block); ///< its content is about to change: it can no longer be found

    struct Found {
        Chain chain = 0;
        Block block = 0;
    };
    [[nodiscard]] std::optional<Found> find(const Content& content) const;
    /// Makes a full block known; where the same text is known already, that one stays. \returns its chain
    Chain publish(Block block, const Content& content);
    void forgetAll(); ///< nothing is found again

  private:
    struct ContentHash {
        std::size_t operator()(const Content& content) const;
    };
    struct State {
        std::int32_t holders = 0;
        std::uint64_t used = 0;         ///< when it became idle
        std::optional<Content> content; ///< by which it can be found
    };
    State& at(Block block) { return m_blocks[static_cast<std::size_t>(block)]; }

    std::vector<State> m_blocks;
    std::vector<Block> m_free;
    std::set<std::pair<std::uint64_t, Block>> m_idle;
    std::unordered_map<Content, Found, ContentHash> m_known;
    Chain m_nextChain = 1;
    std::uint64_t m_clock = 0;
};

} // namespace vitrine::lm
