// SPDX-License-Identifier: GPL-3.0-or-later
// Tiles: boxes of a matrix, for pictures at any resolution.
#include "core/methods/tensor_logic/evaluate_result.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace vitrine::tl {

const EvaluationResult::Matrix& EvaluationResult::matrix(TensorId tensor,
                                                         const std::vector<std::int64_t>& prefix) const {
    const auto key = std::make_pair(tensor, prefix);
    const auto found = m_matrices.find(key);
    if (found != m_matrices.end()) return found->second;
    auto& store = const_cast<dense::Store&>(m_store);
    const TensorInfo& info = m_program->tensors[tensor];
    const std::size_t arity = info.arity;
    const std::vector<std::int64_t> extents = m_store.shapeOf(tensor);
    std::vector<const dense::DomainTable*> tables;
    for (const DomainId axis : info.axes) tables.push_back(&store.table(axis));
    struct Entry {
        std::uint32_t row, column, round;
    };
    std::vector<Entry> entries;
    const auto add = [&](std::span<const Cell> cells, std::uint32_t round) {
        std::vector<std::int64_t> position(arity);
        for (std::size_t k = 0; k < arity; ++k) {
            position[k] = tables[k]->position(cells[k]);
            if (position[k] < 0 || (k + 2 < arity && position[k] != prefix[k])) return;
        }
        const std::int64_t row = arity > 1 ? position[arity - 2] : 0, column = arity > 0 ? position[arity - 1] : 0;
        entries.push_back({static_cast<std::uint32_t>(row), static_cast<std::uint32_t>(column), round});
    };
    const dense::Slot& slot = m_store.slot(tensor);
    if (slot.tuples)
        slot.tuples->forEach([&](std::span<const Cell> cells, std::uint32_t round) {
            add(cells, round);
            return true;
        });
    else if (slot.counts)
        for (std::size_t row = 0; row < slot.counts->values.size(); ++row)
            add(std::span(slot.counts->cells).subspan(row * arity, arity), 0);
    const auto less = [](const Entry& a, const Entry& b) {
        return a.row != b.row ? a.row < b.row : a.column < b.column;
    };
    if (!std::is_sorted(entries.begin(), entries.end(), less)) std::sort(entries.begin(), entries.end(), less);
    Matrix result;
    const std::size_t rowExtent = arity > 1 ? static_cast<std::size_t>(extents[arity - 2]) : 1;
    result.starts.assign(rowExtent + 1, 0);
    for (const Entry& entry : entries) {
        ++result.starts[entry.row + 1];
        result.columns.push_back(entry.column);
        result.rounds.push_back(entry.round);
    }
    for (std::size_t k = 0; k < rowExtent; ++k) result.starts[k + 1] += result.starts[k];
    return m_matrices.emplace(key, std::move(result)).first->second;
}

void EvaluationResult::fillFromMatrix(Tile& tile, const Matrix& matrix, std::uint32_t throughRound) const {
    const auto height = static_cast<std::int64_t>(tile.height), width = static_cast<std::int64_t>(tile.width);
    const std::int64_t rows = tile.bottom - tile.top, columns = tile.right - tile.left;
    tile.rounds.assign(tile.values.size(), 0);
    const auto last = static_cast<std::int64_t>(matrix.starts.size()) - 1;
    for (std::int64_t row = std::max<std::int64_t>(0, tile.top); row < std::min(tile.bottom, last); ++row) {
        const std::int64_t y = (row - tile.top) * height / rows;
        const auto begin =
            matrix.columns.begin() + static_cast<std::ptrdiff_t>(matrix.starts[static_cast<std::size_t>(row)]);
        const auto end =
            matrix.columns.begin() + static_cast<std::ptrdiff_t>(matrix.starts[static_cast<std::size_t>(row) + 1]);
        const auto first = std::lower_bound(begin, end, tile.left,
                                            [](std::uint32_t column, std::int64_t left) { return column < left; });
        for (auto at = first; at != end && *at < tile.right; ++at) {
            const std::uint32_t round = matrix.rounds[static_cast<std::size_t>(at - matrix.columns.begin())];
            if (throughRound != 0 && round > throughRound) continue;
            const std::int64_t x = (static_cast<std::int64_t>(*at) - tile.left) * width / columns;
            const auto box = static_cast<std::size_t>(y * width + x);
            tile.values[box] += 1;
            tile.rounds[box] = std::max(tile.rounds[box], round);
        }
    }
}

void EvaluationResult::fillFromDense(Tile& tile, TensorId tensor, const std::vector<std::int64_t>& prefix) const {
    const at::Tensor& values = const_cast<dense::HostValues&>(m_host).host(tensor);
    at::Tensor plane = values;
    for (std::size_t k = 0; k < prefix.size() && plane.dim() > 2; ++k) plane = plane.select(0, prefix[k]);
    while (plane.dim() < 2) plane = plane.unsqueeze(0);
    plane = plane.to(at::kDouble).contiguous();
    const double* data = plane.const_data_ptr<double>();
    const std::int64_t extent = plane.size(1);
    const std::int64_t rows = tile.bottom - tile.top, columns = tile.right - tile.left;
    std::vector<std::int64_t> counts(tile.values.size(), 0);
    std::vector<double> sums(tile.values.size(), 0);
    for (std::int64_t row = std::max<std::int64_t>(0, tile.top); row < std::min(tile.bottom, plane.size(0)); ++row)
        for (std::int64_t column = std::max<std::int64_t>(0, tile.left); column < std::min(tile.right, extent);
             ++column) {
            const auto box = static_cast<std::size_t>((row - tile.top) * tile.height / rows * tile.width +
                                                      (column - tile.left) * tile.width / columns);
            sums[box] += data[row * extent + column];
            ++counts[box];
        }
    for (std::size_t k = 0; k < sums.size(); ++k)
        if (counts[k] != 0) tile.values[k] = static_cast<float>(sums[k] / static_cast<double>(counts[k]));
}

Evaluation::Tile EvaluationResult::tile(TensorId tensor, const std::vector<std::int64_t>& prefix, std::int64_t top,
                                        std::int64_t left, std::int64_t bottom, std::int64_t right, int height,
                                        int width, std::uint32_t throughRound) const {
    Tile result{top, left, bottom, right, height, width, {}, {}};
    if (height <= 0 || width <= 0 || bottom <= top || right <= left) return result;
    result.values.assign(static_cast<std::size_t>(height) * static_cast<std::size_t>(width), 0);
    const std::lock_guard lock(m_mutex);
    const dense::Slot& slot = m_store.slot(tensor);
    if (slot.tuples || slot.counts)
        fillFromMatrix(result, matrix(tensor, prefix), throughRound);
    else if (isDense(tensor))
        fillFromDense(result, tensor, prefix);
    return result;
}

} // namespace vitrine::tl
