// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/equation.hpp"

#include "core/methods/tensor_logic/dense/product.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdio>
#include <limits>

namespace vitrine::tl::dense {

namespace {

using Dims = std::vector<std::int64_t>;

std::int64_t product(const Dims& sizes) {
    std::int64_t result = 1;
    for (const std::int64_t size : sizes) result *= size;
    return result;
}

/// The value that changes nothing under an operator.
at::Scalar neutral(ProjectOp op, bool isReal) {
    switch (op) {
    case ProjectOp::Max:
        return isReal ? at::Scalar(-std::numeric_limits<double>::infinity())
                      : at::Scalar(std::numeric_limits<std::int64_t>::min());
    case ProjectOp::Min:
        return isReal ? at::Scalar(std::numeric_limits<double>::infinity())
                      : at::Scalar(std::numeric_limits<std::int64_t>::max());
    case ProjectOp::Product:
        return at::Scalar(std::int64_t{1});
    default:
        return at::Scalar(std::int64_t{0});
    }
}

at::Tensor reduceDims(const at::Tensor& value, const Dims& dims, ProjectOp op) {
    if (dims.empty()) return value;
    switch (op) {
    case ProjectOp::Max:
        return value.amax(dims);
    case ProjectOp::Min:
        return value.amin(dims);
    case ProjectOp::Product: {
        at::Tensor result = value;
        for (std::size_t k = dims.size(); k-- > 0;) result = result.prod(dims[k]); // ascending dims
        return result;
    }
    default:
        return value.sum(dims);
    }
}

at::Tensor scatterReduce(const at::Tensor& rows, const at::Tensor& index, std::int64_t cells, ProjectOp op,
                         const at::Scalar& fill) {
    Dims shape = rows.sizes().vec();
    shape[0] = cells;
    const at::Tensor into = at::full(shape, fill, rows.options());
    if (op == ProjectOp::Sum || op == ProjectOp::Average) return into.index_add(0, index, rows);
    const char* reduce = op == ProjectOp::Max ? "amax" : op == ProjectOp::Min ? "amin" : "prod";
    Dims view(static_cast<std::size_t>(rows.dim()), 1);
    view[0] = rows.size(0);
    return into.scatter_reduce(0, index.reshape(view).expand(rows.sizes()), rows, reduce, true);
}

void addLabels(std::vector<Label>& labels, Dims& sizes, const Op& op) {
    for (std::size_t k = 0; k < op.labels.size(); ++k)
        if (!contains(labels, op.labels[k])) {
            labels.push_back(op.labels[k]);
            sizes.push_back(op.sizes[k]);
        }
}

} // namespace

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

/// Adds what reducing and placing in the head take.
void CompiledEquation::accountHead(const Cost& value, double cells, bool isReduced) {
    double own = 1, head = 1;
    for (const std::int64_t size : m_sizes) own *= static_cast<double>(size);
    for (const std::int64_t size : m_shape) head *= static_cast<double>(size);
    m_cost = isReduced || !m_masks.empty() || m_equation.isStepped ? Cost::of({value}, own, cells) : value;
    if (m_isScatter || !m_pad.empty()) m_cost = Cost::of({m_cost}, head, 0);
}

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
        x = reduceDims(x, dims, op);
        if (has.defined()) has = reduceDims(has, dims, ProjectOp::Sum);
        if (!kept.empty()) {
            const at::Tensor rows = index(frame);
            Dims target = keptSizes;
            for (std::int64_t k = 1; k < x.dim(); ++k) target.push_back(x.size(k));
            x = scatterReduce(x, rows, keptCells, op, fill).reshape(target);
            has = scatterReduce(has, rows, keptCells, ProjectOp::Sum, at::Scalar(std::int64_t{0})).reshape(target);
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
    return scatterReduce(flat, index, product(m_shape), op, start).reshape(m_shape);
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

void addTo(Contribution& sum, const Contribution& part, ProjectOp op) {
    if (!part.value.defined()) return;
    if (!sum.value.defined()) {
        sum = part;
        return;
    }
    const bool isAdded = op == ProjectOp::Sum || op == ProjectOp::Average;
    sum.value = isAdded                ? sum.value.add(part.value)
                : op == ProjectOp::Max ? sum.value.maximum(part.value)
                : op == ProjectOp::Min ? sum.value.minimum(part.value)
                                       : sum.value.mul(part.value);
    if (!sum.has.defined() || !part.has.defined())
        sum.has = at::Tensor(); // every cell is covered
    else
        sum.has = op == ProjectOp::Average ? sum.has.add(part.has) : sum.has.logical_or(part.has);
}

at::Tensor pool(ProjectOp op, std::vector<Contribution> contributions, const at::Tensor& given, const Dims& shape,
                at::TensorOptions options, bool isBoolean) {
    if (given.defined()) contributions.push_back({given, {}});
    at::Tensor value, has;
    bool isCovered = false; // some contribution has every cell
    for (Contribution& part : contributions) {
        if (!part.value.defined()) continue;
        isCovered = isCovered || !part.has.defined();
        if (!value.defined()) {
            value = part.value;
            has = part.has;
            continue;
        }
        switch (op) {
        case ProjectOp::Sum:
        case ProjectOp::Average:
            value = value.add(part.value);
            break;
        case ProjectOp::Max:
            value = value.maximum(part.value);
            break;
        case ProjectOp::Min:
            value = value.minimum(part.value);
            break;
        case ProjectOp::Product:
            value = value.mul(part.value);
            break;
        }
        if (has.defined() && part.has.defined())
            has = op == ProjectOp::Average ? has.add(part.has) : has.logical_or(part.has);
    }
    if (!value.defined()) return at::zeros(shape, options);
    if (op == ProjectOp::Average) {
        const at::Tensor count = has.defined() ? has : at::ones({}, value.options().dtype(at::kLong));
        return value.div(count.clamp_min(1));
    }
    if (op != ProjectOp::Sum && !isCovered && has.defined()) value = value.masked_fill(has.logical_not(), 0);
    return isBoolean ? value.gt(0).to(at::kLong) : value;
}

} // namespace vitrine::tl::dense
