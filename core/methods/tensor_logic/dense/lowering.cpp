// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/lowering.hpp"

#include "core/methods/tensor_logic/dense/layernorm.hpp"
#include "core/methods/tensor_logic/dense/overflow.hpp"
#include "core/methods/tensor_logic/dense/product.hpp"
#include "core/methods/tensor_logic/dense/tiles.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace vitrine::tl::dense {

namespace {

void suspectWhen(const at::Tensor& condition, const Frame& frame) {
    if (frame.isChecked && condition.any().item<bool>()) throw Suspect{};
}

std::vector<Label> unionOf(const std::vector<Label>& a, const std::vector<Label>& b) {
    std::vector<Label> result = a;
    for (const Label label : b)
        if (!contains(result, label)) result.push_back(label);
    return result;
}

bool containsAll(const std::vector<Label>& a, const std::vector<Label>& b) {
    return std::all_of(b.begin(), b.end(), [&](Label label) { return contains(a, label); });
}

} // namespace

void collectVars(const IndexTerm& term, std::set<VarId>& vars) {
    if (term.kind == IndexTerm::Kind::Variable) vars.insert(term.var);
    for (const IndexTerm& operand : term.operands) collectVars(operand, vars);
}

void collectVars(const Node& node, std::set<VarId>& vars) {
    if (node.kind == Node::Kind::IndexValue) vars.insert(node.var);
    for (const IndexTerm& term : node.index) collectVars(term, vars);
    for (const Node& operand : node.operands) collectVars(operand, vars);
}

Lowering::Lowering(Store& store, const Surroundings& surroundings, const Equation& equation)
    : m_store(store), m_surroundings(surroundings), m_equation(equation),
      m_nextLabel(static_cast<Label>(equation.vars.size())) {
    for (std::size_t k = 0; k < equation.vars.size(); ++k) {
        VarState state;
        state.size = store.sizeOf(equation.vars[k].domain);
        state.label = static_cast<Label>(k);
        m_vars.push_back(std::move(state));
    }
}

void Lowering::checkSize(const Op& op) const {
    if (op.cells() <= m_surroundings.maxCells) return;
    char cells[32], limit[32];
    std::snprintf(cells, sizeof cells, "%.3g", op.cells());
    std::snprintf(limit, sizeof limit, "%.3g", m_surroundings.maxCells);
    fail("E-LIMIT", "This equation needs an intermediate result of %1 cells, more than the memory budget allows (%2)",
         {cells, limit}, m_equation.range);
}

Op Lowering::hoisted(Op op, bool consumerIsConstant) const {
    if (!op.isConstant || consumerIsConstant || op.isRead) return op;
    auto cache = std::make_shared<at::Tensor>();
    op.run = [inner = std::move(op.run), cache](Frame& frame) {
        if (!cache->defined()) *cache = inner(frame);
        return *cache;
    };
    op.cost.kept += op.cost.held;
    op.cost.peak -= std::min(op.cost.peak, op.cost.held);
    op.cost.held = 0;
    op.isRead = true;
    return op;
}

Op Lowering::lower(const Node& node, bool asReal) {
    Op op = lowerUnchecked(node, asReal);
    if (asReal && op.isInteger) op = this->asReal(std::move(op));
    checkSize(op);
    return op;
}

Op Lowering::lowerUnchecked(const Node& node, bool asReal) {
    switch (node.kind) {
    case Node::Kind::Constant:
        return constant(node, asReal);
    case Node::Kind::IndexValue:
        return indexValue(node, asReal);
    case Node::Kind::Symbol:
        fail("E-TYPE", "A symbol stands where a number is needed", {}, node.range);
    case Node::Kind::Tensor:
        return read(node, asReal);
    case Node::Kind::Negate: {
        Op inner = lower(node.operands[0], asReal);
        return unary(std::move(inner),
                     [](const at::Tensor& x, Frame& frame) { return frame.isChecked ? negateExact(x) : x.neg(); });
    }
    case Node::Kind::Add:
        return add(node, asReal);
    case Node::Kind::Multiply:
        return multiply(node, asReal);
    case Node::Kind::Divide:
        return divide(node);
    case Node::Kind::Modulo:
        return modulo(node, asReal);
    case Node::Kind::Power:
        return power(node, asReal);
    case Node::Kind::Call:
        return call(node, asReal);
    case Node::Kind::Sum:
        return sum(node.sumVars, node.operands[0], asReal);
    case Node::Kind::Normalise:
        return normalise(node);
    case Node::Kind::Concat:
        return concat(node, asReal);
    }
    fail("E-TYPE", "This expression cannot be computed", {}, node.range);
}

