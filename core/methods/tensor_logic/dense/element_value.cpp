// SPDX-License-Identifier: GPL-3.0-or-later
// Values of expressions at one assignment, and the terms of a cell's sum.
#include "core/methods/tensor_logic/dense/elementnumbers.hpp"
#include "core/methods/tensor_logic/dense/layernorm.hpp"
#include "core/methods/tensor_logic/integers.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::tl::dense {

namespace {

void flattenFactors(const Node& node, std::vector<const Node*>& factors) {
    if (node.kind == Node::Kind::Multiply)
        for (const Node& operand : node.operands) flattenFactors(operand, factors);
    else if (node.kind == Node::Kind::Negate)
        flattenFactors(node.operands[0], factors);
    else if (node.kind == Node::Kind::Divide) // the Boolean factors of a numerator
        flattenFactors(node.operands[0], factors);
    else
        factors.push_back(&node);
}

void flattenTerms(const Node& node, bool isNegative, std::vector<std::pair<const Node*, bool>>& terms) {
    if (node.kind == Node::Kind::Add)
        for (const Node& operand : node.operands) flattenTerms(operand, isNegative, terms);
    else if (node.kind == Node::Kind::Negate)
        flattenTerms(node.operands[0], !isNegative, terms);
    else
        terms.emplace_back(&node, isNegative);
}

double sigmoid(double z) {
    return z >= 0 ? 1 / (1 + std::exp(-z)) : std::exp(z) / (1 + std::exp(z));
}

} // namespace

Number ElementEvaluator::checked(Number number, const Node& node) const {
    if (number.isOver) failAt("E-MATH", "The integer in %1 does not fit 64 bits; its inputs: %2", node, {});
    if (!number.isInteger && !std::isfinite(number.real))
        failAt("E-MATH", "The value in %1 is not finite (%2); its inputs: %3", node, {formatNumber(number.real)});
    return number;
}

Number ElementEvaluator::value(const Node& node) {
    switch (node.kind) {
    case Node::Kind::Constant:
        return node.isInteger ? Number::of(node.integer) : Number::of(node.real);
    case Node::Kind::IndexValue:
        return Number::of(m_env[node.var]);
    case Node::Kind::Symbol:
        failAt("E-TYPE", "A symbol stands where a number is needed in %1", node, {});
    case Node::Kind::Tensor:
        return readTensor(node);
    case Node::Kind::Negate:
        return checked(negate(value(node.operands[0])), node);
    case Node::Kind::Add: {
        Number total = value(node.operands[0]);
        for (std::size_t k = 1; k < node.operands.size(); ++k) total = add(total, value(node.operands[k]));
        return checked(total, node);
    }
    case Node::Kind::Multiply:
        return product(node);
    case Node::Kind::Divide:
        return divide(node);
    case Node::Kind::Modulo:
        return modulo(node);
    case Node::Kind::Power:
        return power(node);
    case Node::Kind::Call:
        return call(node);
    case Node::Kind::Sum:
        return sum(node);
    case Node::Kind::Normalise:
        return normalise(node);
    case Node::Kind::Concat:
        return concat(node);
    }
    return {};
}

Number ElementEvaluator::readTensor(const Node& node) {
    const TensorInfo& info = m_program.tensors[node.tensor];
    Position position;
    bool isInside = true;
    for (std::size_t k = 0; k < node.index.size(); ++k) {
        const std::optional<std::int64_t> at = evaluateIndex(node.index[k], m_env);
        if (!at) failAt("E-DIV0", "Division by zero in an index of %1; its inputs: %2", node, {});
        isInside = isInside && *at >= 0 && (info.isBuiltin || *at < m_source.sizeOf(info.axes[k]));
        position.push_back(*at);
    }
    if (info.isBuiltin) return Number::of(std::int64_t{(position[0] % 2 == 0) == (info.name == "Even")});
    if (!isInside)
        return info.type == ElementType::Real && !node.asStep ? Number::of(0.0) : Number::of(std::int64_t{0});
    const std::optional<Number> found = m_source.cell(node.tensor, position);
    if (!found) {
        if (m_wanted != nullptr) m_wanted->push_back({node.tensor, position, m_equationId});
        return Number::of(std::int64_t{0});
    }
    if (m_inputs.size() < ShownInputs) m_inputs.emplace_back(node.tensor, position);
    return node.asStep ? Number::of(std::int64_t{found->isPositive()}) : *found;
}

