// SPDX-License-Identifier: GPL-3.0-or-later
// Tokenizers from the header of a GGUF file.
#include "core/lm/tokenizer/fileparts.hpp"

#include <array>

namespace vitrine::lm {

namespace {

/// What a name of tokenizer.ggml.pre stands for.
struct Pre {
    const char* name;
    KnownPattern pattern;
    bool eachDigit; ///< digits are cut off one by one first
    bool nfc;
    bool ignoreMerges;
    bool addBos; ///< where the header does not say
};

constexpr std::array<Pre, 10> Pres{{{"gpt-2", KnownPattern::Gpt2, false, false, false, false},
                                    {"smollm", KnownPattern::Gpt2, true, false, false, false},
                                    {"starcoder", KnownPattern::Gpt2, true, false, false, false},
                                    {"refact", KnownPattern::Gpt2, true, false, false, false},
                                    {"command-r", KnownPattern::Gpt2, true, false, false, false},
                                    {"llama-bpe", KnownPattern::Llama3, false, false, true, true},
                                    {"llama3", KnownPattern::Llama3, false, false, true, true},
                                    {"llama-v3", KnownPattern::Llama3, false, false, true, true},
                                    {"qwen2", KnownPattern::Qwen2, false, true, false, false},
                                    {"deepseek-r1-qwen", KnownPattern::Qwen2, false, true, false, false}}};

enum TokenType : std::int32_t { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };

const Pre* preNamed(const std::string& name) {
    for (const Pre& each : Pres)
        if (name == each.name) return &each;
    return nullptr;
}

bool isAdded(std::int32_t type) {
    return type == Control || type == UserDefined || type == Unknown;
}

void readTokens(const GgufTokenizer& header, FileProblems& problems, PipelineParts& out) {
    const std::string path = "tokenizer.ggml.tokens";
    if (header.tokens.empty() || header.tokens.size() >= static_cast<std::size_t>(Vocabulary::MostIds))
        return problems.malformed(path, "a list of 1 to 2^24 tokens");
    if (!header.types.empty() && header.types.size() != header.tokens.size())
        return problems.malformed("tokenizer.ggml.token_type", "as long as the list of tokens");
    out.vocabulary->reserve(header.tokens.size());
    for (std::size_t i = 0; i < header.tokens.size(); ++i) {
        const auto id = static_cast<TokenId>(i);
        if (!out.vocabulary->add(header.tokens[i], id))
            return problems.malformed(path + "[" + std::to_string(i) + "]", "different from all others");
    }
}

void readAdded(const GgufTokenizer& header, FileProblems& problems, PipelineParts& out) {
    for (std::size_t i = 0; i < header.types.size() && !problems.any(); ++i) {
        if (!isAdded(header.types[i]) || header.tokens[i].empty()) continue;
        AddedToken token;
        token.content = header.tokens[i];
        token.special = header.types[i] != UserDefined;
        addToken(std::move(token), "tokenizer.ggml.tokens[" + std::to_string(i) + "]", problems, out);
    }
}

std::optional<TokenId> checkedId(const std::optional<TokenId>& id, const char* path, const PipelineParts& parts,
                                 FileProblems& problems) {
    if (id && !parts.vocabulary->contains(*id)) problems.malformed(path, "the id of a token");
    return id;
}

void readRoles(const GgufTokenizer& header, const Pre& pre, FileProblems& problems, PipelineParts& out) {
    out.special.bos = checkedId(header.bos, "tokenizer.ggml.bos_token_id", out, problems);
    out.special.eos = checkedId(header.eos, "tokenizer.ggml.eos_token_id", out, problems);
    out.special.pad = checkedId(header.pad, "tokenizer.ggml.padding_token_id", out, problems);
    out.special.unk = checkedId(header.unk, "tokenizer.ggml.unknown_token_id", out, problems);
    if (!header.addBos.value_or(pre.addBos) || !out.special.bos) return;
    using Kind = TemplatePlace::Kind;
    const TemplatePlace bos{Kind::Special, {*out.special.bos}, 0};
    out.post.single = {bos, {Kind::First, {}, 0}};
    out.post.pair = {bos, {Kind::First, {}, 0}, {Kind::Second, {}, 0}};
}

void readCuts(const Pre& pre, PipelineParts& out) {
    if (pre.nfc) out.normalizer.add(NormalStep::Nfc);
    if (pre.eachDigit) {
        Cut digits;
        digits.kind = CutKind::Digits;
        out.preTokenizer.add(std::move(digits));
    }
    Cut cut;
    cut.known = pre.pattern;
    out.preTokenizer.add(std::move(cut));
}

} // namespace

Result<TokenizerPtr> tokenizerFromGguf(const GgufTokenizer& header) {
    PipelineParts parts;
    FileProblems problems;
    if (header.model != "gpt2") problems.unsupported("tokenizer.ggml.model", "\"" + header.model + "\"");
    const Pre* pre = preNamed(header.pre);
    if (!pre) problems.unsupported("tokenizer.ggml.pre", "\"" + header.pre + "\"");
    if (!problems.any()) readTokens(header, problems, parts);
    if (problems.any()) return problems.error();
    std::vector<MergeLine> lines;
    lines.reserve(header.merges.size());
    for (std::size_t i = 0; i < header.merges.size(); ++i) {
        lines.push_back(splitMerge(header.merges[i]));
        if (lines.back().left.empty() || lines.back().right.empty())
            problems.malformed("tokenizer.ggml.merges[" + std::to_string(i) + "]", "two tokens");
    }
    BpeParts bpe;
    if (!problems.any()) bpe.merges = readMerges(lines, *parts.vocabulary, "tokenizer.ggml.merges", problems);
    bpe.ignoreMerges = pre->ignoreMerges;
    readCuts(*pre, parts);
    if (!problems.any()) readAdded(header, problems, parts);
    if (!problems.any()) readRoles(header, *pre, problems, parts);
    if (problems.any()) return problems.error();
    parts.info = {.kind = "byte-level BPE",
                  .normalizer = parts.normalizer.name(),
                  .split = parts.preTokenizer.name(),
                  .merges = bpe.merges.count()};
    parts.model = std::make_unique<BpeModel>(*parts.vocabulary, std::move(bpe));
    return TokenizerPtr(std::make_shared<PipelineTokenizer>(std::move(parts)));
}

} // namespace vitrine::lm