Op Lowering::asReal(Op op) const {
    if (!op.isInteger) return op;
    op.isInteger = false;
    op.isRead = false;
    op.cost = Cost::of({op.cost}, op.cells(), 0);
    const at::ScalarType type = m_store.realType();
    op.run = [inner = std::move(op.run), type](Frame& frame) { return inner(frame).to(type); };
    return op;
}

Op Lowering::unary(Op a, std::function<at::Tensor(const at::Tensor&, Frame&)> function) const {
    Op result = a;
    result.isRead = false;
    result.cost = Cost::of({a.cost}, a.cells(), a.cells());
    result.run = [inner = std::move(a.run), function = std::move(function)](Frame& frame) {
        return inTiles(inner(frame), frame, [&](const at::Tensor& part) { return function(part, frame); });
    };
    return result;
}

Op Lowering::binary(Op a, Op b, bool isInteger,
                    std::function<at::Tensor(const at::Tensor&, const at::Tensor&, Frame&)> function) const {
    Op result;
    result.isInteger = isInteger;
    result.isConstant = a.isConstant && b.isConstant;
    a = hoisted(std::move(a), result.isConstant);
    b = hoisted(std::move(b), result.isConstant);
    const bool aHasAll = containsAll(a.labels, b.labels);
    if (aHasAll)
        result.labels = a.labels;
    else if (containsAll(b.labels, a.labels))
        result.labels = b.labels;
    else
        result.labels = unionOf(a.labels, b.labels);
    for (const Label label : result.labels) {
        const bool inA = contains(a.labels, label), inB = contains(b.labels, label);
        const std::int64_t size = inA ? a.sizes[indexOf(a.labels, label)] : b.sizes[indexOf(b.labels, label)];
        if (inA && inB && b.sizes[indexOf(b.labels, label)] != size)
            fail("E-SHAPE", "Sizes %1 and %2 of one index differ",
                 {std::to_string(size), std::to_string(b.sizes[indexOf(b.labels, label)])}, m_equation.range);
        result.sizes.push_back(size);
    }
    result.cost = Cost::of({a.cost, b.cost}, result.cells(), result.cells());
    const auto alignA = aligner(a.labels, result.labels), alignB = aligner(b.labels, result.labels);
    result.run = [runA = std::move(a.run), runB = std::move(b.run), alignA, alignB,
                  function = std::move(function)](Frame& frame) {
        const at::Tensor x = alignA(runA(frame));
        return inTiles(x, alignB(runB(frame)), frame,
                       [&](const at::Tensor& p, const at::Tensor& q) { return function(p, q, frame); });
    };
    return result;
}

Op Lowering::constant(const Node& node, bool asReal) const {
    Op op;
    op.isInteger = node.isInteger && !asReal;
    op.isConstant = true;
    op.isRead = true;
    const auto options = at::TensorOptions(m_store.device()).dtype(op.isInteger ? at::kLong : m_store.realType());
    const at::Tensor value =
        op.isInteger ? at::full({}, node.integer, options)
                     : at::full({}, node.isInteger ? static_cast<double>(node.integer) : node.real, options);
    op.run = [value](Frame&) { return value; };
    return op;
}

Op Lowering::indexValue(const Node& node, bool asReal) {
    IndexTerm term;
    term.kind = IndexTerm::Kind::Variable;
    term.var = node.var;
    const Grid values = grid(term);
    Op op;
    op.labels = values.labels;
    op.sizes = values.sizes;
    op.isInteger = true;
    op.isConstant = values.isStatic;
    op.cost = Cost::of({}, op.cells(), 0);
    op.run = values.run;
    return asReal ? this->asReal(std::move(op)) : op;
}

Op Lowering::add(const Node& node, bool asReal) {
    const bool isInteger = node.isInteger && !asReal;
    Op result = lower(node.operands[0], !isInteger);
    for (std::size_t k = 1; k < node.operands.size(); ++k) {
        const Node& operand = node.operands[k];
        const bool isNegative = operand.kind == Node::Kind::Negate;
        Op term = lower(isNegative ? operand.operands[0] : operand, !isInteger);
        result = binary(std::move(result), std::move(term), isInteger,
                        [isNegative](const at::Tensor& x, const at::Tensor& y, Frame& frame) {
                            return frame.isChecked ? addExact(x, y, isNegative) : isNegative ? x.sub(y) : x.add(y);
                        });
        checkSize(result);
    }
    return result;
}

Op Lowering::multiply(const Node& node, bool asReal) {
    return sum({}, node, asReal);
}

Op Lowering::divide(const Node& node) {
    Op a = lower(node.operands[0], true), b = lower(node.operands[1], true);
    return binary(std::move(a), std::move(b), false, [](const at::Tensor& x, const at::Tensor& y, Frame& frame) {
        suspectWhen(y.eq(0), frame);
        return x.div(y);
    });
}

