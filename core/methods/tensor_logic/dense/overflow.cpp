// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/overflow.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

namespace vitrine::tl::dense {

namespace {

const double Beyond = std::ldexp(1 - 1e-12, 63); ///< float64 sums and products are off by far less than that

bool areIntegers(const at::Tensor& x) {
    return x.scalar_type() == at::kLong;
}

} // namespace

double largestMagnitude(const at::Tensor& integers) {
    if (integers.numel() == 0) return 0;
    const auto [least, most] = integers.aminmax();
    return std::max(-static_cast<double>(least.item<std::int64_t>()), static_cast<double>(most.item<std::int64_t>()));
}

bool isBeyond64Bits(double magnitude) {
    return magnitude >= Beyond;
}

void suspectBeyond64Bits(const at::Tensor& estimate) {
    if (estimate.numel() > 0 && isBeyond64Bits(estimate.abs().max().item<double>())) throw Suspect{};
}

at::Tensor addExact(const at::Tensor& x, const at::Tensor& y, bool isSubtraction) {
    const at::Tensor result = isSubtraction ? x.sub(y) : x.add(y);
    if (!areIntegers(x) || !areIntegers(y)) return result;
    if (isBeyond64Bits(largestMagnitude(x) + largestMagnitude(y))) {
        const at::Tensor a = x.to(at::kDouble), b = y.to(at::kDouble);
        suspectBeyond64Bits(isSubtraction ? a.sub(b) : a.add(b));
    }
    return result;
}

at::Tensor multiplyExact(const at::Tensor& x, const at::Tensor& y) {
    if (areIntegers(x) && areIntegers(y) && isBeyond64Bits(largestMagnitude(x) * largestMagnitude(y)))
        suspectBeyond64Bits(x.to(at::kDouble).mul(y.to(at::kDouble)));
    return x.mul(y);
}

at::Tensor negateExact(const at::Tensor& x) {
    if (areIntegers(x) && isBeyond64Bits(largestMagnitude(x))) throw Suspect{};
    return x.neg();
}

at::Tensor powerExact(const at::Tensor& x, const at::Tensor& exponent) {
    if (areIntegers(x)) suspectBeyond64Bits(x.to(at::kDouble).pow(exponent.to(at::kDouble)));
    return x.pow(exponent);
}

} // namespace vitrine::tl::dense
