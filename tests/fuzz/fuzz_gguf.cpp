// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/gguf.hpp"
#include "core/lm/checkpoint/weights.hpp"
#include "tests/fuzz/checkpointuse.hpp"
#include "tests/fuzz/memoryfile.hpp"

using namespace vitrine::lm;

/// Any bytes as a GGUF file, its configuration and its tensors beside those expected.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const MemoryFile file("gguf");
    file.write(data, size);
    const auto mapped = MappedFile::open(file.path());
    if (!mapped) std::abort();
    const auto opened = openGguf(*mapped);
    if (!opened) return 0;
    useCheckpoint(**opened);
    const ConfigReading reading = modelConfigOfGguf(**opened);
    if (!reading.ok() || reading.config.layers > 64) return 0;
    const WeightMatch match = matchWeights(reading.config, **opened);
    for (const Weight& weight : match.weights) {
        std::vector<float> values(*elementCount(weight.shape));
        if (!readWeight(**opened, weight, reading.config, values)) std::abort();
    }
    return 0;
}
