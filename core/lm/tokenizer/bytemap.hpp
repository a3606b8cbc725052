// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vitrine::lm {

/// The printable character by which byte-level files spell a byte: 33-126, 161-172 and 174-255 stand for themselves,
/// the other 68 for U+0100 upward in byte order.
[[nodiscard]] char32_t spelledByte(unsigned char byte);
/// `bytes` as such a file spells them.
[[nodiscard]] std::string spellBytes(std::string_view bytes);
/// The bytes of a spelled token; nothing when a character is not in the map.
[[nodiscard]] std::optional<std::string> unspellBytes(std::string_view token);

} // namespace vitrine::lm
