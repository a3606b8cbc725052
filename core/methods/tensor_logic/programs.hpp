// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/descriptor.hpp"
#include "core/methods/tensor_logic/graphs.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// The programs that the experiments run, as text. Their data are put in by code.
namespace vitrine::tl {

/// What a run of this configuration evaluates, whole: its own program, or that of the experiment with its sizes. Of an
/// experiment that learns several networks over several seeds: the first.
/// \param complete  every default written out
[[nodiscard]] std::string programOf(const Config& complete);

// A: one closure, several engines (digest 6.2).
/// A graph with what is published of its closure; seconds are the limit on two cores, 0 where none is set.
struct ClosureGraph {
    const char* id;
    graphs::Edges (*make)();
    double nodes;
    std::uint64_t pairs, rounds;
    double seconds;
};
[[nodiscard]] const ClosureGraph* findClosureGraph(const std::string& id); ///< null for an unknown one
[[nodiscard]] std::string closureProgram(std::int64_t nodes);

// E: digits learned from sums (digest 6.6).
inline constexpr std::int64_t DigitPixels = 35;
struct DigitSetting {
    std::int64_t pairs, steps, batch;
    double rate;
    std::uint64_t seed;
};
[[nodiscard]] std::string digitRuleProgram(std::int64_t pairs);
/// The same network without the rule: both images side by side, one class a sum.
[[nodiscard]] std::string digitDirectProgram(std::int64_t pairs);
[[nodiscard]] std::string digitLearning(const DigitSetting& setting); ///< loss and optimiser, below either

// F: the transformer of table 2 as repaired (digest 2.2), which learns to copy (digest 6.7).
struct TransformerSizes {
    std::int64_t sequences = 64, blocks = 2, heads = 2, width = 32, hidden = 128;
    std::int64_t copied = 8;      ///< tokens to copy
    std::int64_t vocabulary = 12; ///< token 0 separates, 1 .. vocabulary - 1 are copied
    [[nodiscard]] std::int64_t length() const { return 2 * copied + 1; } ///< copied, separator, copied
};
inline constexpr std::int64_t TransformerSequences = 4096; ///< to learn from
/// Declarations, embedding, blocks and output Y[e, p, t]; the data are `X(e, p, t)`.
[[nodiscard]] std::string transformerProgram(const TransformerSizes& sizes);
[[nodiscard]] std::string transformerLoss(std::int64_t copied);
struct TransformerSetting {
    std::int64_t steps, batch;
    double rate;
    std::uint64_t seed;
};
[[nodiscard]] std::string transformerLearning(const TransformerSetting& setting);
/// Names of the learned tensors with their shapes.
[[nodiscard]] std::vector<std::pair<std::string, std::vector<std::int64_t>>>
transformerWeights(const TransformerSizes& sizes);

// Settings of one seed (0, 1, ...) of a configuration.
[[nodiscard]] DigitSetting digitSetting(const Config& complete, std::uint64_t seed);
[[nodiscard]] TransformerSetting transformerSetting(const Config& complete, std::uint64_t seed);
[[nodiscard]] TransformerSizes transformerSizes(const Config& complete);

} // namespace vitrine::tl
