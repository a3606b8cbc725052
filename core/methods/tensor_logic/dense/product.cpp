// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/product.hpp"

#include "core/methods/tensor_logic/dense/contraction.hpp"
#include "core/methods/tensor_logic/dense/integerfactor.hpp"
#include "core/methods/tensor_logic/dense/overflow.hpp"
#include "core/methods/tensor_logic/dense/pool.hpp"
#include "core/methods/tensor_logic/dense/tiles.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

namespace vitrine::tl::dense {

namespace {

using Dims = std::vector<std::int64_t>;

/// Multiplications above which a matrix product runs in pieces, so that it can be cancelled.
constexpr double PieceFlops = 3e9, IntegerPieceFlops = 2e8;

Dims dimsOf(const std::vector<Label>& labels, const std::vector<Label>& wanted) {
    Dims dims;
    for (const Label label : wanted) dims.push_back(static_cast<std::int64_t>(indexOf(labels, label)));
    return dims;
}

std::int64_t sizeOfGroup(const at::Tensor& tensor, const Dims& dims) {
    std::int64_t size = 1;
    for (const std::int64_t dim : dims) size *= tensor.size(dim);
    return size;
}

/// A pairwise product as a matrix product: batch, left, right and summed labels.
struct Matmul {
    Dims leftOrder, rightOrder;          ///< permutations to batch, left, summed / batch, summed, right
    Dims leftBatch, leftOwn, leftSummed; ///< dimensions of the left operand
    Dims rightOwn;                       ///< dimensions of the right operand
    bool isInteger = false;

    at::Tensor run(const at::Tensor& a, const at::Tensor& b, Frame& frame) const {
        const std::int64_t batch = sizeOfGroup(a, leftBatch), m = sizeOfGroup(a, leftOwn),
                           k = sizeOfGroup(a, leftSummed), n = sizeOfGroup(b, rightOwn);
        Dims shape;
        for (const std::int64_t dim : leftBatch) shape.push_back(a.size(dim));
        for (const std::int64_t dim : leftOwn) shape.push_back(a.size(dim));
        for (const std::int64_t dim : rightOwn) shape.push_back(b.size(dim));
        const at::Tensor left = a.permute(leftOrder), right = b.permute(rightOrder);
        if (leftBatch.empty()) return multiply(left.reshape({m, k}), right.reshape({k, n}), frame).reshape(shape);
        return multiply(left.reshape({batch, m, k}), right.reshape({batch, k, n}), frame).reshape(shape);
    }

