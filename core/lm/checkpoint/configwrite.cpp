// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/modelconfig.hpp"

#include <algorithm>

namespace vitrine::lm {

namespace {

const char* torchName(StoredType type) {
    switch (type) {
    case StoredType::BF16:
        return "bfloat16";
    case StoredType::F16:
        return "float16";
    case StoredType::F64:
        return "float64";
    default:
        return "float32";
    }
}

const char* className(Family family) {
    switch (family) {
    case Family::Qwen2:
        return "Qwen2ForCausalLM";
    case Family::Qwen3:
        return "Qwen3ForCausalLM";
    case Family::Bert:
        return "BertModel";
    default:
        return "LlamaForCausalLM";
    }
}

Json ropeScaling(const RopeConfig& rope) {
    if (rope.type == RopeType::Default || rope.type == RopeType::None) return nullptr;
    Json object{{"rope_type", ropeTypeName(rope.type)}, {"factor", rope.factor}};
    if (rope.type == RopeType::Llama3) {
        object["low_freq_factor"] = rope.lowFrequencyFactor;
        object["high_freq_factor"] = rope.highFrequencyFactor;
        object["original_max_position_embeddings"] = rope.originalPositions;
    }
    if (rope.type == RopeType::Yarn) {
        object["original_max_position_embeddings"] = rope.originalPositions;
        object["beta_fast"] = rope.betaFast;
        object["beta_slow"] = rope.betaSlow;
        if (!rope.truncate) object["truncate"] = false;
        if (rope.attentionFactor) object["attention_factor"] = *rope.attentionFactor;
        if (rope.mscale) object["mscale"] = *rope.mscale;
        if (rope.mscaleAllDim) object["mscale_all_dim"] = *rope.mscaleAllDim;
    }
    return object;
}

void addDecoderFields(const ModelConfig& config, Json& json) {
    json["num_key_value_heads"] = config.kvHeads;
    json["head_dim"] = config.headDim;
    json["rms_norm_eps"] = config.normEps;
    json["hidden_act"] = "silu";
    json["tie_word_embeddings"] = config.tiedHead;
    json["rope_theta"] = config.rope.theta;
    json["rope_scaling"] = ropeScaling(config.rope);
    if (config.family != Family::Qwen2) json["attention_bias"] = config.qkvBias;
    if (config.family == Family::Llama) json["mlp_bias"] = config.mlpBias;
    if (config.windows.empty()) return;
    json["use_sliding_window"] = true;
    json["sliding_window"] = *std::max_element(config.windows.begin(), config.windows.end());
    for (const std::int64_t window : config.windows)
        json["layer_types"].push_back(window > 0 ? "sliding_attention" : "full_attention");
}

void addBertFields(const ModelConfig& config, Json& json) {
    json["layer_norm_eps"] = config.normEps;
    json["hidden_act"] = "gelu";
    json["type_vocab_size"] = config.tokenTypes;
    json["position_embedding_type"] = "absolute";
}

void addIds(const ModelConfig& config, Json& json) {
    if (config.bos) json["bos_token_id"] = *config.bos;
    if (config.pad) json["pad_token_id"] = *config.pad;
    if (config.eos.size() == 1) json["eos_token_id"] = config.eos.front();
    if (config.eos.size() > 1) json["eos_token_id"] = config.eos;
}

} // namespace

Result<Json> modelConfigToJson(const ModelConfig& config) {
    if (config.family == Family::Qwen25Vl)
        return makeError("VIT-LM-110", "A model of text and pictures is not written: its vision part is not here", {},
                         "Keep the model in the file it came in");
    if (!config.rope.divisors.empty())
        return makeError("VIT-LM-110", "The model's RoPE divisors have no name in config.json, so it is not written",
                         {}, "Keep the model in the file it came in");
    Json json{{"architectures", {className(config.family)}},
              {"model_type", familyName(config.family)},
              {"torch_dtype", torchName(config.storedType)},
              {"vocab_size", config.vocabulary},
              {"hidden_size", config.width},
              {"intermediate_size", config.inner},
              {"num_hidden_layers", config.layers},
              {"num_attention_heads", config.heads},
              {"max_position_embeddings", config.maxPositions}};
    config.family == Family::Bert ? addBertFields(config, json) : addDecoderFields(config, json);
    addIds(config, json);
    return json;
}

} // namespace vitrine::lm
