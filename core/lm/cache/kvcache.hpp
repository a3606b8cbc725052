// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/model/attention.hpp"

#include <cstdint>
#include <limits>
#include <vector>

namespace vitrine::lm {

/// One stretch of a cache as a picture shows it.
struct CacheRun {
    std::int32_t text = 0;
    std::int64_t firstToken = 0; ///< of the text
    std::int64_t firstSlot = 0;  ///< where it lies in the cache
    std::int64_t count = 0;
    std::int32_t shares = 1; ///< texts that read it
};
struct CacheMap {
    std::int64_t slots = 0; ///< room there is
    std::int64_t bytes = 0; ///< of all layers
    std::vector<CacheRun> runs;
};

/// An attention that keeps keys and values of texts, so that a pass computes new rows only. Texts are numbered by the
/// caller and begin with their first rows. Not differentiable.
class KvCache : public Attention {
  public:
    /// Tokens that the text has, evicted ones among them; 0 for an unknown text.
    [[nodiscard]] virtual std::int64_t length(std::int32_t text) const = 0;
    /// Tokens of the text whose keys are still there.
    [[nodiscard]] virtual std::int64_t kept(std::int32_t text) const { return length(text); }
    /// Rows of one text that a pass takes at most: longer texts come in several passes.
    [[nodiscard]] virtual std::int64_t mostRows() const { return std::numeric_limits<std::int64_t>::max(); }
    /// Forgets the tokens of `text` from `length` on. \errors VIT-LM-212 what lies before was evicted
    [[nodiscard]] virtual Status truncate(std::int32_t text, std::int64_t length) = 0;
    /// `copy` goes on from where `text` stands. \errors VIT-LM-211 no room
    [[nodiscard]] virtual Status fork(std::int32_t text, std::int32_t copy) = 0;
    virtual void release(std::int32_t text) = 0;
    [[nodiscard]] virtual CacheMap map() const = 0;
};

} // namespace vitrine::lm
