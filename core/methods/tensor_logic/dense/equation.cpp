// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/equation.hpp"

#include "core/methods/tensor_logic/dense/pool.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdio>

namespace vitrine::tl::dense {

LoopRole loopRole(const Equation& equation, int axis) {
    LoopRole role;
    role.headAxis = axis;
    const std::optional<Affine> affine = affineOf(equation.headIndex[static_cast<std::size_t>(axis)]);
    if (!affine || affine->terms.empty()) return role;
    role.var = affine->terms[0].first;
    role.shift = -affine->constant;
    return role;
}

CompiledEquation::CompiledEquation(Store& store, const Surroundings& surroundings, const Equation& equation,
                                   std::optional<LoopRole> role)
    : m_store(store), m_surroundings(surroundings), m_equation(equation), m_role(role),
      m_lowering(store, surroundings, equation) {
    const TensorInfo& head = store.program().tensors[equation.head];
    m_isReal = head.type == ElementType::Real;
    if (role && role->var != NoId) {
        VarState& state = m_lowering.vars()[role->var];
        const std::int64_t size = state.size, shift = role->shift;
        state.kind = VarState::Kind::Loop;
        state.shift = shift;
        m_dynamicBounds.push_back({[shift](const Frame& frame) { return frame.loop + shift; }, size});
    }
    if (!applyBounds()) {
        m_isEmpty = true;
        return;
    }
    std::vector<Label> labels;
    Dims sizes;
    for (std::size_t k = 0; k < equation.headIndex.size(); ++k) {
        std::set<VarId> vars;
        collectVars(equation.headIndex[k], vars);
        for (const VarId var : vars) {
            const VarState& state = m_lowering.vars()[var];
            if (state.kind != VarState::Kind::Free || contains(labels, state.label)) continue;
            labels.push_back(state.label);
            sizes.push_back(state.size);
        }
    }
    m_lowering.setDesired(labels);
    m_labels = labels;
    m_sizes = sizes;
    compileHead(labels, sizes);
    if (equation.op == ProjectOp::Sum)
        compileSum();
    else
        compileReduction();
    checkMemory();
}

void checkBudget(const Store& store, const Surroundings& surroundings, double cells, const Equation& equation) {
    const double needed = cells * (store.realType() == at::kFloat ? 4 : 8);
    if (surroundings.alive + needed <= surroundings.budget) return;
    fail("E-LIMIT",
         "The equation of %1 needs %2 bytes at once, besides %3 bytes of values that are there: more than the memory "
         "budget of %4 bytes",
         {store.program().tensors[equation.head].name, bytesText(needed), bytesText(surroundings.alive),
          bytesText(surroundings.budget)},
         equation.range);
}

std::string bytesText(double bytes) {
    char text[32];
    std::snprintf(text, sizeof text, bytes < 1e15 ? "%.0f" : "%.3g", bytes);
    return text;
}

void CompiledEquation::checkMemory() const {
    checkBudget(m_store, m_surroundings, m_cost.peak + m_cost.kept, m_equation);
}

/// Narrows variables so that `term` lies in 0 .. size - 1; false when that leaves nothing.
bool CompiledEquation::restrict(const IndexTerm& term, std::int64_t size) {
    std::set<VarId> vars;
    collectVars(term, vars);
    std::vector<VarState>& states = m_lowering.vars();
    std::vector<VarId> free;
    for (const VarId var : vars)
        if (states[var].kind == VarState::Kind::Free) free.push_back(var);
    std::vector<std::int64_t> values(states.size(), 0);
    if (vars.empty()) {
        const std::optional<std::int64_t> value = evaluateIndex(term, values);
        return value && *value >= 0 && *value < size;
    }
    if (free.empty()) {
        Dims shifts;
        for (const VarState& state : states) shifts.push_back(state.shift);
        m_dynamicBounds.push_back({[term, shifts](const Frame& frame) {
                                       Dims at = shifts;
                                       for (std::int64_t& value : at) value += frame.loop;
                                       return evaluateIndex(term, at).value_or(-1);
                                   },
                                   size});
        return true;
    }
    if (vars.size() > 1) {
        m_masks.push_back({m_lowering.grid(term), size});
        return true;
    }
    VarState& state = states[free[0]];
    if (term.isPlain()) {
        const std::int64_t end = std::min(state.low + state.size, size);
        state.size = std::max<std::int64_t>(0, end - state.low);
        return state.size > 0;
    }
    std::int64_t first = -1, last = -1, count = 0;
    for (std::int64_t k = state.low; k < state.low + state.size; ++k) {
        values[free[0]] = k;
        const std::optional<std::int64_t> value = evaluateIndex(term, values);
        if (!value || *value < 0 || *value >= size) continue;
        if (first < 0) first = k;
        last = k;
        ++count;
    }
    if (count == 0) return false;
    state.low = first;
    state.size = last - first + 1;
    if (count != state.size) m_masks.push_back({m_lowering.grid(term), size});
    return true;
}

bool CompiledEquation::applyBounds() {
    const TensorInfo& head = m_store.program().tensors[m_equation.head];
    for (std::size_t k = 0; k < m_equation.headIndex.size(); ++k)
        if (!restrict(m_equation.headIndex[k], m_store.sizeOf(head.axes[k]))) return false;
    for (const Equation::Bound& bound : m_equation.bounds) {
        const DomainId domain = m_store.program().tensors[bound.tensor].axes[bound.axis];
        if (!restrict(bound.index, m_store.sizeOf(domain))) return false;
    }
    return true;
}

bool CompiledEquation::applies(const Frame& frame) const {
    return std::all_of(m_dynamicBounds.begin(), m_dynamicBounds.end(), [&](const DynamicBound& bound) {
        const std::int64_t value = bound.value(frame);
        return value >= 0 && value < bound.size;
    });
}

void CompiledEquation::compileSum() {
    Op value = m_lowering.lower(m_equation.value, m_isReal);
    accountHead(value.cost, value.cells(), false);
    const auto align = aligner(value.labels, m_labels);
    const Dims sizes = m_sizes;
    struct AlignedMask {
        std::function<at::Tensor(Frame&)> run;
        Transform align;
        std::int64_t size;
    };
    std::vector<AlignedMask> masks;
    for (const Mask& mask : m_masks) masks.push_back({mask.grid.run, aligner(mask.grid.labels, m_labels), mask.size});
    const bool isStepped = m_equation.isStepped;
    const bool isWhole = value.labels.size() == m_labels.size();
    m_value = [run = std::move(value.run), align, sizes, masks, isStepped, isWhole](Frame& frame) {
        at::Tensor x = align(run(frame));
        if (!isWhole) x = x.expand(sizes);
        for (const AlignedMask& mask : masks) {
            const at::Tensor index = mask.align(mask.run(frame));
            x = x.masked_fill(index.lt(0).logical_or(index.ge(mask.size)), 0);
        }
        if (frame.isChecked && at::isFloatingType(x.scalar_type()) && !x.isfinite().all().item<bool>()) throw Suspect{};
        if (isStepped) x = x.gt(0).to(at::kLong);
        return Contribution{x, {}};
    };
}

Contribution CompiledEquation::run(Frame& frame) {
    frame.checkStop();
    if (m_isEmpty || !applies(frame)) return {};
    Contribution inner = m_value(frame);
    if (!inner.value.defined()) return {};
    const bool isSum = m_equation.op == ProjectOp::Sum;
    if (isSum) {
        if (m_isScatter || !m_pad.empty() || !m_unsqueezed.empty()) inner.value = place(inner.value, frame, 0, false);
        if (m_equation.isStepped && m_isScatter) inner.value = inner.value.gt(0).to(at::kLong);
        return inner;
    }
    if (!m_isScatter && m_pad.empty()) {
        for (const std::int64_t axis : m_unsqueezed) {
            inner.value = inner.value.unsqueeze(axis);
            if (inner.has.defined()) inner.has = inner.has.unsqueeze(axis);
        }
        return inner;
    }
    const bool isAverage = m_equation.op == ProjectOp::Average;
    at::Tensor has = inner.has.defined() ? inner.has.to(at::kLong)
                                         : at::ones(inner.value.sizes(), inner.value.options().dtype(at::kLong));
    inner.value = place(inner.value, frame, 0, false);
    has = place(has, frame, 0, true);
    inner.has = isAverage ? has : has.gt(0);
    if (!isAverage && !m_isScatter) // padding is no combination: it must not win
        inner.value =
            at::where(inner.has, inner.value, at::full({}, neutral(m_equation.op, m_isReal), inner.value.options()));
    return inner;
}

} // namespace vitrine::tl::dense
