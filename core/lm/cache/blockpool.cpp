// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/blockpool.hpp"

namespace vitrine::lm {

BlockPool::BlockPool(std::int64_t blocks) : m_blocks(static_cast<std::size_t>(blocks)) {
    for (auto block = static_cast<Block>(blocks); block-- > 0;) m_free.push_back(block);
}

std::int64_t BlockPool::available() const {
    return static_cast<std::int64_t>(m_free.size() + m_idle.size());
}

std::optional<BlockPool::Block> BlockPool::take() {
    Block block = 0;
    if (!m_free.empty()) {
        block = m_free.back();
        m_free.pop_back();
    } else if (!m_idle.empty()) {
        block = m_idle.begin()->second;
        m_idle.erase(m_idle.begin());
        makeOwn(block);
    } else {
        return std::nullopt;
    }
    at(block).holders = 1;
    return block;
}

void BlockPool::hold(Block block) {
    State& state = at(block);
    if (state.holders++ == 0) m_idle.erase({state.used, block});
}

void BlockPool::letGo(Block block) {
    State& state = at(block);
    if (--state.holders > 0) return;
    if (state.content) {
        state.used = ++m_clock;
        m_idle.insert({state.used, block});
    } else {
        m_free.push_back(block);
    }
}

void BlockPool::makeOwn(Block block) {
    State& state = at(block);
    if (state.content) m_known.erase(*state.content);
    state.content.reset();
}

std::optional<BlockPool::Found> BlockPool::find(const Content& content) const {
    const auto found = m_known.find(content);
    return found == m_known.end() ? std::nullopt : std::optional(found->second);
}

BlockPool::Chain BlockPool::publish(Block block, const Content& content) {
    const auto [found, isNew] = m_known.try_emplace(content, Found{m_nextChain, block});
    if (isNew) {
        ++m_nextChain;
        at(block).content = content;
    }
    return found->second.chain;
}

void BlockPool::forgetAll() {
    for (State& state : m_blocks) state.content.reset();
    for (const auto& [used, block] : m_idle) m_free.push_back(block);
    m_idle.clear();
    m_known.clear();
}

std::size_t BlockPool::ContentHash::operator()(const Content& content) const {
    std::uint64_t hash = (content.variant ^ content.parent * 0x9e3779b97f4a7c15ULL) * 0xbf58476d1ce4e5b9ULL;
    for (const TokenId id : content.ids) {
        hash ^= static_cast<std::uint32_t>(id);
        hash *= 0xff51afd7ed558ccdULL;
        hash ^= hash >> 32;
    }
    return static_cast<std::size_t>(hash);
}

} // namespace vitrine::lm
