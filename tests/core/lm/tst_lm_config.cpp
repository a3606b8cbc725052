// SPDX-License-Identifier: GPL-3.0-or-later
// Configurations of every family against the values that went into them; RoPE against closed forms and transformers.
#include "core/base/files.hpp"
#include "core/lm/checkpoint/modelconfig.hpp"
#include "tests/core/lm/checkpointbytes.hpp"
#include "tests/support/testmain.hpp"

#include <QObject>

#include <cmath>
#include <functional>
#include <numbers>

using namespace vitrine;
using namespace vitrine::lm;
using namespace vitrine::test;

namespace {

/// Values of a small good file.
Json llama() {
    return {{"model_type", "llama"},    {"architectures", {"LlamaForCausalLM"}},
            {"vocab_size", 100},        {"hidden_size", 64},
            {"intermediate_size", 128}, {"num_hidden_layers", 3},
            {"num_attention_heads", 4}, {"max_position_embeddings", 2048},
            {"rms_norm_eps", 1e-5},     {"torch_dtype", "bfloat16"}};
}

QString problemsOf(const ConfigReading& reading) {
    QStringList lines;
    for (const Error& problem : reading.problems) lines << QString::fromStdString(problem.code + " " + problem.where);
    return lines.join(QStringLiteral("; "));
}

ModelConfig configOf(const RopeConfig& rope, std::int64_t headDim, std::int64_t positions) {
    ModelConfig config;
    config.headDim = headDim;
    config.maxPositions = positions;
    config.rope = rope;
    return config;
}

bool near(double a, double b, double relative) {
    return std::fabs(a - b) <= relative * std::max(std::fabs(a), std::fabs(b));
}

} // namespace

class TestConfig : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { failOnWarnings(); }

    void json_defaults_filledIn();
    void json_wrong_everyProblemWithItsPath_data();
    void json_wrong_everyProblemWithItsPath();
    void json_severalProblems_allNamed();
    void json_ofTransformers_read_data();
    void json_ofTransformers_read();
    void json_ropeSpellings_same();
    void json_windows_perLayer();
    void json_vision_nestedAndFlat_same();
    void json_roundTrip_same_data();
    void json_roundTrip_same();
    void file_notJson_error();
    void gguf_keys_sameStruct();
    void gguf_wrong_everyProblemWithItsKey_data();
    void gguf_wrong_everyProblemWithItsKey();
    void gguf_ropeFactors_divide();
    void rope_closedForms();
    void rope_ofTransformers_same();
    void generation_fields_readOrLeftOut();
    void generation_stopIds_union();
};

void TestConfig::json_defaults_filledIn() {
    const ConfigReading reading = readModelConfig(llama());
    QVERIFY2(reading.problems.empty(), qPrintable(problemsOf(reading)));
    const ModelConfig& c = reading.config;
    QCOMPARE(c.family, Family::Llama);
    QCOMPARE(c.kvHeads, 4);
    QCOMPARE(c.headDim, 16);
    QCOMPARE(c.rope.theta, 10000.0);
    QCOMPARE(c.rope.type, RopeType::Default);
    QVERIFY(!c.tiedHead && !c.qkvBias && !c.mlpBias && !c.qkNorm && c.windows.empty() && c.eos.empty() && !c.bos);
    QCOMPARE(c.storedType, StoredType::BF16);
    QCOMPARE(c.kvElementsPerToken(), 2 * 3 * 4 * 16);
}

