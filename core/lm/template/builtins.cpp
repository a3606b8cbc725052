// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/template/builtins.hpp"

#include "core/lm/template/pytext.hpp"

#include <algorithm>

namespace vitrine::lm::jinja {

const Value* Arguments::get(std::size_t index, std::string_view key) const {
    if (index < positional.size()) return &positional[index];
    for (const auto& [other, value] : named)
        if (other == key) return &value;
    return nullptr;
}

void Arguments::check(std::size_t most, std::initializer_list<std::string_view> keys) const {
    const bool isKnown = std::all_of(named.begin(), named.end(), [&](const auto& each) {
        return std::find(keys.begin(), keys.end(), each.first) != keys.end();
    });
    if (positional.size() + named.size() > most || !isKnown) failArguments(place, name);
}

std::vector<Value> itemsOf(const Value& value, Place place, const std::string& what) {
    if (const List* list = value.list()) return list->items;
    std::vector<Value> items;
    if (value.isUndefined()) return items;
    if (const Dict* dict = value.dict()) {
        for (const auto& [key, content] : dict->entries) items.push_back(key);
        return items;
    }
    const std::string* text = value.text();
    if (!text) failType(place, what, value.typeName());
    for (const std::string_view each : characters(*text)) items.push_back(Value::of(std::string(each)));
    return items;
}

void needDefined(const Value& value, Place place) {
    if (!value.isUndefined()) return;
    const auto& name = value.as<Undefined>()->name;
    failUndefined(place, name ? *name : "a value");
}

Value attributeOf(const Value& object, const std::string& name, Place place) {
    needDefined(object, place);
    if (const Dict* dict = object.dict())
        if (const Value* found = find(*dict, name)) return *found;
    if (const Namespace* space = object.space())
        for (const auto& [key, value] : space->members)
            if (key == name) return value;
    return Value::undefined(name);
}

bool lessThan(const Value& a, const Value& b, Place place) {
    std::int64_t i = 0, j = 0;
    if (a.integer(i) && b.integer(j)) return i < j;
    double x = 0, y = 0;
    if (a.number(x) && b.number(y)) return x < y;
    if (a.text() && b.text()) return *a.text() < *b.text(); // UTF-8 keeps the order of characters
    if (!a.list() || !b.list()) failType(place, "a comparison", std::string(a.typeName()) + " and " + b.typeName());
    const auto &left = a.list()->items, &right = b.list()->items;
    for (std::size_t k = 0; k < std::min(left.size(), right.size()); ++k)
        if (!equal(left[k], right[k])) return lessThan(left[k], right[k], place);
    return left.size() < right.size();
}

bool contains(const Value& container, const Value& item, Place place) {
    if (const std::string* text = container.text()) {
        if (!item.text()) failType(place, "in", std::string(item.typeName()) + " and str");
        return text->find(*item.text()) != std::string::npos;
    }
    if (const Dict* dict = container.dict()) return find(*dict, item) != nullptr;
    const std::vector<Value> items = itemsOf(container, place, "in");
    return std::any_of(items.begin(), items.end(), [&](const Value& each) { return equal(each, item); });
}

bool isTest(std::string_view name) {
    for (const char* known :
         {"defined", "undefined", "none",    "string", "mapping", "iterable", "sequence", "true",
          "false",   "boolean",   "integer", "float",  "number",  "even",     "odd",      "divisibleby",
          "eq",      "equalto",   "ne",      "lt",     "gt",      "le",       "ge",       "in"})
        if (name == known) return true;
    return false;
}

namespace {

bool testNumber(const Value& value, const Arguments& arguments) {
    std::int64_t whole = 0, by = 2;
    const Value* given = arguments.get(0, "num");
    if (given && (!given->integer(by) || by == 0)) failArguments(arguments.place, arguments.name);
    if (!value.integer(whole)) failType(arguments.place, "the test " + arguments.name, value.typeName());
    const bool isMultiple = by == -1 || whole % by == 0;
    return arguments.name == "odd" ? !isMultiple : isMultiple;
}

bool testKind(const Value& value, const std::string& name) {
    double ignored = 0;
    const bool* flag = value.as<bool>();
    if (name == "defined") return !value.isUndefined();
    if (name == "undefined") return value.isUndefined();
    if (name == "none") return value.isNone();
    if (name == "string") return value.text() != nullptr;
    if (name == "mapping") return value.dict() != nullptr;
    if (name == "iterable" || name == "sequence")
        return value.text() || value.list() || value.dict() || value.isUndefined();
    if (name == "true") return flag && *flag;
    if (name == "false") return flag && !*flag;
    if (name == "boolean") return flag != nullptr;
    if (name == "integer") return value.as<std::int64_t>() != nullptr;
    if (name == "float") return value.as<double>() != nullptr;
    return value.number(ignored);
}

bool testAgainst(const Value& value, const Value& other, const Arguments& arguments) {
    const std::string& name = arguments.name;
    if (name == "eq" || name == "equalto") return equal(value, other);
    if (name == "ne") return !equal(value, other);
    if (name == "lt") return lessThan(value, other, arguments.place);
    if (name == "gt") return lessThan(other, value, arguments.place);
    if (name == "le") return equal(value, other) || lessThan(value, other, arguments.place);
    if (name == "ge") return equal(value, other) || lessThan(other, value, arguments.place);
    return contains(other, value, arguments.place);
}

} // namespace

bool applyTest(const Value& value, const Arguments& arguments) {
    const std::string& name = arguments.name;
    const std::size_t given = arguments.positional.size() + arguments.named.size();
    for (const char* number : {"even", "odd", "divisibleby"})
        if (name == number) {
            if (given != (name == "divisibleby" ? 1U : 0U)) failArguments(arguments.place, name);
            return testNumber(value, arguments);
        }
    for (const char* against : {"eq", "equalto", "ne", "lt", "gt", "le", "ge", "in"})
        if (name == against) {
            if (arguments.positional.size() != 1 || given != 1) failArguments(arguments.place, name);
            return testAgainst(value, arguments.positional[0], arguments);
        }
    if (given != 0) failArguments(arguments.place, name);
    return testKind(value, name);
}

} // namespace vitrine::lm::jinja
