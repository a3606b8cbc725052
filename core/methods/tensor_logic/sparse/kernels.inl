// SPDX-License-Identifier: GPL-3.0-or-later
// Included once by kernels_cpu.cpp and once by kernels_cuda.cu, each inside a namespace of its own. Uses what the
// includer defines: VITRINE_HD (host and device), claimSlot(slot, value) -> previous content, Memory, and LooksAhead
// with prefetch(address): where one thread walks a table, it asks for the memory of later rows in time.

using std::int64_t;
using std::uint32_t;
using std::uint64_t;
using std::uint8_t;

inline VITRINE_HD uint64_t mixed(uint64_t x) {
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93ULL;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93ULL;
    x ^= x >> 32;
    return x;
}

inline VITRINE_HD uint64_t slotOf(uint64_t hash, uint64_t capacity) {
    return ((hash >> 32) * capacity) >> 32; // capacity < 2^32
}

inline VITRINE_HD uint32_t cellOf(const RowsView& rows, uint64_t row, uint32_t column) {
    const uint64_t word = rows.words[(column >> 1) * rows.stride + row];
    return static_cast<uint32_t>((column & 1) ? word : word >> 32);
}

inline VITRINE_HD uint32_t widthOf(uint32_t arity) {
    return arity < 2 ? 1 : (arity + 1) / 2;
}

inline VITRINE_HD uint32_t cellOf(const ColumnRef& column, uint64_t i) {
    return column.data ? column.data[i] : column.constant;
}

inline VITRINE_HD uint64_t wordOf(const TupleRef& tuple, uint64_t i, uint32_t word) {
    const uint32_t column = 2 * word;
    const uint64_t high = column < tuple.count ? cellOf(tuple.columns[column], i) : 0;
    const uint64_t low = column + 1 < tuple.count ? cellOf(tuple.columns[column + 1], i) : 0;
    return high << 32 | low;
}

inline VITRINE_HD uint64_t hashRow(const RowsView& rows, uint64_t row) {
    uint64_t hash = mixed(rows.words[row]);
    for (uint32_t word = 1; word < widthOf(rows.arity); ++word)
        hash = mixed(hash * 31 + rows.words[word * rows.stride + row]);
    return hash;
}

inline VITRINE_HD uint64_t hashTuple(const TupleRef& tuple, uint64_t i) {
    uint64_t hash = mixed(wordOf(tuple, i, 0));
    for (uint32_t word = 1; word < widthOf(tuple.count); ++word) hash = mixed(hash * 31 + wordOf(tuple, i, word));
    return hash;
}

inline VITRINE_HD bool sameRow(const RowsView& rows, uint64_t a, uint64_t b) {
    for (uint32_t word = 0; word < widthOf(rows.arity); ++word)
        if (rows.words[word * rows.stride + a] != rows.words[word * rows.stride + b]) return false;
    return true;
}

inline VITRINE_HD bool sameTuple(const RowsView& rows, uint64_t row, const TupleRef& tuple, uint64_t i) {
    for (uint32_t word = 0; word < widthOf(rows.arity); ++word)
        if (rows.words[word * rows.stride + row] != wordOf(tuple, i, word)) return false;
    return true;
}

inline VITRINE_HD uint64_t keyWord(const IndexView& index, uint64_t row, uint32_t word) {
    const uint32_t column = 2 * word;
    const uint64_t high = column < index.keyCount ? cellOf(index.rows, row, index.keyColumns[column]) : 0;
    const uint64_t low = column + 1 < index.keyCount ? cellOf(index.rows, row, index.keyColumns[column + 1]) : 0;
    return high << 32 | low;
}

inline VITRINE_HD bool sameKey(const IndexView& index, uint64_t a, uint64_t b) {
    for (uint32_t word = 0; word < widthOf(index.keyCount); ++word)
        if (keyWord(index, a, word) != keyWord(index, b, word)) return false;
    return true;
}

