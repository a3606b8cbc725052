// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/lm/checkpoint/configcheck.hpp"
#include "core/lm/checkpoint/configfields.hpp"
#include "core/lm/checkpoint/modelconfig.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace vitrine::lm {

namespace {

constexpr std::uint64_t MaxConfigBytes = 16 << 20;

struct FamilyName {
    Family family;
    std::string_view modelType, classPrefix;
};
constexpr std::array<FamilyName, 5> Families{{{Family::Qwen25Vl, "qwen2_5_vl", "Qwen2_5_VL"},
                                              {Family::Llama, "llama", "Llama"},
                                              {Family::Qwen2, "qwen2", "Qwen2"},
                                              {Family::Qwen3, "qwen3", "Qwen3"},
                                              {Family::Bert, "bert", "Bert"}}};
constexpr std::array<std::string_view, 4> ClassEndings{"ForCausalLM", "Model", "ForConditionalGeneration",
                                                       "ForMaskedLM"};

bool isClassOf(std::string_view name, std::string_view prefix) {
    if (!name.starts_with(prefix)) return false;
    name.remove_prefix(prefix.size());
    return std::find(ClassEndings.begin(), ClassEndings.end(), name) != ClassEndings.end();
}

std::string firstArchitecture(const Json& json) {
    const auto found = json.find("architectures");
    if (found == json.end() || !found->is_array() || found->empty() || !found->front().is_string()) return {};
    return found->front().get<std::string>();
}

std::optional<Family> familyOf(const std::string& modelType, const std::string& architecture) {
    for (const FamilyName& known : Families)
        if (modelType == known.modelType || modelType == std::string(known.modelType) + "_text") return known.family;
    if (!modelType.empty()) return std::nullopt;
    for (const FamilyName& known : Families)
        if (isClassOf(architecture, known.classPrefix)) return known.family;
    return std::nullopt;
}

StoredType storedTypeNamed(const ConfigFields& fields, std::string_view key) {
    const std::string name = fields.text(key, "float32");
    if (name == "bfloat16" || name == "torch.bfloat16") return StoredType::BF16;
    if (name == "float16" || name == "torch.float16") return StoredType::F16;
    if (name == "float64" || name == "torch.float64") return StoredType::F64;
    return StoredType::F32;
}

/// The RoPE fields of one object; `flat` holds them at the top level of older files.
class RopeReader {
  public:
    RopeReader(const ConfigFields& flat, ModelConfig& config) : m_flat(flat), m_config(config) {}

    void read() {
        const double defaultTheta = m_config.family == Family::Qwen25Vl ? 1e6 : 10000;
        RopeConfig& rope = m_config.rope;
        rope.theta = m_flat.real("rope_theta", ThetaRange, defaultTheta);
        if (m_flat.real("partial_rotary_factor", {0, 1}, 1.0) != 1) m_flat.unsupported("partial_rotary_factor");
        const bool isNew = m_flat.has("rope_parameters");
        const std::string_view key = isNew ? "rope_parameters" : "rope_scaling";
        const Json* object = m_flat.find(key);
        if (!object) return;
        if (!object->is_object()) return m_flat.wrong(key, "an object");
        const ConfigFields fields(*object, m_flat.pathOf(key), m_flat.problems());
        for (const char* kind : {"full_attention", "sliding_attention"}) // parameters by kind of layer
            if (fields.has(kind)) return fields.unsupported(kind);
        rope.theta = fields.real("rope_theta", ThetaRange, rope.theta);
        if (fields.real("partial_rotary_factor", {0, 1}, 1.0) != 1) fields.unsupported("partial_rotary_factor");
        readSections(fields);
        readType(fields);
    }

  private:
    static constexpr Between ThetaRange{1.0001, 1e15};
    static constexpr Between FactorRange{1, 1e6};

    void readType(const ConfigFields& fields) {
        const std::string_view key = fields.has("rope_type") ? "rope_type" : "type";
        const std::string type = fields.text(key, "default");
        if (type == "default" || type == "mrope") return; // mrope: default frequencies, shared out by sections
        if (type == "linear" || type == "dynamic") {
            m_config.rope.type = type == "linear" ? RopeType::Linear : RopeType::Dynamic;
            m_config.rope.factor = fields.real("factor", FactorRange);
        } else if (type == "llama3") {
            readLlama3(fields);
        } else if (type == "yarn") {
            readYarn(fields);
        } else {
            fields.add(makeError("VIT-LM-076", "RoPE of type \"%1\" is not supported", {type},
                                 "Vitrine knows default, linear, dynamic, llama3, yarn and mrope", fields.pathOf(key)));
        }
    }

