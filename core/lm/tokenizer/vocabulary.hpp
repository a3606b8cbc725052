// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/tokenizer.hpp"

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace vitrine::lm {

/// Tokens by id, with gaps allowed, and ids by token.
class Vocabulary {
  public:
    static constexpr TokenId MostIds = 1 << 24;

    /// False when the id is out of range or taken, or the token is there already.
    bool add(std::string token, TokenId id);
    /// Makes room, so that adding does not copy.
    void reserve(std::size_t count);

    [[nodiscard]] std::size_t size() const { return m_tokens.size(); }
    [[nodiscard]] std::size_t count() const { return m_ids.size(); }
    [[nodiscard]] bool contains(TokenId id) const {
        return id >= 0 && static_cast<std::size_t>(id) < m_tokens.size() && m_tokens[static_cast<std::size_t>(id)];
    }
    [[nodiscard]] std::string_view token(TokenId id) const {
        return contains(id) ? std::string_view(*m_tokens[static_cast<std::size_t>(id)]) : std::string_view();
    }
    [[nodiscard]] std::optional<TokenId> find(std::string_view token) const;

  private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::unordered_map<std::string, TokenId, Hash, std::equal_to<>> m_ids;
    std::vector<const std::string*> m_tokens; ///< keys of m_ids, which do not move; null in gaps
};

} // namespace vitrine::lm
