// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

namespace vitrine::lm {

/// y = x W' + b.
struct Linear {
    at::Tensor weight; ///< [out, in]
    at::Tensor bias;   ///< [out], or undefined

    /// \param x  [n, in]; \returns [n, out] in the type of x
    [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
};

/// RMSNorm, or LayerNorm where there is a bias. Computed in FP32, cast to the type of x, then multiplied by the weight:
/// the order that checkpoints were trained with.
struct Norm {
    at::Tensor weight, bias; ///< [width]
    double eps = 1e-6;

    /// Along the last axis.
    [[nodiscard]] at::Tensor operator()(const at::Tensor& x) const;
};

} // namespace vitrine::lm
