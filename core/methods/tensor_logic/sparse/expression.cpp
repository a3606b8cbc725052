// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/expression.hpp"

#include "core/methods/tensor_logic/integers.hpp"

#include <cmath>

namespace vitrine::tl::sparse {

namespace {

constexpr const char* SymbolAsNumber = "A symbol stands where a number is needed (at %1)";
constexpr const char* Overflow = "The result does not fit into 64 bits (at %1)";
constexpr const char* DivisionByZero = "Division by zero (at %1)";
constexpr const char* Fraction = "An integer is needed, but the value is a fraction (at %1)";
constexpr const char* NotFinite = "The result is not a finite number (at %1)";
constexpr const char* Unordered = "A symbol cannot be ordered against a number (at %1)";
constexpr const char* Unsupported = "This function cannot stand in a rule's comparison (at %1)";

bool fail(Failure& failure, const char* code, const char* message, ByteRange range) {
    failure = {code, message, range};
    return false;
}

bool isNumber(const Scalar& value, ByteRange range, Failure& failure) {
    return value.kind != Scalar::Kind::Symbol || fail(failure, "E-TYPE", SymbolAsNumber, range);
}

bool finite(double value, ByteRange range, Scalar& result, Failure& failure) {
    if (!std::isfinite(value)) return fail(failure, "E-MATH", NotFinite, range);
    result = Scalar::of(value);
    return true;
}

bool integer(std::optional<std::int64_t> value, ByteRange range, Scalar& result, Failure& failure) {
    if (!value) return fail(failure, "E-MATH", Overflow, range);
    result = Scalar::of(*value);
    return true;
}

bool bothIntegers(const Scalar& a, const Scalar& b) {
    return a.kind == Scalar::Kind::Integer && b.kind == Scalar::Kind::Integer;
}

/// The integer that a number is, if it is one.
std::optional<std::int64_t> whole(const Scalar& value) {
    if (value.kind == Scalar::Kind::Integer) return value.integer;
    if (value.kind != Scalar::Kind::Real || value.real != std::floor(value.real)) return std::nullopt;
    if (std::abs(value.real) >= 9.2e18) return std::nullopt;
    return static_cast<std::int64_t>(value.real);
}

bool add(const Scalar& a, const Scalar& b, ByteRange range, Scalar& result, Failure& failure) {
    if (bothIntegers(a, b)) return integer(checkedAdd(a.integer, b.integer), range, result, failure);
    return finite(a.number() + b.number(), range, result, failure);
}

bool multiply(const Scalar& a, const Scalar& b, ByteRange range, Scalar& result, Failure& failure) {
    if (bothIntegers(a, b)) return integer(checkedMultiply(a.integer, b.integer), range, result, failure);
    return finite(a.number() * b.number(), range, result, failure);
}

bool divide(const Scalar& a, const Scalar& b, const Node& node, Scalar& result, Failure& failure) {
    const ByteRange range = node.range;
    if (b.number() == 0) return fail(failure, "E-DIV0", DivisionByZero, node.operands[1].range);
    if (bothIntegers(a, b) && b.integer != -1 && a.integer % b.integer == 0) {
        result = Scalar::of(a.integer / b.integer);
        return true;
    }
    return finite(a.number() / b.number(), range, result, failure);
}

bool modulo(const Scalar& a, const Scalar& b, const Node& node, Scalar& result, Failure& failure) {
    const auto x = whole(a), y = whole(b);
    if (!x || !y) return fail(failure, "E-TYPE", Fraction, node.operands[x ? 1 : 0].range);
    if (*y == 0) return fail(failure, "E-DIV0", DivisionByZero, node.operands[1].range);
    return integer(floorModulo(*x, *y), node.range, result, failure);
}

bool power(const Scalar& a, const Scalar& b, ByteRange range, Scalar& result, Failure& failure) {
    if (!bothIntegers(a, b) || b.integer < 0) {
        if (a.number() == 0 && b.number() < 0) return fail(failure, "E-DIV0", DivisionByZero, range);
        return finite(std::pow(a.number(), b.number()), range, result, failure);
    }
    std::optional<std::int64_t> product = 1, square = a.integer;
    for (std::int64_t left = b.integer; left > 0; left >>= 1) {
        if (left & 1) product = square ? checkedMultiply(*product, *square) : std::nullopt;
        if (!product) break;
        square = square ? checkedMultiply(*square, *square) : std::nullopt;
    }
    return integer(product, range, result, failure);
}

/// Functions of integers whose values are integers stay integers.
bool callExact(const Node& node, const Scalar& x, Scalar& result) {
    if (x.kind != Scalar::Kind::Integer) return false;
    switch (node.function) {
    case Function::Step:
        result = Scalar::of(std::int64_t(x.integer > 0));
        return true;
    case Function::Relu:
        result = Scalar::of(std::max<std::int64_t>(x.integer, 0));
        return true;
    case Function::Sign:
        result = Scalar::of(std::int64_t((x.integer > 0) - (x.integer < 0)));
        return true;
    case Function::Abs:
        if (x.integer == INT64_MIN) return false;
        result = Scalar::of(x.integer < 0 ? -x.integer : x.integer);
        return true;
    default:
        return false;
    }
}

double sigmoid(double x) {
    return 1 / (1 + std::exp(-x));
}

bool call(const Node& node, const std::vector<Scalar>& values, Scalar& result, Failure& failure) {
    if (callExact(node, values[0], result)) return true;
    const double x = values[0].number();
    const ByteRange range = node.range;
    switch (node.function) {
    case Function::Step:
        return finite(x > 0, range, result, failure);
    case Function::Sig:
        return finite(sigmoid(x), range, result, failure);
    case Function::SigT: {
        const double t = values[1].number();
        return finite(t == 0 ? double(x > 0) : sigmoid(x / t), range, result, failure);
    }
    case Function::Relu:
        return finite(std::max(x, 0.0), range, result, failure);
    case Function::Tanh:
        return finite(std::tanh(x), range, result, failure);
    case Function::Exp:
        return finite(std::exp(x), range, result, failure);
    case Function::Log:
        return finite(std::log(x), range, result, failure);
    case Function::Sqrt:
        return finite(std::sqrt(x), range, result, failure);
    case Function::Abs:
        return finite(std::abs(x), range, result, failure);
    case Function::Sign:
        return finite(double(x > 0) - double(x < 0), range, result, failure);
    case Function::Sin:
        return finite(std::sin(x), range, result, failure);
    case Function::Cos:
        return finite(std::cos(x), range, result, failure);
    case Function::Gelu:
        return finite(0.5 * x * (1 + std::erf(x / std::sqrt(2.0))), range, result, failure);
    case Function::Silu:
        return finite(x * sigmoid(x), range, result, failure);
    default:
        return fail(failure, "E-TYPE", Unsupported, range);
    }
}

bool holdsOrdered(CompareOp op, int order) {
    switch (op) {
    case CompareOp::Equal:
        return order == 0;
    case CompareOp::NotEqual:
        return order != 0;
    case CompareOp::Less:
        return order < 0;
    case CompareOp::LessEqual:
        return order <= 0;
    case CompareOp::Greater:
        return order > 0;
    case CompareOp::GreaterEqual:
        return order >= 0;
    }
    return false;
}

template <typename T>
int orderOf(T a, T b) {
    return a < b ? -1 : a > b ? 1 : 0;
}

} // namespace

Scalar Evaluator::ofCell(Cell cell) const {
    const Value value = m_program->dictionary->value(cell);
    if (value.isSymbol) return {Scalar::Kind::Symbol, cell, 0, 0};
    return Scalar::of(value.integer);
}

std::optional<Cell> Evaluator::findCell(const Scalar& value) const {
    if (value.kind == Scalar::Kind::Symbol) return value.symbol;
    const auto number = whole(value);
    return number ? m_program->dictionary->findInteger(*number) : std::nullopt;
}

bool Evaluator::toCell(const Scalar& value, ByteRange range, Cell& cell, Failure& failure) const {
    if (value.kind == Scalar::Kind::Symbol) {
        cell = value.symbol;
        return true;
    }
    const auto number = whole(value);
    if (!number) return fail(failure, "E-TYPE", Fraction, range);
    cell = m_program->dictionary->integer(*number);
    return true;
}

bool Evaluator::term(const IndexTerm& term, const Cell* vars, Scalar& result, Failure& failure) const {
    using Kind = IndexTerm::Kind;
    if (term.kind == Kind::Variable || term.kind == Kind::Constant) {
        result = ofCell(term.kind == Kind::Variable ? vars[term.var] : term.constant);
        return true;
    }
    std::vector<Scalar> values(term.operands.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const IndexTerm& operand = term.operands[i];
        if (operand.kind == Kind::Constant && !(operand.constant & DictionaryBit)) {
            values[i] = Scalar::of(operand.offset);
            continue;
        }
        if (!this->term(operand, vars, values[i], failure)) return false;
        if (!isNumber(values[i], operand.range, failure)) return false;
    }
    const std::int64_t a = values[0].integer, b = values.size() > 1 ? values[1].integer : 0;
    switch (term.kind) {
    case Kind::Negate:
        return integer(checkedSubtract(0, a), term.range, result, failure);
    case Kind::Add:
        return integer(checkedAdd(a, b), term.range, result, failure);
    case Kind::Subtract:
        return integer(checkedSubtract(a, b), term.range, result, failure);
    case Kind::Multiply:
        return integer(checkedMultiply(a, b), term.range, result, failure);
    case Kind::Divide:
        if (b == 0) return fail(failure, "E-DIV0", DivisionByZero, term.range);
        return integer(floorDivide(a, b), term.range, result, failure);
    case Kind::Modulo:
        if (b == 0) return fail(failure, "E-DIV0", DivisionByZero, term.range);
        return integer(floorModulo(a, b), term.range, result, failure);
    default:
        return false;
    }
}

bool Evaluator::element(const Node& node, const Cell* vars, Scalar& result, Failure& failure) const {
    std::vector<Cell> cells(node.index.size());
    const TensorInfo& info = m_program->tensors[node.tensor];
    for (std::size_t axis = 0; axis < cells.size(); ++axis) {
        const IndexTerm& term = node.index[axis];
        if (term.kind == IndexTerm::Kind::Constant && !info.isRelation) {
            const Domain& domain = m_program->domains[info.axes[axis]];
            const bool isInside = term.offset >= 0 && term.offset < domain.size;
            cells[axis] = isInside ? cellAt(*m_program, domain, term.offset) : term.constant;
            continue;
        }
        Scalar position;
        if (!this->term(term, vars, position, failure)) return false;
        const auto cell = findCell(position);
        if (!cell) { // no domain has this position
            result = Scalar::of(std::int64_t(0));
            return true;
        }
        cells[axis] = *cell;
    }
    const TensorReader::Number number = m_tensors->at(node.tensor, cells);
    result = number.isInteger ? Scalar::of(number.integer) : Scalar::of(number.real);
    if (node.asStep) result = Scalar::of(std::int64_t(result.number() > 0));
    return true;
}

bool Evaluator::sum(const Node& node, std::size_t depth, const std::vector<Var>& names, Cell* vars, Scalar& total,
                    Failure& failure) const {
    if (depth == node.sumVars.size()) {
        Scalar term;
        return value(node.operands[0], names, vars, term, failure) && isNumber(term, node.range, failure) &&
               add(total, term, node.range, total, failure);
    }
    const VarId var = node.sumVars[depth];
    const Domain& domain = m_program->domains[names[var].domain];
    for (std::int64_t position = 0; position < domain.size; ++position) {
        vars[var] = cellAt(*m_program, domain, position);
        if (!sum(node, depth + 1, names, vars, total, failure)) return false;
    }
    return true;
}

bool Evaluator::operands(const Node& node, const std::vector<Var>& names, Cell* vars, std::vector<Scalar>& values,
                         Failure& failure) const {
    values.resize(node.operands.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!value(node.operands[i], names, vars, values[i], failure)) return false;
        if (!isNumber(values[i], node.operands[i].range, failure)) return false;
    }
    return true;
}

