// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/generate/completion.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace vitrine::cli {

/// What the subcommands of `vitrine-run lm` are told. Each uses what its manual names.
struct LmRequest {
    std::string model;
    bool json = false;
    std::string device = "cpu";
    int threads = 0;
    bool bfloat16 = false;

    std::optional<std::string> ids, text, file; ///< of input: at most one
    bool allowsSpecial = false;                 ///< special tokens in the text are tokens
    bool withoutBos = false;                    ///< add nothing of the tokenizer's own

    lm::SamplingOptions sampling;
    bool isGreedy = false;
    std::uint64_t seed = 0;
    std::int64_t most = 64;
    bool ignoresStop = false;

    std::string target, type; ///< of export
};

// Each prints its result on standard output and returns an exit status (program.hpp): 2 when the input is refused.
int lmReport(const LmRequest& request);
int lmLogits(const LmRequest& request);
int lmGenerate(const LmRequest& request);
int lmPerplexity(const LmRequest& request);
int lmTokenize(const LmRequest& request);
int lmEmbed(const LmRequest& request);
int lmExport(const LmRequest& request);

} // namespace vitrine::cli