  private:
    [[nodiscard]] at::Tensor multiply(const at::Tensor& a, const at::Tensor& b, Frame& frame) const {
        if (!isInteger)
            return inPieces(a, b, PieceFlops, frame, [&](const at::Tensor& piece) {
                return a.dim() == 2 ? at::mm(piece, b) : at::bmm(piece, b);
            });
        const IntegerFactor right(b);
        return inPieces(a, b, IntegerPieceFlops, frame,
                        [&](const at::Tensor& piece) { return right.leftTimes(piece, frame.isChecked); });
    }
    template <typename Work>
    static at::Tensor inPieces(const at::Tensor& a, const at::Tensor& b, double most, Frame& frame, const Work& work) {
        const double flops = static_cast<double>(a.numel()) * static_cast<double>(b.size(-1));
        if (flops < most) return work(a);
        const auto pieces = static_cast<std::int64_t>(flops / most) + 1;
        std::vector<at::Tensor> results;
        for (const at::Tensor& piece : a.chunk(std::min(pieces, a.size(-2)), -2)) {
            frame.checkStop();
            results.push_back(work(piece));
        }
        return at::cat(results, -2);
    }
};

Op sumAway(Op op, const std::vector<Label>& kept) {
    Dims dims;
    Op result;
    for (std::size_t k = 0; k < op.labels.size(); ++k) {
        if (contains(kept, op.labels[k])) {
            result.labels.push_back(op.labels[k]);
            result.sizes.push_back(op.sizes[k]);
        } else
            dims.push_back(static_cast<std::int64_t>(k));
    }
    if (dims.empty()) return op;
    result.cost = Cost::of({op.cost}, result.cells(), op.cells());
    result.isInteger = op.isInteger;
    result.isConstant = op.isConstant;
    result.run = [inner = std::move(op.run), dims](Frame& frame) {
        return reduceDims(inner(frame), dims, ProjectOp::Sum, frame.isChecked);
    };
    return result;
}

std::vector<Label> common(const std::vector<Label>& a, const std::vector<Label>& b) {
    std::vector<Label> result;
    for (const Label label : a)
        if (contains(b, label)) result.push_back(label);
    return result;
}

std::vector<Label> without(const std::vector<Label>& a, const std::vector<Label>& b) {
    std::vector<Label> result;
    for (const Label label : a)
        if (!contains(b, label)) result.push_back(label);
    return result;
}

void setSizes(Op& result, const Op& a, const Op& b) {
    result.sizes.clear();
    for (const Label label : result.labels)
        result.sizes.push_back(contains(a.labels, label) ? a.sizes[indexOf(a.labels, label)]
                                                         : b.sizes[indexOf(b.labels, label)]);
}

/// Labels of a broadcast result: the order of the larger operand, what it lacks in front.
std::vector<Label> broadcastLabels(const Op& a, const Op& b) {
    const Op& large = a.cells() >= b.cells() ? a : b;
    const Op& small = &large == &a ? b : a;
    std::vector<Label> labels = without(small.labels, large.labels);
    labels.insert(labels.end(), large.labels.begin(), large.labels.end());
    return labels;
}

Op elementwise(Op a, Op b, const std::vector<Label>& kept) {
    Op result;
    result.labels = broadcastLabels(a, b);
    setSizes(result, a, b);
    result.cost = Cost::of({a.cost, b.cost}, result.cells(), result.cells());
    const auto alignA = aligner(a.labels, result.labels), alignB = aligner(b.labels, result.labels);
    result.isInteger = a.isInteger;
    result.isConstant = a.isConstant && b.isConstant;
    result.run = [runA = std::move(a.run), runB = std::move(b.run), alignA, alignB](Frame& frame) {
        const at::Tensor x = alignA(runA(frame)), y = alignB(runB(frame));
        return inTiles(x, y, frame, [&](const at::Tensor& p, const at::Tensor& q) {
            return frame.isChecked ? multiplyExact(p, q) : p.mul(q);
        });
    };
    return sumAway(std::move(result), kept);
}

std::size_t firstRank(const std::vector<Label>& labels, const std::vector<Label>& desired) {
    std::size_t best = desired.size();
    for (const Label label : labels) best = std::min(best, indexOf(desired, label));
    return best;
}

Op multiplyPair(Op a, Op b, const std::vector<Label>& kept, const std::vector<Label>& desired) {
    std::vector<Label> keptOfA = kept, keptOfB = kept;
    keptOfA.insert(keptOfA.end(), b.labels.begin(), b.labels.end());
    keptOfB.insert(keptOfB.end(), a.labels.begin(), a.labels.end());
    a = sumAway(std::move(a), keptOfA);
    b = sumAway(std::move(b), keptOfB);
    const std::vector<Label> shared = common(a.labels, b.labels);
    const std::vector<Label> batch = common(shared, kept);
    std::vector<Label> summed = without(shared, kept);
    std::vector<Label> left = without(a.labels, shared), right = without(b.labels, shared);
    if (summed.empty() || (left.empty() && right.empty())) return elementwise(std::move(a), std::move(b), kept);
    if (firstRank(right, desired) < firstRank(left, desired)) {
        std::swap(a, b);
        std::swap(left, right);
    }
    if (b.cells() > a.cells()) summed = common(b.labels, summed); // the larger operand need not be copied
    Matmul product;
    product.isInteger = a.isInteger;
    product.leftBatch = dimsOf(a.labels, batch);
    product.leftOwn = dimsOf(a.labels, left);
    product.leftSummed = dimsOf(a.labels, summed);
    product.rightOwn = dimsOf(b.labels, right);
    for (const Dims* dims : {&product.leftBatch, &product.leftOwn, &product.leftSummed})
        product.leftOrder.insert(product.leftOrder.end(), dims->begin(), dims->end());
    for (const Dims& dims : {dimsOf(b.labels, batch), dimsOf(b.labels, summed), product.rightOwn})
        product.rightOrder.insert(product.rightOrder.end(), dims.begin(), dims.end());
    Op result;
    result.labels = batch;
    result.labels.insert(result.labels.end(), left.begin(), left.end());
    result.labels.insert(result.labels.end(), right.begin(), right.end());
    setSizes(result, a, b);
    double sums = 1; // terms of each cell
    for (std::size_t k = 0; k < a.labels.size(); ++k)
        if (contains(summed, a.labels[k])) sums *= static_cast<double>(a.sizes[k]);
    result.cost = Cost::of({a.cost, b.cost}, result.cells(), result.cells() * std::max(1.0, 2 * sums - 1));
    result.isInteger = a.isInteger;
    result.isConstant = a.isConstant && b.isConstant;
    result.run = [runA = std::move(a.run), runB = std::move(b.run), product](Frame& frame) {
        const at::Tensor x = runA(frame);
        return product.run(x, runB(frame), frame);
    };
    return result;
}

std::string cellsText(double cells) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3g", cells);
    return text;
}

} // namespace

