// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/value.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <utility>

namespace vitrine::tl {

namespace {

constexpr std::int64_t SmallIntegerEnd = 1LL << 31;
constexpr std::uint32_t IntegerMark = 0xffffffffu;
constexpr std::size_t BlockBytes = 1u << 20;

std::uint64_t mix(std::uint64_t value) { // finaliser of splitmix64
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

std::uint32_t hashOf(std::string_view text) {
    return static_cast<std::uint32_t>(mix(std::hash<std::string_view>{}(text)));
}

std::uint32_t hashOf(std::int64_t value) {
    return static_cast<std::uint32_t>(mix(static_cast<std::uint64_t>(value) + 0x9e3779b97f4a7c15ULL));
}

/// The first eight bytes as a number that orders like the text.
std::uint64_t prefixOf(std::string_view text) {
    std::uint64_t prefix = 0;
    for (std::size_t k = 0; k < 8; ++k)
        prefix = (prefix << 8) | (k < text.size() ? static_cast<unsigned char>(text[k]) : 0u);
    return prefix;
}

/// Texts that never move.
class Arena {
  public:
    const char* store(std::string_view text) {
        if (text.empty()) return "";
        if (text.size() > m_left) startBlock(std::max(text.size(), BlockBytes));
        char* place = m_next;
        std::memcpy(place, text.data(), text.size());
        m_next += text.size();
        m_left -= text.size();
        return place;
    }

  private:
    void startBlock(std::size_t bytes) {
        m_blocks.push_back(std::make_unique_for_overwrite<char[]>(bytes));
        m_next = m_blocks.back().get();
        m_left = bytes;
    }

    std::vector<std::unique_ptr<char[]>> m_blocks;
    char* m_next = nullptr;
    std::size_t m_left = 0;
};

struct Entry {
    union {
        const char* text;
        std::int64_t integer;
    };
    std::uint32_t length; ///< IntegerMark: an integer

    [[nodiscard]] bool isSymbol() const { return length != IntegerMark; }
    [[nodiscard]] std::string_view symbol() const { return {text, length}; }
};

/// The hash stands beside the id: entries are looked at only when they are almost surely the right ones.
struct Slot {
    std::uint32_t number = 0; ///< id plus one, 0: free
    std::uint32_t hash = 0;
};

/// Bytes that all symbols begin with.
std::size_t commonPrefix(const std::vector<Entry>& entries) {
    std::optional<std::string_view> common;
    for (const Entry& entry : entries) {
        if (!entry.isSymbol()) continue;
        const std::string_view text = entry.symbol();
        if (!common) common = text;
        std::size_t length = std::min(common->size(), text.size());
        if (std::memcmp(common->data(), text.data(), length) != 0)
            length = static_cast<std::size_t>(
                std::mismatch(common->begin(), common->begin() + static_cast<std::ptrdiff_t>(length), text.begin())
                    .first -
                common->begin());
        common = common->substr(0, length);
        if (length == 0) return 0;
    }
    return common ? common->size() : 0;
}

} // namespace

/// Open addressing with linear probing, at most 5/8 full.
struct Dictionary::Impl {
    Arena arena;
    std::vector<Entry> entries;
    std::vector<Slot> slots = std::vector<Slot>(1024);

