// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/check/context.hpp"

namespace vitrine::tl::checking {

/// A number of the text: an integer of 64 bits while it stays one.
struct Number {
    bool isInteger = true;
    std::int64_t integer = 0;
    double real = 0;
    [[nodiscard]] double value() const { return isInteger ? static_cast<double>(integer) : real; }
};

/// Value of an expression over numbers and, when `scalars` is given, integer scalars of known value; nothing otherwise
/// (also on division by zero and on overflow).
[[nodiscard]] std::optional<Number> constantOf(const ast::Expr& expr,
                                               const std::unordered_map<std::string_view, Number>* scalars);

/// Fills context.scalars: names whose equations are constants with an integer as their sum (`N = 3`).
void foldScalars(Context& context);

} // namespace vitrine::tl::checking
