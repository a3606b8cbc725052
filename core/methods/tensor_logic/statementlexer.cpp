// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/lexer.hpp"

#include "core/methods/tensor_logic/utf8.hpp"

namespace vitrine::tl {

namespace {

constexpr int MaxSecondPasses = 20;

/// A line of text read for its shape only: does an = ? <- stand outside the brackets that it opens itself?
class LineProbe {
  public:
    LineProbe(std::string_view text, std::size_t at) : m_text(text), m_at(at) {}

    [[nodiscard]] bool looksLikeStatement() {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t')) ++m_at;
        if (m_at >= m_text.size()) return false;
        const char first = m_text[m_at];
        if (first == '@') return true;
        const bool isWord = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '_' ||
                            static_cast<unsigned char>(first) >= 0x80;
        return (isWord || first == '"') && hasStatementSign();
    }

  private:
    bool hasStatementSign() {
        int depth = 0;
        char last = ' ';
        for (; m_at < m_text.size() && m_text[m_at] != '\n'; ++m_at) {
            const char c = m_text[m_at];
            const char following = m_at + 1 < m_text.size() ? m_text[m_at + 1] : '\n';
            if (c == '#' || (c == '/' && (following == '/' || following == '*'))) return false;
            if (c == '"')
                skipString();
            else if (c == '(' || c == '[' || c == '{')
                ++depth;
            else if ((c == ')' || c == ']' || c == '}') && --depth < 0)
                return false;
            else if (depth == 0 && (c == '=' || c == '?' || (c == '<' && following == '-')))
                return true;
            else if (depth == 0 && c == ':' && following == '-' && last == ')')
                return true;
            if (c != ' ') last = c;
        }
        return false;
    }
    void skipString() {
        do ++m_at;
        while (m_at + 1 < m_text.size() && m_text[m_at] != '"' && m_text[m_at + 1] != '\n');
    }

    std::string_view m_text;
    std::size_t m_at;
};

} // namespace

StatementLexer::StatementLexer(const Source& source, Diagnostics& diagnostics)
    : m_text(source.text()), m_diagnostics(diagnostics), m_scanner(m_text) {}

bool StatementLexer::next() {
    if (m_hasErrors && m_resumeAt != 0) m_scanner = Scanner(m_text, m_resumeAt);
    readStatement();
    return m_tokens.size() > 1 || m_hasErrors;
}

void StatementLexer::readStatement() {
    m_tokens.clear();
    m_depth = m_resumeAt = 0;
    m_hasErrors = m_isStringOpen = false;
    bool isInDirective = false;
    while (take(m_scanner.next({m_depth > 0, isInDirective})))
        isInDirective = !m_tokens.empty() && m_tokens.front().kind == Tok::At;
}

bool StatementLexer::take(const Token& token) {
    Token taken = token;
    switch (token.kind) {
    case Tok::Comment:
        return true;
    case Tok::Newline:
        return takeNewline(token);
    case Tok::Error:
        reportError(token);
        if (!m_scanner.isInComment()) m_tokens.push_back(token); // stands for an operand: a newline ends the statement
        return true;
    case Tok::Semicolon:
    case Tok::Dot:
        if (m_depth > 0) break;
        if (m_tokens.empty() && !m_hasErrors) return true; // an empty statement
        taken.kind = Tok::End;
        m_tokens.push_back(taken);
        return false;
    case Tok::EndOfFile:
        m_tokens.push_back(token);
        return false;
    default:
        break;
    }
    if (isOpening(token.kind)) ++m_depth;
    if (isClosing(token.kind) && m_depth > 0) --m_depth;
    m_tokens.push_back(taken);
    return true;
}

bool StatementLexer::takeNewline(const Token& token) {
    if (m_tokens.empty() && !m_hasErrors) return true;
    const bool isContinued = m_depth > 0 || (!m_tokens.empty() && continuesLine(m_tokens.back().kind));
    bool isEnd = !isContinued || m_isStringOpen;
    if (m_depth > 0 && !isEnd) {
        if (m_resumeAt != 0)
            isEnd = true; // the line that looks like a statement has been read
        else if (startsStatement(m_scanner.offset()))
            m_resumeAt = m_scanner.offset();
    }
    if (!isEnd) return true;
    m_tokens.push_back({Tok::End, false, token.begin, token.end});
    return false;
}

void StatementLexer::reportError(const Token& token) {
    m_hasErrors = true;
    m_isStringOpen = m_isStringOpen || m_text[token.begin] == '"';
    Diagnostic found;
    found.code = "E-LEX";
    found.message = m_scanner.error();
    found.range = {token.begin, token.end};
    const std::string text = m_text.substr(token.begin, token.end - token.begin);
    if (found.message.find("%1") != std::string::npos) {
        const bool isControl = static_cast<unsigned char>(text[0]) < 0x20 || text[0] == 0x7F;
        found.arguments.push_back(
            isControl ? "U+00" + std::string(1, "01234567"[text[0] >> 4]) + "0123456789ABCDEF"[text[0] & 15] : text);
    }
    if (const char* replacement = m_scanner.replacement()) {
        found.message += ": write %2";
        found.arguments.emplace_back(replacement);
        found.fixes.push_back({"Write %1", {replacement}, found.range, replacement});
    }
    m_diagnostics.push_back(std::move(found));
}

bool StatementLexer::startsStatement(std::uint32_t lineBegin) const {
    return LineProbe(m_text, lineBegin).looksLikeStatement();
}

void StatementLexer::recoverFrom(std::size_t index) {
    if (m_resumeAt != 0) {
        m_scanner = Scanner(m_text, m_resumeAt);
        return;
    }
    // Everything up to the end of the text was swallowed by a bracket: go on below the line of the error. Each time
    // costs a pass over the rest of the text.
    if (m_depth == 0 || m_tokens.back().kind != Tok::EndOfFile || ++m_secondPasses > MaxSecondPasses) return;
    const std::size_t newline = m_text.find('\n', m_tokens[index].begin);
    if (newline != std::string::npos) m_scanner = Scanner(m_text, static_cast<std::uint32_t>(newline + 1));
}

} // namespace vitrine::tl
