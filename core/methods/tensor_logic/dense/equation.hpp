// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/lowering.hpp"
#include "core/methods/tensor_logic/dense/pool.hpp"

#include <memory>
#include <optional>

namespace vitrine::tl::dense {

/// The place of an equation in a recursion: the head's axis along which the loop runs.
struct LoopRole {
    int headAxis = 0;
    VarId var = NoId;       ///< NoId: the head has a constant there
    std::int64_t shift = 0; ///< value of var = position of the slice + shift
};

/// \param axis  of the head, indexed by a variable plus a constant or by a constant
[[nodiscard]] LoopRole loopRole(const Equation& equation, int axis);

/// One equation, compiled for the sizes that its store has now, to be run any number of times.
class CompiledEquation {
  public:
    CompiledEquation(Store& store, const Surroundings& surroundings, const Equation& equation,
                     std::optional<LoopRole> role);

    /// \errors Suspect (checked frames), Failure, Cancelled
    [[nodiscard]] Contribution run(Frame& frame);
    [[nodiscard]] const Equation& equation() const { return m_equation; }
    /// Of one run, its contribution in the shape of the head included.
    [[nodiscard]] const Cost& cost() const { return m_cost; }

  private:
    using Transform = std::function<at::Tensor(const at::Tensor&)>;
    struct Parts; ///< value and count of a reduction under way

    bool restrict(const IndexTerm& term, std::int64_t size);
    bool applyBounds();
    void compileSum();
    void compileReduction();
    void accountHead(const Cost& value, double cells, bool isReduced);
    void checkMemory() const;
    [[nodiscard]] std::size_t chooseGuard() const;
    void compileHead(const std::vector<Label>& labels, const std::vector<std::int64_t>& sizes);
    [[nodiscard]] at::Tensor place(const at::Tensor& value, Frame& frame, double fill, bool isCount) const;
    [[nodiscard]] bool applies(const Frame& frame) const;

    Store& m_store;
    const Surroundings& m_surroundings;
    const Equation& m_equation;
    std::optional<LoopRole> m_role;
    Lowering m_lowering;
    Cost m_cost;
    bool m_isReal = false, m_isEmpty = false;

    struct DynamicBound {
        std::function<std::int64_t(const Frame&)> value;
        std::int64_t size;
    };
    std::vector<DynamicBound> m_dynamicBounds;
    struct Mask {
        Lowering::Grid grid;
        std::int64_t size;
    };
    std::vector<Mask> m_masks;

    std::function<Contribution(Frame&)> m_value; ///< over m_labels
    std::vector<Label> m_labels;                 ///< variables of the head, in order of appearance
    std::vector<std::int64_t> m_sizes;
    // Placing in the head.
    bool m_isScatter = false;
    std::vector<std::int64_t> m_shape;      ///< of the result
    std::vector<std::int64_t> m_unsqueezed; ///< constant axes, ascending
    std::vector<std::int64_t> m_pad;        ///< as constant_pad_nd wants it, empty: none
    std::function<at::Tensor(Frame&)> m_scatterIndex, m_scatterInside;
};

[[nodiscard]] std::string bytesText(double bytes);
/// \errors Failure E-LIMIT at the equation when so many cells do not fit beside what is alive
void checkBudget(const Store& store, const Surroundings& surroundings, double cells, const Equation& equation);

} // namespace vitrine::tl::dense
