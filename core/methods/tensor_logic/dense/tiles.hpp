// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/op.hpp"

#include <ATen/core/Tensor.h>

#include <functional>

/// Elementwise work on large tensors in pieces of the first axis, with a look at the stop token before each: a single
/// operator would keep a cancelled run alive for seconds. Small tensors, and all while gradients are recorded, go
/// through in one piece.
namespace vitrine::tl::dense {

/// \param work  elementwise: a tensor of the same shape. \errors Cancelled
[[nodiscard]] at::Tensor inTiles(const at::Tensor& x, const Frame& frame,
                                 const std::function<at::Tensor(const at::Tensor&)>& work);
/// The shapes broadcast.
[[nodiscard]] at::Tensor inTiles(const at::Tensor& x, const at::Tensor& y, const Frame& frame,
                                 const std::function<at::Tensor(const at::Tensor&, const at::Tensor&)>& work);

} // namespace vitrine::tl::dense
