// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/cache/kvcache.hpp"
#include "core/lm/cache/spans.hpp"
#include "core/lm/model/model.hpp"
#include "core/lm/model/rotation.hpp"

#include <map>

namespace vitrine::lm {

/// Where a kept token stands.
enum class RingPositions {
    Contiguous, ///< 0, 1, 2, ... over what is kept and what comes: no gaps, bounded however long the text is
    Native      ///< where it stood when it came
};

struct RingOptions {
    std::int64_t sinks = 4;     ///< the first tokens of a text, kept for ever; at least 0
    std::int64_t window = 1020; ///< the latest tokens; at least 1
    RingPositions positions = RingPositions::Contiguous;
};
/// Everything that is wrong, field by field. \errors VIT-LM-230
[[nodiscard]] std::vector<Error> problemsOf(const RingOptions& options);

/// Endless texts in constant memory: the first tokens and the latest stay (digest streaming-vlm, 2.1 and 2.2). A pass
/// that finds no room first evicts as many of the oldest tokens behind the sinks as it brings rows; each of its rows
/// then sees all that is kept and the rows before it. Keys are kept unrotated and turned anew in every pass, so nothing
/// drifts. Keys and values of kept tokens stay as they were computed when the evicted ones were in sight.
class RingCache final : public KvCache {
  public:
    /// Options are the caller's promise. A text has [kvHeads, sinks + window, headDim] a layer from its first pass on.
    RingCache(const Model& model, const RingOptions& options);

    /// \errors VIT-LM-211 more rows of a text than the window while it must evict, VIT-LM-213 a text twice in one pass,
    ///         VIT-LM-214 rows with positions of their own where the cache assigns them
    [[nodiscard]] Result<at::Tensor> begin(const Rows& rows) override;
    [[nodiscard]] at::Tensor attend(std::int64_t layer, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                    at::Tensor* pattern) override;
    void end() override;

    [[nodiscard]] std::int64_t length(std::int32_t text) const override;
    [[nodiscard]] std::int64_t mostRows() const override { return m_options.window; }
    [[nodiscard]] std::int64_t kept(std::int32_t text) const override;
    /// \errors VIT-LM-212 tokens were evicted that the shorter text would still have; length 0 always succeeds
    [[nodiscard]] Status truncate(std::int32_t text, std::int64_t length) override;
    [[nodiscard]] Status fork(std::int32_t text, std::int32_t copy) override; ///< copies what is kept
    void release(std::int32_t text) override;
    [[nodiscard]] CacheMap map() const override;

  private:
    struct Text {
        std::int64_t length = 0;
        std::vector<std::int64_t> tokens;     ///< kept, oldest first: their index in the text
        std::vector<std::int64_t> slots;      ///< where each lies
        std::vector<at::Tensor> keys, values; ///< a layer: [kvHeads, sinks + window, headDim]
        at::Tensor positions;                 ///< native: int64 [slots] or [3, slots]
    };
    /// A span of the pass under way: what is in sight of it, oldest first, and itself.
    struct Sighted {
        std::int32_t text = 0;
        std::int64_t firstRow = 0, rows = 0;
        std::vector<std::int64_t> tokens, slots; ///< that stay
        at::Tensor slotIndex;                    ///< int64 [kept]
        at::Tensor newSlots;                     ///< int64 [rows]
        std::vector<std::int64_t> newSlotList;
        Rotation::Angles angles;                  ///< of the kept, then of the rows
        std::map<std::int64_t, at::Tensor> masks; ///< [1, rows, kept + rows] for each window, where not all is seen
        std::vector<at::Tensor> keys, values;     ///< of the rows, a layer: [kvHeads, rows, headDim]
    };
    [[nodiscard]] Result<Sighted> sighted(const Span& span, std::int64_t firstRow);
    void allocate(Text& text) const;
    void addMasks(Sighted& mine, std::int64_t length) const;
    [[nodiscard]] at::Tensor positionsFor(const Sighted& mine, const Rows& rows) const;

    ModelConfig m_config;
    at::TensorOptions m_tensorOptions;
    RingOptions m_options;
    Rotation m_rotation;
    std::map<std::int32_t, Text> m_texts;
    std::vector<Sighted> m_pass;
    at::Tensor m_ownPositions; ///< of the rows of the pass, int64 [n] or [3, n]
};

} // namespace vitrine::lm
