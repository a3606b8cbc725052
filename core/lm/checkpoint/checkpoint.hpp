// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/lm/checkpoint/mappedfile.hpp"
#include "core/lm/checkpoint/metadata.hpp"
#include "core/lm/checkpoint/storedtype.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lm {

enum class CheckpointFormat { Safetensors, ShardedSafetensors, Gguf };

/// One tensor of a checkpoint: row-major, [out, in] for matrices (GGUF's sizes are turned round when read).
struct TensorInfo {
    std::string name; ///< as in the file
    StoredType type = StoredType::F32;
    std::vector<std::int64_t> shape; ///< no extent: a scalar
    std::uint32_t file = 0;          ///< which of the checkpoint's files
    std::uint64_t offset = 0;        ///< of its first byte in that file
    std::uint64_t bytes = 0;
};

/// What a reader of one format found. Offsets and sizes are checked against the files.
struct CheckpointParts {
    CheckpointFormat format = CheckpointFormat::Safetensors;
    std::uint32_t version = 0; ///< of GGUF
    std::vector<std::shared_ptr<const MappedFile>> files;
    std::vector<TensorInfo> tensors; ///< names distinct
    Metadata metadata;
    std::vector<Error> warnings;
};

/// The tensors of a checkpoint, whatever its format: listed at once, their bytes fetched when asked for. Immutable, so
/// any thread may use it; holds its files open.
class Checkpoint {
  public:
    explicit Checkpoint(CheckpointParts parts);

    [[nodiscard]] CheckpointFormat format() const { return m_parts.format; }
    [[nodiscard]] std::uint32_t version() const { return m_parts.version; }
    [[nodiscard]] const Metadata& metadata() const { return m_parts.metadata; }
    /// In the order of the files, by offset in each.
    [[nodiscard]] const std::vector<TensorInfo>& tensors() const { return m_parts.tensors; }
    [[nodiscard]] const std::vector<std::shared_ptr<const MappedFile>>& files() const { return m_parts.files; }
    [[nodiscard]] const std::vector<Error>& warnings() const { return m_parts.warnings; }
    /// Null when there is none. \cost O(log tensors)
    [[nodiscard]] const TensorInfo* find(std::string_view name) const;

    /// The stored bytes; see MappedFile::view. `tensor` is one of `tensors()`.
    [[nodiscard]] Result<ByteView> bytes(const TensorInfo& tensor) const;
    /// A copy of part of the stored bytes, from byte `offset` of the tensor on; see MappedFile::read.
    [[nodiscard]] Status read(const TensorInfo& tensor, std::uint64_t offset, std::span<std::byte> out) const;
    /// All numbers widened to FP32, row-major. \errors of `bytes`, VIT-LM-006
    [[nodiscard]] Status readWidened(const TensorInfo& tensor, std::span<float> out) const;

  private:
    CheckpointParts m_parts;
    std::vector<std::uint32_t> m_byName; // indices of tensors, sorted by name
};

/// Opens a `.safetensors`, a shard index (`.index.json`) or a `.gguf` by its first bytes and its name.
/// \errors VIT-LM-004 (none of these), VIT-LM-005 (no memory), those of the readers
[[nodiscard]] Result<std::shared_ptr<const Checkpoint>> openCheckpoint(const std::filesystem::path& path);

/// Indices of `tensors` in the order of their names; equal names are neighbours.
[[nodiscard]] std::vector<std::uint32_t> orderByName(std::span<const TensorInfo> tensors);
/// The first name that stands twice, or null.
[[nodiscard]] const std::string* repeatedName(std::span<const TensorInfo> tensors);

} // namespace vitrine::lm