inline VITRINE_HD uint64_t hashKey(const IndexView& index, uint64_t row) {
    uint64_t hash = mixed(keyWord(index, row, 0));
    for (uint32_t word = 1; word < widthOf(index.keyCount); ++word) hash = mixed(hash * 31 + keyWord(index, row, word));
    return hash;
}

/// What a slot holds for a number: the half of the hash that does not choose the place goes along.
inline VITRINE_HD uint64_t slotFor(uint64_t hash, uint64_t number) {
    return hash << 32 | number;
}
inline VITRINE_HD uint32_t numberIn(uint64_t slot) {
    return static_cast<uint32_t>(slot);
}
inline VITRINE_HD bool mayHold(uint64_t slot, uint64_t hash) {
    return slot >> 32 == (hash & 0xffffffffULL);
}

/// Enters a number whose row or key no other entry has.
inline VITRINE_HD void claim(const HashView& table, uint64_t hash, uint64_t number) {
    uint64_t at = slotOf(hash, table.capacity);
    while (claimSlot(table.slots + at, slotFor(hash, number)) != FreeSlot)
        if (++at == table.capacity) at = 0;
}

/// Group of a key, or NoRow.
inline VITRINE_HD uint32_t findGroup(const IndexView& index, const TupleRef& keys, uint64_t i) {
    const uint64_t hash = hashTuple(keys, i);
    uint64_t at = slotOf(hash, index.groupOf.capacity);
    while (true) {
        const uint64_t slot = index.groupOf.slots[at];
        if (slot == FreeSlot) return NoRow;
        if (!mayHold(slot, hash)) {
            if (++at == index.groupOf.capacity) at = 0;
            continue;
        }
        const uint32_t group = numberIn(slot);
        const uint64_t row = index.order[index.starts[group]];
        bool isSame = true;
        for (uint32_t word = 0; word < widthOf(index.keyCount) && isSame; ++word)
            isSame = keyWord(index, row, word) == wordOf(keys, i, word);
        if (isSame) return group;
        if (++at == index.groupOf.capacity) at = 0;
    }
}

template <typename Function>
void forCount(uint64_t count, Function function) {
    thrust::for_each_n(thrust::device, thrust::counting_iterator<uint64_t>(0), count, function);
}

inline constexpr uint64_t SlotsAhead = 12, RowsAhead = 6;

/// Brings the slot of one hash and the row that another slot names.
inline VITRINE_HD void lookAhead(const RowsView& rows, const HashView& hash, uint64_t farHash, uint64_t nearHash) {
    prefetch(hash.slots + slotOf(farHash, hash.capacity));
    const uint64_t slot = hash.slots[slotOf(nearHash, hash.capacity)];
    if (slot != FreeSlot && mayHold(slot, nearHash)) prefetch(rows.words + numberIn(slot));
}

struct EnterRow {
    RowsView rows;
    HashView hash;
    uint64_t last;
    VITRINE_HD void operator()(uint64_t row) const {
        if (LooksAhead && row + SlotsAhead < last)
            prefetch(hash.slots + slotOf(hashRow(rows, row + SlotsAhead), hash.capacity));
        claim(hash, hashRow(rows, row), row);
    }
};

inline void enter(RowsView rows, HashView hash, uint64_t first, uint64_t last) {
    thrust::for_each(thrust::device, thrust::counting_iterator<uint64_t>(first),
                     thrust::counting_iterator<uint64_t>(last), EnterRow{rows, hash, last});
}

/// Claims a slot for a candidate, unless an equal row has one. won[i] = that slot or NoRow.
struct InsertRow {
    RowsView rows;
    HashView hash;
    uint64_t first, count;
    uint32_t* won;
    VITRINE_HD void operator()(uint64_t i) const {
        const uint64_t row = first + i;
        if (LooksAhead && i + SlotsAhead < count)
            lookAhead(rows, hash, hashRow(rows, row + SlotsAhead), hashRow(rows, row + RowsAhead));
        const uint64_t own = hashRow(rows, row);
        uint64_t at = slotOf(own, hash.capacity);
        while (true) {
            uint64_t holder = hash.slots[at];
            if (holder == FreeSlot) holder = claimSlot(hash.slots + at, slotFor(own, row));
            if (holder == FreeSlot) {
                won[i] = static_cast<uint32_t>(at);
                return;
            }
            if (mayHold(holder, own) && sameRow(rows, numberIn(holder), row)) {
                won[i] = NoRow;
                return;
            }
            if (++at == hash.capacity) at = 0;
        }
    }
};

