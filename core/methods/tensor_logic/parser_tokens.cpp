// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/statementparser.hpp"

#include <charconv>
#include <cmath>

namespace vitrine::tl {

namespace {

constexpr std::size_t ShownBytes = 60; ///< of a token in a message

std::string shortened(std::string_view text) {
    if (text.size() <= ShownBytes) return std::string(text);
    std::size_t end = ShownBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
    return std::string(text.substr(0, end)) + "...";
}

} // namespace

StatementParser::Nesting::Nesting(StatementParser& parser) : m_parser(parser) {
    if (m_parser.m_nesting >= MaxNesting)
        m_parser.failAs("E-SYNTAX", "brackets are nested more than %1 deep", {std::to_string(MaxNesting)});
    ++m_parser.m_nesting;
}

bool StatementParser::accept(Tok kind) {
    if (!is(kind)) return false;
    ++m_at;
    return true;
}

const Token& StatementParser::expect(Tok kind, const char* expected) {
    if (!is(kind)) fail(expected);
    return take();
}

void StatementParser::expectEnd(const char* expected) {
    if (!isEnd()) fail(expected);
}

std::string_view StatementParser::slice(const Token& token) const {
    return m_text.substr(token.begin, token.end - token.begin);
}

/// Both primes are one: names differ by how many they have.
std::string StatementParser::nameOf(const Token& token) const {
    constexpr std::string_view prime = "\xE2\x80\xB2";
    std::string name(slice(token));
    for (std::size_t at = name.find(prime); at != std::string::npos; at = name.find(prime, at))
        name.replace(at, prime.size(), "'");
    return name;
}

std::string StatementParser::stringOf(const Token& token) const {
    return std::string(m_text.substr(token.begin + 1, token.end - token.begin - 2));
}

StatementParser::Magnitude StatementParser::magnitude(const Token& token, bool isNegative) const {
    const std::string_view digits = slice(token);
    const char* end = digits.data() + digits.size();
    Magnitude result;
    std::uint64_t value = 0;
    if (token.kind == Tok::Integer && std::from_chars(digits.data(), end, value).ec == std::errc{} &&
        value <= (1ULL << 63) - (isNegative ? 0 : 1)) {
        result.isInteger = true;
        result.integer = static_cast<std::int64_t>(isNegative ? 0 - value : value);
        result.real = static_cast<double>(result.integer);
        return result;
    }
    const std::errc problem = std::from_chars(digits.data(), end, result.real).ec;
    if (problem == std::errc::result_out_of_range) {
        // Too small is 0, too large is an error: only the exponent or the length tells them apart.
        const std::size_t exponent = digits.find_first_of("eE");
        const bool isSmall = exponent != std::string_view::npos && digits[exponent + 1] == '-';
        if (!isSmall && digits.find_first_not_of("0.") < std::min(exponent, digits.size()))
            failAs("E-LEX", "the number %1 is too large", {shortened(digits)});
        result.real = 0;
    }
    if (isNegative) result.real = -result.real;
    return result;
}

std::int64_t StatementParser::smallInteger(const Token& token, bool isNegative) const {
    const Magnitude value = magnitude(token, isNegative);
    if (!value.isInteger) failAs("E-LEX", "the integer %1 needs more than 64 bits", {shortened(slice(token))});
    return value.integer;
}

void StatementParser::checkHeight(int height) const {
    if (height > MaxHeight)
        failAs("E-SYNTAX", "more than %1 operators follow each other: split the statement",
               {std::to_string(MaxHeight)});
}

void StatementParser::fail(const char* expected) const {
    failAs("E-SYNTAX", "expected %1, found %2", {expected, found()});
}

void StatementParser::fail(const char* expected, const char* hint) const {
    failAs("E-SYNTAX", "expected %1, found %2: %3", {expected, found(), hint});
}

void StatementParser::failAs(const char* code, const char* message, std::vector<std::string> arguments) const {
    SyntaxError error;
    error.token = std::min(m_at, m_tokens.size() - 1);
    error.diagnostic.code = code;
    error.diagnostic.message = message;
    error.diagnostic.arguments = std::move(arguments);
    error.diagnostic.range = {peek().begin, peek().end};
    throw error;
}

std::string StatementParser::found() const {
    if (is(Tok::EndOfFile)) return "the end of the program";
    const std::string_view text = slice(peek());
    if (is(Tok::End) && text.ends_with('\n')) return "the end of the line";
    return "`" + shortened(text) + "`";
}

} // namespace vitrine::tl
