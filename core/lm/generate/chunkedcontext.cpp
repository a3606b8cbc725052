// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/generate/chunkedcontext.hpp"

#include "core/lm/fieldproblems.hpp"

#include <ATen/core/Tensor.h>

#include <algorithm>

namespace vitrine::lm {

namespace {

std::vector<TokenId> tail(const std::vector<TokenId>& ids, std::int64_t count) {
    return {ids.end() - std::min<std::int64_t>(count, static_cast<std::int64_t>(ids.size())), ids.end()};
}

void addIds(std::vector<TokenId>& ids, const std::vector<DecodedToken>& tokens) {
    for (const DecodedToken& token : tokens) ids.push_back(token.id);
}

} // namespace

std::vector<Error> problemsOf(const ChunkOptions& options, std::int64_t query, const ModelConfig& config) {
    FieldProblems fields;
    fields.need(options.context >= 1, "context", options.context, "at least 1");
    fields.need(options.carry >= 0 && options.carry < options.context, "carry", options.carry,
                "at least 0 and below the context");
    fields.need(options.chunks >= 1, "chunks", options.chunks, "at least 1");
    fields.need(options.fold >= 0, "fold", options.fold, "at least 0");
    if (options.from == CarryFrom::Trimmed && options.fold >= 0)
        fields.need(options.fold < options.carry, "fold", options.fold, "below the carry");
    std::vector<Error> problems = fields.take();
    if (!problems.empty()) return problems;
    const std::int64_t head = options.from == CarryFrom::Trimmed ? 0 : options.fold; // there it is part of the carry
    const std::int64_t longest = query + options.context + (options.chunks > 1 ? head : 0);
    if (config.maxPositions > 0 && longest > config.maxPositions)
        problems.push_back(makeError("VIT-LM-244", "A chunk would have %1 tokens; the model was trained for %2",
                                     {std::to_string(longest), std::to_string(config.maxPositions)},
                                     "Make the context smaller, or the query shorter.", "context"));
    return problems;
}

std::int64_t thinkingBudget(const ChunkOptions& options) {
    return options.context + (options.chunks - 1) * (options.context - options.carry);
}

ChunkedContext::ChunkedContext(ModelPtr model, std::shared_ptr<KvCache> cache, std::int32_t text, DecodeOptions decode,
                               std::vector<TokenId> query, ChunkOptions options)
    : m_cache(std::make_shared<CountedCache>(std::move(cache))), m_options(options), m_base(std::move(query)),
      m_query(static_cast<std::int64_t>(m_base.size())), m_decoder(std::move(model), m_cache, text, std::move(decode)) {
    m_decoder.append(m_base);
    m_chunks.push_back({m_base, {}});
}

bool ChunkedContext::isChunkFull() const {
    const std::int64_t most = m_chunks.size() == 1 ? m_options.context : m_options.context - m_options.carry;
    return static_cast<std::int64_t>(m_chunks.back().tokens.size()) >= most;
}

bool ChunkedContext::isDone() const {
    if (!m_chunks.back().tokens.empty() && m_decoder.isAtStop()) return true;
    return isChunkFull() && static_cast<std::int64_t>(m_chunks.size()) >= m_options.chunks;
}

StopReason ChunkedContext::reason() const {
    return m_decoder.isAtStop() ? StopReason::StopToken : StopReason::Length;
}

std::vector<TokenId> ChunkedContext::thought() const {
    std::vector<TokenId> ids;
    for (const ThoughtChunk& chunk : m_chunks) addIds(ids, chunk.tokens);
    return ids;
}

/// What follows the base in the next prompt.
std::vector<TokenId> ChunkedContext::carried() const {
    const ThoughtChunk& last = m_chunks.back();
    std::vector<TokenId> ids;
    switch (m_options.from) {
    case CarryFrom::Stream:
        return tail(thought(), m_options.carry);
    case CarryFrom::Chunk:
        break;
    case CarryFrom::Trimmed:
        if (m_chunks.size() > 1)
            ids.assign(last.prompt.begin() + static_cast<std::ptrdiff_t>(m_base.size()), last.prompt.end());
        addIds(ids, last.tokens);
        return tail(ids, m_options.carry - m_options.fold);
    }
    addIds(ids, last.tokens);
    return tail(ids, m_options.carry);
}

/// The base keeps its place, so its keys and values stay right; all behind it stood elsewhere or saw what is gone.
Status ChunkedContext::cross() {
    if (m_chunks.size() == 1) { // the head is known now; it follows the query already
        const std::vector<DecodedToken>& first = m_chunks[0].tokens;
        const auto fold = std::min(m_options.fold, static_cast<std::int64_t>(first.size()));
        addIds(m_base, {first.begin(), first.begin() + fold});
    }
    const std::vector<TokenId> carry = carried();
    const auto lengthBefore = static_cast<std::int64_t>(m_decoder.tokens().size());
    if (Status status = m_decoder.rewind(static_cast<std::int64_t>(m_base.size())); !status.ok()) return status;
    m_decoder.append(carry);
    ThoughtChunk chunk{m_base, {}};
    chunk.prompt.insert(chunk.prompt.end(), carry.begin(), carry.end());
    DecodeOptions options = m_decoder.options();
    options.firstStep += static_cast<std::uint64_t>(lengthBefore) - static_cast<std::uint64_t>(chunk.prompt.size());
    m_decoder.setOptions(std::move(options));
    m_chunks.push_back(std::move(chunk));
    return {};
}

Result<DecodedToken> ChunkedContext::step() {
    if (isDone()) return makeError("VIT-LM-245", "The trace is complete: no chunk is left", {}, "Allow more chunks.");
    if (isChunkFull())
        if (const Status status = cross(); !status.ok()) return status.error();
    Result<DecodedToken> token = m_decoder.step();
    if (token.ok()) m_chunks.back().tokens.push_back(*token);
    return token;
}

} // namespace vitrine::lm