struct IsLoser {
    VITRINE_HD bool operator()(uint32_t won) const { return won == NoRow; }
};
struct WinnerFlag {
    VITRINE_HD uint32_t operator()(uint32_t won) const { return won == NoRow ? 0 : 1; }
};

/// After the winners have moved together, their slots name their new places.
struct Rename {
    HashView hash;
    uint64_t first;
    const uint32_t* won;
    const uint32_t* rank;
    VITRINE_HD void operator()(uint64_t i) const {
        if (won[i] != NoRow) hash.slots[won[i]] = slotFor(hash.slots[won[i]] >> 32, first + rank[i]);
    }
};

inline uint64_t insert(RowsView rows, HashView hash, uint64_t first, uint64_t count, uint32_t* scratch) {
    if (count == 0) return 0;
    uint32_t* won = scratch;
    uint32_t* rank = scratch + count;
    forCount(count, InsertRow{rows, hash, first, count, won});
    const auto losers = static_cast<uint64_t>(thrust::count(thrust::device, won, won + count, NoRow));
    if (losers == 0) return count;
    if (losers == count) return 0;
    thrust::transform_exclusive_scan(thrust::device, won, won + count, rank, WinnerFlag(), uint32_t(0),
                                     thrust::plus<uint32_t>());
    for (uint32_t word = 0; word < widthOf(rows.arity); ++word) {
        uint64_t* from = rows.words + word * rows.stride + first;
        thrust::remove_if(thrust::device, from, from + count, won, IsLoser());
    }
    forCount(count, Rename{hash, first, won, rank});
    return count - losers;
}

/// Number of the row that equals tuple i, or NoRow.
inline VITRINE_HD uint32_t findRow(const RowsView& rows, const HashView& hash, const TupleRef& tuples, uint64_t i) {
    const uint64_t own = hashTuple(tuples, i);
    uint64_t at = slotOf(own, hash.capacity);
    while (true) {
        const uint64_t slot = hash.slots[at];
        if (slot == FreeSlot) return NoRow;
        if (mayHold(slot, own) && sameTuple(rows, numberIn(slot), tuples, i)) return numberIn(slot);
        if (++at == hash.capacity) at = 0;
    }
}

struct Locate {
    RowsView rows;
    HashView hash;
    TupleRef tuples;
    uint32_t* numbers;
    VITRINE_HD void operator()(uint64_t i) const { numbers[i] = findRow(rows, hash, tuples, i); }
};

inline void locate(RowsView rows, HashView hash, const TupleRef& tuples, uint64_t count, uint32_t* numbers) {
    forCount(count, Locate{rows, hash, tuples, numbers});
}

struct Member {
    RowsView rows;
    HashView hash;
    uint64_t limit;
    TupleRef tuples;
    uint64_t count;
    bool want;
    uint8_t* mask;
    VITRINE_HD void operator()(uint64_t i) const {
        if (LooksAhead && i + SlotsAhead < count)
            lookAhead(rows, hash, hashTuple(tuples, i + SlotsAhead), hashTuple(tuples, i + RowsAhead));
        if (mask[i]) mask[i] = (findRow(rows, hash, tuples, i) < limit) == want; // NoRow is above every limit
    }
};

inline void member(RowsView rows, HashView hash, uint64_t limit, const TupleRef& tuples, uint64_t count, bool want,
                   uint8_t* mask) {
    forCount(count, Member{rows, hash, limit, tuples, count, want, mask});
}

struct Pack {
    RowsView rows;
    uint64_t first;
    TupleRef tuples;
    VITRINE_HD void operator()(uint64_t i) const {
        for (uint32_t word = 0; word < widthOf(rows.arity); ++word)
            rows.words[word * rows.stride + first + i] = wordOf(tuples, i, word);
    }
};

