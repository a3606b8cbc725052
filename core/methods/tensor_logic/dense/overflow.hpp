// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/op.hpp"

#include <ATen/core/Tensor.h>

/// Arithmetic of whole tensors that notices integers beyond 64 bits: they would wrap silently. The equation is then
/// looked at element by element, where the cell is named (E-MATH). Real tensors pass without a look.
namespace vitrine::tl::dense {

/// x + y, or x - y. \errors Suspect
[[nodiscard]] at::Tensor addExact(const at::Tensor& x, const at::Tensor& y, bool isSubtraction = false);
[[nodiscard]] at::Tensor multiplyExact(const at::Tensor& x, const at::Tensor& y);
[[nodiscard]] at::Tensor negateExact(const at::Tensor& x);
[[nodiscard]] at::Tensor powerExact(const at::Tensor& x, const at::Tensor& exponent);

/// `estimate`: the same result computed with float64. Magnitudes near 2^63 count as beyond it. \errors Suspect
void suspectBeyond64Bits(const at::Tensor& estimate);
[[nodiscard]] double largestMagnitude(const at::Tensor& integers); ///< 0 of none
[[nodiscard]] bool isBeyond64Bits(double magnitude);

} // namespace vitrine::tl::dense
