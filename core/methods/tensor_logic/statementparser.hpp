// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/ast.hpp"
#include "core/methods/tensor_logic/lexer.hpp"

#include <cstddef>
#include <span>
#include <string>

/// Recursive descent over the tokens of one statement (digest 2.4).
namespace vitrine::tl {

inline constexpr int MaxNesting = 200; ///< brackets and calls inside each other
inline constexpr int MaxHeight = 1000; ///< of the tree, chains of operators included: others walk it recursively

/// Thrown inside the parser only; `parse` turns it into a diagnostic.
struct SyntaxError {
    std::size_t token = 0;
    Diagnostic diagnostic;
};

class StatementParser {
  public:
    /// \param tokens  not empty; End or EndOfFile last
    StatementParser(std::string_view text, std::span<const Token> tokens) : m_text(text), m_tokens(tokens) {}
    [[nodiscard]] ast::Statement statement();

  private:
    /// An expression with the height of its tree.
    struct Tall {
        ast::Expr expr;
        int height = 1;
    };
    struct TallIndex {
        ast::IndexExpr expr;
        int height = 1;
    };
    struct Magnitude {
        bool isInteger = false; ///< of 64 bits, its sign included
        std::int64_t integer = 0;
        double real = 0;
    };
    class Nesting;

    // Statements (parser.cpp).
    [[nodiscard]] ast::Directive directive();
    [[nodiscard]] ast::Directive::Word directiveWord(int depth);
    [[nodiscard]] ast::Write write();
    void fromRef(ast::Statement& statement);
    [[nodiscard]] ast::Declaration declaration(ast::Ref ref);
    [[nodiscard]] ast::Declaration::Size declaredSize();
    [[nodiscard]] ast::Facts facts(ast::Ref first);
    [[nodiscard]] ast::Rule rule(ast::Ref head);
    [[nodiscard]] ast::Literal bodyLiteral();
    [[nodiscard]] ast::Literal comparison();
    [[nodiscard]] bool isAtomAhead() const;
    void equation(ast::Statement& statement, ast::Ref head);
    [[nodiscard]] ast::List list();
    [[nodiscard]] ast::List listItem();
    [[noreturn]] void failAfterRef(const ast::Ref& ref) const;

    // References and index positions (parser_index.cpp).
    [[nodiscard]] ast::Ref ref();
    [[nodiscard]] ast::Ref atom();
    void indices(ast::Ref& ref, Tok close, const char* expected);
    [[nodiscard]] ast::Index index();
    [[nodiscard]] ast::IndexExpr indexExpr() { return indexSum().expr; }
    [[nodiscard]] TallIndex indexSum();
    [[nodiscard]] TallIndex indexProduct();
    [[nodiscard]] TallIndex indexAtom();
    [[nodiscard]] TallIndex join(ast::IndexExpr::Kind kind, TallIndex left, TallIndex right) const;

    // Expressions (parser_expression.cpp).
    [[nodiscard]] ast::Expr expression() { return sum().expr; }
    [[nodiscard]] Tall sum();
    [[nodiscard]] Tall product();
    [[nodiscard]] Tall power();
    [[nodiscard]] Tall base();
    [[nodiscard]] Tall parenthesised();
    [[nodiscard]] Tall number(bool isNegative, std::uint32_t begin);
    [[nodiscard]] Tall call();
    [[nodiscard]] Tall negated(Tall operand, std::uint32_t begin) const;
    [[nodiscard]] Tall join(ast::Expr::Kind kind, Tall left, Tall right, ByteRange operatorRange) const;

    // Tokens (parser_tokens.cpp).
    [[nodiscard]] const Token& peek(std::size_t ahead = 0) const {
        return m_tokens[std::min(m_at + ahead, m_tokens.size() - 1)];
    }
    [[nodiscard]] bool is(Tok kind) const { return peek().kind == kind; }
    [[nodiscard]] bool isEnd() const { return is(Tok::End) || is(Tok::EndOfFile); }
    const Token& take() { return m_tokens[m_at++]; }
    bool accept(Tok kind);
    const Token& expect(Tok kind, const char* expected);
    void expectEnd(const char* expected);
    [[nodiscard]] std::string_view slice(const Token& token) const;
    [[nodiscard]] std::string nameOf(const Token& token) const;
    [[nodiscard]] std::string stringOf(const Token& token) const;
    [[nodiscard]] Magnitude magnitude(const Token& token, bool isNegative) const;
    [[nodiscard]] std::int64_t smallInteger(const Token& token, bool isNegative) const;
    [[nodiscard]] std::uint32_t endOfLast() const { return m_at == 0 ? 0 : m_tokens[m_at - 1].end; }
    void checkHeight(int height) const;
    [[noreturn]] void fail(const char* expected) const;
    [[noreturn]] void fail(const char* expected, const char* hint) const;
    [[noreturn]] void failAs(const char* code, const char* message, std::vector<std::string> arguments) const;
    [[nodiscard]] std::string found() const;

    std::string_view m_text;
    std::span<const Token> m_tokens;
    std::size_t m_at = 0;
    int m_nesting = 0;
};

/// Counts brackets that are open while it lives.
class StatementParser::Nesting {
  public:
    explicit Nesting(StatementParser& parser);
    ~Nesting() { --m_parser.m_nesting; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

  private:
    StatementParser& m_parser;
};

} // namespace vitrine::tl
