// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/textside.hpp"

#include "core/lm/checkpoint/loadreport.hpp"

namespace vitrine::lm {

namespace {

std::optional<TokenId> idAt(const Metadata& metadata, const char* key) {
    const auto* value = metadata.get<std::int64_t>(key);
    return value ? std::optional(static_cast<TokenId>(*value)) : std::nullopt;
}

template <typename T>
T valueAt(const Metadata& metadata, const char* key) {
    const T* value = metadata.get<T>(key);
    return value ? *value : T();
}

Result<TokenizerPtr> ofGguf(const std::filesystem::path& file) {
    const auto checkpoint = openCheckpoint(file);
    if (!checkpoint.ok()) return checkpoint.error();
    return tokenizerFromGguf(ggufTokenizer((*checkpoint)->metadata()));
}

} // namespace

GgufTokenizer ggufTokenizer(const Metadata& metadata) {
    GgufTokenizer header;
    header.model = valueAt<std::string>(metadata, "tokenizer.ggml.model");
    header.pre = valueAt<std::string>(metadata, "tokenizer.ggml.pre");
    header.tokens = valueAt<std::vector<std::string>>(metadata, "tokenizer.ggml.tokens");
    header.merges = valueAt<std::vector<std::string>>(metadata, "tokenizer.ggml.merges");
    for (const std::int64_t type : valueAt<std::vector<std::int64_t>>(metadata, "tokenizer.ggml.token_type"))
        header.types.push_back(static_cast<std::int32_t>(type));
    header.bos = idAt(metadata, "tokenizer.ggml.bos_token_id");
    header.eos = idAt(metadata, "tokenizer.ggml.eos_token_id");
    header.pad = idAt(metadata, "tokenizer.ggml.padding_token_id");
    header.unk = idAt(metadata, "tokenizer.ggml.unknown_token_id");
    if (const bool* adds = metadata.get<bool>("tokenizer.ggml.add_bos_token")) header.addBos = *adds;
    return header;
}

Result<TokenizerPtr> openTokenizer(const std::filesystem::path& path) {
    if (path.extension() == ".gguf") return ofGguf(path);
    std::error_code ignored;
    const bool isFolder = std::filesystem::is_directory(path, ignored);
    const bool isWeights = path.extension() == ".safetensors" || path.string().ends_with(".index.json");
    const std::filesystem::path folder = isWeights ? path.parent_path() : path;
    Result<TokenizerPtr> tokenizer = loadTokenizer(folder.empty() ? "." : folder);
    if (tokenizer.ok() || !isFolder || tokenizer.error().code != "VIT-TOK-006") return tokenizer;
    const auto files = findModelFiles(path); // a folder that holds a GGUF file alone
    return files.ok() && files->weights.extension() == ".gguf" ? ofGguf(files->weights) : std::move(tokenizer);
}

Result<TokenizerPtr> openTokenizer(const OpenedModel& model) {
    if (model.report.tokenizerSource == "GGUF header")
        return tokenizerFromGguf(ggufTokenizer(model.checkpoint->metadata()));
    const std::filesystem::path& folder = model.files.folder;
    return loadTokenizer(folder.empty() ? "." : folder);
}

} // namespace vitrine::lm
