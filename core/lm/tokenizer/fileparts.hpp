// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/tokenizer/bpe.hpp"
#include "core/lm/tokenizer/jsonreader.hpp"
#include "core/lm/tokenizer/load.hpp"
#include "core/lm/tokenizer/pipeline.hpp"

#include <string_view>
#include <vector>

// The members of a tokenizer.json, one reader each. They report through the node's FileProblems.
namespace vitrine::lm {

/// What the pre-tokenizer says about bytes, which the model depends on.
struct ByteLevelUse {
    bool cuts = false; ///< a ByteLevel pre-tokenizer is there
};

void readNormalizer(const JsonNode& node, Normalizer& out);
void readPreTokenizer(const JsonNode& node, PipelineParts& out, ByteLevelUse& bytes);
void readModel(const JsonNode& node, PipelineParts& out, const ByteLevelUse& bytes);
/// After the model: contents that the vocabulary has keep its ids.
void readAddedTokens(const JsonNode& node, PipelineParts& out);
/// One of them. \param id  -1: the vocabulary's, or a new one
void readAddedToken(const JsonNode& node, TokenId id, PipelineParts& out);
void readDecoder(const JsonNode& node, PipelineParts& out);
void readPostProcessor(const JsonNode& node, PipelineParts& out);

/// A merge of a file: the two tokens that join.
struct MergeLine {
    std::string_view left, right;
};
/// "left right" taken apart at its only space; empty texts when it is no such line.
[[nodiscard]] MergeLine splitMerge(std::string_view line);
/// Ranks in the order of `lines`. \param path of the list, for VIT-TOK-009. A line whose tokens are missing is a
/// problem.
[[nodiscard]] MergeTable readMerges(const std::vector<MergeLine>& lines, const Vocabulary& vocabulary,
                                    const std::string& path, FileProblems& problems);
/// Adds `token` to the vocabulary where needed and to the list. \param path for VIT-TOK-001
void addToken(AddedToken token, const std::string& path, FileProblems& problems, PipelineParts& out);
/// Ids of `names`; a name that is no token stays without one.
[[nodiscard]] SpecialIds specialIds(const SpecialNames& names, const Vocabulary& vocabulary);
/// A cut by `pattern`: its scanner if it has one. \errors VIT-TOK-003 through `problems`
[[nodiscard]] Cut patternCut(std::string_view pattern, const std::string& path, FileProblems& problems);

} // namespace vitrine::lm
