// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/ids.hpp"

#include <sys/random.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

namespace vitrine {

namespace {

void fillWithEntropy(std::array<unsigned char, 16>& bytes) {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const ssize_t got = getrandom(bytes.data() + filled, bytes.size() - filled, 0);
        if (got > 0) filled += static_cast<std::size_t>(got); // only EINTR is possible for 16 bytes
    }
}

} // namespace

std::string newUuid() {
    std::array<unsigned char, 16> bytes{};
    fillWithEntropy(bytes);
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U); // version 4
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U); // the RFC's variant
    constexpr const char* Digits = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += Digits[bytes[i] >> 4U];
        text += Digits[bytes[i] & 15U];
    }
    return text;
}

std::int64_t nowMs() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string isoTime(std::int64_t ms) {
    std::int64_t fraction = ms % 1000;
    if (fraction < 0) fraction += 1000;
    const auto seconds = static_cast<std::time_t>((ms - fraction) / 1000);
    std::tm parts{};
    if (!gmtime_r(&seconds, &parts)) return {}; // a year that no int holds
    std::array<char, 32> whole{};
    std::strftime(whole.data(), whole.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%s.%03dZ", whole.data(), static_cast<int>(fraction));
    return text.data();
}

double monotonicSeconds() {
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

} // namespace vitrine