Op Lowering::modulo(const Node& node, bool asReal) {
    const auto integer = [this](Op op) { // a fraction is an error of its element
        if (op.isInteger) return op;
        op.isInteger = true;
        return unary(std::move(op), [](const at::Tensor& x, Frame& frame) {
            suspectWhen(x.ne(x.floor()), frame);
            return x.to(at::kLong);
        });
    };
    Op a = integer(lower(node.operands[0], false)), b = integer(lower(node.operands[1], false));
    Op result = binary(std::move(a), std::move(b), true, [](const at::Tensor& x, const at::Tensor& y, Frame& frame) {
        const at::Tensor zero = y.eq(0);
        suspectWhen(zero, frame);
        return x.remainder(y.masked_fill(zero, 1)); // the sign of the divisor: rounds down
    });
    return asReal ? this->asReal(std::move(result)) : result;
}

Op Lowering::power(const Node& node, bool asReal) {
    const bool isInteger = node.isInteger && !asReal;
    const Node& exponent = node.operands[1];
    Op base = lower(node.operands[0], !isInteger);
    if (exponent.kind == Node::Kind::Constant && exponent.isInteger) {
        const std::int64_t n = exponent.integer;
        return unary(std::move(base), [n](const at::Tensor& x, Frame& frame) -> at::Tensor {
            if (n == 2) return frame.isChecked ? multiplyExact(x, x) : x.mul(x);
            if (n < 0) suspectWhen(x.eq(0), frame);
            return frame.isChecked ? powerExact(x, at::scalar_tensor(n, x.options())) : x.pow(n);
        });
    }
    Op power = lower(exponent, !isInteger);
    return binary(std::move(base), std::move(power), isInteger,
                  [](const at::Tensor& x, const at::Tensor& y, Frame& frame) {
                      suspectWhen(x.eq(0).logical_and(y.lt(0)), frame);
                      if (at::isFloatingType(x.scalar_type())) suspectWhen(x.lt(0).logical_and(y.ne(y.floor())), frame);
                      return frame.isChecked ? powerExact(x, y) : x.pow(y);
                  });
}

namespace {

at::Tensor elementwiseFunction(Function function, const at::Tensor& x, Frame& frame) {
    switch (function) {
    case Function::Step:
        return x.gt(0).to(at::kLong);
    case Function::Sig:
        return x.sigmoid();
    case Function::Relu:
        return x.relu();
    case Function::Tanh:
        return x.tanh();
    case Function::Exp:
        return x.exp();
    case Function::Log:
        suspectWhen(x.le(0), frame);
        return x.log();
    case Function::Sqrt:
        suspectWhen(x.lt(0), frame);
        return x.sqrt();
    case Function::Abs:
        return x.abs();
    case Function::Sign:
        return x.sign();
    case Function::Sin:
        return x.sin();
    case Function::Cos:
        return x.cos();
    case Function::Gelu:
        return at::gelu(x);
    case Function::Silu:
        return at::silu(x);
    default:
        throw Suspect{};
    }
}

/// 1 / (1 + e^(-x / t)); t = 0 means H(x).
at::Tensor temperatureSigmoid(const at::Tensor& x, const at::Tensor& t, Frame&) {
    const at::Tensor cold = t.eq(0);
    if (t.dim() == 0) return cold.item<bool>() ? x.gt(0).to(x.scalar_type()) : x.div(t).sigmoid();
    return at::where(cold, x.gt(0).to(x.scalar_type()), x.div(t.masked_fill(cold, 1)).sigmoid());
}

bool keepsIntegers(Function function) {
    return function == Function::Relu || function == Function::Abs || function == Function::Sign;
}

} // namespace

Op Lowering::call(const Node& node, bool asReal) {
    const Function function = node.function;
    if (function == Function::SigT)
        return binary(lower(node.operands[0], true), lower(node.operands[1], true), false, temperatureSigmoid);
    const bool keeps = keepsIntegers(function) && node.isInteger && !asReal;
    Op inner = lower(node.operands[0], !keeps && function != Function::Step);
    const bool isInteger = keeps || function == Function::Step;
    Op result = unary(std::move(inner), [function](const at::Tensor& x, Frame& frame) {
        return elementwiseFunction(function, x, frame);
    });
    result.isInteger = isInteger;
    return asReal ? this->asReal(std::move(result)) : result;
}

namespace {
/// Over the last axis, for values that are shown: the library's own kernel leaves rounding where the answer is 0.
at::Tensor exactLayerNorm(const at::Tensor& x) {
    const at::Tensor host = x.to(at::kCPU, at::kDouble).contiguous();
    const at::Tensor result = at::empty_like(host);
    const auto size = static_cast<std::size_t>(host.size(-1));
    const double* in = host.const_data_ptr<double>();
    double* out = result.mutable_data_ptr<double>();
    for (std::int64_t k = 0; k < host.numel(); k += host.size(-1)) layerNorm({in + k, size}, {out + k, size});
    return result.to(x.options());
}
} // namespace

