// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/model/linear.hpp"

#include <ATen/ATen.h>

namespace vitrine::lm {

at::Tensor Linear::operator()(const at::Tensor& x) const {
    return at::linear(x, weight, bias);
}

at::Tensor Norm::operator()(const at::Tensor& x) const {
    if (bias.defined()) return at::layer_norm(x, weight.sizes(), weight, bias, eps);
    const at::Tensor wide = x.to(at::kFloat);
    const at::Tensor scale = wide.square().mean(-1, true).add(eps).rsqrt();
    return wide.mul(scale).to(x.scalar_type()).mul(weight);
}

} // namespace vitrine::lm