void TestConfig::json_wrong_everyProblemWithItsPath_data() {
    QTest::addColumn<QString>("patch"); // merged into the good file
    QTest::addColumn<QString>("problems");
    const auto row = [](const char* name, const char* patch, const char* problems) {
        QTest::newRow(name) << QString::fromUtf8(patch) << QString::fromLatin1(problems);
    };
    row("good", "{}", "");
    row("unknown family", R"({"model_type":"mixtral"})", "VIT-LM-071 model_type");
    row("no family", R"({"model_type":null,"architectures":["MambaForCausalLM"]})", "VIT-LM-071 model_type");
    row("mixture of experts", R"({"model_type":"qwen3_moe"})", "VIT-LM-071 model_type");
    row("family by class", R"({"model_type":null})", "");
    row("missing size", R"({"hidden_size":null,"head_dim":16})", "VIT-LM-072 hidden_size");
    row("size is a text", R"({"hidden_size":"64","head_dim":16})", "VIT-LM-073 hidden_size");
    row("size is a fraction", R"({"vocab_size":1.5})", "VIT-LM-073 vocab_size");
    row("size as a whole real", R"({"vocab_size":100.0})", "");
    row("negative layers", R"({"num_hidden_layers":-1})", "VIT-LM-073 num_hidden_layers");
    row("endless layers", R"({"num_hidden_layers":1000000000000})", "VIT-LM-073 num_hidden_layers");
    row("zero heads", R"({"num_attention_heads":0})", "VIT-LM-073 num_attention_heads");
    row("heads and keys", R"({"num_key_value_heads":3})", "VIT-LM-074 num_attention_heads");
    row("width no multiple", R"({"hidden_size":66})", "VIT-LM-073 hidden_size");
    row("explicit head width", R"({"hidden_size":66,"head_dim":32})", "");
    row("odd head width", R"({"head_dim":15})", "VIT-LM-074 num_attention_heads");
    row("activation", R"({"hidden_act":"gelu_new"})", "VIT-LM-075 hidden_act");
    row("longrope", R"({"rope_scaling":{"rope_type":"longrope","factor":2}})", "VIT-LM-076 rope_scaling.rope_type");
    row("su", R"({"rope_scaling":{"type":"su"}})", "VIT-LM-076 rope_scaling.type");
    row("unknown rope", R"({"rope_parameters":{"rope_type":"spiral","rope_theta":1e4}})",
        "VIT-LM-076 rope_parameters.rope_type");
    row("rope without factor", R"({"rope_scaling":{"type":"linear"}})", "VIT-LM-072 rope_scaling.factor");
    row("rope factor below 1", R"({"rope_scaling":{"type":"dynamic","factor":0.5}})", "VIT-LM-073 rope_scaling.factor");
    row("rope factor is a text", R"({"rope_scaling":{"type":"dynamic","factor":"2"}})",
        "VIT-LM-073 rope_scaling.factor");
    row("rope is a list", R"({"rope_scaling":[1]})", "VIT-LM-073 rope_scaling");
    row("rope by layers", R"({"rope_parameters":{"full_attention":{"rope_type":"default"}}})",
        "VIT-LM-078 rope_parameters.full_attention");
    row("part of the head", R"({"rope_parameters":{"rope_type":"default","partial_rotary_factor":0.5}})",
        "VIT-LM-078 rope_parameters.partial_rotary_factor");
    row("theta of 1", R"({"rope_theta":1})", "VIT-LM-073 rope_theta");
    row("llama3 lacks all", R"({"rope_scaling":{"rope_type":"llama3"}})",
        "VIT-LM-072 rope_scaling.factor; VIT-LM-072 rope_scaling.low_freq_factor; VIT-LM-072 "
        "rope_scaling.high_freq_factor");
    row("llama3 turned round",
        R"({"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":4,"high_freq_factor":1}})",
        "VIT-LM-073 rope_scaling.high_freq_factor");
    row("sections", R"({"rope_scaling":{"type":"mrope","mrope_section":[4,4,1]}})",
        "VIT-LM-073 rope_scaling.mrope_section");
    row("GPTQ", R"({"quantization_config":{"quant_method":"gptq","bits":4}})", "VIT-LM-077 quantization_config");
    row("quantised somehow", R"({"quantization_config":[]})", "VIT-LM-077 quantization_config");
    row("eos is a text", R"({"eos_token_id":"</s>"})", "VIT-LM-073 eos_token_id");
    row("eos is negative", R"({"eos_token_id":[1,-1]})", "VIT-LM-073 eos_token_id");
    row("tied is a number", R"({"tie_word_embeddings":1})", "VIT-LM-073 tie_word_embeddings");
    row("layer types too few", R"({"model_type":"qwen2","layer_types":["full_attention"]})", "VIT-LM-073 layer_types");
    row("layer types unknown",
        R"({"model_type":"qwen2","layer_types":["full_attention","full_attention","linear_attention"]})",
        "VIT-LM-073 layer_types");
    row("sliding without window",
        R"({"model_type":"qwen2","layer_types":["full_attention","full_attention","sliding_attention"]})",
        "VIT-LM-073 layer_types");
    row("bert relative", R"({"model_type":"bert","hidden_act":"gelu","position_embedding_type":"relative_key"})",
        "VIT-LM-078 position_embedding_type");
    row("bert width", R"({"model_type":"bert","head_dim":8})", "VIT-LM-074 num_attention_heads");
    row("split for devices", R"({"pretraining_tp":2})", "VIT-LM-078 pretraining_tp");
}

