// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/pagedcache.hpp"

#include "core/lm/cache/attend.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace vitrine::lm {

namespace {

std::int64_t blocksOf(std::int64_t tokens) {
    return (tokens + BlockTokens - 1) / BlockTokens;
}

/// The keys or values at `slots`, text by text: [texts, kvHeads, longest, headDim]. The one place that knows how a
/// table is read: a kernel that reads it in place goes here.
at::Tensor gathered(const at::Tensor& pool, const at::Tensor& slots, std::int64_t texts) {
    return pool.index_select(0, slots).view({texts, -1, pool.size(1), pool.size(2)}).transpose(1, 2);
}

BlockPool::Ids idsOf(std::span<const TokenId> ids, std::size_t block) {
    BlockPool::Ids result{};
    std::copy_n(ids.begin() + static_cast<std::ptrdiff_t>(block * BlockTokens), BlockTokens, result.begin());
    return result;
}

} // namespace

PagedCache::PagedCache(const Model& model, std::int64_t blocks)
    : m_config(model.config), m_options(model.weights.embedding.options().requires_grad(false)),
      m_rotation(model.config), m_pool(std::clamp<std::int64_t>(blocks, 1, std::int64_t{1} << 27)) {}

std::int64_t PagedCache::adoptPrefix(std::int32_t text, std::span<const TokenId> ids, std::uint64_t variant) {
    release(text);
    Text& fresh = m_texts[text];
    if (m_config.rope.type == RopeType::Dynamic) return 0;
    fresh.isFindable = true;
    fresh.variant = variant;
    fresh.chains.push_back(0);
    const std::size_t most = ids.empty() ? 0 : (ids.size() - 1) / BlockTokens;
    for (std::size_t block = 0; block < most; ++block) {
        const auto found = m_pool.find({variant, fresh.chains.back(), idsOf(ids, block)});
        if (!found) break;
        m_pool.hold(found->block);
        fresh.blocks.push_back(found->block);
        fresh.chains.push_back(found->chain);
        fresh.length += BlockTokens;
    }
    fresh.ids.assign(ids.begin(), ids.begin() + fresh.length);
    return fresh.length;
}

/// Whether the next row of `text` would fall into a block that others read.
bool PagedCache::writesShared(const Text& text) const {
    return text.length % BlockTokens != 0 &&
           m_pool.holders(text.blocks[static_cast<std::size_t>(text.length / BlockTokens)]) > 1;
}

std::int64_t PagedCache::blocksFor(std::int32_t text, std::int64_t count) const {
    const auto found = m_texts.find(text);
    if (found == m_texts.end()) return blocksOf(count);
    const Text& known = found->second;
    const std::int64_t missing = blocksOf(known.length + count) - static_cast<std::int64_t>(known.blocks.size());
    return std::max<std::int64_t>(0, missing) + (count > 0 && writesShared(known) ? 1 : 0);
}

void PagedCache::copyBlock(BlockPool::Block from, BlockPool::Block to) {
    for (const std::vector<at::Tensor>* pool : {&m_keys, &m_values})
        for (const at::Tensor& layer : *pool)
            layer.narrow(0, to * BlockTokens, BlockTokens).copy_(layer.narrow(0, from * BlockTokens, BlockTokens));
}

/// Room for `length` tokens that are the text's alone from the next row on.
Status PagedCache::reserve(Text& text, std::int64_t length) {
    const auto full = [&] {
        const auto blocks = static_cast<std::int64_t>(text.blocks.size()) + m_pool.available();
        return noRoom(length, blocks * BlockTokens);
    };
    if (length > text.length && text.length % BlockTokens != 0) {
        BlockPool::Block& last = text.blocks[static_cast<std::size_t>(text.length / BlockTokens)];
        if (m_pool.holders(last) > 1) {
            const std::optional<BlockPool::Block> own = m_pool.take();
            if (!own) return full();
            copyBlock(last, *own);
            m_pool.letGo(last);
            last = *own;
        } else {
            m_pool.makeOwn(last);
        }
    }
    while (static_cast<std::int64_t>(text.blocks.size()) < blocksOf(length)) {
        const std::optional<BlockPool::Block> block = m_pool.take();
        if (!block) return full();
        text.blocks.push_back(*block);
    }
    return {};
}

/// Keeps the blocks of the first `length` tokens. The last goes first, so that starts of texts stay known longest.
void PagedCache::dropBlocks(Text& text, std::int64_t length) {
    while (static_cast<std::int64_t>(text.blocks.size()) > blocksOf(length)) {
        m_pool.letGo(text.blocks.back());
        text.blocks.pop_back();
    }
}

/// Gives back what a pass that never ended had begun.
void PagedCache::dropBegun() {
    for (const Span& span : m_spans)
        if (const auto found = m_texts.find(span.text); found != m_texts.end())
            dropBlocks(found->second, found->second.length);
    m_spans.clear();
}

