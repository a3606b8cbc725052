// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/lm/checkpoint/checkpoint.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace vitrine::lm {

/// The files of a model. A path is empty when the file is not there.
struct ModelFiles {
    std::filesystem::path folder;
    std::filesystem::path weights; ///< .safetensors, .safetensors.index.json or .gguf
    std::filesystem::path config, generationConfig;
    std::filesystem::path tokenizer, tokenizerConfig,
        chatTemplate; ///< tokenizer.json, tokenizer_config.json, chat_template.jinja
};

/// From what a user names: a Hugging Face folder, one of its weight files, or a GGUF file. In a folder the index comes
/// before model.safetensors, that before a single other .safetensors, that before a single .gguf.
/// \errors VIT-LM-004 (nothing that is read; several of a kind), VIT-BASE-014 (no such path)
[[nodiscard]] Result<ModelFiles> findModelFiles(const std::filesystem::path& path);

} // namespace vitrine::lm
