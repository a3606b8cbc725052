// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/charclass.hpp"

#include "core/base/utf8.hpp"
#include "core/lm/tokenizer/regex.hpp"

#include <algorithm>
#include <memory>
#include <string>

namespace vitrine::lm {

namespace {

constexpr char32_t Values = 0x110000;

/// All scalar values in order. UTF-8 keeps their order, so a run in the text is a range of values.
std::string everyScalar() {
    std::string text;
    text.reserve(4'400'000);
    for (char32_t value = 0; value < Values; ++value)
        if (value < 0xD800 || value > 0xDFFF) appendUtf8(text, value);
    return text;
}

void mark(std::vector<CharClass>& classes, const std::string& text, const char* pattern, CharClass mark) {
    const auto regex = Regex::compile(pattern, {});
    std::size_t at = 0;
    while (regex && at < text.size()) {
        const auto found = regex->find(text, at);
        if (!found || !*found) return;
        const MatchRange range = **found;
        for (std::size_t i = range.begin; i < range.end;) {
            const Utf8Scalar scalar = decodeValidUtf8(text.data() + i);
            classes[scalar.value] = mark;
            i += scalar.length;
        }
        at = range.end;
    }
}

} // namespace

CharClasses::CharClasses() {
    const std::string text = everyScalar();
    std::vector<CharClass> classes(Values, CharClass::Other);
    mark(classes, text, "\\p{L}+", CharClass::Letter);
    mark(classes, text, "\\p{N}+", CharClass::Number);
    mark(classes, text, "\\s+", CharClass::Space);
    for (std::size_t page = 0; page < PageCount; ++page) {
        Page content{};
        std::copy_n(classes.begin() + static_cast<std::ptrdiff_t>(page << 8U), content.size(), content.begin());
        const auto same = std::find(m_pages.begin(), m_pages.end(), content);
        m_pageOf[page] = static_cast<std::uint16_t>(same - m_pages.begin());
        if (same == m_pages.end()) m_pages.push_back(content);
    }
}

const CharClasses& CharClasses::instance() {
    static const CharClasses classes;
    return classes;
}

} // namespace vitrine::lm
