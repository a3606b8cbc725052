// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/checkpoint/checkpoint.hpp"
#include "core/lm/tokenizer/load.hpp"

#include <filesystem>
#include <string>

namespace vitrine::lm {

struct OpenedModel;

/// Opens the tokenizer of what a user names: a folder or one of its files, a tokenizer.json, or a GGUF file. Weights
/// need not be there. \errors of loadTokenizer, tokenizerFromGguf and openCheckpoint
[[nodiscard]] Result<TokenizerPtr> openTokenizer(const std::filesystem::path& path);

/// The tokenizer that the report of an open model names; a GGUF file is not read again.
[[nodiscard]] Result<TokenizerPtr> openTokenizer(const OpenedModel& model);

/// What a GGUF header says of its tokenizer.
[[nodiscard]] GgufTokenizer ggufTokenizer(const Metadata& metadata);

} // namespace vitrine::lm