Number ElementEvaluator::product(const Node& node) {
    // Boolean factors first: the others are not looked at where one is false.
    bool isFalse = false;
    for (const Node& operand : node.operands)
        if (isBoolean(operand) && !value(operand).isPositive()) isFalse = true;
    if (isFalse) return node.isInteger ? Number::of(std::int64_t{0}) : Number::of(0.0);
    Number result = Number::of(std::int64_t{1});
    for (const Node& operand : node.operands) result = multiply(result, value(operand));
    return checked(result, node);
}

Number ElementEvaluator::sum(const Node& node) {
    std::vector<std::pair<const Node*, bool>> terms;
    flattenTerms(node.operands[0], false, terms);
    Number total = node.isInteger ? Number::of(std::int64_t{0}) : Number::of(0.0);
    ++m_depth;
    for (const auto& [term, isNegative] : terms) {
        std::vector<const Node*> factors;
        flattenFactors(*term, factors);
        combinations(node.sumVars, factors, [&, part = term, minus = isNegative] {
            m_inputs.clear();
            const Number number = minus ? negate(value(*part)) : value(*part);
            total = add(total, number);
            if (m_terms == nullptr || m_depth != 1 || number.isZero()) return;
            std::string shown;
            for (const auto& [tensor, position] : m_inputs)
                shown += (shown.empty() ? "" : " ") + cellText(tensor, position);
            std::string values;
            for (const auto& [tensor, position] : m_inputs) {
                const std::optional<Number> input = m_source.cell(tensor, position);
                values += (values.empty() ? "" : ", ") + (input ? text(*input) : "?");
            }
            m_terms->push_back({number, shown.empty() ? text(number) : shown + " = " + values});
        });
    }
    --m_depth;
    return checked(total, node);
}

Number ElementEvaluator::divide(const Node& node) {
    std::vector<const Node*> factors;
    flattenFactors(node.operands[0], factors);
    for (const Node* factor : factors) // a false Boolean factor: the denominator does not matter
        if (isBoolean(*factor) && !value(*factor).isPositive()) return Number::of(0.0);
    const Number a = value(node.operands[0]), b = value(node.operands[1]);
    if (b.isZero()) failAt("E-DIV0", "Division by zero in %1; its inputs: %2", node.operands[1], {});
    return checked(Number::of(a.asReal() / b.asReal()), node);
}

Number ElementEvaluator::modulo(const Node& node) {
    const Number a = value(node.operands[0]), b = value(node.operands[1]);
    for (std::size_t k = 0; k < 2; ++k)
        if (!isIntegral(k == 0 ? a : b))
            failAt("E-TYPE", "% takes integers, found %2 in %1; its inputs: %3", node.operands[k],
                   {text(k == 0 ? a : b)});
    if (b.isZero()) failAt("E-DIV0", "Remainder of a division by zero in %1; its inputs: %2", node.operands[1], {});
    const auto integer = [](const Number& x) { return x.isInteger ? x.integer : static_cast<std::int64_t>(x.real); };
    return Number::of(floorModulo(integer(a), integer(b)).value_or(0));
}

Number ElementEvaluator::power(const Node& node) {
    const Number base = value(node.operands[0]), exponent = value(node.operands[1]);
    if (base.isZero() && exponent.asReal() < 0)
        failAt("E-DIV0", "Zero to a negative power in %1; its inputs: %2", node.operands[0], {});
    if (base.asReal() < 0 && !isIntegral(exponent))
        failAt("E-MATH", "Root of the negative number %2 in %1; its inputs: %3", node.operands[0], {text(base)});
    if (base.isInteger && exponent.isInteger && exponent.integer >= 0) {
        Number result = Number::of(std::int64_t{1}), factor = base;
        for (std::int64_t n = exponent.integer; n > 0; n >>= 1) {
            if ((n & 1) != 0) result = multiply(result, factor);
            if (n > 1) factor = multiply(factor, factor);
        }
        return checked(result, node);
    }
    return checked(Number::of(std::pow(base.asReal(), exponent.asReal())), node.operands[0]);
}

