// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/evaluation.hpp"

namespace vitrine::tl {

/// Reads cells of a dense tensor: many from one snapshot, few one by one.
class DenseCells {
  public:
    /// \param expected  number of cells that will be read
    DenseCells(const Evaluation& evaluation, TensorId tensor, std::uint64_t expected);
    [[nodiscard]] Row at(const std::vector<std::int64_t>& position) const;

  private:
    const Evaluation& m_evaluation;
    TensorId m_tensor;
    TensorSnapshot m_snapshot;
    bool m_hasSnapshot = false;
};

} // namespace vitrine::tl
