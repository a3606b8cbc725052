// SPDX-License-Identifier: GPL-3.0-or-later
// Normaliser, pre-tokenizer, decoder and post-processor of a tokenizer.json.
#include "core/lm/tokenizer/fileparts.hpp"

#include <array>

namespace vitrine::lm {

namespace {

constexpr std::size_t MostSteps = 64;

void readBertNormalizer(const JsonNode& node, Normalizer& out) {
    const bool lowercase = node["lowercase"].flag(true);
    if (node["clean_text"].flag(true)) out.add(NormalStep::BertClean);
    if (node["handle_chinese_chars"].flag(true)) out.add(NormalStep::BertIdeographs);
    if (node["strip_accents"].flag(lowercase)) out.add(NormalStep::StripNonspacing);
    if (lowercase) out.add(NormalStep::Lowercase);
}

SplitBehavior readBehavior(const JsonNode& node) {
    static constexpr std::array<const char*, 5> names{"Isolated", "Removed", "MergedWithPrevious", "MergedWithNext",
                                                      "Contiguous"};
    const std::string name = node.requiredText();
    for (std::size_t i = 0; i < names.size(); ++i)
        if (name == names[i]) return static_cast<SplitBehavior>(i);
    node.unsupported(name);
    return SplitBehavior::Isolated;
}

void readSplit(const JsonNode& node, PreTokenizer& out) {
    Cut cut;
    const JsonNode pattern = node["pattern"];
    const SplitBehavior behavior = readBehavior(node["behavior"]);
    const bool invert = node["invert"].flag(false);
    if (pattern["String"].isNull()) {
        cut = patternCut(pattern["Regex"].requiredText(), pattern["Regex"].path(), node.problems());
        // A scanner's pieces are all matches.
        const bool isPlain = !invert && behavior == SplitBehavior::Isolated;
        const bool keepsMatches = invert && behavior == SplitBehavior::Removed;
        if (cut.kind == CutKind::Known && (isPlain || keepsMatches)) return out.add(std::move(cut));
        if (cut.kind == CutKind::Known) {
            auto regex = Regex::compile(patternText(cut.known), pattern.path());
            if (regex) cut.regex = std::move(*regex);
            cut.kind = CutKind::Pattern;
        }
    } else {
        cut.kind = CutKind::Literal;
        cut.literal = pattern["String"].requiredText();
        if (cut.literal.empty()) pattern["String"].malformed("a text of at least one character");
    }
    cut.behavior = behavior;
    cut.invert = invert;
    out.add(std::move(cut));
}

struct PreReader {
    PipelineParts& out;
    ByteLevelUse& bytes;
    bool isFirst = true;

    void read(const JsonNode& node) {
        const std::string type = node["type"].requiredText();
        if (type == "Sequence") return readSequence(node);
        if (bytes.cuts) return node["type"].unsupported(type + " after ByteLevel");
        if (type == "ByteLevel")
            readByteLevel(node);
        else if (type == "Split")
            readSplit(node, out.preTokenizer);
        else if (type == "Digits")
            addSimple(CutKind::Digits,
                      node["individual_digits"].flag(false) ? SplitBehavior::Isolated : SplitBehavior::Contiguous);
        else if (type == "BertPreTokenizer")
            addSimple(CutKind::Bert, SplitBehavior::Isolated);
        else if (type == "WhitespaceSplit")
            addSimple(CutKind::WhiteSpace, SplitBehavior::Removed);
        else if (type == "Punctuation")
            addSimple(CutKind::Punctuation,
                      node["behavior"].isNull() ? SplitBehavior::Isolated : readBehavior(node["behavior"]));
        else
            node["type"].unsupported(type);
        isFirst = false;
    }

    void addSimple(CutKind kind, SplitBehavior behavior) {
        Cut cut;
        cut.kind = kind;
        cut.behavior = behavior;
        out.preTokenizer.add(std::move(cut));
    }

    void readSequence(const JsonNode& node) {
        const JsonNode list = node["pretokenizers"];
        const std::size_t count = list.arraySize();
        if (count > MostSteps) return list.malformed("a list of at most 64");
        for (std::size_t i = 0; i < count && !node.problems().any(); ++i) {
            if (list[i]["type"].text() == "Sequence") return list[i]["type"].unsupported("Sequence in a Sequence");
            read(list[i]);
        }
    }

