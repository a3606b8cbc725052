// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/op.hpp"

/// Values combined under a projection operator: =, max=, min=, avg=, *=.
namespace vitrine::tl::dense {

using Dims = std::vector<std::int64_t>;

/// What one equation adds to its head, over the head's whole shape (without the loop's axis inside a recursion).
struct Contribution {
    at::Tensor value; ///< undefined: nothing at all
    at::Tensor has;   ///< max, min, product: bool, cells with a combination; avg: int64, their number. Undefined: all
};

[[nodiscard]] std::int64_t product(const Dims& sizes);
/// The value that changes nothing under an operator.
[[nodiscard]] at::Scalar neutral(ProjectOp op, bool isReal);
/// \param dims  ascending \errors Suspect where `isChecked`: an integer beyond 64 bits
[[nodiscard]] at::Tensor reduceDims(const at::Tensor& value, const Dims& dims, ProjectOp op, bool isChecked);
/// Rows combined into `cells` cells, row k into cell index[k]. \errors as of reduceDims
[[nodiscard]] at::Tensor scatterReduce(const at::Tensor& rows, const at::Tensor& index, std::int64_t cells,
                                       ProjectOp op, const at::Scalar& fill, bool isChecked);

/// Adds another part of the combinations of one equation. \errors as of reduceDims
void addTo(Contribution& sum, const Contribution& part, ProjectOp op, bool isChecked);

/// Pools the contributions of all equations of one head and its given data. \errors as of reduceDims
[[nodiscard]] at::Tensor pool(ProjectOp op, std::vector<Contribution> contributions, const at::Tensor& given,
                              const Dims& shape, at::TensorOptions options, bool isBoolean, bool isChecked);

} // namespace vitrine::tl::dense
