// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/tupleset.hpp"

#include <algorithm>

namespace vitrine::tl::sparse {

namespace {
constexpr std::uint64_t ReadRows = 4096;
}

bool StoredSet::contains(std::span<const Cell> tuple) const {
    return m_store->find(tuple) < m_size;
}

std::uint32_t StoredSet::roundOf(std::span<const Cell> tuple) const {
    const std::uint32_t row = m_store->find(tuple);
    return row < m_size ? m_store->roundOf(row) : 0;
}

bool StoredSet::show(std::uint32_t row, const std::function<bool(std::span<const Cell>, std::uint32_t)>& visit) const {
    return visit(m_store->read(row, 1), m_store->roundOf(row));
}

void StoredSet::forEach(const std::function<bool(std::span<const Cell>, std::uint32_t)>& visit) const {
    const TupleKernels& kernels = m_store->kernels();
    Array<std::uint32_t> sorted(kernels);
    sorted.ensure(m_size);
    kernels.sortRows(m_store->rows(), m_size, sorted.data());
    std::vector<std::uint32_t> order(m_size);
    kernels.toHost(order.data(), sorted.data(), m_size * sizeof(std::uint32_t));
    sorted.reset();
    const std::uint32_t columns = arity();
    std::vector<std::vector<Cell>> cells(columns, std::vector<Cell>(ReadRows));
    std::vector<Cell> tuple(columns);
    Array<std::uint32_t> numbers(kernels), values(kernels);
    numbers.resize(ReadRows);
    values.resize(ReadRows);
    for (std::uint64_t from = 0; from < m_size; from += ReadRows) {
        const std::uint64_t some = std::min(ReadRows, m_size - from);
        kernels.fromHost(numbers.data(), order.data() + from, some * sizeof(std::uint32_t));
        for (std::uint32_t k = 0; k < columns; ++k) {
            kernels.cells(values.data(), m_store->rows(), k, numbers.data(), 0, some);
            kernels.toHost(cells[k].data(), values.data(), some * sizeof(Cell));
        }
        for (std::uint64_t i = 0; i < some; ++i) {
            for (std::uint32_t k = 0; k < columns; ++k) tuple[k] = cells[k][i];
            if (!visit(tuple, m_store->roundOf(order[from + i]))) return;
        }
    }
}

std::vector<std::uint32_t> StoredSet::matching(std::span<const Cell> pattern, std::uint32_t boundMask) const {
    const TupleKernels& kernels = m_store->kernels();
    const std::scoped_lock lock(m_mutex);
    Index& index = m_indices.try_emplace(boundMask, kernels, boundMask).first->second;
    index.extend(m_store->rows(), m_size);
    TupleRef key;
    for (std::uint32_t k = 0; k < arity(); ++k)
        if (boundMask >> k & 1) key.columns[key.count++].constant = pattern[k];
    std::vector<std::uint32_t> found;
    for (std::size_t i = 0; i < index.segmentCount(); ++i) {
        const IndexView view = index.segment(i, m_store->rows());
        Array<std::uint32_t> firsts(kernels), parents(kernels), rows(kernels);
        Array<std::uint64_t> offsets(kernels);
        firsts.resize(1);
        offsets.resize(2);
        const std::uint64_t total = kernels.probe(view, key, 1, firsts.data(), offsets.data());
        if (total == 0) continue;
        parents.resize(total);
        rows.resize(total);
        kernels.expand(view, firsts.data(), offsets.data(), {0, total, 0, 1}, parents.data(), rows.data());
        found.resize(found.size() + total);
        kernels.toHost(found.data() + found.size() - total, rows.data(), total * sizeof(std::uint32_t));
    }
    return found;
}

void StoredSet::match(std::span<const Cell> pattern, std::uint32_t boundMask,
                      const std::function<bool(std::span<const Cell>, std::uint32_t)>& visit) const {
    const std::uint32_t full = arity() >= 32 ? ~0u : (1u << arity()) - 1;
    if (m_size == 0) return;
    if (boundMask == 0) {
        forEach(visit);
    } else if ((boundMask & full) == full) {
        const std::uint32_t row = m_store->find(pattern);
        if (row < m_size) visit(pattern, m_store->roundOf(row));
    } else {
        for (const std::uint32_t row : matching(pattern, boundMask))
            if (!show(row, visit)) return;
    }
}

std::vector<Cell> StoredSet::column(std::uint32_t index) const {
    const TupleKernels& kernels = m_store->kernels();
    Array<std::uint32_t> values(kernels);
    values.ensure(m_size);
    kernels.cells(values.data(), m_store->rows(), index, nullptr, 0, m_size);
    std::vector<Cell> cells(m_size);
    kernels.toHost(cells.data(), values.data(), m_size * sizeof(Cell));
    std::sort(cells.begin(), cells.end());
    cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
    return cells;
}

} // namespace vitrine::tl::sparse
