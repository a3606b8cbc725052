// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace vitrine {

/// One scalar value of a text. Where the bytes are not UTF-8, `length` is the longest run that could have begun a
/// character (at least 1), which readers replace by one U+FFFD (Unicode 15, 3.9, "maximal subpart").
struct Utf8Scalar {
    char32_t value = 0xFFFD;
    std::uint32_t length = 1;
    bool isValid = false;
    bool isIncomplete = false; ///< the text ends inside a character that could still become valid
};

/// The scalar that begins at `at` < text.size().
[[nodiscard]] Utf8Scalar decodeUtf8(std::string_view text, std::size_t at);

/// The same for text that is known to be valid, without checks.
[[nodiscard]] inline Utf8Scalar decodeValidUtf8(const char* p) {
    const auto byte = [p](int i) { return static_cast<char32_t>(static_cast<unsigned char>(p[i])); };
    const char32_t lead = byte(0);
    if (lead < 0x80) return {lead, 1, true, false};
    if (lead < 0xE0) return {(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2, true, false};
    if (lead < 0xF0) return {(lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3, true, false};
    return {(lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F), 4, true, false};
}

/// Whether `byte` stands inside a character, behind its first byte.
[[nodiscard]] inline bool continuesCharacter(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80;
}
/// Characters of valid UTF-8.
[[nodiscard]] std::size_t characterCount(std::string_view text);

void appendUtf8(std::string& out, char32_t value);

/// Offset of the first byte that is not UTF-8, or npos. \cost several GB/s on ASCII
[[nodiscard]] std::size_t findInvalidUtf8(std::string_view text);

/// Appends `bytes` to `out`, each maximal subpart that is not UTF-8 as U+FFFD; answers how many there were.
std::size_t appendReplacingInvalid(std::string_view bytes, std::string& out);

} // namespace vitrine
