// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/utf8.hpp"

#include <algorithm>
#include <cstring>

namespace vitrine {

namespace {

constexpr std::string_view Replacement = "\xEF\xBF\xBD";

/// Length that the lead byte promises (0: none may begin so) and the range of the second byte.
struct Lead {
    std::uint32_t length;
    unsigned low, high;
};

Lead leadOf(unsigned byte) {
    if (byte < 0xC2 || byte > 0xF4) return {0, 0, 0};
    if (byte < 0xE0) return {2, 0x80, 0xBF};
    if (byte == 0xE0) return {3, 0xA0, 0xBF};
    if (byte == 0xED) return {3, 0x80, 0x9F};
    if (byte < 0xF0) return {3, 0x80, 0xBF};
    if (byte == 0xF0) return {4, 0x90, 0xBF};
    return {4, 0x80, byte == 0xF4 ? 0x8FU : 0xBFU};
}

} // namespace

Utf8Scalar decodeUtf8(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[at + i])); };
    const unsigned first = byte(0);
    if (first < 0x80) return {first, 1, true, false};
    const Lead lead = leadOf(first);
    if (lead.length == 0) return {};
    char32_t value = first & (0xFFU >> (lead.length + 1));
    for (std::uint32_t i = 1; i < lead.length; ++i) {
        if (at + i >= text.size()) return {0xFFFD, i, false, true};
        const unsigned next = byte(i);
        const unsigned low = i == 1 ? lead.low : 0x80, high = i == 1 ? lead.high : 0xBF;
        if (next < low || next > high) return {0xFFFD, i, false, false};
        value = value << 6 | (next & 0x3F);
    }
    return {value, lead.length, true, false};
}

std::size_t characterCount(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return !continuesCharacter(byte); }));
}

void appendUtf8(std::string& out, char32_t value) {
    const auto put = [&out](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (value < 0x80) {
        put(value);
    } else if (value < 0x800) {
        put(0xC0 | value >> 6);
        put(0x80 | (value & 0x3F));
    } else if (value < 0x10000) {
        put(0xE0 | value >> 12);
        put(0x80 | (value >> 6 & 0x3F));
        put(0x80 | (value & 0x3F));
    } else {
        put(0xF0 | value >> 18);
        put(0x80 | (value >> 12 & 0x3F));
        put(0x80 | (value >> 6 & 0x3F));
        put(0x80 | (value & 0x3F));
    }
}

std::size_t findInvalidUtf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        std::uint64_t word = 0;
        while (at + sizeof word <= text.size()) {
            std::memcpy(&word, text.data() + at, sizeof word);
            if ((word & 0x8080808080808080ULL) != 0) break;
            at += sizeof word;
        }
        if (at >= text.size()) break;
        const Utf8Scalar scalar = decodeUtf8(text, at);
        if (!scalar.isValid) return at;
        at += scalar.length;
    }
    return std::string_view::npos;
}

std::size_t appendReplacingInvalid(std::string_view bytes, std::string& out) {
    std::size_t replaced = 0;
    for (;;) {
        const std::size_t bad = findInvalidUtf8(bytes);
        out += bytes.substr(0, bad);
        if (bad == std::string_view::npos) return replaced;
        out += Replacement;
        ++replaced;
        bytes.remove_prefix(bad + decodeUtf8(bytes, bad).length);
    }
}

} // namespace vitrine
