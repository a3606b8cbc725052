// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/model/attention.hpp"
#include "core/lm/model/rotation.hpp"

namespace vitrine::lm {

/// Attention inside each span and nothing kept: whole texts at once, packed. Causal, or for Bert in both directions.
/// What training uses; differentiable.
class FullAttention final : public Attention {
  public:
    explicit FullAttention(const ModelConfig& config);
    [[nodiscard]] Result<at::Tensor> begin(const Rows& rows) override;
    [[nodiscard]] at::Tensor attend(std::int64_t layer, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                    at::Tensor* pattern) override;
    void end() override {}

  private:
    ModelConfig m_config;
    Rotation m_rotation;
    std::vector<Span> m_spans;
    Rotation::Angles m_angles;
};

} // namespace vitrine::lm
