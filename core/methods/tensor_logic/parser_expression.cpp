// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/statementparser.hpp"

namespace vitrine::tl {

using Kind = ast::Expr::Kind;

namespace {

/// Tokens that a factor can start with: two of them side by side are multiplied.
bool startsBase(Tok kind) {
    return kind == Tok::Integer || kind == Tok::Real || kind == Tok::String || kind == Tok::Name ||
           kind == Tok::OpenRound;
}

} // namespace

StatementParser::Tall StatementParser::join(Kind kind, Tall left, Tall right, ByteRange operatorRange) const {
    Tall result;
    result.height = 1 + std::max(left.height, right.height);
    checkHeight(result.height);
    result.expr.kind = kind;
    result.expr.range = {left.expr.range.begin, right.expr.range.end};
    result.expr.operatorRange = operatorRange;
    result.expr.operands.reserve(2);
    result.expr.operands.push_back(std::move(left.expr));
    result.expr.operands.push_back(std::move(right.expr));
    return result;
}

StatementParser::Tall StatementParser::negated(Tall operand, std::uint32_t begin) const {
    Tall result;
    result.height = operand.height + 1;
    checkHeight(result.height);
    result.expr.kind = Kind::Negate;
    result.expr.range = {begin, operand.expr.range.end};
    result.expr.operatorRange = {begin, begin + 1};
    result.expr.operands.push_back(std::move(operand.expr));
    return result;
}

StatementParser::Tall StatementParser::sum() {
    const std::uint32_t begin = peek().begin;
    const bool isNegative = is(Tok::Minus);
    if (isNegative || is(Tok::Plus)) ++m_at;
    Tall left;
    // The smallest integer of 64 bits has no positive twin that could be negated.
    if (isNegative && is(Tok::Integer) && !magnitude(peek(), false).isInteger && magnitude(peek(), true).isInteger)
        left = number(true, begin);
    else
        left = isNegative ? negated(product(), begin) : product();
    while (is(Tok::Plus) || is(Tok::Minus)) {
        const Token sign = take();
        const Kind kind = sign.kind == Tok::Plus ? Kind::Add : Kind::Subtract;
        left = join(kind, std::move(left), product(), {sign.begin, sign.end});
    }
    return left;
}

StatementParser::Tall StatementParser::product() {
    Tall left = power();
    while (true) {
        const Token sign = peek();
        if (sign.kind == Tok::Star || sign.kind == Tok::Slash || sign.kind == Tok::Percent) {
            ++m_at;
            const Kind kind = sign.kind == Tok::Star    ? Kind::Multiply
                              : sign.kind == Tok::Slash ? Kind::Divide
                                                        : Kind::Modulo;
            left = join(kind, std::move(left), power(), {sign.begin, sign.end});
        } else if (startsBase(sign.kind)) {
            left = join(Kind::Multiply, std::move(left), power(), {});
            left.expr.isJuxtaposed = true;
        } else {
            return left;
        }
    }
}

StatementParser::Tall StatementParser::power() {
    Tall left = base();
    if (!is(Tok::Caret)) return left;
    const Nesting nesting(*this); // to the right: a^b^c is a^(b^c)
    const Token sign = take();
    const std::uint32_t begin = peek().begin;
    const bool isNegative = accept(Tok::Minus);
    Tall exponent = power();
    if (isNegative) exponent = negated(std::move(exponent), begin);
    return join(Kind::Power, std::move(left), std::move(exponent), {sign.begin, sign.end});
}

StatementParser::Tall StatementParser::base() {
    const Token& token = peek();
    switch (token.kind) {
    case Tok::Integer:
    case Tok::Real:
        return number(false, token.begin);
    case Tok::OpenRound:
        return parenthesised();
    case Tok::String: {
        Tall result;
        result.expr.kind = Kind::String;
        result.expr.range = {token.begin, token.end};
        result.expr.text = stringOf(take());
        return result;
    }
    case Tok::Name: {
        if (token.isLower && peek(1).kind == Tok::OpenRound) return call();
        Tall result;
        result.expr.kind = Kind::Ref;
        result.expr.ref = ref();
        result.expr.range = result.expr.ref.range;
        return result;
    }
    default:
        fail("an expression");
    }
}

StatementParser::Tall StatementParser::number(bool isNegative, std::uint32_t begin) {
    Tall result;
    const Magnitude value = magnitude(peek(), isNegative);
    result.expr.kind = value.isInteger ? Kind::Integer : Kind::Real;
    result.expr.integer = value.integer;
    result.expr.real = value.real;
    result.expr.range = {begin, take().end};
    return result;
}

StatementParser::Tall StatementParser::parenthesised() {
    const Nesting nesting(*this);
    const std::uint32_t begin = take().begin;
    Tall inner = sum();
    expect(Tok::CloseRound, "an operator or `)`");
    inner.expr.isParenthesised = true;
    inner.expr.range = {begin, endOfLast()};
    return inner;
}

StatementParser::Tall StatementParser::call() {
    Tall result;
    const Token name = take();
    result.expr.kind = Kind::Call;
    result.expr.text = nameOf(name);
    result.expr.operatorRange = {name.begin, name.end};
    const Nesting nesting(*this);
    ++m_at;
    do {
        Tall argument = sum();
        result.height = std::max(result.height, argument.height + 1);
        result.expr.operands.push_back(std::move(argument.expr));
    } while (accept(Tok::Comma));
    checkHeight(result.height);
    expect(Tok::CloseRound, "an operator, `,` or `)`");
    result.expr.range = {name.begin, endOfLast()};
    return result;
}

} // namespace vitrine::tl
