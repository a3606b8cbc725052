// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/model/weights.hpp"

#include <ATen/ATen.h>

namespace vitrine::lm {

namespace {

/// Makes tensors of one type on one device.
struct Maker {
    at::TensorOptions options;

    Linear linear(std::int64_t out, std::int64_t in, bool hasBias) const {
        return {at::empty({out, in}, options), hasBias ? at::zeros({out}, options) : at::Tensor()};
    }
    Norm norm(std::int64_t width, double eps, bool hasBias) const {
        return {at::ones({width}, options), hasBias ? at::zeros({width}, options) : at::Tensor(), eps};
    }
};

LayerWeights emptyLayer(const ModelConfig& c, const Maker& make) {
    const std::int64_t queries = c.heads * c.headDim, keys = c.kvHeads * c.headDim;
    const bool isBert = isEncoder(c);
    LayerWeights layer;
    layer.attentionNorm = make.norm(c.width, c.normEps, isBert);
    layer.qkv = make.linear(queries + 2 * keys, c.width, c.qkvBias || isBert);
    if (c.qkNorm) {
        layer.qNorm = make.norm(c.headDim, c.normEps, false);
        layer.kNorm = make.norm(c.headDim, c.normEps, false);
    }
    layer.output = make.linear(c.width, queries, c.outputBias || isBert);
    layer.mlpNorm = make.norm(c.width, c.normEps, isBert);
    layer.gateUp = make.linear(isBert ? c.inner : 2 * c.inner, c.width, c.mlpBias || isBert);
    layer.down = make.linear(c.width, c.inner, c.mlpBias || isBert);
    return layer;
}

/// A projection under a name of its own.
void addWhole(std::vector<NamedTensor>& list, const std::string& name, const Linear& linear) {
    list.push_back({name + ".weight", linear.weight});
    if (linear.bias.defined()) list.push_back({name + ".bias", linear.bias});
}

/// Rows [begin, begin + count) of a fused projection, as views.
void addPart(std::vector<NamedTensor>& list, const std::string& name, const Linear& linear, std::int64_t begin,
             std::int64_t count) {
    const at::Tensor bias = linear.bias.defined() ? linear.bias.narrow(0, begin, count) : at::Tensor();
    addWhole(list, name, {linear.weight.narrow(0, begin, count), bias});
}

void addNorm(std::vector<NamedTensor>& list, const std::string& name, const Norm& norm) {
    if (!norm.weight.defined()) return;
    list.push_back({name + ".weight", norm.weight});
    if (norm.bias.defined()) list.push_back({name + ".bias", norm.bias});
}

void addDecoderLayer(std::vector<NamedTensor>& list, const ModelConfig& c, const LayerWeights& layer,
                     const std::string& prefix) {
    const std::int64_t queries = c.heads * c.headDim, keys = c.kvHeads * c.headDim;
    addNorm(list, prefix + "input_layernorm", layer.attentionNorm);
    addPart(list, prefix + "self_attn.q_proj", layer.qkv, 0, queries);
    addPart(list, prefix + "self_attn.k_proj", layer.qkv, queries, keys);
    addPart(list, prefix + "self_attn.v_proj", layer.qkv, queries + keys, keys);
    addNorm(list, prefix + "self_attn.q_norm", layer.qNorm);
    addNorm(list, prefix + "self_attn.k_norm", layer.kNorm);
    addWhole(list, prefix + "self_attn.o_proj", layer.output);
    addNorm(list, prefix + "post_attention_layernorm", layer.mlpNorm);
    addPart(list, prefix + "mlp.gate_proj", layer.gateUp, 0, c.inner);
    addPart(list, prefix + "mlp.up_proj", layer.gateUp, c.inner, c.inner);
    addWhole(list, prefix + "mlp.down_proj", layer.down);
}

void addEncoderLayer(std::vector<NamedTensor>& list, const ModelConfig& c, const LayerWeights& layer,
                     const std::string& prefix) {
    addPart(list, prefix + "attention.self.query", layer.qkv, 0, c.width);
    addPart(list, prefix + "attention.self.key", layer.qkv, c.width, c.width);
    addPart(list, prefix + "attention.self.value", layer.qkv, 2 * c.width, c.width);
    addWhole(list, prefix + "attention.output.dense", layer.output);
    addNorm(list, prefix + "attention.output.LayerNorm", layer.attentionNorm);
    addWhole(list, prefix + "intermediate.dense", layer.gateUp);
    addWhole(list, prefix + "output.dense", layer.down);
    addNorm(list, prefix + "output.LayerNorm", layer.mlpNorm);
}

} // namespace

Weights emptyWeights(const ModelConfig& config, const at::TensorOptions& options) {
    const Maker make{options};
    Weights weights;
    weights.embedding = at::empty({config.vocabulary, config.width}, options);
    for (std::int64_t layer = 0; layer < config.layers; ++layer) weights.layers.push_back(emptyLayer(config, make));
    if (isEncoder(config)) {
        weights.positions = at::empty({config.maxPositions, config.width}, options);
        weights.types = at::empty({config.tokenTypes, config.width}, options);
        weights.embeddingNorm = make.norm(config.width, config.normEps, true);
        return weights;
    }
    weights.finalNorm = make.norm(config.width, config.normEps, false);
    weights.head =
        config.tiedHead ? Linear{weights.embedding, {}} : make.linear(config.vocabulary, config.width, false);
    return weights;
}

std::vector<NamedTensor> namedTensors(const ModelConfig& config, const Weights& weights) {
    std::vector<NamedTensor> list;
    const bool isBert = isEncoder(config);
    if (isBert) {
        list.push_back({"embeddings.word_embeddings.weight", weights.embedding});
        list.push_back({"embeddings.position_embeddings.weight", weights.positions});
        list.push_back({"embeddings.token_type_embeddings.weight", weights.types});
        addNorm(list, "embeddings.LayerNorm", weights.embeddingNorm);
    } else {
        list.push_back({"model.embed_tokens.weight", weights.embedding});
    }
    for (std::size_t layer = 0; layer < weights.layers.size(); ++layer) {
        const std::string number = std::to_string(layer) + ".";
        if (isBert)
            addEncoderLayer(list, config, weights.layers[layer], "encoder.layer." + number);
        else
            addDecoderLayer(list, config, weights.layers[layer], "model.layers." + number);
    }
    addNorm(list, "model.norm", weights.finalNorm);
    if (!isBert && !config.tiedHead) list.push_back({"lm_head.weight", weights.head.weight});
    return list;
}

std::vector<NamedTensor> parameters(const Weights& weights) {
    std::vector<NamedTensor> list;
    const auto add = [&list](const std::string& name, const at::Tensor& tensor) {
        if (tensor.defined()) list.push_back({name, tensor});
    };
    add("embedding", weights.embedding);
    add("positions", weights.positions);
    add("types", weights.types);
    addNorm(list, "embedding_norm", weights.embeddingNorm);
    for (std::size_t k = 0; k < weights.layers.size(); ++k) {
        const LayerWeights& layer = weights.layers[k];
        const std::string prefix = "layers." + std::to_string(k) + ".";
        addNorm(list, prefix + "attention_norm", layer.attentionNorm);
        addWhole(list, prefix + "qkv", layer.qkv);
        addNorm(list, prefix + "q_norm", layer.qNorm);
        addNorm(list, prefix + "k_norm", layer.kNorm);
        addWhole(list, prefix + "output", layer.output);
        addNorm(list, prefix + "mlp_norm", layer.mlpNorm);
        addWhole(list, prefix + "gate_up", layer.gateUp);
        addWhole(list, prefix + "down", layer.down);
    }
    addNorm(list, "final_norm", weights.finalNorm);
    if (weights.head.weight.defined() && !weights.head.weight.is_same(weights.embedding))
        add("head.weight", weights.head.weight);
    return list;
}

} // namespace vitrine::lm
