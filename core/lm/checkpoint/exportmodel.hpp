// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/checkpoint/loadreport.hpp"
#include "core/lm/checkpoint/safetensorswriter.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace vitrine::lm {

/// Writes a folder that Hugging Face's transformers loads: config.json and model.safetensors with its names. The
/// weights go first, so that a folder with a configuration is whole.
/// \param tensors  every required one of `expectedTensors(config)`, in any order
/// \errors VIT-LM-111 (a required tensor is missing, an unknown one, or of another shape), VIT-LM-110, those of
/// writeSafetensors
[[nodiscard]] Status exportModel(const std::filesystem::path& folder, const ModelConfig& config,
                                 std::vector<TensorToWrite> tensors);

/// The same for an opened model, of whatever format: names and row order become Hugging Face's. Quantised weights are
/// widened. \param type  F32, F16 or BF16; nothing: as stored, quantised ones as F32
/// \errors VIT-LM-112 (the model cannot be loaded), those above
/// \cost   one tensor in memory at a time, twice when it is converted
[[nodiscard]] Status exportOpened(const std::filesystem::path& folder, const OpenedModel& model,
                                  std::optional<StoredType> type = std::nullopt);

} // namespace vitrine::lm
