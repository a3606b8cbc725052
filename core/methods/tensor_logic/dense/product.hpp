// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/op.hpp"

namespace vitrine::tl::dense {

/// Where a planned product is told to people.
struct ContractionNote {
    std::vector<Contraction>* list = nullptr;
    std::vector<std::string> texts; ///< of the operands
    std::function<std::string(Label)> nameOf;
    TensorId tuples = NoId;
};

/// Product of `operands` (all integer or all real), summed over every label that `output` lacks.
/// \param output   labels that remain; the result may have them in another order
/// \param desired  order of labels that suits the reader best
/// \param maxCells cap on intermediate results
/// \param range    of the equation, for the refusal
/// \param note     null: nobody asks
/// \errors Failure E-LIMIT when no order fits the cap
[[nodiscard]] Op contract(std::vector<Op> operands, const std::vector<Label>& output, const std::vector<Label>& desired,
                          double maxCells, ByteRange range, const ContractionNote* note = nullptr);

} // namespace vitrine::tl::dense