void TestConfig::json_wrong_everyProblemWithItsPath() {
    QFETCH(QString, patch);
    QFETCH(QString, problems);
    Json json = llama();
    json.update(*parseJson(patch.toStdString()));
    QCOMPARE(problemsOf(readModelConfig(json)), problems);
}

void TestConfig::json_severalProblems_allNamed() {
    Json json = llama();
    json.erase("vocab_size");
    json["hidden_act"] = "relu";
    json["rope_scaling"] = {{"type", "longrope"}};
    json["quantization_config"] = {{"quant_method", "awq"}};
    const ConfigReading reading = readModelConfig(json);
    QCOMPARE(problemsOf(reading),
             QStringLiteral("VIT-LM-077 quantization_config; VIT-LM-072 vocab_size; VIT-LM-075 hidden_act; "
                            "VIT-LM-076 rope_scaling.type"));
    QVERIFY(!reading.ok());
    QVERIFY(toText(reading.problems[0]).find("awq") != std::string::npos);
    QCOMPARE(problemsOf(readModelConfig(Json::array())), QStringLiteral("VIT-LM-070 "));
}

void TestConfig::json_ofTransformers_read_data() {
    QTest::addColumn<QString>("folder");
    QTest::addColumn<Family>("family");
    QTest::newRow("llama") << QStringLiteral("llama") << Family::Llama;
    QTest::newRow("qwen2") << QStringLiteral("qwen2") << Family::Qwen2;
    QTest::newRow("qwen3") << QStringLiteral("qwen3") << Family::Qwen3;
    QTest::newRow("qwen2_5_vl") << QStringLiteral("qwen2_5_vl") << Family::Qwen25Vl;
    QTest::newRow("bert") << QStringLiteral("bert") << Family::Bert;
}

void TestConfig::json_ofTransformers_read() {
    QFETCH(QString, folder);
    QFETCH(Family, family);
    const auto reading = readModelConfig(golden(folder.toStdString() + "/config.json"));
    QVERIFY(reading.ok());
    QVERIFY2(reading->problems.empty(), qPrintable(problemsOf(*reading)));
    const ModelConfig& c = reading->config;
    QCOMPARE(c.family, family);
    QCOMPARE(c.vocabulary, 40);
    QCOMPARE(c.width, 16);
    QCOMPARE(c.inner, 24);
    QCOMPARE(c.layers, 2);
    QCOMPARE(c.heads, 4);
    QCOMPARE(c.maxPositions, 64);
    QCOMPARE(c.storedType, StoredType::BF16);
    QCOMPARE(c.headDim, family == Family::Qwen3 ? 8 : 4);
    QCOMPARE(c.qkNorm, family == Family::Qwen3);
    QCOMPARE(c.qkvBias, family == Family::Qwen2 || family == Family::Qwen25Vl || family == Family::Bert);
    QCOMPARE(c.tiedHead, family != Family::Llama);
    if (family == Family::Bert) {
        QCOMPARE(c.normEps, 1e-12);
        QCOMPARE(c.tokenTypes, 2);
        return;
    }
    QCOMPARE(c.kvHeads, 2);
    QCOMPARE(c.normEps, family == Family::Qwen25Vl ? 1e-5 : 1e-6);
    QCOMPARE(c.eos, (std::vector<std::int64_t>{2, 5}));
    QCOMPARE(*c.bos, 1);
    if (family == Family::Llama) {
        QCOMPARE(c.rope.type, RopeType::Llama3);
        QCOMPARE(c.rope.theta, 500000.0);
        QCOMPARE(c.rope.originalPositions, 32);
    }
    if (family == Family::Qwen25Vl) {
        QCOMPARE(c.rope.theta, 1e6);
        QCOMPARE(c.rope.sections, (std::vector<std::int64_t>{1, 1, 0}));
    }
}

