// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/element.hpp"

#include "core/methods/tensor_logic/answer.hpp"
#include "core/methods/tensor_logic/dense/layernorm.hpp"
#include "core/methods/tensor_logic/integers.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::tl::dense {

namespace {

constexpr std::size_t ShownInputs = 6;

std::string text(const Number& number) {
    return number.isInteger ? formatNumber(number.integer) : formatNumber(number.real);
}

Number add(const Number& a, const Number& b) {
    if (a.isInteger && b.isInteger) // wraps like the tensors' int64
        return Number::of(
            static_cast<std::int64_t>(static_cast<std::uint64_t>(a.integer) + static_cast<std::uint64_t>(b.integer)));
    return Number::of(a.asReal() + b.asReal());
}

Number multiply(const Number& a, const Number& b) {
    if (a.isInteger && b.isInteger)
        return Number::of(
            static_cast<std::int64_t>(static_cast<std::uint64_t>(a.integer) * static_cast<std::uint64_t>(b.integer)));
    return Number::of(a.asReal() * b.asReal());
}

Number negate(const Number& a) {
    return a.isInteger ? Number::of(std::int64_t{0} - a.integer) : Number::of(-a.real);
}

bool isIntegral(const Number& a) {
    return a.isInteger || a.real == std::floor(a.real);
}

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

void ElementEvaluator::tick() {
    if ((++m_ticks & 0xfff) == 0 && m_stop.stop_requested()) throw Cancelled{};
}

const std::vector<std::uint32_t>& ElementEvaluator::equationsOf(TensorId tensor) {
    if (m_equations.empty())
        for (std::uint32_t k = 0; k < m_program.equations.size(); ++k)
            m_equations[m_program.equations[k].head].push_back(k);
    return m_equations[tensor];
}

std::string ElementEvaluator::cellText(TensorId tensor, std::span<const std::int64_t> position) const {
    const TensorInfo& info = m_program.tensors[tensor];
    std::string result = info.name;
    for (std::size_t k = 0; k < position.size(); ++k) {
        const Domain& domain = m_program.domains[info.axes[k]];
        result += k == 0 ? "[" : ", ";
        const bool isSymbol = !domain.symbols.empty() && position[k] >= 0 &&
                              position[k] < static_cast<std::int64_t>(domain.symbols.size());
        result += isSymbol ? m_program.dictionary->text(domain.symbols[static_cast<std::size_t>(position[k])])
                           : std::to_string(position[k]);
    }
    return position.empty() ? result : result + "]";
}

void ElementEvaluator::failAt(const char* code, const char* message, const Node& node,
                              std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), m_cell);
    std::string inputs;
    for (const auto& [tensor, position] : m_inputs) {
        const std::optional<Number> number = m_source.cell(tensor, position);
        inputs += (inputs.empty() ? "" : ", ") + cellText(tensor, position) + " = " + (number ? text(*number) : "?");
    }
    arguments.push_back(inputs.empty() ? "none" : inputs);
    fail(code, message, std::move(arguments), node.range);
}

// ---------------------------------------------------------------- cells and assignments

Number ElementEvaluator::evaluate(TensorId tensor, const Position& cell, std::vector<Wanted>* wanted) {
    Parts parts;
    for (const std::uint32_t equation : equationsOf(tensor)) contribute(equation, cell, parts, wanted);
    return pool(tensor, parts);
}

void ElementEvaluator::contribute(std::uint32_t equation, const Position& cell, Parts& parts,
                                  std::vector<Wanted>* wanted) {
    m_equationId = equation;
    m_equation = &m_program.equations[equation];
    m_wanted = wanted;
    m_cell = cellText(m_equation->head, cell);
    m_env.assign(m_equation->vars.size(), Unbound);
    assignments(*m_equation, cell, [&] {
        if (!applies(*m_equation)) return;
        m_inputs.clear();
        if (m_equation->op != ProjectOp::Sum) {
            reduceOver(*m_equation, parts);
            return;
        }
        const Number number = value(m_equation->value);
        parts.values.push_back(m_equation->isStepped ? Number::of(std::int64_t{number.isPositive()}) : number);
    });
}

void ElementEvaluator::assignments(const Equation& equation, const Position& cell, const Visit& visit) {
    tryAssignments(equation, cell, 0, visit);
}

