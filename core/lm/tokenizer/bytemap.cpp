// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/bytemap.hpp"

#include "core/base/utf8.hpp"

#include <array>

namespace vitrine::lm {

namespace {

constexpr bool standsForItself(unsigned byte) {
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

constexpr unsigned Shifted = 68, FirstShifted = 0x100;

struct Tables {
    std::array<char32_t, 256> spelled{};
    std::array<int, FirstShifted + Shifted> byteOf{};
};

constexpr Tables makeTables() {
    Tables tables;
    tables.byteOf.fill(-1);
    unsigned next = FirstShifted;
    for (unsigned byte = 0; byte < 256; ++byte) {
        const unsigned value = standsForItself(byte) ? byte : next++;
        tables.spelled[byte] = value;
        tables.byteOf[value] = static_cast<int>(byte);
    }
    return tables;
}

constexpr Tables Map = makeTables();

} // namespace

char32_t spelledByte(unsigned char byte) {
    return Map.spelled[byte];
}

std::string spellBytes(std::string_view bytes) {
    std::string out;
    for (const char byte : bytes) appendUtf8(out, spelledByte(static_cast<unsigned char>(byte)));
    return out;
}

std::optional<std::string> unspellBytes(std::string_view token) {
    std::string bytes;
    for (std::size_t at = 0; at < token.size();) {
        const Utf8Scalar scalar = decodeUtf8(token, at);
        const int byte = scalar.isValid && scalar.value < Map.byteOf.size() ? Map.byteOf[scalar.value] : -1;
        if (byte < 0) return std::nullopt;
        bytes += static_cast<char>(static_cast<unsigned char>(byte));
        at += scalar.length;
    }
    return bytes;
}

} // namespace vitrine::lm
