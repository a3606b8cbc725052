// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.hpp"
#include "core/methods/tensor_logic/dense/contraction.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

#include <algorithm>
#include <functional>
#include <limits>
#include <set>

using namespace vitrine;
using namespace vitrine::tl::dense;

namespace {

using Indices = std::set<std::uint32_t>;

double cellsOf(const Indices& indices, const std::vector<double>& sizes) {
    double product = 1;
    for (const std::uint32_t index : indices) product *= sizes[index];
    return product;
}

/// The cheapest order, by trying all of them.
double cheapest(std::vector<Indices> operands, const ContractionProblem& problem) {
    if (operands.size() == 1) return 0;
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t a = 0; a < operands.size(); ++a)
        for (std::size_t b = a + 1; b < operands.size(); ++b) {
            Indices all = operands[a], needed(problem.output.begin(), problem.output.end()), kept;
            all.insert(operands[b].begin(), operands[b].end());
            std::vector<Indices> rest;
            for (std::size_t k = 0; k < operands.size(); ++k)
                if (k != a && k != b) {
                    rest.push_back(operands[k]);
                    needed.insert(operands[k].begin(), operands[k].end());
                }
            std::set_intersection(all.begin(), all.end(), needed.begin(), needed.end(),
                                  std::inserter(kept, kept.end()));
            rest.push_back(kept);
            best = std::min(best, cellsOf(all, problem.sizes) + cheapest(rest, problem));
        }
    return best;
}

/// Operands without the indices that only they have: those are summed before any product.
std::vector<Indices> reduced(const ContractionProblem& problem) {
    std::vector<Indices> result;
    for (std::size_t k = 0; k < problem.operands.size(); ++k) {
        Indices mine;
        for (const std::uint32_t index : problem.operands[k]) {
            bool isNeeded = std::count(problem.output.begin(), problem.output.end(), index) != 0;
            for (std::size_t other = 0; other < problem.operands.size(); ++other)
                isNeeded = isNeeded || (other != k && std::count(problem.operands[other].begin(),
                                                                 problem.operands[other].end(), index) != 0);
            if (isNeeded) mine.insert(index);
        }
        result.push_back(mine);
    }
    return result;
}

ContractionProblem randomProblem(std::uint64_t seed, std::size_t operands, std::size_t indices) {
    Lcg random(seed);
    ContractionProblem problem;
    for (std::size_t k = 0; k < indices; ++k) problem.sizes.push_back(static_cast<double>(2 + random.below(9)));
    for (std::size_t k = 0; k < operands; ++k) {
        Indices mine;
        const std::size_t count = 1 + random.below(3);
        while (mine.size() < count) mine.insert(static_cast<std::uint32_t>(random.below(indices)));
        problem.operands.emplace_back(mine.begin(), mine.end());
    }
    for (std::uint32_t k = 0; k < indices; ++k)
        if (random.below(4) == 0) problem.output.push_back(k);
    return problem;
}

} // namespace

class TestContraction : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void plan_upToSixOperands_isTheCheapest() {
        for (std::uint64_t seed = 1; seed <= 40; ++seed) {
            const ContractionProblem problem = randomProblem(seed, 2 + seed % 5, 6);
            const ContractionPlan plan = planContraction(problem);
            QCOMPARE(plan.steps.size(), problem.operands.size() - 1);
            QCOMPARE(plan.flops, cheapest(reduced(problem), problem));
        }
    }

    void plan_matrixChain_knownOrder() {
        // A (10 x 1000) B (1000 x 10) c (10): from the right 10,000 + 10,000... from the left 100,000 + 100
        ContractionProblem problem;
        problem.operands = {{0, 1}, {1, 2}, {2}};
        problem.output = {0};
        problem.sizes = {10, 1000, 10};
        QCOMPARE(planContraction(problem).flops, 20000.0);
        QCOMPARE(planLeftToRight(problem).flops, 100100.0);
    }

    void plan_manyOperandsAndIndices_isPlannedWithinTheCap() {
        // A ring of 60 matrices with 120 indices: more than letters, more operands than are searched exhaustively.
        ContractionProblem problem;
        const std::uint32_t n = 60;
        for (std::uint32_t k = 0; k < n; ++k) problem.operands.push_back({k, (k + 1) % n, n + k});
        problem.sizes.assign(2 * n, 3);
        problem.maxCells = 1e5;
        const ContractionPlan plan = planContraction(problem);
        QVERIFY(plan.fits);
        QVERIFY(plan.peakCells <= 1e5);
        QCOMPARE(plan.steps.size(), std::size_t{n - 1});
        QVERIFY(plan.steps.back().indices.empty());
    }

    void plan_capForbidsTheCheapest_takesAnother() {
        // Outer product first is cheapest in multiplications only when the cap allows its 10^6 cells.
        ContractionProblem problem;
        problem.operands = {{0}, {1}, {0, 1}};
        problem.output = {};
        problem.sizes = {1000, 1000};
        problem.maxCells = 5000;
        const ContractionPlan plan = planContraction(problem);
        QVERIFY(plan.fits);
        QVERIFY(plan.peakCells <= 5000);
    }

    void plan_nothingFits_saysSo() {
        ContractionProblem problem;
        problem.operands = {{0}, {1}};
        problem.output = {0, 1};
        problem.sizes = {1000, 1000};
        problem.maxCells = 1000;
        QVERIFY(!planContraction(problem).fits);
    }

    void plan_greedy_isNeverWorseThanLeftToRight() {
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            const ContractionProblem problem = randomProblem(seed, 12, 14);
            QVERIFY(planContraction(problem).flops <= planLeftToRight(problem).flops * 1.0001);
        }
    }
};

VITRINE_CORE_TEST(TestContraction)
#include "tst_contraction.moc"
