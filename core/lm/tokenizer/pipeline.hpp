// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/addedtokens.hpp"
#include "core/lm/tokenizer/normalizer.hpp"
#include "core/lm/tokenizer/piecemodel.hpp"
#include "core/lm/tokenizer/postprocessor.hpp"
#include "core/lm/tokenizer/pretokenizer.hpp"
#include "core/lm/tokenizer/vocabulary.hpp"

#include <memory>
#include <vector>

namespace vitrine::lm {

enum class DecoderKind { Bytes, Join, WordPiece };

/// Everything that a tokenizer file says, ready to run.
struct PipelineParts {
    std::unique_ptr<Vocabulary> vocabulary = std::make_unique<Vocabulary>(); ///< models point to it
    std::unique_ptr<PieceModel> model = {};
    std::vector<AddedToken> added = {}; ///< their contents are in the vocabulary
    Normalizer normalizer = {};
    PreTokenizer preTokenizer = {};
    PostTemplate post = {};
    DecoderKind decoder = DecoderKind::Bytes;
    std::string continuation = "##"; ///< of DecoderKind::WordPiece
    bool cleanUp = false;            ///< WordPiece: no spaces before punctuation
    SpecialIds special = {};
    TokenizerInfo info = {};
};

/// The tokenizer of a file: added tokens, normaliser, added tokens of normalised text, cuts, model, post-processor.
class PipelineTokenizer final : public Tokenizer {
  public:
    explicit PipelineTokenizer(PipelineParts parts);

    using Tokenizer::encode;
    Result<Encoding> encode(std::string_view text, const EncodeOptions& options) const override;
    Status appendIds(std::string_view text, const EncodeOptions& options, std::vector<TokenId>& ids) const override;
    Result<Encoding> encodePair(std::string_view first, std::string_view second,
                                const EncodeOptions& options) const override;
    std::string decode(std::span<const TokenId> ids, bool skipSpecial) const override;
    void appendBytes(TokenId id, bool isFirst, std::string& out) const override;

    std::size_t size() const override { return m_parts.vocabulary->size(); }
    bool contains(TokenId id) const override { return m_parts.vocabulary->contains(id); }
    std::string_view token(TokenId id) const override { return m_parts.vocabulary->token(id); }
    std::optional<TokenId> idOf(std::string_view token) const override { return m_parts.vocabulary->find(token); }
    bool isSpecial(TokenId id) const override {
        return id >= 0 && static_cast<std::size_t>(id) < m_isSpecial.size() &&
               m_isSpecial[static_cast<std::size_t>(id)];
    }
    const SpecialIds& special() const override { return m_parts.special; }
    const TokenizerInfo& info() const override { return m_parts.info; }

  private:
    [[nodiscard]] Status encodeText(std::string_view text, bool allowSpecial, Encoding& out, bool wantRanges) const;
    [[nodiscard]] Status encodeStretch(std::string_view text, std::uint32_t offset, bool allowSpecial,
                                       TokenSink& sink) const;
    [[nodiscard]] Status encodePlain(std::string_view text, TokenSink& sink) const;
    void wrap(Encoding& encoding, bool wantRanges, std::uint32_t textSize) const;

    PipelineParts m_parts;
    AddedTokenFinder m_rawAdded, m_normalAdded;
    std::vector<bool> m_isSpecial;
    std::vector<std::string> m_bytes; ///< of each id, when decoder is Bytes
};

} // namespace vitrine::lm