/// Solves head index = cell, axis by axis.
void ElementEvaluator::tryAssignments(const Equation& equation, const Position& cell, std::size_t axis,
                                      const Visit& visit) {
    if (axis == equation.headIndex.size()) {
        visit();
        return;
    }
    const IndexTerm& term = equation.headIndex[axis];
    const std::optional<Affine> affine = affineOf(term);
    std::set<VarId> vars;
    const std::function<void(const IndexTerm&)> collect = [&](const IndexTerm& part) {
        if (part.kind == IndexTerm::Kind::Variable) vars.insert(part.var);
        for (const IndexTerm& operand : part.operands) collect(operand);
    };
    collect(term);
    std::vector<VarId> free;
    for (const VarId var : vars)
        if (!isBound(var)) free.push_back(var);
    if (free.empty()) {
        if (evaluateIndex(term, m_env) == cell[axis]) tryAssignments(equation, cell, axis + 1, visit);
        return;
    }
    if (affine && affine->terms.size() == 1 && std::abs(affine->terms[0].second) == 1) {
        const VarId var = free[0];
        const std::int64_t at = (cell[axis] - affine->constant) * affine->terms[0].second;
        if (at < 0 || at >= m_source.sizeOf(equation.vars[var].domain)) return;
        m_env[var] = at;
        tryAssignments(equation, cell, axis + 1, visit);
        m_env[var] = Unbound;
        return;
    }
    const VarId var = free[0]; // one at a time: the axis is looked at again with it bound
    const std::int64_t size = m_source.sizeOf(equation.vars[var].domain);
    for (std::int64_t k = 0; k < size; ++k) {
        tick();
        m_env[var] = k;
        tryAssignments(equation, cell, axis, visit);
    }
    m_env[var] = Unbound;
}

bool ElementEvaluator::applies(const Equation& equation) const {
    return std::all_of(equation.bounds.begin(), equation.bounds.end(), [&](const Equation::Bound& bound) {
        const std::int64_t size = m_source.sizeOf(m_program.tensors[bound.tensor].axes[bound.axis]);
        const std::optional<std::int64_t> at = evaluateIndex(bound.index, m_env);
        return at && *at >= 0 && *at < size;
    });
}

void ElementEvaluator::reduceOver(const Equation& equation, Parts& parts) {
    std::vector<const Node*> guards;
    for (const Node& guard : equation.guards) guards.push_back(&guard);
    combinations(equation.reduced, guards, [&] { parts.values.push_back(value(equation.value)); });
}

Number ElementEvaluator::pool(TensorId tensor, const Parts& parts) const {
    const TensorInfo& info = m_program.tensors[tensor];
    const bool isReal = info.type == ElementType::Real;
    const Number zero = isReal ? Number::of(0.0) : Number::of(std::int64_t{0});
    if (parts.values.empty()) return zero;
    Number result = parts.values[0];
    for (std::size_t k = 1; k < parts.values.size(); ++k) {
        const Number& next = parts.values[k];
        switch (info.pooling) {
        case ProjectOp::Sum:
        case ProjectOp::Average:
            result = add(result, next);
            break;
        case ProjectOp::Max:
            result = next.asReal() > result.asReal() ? next : result;
            break;
        case ProjectOp::Min:
            result = next.asReal() < result.asReal() ? next : result;
            break;
        case ProjectOp::Product:
            result = multiply(result, next);
            break;
        }
    }
    if (info.pooling == ProjectOp::Average)
        return Number::of(result.asReal() / static_cast<double>(parts.values.size()));
    if (info.type == ElementType::Bool) return Number::of(std::int64_t{result.isPositive()});
    return isReal ? Number::of(result.asReal()) : result;
}

// ---------------------------------------------------------------- combinations

bool ElementEvaluator::isBoolean(const Node& node) const {
    return node.kind == Node::Kind::Tensor && (node.asStep || m_program.tensors[node.tensor].type == ElementType::Bool);
}

