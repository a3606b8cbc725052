// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace vitrine::lm {

/// What a tokenizer.json that was made here holds; `parts` are members as JSON text, in order.
struct TokenizerFile {
    std::vector<std::string> specials = {};                           ///< the first ids
    std::vector<std::pair<std::string, std::string>> parts = {};      ///< normalizer, pre_tokenizer, decoder, ...
    std::string unk = {};                                             ///< of the model; empty: none
    std::vector<std::string> tokens = {};                             ///< by id
    std::vector<std::pair<std::uint32_t, std::uint32_t>> merges = {}; ///< ids that join, by rank
};

/// The file as Hugging Face tokenizers writes it: one line of JSON, UTF-8.
[[nodiscard]] std::string writeTokenizerFile(const TokenizerFile& file);

} // namespace vitrine::lm
