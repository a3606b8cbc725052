// SPDX-License-Identifier: GPL-3.0-or-later
// max=, min=, avg= and *=: combinations over the whole right side, perhaps along the tuples of a guard.
#include "core/methods/tensor_logic/dense/equation.hpp"

#include <ATen/ATen.h>

namespace vitrine::tl::dense {

namespace {

void addLabels(std::vector<Label>& labels, Dims& sizes, const Op& op) {
    for (std::size_t k = 0; k < op.labels.size(); ++k)
        if (!contains(labels, op.labels[k])) {
            labels.push_back(op.labels[k]);
            sizes.push_back(op.sizes[k]);
        }
}

} // namespace

/// The largest relation among the guards that is worth walking by tuples; the number of guards: none.
std::size_t CompiledEquation::chooseGuard() const {
    std::size_t best = m_equation.guards.size();
    if (!m_surroundings.keepsTuples) return best;
    constexpr double small = 1 << 12;
    double bestCells = small;
    for (std::size_t k = 0; k < m_equation.guards.size(); ++k) {
        const Node& guard = m_equation.guards[k];
        if (guard.kind != Node::Kind::Tensor || !m_store.isSparse(guard.tensor) || m_store.slot(guard.tensor).counts)
            continue;
        double cells = 1;
        for (const std::int64_t size : m_store.shapeOf(guard.tensor)) cells *= static_cast<double>(size);
        if (cells <= bestCells) continue;
        best = k;
        bestCells = cells;
    }
    return best;
}

void CompiledEquation::compileReduction() {
    const ProjectOp op = m_equation.op;
    const bool isReal = m_isReal, needsAll = op == ProjectOp::Average || op == ProjectOp::Product;
    const std::size_t tupleGuard = m_masks.empty() ? chooseGuard() : m_equation.guards.size();
    std::optional<Lowering::Mapping> mapping;
    if (tupleGuard < m_equation.guards.size()) mapping = m_lowering.mapTuples(m_equation.guards[tupleGuard]);
    Op value = m_lowering.lower(m_equation.value, isReal);
    std::vector<Op> guards;
    for (std::size_t k = 0; k < m_equation.guards.size(); ++k)
        if (!mapping || k != tupleGuard) guards.push_back(m_lowering.lower(m_equation.guards[k], false));

    std::vector<Label> all = value.labels;
    Dims sizes = value.sizes;
    for (const Op& guard : guards) addLabels(all, sizes, guard);
    std::vector<Label> reducedLabels;
    for (const VarId var : m_equation.reduced) {
        const VarState& state = m_lowering.vars()[var];
        if (state.kind != VarState::Kind::Free) continue;
        reducedLabels.push_back(state.label);
        if (state.size == 0) m_isEmpty = true;
        if (!contains(all, state.label) && needsAll) {
            all.push_back(state.label);
            sizes.push_back(state.size);
        }
    }
    std::vector<std::size_t> kept; // of the mapping's variables
    if (mapping) {
        m_lowering.restore(*mapping);
        if (!contains(all, mapping->axis)) {
            all.push_back(mapping->axis);
            sizes.push_back(mapping->rows);
        }
        for (std::size_t k = 0; k < mapping->saved.size(); ++k)
            if (contains(m_labels, m_lowering.vars()[mapping->saved[k].first].label)) kept.push_back(k);
        if (kept.empty()) reducedLabels.push_back(mapping->axis);
    }
    // Order: the tuples' axis first when it is scattered, then the head's variables, then what is reduced.
    std::vector<Label> order, result;
    Dims orderSizes, resultSizes, dims, keptSizes;
    if (!kept.empty()) order.push_back(mapping->axis);
    for (const Label label : all)
        if (!contains(reducedLabels, label) && !contains(order, label)) order.push_back(label);
    for (const std::size_t k : kept) {
        result.push_back(m_lowering.vars()[mapping->saved[k].first].label);
        keptSizes.push_back(mapping->saved[k].second.size);
        resultSizes.push_back(keptSizes.back());
    }
    for (const Label label : order)
        if (kept.empty() || label != mapping->axis) {
            result.push_back(label);
            resultSizes.push_back(sizes[indexOf(all, label)]);
        }
    for (const Label label : all)
        if (contains(reducedLabels, label)) {
            dims.push_back(static_cast<std::int64_t>(order.size()));
            order.push_back(label);
        }
    for (const Label label : order) orderSizes.push_back(sizes[indexOf(all, label)]);
    Op whole;
    whole.sizes = orderSizes;
    m_lowering.checkSize(whole);
    std::vector<Cost> inputs{value.cost};
    for (const Op& guard : guards) inputs.push_back(guard.cost);
    accountHead(Cost::of(inputs, whole.cells(), whole.cells()), whole.cells(), true);

    const auto alignValue = aligner(value.labels, order);
    std::vector<std::pair<std::function<at::Tensor(Frame&)>, Transform>> guardRuns;
    for (Op& guard : guards) {
        const auto align = aligner(guard.labels, order);
        guardRuns.emplace_back(std::move(guard.run), align);
    }
    std::vector<Mask> masks = m_masks;
    std::vector<Transform> maskAligns;
    for (const Mask& mask : masks) maskAligns.push_back(aligner(mask.grid.labels, m_labels));
    std::function<at::Tensor(Frame&)> index;
    std::shared_ptr<TupleList> tuples;
    if (mapping) tuples = mapping->tuples;
    if (!kept.empty()) index = m_lowering.positions(*mapping, kept);
    const std::int64_t keptCells = product(keptSizes);
    const auto alignResult = aligner(result, m_labels);
    const bool isWhole = result.size() == m_labels.size();
    const Dims headSizes = m_sizes;
    const bool hasTuples = mapping.has_value();

    m_value = [=, run = std::move(value.run)](Frame& frame) mutable {
        at::Tensor x = alignValue(run(frame));
        if (frame.isChecked && at::isFloatingType(x.scalar_type()) && !x.isfinite().all().item<bool>()) throw Suspect{};
        Dims shape = orderSizes;
        if (hasTuples && !kept.empty()) shape[0] = tuples->get(frame).rows;
        if (hasTuples && kept.empty() && tuples->get(frame).rows == 0) return Contribution{};
        at::Tensor guard;
        for (auto& [guardRun, align] : guardRuns) {
            const at::Tensor mine = align(guardRun(frame)).gt(0);
            guard = guard.defined() ? guard.logical_and(mine) : mine;
        }
        const at::Scalar fill = neutral(op, isReal);
        if (guard.defined() || needsAll) x = x.expand(shape);
        if (guard.defined()) {
            guard = guard.expand(shape);
            x = at::where(guard, x, at::full({}, fill, x.options()));
        } else if (x.dim() < static_cast<std::int64_t>(shape.size()) || !dims.empty())
            x = x.expand(shape);
        at::Tensor has;
        const auto long_ = x.options().dtype(at::kLong);
        if (guard.defined())
            has = guard.to(at::kLong);
        else if (op == ProjectOp::Average || !kept.empty())
            has = at::ones({}, long_).expand(shape);
        x = reduceDims(x, dims, op, frame.isChecked);
        if (has.defined()) has = reduceDims(has, dims, ProjectOp::Sum, false);
        if (!kept.empty()) {
            const at::Tensor rows = index(frame);
            Dims target = keptSizes;
            for (std::int64_t k = 1; k < x.dim(); ++k) target.push_back(x.size(k));
            x = scatterReduce(x, rows, keptCells, op, fill, frame.isChecked).reshape(target);
            has =
                scatterReduce(has, rows, keptCells, ProjectOp::Sum, at::Scalar(std::int64_t{0}), false).reshape(target);
        }
        x = alignResult(x);
        if (has.defined()) has = alignResult(has);
        if (!isWhole) {
            x = x.expand(headSizes);
            if (has.defined()) has = has.expand(headSizes);
        }
        for (std::size_t k = 0; k < masks.size(); ++k) {
            const at::Tensor at = maskAligns[k](masks[k].grid.run(frame));
            const at::Tensor outside = at.lt(0).logical_or(at.ge(masks[k].size)).expand(headSizes);
            if (!has.defined()) has = at::ones(headSizes, long_);
            has = has.masked_fill(outside, 0);
            x = x.masked_fill(outside, fill);
        }
        if (has.defined() && op != ProjectOp::Average) has = has.gt(0);
        return Contribution{x, has};
    };
}

} // namespace vitrine::tl::dense
