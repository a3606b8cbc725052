// SPDX-License-Identifier: GPL-3.0-or-later
// Expected tensors against published parameter totals, load reports of files by transformers, export and back.
#include "core/base/files.hpp"
#include "core/lm/checkpoint/exportmodel.hpp"
#include "core/lm/checkpoint/loadreport.hpp"
#include "core/lm/checkpoint/widen.hpp"
#include "tests/core/lm/checkpointbytes.hpp"
#include "tests/support/testmain.hpp"

#include <QObject>

#include <cmath>

using namespace vitrine;
using namespace vitrine::lm;
using namespace vitrine::test;
namespace fs = std::filesystem;

namespace {

QString problemsOf(const LoadReport& report) {
    QStringList lines;
    for (const Error& problem : report.problems) lines << QString::fromStdString(problem.code);
    return lines.join(QStringLiteral(" "));
}

/// A copy of a golden folder that may be spoiled.
void copyGolden(const std::string& name, const Folder& to) {
    for (const auto& entry : fs::directory_iterator(golden(name)))
        fs::copy_file(entry.path(), to.path() / entry.path().filename());
}

/// Opens model.safetensors of `folder`, hands its tensors to `change`, writes them back.
void rewrite(const Folder& folder, const std::function<void(std::vector<TensorToWrite>&)>& change) {
    const fs::path file = folder.path() / "model.safetensors";
    const auto checkpoint = *openCheckpoint(file);
    std::vector<TensorToWrite> tensors;
    for (const TensorInfo& tensor : checkpoint->tensors())
        tensors.push_back(
            {tensor.name, tensor.type, tensor.shape, [checkpoint, &tensor] { return checkpoint->bytes(tensor); }});
    change(tensors);
    const Status written = writeSafetensors(file, std::move(tensors));
    QVERIFY2(written.ok(), written ? "" : toText(written.error()).c_str());
}

TensorToWrite zeros(const std::string& name, StoredType type, std::vector<std::int64_t> shape) {
    const std::uint64_t size = *byteCount(type, shape);
    return {name, type, std::move(shape), [size]() -> Result<ByteView> {
                const std::shared_ptr<std::byte[]> bytes(new std::byte[size]());
                return ByteView{{bytes.get(), size}, bytes};
            }};
}

/// Every weight of an opened model in FP32, by name.
std::map<std::string, std::vector<float>> widened(const OpenedModel& model) {
    std::map<std::string, std::vector<float>> all;
    for (const Weight& weight : model.report.match.weights) {
        std::vector<float> values(*elementCount(weight.shape));
        const Status read = readWeight(*model.checkpoint, weight, model.report.config, values);
        if (!read) qFatal("%s", toText(read.error()).c_str());
        all.emplace(weight.name, std::move(values));
    }
    return all;
}

} // namespace

class TestReport : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { failOnWarnings(); }

    void expected_publishedTotals_match_data();
    void expected_publishedTotals_match();
    void report_ofTransformers_whole_data();
    void report_ofTransformers_whole();
    void report_gguf_sameWeightsAsFolder();
    void report_spoiled_everythingListed_data();
    void report_spoiled_everythingListed();
    void report_prefixes_stripped_data();
    void report_prefixes_stripped();
    void report_sourcesOfText_named();
    void report_broken_error_data();
    void report_broken_error();
    void report_severalModels_refused();
    void report_json_hasTheFields();
    void memory_formula_byHand();
    void export_everyFamily_readsBack_data();
    void export_everyFamily_readsBack();
    void export_otherType_rounds();
    void export_wrongTensors_refused();
    void export_vision_refused();
};

