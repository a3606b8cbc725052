// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a tensor at index terms: views where possible, gathers with masks otherwise. Outside a tensor is 0.
#include "core/methods/tensor_logic/dense/lowering.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace vitrine::tl::dense {

namespace {

constexpr Label Unset = 0xffffffffu;

using Kind = IndexTerm::Kind;

at::Tensor floorDivide(const at::Tensor& x, const at::Tensor& y) {
    if (y.eq(0).any().item<bool>()) throw Suspect{};
    return x.div(y, "floor");
}

at::Tensor floorModulo(const at::Tensor& x, const at::Tensor& y) {
    if (y.eq(0).any().item<bool>()) throw Suspect{};
    return x.remainder(y);
}

void appendVars(const IndexTerm& term, std::vector<VarId>& vars) {
    if (term.kind == Kind::Variable && std::find(vars.begin(), vars.end(), term.var) == vars.end())
        vars.push_back(term.var);
    for (const IndexTerm& operand : term.operands) appendVars(operand, vars);
}

} // namespace

Lowering::Grid Lowering::grid(const IndexTerm& term) {
    Grid result;
    std::vector<VarId> vars;
    appendVars(term, vars);
    for (const VarId var : vars) {
        const VarState& state = m_vars[var];
        if (state.kind != VarState::Kind::Free) result.isStatic = false;
        if (state.kind == VarState::Kind::Loop || contains(result.labels, state.label)) continue;
        result.labels.push_back(state.label);
        result.sizes.push_back(state.size);
    }
    using Value = std::function<at::Tensor(Frame&)>;
    const std::vector<Label> labels = result.labels;
    std::function<Value(const IndexTerm&)> build = [&](const IndexTerm& part) -> Value {
        if (part.kind == Kind::Constant) {
            const std::int64_t value = part.offset;
            return [value](Frame& frame) {
                return at::full({}, value, at::TensorOptions(frame.store.device()).dtype(at::kLong));
            };
        }
        if (part.kind == Kind::Variable) {
            const VarState state = m_vars[part.var];
            if (state.kind == VarState::Kind::Loop)
                return [state](Frame& frame) {
                    return at::full({}, frame.loop + state.shift,
                                    at::TensorOptions(frame.store.device()).dtype(at::kLong));
                };
            const auto align = aligner({state.label}, labels);
            if (state.kind == VarState::Kind::Mapped)
                return [state, align](Frame& frame) { return align(state.tuples->get(frame).positions[state.column]); };
            return [state, align](Frame& frame) {
                return align(at::arange(state.low, state.low + state.size,
                                        at::TensorOptions(frame.store.device()).dtype(at::kLong)));
            };
        }
        const Value a = build(part.operands[0]);
        if (part.kind == Kind::Negate) return [a](Frame& frame) { return a(frame).neg(); };
        const Value b = build(part.operands[1]);
        switch (part.kind) {
        case Kind::Add:
            return [a, b](Frame& frame) { return a(frame).add(b(frame)); };
        case Kind::Subtract:
            return [a, b](Frame& frame) { return a(frame).sub(b(frame)); };
        case Kind::Multiply:
            return [a, b](Frame& frame) { return a(frame).mul(b(frame)); };
        case Kind::Divide:
            return [a, b](Frame& frame) { return floorDivide(a(frame), b(frame)); };
        default:
            return [a, b](Frame& frame) { return floorModulo(a(frame), b(frame)); };
        }
    };
    const Value value = build(term);
    const std::vector<std::int64_t> sizes = result.sizes;
    const bool isStatic = result.isStatic;
    auto cache = std::make_shared<at::Tensor>();
    result.run = [value, sizes, isStatic, cache](Frame& frame) {
        if (isStatic && cache->defined()) return *cache;
        at::Tensor grid = value(frame);
        if (isStatic) *cache = grid = grid.expand(sizes);
        return grid;
    };
    return result;
}

/// A column of tuples, whose positions cannot leave an axis of that size.
bool Lowering::isInside(const IndexTerm& term, std::int64_t size) const {
    return term.isPlain() && m_vars[term.var].kind == VarState::Kind::Mapped &&
           m_store.sizeOf(m_equation.vars[term.var].domain) <= size;
}

