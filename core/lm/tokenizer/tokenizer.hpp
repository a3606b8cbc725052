// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lm {

using TokenId = std::int32_t;

/// Bytes [begin, end) of the text that was given to `encode`.
struct ByteRange {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    bool operator==(const ByteRange&) const = default;
};

/// A text as tokens. `ranges` runs parallel to `ids` and never goes back; tokens that stand for no text (BOS, [CLS])
/// have empty ranges. A range may begin or end inside a character: byte-level tokens split them.
struct Encoding {
    std::vector<TokenId> ids = {};
    std::vector<ByteRange> ranges = {};
    std::vector<std::uint8_t> types = {}; ///< 0 first, 1 second text of `encodePair`; empty where all are 0
    std::size_t replaced = 0;             ///< invalid UTF-8 sequences that were read as U+FFFD
    std::size_t dropped = 0;              ///< characters for which the vocabulary has no token, not even "unknown"
    bool leftOutBos = false;              ///< the text began with BOS already, so no second one was written
};

struct EncodeOptions {
    /// Text such as "<|im_end|>" becomes that special token. Only for text that the program wrote (a rendered chat
    /// template), never for what a user typed. Added tokens that are not marked special are always recognised.
    bool allowSpecial = false;
    /// Write what the file's post-processor adds: BOS, or [CLS] and [SEP]. Never a second BOS.
    bool addBos = true;
};

/// Ids with a role, where the files name them.
struct SpecialIds {
    std::optional<TokenId> bos = {}, eos = {}, pad = {}, unk = {};
};

/// What a load report says about a tokenizer.
struct TokenizerInfo {
    std::string kind = {};       ///< "byte-level BPE", "WordPiece", "characters"
    std::string normalizer = {}; ///< "none", "NFC", ...
    std::string split = {};      ///< "gpt-2", "llama-3", "qwen2", "pattern", ...
    std::size_t merges = 0;
    std::optional<std::size_t> truncation = {}; ///< the file's own cut, in tokens; not applied here
};

/// Text to ids and back. Immutable after loading; every function may be called from several threads.
class Tokenizer {
  public:
    virtual ~Tokenizer() = default;

    /// \param text any bytes, at most 2^31; invalid UTF-8 is read as U+FFFD and counted.
    /// \errors VIT-TOK-004 (the split pattern hit its limits), -005 (text too long)
    /// \cost linear in the text for the known split rules
    [[nodiscard]] virtual Result<Encoding> encode(std::string_view text, const EncodeOptions& options) const = 0;
    [[nodiscard]] Result<Encoding> encode(std::string_view text) const { return encode(text, EncodeOptions{}); }
    /// Appends the ids alone: the same as `encode`, without ranges. For training data.
    [[nodiscard]] virtual Status appendIds(std::string_view text, const EncodeOptions& options,
                                           std::vector<TokenId>& ids) const = 0;
    /// Two texts as one input ("[CLS] a [SEP] b [SEP]"); ranges of the second are in bytes of `second`.
    /// \errors as encode, and VIT-TOK-002 where the file has no rule for pairs
    [[nodiscard]] virtual Result<Encoding> encodePair(std::string_view first, std::string_view second,
                                                      const EncodeOptions& options) const = 0;

    /// The text of `ids`, always valid UTF-8 (incomplete characters become U+FFFD). Ids outside the vocabulary and,
    /// if asked, special tokens contribute nothing.
    [[nodiscard]] virtual std::string decode(std::span<const TokenId> ids, bool skipSpecial) const = 0;
    /// Appends what `id` adds to a text of which `isFirst` says whether it is still empty: raw bytes, possibly half a
    /// character.
    virtual void appendBytes(TokenId id, bool isFirst, std::string& out) const = 0;

    /// One more than the highest id: the rows that a model needs.
    [[nodiscard]] virtual std::size_t size() const = 0;
    /// False for ids in gaps and beyond `size`.
    [[nodiscard]] virtual bool contains(TokenId id) const = 0;
    /// As the file spells it ("Ġthe", "##ing"); empty where there is none.
    [[nodiscard]] virtual std::string_view token(TokenId id) const = 0;
    [[nodiscard]] virtual std::optional<TokenId> idOf(std::string_view token) const = 0;
    /// Control tokens, which `decode` can skip.
    [[nodiscard]] virtual bool isSpecial(TokenId id) const = 0;
    [[nodiscard]] virtual const SpecialIds& special() const = 0;
    [[nodiscard]] virtual const TokenizerInfo& info() const = 0;
};

/// Decodes ids as they come and gives out whole characters only. The concatenation of all answers is
/// `decode(ids, skipSpecial)`.
class StreamDecoder {
  public:
    /// `tokenizer` must outlive the decoder.
    explicit StreamDecoder(const Tokenizer& tokenizer, bool skipSpecial = true)
        : m_tokenizer(&tokenizer), m_skipSpecial(skipSpecial) {}
    /// The text that became certain with `id`; often empty while a character is incomplete.
    [[nodiscard]] std::string push(TokenId id);
    /// What is still held back, as U+FFFD; afterwards the decoder begins anew.
    [[nodiscard]] std::string finish();
    /// Bytes held back (at most 3).
    [[nodiscard]] std::string_view pending() const { return m_pending; }

  private:
    const Tokenizer* m_tokenizer;
    bool m_skipSpecial;
    bool m_isFirst = true;
    std::string m_pending;
};

} // namespace vitrine::lm
