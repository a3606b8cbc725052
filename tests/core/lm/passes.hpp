// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/cache/fullattention.hpp"
#include "core/lm/cache/kvcache.hpp"
#include "core/lm/model/forward.hpp"
#include "tests/core/lm/goldenmodel.hpp"

#include <ATen/ATen.h>

#include <QtGlobal>

namespace vitrine::test {

inline at::Tensor tensorOf(const std::vector<lm::TokenId>& ids) {
    return at::tensor(std::vector<std::int64_t>(ids.begin(), ids.end()), at::kLong);
}

inline std::vector<lm::TokenId> part(const std::vector<lm::TokenId>& ids, std::int64_t begin, std::int64_t count) {
    return {ids.begin() + begin, ids.begin() + begin + count};
}

/// Hidden states of a text without any cache.
inline at::Tensor whole(const lm::Model& model, const std::vector<lm::TokenId>& ids, const at::Tensor& positions = {},
                        const lm::Probes* probes = nullptr) {
    lm::FullAttention attention(model.config);
    lm::Rows rows{tensorOf(ids), {{0, static_cast<std::int64_t>(ids.size())}}};
    rows.positions = positions;
    const auto hidden = lm::forward(model, rows, attention, probes);
    if (!hidden.ok()) qFatal("%s", toText(hidden.error()).c_str());
    return *hidden;
}

/// Hidden states of more of one text.
inline at::Tensor further(const lm::Model& model, lm::Attention& cache, std::int32_t text,
                          const std::vector<lm::TokenId>& ids, const at::Tensor& positions = {}) {
    lm::Rows rows{tensorOf(ids), {{text, static_cast<std::int64_t>(ids.size())}}};
    rows.positions = positions;
    const auto hidden = lm::forward(model, rows, cache);
    if (!hidden.ok()) qFatal("%s", toText(hidden.error()).c_str());
    return *hidden;
}

inline double distance(const at::Tensor& a, const at::Tensor& b) {
    return a.to(at::kDouble).sub(b.to(at::kDouble)).abs().max().item<double>();
}

inline double distance(const at::Tensor& a, const std::vector<double>& b) {
    return distance(a.flatten(), at::tensor(b, at::kDouble));
}

/// [3, 24] of the fixture with pictures.
inline at::Tensor visionPositions(const Golden& golden) {
    std::vector<std::int64_t> places;
    for (const Json& place : golden.json.at("positions"))
        for (const Json& component : place) places.push_back(component.get<std::int64_t>());
    return at::tensor(places, at::kLong).view({-1, 3}).t().contiguous();
}

} // namespace vitrine::test
