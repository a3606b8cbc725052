// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/seal.hpp"

#include <array>

namespace vitrine {

namespace {

constexpr std::string_view Before = R"(,"crc":")", After = R"("})", Blanks = " \t\r\n";
constexpr std::size_t Digits = 8;

constexpr std::array<std::uint32_t, 256> makeTable() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t rest = i;
        for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? 0xEDB88320U : 0U);
        table[i] = rest;
    }
    return table;
}

std::string hexOf(std::uint32_t value) {
    std::string text(Digits, '0');
    for (std::size_t i = Digits; i-- > 0; value >>= 4U) text[i] = "0123456789abcdef"[value & 15U];
    return text;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t last = text.find_last_not_of(Blanks);
    return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

} // namespace

std::uint32_t crc32(std::string_view bytes) {
    static constexpr std::array<std::uint32_t, 256> Table = makeTable();
    std::uint32_t sum = ~0U;
    for (const char c : bytes) sum = Table[(sum ^ static_cast<unsigned char>(c)) & 0xFFU] ^ (sum >> 8U);
    return ~sum;
}

std::string sealed(std::string_view object) {
    const std::string_view whole = trimmed(object);
    if (whole.empty() || whole.back() != '}') return std::string(object);
    const std::string_view body = trimmed(whole.substr(0, whole.size() - 1));
    if (body.size() < 2) return std::string(object);
    std::string text;
    text.reserve(body.size() + Before.size() + Digits + After.size());
    text.append(body).append(Before).append(hexOf(crc32(body))).append(After);
    return text;
}

bool isSealBroken(std::string_view object) {
    const std::string_view whole = trimmed(object);
    constexpr std::size_t Length = Before.size() + Digits + After.size();
    if (whole.size() < Length || !whole.ends_with(After)) return false;
    const std::string_view body = whole.substr(0, whole.size() - Length), seal = whole.substr(body.size());
    return seal.starts_with(Before) && seal.substr(Before.size(), Digits) != hexOf(crc32(body));
}

} // namespace vitrine
