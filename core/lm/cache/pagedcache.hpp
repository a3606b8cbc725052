// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/cache/blockpool.hpp"
#include "core/lm/cache/kvcache.hpp"
#include "core/lm/cache/spans.hpp"
#include "core/lm/model/model.hpp"
#include "core/lm/model/rotation.hpp"

#include <map>
#include <span>

namespace vitrine::lm {

/// Texts in blocks of 16 tokens from one pool, so that many of unlike lengths share the room, and forks and common
/// starts share the tokens (digest engine, 2.12). A block that several hold is copied before it is written. Keys are
/// rotated when they enter.
class PagedCache final : public KvCache {
  public:
    /// The pool is allocated at the first pass: [blocks * 16, kvHeads, headDim] for keys and for values of a layer.
    /// \param blocks  1 to 2^27
    PagedCache(const Model& model, std::int64_t blocks);

    /// Begins `text` anew with the whole blocks that hold the start of `ids` already, at least one id short of all, so
    /// that there is something left to compute logits from. From here on its own full blocks can be found by others.
    /// Texts that are begun without it, or with positions of their own, are neither found nor looked for; nor is
    /// anything under dynamic rotation, where keys depend on the length of their text.
    /// \param variant  names everything beside the ids that keys depend on: probes, steering, the weights' version
    /// \returns tokens that `text` has now
    std::int64_t adoptPrefix(std::int32_t text, std::span<const TokenId> ids, std::uint64_t variant = 0);
    void forgetPrefixes() { m_pool.forgetAll(); }

    /// Blocks that `count` more rows of `text` would take from the pool.
    [[nodiscard]] std::int64_t blocksFor(std::int32_t text, std::int64_t count) const;
    [[nodiscard]] const BlockPool& pool() const { return m_pool; }

    /// \errors VIT-LM-211 all blocks are held, VIT-LM-213 a text twice in one pass
    [[nodiscard]] Result<at::Tensor> begin(const Rows& rows) override;
    [[nodiscard]] at::Tensor attend(std::int64_t layer, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                    at::Tensor* pattern) override;
    void end() override;

    [[nodiscard]] std::int64_t length(std::int32_t text) const override;
    [[nodiscard]] Status truncate(std::int32_t text, std::int64_t length) override;
    [[nodiscard]] Status fork(std::int32_t text, std::int32_t copy) override;
    void release(std::int32_t text) override;
    [[nodiscard]] CacheMap map() const override; ///< a run for each stretch of neighbouring blocks with as many holders

  private:
    struct Text {
        std::int64_t length = 0;
        std::vector<BlockPool::Block> blocks;
        bool isFindable = false;
        std::vector<TokenId> ids;             ///< findable: of all tokens
        std::vector<BlockPool::Chain> chains; ///< findable: the start's 0, then one for each full block
        std::uint64_t variant = 0;
    };
    /// Consecutive spans that attend together: one span, or several of one row each.
    struct Group {
        std::int64_t firstRow = 0, texts = 0, rows = 0; ///< rows of each text
        std::int64_t longest = 0;                       ///< keys of the longest
        at::Tensor slots;                               ///< int64 [texts * longest], filled up with slot 0
        std::map<std::int64_t, at::Tensor> masks;       ///< several texts: [texts, 1, longest] for each window
    };
    [[nodiscard]] Status reserve(Text& text, std::int64_t length);
    [[nodiscard]] bool writesShared(const Text& text) const;
    void copyBlock(BlockPool::Block from, BlockPool::Block to);
    void dropBlocks(Text& text, std::int64_t length);
    void dropBegun();
    void takeIds(const Rows& rows);
    void publishFull(Text& text);
    void allocate();
    [[nodiscard]] std::int64_t slotOf(const Text& text, std::int64_t token) const;
    void plan(const Rows& rows);
    [[nodiscard]] Group groupOf(std::size_t firstSpan, std::size_t spans, std::int64_t firstRow) const;
    [[nodiscard]] at::Tensor attendGroup(const Group& group, std::int64_t layer, const at::Tensor& q,
                                         at::Tensor* pattern) const;

    ModelConfig m_config;
    at::TensorOptions m_options;
    Rotation m_rotation;
    BlockPool m_pool;
    std::vector<at::Tensor> m_keys, m_values; ///< a layer: [slots, kvHeads, headDim]
    std::map<std::int32_t, Text> m_texts;
    std::vector<Span> m_spans;      ///< of the pass under way
    std::vector<TokenId> m_ids;     ///< of the pass, where a text wants them
    bool m_hasOwnPositions = false; ///< of the pass
    at::Tensor m_writeSlots;        ///< int64 [n]
    std::vector<Group> m_groups;
    Rotation::Angles m_angles;
};

} // namespace vitrine::lm