    /// The context before stretching: in the object, else at the top level, else the model's.
    std::int64_t originalPositions(const ConfigFields& fields) const {
        constexpr std::string_view Key = "original_max_position_embeddings";
        if (m_flat.has(Key)) return m_flat.integer(Key, {1, MaxPositions});
        return fields.integer(Key, {1, MaxPositions}, m_config.maxPositions);
    }

    void readLlama3(const ConfigFields& fields) {
        RopeConfig& rope = m_config.rope;
        rope.type = RopeType::Llama3;
        rope.factor = fields.real("factor", FactorRange);
        rope.lowFrequencyFactor = fields.real("low_freq_factor", {1e-6, 1e6});
        rope.highFrequencyFactor = fields.real("high_freq_factor", {1e-6, 1e6});
        rope.originalPositions = originalPositions(fields);
        if (rope.highFrequencyFactor <= rope.lowFrequencyFactor && fields.has("high_freq_factor"))
            fields.wrong("high_freq_factor", "above low_freq_factor");
    }

    void readYarn(const ConfigFields& fields) {
        RopeConfig& rope = m_config.rope;
        rope.type = RopeType::Yarn;
        rope.originalPositions = originalPositions(fields);
        const bool isSaid =
            fields.has("original_max_position_embeddings") || m_flat.has("original_max_position_embeddings");
        const double ratio = static_cast<double>(m_config.maxPositions) / static_cast<double>(rope.originalPositions);
        rope.factor = fields.real("factor", FactorRange, isSaid && ratio >= 1 ? std::optional(ratio) : std::nullopt);
        rope.betaFast = fields.real("beta_fast", {0, 1e6}, 32);
        rope.betaSlow = fields.real("beta_slow", {0, 1e6}, 1);
        if (rope.betaFast == 0) rope.betaFast = 32; // as transformers takes 0
        if (rope.betaSlow == 0) rope.betaSlow = 1;
        rope.truncate = fields.truth("truncate", true);
        if (fields.has("attention_factor")) rope.attentionFactor = fields.real("attention_factor", {1e-6, 1e6});
        if (fields.has("mscale")) rope.mscale = fields.real("mscale", {0, 1e6});
        if (fields.has("mscale_all_dim")) rope.mscaleAllDim = fields.real("mscale_all_dim", {0, 1e6});
    }

    void readSections(const ConfigFields& fields) {
        const Json* list = fields.find("mrope_section");
        if (!list) return;
        std::int64_t sum = 0;
        bool isGood = list->is_array() && list->size() == 3;
        for (std::size_t at = 0; isGood && at < 3; ++at) {
            const Json& one = (*list)[at];
            isGood = one.is_number_integer() && one.get<double>() >= 0 && one.get<double>() <= MaxHeadDim;
            if (isGood) m_config.rope.sections.push_back(one.get<std::int64_t>());
        }
        sum = std::accumulate(m_config.rope.sections.begin(), m_config.rope.sections.end(), std::int64_t{0});
        if (!isGood || 2 * sum != m_config.headDim)
            fields.wrong("mrope_section", "three numbers whose sum is half the head's width");
    }

    const ConfigFields& m_flat;
    ModelConfig& m_config;
};

/// Fields of the text model, from the object that holds them.
class ModelReader {
  public:
    ModelReader(const ConfigFields& fields, ModelConfig& config) : m_fields(fields), m_config(config) {}

    void read() {
        readSizes();
        m_config.family == Family::Bert ? readBert() : readDecoder();
        m_config.storedType = storedTypeNamed(m_fields, m_fields.has("dtype") ? "dtype" : "torch_dtype");
        m_config.bos = m_fields.id("bos_token_id");
        m_config.pad = m_fields.id("pad_token_id");
        m_config.eos = m_fields.ids("eos_token_id");
        if (m_fields.truth("add_cross_attention", false)) m_fields.unsupported("add_cross_attention");
        checkSizes(m_config, m_fields.pathOf("num_attention_heads"), m_fields.problems());
    }

