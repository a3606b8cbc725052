// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/ast.hpp"

namespace vitrine::tl {

struct Parsed {
    ast::Program program; ///< the statements that could be read
    Diagnostics diagnostics;
};

/// Lexes and parses a whole program (digest 2.3, 2.4), recovering at the end of a statement: every independent error
/// is reported. Never fails otherwise; nesting deeper than 200 is E-SYNTAX. \cost O(text).
[[nodiscard]] Parsed parse(const Source& source);

/// Tokens for highlighting: also of text that does not parse.
enum class TokenKind { Name, Variable, Number, String, Operator, Bracket, Comment, Directive, Function, Error };
struct HighlightToken {
    ByteRange range;
    TokenKind kind;
};
[[nodiscard]] std::vector<HighlightToken> highlightTokens(std::string_view text);

} // namespace vitrine::tl
