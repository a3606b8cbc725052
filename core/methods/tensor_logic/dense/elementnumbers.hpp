// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/answer.hpp"
#include "core/methods/tensor_logic/dense/element.hpp"
#include "core/methods/tensor_logic/integers.hpp"

#include <cmath>
#include <optional>
#include <string>

/// Arithmetic of single numbers: an integer beyond 64 bits is marked, not wrapped.
namespace vitrine::tl::dense {

inline std::string text(const Number& number) {
    return number.isInteger ? formatNumber(number.integer) : formatNumber(number.real);
}

inline Number ofInteger(std::optional<std::int64_t> value) {
    return value ? Number::of(*value) : Number{true, 0, 0, true};
}

inline Number add(const Number& a, const Number& b) {
    if (a.isOver || b.isOver) return ofInteger(std::nullopt);
    if (a.isInteger && b.isInteger) return ofInteger(checkedAdd(a.integer, b.integer));
    return Number::of(a.asReal() + b.asReal());
}

inline Number multiply(const Number& a, const Number& b) {
    if (a.isOver || b.isOver) return ofInteger(std::nullopt);
    if (a.isInteger && b.isInteger) return ofInteger(checkedMultiply(a.integer, b.integer));
    return Number::of(a.asReal() * b.asReal());
}

inline Number negate(const Number& a) {
    if (a.isOver) return a;
    return a.isInteger ? ofInteger(checkedSubtract(0, a.integer)) : Number::of(-a.real);
}

inline bool isIntegral(const Number& a) {
    return a.isInteger || a.real == std::floor(a.real);
}

} // namespace vitrine::tl::dense
