// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/checkpoint/modelfiles.hpp"
#include "core/lm/checkpoint/weights.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::lm {

struct TypeUse {
    StoredType type;
    std::int64_t tensors = 0;
    std::uint64_t bytes = 0;
};

/// What a model is and whether it can be loaded, known before any weight is read.
struct LoadReport {
    std::filesystem::path path; ///< as named by the user
    CheckpointFormat format = CheckpointFormat::Safetensors;
    ModelConfig config;
    std::int64_t parameters = 0;   ///< numbers in the weights that are used; a shared head counts once
    std::int64_t tensors = 0;      ///< in the files
    std::vector<TypeUse> types;    ///< of all tensors in the files, most bytes first
    std::uint64_t weightBytes = 0; ///< of the weights that are used, as stored
    WeightMatch match;
    GenerationDefaults generation;
    std::vector<std::int64_t> stopIds;
    std::string tokenizerSource; ///< "tokenizer.json", "GGUF header", or empty
    std::string templateSource;  ///< "chat_template.jinja", "tokenizer_config.json", "GGUF header", or empty
    std::vector<Error> problems; ///< errors (it cannot be loaded) and warnings, each complete

    [[nodiscard]] bool canLoad() const;
    /// Bytes of keys and values that one token needs. \param elementBytes  2 for bf16, 4 for FP32
    [[nodiscard]] std::int64_t kvBytesPerToken(std::int64_t elementBytes = 2) const {
        return config.kvElementsPerToken() * elementBytes;
    }
};

/// How a model is to be held, for the memory that it needs.
struct MemoryPlan {
    double weightElementBytes = 0; ///< 0: as stored; 2: widened or narrowed to bf16; 4: FP32
    std::int64_t kvElementBytes = 2;
    std::int64_t tokens = 4096; ///< of context, all sequences together
    std::int64_t chunk = 512;   ///< tokens that a prefill step takes at once
};
struct MemoryNeed {
    std::uint64_t weights = 0, kv = 0, workspace = 0;
    [[nodiscard]] std::uint64_t total() const { return weights + kv + workspace; }
};
/// The workspace is counted in FP32: activations of one layer for a chunk, its attention scores, one row of logits a
/// sequence (taken as one). An estimate, meant to be right within a factor of two where it matters.
[[nodiscard]] MemoryNeed memoryNeed(const LoadReport& report, const MemoryPlan& plan);

/// A model ready to be loaded: the report and the open checkpoint that its `match` refers to.
struct OpenedModel {
    ModelFiles files;
    std::shared_ptr<const Checkpoint> checkpoint;
    LoadReport report;
};

/// Opens what a user names (a Hugging Face folder, a .safetensors, a shard index, a .gguf), reads the headers and
/// configurations, and lays the tensors beside those the configuration asks for. Weights are not read.
///
/// What is wrong with the model stands in `report.problems`, all of it: VIT-LM-090 (missing tensors), -091 (unexpected
/// ones), -092 (shapes), -093 (types that cannot be run), and warnings -094 (a tied model with a head), -095 (no stop
/// id), -096 (a stop id outside the vocabulary), -097 (no tokenizer), those of the readers of the configurations.
/// \errors when there is nothing to report on: those of findModelFiles, openCheckpoint and readModelConfig;
///         VIT-LM-098 (no config.json beside the weights)
/// \cost   as long as the headers take; below 0.1 s for real models
[[nodiscard]] Result<OpenedModel> openModel(const std::filesystem::path& path);

/// The report as `vitrine-run lm report --json` prints it: parameters, bytes, kv_bytes_per_token, family, problems, ...
[[nodiscard]] Json toJson(const LoadReport& report);

} // namespace vitrine::lm
