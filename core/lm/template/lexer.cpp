// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/template/lexer.hpp"

#include "core/base/utf8.hpp"
#include "core/lm/template/pytext.hpp"

#include <algorithm>
#include <array>

namespace vitrine::lm::jinja {

namespace {

/// "\r\n" and "\r" become "\n"; the last one of the template goes.
std::string withPlainLines(std::string_view source) {
    std::string out;
    out.reserve(source.size());
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] != '\r') {
            out += source[i];
            continue;
        }
        out += '\n';
        if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
    }
    if (out.ends_with('\n')) out.pop_back();
    return out;
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isNameBegin(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

class Lexer {
  public:
    explicit Lexer(std::string_view source) : m_source(withPlainLines(source)) {}

    std::vector<Token> run() {
        while (m_at < m_source.size()) readData();
        put(Tok::End, "end of the template");
        return std::move(m_tokens);
    }

  private:
    [[nodiscard]] std::string_view rest() const { return std::string_view(m_source).substr(m_at); }
    [[nodiscard]] Place place() {
        for (; m_placed < m_at; ++m_placed) {
            const bool isLineEnd = m_source[m_placed] == '\n';
            m_place = isLineEnd ? Place{m_place.line + 1, 1} : Place{m_place.line, m_place.column + 1};
        }
        return m_place;
    }
    void put(Tok kind, std::string text) { m_tokens.push_back({kind, std::move(text), place()}); }

    /// The next place where a tag begins.
    [[nodiscard]] std::size_t nextTag() const {
        std::size_t at = m_at;
        while ((at = m_source.find('{', at)) != std::string::npos) {
            const char next = at + 1 < m_source.size() ? m_source[at + 1] : '\0';
            if (next == '{' || next == '%' || next == '#') return at;
            ++at;
        }
        return m_source.size();
    }

    void readData() {
        const std::size_t open = nextTag();
        std::string_view text = std::string_view(m_source).substr(m_at, open - m_at);
        if (open == m_source.size()) {
            if (!text.empty()) put(Tok::Data, std::string(text));
            m_at = open;
            return;
        }
        const char kind = m_source[open + 1];
        const char sign = open + 2 < m_source.size() ? m_source[open + 2] : '\0';
        if (sign == '-')
            text = stripRight(text);
        else if (sign != '+' && kind != '{')
            text = withoutIndent(text);
        if (!text.empty()) put(Tok::Data, std::string(text));
        m_at = open;
        const Place begin = place();
        m_at = open + (sign == '-' || sign == '+' ? 3 : 2);
        if (kind == '#') return readComment(begin);
        put(kind == '%' ? Tok::BlockBegin : Tok::OutputBegin, kind == '%' ? "{%" : "{{");
        readTag(kind == '%', begin);
    }

    /// lstrip_blocks: spaces between the beginning of the line and a block go.
    [[nodiscard]] std::string_view withoutIndent(std::string_view text) const {
        const std::size_t lineEnd = text.rfind('\n');
        if (lineEnd == std::string_view::npos && !m_lineStarts) return text;
        const std::size_t begin = lineEnd == std::string_view::npos ? 0 : lineEnd + 1;
        return stripLeft(text.substr(begin)).empty() ? text.substr(0, begin) : text;
    }

    void readComment(Place begin) {
        const std::size_t end = m_source.find("#}", m_at);
        if (end == std::string::npos) failSyntax(begin, "#}", "end of the template");
        const char sign = end > m_at ? m_source[end - 1] : '\0';
        m_at = end + 2;
        afterTag(sign, true);
    }

    /// What follows a tag: "-" takes all white space along, trim_blocks one line end.
    void afterTag(char sign, bool trims) {
        const std::size_t before = m_at;
        if (sign == '-')
            m_at = m_source.size() - stripLeft(rest()).size();
        else if (sign != '+' && trims && m_at < m_source.size() && m_source[m_at] == '\n')
            ++m_at;
        m_lineStarts = m_at > before && m_source[m_at - 1] == '\n';
    }

    /// The end of the tag at hand, if it stands here: its length, else 0. Brackets must be closed before.
    [[nodiscard]] std::size_t tagEnd(bool isBlock, char& sign) const {
        if (!m_brackets.empty()) return 0;
        const std::string_view mark = isBlock ? "%}" : "}}";
        sign = '\0';
        if (rest().starts_with(mark)) return 2;
        const bool isSigned = rest().starts_with('-') || (isBlock && rest().starts_with('+'));
        if (!isSigned || !rest().substr(1).starts_with(mark)) return 0;
        sign = rest().front();
        return 3;
    }

    void readTag(bool isBlock, Place begin) {
        m_brackets.clear();
        for (;;) {
            m_at = m_source.size() - stripLeft(rest()).size();
            if (m_at >= m_source.size()) failSyntax(begin, isBlock ? "%}" : "}}", "end of the template");
            char sign = '\0';
            if (const std::size_t length = tagEnd(isBlock, sign); length > 0) {
                put(isBlock ? Tok::BlockEnd : Tok::OutputEnd, isBlock ? "%}" : "}}");
                m_at += length;
                return afterTag(sign, isBlock);
            }
            readToken();
        }
    }

    void readToken() {
        const char c = m_source[m_at];
        if (isNameBegin(c)) return readWhile(Tok::Name, [](char each) { return isNameBegin(each) || isDigit(each); });
        if (isDigit(c)) return readNumber();
        if (c == '\'' || c == '"') return readText(c);
        readOperator();
    }

    template <class Belongs>
    void readWhile(Tok kind, Belongs belongs) {
        std::size_t end = m_at;
        while (end < m_source.size() && belongs(m_source[end])) ++end;
        put(kind, m_source.substr(m_at, end - m_at));
        m_at = end;
    }

    void readNumber() {
        std::size_t end = m_at;
        const auto digits = [&] {
            while (end < m_source.size() && isDigit(m_source[end])) ++end;
        };
        const auto at = [&](std::size_t i) { return i < m_source.size() ? m_source[i] : '\0'; };
        digits();
        bool isReal = false;
        if (at(end) == '.' && isDigit(at(end + 1))) {
            isReal = true;
            ++end;
            digits();
        }
        const std::size_t exponent = at(end + 1) == '+' || at(end + 1) == '-' ? end + 2 : end + 1;
        if ((at(end) == 'e' || at(end) == 'E') && isDigit(at(exponent))) {
            isReal = true;
            end = exponent;
            digits();
        }
        if (isNameBegin(at(end))) failUnsupported(place(), "a number written " + m_source.substr(m_at, end - m_at + 1));
        put(isReal ? Tok::Real : Tok::Integer, m_source.substr(m_at, end - m_at));
        m_at = end;
    }

    void readText(char quote) {
        const Place begin = place();
        std::size_t end = m_at + 1;
        while (end < m_source.size() && m_source[end] != quote) end += m_source[end] == '\\' ? 2 : 1;
        if (end >= m_source.size()) failSyntax(begin, std::string(1, quote), "end of the template");
        put(Tok::String, unescape(std::string_view(m_source).substr(m_at + 1, end - m_at - 1), begin));
        m_at = end + 1;
    }

    /// Python's escapes.
    static std::string unescape(std::string_view raw, Place place) {
        std::string out;
        for (std::size_t i = 0; i < raw.size(); ++i) {
            if (raw[i] != '\\' || i + 1 >= raw.size()) {
                out += raw[i];
                continue;
            }
            const char c = raw[++i];
            static constexpr std::string_view from = "ntrabfv0\\'\"", to = {"\n\t\r\a\b\f\v\0\\'\"", 11};
            const std::size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
            if (digits > 0) {
                appendUtf8(out, scalarOf(raw.substr(i + 1, digits), digits, place));
                i += digits;
            } else if (const std::size_t known = from.find(c); known != std::string_view::npos) {
                out += to[known];
            } else if (c != '\n') {
                (out += '\\') += c;
            }
        }
        return out;
    }

    static char32_t scalarOf(std::string_view digits, std::size_t count, Place place) {
        char32_t value = 0;
        for (const char c : digits) {
            const int digit = isDigit(c)             ? c - '0'
                              : c >= 'a' && c <= 'f' ? c - 'a' + 10
                              : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                     : -1;
            if (digit < 0) failSyntax(place, "hexadecimal digits", std::string(digits));
            value = value * 16 + static_cast<char32_t>(digit);
        }
        if (digits.size() < count || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
            failSyntax(place, "a character", std::string(digits));
        return value;
    }

    void readOperator() {
        static constexpr std::array<std::string_view, 25> operators{"//", "**", "==", "!=", ">=", "<=", "+", "-", "/",
                                                                    "*",  "%",  "~",  "[",  "]",  "(",  ")", "{", "}",
                                                                    ">",  "<",  "=",  ".",  ":",  "|",  ","};
        const auto* const found = std::find_if(operators.begin(), operators.end(),
                                               [&](std::string_view each) { return rest().starts_with(each); });
        if (found == operators.end()) {
            const Utf8Scalar scalar = decodeUtf8(m_source, m_at);
            failSyntax(place(), "an expression", m_source.substr(m_at, scalar.length));
        }
        track(found->front());
        put(Tok::Operator, std::string(*found));
        m_at += found->size();
    }

    void track(char c) {
        constexpr std::string_view open = "([{", close = ")]}";
        if (open.find(c) != std::string_view::npos) m_brackets.push_back(close[open.find(c)]);
        if (close.find(c) == std::string_view::npos) return;
        if (m_brackets.empty() || m_brackets.back() != c)
            failSyntax(place(), m_brackets.empty() ? "an expression" : std::string(1, m_brackets.back()),
                       std::string(1, c));
        m_brackets.pop_back();
    }

    std::string m_source;
    std::size_t m_at = 0, m_placed = 0;
    Place m_place;
    bool m_lineStarts = true;
    std::string m_brackets; ///< that must still be closed
    std::vector<Token> m_tokens;
};

} // namespace

std::vector<Token> tokenize(std::string_view source) {
    return Lexer(source).run();
}

} // namespace vitrine::lm::jinja