bool Evaluator::value(const Node& node, const std::vector<Var>& names, Cell* vars, Scalar& result,
                      Failure& failure) const {
    using Kind = Node::Kind;
    switch (node.kind) {
    case Kind::Constant:
        result = node.isInteger ? Scalar::of(node.integer) : Scalar::of(node.real);
        return true;
    case Kind::IndexValue:
        result = ofCell(vars[node.var]);
        return true;
    case Kind::Symbol:
        result = {Scalar::Kind::Symbol, node.cell, 0, 0};
        return true;
    case Kind::Tensor:
        return element(node, vars, result, failure);
    case Kind::Sum:
        result = Scalar::of(std::int64_t(0));
        return sum(node, 0, names, vars, result, failure);
    case Kind::Normalise:
    case Kind::Concat:
        return fail(failure, "E-TYPE", Unsupported, node.range);
    default:
        break;
    }
    std::vector<Scalar> values;
    if (!operands(node, names, vars, values, failure)) return false;
    switch (node.kind) {
    case Kind::Negate:
        if (values[0].kind == Scalar::Kind::Real) return finite(-values[0].real, node.range, result, failure);
        return integer(checkedSubtract(0, values[0].integer), node.range, result, failure);
    case Kind::Divide:
        return divide(values[0], values[1], node, result, failure);
    case Kind::Modulo:
        return modulo(values[0], values[1], node, result, failure);
    case Kind::Power:
        return power(values[0], values[1], node.range, result, failure);
    case Kind::Call:
        return call(node, values, result, failure);
    default:
        break;
    }
    result = values[0];
    for (std::size_t i = 1; i < values.size(); ++i) {
        const bool fits = node.kind == Kind::Add ? add(result, values[i], node.range, result, failure)
                                                 : multiply(result, values[i], node.range, result, failure);
        if (!fits) return false;
    }
    return true;
}

