// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/template/value.hpp"

#include "core/base/utf8.hpp"

#include <algorithm>
#include <array>

namespace vitrine::lm::jinja {

namespace {

/// Values share their parts, so that sums may grow without end.
std::size_t plus(std::size_t a, std::size_t b) {
    std::size_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? SIZE_MAX : sum;
}

} // namespace

Value Value::list(std::vector<Value> items, bool isTuple) {
    auto made = std::make_shared<List>();
    for (const Value& item : items) {
        made->depth = std::max(made->depth, item.depth() + 1);
        made->weight = plus(made->weight, item.weight());
    }
    made->items = std::move(items);
    made->isTuple = isTuple;
    return Data(std::shared_ptr<const List>(std::move(made)));
}

Value Value::dict(std::vector<std::pair<Value, Value>> entries) {
    auto made = std::make_shared<Dict>();
    for (const auto& [key, value] : entries) {
        made->depth = std::max({made->depth, key.depth() + 1, value.depth() + 1});
        made->weight = plus(made->weight, plus(key.weight(), value.weight()));
    }
    made->entries = std::move(entries);
    return Data(std::shared_ptr<const Dict>(std::move(made)));
}

bool Value::integer(std::int64_t& out) const {
    if (const bool* flag = as<bool>()) return out = *flag ? 1 : 0, true;
    if (const std::int64_t* whole = as<std::int64_t>()) return out = *whole, true;
    return false;
}

bool Value::number(double& out) const {
    std::int64_t whole = 0;
    if (integer(whole)) return out = static_cast<double>(whole), true;
    if (const double* real = as<double>()) return out = *real, true;
    return false;
}

bool Value::isTrue() const {
    double value = 0;
    if (number(value)) return value != 0;
    if (const std::string* content = text()) return !content->empty();
    if (const List* content = list()) return !content->items.empty();
    if (const Dict* content = dict()) return !content->entries.empty();
    return !isUndefined() && !isNone();
}

const char* Value::typeName() const {
    static constexpr std::array<const char*, 11> names{"undefined", "None", "bool",      "int",   "float",   "str",
                                                       "list",      "dict", "namespace", "macro", "function"};
    return names[m_data.index()];
}

int Value::depth() const {
    if (const List* content = list()) return content->depth;
    if (const Dict* content = dict()) return content->depth;
    if (const Function* method = function()) return method->self ? method->self->depth() + 1 : 0;
    return 0;
}

std::size_t Value::weight() const {
    if (const std::string* content = text()) return content->size() + 1;
    if (const List* content = list()) return content->weight;
    if (const Dict* content = dict()) return content->weight;
    return 1;
}

bool equal(const Value& a, const Value& b) {
    std::int64_t i = 0, j = 0;
    if (a.integer(i) && b.integer(j)) return i == j;
    double x = 0, y = 0;
    if (a.number(x) && b.number(y)) return x == y;
    if (a.text() && b.text()) return *a.text() == *b.text();
    if (a.list() && b.list()) {
        const auto &left = a.list()->items, &right = b.list()->items;
        return a.list()->isTuple == b.list()->isTuple &&
               std::equal(left.begin(), left.end(), right.begin(), right.end(), equal);
    }
    if (a.dict() && b.dict()) {
        if (a.dict()->entries.size() != b.dict()->entries.size()) return false;
        return std::all_of(a.dict()->entries.begin(), a.dict()->entries.end(), [&](const auto& entry) {
            const Value* other = find(*b.dict(), entry.first);
            return other && equal(entry.second, *other);
        });
    }
    if (a.space() || b.space()) return a.space() == b.space();
    return (a.isNone() && b.isNone()) || (a.isUndefined() && b.isUndefined());
}

const Value* find(const Dict& dict, const Value& key) {
    for (const auto& [name, value] : dict.entries)
        if (equal(name, key)) return &value;
    return nullptr;
}

const Value* find(const Dict& dict, std::string_view key) {
    for (const auto& [name, value] : dict.entries)
        if (name.text() && *name.text() == key) return &value;
    return nullptr;
}

bool fromJson(const OrderedJson& json, Value& out) {
    using Kind = OrderedJson::value_t;
    switch (json.type()) {
    case Kind::boolean:
        out = Value::of(json.get<bool>());
        return true;
    case Kind::number_unsigned:
        if (json.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX)) return false;
        [[fallthrough]];
    case Kind::number_integer:
        out = Value::of(json.get<std::int64_t>());
        return true;
    case Kind::number_float:
        out = Value::of(json.get<double>());
        return true;
    case Kind::string: {
        std::string repaired;
        appendReplacingInvalid(json.get_ref<const std::string&>(), repaired);
        out = Value::of(std::move(repaired));
        return true;
    }
    case Kind::array: {
        std::vector<Value> items(json.size());
        for (std::size_t i = 0; i < json.size(); ++i)
            if (!fromJson(json[i], items[i])) return false;
        out = Value::list(std::move(items));
        return out.depth() <= MostDepth;
    }
    case Kind::object: {
        std::vector<std::pair<Value, Value>> entries;
        for (const auto& [key, value] : json.items()) {
            Value content;
            if (!fromJson(value, content)) return false;
            entries.emplace_back(Value::of(key), std::move(content));
        }
        out = Value::dict(std::move(entries));
        return out.depth() <= MostDepth;
    }
    default:
        out = Value::none();
        return true;
    }
}

} // namespace vitrine::lm::jinja
