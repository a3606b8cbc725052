// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/sparse/rowset.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace vitrine::tl::sparse {

namespace {

/// Direct tables cost at most this many entries for each cell.
constexpr std::size_t Spread = 16;

std::vector<std::uint32_t> directTable(const std::vector<Cell>& cells, std::size_t first, std::size_t last) {
    if (first == last) return {};
    const std::size_t range = (cells[last - 1] & ~DictionaryBit) + 1u;
    if (range > Spread * cells.size() + 1024) return {};
    std::vector<std::uint32_t> table(range, NoVertex);
    for (std::size_t i = first; i < last; ++i) table[cells[i] & ~DictionaryBit] = static_cast<std::uint32_t>(i);
    return table;
}

} // namespace

Universe::Universe(std::vector<Cell> cells) : m_cells(std::move(cells)) {
    std::sort(m_cells.begin(), m_cells.end());
    m_cells.erase(std::unique(m_cells.begin(), m_cells.end()), m_cells.end());
    m_cells.shrink_to_fit();
    const auto symbols = std::lower_bound(m_cells.begin(), m_cells.end(), DictionaryBit);
    const auto split = static_cast<std::size_t>(symbols - m_cells.begin());
    m_integers = directTable(m_cells, 0, split);
    m_ids = directTable(m_cells, split, m_cells.size());
}

std::uint32_t Universe::find(Cell cell) const {
    const std::vector<std::uint32_t>& table = isSmallInteger(cell) ? m_integers : m_ids;
    if (!table.empty()) {
        const std::size_t value = cell & ~DictionaryBit;
        return value < table.size() ? table[value] : NoVertex;
    }
    const auto found = std::lower_bound(m_cells.begin(), m_cells.end(), cell);
    if (found == m_cells.end() || *found != cell) return NoVertex;
    return static_cast<std::uint32_t>(found - m_cells.begin());
}

RowTable::~RowTable() {
    for (Row& row : m_rows) {
        std::free(row.ids);
        std::free(row.ends);
        std::free(row.bits);
    }
}

template <typename T>
void RowTable::grow(T*& memory, std::uint32_t& capacity, std::uint32_t needed) {
    if (needed <= capacity) return;
    const std::uint32_t fresh = std::max(needed, capacity + capacity / 4 + 2);
    void* moved = std::realloc(memory, fresh * sizeof(T));
    if (!moved) throw std::bad_alloc();
    memory = static_cast<T*>(moved);
    m_bytes.fetch_add(static_cast<std::int64_t>((fresh - capacity) * sizeof(T)), std::memory_order_relaxed);
    capacity = fresh;
}

void RowTable::addBits(Row& row, std::size_t words) {
    row.bits = static_cast<std::uint64_t*>(std::calloc(words, sizeof(std::uint64_t)));
    if (!row.bits) throw std::bad_alloc();
    m_bytes.fetch_add(static_cast<std::int64_t>(words * sizeof(std::uint64_t)), std::memory_order_relaxed);
    for (std::uint32_t i = 0; i < row.size; ++i) row.bits[row.ids[i] >> 6] |= 1ULL << (row.ids[i] & 63);
}

void RowTable::append(std::uint32_t vertex, const std::uint32_t* ids, std::uint32_t count, std::uint32_t round,
                      std::size_t words) {
    Row& row = m_rows[vertex];
    grow(row.ids, row.capacity, row.size + count);
    std::memcpy(row.ids + row.size, ids, count * sizeof(std::uint32_t));
    if (row.bits)
        for (std::uint32_t i = 0; i < count; ++i) row.bits[ids[i] >> 6] |= 1ULL << (ids[i] & 63);
    row.size += count;
    if (row.endCount > 0 && row.ends[row.endCount - 1].round == round) {
        row.ends[row.endCount - 1].end = row.size;
    } else {
        grow(row.ends, row.endCapacity, row.endCount + 1);
        row.ends[row.endCount++] = {round, row.size};
    }
    // At half a word for each entry a bitmap costs as much as the entries.
    if (words > 0 && !row.bits && row.size >= 2 * words) addBits(row, words);
}

