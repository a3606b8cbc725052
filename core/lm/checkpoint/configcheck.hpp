// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/lm/checkpoint/modelconfig.hpp"

#include <string>
#include <vector>

namespace vitrine::lm {

// Ranges wide enough for every model there is and narrow enough that no product of three overflows.
inline constexpr double MaxVocabulary = 1 << 24, MaxWidth = 1 << 20, MaxLayers = 4096, MaxHeads = 1 << 14,
                        MaxHeadDim = 1 << 14, MaxPositions = 1LL << 32;

/// What sizes must be to each other, whichever file they came from: VIT-LM-074.
void checkSizes(const ModelConfig& config, const std::string& headsPath, std::vector<Error>& problems);

} // namespace vitrine::lm