bool Evaluator::compare(const Comparison& comparison, const std::vector<Var>& names, Cell* vars, bool& holds,
                        Failure& failure) const {
    Scalar a, b;
    if (!value(comparison.left, names, vars, a, failure) || !value(comparison.right, names, vars, b, failure))
        return false;
    const bool isSymbolA = a.kind == Scalar::Kind::Symbol, isSymbolB = b.kind == Scalar::Kind::Symbol;
    const bool isEquality = comparison.op == CompareOp::Equal || comparison.op == CompareOp::NotEqual;
    if (isSymbolA != isSymbolB) {
        if (!isEquality) return fail(failure, "E-TYPE", Unordered, comparison.range);
        holds = comparison.op == CompareOp::NotEqual;
        return true;
    }
    int order = 0;
    if (isSymbolA)
        order = a.symbol == b.symbol ? 0 : isEquality ? 1 : m_program->dictionary->compare(a.symbol, b.symbol);
    else if (bothIntegers(a, b))
        order = orderOf(a.integer, b.integer);
    else // long double holds every int64 and every double
        order = orderOf(a.kind == Scalar::Kind::Integer ? static_cast<long double>(a.integer) : a.real,
                        b.kind == Scalar::Kind::Integer ? static_cast<long double>(b.integer) : b.real);
    holds = holdsOrdered(comparison.op, order);
    return true;
}

} // namespace vitrine::tl::sparse