void RowTable::truncate(std::uint32_t vertex, std::uint32_t round) {
    Row& row = m_rows[vertex];
    while (row.endCount > 0 && row.ends[row.endCount - 1].round > round) --row.endCount;
    const std::uint32_t size = row.endCount > 0 ? row.ends[row.endCount - 1].end : 0;
    for (std::uint32_t i = size; row.bits && i < row.size; ++i)
        row.bits[row.ids[i] >> 6] &= ~(1ULL << (row.ids[i] & 63));
    row.size = size;
}

void RowTable::truncate(std::uint32_t round) {
    for (std::uint32_t vertex = 0; vertex < vertices(); ++vertex) truncate(vertex, round);
}

void RowTable::replace(std::uint32_t vertex, const std::uint32_t* ids, std::uint32_t count, const RoundEnd* ends,
                       std::uint32_t endCount) {
    Row& row = m_rows[vertex];
    const auto before =
        static_cast<std::int64_t>(row.capacity * sizeof(std::uint32_t) + row.endCapacity * sizeof(RoundEnd));
    auto* freshIds = static_cast<std::uint32_t*>(std::realloc(row.ids, count * sizeof(std::uint32_t)));
    if (!freshIds) throw std::bad_alloc();
    row.ids = freshIds;
    row.capacity = count;
    auto* freshEnds = static_cast<RoundEnd*>(std::realloc(row.ends, endCount * sizeof(RoundEnd)));
    if (!freshEnds) throw std::bad_alloc();
    row.ends = freshEnds;
    row.endCapacity = endCount;
    std::memcpy(row.ids, ids, count * sizeof(std::uint32_t));
    std::memcpy(row.ends, ends, endCount * sizeof(RoundEnd));
    row.size = count;
    row.endCount = endCount;
    const auto after = static_cast<std::int64_t>(count * sizeof(std::uint32_t) + endCount * sizeof(RoundEnd));
    m_bytes.fetch_add(after - before, std::memory_order_relaxed);
}

std::uint64_t RowTable::count() const {
    std::uint64_t sum = 0;
    for (const Row& row : m_rows) sum += row.size;
    return sum;
}

RowsSet::RowsSet(std::shared_ptr<const Universe> universe, std::shared_ptr<const RowTable> rows, bool isTurned,
                 bool hasRounds)
    : m_universe(std::move(universe)), m_rows(std::move(rows)), m_isTurned(isTurned), m_hasRounds(hasRounds),
      m_size(m_rows->count()) {}

std::int64_t RowsSet::bytes() const {
    const std::scoped_lock lock(m_mutex);
    const std::int64_t mirrored = m_mirror ? static_cast<std::int64_t>(8 * m_size) : 0;
    return m_rows->bytes() + mirrored + static_cast<std::int64_t>(m_universe->size() * sizeof(Row));
}

std::uint32_t RowsSet::roundAt(const Row& row, std::uint32_t position) const {
    if (!m_hasRounds) return 0;
    const auto* found = std::upper_bound(row.ends, row.ends + row.endCount, position,
                                         [](std::uint32_t at, const RoundEnd& end) { return at < end.end; });
    return found == row.ends + row.endCount ? 0 : found->round;
}

bool RowsSet::contains(std::span<const Cell> tuple) const {
    const std::uint32_t from = m_universe->find(tuple[m_isTurned ? 1 : 0]),
                        to = m_universe->find(tuple[m_isTurned ? 0 : 1]);
    return from != NoVertex && to != NoVertex && m_rows->row(from).contains(to);
}

std::uint32_t RowsSet::roundOf(std::span<const Cell> tuple) const {
    const std::uint32_t from = m_universe->find(tuple[m_isTurned ? 1 : 0]),
                        to = m_universe->find(tuple[m_isTurned ? 0 : 1]);
    if (from == NoVertex || to == NoVertex) return 0;
    const Row& row = m_rows->row(from);
    const auto* found = std::find(row.ids, row.ids + row.size, to);
    return found == row.ids + row.size ? 0 : roundAt(row, static_cast<std::uint32_t>(found - row.ids));
}

