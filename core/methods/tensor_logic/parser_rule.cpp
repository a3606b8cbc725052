// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/statementparser.hpp"

namespace vitrine::tl {

namespace {

std::optional<ast::CompareOp> compareOpOf(Tok kind) {
    switch (kind) {
    case Tok::Assign:
    case Tok::Equal:
        return ast::CompareOp::Equal;
    case Tok::NotEqual:
        return ast::CompareOp::NotEqual;
    case Tok::Less:
        return ast::CompareOp::Less;
    case Tok::LessEqual:
        return ast::CompareOp::LessEqual;
    case Tok::Greater:
        return ast::CompareOp::Greater;
    case Tok::GreaterEqual:
        return ast::CompareOp::GreaterEqual;
    default:
        return std::nullopt;
    }
}

bool isArithmetic(Tok kind) {
    return kind == Tok::Plus || kind == Tok::Minus || kind == Tok::Star || kind == Tok::Slash || kind == Tok::Caret ||
           kind == Tok::Percent;
}

} // namespace

ast::Rule StatementParser::rule(ast::Ref head) {
    ast::Rule result;
    result.head = std::move(head);
    ++m_at;
    do result.body.push_back(bodyLiteral());
    while (accept(Tok::Comma));
    if (isEnd()) return result;
    if (is(Tok::Arrow) && slice(peek()) == "<-")
        fail("`,` or the end of the statement", "write < - for less than a negative number");
    fail("`,` or the end of the statement");
}

ast::Literal StatementParser::bodyLiteral() {
    ast::Literal result;
    result.range.begin = peek().begin;
    const bool isNegated = accept(Tok::Not);
    if (!isNegated && !isAtomAhead()) return comparison();
    result.kind = isNegated ? ast::Literal::Kind::NegatedAtom : ast::Literal::Kind::Atom;
    result.atom = atom();
    result.range.end = endOfLast();
    return result;
}

/// NAME(...) is an atom unless a comparison or an arithmetic operator follows it.
bool StatementParser::isAtomAhead() const {
    if (!is(Tok::Name) || peek(1).kind != Tok::OpenRound) return false;
    int depth = 0;
    std::size_t at = m_at + 1;
    for (; at < m_tokens.size(); ++at) {
        if (isOpening(m_tokens[at].kind)) ++depth;
        if (isClosing(m_tokens[at].kind) && --depth == 0) break;
    }
    if (at + 1 >= m_tokens.size()) return true;
    const Tok following = m_tokens[at + 1].kind;
    return !compareOpOf(following) && !isArithmetic(following);
}

ast::Literal StatementParser::comparison() {
    ast::Literal result;
    result.kind = ast::Literal::Kind::Comparison;
    result.range.begin = peek().begin;
    result.left = expression();
    const auto op = compareOpOf(peek().kind);
    if (!op && is(Tok::Arrow) && slice(peek()) == "<-")
        fail("a comparison", "write < - for less than a negative number");
    if (!op) fail("a comparison");
    result.op = *op;
    ++m_at;
    result.right = expression();
    result.range.end = endOfLast();
    return result;
}

} // namespace vitrine::tl
