// SPDX-License-Identifier: GPL-3.0-or-later
// Where the values of an equation go in its head: constants, shifts and computed positions.
#include "core/methods/tensor_logic/dense/equation.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace vitrine::tl::dense {

/// Adds what reducing and placing in the head take.
void CompiledEquation::accountHead(const Cost& value, double cells, bool isReduced) {
    double own = 1, head = 1;
    for (const std::int64_t size : m_sizes) own *= static_cast<double>(size);
    for (const std::int64_t size : m_shape) head *= static_cast<double>(size);
    m_cost = isReduced || !m_masks.empty() || m_equation.isStepped ? Cost::of({value}, own, cells) : value;
    if (m_isScatter || !m_pad.empty()) m_cost = Cost::of({m_cost}, head, 0);
}

void CompiledEquation::compileHead(const std::vector<Label>& labels, const Dims& sizes) {
    const TensorInfo& head = m_store.program().tensors[m_equation.head];
    std::vector<Label> seen;
    struct Axis {
        bool isConstant;
        std::int64_t before, after;
    };
    std::vector<Axis> axes;
    std::vector<std::size_t> positions;
    for (std::size_t k = 0; k < m_equation.headIndex.size(); ++k) {
        if (m_role && static_cast<int>(k) == m_role->headAxis) continue;
        positions.push_back(k);
        const IndexTerm& term = m_equation.headIndex[k];
        const std::int64_t size = m_store.sizeOf(head.axes[k]);
        m_shape.push_back(size);
        const std::optional<Affine> affine = affineOf(term);
        if (affine && affine->terms.empty()) {
            m_unsqueezed.push_back(static_cast<std::int64_t>(axes.size()));
            axes.push_back({true, affine->constant, size - affine->constant - 1});
            continue;
        }
        if (!affine || affine->terms.size() != 1 || affine->terms[0].second != 1) {
            m_isScatter = true;
            continue;
        }
        const VarState& state = m_lowering.vars()[affine->terms[0].first];
        if (state.kind != VarState::Kind::Free || contains(seen, state.label)) {
            m_isScatter = true;
            continue;
        }
        seen.push_back(state.label);
        const std::int64_t low = state.low + affine->constant;
        axes.push_back({false, low, size - low - state.size});
    }
    if (!m_isScatter) {
        const bool isWhole =
            std::all_of(axes.begin(), axes.end(), [](const Axis& axis) { return axis.before == 0 && axis.after == 0; });
        if (!isWhole)
            for (std::size_t k = axes.size(); k-- > 0;) {
                m_pad.push_back(axes[k].before);
                m_pad.push_back(axes[k].after);
            }
        return;
    }
    m_unsqueezed.clear();
    struct Part {
        std::function<at::Tensor(Frame&)> run;
        Transform align;
        std::int64_t size;
    };
    std::vector<Part> parts;
    for (std::size_t k = 0; k < positions.size(); ++k) {
        const Lowering::Grid grid = m_lowering.grid(m_equation.headIndex[positions[k]]);
        parts.push_back({grid.run, aligner(grid.labels, labels), m_shape[k]});
    }
    const Dims gridSizes = sizes;
    m_scatterIndex = [parts, gridSizes](Frame& frame) {
        at::Tensor index;
        for (const Part& part : parts) {
            const at::Tensor mine = part.align(part.run(frame));
            index = index.defined() ? index.mul(part.size).add(mine) : mine;
        }
        return index.expand(gridSizes).reshape({-1});
    };
    m_scatterInside = [parts, gridSizes](Frame& frame) {
        at::Tensor inside;
        for (const Part& part : parts) {
            const at::Tensor mine = part.align(part.run(frame));
            const at::Tensor ok = mine.ge(0).logical_and(mine.lt(part.size));
            inside = inside.defined() ? inside.logical_and(ok) : ok;
        }
        return inside.expand(gridSizes).reshape({-1});
    };
}

at::Tensor CompiledEquation::place(const at::Tensor& value, Frame& frame, double fill, bool isCount) const {
    if (!m_isScatter) {
        at::Tensor x = value;
        for (const std::int64_t axis : m_unsqueezed) x = x.unsqueeze(axis);
        return m_pad.empty() ? x : at::constant_pad_nd(x, m_pad, at::Scalar(fill));
    }
    const at::Tensor rows = m_scatterInside(frame).nonzero().squeeze(1);
    const at::Tensor index = m_scatterIndex(frame).index_select(0, rows);
    const at::Tensor flat = value.reshape({-1}).index_select(0, rows);
    const ProjectOp op = isCount ? ProjectOp::Sum : m_equation.op;
    const at::Scalar start =
        isCount ? at::Scalar(std::int64_t{0}) : neutral(op, at::isFloatingType(flat.scalar_type()));
    return scatterReduce(flat, index, product(m_shape), op, start, frame.isChecked && !isCount).reshape(m_shape);
}

} // namespace vitrine::tl::dense
