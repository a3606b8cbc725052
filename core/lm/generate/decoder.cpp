// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/generate/decoder.hpp"

#include "core/lm/cache/fullattention.hpp"
#include "core/lm/model/guard.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace vitrine::lm {

namespace {

at::Tensor tensorOf(std::span<const TokenId> ids, const at::Device& device) {
    const at::Tensor result = at::empty({static_cast<std::int64_t>(ids.size())}, at::kLong);
    std::copy(ids.begin(), ids.end(), result.data_ptr<std::int64_t>());
    return result.to(device);
}

} // namespace

Decoder::Decoder(ModelPtr model, std::shared_ptr<KvCache> cache, std::int32_t text, DecodeOptions options)
    : m_model(std::move(model)), m_cache(std::move(cache)), m_text(text), m_options(std::move(options)) {}

Decoder::~Decoder() {
    if (m_cache) m_cache->release(m_text);
}
Decoder::Decoder(Decoder&&) noexcept = default;
Decoder& Decoder::operator=(Decoder&& other) noexcept {
    if (this == &other) return *this;
    if (m_cache) m_cache->release(m_text);
    m_model = std::move(other.m_model);
    m_cache = std::move(other.m_cache);
    m_text = other.m_text;
    m_options = std::move(other.m_options);
    m_probes = other.m_probes;
    m_tokens = std::move(other.m_tokens);
    m_seen = std::move(other.m_seen);
    m_logits = std::move(other.m_logits);
    return *this;
}

void Decoder::append(std::span<const TokenId> ids) {
    for (const TokenId id : ids) {
        DecodedToken token;
        token.id = id;
        m_tokens.push_back(std::move(token));
        ++m_seen[id];
    }
    if (!ids.empty()) m_logits = at::Tensor();
}

Status Decoder::compute() {
    if (m_logits.defined()) return {};
    if (m_tokens.empty())
        return makeError("VIT-LM-240", "There is nothing to go on from: the text is empty", {},
                         "Write at least one token of a prompt.");
    const auto length = static_cast<std::int64_t>(m_tokens.size());
    std::int64_t known = m_cache->length(m_text);
    if (known >= length) { // the last token once more, for its logits
        if (Status status = m_cache->truncate(m_text, length - 1); !status.ok()) return status;
        known = length - 1;
    }
    const at::NoGradGuard noGradients;
    Result<at::Tensor> hidden = at::Tensor();
    while (known < length) { // in one pass where the cache takes it
        const std::int64_t count = std::min(length - known, m_cache->mostRows());
        std::vector<TokenId> ids;
        for (std::int64_t k = known; k < known + count; ++k) ids.push_back(m_tokens[static_cast<std::size_t>(k)].id);
        hidden = forward(*m_model, {tensorOf(ids, m_model->weights.embedding.device()), {{m_text, count}}}, *m_cache,
                         m_probes);
        if (!hidden.ok()) return hidden.error();
        known += count;
    }
    const Result<at::Tensor> last = guarded([&]() -> Result<at::Tensor> {
        return logits(*m_model, hidden->narrow(0, hidden->size(0) - 1, 1)).squeeze(0).to(at::kCPU).contiguous();
    });
    if (!last.ok()) return last.error();
    m_logits = *last;
    return {};
}

Result<std::vector<float>> Decoder::nextLogits() {
    if (const Status status = compute(); !status.ok()) return status.error();
    const float* data = m_logits.const_data_ptr<float>();
    return std::vector<float>(data, data + m_logits.numel());
}

Result<DecodedToken> Decoder::step() {
    if (const Status status = compute(); !status.ok()) return status.error();
    const std::span<const float> all(m_logits.const_data_ptr<float>(), static_cast<std::size_t>(m_logits.numel()));
    const std::int64_t vocabulary = m_options.vocabulary > 0 ? m_options.vocabulary : m_model->config.vocabulary;
    DecodedToken token;
    const RandomKey key{m_options.seed, m_options.sequence, m_options.firstStep + m_tokens.size()};
    const Result<Sampled> drawn =
        sample(all, vocabulary, m_options.sampling, m_seen, key, m_options.keepsStages ? &token.stages : nullptr);
    if (!drawn.ok()) return drawn.error();
    token.id = drawn->id;
    token.isGenerated = true;
    token.sampled = *drawn;
    token.weightVersion = m_model->version;
    m_tokens.push_back(token);
    ++m_seen[token.id];
    m_logits = at::Tensor();
    return token;
}

