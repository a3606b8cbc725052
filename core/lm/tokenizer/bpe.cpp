// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/bpe.hpp"

#include "core/lm/tokenizer/bytemap.hpp"

#include <algorithm>
#include <limits>
#include <queue>

namespace vitrine::lm {

namespace {

/// Up to this many bytes looking at all pairs again is faster than a heap.
constexpr std::size_t LongestScan = 32;
constexpr std::uint32_t NoRank = std::numeric_limits<std::uint32_t>::max();

/// A symbol of a piece that is being joined; a joined one lives on in its left half.
struct Node {
    TokenId id = -1; ///< -1 once it was joined to its left
    std::int32_t previous = -1, next = -1;
};

struct Candidate {
    std::uint32_t rank;
    std::int32_t position;
    TokenId id;
    bool operator>(const Candidate& other) const {
        return rank != other.rank ? rank > other.rank : position > other.position;
    }
};

using Heap = std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>>;

} // namespace

BpeModel::BpeModel(const Vocabulary& vocabulary, BpeParts parts) : m_parts(std::move(parts)) {
    for (unsigned byte = 0; byte < 256; ++byte) {
        const char raw = static_cast<char>(static_cast<unsigned char>(byte));
        m_byteIds[byte] = vocabulary.find(spellBytes({&raw, 1})).value_or(-1);
        m_hasAllBytes = m_hasAllBytes && m_byteIds[byte] >= 0;
    }
    m_lengths.resize(vocabulary.size());
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
        const auto id = static_cast<TokenId>(i);
        auto bytes = unspellBytes(vocabulary.token(id));
        m_lengths[i] = static_cast<std::uint32_t>(bytes ? bytes->size() : vocabulary.token(id).size());
        if (m_parts.ignoreMerges && bytes && !bytes->empty()) m_whole.emplace(std::move(*bytes), id);
    }
}

void BpeModel::mergeByScan(std::vector<TokenId>& symbols) const {
    const MergeTable& merges = m_parts.merges;
    std::vector<Merge> pairs(symbols.size()); // of symbol i and i + 1
    const auto look = [&](std::size_t i) {
        pairs[i] = i + 1 < symbols.size() ? merges.find(symbols[i], symbols[i + 1]) : Merge{};
        if (pairs[i].id < 0) pairs[i].rank = NoRank;
    };
    for (std::size_t i = 0; i < symbols.size(); ++i) look(i);
    while (symbols.size() > 1) {
        const auto best = std::min_element(pairs.begin(), pairs.end(),
                                           [](const Merge& a, const Merge& b) { return a.rank < b.rank; });
        if (best->rank == NoRank) return;
        const auto at = best - pairs.begin();
        symbols[static_cast<std::size_t>(at)] = best->id;
        symbols.erase(symbols.begin() + at + 1);
        pairs.erase(best);
        look(static_cast<std::size_t>(at));
        if (at > 0) look(static_cast<std::size_t>(at - 1));
    }
}

void BpeModel::mergeByHeap(std::vector<TokenId>& symbols) const {
    const MergeTable& merges = m_parts.merges;
    const auto count = static_cast<std::int32_t>(symbols.size());
    std::vector<Node> nodes(symbols.size());
    std::vector<Candidate> initial;
    const auto node = [&](std::int32_t i) -> Node& { return nodes[static_cast<std::size_t>(i)]; };
    for (std::int32_t i = 0; i < count; ++i)
        node(i) = {symbols[static_cast<std::size_t>(i)], i - 1, i + 1 < count ? i + 1 : -1};
    for (std::int32_t i = 0; i + 1 < count; ++i)
        if (const Merge merge = merges.find(node(i).id, node(i + 1).id); merge.id >= 0)
            initial.push_back({merge.rank, i, merge.id});
    Heap heap(std::greater<>(), std::move(initial));
    const auto offer = [&](std::int32_t left, std::int32_t right) {
        if (left < 0 || right < 0) return;
        if (const Merge merge = merges.find(node(left).id, node(right).id); merge.id >= 0)
            heap.push({merge.rank, left, merge.id});
    };
    while (!heap.empty()) {
        const Candidate top = heap.top();
        heap.pop();
        Node& left = node(top.position);
        if (left.id < 0 || left.next < 0) continue;
        Node& right = node(left.next);
        if (merges.find(left.id, right.id).id != top.id) continue; // one of the two was joined to another meanwhile
        left.id = top.id;
        right.id = -1;
        left.next = right.next;
        if (left.next >= 0) node(left.next).previous = top.position;
        offer(left.previous, top.position);
        offer(top.position, left.next);
    }
    symbols.clear();
    for (std::int32_t i = count > 0 ? 0 : -1; i >= 0; i = node(i).next) symbols.push_back(node(i).id);
}

