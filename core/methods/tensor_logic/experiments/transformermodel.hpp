// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"
#include "core/methods/tensor_logic/programs.hpp"
#include "core/methods/tensor_logic/value.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// Data of the transformer (programs.hpp has its program), and the same model as LibTorch operators by hand.
namespace vitrine::tl {

/// Sequences of the copy task, as rows of X(e, p, t) and of T(e, p, t), the token wanted after position p of the second
/// half.
struct CopyTask {
    std::vector<int> tokens; ///< [sequences, length]
    std::vector<Cell> inputs, targets;
};
[[nodiscard]] CopyTask drawCopyTask(const TransformerSizes& sizes, std::uint64_t seed);

struct TransformerOutcome {
    double loss = 0;                                 ///< mean over sequences and copied tokens, natural logarithm
    std::map<std::string, TensorSnapshot> gradients; ///< by name of weight
};
/// The same model by hand: forward and backward in double precision on the CPU.
[[nodiscard]] TransformerOutcome transformerByHand(const TransformerSizes& sizes, const CopyTask& task,
                                                   const std::map<std::string, TensorSnapshot>& weights);

} // namespace vitrine::tl
