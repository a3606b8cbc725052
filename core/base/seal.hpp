// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// A check sum inside a JSON object: the last member, `"crc":"1a2b3c4d"`, of the text before it. A flipped bit in a
/// digit leaves valid JSON with another number; this tells it. Text without the member counts as it is: people and
/// other programs may write it too.
namespace vitrine {

/// CRC-32 of IEEE 802.3, as in zip and PNG. \cost one look-up a byte
[[nodiscard]] std::uint32_t crc32(std::string_view bytes);

/// Adds the member; blanks before the last brace go. Text that is no object with members stays as it is.
[[nodiscard]] std::string sealed(std::string_view object);

/// Whether there is a seal that does not fit the text.
[[nodiscard]] bool isSealBroken(std::string_view object);

} // namespace vitrine
