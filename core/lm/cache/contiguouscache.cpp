// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/contiguouscache.hpp"

#include "core/lm/cache/attend.hpp"
#include "core/lm/cache/spans.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace vitrine::lm {

ContiguousCache::ContiguousCache(const Model& model, std::int64_t capacity)
    : m_config(model.config), m_options(model.weights.embedding.options().requires_grad(false)), m_capacity(capacity),
      m_rotation(model.config) {}

void ContiguousCache::grow(Text& text, std::int64_t length) const {
    if (length <= text.room) return;
    constexpr std::int64_t LeastRoom = 64;
    const std::int64_t room = std::min(m_capacity, std::max({length, 2 * text.room, LeastRoom}));
    const auto layers = static_cast<std::size_t>(m_config.layers);
    std::vector<at::Tensor> keys(layers), values(layers); // all or nothing: memory can end in the middle
    for (std::size_t layer = 0; layer < layers; ++layer)
        for (auto [mine, old] : {std::pair{&keys, &text.keys}, std::pair{&values, &text.values}}) {
            (*mine)[layer] = at::empty({m_config.kvHeads, room, m_config.headDim}, m_options);
            if (text.length > 0)
                (*mine)[layer].narrow(1, 0, text.length).copy_((*old)[layer].narrow(1, 0, text.length));
        }
    text.keys = std::move(keys);
    text.values = std::move(values);
    text.room = room;
}

Result<at::Tensor> ContiguousCache::begin(const Rows& rows) {
    if (Status status = checkDistinct(rows.spans); !status.ok()) return status.error();
    m_spans = rows.spans;
    std::int64_t longest = 0;
    for (const Span& span : m_spans) {
        Text& text = m_texts[span.text];
        const std::int64_t after = text.length + span.count;
        if (after > m_capacity) return noRoom(after, m_capacity);
        grow(text, after);
        longest = std::max(longest, after);
    }
    const at::Tensor positions = rows.positions.defined()
                                     ? rows.positions
                                     : positionsOf(rows, [this](std::int32_t text) { return length(text); });
    m_angles = m_rotation.at(positions, longest);
    return positions;
}

at::Tensor ContiguousCache::attend(std::int64_t layer, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                   at::Tensor* pattern) {
    const at::Tensor queries = Rotation::apply(q, m_angles), keys = Rotation::apply(k, m_angles);
    const Sight sight = sightOf(m_config, layer);
    const auto at = static_cast<std::size_t>(layer);
    std::vector<at::Tensor> results, patterns;
    std::int64_t begin = 0;
    for (const Span& span : m_spans) {
        Text& text = m_texts.at(span.text);
        const auto put = [&](const at::Tensor& into, const at::Tensor& rows) {
            into.narrow(1, text.length, span.count).copy_(rows.narrow(0, begin, span.count).transpose(0, 1));
            return into.narrow(1, 0, text.length + span.count).unsqueeze(0);
        };
        const at::Tensor allKeys = put(text.keys[at], keys), allValues = put(text.values[at], v);
        at::Tensor seen;
        results.push_back(attendOver(queries.narrow(0, begin, span.count).unsqueeze(0), allKeys, allValues, sight,
                                     pattern ? &seen : nullptr)
                              .squeeze(0));
        if (pattern) patterns.push_back(seen.squeeze(0));
        begin += span.count;
    }
    if (pattern) *pattern = joinedPatterns(std::move(patterns));
    return results.size() == 1 ? results[0] : at::cat(results);
}

void ContiguousCache::end() {
    for (const Span& span : m_spans) m_texts.at(span.text).length += span.count;
    m_spans.clear();
}

std::int64_t ContiguousCache::length(std::int32_t text) const {
    const auto found = m_texts.find(text);
    return found == m_texts.end() ? 0 : found->second.length;
}

Status ContiguousCache::truncate(std::int32_t text, std::int64_t length) {
    const auto found = m_texts.find(text);
    if (found != m_texts.end()) found->second.length = std::clamp<std::int64_t>(length, 0, found->second.length);
    return {};
}

Status ContiguousCache::fork(std::int32_t text, std::int32_t copy) {
    const auto found = m_texts.find(text);
    if (found == m_texts.end() || text == copy) return {};
    Text result;
    for (std::size_t layer = 0; layer < found->second.keys.size(); ++layer) {
        result.keys.push_back(found->second.keys[layer].clone());
        result.values.push_back(found->second.values[layer].clone());
    }
    result.length = found->second.length;
    result.room = found->second.room;
    m_texts[copy] = std::move(result);
    return {};
}

void ContiguousCache::release(std::int32_t text) {
    m_texts.erase(text);
}

CacheMap ContiguousCache::map() const {
    CacheMap map;
    for (const auto& [id, text] : m_texts) {
        map.runs.push_back({id, 0, map.slots, text.length, 1});
        map.slots += text.room;
    }
    map.bytes = map.slots * m_config.kvElementsPerToken() * static_cast<std::int64_t>(m_options.dtype().itemsize());
    return map;
}

} // namespace vitrine::lm
