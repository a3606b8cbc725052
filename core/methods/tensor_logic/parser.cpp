// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/parser.hpp"

#include "core/methods/tensor_logic/statementparser.hpp"

namespace vitrine::tl {

namespace {

constexpr std::size_t MaxProgramBytes = 64u << 20;
constexpr std::size_t MaxErrors = 1000;

void add(Diagnostics& diagnostics, const char* code, const char* message, std::size_t argument, ByteRange range) {
    Diagnostic found;
    found.code = code;
    found.message = message;
    found.arguments = {std::to_string(argument)};
    found.range = range;
    diagnostics.push_back(std::move(found));
}

std::optional<ast::ProjectOp> projectOpOf(Tok kind) {
    switch (kind) {
    case Tok::Assign:
    case Tok::PlusAssign:
        return ast::ProjectOp::Sum;
    case Tok::MaxAssign:
        return ast::ProjectOp::Max;
    case Tok::MinAssign:
        return ast::ProjectOp::Min;
    case Tok::AvgAssign:
        return ast::ProjectOp::Average;
    case Tok::StarAssign:
        return ast::ProjectOp::Product;
    default:
        return std::nullopt;
    }
}

std::optional<ast::TypeName> typeOf(std::string_view name) {
    if (name == "bool") return ast::TypeName::Bool;
    if (name == "int") return ast::TypeName::Int;
    if (name == "real") return ast::TypeName::Real;
    return std::nullopt;
}

} // namespace

Parsed parse(const Source& source) {
    Parsed parsed;
    if (source.text().size() > MaxProgramBytes) {
        add(parsed.diagnostics, "E-LEX", "the program is longer than %1 bytes", MaxProgramBytes, {0, 0});
        return parsed;
    }
    StatementLexer lexer(source, parsed.diagnostics);
    while (lexer.next()) {
        if (!lexer.hasErrors()) {
            try {
                parsed.program.statements.push_back(StatementParser(source.text(), lexer.tokens()).statement());
            } catch (SyntaxError& error) {
                parsed.diagnostics.push_back(std::move(error.diagnostic));
                lexer.recoverFrom(error.token);
            }
        }
        if (parsed.diagnostics.size() < MaxErrors) continue;
        const Token& last = lexer.tokens().back();
        add(parsed.diagnostics, "E-SYNTAX", "more than %1 errors: the rest of the program was not read", MaxErrors,
            {last.begin, last.end});
        break;
    }
    sortDiagnostics(parsed.diagnostics);
    return parsed;
}

ast::Statement StatementParser::statement() {
    ast::Statement result;
    result.range.begin = peek().begin;
    if (is(Tok::At))
        result.body = directive();
    else if (is(Tok::String))
        result.body = write();
    else if (is(Tok::Name))
        fromRef(result);
    else
        fail("a statement");
    expectEnd("an operator or the end of the statement");
    result.range.end = endOfLast();
    return result;
}

ast::Directive StatementParser::directive() {
    ast::Directive result;
    ++m_at;
    const Token& name = expect(Tok::Name, "the name of a directive");
    result.name = nameOf(name);
    result.nameRange = {name.begin, name.end};
    int depth = 0;
    while (!isEnd() || depth > 0) {
        result.words.push_back(directiveWord(depth));
        if (result.words.back().text == "{" && result.words.back().kind == ast::Directive::Word::Kind::Punctuation)
            ++depth;
        if (result.words.back().text == "}" && result.words.back().kind == ast::Directive::Word::Kind::Punctuation)
            --depth;
    }
    return result;
}

ast::Directive::Word StatementParser::directiveWord(int depth) {
    using WordKind = ast::Directive::Word::Kind;
    const char* expected = depth > 0 ? "a name, a number, `,` or `}`" : "a name, a number, a string, `=`, `,` or `{`";
    const std::uint32_t begin = peek().begin;
    const bool isNegative = accept(Tok::Minus);
    const Token& token = peek();
    ast::Directive::Word word{WordKind::Name, {}, {begin, token.end}};
    if (token.kind == Tok::Integer || token.kind == Tok::Real) {
        word.kind = WordKind::Number;
        word.text = (isNegative ? "-" : "") + std::string(slice(token));
    } else if (isNegative) {
        fail("a number");
    } else if (token.kind == Tok::Name) {
        word.text = nameOf(token);
    } else if (token.kind == Tok::String) {
        word.kind = WordKind::String;
        word.text = stringOf(token);
    } else if (token.kind == Tok::Comma || token.kind == Tok::OpenBrace ||
               (depth > 0 ? token.kind == Tok::CloseBrace : token.kind == Tok::Assign)) {
        word.kind = WordKind::Punctuation;
        word.text = std::string(slice(token));
    } else {
        fail(expected);
    }
    ++m_at;
    return word;
}

ast::Write StatementParser::write() {
    ast::Write result;
    const Token& file = take();
    result.file = stringOf(file);
    result.fileRange = {file.begin, file.end};
    expect(Tok::Assign, "`=`");
    result.source = ref();
    expectEnd("the end of the statement");
    return result;
}

void StatementParser::fromRef(ast::Statement& statement) {
    ast::Ref head = ref();
    const bool isAtom = head.bracket == ast::Bracket::Round;
    if (is(Tok::Colon)) {
        statement.body = declaration(std::move(head));
    } else if (accept(Tok::Question)) {
        expectEnd("the end of the statement");
        statement.body = ast::Query{std::move(head)};
    } else if (projectOpOf(peek().kind)) {
        equation(statement, std::move(head));
    } else if (isAtom && is(Tok::Arrow)) {
        statement.body = rule(std::move(head));
    } else if (isAtom && (is(Tok::Comma) || isEnd())) {
        statement.body = facts(std::move(head));
    } else {
        failAfterRef(head);
    }
}

void StatementParser::failAfterRef(const ast::Ref& ref) const {
    const std::string_view word = is(Tok::Name) ? slice(peek()) : std::string_view();
    if ((word == "max" || word == "min" || word == "avg") && peek(1).kind == Tok::Assign)
        fail("`=` or `?`", "write max=, min= or avg= without a blank");
    if (ref.bracket == ast::Bracket::Round) fail("`=`, `<-`, `,`, `?` or the end of the statement");
    if (is(Tok::Arrow)) fail("`=`, `:` or `?`", "the head of a rule has parentheses");
    fail("`=`, `:` or `?`");
}

ast::Declaration StatementParser::declaration(ast::Ref ref) {
    ast::Declaration result;
    result.ref = std::move(ref);
    ++m_at;
    const auto type = is(Tok::Name) ? typeOf(slice(peek())) : std::nullopt;
    if (!type) fail("`bool`, `int` or `real`");
    result.type = *type;
    ++m_at;
    if (accept(Tok::OpenSquare)) {
        result.sizes.emplace();
        do result.sizes->push_back(declaredSize());
        while (accept(Tok::Comma));
        expect(Tok::CloseSquare, "`,` or `]`");
    }
    expectEnd("`[` or the end of the statement");
    return result;
}

ast::Declaration::Size StatementParser::declaredSize() {
    ast::Declaration::Size size;
    size.range = {peek().begin, peek().end};
    if (is(Tok::Integer))
        size.integer = smallInteger(peek(), false);
    else if (is(Tok::Name))
        size.name = nameOf(peek());
    else
        fail("a size");
    ++m_at;
    return size;
}

ast::Facts StatementParser::facts(ast::Ref first) {
    ast::Facts result;
    result.atoms.push_back(std::move(first));
    while (accept(Tok::Comma)) result.atoms.push_back(atom());
    expectEnd("`,` or the end of the statement");
    return result;
}

void StatementParser::equation(ast::Statement& statement, ast::Ref head) {
    const Token& sign = take();
    const bool isPlain = sign.kind == Tok::Assign, isPlus = sign.kind == Tok::PlusAssign;
    if (isPlain && is(Tok::String) && (peek(1).kind == Tok::End || peek(1).kind == Tok::EndOfFile)) {
        const Token& file = take();
        statement.body = ast::Read{std::move(head), stringOf(file), {file.begin, file.end}};
        return;
    }
    if ((isPlain || isPlus) && is(Tok::OpenSquare)) {
        statement.body = ast::LiteralEquation{std::move(head), list()};
        expectEnd("the end of the statement");
        return;
    }
    ast::Equation result;
    result.head = std::move(head);
    result.op = *projectOpOf(sign.kind);
    result.isPlusEquals = isPlus;
    result.opRange = {sign.begin, sign.end};
    result.value = expression();
    statement.body = std::move(result);
}

ast::List StatementParser::list() {
    const Nesting nesting(*this);
    ast::List result;
    result.range.begin = take().begin;
    if (!accept(Tok::CloseSquare)) {
        do result.items.push_back(listItem());
        while (accept(Tok::Comma));
        expect(Tok::CloseSquare, "`,` or `]`");
    }
    result.range.end = endOfLast();
    return result;
}

ast::List StatementParser::listItem() {
    if (is(Tok::OpenSquare)) return list();
    ast::List item;
    item.isNumber = true;
    item.range.begin = peek().begin;
    const bool isNegative = accept(Tok::Minus);
    if (!is(Tok::Integer) && !is(Tok::Real)) fail(isNegative ? "a number" : "a number or `[`");
    const Magnitude value = magnitude(peek(), isNegative);
    item.isInteger = value.isInteger;
    item.integer = value.integer;
    item.real = value.real;
    ++m_at;
    item.range.end = endOfLast();
    return item;
}

} // namespace vitrine::tl
