// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/answer.hpp"
#include "core/methods/tensor_logic/dense/element.hpp"

#include <cmath>
#include <string>

/// Arithmetic of single numbers as the tensors do it: integers wrap.
namespace vitrine::tl::dense {

inline std::string text(const Number& number) {
    return number.isInteger ? formatNumber(number.integer) : formatNumber(number.real);
}

inline Number add(const Number& a, const Number& b) {
    if (a.isInteger && b.isInteger) // wraps like the tensors' int64
        return Number::of(
            static_cast<std::int64_t>(static_cast<std::uint64_t>(a.integer) + static_cast<std::uint64_t>(b.integer)));
    return Number::of(a.asReal() + b.asReal());
}

inline Number multiply(const Number& a, const Number& b) {
    if (a.isInteger && b.isInteger)
        return Number::of(
            static_cast<std::int64_t>(static_cast<std::uint64_t>(a.integer) * static_cast<std::uint64_t>(b.integer)));
    return Number::of(a.asReal() * b.asReal());
}

inline Number negate(const Number& a) {
    return a.isInteger ? Number::of(std::int64_t{0} - a.integer) : Number::of(-a.real);
}

inline bool isIntegral(const Number& a) {
    return a.isInteger || a.real == std::floor(a.real);
}

} // namespace vitrine::tl::dense
