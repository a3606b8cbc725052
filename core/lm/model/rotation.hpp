// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/checkpoint/modelconfig.hpp"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace vitrine::lm {

/// Rotary position embedding in the layout of Hugging Face: element i turns with element i + headDim / 2.
class Rotation {
  public:
    explicit Rotation(const ModelConfig& config);

    /// cos and sin for rows at `positions`, FP32 [n, 1, headDim], the factor of the RoPE type multiplied in; undefined
    /// for models with learned positions, which turn nothing.
    struct Angles {
        at::Tensor cosine, sine;
    };
    /// \param positions  int64 [n], or [3, n] where the frequencies come in sections
    /// \param length     of the text, for the dynamic type
    [[nodiscard]] Angles at(const at::Tensor& positions, std::int64_t length) const;
    /// \param x  [n, heads, headDim]; the type of x is kept, the turn is made in it
    [[nodiscard]] static at::Tensor apply(const at::Tensor& x, const Angles& angles);

  private:
    ModelConfig m_config;
};

} // namespace vitrine::lm
