// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"
#include "core/methods/tensor_logic/value.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

/// The transformer of table 2 as repaired (digest 2.2), as a program and as LibTorch operators by hand.
namespace vitrine::tl {

struct TransformerSizes {
    std::int64_t sequences = 64, blocks = 2, heads = 2, width = 32, hidden = 128;
    std::int64_t copied = 8;      ///< tokens to copy
    std::int64_t vocabulary = 12; ///< token 0 separates, 1 .. vocabulary - 1 are copied
    [[nodiscard]] std::int64_t length() const { return 2 * copied + 1; } ///< copied, separator, copied
};

/// Declarations, embedding, blocks and output Y[e, p, t]; the data are `X(e, p, t)`.
[[nodiscard]] std::string transformerProgram(const TransformerSizes& sizes);
/// Names of the learned tensors with their shapes.
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::int64_t>>>
transformerWeights(const TransformerSizes& sizes);

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
