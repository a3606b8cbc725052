// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace vitrine::lm {

struct ModelConfig;

enum class RopeType {
    None, ///< learned positions
    Default,
    Linear,
    Dynamic,
    Llama3,
    Yarn
};
[[nodiscard]] std::string_view ropeTypeName(RopeType type); ///< "default", "linear", ... as rope_type

/// Rotary position embedding as a file describes it (digest engine, 2.4).
struct RopeConfig {
    RopeType type = RopeType::Default;
    double theta = 10000;
    double factor = 1;                                      ///< s; at least 1
    std::int64_t originalPositions = 0;                     ///< L0 of llama3 and yarn
    double lowFrequencyFactor = 1, highFrequencyFactor = 4; ///< llama3
    double betaFast = 32, betaSlow = 1;                     ///< yarn
    bool truncate = true;                                   ///< yarn: ends of the ramp to whole dimensions
    std::optional<double> attentionFactor;                  ///< yarn: multiplies cos and sin
    std::optional<double> mscale, mscaleAllDim;             ///< yarn: another way to say it
    std::vector<std::int64_t> sections;                     ///< Qwen2.5-VL: frequencies for (time, row, column)
    std::vector<double> divisors; ///< [headDim / 2] GGUF's rope_freqs: each frequency is divided; empty: none
};

struct RopeFrequencies {
    std::vector<double> inverse; ///< [headDim / 2] radians per position
    double factor = 1;           ///< multiplies cos and sin
};

/// The rotation's frequencies for a text of `length` tokens, in FP64. Only `Dynamic` looks at the length.
/// \source transformers' modeling_rope_utils; there in FP32
[[nodiscard]] RopeFrequencies ropeFrequencies(const ModelConfig& config, std::int64_t length);

} // namespace vitrine::lm