void PagedCache::allocate() {
    if (!m_values.empty()) return;
    const auto make = [this] {
        std::vector<at::Tensor> layers;
        for (std::int64_t layer = 0; layer < m_config.layers; ++layer)
            // Slots that nobody wrote are read under a mask, and 0 * NaN would still be NaN.
            layers.push_back(at::zeros({m_pool.size() * BlockTokens, m_config.kvHeads, m_config.headDim}, m_options));
        return layers;
    };
    std::vector<at::Tensor> keys = make(), values = make();
    m_keys = std::move(keys);
    m_values = std::move(values);
}

std::int64_t PagedCache::slotOf(const Text& text, std::int64_t token) const {
    return text.blocks[static_cast<std::size_t>(token / BlockTokens)] * BlockTokens + token % BlockTokens;
}

/// Fetches the ids of a pass where a text can be found by them.
void PagedCache::takeIds(const Rows& rows) {
    m_ids.clear();
    m_hasOwnPositions = rows.positions.defined();
    const auto isFindable = [this](const Span& span) { return m_texts.at(span.text).isFindable; };
    if (m_hasOwnPositions || std::none_of(m_spans.begin(), m_spans.end(), isFindable)) return;
    const at::Tensor ids = rows.ids.to(at::kCPU).contiguous();
    const auto* data = ids.const_data_ptr<std::int64_t>();
    for (std::int64_t k = 0; k < ids.numel(); ++k) m_ids.push_back(static_cast<TokenId>(data[k]));
}

Result<at::Tensor> PagedCache::begin(const Rows& rows) {
    dropBegun();
    allocate();
    if (Status status = checkDistinct(rows.spans); !status.ok()) return status.error();
    m_spans = rows.spans;
    std::int64_t longest = 0;
    for (const Span& span : m_spans) {
        Text& text = m_texts[span.text];
        if (Status status = reserve(text, text.length + span.count); !status.ok()) {
            dropBegun();
            return status.error();
        }
        longest = std::max(longest, text.length + span.count);
    }
    takeIds(rows);
    plan(rows);
    const at::Tensor positions = rows.positions.defined()
                                     ? rows.positions
                                     : positionsOf(rows, [this](std::int32_t text) { return length(text); });
    m_angles = m_rotation.at(positions, longest);
    return positions;
}

/// Where the new rows go, and who attends together to what: the same for every layer.
void PagedCache::plan(const Rows& rows) {
    std::vector<std::int64_t> slots;
    m_groups.clear();
    for (std::size_t first = 0; first < m_spans.size();) {
        std::size_t next = first + 1;
        if (m_spans[first].count == 1)
            while (next < m_spans.size() && m_spans[next].count == 1) ++next;
        m_groups.push_back(groupOf(first, next - first, static_cast<std::int64_t>(slots.size())));
        for (; first < next; ++first) {
            const Text& text = m_texts.at(m_spans[first].text);
            for (std::int64_t k = 0; k < m_spans[first].count; ++k) slots.push_back(slotOf(text, text.length + k));
        }
    }
    m_writeSlots = at::tensor(slots, at::kLong).to(rows.ids.device());
}

PagedCache::Group PagedCache::groupOf(std::size_t firstSpan, std::size_t spans, std::int64_t firstRow) const {
    const std::span<const Span> mine(m_spans.data() + firstSpan, spans);
    Group group{firstRow, static_cast<std::int64_t>(spans), mine[0].count, 0, {}, {}};
    std::vector<std::int64_t> lengths;
    for (const Span& span : mine) lengths.push_back(length(span.text) + span.count);
    group.longest = *std::max_element(lengths.begin(), lengths.end());
    const at::Tensor slots = at::zeros({group.texts * group.longest}, at::kLong);
    auto* out = slots.data_ptr<std::int64_t>();
    for (std::size_t k = 0; k < spans; ++k, out += group.longest) {
        const Text& text = m_texts.at(mine[k].text);
        for (std::int64_t token = 0; token < lengths[k]; ++token) out[token] = slotOf(text, token);
    }
    group.slots = slots.to(m_options.device());
    if (spans == 1) return group;
    const at::Tensor ends = at::tensor(lengths, at::kLong).view({-1, 1, 1});
    const at::Tensor keys = at::arange(group.longest, at::kLong).view({1, 1, -1});
    for (std::int64_t layer = 0; layer < m_config.layers; ++layer) {
        const std::int64_t window = sightOf(m_config, layer).window;
        if (group.masks.contains(window)) continue;
        at::Tensor mask = keys.lt(ends);
        if (window > 0) mask = mask.logical_and(keys.ge(ends.sub(window)));
        group.masks[window] = mask.to(m_options.device());
    }
    return group;
}

