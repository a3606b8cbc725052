// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/lexer.hpp"
#include "core/methods/tensor_logic/parser.hpp"

namespace vitrine::tl {

namespace {

TokenKind kindOf(const Token& token) {
    switch (token.kind) {
    case Tok::Name:
        return token.isLower ? TokenKind::Variable : TokenKind::Name;
    case Tok::Integer:
    case Tok::Real:
        return TokenKind::Number;
    case Tok::String:
        return TokenKind::String;
    case Tok::Comment:
        return TokenKind::Comment;
    case Tok::At:
        return TokenKind::Directive;
    case Tok::Error:
        return TokenKind::Error;
    default:
        return isOpening(token.kind) || isClosing(token.kind) ? TokenKind::Bracket : TokenKind::Operator;
    }
}

} // namespace

std::vector<HighlightToken> highlightTokens(std::string_view text) {
    std::vector<HighlightToken> tokens;
    Scanner scanner(text);
    bool isInDirective = false;
    int depth = 0;
    Tok last = Tok::Newline;
    for (Token token = scanner.next({}); token.kind != Tok::EndOfFile;
         token = scanner.next({depth > 0, isInDirective})) {
        const Tok before = last;
        last = token.kind;
        if (token.kind == Tok::Newline) {
            isInDirective = isInDirective && depth > 0;
            continue;
        }
        if (isOpening(token.kind)) ++depth;
        if (isClosing(token.kind) && depth > 0) --depth;
        HighlightToken shown{{token.begin, token.end}, kindOf(token)};
        if (token.kind == Tok::At) isInDirective = true;
        if (token.kind == Tok::Name && before == Tok::At) shown.kind = TokenKind::Directive;
        if (token.kind == Tok::OpenRound && before == Tok::Name && !tokens.empty() &&
            tokens.back().kind == TokenKind::Variable)
            tokens.back().kind = TokenKind::Function;
        if (token.kind == Tok::Error && text[token.begin] == '"') shown.kind = TokenKind::String; // still being typed
        tokens.push_back(shown);
    }
    return tokens;
}

} // namespace vitrine::tl