Number ElementEvaluator::call(const Node& node) {
    const Number number = value(node.operands[0]);
    const double x = number.asReal();
    const auto result = [&](double y) { return checked(Number::of(y), node); };
    const auto outside = [&](const char* name) {
        failAt("E-MATH", "%2 of %3 in %1; its inputs: %4", node, {name, text(number)});
    };
    switch (node.function) {
    case Function::Step:
        return Number::of(std::int64_t{x > 0});
    case Function::Sig:
        return result(sigmoid(x));
    case Function::SigT: {
        const double t = value(node.operands[1]).asReal();
        return t == 0 ? Number::of(x > 0 ? 1.0 : 0.0) : result(sigmoid(x / t));
    }
    case Function::Relu:
        return number.isPositive() ? number : (number.isInteger ? Number::of(std::int64_t{0}) : Number::of(0.0));
    case Function::Tanh:
        return result(std::tanh(x));
    case Function::Exp:
        return result(std::exp(x));
    case Function::Log:
        if (x <= 0) outside("log");
        return result(std::log(x));
    case Function::Sqrt:
        if (x < 0) outside("sqrt");
        return result(std::sqrt(x));
    case Function::Abs:
        if (!number.isInteger) return Number::of(std::abs(x));
        return number.integer < 0 ? checked(negate(number), node) : number;
    case Function::Sign: {
        const int sign = (x > 0) - (x < 0);
        return number.isInteger ? Number::of(std::int64_t{sign}) : Number::of(static_cast<double>(sign));
    }
    case Function::Sin:
        return result(std::sin(x));
    case Function::Cos:
        return result(std::cos(x));
    case Function::Gelu:
        return result(0.5 * x * (1 + std::erf(x / std::sqrt(2.0))));
    case Function::Silu:
        return result(x * sigmoid(x));
    default:
        return {};
    }
}

Number ElementEvaluator::normalise(const Node& node) {
    std::vector<double> values;
    std::size_t mine = 0;
    const Env here = m_env;
    const std::vector<VarId>& vars = node.sumVars;
    for (const VarId var : vars) m_env[var] = Unbound;
    enumerate(vars, 0, {}, [&] {
        if (!applies(*m_equation)) return;
        const bool isHere = std::all_of(vars.begin(), vars.end(), [&](VarId var) { return m_env[var] == here[var]; });
        if (isHere) mine = values.size();
        values.push_back(value(node.operands[0]).asReal());
    });
    m_env = here;
    if (mine >= values.size()) return Number::of(0.0);
    if (node.function == Function::Lnorm) {
        layerNorm(values, values);
        return Number::of(values[mine]);
    }
    const double top = *std::max_element(values.begin(), values.end());
    double total = 0;
    for (const double x : values) total += std::exp(x - top);
    const double shifted = values[mine] - top;
    return Number::of(node.function == Function::Softmax ? std::exp(shifted) / total : shifted - std::log(total));
}

Number ElementEvaluator::concat(const Node& node) {
    std::int64_t at = m_env[node.var];
    const Env here = m_env;
    for (std::size_t k = node.sumVars.size(); k-- > 0;) {
        const std::int64_t size = m_source.sizeOf(m_equation->vars[node.sumVars[k]].domain);
        m_env[node.sumVars[k]] = at % size;
        at /= size;
    }
    const Number result = value(node.operands[0]);
    m_env = here;
    return result;
}

std::vector<ElementEvaluator::TermValue> ElementEvaluator::terms(TensorId tensor, const Position& cell,
                                                                 std::size_t most) {
    std::vector<TermValue> result;
    m_terms = &result;
    m_depth = 0;
    Parts parts;
    const std::vector<std::uint32_t> equations = equationsOf(tensor);
    for (const std::uint32_t equation : equations) {
        const std::size_t before = parts.values.size(), listed = result.size();
        contribute(equation, cell, parts, nullptr);
        // No sum inside: the contribution itself is the term.
        if (result.size() == listed)
            for (std::size_t k = before; k < parts.values.size(); ++k) {
                std::string shown;
                for (const auto& [input, position] : m_inputs)
                    shown += (shown.empty() ? "" : " ") + cellText(input, position);
                result.push_back({parts.values[k], shown.empty() ? text(parts.values[k]) : shown});
            }
    }
    m_terms = nullptr;
    std::stable_sort(result.begin(), result.end(), [](const TermValue& a, const TermValue& b) {
        return std::abs(a.value.asReal()) > std::abs(b.value.asReal());
    });
    if (result.size() > most) result.resize(most);
    return result;
}

} // namespace vitrine::tl::dense
