// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/store.hpp"

#include <algorithm>
#include <stdexcept>

namespace vitrine::tl::sparse {

namespace {
constexpr std::uint64_t MostRows = 0xfffffffeULL;
constexpr std::uint64_t InsertChunk = 1 << 16;

std::uint64_t roomFor(std::uint64_t rows) {
    return std::min<std::uint64_t>(2 * rows + 16, 0xffffffffULL);
}
} // namespace

IndexView Index::view(const Segment& segment, const RowsView& rows) const {
    IndexView view;
    view.rows = rows;
    for (std::uint32_t column = 0; column < rows.arity; ++column)
        if (m_mask >> column & 1) view.keyColumns[view.keyCount++] = static_cast<std::uint8_t>(column);
    view.order = segment.order.data();
    view.starts = segment.starts.data();
    view.groups = segment.groups;
    view.groupOf = {segment.slots.data(), segment.slots.capacity()};
    return view;
}

IndexView Index::segment(std::size_t number, const RowsView& rows) const {
    return view(m_segments[number], rows);
}

Index::Segment Index::build(const RowsView& rows, std::uint64_t first, std::uint64_t last) const {
    Segment segment{first,
                    last,
                    0,
                    Array<std::uint32_t>(*m_kernels),
                    Array<std::uint32_t>(*m_kernels),
                    Array<std::uint64_t>(*m_kernels)};
    segment.order.resize(last - first);
    segment.starts.resize(last - first + 1);
    segment.groups = m_kernels->sortByKey(view(segment, rows), first, last);
    segment.starts.resize(segment.groups + 1);
    segment.slots.resize(roomFor(segment.groups));
    m_kernels->fillSlots(segment.slots.data(), segment.slots.capacity());
    m_kernels->enterGroups(view(segment, rows));
    return segment;
}

void Index::extend(const RowsView& rows, std::uint64_t limit) {
    if (limit <= m_covered) return;
    std::uint64_t first = m_covered;
    while (!m_segments.empty() && m_segments.back().last - m_segments.back().first < 4 * (limit - first)) {
        first = m_segments.back().first;
        m_segments.pop_back();
    }
    m_segments.push_back(build(rows, first, limit));
    m_covered = limit;
}

std::int64_t Index::bytes() const {
    std::int64_t sum = 0;
    for (const Segment& segment : m_segments)
        sum += segment.order.bytes() + segment.starts.bytes() + segment.slots.bytes();
    return sum;
}

TupleStore::TupleStore(const TupleKernels& kernels, std::uint32_t arity)
    : m_kernels(&kernels), m_arity(arity), m_words(kernels), m_slots(kernels), m_scratch(kernels) {}

std::int64_t TupleStore::bytes() const {
    std::int64_t sum = m_words.bytes() + m_slots.bytes() + m_scratch.bytes();
    for (const auto& [mask, index] : m_indices) sum += index.bytes();
    return sum;
}

std::int64_t TupleStore::growth(std::uint64_t count) const {
    return static_cast<std::int64_t>(count * (8 * wordsOf(m_arity) + 16));
}

void TupleStore::relayout(std::uint64_t stride) {
    const std::uint32_t words = wordsOf(m_arity);
    if (words == 1) {
        m_words.resize(stride);
    } else {
        Array<std::uint64_t> fresh(*m_kernels);
        fresh.resize(stride * words);
        for (std::uint32_t word = 0; word < words; ++word)
            m_kernels->move(fresh.data() + word * stride, m_words.data() + word * m_stride,
                            std::min(m_size, stride) * sizeof(std::uint64_t));
        m_words = std::move(fresh);
    }
    m_stride = stride;
}

void TupleStore::rehash(std::uint64_t capacity) {
    m_slots.reset(); // the old table goes first: both together would be the peak
    m_slots.resize(capacity);
    m_kernels->fillSlots(m_slots.data(), capacity);
    m_kernels->enter(rows(), hash(), 0, m_size);
}

void TupleStore::reserve(std::uint64_t count) {
    const std::uint64_t needed = m_size + count;
    if (needed > MostRows) throw std::length_error("rows");
    if (needed > m_stride) relayout(std::max(needed, std::min(m_stride + m_stride / 2, MostRows)));
    if (needed + needed / 3 + 16 > m_slots.capacity() && m_slots.capacity() < 0xffffffffULL) rehash(roomFor(needed));
}

std::uint64_t TupleStore::insertCandidates(std::uint64_t count) {
    m_scratch.ensure(2 * count);
    const std::uint64_t fresh = m_kernels->insert(rows(), hash(), m_size, count, m_scratch.data());
    m_size += fresh;
    return fresh;
}

std::uint64_t TupleStore::insert(std::span<const Cell> cells, std::uint64_t count) {
    const std::uint32_t words = wordsOf(m_arity);
    std::uint64_t fresh = 0;
    std::vector<std::uint64_t> packed;
    for (std::uint64_t from = 0; from < count; from += InsertChunk) {
        const std::uint64_t some = std::min(InsertChunk, count - from);
        reserve(some);
        for (std::uint32_t word = 0; word < words; ++word) {
            packed.assign(some, 0);
            for (std::uint32_t column = 2 * word; column < std::min(m_arity, 2 * word + 2); ++column)
                for (std::uint64_t i = 0; i < some; ++i)
                    packed[i] |= std::uint64_t(cells[(from + i) * m_arity + column]) << (column % 2 ? 0 : 32);
            m_kernels->fromHost(m_words.data() + word * m_stride + m_size, packed.data(), some * sizeof(std::uint64_t));
        }
        fresh += insertCandidates(some);
    }
    return fresh;
}

void TupleStore::truncate(std::uint64_t size) {
    if (size >= m_size) return;
    m_size = size;
    dropIndices();
    rehash(m_slots.capacity());
}

Index& TupleStore::index(ColumnMask mask, std::uint64_t limit) {
    Index& found = m_indices.try_emplace(mask, *m_kernels, mask).first->second;
    found.extend(rows(), limit);
    return found;
}

void TupleStore::extendIndices(std::uint64_t limit) {
    for (auto& [mask, index] : m_indices) index.extend(rows(), limit);
}

void TupleStore::shrink() {
    m_scratch.reset();
    if (m_stride != m_size) relayout(std::max<std::uint64_t>(m_size, 1));
}

std::uint32_t TupleStore::find(std::span<const Cell> tuple) const {
    if (m_size == 0) return NoRow;
    TupleRef reference;
    reference.count = m_arity;
    for (std::uint32_t column = 0; column < m_arity; ++column) reference.columns[column].constant = tuple[column];
    Array<std::uint32_t> number(*m_kernels);
    number.resize(1);
    m_kernels->locate(rows(), hash(), reference, 1, number.data());
    std::uint32_t found = NoRow;
    m_kernels->toHost(&found, number.data(), sizeof found);
    return found;
}

bool TupleStore::contains(std::span<const Cell> tuple) const {
    return find(tuple) != NoRow;
}

std::vector<Cell> TupleStore::read(std::uint64_t first, std::uint64_t count) const {
    std::vector<Cell> cells(count * m_arity);
    std::vector<std::uint64_t> packed(count);
    for (std::uint32_t word = 0; word < wordsOf(m_arity) && count > 0; ++word) {
        m_kernels->toHost(packed.data(), m_words.data() + word * m_stride + first, count * sizeof(std::uint64_t));
        for (std::uint32_t column = 2 * word; column < std::min(m_arity, 2 * word + 2); ++column)
            for (std::uint64_t i = 0; i < count; ++i)
                cells[i * m_arity + column] = static_cast<Cell>(column % 2 ? packed[i] : packed[i] >> 32);
    }
    return cells;
}

std::uint32_t TupleStore::roundOf(std::uint64_t row) const {
    const auto found = std::upper_bound(roundEnds.begin(), roundEnds.end(), row);
    return found == roundEnds.end() ? 0 : static_cast<std::uint32_t>(found - roundEnds.begin()) + 1;
}

} // namespace vitrine::tl::sparse