Op Lowering::normalise(const Node& node) {
    Op inner = lower(node.operands[0], true);
    std::vector<Label> over, rest;
    std::vector<std::int64_t> restSizes, overSizes;
    for (const VarId var : node.sumVars) over.push_back(m_vars[var].label);
    for (const Label label : over) { // an index that the argument lacks: the same value everywhere
        if (contains(inner.labels, label)) continue;
        Op ones;
        ones.labels = {label};
        const auto owner =
            std::find_if(m_vars.begin(), m_vars.end(), [&](const VarState& state) { return state.label == label; });
        const std::int64_t size = owner->size;
        ones.sizes = {size};
        ones.isConstant = true;
        ones.run = [size](Frame& frame) {
            return at::ones({size}, at::TensorOptions(frame.store.device()).dtype(frame.store.realType()));
        };
        inner = binary(std::move(inner), std::move(ones), false,
                       [](const at::Tensor& x, const at::Tensor& y, Frame&) { return x.mul(y); });
    }
    for (std::size_t k = 0; k < inner.labels.size(); ++k)
        if (!contains(over, inner.labels[k])) {
            rest.push_back(inner.labels[k]);
            restSizes.push_back(inner.sizes[k]);
        }
    for (const Label label : over) overSizes.push_back(inner.sizes[indexOf(inner.labels, label)]);
    std::vector<Label> order = rest;
    order.insert(order.end(), over.begin(), over.end());
    const auto align = aligner(inner.labels, order);
    Op result;
    result.labels = order;
    result.sizes = restSizes;
    result.sizes.insert(result.sizes.end(), overSizes.begin(), overSizes.end());
    result.isConstant = inner.isConstant;
    result.cost = Cost::of({inner.cost}, result.cells(), 4 * result.cells());
    const Function function = node.function;
    const auto overCount = static_cast<std::int64_t>(over.size());
    result.run = [run = std::move(inner.run), align, function, overCount](Frame& frame) {
        at::Tensor x = align(run(frame));
        const std::vector<std::int64_t> shape = x.sizes().vec();
        if (overCount > 1) x = x.flatten(-overCount, -1);
        if (x.numel() == 0) return x.reshape(shape);
        at::Tensor y;
        if (function == Function::Lnorm)
            y = frame.isChecked && x.is_cpu() && !x.requires_grad()
                    ? exactLayerNorm(x)
                    : at::layer_norm(x, {x.size(-1)}, {}, {}, LnormEpsilon, false);
        else
            y = function == Function::Softmax ? x.softmax(-1) : x.log_softmax(-1);
        return overCount > 1 ? y.reshape(shape) : y;
    };
    return result;
}

Op Lowering::concat(const Node& node, bool asReal) {
    const bool isInteger = node.isInteger && !asReal;
    Op inner = lower(node.operands[0], !isInteger);
    std::vector<Label> joined, order;
    for (const VarId var : node.sumVars) joined.push_back(m_vars[var].label);
    Op result;
    for (std::size_t k = 0; k < inner.labels.size(); ++k)
        if (!contains(joined, inner.labels[k])) {
            order.push_back(inner.labels[k]);
            result.sizes.push_back(inner.sizes[k]);
        }
    result.labels = order;
    result.labels.push_back(m_vars[node.var].label);
    std::int64_t size = 1;
    for (const Label label : joined) size *= inner.sizes[indexOf(inner.labels, label)];
    result.sizes.push_back(size);
    order.insert(order.end(), joined.begin(), joined.end());
    const auto align = aligner(inner.labels, order);
    result.isInteger = inner.isInteger;
    result.isConstant = inner.isConstant;
    result.cost = Cost::of({inner.cost}, result.cells(), 0);
    const auto rest = static_cast<std::int64_t>(order.size() - joined.size());
    result.run = [run = std::move(inner.run), align, rest](Frame& frame) {
        return align(run(frame)).flatten(rest, -1);
    };
    return result;
}

Op Lowering::scaled(Op op, double factor, std::int64_t integerFactor) const {
    if (op.isInteger) {
        if (integerFactor == 1) return op;
        return unary(std::move(op), [integerFactor](const at::Tensor& x, Frame& frame) {
            return frame.isChecked ? multiplyExact(x, at::scalar_tensor(integerFactor, x.options()))
                                   : x.mul(integerFactor);
        });
    }
    if (factor == 1) return op;
    return unary(std::move(op), [factor](const at::Tensor& x, Frame&) { return x.mul(factor); });
}

} // namespace vitrine::tl::dense