  private:
    void readSizes() {
        m_config.vocabulary = m_fields.integer("vocab_size", {1, MaxVocabulary});
        m_config.width = m_fields.integer("hidden_size", {1, MaxWidth});
        m_config.inner = m_fields.integer("intermediate_size", {1, MaxWidth});
        m_config.layers = m_fields.integer("num_hidden_layers", {1, MaxLayers});
        m_config.heads = m_fields.integer("num_attention_heads", {1, MaxHeads});
        m_config.kvHeads = m_fields.integer("num_key_value_heads", {1, MaxHeads}, m_config.heads);
        m_config.maxPositions = m_fields.integer("max_position_embeddings", {1, MaxPositions});
        const bool isWide = m_config.family == Family::Qwen3; // its class has 128 where the file says nothing
        m_config.headDim =
            m_fields.integer("head_dim", {1, MaxHeadDim}, isWide ? 128 : m_config.width / m_config.heads);
        if (!m_fields.has("head_dim") && !isWide && m_config.width % m_config.heads != 0)
            m_fields.wrong("hidden_size", "a multiple of num_attention_heads where head_dim is not given");
    }

    void readDecoder() {
        const bool isLlama = m_config.family == Family::Llama;
        m_config.normEps = m_fields.real("rms_norm_eps", {0, 1}, isLlama ? 1e-5 : 1e-6);
        readActivation("silu", Activation::Silu);
        m_config.tiedHead = m_fields.truth("tie_word_embeddings", false);
        m_config.qkNorm = m_config.family == Family::Qwen3;
        readBiases();
        readWindows();
        if (m_fields.integer("pretraining_tp", {0, 1e6}, 1) > 1) m_fields.unsupported("pretraining_tp");
        RopeReader(m_fields, m_config).read();
    }

    void readBiases() {
        const bool said = m_fields.truth("attention_bias", false);
        const bool isAlways = m_config.family == Family::Qwen2 || m_config.family == Family::Qwen25Vl;
        m_config.qkvBias = isAlways || said;
        m_config.outputBias = !isAlways && said;
        m_config.mlpBias = m_config.family == Family::Llama && m_fields.truth("mlp_bias", false);
    }

    void readWindows() {
        if (!m_fields.truth("use_sliding_window", false) && !m_fields.has("layer_types")) return;
        const bool isOn = m_fields.truth("use_sliding_window", false);
        const std::int64_t window = isOn ? m_fields.integer("sliding_window", {1, MaxPositions}, 4096) : 0;
        const auto first = m_fields.integer("max_window_layers", {0, 1e9}, m_config.layers);
        std::vector<std::int64_t> windows(static_cast<std::size_t>(m_config.layers), 0);
        if (const Json* types = m_fields.find("layer_types")) {
            if (!readLayerTypes(*types, window, windows)) return;
        } else {
            for (std::int64_t layer = first; layer < m_config.layers; ++layer)
                windows[static_cast<std::size_t>(layer)] = window;
        }
        const bool isAnySliding = std::any_of(windows.begin(), windows.end(), [](std::int64_t w) { return w > 0; });
        if (isAnySliding) m_config.windows = std::move(windows);
    }

    bool readLayerTypes(const Json& types, std::int64_t window, std::vector<std::int64_t>& windows) const {
        if (!types.is_array() || types.size() != windows.size()) {
            m_fields.wrong("layer_types", "a list of num_hidden_layers kinds");
            return false;
        }
        for (std::size_t layer = 0; layer < windows.size(); ++layer) {
            const bool isSliding = types[layer] == "sliding_attention";
            if (!isSliding && types[layer] != "full_attention") {
                m_fields.wrong("layer_types", "full_attention or sliding_attention for each layer");
                return false;
            }
            if (isSliding && window == 0) {
                m_fields.wrong("layer_types", "full_attention where use_sliding_window is off");
                return false;
            }
            if (isSliding) windows[layer] = window;
        }
        return true;
    }

    void readBert() {
        m_config.normEps = m_fields.real("layer_norm_eps", {0, 1}, 1e-12);
        m_config.tokenTypes = m_fields.integer("type_vocab_size", {1, 1 << 16}, 2);
        m_config.rope.type = RopeType::None;
        m_config.qkvBias = m_config.outputBias = m_config.mlpBias = true;
        m_config.tiedHead = true; // an encoder has no head; nothing is missing
        readActivation("gelu", Activation::Gelu);
        if (m_fields.text("position_embedding_type", "absolute") != "absolute")
            m_fields.unsupported("position_embedding_type");
        if (m_fields.truth("is_decoder", false)) m_fields.unsupported("is_decoder");
    }

    void readActivation(const std::string& expected, Activation activation) {
        m_config.activation = activation;
        const std::string said = m_fields.text("hidden_act", expected);
        if (said == expected) return;
        m_fields.add(makeError(
            "VIT-LM-075", "The activation \"%1\" is not supported for this family; it must be \"%2\"", {said, expected},
            "Take another model of the families that Vitrine reads", m_fields.pathOf("hidden_act")));
    }

