// SPDX-License-Identifier: GPL-3.0-or-later
// Vocabulary, merges and added tokens of a tokenizer.json.
#include "core/lm/tokenizer/characters.hpp"
#include "core/lm/tokenizer/fileparts.hpp"
#include "core/lm/tokenizer/wordpiece.hpp"

namespace vitrine::lm {

namespace {

constexpr std::size_t LongestAdded = 1024;

void readVocabulary(const JsonNode& node, Vocabulary& out) {
    if (!node.json().is_object()) return node.malformed("an object of tokens and ids");
    out.reserve(node.json().size());
    for (const auto& [token, id] : node.json().items()) {
        const bool isInRange = id.is_number_integer() && id >= 0 && id < Vocabulary::MostIds;
        if (!isInRange || !out.add(token, id.get<TokenId>()))
            return node[token].malformed("an id below 2^24 that no other token has");
    }
    if (out.count() == 0) node.malformed("an object of at least one token");
}

std::vector<MergeLine> readMergeLines(const JsonNode& node) {
    std::vector<MergeLine> lines;
    const std::size_t count = node.arraySize();
    lines.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Json& entry = node.json()[i];
        MergeLine line;
        if (entry.is_string())
            line = splitMerge(entry.get_ref<const std::string&>());
        else if (entry.is_array() && entry.size() == 2 && entry[0].is_string() && entry[1].is_string())
            line = {entry[0].get_ref<const std::string&>(), entry[1].get_ref<const std::string&>()};
        if (line.left.empty() || line.right.empty()) {
            node[i].malformed("two tokens");
            return {};
        }
        lines.push_back(line);
    }
    return lines;
}

std::optional<TokenId> readUnknown(const JsonNode& node, const Vocabulary& vocabulary) {
    if (node.isNull()) return std::nullopt;
    const auto id = vocabulary.find(node.text());
    if (!id) node.malformed("a token of the vocabulary");
    return id;
}

void readBpe(const JsonNode& node, PipelineParts& out, const ByteLevelUse& bytes) {
    for (const char* unused : {"dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback"})
        node[unused].mustBeUnused();
    readVocabulary(node["vocab"], *out.vocabulary);
    const std::vector<MergeLine> lines = readMergeLines(node["merges"]);
    const auto unk = readUnknown(node["unk_token"], *out.vocabulary);
    const bool fuse = node["fuse_unk"].flag(false);
    if (!bytes.cuts && !lines.empty()) return node.unsupported("BPE without a ByteLevel pre-tokenizer");
    if (!bytes.cuts) {
        out.model = std::make_unique<CharacterModel>(*out.vocabulary, unk, fuse);
        out.info.kind = "characters";
        return;
    }
    BpeParts parts;
    parts.merges = readMerges(lines, *out.vocabulary, node["merges"].path(), node.problems());
    parts.ignoreMerges = node["ignore_merges"].flag(false);
    parts.unk = unk;
    parts.fuseUnk = fuse;
    out.info.kind = "byte-level BPE";
    out.info.merges = parts.merges.count();
    out.model = std::make_unique<BpeModel>(*out.vocabulary, std::move(parts));
}

void readWordPiece(const JsonNode& node, PipelineParts& out) {
    readVocabulary(node["vocab"], *out.vocabulary);
    const JsonNode unkNode = node["unk_token"];
    const auto unk = out.vocabulary->find(unkNode.text("[UNK]"));
    if (!unk) return unkNode.malformed("a token of the vocabulary");
    WordPieceParts parts;
    parts.unk = *unk;
    parts.prefix = node["continuing_subword_prefix"].text("##");
    const std::int64_t longest = node["max_input_chars_per_word"].integer(100);
    if (longest < 1 || longest > 10'000) return node["max_input_chars_per_word"].malformed("from 1 to 10000");
    parts.longestWord = static_cast<std::size_t>(longest);
    out.continuation = parts.prefix;
    out.decoder = DecoderKind::WordPiece;
    out.info.kind = "WordPiece";
    out.model = std::make_unique<WordPieceModel>(*out.vocabulary, std::move(parts));
}

} // namespace

MergeLine splitMerge(std::string_view line) {
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || line.find(' ', space + 1) != std::string_view::npos) return {};
    return {line.substr(0, space), line.substr(space + 1)};
}

MergeTable readMerges(const std::vector<MergeLine>& lines, const Vocabulary& vocabulary, const std::string& path,
                      FileProblems& problems) {
    MergeTable table(lines.size());
    std::string joined;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        joined.assign(lines[i].left).append(lines[i].right);
        const auto left = vocabulary.find(lines[i].left), right = vocabulary.find(lines[i].right);
        const auto whole = vocabulary.find(joined);
        if (!left || !right || !whole) {
            const std::string_view missing = !left ? lines[i].left : !right ? lines[i].right : std::string_view(joined);
            problems.set(makeError("VIT-TOK-009", "%1 joins to or from \"%2\", which is no token of the vocabulary",
                                   {path + "[" + std::to_string(i) + "]", std::string(missing)}));
            return table;
        }
        table.set(*left, *right, {static_cast<std::uint32_t>(i), *whole});
    }
    return table;
}

void addToken(AddedToken token, const std::string& path, FileProblems& problems, PipelineParts& out) {
    if (token.content.empty() || token.content.size() > LongestAdded)
        return problems.malformed(path + ".content", "a text of 1 to 1024 bytes");
    if (const auto known = out.vocabulary->find(token.content))
        token.id = *known;
    else if (!out.vocabulary->add(token.content, token.id))
        return problems.malformed(path + ".id", "an id below 2^24 that no other token has");
    out.added.push_back(std::move(token));
}

void readAddedToken(const JsonNode& node, TokenId id, PipelineParts& out) {
    AddedToken token;
    token.id = id;
    token.content = node["content"].requiredText();
    token.singleWord = node["single_word"].flag(false);
    token.lstrip = node["lstrip"].flag(false);
    token.rstrip = node["rstrip"].flag(false);
    token.special = node["special"].flag(false);
    token.normalized = node["normalized"].flag(!token.special);
    if (!node.problems().any()) addToken(std::move(token), node.path(), node.problems(), out);
}

void readAddedTokens(const JsonNode& node, PipelineParts& out) {
    if (node.isNull()) return;
    const std::size_t count = node.arraySize();
    for (std::size_t i = 0; i < count && !node.problems().any(); ++i) {
        const JsonNode each = node[i];
        const std::int64_t id = each["id"].integer(-1);
        readAddedToken(each, id < 0 || id >= Vocabulary::MostIds ? -1 : static_cast<TokenId>(id), out);
    }
}

SpecialIds specialIds(const SpecialNames& names, const Vocabulary& vocabulary) {
    const auto find = [&](const std::string& name) { return name.empty() ? std::nullopt : vocabulary.find(name); };
    return {find(names.bos), find(names.eos), find(names.pad), find(names.unk)};
}

void readModel(const JsonNode& node, PipelineParts& out, const ByteLevelUse& bytes) {
    if (!node.json().is_object()) return node.malformed("an object");
    std::string type = node["type"].text();
    if (type.empty()) type = node["merges"].isNull() ? "WordPiece" : "BPE"; // files of early versions leave it out
    if (type == "BPE")
        readBpe(node, out, bytes);
    else if (type == "WordPiece")
        readWordPiece(node, out);
    else
        node["type"].unsupported(type);
}

} // namespace vitrine::lm
