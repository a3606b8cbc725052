// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"
#include "core/experiment/descriptor.hpp"

#include <string>
#include <vector>

namespace vitrine::tl {

/// The program that a newcomer sees first: Alice's ancestors.
[[nodiscard]] std::string ancestorsProgram();

/// Pairs of experiment and scale (design, section 1).
[[nodiscard]] std::vector<Preset> presets();

/// Time and memory of a run: on a CPU from figures measured on two cores, on a GPU from its arithmetic.
/// \param complete  every default written out
[[nodiscard]] ResourceEstimate estimateRun(const Config& complete, const DeviceInfo& device);

} // namespace vitrine::tl
