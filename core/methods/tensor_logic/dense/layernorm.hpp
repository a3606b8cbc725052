// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

namespace vitrine::tl::dense {

inline constexpr double LnormEpsilon = 1e-5;

/// (x - mean) / sqrt(variance + 1e-5) of one group, biased variance (digest 2.4). The mean is summed in twice the
/// precision and rounded once, so that a value that is the mean of all gives exactly 0, however they are ordered.
/// \param out  of the same size; may be the input itself
void layerNorm(std::span<const double> in, std::span<double> out);

} // namespace vitrine::tl::dense
