// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/safetensors.hpp"
#include "core/lm/checkpoint/safetensorswriter.hpp"
#include "tests/fuzz/checkpointuse.hpp"
#include "tests/fuzz/memoryfile.hpp"

#include <cstring>

using namespace vitrine::lm;

/// Any bytes as a file, and as the header of a file whose data are as long as the header's last tensor says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const MemoryFile file("safetensors");
    file.write(data, size);
    const auto mapped = MappedFile::open(file.path());
    if (!mapped) std::abort();
    if (const auto opened = openSafetensors(*mapped)) useCheckpoint(**opened);

    const std::string_view header(reinterpret_cast<const char*>(data), size);
    for (const std::uint64_t dataBytes : {0U, 8U, 64U}) {
        const auto read = parseSafetensorsHeader(header, 8 + size, dataBytes, "f");
        if (!read) continue;
        std::uint64_t end = 8 + size;
        for (const TensorInfo& tensor : read->tensors) {
            if (tensor.offset != end) std::abort(); // tensors tile the data
            end += tensor.bytes;
        }
        if (end != 8 + size + dataBytes) std::abort();
    }
    return 0;
}
