// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/pool.hpp"

#include "core/methods/tensor_logic/dense/overflow.hpp"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

namespace vitrine::tl::dense {

std::int64_t product(const Dims& sizes) {
    std::int64_t result = 1;
    for (const std::int64_t size : sizes) result *= size;
    return result;
}

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

namespace {

bool isAdded(ProjectOp op) {
    return op == ProjectOp::Sum || op == ProjectOp::Average;
}

/// Whether `terms` values of `x` combined may leave 64 bits.
bool mayOverflow(const at::Tensor& x, double terms, ProjectOp op) {
    if (x.scalar_type() != at::kLong || terms < 2) return false;
    if (op == ProjectOp::Product) return isBeyond64Bits(std::pow(largestMagnitude(x), terms));
    return isAdded(op) && isBeyond64Bits(largestMagnitude(x) * terms);
}

at::Tensor combined(const at::Tensor& a, const at::Tensor& b, ProjectOp op, bool isChecked) {
    switch (op) {
    case ProjectOp::Max:
        return a.maximum(b);
    case ProjectOp::Min:
        return a.minimum(b);
    case ProjectOp::Product:
        return isChecked ? multiplyExact(a, b) : a.mul(b);
    default:
        return isChecked ? addExact(a, b) : a.add(b);
    }
}

} // namespace

at::Tensor reduceDims(const at::Tensor& value, const Dims& dims, ProjectOp op, bool isChecked) {
    if (dims.empty()) return value;
    if (isChecked) {
        double terms = 1;
        for (const std::int64_t dim : dims) terms *= static_cast<double>(value.size(dim));
        if (mayOverflow(value, terms, op)) suspectBeyond64Bits(reduceDims(value.to(at::kDouble), dims, op, false));
    }
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
                         const at::Scalar& fill, bool isChecked) {
    if (isChecked && mayOverflow(rows, static_cast<double>(rows.size(0)), op))
        suspectBeyond64Bits(scatterReduce(rows.to(at::kDouble), index, cells, op, fill, false));
    Dims shape = rows.sizes().vec();
    shape[0] = cells;
    const at::Tensor into = at::full(shape, fill, rows.options());
    if (isAdded(op)) return into.index_add(0, index, rows);
    const char* reduce = op == ProjectOp::Max ? "amax" : op == ProjectOp::Min ? "amin" : "prod";
    Dims view(static_cast<std::size_t>(rows.dim()), 1);
    view[0] = rows.size(0);
    return into.scatter_reduce(0, index.reshape(view).expand(rows.sizes()), rows, reduce, true);
}

void addTo(Contribution& sum, const Contribution& part, ProjectOp op, bool isChecked) {
    if (!part.value.defined()) return;
    if (!sum.value.defined()) {
        sum = part;
        return;
    }
    sum.value = combined(sum.value, part.value, op, isChecked);
    if (!sum.has.defined() || !part.has.defined())
        sum.has = at::Tensor(); // every cell is covered
    else
        sum.has = op == ProjectOp::Average ? sum.has.add(part.has) : sum.has.logical_or(part.has);
}

at::Tensor pool(ProjectOp op, std::vector<Contribution> contributions, const at::Tensor& given, const Dims& shape,
                at::TensorOptions options, bool isBoolean, bool isChecked) {
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
        value = combined(value, part.value, op, isChecked);
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
