// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/contraction.hpp"

#include "core/base/rng.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>

namespace vitrine::tl::dense {

namespace {

constexpr std::size_t ExhaustiveOperands = 8;
constexpr int Restarts = 32;

/// A set of indices without an upper limit on their number.
class IndexSet {
  public:
    explicit IndexSet(std::size_t count) : m_words((count + 63) / 64, 0) {}
    void add(std::uint32_t index) { m_words[index / 64] |= 1ULL << (index % 64); }
    void unite(const IndexSet& other) {
        for (std::size_t k = 0; k < m_words.size(); ++k) m_words[k] |= other.m_words[k];
    }
    void intersect(const IndexSet& other) {
        for (std::size_t k = 0; k < m_words.size(); ++k) m_words[k] &= other.m_words[k];
    }
    [[nodiscard]] bool has(std::uint32_t index) const { return (m_words[index / 64] >> (index % 64)) & 1U; }
    [[nodiscard]] bool meets(const IndexSet& other) const {
        for (std::size_t k = 0; k < m_words.size(); ++k)
            if ((m_words[k] & other.m_words[k]) != 0) return true;
        return false;
    }
    template <typename Visit>
    void forEachOfUnion(const IndexSet& other, const Visit& visit) const {
        for (std::size_t k = 0; k < m_words.size(); ++k)
            for (std::uint64_t rest = m_words[k] | other.m_words[k]; rest != 0; rest &= rest - 1)
                visit(static_cast<std::uint32_t>(k * 64 + static_cast<std::size_t>(std::countr_zero(rest))));
    }
    [[nodiscard]] std::vector<std::uint32_t> list(std::size_t count) const {
        std::vector<std::uint32_t> result;
        for (std::uint32_t k = 0; k < count; ++k)
            if (has(k)) result.push_back(k);
        return result;
    }
    [[nodiscard]] double cells(const std::vector<double>& sizes) const {
        double product = 1;
        for (std::uint32_t k = 0; k < sizes.size(); ++k)
            if (has(k)) product *= sizes[k];
        return product;
    }

  private:
    std::vector<std::uint64_t> m_words;
};

IndexSet setOf(const std::vector<std::uint32_t>& indices, std::size_t count) {
    IndexSet set(count);
    for (const std::uint32_t index : indices) set.add(index);
    return set;
}

/// What remains of a group of operands: indices of the output or of an operand outside the group.
IndexSet keptBy(const ContractionProblem& problem, const std::vector<bool>& inside) {
    const std::size_t count = problem.sizes.size();
    IndexSet mine(count), others = setOf(problem.output, count);
    for (std::size_t k = 0; k < problem.operands.size(); ++k)
        (inside[k] ? mine : others).unite(setOf(problem.operands[k], count));
    mine.intersect(others);
    return mine;
}

/// State of a partly done contraction: what each live slot holds.
struct Slot {
    std::size_t id;
    IndexSet indices;
    std::vector<bool> members;
};

void appendStep(const ContractionProblem& problem, ContractionPlan& plan, const Slot& a, const Slot& b, Slot& result) {
    IndexSet all = a.indices;
    all.unite(b.indices);
    result.members = a.members;
    for (std::size_t k = 0; k < b.members.size(); ++k)
        if (b.members[k]) result.members[k] = true;
    result.indices = keptBy(problem, result.members);
    ContractionStep step;
    step.left = a.id;
    step.right = b.id;
    step.indices = result.indices.list(problem.sizes.size());
    step.flops = all.cells(problem.sizes);
    step.cells = result.indices.cells(problem.sizes);
    plan.flops += step.flops;
    plan.peakCells = std::max(plan.peakCells, step.cells);
    result.id = problem.operands.size() + plan.steps.size();
    plan.steps.push_back(std::move(step));
}

std::vector<Slot> initialSlots(const ContractionProblem& problem) {
    std::vector<Slot> slots;
    for (std::size_t k = 0; k < problem.operands.size(); ++k) {
        std::vector<bool> members(problem.operands.size(), false);
        members[k] = true;
        IndexSet kept = keptBy(problem, members);
        slots.push_back({k, std::move(kept), std::move(members)});
    }
    return slots;
}

/// Dynamic programming over subsets of at most 8 operands.
class Exhaustive {
  public:
    Exhaustive(const ContractionProblem& problem, double cap) : m_problem(problem), m_cap(cap) {}

