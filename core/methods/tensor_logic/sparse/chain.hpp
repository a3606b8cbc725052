// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/database.hpp"

/// Rules whose body is a path between the two variables of a binary head. As Boolean matrices such a rule is a product,
/// H = R1 R2 .. Rk, each factor possibly transposed; one row of it needs no join with another row's.
namespace vitrine::tl::sparse {

struct ChainStep {
    TensorId relation = NoId;
    bool isTurned = false;    ///< walks from the second column to the first
    bool isRecursive = false; ///< of the stratum at hand
};

/// A condition on one variable of the path that does not change while the stratum is evaluated.
struct ChainFilter {
    std::uint32_t vertex = 0; ///< 0 is the head's first variable, steps.size() its second
    TensorId relation = NoId; ///< some tuple has the variable in `column`; NoId: the cell is `cell`
    std::uint32_t column = 0;
    Cell cell = 0;
    bool isNegated = false;
};

struct ChainRule {
    const Rule* rule = nullptr;
    TensorId head = NoId;
    std::vector<ChainStep> steps;
    std::vector<ChainFilter> filters;
    bool isUnequal = false; ///< first variable != second variable
};

/// The rule as a path, or nothing: then tuples are joined.
[[nodiscard]] std::optional<ChainRule> asChain(Database& database, const Rule& rule,
                                               const std::vector<TensorId>& recursive);
/// The same rule of the transposed relations.
[[nodiscard]] ChainRule turned(const ChainRule& rule);

/// How a stratum's rules split by the first (or, of the transposed relations, the last) argument.
enum class SourceSplit { None, First, Last };
[[nodiscard]] SourceSplit sourceSplit(const std::vector<ChainRule>& rules);

} // namespace vitrine::tl::sparse
