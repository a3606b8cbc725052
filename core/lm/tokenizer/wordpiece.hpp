// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/piecemodel.hpp"
#include "core/lm/tokenizer/vocabulary.hpp"

namespace vitrine::lm {

struct WordPieceParts {
    TokenId unk = 0;
    std::string prefix = "##";     ///< of tokens that go on with a word
    std::size_t longestWord = 100; ///< in characters; longer words are "unknown"
};

/// Greedy: the longest token that begins a word, then the longest one that goes on, ...; a word that cannot be covered
/// is one "unknown".
/// \source Wu et al. 2016 (wordpieces), in BERT's greedy reading
class WordPieceModel final : public PieceModel {
  public:
    /// `vocabulary` must outlive the model.
    WordPieceModel(const Vocabulary& vocabulary, WordPieceParts parts);
    void encode(std::string_view text, std::span<const ByteRange> pieces, TokenSink& sink) const override;

  private:
    void encodeWord(std::string_view word, std::uint32_t offset, TokenSink& sink) const;
    [[nodiscard]] bool cover(std::string_view word, std::uint32_t offset, TokenSink& sink) const;

    const Vocabulary* m_vocabulary;
    WordPieceParts m_parts;
    std::size_t m_longestToken = 0; ///< bytes
};

} // namespace vitrine::lm
