// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"
#include "core/methods/tensor_logic/answer.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"

#include <vector>

namespace vitrine::tl {

struct TraceLimits {
    std::uint64_t rows = 20000;  ///< of one relation
    std::int64_t cells = 100000; ///< of one dense tensor
    std::int64_t labels = 20000; ///< of one axis; a longer one keeps its size only
};

/// What a run or an evaluation leaves for the views: the program's text, answers, rounds, choices, losses, tensors with
/// their axes, tuples and rounds. Tensors above the limits say so and keep their counts. readTrace is its inverse.
[[nodiscard]] Json traceOf(const Evaluation& evaluation, const std::vector<Answer>& answers,
                           const TraceLimits& limits = {});

} // namespace vitrine::tl
