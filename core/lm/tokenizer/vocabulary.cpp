// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/vocabulary.hpp"

namespace vitrine::lm {

bool Vocabulary::add(std::string token, TokenId id) {
    if (id < 0 || id >= MostIds || contains(id)) return false;
    const auto [entry, isNew] = m_ids.emplace(std::move(token), id);
    if (!isNew) return false;
    const auto index = static_cast<std::size_t>(id);
    if (index >= m_tokens.size()) m_tokens.resize(index + 1, nullptr);
    m_tokens[index] = &entry->first;
    return true;
}

void Vocabulary::reserve(std::size_t count) {
    m_ids.reserve(count);
    m_tokens.reserve(count);
}

std::optional<TokenId> Vocabulary::find(std::string_view token) const {
    const auto found = m_ids.find(token);
    return found == m_ids.end() ? std::nullopt : std::optional(found->second);
}

} // namespace vitrine::lm
