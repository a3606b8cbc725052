// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/cache/kvcache.hpp"
#include "core/lm/generate/completion.hpp"
#include "core/lm/model/forward.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

namespace vitrine::lm {

/// One text that grows token by token and can be looked at, taken back and branched. Keys and values come lazily: only
/// what the next distribution needs is computed. For one thread at a time.
class Decoder {
  public:
    /// \param cache  holds the text under number `text`; may hold others
    Decoder(ModelPtr model, std::shared_ptr<KvCache> cache, std::int32_t text, DecodeOptions options);
    ~Decoder();
    Decoder(Decoder&&) noexcept;
    Decoder& operator=(Decoder&&) noexcept;

    /// Puts given tokens at the end.
    void append(std::span<const TokenId> ids);
    /// Logits of what comes next, FP32 on the CPU. \errors VIT-LM-240 the text is empty; those of `forward`
    [[nodiscard]] Result<std::vector<float>> nextLogits();
    /// Draws the next token and puts it at the end. \errors those of nextLogits and sample
    [[nodiscard]] Result<DecodedToken> step();
    /// Forgets the tokens from `length` on. \errors VIT-LM-212 they lie before what the cache still has
    [[nodiscard]] Status rewind(std::int64_t length);
    /// Another decoder that stands where this one does, with text number `text` of the same cache.
    [[nodiscard]] Result<Decoder> branch(std::int32_t text) const;

    [[nodiscard]] const std::vector<DecodedToken>& tokens() const { return m_tokens; }
    [[nodiscard]] const DecodeOptions& options() const { return m_options; }
    void setOptions(DecodeOptions options) { m_options = std::move(options); }
    /// Changes what passes from the next token on; what the cache holds stays as it was made. Must outlive its use.
    void setProbes(const Probes* probes);
    [[nodiscard]] bool isAtStop() const; ///< the last token was generated and is a stop id

  private:
    [[nodiscard]] Status compute();

    ModelPtr m_model;
    std::shared_ptr<KvCache> m_cache;
    std::int32_t m_text = 0;
    DecodeOptions m_options;
    const Probes* m_probes = nullptr;
    std::vector<DecodedToken> m_tokens;
    SeenTokens m_seen;
    at::Tensor m_logits; ///< [vocabulary] of what follows the last token, or undefined
};

/// Draws up to `most` tokens. \param onToken  called after each, may be empty. \errors those of Decoder::step
[[nodiscard]] Result<Completion> generate(Decoder& decoder, std::int64_t most,
                                          const std::function<void(const DecodedToken&)>& onToken = {},
                                          std::stop_token stop = {});

/// Log-probability of each token but the first given those before it, of softmax(logits): FP32, accumulated in FP64.
/// \cost one pass, logits of 256 rows at a time
[[nodiscard]] Result<std::vector<double>> tokenLogProbabilities(const Model& model, std::span<const TokenId> ids,
                                                                const Probes* probes = nullptr);

} // namespace vitrine::lm
