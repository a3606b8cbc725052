// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/weights.hpp"

#include "core/lm/checkpoint/gguf.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <utility>

namespace vitrine::lm {

namespace {

bool replacePrefix(std::string& name, std::string_view prefix, std::string_view by) {
    if (!name.starts_with(prefix)) return false;
    name.replace(0, prefix.size(), by);
    return true;
}

bool replaceEnding(std::string& name, std::string_view ending, std::string_view by) {
    if (!name.ends_with(ending)) return false;
    name.replace(name.size() - ending.size(), ending.size(), by);
    return true;
}

std::string canonicalDecoderName(std::string name) {
    replacePrefix(name, "model.language_model.", "model.") || replacePrefix(name, "language_model.model.", "model.") ||
        replacePrefix(name, "language_model.lm_head.", "lm_head.") || replacePrefix(name, "language_model.", "model.");
    // saved from the bare model, without its head
    for (const char* bare : {"embed_tokens.", "layers.", "norm."})
        if (name.starts_with(bare)) return "model." + name;
    return name;
}

std::string canonicalEncoderName(std::string name) {
    replacePrefix(name, "bert.", "");
    replaceEnding(name, "LayerNorm.gamma", "LayerNorm.weight") ||
        replaceEnding(name, "LayerNorm.beta", "LayerNorm.bias");
    return name;
}

/// Tensors of a real checkpoint that the model does not need.
bool isIgnored(const ModelConfig& config, CheckpointFormat format, const std::string& name) {
    if (name.ends_with("rotary_emb.inv_freq")) return true;
    if (format == CheckpointFormat::Gguf) return name == "rope_freqs.weight"; // read into the configuration
    if (config.family == Family::Qwen25Vl) return name.starts_with("visual.") || name.starts_with("model.visual.");
    if (config.family == Family::Bert) return name == "embeddings.position_ids" || name.starts_with("cls.");
    return false;
}

bool isInterleaved(const ModelConfig& config, CheckpointFormat format, std::string_view name) {
    if (format != CheckpointFormat::Gguf || config.family != Family::Llama) return false;
    return name.find(".q_proj.") != std::string_view::npos || name.find(".k_proj.") != std::string_view::npos;
}

} // namespace

std::string canonicalName(Family family, CheckpointFormat format, std::string_view name) {
    if (format == CheckpointFormat::Gguf) return huggingFaceName(name).value_or(std::string(name));
    return family == Family::Bert ? canonicalEncoderName(std::string(name)) : canonicalDecoderName(std::string(name));
}

WeightMatch matchWeights(const ModelConfig& config, const Checkpoint& checkpoint) {
    WeightMatch match;
    const std::vector<TensorInfo>& tensors = checkpoint.tensors();
    std::unordered_map<std::string, std::size_t> stored; // canonical name -> tensor
    for (std::size_t at = 0; at < tensors.size(); ++at) {
        const std::string name = canonicalName(config.family, checkpoint.format(), tensors[at].name);
        if (isIgnored(config, checkpoint.format(), name))
            match.ignored.push_back(tensors[at].name);
        else if (!stored.emplace(name, at).second) // two spellings of one name
            match.unexpected.push_back(tensors[at].name);
    }
    for (ExpectedTensor& expected : expectedTensors(config)) {
        const auto found = stored.find(expected.name);
        if (found == stored.end()) {
            if (expected.isRequired) match.missing.push_back(std::move(expected.name));
            continue;
        }
        const TensorInfo& tensor = tensors[found->second];
        const bool isSpareHead = config.tiedHead && expected.name == "lm_head.weight";
        match.hasSpareHead = match.hasSpareHead || isSpareHead;
        if (tensor.shape != expected.shape)
            match.mismatched.push_back({expected.name, expected.shape, tensor.shape});
        else if (!traits(tensor.type).isReal)
            match.unusable.push_back(expected.name);
        else if (!isSpareHead)
            match.weights.push_back(
                {expected.name, std::move(expected.shape), found->second,
                 isInterleaved(config, checkpoint.format(), expected.name) ? RowOrder::Interleaved : RowOrder::Plain});
        stored.erase(found);
    }
    std::vector<std::size_t> left;
    for (const auto& [name, at] : stored) left.push_back(at);
    std::sort(left.begin(), left.end());
    for (const std::size_t at : left) match.unexpected.push_back(tensors[at].name);
    match.headIsShared = config.tiedHead && config.family != Family::Bert;
    return match;
}

Status readWeight(const Checkpoint& checkpoint, const Weight& weight, const ModelConfig& config, std::span<float> out) {
    const TensorInfo& tensor = checkpoint.tensors()[weight.tensor];
    if (weight.rows == RowOrder::Plain) return checkpoint.readWidened(tensor, out);
    std::vector<float> stored(out.size());
    if (Status read = checkpoint.readWidened(tensor, stored); !read) return read;
    const std::int64_t rows = weight.shape.front();
    const std::size_t columns = out.size() / static_cast<std::size_t>(rows); // 1 for a bias
    for (std::int64_t row = 0; row < rows; ++row) {
        const auto from = static_cast<std::size_t>(interleavedRow(row, config.headDim));
        std::memcpy(out.data() + static_cast<std::size_t>(row) * columns, stored.data() + from * columns,
                    columns * sizeof(float));
    }
    return {};
}

} // namespace vitrine::lm
