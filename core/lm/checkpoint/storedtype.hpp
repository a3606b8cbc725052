// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace vitrine::lm {

/// How the numbers of a tensor lie in a file. Little-endian throughout.
enum class StoredType {
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U64,
    U32,
    U16,
    U8,
    Bool,
    F8E4M3, ///< listed, not run
    F8E5M2, ///< listed, not run
    Q4_0,   ///< blocks of 32: f16 d, 16 bytes of nibbles; d (q - 8)
    Q4_1,   ///< blocks of 32: f16 d, f16 m, 16 bytes of nibbles; d q + m
    Q8_0    ///< blocks of 32: f16 d, 32 int8; d q
};

struct StoredTypeTraits {
    std::string_view name;       ///< as safetensors and GGUF spell it: "BF16", "Q4_1"
    std::uint32_t blockElements; ///< numbers in one block; 1 for plain types
    std::uint32_t blockBytes;
    bool isReal; ///< a floating-point number, perhaps quantised: may stand as a weight and be widened
};

[[nodiscard]] const StoredTypeTraits& traits(StoredType type);
[[nodiscard]] inline bool isQuantised(StoredType type) {
    return traits(type).blockElements > 1;
}

/// Product of the extents, or nothing when one is negative or the product exceeds 2^63 - 1. No extent: 1.
[[nodiscard]] std::optional<std::uint64_t> elementCount(std::span<const std::int64_t> shape);
/// Bytes of a tensor, or nothing when it overflows or the last extent is no multiple of the block.
[[nodiscard]] std::optional<std::uint64_t> byteCount(StoredType type, std::span<const std::int64_t> shape);

} // namespace vitrine::lm
