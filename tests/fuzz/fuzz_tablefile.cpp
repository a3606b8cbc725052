// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/tablefile.hpp"
#include "tests/fuzz/memoryfile.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace vitrine::tl;

/// The first byte chooses the reader, the format and the columns; the rest is the file.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    static const MemoryFile file("table");
    file.write(data + 1, size - 1);
    const unsigned choice = data[0];
    TableFileOptions options;
    options.memoryBudget = 16 << 20;
    options.shownName = "f";
    options.format = static_cast<TableFormat>(choice & 3u);
    if ((choice & 0x40u) != 0) options.format.reset();
    const unsigned columns = (choice >> 2) & 7u; // 0 to 6, 7: not said
    const auto arity = columns == 7 ? std::nullopt : std::optional<std::uint32_t>(columns);
    if ((choice & 0x20u) != 0) {
        const auto numbers = readNumbers(file.path(), arity, {}, options);
        if (!numbers) return 0;
        std::int64_t cells = 1;
        for (const std::int64_t extent : numbers->shape) cells *= extent;
        const std::size_t count = numbers->isInteger ? numbers->integers.size() : numbers->reals.size();
        if (cells != static_cast<std::int64_t>(count)) std::abort();
        return 0;
    }
    Dictionary dictionary;
    const auto rows = readRelation(file.path(), arity, dictionary, options);
    if (!rows) return 0;
    if (rows->cells.size() != rows->rows * rows->arity) std::abort();
    for (const Cell cell : rows->cells) static_cast<void>(dictionary.text(cell));
    return 0;
}