void TestConfig::json_ropeSpellings_same() {
    Json old = llama(), fresh = llama();
    old["rope_theta"] = 500000;
    old["rope_scaling"] = {{"type", "yarn"}, {"factor", 4}, {"original_max_position_embeddings", 512}};
    fresh["rope_theta"] = 123; // rope_parameters have the last word
    fresh["rope_parameters"] = {
        {"rope_type", "yarn"}, {"rope_theta", 5e5}, {"factor", 4.0}, {"original_max_position_embeddings", 512}};
    const ConfigReading a = readModelConfig(old), b = readModelConfig(fresh);
    QVERIFY(a.problems.empty() && b.problems.empty());
    QCOMPARE(a.config.rope.theta, b.config.rope.theta);
    QCOMPARE(a.config.rope.factor, b.config.rope.factor);
    QCOMPARE(a.config.rope.originalPositions, 512);
    QCOMPARE(ropeFrequencies(a.config, 1).inverse, ropeFrequencies(b.config, 1).inverse);
    // yarn without a factor takes the ratio of the contexts; without the original context it is an error
    old["rope_scaling"].erase("factor");
    QCOMPARE(readModelConfig(old).config.rope.factor, 4.0);
    old["rope_scaling"].erase("original_max_position_embeddings");
    QCOMPARE(problemsOf(readModelConfig(old)), QStringLiteral("VIT-LM-072 rope_scaling.factor"));
}

void TestConfig::json_windows_perLayer() {
    Json json = llama();
    json["model_type"] = "qwen2";
    json["sliding_window"] = 512;
    QVERIFY(readModelConfig(json).config.windows.empty());
    json["use_sliding_window"] = true;
    json["max_window_layers"] = 1;
    QCOMPARE(readModelConfig(json).config.windows, (std::vector<std::int64_t>{0, 512, 512}));
    json["layer_types"] = {"sliding_attention", "full_attention", "full_attention"};
    QCOMPARE(readModelConfig(json).config.windows, (std::vector<std::int64_t>{512, 0, 0}));
    json["use_sliding_window"] = false;
    json["layer_types"] = {"full_attention", "full_attention", "full_attention"};
    QVERIFY(readModelConfig(json).ok() && readModelConfig(json).config.windows.empty());
}

void TestConfig::json_vision_nestedAndFlat_same() {
    // as the released files are: text fields at the top level, "type": "mrope"
    Json flat = llama();
    flat["model_type"] = "qwen2_5_vl";
    flat["vision_config"] = {{"depth", 32}};
    flat["rope_theta"] = 1000000.0;
    flat["rope_scaling"] = {{"type", "mrope"}, {"mrope_section", {2, 3, 3}}};
    const ConfigReading a = readModelConfig(flat);
    Json nested{
        {"model_type", "qwen2_5_vl"}, {"text_config", flat}, {"tie_word_embeddings", true}, {"eos_token_id", 7}};
    nested["text_config"]["model_type"] = "qwen2_5_vl_text";
    const ConfigReading b = readModelConfig(nested);
    QVERIFY2(a.problems.empty() && b.problems.empty(), qPrintable(problemsOf(a) + problemsOf(b)));
    QVERIFY(a.config.qkvBias && !a.config.outputBias);
    QCOMPARE(a.config.rope.sections, b.config.rope.sections);
    QCOMPARE(a.config.rope.type, RopeType::Default);
    QVERIFY(!a.config.tiedHead && b.config.tiedHead);
    QCOMPARE(b.config.eos, (std::vector<std::int64_t>{7}));
    nested["text_config"]["rope_scaling"]["type"] = "longrope";
    QCOMPARE(problemsOf(readModelConfig(nested)), QStringLiteral("VIT-LM-076 text_config.rope_scaling.type"));
}

