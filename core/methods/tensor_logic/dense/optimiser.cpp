// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/optimiser.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace vitrine::tl::dense {

namespace {
constexpr double Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;
}

Optimiser::Optimiser(Kind kind, double learningRate, std::vector<at::Tensor> parameters)
    : m_kind(kind), m_learningRate(learningRate), m_parameters(std::move(parameters)) {
    if (m_kind != Kind::Adam) return;
    for (const at::Tensor& parameter : m_parameters) {
        m_means.push_back(at::zeros_like(parameter.detach()));
        m_squares.push_back(at::zeros_like(parameter.detach()));
    }
}

void Optimiser::zeroGradients() {
    for (at::Tensor& parameter : m_parameters) parameter.mutable_grad() = at::Tensor();
}

at::Tensor Optimiser::mean(std::size_t parameter) const {
    return m_kind == Kind::Adam ? m_means[parameter] : at::Tensor();
}
at::Tensor Optimiser::square(std::size_t parameter) const {
    return m_kind == Kind::Adam ? m_squares[parameter] : at::Tensor();
}
void Optimiser::restore(std::int64_t steps, std::vector<at::Tensor> means, std::vector<at::Tensor> squares) {
    m_steps = steps;
    if (m_kind != Kind::Adam) return;
    m_means = std::move(means);
    m_squares = std::move(squares);
}

void Optimiser::step() {
    const c10::NoGradGuard guard;
    ++m_steps;
    const auto steps = static_cast<double>(m_steps);
    const double correction1 = 1 - std::pow(Beta1, steps), correction2 = 1 - std::pow(Beta2, steps);
    for (std::size_t k = 0; k < m_parameters.size(); ++k) {
        const at::Tensor gradient = m_parameters[k].grad();
        if (!gradient.defined()) continue;
        if (m_kind == Kind::Sgd) {
            m_parameters[k].add_(gradient, -m_learningRate);
            continue;
        }
        m_means[k].mul_(Beta1).add_(gradient, 1 - Beta1);
        m_squares[k].mul_(Beta2).addcmul_(gradient, gradient, 1 - Beta2);
        const at::Tensor divisor = m_squares[k].sqrt().div_(std::sqrt(correction2)).add_(Epsilon);
        m_parameters[k].addcdiv_(m_means[k], divisor, -m_learningRate / correction1);
    }
}

} // namespace vitrine::tl::dense
