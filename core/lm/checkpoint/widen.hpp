// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/lm/checkpoint/storedtype.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

/// Stored numbers to FP32: the plain definition that faster code is tested against.
namespace vitrine::lm {

/// IEEE 754 binary16 and bfloat16 to binary32, exact; NaN stays NaN.
[[nodiscard]] float halfToFloat(std::uint16_t bits);
[[nodiscard]] float bfloatToFloat(std::uint16_t bits);
/// Nearest binary16 or bfloat16, ties to even; too large becomes infinite, NaN stays NaN.
[[nodiscard]] std::uint16_t floatToHalf(float value);
[[nodiscard]] std::uint16_t floatToBfloat(float value);

/// One function a block type: `in` holds whole blocks, `out` block elements for each of them, in row-major order.
/// Sizes are the caller's promise. d and m are widened to FP32; one rounding a product, one a sum.
void widenQ4_0(std::span<const std::byte> in, std::span<float> out); ///< d (q - 8)
void widenQ4_1(std::span<const std::byte> in, std::span<float> out); ///< d q + m
void widenQ8_0(std::span<const std::byte> in, std::span<float> out); ///< d q
void widenF16(std::span<const std::byte> in, std::span<float> out);
void widenBF16(std::span<const std::byte> in, std::span<float> out);

/// Any type that stands for a real number (F64 rounds to nearest), and integers and Bool by value, for looking at them.
/// \errors VIT-LM-006 when the type cannot be widened (F8) or the sizes do not belong together
/// \cost   one pass; about 1 GB/s of output
[[nodiscard]] Status widen(StoredType type, std::span<const std::byte> in, std::span<float> out);

} // namespace vitrine::lm