void TestConfig::json_roundTrip_same_data() {
    QTest::addColumn<QString>("patch");
    const auto row = [](const char* name, const char* patch) { QTest::newRow(name) << QString::fromLatin1(patch); };
    row("llama",
        R"({"attention_bias":true,"mlp_bias":true,"head_dim":32,"bos_token_id":1,"pad_token_id":0,"eos_token_id":[3,2]})");
    row("llama3",
        R"({"rope_theta":5e5,"rope_scaling":{"rope_type":"llama3","factor":8,"low_freq_factor":1,"high_freq_factor":4,)"
        R"("original_max_position_embeddings":512}})");
    row("yarn", R"({"rope_scaling":{"rope_type":"yarn","factor":8,"beta_fast":20,"truncate":false,"mscale":0.7,)"
                R"("mscale_all_dim":1,"original_max_position_embeddings":256}})");
    row("yarn, factor of attention", R"({"rope_scaling":{"rope_type":"yarn","factor":8,"attention_factor":1.5}})");
    row("linear", R"({"rope_scaling":{"rope_type":"linear","factor":2}})");
    row("dynamic", R"({"rope_scaling":{"rope_type":"dynamic","factor":2}})");
    row("qwen2",
        R"({"model_type":"qwen2","tie_word_embeddings":true,"use_sliding_window":true,"sliding_window":9,"max_window_layers":2})");
    row("qwen3", R"({"model_type":"qwen3","head_dim":128,"num_key_value_heads":2,"eos_token_id":4})");
    row("bert", R"({"model_type":"bert","hidden_act":"gelu","type_vocab_size":3})");
}

void TestConfig::json_roundTrip_same() {
    QFETCH(QString, patch);
    Json json = llama();
    json.update(*parseJson(patch.toStdString()));
    const ConfigReading first = readModelConfig(json);
    QVERIFY2(first.problems.empty(), qPrintable(problemsOf(first)));
    const Result<Json> written = modelConfigToJson(first.config);
    QVERIFY(written.ok());
    const ConfigReading again = readModelConfig(*written);
    QVERIFY2(again.problems.empty(), qPrintable(problemsOf(again)));
    QCOMPARE(written->dump(), modelConfigToJson(again.config)->dump());
    for (const std::int64_t length : {1, 5000}) {
        const RopeFrequencies a = ropeFrequencies(first.config, length), b = ropeFrequencies(again.config, length);
        QVERIFY(a.inverse == b.inverse && a.factor == b.factor);
    }
    const ModelConfig &a = first.config, &b = again.config;
    QVERIFY(a.family == b.family && a.vocabulary == b.vocabulary && a.headDim == b.headDim && a.kvHeads == b.kvHeads);
    QVERIFY(a.eos == b.eos && a.bos == b.bos && a.pad == b.pad && a.windows == b.windows && a.tiedHead == b.tiedHead);
    QVERIFY(a.qkvBias == b.qkvBias && a.outputBias == b.outputBias && a.mlpBias == b.mlpBias &&
            a.tokenTypes == b.tokenTypes);
    QVERIFY(a.normEps == b.normEps && a.storedType == b.storedType && a.maxPositions == b.maxPositions);
}

void TestConfig::file_notJson_error() {
    const Folder folder;
    QCOMPARE(codeOf(readModelConfig(folder.write("config.json", "{"))), QStringLiteral("VIT-BASE-001"));
    QCOMPARE(codeOf(readModelConfig(folder.path() / "absent.json")), QStringLiteral("VIT-BASE-014"));
}

