// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace vitrine::tl::dense {

/// Plain gradient descent, or Adam with betas 0.9 and 0.999 and epsilon 1e-8 (no decay). Parameters are leaves that
/// require gradients and are changed in place.
class Optimiser {
  public:
    enum class Kind { Sgd, Adam };
    Optimiser(Kind kind, double learningRate, std::vector<at::Tensor> parameters);

    void zeroGradients();
    /// Parameters without a gradient stay as they are.
    void step();

    /// Moments of Adam of one parameter, undefined otherwise; with the number of steps they are its whole state.
    [[nodiscard]] at::Tensor mean(std::size_t parameter) const;
    [[nodiscard]] at::Tensor square(std::size_t parameter) const;
    void restore(std::int64_t steps, std::vector<at::Tensor> means, std::vector<at::Tensor> squares);

  private:
    Kind m_kind;
    double m_learningRate;
    std::vector<at::Tensor> m_parameters;
    std::vector<at::Tensor> m_means, m_squares; ///< of Adam
    std::int64_t m_steps = 0;
};

} // namespace vitrine::tl::dense
