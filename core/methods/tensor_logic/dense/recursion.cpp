// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/recursion.hpp"

#include <algorithm>
#include <deque>

namespace vitrine::tl::dense {

namespace {

void collect(const Node& node, const std::function<void(const Node&)>& visit) {
    if (node.kind == Node::Kind::Tensor) visit(node);
    for (const Node& operand : node.operands) collect(operand, visit);
}

/// An index along the recursion: var + constant, or the constant alone.
struct Place {
    VarId var = NoId;
    std::int64_t constant = 0;
};

std::optional<Place> placeOf(const IndexTerm& term) {
    const std::optional<Affine> affine = affineOf(term);
    if (!affine || affine->terms.size() > 1) return std::nullopt;
    if (affine->terms.empty()) return Place{NoId, affine->constant};
    if (affine->terms[0].second != 1) return std::nullopt;
    return Place{affine->terms[0].first, affine->constant};
}

class Planner {
  public:
    Planner(const Program& program, const std::vector<TensorId>& tensors, const std::vector<std::uint32_t>& equations,
            const std::function<std::int64_t(DomainId)>& sizeOf)
        : m_program(program), m_tensors(tensors), m_sizeOf(sizeOf) {
        for (const std::uint32_t id : equations) m_equations.push_back(&program.equations[id]);
        m_inside.insert(tensors.begin(), tensors.end());
    }

    std::optional<SlicePlan> run() {
        const auto arity = static_cast<int>(m_program.tensors[m_tensors[0]].arity);
        for (int axis = 0; axis < arity; ++axis) {
            if (!chooseAxes(axis)) continue;
            for (const int direction : {1, -1})
                if (std::optional<SlicePlan> plan = order(direction)) return plan;
        }
        return std::nullopt;
    }

  private:
    /// `from` reads `to`: iteration(from) >= iteration(to), where offset(from) >= offset(to) - distance.
    struct Edge {
        TensorId from, to;
        std::int64_t distance;
    };
    /// A read at a constant: position `at` of `to` before position `earliest` of `from`.
    struct FixedRead {
        TensorId from, to;
        std::int64_t earliest, latest, at;
    };

    /// Follows the variable of the head's axis into what the equations read.
    bool chooseAxes(int firstAxis) {
        m_axes.clear();
        m_axes[m_tensors[0]] = firstAxis;
        std::deque<TensorId> queue = {m_tensors[0]};
        bool isPossible = true;
        while (!queue.empty() && isPossible) {
            const TensorId tensor = queue.front();
            queue.pop_front();
            for (const Equation* equation : m_equations) {
                if (equation->head != tensor) continue;
                const auto head = placeOf(equation->headIndex[static_cast<std::size_t>(m_axes[tensor])]);
                if (!head) return false;
                if (head->var == NoId) continue;
                collectReads(*equation, [&](const Node& node) {
                    if (m_inside.count(node.tensor) == 0 || m_axes.count(node.tensor) != 0) return;
                    for (std::size_t k = 0; k < node.index.size(); ++k) {
                        const auto place = placeOf(node.index[k]);
                        if (!place || place->var != head->var) continue;
                        m_axes[node.tensor] = static_cast<int>(k);
                        queue.push_back(node.tensor);
                        return;
                    }
                    isPossible = false;
                });
            }
        }
        return isPossible && m_axes.size() == m_tensors.size();
    }

    [[nodiscard]] std::int64_t sizeOf(TensorId tensor) const {
        return m_sizeOf(m_program.tensors[tensor].axes[static_cast<std::size_t>(m_axes.at(tensor))]);
    }

    /// Smallest and largest value of the head's variable for which the equation applies.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> rangeOf(const Equation& equation, const Place& head) const {
        std::int64_t low = std::max<std::int64_t>(0, -head.constant);
        std::int64_t high =
            std::min(m_sizeOf(equation.vars[head.var].domain), sizeOf(equation.head) - head.constant) - 1;
        for (const Equation::Bound& bound : equation.bounds) {
            const auto place = placeOf(bound.index);
            if (!place || place->var != head.var) continue;
            low = std::max(low, -place->constant);
            high = std::min(high, m_sizeOf(m_program.tensors[bound.tensor].axes[bound.axis]) - 1 - place->constant);
        }
        return {low, high};
    }

