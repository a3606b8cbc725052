// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/loadreport.hpp"

#include "core/base/files.hpp"

#include <algorithm>
#include <map>
#include <new>
#include <utility>

namespace vitrine::lm {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t MaxSmallFile = 64 << 20;

Error asWarning(Error error) {
    error.severity = Severity::Warning;
    return error;
}

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string shapeText(const std::vector<std::int64_t>& shape) {
    std::string text;
    for (const std::int64_t extent : shape) text += (text.empty() ? "" : ", ") + std::to_string(extent);
    return "[" + text + "]";
}

void countTensors(const Checkpoint& checkpoint, LoadReport& report) {
    std::map<StoredType, TypeUse> use;
    for (const TensorInfo& tensor : checkpoint.tensors()) {
        TypeUse& one = use.try_emplace(tensor.type, TypeUse{tensor.type}).first->second;
        ++one.tensors;
        one.bytes += tensor.bytes;
    }
    for (const auto& [type, one] : use) report.types.push_back(one);
    std::stable_sort(report.types.begin(), report.types.end(),
                     [](const TypeUse& a, const TypeUse& b) { return a.bytes > b.bytes; });
    report.tensors = static_cast<std::int64_t>(checkpoint.tensors().size());
}

void countWeights(const Checkpoint& checkpoint, LoadReport& report) {
    for (const Weight& weight : report.match.weights) {
        report.parameters += static_cast<std::int64_t>(elementCount(weight.shape).value_or(0));
        report.weightBytes += checkpoint.tensors()[weight.tensor].bytes;
    }
}

void addMatchProblems(LoadReport& report, const std::string& where) {
    const WeightMatch& match = report.match;
    if (!match.missing.empty())
        report.problems.push_back(makeError("VIT-LM-090", "%1 tensors of the model are missing: %2",
                                            {std::to_string(match.missing.size()), joined(match.missing)},
                                            "Bring all files of the model into one folder", where));
    if (!match.unexpected.empty())
        report.problems.push_back(makeError("VIT-LM-091",
                                            "%1 tensors do not belong to a model of this configuration: %2",
                                            {std::to_string(match.unexpected.size()), joined(match.unexpected)},
                                            "Take configuration and weights of the same model", where));
    for (const ShapeMismatch& wrong : match.mismatched)
        report.problems.push_back(makeError("VIT-LM-092", "The tensor %1 should be %2, but is %3",
                                            {wrong.name, shapeText(wrong.expected), shapeText(wrong.found)},
                                            "Take configuration and weights of the same model", where));
    if (!match.unusable.empty())
        report.problems.push_back(makeError("VIT-LM-093", "%1 tensors have a type that cannot be run: %2",
                                            {std::to_string(match.unusable.size()), joined(match.unusable)},
                                            "Take the model in BF16 or F16", where));
    if (match.hasSpareHead)
        report.problems.push_back(asWarning(
            makeError("VIT-LM-094", "The head is shared with the embedding, yet the file has one; it is not used", {},
                      {}, where)));
}

void addStopProblems(LoadReport& report, const std::string& where) {
    if (report.config.family == Family::Bert) return;
    if (report.stopIds.empty())
        report.problems.push_back(asWarning(
            makeError("VIT-LM-095", "No token ends a text; generation stops at its limit only", {}, {}, where)));
    for (const std::int64_t id : report.stopIds)
        if (id >= report.config.vocabulary)
            report.problems.push_back(
                asWarning(makeError("VIT-LM-096", "The stop token %1 is outside the vocabulary of %2",
                                    {std::to_string(id), std::to_string(report.config.vocabulary)}, {}, where)));
}

/// Nothing when the file is absent or not JSON; the latter is noted.
Json readSmallJson(const fs::path& file, std::vector<Error>& problems) {
    if (file.empty()) return nullptr;
    const Result<std::string> text = readFile(file, MaxSmallFile);
    Result<Json> json = text ? parseJson(*text, file.string()) : Result<Json>(text.error());
    if (json) return *std::move(json);
    problems.push_back(asWarning(json.error()));
    return nullptr;
}

void findTextSources(const ModelFiles& files, const Checkpoint& checkpoint, LoadReport& report) {
    const bool isGguf = checkpoint.format() == CheckpointFormat::Gguf;
    const bool hasTokens = checkpoint.metadata().get<std::vector<std::string>>("tokenizer.ggml.tokens") != nullptr;
    if (isGguf && hasTokens)
        report.tokenizerSource = "GGUF header";
    else if (!files.tokenizer.empty())
        report.tokenizerSource = "tokenizer.json";
    if (isGguf && checkpoint.metadata().get<std::string>("tokenizer.chat_template"))
        report.templateSource = "GGUF header";
    else if (!files.chatTemplate.empty())
        report.templateSource = "chat_template.jinja";
    else if (const Json config = readSmallJson(files.tokenizerConfig, report.problems);
             config.is_object() && config.contains("chat_template") && !config["chat_template"].is_null())
        report.templateSource = "tokenizer_config.json";
    if (report.tokenizerSource.empty())
        report.problems.push_back(
            asWarning(makeError("VIT-LM-097",
                                "There is no tokenizer beside the model; it takes and gives token "
                                "numbers only",
                                {}, "Bring tokenizer.json into the folder", files.folder.string())));
}

Result<ConfigReading> configOf(const ModelFiles& files, const Checkpoint& checkpoint) {
    if (checkpoint.format() == CheckpointFormat::Gguf) return modelConfigOfGguf(checkpoint);
    if (files.config.empty())
        return makeError("VIT-LM-098", "There is no config.json beside %1", {files.weights.string()},
                         "Bring the model's config.json into the folder of its weights");
    return readModelConfig(files.config);
}

Result<OpenedModel> open(const fs::path& path) {
    OpenedModel opened;
    Result<ModelFiles> files = findModelFiles(path);
    if (!files) return files.error();
    opened.files = *std::move(files);
    Result<std::shared_ptr<const Checkpoint>> checkpoint = openCheckpoint(opened.files.weights);
    if (!checkpoint) return checkpoint.error();
    opened.checkpoint = *std::move(checkpoint);
    Result<ConfigReading> reading = configOf(opened.files, *opened.checkpoint);
    if (!reading) return reading.error();

    LoadReport& report = opened.report;
    const std::string where = opened.files.weights.string();
    report.path = path;
    report.format = opened.checkpoint->format();
    report.config = std::move(reading->config);
    report.problems = std::move(reading->problems);
    report.problems.insert(report.problems.end(), opened.checkpoint->warnings().begin(),
                           opened.checkpoint->warnings().end());
    countTensors(*opened.checkpoint, report);
    if (const Json json = readSmallJson(opened.files.generationConfig, report.problems); !json.is_null())
        report.generation = readGenerationDefaults(json, report.problems);
    if (!report.canLoad()) return opened; // sizes are not to be trusted
    report.match = matchWeights(report.config, *opened.checkpoint);
    report.stopIds = stopIds(report.config, report.generation);
    countWeights(*opened.checkpoint, report);
    addMatchProblems(report, where);
    addStopProblems(report, where);
    findTextSources(opened.files, *opened.checkpoint, report);
    return opened;
}

} // namespace

