// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace vitrine::lm {

/// The classes that the known split rules speak of. No character is in two of them.
enum class CharClass : std::uint8_t {
    Other,
    Letter, ///< Unicode L
    Number, ///< Unicode N
    Space   ///< White_Space
};

/// Class of every scalar value. Made once from PCRE2's own tables, so that the hand-written scanners and the patterns
/// can never disagree about a character.
class CharClasses {
  public:
    [[nodiscard]] static const CharClasses& instance();
    [[nodiscard]] CharClass of(char32_t value) const { return m_pages[m_pageOf[value >> 8]][value & 0xFF]; }

  private:
    CharClasses();
    static constexpr std::size_t PageCount = 0x110000 >> 8;
    using Page = std::array<CharClass, 256>;
    std::array<std::uint16_t, PageCount> m_pageOf{};
    std::vector<Page> m_pages;
};

[[nodiscard]] inline bool isWhiteSpace(char32_t value) {
    return CharClasses::instance().of(value) == CharClass::Space;
}

} // namespace vitrine::lm
