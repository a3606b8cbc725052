// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/utf8.hpp"

namespace vitrine::tl {

namespace {

unsigned byteAt(std::string_view text, std::size_t offset) {
    return static_cast<unsigned char>(text[offset]);
}

bool isContinuation(std::string_view text, std::size_t offset) {
    return offset < text.size() && (byteAt(text, offset) & 0xC0u) == 0x80u;
}

/// Length that the lead byte announces, 0 for a byte that cannot lead.
std::uint32_t announcedLength(unsigned lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xC2 && lead <= 0xDF) return 2;
    if (lead >= 0xE0 && lead <= 0xEF) return 3;
    if (lead >= 0xF0 && lead <= 0xF4) return 4;
    return 0;
}

bool isScalarOfLength(unsigned value, std::uint32_t length) {
    if (length == 3) return value >= 0x800 && !(value >= 0xD800 && value <= 0xDFFF);
    if (length == 4) return value >= 0x10000 && value <= 0x10FFFF;
    return true;
}

} // namespace

CodePoint codePointAt(std::string_view text, std::size_t offset) {
    const unsigned lead = byteAt(text, offset);
    if (lead < 0x80) return {static_cast<std::int32_t>(lead), 1, true};
    const std::uint32_t length = announcedLength(lead);
    const CodePoint invalid{static_cast<std::int32_t>(lead), 1, false};
    if (length == 0) return invalid;
    unsigned value = lead & (0x7Fu >> length);
    for (std::uint32_t k = 1; k < length; ++k) {
        if (!isContinuation(text, offset + k)) return invalid;
        value = (value << 6) | (byteAt(text, offset + k) & 0x3Fu);
    }
    if (!isScalarOfLength(value, length)) return invalid;
    return {static_cast<std::int32_t>(value), length, true};
}

} // namespace vitrine::tl
