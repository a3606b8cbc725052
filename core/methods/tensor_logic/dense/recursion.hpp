// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/program.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace vitrine::tl::dense {

/// How a recursive component runs as one loop over slices: position s of tensor T is computed in iteration
/// direction * s + offset(T).
struct SlicePlan {
    int direction = 1;
    std::map<TensorId, int> axes;
    std::map<TensorId, std::int64_t> offsets;
    std::vector<TensorId> order; ///< of the tensors within one iteration
};

/// Finds for every tensor of a component the axis that it recurs along (layer, time, block): all reads of the
/// component lie at smaller distances, those at distance 0 in an order without a cycle.
/// \return nothing when no such loop exists; then it is a matter of single elements
[[nodiscard]] std::optional<SlicePlan> planSlices(const Program& program, const std::vector<TensorId>& tensors,
                                                  const std::vector<std::uint32_t>& equations,
                                                  const std::function<std::int64_t(DomainId)>& sizeOf);

/// Every read of one of `tensors` in an equation.
void collectReads(const Equation& equation, const std::function<void(const Node&)>& visit);

} // namespace vitrine::tl::dense
