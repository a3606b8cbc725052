// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/checkpoint/modelconfig.hpp"
#include "core/lm/model/linear.hpp"

#include <string>
#include <vector>

namespace vitrine::lm {

/// Encoders (Bert) differ in more than their mask: norms after the sums, a plain MLP, learned positions.
[[nodiscard]] inline bool isEncoder(const ModelConfig& config) {
    return config.family == Family::Bert;
}

/// One block. Projections that read the same input are one matrix, so that one product serves them.
struct LayerWeights {
    Norm attentionNorm; ///< before attention; Bert: after its residual sum
    Linear qkv;         ///< [(heads + 2 kvHeads) headDim, width]: rows of q, of k, of v
    Norm qNorm, kNorm;  ///< [headDim], undefined where the family has none
    Linear output;      ///< [width, heads headDim]
    Norm mlpNorm;       ///< before the MLP; Bert: after its residual sum
    Linear gateUp;      ///< [2 inner, width]: rows of gate, of up; Bert: [inner, width]
    Linear down;        ///< [width, inner]
};

struct Weights {
    at::Tensor embedding;        ///< [vocabulary, width]
    at::Tensor positions, types; ///< Bert: [maxPositions, width], [tokenTypes, width]
    Norm embeddingNorm;          ///< Bert
    std::vector<LayerWeights> layers;
    Norm finalNorm; ///< undefined for Bert
    Linear head;    ///< [vocabulary, width]; the embedding itself where tied; undefined for Bert
};

/// Weights of the config's shapes, their numbers unset but for norms (1) and biases (0).
/// \param options  type and device
[[nodiscard]] Weights emptyWeights(const ModelConfig& config, const at::TensorOptions& options);

struct NamedTensor {
    std::string name;
    at::Tensor tensor;
};

/// Every tensor under the name that Hugging Face gives it (`expectedTensors`), as a view of the fused ones: writing to
/// it writes the model. A tied head is left out.
[[nodiscard]] std::vector<NamedTensor> namedTensors(const ModelConfig& config, const Weights& weights);
/// The tensors that an optimiser steps, fused as they are, each once, in the order of the forward pass.
[[nodiscard]] std::vector<NamedTensor> parameters(const Weights& weights);

} // namespace vitrine::lm
