// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/tensor_logic/enumeration.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::test {

using namespace tl;
using Kind = Node::Kind;

namespace {

void collect(const IndexTerm& term, std::set<VarId>& vars) {
    if (term.kind == IndexTerm::Kind::Variable) vars.insert(term.var);
    for (const IndexTerm& operand : term.operands) collect(operand, vars);
}

double function(Function f, double x) {
    switch (f) {
    case Function::Step:
        return x > 0;
    case Function::Sig:
        return 1 / (1 + std::exp(-x));
    case Function::Relu:
        return std::max(x, 0.0);
    case Function::Tanh:
        return std::tanh(x);
    case Function::Exp:
        return std::exp(x);
    case Function::Log:
        return std::log(x);
    case Function::Sqrt:
        return std::sqrt(x);
    case Function::Abs:
        return std::abs(x);
    case Function::Sign:
        return (x > 0) - (x < 0);
    case Function::Sin:
        return std::sin(x);
    case Function::Cos:
        return std::cos(x);
    case Function::Gelu:
        return x * 0.5 * (1 + std::erf(x / std::sqrt(2.0)));
    case Function::Silu:
        return x / (1 + std::exp(-x));
    default:
        return std::nan("");
    }
}

} // namespace

void Enumeration::forEach(const Equation& equation, const std::vector<VarId>& vars, Env& env,
                          const std::function<void()>& visit, std::size_t from) {
    if (from == vars.size()) return visit();
    const std::int64_t before = env[vars[from]];
    for (std::int64_t k = 0; k < sizeOf(equation.vars[vars[from]].domain); ++k) {
        env[vars[from]] = k;
        forEach(equation, vars, env, visit, from + 1);
    }
    env[vars[from]] = before;
}

bool Enumeration::applies(const Equation& equation, const Env& env) const {
    for (const Equation::Bound& bound : equation.bounds) {
        const auto at = evaluateIndex(bound.index, env);
        if (!at || *at < 0 || *at >= sizeOf(m_program.tensors[bound.tensor].axes[bound.axis])) return false;
    }
    return true;
}

double Enumeration::tensor(const Node& node, const Env& env) {
    Position position;
    for (const IndexTerm& term : node.index) position.push_back(evaluateIndex(term, env).value());
    const TensorInfo& info = m_program.tensors[node.tensor];
    if (info.isBuiltin) return (position[0] % 2 == 0) == (info.name == "Even");
    for (std::size_t k = 0; k < position.size(); ++k)
        if (position[k] < 0 || position[k] >= sizeOf(info.axes[k])) return 0;
    const double found = cell(node.tensor, position);
    return node.asStep ? found > 0 : found;
}

double Enumeration::value(const Equation& equation, const Node& node, Env& env) {
    const auto at = [&](std::size_t k) { return value(equation, node.operands[k], env); };
    switch (node.kind) {
    case Kind::Constant:
        return node.isInteger ? static_cast<double>(node.integer) : node.real;
    case Kind::IndexValue:
        return static_cast<double>(env[node.var]);
    case Kind::Symbol:
        return std::nan("");
    case Kind::Tensor:
        return tensor(node, env);
    case Kind::Negate:
        return -at(0);
    case Kind::Add: {
        double total = 0;
        for (std::size_t k = 0; k < node.operands.size(); ++k) total += at(k);
        return total;
    }
    case Kind::Multiply: {
        double total = 1;
        for (std::size_t k = 0; k < node.operands.size(); ++k) total *= at(k);
        return total;
    }
    case Kind::Divide:
        return at(0) / at(1);
    case Kind::Modulo:
        return at(0) - at(1) * std::floor(at(0) / at(1));
    case Kind::Power:
        return std::pow(at(0), at(1));
    case Kind::Call:
        if (node.function != Function::SigT) return function(node.function, at(0));
        return at(1) == 0 ? at(0) > 0 : 1 / (1 + std::exp(-at(0) / at(1)));
    case Kind::Sum: {
        double total = 0;
        forEach(equation, node.sumVars, env, [&] { total += at(0); });
        return total;
    }
    case Kind::Normalise: {
        const double mine = at(0);
        std::vector<double> all;
        const Env here = env;
        forEach(equation, node.sumVars, env, [&] {
            if (applies(equation, env)) all.push_back(at(0));
        });
        env = here;
        double mean = 0, variance = 0, total = 0;
        for (const double x : all) mean += x / static_cast<double>(all.size());
        for (const double x : all) variance += (x - mean) * (x - mean) / static_cast<double>(all.size());
        if (node.function == Function::Lnorm) return (mine - mean) / std::sqrt(variance + 1e-5);
        for (const double x : all) total += std::exp(x - mine);
        return node.function == Function::Softmax ? 1 / total : -std::log(total);
    }
    case Kind::Concat: {
        const Env here = env;
        std::int64_t place = env[node.var];
        for (std::size_t k = node.sumVars.size(); k-- > 0;) {
            const std::int64_t size = sizeOf(equation.vars[node.sumVars[k]].domain);
            env[node.sumVars[k]] = place % size;
            place /= size;
        }
        const double result = at(0);
        env = here;
        return result;
    }
    }
    return std::nan("");
}