Status Decoder::rewind(std::int64_t length) {
    length = std::clamp<std::int64_t>(length, 0, static_cast<std::int64_t>(m_tokens.size()));
    if (length == static_cast<std::int64_t>(m_tokens.size())) return {};
    if (Status status = m_cache->truncate(m_text, std::max<std::int64_t>(0, length - 1)); !status.ok()) return status;
    while (static_cast<std::int64_t>(m_tokens.size()) > length) {
        const auto seen = m_seen.find(m_tokens.back().id);
        if (--seen->second == 0) m_seen.erase(seen);
        m_tokens.pop_back();
    }
    m_logits = at::Tensor();
    return {};
}

Result<Decoder> Decoder::branch(std::int32_t text) const {
    if (const Status status = m_cache->fork(m_text, text); !status.ok()) return status.error();
    Decoder copy(m_model, m_cache, text, m_options);
    copy.m_probes = m_probes;
    copy.m_tokens = m_tokens;
    copy.m_seen = m_seen;
    copy.m_logits = m_logits;
    return copy;
}

void Decoder::setProbes(const Probes* probes) {
    m_probes = probes;
    m_logits = at::Tensor();
}

bool Decoder::isAtStop() const {
    if (m_tokens.empty() || !m_tokens.back().isGenerated) return false;
    return std::find(m_options.stopIds.begin(), m_options.stopIds.end(), m_tokens.back().id) != m_options.stopIds.end();
}

Result<Completion> generate(Decoder& decoder, std::int64_t most,
                            const std::function<void(const DecodedToken&)>& onToken, std::stop_token stop) {
    Completion completion;
    for (std::int64_t k = 0; k < most; ++k) {
        if (stop.stop_requested()) {
            completion.reason = StopReason::Cancelled;
            return completion;
        }
        Result<DecodedToken> token = decoder.step();
        if (!token.ok()) return token.error();
        completion.tokens.push_back(*token);
        if (onToken) onToken(completion.tokens.back());
        if (decoder.isAtStop()) {
            completion.reason = StopReason::StopToken;
            return completion;
        }
    }
    return completion;
}

Result<std::vector<double>> tokenLogProbabilities(const Model& model, std::span<const TokenId> ids,
                                                  const Probes* probes) {
    if (ids.size() < 2) return std::vector<double>{};
    const at::NoGradGuard noGradients;
    FullAttention attention(model.config);
    const auto count = static_cast<std::int64_t>(ids.size());
    const at::Tensor tokens = tensorOf(ids, model.weights.embedding.device());
    const Result<at::Tensor> hidden = forward(model, {tokens, {{0, count}}}, attention, probes);
    if (!hidden.ok()) return hidden.error();
    return guarded([&]() -> Result<std::vector<double>> {
        constexpr std::int64_t Chunk = 256; // rows of logits held at once
        std::vector<double> result;
        for (std::int64_t begin = 0; begin < count - 1; begin += Chunk) {
            const std::int64_t rows = std::min(Chunk, count - 1 - begin);
            const at::Tensor all = logits(model, hidden->narrow(0, begin, rows)).to(at::kDouble);
            const at::Tensor own = all.gather(1, tokens.narrow(0, begin + 1, rows).unsqueeze(1)).squeeze(1);
            const at::Tensor values = own.sub(all.logsumexp(1)).to(at::kCPU).contiguous();
            result.insert(result.end(), values.const_data_ptr<double>(), values.const_data_ptr<double>() + rows);
        }
        return result;
    });
}

} // namespace vitrine::lm
