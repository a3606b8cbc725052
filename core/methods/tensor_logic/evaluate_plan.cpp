// SPDX-License-Identifier: GPL-3.0-or-later
// How rules were joined and how equations are contracted, for people.
#include "core/methods/tensor_logic/dense/component.hpp"
#include "core/methods/tensor_logic/evaluate_result.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace vitrine::tl {

std::vector<RulePlan> EvaluationResult::rulePlans(std::uint32_t rule) const {
    if (!m_engine || rule >= m_program->rules.size()) return {};
    return m_engine->plans(rule);
}

namespace {

/// What the strata around an equation mean for its compilation: inside a recursion it runs a slice at a time.
std::optional<dense::LoopRole> roleOf(dense::Store& store, std::uint32_t id, dense::Surroundings& surroundings) {
    const Program& program = store.program();
    const Equation& equation = program.equations[id];
    for (const Stratum& stratum : program.strata) {
        if (stratum.kind != Stratum::Kind::Recursive ||
            std::find(stratum.equations.begin(), stratum.equations.end(), id) == stratum.equations.end())
            continue;
        surroundings.variableTensors.insert(stratum.tensors.begin(), stratum.tensors.end());
        const auto plan = dense::planSlices(program, stratum.tensors, stratum.equations,
                                            [&store](DomainId domain) { return store.sizeOf(domain); });
        if (!plan) return std::nullopt;
        surroundings.slicedAxes = plan->axes;
        return dense::loopRole(equation, plan->axes.at(equation.head));
    }
    return std::nullopt;
}

} // namespace

std::optional<EquationPlan> EvaluationResult::equationPlan(std::uint32_t id) const {
    if (id >= m_program->equations.size()) return std::nullopt;
    const std::lock_guard lock(m_mutex);
    const Equation& equation = m_program->equations[id];
    dense::Store& store = m_store;
    EquationPlan out;
    out.equation = id;
    const double bytes = store.realType() == at::kFloat ? 4 : 8;
    const auto cellsOf = [&](TensorId tensor) {
        double cells = 1;
        for (const std::int64_t size : store.shapeOf(tensor)) cells *= static_cast<double>(size);
        return cells;
    };
    bool isKnown = true;
    std::set<TensorId> reads;
    dense::collectReads(equation, [&](const Node& node) {
        const TensorInfo& info = m_program->tensors[node.tensor];
        isKnown = isKnown && (info.isBuiltin || !info.isRelation || store.isSparse(node.tensor));
        if (!info.isBuiltin) reads.insert(node.tensor);
    });
    if (!isKnown) return std::nullopt;
    for (const TensorId tensor : reads)
        out.inputBytes +=
            store.isSparse(tensor) ? static_cast<double>(store.rows(tensor)) * 8 : cellsOf(tensor) * bytes;
    try {
        dense::Surroundings surroundings;
        surroundings.contractions = &out.products;
        const std::optional<dense::LoopRole> role = roleOf(store, id, surroundings);
        const dense::CompiledEquation compiled(store, surroundings, equation, role);
        double runs = 1;
        if (role && role->var != NoId) runs = static_cast<double>(store.sizeOf(equation.vars[role->var].domain));
        out.flops = compiled.cost().flops * runs;
        out.peakBytes = (compiled.cost().peak + compiled.cost().kept) * bytes;
    } catch (const dense::Failure&) {
        return std::nullopt; // the evaluation said why
    } catch (const dense::Suspect&) {
        return std::nullopt;
    } catch (const std::exception&) {
        return std::nullopt;
    }
    out.resultBytes = cellsOf(equation.head) * bytes;
    return out;
}

} // namespace vitrine::tl
