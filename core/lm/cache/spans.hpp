// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/lm/cache/attend.hpp"
#include "core/lm/checkpoint/modelconfig.hpp"
#include "core/lm/model/rows.hpp"

#include <functional>

namespace vitrine::lm {

/// For what keeps keys: each text's rows follow each other. \errors VIT-LM-213 a text twice in one pass
[[nodiscard]] Status checkDistinct(const std::vector<Span>& spans);
/// VIT-LM-211: a text of `tokens` where there is room for `room`.
[[nodiscard]] Error noRoom(std::int64_t tokens, std::int64_t room,
                           std::string hint = "Shorten the text, or ask for a longer context.");
[[nodiscard]] Sight sightOf(const ModelConfig& config, std::int64_t layer);
/// Each span counted on from `first(text)`: int64 [n] on the rows' device.
[[nodiscard]] at::Tensor positionsOf(const Rows& rows, const std::function<std::int64_t(std::int32_t text)>& first);
/// [n_i, heads, m_i] below each other, filled up with 0 to the longest m: [n, heads, m].
[[nodiscard]] at::Tensor joinedPatterns(std::vector<at::Tensor> patterns);

} // namespace vitrine::lm
