// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/modelconfig.hpp"
#include "core/lm/checkpoint/weights.hpp"

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace vitrine;
using namespace vitrine::lm;

/// Any bytes as config.json and generation_config.json: what is taken has finite frequencies and is read back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Result<Json> json = parseJson({reinterpret_cast<const char*>(data), size});
    if (!json) return 0;
    std::vector<Error> problems;
    static_cast<void>(readGenerationDefaults(*json, problems));
    const ConfigReading reading = readModelConfig(*json);
    if (!reading.ok()) return 0;
    const ModelConfig& config = reading.config;
    for (const std::int64_t length : {std::int64_t{1}, 2 * config.maxPositions}) {
        const RopeFrequencies rope = ropeFrequencies(config, length);
        if (!std::isfinite(rope.factor)) std::abort();
        for (const double f : rope.inverse)
            if (!std::isfinite(f) || f < 0) std::abort();
    }
    if (config.layers <= 64)
        for (const ExpectedTensor& tensor : expectedTensors(config))
            if (!byteCount(StoredType::F64, tensor.shape)) std::abort();
    const Result<Json> written = modelConfigToJson(config);
    if (!written) return 0;
    const ConfigReading again = readModelConfig(*written);
    if (!again.ok() || *modelConfigToJson(again.config) != *written) std::abort();
    return 0;
}
