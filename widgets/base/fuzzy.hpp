// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace vitrine {

struct FuzzyMatch {
    int score = -1;             ///< below 0: no match; higher is better
    std::vector<int> positions; ///< matched characters of the text, ascending
};

/// Subsequence match without regard to case: consecutive letters, starts of words and early places count more.
[[nodiscard]] FuzzyMatch fuzzyMatch(const QString& pattern, const QString& text);

} // namespace vitrine
