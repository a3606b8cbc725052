// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/generate/sampling.hpp"

#include <cstdint>
#include <vector>

namespace vitrine::lm {

struct DecodeOptions {
    SamplingOptions sampling;
    std::uint64_t seed = 0, sequence = 0;
    std::uint64_t firstStep = 0;  ///< the step of a draw is this and the length of the text
    std::int64_t vocabulary = 0;  ///< ids that the tokenizer names; 0: all rows of the model
    std::vector<TokenId> stopIds; ///< generation ends on any; the token itself is kept in the record
    bool keepsStages = false;     ///< record the top ten before and after each sampling step
};

/// A token of a text that is being decoded.
struct DecodedToken {
    TokenId id = 0;
    bool isGenerated = false; ///< else given: prompt, or chosen by hand
    Sampled sampled;          ///< of generated tokens
    std::uint64_t weightVersion = 0;
    std::vector<SamplingStage> stages; ///< when asked for
};

enum class StopReason { StopToken, Length, Cancelled };

struct Completion {
    std::vector<DecodedToken> tokens; ///< generated ones, the stop token among them
    StopReason reason = StopReason::Length;
};

} // namespace vitrine::lm