inline void pack(RowsView rows, uint64_t first, const TupleRef& tuples, uint64_t count) {
    forCount(count, Pack{rows, first, tuples});
}

struct RowWord {
    RowsView rows;
    uint32_t word;
    VITRINE_HD uint64_t operator()(uint32_t row) const { return rows.words[word * rows.stride + row]; }
};
struct KeyWord {
    IndexView index;
    uint32_t word;
    VITRINE_HD uint64_t operator()(uint32_t row) const { return keyWord(index, row, word); }
};

/// Stable sort of row numbers by words of 64 bits, the last word first.
template <typename WordOf>
void sortByWords(uint32_t* order, uint64_t count, uint32_t width, WordOf wordOfRow) {
    thrust::device_vector<uint64_t> keys(count);
    for (uint32_t word = width; word-- > 0;) {
        wordOfRow.word = word;
        thrust::transform(thrust::device, order, order + count, keys.begin(), wordOfRow);
        thrust::stable_sort_by_key(thrust::device, keys.begin(), keys.end(), order);
    }
}

inline void sortRows(RowsView rows, uint64_t count, uint32_t* order) {
    thrust::sequence(thrust::device, order, order + count);
    sortByWords(order, count, widthOf(rows.arity), RowWord{rows, 0});
}

struct StartsGroup {
    IndexView index;
    VITRINE_HD bool operator()(uint32_t i) const {
        return i == 0 || !sameKey(index, index.order[i - 1], index.order[i]);
    }
};

inline uint64_t sortByKey(const IndexView& index, uint64_t first, uint64_t last) {
    const uint64_t count = last - first;
    thrust::sequence(thrust::device, index.order, index.order + count, static_cast<uint32_t>(first));
    sortByWords(index.order, count, widthOf(index.keyCount), KeyWord{index, 0});
    const thrust::counting_iterator<uint32_t> numbers(0);
    uint32_t* end = thrust::copy_if(thrust::device, numbers, numbers + static_cast<int64_t>(count), index.starts,
                                    StartsGroup{index});
    const auto groups = static_cast<uint64_t>(end - index.starts);
    thrust::fill_n(thrust::device, end, 1, static_cast<uint32_t>(count));
    return groups;
}

struct EnterGroup {
    IndexView index;
    VITRINE_HD void operator()(uint64_t group) const {
        const uint64_t row = index.order[index.starts[group]];
        claim(index.groupOf, hashKey(index, row), group);
    }
};

inline void enterGroups(const IndexView& index) {
    forCount(index.groups, EnterGroup{index});
}

struct Probe {
    IndexView index;
    TupleRef keys;
    uint64_t count;
    uint32_t* firsts;
    uint64_t* sizes;
    VITRINE_HD void operator()(uint64_t i) const {
        if (LooksAhead && i + SlotsAhead < count)
            prefetch(index.groupOf.slots + slotOf(hashTuple(keys, i + SlotsAhead), index.groupOf.capacity));
        const uint32_t group = findGroup(index, keys, i);
        firsts[i] = group == NoRow ? 0 : index.starts[group];
        sizes[i] = group == NoRow ? 0 : index.starts[group + 1] - index.starts[group];
    }
};

inline uint64_t read64(const uint64_t* at) {
    uint64_t value = 0;
    Memory::toHost(&value, at, sizeof value);
    return value;
}

inline uint64_t probe(const IndexView& index, const TupleRef& keys, uint64_t count, uint32_t* firsts,
                      uint64_t* offsets) {
    forCount(count, Probe{index, keys, count, firsts, offsets});
    thrust::fill_n(thrust::device, offsets + count, 1, uint64_t(0));
    thrust::exclusive_scan(thrust::device, offsets, offsets + count + 1, offsets);
    return read64(offsets + count);
}

struct Exists {
    IndexView index;
    TupleRef keys;
    uint8_t* hits;
    VITRINE_HD void operator()(uint64_t i) const {
        if (!hits[i]) hits[i] = findGroup(index, keys, i) != NoRow;
    }
};

