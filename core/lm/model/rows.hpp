// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace vitrine::lm {

/// Consecutive rows of one text.
struct Span {
    std::int32_t text = 0; ///< which text of a cache; without a cache any distinct numbers
    std::int64_t count = 0;
};

/// Tokens of one or several texts laid one after another: what a forward pass takes.
struct Rows {
    at::Tensor ids; ///< int64 [n], on the model's device
    std::vector<Span> spans;
    at::Tensor positions = {}; ///< int64 [n], or [3, n] for Qwen2.5-VL; undefined: as they follow in each text
    at::Tensor types = {};     ///< Bert: int64 [n]; undefined: all 0

    [[nodiscard]] std::int64_t count() const { return ids.size(0); }
};

} // namespace vitrine::lm
