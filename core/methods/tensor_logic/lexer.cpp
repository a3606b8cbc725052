// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/lexer.hpp"

#include "core/methods/tensor_logic/utf8.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

namespace vitrine::tl {

namespace {

constexpr std::int32_t Prime = 0x2032, LeftArrow = 0x2190, NotSign = 0xAC, ByteOrderMark = 0xFEFF;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isAsciiLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isNameByte(char c) {
    return isAsciiLetter(c) || isDigit(c) || c == '_';
}

bool isLetter(utf8proc_category_t category) {
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

/// Characters that people paste and what is written instead.
const char* replacementFor(std::int32_t value) {
    struct Pair {
        std::int32_t value;
        const char* text;
    };
    static constexpr std::array<Pair, 14> pairs{{{0x2264, "<="},
                                                 {0x2265, ">="},
                                                 {0x2260, "!="},
                                                 {0xD7, "*"},
                                                 {0xB7, "*"},
                                                 {0x22C5, "*"},
                                                 {0x2212, "-"},
                                                 {0x2013, "-"},
                                                 {0x201C, "\""},
                                                 {0x201D, "\""},
                                                 {0x2019, "'"},
                                                 {0xFF08, "("},
                                                 {0xFF09, ")"},
                                                 {0xFF0C, ","}}};
    for (const Pair& pair : pairs)
        if (pair.value == value) return pair.text;
    return nullptr;
}

} // namespace

bool continuesLine(Tok kind) {
    switch (kind) {
    case Tok::Comma:
    case Tok::Plus:
    case Tok::Minus:
    case Tok::Star:
    case Tok::Slash:
    case Tok::Caret:
    case Tok::Percent:
    case Tok::Assign:
    case Tok::PlusAssign:
    case Tok::StarAssign:
    case Tok::MaxAssign:
    case Tok::MinAssign:
    case Tok::AvgAssign:
    case Tok::Arrow:
    case Tok::Equal:
    case Tok::NotEqual:
    case Tok::Less:
    case Tok::LessEqual:
    case Tok::Greater:
    case Tok::GreaterEqual:
    case Tok::Not:
        return true;
    default:
        return false;
    }
}

char Scanner::peek(std::uint32_t ahead) const {
    return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0';
}

Token Scanner::make(Tok kind, std::uint32_t begin, std::uint32_t length) {
    m_at = begin + length;
    return {kind, false, begin, m_at};
}

Token Scanner::fail(std::uint32_t begin, std::uint32_t end, const char* message) {
    m_error = message;
    m_at = end;
    return {Tok::Error, false, begin, end};
}

void Scanner::skipBlanks() {
    while (m_at < m_text.size()) {
        const char c = m_text[m_at];
        if (c == '\r' && peek(1) == '\n') return;
        if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
            ++m_at;
            continue;
        }
        if (static_cast<unsigned char>(c) < 0x80) return;
        const CodePoint point = codePointAt(m_text, m_at);
        const bool isMark = m_at == 0 && point.value == ByteOrderMark;
        if (!point.isValid || (!isMark && utf8proc_category(point.value) != UTF8PROC_CATEGORY_ZS)) return;
        m_at += point.length;
    }
}

Token Scanner::next(Context context) {
    m_error = m_replacement = nullptr;
    m_isInComment = false;
    skipBlanks();
    if (m_at >= m_text.size()) return make(Tok::EndOfFile, static_cast<std::uint32_t>(m_text.size()), 0);
    return static_cast<unsigned char>(m_text[m_at]) < 0x80 ? scanAscii(context) : scanUnicode();
}

Token Scanner::scanAscii(Context context) {
    const char c = m_text[m_at];
    if (isAsciiLetter(c) || c == '_') return scanName((c >= 'a' && c <= 'z') || c == '_', context);
    if (isDigit(c)) return scanNumber();
    if (c == '"') return scanString();
    if (c == '\n') return make(Tok::Newline, m_at, 1);
    if (c == '\r') return make(Tok::Newline, m_at, 2);
    if (c == '#') return scanLineComment();
    if (c == '/' && peek(1) == '/') return scanLineComment();
    if (c == '/' && peek(1) == '*') return scanBlockComment();
    return scanOperator(context);
}

Token Scanner::scanUnicode() {
    const CodePoint point = codePointAt(m_text, m_at);
    if (!point.isValid) {
        std::uint32_t end = m_at + 1;
        while (end < m_text.size() && !codePointAt(m_text, end).isValid) ++end;
        return fail(m_at, end, "this is not valid UTF-8");
    }
    if (point.value == LeftArrow) return make(Tok::Arrow, m_at, point.length);
    if (point.value == NotSign) return make(Tok::Not, m_at, point.length);
    const utf8proc_category_t category = utf8proc_category(point.value);
    if (isLetter(category)) return scanName(category == UTF8PROC_CATEGORY_LL, {});
    m_replacement = replacementFor(point.value);
    return fail(m_at, m_at + point.length, "the character %1 fits nowhere");
}

Token Scanner::scanName(bool isLower, Context context) {
    const std::uint32_t begin = m_at;
    std::uint32_t at = begin, point = 0;
    const auto size = static_cast<std::uint32_t>(m_text.size());
    const auto lengthOf = [&](auto accept) -> std::uint32_t { // of the character at `at`, 0 when it does not belong
        if (static_cast<unsigned char>(m_text[at]) < 0x80) return 0;
        const CodePoint decoded = codePointAt(m_text, at);
        return decoded.isValid && accept(decoded.value) ? decoded.length : 0;
    };
    while (at < size) {
        if (isNameByte(m_text[at]))
            ++at;
        else if ((point = lengthOf([](std::int32_t value) { return isLetter(utf8proc_category(value)); })) != 0)
            at += point;
        else
            break;
    }
    while (at < size) {
        if (m_text[at] == '\'')
            ++at;
        else if ((point = lengthOf([](std::int32_t value) { return value == Prime; })) != 0)
            at += point;
        else
            break;
    }
    const std::string_view name = m_text.substr(begin, at - begin);
    m_at = at;
    if (name == "not") return {Tok::Not, false, begin, at};
    if (name.size() == 3 && !context.isInDirective && peek(0) == '=' && peek(1) != '=') {
        const Tok projection = name == "max"   ? Tok::MaxAssign
                               : name == "min" ? Tok::MinAssign
                               : name == "avg" ? Tok::AvgAssign
                                               : Tok::Name;
        if (projection != Tok::Name) return make(projection, begin, 4);
    }
    return {Tok::Name, isLower, begin, at};
}

Token Scanner::scanNumber() {
    const std::uint32_t begin = m_at;
    std::uint32_t length = 1;
    bool isReal = false;
    while (isDigit(peek(length))) ++length;
    if (peek(length) == '.' && isDigit(peek(length + 1))) {
        isReal = true;
        ++length;
        while (isDigit(peek(length))) ++length;
    }
    if (peek(length) == 'e' || peek(length) == 'E') {
        const std::uint32_t sign = peek(length + 1) == '-' || peek(length + 1) == '+' ? 1 : 0;
        if (isDigit(peek(length + 1 + sign))) {
            isReal = true;
            length += 1 + sign;
            while (isDigit(peek(length))) ++length;
        }
    }
    return make(isReal ? Tok::Real : Tok::Integer, begin, length);
}

Token Scanner::scanString() {
    const std::uint32_t begin = m_at;
    const std::size_t end = m_text.find_first_of("\"\n", begin + 1); // no escapes: a string holds any text but these
    if (end == std::string_view::npos || m_text[end] == '\n')
        return fail(begin, static_cast<std::uint32_t>(std::min(end, m_text.size())),
                    "the string is not closed on its line");
    const std::string_view inside = m_text.substr(begin + 1, end - begin - 1);
    const std::size_t invalid = findInvalidUtf8(inside);
    if (invalid != std::string_view::npos) {
        const auto at = static_cast<std::uint32_t>(begin + 1 + invalid);
        Token token = fail(at, at + 1, "this is not valid UTF-8");
        m_at = static_cast<std::uint32_t>(end + 1);
        return token;
    }
    return make(Tok::String, begin, static_cast<std::uint32_t>(end + 1 - begin));
}

Token Scanner::scanLineComment() {
    m_isInComment = true;
    const std::uint32_t begin = m_at;
    const auto end = static_cast<std::uint32_t>(std::min(m_text.find('\n', begin), m_text.size()));
    const std::size_t invalid = findInvalidUtf8(m_text.substr(begin, end - begin));
    if (invalid == std::string_view::npos) return make(Tok::Comment, begin, end - begin);
    const auto at = static_cast<std::uint32_t>(begin + invalid);
    Token token = fail(at, at + 1, "this is not valid UTF-8");
    m_at = end;
    return token;
}

Token Scanner::scanBlockComment() {
    m_isInComment = true;
    const std::uint32_t begin = m_at;
    const std::size_t close = m_text.find("*/", begin + 2);
    if (close == std::string_view::npos)
        return fail(begin, static_cast<std::uint32_t>(m_text.size()), "the comment is not closed");
    const auto end = static_cast<std::uint32_t>(close + 2);
    const std::size_t invalid = findInvalidUtf8(m_text.substr(begin, end - begin));
    if (invalid == std::string_view::npos) return make(Tok::Comment, begin, end - begin);
    const auto at = static_cast<std::uint32_t>(begin + invalid);
    Token token = fail(at, at + 1, "this is not valid UTF-8");
    m_at = end;
    return token;
}

Token Scanner::scanOperator(Context context) {
    const std::uint32_t begin = m_at;
    const char following = peek(1);
    switch (m_text[begin]) {
    case '@':
        return make(Tok::At, begin, 1);
    case '?':
        return make(Tok::Question, begin, 1);
    case ',':
        return make(Tok::Comma, begin, 1);
    case '.':
        return make(Tok::Dot, begin, 1);
    case ';':
        return make(Tok::Semicolon, begin, 1);
    case '(':
        return make(Tok::OpenRound, begin, 1);
    case ')':
        return make(Tok::CloseRound, begin, 1);
    case '[':
        return make(Tok::OpenSquare, begin, 1);
    case ']':
        return make(Tok::CloseSquare, begin, 1);
    case '{':
        return make(Tok::OpenBrace, begin, 1);
    case '}':
        return make(Tok::CloseBrace, begin, 1);
    case '-':
        return make(Tok::Minus, begin, 1);
    case '/':
        return make(Tok::Slash, begin, 1);
    case '^':
        return make(Tok::Caret, begin, 1);
    case '%':
        return make(Tok::Percent, begin, 1);
    case '+':
        return following == '=' ? make(Tok::PlusAssign, begin, 2) : make(Tok::Plus, begin, 1);
    case '*':
        return following == '=' ? make(Tok::StarAssign, begin, 2) : make(Tok::Star, begin, 1);
    case '=':
        return following == '=' ? make(Tok::Equal, begin, 2) : make(Tok::Assign, begin, 1);
    case '!':
        return following == '=' ? make(Tok::NotEqual, begin, 2) : make(Tok::Not, begin, 1);
    case '>':
        return following == '=' ? make(Tok::GreaterEqual, begin, 2) : make(Tok::Greater, begin, 1);
    case '<':
        if (following == '-' && !context.isInsideBrackets) return make(Tok::Arrow, begin, 2);
        return following == '=' ? make(Tok::LessEqual, begin, 2) : make(Tok::Less, begin, 1);
    case ':':
        if (following == '-' && !context.isInsideBrackets) return make(Tok::Arrow, begin, 2);
        return make(Tok::Colon, begin, 1);
    default:
        return fail(begin, begin + 1, "the character %1 fits nowhere");
    }
}

} // namespace vitrine::tl
