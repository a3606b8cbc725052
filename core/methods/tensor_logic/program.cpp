// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/program.hpp"

#include "core/methods/tensor_logic/integers.hpp"

#include <algorithm>

namespace vitrine::tl {

namespace {

using Kind = IndexTerm::Kind;

std::optional<std::int64_t> combine(Kind kind, std::int64_t a, std::int64_t b) {
    switch (kind) {
    case Kind::Add:
        return checkedAdd(a, b);
    case Kind::Subtract:
        return checkedSubtract(a, b);
    case Kind::Multiply:
        return checkedMultiply(a, b);
    case Kind::Divide:
        return floorDivide(a, b);
    case Kind::Modulo:
        return floorModulo(a, b);
    default:
        return std::nullopt;
    }
}

/// Adds factor * from to `into`; false on overflow.
bool accumulate(Affine& into, const Affine& from, std::int64_t factor) {
    const auto scaled = checkedMultiply(from.constant, factor);
    const auto sum = scaled ? checkedAdd(into.constant, *scaled) : std::nullopt;
    if (!sum) return false;
    into.constant = *sum;
    for (const auto& [var, coefficient] : from.terms) {
        const auto product = checkedMultiply(coefficient, factor);
        if (!product) return false;
        const auto known =
            std::find_if(into.terms.begin(), into.terms.end(), [v = var](const auto& term) { return term.first == v; });
        if (known == into.terms.end()) {
            into.terms.emplace_back(var, *product);
            continue;
        }
        const auto total = checkedAdd(known->second, *product);
        if (!total) return false;
        known->second = *total;
    }
    std::erase_if(into.terms, [](const auto& term) { return term.second == 0; });
    return true;
}

std::optional<Affine> scaledSum(const Affine& a, std::int64_t factorA, const Affine& b, std::int64_t factorB) {
    Affine result;
    if (!accumulate(result, a, factorA) || !accumulate(result, b, factorB)) return std::nullopt;
    return result;
}

std::optional<Affine> affineOfBinary(const IndexTerm& term) {
    const auto a = affineOf(term.operands[0]);
    const auto b = affineOf(term.operands[1]);
    if (!a || !b) return std::nullopt;
    if (term.kind == Kind::Add) return scaledSum(*a, 1, *b, 1);
    if (term.kind == Kind::Subtract) return scaledSum(*a, 1, *b, -1);
    if (term.kind == Kind::Multiply && b->terms.empty()) return scaledSum(*a, b->constant, Affine{}, 1);
    if (term.kind == Kind::Multiply && a->terms.empty()) return scaledSum(*b, a->constant, Affine{}, 1);
    if (!a->terms.empty() || !b->terms.empty()) return std::nullopt;
    const auto folded = combine(term.kind, a->constant, b->constant);
    if (!folded) return std::nullopt;
    return Affine{{}, *folded};
}

} // namespace

std::optional<Affine> affineOf(const IndexTerm& term) {
    switch (term.kind) {
    case Kind::Variable:
        return Affine{{{term.var, 1}}, 0};
    case Kind::Constant:
        return Affine{{}, term.offset};
    case Kind::Negate: {
        const auto inner = affineOf(term.operands[0]);
        return inner ? scaledSum(*inner, -1, Affine{}, 1) : std::nullopt;
    }
    default:
        return affineOfBinary(term);
    }
}

std::optional<std::int64_t> evaluateIndex(const IndexTerm& term, const std::vector<std::int64_t>& vars) {
    if (term.kind == Kind::Variable) return vars[term.var];
    if (term.kind == Kind::Constant) return term.offset;
    const auto a = evaluateIndex(term.operands[0], vars);
    if (!a) return std::nullopt;
    if (term.kind == Kind::Negate) return checkedSubtract(0, *a);
    const auto b = evaluateIndex(term.operands[1], vars);
    return b ? combine(term.kind, *a, *b) : std::nullopt;
}

std::optional<TensorId> Program::find(std::string_view name) const {
    for (std::size_t id = 0; id < tensors.size(); ++id)
        if (tensors[id].name == name) return static_cast<TensorId>(id);
    return std::nullopt;
}

std::optional<std::int64_t> positionOf(const Program& program, const Domain& domain, Cell cell) {
    if (domain.symbols.empty()) {
        const Value value = program.dictionary->value(cell);
        if (value.isSymbol || value.integer < 0 || value.integer >= domain.size) return std::nullopt;
        return value.integer;
    }
    const auto begin = domain.symbols.begin(), end = domain.symbols.end();
    if (!domain.isSorted) {
        const auto found = std::find(begin, end, cell);
        if (found == end) return std::nullopt;
        return found - begin;
    }
    const auto found = std::lower_bound(begin, end, cell,
                                        [&program](Cell a, Cell b) { return program.dictionary->compare(a, b) < 0; });
    if (found == end || *found != cell) return std::nullopt;
    return found - begin;
}

Cell cellAt(const Program& program, const Domain& domain, std::int64_t position) {
    if (!domain.symbols.empty()) return domain.symbols[static_cast<std::size_t>(position)];
    return program.dictionary->integer(position);
}

} // namespace vitrine::tl
