// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/graphs.hpp"

#include "core/base/rng.hpp"

#include <algorithm>
#include <unordered_set>

namespace vitrine::tl::graphs {

namespace {

class EdgeSet {
  public:
    void add(std::uint32_t from, std::uint32_t to) {
        if (m_seen.insert((std::uint64_t{from} << 32) | to).second) m_edges.emplace_back(from, to);
    }
    [[nodiscard]] Edges take() { return std::move(m_edges); }

  private:
    std::unordered_set<std::uint64_t> m_seen;
    Edges m_edges;
};

Edges draw(Lcg& random, std::uint32_t nodes, std::uint32_t draws) {
    EdgeSet edges;
    for (std::uint32_t index = 0; index < draws; ++index) {
        const auto from = static_cast<std::uint32_t>(random.below(nodes));
        const auto to = static_cast<std::uint32_t>(random.below(nodes));
        edges.add(from, to);
    }
    return edges.take();
}

} // namespace

Edges uniform(std::uint32_t nodes, std::uint32_t draws, std::uint64_t seed) {
    Lcg random(seed);
    return draw(random, nodes, draws);
}

Edges dag(std::uint32_t nodes, std::uint32_t draws, std::uint64_t seed) {
    Lcg random(seed);
    EdgeSet edges;
    for (std::uint32_t index = 0; index < draws; ++index) {
        const auto u = static_cast<std::uint32_t>(random.below(nodes));
        const auto v = static_cast<std::uint32_t>(random.below(nodes));
        if (u != v) edges.add(std::min(u, v), std::max(u, v));
    }
    return edges.take();
}

Edges tree(std::uint32_t nodes, std::uint64_t seed) {
    Lcg random(seed);
    Edges edges;
    for (std::uint32_t node = 1; node < nodes; ++node)
        edges.emplace_back(static_cast<std::uint32_t>(random.below(node)), node);
    return edges;
}

Edges chain(std::uint32_t nodes) {
    Edges edges;
    for (std::uint32_t node = 1; node < nodes; ++node) edges.emplace_back(node - 1, node);
    return edges;
}

Edges cycle(std::uint32_t nodes) {
    Edges edges = chain(nodes);
    if (nodes > 0) edges.emplace_back(nodes - 1, 0);
    return edges;
}

Edges grid(std::uint32_t width, std::uint32_t height) {
    Edges edges;
    for (std::uint32_t y = 0; y < height; ++y)
        for (std::uint32_t x = 0; x < width; ++x) {
            const std::uint32_t node = y * width + x;
            if (x + 1 < width) edges.emplace_back(node, node + 1);
            if (y + 1 < height) edges.emplace_back(node, node + width);
        }
    return edges;
}

Edges binaryTree(std::uint32_t levels) {
    const std::uint32_t nodes = (1u << levels) - 1;
    Edges edges;
    for (std::uint32_t node = 0; 2 * node + 2 < nodes; ++node) {
        edges.emplace_back(node, 2 * node + 1);
        edges.emplace_back(node, 2 * node + 2);
    }
    return edges;
}

Andersen andersen(std::uint32_t variables, std::uint64_t seed) {
    Lcg random(seed);
    Andersen facts;
    facts.addressOf = draw(random, variables, variables);
    facts.assign = draw(random, variables, variables);
    facts.load = draw(random, variables, variables / 2);
    facts.store = draw(random, variables, variables / 2);
    return facts;
}

Cspa cspa(std::uint32_t variables, std::uint32_t assigns, std::uint32_t dereferences, std::uint64_t seed) {
    Lcg random(seed);
    Cspa facts;
    facts.assign = draw(random, variables, assigns);
    facts.dereference = draw(random, variables, dereferences);
    return facts;
}

std::vector<Cell> toCells(const Edges& edges) {
    std::vector<Cell> cells;
    cells.reserve(edges.size() * 2);
    for (const auto& [from, to] : edges) {
        cells.push_back(from);
        cells.push_back(to);
    }
    return cells;
}

} // namespace vitrine::tl::graphs