bool LoadReport::canLoad() const {
    return firstError(problems) == nullptr;
}

MemoryNeed memoryNeed(const LoadReport& report, const MemoryPlan& plan) {
    const ModelConfig& c = report.config;
    MemoryNeed need;
    need.weights = plan.weightElementBytes > 0
                       ? static_cast<std::uint64_t>(plan.weightElementBytes * static_cast<double>(report.parameters))
                       : report.weightBytes;
    need.kv = static_cast<std::uint64_t>(report.kvBytesPerToken(plan.kvElementBytes) * plan.tokens);
    // an encoder has no positions past its last and takes a text at once
    const std::int64_t tokens = c.family == Family::Bert ? std::min(plan.tokens, c.maxPositions) : plan.tokens;
    const std::int64_t chunk = c.family == Family::Bert ? tokens : std::min(plan.chunk, tokens);
    const std::int64_t activations = chunk * (4 * c.width + 3 * c.inner + (2 * c.heads + 2 * c.kvHeads) * c.headDim);
    const std::int64_t scores = c.heads * chunk * tokens;
    need.workspace = 4 * static_cast<std::uint64_t>(activations + scores + 2 * c.vocabulary);
    return need;
}

Result<OpenedModel> openModel(const fs::path& path) {
    try {
        return open(path);
    } catch (const std::bad_alloc&) {
        return makeError("VIT-LM-005", "There is not enough memory for the list of tensors of %1", {path.string()},
                         "Close other programs, or take a smaller model");
    }
}

Json toJson(const LoadReport& report) {
    const ModelConfig& c = report.config;
    Json types = Json::array();
    for (const TypeUse& use : report.types)
        types.push_back({{"type", traits(use.type).name}, {"tensors", use.tensors}, {"bytes", use.bytes}});
    Json problems = Json::array();
    for (const Error& problem : report.problems) problems.push_back(vitrine::toJson(problem));
    const char* format = report.format == CheckpointFormat::Gguf          ? "gguf"
                         : report.format == CheckpointFormat::Safetensors ? "safetensors"
                                                                          : "safetensors shards";
    const MemoryNeed need = memoryNeed(report, {});
    return {{"path", report.path.string()},
            {"format", format},
            {"family", familyName(c.family)},
            {"architecture", c.architecture},
            {"parameters", report.parameters},
            {"tensors", report.tensors},
            {"bytes", report.weightBytes},
            {"types", std::move(types)},
            {"layers", c.layers},
            {"width", c.width},
            {"heads", c.heads},
            {"kv_heads", c.kvHeads},
            {"head_dim", c.headDim},
            {"vocabulary", c.vocabulary},
            {"context", c.maxPositions},
            {"rope", ropeTypeName(c.rope.type)},
            {"tied_head", report.match.headIsShared},
            {"kv_bytes_per_token", report.kvBytesPerToken()},
            {"memory",
             {{"weights", need.weights}, {"kv", need.kv}, {"workspace", need.workspace}, {"total", need.total()}}},
            {"missing", report.match.missing},
            {"unexpected", report.match.unexpected},
            {"ignored", report.match.ignored},
            {"stop_ids", report.stopIds},
            {"tokenizer_source", report.tokenizerSource},
            {"template_source", report.templateSource},
            {"can_load", report.canLoad()},
            {"problems", std::move(problems)}};
}

} // namespace vitrine::lm