inline void exists(const IndexView& index, const TupleRef& keys, uint64_t count, uint8_t* hits) {
    forCount(count, Exists{index, keys, hits});
}

inline uint64_t parentOf(const uint64_t* offsets, uint64_t count, uint64_t value) {
    const uint64_t* found = thrust::upper_bound(thrust::device, offsets, offsets + count + 1, value);
    return static_cast<uint64_t>(found - offsets) - 1;
}

struct Expand {
    const uint32_t* order;
    const uint32_t* firsts;
    const uint64_t* offsets;
    JoinWindow window;
    uint32_t* parents;
    uint32_t* rows;
    VITRINE_HD void operator()(uint64_t parent) const {
        const uint64_t start = offsets[parent];
        const uint64_t from = start < window.first ? window.first : start;
        const uint64_t end = offsets[parent + 1] < window.last ? offsets[parent + 1] : window.last;
        const uint32_t* source = order + firsts[parent];
        for (uint64_t i = from; i < end; ++i) {
            parents[i - window.first] = static_cast<uint32_t>(parent);
            rows[i - window.first] = source[i - start];
        }
    }
};

inline void expand(const IndexView& index, const uint32_t* firsts, const uint64_t* offsets, const JoinWindow& window,
                   uint32_t* parents, uint32_t* rows) {
    thrust::for_each(thrust::device, thrust::counting_iterator<uint64_t>(window.parentFirst),
                     thrust::counting_iterator<uint64_t>(window.parentLast),
                     Expand{index.order, firsts, offsets, window, parents, rows});
}

inline void gather(uint32_t* to, const uint32_t* from, const uint32_t* at, uint64_t count) {
    thrust::gather(thrust::device, at, at + count, from, to);
}

struct CellOfRow {
    RowsView rows;
    uint32_t column;
    uint64_t first;
    VITRINE_HD uint32_t operator()(uint64_t row) const { return cellOf(rows, first + row, column); }
};

inline void cells(uint32_t* to, RowsView rows, uint32_t column, const uint32_t* numbers, uint64_t first,
                  uint64_t count) {
    if (numbers) {
        thrust::transform(thrust::device, numbers, numbers + count, to, CellOfRow{rows, column, 0});
        return;
    }
    const thrust::counting_iterator<uint64_t> from(0);
    thrust::transform(thrust::device, from, from + static_cast<int64_t>(count), to, CellOfRow{rows, column, first});
}

struct Product {
    uint64_t first, size;
    uint32_t* parents;
    uint32_t* others;
    VITRINE_HD void operator()(uint64_t i) const {
        parents[i] = static_cast<uint32_t>((first + i) / size);
        others[i] = static_cast<uint32_t>((first + i) % size);
    }
};

inline void product(uint64_t first, uint64_t count, uint64_t size, uint32_t* parents, uint32_t* others) {
    forCount(count, Product{first, size, parents, others});
}

struct Equal {
    ColumnRef a, b;
    bool want;
    uint8_t* mask;
    VITRINE_HD void operator()(uint64_t i) const { mask[i] &= (cellOf(a, i) == cellOf(b, i)) == want; }
};

inline void equal(ColumnRef a, ColumnRef b, uint64_t count, bool want, uint8_t* mask) {
    forCount(count, Equal{a, b, want, mask});
}

struct NeedsDictionary {
    ColumnRef a, b;
    VITRINE_HD bool operator()(uint64_t i) const { return ((cellOf(a, i) | cellOf(b, i)) & 0x80000000u) != 0; }
};

struct Order {
    CellOrder op;
    ColumnRef a, b;
    uint8_t* mask;
    VITRINE_HD void operator()(uint64_t i) const {
        const uint32_t x = cellOf(a, i), y = cellOf(b, i);
        const bool holds = op == CellOrder::Less        ? x < y
                           : op == CellOrder::LessEqual ? x <= y
                           : op == CellOrder::Greater   ? x > y
                                                        : x >= y;
        mask[i] &= holds;
    }
};

