// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/integerfactor.hpp"

#include "core/methods/tensor_logic/dense/overflow.hpp"

#include <ATen/ATen.h>

#include <cmath>

namespace vitrine::tl::dense {

namespace {

/// Multiplications below which the library's own integer product is fast enough.
constexpr double SmallFlops = 20000;

at::Tensor matrixProduct(const at::Tensor& a, const at::Tensor& b) {
    return a.dim() == 2 ? at::mm(a, b) : at::bmm(a, b);
}

/// Parts of `bits` bits, lowest first; the last one keeps the sign.
std::vector<at::Tensor> partsOf(const at::Tensor& x, double largest, std::int64_t bits) {
    std::vector<at::Tensor> parts;
    at::Tensor rest = x;
    for (double left = largest; left >= std::ldexp(1.0, static_cast<int>(bits));
         left = std::ldexp(left, -static_cast<int>(bits))) {
        parts.push_back(rest.bitwise_and((std::int64_t{1} << bits) - 1).to(at::kDouble));
        rest = rest.bitwise_right_shift(bits);
    }
    parts.push_back(rest.to(at::kDouble));
    return parts;
}

} // namespace

IntegerFactor::IntegerFactor(at::Tensor right) : m_right(std::move(right)), m_largest(largestMagnitude(m_right)) {
    const double terms = std::max<double>(1, static_cast<double>(m_right.size(-2)));
    m_bits = static_cast<std::int64_t>((52 - std::ceil(std::log2(terms))) / 2);
}

at::Tensor IntegerFactor::estimate(const at::Tensor& left) const {
    if (!m_double.defined()) m_double = m_right.to(at::kDouble);
    return matrixProduct(left.to(at::kDouble), m_double);
}

at::Tensor IntegerFactor::leftTimes(const at::Tensor& left, bool isChecked) const {
    const double flops = static_cast<double>(left.numel()) * static_cast<double>(m_right.size(-1));
    const bool isSmall = left.is_cpu() && flops < SmallFlops;
    if (isSmall && !isChecked) return matrixProduct(left, m_right);
    const double largest = largestMagnitude(left), bound = largest * m_largest * static_cast<double>(left.size(-1));
    if (isChecked && isBeyond64Bits(bound)) suspectBeyond64Bits(estimate(left));
    if (isSmall) return matrixProduct(left, m_right);
    if (bound < 16777216.0) {
        if (!m_float.defined()) m_float = m_right.to(at::kFloat);
        return matrixProduct(left.to(at::kFloat), m_float).to(at::kLong);
    }
    if (bound < 9007199254740992.0) return estimate(left).to(at::kLong);
    return productOfParts(left, largest);
}

at::Tensor IntegerFactor::productOfParts(const at::Tensor& left, double largest) const {
    if (m_parts.empty()) m_parts = partsOf(m_right, m_largest, m_bits);
    const std::vector<at::Tensor> lefts = partsOf(left, largest, m_bits);
    at::Tensor sum;
    for (std::size_t i = 0; i < lefts.size(); ++i)
        for (std::size_t j = 0; j < m_parts.size(); ++j) {
            const auto shift = static_cast<std::int64_t>(i + j) * m_bits;
            if (shift > 63) continue; // all of it is beyond 64 bits
            const at::Tensor part = matrixProduct(lefts[i], m_parts[j]).to(at::kLong);
            const at::Tensor shifted = shift == 0 ? part : part.bitwise_left_shift(shift);
            sum = sum.defined() ? sum.add_(shifted) : shifted;
        }
    return sum;
}

} // namespace vitrine::tl::dense
