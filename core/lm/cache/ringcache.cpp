// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/ringcache.hpp"

#include "core/lm/cache/attend.hpp"
#include "core/lm/fieldproblems.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

namespace vitrine::lm {

namespace {

at::Tensor indexOf(const std::vector<std::int64_t>& values, const at::Device& device) {
    return at::tensor(values, at::kLong).to(device);
}

} // namespace

std::vector<Error> problemsOf(const RingOptions& options) {
    FieldProblems fields;
    fields.need(options.sinks >= 0, "sinks", options.sinks, "at least 0");
    fields.need(options.window >= 1, "window", options.window, "at least 1");
    return fields.take();
}

RingCache::RingCache(const Model& model, const RingOptions& options)
    : m_config(model.config), m_tensorOptions(model.weights.embedding.options().requires_grad(false)),
      m_options(options), m_rotation(model.config) {}

void RingCache::allocate(Text& text) const {
    if (!text.values.empty()) return;
    const auto make = [this] {
        std::vector<at::Tensor> layers;
        for (std::int64_t layer = 0; layer < m_config.layers; ++layer)
            layers.push_back(
                at::empty({m_config.kvHeads, m_options.sinks + m_options.window, m_config.headDim}, m_tensorOptions));
        return layers;
    };
    std::vector<at::Tensor> keys = make(), values = make();
    text.keys = std::move(keys);
    text.values = std::move(values);
}

/// What stays when the rows of `span` come, and the slots that they will take. Changes nothing yet.
Result<RingCache::Sighted> RingCache::sighted(const Span& span, std::int64_t firstRow) {
    Text& text = m_texts[span.text];
    allocate(text);
    const std::int64_t room = m_options.sinks + m_options.window, kept = static_cast<std::int64_t>(text.tokens.size());
    const std::int64_t evicted = std::max<std::int64_t>(0, kept + span.count - room);
    if (evicted > std::max<std::int64_t>(0, kept - m_options.sinks))
        return noRoom(kept + span.count, room, "Give the text in smaller pieces, or make the window larger.");
    Sighted mine;
    mine.text = span.text;
    mine.firstRow = firstRow;
    mine.rows = span.count;
    const std::int64_t firstStays = m_options.sinks + evicted; // behind the sinks
    std::vector<std::int64_t> freed;
    for (std::int64_t k = 0; k < kept; ++k) {
        const auto at = static_cast<std::size_t>(k);
        if (k >= m_options.sinks && k < firstStays) {
            freed.push_back(text.slots[at]);
            continue;
        }
        mine.tokens.push_back(text.tokens[at]);
        mine.slots.push_back(text.slots[at]);
    }
    for (std::int64_t k = 0; k < span.count; ++k)
        mine.newSlotList.push_back(k < room - kept ? kept + k : freed[static_cast<std::size_t>(k - (room - kept))]);
    mine.slotIndex = indexOf(mine.slots, m_tensorOptions.device());
    mine.newSlots = indexOf(mine.newSlotList, m_tensorOptions.device());
    mine.keys.resize(static_cast<std::size_t>(m_config.layers));
    mine.values.resize(static_cast<std::size_t>(m_config.layers));
    return mine;
}

/// Windows of a layer count in the positions that the tokens have: along what is kept, or along the text.
void RingCache::addMasks(Sighted& mine, std::int64_t length) const {
    std::vector<std::int64_t> places = mine.tokens;
    if (m_options.positions == RingPositions::Contiguous) std::iota(places.begin(), places.end(), 0);
    for (std::int64_t k = 0; k < mine.rows; ++k)
        places.push_back(m_options.positions == RingPositions::Contiguous ? static_cast<std::int64_t>(places.size())
                                                                          : length + k);
    const at::Tensor keys = indexOf(places, at::kCPU).unsqueeze(0);
    const at::Tensor queries = keys.narrow(1, keys.size(1) - mine.rows, mine.rows).t();
    for (std::int64_t layer = 0; layer < m_config.layers; ++layer) {
        const std::int64_t window = sightOf(m_config, layer).window;
        if (mine.masks.contains(window)) continue;
        if (window == 0 && mine.rows == 1) continue; // sees all
        at::Tensor mask = keys.le(queries);
        if (window > 0) mask = mask.logical_and(keys.gt(queries.sub(window)));
        mine.masks[window] = mask.unsqueeze(0).to(m_tensorOptions.device());
    }
}

/// Of what is kept, then of the rows: int64 [m] or [3, m].
at::Tensor RingCache::positionsFor(const Sighted& mine, const Rows& rows) const {
    const std::int64_t kept = static_cast<std::int64_t>(mine.slots.size());
    const at::TensorOptions options = m_tensorOptions.dtype(at::kLong);
    if (m_options.positions == RingPositions::Contiguous) return at::arange(kept + mine.rows, options);
    const Text& text = m_texts.at(mine.text);
    at::Tensor fresh = rows.positions.defined() ? rows.positions.narrow(-1, mine.firstRow, mine.rows)
                                                : at::arange(text.length, text.length + mine.rows, options);
    if (kept == 0) return fresh;
    at::Tensor old = text.positions.index_select(-1, mine.slotIndex);
    // A text may begin with plain positions and go on with those of pictures: the three are equal in text.
    if (old.dim() < fresh.dim()) old = old.unsqueeze(0).expand({3, -1});
    if (fresh.dim() < old.dim()) fresh = fresh.unsqueeze(0).expand({3, -1});
    return at::cat({old, fresh}, -1);
}

Result<at::Tensor> RingCache::begin(const Rows& rows) {
    m_pass.clear();
    if (rows.positions.defined() && m_options.positions == RingPositions::Contiguous)
        return makeError("VIT-LM-214", "The cache assigns the positions itself, but the rows bring their own", {},
                         "Choose native positions, or leave the positions to the cache.");
    if (Status status = checkDistinct(rows.spans); !status.ok()) return status.error();
    std::vector<at::Tensor> own;
    std::int64_t firstRow = 0;
    for (const Span& span : rows.spans) {
        Result<Sighted> mine = sighted(span, firstRow);
        if (!mine.ok()) {
            m_pass.clear();
            return mine.error();
        }
        const at::Tensor positions = positionsFor(*mine, rows);
        const std::int64_t last =
            m_options.positions == RingPositions::Contiguous ? positions.size(-1) : length(span.text) + span.count;
        mine->angles = m_rotation.at(positions, last);
        own.push_back(positions.narrow(-1, positions.size(-1) - span.count, span.count));
        addMasks(*mine, length(span.text));
        m_pass.push_back(std::move(*mine));
        firstRow += span.count;
    }
    m_ownPositions = own.size() == 1 ? own[0] : at::cat(own, -1);
    return m_ownPositions;
}

at::Tensor RingCache::attend(std::int64_t layer, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                             at::Tensor* pattern) {
    const auto at = static_cast<std::size_t>(layer);
    const Sight sight = sightOf(m_config, layer);
    std::vector<at::Tensor> results, patterns;
    for (Sighted& mine : m_pass) {
        const Text& text = m_texts.at(mine.text);
        // Rows become part of the ring when the pass ends: until then the evicted ones are still there.
        mine.keys[at] = k.narrow(0, mine.firstRow, mine.rows).transpose(0, 1).contiguous();
        mine.values[at] = v.narrow(0, mine.firstRow, mine.rows).transpose(0, 1).contiguous();
        const auto all = [&](const at::Tensor& old, const at::Tensor& fresh) {
            return at::cat({old.index_select(1, mine.slotIndex), fresh}, 1);
        };
        at::Tensor keys = all(text.keys[at], mine.keys[at]), values = all(text.values[at], mine.values[at]);
        at::Tensor queries = q.narrow(0, mine.firstRow, mine.rows);
        if (mine.angles.cosine.defined()) {
            const auto& [cosine, sine] = mine.angles; // [kept + rows, 1, headDim]
            keys = Rotation::apply(keys, {cosine.transpose(0, 1), sine.transpose(0, 1)});
            const std::int64_t kept = cosine.size(0) - mine.rows;
            queries = Rotation::apply(queries, {cosine.narrow(0, kept, mine.rows), sine.narrow(0, kept, mine.rows)});
        }
        at::Tensor seen;
        const auto mask = mine.masks.find(sight.window);
        const at::Tensor result = mask == mine.masks.end()
                                      ? attendOver(queries.unsqueeze(0), keys.unsqueeze(0), values.unsqueeze(0), {},
                                                   pattern ? &seen : nullptr)
                                      : attendMasked(queries.unsqueeze(0), keys.unsqueeze(0), values.unsqueeze(0),
                                                     mask->second, pattern ? &seen : nullptr);
        results.push_back(result.squeeze(0));
        if (pattern) patterns.push_back(seen.squeeze(0));
    }
    if (pattern) *pattern = joinedPatterns(std::move(patterns));
    return results.size() == 1 ? results[0] : at::cat(results);
}

void RingCache::end() {
    for (Sighted& mine : m_pass) {
        Text& text = m_texts.at(mine.text);
        for (std::size_t layer = 0; layer < text.keys.size(); ++layer) {
            text.keys[layer].index_copy_(1, mine.newSlots, mine.keys[layer]);
            text.values[layer].index_copy_(1, mine.newSlots, mine.values[layer]);
        }
        if (m_options.positions == RingPositions::Native) {
            at::Tensor fresh = m_ownPositions.narrow(-1, mine.firstRow, mine.rows);
            const std::int64_t room = m_options.sinks + m_options.window;
            if (!text.positions.defined())
                text.positions = at::zeros(fresh.dim() == 1 ? at::IntArrayRef({room}) : at::IntArrayRef({3, room}),
                                           m_tensorOptions.dtype(at::kLong));
            if (text.positions.dim() < fresh.dim()) text.positions = text.positions.unsqueeze(0).repeat({3, 1});
            if (fresh.dim() < text.positions.dim()) fresh = fresh.unsqueeze(0).expand({3, -1});
            text.positions.index_copy_(-1, mine.newSlots, fresh.contiguous());
        }
        text.tokens = std::move(mine.tokens);
        text.slots = std::move(mine.slots);
        for (std::int64_t k = 0; k < mine.rows; ++k) text.tokens.push_back(text.length + k);
        text.slots.insert(text.slots.end(), mine.newSlotList.begin(), mine.newSlotList.end());
        text.length += mine.rows;
    }
    m_pass.clear();
}

std::int64_t RingCache::length(std::int32_t text) const {
    const auto found = m_texts.find(text);
    return found == m_texts.end() ? 0 : found->second.length;
}

std::int64_t RingCache::kept(std::int32_t text) const {
    const auto found = m_texts.find(text);
    return found == m_texts.end() ? 0 : static_cast<std::int64_t>(found->second.tokens.size());
}

Status RingCache::truncate(std::int32_t text, std::int64_t length) {
    const auto found = m_texts.find(text);
    if (found == m_texts.end()) return {};
    Text& known = found->second;
    length = std::clamp<std::int64_t>(length, 0, known.length);
    if (length == known.length) return {};
    if (length == 0) {
        release(text);
        return {};
    }
    if (known.length > kept(text))
        return makeError(
            "VIT-LM-212", "The text cannot go back to %1 tokens: the cache has evicted %2 of its %3",
            {std::to_string(length), std::to_string(known.length - kept(text)), std::to_string(known.length)},
            "Start the text again, or use a cache that keeps everything.");
    known.tokens.resize(static_cast<std::size_t>(length));
    known.slots.resize(static_cast<std::size_t>(length));
    known.length = length;
    return {};
}

Status RingCache::fork(std::int32_t text, std::int32_t copy) {
    const auto found = m_texts.find(text);
    if (found == m_texts.end() || text == copy) return {};
    Text result = found->second;
    for (std::vector<at::Tensor>* layers : {&result.keys, &result.values})
        for (at::Tensor& layer : *layers) layer = layer.clone();
    if (result.positions.defined()) result.positions = result.positions.clone();
    m_texts[copy] = std::move(result);
    return {};
}

void RingCache::release(std::int32_t text) {
    m_texts.erase(text);
}

CacheMap RingCache::map() const {
    CacheMap map;
    for (const auto& [id, text] : m_texts) {
        for (std::size_t k = 0; k < text.tokens.size(); ++k) {
            const std::int64_t slot = map.slots + text.slots[k];
            CacheRun* last = map.runs.empty() ? nullptr : &map.runs.back();
            if (last != nullptr && last->text == id && last->firstToken + last->count == text.tokens[k] &&
                last->firstSlot + last->count == slot)
                ++last->count;
            else
                map.runs.push_back({id, text.tokens[k], slot, 1, 1});
        }
        map.slots += m_options.sinks + m_options.window;
    }
    map.bytes =
        map.slots * m_config.kvElementsPerToken() * static_cast<std::int64_t>(m_tensorOptions.dtype().itemsize());
    return map;
}

} // namespace vitrine::lm