inline uint64_t order(CellOrder op, ColumnRef a, ColumnRef b, uint64_t count, uint8_t* mask) {
    const thrust::counting_iterator<uint64_t> from(0);
    const auto others = static_cast<uint64_t>(
        thrust::count_if(thrust::device, from, from + static_cast<int64_t>(count), NeedsDictionary{a, b}));
    if (others == 0) forCount(count, Order{op, a, b, mask});
    return others;
}

struct Combine {
    uint8_t* mask;
    const uint8_t* hits;
    bool want;
    VITRINE_HD void operator()(uint64_t i) const { mask[i] &= (hits[i] != 0) == want; }
};

inline void combine(uint8_t* mask, const uint8_t* hits, uint64_t count, bool want) {
    forCount(count, Combine{mask, hits, want});
}

struct IsDropped {
    VITRINE_HD bool operator()(uint8_t keep) const { return keep == 0; }
};

inline uint64_t compact(uint32_t* const* columns, uint32_t columnCount, const uint8_t* mask, uint64_t count) {
    const auto kept = count - static_cast<uint64_t>(thrust::count(thrust::device, mask, mask + count, uint8_t(0)));
    if (kept == count || kept == 0) return kept;
    for (uint32_t column = 0; column < columnCount; ++column)
        thrust::remove_if(thrust::device, columns[column], columns[column] + count, mask, IsDropped());
    return kept;
}

struct SameWords {
    RowsView rows;
    VITRINE_HD bool operator()(uint32_t a, uint32_t b) const { return sameRow(rows, a, b); }
};

/// Rows of the kept representatives, in place: they are ascending in the sorted order, so a copy is needed first.
inline uint64_t addUp(RowsView rows, uint64_t count, int64_t* weights) {
    if (count == 0) return 0;
    thrust::device_vector<uint32_t> sorted(count), kept(count);
    thrust::device_vector<int64_t> inOrder(count);
    uint32_t* at = thrust::raw_pointer_cast(sorted.data());
    sortRows(rows, count, at);
    thrust::gather(thrust::device, sorted.begin(), sorted.end(), weights, inOrder.begin());
    const auto ends = thrust::reduce_by_key(thrust::device, sorted.begin(), sorted.end(), inOrder.begin(), kept.begin(),
                                            weights, SameWords{rows});
    const auto left = static_cast<uint64_t>(ends.first - kept.begin());
    thrust::device_vector<uint64_t> moved(left);
    for (uint32_t word = 0; word < widthOf(rows.arity); ++word) {
        uint64_t* words = rows.words + word * rows.stride;
        thrust::gather(thrust::device, kept.begin(), kept.begin() + static_cast<int64_t>(left), words, moved.begin());
        thrust::copy(thrust::device, moved.begin(), moved.end(), words);
    }
    return left;
}

inline void fillSlots(uint64_t* slots, uint64_t count) {
    thrust::fill_n(thrust::device, slots, count, FreeSlot);
}

inline void fillBytes(uint8_t* bytes, uint64_t count, uint8_t value) {
    thrust::fill_n(thrust::device, bytes, count, value);
}

inline TupleKernels makeTable(bool onDevice) {
    TupleKernels table;
    table.onDevice = onDevice;
    table.allocate = Memory::allocate;
    table.grow = Memory::grow;
    table.release = Memory::release;
    table.toHost = Memory::toHost;
    table.fromHost = Memory::fromHost;
    table.move = Memory::move;
    table.fillSlots = fillSlots;
    table.fillBytes = fillBytes;
    table.enter = enter;
    table.insert = insert;
    table.member = member;
    table.locate = locate;
    table.pack = pack;
    table.sortRows = sortRows;
    table.addUp = addUp;
    table.sortByKey = sortByKey;
    table.enterGroups = enterGroups;
    table.probe = probe;
    table.exists = exists;
    table.parentOf = parentOf;
    table.read64 = read64;
    table.expand = expand;
    table.gather = gather;
    table.cells = cells;
    table.product = product;
    table.equal = equal;
    table.order = order;
    table.combine = combine;
    table.compact = compact;
    return table;
}
