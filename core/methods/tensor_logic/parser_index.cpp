// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/statementparser.hpp"

namespace vitrine::tl {

using IndexKind = ast::IndexExpr::Kind;

ast::Ref StatementParser::ref() {
    ast::Ref result;
    const Token& name = expect(Tok::Name, "a name");
    result.name = nameOf(name);
    result.nameRange = result.range = {name.begin, name.end};
    if (accept(Tok::OpenSquare)) {
        result.bracket = ast::Bracket::Square;
        indices(result, Tok::CloseSquare, "`,` or `]`");
    } else if (accept(Tok::OpenRound)) {
        result.bracket = ast::Bracket::Round;
        indices(result, Tok::CloseRound, "`,` or `)`");
    }
    return result;
}

ast::Ref StatementParser::atom() {
    if (!is(Tok::Name)) fail("an atom such as R(x, y)");
    if (peek(1).kind == Tok::OpenRound) return ref();
    ++m_at;
    fail("`(`");
}

void StatementParser::indices(ast::Ref& ref, Tok close, const char* expected) {
    const Nesting nesting(*this);
    if (!accept(close)) {
        do ref.indices.push_back(index());
        while (accept(Tok::Comma));
        expect(close, expected);
    }
    ref.range.end = endOfLast();
}

ast::Index StatementParser::index() {
    ast::Index result;
    result.range.begin = peek().begin;
    result.isVirtual = accept(Tok::Star);
    if (!result.isVirtual && accept(Tok::Colon)) {
        result.isSlice = true;
    } else {
        result.first = indexExpr();
        result.isSlice = !result.isVirtual && accept(Tok::Colon);
    }
    if (result.isSlice) {
        if (!is(Tok::Comma) && !isClosing(peek().kind)) result.last = indexExpr();
    } else {
        result.isNormalised = accept(Tok::Dot);
    }
    result.range.end = endOfLast();
    return result;
}

StatementParser::TallIndex StatementParser::join(IndexKind kind, TallIndex left, TallIndex right) const {
    TallIndex result;
    result.height = 1 + std::max(left.height, right.height);
    checkHeight(result.height);
    result.expr.kind = kind;
    result.expr.range = {left.expr.range.begin, right.expr.range.end};
    result.expr.operands.reserve(2);
    result.expr.operands.push_back(std::move(left.expr));
    result.expr.operands.push_back(std::move(right.expr));
    return result;
}

StatementParser::TallIndex StatementParser::indexSum() {
    TallIndex left = indexProduct();
    while (is(Tok::Plus) || is(Tok::Minus)) {
        const IndexKind kind = take().kind == Tok::Plus ? IndexKind::Add : IndexKind::Subtract;
        left = join(kind, std::move(left), indexProduct());
    }
    return left;
}

StatementParser::TallIndex StatementParser::indexProduct() {
    TallIndex left = indexAtom();
    while (is(Tok::Star) || is(Tok::Slash) || is(Tok::Percent)) {
        const Tok sign = take().kind;
        const IndexKind kind = sign == Tok::Star    ? IndexKind::Multiply
                               : sign == Tok::Slash ? IndexKind::Divide
                                                    : IndexKind::Modulo;
        left = join(kind, std::move(left), indexAtom());
    }
    return left;
}

StatementParser::TallIndex StatementParser::indexAtom() {
    TallIndex result;
    ast::IndexExpr& expr = result.expr;
    expr.range.begin = peek().begin;
    const bool isNegative = accept(Tok::Minus);
    if (is(Tok::Integer)) {
        expr.integer = smallInteger(peek(), isNegative);
        ++m_at;
    } else if (isNegative) {
        if (is(Tok::Name)) fail("an integer", "write 0 - ... for a negated variable");
        fail("an integer");
    } else if (is(Tok::Name)) {
        expr.kind = IndexKind::Name;
        expr.text = nameOf(take());
    } else if (is(Tok::String)) {
        expr.kind = IndexKind::String;
        expr.text = stringOf(take());
    } else if (is(Tok::OpenRound)) {
        const Nesting nesting(*this);
        ++m_at;
        result = indexSum();
        expect(Tok::CloseRound, "`)`");
    } else {
        fail("an index");
    }
    expr.range.end = endOfLast();
    return result;
}

} // namespace vitrine::tl
