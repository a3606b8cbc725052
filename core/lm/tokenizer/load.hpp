// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/tokenizer.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lm {

using TokenizerPtr = std::shared_ptr<const Tokenizer>;

/// A tokenizer from a folder (tokenizer.json, else vocab.json with merges.txt, else vocab.txt; the roles of special
/// tokens from tokenizer_config.json and special_tokens_map.json) or from one tokenizer.json.
/// \errors VIT-BASE-001, -014, -015; VIT-TOK-001 (malformed, with the JSON path), -002 (not supported, with the path
/// and the name), -003 (pattern), -006 (nothing to load), -009 (merge without token)
/// \cost about 10 MB of JSON a second
[[nodiscard]] Result<TokenizerPtr> loadTokenizer(const std::filesystem::path& path);

/// The roles of special tokens by their text, as tokenizer_config.json names them.
struct SpecialNames {
    std::string bos = {}, eos = {}, pad = {}, unk = {};
};

/// A tokenizer from the text of a tokenizer.json. \errors as loadTokenizer
[[nodiscard]] Result<TokenizerPtr> tokenizerFromJson(std::string_view text, const SpecialNames& names = {},
                                                     const std::string& where = {});

/// What the header of a GGUF file says under tokenizer.ggml.*
struct GgufTokenizer {
    std::string model = {};               ///< tokenizer.ggml.model: "gpt2" is byte-level BPE
    std::string pre = {};                 ///< tokenizer.ggml.pre
    std::vector<std::string> tokens = {}; ///< position = id
    std::vector<std::int32_t> types = {}; ///< 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte
    std::vector<std::string> merges = {}; ///< "left right"
    std::optional<TokenId> bos = {}, eos = {}, pad = {}, unk = {};
    std::optional<bool> addBos = {}; ///< tokenizer.ggml.add_bos_token
};

/// \errors VIT-TOK-001, -002 (kind or pre-tokenizer by name), -009
[[nodiscard]] Result<TokenizerPtr> tokenizerFromGguf(const GgufTokenizer& header);

} // namespace vitrine::lm