namespace {

/// Letters for the indices of one product, in order of appearance: their own where they are single letters.
std::map<Label, std::string> lettersOf(const std::vector<Label>& labels, const ContractionNote& note) {
    std::map<Label, std::string> letters;
    std::set<std::string> used;
    for (const Label label : labels)
        if (const std::string name = note.nameOf(label); name.size() == 1 && used.insert(name).second)
            letters[label] = name;
    char next = 'a';
    for (const Label label : labels) {
        if (letters.contains(label)) continue;
        while (next <= 'z' && used.contains(std::string(1, next))) ++next;
        letters[label] = next <= 'z' ? std::string(1, next++) : "<" + note.nameOf(label) + ">";
    }
    return letters;
}

void tell(const ContractionNote& note, const std::vector<Op>& operands, const std::vector<Label>& labels,
          const ContractionProblem& problem, const ContractionPlan& plan) {
    Contraction out;
    out.operands = operands.size();
    out.tuples = note.tuples;
    const auto letters = lettersOf(labels, note);
    for (std::size_t k = 0; k < operands.size(); ++k) {
        Contraction::Tensor& tensor = out.tensors.emplace_back();
        tensor.text = k < note.texts.size() ? note.texts[k] : "";
        out.einsum += k == 0 ? "" : ",";
        for (const Label label : operands[k].labels) {
            tensor.indices.push_back(note.nameOf(label));
            out.einsum += letters.at(label);
        }
        tensor.shape = operands[k].sizes;
        tensor.cells = operands[k].cells();
    }
    out.einsum += "->";
    for (const std::uint32_t index : problem.output) out.einsum += letters.at(labels[index]);
    const auto isIn = [](const std::vector<std::uint32_t>& all, std::uint32_t index) {
        return std::find(all.begin(), all.end(), index) != all.end();
    };
    const auto stepFlops = [&](const ContractionStep& step) { // a multiplication a combination, and the sums
        return step.flops + std::max(0.0, step.flops - step.cells);
    };
    for (const ContractionStep& step : plan.steps) {
        Contraction::Tensor& tensor = out.tensors.emplace_back();
        for (const std::uint32_t index : step.indices) {
            tensor.indices.push_back(note.nameOf(labels[index]));
            tensor.shape.push_back(static_cast<std::int64_t>(problem.sizes[index]));
        }
        tensor.cells = step.cells;
        tensor.flops = stepFlops(step);
        out.flops += tensor.flops;
        out.steps.emplace_back(step.left, step.right);
    }
    if (operands.size() > 1)
        for (const ContractionStep& step : planLeftToRight(problem).steps) out.writtenFlops += stepFlops(step);
    else {
        const bool isSummed = std::any_of(problem.operands[0].begin(), problem.operands[0].end(),
                                          [&](std::uint32_t index) { return !isIn(problem.output, index); });
        out.flops = out.writtenFlops = isSummed ? operands[0].cells() : 0;
    }
    note.list->push_back(std::move(out));
}

} // namespace

Op contract(std::vector<Op> operands, const std::vector<Label>& output, const std::vector<Label>& desired,
            double maxCells, ByteRange range, const ContractionNote* note) {
    std::map<Label, std::uint32_t> numbers;
    std::vector<Label> labels;
    ContractionProblem problem;
    for (const Op& op : operands)
        for (std::size_t k = 0; k < op.labels.size(); ++k) {
            const auto [entry, isNew] = numbers.emplace(op.labels[k], static_cast<std::uint32_t>(problem.sizes.size()));
            if (isNew) {
                problem.sizes.push_back(static_cast<double>(op.sizes[k]));
                labels.push_back(op.labels[k]);
            } else if (problem.sizes[entry->second] != static_cast<double>(op.sizes[k]))
                fail("E-SHAPE", "Sizes %1 and %2 of one index differ",
                     {cellsText(problem.sizes[entry->second]), cellsText(static_cast<double>(op.sizes[k]))}, range);
        }
    for (const Op& op : operands) {
        problem.operands.emplace_back();
        for (const Label label : op.labels) problem.operands.back().push_back(numbers.at(label));
    }
    for (const Label label : output)
        if (numbers.count(label) != 0) problem.output.push_back(numbers.at(label));
    problem.maxCells = maxCells;
    if (operands.size() == 1) {
        if (note != nullptr) tell(*note, operands, labels, problem, {});
        return sumAway(std::move(operands[0]), output);
    }
    const ContractionPlan plan = planContraction(problem);
    if (note != nullptr) tell(*note, operands, labels, problem, plan);
    if (!plan.fits)
        fail("E-LIMIT",
             "This product needs an intermediate result of %1 cells, more than the memory budget allows (%2)",
             {cellsText(plan.peakCells), cellsText(maxCells)}, range);
    for (const ContractionStep& step : plan.steps) {
        std::vector<Label> kept;
        for (const std::uint32_t index : step.indices) kept.push_back(labels[index]);
        operands.push_back(
            multiplyPair(std::move(operands[step.left]), std::move(operands[step.right]), kept, desired));
    }
    return std::move(operands.back());
}

} // namespace vitrine::tl::dense
