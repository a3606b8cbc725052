// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/piecemodel.hpp"
#include "core/lm/tokenizer/vocabulary.hpp"

namespace vitrine::lm {

/// Every character is a token; what the vocabulary lacks is "unknown", or vanishes where the file has no such token.
class CharacterModel final : public PieceModel {
  public:
    /// `vocabulary` must outlive the model. \param fuseUnk one "unknown" for several in a row
    CharacterModel(const Vocabulary& vocabulary, std::optional<TokenId> unk, bool fuseUnk)
        : m_vocabulary(&vocabulary), m_unk(unk), m_fuseUnk(fuseUnk) {}
    void encode(std::string_view text, std::span<const ByteRange> pieces, TokenSink& sink) const override;

  private:
    const Vocabulary* m_vocabulary;
    std::optional<TokenId> m_unk;
    bool m_fuseUnk;
};

} // namespace vitrine::lm
