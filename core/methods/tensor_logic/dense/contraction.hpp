// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vitrine::tl::dense {

/// A product of tensors of which every index missing in `output` is summed. Indices are numbered 0 .. sizes.size() - 1;
/// there may be any number of them.
struct ContractionProblem {
    std::vector<std::vector<std::uint32_t>> operands; ///< distinct indices of each operand
    std::vector<std::uint32_t> output;
    std::vector<double> sizes; ///< of each index
    double maxCells = 1e300;   ///< cap on every intermediate result
};

/// One pairwise product. Slots 0 .. n-1 are the operands; step k writes slot n + k.
struct ContractionStep {
    std::size_t left = 0, right = 0;
    std::vector<std::uint32_t> indices; ///< of the result, ascending
    double flops = 0, cells = 0;        ///< multiplications; cells of the result
};

struct ContractionPlan {
    std::vector<ContractionStep> steps; ///< operands - 1 of them (none for one operand)
    double flops = 0, peakCells = 0;
    bool fits = true; ///< false: no order keeps below maxCells; the steps are the best without the cap
};

/// Chooses the order of pairwise products with the fewest multiplications: exhaustively (dynamic programming over
/// subsets) up to 8 operands, greedily with 32 seeded random restarts above.
/// \cost  O(3^n) set operations for n <= 8, 32 n^3 above
/// \source digest 2.10 (a)
[[nodiscard]] ContractionPlan planContraction(const ContractionProblem& problem);

/// The order as written, for comparison.
[[nodiscard]] ContractionPlan planLeftToRight(const ContractionProblem& problem);

} // namespace vitrine::tl::dense
