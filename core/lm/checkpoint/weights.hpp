// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/checkpoint/checkpoint.hpp"
#include "core/lm/checkpoint/modelconfig.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Which tensors a model needs, and where a checkpoint has them.
namespace vitrine::lm {

struct ExpectedTensor {
    std::string
        name; ///< Hugging Face's, without prefixes: "model.layers.0.mlp.up_proj.weight"; Bert: "encoder.layer..."
    std::vector<std::int64_t> shape; ///< [out, in], row-major
    bool isRequired = true;          ///< false: used when there (the head of a tied model, Bert's pooler)
};
/// In the order of the forward pass. \source digest engine, 2.2 and 2.9
[[nodiscard]] std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config);

/// A file's name as `expectedTensors` spells it: prefixes of wrapping classes ("model.language_model.",
/// "language_model.", "bert.") taken off, GGUF's names translated, BERT's old LayerNorm.gamma and beta renamed.
[[nodiscard]] std::string canonicalName(Family family, CheckpointFormat format, std::string_view name);

/// How the rows of a stored matrix lie.
enum class RowOrder {
    Plain,
    Interleaved ///< per head as GGUF's llama q and k: see interleavedRow
};

/// An expected tensor and its source.
struct Weight {
    std::string name;
    std::vector<std::int64_t> shape;
    std::size_t tensor = 0; ///< index into Checkpoint::tensors()
    RowOrder rows = RowOrder::Plain;
};

struct ShapeMismatch {
    std::string name;
    std::vector<std::int64_t> expected, found;
};

/// The expected and the stored tensors laid side by side. All lists are complete and sorted as in the model or the
/// file.
struct WeightMatch {
    std::vector<Weight> weights;
    std::vector<std::string> missing;    ///< expected names
    std::vector<std::string> unexpected; ///< the file's names
    std::vector<std::string> ignored; ///< the file's names of parts that are not run: vision tower, BERT's heads, ...
    std::vector<ShapeMismatch> mismatched;
    std::vector<std::string> unusable; ///< expected names whose type cannot be run (F8, integers)
    bool headIsShared = false;         ///< the embedding serves as the head
    bool hasSpareHead = false;         ///< a tied model's file has a head all the same; the table is used
};
[[nodiscard]] WeightMatch matchWeights(const ModelConfig& config, const Checkpoint& checkpoint);

/// One weight widened to FP32 with its rows in Hugging Face's order. \param out  [product of shape]
/// \errors those of Checkpoint::readWidened
[[nodiscard]] Status readWeight(const Checkpoint& checkpoint, const Weight& weight, const ModelConfig& config,
                                std::span<float> out);

} // namespace vitrine::lm
