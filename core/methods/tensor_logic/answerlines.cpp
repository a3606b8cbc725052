// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/answerlines.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace vitrine::tl {

namespace {

constexpr std::int64_t ExactLimit = 1LL << 53;

void appendInteger(std::string& out, std::int64_t value) {
    std::array<char, 24> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

void appendGeneral(std::string& out, double value) {
    std::array<char, 32> digits;
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::general, 6).ptr;
    out.append(digits.data(), end);
}

std::string argumentText(const Program& program, const QueryArgument& argument) {
    switch (argument.kind) {
    case QueryArgument::Kind::Variable:
        return argument.name.empty() ? "_" : argument.name;
    case QueryArgument::Kind::Constant:
        return program.dictionary->text(argument.constant);
    case QueryArgument::Kind::Slice:
        break;
    }
    std::string out;
    if (argument.first) appendInteger(out, *argument.first);
    out += ':';
    if (argument.last) appendInteger(out, *argument.last);
    return out;
}

} // namespace

void appendNumber(std::string& out, double value) {
    if (std::floor(value) == value && std::abs(value) < static_cast<double>(ExactLimit))
        appendInteger(out, static_cast<std::int64_t>(value));
    else
        appendGeneral(out, value);
}

void appendNumber(std::string& out, std::int64_t value) {
    if (value > -ExactLimit && value < ExactLimit)
        appendInteger(out, value);
    else
        appendGeneral(out, static_cast<double>(value));
}

std::string formatNumber(double value) {
    std::string out;
    appendNumber(out, value);
    return out;
}

std::string formatNumber(std::int64_t value) {
    std::string out;
    appendNumber(out, value);
    return out;
}

void appendValue(std::string& out, const Row& row) {
    if (row.isInteger)
        appendNumber(out, row.integer);
    else
        appendNumber(out, row.value);
}

void appendCell(std::string& out, const Dictionary& dictionary, Cell cell) {
    if (isSmallInteger(cell)) {
        appendInteger(out, static_cast<std::int64_t>(cell));
        return;
    }
    const Value value = dictionary.value(cell);
    if (value.isSymbol)
        out += value.symbol;
    else
        appendInteger(out, value.integer);
}

void appendElement(std::string& out, const Program& program, const TensorInfo& info, std::span<const Cell> cells) {
    out += info.name;
    out += info.isRelation ? '(' : '[';
    for (std::size_t k = 0; k < cells.size(); ++k) {
        if (k > 0) out += ", ";
        appendCell(out, *program.dictionary, cells[k]);
    }
    out += info.isRelation ? ')' : ']';
}

std::string headingOf(const Program& program, const Query& query) {
    const TensorInfo& info = program.tensors[query.tensor];
    if (query.isBare || query.arguments.empty()) return info.name;
    std::string out = info.name + (info.isRelation ? "(" : "[");
    for (std::size_t k = 0; k < query.arguments.size(); ++k)
        out += (k > 0 ? ", " : "") + argumentText(program, query.arguments[k]);
    return out + (info.isRelation ? ")" : "]");
}

bool AnswerLines::begin(std::string heading, std::uint64_t count) {
    m_answer.heading = std::move(heading);
    m_answer.count = count;
    m_answer.isCut = isCut(count);
    return !m_answer.isCut && !isStopped();
}

void AnswerLines::endLine() {
    m_answer.lines += '\n';
    if (!hasParts() || m_answer.lines.size() < m_options.partBytes || isStopped()) return;
    m_take(m_answer);
    m_answer.heading.clear();
    m_answer.lines.clear();
    m_answer.isContinued = true;
}

void AnswerLines::end() {
    if (isStopped() || (m_answer.isContinued && m_answer.lines.empty())) return;
    if (m_answer.isCut) m_answer.lines.clear();
    m_take(m_answer);
}

} // namespace vitrine::tl