void BpeModel::put(const TokenId* ids, std::size_t count, std::uint32_t offset, TokenSink& sink) const {
    sink.ids.insert(sink.ids.end(), ids, ids + count);
    if (!sink.ranges) return;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t end = offset + m_lengths[static_cast<std::size_t>(ids[i])];
        sink.ranges->push_back({offset, end});
        offset = end;
    }
}

void BpeModel::mergeInto(std::string_view piece, std::vector<TokenId>& symbols) const {
    symbols.clear();
    for (const char byte : piece) symbols.push_back(m_byteIds[static_cast<unsigned char>(byte)]);
    symbols.size() <= LongestScan ? mergeByScan(symbols) : mergeByHeap(symbols);
}

/// Bytes without a token: "unknown" where the file has one (which joins with nothing), else they vanish and their
/// neighbours meet.
void BpeModel::encodeWithUnknown(std::string_view piece, std::uint32_t offset, TokenSink& sink) const {
    std::vector<TokenId> run;
    std::vector<ByteRange> bytes; // of each symbol of the run
    const auto flush = [&] {
        mergeByHeap(run);
        std::size_t at = 0;
        for (const TokenId id : run) {
            const std::size_t last = at + m_lengths[static_cast<std::size_t>(id)] - 1;
            sink.put(id, bytes[at].begin, bytes[last].end);
            at = last + 1;
        }
        run.clear();
        bytes.clear();
    };
    bool afterUnknown = false;
    for (std::size_t i = 0; i < piece.size(); ++i) {
        const TokenId id = m_byteIds[static_cast<unsigned char>(piece[i])];
        const auto begin = offset + static_cast<std::uint32_t>(i);
        if (id >= 0) {
            run.push_back(id);
            bytes.push_back({begin, begin + 1});
            afterUnknown = false;
        } else if (!m_parts.unk) {
            ++sink.dropped;
        } else if (afterUnknown && m_parts.fuseUnk) {
            if (sink.ranges) sink.ranges->back().end = begin + 1;
        } else {
            flush();
            sink.put(*m_parts.unk, begin, begin + 1);
            afterUnknown = true;
        }
    }
    flush();
}

void BpeModel::encodePiece(std::string_view piece, std::uint32_t offset, TokenSink& sink, PieceCache& cache) const {
    PieceCache::Entry* entry = nullptr;
    if (piece.size() <= PieceCache::LongestKey) {
        entry = &cache.slot(piece);
        if (PieceCache::holds(*entry, piece)) return put(entry->ids.data(), entry->count, offset, sink);
    }
    if (m_parts.ignoreMerges) {
        if (const auto whole = m_whole.find(piece); whole != m_whole.end()) {
            put(&whole->second, 1, offset, sink);
            if (entry) PieceCache::store(*entry, piece, &whole->second, 1);
            return;
        }
    }
    if (!m_hasAllBytes) {
        const auto isUnknown = [this](char byte) { return m_byteIds[static_cast<unsigned char>(byte)] < 0; };
        if (std::any_of(piece.begin(), piece.end(), isUnknown)) return encodeWithUnknown(piece, offset, sink);
    }
    thread_local std::vector<TokenId> symbols;
    mergeInto(piece, symbols);
    put(symbols.data(), symbols.size(), offset, sink);
    if (entry) PieceCache::store(*entry, piece, symbols.data(), symbols.size());
    constexpr std::size_t MostKept = 1U << 16U;
    if (symbols.capacity() > MostKept) symbols = {};
}

void BpeModel::encode(std::string_view text, std::span<const ByteRange> pieces, TokenSink& sink) const {
    auto cache = m_caches.take();
    for (const ByteRange& piece : pieces)
        encodePiece(text.substr(piece.begin, piece.end - piece.begin), piece.begin, sink, *cache);
    m_caches.giveBack(std::move(cache));
}

} // namespace vitrine::lm
