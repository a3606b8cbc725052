// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/tokenizer.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace vitrine::lm {

/// Where models write tokens; ranges are in bytes of the text that the pieces lie in.
struct TokenSink {
    std::vector<TokenId>& ids;
    std::vector<ByteRange>* ranges = nullptr; ///< null when nobody asks
    std::size_t dropped = 0;

    void put(TokenId id, std::uint32_t begin, std::uint32_t end) {
        ids.push_back(id);
        if (ranges) ranges->push_back({begin, end});
    }
};

/// The part of a tokenizer that turns one piece of text into tokens.
class PieceModel {
  public:
    virtual ~PieceModel() = default;
    /// Appends the tokens of all `pieces` of `text`, in order. Called from any thread.
    virtual void encode(std::string_view text, std::span<const ByteRange> pieces, TokenSink& sink) const = 0;
};

} // namespace vitrine::lm
