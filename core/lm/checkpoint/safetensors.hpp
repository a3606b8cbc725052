// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/checkpoint/checkpoint.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The safetensors format (digest engine, 2.6): u64 length n, n bytes of JSON, then the data. Nothing of a file is
/// trusted; every way in which one can be wrong has a code of its own.
namespace vitrine::lm {

inline constexpr std::uint64_t MaxSafetensorsHeader = 100'000'000;
inline constexpr std::size_t MaxTensors = 2'000'000;

/// Tensors by offset (from the start of the file), and the strings of `__metadata__` in the order of the file.
struct SafetensorsHeader {
    std::vector<TensorInfo> tensors;
    Metadata metadata;
};

/// Reads the JSON of a header. \param dataStart  byte of the file where the data begin \param dataBytes  their length
/// \param where  for messages, the file
/// \errors VIT-LM-013 (not UTF-8), -014 (does not begin with "{"), -015 (not JSON), -016 (nested too deeply, too long,
/// too
///         many tensors), -017 (a name twice), -018 (unknown type), -019 (shape), -020 (size overflows), -021 (size
///         differs from the offsets), -022 (offsets not a rising pair), -023 (hole), -024 (overlap), -025 (last end is
///         not the buffer's), -026 (not an entry), -027 (metadata that are not strings)
/// \cost   O(header + tensors log tensors)
[[nodiscard]] Result<SafetensorsHeader> parseSafetensorsHeader(std::string_view json, std::uint64_t dataStart,
                                                               std::uint64_t dataBytes, const std::string& where);

/// \errors VIT-LM-010 (shorter than 8 bytes), -011 (header above 100 MB), -012 (header longer than the file), those of
///         parseSafetensorsHeader and MappedFile
[[nodiscard]] Result<std::shared_ptr<const Checkpoint>> openSafetensors(std::shared_ptr<const MappedFile> file);

/// model.safetensors.index.json
struct ShardIndex {
    std::vector<std::pair<std::string, std::string>> files; ///< tensor, file name; sorted by tensor
    std::uint64_t totalBytes = 0;                           ///< metadata.total_size; 0 when not said
    [[nodiscard]] std::vector<std::string> shards() const;  ///< distinct file names, sorted
};

/// \errors VIT-LM-013, -015, -016, VIT-LM-040 (not an index), -041 (a file name that leads elsewhere), -042 (a name
/// twice)
[[nodiscard]] Result<ShardIndex> parseShardIndex(std::string_view json, const std::string& where);

/// Opens the shards beside an index. Tensors that a shard holds beyond the map are listed too. A `total_size` that is
/// not the sum is a warning (VIT-LM-046). \errors those above, VIT-LM-043 (missing shard), -044 (a tensor in two
/// shards), -045 (a mapped name missing from its shard)
[[nodiscard]] Result<std::shared_ptr<const Checkpoint>> openSafetensorsIndex(const std::filesystem::path& path);

} // namespace vitrine::lm
