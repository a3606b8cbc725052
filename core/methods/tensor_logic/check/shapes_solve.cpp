// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/check/shapes.hpp"
#include "core/methods/tensor_logic/integers.hpp"

#include <algorithm>
#include <unordered_set>

namespace vitrine::tl::checking {

namespace {

using Kind = IndexTerm::Kind;
constexpr std::int64_t Huge = std::int64_t{1} << 62;

std::int64_t clamp(std::optional<std::int64_t> value, bool isUp) {
    return value.value_or(isUp ? Huge : -Huge);
}

Interval hull(std::initializer_list<std::int64_t> values) {
    return {std::min(values), std::max(values)};
}

std::optional<Interval> combine(const IndexTerm& term, const Interval& a, const Interval& b) {
    switch (term.kind) {
    case Kind::Add:
        return Interval{clamp(checkedAdd(a.low, b.low), false), clamp(checkedAdd(a.high, b.high), true)};
    case Kind::Subtract:
        return Interval{clamp(checkedSubtract(a.low, b.high), false), clamp(checkedSubtract(a.high, b.low), true)};
    case Kind::Multiply: {
        const auto product = [](std::int64_t x, std::int64_t y) {
            return clamp(checkedMultiply(x, y), (x < 0) == (y < 0));
        };
        return hull({product(a.low, b.low), product(a.low, b.high), product(a.high, b.low), product(a.high, b.high)});
    }
    case Kind::Divide: {
        if (b.low <= 0 && b.high >= 0) return std::nullopt;
        const auto quotient = [](std::int64_t x, std::int64_t y) { return clamp(floorDivide(x, y), true); };
        return hull(
            {quotient(a.low, b.low), quotient(a.low, b.high), quotient(a.high, b.low), quotient(a.high, b.high)});
    }
    default:
        break;
    }
    if (b.low != b.high || b.low == 0) return std::nullopt;
    const std::int64_t modulus = b.low;
    if (modulus > 0 && floorDivide(a.low, modulus) == floorDivide(a.high, modulus))
        return Interval{*floorModulo(a.low, modulus), *floorModulo(a.high, modulus)};
    return modulus > 0 ? Interval{0, modulus - 1} : Interval{modulus + 1, 0};
}

} // namespace

std::optional<Interval> intervalOf(const IndexTerm& term, const std::function<std::optional<Interval>(VarId)>& of) {
    if (term.kind == Kind::Variable) return of(term.var);
    if (term.kind == Kind::Constant) return Interval{term.offset, term.offset};
    const auto a = intervalOf(term.operands[0], of);
    if (!a) return std::nullopt;
    if (term.kind == Kind::Negate) return Interval{-a->high, -a->low};
    const auto b = intervalOf(term.operands[1], of);
    return b ? combine(term, *a, *b) : std::nullopt;
}

bool ShapeSolver::isOpen(DomainId domain) const {
    const ShapeState::Class& known = m_state.classes[domain];
    return !known.isSized && !known.isLazy;
}

std::optional<Interval> ShapeSolver::rangeOf(DomainId domain) const {
    const std::int64_t size = m_program.domains[domain].size;
    return size > 0 ? std::optional<Interval>({0, size - 1}) : std::nullopt;
}

void ShapeSolver::setSize(DomainId domain, std::int64_t size) {
    m_program.domains[domain].size = size;
    m_state.classes[domain].isSized = true;
}

void ShapeSolver::solve() {
    for (DomainId id = 0; id < m_state.classes.size(); ++id) {
        const ShapeState::Class& known = m_state.classes[id];
        if (isOpen(id) && !known.isShifted && !known.hasSpecial && known.plainAtShifted.empty())
            (void)sizeFromConstants(id);
    }
    while (sizeSlices() || sizeSpecials() || sizeShifted(true) || sizeShifted(false) || sizePlainAtShifted() ||
           sizeRest()) {
    }
}

bool ShapeSolver::sizeSlices() {
    bool hasChanged = false;
    for (const ShapeState::SliceRange& slice : m_state.slices) {
        if (!isOpen(slice.domain)) continue;
        if (!slice.high && !m_state.classes[slice.axis].isSized) continue;
        const std::int64_t high = slice.high ? *slice.high : m_program.domains[slice.axis].size;
        setSize(slice.domain, std::max<std::int64_t>(0, high - slice.low));
        hasChanged = true;
    }
    return hasChanged;
}

bool ShapeSolver::sizeSpecials() {
    bool hasChanged = false;
    const auto apply = [&](const auto& special) {
        if (!isOpen(special.domain)) return;
        const auto size = sizeOf(special);
        if (!size) return;
        setSize(special.domain, *size);
        hasChanged = true;
    };
    for (const ShapeState::Convolution& convolution : m_state.convolutions) apply(convolution);
    for (const ShapeState::Concatenation& concatenation : m_state.concatenations) apply(concatenation);
    return hasChanged;
}

std::optional<std::int64_t> ShapeSolver::sizeOf(const ShapeState::Concatenation& concatenation) const {
    std::int64_t size = 1;
    for (const DomainId joined : concatenation.joined) {
        if (!m_state.classes[joined].isSized) return std::nullopt;
        size = clamp(checkedMultiply(size, m_program.domains[joined].size), true);
    }
    return size;
}

std::optional<std::int64_t> ShapeSolver::sizeOf(const ShapeState::Convolution& convolution) const {
    // Every access asks 0 <= term < size. Divisions by a constant at its top are moved to the other side; what is then
    // linear in the variable bounds it from both sides, the rest is tried value by value.
    std::int64_t low = 0, high = Huge;
    std::vector<std::pair<const IndexTerm*, const ShapeState::Convolution::Access*>> others;
    const auto ofOther = [&](const ShapeState::Convolution::Access& access, VarId var) -> std::optional<Interval> {
        for (const auto& [other, domain] : access.others)
            if (other == var) return rangeOf(domain);
        return std::nullopt;
    };
    std::int64_t limit = 16;
    for (const ShapeState::Convolution::Access& access : convolution.accesses) {
        if (!m_state.classes[access.axis].isSized) return std::nullopt;
        bool isEmpty = false;
        for (const auto& [other, domain] : access.others) {
            if (!m_state.classes[domain].isSized) return std::nullopt;
            limit = std::max(limit, 16 + 16 * std::min<std::int64_t>(m_program.domains[domain].size, 1 << 20));
            isEmpty = isEmpty || m_program.domains[domain].size == 0;
        }
        if (isEmpty) continue; // nothing is read
        std::int64_t size = m_program.domains[access.axis].size;
        limit = std::max(limit, 16 + 16 * std::min<std::int64_t>(size, 1 << 20));
        const IndexTerm* term = &access.term;
        while (term->kind == Kind::Divide && term->operands[1].kind == Kind::Constant && term->operands[1].offset > 0) {
            size = clamp(checkedMultiply(size, term->operands[1].offset), true);
            term = &term->operands[0];
        }
        const auto affine = affineOf(*term);
        if (!affine) {
            others.emplace_back(&access.term, &access);
            continue;
        }
        std::int64_t factor = 0, restLow = affine->constant, restHigh = affine->constant;
        for (const auto& [var, coefficient] : affine->terms) {
            if (var == convolution.var) {
                factor = coefficient;
                continue;
            }
            const auto range = ofOther(access, var);
            const std::int64_t end = clamp(checkedMultiply(coefficient, range ? range->high : 0), coefficient > 0);
            restLow += std::min<std::int64_t>(0, end);
            restHigh += std::max<std::int64_t>(0, end);
        }
        if (factor == 0) continue;
        const std::int64_t step = std::abs(factor);
        const std::int64_t below = factor > 0 ? size - 1 - restHigh : restLow;  // step * x <= below
        const std::int64_t above = factor > 0 ? -restLow : restHigh - size + 1; // step * x >= above
        high = std::min(high, *floorDivide(below, step));
        low = std::max(low, *floorDivide(above + step - 1, step));
    }
    if (!others.empty()) {
        std::int64_t last = -1;
        for (std::int64_t x = low; x <= std::min(high, limit - 1); ++x) {
            const bool isInside = std::all_of(others.begin(), others.end(), [&](const auto& other) {
                const auto range = intervalOf(*other.first, [&](VarId var) -> std::optional<Interval> {
                    return var == convolution.var ? std::optional<Interval>({x, x}) : ofOther(*other.second, var);
                });
                return range && range->low >= 0 && range->high < m_program.domains[other.second->axis].size;
            });
            if (isInside) last = x;
        }
        if (last == limit - 1) return std::nullopt;
        return last + 1;
    }
    if (high == Huge) return std::nullopt;
    return high < low ? 0 : high + 1;
}

std::optional<std::int64_t> ShapeSolver::shiftedSize(const ShapeState::ShiftedPosition& position,
                                                     bool onlyComplete) const {
    std::int64_t best = 0;
    bool isFound = false;
    for (const ShapeState::ShiftedPosition::Head& head : position.heads) {
        const bool isKnown = std::all_of(head.vars.begin(), head.vars.end(),
                                         [this](const auto& var) { return m_state.classes[var.second].isSized; });
        if (!isKnown && onlyComplete) return std::nullopt;
        if (!isKnown) continue;
        isFound = true;
        const auto range = intervalOf(head.term, [&](VarId id) -> std::optional<Interval> {
            for (const auto& [var, domain] : head.vars)
                if (var == id) return rangeOf(domain);
            return std::nullopt;
        });
        if (range) best = std::max(best, range->high + 1);
    }
    return isFound ? std::optional<std::int64_t>(best) : std::nullopt;
}

bool ShapeSolver::sizeShifted(bool onlyComplete) {
    bool hasChanged = false;
    for (const ShapeState::ShiftedPosition& position : m_state.shifted) {
        if (!isOpen(position.domain)) continue;
        const auto size = shiftedSize(position, onlyComplete);
        if (!size) continue;
        setSize(position.domain, *size);
        hasChanged = true;
    }
    return hasChanged;
}

bool ShapeSolver::sizePlainAtShifted() {
    bool hasChanged = false;
    for (DomainId id = 0; id < m_state.classes.size(); ++id) {
        const ShapeState::Class& known = m_state.classes[id];
        if (!isOpen(id) || known.isShifted || known.plainAtShifted.empty()) continue;
        std::optional<std::int64_t> best;
        for (const DomainId shifted : known.plainAtShifted)
            if (m_state.classes[shifted].isSized) best = std::max(best.value_or(0), m_program.domains[shifted].size);
        if (!best) continue;
        setSize(id, *best);
        hasChanged = true;
    }
    return hasChanged;
}

bool ShapeSolver::sizeRest() {
    bool hasChanged = false;
    for (DomainId id = 0; id < m_state.classes.size(); ++id) {
        const ShapeState::Class& known = m_state.classes[id];
        const bool isLeft = known.hasSpecial || !known.plainAtShifted.empty();
        if (isOpen(id) && !known.isShifted && isLeft && sizeFromConstants(id)) hasChanged = true;
    }
    for (const ShapeState::ShiftedPosition& position : m_state.shifted) {
        if (!isOpen(position.domain) || !position.isRelation) continue;
        setSize(position.domain, 0);
        hasChanged = true;
    }
    return hasChanged;
}

void ShapeSolver::forEachCell(DomainId domain, const std::function<void(Cell)>& visit) const {
    const ShapeState::Class& known = m_state.classes[domain];
    for (const auto& [cell, range] : known.constants) visit(cell);
    for (const Cell cell : known.computed) visit(cell);
    for (const auto& [tensor, column] : known.given) {
        const TensorInfo& info = m_program.tensors[tensor];
        for (std::size_t at = column; at < info.given.cells.size(); at += info.arity) visit(info.given.cells[at]);
    }
}

ShapeSolver::Constants ShapeSolver::constantsOf(DomainId domain) const {
    Constants result;
    std::unordered_set<Cell> seen;
    const Dictionary& dictionary = *m_program.dictionary;
    forEachCell(domain, [&](Cell cell) {
        result.isEmpty = false;
        if (isSmallInteger(cell)) {
            result.hasInteger = true;
            result.largest = std::max<std::int64_t>(result.largest, cell);
            return;
        }
        if (!seen.insert(cell).second) return;
        const Value value = dictionary.value(cell);
        if (value.isSymbol) {
            result.symbols.push_back(cell);
            return;
        }
        result.hasInteger = true;
        result.hasNegative = result.hasNegative || value.integer < 0;
        result.largest = std::max(result.largest, value.integer);
    });
    return result;
}

/// Symbols beside integers, in columns of relations only: 0 to the largest integer, then the symbols.
void ShapeSolver::listMixed(Domain& domain, DomainId id, Constants& constants) const {
    constexpr std::int64_t MostListed = 1 << 22; // beyond it only integers that occur
    if (constants.largest < MostListed) {
        for (std::int64_t k = 0; k <= constants.largest; ++k) domain.symbols.push_back(static_cast<Cell>(k));
    } else {
        std::unordered_set<Cell> integers;
        forEachCell(id, [&](Cell cell) {
            const Value value = m_program.dictionary->value(cell);
            if (!value.isSymbol && value.integer >= 0) integers.insert(cell);
        });
        domain.symbols.assign(integers.begin(), integers.end());
    }
    domain.symbols.insert(domain.symbols.end(), constants.symbols.begin(), constants.symbols.end());
}

bool ShapeSolver::sizeFromConstants(DomainId domain) {
    ShapeState::Class& known = m_state.classes[domain];
    Constants constants = constantsOf(domain);
    if (constants.isEmpty && !known.hasRelationColumn) return false;
    if (known.hasTensorPosition && constants.hasInteger && !constants.symbols.empty()) {
        mixedError(domain);
        setSize(domain, 0);
        return true;
    }
    if (known.hasTensorPosition && constants.hasNegative) negativeError(domain);
    if (constants.symbols.empty()) {
        setSize(domain, constants.largest < 0 ? 0 : clamp(checkedAdd(constants.largest, 1), true));
        return true;
    }
    Domain& into = m_program.domains[domain];
    if (constants.hasInteger)
        listMixed(into, domain, constants);
    else
        into.symbols = std::move(constants.symbols);
    const Dictionary& dictionary = *m_program.dictionary;
    std::sort(into.symbols.begin(), into.symbols.end(),
              [&dictionary](Cell a, Cell b) { return dictionary.compare(a, b) < 0; });
    into.isSorted = true;
    setSize(domain, static_cast<std::int64_t>(into.symbols.size()));
    return true;
}

void ShapeSolver::report(const char* code, const char* message, DomainId domain, ByteRange range) {
    ShapeState::Class& known = m_state.classes[domain];
    if (known.hasReport) return;
    known.hasReport = true;
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.message = message;
    diagnostic.range = range;
    m_diagnostics.push_back(std::move(diagnostic));
}

void ShapeSolver::mixedError(DomainId domain) {
    const Dictionary& dictionary = *m_program.dictionary;
    const auto symbol = m_locate(domain, [&](Cell cell) { return dictionary.isSymbol(cell); });
    const auto integer = m_locate(domain, [&](Cell cell) { return !dictionary.isSymbol(cell); });
    const ByteRange first = m_state.classes[domain].firstUse;
    const ByteRange range = symbol && integer ? (symbol->begin > integer->begin ? *symbol : *integer) : first;
    report("E-SHAPE", "Symbols together with integers index one tensor", domain, range);
    if (symbol && integer && !m_diagnostics.empty())
        m_diagnostics.back().notes.push_back(
            {"The other kind of constant", {}, symbol->begin > integer->begin ? *integer : *symbol});
}

void ShapeSolver::negativeError(DomainId domain) {
    const Dictionary& dictionary = *m_program.dictionary;
    const auto range = m_locate(domain, [&](Cell cell) {
        const Value value = dictionary.value(cell);
        return !value.isSymbol && value.integer < 0;
    });
    report("E-RANGE", "There are no negative positions of a tensor", domain,
           range.value_or(m_state.classes[domain].firstUse));
}

} // namespace vitrine::tl::checking