bool Lowering::isFixed(const IndexTerm& term) const {
    std::vector<VarId> vars;
    appendVars(term, vars);
    return std::all_of(vars.begin(), vars.end(), [&](VarId var) { return m_vars[var].kind == VarState::Kind::Loop; });
}

std::function<std::int64_t(const Frame&)> Lowering::fixedValue(const IndexTerm& term) const {
    std::vector<VarId> vars;
    appendVars(term, vars);
    if (vars.empty()) {
        const std::optional<std::int64_t> value = evaluateIndex(term, {});
        if (!value) fail("E-DIV0", "Division by zero in an index", {}, term.range);
        return [value](const Frame&) { return *value; };
    }
    std::vector<std::int64_t> shifts;
    for (const VarState& state : m_vars) shifts.push_back(state.shift);
    return [term, shifts](const Frame& frame) {
        std::vector<std::int64_t> values = shifts;
        for (std::int64_t& value : values) value += frame.loop;
        const std::optional<std::int64_t> value = evaluateIndex(term, values);
        if (!value) fail("E-DIV0", "Division by zero in an index", {}, term.range);
        return *value;
    };
}

/// A read under construction: the axes of the tensor turn one by one into axes of labels.
struct Lowering::ReadState {
    using Step = std::function<at::Tensor(const at::Tensor&, Frame&)>;
    std::vector<Label> labels;
    std::vector<std::int64_t> sizes;
    std::vector<Step> steps;
    bool isConstant = true;
    bool copies = false; ///< some step gathers or pads; otherwise all are views

    void replace(std::size_t axis, const std::vector<Label>& newLabels, const std::vector<std::int64_t>& newSizes) {
        const auto at = static_cast<std::ptrdiff_t>(axis);
        labels.erase(labels.begin() + at);
        sizes.erase(sizes.begin() + at);
        labels.insert(labels.begin() + at, newLabels.begin(), newLabels.end());
        sizes.insert(sizes.begin() + at, newSizes.begin(), newSizes.end());
    }
    void takeDiagonals();
};

void Lowering::ReadState::takeDiagonals() {
    for (std::size_t b = 1; b < labels.size(); ++b)
        for (std::size_t a = 0; a < b; ++a) {
            if (labels[a] != labels[b]) continue;
            const auto first = static_cast<std::int64_t>(a), second = static_cast<std::int64_t>(b);
            steps.push_back([first, second](const at::Tensor& x, Frame&) { return x.diagonal(0, first, second); });
            const Label label = labels[a];
            const std::int64_t size = sizes[a];
            replace(b, {}, {});
            replace(a, {}, {});
            labels.push_back(label);
            sizes.push_back(size);
            takeDiagonals();
            return;
        }
}

namespace {

/// x along `axis` at low .. low + size - 1, zeros outside.
at::Tensor window(const at::Tensor& x, std::int64_t axis, std::int64_t low, std::int64_t size) {
    const std::int64_t extent = x.size(axis);
    const std::int64_t begin = std::clamp<std::int64_t>(low, 0, extent);
    const std::int64_t end = std::clamp<std::int64_t>(low + size, begin, extent);
    at::Tensor inside = begin == 0 && end == extent ? x : x.narrow(axis, begin, end - begin);
    const std::int64_t before = std::min(size, std::max<std::int64_t>(0, -low));
    const std::int64_t after = size - before - (end - begin);
    if (before == 0 && after == 0) return inside;
    std::vector<std::int64_t> pad(static_cast<std::size_t>(2 * (x.dim() - axis)), 0);
    pad[pad.size() - 2] = before;
    pad[pad.size() - 1] = after;
    return at::constant_pad_nd(inside, pad, 0);
}

/// Positions along an axis, any shape, some perhaps outside.
struct Positions {
    at::Tensor flat, outside; ///< clamped; bool, undefined: none is outside
    std::vector<std::int64_t> shape;
};

Positions positionsAlong(const at::Tensor& index, std::int64_t extent) {
    Positions result;
    result.shape = index.sizes().vec();
    result.flat = index.reshape({-1});
    const at::Tensor outside = result.flat.lt(0).logical_or(result.flat.ge(extent));
    if (!outside.any().item<bool>()) return result;
    result.outside = outside;
    result.flat = result.flat.clamp(0, std::max<std::int64_t>(0, extent - 1));
    return result;
}

/// x along `axis` at the positions, zeros outside; the axis becomes the axes of the positions.
at::Tensor gatherAt(const at::Tensor& x, std::int64_t axis, const Positions& at) {
    std::vector<std::int64_t> shape(x.sizes().begin(), x.sizes().begin() + axis);
    shape.insert(shape.end(), at.shape.begin(), at.shape.end());
    shape.insert(shape.end(), x.sizes().begin() + axis + 1, x.sizes().end());
    if (x.size(axis) == 0) return at::zeros(shape, x.options());
    at::Tensor result = x.index_select(axis, at.flat);
    if (at.outside.defined()) {
        std::vector<std::int64_t> maskShape(static_cast<std::size_t>(x.dim()), 1);
        maskShape[static_cast<std::size_t>(axis)] = at.flat.numel();
        result = result.masked_fill(at.outside.reshape(maskShape), 0);
    }
    return result.reshape(shape);
}

} // namespace

