// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace vitrine::lm {

/// Where the bytes of a changed text came from. Changes are added from left to right and never overlap; between them
/// both texts are the same.
class Alignment {
  public:
    /// Output bytes [outBegin, outEnd) stand for input bytes [inBegin, inEnd); either may be empty.
    void add(std::uint32_t outBegin, std::uint32_t outEnd, std::uint32_t inBegin, std::uint32_t inEnd) {
        m_changes.push_back({outBegin, outEnd, inBegin, inEnd});
    }
    [[nodiscard]] bool isIdentity() const { return m_changes.empty(); }

    /// The input byte at which a piece that begins at output byte `out` begins.
    [[nodiscard]] std::uint32_t begin(std::uint32_t out) const {
        const auto after = std::upper_bound(m_changes.begin(), m_changes.end(), out,
                                            [](std::uint32_t at, const Change& c) { return at < c.outBegin; });
        if (after == m_changes.begin()) return out;
        const Change& change = *(after - 1);
        return out < change.outEnd ? change.inBegin : change.inEnd + (out - change.outEnd);
    }
    /// The input byte before which a piece that ends before output byte `out` ends.
    [[nodiscard]] std::uint32_t end(std::uint32_t out) const {
        const auto after = std::lower_bound(m_changes.begin(), m_changes.end(), out,
                                            [](const Change& c, std::uint32_t at) { return c.outBegin < at; });
        if (after == m_changes.begin()) return out;
        const Change& change = *(after - 1);
        return out <= change.outEnd ? change.inEnd : change.inEnd + (out - change.outEnd);
    }

  private:
    struct Change {
        std::uint32_t outBegin, outEnd, inBegin, inEnd;
    };
    std::vector<Change> m_changes;
};

} // namespace vitrine::lm
