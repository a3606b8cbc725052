// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/check/context.hpp"

#include <charconv>

namespace vitrine::tl::checking {

/// Reads the words of one directive from left to right.
class DirectiveWords {
  public:
    using Word = ast::Directive::Word;
    explicit DirectiveWords(const ast::Directive& directive) : m_words(directive.words) {}

    [[nodiscard]] bool atEnd() const { return m_at == m_words.size(); }
    [[nodiscard]] const Word& word() const { return m_words[m_at]; }
    [[nodiscard]] bool isPunctuation(std::string_view text, std::size_t ahead = 0) const {
        return m_at + ahead < m_words.size() && m_words[m_at + ahead].kind == Word::Kind::Punctuation &&
               m_words[m_at + ahead].text == text;
    }
    bool take(std::string_view punctuation) {
        if (!isPunctuation(punctuation)) return false;
        ++m_at;
        return true;
    }
    const Word* takeName() {
        if (atEnd() || word().kind != Word::Kind::Name) return nullptr;
        return &m_words[m_at++];
    }
    /// The next word, whatever it is.
    const Word* take() { return atEnd() ? nullptr : &m_words[m_at++]; }

  private:
    const std::vector<Word>& m_words;
    std::size_t m_at = 0;
};

/// The whole of `text` as a number; nothing otherwise.
[[nodiscard]] inline std::optional<std::int64_t> integerOf(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}
[[nodiscard]] inline std::optional<double> realOf(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

} // namespace vitrine::tl::checking
