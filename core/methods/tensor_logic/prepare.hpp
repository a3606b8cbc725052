// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/evaluation.hpp"

namespace vitrine::tl {

/// The given data of a program that checked without errors, and nothing computed: what plans by the sizes known before
/// a run are asked of.
[[nodiscard]] std::shared_ptr<const Evaluation> prepare(std::shared_ptr<Program> program,
                                                        const EvaluateOptions& options);

} // namespace vitrine::tl