const RowsSet::Mirror& RowsSet::mirror() const {
    const std::scoped_lock lock(m_mutex);
    if (m_mirror) return *m_mirror;
    auto made = std::make_unique<Mirror>();
    const std::uint32_t vertices = m_universe->size();
    made->starts.assign(vertices + 1u, 0);
    for (std::uint32_t from = 0; from < vertices; ++from)
        for (std::uint32_t i = 0; i < m_rows->row(from).size; ++i) ++made->starts[m_rows->row(from).ids[i] + 1u];
    for (std::uint32_t v = 0; v < vertices; ++v) made->starts[v + 1u] += made->starts[v];
    made->ids.resize(m_size);
    made->rounds.resize(m_size);
    std::vector<std::uint64_t> next(made->starts.begin(), made->starts.end() - 1);
    for (std::uint32_t from = 0; from < vertices; ++from) {
        const Row& row = m_rows->row(from);
        std::uint32_t end = 0;
        for (std::uint32_t i = 0; i < row.size; ++i) {
            while (end < row.endCount && row.ends[end].end <= i) ++end;
            const std::uint64_t at = next[row.ids[i]]++;
            made->ids[at] = from;
            made->rounds[at] = m_hasRounds && end < row.endCount ? row.ends[end].round : 0;
        }
    }
    m_mirror = std::move(made);
    return *m_mirror;
}

/// A row in the order of its cells.
bool RowsSet::visitRow(std::uint32_t vertex, const Visit& visit) const {
    const Row& row = m_rows->row(vertex);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> entries(row.size);
    std::uint32_t end = 0;
    for (std::uint32_t i = 0; i < row.size; ++i) {
        while (end < row.endCount && row.ends[end].end <= i) ++end;
        entries[i] = {row.ids[i], m_hasRounds && end < row.endCount ? row.ends[end].round : 0};
    }
    std::sort(entries.begin(), entries.end());
    Cell tuple[2] = {m_universe->cell(vertex), m_universe->cell(vertex)};
    for (const auto& [id, round] : entries) {
        tuple[m_isTurned ? 0 : 1] = m_universe->cell(id);
        if (!visit(tuple, round)) return false;
    }
    return true;
}

bool RowsSet::visitMirror(std::uint32_t vertex, const Visit& visit) const {
    const Mirror& other = mirror();
    Cell tuple[2] = {m_universe->cell(vertex), m_universe->cell(vertex)};
    for (std::uint64_t i = other.starts[vertex]; i < other.starts[vertex + 1u]; ++i) {
        tuple[m_isTurned ? 1 : 0] = m_universe->cell(other.ids[i]);
        if (!visit(tuple, other.rounds[i])) return false;
    }
    return true;
}

void RowsSet::forEach(const Visit& visit) const {
    for (std::uint32_t vertex = 0; vertex < m_universe->size(); ++vertex)
        if (!(m_isTurned ? visitMirror(vertex, visit) : visitRow(vertex, visit))) return;
}

void RowsSet::match(std::span<const Cell> pattern, std::uint32_t boundMask, const Visit& visit) const {
    boundMask &= 3;
    if (boundMask == 0) return forEach(visit);
    if (boundMask == 3) {
        if (contains(pattern)) visit(pattern, roundOf(pattern));
        return;
    }
    const std::uint32_t vertex = m_universe->find(pattern[boundMask == 1 ? 0 : 1]);
    if (vertex == NoVertex) return;
    const bool isByRow = (boundMask == 1) != m_isTurned;
    (void)(isByRow ? visitRow(vertex, visit) : visitMirror(vertex, visit));
}

std::vector<Cell> RowsSet::column(std::uint32_t index) const {
    const bool isRowColumn = (index == 0) != m_isTurned;
    std::vector<bool> isThere(m_universe->size());
    for (std::uint32_t vertex = 0; vertex < m_universe->size(); ++vertex) {
        const Row& row = m_rows->row(vertex);
        if (isRowColumn) isThere[vertex] = row.size > 0;
        for (std::uint32_t i = 0; !isRowColumn && i < row.size; ++i) isThere[row.ids[i]] = true;
    }
    std::vector<Cell> cells;
    for (std::uint32_t vertex = 0; vertex < m_universe->size(); ++vertex)
        if (isThere[vertex]) cells.push_back(m_universe->cell(vertex));
    return cells;
}

} // namespace vitrine::tl::sparse