void TestReport::expected_publishedTotals_match_data() {
    QTest::addColumn<QString>("config");
    QTest::addColumn<qint64>("parameters");
    QTest::addColumn<qint64>("kvBytes"); // bf16
    const auto row = [](const char* name, const char* type, std::array<int, 7> s, bool isTied, qint64 parameters,
                        qint64 kv) {
        const Json json{{"model_type", type},           {"num_hidden_layers", s[0]},   {"hidden_size", s[1]},
                        {"num_attention_heads", s[2]},  {"num_key_value_heads", s[3]}, {"head_dim", s[4]},
                        {"intermediate_size", s[5]},    {"vocab_size", s[6]},          {"max_position_embeddings", 512},
                        {"tie_word_embeddings", isTied}};
        QTest::newRow(name) << QString::fromStdString(json.dump()) << parameters << kv;
    };
    // totals as published on the models' pages
    row("Llama-3.2-1B", "llama", {16, 2048, 32, 8, 64, 8192, 128256}, true, 1'235'814'400, 32 << 10);
    row("Llama-3.1-8B", "llama", {32, 4096, 32, 8, 128, 14336, 128256}, false, 8'030'261'248, 128 << 10);
    row("Qwen2.5-0.5B", "qwen2", {24, 896, 14, 2, 64, 4864, 151936}, true, 494'032'768, 12 << 10);
    row("Qwen2.5-1.5B", "qwen2", {28, 1536, 12, 2, 128, 8960, 151936}, true, 1'543'714'304, 28 << 10);
    row("Qwen2.5-7B", "qwen2", {28, 3584, 28, 4, 128, 18944, 152064}, false, 7'615'616'512, 56 << 10);
    row("Qwen3-0.6B", "qwen3", {28, 1024, 16, 8, 128, 3072, 151936}, true, 596'049'920, 112 << 10);
    row("Qwen3-8B", "qwen3", {36, 4096, 32, 8, 128, 12288, 151936}, false, 8'190'735'360, 144 << 10);
    row("SmolLM2-135M", "llama", {30, 576, 9, 3, 64, 1536, 49152}, true, 134'515'008, 23'040);
    row("all-MiniLM-L6-v2", "bert", {6, 384, 12, 12, 32, 1536, 30522}, true, 22'713'216, 0);
}

void TestReport::expected_publishedTotals_match() {
    QFETCH(QString, config);
    QFETCH(qint64, parameters);
    QFETCH(qint64, kvBytes);
    const ConfigReading reading = readModelConfig(*parseJson(config.toStdString()));
    QVERIFY(reading.ok());
    qint64 total = 0;
    const bool isEncoder = reading.config.family == Family::Bert; // its pooler counts
    for (const ExpectedTensor& tensor : expectedTensors(reading.config))
        if (tensor.isRequired || isEncoder) total += static_cast<qint64>(*elementCount(tensor.shape));
    QCOMPARE(total, parameters);
    QCOMPARE(reading.config.kvElementsPerToken() * 2, kvBytes);
}

void TestReport::report_ofTransformers_whole_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("tensors");
    QTest::addColumn<int>("ignored");
    QTest::addColumn<QString>("problems");
    const auto row = [](const char* path, int tensors, int ignored, const char* problems) {
        QTest::newRow(path) << QString::fromLatin1(path) << tensors << ignored << QString::fromLatin1(problems);
    };
    row("llama", 21, 0, "VIT-LM-097");
    row("llama/model.safetensors", 21, 0, "VIT-LM-097");
    row("llama_shards", 21, 0, "VIT-LM-097");
    row("llama_shards/model.safetensors.index.json", 21, 0, "VIT-LM-097");
    row("qwen2", 26, 0, "VIT-LM-097");
    row("qwen3", 24, 0, "VIT-LM-097");
    row("qwen2_5_vl", 44, 18, "VIT-LM-097");
    row("bert", 39, 0, "VIT-LM-097");
    row("llama.gguf", 21, 0, "");
}

void TestReport::report_ofTransformers_whole() {
    QFETCH(QString, path);
    QFETCH(int, tensors);
    QFETCH(int, ignored);
    QFETCH(QString, problems);
    const auto opened = openModel(golden(path.toStdString()));
    QVERIFY2(opened.ok(), opened ? "" : toText(opened.error()).c_str());
    const LoadReport& report = opened->report;
    QCOMPARE(problemsOf(report), problems);
    QVERIFY(report.canLoad());
    QCOMPARE(report.tensors, tensors);
    QCOMPARE(static_cast<int>(report.match.ignored.size()), ignored);
    QCOMPARE(static_cast<int>(report.match.weights.size()), tensors - ignored);
    QVERIFY(report.match.missing.empty() && report.match.unexpected.empty() && report.match.mismatched.empty());
    const std::uint64_t each = report.format == CheckpointFormat::Gguf ? 4 : 2;
    QCOMPARE(report.weightBytes, static_cast<std::uint64_t>(report.parameters) * each);
    QCOMPARE(report.types.size(), std::size_t{1});
    if (report.config.family != Family::Bert && report.format != CheckpointFormat::Gguf)
        QCOMPARE(report.stopIds, (std::vector<std::int64_t>{2, 5}));
}

void TestReport::report_gguf_sameWeightsAsFolder() {
    const auto gguf = openModel(golden("llama.gguf")), folder = openModel(golden("llama"));
    QVERIFY(gguf.ok() && folder.ok());
    QCOMPARE(gguf->report.tokenizerSource, std::string("GGUF header"));
    QCOMPARE(gguf->report.templateSource, std::string("GGUF header"));
    const auto a = widened(*gguf), b = widened(*folder);
    QCOMPARE(a.size(), std::size_t{21});
    QVERIFY(a == b); // names, and the rows of q and k in their places
    const TensorInfo* q = gguf->checkpoint->find("blk.0.attn_q.weight");
    std::vector<float> stored(256);
    QVERIFY(q && gguf->checkpoint->readWidened(*q, stored).ok());
    QVERIFY(stored != b.at("model.layers.0.self_attn.q_proj.weight")); // they were not in them
}

void TestReport::report_spoiled_everythingListed_data() {
    QTest::addColumn<QString>("how");
    QTest::addColumn<QString>("problems");
    QTest::newRow("missing and unexpected")
        << QStringLiteral("names") << QStringLiteral("VIT-LM-090 VIT-LM-091 VIT-LM-097");
    QTest::newRow("shapes") << QStringLiteral("shapes") << QStringLiteral("VIT-LM-092 VIT-LM-092 VIT-LM-097");
    QTest::newRow("F8") << QStringLiteral("f8") << QStringLiteral("VIT-LM-093 VIT-LM-097");
    QTest::newRow("untied without a head") << QStringLiteral("head") << QStringLiteral("VIT-LM-090 VIT-LM-097");
    QTest::newRow("old rotary table") << QStringLiteral("rotary") << QStringLiteral("VIT-LM-097");
    QTest::newRow("no stop") << QStringLiteral("stop") << QStringLiteral("VIT-LM-095 VIT-LM-097");
    QTest::newRow("stop outside") << QStringLiteral("outside") << QStringLiteral("VIT-LM-096 VIT-LM-097");
    QTest::newRow("tied with a head") << QStringLiteral("spare") << QStringLiteral("VIT-LM-094 VIT-LM-097");
    QTest::newRow("generation is no JSON") << QStringLiteral("generation") << QStringLiteral("VIT-BASE-001 VIT-LM-097");
}

void TestReport::report_spoiled_everythingListed() {
    QFETCH(QString, how);
    QFETCH(QString, problems);
    const Folder folder;
    copyGolden("llama", folder);
    const auto named = [](std::vector<TensorToWrite>& tensors, const std::string& name) -> TensorToWrite& {
        return *std::find_if(tensors.begin(), tensors.end(), [&name](const auto& t) { return t.name == name; });
    };
    if (how == QLatin1String("names"))
        rewrite(folder, [&](auto& tensors) {
            named(tensors, "model.norm.weight").name = "model.strange.weight";
            named(tensors, "model.layers.1.mlp.up_proj.weight").name = "model.layers.2.mlp.up_proj.weight";
        });
    if (how == QLatin1String("shapes"))
        rewrite(folder, [&](auto& tensors) {
            named(tensors, "model.norm.weight").shape = {4, 4};
            named(tensors, "model.layers.0.mlp.up_proj.weight").shape = {16, 24};
        });
    if (how == QLatin1String("f8"))
        rewrite(folder, [&](auto& tensors) {
            named(tensors, "model.norm.weight") = zeros("model.norm.weight", StoredType::F8E4M3, {16});
        });
    if (how == QLatin1String("head"))
        rewrite(folder, [&](auto& tensors) {
            tensors.erase(tensors.begin() + (&named(tensors, "lm_head.weight") - tensors.data()));
        });
    if (how == QLatin1String("rotary"))
        rewrite(folder, [&](auto& tensors) {
            tensors.push_back(zeros("model.layers.0.self_attn.rotary_emb.inv_freq", StoredType::F32, {2}));
        });
    const auto patch = [&folder](const char* file, const Json& values) {
        Json json = *parseJson(*readFile(folder.path() / file));
        json.update(values);
        folder.write(file, json.dump());
    };
    if (how == QLatin1String("stop")) {
        patch("config.json", {{"eos_token_id", nullptr}});
        patch("generation_config.json", {{"eos_token_id", nullptr}});
    }
    if (how == QLatin1String("outside")) patch("generation_config.json", {{"eos_token_id", 40}});
    if (how == QLatin1String("spare")) patch("config.json", {{"tie_word_embeddings", true}});
    if (how == QLatin1String("generation")) folder.write("generation_config.json", "{,");
    const auto opened = openModel(folder.path());
    QVERIFY2(opened.ok(), opened ? "" : toText(opened.error()).c_str());
    const LoadReport& report = opened->report;
    QCOMPARE(problemsOf(report), problems);
    const bool isFit = how == QLatin1String("rotary") || how == QLatin1String("stop") ||
                       how == QLatin1String("outside") || how == QLatin1String("spare") ||
                       how == QLatin1String("generation");
    QCOMPARE(report.canLoad(), isFit);
    if (how == QLatin1String("names")) {
        QCOMPARE(report.match.missing,
                 (std::vector<std::string>{"model.layers.1.mlp.up_proj.weight", "model.norm.weight"}));
        QCOMPARE(report.match.unexpected.size(), std::size_t{2});
        const std::string text = toText(report.problems[0]);
        QVERIFY(text.find("model.norm.weight") != std::string::npos &&
                text.find("layers.1.mlp.up_proj") != std::string::npos);
    }
    if (how == QLatin1String("shapes")) {
        const std::string text = toText(report.problems[1]);
        QVERIFY2(text.find("model.norm.weight should be [16], but is [4, 4]") != std::string::npos, text.c_str());
    }
    if (how == QLatin1String("spare")) {
        QVERIFY(report.match.headIsShared && report.match.hasSpareHead);
        QCOMPARE(report.match.weights.size(), std::size_t{20});
    }
    if (how == QLatin1String("rotary")) QCOMPARE(report.match.ignored.size(), std::size_t{1});
}

void TestReport::report_prefixes_stripped_data() {
    QTest::addColumn<Family>("family");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("canonical");
    const auto row = [](Family family, const char* name, const char* canonical) {
        QTest::newRow(name) << family << QString::fromLatin1(name) << QString::fromLatin1(canonical);
    };
    row(Family::Llama, "model.norm.weight", "model.norm.weight");
    row(Family::Llama, "norm.weight", "model.norm.weight");
    row(Family::Llama, "layers.0.mlp.up_proj.weight", "model.layers.0.mlp.up_proj.weight");
    row(Family::Qwen25Vl, "model.language_model.layers.0.mlp.up_proj.weight", "model.layers.0.mlp.up_proj.weight");
    row(Family::Qwen25Vl, "language_model.model.norm.weight", "model.norm.weight");
    row(Family::Qwen25Vl, "language_model.lm_head.weight", "lm_head.weight");
    row(Family::Qwen25Vl, "language_model.norm.weight", "model.norm.weight");
    row(Family::Bert, "bert.encoder.layer.0.output.LayerNorm.gamma", "encoder.layer.0.output.LayerNorm.weight");
    row(Family::Bert, "embeddings.LayerNorm.beta", "embeddings.LayerNorm.bias");
    row(Family::Llama, "lm_head.weight", "lm_head.weight");
}

void TestReport::report_prefixes_stripped() {
    QFETCH(Family, family);
    QFETCH(QString, name);
    QFETCH(QString, canonical);
    QCOMPARE(QString::fromStdString(canonicalName(family, CheckpointFormat::Safetensors, name.toStdString())),
             canonical);
}

void TestReport::report_sourcesOfText_named() {
    const Folder folder;
    copyGolden("qwen2", folder);
    QCOMPARE(openModel(folder.path())->report.tokenizerSource, std::string());
    folder.write("tokenizer.json", "{}");
    folder.write("tokenizer_config.json", R"({"chat_template":null})");
    LoadReport report = openModel(folder.path())->report;
    QCOMPARE(report.tokenizerSource, std::string("tokenizer.json"));
    QCOMPARE(report.templateSource, std::string());
    QVERIFY(report.problems.empty());
    folder.write("tokenizer_config.json", R"({"chat_template":"{{ x }}"})");
    QCOMPARE(openModel(folder.path())->report.templateSource, std::string("tokenizer_config.json"));
    folder.write("chat_template.jinja", "{{ x }}");
    QCOMPARE(openModel(folder.path())->report.templateSource, std::string("chat_template.jinja"));
}

void TestReport::report_broken_error_data() {
    QTest::addColumn<QString>("remove");
    QTest::addColumn<QString>("write");
    QTest::addColumn<QString>("content");
    QTest::addColumn<QString>("code"); // of the error, or "report" and the problems
    const auto row = [](const char* name, const char* remove, const char* write, const char* content,
                        const char* code) {
        QTest::newRow(name) << QString::fromLatin1(remove) << QString::fromLatin1(write) << QString::fromLatin1(content)
                            << QString::fromLatin1(code);
    };
    row("no configuration", "config.json", "", "", "VIT-LM-098");
    row("no weights", "model.safetensors", "", "", "VIT-LM-004");
    row("pickled weights", "model.safetensors", "pytorch_model.bin", "PK", "VIT-LM-004");
    row("empty weights", "", "model.safetensors", "", "VIT-LM-010");
    row("configuration is no JSON", "", "config.json", "{", "VIT-BASE-001");
    row("configuration is a list", "", "config.json", "[]", "report VIT-LM-070");
    row("other family", "", "config.json", R"({"model_type":"gpt2"})", "report VIT-LM-071");
    row("index over single file", "", "model.safetensors.index.json", R"({"weight_map":{"a":"x.safetensors"}})",
        "VIT-LM-043");
}

void TestReport::report_broken_error() {
    QFETCH(QString, remove);
    QFETCH(QString, write);
    QFETCH(QString, content);
    QFETCH(QString, code);
    const Folder folder;
    copyGolden("llama", folder);
    if (!remove.isEmpty()) fs::remove(folder.path() / remove.toStdString());
    if (!write.isEmpty()) folder.write(write.toStdString(), content.toStdString());
    const auto opened = openModel(folder.path());
    if (!code.startsWith(QLatin1String("report"))) {
        QCOMPARE(codeOf(opened), code);
        return;
    }
    QVERIFY(opened.ok());
    QVERIFY(!opened->report.canLoad());
    QCOMPARE(QStringLiteral("report ") + problemsOf(opened->report), code);
    QVERIFY(toJson(opened->report)["problems"].size() == 1);
}

void TestReport::report_severalModels_refused() {
    const Folder folder;
    QCOMPARE(codeOf(openModel(folder.path())), QStringLiteral("VIT-LM-004"));
    QCOMPARE(codeOf(openModel(folder.path() / "absent")), QStringLiteral("VIT-BASE-014"));
    fs::copy_file(golden("llama.gguf"), folder.path() / "a.gguf");
    QVERIFY(openModel(folder.path()).ok());
    fs::copy_file(golden("llama.gguf"), folder.path() / "b.gguf");
    QCOMPARE(codeOf(openModel(folder.path())), QStringLiteral("VIT-LM-004"));
    QVERIFY(openModel(folder.path() / "b.gguf").ok());
}

void TestReport::report_json_hasTheFields() {
    const Json json = toJson(openModel(golden("llama"))->report);
    QCOMPARE(json["family"].get<std::string>(), std::string("llama"));
    QCOMPARE(json["parameters"].get<int>(), 5200);
    QCOMPARE(json["bytes"].get<int>(), 10400);
    QCOMPARE(json["kv_bytes_per_token"].get<int>(), 2 * 2 * 2 * 4 * 2);
    QCOMPARE(json["stop_ids"].get<std::vector<int>>(), (std::vector<int>{2, 5}));
    QVERIFY(json["can_load"].get<bool>() && json["missing"].empty());
    QCOMPARE(json["types"][0]["type"].get<std::string>(), std::string("BF16"));
    QCOMPARE(json["problems"][0]["code"].get<std::string>(), std::string("VIT-LM-097"));
}

void TestReport::memory_formula_byHand() {
    const LoadReport report = openModel(golden("llama"))->report;
    MemoryPlan plan;
    plan.tokens = 100;
    plan.chunk = 10;
    MemoryNeed need = memoryNeed(report, plan);
    QCOMPARE(need.weights, std::uint64_t{10400});
    QCOMPARE(need.kv, std::uint64_t{64 * 100});
    // 10 tokens x (4 x 16 + 3 x 24 + (8 + 4) x 4) activations, 4 heads x 10 x 100 scores, 2 x 40 logits, FP32
    QCOMPARE(need.workspace, std::uint64_t{4 * (10 * (64 + 72 + 48) + 4000 + 80)});
    QCOMPARE(need.total(), need.weights + need.kv + need.workspace);
    plan.weightElementBytes = 4;
    QCOMPARE(memoryNeed(report, plan).weights, std::uint64_t{20800});
    // an encoder of 64 positions takes the whole text at once and keeps nothing
    need = memoryNeed(openModel(golden("bert"))->report, plan);
    QCOMPARE(need.kv, std::uint64_t{0});
    QCOMPARE(need.workspace, std::uint64_t{4 * (64 * (64 + 72 + 64) + 4 * 64 * 64 + 80)});
}

void TestReport::export_everyFamily_readsBack_data() {
    QTest::addColumn<QString>("path");
    for (const char* path : {"llama", "llama_shards", "qwen2", "qwen3", "bert"})
        QTest::newRow(path) << QString::fromLatin1(path);
    QTest::newRow("gguf") << QStringLiteral("llama.gguf");
}

void TestReport::export_everyFamily_readsBack() {
    QFETCH(QString, path);
    const auto opened = openModel(golden(path.toStdString()));
    QVERIFY(opened.ok());
    const Folder folder;
    const Status written = exportOpened(folder.path() / "new", *opened);
    QVERIFY2(written.ok(), written ? "" : toText(written.error()).c_str());
    const auto again = openModel(folder.path() / "new");
    QVERIFY2(again.ok(), again ? "" : toText(again.error()).c_str());
    QVERIFY(again->report.canLoad());
    QCOMPARE(again->report.config.storedType, path == QLatin1String("llama.gguf") ? StoredType::F32 : StoredType::BF16);
    QVERIFY(widened(*opened) == widened(*again));
    QCOMPARE(*again->checkpoint->metadata().get<std::string>("format"), std::string("pt"));
}

void TestReport::export_otherType_rounds() {
    const auto opened = openModel(golden("llama.gguf"));
    const Folder folder;
    QVERIFY(exportOpened(folder.path(), *opened, StoredType::F16).ok());
    const auto again = openModel(folder.path());
    QVERIFY(again.ok());
    QCOMPARE(again->report.config.storedType, StoredType::F16);
    const auto a = widened(*opened), b = widened(*again);
    for (const auto& [name, values] : a)
        for (std::size_t i = 0; i < values.size(); ++i)
            QVERIFY(std::fabs(values[i] - b.at(name)[i]) <= std::fabs(values[i]) * 0x1p-11F + 0x1p-25F);
    QCOMPARE(codeOf(exportOpened(folder.path(), *opened, StoredType::I8)), QStringLiteral("VIT-LM-031"));
}

void TestReport::export_wrongTensors_refused() {
    const Folder folder;
    const ModelConfig config = openModel(golden("llama"))->report.config;
    std::vector<TensorToWrite> all;
    for (const ExpectedTensor& tensor : expectedTensors(config))
        all.push_back(zeros(tensor.name, StoredType::F32, tensor.shape));
    QVERIFY(exportModel(folder.path() / "whole", config, all).ok());
    auto missing = all;
    missing.pop_back();
    QCOMPARE(codeOf(exportModel(folder.path() / "x", config, missing)), QStringLiteral("VIT-LM-111"));
    auto extra = all;
    extra.push_back(zeros("strange", StoredType::F32, {1}));
    QCOMPARE(codeOf(exportModel(folder.path() / "x", config, extra)), QStringLiteral("VIT-LM-111"));
    auto wrong = all;
    wrong[0].shape = {16, 40};
    QCOMPARE(codeOf(exportModel(folder.path() / "x", config, wrong)), QStringLiteral("VIT-LM-111"));
    auto twice = all;
    twice.push_back(all.back());
    QCOMPARE(codeOf(exportModel(folder.path() / "x", config, twice)), QStringLiteral("VIT-LM-111"));
    QVERIFY(!fs::exists(folder.path() / "x"));
}

void TestReport::export_vision_refused() {
    const Folder folder;
    const auto opened = openModel(golden("qwen2_5_vl"));
    QCOMPARE(codeOf(exportOpened(folder.path() / "x", *opened)), QStringLiteral("VIT-LM-110"));
    QVERIFY(!fs::exists(folder.path() / "x"));
}

VITRINE_CORE_TEST(TestReport)
#include "tst_lm_report.moc"
