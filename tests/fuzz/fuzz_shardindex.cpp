// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/safetensors.hpp"

#include <cstdint>
#include <cstdlib>

using namespace vitrine::lm;

/// Any bytes as an index of shards: no name that is taken leads out of the folder, none stands twice.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto index = parseShardIndex({reinterpret_cast<const char*>(data), size}, "f");
    if (!index) return 0;
    for (const std::string& shard : index->shards())
        if (shard.empty() || shard == ".." || shard.find('/') != std::string::npos) std::abort();
    for (std::size_t at = 1; at < index->files.size(); ++at)
        if (!(index->files[at - 1].first < index->files[at].first)) std::abort();
    return 0;
}
