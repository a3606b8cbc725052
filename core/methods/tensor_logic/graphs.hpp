// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/value.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// The generated graphs and fact sets of the closures (digest 6.1, 6.2): exactly its draws, repeats dropped.
namespace vitrine::tl::graphs {

using Pair = std::pair<std::uint32_t, std::uint32_t>;
using Edges = std::vector<Pair>; ///< without repeats, in order of first draw

[[nodiscard]] Edges uniform(std::uint32_t nodes, std::uint32_t draws, std::uint64_t seed);
/// The same draws; loops are skipped, edges point from the smaller to the larger node.
[[nodiscard]] Edges dag(std::uint32_t nodes, std::uint32_t draws, std::uint64_t seed);
[[nodiscard]] Edges tree(std::uint32_t nodes, std::uint64_t seed); ///< below(i) -> i
[[nodiscard]] Edges chain(std::uint32_t nodes);
[[nodiscard]] Edges cycle(std::uint32_t nodes);
[[nodiscard]] Edges grid(std::uint32_t width, std::uint32_t height); ///< right and down
[[nodiscard]] Edges binaryTree(std::uint32_t levels);                ///< i -> 2i + 1, 2i + 2 below 2^levels - 1

struct Andersen {
    Edges addressOf, assign, load, store;
};
[[nodiscard]] Andersen andersen(std::uint32_t variables, std::uint64_t seed);

struct Cspa {
    Edges assign, dereference;
};
/// \param assigns, dereferences  numbers of draws, Assign first
[[nodiscard]] Cspa cspa(std::uint32_t variables, std::uint32_t assigns, std::uint32_t dereferences, std::uint64_t seed);

/// Rows for an arity-2 relation.
[[nodiscard]] std::vector<Cell> toCells(const Edges& edges);

} // namespace vitrine::tl::graphs
