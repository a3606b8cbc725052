// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/base/values.hpp"
#include "core/lm/checkpoint/modelconfig.hpp"
#include "core/lm/model/weights.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>

namespace vitrine::lm {

struct OpenedModel;

enum class ComputeType { Float32, BFloat16 };

/// Weights with the shape that they belong to. Reading threads may share one; training and steering by writing weights
/// need it alone.
struct Model {
    ModelConfig config;
    Weights weights;
    Device device;
    ComputeType compute = ComputeType::Float32;
    std::uint64_t version = 0; ///< counts the optimiser's steps: which weights made a token
};
using ModelPtr = std::shared_ptr<Model>;

struct LoadOptions {
    Device device;
    ComputeType compute = ComputeType::Float32;
};

/// \param done, total  bytes of the checkpoint
using LoadProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Loads a folder, a .safetensors file, a shard index or a .gguf: all names and shapes are checked against the config
/// before anything is allocated. Peak memory: the model and one tensor.
/// \errors those of the load report; VIT-LM-200 not enough memory (need, free), VIT-LM-201 stopped
[[nodiscard]] Result<ModelPtr> loadModel(const std::filesystem::path& path, const LoadOptions& options = {},
                                         const LoadProgress& progress = {}, std::stop_token stop = {});
/// The same for a model whose report was already made.
[[nodiscard]] Result<ModelPtr> loadModel(const OpenedModel& opened, const LoadOptions& options = {},
                                         const LoadProgress& progress = {}, std::stop_token stop = {});

/// Random weights for training from scratch: normal with deviation 0.02, projections into the residual stream scaled by
/// 1 / sqrt(2 layers), norms 1, biases 0. The same seed gives the same weights on every device.
[[nodiscard]] Result<ModelPtr> randomModel(const ModelConfig& config, std::uint64_t seed, const Device& device,
                                           ComputeType compute = ComputeType::Float32);

/// Numbers in all weights, each counted once.
[[nodiscard]] std::int64_t parameterCount(const Model& model);

} // namespace vitrine::lm