namespace {

GgufBuilder ggufLlama() {
    GgufBuilder file;
    file.key("general.architecture", "llama");
    const auto whole = [&file](const char* key, std::uint32_t value) {
        file.key(std::string("llama.") + key, 4, value);
    };
    whole("block_count", 2);
    whole("embedding_length", 16);
    whole("feed_forward_length", 24);
    whole("attention.head_count", 4);
    whole("attention.head_count_kv", 2);
    whole("context_length", 64);
    file.key("llama.attention.layer_norm_rms_epsilon", 6, 1e-5F).key("llama.rope.freq_base", 6, 100000.0F);
    file.key<std::uint32_t>("tokenizer.ggml.eos_token_id", 4, 2)
        .key<std::uint32_t>("tokenizer.ggml.eot_token_id", 4, 9);
    file.key<std::uint32_t>("tokenizer.ggml.bos_token_id", 4, 1);
    return file;
}

ConfigReading readGguf(const GgufBuilder& file) {
    const Folder folder;
    const auto opened = openCheckpoint(folder.write("m.gguf", file.bytes()));
    if (opened) return modelConfigOfGguf(**opened);
    ConfigReading reading;
    reading.problems.push_back(opened.error());
    return reading;
}

} // namespace

void TestConfig::gguf_keys_sameStruct() {
    GgufBuilder file = ggufLlama();
    file.tensor("token_embd.weight", {16, 40}, 1, 0).data.resize(1280);
    const ConfigReading reading = readGguf(file);
    QVERIFY2(reading.problems.empty(), qPrintable(problemsOf(reading)));
    const ModelConfig& c = reading.config;
    QCOMPARE(c.family, Family::Llama);
    QCOMPARE(c.layers, 2);
    QCOMPARE(c.vocabulary, 40); // from the table's rows
    QCOMPARE(c.headDim, 4);
    QCOMPARE(c.kvHeads, 2);
    QCOMPARE(c.normEps, 1e-5); // not 9.99999974e-06
    QCOMPARE(c.rope.theta, 100000.0);
    QCOMPARE(c.eos, (std::vector<std::int64_t>{2, 9}));
    QCOMPARE(*c.bos, 1);
    QVERIFY(c.tiedHead && !c.qkvBias);
    QCOMPARE(c.storedType, StoredType::F16);
    file.key("llama.rope.scaling.type", "yarn").key("llama.rope.scaling.factor", 6, 4.0F);
    file.key<std::uint32_t>("llama.rope.scaling.original_context_length", 4, 32);
    const ModelConfig yarn = readGguf(file).config;
    QCOMPARE(yarn.rope.type, RopeType::Yarn);
    QCOMPARE(yarn.rope.factor, 4.0);
    QCOMPARE(yarn.rope.originalPositions, 32);
    QCOMPARE(ropeFrequencies(yarn, 1).factor, 0.1 * std::log(4.0) + 1);
}

