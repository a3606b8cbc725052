// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/fullattention.hpp"

#include "core/lm/cache/attend.hpp"
#include "core/lm/cache/spans.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace vitrine::lm {

FullAttention::FullAttention(const ModelConfig& config) : m_config(config), m_rotation(config) {}

Result<at::Tensor> FullAttention::begin(const Rows& rows) {
    m_spans = rows.spans;
    const at::Tensor positions = rows.positions.defined() ? rows.positions : positionsOf(rows, [](auto) { return 0; });
    std::int64_t longest = 0;
    for (const Span& span : m_spans) longest = std::max(longest, span.count);
    m_angles = m_rotation.at(positions, longest);
    return positions;
}

at::Tensor FullAttention::attend(std::int64_t layer, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                 at::Tensor* pattern) {
    const at::Tensor queries = Rotation::apply(q, m_angles), keys = Rotation::apply(k, m_angles);
    const Sight sight = sightOf(m_config, layer);
    const auto texts = [](const at::Tensor& x, std::int64_t begin, std::int64_t count, std::int64_t length) {
        return x.narrow(0, begin, count * length).view({count, length, x.size(1), x.size(2)});
    };
    std::vector<at::Tensor> results, patterns;
    std::int64_t begin = 0;
    for (std::size_t first = 0; first < m_spans.size();) { // neighbours of one length at once
        std::size_t next = first + 1;
        while (next < m_spans.size() && m_spans[next].count == m_spans[first].count) ++next;
        const std::int64_t length = m_spans[first].count, count = static_cast<std::int64_t>(next - first);
        at::Tensor seen;
        results.push_back(attendOver(texts(queries, begin, count, length),
                                     texts(keys, begin, count, length).transpose(1, 2),
                                     texts(v, begin, count, length).transpose(1, 2), sight, pattern ? &seen : nullptr)
                              .reshape({count * length, q.size(1), q.size(2)}));
        if (pattern) patterns.push_back(seen.reshape({count * length, q.size(1), length}));
        begin += count * length;
        first = next;
    }
    if (pattern) *pattern = joinedPatterns(patterns);
    return results.size() == 1 ? results[0] : at::cat(results);
}

} // namespace vitrine::lm
