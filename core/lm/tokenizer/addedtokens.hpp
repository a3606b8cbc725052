// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/tokenizer.hpp"

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vitrine::lm {

/// A token that is found in the text before everything else.
struct AddedToken {
    TokenId id = 0;
    std::string content = {};
    bool singleWord = false; ///< only where no letter, digit or mark touches it
    bool lstrip = false;     ///< takes white space before it along
    bool rstrip = false;     ///< and behind it
    bool normalized = false; ///< looked for after normalisation
    bool special = false;
};

/// A stretch of text: an added token or what lies between two.
struct Stretch {
    ByteRange range = {};
    TokenId id = -1; ///< -1: text
};

/// Finds added tokens: of the matches that begin first the longest one, then on behind it.
class AddedTokenFinder {
  public:
    /// Contents must not be empty. \param tokens of one kind (before or after normalisation)
    void add(const AddedToken& token);
    [[nodiscard]] bool isEmpty() const { return m_tokens.empty(); }

    /// Cuts `text` (valid UTF-8) into stretches, none of them empty. Special tokens count only if allowed.
    [[nodiscard]] std::vector<Stretch> cut(std::string_view text, bool allowSpecial) const;

  private:
    struct Hit {
        std::size_t begin = 0, end = 0, token = 0;
    };
    [[nodiscard]] bool next(std::string_view text, std::size_t from, Hit& hit) const;
    [[nodiscard]] bool longestAt(std::string_view text, std::size_t at, Hit& hit) const;

    static constexpr std::uint32_t None = 0xFFFFFFFF;
    std::vector<AddedToken> m_tokens;
    std::vector<std::uint32_t> m_tokenOf{None};                  ///< trie node -> token that ends there
    std::unordered_map<std::uint64_t, std::uint32_t> m_children; ///< node * 256 + byte -> node
    std::array<bool, 256> m_begins{};
    int m_onlyFirst = -1; ///< the first byte of all contents, if it is one
};

} // namespace vitrine::lm
