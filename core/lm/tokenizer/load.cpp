// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/tokenizer/load.hpp"

#include "core/base/files.hpp"
#include "core/lm/tokenizer/fileparts.hpp"
#include "core/lm/tokenizer/wordpiece.hpp"

#include <algorithm>

namespace vitrine::lm {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t LargestFile = 512ULL << 20U;

Result<TokenizerPtr> finish(PipelineParts parts, const FileProblems& problems, const std::string& where) {
    if (problems.any()) {
        Error error = problems.error();
        if (error.where.empty()) error.where = where;
        return error;
    }
    parts.info.normalizer = parts.normalizer.name();
    parts.info.split = parts.preTokenizer.name();
    return TokenizerPtr(std::make_shared<PipelineTokenizer>(std::move(parts)));
}

bool isFile(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

/// A JSON file that may be missing (null then).
Result<Json> readOptionalJson(const fs::path& path) {
    if (!isFile(path)) return Json();
    auto text = readFile(path, LargestFile);
    if (!text) return text.error();
    return parseJson(*text, path.string());
}

/// The text of a special token, which files write as a text or as an object with `content`.
std::string nameOf(const Json& config, const char* role) {
    if (!config.is_object() || !config.contains(role)) return {};
    const Json& value = config[role];
    if (value.is_string()) return value.get<std::string>();
    if (value.is_object() && value.contains("content") && value["content"].is_string())
        return value["content"].get<std::string>();
    return {};
}

SpecialNames namesFrom(const Json& config, const Json& map) {
    const auto either = [&](const char* role) {
        std::string name = nameOf(config, role);
        return name.empty() ? nameOf(map, role) : name;
    };
    return {either("bos_token"), either("eos_token"), either("pad_token"), either("unk_token")};
}

/// Added tokens of a tokenizer_config.json: id (as a text) -> properties.
void readAddedDecoder(const JsonNode& node, PipelineParts& out) {
    if (!node.json().is_object()) return;
    for (const auto& [key, value] : node.json().items()) {
        const JsonNode each = node[key];
        const bool isNumber = key.size() <= 8 && key.find_first_not_of("0123456789") == std::string::npos;
        readAddedToken(each, isNumber ? std::stoi("0" + key) : -1, out);
        if (node.problems().any()) return;
    }
}

/// Roles that no added token carries yet become special tokens.
void addRoles(const SpecialNames& names, FileProblems& problems, PipelineParts& out) {
    for (const std::string& name : {names.bos, names.eos, names.pad, names.unk}) {
        const bool isKnown = name.empty() || std::any_of(out.added.begin(), out.added.end(),
                                                         [&](const AddedToken& t) { return t.content == name; });
        if (isKnown || !out.vocabulary->find(name)) continue;
        AddedToken token;
        token.content = name;
        token.special = true;
        addToken(std::move(token), "special_tokens_map", problems, out);
    }
}

std::vector<std::string_view> linesOf(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.push_back(line);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return lines;
}

/// The split rule and the normaliser that files before tokenizer.json leave to the class named in the configuration.
void readClass(const JsonNode& config, PipelineParts& out) {
    const std::string name = config["tokenizer_class"].text("GPT2Tokenizer");
    Cut cut;
    if (name.starts_with("Qwen2Tokenizer")) {
        cut.known = KnownPattern::Qwen2;
        out.normalizer.add(NormalStep::Nfc);
    } else if (!name.starts_with("GPT2Tokenizer")) {
        return config["tokenizer_class"].unsupported(name);
    }
    out.preTokenizer.add(std::move(cut));
    if (config["add_prefix_space"].flag(false)) out.normalizer.add(NormalStep::PrefixSpace);
}

Result<TokenizerPtr> loadMerges(const fs::path& folder, const Json& config, const SpecialNames& names) {
    const fs::path vocabularyPath = folder / "vocab.json", mergesPath = folder / "merges.txt";
    auto vocabulary = readOptionalJson(vocabularyPath);
    if (!vocabulary) return vocabulary.error();
    auto merges = readFile(mergesPath, LargestFile);
    if (!merges) return merges.error();
    PipelineParts parts;
    FileProblems problems;
    readClass(JsonNode(config, {}, problems), parts);
    Json model{{"type", "BPE"}, {"vocab", std::move(*vocabulary)}, {"merges", Json::array()}};
    for (const std::string_view line : linesOf(*merges)) {
        if (line.empty() || line.starts_with("#version")) continue;
        model["merges"].push_back(std::string(line));
    }
    readModel(JsonNode(model, {}, problems), parts, {true});
    if (!problems.any()) readAddedDecoder(JsonNode(config, {}, problems)["added_tokens_decoder"], parts);
    if (!problems.any()) addRoles(names, problems, parts);
    if (!problems.any()) parts.special = specialIds(names, *parts.vocabulary);
    return finish(std::move(parts), problems, vocabularyPath.string());
}

/// BERT's one token a line.
Result<TokenizerPtr> loadWordList(const fs::path& folder, const Json& config, SpecialNames names) {
    const fs::path path = folder / "vocab.txt";
    auto text = readFile(path, LargestFile);
    if (!text) return text.error();
    Json vocabulary = Json::object();
    TokenId next = 0;
    for (const std::string_view line : linesOf(*text)) vocabulary[std::string(line)] = next++;
    const Json normal{{"type", "BertNormalizer"},
                      {"lowercase", config.is_object() ? config.value("do_lower_case", Json(true)) : Json(true)},
                      {"strip_accents", config.is_object() ? config.value("strip_accents", Json()) : Json()}};
    const Json model{{"type", "WordPiece"}, {"vocab", std::move(vocabulary)}};
    PipelineParts parts;
    FileProblems problems;
    ByteLevelUse bytes;
    const Json pre{{"type", "BertPreTokenizer"}};
    readNormalizer(JsonNode(normal, {}, problems), parts.normalizer);
    readPreTokenizer(JsonNode(pre, {}, problems), parts, bytes);
    readModel(JsonNode(model, {}, problems), parts, bytes);
    parts.cleanUp = true;
    if (names.unk.empty()) names.unk = "[UNK]";
    if (names.pad.empty()) names.pad = "[PAD]";
    for (const char* content : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}) {
        if (problems.any() || !parts.vocabulary->find(content)) continue;
        addToken({.content = content, .special = true}, path.string(), problems, parts);
    }
    const auto begin = parts.vocabulary->find("[CLS]"), end = parts.vocabulary->find("[SEP]");
    if (begin && end) {
        const Json post{{"type", "BertProcessing"}, {"cls", {"[CLS]", *begin}}, {"sep", {"[SEP]", *end}}};
        readPostProcessor(JsonNode(post, {}, problems), parts);
    }
    if (!problems.any()) parts.special = specialIds(names, *parts.vocabulary);
    return finish(std::move(parts), problems, path.string());
}

Result<TokenizerPtr> loadFolder(const fs::path& folder) {
    const auto config = readOptionalJson(folder / "tokenizer_config.json");
    if (!config) return config.error();
    const auto map = readOptionalJson(folder / "special_tokens_map.json");
    if (!map) return map.error();
    const SpecialNames names = namesFrom(*config, *map);
    if (const fs::path file = folder / "tokenizer.json"; isFile(file)) {
        auto text = readFile(file, LargestFile);
        if (!text) return text.error();
        return tokenizerFromJson(*text, names, file.string());
    }
    if (isFile(folder / "vocab.json") && isFile(folder / "merges.txt")) return loadMerges(folder, *config, names);
    if (isFile(folder / "vocab.txt")) return loadWordList(folder, *config, names);
    const bool isSentencePiece = isFile(folder / "tokenizer.model");
    return makeError("VIT-TOK-006", "There is no tokenizer in %1", {folder.string()},
                     isSentencePiece ? "A SentencePiece model alone (tokenizer.model) is not supported"
                                     : "A folder needs tokenizer.json, vocab.json with merges.txt, or vocab.txt");
}

} // namespace

