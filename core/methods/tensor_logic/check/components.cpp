// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/check/strata.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

constexpr std::uint32_t Unseen = 0xffffffffu;

/// Tarjan's algorithm with a stack of its own: programs may chain thousands of tensors.
class Tarjan {
  public:
    explicit Tarjan(const std::vector<std::vector<std::uint32_t>>& successors)
        : m_successors(successors), m_index(successors.size(), Unseen), m_low(successors.size(), 0),
          m_isOpen(successors.size(), false) {}

    std::vector<std::vector<std::uint32_t>> run() {
        for (std::uint32_t node = 0; node < m_successors.size(); ++node)
            if (m_index[node] == Unseen) visit(node);
        return std::move(m_components);
    }

  private:
    struct Frame {
        std::uint32_t node;
        std::size_t next;
    };

    void open(std::uint32_t node) {
        m_index[node] = m_low[node] = m_counter++;
        m_stack.push_back(node);
        m_isOpen[node] = true;
        m_frames.push_back({node, 0});
    }

    void visit(std::uint32_t root) {
        open(root);
        while (!m_frames.empty()) {
            Frame& frame = m_frames.back();
            const std::uint32_t node = frame.node;
            if (frame.next < m_successors[node].size()) {
                const std::uint32_t next = m_successors[node][frame.next++];
                if (m_index[next] == Unseen)
                    open(next);
                else if (m_isOpen[next])
                    m_low[node] = std::min(m_low[node], m_index[next]);
                continue;
            }
            m_frames.pop_back();
            if (!m_frames.empty()) {
                const std::uint32_t parent = m_frames.back().node;
                m_low[parent] = std::min(m_low[parent], m_low[node]);
            }
            if (m_low[node] == m_index[node]) close(node);
        }
    }

    void close(std::uint32_t root) {
        std::vector<std::uint32_t> component;
        std::uint32_t node = Unseen;
        while (node != root) {
            node = m_stack.back();
            m_stack.pop_back();
            m_isOpen[node] = false;
            component.push_back(node);
        }
        std::sort(component.begin(), component.end());
        m_components.push_back(std::move(component));
    }

    const std::vector<std::vector<std::uint32_t>>& m_successors;
    std::vector<std::uint32_t> m_index, m_low, m_stack;
    std::vector<bool> m_isOpen;
    std::vector<Frame> m_frames;
    std::vector<std::vector<std::uint32_t>> m_components;
    std::uint32_t m_counter = 0;
};

} // namespace

std::vector<std::vector<std::uint32_t>> componentsOf(const std::vector<std::vector<std::uint32_t>>& successors) {
    return Tarjan(successors).run();
}

std::vector<std::uint32_t> pathWithin(const std::vector<std::vector<std::uint32_t>>& successors,
                                      const std::vector<std::uint32_t>& componentOf, std::uint32_t from,
                                      std::uint32_t to) {
    if (from == to) return {from};
    std::vector<std::uint32_t> cameFrom(successors.size(), Unseen), queue{from};
    cameFrom[from] = from;
    for (std::size_t at = 0; at < queue.size() && cameFrom[to] == Unseen; ++at)
        for (const std::uint32_t next : successors[queue[at]]) {
            if (componentOf[next] != componentOf[from] || cameFrom[next] != Unseen) continue;
            cameFrom[next] = queue[at];
            queue.push_back(next);
        }
    if (cameFrom[to] == Unseen) return {};
    std::vector<std::uint32_t> path{to};
    while (path.back() != from) path.push_back(cameFrom[path.back()]);
    std::reverse(path.begin(), path.end());
    return path;
}

} // namespace vitrine::tl::checking
