// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace vitrine::tl {

/// Pairs of noisy 5 x 7 digit glyphs (digest 6.6).
struct DigitPairs {
    std::int64_t pairs = 0;
    std::vector<double> images; ///< [pairs, 2, 35], 0 or 1
    std::vector<int> digits;    ///< [pairs, 2]
    [[nodiscard]] int sum(std::int64_t pair) const {
        const auto at = static_cast<std::size_t>(2 * pair);
        return digits[at] + digits[at + 1];
    }
};

/// Draws digits uniformly and flips each pixel with probability 0.1, all from the shared generator.
[[nodiscard]] DigitPairs drawDigitPairs(std::int64_t pairs, std::uint64_t seed);

} // namespace vitrine::tl