void TestConfig::gguf_wrong_everyProblemWithItsKey_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("problems");
    const auto row = [](const char* name, const GgufBuilder& file, const char* problems) {
        QTest::newRow(name) << QByteArray::fromStdString(file.bytes()) << QString::fromLatin1(problems);
    };
    row("good", ggufLlama(), "");
    GgufBuilder none;
    row("no architecture", none, "VIT-LM-079 general.architecture");
    row("other architecture", none.key("general.architecture", "mamba"), "VIT-LM-079 general.architecture");
    GgufBuilder bare;
    row("nothing but the architecture", bare.key("general.architecture", "qwen2"),
        "VIT-LM-072 qwen2.block_count; VIT-LM-072 qwen2.embedding_length; VIT-LM-072 qwen2.feed_forward_length; "
        "VIT-LM-072 qwen2.attention.head_count; VIT-LM-072 qwen2.context_length; "
        "VIT-LM-072 qwen2.attention.layer_norm_rms_epsilon; VIT-LM-074 qwen2.attention.head_count");
    row("experts", ggufLlama().key<std::uint32_t>("llama.expert_count", 4, 8), "VIT-LM-078 llama.expert_count");
    row("part of the head", ggufLlama().key<std::uint32_t>("llama.rope.dimension_count", 4, 2),
        "VIT-LM-073 llama.rope.dimension_count");
    row("values of another width", ggufLlama().key<std::uint32_t>("llama.attention.value_length", 4, 8),
        "VIT-LM-073 llama.attention.value_length");
    row("longrope", ggufLlama().key("llama.rope.scaling.type", "longrope"), "VIT-LM-076 llama.rope.scaling.type");
    GgufBuilder freqs = ggufLlama();
    freqs.tensor("rope_freqs.weight", {3}, 0, 0).data.resize(32);
    row("factors of another number", freqs, "VIT-LM-073 rope_freqs.weight");
    GgufBuilder zeros = ggufLlama();
    zeros.tensor("rope_freqs.weight", {2}, 0, 0).data.resize(32);
    row("factors of zero", zeros, "VIT-LM-073 rope_freqs.weight");
}

void TestConfig::gguf_wrong_everyProblemWithItsKey() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, problems);
    const Folder folder;
    const auto opened = openCheckpoint(folder.write("m.gguf", bytes.toStdString()));
    QVERIFY(opened.ok());
    QCOMPARE(problemsOf(modelConfigOfGguf(**opened)), problems);
}

void TestConfig::gguf_ropeFactors_divide() {
    GgufBuilder file = ggufLlama();
    file.tensor("rope_freqs.weight", {2}, 0, 0).data = bytesOf(1.0F) + bytesOf(8.0F) + std::string(24, '\0');
    const ConfigReading reading = readGguf(file);
    QVERIFY2(reading.problems.empty(), qPrintable(problemsOf(reading)));
    const RopeFrequencies frequencies = ropeFrequencies(reading.config, 1);
    QCOMPARE(frequencies.inverse.size(), std::size_t{2});
    QCOMPARE(frequencies.inverse[0], 1.0);
    QVERIFY(near(frequencies.inverse[1], std::pow(1e5, -0.5) / 8, 1e-15));
    QCOMPARE(codeOf(modelConfigToJson(reading.config)), QStringLiteral("VIT-LM-110"));
}

void TestConfig::rope_closedForms() {
    RopeConfig rope;
    const RopeFrequencies plain = ropeFrequencies(configOf(rope, 8, 100), 1);
    for (int i = 0; i < 4; ++i) // theta = 10^4, d = 8: powers of ten
        QVERIFY(near(plain.inverse[static_cast<std::size_t>(i)], std::pow(10.0, -i), 1e-15));
    QCOMPARE(plain.factor, 1.0);

    rope.type = RopeType::Dynamic;
    rope.factor = 2;
    // d = 4, L = 2 L_max, s = 2: theta * 3^2
    const RopeFrequencies stretched = ropeFrequencies(configOf(rope, 4, 100), 200);
    QVERIFY(near(stretched.inverse[1], 1 / 300.0, 1e-15));
    QVERIFY(near(ropeFrequencies(configOf(rope, 4, 100), 50).inverse[1], 1 / 100.0, 1e-15)); // never below L_max

    rope.type = RopeType::Llama3;
    rope.theta = std::pow(2.0, 32);
    rope.factor = 8;
    rope.originalPositions = static_cast<std::int64_t>(std::lround(1 << 16));
    const RopeFrequencies parts = ropeFrequencies(configOf(rope, 64, 1), 1); // f_i = 2^-i
    for (int i = 0; i < 32; ++i) {
        const double f = std::pow(2.0, -i), turns = 65536 * f / (2 * std::numbers::pi);
        const double t = std::clamp((turns - 1) / 3, 0.0, 1.0); // low 1, high 4
        QVERIFY(near(parts.inverse[static_cast<std::size_t>(i)], f * (t + (1 - t) / 8), 1e-14));
    }

    rope = {};
    rope.type = RopeType::Yarn;
    rope.factor = std::exp(10.0);
    rope.originalPositions = 4096;
    const RopeFrequencies yarn = ropeFrequencies(configOf(rope, 128, 1), 1);
    QVERIFY(near(yarn.factor, 2, 1e-15)); // 0.1 ln s + 1
    const RopeFrequencies original = ropeFrequencies(configOf({}, 128, 1), 1);
    // 32 turns at dimension 20.95, one at 45.03: kept up to 20, slowed from 46 on
    for (std::size_t i = 0; i < 64; ++i) {
        const double ramp = std::clamp((static_cast<double>(i) - 20) / 26, 0.0, 1.0);
        QVERIFY(near(yarn.inverse[i], original.inverse[i] * (ramp / rope.factor + (1 - ramp)), 1e-14));
    }
    rope.type = RopeType::None;
    QVERIFY(ropeFrequencies(configOf(rope, 8, 1), 1).inverse.empty());
}

