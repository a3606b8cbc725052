// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/fuzzy.hpp"

#include <limits>

namespace vitrine {

namespace {
bool startsWord(const QString& text, qsizetype at) {
    return at == 0 || !text[at - 1].isLetterOrNumber() || (text[at].isUpper() && text[at - 1].isLower());
}
} // namespace

// Best alignment by dynamic programming: best[i][j] = score of pattern[0..i] with pattern[i] at text[j].
FuzzyMatch fuzzyMatch(const QString& pattern, const QString& text) {
    QString wanted;
    for (const QChar c : pattern)
        if (!c.isSpace()) wanted += c.toCaseFolded();
    if (wanted.isEmpty()) return {0, {}};
    const auto rows = static_cast<std::size_t>(wanted.size());
    const auto columns = static_cast<std::size_t>(text.size());
    constexpr int None = std::numeric_limits<int>::min() / 2;
    std::vector<std::vector<int>> best(rows, std::vector<int>(columns, None));
    std::vector<std::vector<int>> from(rows, std::vector<int>(columns, -1));
    for (std::size_t i = 0; i < rows; ++i) {
        int carried = None;
        int carriedAt = -1;
        for (std::size_t j = i; j < columns; ++j) {
            if (i > 0 && j > 0 && best[i - 1][j - 1] > carried) {
                carried = best[i - 1][j - 1];
                carriedAt = static_cast<int>(j) - 1;
            }
            if (text[static_cast<qsizetype>(j)].toCaseFolded() != wanted[static_cast<qsizetype>(i)]) continue;
            const int bonus = startsWord(text, static_cast<qsizetype>(j)) ? 8 : 1;
            if (i == 0) {
                best[i][j] = bonus - static_cast<int>(std::min<std::size_t>(j, 6)) / 2;
                continue;
            }
            const int adjacent = j > 0 && best[i - 1][j - 1] > None ? best[i - 1][j - 1] + bonus + 5 : None;
            const int apart = carried > None ? carried + bonus - 1 : None;
            best[i][j] = std::max(adjacent, apart);
            from[i][j] = adjacent >= apart ? static_cast<int>(j) - 1 : carriedAt;
        }
    }
    std::size_t end = columns;
    for (std::size_t j = 0; j < columns; ++j)
        if (best[rows - 1][j] > None && (end == columns || best[rows - 1][j] > best[rows - 1][end])) end = j;
    if (end == columns) return {};
    FuzzyMatch match{std::max(0, best[rows - 1][end]), std::vector<int>(rows)};
    int at = static_cast<int>(end);
    for (std::size_t i = rows; i-- > 0;) {
        match.positions[i] = at;
        at = from[i][static_cast<std::size_t>(at)];
    }
    return match;
}

} // namespace vitrine
