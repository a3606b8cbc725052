// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/checkpoint.hpp"
#include "core/lm/checkpoint/configcheck.hpp"
#include "core/lm/checkpoint/configfields.hpp"
#include "core/lm/checkpoint/modelconfig.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace vitrine::lm {

namespace {

/// The scalar keys as a JSON object, so that one set of checks serves both kinds of file.
Json scalarsOf(const Metadata& metadata) {
    Json object = Json::object();
    for (const auto& [key, value] : metadata.entries) {
        if (const auto* truth = std::get_if<bool>(&value)) object[key] = *truth;
        if (const auto* whole = std::get_if<std::int64_t>(&value)) object[key] = *whole;
        if (const auto* large = std::get_if<std::uint64_t>(&value)) object[key] = *large;
        if (const auto* real = std::get_if<double>(&value)) object[key] = *real;
        if (const auto* text = std::get_if<std::string>(&value)) object[key] = *text;
    }
    return object;
}

std::optional<Family> familyOfArchitecture(const std::string& name) {
    for (const Family family : {Family::Llama, Family::Qwen2, Family::Qwen3})
        if (familyName(family) == name) return family;
    return std::nullopt;
}

/// FP32 as a file keeps it, in the shortest decimal that gives it back: 1e-5 rather than 9.99999974e-06.
double shortened(double value) {
    if (!std::isfinite(value) || static_cast<double>(static_cast<float>(value)) != value) return value;
    for (int digits = 1; digits < 10; ++digits) {
        char text[32];
        std::snprintf(text, sizeof text, "%.*e", digits - 1, value);
        const double candidate = std::strtod(text, nullptr);
        if (static_cast<double>(static_cast<float>(candidate)) == value) return candidate;
    }
    return value;
}

class GgufConfigReader {
  public:
    GgufConfigReader(const Checkpoint& checkpoint, const Json& scalars, ConfigReading& reading)
        : m_checkpoint(checkpoint), m_fields(scalars, {}, reading.problems), m_config(reading.config) {}

    void read() {
        m_config.architecture = m_fields.text("general.architecture", {});
        const std::optional<Family> family = familyOfArchitecture(m_config.architecture);
        if (!family) {
            m_fields.add(makeError("VIT-LM-079", "GGUF files of the architecture \"%1\" are not supported",
                                   {m_config.architecture}, "Vitrine reads llama, qwen2 and qwen3",
                                   "general.architecture"));
            return;
        }
        m_config.family = *family;
        readSizes();
        m_config.normEps = shortened(m_fields.real(key("attention.layer_norm_rms_epsilon"), {0, 1}));
        m_config.tiedHead = m_checkpoint.find("output.weight") == nullptr;
        m_config.qkNorm = m_config.family == Family::Qwen3;
        m_config.qkvBias = m_checkpoint.find("blk.0.attn_q.bias") != nullptr || m_config.family == Family::Qwen2;
        m_config.outputBias = m_checkpoint.find("blk.0.attn_output.bias") != nullptr;
        m_config.mlpBias = m_checkpoint.find("blk.0.ffn_gate.bias") != nullptr;
        readRope();
        readIds();
        if (const TensorInfo* table = m_checkpoint.find("token_embd.weight")) m_config.storedType = table->type;
        if (m_fields.integer(key("expert_count"), {0, 1e6}, 0) > 0) m_fields.unsupported(key("expert_count"));
        checkSizes(m_config, key("attention.head_count"), m_fields.problems());
    }

  private:
    [[nodiscard]] std::string key(const char* rest) const { return m_config.architecture + "." + rest; }

    void readSizes() {
        m_config.layers = m_fields.integer(key("block_count"), {1, MaxLayers});
        m_config.width = m_fields.integer(key("embedding_length"), {1, MaxWidth});
        m_config.inner = m_fields.integer(key("feed_forward_length"), {1, MaxWidth});
        m_config.heads = m_fields.integer(key("attention.head_count"), {1, MaxHeads});
        m_config.kvHeads = m_fields.integer(key("attention.head_count_kv"), {1, MaxHeads}, m_config.heads);
        m_config.maxPositions = m_fields.integer(key("context_length"), {1, MaxPositions});
        m_config.headDim =
            m_fields.integer(key("attention.key_length"), {1, MaxHeadDim}, m_config.width / m_config.heads);
        m_config.vocabulary = m_fields.integer(key("vocab_size"), {1, MaxVocabulary}, vocabularyOfTable());
        const auto rotated = m_fields.integer(key("rope.dimension_count"), {1, MaxHeadDim}, m_config.headDim);
        if (rotated != m_config.headDim) m_fields.wrong(key("rope.dimension_count"), "the head's width");
        if (m_fields.has(key("attention.value_length")) &&
            m_fields.integer(key("attention.value_length"), {1, MaxHeadDim}) != m_config.headDim)
            m_fields.wrong(key("attention.value_length"), "the width of the keys");
    }

