// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/weights.hpp"

namespace vitrine::lm {

namespace {

using Shape = std::vector<std::int64_t>;

/// Collects names below a prefix.
class Names {
  public:
    explicit Names(std::vector<ExpectedTensor>& list) : m_list(list) {}
    void setPrefix(std::string prefix) { m_prefix = std::move(prefix); }
    void add(const char* name, Shape shape, bool isRequired = true) {
        m_list.push_back({m_prefix + name, std::move(shape), isRequired});
    }
    /// `stem`.weight, and .bias when there is one
    void addLinear(const std::string& stem, std::int64_t out, std::int64_t in, bool hasBias, bool isRequired = true) {
        add((stem + ".weight").c_str(), {out, in}, isRequired);
        if (hasBias) add((stem + ".bias").c_str(), {out}, isRequired);
    }
    void addNorm(const std::string& stem, std::int64_t width) {
        add((stem + ".weight").c_str(), {width});
        add((stem + ".bias").c_str(), {width});
    }

  private:
    std::vector<ExpectedTensor>& m_list;
    std::string m_prefix;
};

void addDecoder(const ModelConfig& c, Names& names) {
    const std::int64_t queries = c.heads * c.headDim, keys = c.kvHeads * c.headDim;
    names.add("model.embed_tokens.weight", {c.vocabulary, c.width});
    for (std::int64_t layer = 0; layer < c.layers; ++layer) {
        names.setPrefix("model.layers." + std::to_string(layer) + ".");
        names.add("input_layernorm.weight", {c.width});
        names.addLinear("self_attn.q_proj", queries, c.width, c.qkvBias);
        names.addLinear("self_attn.k_proj", keys, c.width, c.qkvBias);
        names.addLinear("self_attn.v_proj", keys, c.width, c.qkvBias);
        if (c.qkNorm) {
            names.add("self_attn.q_norm.weight", {c.headDim});
            names.add("self_attn.k_norm.weight", {c.headDim});
        }
        names.addLinear("self_attn.o_proj", c.width, queries, c.outputBias);
        names.add("post_attention_layernorm.weight", {c.width});
        names.addLinear("mlp.gate_proj", c.inner, c.width, c.mlpBias);
        names.addLinear("mlp.up_proj", c.inner, c.width, c.mlpBias);
        names.addLinear("mlp.down_proj", c.width, c.inner, c.mlpBias);
    }
    names.setPrefix({});
    names.add("model.norm.weight", {c.width});
    names.add("lm_head.weight", {c.vocabulary, c.width}, !c.tiedHead);
}

void addEncoder(const ModelConfig& c, Names& names) {
    names.add("embeddings.word_embeddings.weight", {c.vocabulary, c.width});
    names.add("embeddings.position_embeddings.weight", {c.maxPositions, c.width});
    names.add("embeddings.token_type_embeddings.weight", {c.tokenTypes, c.width});
    names.addNorm("embeddings.LayerNorm", c.width);
    for (std::int64_t layer = 0; layer < c.layers; ++layer) {
        names.setPrefix("encoder.layer." + std::to_string(layer) + ".");
        for (const char* part : {"query", "key", "value"})
            names.addLinear(std::string("attention.self.") + part, c.width, c.width, true);
        names.addLinear("attention.output.dense", c.width, c.width, true);
        names.addNorm("attention.output.LayerNorm", c.width);
        names.addLinear("intermediate.dense", c.inner, c.width, true);
        names.addLinear("output.dense", c.width, c.inner, true);
        names.addNorm("output.LayerNorm", c.width);
    }
    names.setPrefix({});
    names.addLinear("pooler.dense", c.width, c.width, true, false);
}

} // namespace

std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config) {
    std::vector<ExpectedTensor> list;
    Names names(list);
    config.family == Family::Bert ? addEncoder(config, names) : addDecoder(config, names);
    return list;
}

} // namespace vitrine::lm
