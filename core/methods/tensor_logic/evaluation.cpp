// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/evaluation.hpp"

namespace vitrine::tl {

bool matches(const std::vector<Cell>& cells, const std::vector<Cell>& pattern, std::uint32_t boundMask) {
    for (std::size_t k = 0; k < cells.size() && k < 32; ++k)
        if ((boundMask >> k & 1u) != 0 && cells[k] != pattern[k]) return false;
    return true;
}

void Evaluation::forEachMatch(TensorId tensor, const std::vector<Cell>& pattern, std::uint32_t boundMask,
                              const std::function<bool(const Row&)>& visit) const {
    forEachRow(tensor, [&](const Row& row) { return !matches(row.cells, pattern, boundMask) || visit(row); });
}

} // namespace vitrine::tl
