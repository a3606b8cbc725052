// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lm {

/// Rule that cuts a text into words before merging; the names of the model families that brought them.
enum class SplitRule {
    Gpt2,   ///< words, digit runs, punctuation runs, spaces
    Llama3, ///< at most three digits, line ends on their own, contractions in any case
    Qwen2   ///< as Llama3 with every digit alone
};

struct BpeTraining {
    std::size_t vocabulary = 4096; ///< ids in all: 256 bytes + specials + merges, at most 2^20
    std::uint64_t minimum = 2;     ///< a pair must occur this often
    SplitRule split = SplitRule::Qwen2;
    bool nfc = false;                                      ///< compose characters first
    std::vector<std::string> specials = {"<|endoftext|>"}; ///< get the first ids; the first one is BOS and EOS
    /// Called about ten times a second at most with what is done of `total` (merges).
    std::function<void(std::size_t done, std::size_t total)> progress = {};
    std::stop_token stop = {};
};

/// Byte-level BPE of `texts` as the text of a tokenizer.json that Hugging Face tokenizers loads.
/// Each step merges the most frequent pair, ties by the smaller ids: the result depends on the texts alone.
/// \errors VIT-TOK-004, VIT-TOK-010 (an option out of range), -011 (no text), -012 (stopped)
/// \cost O(bytes) to count words, then O(occurrences touched + log pairs) a merge
/// \source Sennrich et al. 2016, algorithm 1, with the bookkeeping of pair counts made incremental
[[nodiscard]] Result<std::string> trainBpe(const std::vector<std::string_view>& texts, const BpeTraining& options);

/// One id for each of the different characters of `texts` (rarest left out beyond `atMost`), after "<unk>" and the
/// specials; the text of a tokenizer.json that Hugging Face tokenizers loads.
/// \errors VIT-TOK-010, VIT-TOK-011
[[nodiscard]] Result<std::string> characterTokenizer(const std::vector<std::string_view>& texts,
                                                     std::size_t atMost = 4096,
                                                     const std::vector<std::string>& specials = {"<|endoftext|>"});

} // namespace vitrine::lm