    const ConfigFields& m_fields;
    ModelConfig& m_config;
};

void checkQuantisation(const Json& json, std::vector<Error>& problems) {
    for (const char* key : {"quantization_config", "compression_config"}) {
        const auto found = json.find(key);
        if (found == json.end() || found->is_null()) continue;
        std::string method = "unknown";
        if (found->is_object() && found->contains("quant_method") && (*found)["quant_method"].is_string())
            method = (*found)["quant_method"].get<std::string>();
        problems.push_back(makeError("VIT-LM-077", "The weights are quantised by the method \"%1\", which is not read",
                                     {method}, "Take the model in BF16 or F16, or as GGUF in Q8_0, Q4_0 or Q4_1", key));
    }
}

} // namespace

std::string_view familyName(Family family) {
    for (const FamilyName& known : Families)
        if (known.family == family) return known.modelType;
    return "";
}

const Error* firstError(const std::vector<Error>& problems) {
    const auto found = std::find_if(problems.begin(), problems.end(),
                                    [](const Error& problem) { return problem.severity == Severity::Error; });
    return found == problems.end() ? nullptr : &*found;
}

void checkSizes(const ModelConfig& config, const std::string& headsPath, std::vector<Error>& problems) {
    constexpr const char* Hint = "Take the configuration from the model's source again";
    const std::string heads = std::to_string(config.heads), headDim = std::to_string(config.headDim);
    if (config.heads % config.kvHeads != 0)
        problems.push_back(makeError("VIT-LM-074", "%1 heads are no multiple of %2 key-value heads",
                                     {heads, std::to_string(config.kvHeads)}, Hint, headsPath));
    if (config.family == Family::Bert) {
        if (config.heads * config.headDim != config.width)
            problems.push_back(makeError("VIT-LM-074", "%1 heads of width %2 do not make up the width %3",
                                         {heads, headDim, std::to_string(config.width)}, Hint, headsPath));
        return;
    }
    if (config.headDim < 4 || config.headDim % 2 != 0)
        problems.push_back(makeError("VIT-LM-074", "The heads' width %1 must be even and at least 4 to be rotated",
                                     {headDim}, Hint, headsPath));
    if (config.heads * config.headDim > static_cast<std::int64_t>(MaxWidth))
        problems.push_back(makeError("VIT-LM-074", "%1 heads of width %2 are more than Vitrine takes", {heads, headDim},
                                     Hint, headsPath));
}

ConfigReading readModelConfig(const Json& json) {
    ConfigReading reading;
    if (!json.is_object()) {
        reading.problems.push_back(makeError("VIT-LM-070", "The model's configuration is no JSON object", {},
                                             "Take the configuration from the model's source again"));
        return reading;
    }
    ModelConfig& config = reading.config;
    const ConfigFields top(json, {}, reading.problems);
    const std::string modelType = top.text("model_type", {});
    config.architecture = firstArchitecture(json);
    checkQuantisation(json, reading.problems);
    const std::optional<Family> family = familyOf(modelType, config.architecture);
    if (!family) {
        reading.problems.push_back(makeError(
            "VIT-LM-071", "Models of type \"%1\" (%2) are not supported",
            {modelType.empty() ? "unknown" : modelType, config.architecture.empty() ? "no class" : config.architecture},
            "Vitrine reads Llama 3.x, Qwen2, Qwen2.5, Qwen3 (dense), the text part of Qwen2.5-VL, and BERT",
            "model_type"));
        return reading;
    }
    config.family = *family;
    const Json* nested = top.find("text_config");
    if (config.family != Family::Qwen25Vl || !nested || !nested->is_object() || nested->empty()) {
        ModelReader(top, config).read();
        return reading;
    }
    ModelReader(ConfigFields(*nested, "text_config", reading.problems), config).read();
    // the outer object has the last word on these where the inner one is silent
    if (top.has("tie_word_embeddings")) config.tiedHead = config.tiedHead || top.truth("tie_word_embeddings", false);
    if (config.eos.empty()) config.eos = top.ids("eos_token_id");
    if (!config.bos) config.bos = top.id("bos_token_id");
    if (top.has("dtype") || top.has("torch_dtype"))
        config.storedType = storedTypeNamed(top, top.has("dtype") ? "dtype" : "torch_dtype");
    return reading;
}

Result<ConfigReading> readModelConfig(const std::filesystem::path& file) {
    const Result<std::string> text = readFile(file, MaxConfigBytes);
    if (!text) return text.error();
    const Result<Json> json = parseJson(*text, file.string());
    if (!json) return json.error();
    return readModelConfig(*json);
}

} // namespace vitrine::lm
