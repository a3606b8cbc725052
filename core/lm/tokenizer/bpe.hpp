// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/mergetable.hpp"
#include "core/lm/tokenizer/piececache.hpp"
#include "core/lm/tokenizer/piecemodel.hpp"
#include "core/lm/tokenizer/vocabulary.hpp"

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vitrine::lm {

/// What a byte-level BPE consists of beside its vocabulary.
struct BpeParts {
    MergeTable merges;
    bool ignoreMerges = false; ///< a whole piece that is in the vocabulary is taken at once
    std::optional<TokenId> unk = {};
    bool fuseUnk = false; ///< one "unknown" for several in a row
};

/// Byte-level byte-pair encoding: bytes are joined, always the pair of the lowest rank first, equal ranks from the
/// left.
class BpeModel final : public PieceModel {
  public:
    BpeModel(const Vocabulary& vocabulary, BpeParts parts);

    void encode(std::string_view text, std::span<const ByteRange> pieces, TokenSink& sink) const override;

    /// The joins of one piece by the two ways that `encode` chooses from by length; equal results. For tests.
    void mergeByScan(std::vector<TokenId>& symbols) const;
    void mergeByHeap(std::vector<TokenId>& symbols) const;
    [[nodiscard]] const MergeTable& merges() const { return m_parts.merges; }
    [[nodiscard]] TokenId byteId(unsigned char byte) const { return m_byteIds[byte]; }

  private:
    void encodePiece(std::string_view piece, std::uint32_t offset, TokenSink& sink, PieceCache& cache) const;
    void mergeInto(std::string_view piece, std::vector<TokenId>& symbols) const;
    void encodeWithUnknown(std::string_view piece, std::uint32_t offset, TokenSink& sink) const;
    void put(const TokenId* ids, std::size_t count, std::uint32_t offset, TokenSink& sink) const;

    BpeParts m_parts;
    std::array<TokenId, 256> m_byteIds{}; ///< -1 where the vocabulary lacks the byte
    bool m_hasAllBytes = true;
    std::vector<std::uint32_t> m_lengths; ///< bytes of each token
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::unordered_map<std::string, TokenId, Hash, std::equal_to<>> m_whole; ///< by bytes; for ignoreMerges alone
    mutable CachePool m_caches;
};

} // namespace vitrine::lm
