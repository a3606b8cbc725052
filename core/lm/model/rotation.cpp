// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/model/rotation.hpp"

#include <ATen/ATen.h>

namespace vitrine::lm {

namespace {

/// [3, n, half] -> [n, half]: each section of the frequencies reads its own component of the position.
at::Tensor bySection(const at::Tensor& angles, const std::vector<std::int64_t>& sections) {
    std::vector<at::Tensor> parts;
    std::int64_t begin = 0;
    for (std::size_t k = 0; k < sections.size(); ++k) {
        parts.push_back(angles.select(0, static_cast<std::int64_t>(k % 3)).narrow(-1, begin, sections[k]));
        begin += sections[k];
    }
    return at::cat(parts, -1);
}

} // namespace

Rotation::Rotation(const ModelConfig& config) : m_config(config) {}

Rotation::Angles Rotation::at(const at::Tensor& positions, std::int64_t length) const {
    if (m_config.rope.type == RopeType::None) return {};
    const RopeFrequencies frequencies = ropeFrequencies(m_config, length);
    const at::Tensor inverse = at::tensor(frequencies.inverse, at::kDouble).to(positions.device(), at::kFloat);
    at::Tensor angles = positions.to(at::kFloat).unsqueeze(-1).mul(inverse); // [n, half] or [3, n, half]
    if (positions.dim() == 2) angles = bySection(angles, m_config.rope.sections);
    angles = at::cat({angles, angles}, -1).unsqueeze(1);
    return {angles.cos().mul(frequencies.factor), angles.sin().mul(frequencies.factor)};
}

at::Tensor Rotation::apply(const at::Tensor& x, const Angles& angles) {
    if (!angles.cosine.defined()) return x;
    const std::int64_t half = x.size(-1) / 2;
    const at::Tensor turned = at::cat({x.narrow(-1, half, half).neg(), x.narrow(-1, 0, half)}, -1);
    const auto type = x.scalar_type();
    return x.mul(angles.cosine.to(type)).add(turned.mul(angles.sine.to(type)));
}

} // namespace vitrine::lm