    bool gatherEdges(int direction) {
        m_edges.clear();
        m_fixed.clear();
        bool isPossible = true;
        for (const Equation* equation : m_equations) {
            const auto head = placeOf(equation->headIndex[static_cast<std::size_t>(m_axes.at(equation->head))]);
            if (!head) return false;
            for (std::size_t k = 0; k < equation->headIndex.size(); ++k) { // T[t, t]: the variable is the loop's alone
                const auto other = placeOf(equation->headIndex[k]);
                if (static_cast<int>(k) != m_axes.at(equation->head) && head->var != NoId && other &&
                    other->var == head->var)
                    return false;
            }
            collectReads(*equation, [&](const Node& node) {
                if (m_inside.count(node.tensor) == 0) return;
                const auto read = placeOf(node.index[static_cast<std::size_t>(m_axes.at(node.tensor))]);
                if (!read || (read->var != NoId && read->var != head->var)) {
                    isPossible = false;
                } else if (read->var != NoId) {
                    m_edges.push_back({equation->head, node.tensor, direction * (head->constant - read->constant)});
                } else if (head->var == NoId) {
                    m_edges.push_back({equation->head, node.tensor, direction * (head->constant - read->constant)});
                } else {
                    const auto [low, high] = rangeOf(*equation, *head);
                    m_fixed.push_back(
                        {equation->head, node.tensor, low + head->constant, high + head->constant, read->constant});
                }
            });
        }
        return isPossible;
    }

    std::optional<SlicePlan> order(int direction) {
        if (!gatherEdges(direction)) return std::nullopt;
        SlicePlan plan;
        plan.direction = direction;
        plan.axes = m_axes;
        for (const TensorId tensor : m_tensors) plan.offsets[tensor] = 0;
        bool isChanged = true;
        for (std::size_t round = 0; round <= m_tensors.size() && isChanged; ++round) {
            isChanged = false;
            for (const Edge& edge : m_edges) {
                const std::int64_t needed = plan.offsets[edge.to] - edge.distance;
                if (plan.offsets[edge.from] >= needed) continue;
                plan.offsets[edge.from] = needed;
                isChanged = true;
            }
        }
        if (isChanged) return std::nullopt;
        for (const FixedRead& read : m_fixed) {
            if (read.earliest > read.latest) continue;
            const std::int64_t first = direction > 0 ? read.earliest : -read.latest;
            if (direction * read.at + plan.offsets[read.to] >= first + plan.offsets[read.from]) return std::nullopt;
        }
        if (!sortWithinIteration(plan)) return std::nullopt;
        return plan;
    }

    bool sortWithinIteration(SlicePlan& plan) const {
        std::map<TensorId, std::set<TensorId>> waitsFor;
        for (const Edge& edge : m_edges)
            if (plan.offsets[edge.from] == plan.offsets[edge.to] - edge.distance) waitsFor[edge.from].insert(edge.to);
        std::set<TensorId> done;
        while (plan.order.size() < m_tensors.size()) {
            const std::size_t before = plan.order.size();
            for (const TensorId tensor : m_tensors) {
                if (done.count(tensor) != 0) continue;
                const std::set<TensorId>& needs = waitsFor[tensor];
                if (!std::all_of(needs.begin(), needs.end(), [&](TensorId other) { return done.count(other) != 0; }))
                    continue;
                done.insert(tensor);
                plan.order.push_back(tensor);
            }
            if (plan.order.size() == before) return false;
        }
        return true;
    }

    const Program& m_program;
    const std::vector<TensorId>& m_tensors;
    const std::function<std::int64_t(DomainId)>& m_sizeOf;
    std::vector<const Equation*> m_equations;
    std::set<TensorId> m_inside;
    std::map<TensorId, int> m_axes;
    std::vector<Edge> m_edges;
    std::vector<FixedRead> m_fixed;
};

} // namespace

void collectReads(const Equation& equation, const std::function<void(const Node&)>& visit) {
    collect(equation.value, visit);
    for (const Node& guard : equation.guards) collect(guard, visit);
}

std::optional<SlicePlan> planSlices(const Program& program, const std::vector<TensorId>& tensors,
                                    const std::vector<std::uint32_t>& equations,
                                    const std::function<std::int64_t(DomainId)>& sizeOf) {
    if (tensors.empty()) return std::nullopt;
    return Planner(program, tensors, equations, sizeOf).run();
}

} // namespace vitrine::tl::dense