at::Tensor PagedCache::attendGroup(const Group& group, std::int64_t layer, const at::Tensor& q,
                                   at::Tensor* pattern) const {
    const auto at = static_cast<std::size_t>(layer);
    const at::Tensor keys = gathered(m_keys[at], group.slots, group.texts);
    const at::Tensor values = gathered(m_values[at], group.slots, group.texts);
    const at::Tensor queries =
        q.narrow(0, group.firstRow, group.texts * group.rows).unflatten(0, {group.texts, group.rows});
    const Sight sight = sightOf(m_config, layer);
    at::Tensor seen;
    const at::Tensor result =
        group.texts == 1 ? attendOver(queries, keys, values, sight, pattern ? &seen : nullptr)
                         : attendMasked(queries, keys, values, group.masks.at(sight.window), pattern ? &seen : nullptr);
    if (pattern) *pattern = seen.flatten(0, 1);
    return result.flatten(0, 1);
}

at::Tensor PagedCache::attend(std::int64_t layer, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              at::Tensor* pattern) {
    const at::Tensor queries = Rotation::apply(q, m_angles), keys = Rotation::apply(k, m_angles);
    const auto at = static_cast<std::size_t>(layer);
    m_keys[at].index_copy_(0, m_writeSlots, keys);
    m_values[at].index_copy_(0, m_writeSlots, v);
    std::vector<at::Tensor> results, patterns;
    for (const Group& group : m_groups) {
        at::Tensor seen;
        results.push_back(attendGroup(group, layer, queries, pattern ? &seen : nullptr));
        if (pattern) patterns.push_back(seen);
    }
    if (pattern) *pattern = joinedPatterns(std::move(patterns));
    return results.size() == 1 ? results[0] : at::cat(results);
}

void PagedCache::publishFull(Text& text) {
    while (static_cast<std::int64_t>(text.chains.size()) <= text.length / BlockTokens) {
        const std::size_t block = text.chains.size() - 1;
        text.chains.push_back(
            m_pool.publish(text.blocks[block], {text.variant, text.chains.back(), idsOf(text.ids, block)}));
    }
}

void PagedCache::end() {
    std::ptrdiff_t row = 0;
    for (const Span& span : m_spans) {
        Text& text = m_texts.at(span.text);
        text.length += span.count;
        if (m_hasOwnPositions) text.isFindable = false;
        if (text.isFindable) {
            text.ids.insert(text.ids.end(), m_ids.begin() + row, m_ids.begin() + row + span.count);
            publishFull(text);
        }
        row += span.count;
    }
    m_spans.clear();
}

std::int64_t PagedCache::length(std::int32_t text) const {
    const auto found = m_texts.find(text);
    return found == m_texts.end() ? 0 : found->second.length;
}

Status PagedCache::truncate(std::int32_t text, std::int64_t length) {
    const auto found = m_texts.find(text);
    if (found == m_texts.end()) return {};
    Text& known = found->second;
    known.length = std::clamp<std::int64_t>(length, 0, known.length);
    dropBlocks(known, known.length);
    if (known.isFindable) {
        known.ids.resize(static_cast<std::size_t>(known.length));
        known.chains.resize(static_cast<std::size_t>(known.length / BlockTokens) + 1);
    }
    return {};
}

Status PagedCache::fork(std::int32_t text, std::int32_t copy) {
    const auto found = m_texts.find(text);
    if (found == m_texts.end() || text == copy) return {};
    Text result = found->second;
    result.blocks.resize(static_cast<std::size_t>(blocksOf(result.length)));
    for (const BlockPool::Block block : result.blocks) m_pool.hold(block);
    release(copy);
    m_texts[copy] = std::move(result);
    return {};
}

void PagedCache::release(std::int32_t text) {
    const auto found = m_texts.find(text);
    if (found == m_texts.end()) return;
    dropBlocks(found->second, 0);
    m_texts.erase(found);
}

CacheMap PagedCache::map() const {
    CacheMap map;
    for (const auto& [id, text] : m_texts)
        for (std::int64_t first = 0; first < text.length; first += BlockTokens) {
            const std::int64_t slot = slotOf(text, first), count = std::min(BlockTokens, text.length - first);
            const std::int32_t holders = m_pool.holders(static_cast<BlockPool::Block>(slot / BlockTokens));
            CacheRun* last = map.runs.empty() ? nullptr : &map.runs.back();
            if (last != nullptr && last->text == id && last->firstSlot + last->count == slot && last->shares == holders)
                last->count += count;
            else
                map.runs.push_back({id, first, slot, count, holders});
        }
    map.slots = m_pool.size() * BlockTokens;
    map.bytes = map.slots * m_config.kvElementsPerToken() * static_cast<std::int64_t>(m_options.dtype().itemsize());
    return map;
}

} // namespace vitrine::lm
