// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/model/probes.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace vitrine::lm {

std::uint32_t Probes::add(Point point, std::int64_t layer, Probe probe) {
    m_probes[{point, layer}].push_back({m_next, std::move(probe)});
    return m_next++;
}

void Probes::remove(std::uint32_t probe) {
    for (auto at = m_probes.begin(); at != m_probes.end();) {
        std::erase_if(at->second, [probe](const Added& added) { return added.id == probe; });
        at = at->second.empty() ? m_probes.erase(at) : std::next(at);
    }
}

bool Probes::has(Point point, std::int64_t layer) const {
    return m_probes.contains({point, layer});
}

at::Tensor Probes::apply(Point point, std::int64_t layer, at::Tensor value, const Rows& rows) const {
    const auto found = m_probes.find({point, layer});
    if (found == m_probes.end()) return value;
    for (const Added& added : found->second) value = added.probe(layer, value, rows);
    return value;
}

Probe steer(at::Tensor vector, double strength) {
    return [vector = std::move(vector), strength](std::int64_t, const at::Tensor& value, const Rows&) {
        return value.add(vector.to(value.options()), strength);
    };
}

Probe projectOut(at::Tensor vector) {
    return [vector = std::move(vector)](std::int64_t, const at::Tensor& value, const Rows&) {
        const at::Tensor wide = vector.to(value.options().dtype(at::kFloat));
        const at::Tensor unit = wide.div(wide.norm());
        const at::Tensor x = value.to(at::kFloat);
        return x.sub(x.matmul(unit).unsqueeze(-1).mul(unit)).to(value.scalar_type());
    };
}

Probe record(std::vector<at::Tensor>& into) {
    return [&into](std::int64_t, const at::Tensor& value, const Rows&) {
        into.push_back(value.detach().clone());
        return value;
    };
}

} // namespace vitrine::lm
