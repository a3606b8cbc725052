// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/storedtype.hpp"

#include <array>
#include <cstddef>
#include <limits>

namespace vitrine::lm {

namespace {

constexpr std::uint64_t Most = std::numeric_limits<std::int64_t>::max();

// in the order of StoredType
constexpr std::array<StoredTypeTraits, 18> Table{{{"F64", 1, 8, true},
                                                  {"F32", 1, 4, true},
                                                  {"F16", 1, 2, true},
                                                  {"BF16", 1, 2, true},
                                                  {"I64", 1, 8, false},
                                                  {"I32", 1, 4, false},
                                                  {"I16", 1, 2, false},
                                                  {"I8", 1, 1, false},
                                                  {"U64", 1, 8, false},
                                                  {"U32", 1, 4, false},
                                                  {"U16", 1, 2, false},
                                                  {"U8", 1, 1, false},
                                                  {"BOOL", 1, 1, false},
                                                  {"F8_E4M3", 1, 1, false},
                                                  {"F8_E5M2", 1, 1, false},
                                                  {"Q4_0", 32, 18, true},
                                                  {"Q4_1", 32, 20, true},
                                                  {"Q8_0", 32, 34, true}}};

} // namespace

const StoredTypeTraits& traits(StoredType type) {
    return Table[static_cast<std::size_t>(type)];
}

std::optional<std::uint64_t> elementCount(std::span<const std::int64_t> shape) {
    // a zero makes the tensor empty, whatever the other extents are: no overflow then
    bool isEmpty = false;
    for (const std::int64_t extent : shape) {
        if (extent < 0) return std::nullopt;
        isEmpty = isEmpty || extent == 0;
    }
    if (isEmpty) return 0;
    std::uint64_t count = 1;
    for (const std::int64_t extent : shape) {
        if (count > Most / static_cast<std::uint64_t>(extent)) return std::nullopt;
        count *= static_cast<std::uint64_t>(extent);
    }
    return count;
}

std::optional<std::uint64_t> byteCount(StoredType type, std::span<const std::int64_t> shape) {
    const StoredTypeTraits& kind = traits(type);
    const std::optional<std::uint64_t> count = elementCount(shape);
    if (!count) return std::nullopt;
    if (kind.blockElements > 1 && (shape.empty() || shape.back() % kind.blockElements != 0)) return std::nullopt;
    const std::uint64_t blocks = *count / kind.blockElements;
    if (blocks > Most / kind.blockBytes) return std::nullopt;
    return blocks * kind.blockBytes;
}

} // namespace vitrine::lm
