// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/model/forward.hpp"

#include "core/lm/model/guard.hpp"

#include <ATen/ATen.h>

namespace vitrine::lm {

namespace {

/// One pass: what every block needs beside its input.
struct Pass {
    const Model& model;
    const Rows& rows;
    Attention& attention;
    const Probes* probes;

    at::Tensor at(Point point, std::int64_t layer, at::Tensor value) const {
        return probes == nullptr ? value : probes->apply(point, layer, std::move(value), rows);
    }
    [[nodiscard]] bool has(Point point, std::int64_t layer) const {
        return probes != nullptr && probes->has(point, layer);
    }
};

Error outside(const char* message, std::vector<std::string> arguments) {
    return makeError("VIT-LM-210", message, std::move(arguments));
}

/// Ids and positions are looked at where that costs no transfer; on a GPU whoever makes them answers for them.
Status checkRows(const Model& model, const Rows& rows, const at::Tensor& positions) {
    if (!rows.ids.is_cpu() || rows.count() == 0) return {};
    const auto [least, most] = rows.ids.aminmax();
    for (const at::Tensor& id : {least, most})
        if (const auto value = id.item<std::int64_t>(); value < 0 || value >= model.config.vocabulary)
            return outside("Token %1 is outside the vocabulary of %2",
                           {std::to_string(value), std::to_string(model.config.vocabulary)});
    if (!model.weights.positions.defined()) return {};
    const auto last = positions.max().item<std::int64_t>();
    if (last >= model.config.maxPositions)
        return outside("The text has %1 tokens; the model has positions for %2",
                       {std::to_string(last + 1), std::to_string(model.config.maxPositions)});
    return {};
}

at::Tensor embed(const Pass& pass, const at::Tensor& positions) {
    const Weights& weights = pass.model.weights;
    at::Tensor x = weights.embedding.index_select(0, pass.rows.ids);
    if (weights.positions.defined()) x = x.add(weights.positions.index_select(0, positions));
    if (weights.types.defined())
        x = x.add(pass.rows.types.defined() ? weights.types.index_select(0, pass.rows.types)
                                            : weights.types.narrow(0, 0, 1));
    if (weights.embeddingNorm.weight.defined()) x = weights.embeddingNorm(x);
    return pass.at(Point::Embedding, 0, x);
}

at::Tensor attention(const Pass& pass, std::int64_t layer, const at::Tensor& x) {
    const ModelConfig& config = pass.model.config;
    const LayerWeights& weights = pass.model.weights.layers[static_cast<std::size_t>(layer)];
    const std::int64_t n = x.size(0), heads = config.heads, kvHeads = config.kvHeads;
    const at::Tensor all = weights.qkv(x).view({n, heads + 2 * kvHeads, config.headDim});
    at::Tensor q = all.narrow(1, 0, heads), k = all.narrow(1, heads, kvHeads),
               v = all.narrow(1, heads + kvHeads, kvHeads);
    if (weights.qNorm.weight.defined()) {
        q = weights.qNorm(q);
        k = weights.kNorm(k);
    }
    q = pass.at(Point::Query, layer, q);
    k = pass.at(Point::Key, layer, k);
    v = pass.at(Point::Value, layer, v);
    at::Tensor pattern, mixed;
    if (pass.has(Point::Pattern, layer)) {
        mixed = pass.attention.attend(layer, q, k, v, &pattern);
        pass.at(Point::Pattern, layer, pattern);
    } else {
        mixed = pass.attention.attend(layer, q, k, v, nullptr);
    }
    return pass.at(Point::AttentionOutput, layer, weights.output(mixed.reshape({n, heads * config.headDim})));
}

at::Tensor mlp(const Pass& pass, std::int64_t layer, const at::Tensor& x) {
    const ModelConfig& config = pass.model.config;
    const LayerWeights& weights = pass.model.weights.layers[static_cast<std::size_t>(layer)];
    at::Tensor inner = weights.gateUp(x);
    if (!isEncoder(config)) {
        const at::Tensor gate = inner.narrow(1, 0, config.inner), up = inner.narrow(1, config.inner, config.inner);
        inner = (config.activation == Activation::Silu ? at::silu(gate) : at::gelu(gate)).mul(up);
    } else {
        inner = config.activation == Activation::Silu ? at::silu(inner) : at::gelu(inner);
    }
    inner = pass.at(Point::Inner, layer, inner);
    return pass.at(Point::MlpOutput, layer, weights.down(inner));
}

at::Tensor block(const Pass& pass, std::int64_t layer, at::Tensor x) {
    const LayerWeights& weights = pass.model.weights.layers[static_cast<std::size_t>(layer)];
    x = pass.at(Point::BlockInput, layer, std::move(x));
    if (isEncoder(pass.model.config)) {
        x = weights.attentionNorm(x.add(attention(pass, layer, x)));
        x = pass.at(Point::AfterAttention, layer, std::move(x));
        x = weights.mlpNorm(x.add(mlp(pass, layer, x)));
    } else {
        x = x.add(attention(pass, layer, weights.attentionNorm(x)));
        x = pass.at(Point::AfterAttention, layer, std::move(x));
        x = x.add(mlp(pass, layer, weights.mlpNorm(x)));
    }
    return pass.at(Point::BlockOutput, layer, std::move(x));
}

} // namespace

Result<at::Tensor> forward(const Model& model, const Rows& rows, Attention& attention, const Probes* probes) {
    return guarded([&]() -> Result<at::Tensor> {
        const Result<at::Tensor> positions = attention.begin(rows);
        if (!positions.ok()) return positions.error();
        if (const Status status = checkRows(model, rows, *positions); !status.ok()) return status.error();
        const Pass pass{model, rows, attention, probes != nullptr && probes->isEmpty() ? nullptr : probes};
        at::Tensor x = embed(pass, *positions);
        for (std::int64_t layer = 0; layer < model.config.layers; ++layer) x = block(pass, layer, std::move(x));
        if (model.weights.finalNorm.weight.defined()) x = model.weights.finalNorm(x);
        x = pass.at(Point::FinalNorm, 0, std::move(x));
        attention.end();
        return x;
    });
}

at::Tensor logits(const Model& model, const at::Tensor& hidden) {
    const at::Tensor& weight = model.weights.head.weight;
    if (weight.scalar_type() == at::kFloat) return model.weights.head(hidden);
    // The products of bfloat16 numbers are exact in FP32; only the sum must not be rounded to bfloat16.
    constexpr std::int64_t ChunkRows = 8192;
    const at::Tensor wide = hidden.to(at::kFloat);
    std::vector<at::Tensor> parts;
    for (std::int64_t begin = 0; begin < weight.size(0); begin += ChunkRows) {
        const std::int64_t count = std::min(ChunkRows, weight.size(0) - begin);
        parts.push_back(at::linear(wide, weight.narrow(0, begin, count).to(at::kFloat)));
    }
    return parts.size() == 1 ? parts[0] : at::cat(parts, 1);
}

at::Tensor meanPooled(const at::Tensor& hidden, const std::vector<Span>& spans) {
    std::vector<at::Tensor> means;
    std::int64_t begin = 0;
    for (const Span& span : spans) {
        means.push_back(hidden.narrow(0, begin, span.count).to(at::kFloat).mean(0));
        begin += span.count;
    }
    const at::Tensor all = at::stack(means);
    return all.div(all.norm(2, 1, true).clamp_min(1e-12));
}

} // namespace vitrine::lm
