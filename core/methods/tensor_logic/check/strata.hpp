// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace vitrine::tl::checking {

/// Strongly connected components of a graph given by the successors of each node, successors' components first;
/// deterministic. \cost O(nodes + edges), no recursion.
[[nodiscard]] std::vector<std::vector<std::uint32_t>>
componentsOf(const std::vector<std::vector<std::uint32_t>>& successors);

/// Shortest path from `from` to `to` (both included) among nodes of one component; empty: there is none.
[[nodiscard]] std::vector<std::uint32_t> pathWithin(const std::vector<std::vector<std::uint32_t>>& successors,
                                                    const std::vector<std::uint32_t>& componentOf, std::uint32_t from,
                                                    std::uint32_t to);

} // namespace vitrine::tl::checking
