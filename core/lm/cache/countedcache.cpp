// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/countedcache.hpp"

#include <ATen/core/Tensor.h>

#include <algorithm>

namespace vitrine::lm {

Result<at::Tensor> CountedCache::begin(const Rows& rows) {
    m_spans = rows.spans;
    return m_cache->begin(rows);
}

at::Tensor CountedCache::attend(std::int64_t layer, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                at::Tensor* pattern) {
    return m_cache->attend(layer, q, k, v, pattern);
}

void CountedCache::end() {
    m_cache->end();
    for (const Span& span : m_spans) {
        const std::int64_t last = m_cache->kept(span.text); // keys that the last row saw
        m_cost.rows += span.count;
        m_cost.attentionPairs += span.count * last - span.count * (span.count - 1) / 2;
        hold(span.text);
    }
    m_spans.clear();
}

/// Notes what a text holds now.
void CountedCache::hold(std::int32_t text) {
    const std::int64_t now = m_cache->kept(text);
    m_entries += now - std::exchange(m_held[text], now);
    if (now == 0) m_held.erase(text);
    m_cost.mostEntries = std::max(m_cost.mostEntries, m_entries);
}

Status CountedCache::truncate(std::int32_t text, std::int64_t length) {
    Status status = m_cache->truncate(text, length);
    hold(text);
    return status;
}

Status CountedCache::fork(std::int32_t text, std::int32_t copy) {
    Status status = m_cache->fork(text, copy);
    hold(copy);
    return status;
}

void CountedCache::release(std::int32_t text) {
    m_cache->release(text);
    hold(text);
}

} // namespace vitrine::lm
