// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/workspace.hpp"

namespace vitrine::store {

/// At most about `maxPoints` points: of each of maxPoints / 2 equal parts the lowest and the highest, in their order;
/// the ends of the curve and the first NaN of a part stay. \cost O(points)
[[nodiscard]] ScalarCurve decimated(const ScalarCurve& curve, std::size_t maxPoints);

} // namespace vitrine::store
