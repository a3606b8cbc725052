// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/check/constants.hpp"

#include "core/methods/tensor_logic/integers.hpp"

#include <cmath>

namespace vitrine::tl::checking {

namespace {

using Kind = ast::Expr::Kind;

Number fromInteger(std::int64_t value) {
    return {true, value, 0};
}
Number fromReal(double value) {
    return {false, 0, value};
}

std::optional<Number> finite(double value) {
    if (!std::isfinite(value)) return std::nullopt;
    return fromReal(value);
}

std::optional<Number> integerOr(std::optional<std::int64_t> exact, double approximate) {
    return exact ? std::optional<Number>(fromInteger(*exact)) : finite(approximate);
}

std::optional<Number> divide(const Number& a, const Number& b) {
    if (b.value() == 0) return std::nullopt;
    if (a.isInteger && b.isInteger && floorModulo(a.integer, b.integer) == 0)
        return integerOr(floorDivide(a.integer, b.integer), a.value() / b.value());
    return finite(a.value() / b.value());
}

std::optional<Number> modulo(const Number& a, const Number& b) {
    if (!a.isInteger || !b.isInteger) return std::nullopt;
    const auto rest = floorModulo(a.integer, b.integer);
    return rest ? std::optional<Number>(fromInteger(*rest)) : std::nullopt;
}

std::optional<Number> power(const Number& base, const Number& exponent) {
    if (base.isInteger && exponent.isInteger && exponent.integer >= 0 && exponent.integer < 64) {
        std::optional<std::int64_t> result = 1;
        for (std::int64_t k = 0; k < exponent.integer && result; ++k) result = checkedMultiply(*result, base.integer);
        if (result) return fromInteger(*result);
    }
    return finite(std::pow(base.value(), exponent.value()));
}

std::optional<Number> combine(Kind kind, const Number& a, const Number& b) {
    const bool isInteger = a.isInteger && b.isInteger;
    switch (kind) {
    case Kind::Add:
        return integerOr(isInteger ? checkedAdd(a.integer, b.integer) : std::nullopt, a.value() + b.value());
    case Kind::Subtract:
        return integerOr(isInteger ? checkedSubtract(a.integer, b.integer) : std::nullopt, a.value() - b.value());
    case Kind::Multiply:
        return integerOr(isInteger ? checkedMultiply(a.integer, b.integer) : std::nullopt, a.value() * b.value());
    case Kind::Divide:
        return divide(a, b);
    case Kind::Modulo:
        return modulo(a, b);
    case Kind::Power:
        return power(a, b);
    default:
        return std::nullopt;
    }
}

/// Names without brackets below an expression; false when something else than numbers and such names is there.
bool bareNames(const ast::Expr& expr, std::vector<std::string_view>& names) {
    if (expr.kind == Kind::Ref) {
        if (expr.ref.bracket != ast::Bracket::None) return false;
        names.push_back(expr.ref.name);
        return true;
    }
    if (expr.kind == Kind::Call || expr.kind == Kind::String) return false;
    for (const ast::Expr& operand : expr.operands)
        if (!bareNames(operand, names)) return false;
    return true;
}

struct Candidate {
    std::vector<const ast::Equation*> equations;
    std::vector<TensorId> users;
    std::size_t waiting = 0;
    bool isConstant = true;
};

} // namespace

std::optional<Number> constantOf(const ast::Expr& expr, const std::unordered_map<std::string_view, Number>* scalars) {
    if (expr.kind == Kind::Integer) return fromInteger(expr.integer);
    if (expr.kind == Kind::Real) return fromReal(expr.real);
    if (expr.kind == Kind::Ref) {
        if (scalars == nullptr || expr.ref.bracket != ast::Bracket::None) return std::nullopt;
        const auto known = scalars->find(expr.ref.name);
        return known == scalars->end() ? std::nullopt : std::optional<Number>(known->second);
    }
    if (expr.kind == Kind::Call || expr.kind == Kind::String || expr.operands.empty()) return std::nullopt;
    const auto first = constantOf(expr.operands[0], scalars);
    if (!first) return std::nullopt;
    if (expr.kind == Kind::Negate) return combine(Kind::Subtract, fromInteger(0), *first);
    std::optional<Number> result = first;
    for (std::size_t k = 1; k < expr.operands.size() && result; ++k) {
        const auto next = constantOf(expr.operands[k], scalars);
        result = next ? combine(expr.kind, *result, *next) : std::nullopt;
    }
    return result;
}

void foldScalars(Context& context) {
    std::vector<Candidate> candidates(context.tensors.size());
    for (const ast::Statement& statement : context.program.syntax.statements) {
        const auto* equation = std::get_if<ast::Equation>(&statement.body);
        if (equation == nullptr || !equation->head.indices.empty()) continue;
        Candidate& candidate = candidates[*context.find(equation->head.name)];
        candidate.equations.push_back(equation);
        candidate.isConstant = candidate.isConstant && equation->op == ProjectOp::Sum;
    }
    std::vector<TensorId> ready;
    for (TensorId id = 0; id < candidates.size(); ++id) {
        Candidate& candidate = candidates[id];
        const TensorFacts& facts = context.tensors[id];
        if (candidate.equations.empty()) continue;
        std::vector<std::string_view> names;
        candidate.isConstant = candidate.isConstant && !facts.isRoundHead && !facts.hasLiteral && !facts.hasFile &&
                               !facts.hasFacts && facts.ruleCount == 0;
        for (const ast::Equation* equation : candidate.equations)
            candidate.isConstant = candidate.isConstant && bareNames(equation->value, names);
        for (const std::string_view name : names) {
            const auto other = context.find(name);
            candidate.isConstant = candidate.isConstant && other.has_value();
            if (!candidate.isConstant) break;
            candidates[*other].users.push_back(id);
            ++candidate.waiting;
        }
        if (candidate.isConstant && candidate.waiting == 0) ready.push_back(id);
    }
    std::unordered_map<std::string_view, Number> values;
    while (!ready.empty()) {
        const TensorId id = ready.back();
        ready.pop_back();
        std::optional<Number> sum = fromInteger(0);
        for (const ast::Equation* equation : candidates[id].equations) {
            const auto value = sum ? constantOf(equation->value, &values) : std::nullopt;
            sum = value ? combine(Kind::Add, *sum, *value) : std::nullopt;
        }
        if (!sum) continue;
        values.emplace(candidates[id].equations.front()->head.name, *sum);
        for (const TensorId user : candidates[id].users)
            if (--candidates[user].waiting == 0 && candidates[user].isConstant) ready.push_back(user);
    }
    for (const auto& [name, value] : values) {
        const double real = value.value();
        if (value.isInteger) {
            context.scalars.emplace(name, value.integer);
        } else if (real == std::floor(real) && std::abs(real) < 9007199254740992.0) {
            context.scalars.emplace(name, static_cast<std::int64_t>(real));
        }
    }
}

} // namespace vitrine::tl::checking
