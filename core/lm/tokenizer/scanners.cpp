// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/scanners.hpp"

#include "core/base/utf8.hpp"
#include "core/lm/tokenizer/charclass.hpp"

#include <array>

namespace vitrine::lm {

namespace {

constexpr std::string_view Gpt2Text = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view Llama3Text =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view Qwen2Text =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

constexpr char32_t LongS = 0x17F; // folds to s

struct Char {
    char32_t value = 0;
    CharClass kind = CharClass::Other;
    std::size_t end = 0; ///< byte after it; 0 when the text is over
};

/// Reads characters of one text with their classes.
class Cursor {
  public:
    explicit Cursor(std::string_view text) : m_text(text), m_classes(CharClasses::instance()) {}

    [[nodiscard]] Char at(std::size_t offset) const {
        if (offset >= m_text.size()) return {};
        const Utf8Scalar scalar = decodeValidUtf8(m_text.data() + offset);
        return {scalar.value, m_classes.of(scalar.value), offset + scalar.length};
    }
    [[nodiscard]] std::size_t skip(CharClass kind, std::size_t offset,
                                   std::size_t most = std::string_view::npos) const {
        for (; most > 0 && offset < m_text.size(); --most) {
            const Char next = at(offset);
            if (next.kind != kind) break;
            offset = next.end;
        }
        return offset;
    }
    [[nodiscard]] std::size_t skipLineEnds(std::size_t offset) const {
        while (offset < m_text.size() && (m_text[offset] == '\r' || m_text[offset] == '\n')) ++offset;
        return offset;
    }
    [[nodiscard]] bool isEnd(std::size_t offset) const { return offset >= m_text.size(); }

  private:
    std::string_view m_text;
    const CharClasses& m_classes;
};

char32_t folded(char32_t value) {
    if (value == LongS) return 's';
    return value >= 'A' && value <= 'Z' ? value + ('a' - 'A') : value;
}

/// End of 's 't 're 've 'm 'll 'd when one begins at the apostrophe `at`, else 0.
std::size_t contractionEnd(const Cursor& text, std::size_t at, bool anyCase) {
    const auto letter = [&](const Char& c) { return anyCase ? folded(c.value) : c.value; };
    const Char first = text.at(at + 1);
    if (first.end == 0) return 0;
    switch (letter(first)) {
    case 's':
    case 't':
    case 'm':
    case 'd':
        return first.end;
    case 'r':
    case 'v':
    case 'l': {
        const Char second = text.at(first.end);
        const char32_t wanted = letter(first) == 'l' ? U'l' : U'e';
        return second.end != 0 && letter(second) == wanted ? second.end : 0;
    }
    default:
        return 0;
    }
}

/// Whitespace at `at`: up to the last line end of the run if asked; else all but the last space before a word.
std::size_t spacesEnd(const Cursor& text, std::size_t at, bool lineEndsApart) {
    std::size_t end = at, last = at, afterLineEnd = at;
    for (Char next = text.at(end); next.end != 0 && next.kind == CharClass::Space; next = text.at(end)) {
        last = end;
        end = next.end;
        if (next.value == '\r' || next.value == '\n') afterLineEnd = end;
    }
    if (lineEndsApart && afterLineEnd > at) return afterLineEnd;
    return text.isEnd(end) || last == at ? end : last;
}

std::size_t nextGpt2(const Cursor& text, std::size_t at) {
    const Char first = text.at(at);
    if (first.value == '\'')
        if (const std::size_t end = contractionEnd(text, at, false); end != 0) return end;
    const Char head = first.value == ' ' ? text.at(first.end) : first;
    if (head.end != 0 && head.kind != CharClass::Space) return text.skip(head.kind, head.end);
    return spacesEnd(text, at, false);
}

std::size_t nextLlama(const Cursor& text, std::size_t at, std::size_t digits) {
    const Char first = text.at(at);
    if (first.kind == CharClass::Letter) return text.skip(CharClass::Letter, first.end);
    if (first.value == '\'')
        if (const std::size_t end = contractionEnd(text, at, true); end != 0) return end;
    if (first.kind == CharClass::Number) return text.skip(CharClass::Number, first.end, digits - 1);
    const Char second = text.at(first.end);
    const bool isLineEnd = first.value == '\r' || first.value == '\n';
    if (!isLineEnd && second.end != 0 && second.kind == CharClass::Letter)
        return text.skip(CharClass::Letter, second.end);
    if (first.kind == CharClass::Other) return text.skipLineEnds(text.skip(CharClass::Other, first.end));
    if (first.value == ' ' && second.end != 0 && second.kind == CharClass::Other)
        return text.skipLineEnds(text.skip(CharClass::Other, second.end));
    return spacesEnd(text, at, true);
}

} // namespace

std::string_view patternText(KnownPattern pattern) {
    static constexpr std::array<std::string_view, 3> texts{Gpt2Text, Llama3Text, Qwen2Text};
    return texts[static_cast<std::size_t>(pattern)];
}

const char* patternName(KnownPattern pattern) {
    static constexpr std::array<const char*, 3> names{"gpt-2", "llama-3", "qwen2"};
    return names[static_cast<std::size_t>(pattern)];
}

std::optional<KnownPattern> knownPattern(std::string_view text) {
    for (const KnownPattern pattern : {KnownPattern::Gpt2, KnownPattern::Llama3, KnownPattern::Qwen2})
        if (patternText(pattern) == text) return pattern;
    return std::nullopt;
}

std::size_t nextPiece(KnownPattern pattern, std::string_view text, std::size_t at) {
    const Cursor cursor(text);
    switch (pattern) {
    case KnownPattern::Gpt2:
        return nextGpt2(cursor, at);
    case KnownPattern::Llama3:
        return nextLlama(cursor, at, 3);
    case KnownPattern::Qwen2:
        break;
    }
    return nextLlama(cursor, at, 1);
}

} // namespace vitrine::lm