    std::optional<ContractionPlan> run() {
        const std::size_t count = m_problem.operands.size();
        const std::size_t subsets = std::size_t{1} << count;
        m_cost.assign(subsets, std::numeric_limits<double>::infinity());
        m_split.assign(subsets, 0);
        for (std::size_t set = 0; set < subsets; ++set) m_kept.push_back(kept(set));
        for (std::size_t k = 0; k < count; ++k) m_cost[std::size_t{1} << k] = 0;
        for (std::size_t set = 1; set < subsets; ++set)
            if ((set & (set - 1)) != 0) improve(set);
        if (!std::isfinite(m_cost[subsets - 1])) return std::nullopt;
        ContractionPlan plan;
        std::vector<Slot> slots = initialSlots(m_problem);
        emit(subsets - 1, slots, plan);
        return plan;
    }

  private:
    IndexSet kept(std::size_t set) const {
        std::vector<bool> inside(m_problem.operands.size());
        for (std::size_t k = 0; k < inside.size(); ++k) inside[k] = ((set >> k) & 1U) != 0;
        return keptBy(m_problem, inside);
    }
    void improve(std::size_t set) {
        if (m_kept[set].cells(m_problem.sizes) > m_cap) return;
        for (std::size_t part = (set - 1) & set; part != 0; part = (part - 1) & set) {
            const std::size_t rest = set ^ part;
            if (part < rest || !std::isfinite(m_cost[part] + m_cost[rest])) continue;
            IndexSet all = m_kept[part];
            all.unite(m_kept[rest]);
            const double cost = m_cost[part] + m_cost[rest] + all.cells(m_problem.sizes);
            if (cost < m_cost[set]) {
                m_cost[set] = cost;
                m_split[set] = part;
            }
        }
    }
    Slot emit(std::size_t set, const std::vector<Slot>& slots, ContractionPlan& plan) const {
        if ((set & (set - 1)) == 0) {
            std::size_t k = 0;
            while (((set >> k) & 1U) == 0) ++k;
            return slots[k];
        }
        const Slot a = emit(m_split[set], slots, plan), b = emit(set ^ m_split[set], slots, plan);
        Slot result{0, IndexSet(m_problem.sizes.size()), {}};
        const bool swap = b.id < a.id; // as written, as far as possible
        appendStep(m_problem, plan, swap ? b : a, swap ? a : b, result);
        return result;
    }

    const ContractionProblem& m_problem;
    double m_cap;
    std::vector<double> m_cost;
    std::vector<std::size_t> m_split;
    std::vector<IndexSet> m_kept;
};

/// Contracts the pair that removes most cells, again and again; noise > 0 perturbs the choice for the restarts. Pairs
/// without a common index are looked at only when no others are left.
class Greedy {
  public:
    Greedy(const ContractionProblem& problem, Lcg& random, double noise)
        : m_problem(problem), m_random(random), m_noise(noise), m_slots(initialSlots(problem)),
          m_uses(problem.sizes.size(), 0) {
        for (const std::uint32_t index : problem.output) ++m_uses[index];
        for (const Slot& slot : m_slots) {
            count(slot, 1);
            m_cells.push_back(slot.indices.cells(problem.sizes));
        }
    }

