// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"
#include "core/lm/checkpoint/loadreport.hpp"
#include "core/lm/generate/completion.hpp"
#include "core/lm/tokenizer/load.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

namespace vitrine::lm {

struct OpenOptions {
    Device device;
    bool usesBFloat16 = false; ///< compute and keep weights in bfloat16, else in FP32
};
struct GenerateOptions {
    DecodeOptions decode;
    std::int64_t most = 64;   ///< tokens to draw
    bool ignoresStop = false; ///< go on past stop ids
};

/// A model with its tokenizer and template, ready to be asked. Names no tensor: for the window, the shell and tests.
/// For one thread at a time.
class LanguageModel {
  public:
    /// \errors of openModel, loadModel; a model without a tokenizer opens all the same
    [[nodiscard]] static Result<std::shared_ptr<LanguageModel>>
    open(const std::filesystem::path& path, const OpenOptions& options = {},
         const std::function<void(std::uint64_t done, std::uint64_t total)>& progress = {}, std::stop_token stop = {});
    ~LanguageModel();

    [[nodiscard]] const LoadReport& report() const;
    [[nodiscard]] const TokenizerPtr& tokenizer() const; ///< null where the model has none that is read
    [[nodiscard]] const Error* tokenizerProblem() const; ///< why, or null

    /// Logits after the last of `ids`, FP32 [vocabulary]. \errors VIT-LM-240 empty, VIT-LM-210 an id out of range,
    /// VIT-LM-241 an encoder has none
    [[nodiscard]] Result<std::vector<float>> lastLogits(std::span<const TokenId> ids) const;
    /// Log-probability of each of `ids` but the first. \errors as lastLogits
    [[nodiscard]] Result<std::vector<double>> tokenLogProbabilities(std::span<const TokenId> ids) const;
    /// \param onToken  called after each token, may be empty. \errors as lastLogits; VIT-LM-230 options, VIT-LM-211 the
    /// prompt and what is asked for do not fit the model's context
    [[nodiscard]] Result<Completion> generate(std::span<const TokenId> prompt, const GenerateOptions& options,
                                              const std::function<void(const DecodedToken&)>& onToken = {},
                                              std::stop_token stop = {}) const;
    /// Sentence vector of length 1: the mean of the last hidden states. Longer texts are cut at the tokenizer's own
    /// limit, for encoders at most the model's positions. \errors of the tokenizer; VIT-LM-242 no tokenizer
    [[nodiscard]] Result<std::vector<float>> embed(std::string_view text) const;

  private:
    LanguageModel();
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace vitrine::lm
