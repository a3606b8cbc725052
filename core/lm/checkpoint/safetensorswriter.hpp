// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/lm/checkpoint/mappedfile.hpp"
#include "core/lm/checkpoint/storedtype.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace vitrine::lm {

/// A tensor on its way into a file. `bytes` is called once, when its turn comes, so that only one tensor need be in
/// memory; what it gives must be exactly the bytes of `shape` and `type`.
struct TensorToWrite {
    std::string name;
    StoredType type = StoredType::F32;
    std::vector<std::int64_t> shape;
    std::function<Result<ByteView>()> bytes;
};

/// Writes a safetensors file as Hugging Face's own writer does: tensors by decreasing alignment of the type, then by
/// name; the header padded with blanks to 8 bytes; whole and atomically.
/// \param metadata  `__metadata__`; transformers wants "format": "pt" there
/// \errors VIT-LM-030 (a name twice, empty or reserved, or not UTF-8), VIT-LM-031 (a quantised type, or a size that
///         overflows), VIT-LM-032 (bytes that do not fit the shape), what `bytes` says, VIT-BASE-010 to -013
/// \cost   one pass over the bytes
[[nodiscard]] Status writeSafetensors(const std::filesystem::path& path, std::vector<TensorToWrite> tensors,
                                      const std::map<std::string, std::string>& metadata = {});

} // namespace vitrine::lm
