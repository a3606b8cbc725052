// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"
#include "core/base/result.hpp"
#include "core/lm/checkpoint/rope.hpp"
#include "core/lm/checkpoint/storedtype.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lm {

class Checkpoint;

enum class Family {
    Llama,
    Qwen2,    ///< 2 and 2.5
    Qwen3,    ///< dense
    Qwen25Vl, ///< the text part; positions in three components
    Bert      ///< encoder, post-norm, LayerNorm with bias, learned positions
};
[[nodiscard]] std::string_view familyName(Family family); ///< "llama", "qwen2", ..., as model_type

enum class Activation { Silu, Gelu }; ///< Gelu is the exact one (erf)

/// A transformer's shape and constants, whatever file they came from. Sizes are checked to be positive and to fit
/// together; see readModelConfig.
struct ModelConfig {
    Family family = Family::Llama;
    std::string architecture; ///< as the file says: "LlamaForCausalLM", for GGUF "llama"

    std::int64_t vocabulary = 0; ///< rows of the embedding; may exceed the tokenizer's
    std::int64_t width = 0;      ///< of the residual stream (hidden_size)
    std::int64_t inner = 0;      ///< of the MLP (intermediate_size)
    std::int64_t layers = 0;
    std::int64_t heads = 0, kvHeads = 0; ///< heads % kvHeads == 0
    std::int64_t headDim = 0;            ///< heads * headDim may differ from width
    std::int64_t maxPositions = 0;       ///< trained context: go past it with a warning; for Bert a hard limit
    std::int64_t tokenTypes = 0;         ///< Bert: rows of the token type embedding

    double normEps = 1e-6; ///< of RMSNorm, of LayerNorm for Bert
    Activation activation = Activation::Silu;
    RopeConfig rope;
    bool tiedHead = false;                                     ///< the head is the embedding table
    bool qkvBias = false, outputBias = false, mlpBias = false; ///< of the projections
    bool qkNorm = false;                                       ///< RMSNorm per head on q and k before RoPE
    std::vector<std::int64_t> windows; ///< [layers] sliding window of each layer, 0: sees all; empty: all see all

    StoredType storedType = StoredType::F32; ///< as the file says it was saved
    std::optional<std::int64_t> bos, pad;
    std::vector<std::int64_t> eos; ///< sorted, distinct

    /// Key and value numbers kept for each token in all layers: 2 * layers * kvHeads * headDim; 0 for Bert.
    [[nodiscard]] std::int64_t kvElementsPerToken() const {
        return family == Family::Bert ? 0 : 2 * layers * kvHeads * headDim;
    }
};

/// The first of `problems` that is no warning or note, or null.
[[nodiscard]] const Error* firstError(const std::vector<Error>& problems);

/// What was read, and everything that is wrong with it: `config` is fit for use only when `ok()`. `where` of a problem
/// is the path of the value ("text_config.rope_scaling.factor") or the GGUF key.
struct ConfigReading {
    ModelConfig config;
    std::vector<Error> problems; ///< errors and warnings, in the order of the fields
    [[nodiscard]] bool ok() const { return firstError(problems) == nullptr; }
};

/// config.json of Llama 3.x, Qwen2 and 2.5, Qwen3 (dense), Qwen2.5-VL (text part, nested or flat) and BERT.
/// Problems: VIT-LM-070 (no object), -071 (family not known), -072 (missing), -073 (not a number of the range, not a
/// truth value, ...), -074 (sizes that do not fit together), -075 (activation), -076 (RoPE type), -077 (quantised by a
/// method that is not read), -078 (some other feature that is not supported)
[[nodiscard]] ConfigReading readModelConfig(const Json& json);
/// The same from a file. \errors VIT-BASE-001, -014, -015 (above 16 MiB)
[[nodiscard]] Result<ConfigReading> readModelConfig(const std::filesystem::path& file);

/// The same from the keys of a GGUF file (architectures llama, qwen2, qwen3).
[[nodiscard]] ConfigReading modelConfigOfGguf(const Checkpoint& checkpoint);

/// A config.json that transformers reads back to the same model; RoPE in the older spelling, which all versions take.
/// \errors VIT-LM-110 for Qwen2.5-VL, whose vision part is not here
[[nodiscard]] Result<Json> modelConfigToJson(const ModelConfig& config);

/// generation_config.json: what generation starts from when the user says nothing.
struct GenerationDefaults {
    std::optional<double> temperature, topP, minP, repetitionPenalty;
    std::optional<std::int64_t> topK, maxNewTokens;
    std::optional<bool> doSample;
    std::optional<std::int64_t> bos, pad;
    std::vector<std::int64_t> eos;
};
/// Fields of a wrong type are left out and named in `problems` (warnings VIT-LM-080).
[[nodiscard]] GenerationDefaults readGenerationDefaults(const Json& json, std::vector<Error>& problems);

/// All ids that end a text: of config.json and of generation_config.json, sorted and distinct.
[[nodiscard]] std::vector<std::int64_t> stopIds(const ModelConfig& config, const GenerationDefaults& defaults);

} // namespace vitrine::lm