void TestConfig::rope_ofTransformers_same() {
    const Json cases = *parseJson(*readFile(golden("rope.json")));
    QVERIFY(cases.size() > 30);
    for (const Json& one : cases) {
        const ConfigReading reading = readModelConfig(one["config"]);
        QVERIFY2(reading.problems.empty(), qPrintable(problemsOf(reading)));
        const RopeFrequencies found = ropeFrequencies(reading.config, one["length"].get<std::int64_t>());
        const auto expected = one["inverse"].get<std::vector<double>>();
        QCOMPARE(found.inverse.size(), expected.size());
        // FP32 there: the power has an error of |exponent ln theta| roundings, blends cancel some more
        for (std::size_t i = 0; i < expected.size(); ++i)
            QVERIFY2(near(found.inverse[i], expected[i], 4e-6),
                     (one["config"]["rope_scaling"].dump() + " " + std::to_string(i) + ": " +
                      std::to_string(found.inverse[i]) + " " + std::to_string(expected[i]))
                         .c_str());
        QVERIFY(near(found.factor, one["factor"].get<double>(), 1e-12));
    }
}

void TestConfig::generation_fields_readOrLeftOut() {
    std::vector<Error> problems;
    const GenerationDefaults good = readGenerationDefaults(
        *parseJson(
            R"({"temperature":0.7,"top_p":0.8,"top_k":20,"min_p":null,"repetition_penalty":1.05,"do_sample":true,)"
            R"("eos_token_id":[151645,151643],"pad_token_id":151643,"bos_token_id":151643})"),
        problems);
    QVERIFY(problems.empty());
    QCOMPARE(*good.temperature, 0.7);
    QCOMPARE(*good.topK, 20);
    QVERIFY(!good.minP && !good.maxNewTokens && *good.doSample);
    QCOMPARE(good.eos, (std::vector<std::int64_t>{151643, 151645}));
    const GenerationDefaults bad =
        readGenerationDefaults(*parseJson(R"({"temperature":-1,"top_p":"x","top_k":2.5,"eos_token_id":3})"), problems);
    QVERIFY(!bad.temperature && !bad.topP && !bad.topK);
    QCOMPARE(bad.eos, (std::vector<std::int64_t>{3}));
    QCOMPARE(problems.size(), std::size_t{3});
    for (const Error& problem : problems)
        QVERIFY(problem.code == "VIT-LM-080" && problem.severity == Severity::Warning);
    static_cast<void>(readGenerationDefaults(Json(3), problems));
    QCOMPARE(problems.size(), std::size_t{4});
}

void TestConfig::generation_stopIds_union() {
    ModelConfig config;
    config.eos = {2, 7};
    GenerationDefaults defaults;
    defaults.eos = {7, 1};
    QCOMPARE(stopIds(config, defaults), (std::vector<std::int64_t>{1, 2, 7}));
}

VITRINE_CORE_TEST(TestConfig)
#include "tst_lm_config.moc"
