// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/equation.hpp"
#include "core/methods/tensor_logic/dense/recursion.hpp"

#include <memory>
#include <vector>

namespace vitrine::tl::dense {

/// The equations of one stratum, compiled; each run writes its tensors into the store.
class Component {
  public:
    virtual ~Component() = default;
    /// \errors Suspect (checked frames), Failure, Cancelled
    virtual void run(Frame& frame) = 0;
    /// Cells that reverse mode keeps of one run.
    [[nodiscard]] virtual double madeCells() const { return 0; }
};

/// An equation outside a recursion that reads it at the step under way only, `X[*t, ..]`: it runs inside the loop, so
/// that the slices need not be kept.
struct Follower {
    std::uint32_t equation = 0;
    VarId var = NoId;  ///< the step
    int headAxis = -1; ///< of the head that is indexed by it; -1: it is summed or reduced
};

struct ComponentInput {
    std::vector<TensorId> tensors;
    std::vector<std::uint32_t> equations;
    Surroundings surroundings;
    std::vector<Follower> followers;
    bool keepsAllSlices = true; ///< false: tensors with a virtual index keep the slices of their offsets only
};

/// Tensors that do not depend on themselves.
[[nodiscard]] std::unique_ptr<Component> compileEquations(Store& store, const ComponentInput& input);
/// A loop over slices.
[[nodiscard]] std::unique_ptr<Component> compileSlices(Store& store, const ComponentInput& input,
                                                       const SlicePlan& plan);

/// Repeated sweeps over the equations in source order (@iterate).
struct SweepResult {
    std::int64_t sweeps = 0;
    double residual = 0;
    bool isConverged = false;
};
[[nodiscard]] SweepResult sweep(Store& store, const ComponentInput& input, Frame& frame,
                                const std::function<void(std::int64_t, double)>& onSweep);

} // namespace vitrine::tl::dense
