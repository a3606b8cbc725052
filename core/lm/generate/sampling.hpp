// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/lm/tokenizer/tokenizer.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string_view>
#include <vector>

/// From logits to one token (digest engine, 2.10): masks, penalties, temperature, top-k, top-p, min-p, draw. The order
/// is fixed, each step works on what the one before left, and each does nothing at its neutral value.
namespace vitrine::lm {

struct SamplingOptions {
    double temperature = 1;           ///< 0: the most likely token, the lowest id of equals
    std::int64_t topK = 0;            ///< keep the k most likely, lower ids first among equals; 0: all
    double topP = 1;                  ///< keep the smallest set of the most likely whose mass reaches it, (0, 1]
    double minP = 0;                  ///< keep those at least this part of the most likely, [0, 1]
    double repetitionPenalty = 1;     ///< of seen tokens: positive logits are divided by it, others multiplied; > 0
    double presencePenalty = 0;       ///< taken off the logit of each seen token once
    double frequencyPenalty = 0;      ///< taken off for each time that it was seen
    std::vector<TokenId> banned = {}; ///< never drawn
};
/// Everything that is wrong, field by field. \errors VIT-LM-230
[[nodiscard]] std::vector<Error> problemsOf(const SamplingOptions& options);

/// Where a random number belongs: it depends on these three alone, so never on what else is in a batch.
struct RandomKey {
    std::uint64_t seed = 0, sequence = 0, step = 0;
};
/// Uniform in [0, 1), 53 bits. \source SplitMix64's finalizer, chained over the key
[[nodiscard]] double uniform(const RandomKey& key);

/// How often each token was seen, prompt and generated alike.
using SeenTokens = std::map<TokenId, std::int64_t>;

struct Candidate {
    TokenId id = 0;
    double probability = 0;
};
/// The distribution after one step, most likely first.
struct SamplingStage {
    std::string_view name; ///< "logits", "penalties", "temperature", "top-k", "top-p", "min-p"
    std::int64_t kept = 0;
    std::vector<Candidate> top; ///< at most the ten most likely
};

struct Sampled {
    TokenId id = 0;
    double logProbability = 0;    ///< of the distribution that was drawn from; temperature 0: of that at 1
    double rawLogProbability = 0; ///< of softmax(logits / temperature) without penalties and cuts; 0 as 1
    double entropy = 0;           ///< of the raw distribution, nats
    std::int64_t kept = 0;        ///< tokens that could have been drawn
};

/// \param logits      [vocabulary]; -inf: cannot be drawn
/// \param vocabulary  ids from here on are rows that no tokenizer names, and are never drawn
/// \param stages      when not null, gets a line for each step that does something, "logits" first
/// \errors VIT-LM-231 no token is left, VIT-LM-232 a logit is not a number. Options are the caller's promise.
/// \cost   O(vocabulary); with cuts O(kept log kept)
[[nodiscard]] Result<Sampled> sample(std::span<const float> logits, std::int64_t vocabulary,
                                     const SamplingOptions& options, const SeenTokens& seen, const RandomKey& key,
                                     std::vector<SamplingStage>* stages = nullptr);

} // namespace vitrine::lm