    void readByteLevel(const JsonNode& node) {
        if (node["add_prefix_space"].flag(true)) {
            // Before other cuts the space stands in front of the whole stretch, which a normaliser can do.
            if (!isFirst) return node["add_prefix_space"].unsupported("true after another pre-tokenizer");
            out.normalizer.add(NormalStep::PrefixSpace);
        }
        if (node["use_regex"].flag(true)) {
            Cut cut;
            cut.kind = CutKind::Known;
            cut.known = KnownPattern::Gpt2;
            out.preTokenizer.add(std::move(cut));
        }
        bytes.cuts = true;
    }
};

// --- post-processor ------------------------------------------------------------------------------------------------

std::vector<TokenId> readSpecialIds(const JsonNode& node, const PipelineParts& parts) {
    std::vector<TokenId> ids;
    const std::size_t count = node["ids"].arraySize();
    for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t id = node["ids"][i].integer(-1);
        if (id < 0 || id >= Vocabulary::MostIds || !parts.vocabulary->contains(static_cast<TokenId>(id)))
            node["ids"][i].malformed("the id of a token");
        ids.push_back(static_cast<TokenId>(id));
    }
    return ids;
}

std::vector<TemplatePlace> readPlaces(const JsonNode& list, const JsonNode& specials, const PipelineParts& parts) {
    std::vector<TemplatePlace> places;
    const std::size_t count = list.isNull() ? 0 : list.arraySize();
    if (count > MostSteps) list.malformed("a list of at most 64");
    for (std::size_t i = 0; i < count && !list.problems().any(); ++i) {
        const JsonNode special = list[i]["SpecialToken"], sequence = list[i]["Sequence"];
        const JsonNode& node = special.isNull() ? sequence : special;
        if (node.isNull()) list[i].malformed("SpecialToken or Sequence");
        TemplatePlace place;
        const std::string id = node["id"].requiredText();
        const std::int64_t type = node["type_id"].integer(0);
        if (type < 0 || type > 1) node["type_id"].unsupported(std::to_string(type));
        place.type = static_cast<std::uint8_t>(type);
        if (!special.isNull()) {
            place.kind = TemplatePlace::Kind::Special;
            place.ids = readSpecialIds(specials[id], parts);
        } else if (id == "A" || id == "B") {
            place.kind = id == "A" ? TemplatePlace::Kind::First : TemplatePlace::Kind::Second;
        } else {
            node["id"].malformed("A or B");
        }
        places.push_back(std::move(place));
    }
    return places;
}

TemplatePlace pairToken(const JsonNode& node, const PipelineParts& parts, std::uint8_t type) {
    TemplatePlace place{TemplatePlace::Kind::Special, {}, type};
    const std::int64_t id = node[1].integer(-1);
    if (id < 0 || id >= Vocabulary::MostIds || !parts.vocabulary->contains(static_cast<TokenId>(id)))
        node.malformed("a token and its id");
    place.ids = {static_cast<TokenId>(id)};
    return place;
}

void readBertProcessing(const JsonNode& node, PipelineParts& out) {
    using Kind = TemplatePlace::Kind;
    const TemplatePlace begin = pairToken(node["cls"], out, 0);
    const TemplatePlace end = pairToken(node["sep"], out, 0), secondEnd = pairToken(node["sep"], out, 1);
    out.post.single = {begin, {Kind::First, {}, 0}, end};
    out.post.pair = {begin, {Kind::First, {}, 0}, end, {Kind::Second, {}, 1}, secondEnd};
}

void readOnePost(const JsonNode& node, PipelineParts& out) {
    const std::string type = node["type"].requiredText();
    if (type == "ByteLevel") return; // moves offsets alone
    if (!out.post.single.empty()) return node["type"].unsupported(type + " after another");
    if (type == "TemplateProcessing") {
        out.post.single = readPlaces(node["single"], node["special_tokens"], out);
        out.post.pair = readPlaces(node["pair"], node["special_tokens"], out);
    } else if (type == "BertProcessing") {
        readBertProcessing(node, out);
    } else {
        node["type"].unsupported(type);
    }
}

} // namespace

Cut patternCut(std::string_view pattern, const std::string& path, FileProblems& problems) {
    Cut cut;
    if (const auto known = knownPattern(pattern)) {
        cut.known = *known;
        return cut;
    }
    cut.kind = CutKind::Pattern;
    auto regex = Regex::compile(pattern, path);
    if (regex)
        cut.regex = std::move(*regex);
    else
        problems.set(regex.error());
    return cut;
}

void readNormalizer(const JsonNode& node, Normalizer& out) {
    if (node.isNull()) return;
    struct Named {
        const char* name;
        NormalStep step;
    };
    static constexpr std::array<Named, 6> named{{{"NFC", NormalStep::Nfc},
                                                 {"NFD", NormalStep::Nfd},
                                                 {"NFKC", NormalStep::Nfkc},
                                                 {"NFKD", NormalStep::Nfkd},
                                                 {"Lowercase", NormalStep::Lowercase},
                                                 {"StripAccents", NormalStep::StripMarks}}};
    const std::string type = node["type"].requiredText();
    if (type == "BertNormalizer") return readBertNormalizer(node, out);
    if (type == "Sequence") {
        const JsonNode list = node["normalizers"];
        const std::size_t count = list.arraySize();
        if (count > MostSteps) return list.malformed("a list of at most 64");
        for (std::size_t i = 0; i < count && !node.problems().any(); ++i) {
            if (list[i]["type"].text() == "Sequence") return list[i]["type"].unsupported("Sequence in a Sequence");
            readNormalizer(list[i], out);
        }
        return;
    }
    for (const Named& each : named)
        if (type == each.name) return out.add(each.step);
    node["type"].unsupported(type);
}

void readPreTokenizer(const JsonNode& node, PipelineParts& out, ByteLevelUse& bytes) {
    if (!node.isNull()) PreReader{out, bytes}.read(node);
}

void readDecoder(const JsonNode& node, PipelineParts& out) {
    if (node.isNull()) return;
    const std::string type = node["type"].requiredText();
    if (type == "ByteLevel") {
        out.decoder = DecoderKind::Bytes;
    } else if (type == "Fuse") {
        out.decoder = DecoderKind::Join;
    } else if (type == "WordPiece") {
        out.decoder = DecoderKind::WordPiece;
        out.continuation = node["prefix"].text("##");
        out.cleanUp = node["cleanup"].flag(true);
    } else {
        node["type"].unsupported(type);
    }
}

void readPostProcessor(const JsonNode& node, PipelineParts& out) {
    if (node.isNull()) return;
    if (node["type"].text() != "Sequence") return readOnePost(node, out);
    const JsonNode list = node["processors"];
    const std::size_t count = list.arraySize();
    if (count > MostSteps) return list.malformed("a list of at most 64");
    for (std::size_t i = 0; i < count && !node.problems().any(); ++i) readOnePost(list[i], out);
}

} // namespace vitrine::lm
