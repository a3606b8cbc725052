// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/cache/kvcache.hpp"

#include <map>
#include <memory>

namespace vitrine::lm {

/// What passes over a cache have cost, for one layer.
struct CacheCost {
    std::int64_t rows = 0;           ///< tokens that went through the model
    std::int64_t attentionPairs = 0; ///< of a query and a key in sight of it, sliding windows left out of account
    std::int64_t mostEntries = 0;    ///< keys that were held at once, those of all texts together
};

/// Any cache, with its work counted as it happens: a pass counts when it ends.
class CountedCache final : public KvCache {
  public:
    explicit CountedCache(std::shared_ptr<KvCache> cache) : m_cache(std::move(cache)) {}

    [[nodiscard]] const CacheCost& cost() const { return m_cost; }

    [[nodiscard]] Result<at::Tensor> begin(const Rows& rows) override;
    [[nodiscard]] at::Tensor attend(std::int64_t layer, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                    at::Tensor* pattern) override;
    void end() override;
    [[nodiscard]] std::int64_t length(std::int32_t text) const override { return m_cache->length(text); }
    [[nodiscard]] std::int64_t kept(std::int32_t text) const override { return m_cache->kept(text); }
    [[nodiscard]] std::int64_t mostRows() const override { return m_cache->mostRows(); }
    [[nodiscard]] Status truncate(std::int32_t text, std::int64_t length) override;
    [[nodiscard]] Status fork(std::int32_t text, std::int32_t copy) override;
    void release(std::int32_t text) override;
    [[nodiscard]] CacheMap map() const override { return m_cache->map(); }

  private:
    void hold(std::int32_t text);

    std::shared_ptr<KvCache> m_cache;
    CacheCost m_cost;
    std::vector<Span> m_spans;
    std::map<std::int32_t, std::int64_t> m_held; ///< entries of each text
    std::int64_t m_entries = 0;
};

} // namespace vitrine::lm