    ContractionPlan run() {
        ContractionPlan plan;
        while (m_slots.size() > 1) {
            if (!choose(true)) (void)choose(false);
            Slot result{0, IndexSet(m_problem.sizes.size()), {}};
            appendStep(m_problem, plan, m_slots[m_bestA], m_slots[m_bestB], result);
            count(m_slots[m_bestA], -1);
            count(m_slots[m_bestB], -1);
            count(result, 1);
            m_cells[m_bestA] = plan.steps.back().cells;
            m_slots[m_bestA] = std::move(result);
            m_slots.erase(m_slots.begin() + static_cast<std::ptrdiff_t>(m_bestB));
            m_cells.erase(m_cells.begin() + static_cast<std::ptrdiff_t>(m_bestB));
        }
        plan.fits = plan.peakCells <= m_problem.maxCells;
        return plan;
    }

  private:
    void count(const Slot& slot, int change) {
        for (const std::uint32_t index : slot.indices.list(m_problem.sizes.size())) m_uses[index] += change;
    }
    /// Cells of the product of two live slots.
    [[nodiscard]] double cellsOf(const Slot& a, const Slot& b) const {
        double cells = 1;
        a.indices.forEachOfUnion(b.indices, [&](std::uint32_t index) {
            const int own = (a.indices.has(index) ? 1 : 0) + (b.indices.has(index) ? 1 : 0);
            if (m_uses[index] > own) cells *= m_problem.sizes[index];
        });
        return cells;
    }
    bool choose(bool mustShare) {
        double best = std::numeric_limits<double>::infinity();
        for (std::size_t a = 0; a < m_slots.size(); ++a)
            for (std::size_t b = a + 1; b < m_slots.size(); ++b) {
                if (mustShare && !m_slots[a].indices.meets(m_slots[b].indices)) continue;
                const double after = cellsOf(m_slots[a], m_slots[b]);
                double score = after - m_cells[a] - m_cells[b];
                if (after > m_problem.maxCells) score += 1e30;
                score += m_noise * static_cast<double>(m_random.below(1000000)) * 1e-6 * std::abs(score);
                if (score >= best) continue;
                best = score;
                m_bestA = a;
                m_bestB = b;
            }
        return std::isfinite(best);
    }

    const ContractionProblem& m_problem;
    Lcg& m_random;
    double m_noise;
    std::vector<Slot> m_slots;
    std::vector<double> m_cells;
    std::vector<int> m_uses; ///< live slots, and the output, that have each index
    std::size_t m_bestA = 0, m_bestB = 1;
};

ContractionPlan greedyWithRestarts(const ContractionProblem& problem) {
    Lcg random(1);
    ContractionPlan best = Greedy(problem, random, 0).run();
    for (int k = 1; k < Restarts; ++k) {
        ContractionPlan plan = Greedy(problem, random, 2.0 * k / Restarts).run();
        const bool better = plan.fits != best.fits ? plan.fits : plan.flops < best.flops;
        if (better) best = std::move(plan);
    }
    return best;
}

} // namespace

ContractionPlan planContraction(const ContractionProblem& problem) {
    if (problem.operands.size() < 2) return {};
    if (problem.operands.size() > ExhaustiveOperands) return greedyWithRestarts(problem);
    if (std::optional<ContractionPlan> plan = Exhaustive(problem, problem.maxCells).run()) return *plan;
    ContractionPlan plan = *Exhaustive(problem, std::numeric_limits<double>::infinity()).run();
    plan.fits = false;
    return plan;
}

ContractionPlan planLeftToRight(const ContractionProblem& problem) {
    ContractionPlan plan;
    std::vector<Slot> slots = initialSlots(problem);
    if (slots.empty()) return plan;
    Slot current = slots.front();
    for (std::size_t k = 1; k < slots.size(); ++k) {
        Slot result{0, IndexSet(problem.sizes.size()), {}};
        appendStep(problem, plan, current, slots[k], result);
        current = std::move(result);
    }
    plan.fits = plan.peakCells <= problem.maxCells;
    return plan;
}

} // namespace vitrine::tl::dense
