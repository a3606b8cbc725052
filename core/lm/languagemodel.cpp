// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/languagemodel.hpp"

#include "core/lm/cache/contiguouscache.hpp"
#include "core/lm/cache/fullattention.hpp"
#include "core/lm/generate/decoder.hpp"
#include "core/lm/model/guard.hpp"
#include "core/lm/textside.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace vitrine::lm {

struct LanguageModel::Impl {
    LoadReport report;
    ModelPtr model;
    TokenizerPtr tokenizer;
    std::optional<Error> tokenizerProblem;

    [[nodiscard]] std::int64_t vocabulary() const {
        const std::int64_t rows = model->config.vocabulary;
        return tokenizer ? std::min(rows, static_cast<std::int64_t>(tokenizer->size())) : rows;
    }
    [[nodiscard]] Status checkWrites() const {
        if (!isEncoder(model->config)) return {};
        return makeError("VIT-LM-241", "An encoder (%1) does not write text", {report.config.architecture},
                         "Ask it for the vector of a text.");
    }
    /// For one text of at most `tokens`.
    [[nodiscard]] Decoder decoder(std::int64_t tokens, DecodeOptions options) const {
        return {model, std::make_shared<ContiguousCache>(*model, tokens), 0, std::move(options)};
    }
};

LanguageModel::LanguageModel() : m_impl(std::make_unique<Impl>()) {}
LanguageModel::~LanguageModel() = default;

Result<std::shared_ptr<LanguageModel>>
LanguageModel::open(const std::filesystem::path& path, const OpenOptions& options,
                    const std::function<void(std::uint64_t, std::uint64_t)>& progress, std::stop_token stop) {
    Result<OpenedModel> opened = openModel(path);
    if (!opened.ok()) return opened.error();
    const LoadOptions load{options.device, options.usesBFloat16 ? ComputeType::BFloat16 : ComputeType::Float32};
    Result<ModelPtr> model = loadModel(*opened, load, progress, std::move(stop));
    if (!model.ok()) return model.error();
    std::shared_ptr<LanguageModel> result(new LanguageModel);
    result->m_impl->model = std::move(*model);
    if (Result<TokenizerPtr> tokenizer = openTokenizer(*opened); tokenizer.ok())
        result->m_impl->tokenizer = *tokenizer;
    else
        result->m_impl->tokenizerProblem = tokenizer.error();
    result->m_impl->report = std::move(opened->report);
    return result;
}

const LoadReport& LanguageModel::report() const {
    return m_impl->report;
}
const TokenizerPtr& LanguageModel::tokenizer() const {
    return m_impl->tokenizer;
}
const Error* LanguageModel::tokenizerProblem() const {
    return m_impl->tokenizerProblem ? &*m_impl->tokenizerProblem : nullptr;
}

Result<std::vector<float>> LanguageModel::lastLogits(std::span<const TokenId> ids) const {
    if (const Status status = m_impl->checkWrites(); !status.ok()) return status.error();
    Decoder decoder = m_impl->decoder(static_cast<std::int64_t>(ids.size()), {});
    decoder.append(ids);
    return decoder.nextLogits();
}

Result<std::vector<double>> LanguageModel::tokenLogProbabilities(std::span<const TokenId> ids) const {
    if (const Status status = m_impl->checkWrites(); !status.ok()) return status.error();
    return lm::tokenLogProbabilities(*m_impl->model, ids);
}

Result<Completion> LanguageModel::generate(std::span<const TokenId> prompt, const GenerateOptions& options,
                                           const std::function<void(const DecodedToken&)>& onToken,
                                           std::stop_token stop) const {
    if (const auto problems = problemsOf(options.decode.sampling); !problems.empty()) return problems.front();
    if (const Status status = m_impl->checkWrites(); !status.ok()) return status.error();
    DecodeOptions decode = options.decode;
    if (decode.vocabulary == 0) decode.vocabulary = m_impl->vocabulary();
    if (options.ignoresStop)
        decode.stopIds.clear();
    else if (decode.stopIds.empty())
        for (const std::int64_t id : m_impl->report.stopIds) decode.stopIds.push_back(static_cast<TokenId>(id));
    Decoder decoder = m_impl->decoder(static_cast<std::int64_t>(prompt.size()) + options.most, std::move(decode));
    decoder.append(prompt);
    return lm::generate(decoder, options.most, onToken, std::move(stop));
}

Result<std::vector<float>> LanguageModel::embed(std::string_view text) const {
    if (!m_impl->tokenizer)
        return makeError("VIT-LM-242", "The model has no tokenizer, so it cannot read text", {},
                         "Put the model's tokenizer.json beside its weights.");
    const Result<Encoding> encoding = m_impl->tokenizer->encode(text);
    if (!encoding.ok()) return encoding.error();
    std::vector<TokenId> ids = encoding->ids;
    std::size_t most = m_impl->tokenizer->info().truncation.value_or(ids.size());
    if (isEncoder(m_impl->model->config))
        most = std::min(most, static_cast<std::size_t>(m_impl->model->config.maxPositions));
    if (ids.size() > most && most > 0) { // the closing token stays: [CLS] a [SEP]
        const TokenId last = ids.back();
        ids.resize(most);
        if (m_impl->tokenizer->isSpecial(last)) ids.back() = last;
    }
    const at::NoGradGuard noGradients;
    const at::Tensor tokens = at::tensor(std::vector<std::int64_t>(ids.begin(), ids.end()), at::kLong)
                                  .to(m_impl->model->weights.embedding.device());
    FullAttention attention(m_impl->model->config);
    const Rows rows{tokens, {{0, static_cast<std::int64_t>(ids.size())}}};
    const Result<at::Tensor> hidden = forward(*m_impl->model, rows, attention);
    if (!hidden.ok()) return hidden.error();
    return guarded([&]() -> Result<std::vector<float>> {
        const at::Tensor vector = meanPooled(*hidden, rows.spans).squeeze(0).to(at::kCPU).contiguous();
        const float* data = vector.const_data_ptr<float>();
        return std::vector<float>(data, data + vector.numel());
    });
}

} // namespace vitrine::lm