void Lowering::readAxis(ReadState& state, std::size_t axis, const IndexTerm& term, std::int64_t size) {
    const auto dim = static_cast<std::int64_t>(axis);
    if (isFixed(term)) {
        const auto value = fixedValue(term);
        std::vector<VarId> vars;
        appendVars(term, vars);
        state.isConstant = state.isConstant && vars.empty();
        state.steps.push_back([dim, value](const at::Tensor& x, Frame& frame) {
            const std::int64_t at = value(frame);
            if (at < 0 || at >= x.size(dim)) return x.new_zeros(x.sizes()).sum(dim);
            return x.select(dim, at);
        });
        state.replace(axis, {}, {});
        return;
    }
    const bool copiedBefore = state.copies;
    state.copies = true;
    const std::optional<Affine> affine = affineOf(term);
    const auto isFree = [&](const auto& entry) { return m_vars[entry.first].kind == VarState::Kind::Free; };
    if (affine && !affine->terms.empty() && std::all_of(affine->terms.begin(), affine->terms.end(), isFree)) {
        const auto& terms = affine->terms;
        if (terms.size() == 1 && terms[0].second == 1) {
            const VarState& var = m_vars[terms[0].first];
            const std::int64_t low = var.low + affine->constant, count = var.size;
            const bool isInner = low >= 0 && low + count <= size;
            state.copies = copiedBefore || !isInner;
            if (low != 0 || count != size)
                state.steps.push_back(
                    [dim, low, count](const at::Tensor& x, Frame&) { return window(x, dim, low, count); });
            state.replace(axis, {var.label}, {count});
            return;
        }
        // Two variables, one with coefficient 1: windows (convolution).
        if (terms.size() == 2 && (terms[0].second == 1 || terms[1].second == 1) && terms[0].second > 0 &&
            terms[1].second > 0) {
            const auto& [innerVar, one] = terms[0].second == 1 && terms[1].second != 1 ? terms[0] : terms[1];
            const auto& [outerVar, step] = &innerVar == &terms[0].first ? terms[1] : terms[0];
            static_cast<void>(one);
            const VarState &inner = m_vars[innerVar], &outer = m_vars[outerVar];
            if (inner.size > 0 && outer.size > 0) {
                const std::int64_t low = inner.low + step * outer.low + affine->constant;
                const std::int64_t length = step * (outer.size - 1) + inner.size;
                const std::int64_t width = inner.size, stride = step;
                state.copies = copiedBefore || low < 0 || low + length > size;
                state.steps.push_back([dim, low, length, width, stride](const at::Tensor& x, Frame&) {
                    return window(x, dim, low, length).unfold(dim, width, stride);
                });
                state.replace(axis, {outer.label}, {outer.size});
                state.labels.push_back(inner.label);
                state.sizes.push_back(inner.size);
                return;
            }
        }
    }
    const Grid index = grid(term);
    state.isConstant = state.isConstant && index.isStatic;
    if (index.isStatic) {
        Frame frame{m_store, 0, false, {}};
        const Positions at = positionsAlong(index.run(frame), size);
        state.steps.push_back([dim, at](const at::Tensor& x, Frame&) { return gatherAt(x, dim, at); });
    } else if (isInside(term, size))
        state.steps.push_back(
            [dim, run = index.run](const at::Tensor& x, Frame& frame) { return x.index_select(dim, run(frame)); });
    else
        state.steps.push_back([dim, run = index.run](const at::Tensor& x, Frame& frame) {
            return gatherAt(x, dim, positionsAlong(run(frame), x.size(dim)));
        });
    state.replace(axis, index.labels, index.sizes);
}