void ElementEvaluator::combinations(const std::vector<VarId>& vars, const std::vector<const Node*>& factors,
                                    const Visit& visit) {
    std::vector<const Node*> joins, tests;
    for (const Node* factor : factors) {
        if (!isBoolean(*factor)) continue;
        const bool canMatch = m_source.tuples(factor->tensor) != nullptr &&
                              std::all_of(factor->index.begin(), factor->index.end(), [](const IndexTerm& term) {
                                  return term.isPlain() || term.kind == IndexTerm::Kind::Constant;
                              });
        (canMatch ? joins : tests).push_back(factor);
    }
    std::vector<std::int64_t> saved;
    for (const VarId var : vars) {
        saved.push_back(m_env[var]);
        m_env[var] = Unbound;
    }
    join(std::move(joins), tests, vars, visit);
    for (std::size_t k = 0; k < vars.size(); ++k) m_env[vars[k]] = saved[k];
}

void ElementEvaluator::join(std::vector<const Node*> joins, const std::vector<const Node*>& tests,
                            const std::vector<VarId>& vars, const Visit& visit) {
    if (joins.empty()) {
        enumerate(vars, 0, tests, visit);
        return;
    }
    const auto boundArguments = [&](const Node* node) {
        std::ptrdiff_t free = 0;
        for (const IndexTerm& term : node->index)
            if (term.isPlain() && !isBound(term.var)) ++free;
        return free;
    };
    const auto best = std::min_element(joins.begin(), joins.end(), [&](const Node* a, const Node* b) {
        return boundArguments(a) < boundArguments(b);
    });
    const Node& atom = **best;
    joins.erase(best);
    const TensorInfo& info = m_program.tensors[atom.tensor];
    std::vector<Cell> pattern(info.arity, 0);
    std::uint32_t mask = 0;
    for (std::size_t k = 0; k < info.arity; ++k) {
        const IndexTerm& term = atom.index[k];
        if (term.isPlain() && !isBound(term.var)) continue;
        const std::int64_t at = term.isPlain() ? m_env[term.var] : term.offset;
        if (at < 0 || at >= m_source.sizeOf(info.axes[k])) {
            if (term.isPlain()) return;
            pattern[k] = term.constant;
        } else
            pattern[k] = cellAt(m_program, m_program.domains[info.axes[k]], at);
        mask |= 1U << k;
    }
    // Visited after the walk: the visitor may walk the same set.
    std::vector<std::vector<Cell>> found;
    m_source.tuples(atom.tensor)->match(pattern, mask, [&](std::span<const Cell> cells, std::uint32_t) {
        tick();
        found.emplace_back(cells.begin(), cells.end());
        return true;
    });
    for (const std::vector<Cell>& cells : found) {
        std::vector<VarId> bound;
        bool fits = true;
        for (std::size_t k = 0; k < info.arity && fits; ++k) {
            const IndexTerm& term = atom.index[k];
            if (!term.isPlain() || ((mask >> k) & 1U) != 0) continue;
            const std::int64_t at = m_source.positionOf(info.axes[k], cells[k]);
            fits = at >= 0 && at < m_source.sizeOf(m_equation->vars[term.var].domain);
            if (!fits) break;
            if (isBound(term.var))
                fits = m_env[term.var] == at;
            else {
                m_env[term.var] = at;
                bound.push_back(term.var);
            }
        }
        if (fits) join(joins, tests, vars, visit);
        for (const VarId var : bound) m_env[var] = Unbound;
    }
}

void ElementEvaluator::enumerate(const std::vector<VarId>& vars, std::size_t from,
                                 const std::vector<const Node*>& tests, const Visit& visit) {
    if (from == vars.size()) {
        tick();
        if (std::all_of(tests.begin(), tests.end(), [&](const Node* test) { return value(*test).isPositive(); }))
            visit();
        return;
    }
    const VarId var = vars[from];
    if (isBound(var)) {
        enumerate(vars, from + 1, tests, visit);
        return;
    }
    const std::int64_t size = m_source.sizeOf(m_equation->vars[var].domain);
    for (std::int64_t k = 0; k < size; ++k) {
        m_env[var] = k;
        enumerate(vars, from + 1, tests, visit);
    }
    m_env[var] = Unbound;
}

// ---------------------------------------------------------------- expressions

Number ElementEvaluator::checked(Number number, const Node& node) const {
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
        return negate(value(node.operands[0]));
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
            failAt("E-TYPE", "%% takes integers, found %2 in %1; its inputs: %3", node.operands[k],
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
            factor = multiply(factor, factor);
        }
        return result;
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
        return number.isInteger ? Number::of(std::abs(number.integer)) : Number::of(std::abs(x));
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
