// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/model/attention.hpp"
#include "core/lm/model/model.hpp"
#include "core/lm/model/probes.hpp"

namespace vitrine::lm {

/// The transformer over `rows`: embedding, blocks, final norm (digest engine, 2.3). Differentiable where weights ask
/// for gradients and the attention keeps nothing. \returns hidden states [n, width] in the compute type, the input of
/// the head. \errors VIT-LM-210 an id outside the vocabulary, a position beyond a learned table; those of `attention`;
///         VIT-LM-219 out of memory (what was begun is forgotten, the model stays usable)
[[nodiscard]] Result<at::Tensor> forward(const Model& model, const Rows& rows, Attention& attention,
                                         const Probes* probes = nullptr);

/// Logits of hidden states. Rows of the vocabulary that no tokenizer names are not masked here.
/// \param hidden [n, width]; \returns FP32 [n, vocabulary], accumulated in FP32 whatever the compute type
[[nodiscard]] at::Tensor logits(const Model& model, const at::Tensor& hidden);

/// Sentence vectors: mean of the hidden states of each span, of length 1. \returns FP32 [spans, width]
[[nodiscard]] at::Tensor meanPooled(const at::Tensor& hidden, const std::vector<Span>& spans);

} // namespace vitrine::lm