    template <typename Same>
    [[nodiscard]] std::size_t probe(std::uint32_t hash, const Same& same) const {
        const std::size_t mask = slots.size() - 1;
        std::size_t slot = hash & mask;
        while (slots[slot].number != 0) {
            if (slots[slot].hash == hash && same(entries[slots[slot].number - 1])) return slot;
            slot = (slot + 1) & mask;
        }
        return slot;
    }
    [[nodiscard]] std::size_t slotOf(std::string_view text, std::uint32_t hash) const {
        return probe(hash, [text](const Entry& entry) { return entry.isSymbol() && entry.symbol() == text; });
    }
    [[nodiscard]] std::size_t slotOf(std::int64_t value, std::uint32_t hash) const {
        return probe(hash, [value](const Entry& entry) { return !entry.isSymbol() && entry.integer == value; });
    }
    [[nodiscard]] std::optional<Cell> cellIn(std::size_t slot) const {
        if (slots[slot].number == 0) return std::nullopt;
        return DictionaryBit | (slots[slot].number - 1);
    }
    Cell add(std::size_t slot, std::uint32_t hash, Entry entry) {
        entries.push_back(entry);
        slots[slot] = {static_cast<std::uint32_t>(entries.size()), hash};
        const Cell cell = DictionaryBit | static_cast<Cell>(entries.size() - 1);
        if (entries.size() * 8 > slots.size() * 5) grow();
        return cell;
    }
    void grow() {
        std::vector<Slot> wider(slots.size() * 2);
        const std::size_t mask = wider.size() - 1;
        for (const Slot& old : slots) {
            if (old.number == 0) continue;
            std::size_t slot = old.hash & mask;
            while (wider[slot].number != 0) slot = (slot + 1) & mask;
            wider[slot] = old;
        }
        slots = std::move(wider);
    }
    [[nodiscard]] const Entry& entry(Cell cell) const { return entries[cell & ~DictionaryBit]; }
};

Dictionary::Dictionary() : m_impl(new Impl) {}
Dictionary::~Dictionary() {
    delete m_impl;
}
Dictionary::Dictionary(Dictionary&& other) noexcept : m_impl(std::exchange(other.m_impl, nullptr)) {}
Dictionary& Dictionary::operator=(Dictionary&& other) noexcept {
    std::swap(m_impl, other.m_impl);
    return *this;
}

Cell Dictionary::symbol(std::string_view text) {
    const std::uint32_t hash = hashOf(text);
    const std::size_t slot = m_impl->slotOf(text, hash);
    if (const auto known = m_impl->cellIn(slot)) return *known;
    Entry entry{};
    entry.text = m_impl->arena.store(text);
    entry.length = static_cast<std::uint32_t>(text.size());
    return m_impl->add(slot, hash, entry);
}

Cell Dictionary::integer(std::int64_t value) {
    if (value >= 0 && value < SmallIntegerEnd) return static_cast<Cell>(value);
    const std::uint32_t hash = hashOf(value);
    const std::size_t slot = m_impl->slotOf(value, hash);
    if (const auto known = m_impl->cellIn(slot)) return *known;
    Entry entry{};
    entry.integer = value;
    entry.length = IntegerMark;
    return m_impl->add(slot, hash, entry);
}

std::optional<Cell> Dictionary::findSymbol(std::string_view text) const {
    return m_impl->cellIn(m_impl->slotOf(text, hashOf(text)));
}

std::optional<Cell> Dictionary::findInteger(std::int64_t value) const {
    if (value >= 0 && value < SmallIntegerEnd) return static_cast<Cell>(value);
    return m_impl->cellIn(m_impl->slotOf(value, hashOf(value)));
}

Value Dictionary::value(Cell cell) const {
    if (isSmallInteger(cell)) return {false, static_cast<std::int64_t>(cell), {}};
    const Entry& entry = m_impl->entry(cell);
    if (entry.isSymbol()) return {true, 0, entry.symbol()};
    return {false, entry.integer, {}};
}

bool Dictionary::isSymbol(Cell cell) const {
    return !isSmallInteger(cell) && m_impl->entry(cell).isSymbol();
}

std::size_t Dictionary::size() const {
    return m_impl->entries.size();
}

std::string Dictionary::text(Cell cell) const {
    const Value decoded = value(cell);
    return decoded.isSymbol ? std::string(decoded.symbol) : std::to_string(decoded.integer);
}

int Dictionary::compare(Cell a, Cell b) const {
    if (a == b) return 0;
    const Value left = value(a), right = value(b);
    if (left.isSymbol != right.isSymbol) return left.isSymbol ? 1 : -1;
    // Bytes of UTF-8 order like code points.
    if (left.isSymbol) return left.symbol < right.symbol ? -1 : 1;
    return left.integer < right.integer ? -1 : 1;
}

std::vector<std::uint64_t> Dictionary::ranks() const {
    struct Key {
        std::uint64_t prefix;
        std::uint32_t id;
    };
    const std::vector<Entry>& entries = m_impl->entries;
    std::vector<Key> negative, large, symbols;
    const std::size_t common = commonPrefix(entries);
    for (std::uint32_t id = 0; id < entries.size(); ++id) {
        const Entry& entry = entries[id];
        if (entry.isSymbol())
            symbols.push_back({prefixOf(entry.symbol().substr(common)), id});
        else
            (entry.integer < 0 ? negative : large).push_back({static_cast<std::uint64_t>(entry.integer), id});
    }
    const auto byPrefix = [](const Key& a, const Key& b) { return a.prefix < b.prefix; };
    std::sort(negative.begin(), negative.end(), byPrefix); // two's complement keeps the order among negatives
    std::sort(large.begin(), large.end(), byPrefix);
    std::sort(symbols.begin(), symbols.end(), [&entries](const Key& a, const Key& b) {
        if (a.prefix != b.prefix) return a.prefix < b.prefix;
        return entries[a.id].symbol() < entries[b.id].symbol();
    });
    std::vector<std::uint64_t> result(entries.size());
    std::uint64_t next = 0;
    for (const Key& key : negative) result[key.id] = next++;
    next = SmallIntegerRank + static_cast<std::uint64_t>(SmallIntegerEnd);
    for (const Key& key : large) result[key.id] = next++;
    for (const Key& key : symbols) result[key.id] = next++;
    return result;
}

} // namespace vitrine::tl