    /// Rows of the embedding; the tokens' number where there is no embedding.
    [[nodiscard]] std::int64_t vocabularyOfTable() const {
        if (const TensorInfo* table = m_checkpoint.find("token_embd.weight"); table && table->shape.size() == 2)
            return std::clamp<std::int64_t>(table->shape[0], 1, static_cast<std::int64_t>(MaxVocabulary));
        const auto* tokens = m_checkpoint.metadata().get<std::vector<std::string>>("tokenizer.ggml.tokens");
        return tokens ? std::max<std::int64_t>(1, static_cast<std::int64_t>(tokens->size())) : 1;
    }

    void readRope() {
        RopeConfig& rope = m_config.rope;
        rope.theta = m_fields.real(key("rope.freq_base"), {1.0001, 1e15}, 10000);
        const std::string type = m_fields.text(key("rope.scaling.type"), "none");
        if (type == "linear" || type == "yarn") {
            rope.type = type == "linear" ? RopeType::Linear : RopeType::Yarn;
            rope.factor = shortened(m_fields.real(key("rope.scaling.factor"), {1, 1e6}));
            rope.originalPositions =
                m_fields.integer(key("rope.scaling.original_context_length"), {1, MaxPositions}, m_config.maxPositions);
            if (m_fields.has(key("rope.scaling.attn_factor")) && rope.type == RopeType::Yarn) // on top of the usual
                rope.attentionFactor = shortened(m_fields.real(key("rope.scaling.attn_factor"), {1e-6, 1e6})) *
                                       (0.1 * std::log(rope.factor) + 1);
        } else if (type != "none") {
            m_fields.add(makeError("VIT-LM-076", "RoPE of type \"%1\" is not supported", {type},
                                   "Vitrine knows default, linear, dynamic, llama3, yarn and mrope",
                                   key("rope.scaling.type")));
        }
        readDivisors();
    }

    /// Llama 3.1 and later: the converter worked the scaling out and stored one divisor a frequency.
    void readDivisors() {
        const TensorInfo* tensor = m_checkpoint.find("rope_freqs.weight");
        if (!tensor) return;
        std::vector<float> values(static_cast<std::size_t>(m_config.headDim / 2));
        const bool isVector = tensor->shape.size() == 1 && 2 * tensor->shape[0] == m_config.headDim;
        Status read = isVector ? m_checkpoint.readWidened(*tensor, values) : Status();
        if (!read) return m_fields.add(read.error());
        const bool isGood =
            isVector && std::all_of(values.begin(), values.end(), [](float v) { return v > 0 && std::isfinite(v); });
        if (isGood)
            m_config.rope.divisors.assign(values.begin(), values.end());
        else
            m_fields.wrong("rope_freqs.weight", "half the head's width of positive numbers");
    }

    void readIds() {
        m_config.bos = m_fields.id("tokenizer.ggml.bos_token_id");
        m_config.pad = m_fields.id("tokenizer.ggml.padding_token_id");
        for (const char* name : {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"})
            if (const std::optional<std::int64_t> id = m_fields.id(name)) m_config.eos.push_back(*id);
        std::sort(m_config.eos.begin(), m_config.eos.end());
        m_config.eos.erase(std::unique(m_config.eos.begin(), m_config.eos.end()), m_config.eos.end());
    }

    const Checkpoint& m_checkpoint;
    ConfigFields m_fields;
    ModelConfig& m_config;
};

} // namespace

ConfigReading modelConfigOfGguf(const Checkpoint& checkpoint) {
    ConfigReading reading;
    const Json scalars = scalarsOf(checkpoint.metadata());
    GgufConfigReader(checkpoint, scalars, reading).read();
    return reading;
}

} // namespace vitrine::lm
