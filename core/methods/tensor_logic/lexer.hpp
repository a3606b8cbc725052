// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/diagnostic.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// From text to tokens (digest 2.3). Tokens are byte ranges: nothing is copied.
namespace vitrine::tl {

enum class Tok : std::uint8_t {
    End, ///< of a statement: newline, `;`, or `.` outside brackets
    EndOfFile,
    Name,
    Integer,
    Real,
    String,
    At,
    Question,
    Comma,
    Colon,
    Dot,
    OpenRound,
    CloseRound,
    OpenSquare,
    CloseSquare,
    OpenBrace,
    CloseBrace,
    Plus,
    Minus,
    Star,
    Slash,
    Caret,
    Percent,
    Assign,
    PlusAssign,
    StarAssign,
    MaxAssign,
    MinAssign,
    AvgAssign,
    Arrow,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Not,
    Semicolon, ///< inside brackets, where it ends nothing
    Comment,
    Newline,
    Error
};

struct Token {
    Tok kind = Tok::EndOfFile;
    bool isLower = false; ///< of a Name: index variable rather than constant
    std::uint32_t begin = 0, end = 0;
};

[[nodiscard]] constexpr bool isOpening(Tok kind) {
    return kind == Tok::OpenRound || kind == Tok::OpenSquare || kind == Tok::OpenBrace;
}
[[nodiscard]] constexpr bool isClosing(Tok kind) {
    return kind == Tok::CloseRound || kind == Tok::CloseSquare || kind == Tok::CloseBrace;
}
/// A newline after such a token does not end the statement.
[[nodiscard]] bool continuesLine(Tok kind);

/// Cuts a text into tokens, comments and newlines, one by one.
class Scanner {
  public:
    explicit Scanner(std::string_view text, std::uint32_t at = 0) : m_text(text), m_at(at) {}
    /// `:-` and `<-` are arrows, outside brackets; `max=` is one token, outside directives.
    struct Context {
        bool isInsideBrackets = false;
        bool isInDirective = false;
    };
    /// Blanks are skipped. Past the end: EndOfFile.
    [[nodiscard]] Token next(Context context);
    [[nodiscard]] std::uint32_t offset() const { return m_at; }
    /// Of the last token, when it was an Error: a message id and, for characters, how to write it instead.
    [[nodiscard]] const char* error() const { return m_error; }
    [[nodiscard]] const char* replacement() const { return m_replacement; }
    /// The error stands inside a comment, where no token is missing.
    [[nodiscard]] bool isInComment() const { return m_isInComment; }

  private:
    Token make(Tok kind, std::uint32_t begin, std::uint32_t length);
    Token fail(std::uint32_t begin, std::uint32_t end, const char* message);
    Token scanAscii(Context context);
    Token scanUnicode();
    Token scanName(bool isLower, Context context);
    Token scanNumber();
    Token scanString();
    Token scanLineComment();
    Token scanBlockComment();
    Token scanOperator(Context context);
    [[nodiscard]] char peek(std::uint32_t ahead) const;
    void skipBlanks();

    std::string_view m_text;
    std::uint32_t m_at = 0;
    const char* m_error = nullptr;
    const char* m_replacement = nullptr;
    bool m_isInComment = false;
};

/// Tokens of one statement after another. After an opening bracket that is never closed the tokens of a statement end
/// with the next line that looks like a statement of its own, so that an error costs no more than one statement.
class StatementLexer {
  public:
    /// Both outlive the lexer. Lexical errors are added to `diagnostics`.
    StatementLexer(const Source& source, Diagnostics& diagnostics);
    /// Goes to the next statement that has any token; false at the end of the text.
    [[nodiscard]] bool next();
    /// Of the current statement; its End or EndOfFile comes last. What fits nowhere is an Error among them.
    [[nodiscard]] const std::vector<Token>& tokens() const { return m_tokens; }
    /// A lexical error was reported in the current statement: it is not to be parsed.
    [[nodiscard]] bool hasErrors() const { return m_hasErrors; }
    /// Gives up the current statement at token `index`: the next one starts at the first line that can be one.
    void recoverFrom(std::size_t index);

  private:
    void readStatement();
    /// False when the token ends the statement.
    [[nodiscard]] bool take(const Token& token);
    [[nodiscard]] bool takeNewline(const Token& token);
    void reportError(const Token& token);
    [[nodiscard]] bool startsStatement(std::uint32_t lineBegin) const;

    const std::string& m_text;
    Diagnostics& m_diagnostics;
    Scanner m_scanner;
    std::vector<Token> m_tokens;
    std::uint32_t m_depth = 0;
    std::uint32_t m_resumeAt = 0; ///< start of a line inside brackets that looks like a statement; 0: none
    int m_secondPasses = 0;
    bool m_hasErrors = false, m_isStringOpen = false;
};

} // namespace vitrine::tl
