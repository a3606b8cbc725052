// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/utf8.hpp"
#include "core/lm/template/builtins.hpp"
#include "core/lm/template/pytext.hpp"

#include <algorithm>
#include <array>

namespace vitrine::lm::jinja {

namespace {

using Call = const Arguments&;

const std::string& needText(Call call, std::size_t index, std::string_view key) {
    const Value* given = call.get(index, key);
    if (!given || !given->text()) failArguments(call.place, call.name);
    return *given->text();
}

Value strip(const std::string& text, Call call) {
    call.check(1);
    const Value* given = call.get(0, {});
    const std::string* chars = given ? given->text() : nullptr;
    if (given && !chars && !given->isNone()) failArguments(call.place, call.name);
    std::string_view kept = text;
    if (call.name != "rstrip") kept = stripLeft(kept, chars);
    if (call.name != "lstrip") kept = stripRight(kept, chars);
    return Value::of(std::string(kept));
}

std::vector<Value> splitAtSpaces(std::string_view text, std::int64_t most) {
    std::vector<Value> parts;
    for (text = stripLeft(text); !text.empty(); text = stripLeft(text)) {
        if (most >= 0 && static_cast<std::int64_t>(parts.size()) == most) {
            parts.push_back(Value::of(std::string(stripRight(text))));
            break;
        }
        std::size_t end = 0;
        for (const std::string_view each : characters(text)) {
            if (stripLeft(each).empty()) break;
            end += each.size();
        }
        parts.push_back(Value::of(std::string(text.substr(0, end))));
        text.remove_prefix(end);
    }
    return parts;
}

Value split(const std::string& text, Call call) {
    call.check(2, {"sep", "maxsplit"});
    const Value *separator = call.get(0, "sep"), *limit = call.get(1, "maxsplit");
    std::int64_t most = -1;
    if (limit && !limit->integer(most)) failArguments(call.place, call.name);
    if (!separator || separator->isNone()) return Value::list(splitAtSpaces(text, most));
    if (!separator->text() || separator->text()->empty()) failArguments(call.place, call.name);
    std::vector<Value> parts;
    std::size_t at = 0;
    for (std::size_t found = text.find(*separator->text()); found != std::string::npos;
         found = text.find(*separator->text(), at)) {
        if (most >= 0 && static_cast<std::int64_t>(parts.size()) >= most) break;
        parts.push_back(Value::of(text.substr(at, found - at)));
        at = found + separator->text()->size();
    }
    parts.push_back(Value::of(text.substr(at)));
    return Value::list(std::move(parts));
}

bool matchesEdge(const std::string& text, const std::string& edge, bool atBegin) {
    return atBegin ? text.starts_with(edge) : text.ends_with(edge);
}

Value hasEdge(const std::string& text, Call call) {
    call.check(1);
    const bool atBegin = call.name == "startswith";
    const Value* edge = call.get(0, {});
    if (edge && edge->text()) return Value::of(matchesEdge(text, *edge->text(), atBegin));
    if (!edge || !edge->list() || !edge->list()->isTuple) failArguments(call.place, call.name);
    const auto& edges = edge->list()->items;
    return Value::of(std::any_of(edges.begin(), edges.end(), [&](const Value& each) {
        if (!each.text()) failArguments(call.place, call.name);
        return matchesEdge(text, *each.text(), atBegin);
    }));
}

Value replace(const std::string& text, Call call, const Charge& charge) {
    call.check(3, {"old", "new", "count"});
    const std::string &from = needText(call, 0, "old"), &to = needText(call, 1, "new");
    const Value* given = call.get(2, "count");
    std::int64_t most = -1;
    if (given && !given->isNone() && !given->integer(most)) failArguments(call.place, call.name);
    std::string out;
    std::size_t at = 0;
    const auto put = [&](std::string_view piece) {
        charge(piece.size());
        out += piece;
    };
    if (from.empty()) {
        for (const std::string_view each : characters(text)) {
            if (most != 0) put(to);
            most -= most > 0 ? 1 : 0;
            put(each);
        }
        if (most != 0) put(to);
        return Value::of(std::move(out));
    }
    for (std::size_t found = text.find(from); found != std::string::npos && most != 0; found = text.find(from, at)) {
        put(std::string_view(text).substr(at, found - at));
        put(to);
        at = found + from.size();
        most -= most > 0 ? 1 : 0;
    }
    put(std::string_view(text).substr(at));
    return Value::of(std::move(out));
}

Value joinTexts(const std::string& separator, Call call, const Charge& charge) {
    call.check(1);
    if (call.positional.empty()) failArguments(call.place, call.name);
    std::string out;
    bool isFirst = true;
    for (const Value& item : itemsOf(call.positional[0], call.place, "join")) {
        if (!item.text()) failType(call.place, "join", item.typeName());
        charge(separator.size() + item.text()->size());
        if (!isFirst) out += separator;
        isFirst = false;
        out += *item.text();
    }
    return Value::of(std::move(out));
}

Value without(const std::string& text, Call call) {
    call.check(1);
    const std::string& edge = needText(call, 0, {});
    const bool isPrefix = call.name == "removeprefix";
    if (edge.empty() || !matchesEdge(text, edge, isPrefix)) return Value::of(text);
    return Value::of(isPrefix ? text.substr(edge.size()) : text.substr(0, text.size() - edge.size()));
}

Value capitalize(const std::string& text) {
    const auto letters = characters(text);
    if (letters.empty()) return Value::of(text);
    return Value::of(changeCase(letters[0], true) +
                     changeCase(std::string_view(text).substr(letters[0].size()), false));
}

std::size_t countOf(const std::string& text, const std::string& part) {
    if (part.empty()) return characterCount(text) + 1;
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

Value callTextMethod(const std::string& text, Call call, const Charge& charge) {
    const std::string& name = call.name;
    if (name == "strip" || name == "lstrip" || name == "rstrip") return strip(text, call);
    if (name == "split") return split(text, call);
    if (name == "startswith" || name == "endswith") return hasEdge(text, call);
    if (name == "replace") return replace(text, call, charge);
    if (name == "join") return joinTexts(text, call, charge);
    if (name == "removeprefix" || name == "removesuffix") return without(text, call);
    if (name == "find" || name == "count") {
        call.check(1);
        const std::string& part = needText(call, 0, {});
        if (name == "count") return Value::of(static_cast<std::int64_t>(countOf(text, part)));
        const std::size_t found = text.find(part);
        if (found == std::string::npos) return Value::of(std::int64_t(-1));
        return Value::of(static_cast<std::int64_t>(characterCount(std::string_view(text).substr(0, found))));
    }
    if (name == "upper" || name == "lower" || name == "capitalize") {
        call.check(0);
        return name == "capitalize" ? capitalize(text) : Value::of(changeCase(text, name == "upper"));
    }
    failUnsupported(call.place, "the method " + name + " of str");
}

Value callDictMethod(const Dict& dict, Call call) {
    if (call.name == "get") {
        call.check(2);
        if (call.positional.empty()) failArguments(call.place, call.name);
        if (const Value* found = find(dict, call.positional[0])) return *found;
        return call.positional.size() > 1 ? call.positional[1] : Value::none();
    }
    std::vector<Value> out;
    if (call.name != "items" && call.name != "keys" && call.name != "values")
        failUnsupported(call.place, "the method " + call.name + " of dict");
    call.check(0);
    for (const auto& [key, value] : dict.entries)
        out.push_back(call.name == "keys" ? key : call.name == "values" ? value : Value::list({key, value}, true));
    return Value::list(std::move(out));
}

} // namespace

bool hasMethod(const Value& object, std::string_view name) {
    static constexpr std::array<std::string_view, 11> dict{
        "get", "items", "keys", "values", "pop", "popitem", "update", "copy", "clear", "setdefault", "fromkeys"};
    static constexpr std::array<std::string_view, 47> text{
        "capitalize", "casefold",     "center",       "count",   "encode",     "endswith",    "expandtabs",
        "find",       "format",       "format_map",   "index",   "isalnum",    "isalpha",     "isascii",
        "isdecimal",  "isdigit",      "isidentifier", "islower", "isnumeric",  "isprintable", "isspace",
        "istitle",    "isupper",      "join",         "ljust",   "lower",      "lstrip",      "maketrans",
        "partition",  "removeprefix", "removesuffix", "replace", "rfind",      "rindex",      "rjust",
        "rpartition", "rsplit",       "rstrip",       "split",   "splitlines", "startswith",  "strip",
        "swapcase",   "title",        "translate",    "upper",   "zfill"};
    static constexpr std::array<std::string_view, 11> list{"append", "clear", "copy",   "count",   "extend", "index",
                                                           "insert", "pop",   "remove", "reverse", "sort"};
    const auto has = [&](const auto& names) { return std::find(names.begin(), names.end(), name) != names.end(); };
    return (object.dict() && has(dict)) || (object.text() && has(text)) || (object.list() && has(list));
}

Value callMethod(const Value& object, const Arguments& arguments, const Charge& charge) {
    if (const std::string* text = object.text()) return callTextMethod(*text, arguments, charge);
    if (const Dict* dict = object.dict()) return callDictMethod(*dict, arguments);
    failUnsupported(arguments.place, "the method " + arguments.name + " of " + object.typeName());
}

} // namespace vitrine::lm::jinja