/// Two or more axes indexed by columns of one tuple list: one gather by row-major position.
void Lowering::readTupleAxes(ReadState& state, const Node& node) {
    std::map<Label, std::vector<std::size_t>> groups;
    for (std::size_t k = 0; k < node.index.size(); ++k) {
        std::vector<VarId> vars;
        appendVars(node.index[k], vars);
        Label label = Unset;
        bool isPure = !vars.empty();
        for (const VarId var : vars) {
            isPure =
                isPure && m_vars[var].kind == VarState::Kind::Mapped && (label == Unset || label == m_vars[var].label);
            label = m_vars[var].label;
        }
        if (isPure) groups[label].push_back(k);
    }
    for (const auto& [label, axes] : groups) {
        if (axes.size() < 2) continue;
        std::vector<std::function<at::Tensor(Frame&)>> terms;
        std::int64_t rows = 0;
        bool areInside = true;
        for (const std::size_t axis : axes) {
            const Grid index = grid(node.index[axis]);
            terms.push_back(index.run);
            rows = index.sizes[0];
            areInside = areInside && isInside(node.index[axis], state.sizes[axis]);
        }
        std::vector<std::int64_t> order, extents;
        for (const std::size_t axis : axes) order.push_back(static_cast<std::int64_t>(axis));
        std::vector<Label> labels = {label};
        std::vector<std::int64_t> sizes = {rows};
        for (std::size_t k = 0; k < state.labels.size(); ++k)
            if (std::find(axes.begin(), axes.end(), k) == axes.end()) {
                order.push_back(static_cast<std::int64_t>(k));
                labels.push_back(state.labels[k] == Unset ? Unset - 1 - static_cast<Label>(k) : state.labels[k]);
                sizes.push_back(state.sizes[k]);
            }
        const auto count = static_cast<std::int64_t>(axes.size());
        state.steps.push_back([order, terms, count, areInside](const at::Tensor& x, Frame& frame) {
            const at::Tensor front = x.permute(order);
            at::Tensor index, inside;
            std::int64_t cells = 1;
            for (std::int64_t k = 0; k < count; ++k) {
                const at::Tensor position = terms[static_cast<std::size_t>(k)](frame);
                const std::int64_t extent = front.size(k);
                index = index.defined() ? index.mul(extent).add(position) : position;
                cells *= extent;
                if (areInside) continue;
                const at::Tensor mine = position.ge(0).logical_and(position.lt(extent));
                inside = inside.defined() ? inside.logical_and(mine) : mine;
            }
            const at::Tensor flat = front.flatten(0, count - 1);
            if (areInside) return flat.index_select(0, index);
            return gatherAt(flat, 0, positionsAlong(index.masked_fill(inside.logical_not(), cells), cells));
        });
        state.isConstant = false;
        state.copies = true;
        state.labels = labels;
        state.sizes = sizes;
        return; // one group at a time: the caller deals with the remaining axes by their marks
    }
}

Op Lowering::builtin(const Node& node, bool asReal) {
    const Grid index = grid(node.index[0]);
    const std::int64_t parity = m_store.program().tensors[node.tensor].name == "Even" ? 0 : 1;
    Op op;
    op.labels = index.labels;
    op.sizes = index.sizes;
    op.isInteger = true;
    op.isConstant = index.isStatic;
    op.cost = Cost::of({}, 2 * op.cells(), 0);
    op.run = [run = index.run, parity](Frame& frame) { return run(frame).remainder(2).eq(parity).to(at::kLong); };
    return asReal ? this->asReal(std::move(op)) : op;
}