double Enumeration::cell(TensorId tensor, const Position& position) {
    const TensorInfo& info = m_program.tensors[tensor];
    if (info.isRelation) {
        std::vector<Cell> cells;
        for (std::size_t k = 0; k < position.size(); ++k)
            cells.push_back(cellAt(m_program, m_program.domains[info.axes[k]], position[k]));
        return m_relations.contains(tensor, cells);
    }
    if (const auto fixed = fixedValues.find(tensor); fixed != fixedValues.end()) {
        std::int64_t offset = 0;
        for (std::size_t k = 0; k < position.size(); ++k) offset = offset * sizeOf(info.axes[k]) + position[k];
        return fixed->second[static_cast<std::size_t>(offset)];
    }
    const auto key = std::make_pair(tensor, position);
    if (const auto known = m_memo.find(key); known != m_memo.end()) return known->second;
    std::vector<double> parts;
    for (std::uint64_t row = 0; row < info.given.rows; ++row) {
        bool isHere = true;
        for (std::uint32_t k = 0; k < info.arity; ++k)
            isHere = isHere && info.given.cells[row * info.arity + k] ==
                                   cellAt(m_program, m_program.domains[info.axes[k]], position[k]);
        if (isHere)
            parts.push_back(!info.given.integers.empty() ? static_cast<double>(info.given.integers[row])
                                                         : info.given.reals[row]);
    }
    for (const Equation& equation : m_program.equations) {
        if (equation.head != tensor) continue;
        std::set<VarId> head;
        for (const IndexTerm& term : equation.headIndex) collect(term, head);
        Env env(equation.vars.size(), 0);
        forEach(equation, std::vector<VarId>(head.begin(), head.end()), env, [&] {
            for (std::size_t k = 0; k < position.size(); ++k)
                if (evaluateIndex(equation.headIndex[k], env) != position[k]) return;
            if (!applies(equation, env)) return;
            forEach(equation, equation.reduced, env, [&] {
                for (const Node& guard : equation.guards)
                    if (value(equation, guard, env) <= 0) return;
                const double x = value(equation, equation.value, env);
                parts.push_back(equation.isStepped ? x > 0 : x);
            });
        });
    }
    double result = 0;
    if (!parts.empty()) {
        result = parts[0];
        for (std::size_t k = 1; k < parts.size(); ++k) {
            if (info.pooling == ProjectOp::Max)
                result = std::max(result, parts[k]);
            else if (info.pooling == ProjectOp::Min)
                result = std::min(result, parts[k]);
            else if (info.pooling == ProjectOp::Product)
                result *= parts[k];
            else
                result += parts[k];
        }
        if (info.pooling == ProjectOp::Average) result /= static_cast<double>(parts.size());
        if (info.type == ElementType::Bool) result = result > 0;
    }
    m_memo[key] = result;
    return result;
}

std::vector<double> Enumeration::cells(TensorId tensor) {
    std::vector<std::int64_t> shape;
    std::int64_t count = 1;
    for (const DomainId axis : m_program.tensors[tensor].axes) {
        shape.push_back(sizeOf(axis));
        count *= shape.back();
    }
    std::vector<double> result;
    for (std::int64_t k = 0; k < count; ++k) {
        Position position(shape.size());
        std::int64_t rest = k;
        for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis]) position[axis] = rest % shape[axis];
        result.push_back(cell(tensor, position));
    }
    return result;
}

} // namespace vitrine::test
