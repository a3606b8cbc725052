// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/element.hpp"

#include "core/methods/tensor_logic/dense/elementnumbers.hpp"
#include "core/methods/tensor_logic/integers.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::tl::dense {

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
    std::set<std::pair<TensorId, Position>> seen; // each once
    for (const auto& [tensor, position] : m_inputs) {
        if (!seen.emplace(tensor, position).second) continue;
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
    return pool(tensor, cell, parts);
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

Number ElementEvaluator::pool(TensorId tensor, const Position& cell, const Parts& parts) const {
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
    if (result.isOver) {
        const auto first = std::find_if(m_program.equations.begin(), m_program.equations.end(),
                                        [tensor](const Equation& each) { return each.head == tensor; });
        std::string inputs;
        const std::size_t shown = std::min(parts.values.size(), ShownInputs);
        for (std::size_t k = 0; k < shown; ++k) inputs += (k == 0 ? "" : ", ") + text(parts.values[k]);
        if (shown < parts.values.size()) inputs += ", …";
        fail("E-MATH", "The integer in %1 does not fit 64 bits; its inputs: %2", {cellText(tensor, cell), inputs},
             first->range);
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

} // namespace vitrine::tl::dense
