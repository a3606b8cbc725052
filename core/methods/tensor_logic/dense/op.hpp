// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/store.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

namespace vitrine::tl::dense {

/// Names an axis: a variable of the equation, or (from the number of its variables on) the axis of a tuple list.
using Label = std::uint32_t;

/// What a compiled equation runs in.
struct Frame {
    Store& store;
    std::int64_t loop = 0; ///< iteration of the recursion
    bool isChecked = true; ///< looks for divisions by zero and the like (off while learning)
    std::stop_token stop;

    void checkStop() const {
        if (stop.stop_requested()) throw Cancelled{};
    }
};

/// What running an expression once takes, in cells and operations. Values that the store holds cost nothing.
struct Cost {
    double held = 0;  ///< cells of the result
    double peak = 0;  ///< cells alive at once while it runs, its result among them
    double kept = 0;  ///< cells that stay from run to run
    double made = 0;  ///< cells of everything that is made: what reverse mode keeps
    double flops = 0; ///< multiplications, additions, function values

    /// Of a result of that many cells from inputs that are made one after the other and live until it is done.
    [[nodiscard]] static Cost of(const std::vector<Cost>& inputs, double cells, double flops);
    /// Of a view: nothing new.
    [[nodiscard]] static Cost viewOf(const Cost& input) { return input; }
};

/// A compiled expression: a tensor with named axes, int64 or the store's real type. A constant gives the same result
/// in every run of its plan.
struct Op {
    std::vector<Label> labels;       ///< distinct, in the order of the dimensions
    std::vector<std::int64_t> sizes; ///< of them, when compiled
    bool isInteger = false;
    bool isConstant = false;
    bool isRead = false; ///< costs nothing
    Cost cost;
    std::function<at::Tensor(Frame&)> run;

    [[nodiscard]] double cells() const {
        double product = 1;
        for (const std::int64_t size : sizes) product *= static_cast<double>(size);
        return product;
    }
};

[[nodiscard]] bool contains(const std::vector<Label>& labels, Label label);
[[nodiscard]] std::size_t indexOf(const std::vector<Label>& labels, Label label);

/// Brings a tensor with `from` axes to the order `to` (a superset), with size 1 where an axis is missing.
/// This is the only place where axes of size 1 are made: sizes of equal labels are compared when compiling.
[[nodiscard]] std::function<at::Tensor(const at::Tensor&)> aligner(const std::vector<Label>& from,
                                                                   const std::vector<Label>& to);

/// The tuples of one relation that satisfy an atom's constants, repeated variables and ranges, as positions.
class TupleList {
  public:
    struct Filter {
        enum class Kind { Constant, Loop, Range, Same } kind;
        std::size_t column = 0;
        std::int64_t a = 0, b = 0; ///< value; shift; [a, b); other column
    };
    TupleList(TensorId relation, std::vector<Filter> filters) : m_relation(relation), m_filters(std::move(filters)) {}

    /// Cached until the relation changes, unless a filter follows the loop.
    [[nodiscard]] const Coo& get(Frame& frame);
    [[nodiscard]] bool followsLoop() const;
    [[nodiscard]] bool isFiltered() const { return !m_filters.empty(); }
    [[nodiscard]] TensorId relation() const { return m_relation; }

  private:
    TensorId m_relation;
    std::vector<Filter> m_filters;
    Coo m_cached;
    std::uint64_t m_version = ~0ULL;
    std::int64_t m_loop = 0;
};

} // namespace vitrine::tl::dense
