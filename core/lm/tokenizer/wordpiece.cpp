// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/wordpiece.hpp"

#include "core/base/utf8.hpp"

#include <algorithm>

namespace vitrine::lm {

WordPieceModel::WordPieceModel(const Vocabulary& vocabulary, WordPieceParts parts)
    : m_vocabulary(&vocabulary), m_parts(std::move(parts)) {
    for (std::size_t i = 0; i < vocabulary.size(); ++i)
        m_longestToken = std::max(m_longestToken, vocabulary.token(static_cast<TokenId>(i)).size());
}

bool WordPieceModel::cover(std::string_view word, std::uint32_t offset, TokenSink& sink) const {
    std::string candidate;
    std::size_t begin = 0;
    while (begin < word.size()) {
        std::optional<TokenId> found;
        candidate.assign(begin == 0 ? std::string_view() : std::string_view(m_parts.prefix));
        const std::size_t head = candidate.size();
        candidate += word.substr(begin, m_longestToken);
        std::size_t length = candidate.size() - head;
        for (; length > 0; --length) {
            const bool cutsCharacter = begin + length < word.size() && continuesCharacter(word[begin + length]);
            if (cutsCharacter) continue;
            found = m_vocabulary->find(std::string_view(candidate).substr(0, head + length));
            if (found) break;
        }
        if (!found) return false;
        sink.put(*found, offset + static_cast<std::uint32_t>(begin),
                 offset + static_cast<std::uint32_t>(begin + length));
        begin += length;
    }
    return true;
}

void WordPieceModel::encodeWord(std::string_view word, std::uint32_t offset, TokenSink& sink) const {
    const std::size_t before = sink.ids.size();
    if (characterCount(word) <= m_parts.longestWord && cover(word, offset, sink)) return;
    sink.ids.resize(before);
    if (sink.ranges) sink.ranges->resize(before);
    sink.put(m_parts.unk, offset, offset + static_cast<std::uint32_t>(word.size()));
}

void WordPieceModel::encode(std::string_view text, std::span<const ByteRange> pieces, TokenSink& sink) const {
    for (const ByteRange& piece : pieces)
        encodeWord(text.substr(piece.begin, piece.end - piece.begin), piece.begin, sink);
}

} // namespace vitrine::lm