Result<TokenizerPtr> tokenizerFromJson(std::string_view text, const SpecialNames& names, const std::string& where) {
    auto json = parseJson(text, where);
    if (!json) return json.error();
    PipelineParts parts;
    FileProblems problems;
    const JsonNode root(*json, {}, problems);
    if (!json->is_object()) problems.malformed("tokenizer.json", "an object");
    ByteLevelUse bytes;
    readNormalizer(root["normalizer"], parts.normalizer);
    if (!problems.any()) readPreTokenizer(root["pre_tokenizer"], parts, bytes);
    if (!problems.any()) readModel(root["model"], parts, bytes);
    if (!problems.any()) readAddedTokens(root["added_tokens"], parts);
    if (!problems.any()) readDecoder(root["decoder"], parts);
    if (!problems.any()) readPostProcessor(root["post_processor"], parts);
    if (!problems.any()) {
        parts.special = specialIds(names, *parts.vocabulary);
        if (const JsonNode cut = root["truncation"]["max_length"]; cut.json().is_number_unsigned())
            parts.info.truncation = cut.json().get<std::size_t>();
    }
    return finish(std::move(parts), problems, where);
}

Result<TokenizerPtr> loadTokenizer(const fs::path& path) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) return loadFolder(path);
    auto text = readFile(path, LargestFile);
    if (!text) return text.error();
    return tokenizerFromJson(*text, {}, path.string());
}

} // namespace vitrine::lm