Op Lowering::read(const Node& node, bool asReal) {
    const TensorInfo& info = m_store.program().tensors[node.tensor];
    if (info.isBuiltin) return builtin(node, asReal);
    const bool isIntegerTensor = info.type != ElementType::Real;
    const bool readsReal = asReal && isIntegerTensor && !node.asStep;
    const TensorId tensor = node.tensor;
    const std::vector<std::int64_t> shape = m_store.shapeOf(tensor);

    ReadState state;
    state.isConstant = isConstantTensor(tensor);
    std::function<at::Tensor(Frame&)> source;
    std::vector<std::size_t> axes; // of the tensor, still to be read
    for (std::size_t k = 0; k < info.arity; ++k) axes.push_back(k);
    const auto sliced = m_surroundings.slicedAxes.find(tensor);
    int along = -1;
    const Slot& slot = m_store.slot(tensor);
    const bool isRunning = sliced != m_surroundings.slicedAxes.end();
    const auto stored = m_surroundings.storedSlices.find(tensor);
    const int sliceAxis = stored != m_surroundings.storedSlices.end() ? stored->second : slot.sliceAxis;
    const bool hasSlices = sliceAxis >= 0 && isFixed(node.index[static_cast<std::size_t>(sliceAxis)]);
    if (isRunning)
        along = sliced->second;
    else if (hasSlices)
        along = sliceAxis;
    else
        for (std::size_t k = 0; k < info.arity && along < 0; ++k) {
            std::set<VarId> vars;
            collectVars(node.index[k], vars);
            if (!vars.empty() && isFixed(node.index[k])) along = static_cast<int>(k);
        }
    if (along >= 0) {
        const auto position = fixedValue(node.index[static_cast<std::size_t>(along)]);
        const bool isSliced = isRunning || hasSlices;
        std::vector<std::int64_t> sliceShape = shape;
        sliceShape.erase(sliceShape.begin() + along);
        const at::ScalarType type = isIntegerTensor && !readsReal ? at::kLong : m_store.realType();
        axes.erase(axes.begin() + along);
        state.isConstant = false;
        source = [=](Frame& frame) {
            const std::int64_t at = position(frame);
            const std::vector<at::Tensor>& slices =
                isSliced ? frame.store.slot(tensor).slices : frame.store.unbound(tensor, along, readsReal);
            if (at < 0 || at >= static_cast<std::int64_t>(slices.size()) ||
                !slices[static_cast<std::size_t>(at)].defined())
                return at::zeros(sliceShape, at::TensorOptions(frame.store.device()).dtype(type));
            const at::Tensor& slice = slices[static_cast<std::size_t>(at)];
            return slice.scalar_type() == type ? slice : slice.to(type);
        };
    } else
        source = [tensor, readsReal](Frame& frame) { return frame.store.value(tensor, readsReal); };

    Node rest = node;
    rest.index.clear();
    for (const std::size_t axis : axes) {
        rest.index.push_back(node.index[axis]);
        state.labels.push_back(Unset);
        state.sizes.push_back(shape[axis]);
    }
    readTupleAxes(state, rest);
    for (std::size_t k = state.labels.size(); k-- > 0;) {
        const Label mark = state.labels[k];
        if (mark < Unset - 1 - static_cast<Label>(rest.index.size())) continue; // done: a tuple axis
        const std::size_t original = mark == Unset ? k : static_cast<std::size_t>(Unset - 1 - mark);
        readAxis(state, k, rest.index[original], shape[axes[original]]);
    }
    state.takeDiagonals();

    Op op;
    op.labels = state.labels;
    op.sizes = state.sizes;
    op.isConstant = state.isConstant;
    op.isRead = state.steps.empty();
    if (state.copies) op.cost = Cost::of({}, op.cells(), 0);
    op.isInteger = (isIntegerTensor || node.asStep) && !readsReal;
    if (node.asStep && !info.isRelation && info.type != ElementType::Bool) {
        state.steps.push_back([](const at::Tensor& x, Frame&) { return x.gt(0).to(at::kLong); });
        op.cost = Cost::of({op.cost}, op.cells(), op.cells());
        op.isRead = false;
    }
    if (state.steps.empty())
        op.run = std::move(source);
    else
        op.run = [source = std::move(source), steps = std::move(state.steps)](Frame& frame) {
            at::Tensor x = source(frame);
            for (const auto& step : steps) x = step(x, frame);
            return x;
        };
    return asReal ? this->asReal(std::move(op)) : op;
}

} // namespace vitrine::tl::dense
