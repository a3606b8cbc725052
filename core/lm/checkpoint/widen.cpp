// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/widen.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <string>

namespace vitrine::lm {

namespace {

constexpr std::size_t Block = 32;

template <typename T>
T loadAt(std::span<const std::byte> bytes, std::size_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

template <typename T>
void convert(std::span<const std::byte> in, std::span<float> out) {
    for (std::size_t at = 0; at < out.size(); ++at) out[at] = static_cast<float>(loadAt<T>(in, at * sizeof(T)));
}

float halfAt(std::span<const std::byte> bytes, std::size_t offset) {
    return halfToFloat(loadAt<std::uint16_t>(bytes, offset));
}

/// Sixteen bytes of nibbles from `offset`: the low ones are elements 0-15, the high ones 16-31.
template <typename Value>
void widenNibbles(std::span<const std::byte> in, std::size_t offset, float* out, Value value) {
    for (std::size_t at = 0; at < Block / 2; ++at) {
        const auto pair = std::to_integer<int>(in[offset + at]);
        out[at] = value(pair & 0x0f);
        out[at + Block / 2] = value(pair >> 4);
    }
}

} // namespace

float halfToFloat(std::uint16_t bits) {
    const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16u;
    const std::uint32_t exponent = (bits >> 10u) & 0x1fu;
    const std::uint32_t fraction = bits & 0x3ffu;
    if (exponent == 0) { // zero and subnormals: fraction * 2^-24
        const float magnitude = std::ldexp(static_cast<float>(fraction), -24);
        return sign ? -magnitude : magnitude;
    }
    const std::uint32_t wide = exponent == 31 ? 0xffu : exponent + 112u;
    return std::bit_cast<float>(sign | (wide << 23u) | (fraction << 13u));
}

float bfloatToFloat(std::uint16_t bits) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16u);
}

std::uint16_t floatToBfloat(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    if (std::isnan(value)) return static_cast<std::uint16_t>((bits >> 16u) | 0x40u);
    return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16u) & 1u)) >> 16u);
}

std::uint16_t floatToHalf(float value) {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const auto sign = static_cast<std::uint16_t>((bits >> 16u) & 0x8000u);
    const auto with = [sign](std::uint32_t magnitude) { return static_cast<std::uint16_t>(sign | magnitude); };
    if (std::isnan(value)) return with(0x7e00u);
    const float magnitude = std::fabs(value);
    if (magnitude >= 65520.0F) return with(0x7c00u); // halfway past the largest, 65504, and above
    // below 2^-14 the step is 2^-24: scale, round, and the integer is the bit pattern
    if (magnitude < 0x1p-14F) return with(static_cast<std::uint32_t>(std::nearbyint(magnitude * 0x1p24F)));
    const std::uint32_t shifted = (bits & 0x7fffffffu) - (112u << 23u);
    return with((shifted + 0xfffu + ((shifted >> 13u) & 1u)) >> 13u);
}

void widenQ4_0(std::span<const std::byte> in, std::span<float> out) {
    for (std::size_t block = 0; block < out.size() / Block; ++block) {
        const std::size_t at = block * 18;
        const float d = halfAt(in, at);
        widenNibbles(in, at + 2, &out[block * Block], [d](int q) { return d * static_cast<float>(q - 8); });
    }
}

void widenQ4_1(std::span<const std::byte> in, std::span<float> out) {
    for (std::size_t block = 0; block < out.size() / Block; ++block) {
        const std::size_t at = block * 20;
        const float d = halfAt(in, at);
        const float m = halfAt(in, at + 2);
        widenNibbles(in, at + 4, &out[block * Block], [d, m](int q) {
            const float product = d * static_cast<float>(q); // named: not to be fused with the sum
            return product + m;
        });
    }
}

void widenQ8_0(std::span<const std::byte> in, std::span<float> out) {
    for (std::size_t block = 0; block < out.size() / Block; ++block) {
        const std::size_t at = block * 34;
        const float d = halfAt(in, at);
        for (std::size_t i = 0; i < Block; ++i)
            out[block * Block + i] = d * static_cast<float>(loadAt<std::int8_t>(in, at + 2 + i));
    }
}

void widenF16(std::span<const std::byte> in, std::span<float> out) {
    for (std::size_t at = 0; at < out.size(); ++at) out[at] = halfAt(in, at * 2);
}

void widenBF16(std::span<const std::byte> in, std::span<float> out) {
    for (std::size_t at = 0; at < out.size(); ++at) out[at] = bfloatToFloat(loadAt<std::uint16_t>(in, at * 2));
}

Status widen(StoredType type, std::span<const std::byte> in, std::span<float> out) {
    const StoredTypeTraits& kind = traits(type);
    if (out.size() % kind.blockElements != 0 || out.size() / kind.blockElements * kind.blockBytes != in.size())
        return makeError("VIT-LM-006", "%1 bytes of type %2 are not %3 numbers",
                         {std::to_string(in.size()), std::string(kind.name), std::to_string(out.size())});
    switch (type) {
    case StoredType::F64:
        convert<double>(in, out);
        return {};
    case StoredType::F32:
        if (!in.empty()) std::memcpy(out.data(), in.data(), in.size());
        return {};
    case StoredType::F16:
        widenF16(in, out);
        return {};
    case StoredType::BF16:
        widenBF16(in, out);
        return {};
    case StoredType::I64:
        convert<std::int64_t>(in, out);
        return {};
    case StoredType::I32:
        convert<std::int32_t>(in, out);
        return {};
    case StoredType::I16:
        convert<std::int16_t>(in, out);
        return {};
    case StoredType::I8:
        convert<std::int8_t>(in, out);
        return {};
    case StoredType::U64:
        convert<std::uint64_t>(in, out);
        return {};
    case StoredType::U32:
        convert<std::uint32_t>(in, out);
        return {};
    case StoredType::U16:
        convert<std::uint16_t>(in, out);
        return {};
    case StoredType::U8:
    case StoredType::Bool:
        convert<std::uint8_t>(in, out);
        return {};
    case StoredType::Q4_0:
        widenQ4_0(in, out);
        return {};
    case StoredType::Q4_1:
        widenQ4_1(in, out);
        return {};
    case StoredType::Q8_0:
        widenQ8_0(in, out);
        return {};
    case StoredType::F8E4M3:
    case StoredType::F8E5M2:
        break;
    }
    return makeError("VIT-LM-006", "Numbers of type %1 cannot be widened", {std::string(kind.name)});
}

} // namespace vitrine::lm
