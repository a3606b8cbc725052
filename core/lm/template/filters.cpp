// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/utf8.hpp"
#include "core/lm/template/builtins.hpp"
#include "core/lm/template/pytext.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace vitrine::lm::jinja {

namespace {

using Call = const Arguments&;

[[noreturn]] void wrongType(const Value& value, Call call) {
    failType(call.place, "the filter " + call.name, value.typeName());
}

const std::string* textArgument(Call call, std::size_t index, std::string_view key) {
    const Value* given = call.get(index, key);
    if (!given || given->isNone()) return nullptr;
    if (!given->text()) failArguments(call.place, call.name);
    return given->text();
}

std::int64_t integerArgument(Call call, std::size_t index, std::string_view key, std::int64_t fallback) {
    const Value* given = call.get(index, key);
    std::int64_t value = fallback;
    if (given && !given->isNone() && !given->integer(value)) failArguments(call.place, call.name);
    return value;
}

bool flagArgument(Call call, std::size_t index, std::string_view key) {
    const Value* given = call.get(index, key);
    return given && given->isTrue();
}

Value lengthOf(const Value& value, Call call) {
    call.check(0);
    if (const std::string* text = value.text()) return Value::of(static_cast<std::int64_t>(characterCount(*text)));
    if (value.dict()) return Value::of(static_cast<std::int64_t>(value.dict()->entries.size()));
    if (value.list()) return Value::of(static_cast<std::int64_t>(value.list()->items.size()));
    if (value.isUndefined()) return Value::of(std::int64_t(0));
    wrongType(value, call);
}

Value toJson(const Value& value, Call call) {
    call.check(4, {"indent", "ensure_ascii", "separators", "sort_keys"});
    JsonStyle style;
    style.ensureAscii = flagArgument(call, 0, "ensure_ascii");
    const std::int64_t indent = integerArgument(call, 1, "indent", -1);
    if (indent > 64) failArguments(call.place, call.name);
    style.indent = static_cast<int>(std::max<std::int64_t>(indent, -1));
    if (style.indent >= 0) style.item = ",";
    if (const Value* separators = call.get(2, "separators"); separators && !separators->isNone()) {
        const List* pair = separators->list();
        if (!pair || pair->items.size() != 2 || !pair->items[0].text() || !pair->items[1].text())
            failArguments(call.place, call.name);
        style.item = *pair->items[0].text();
        style.key = *pair->items[1].text();
    }
    style.sortKeys = flagArgument(call, 3, "sort_keys");
    std::string out;
    if (!writeJson(value, style, out)) wrongType(value, call);
    return Value::of(std::move(out));
}

Value join(const Value& value, Call call) {
    call.check(2, {"d", "attribute"});
    const std::string* separator = textArgument(call, 0, "d");
    const std::string* attribute = textArgument(call, 1, "attribute");
    std::string out;
    bool isFirst = true;
    for (const Value& item : itemsOf(value, call.place, "the filter join")) {
        if (!isFirst && separator) out += *separator;
        isFirst = false;
        out += str(attribute ? attributeOf(item, *attribute, call.place) : item);
    }
    return Value::of(std::move(out));
}

Value pairsOf(const Value& value, Call call) {
    call.check(0);
    std::vector<Value> pairs;
    if (value.isUndefined()) return Value::list({});
    if (!value.dict()) wrongType(value, call);
    for (const auto& [key, content] : value.dict()->entries) pairs.push_back(Value::list({key, content}, true));
    return Value::list(std::move(pairs));
}

/// select, reject, selectattr, rejectattr: [attribute,] [test, its arguments].
Value pick(const Value& value, Call call) {
    const bool byAttribute = call.name.ends_with("attr"), keeps = call.name.starts_with("select");
    if (!call.named.empty() || (byAttribute && call.positional.empty())) failArguments(call.place, call.name);
    const std::string attribute = byAttribute ? str(call.positional[0]) : std::string();
    Arguments test{call.place, {}, {}, {}};
    const std::size_t head = byAttribute ? 1 : 0;
    if (call.positional.size() > head) {
        test.name = str(call.positional[head]);
        if (!isTest(test.name)) failUnsupported(call.place, "the test " + test.name);
        test.positional.assign(call.positional.begin() + static_cast<std::ptrdiff_t>(head) + 1, call.positional.end());
    }
    std::vector<Value> kept;
    for (const Value& item : itemsOf(value, call.place, "the filter " + call.name)) {
        const Value looked = byAttribute ? attributeOf(item, attribute, call.place) : item;
        if ((test.name.empty() ? looked.isTrue() : applyTest(looked, test)) == keeps) kept.push_back(item);
    }
    return Value::list(std::move(kept));
}

Value map(const Value& value, Call call, const Charge& charge) {
    std::vector<Value> out;
    const std::vector<Value> items = itemsOf(value, call.place, "the filter map");
    if (call.positional.empty()) {
        call.check(2, {"attribute", "default"});
        const std::string* attribute = textArgument(call, 0, "attribute");
        const Value* fallback = call.get(1, "default");
        if (!attribute) failArguments(call.place, call.name);
        for (const Value& item : items) {
            Value found = attributeOf(item, *attribute, call.place);
            out.push_back(found.isUndefined() && fallback ? *fallback : std::move(found));
        }
        return Value::list(std::move(out));
    }
    Arguments inner{
        call.place, str(call.positional[0]), {call.positional.begin() + 1, call.positional.end()}, call.named};
    if (!isFilter(inner.name) || inner.name == "map")
        failUnsupported(call.place, "the filter " + inner.name + " in map");
    for (const Value& item : items) out.push_back(applyFilter(item, inner, charge));
    return Value::list(std::move(out));
}

Value toInteger(const Value& value, Call call) {
    call.check(1, {"default"});
    const std::int64_t fallback = integerArgument(call, 0, "default", 0);
    std::int64_t whole = 0;
    double real = 0;
    if (value.integer(whole)) return Value::of(whole);
    if (value.number(real)) return Value::of(std::fabs(real) < 9e18 ? static_cast<std::int64_t>(real) : fallback);
    if (!value.text()) return Value::of(fallback);
    const std::string_view text = stripLeft(stripRight(*value.text()));
    const auto read = std::from_chars(text.data() + (text.starts_with('+') ? 1 : 0), text.data() + text.size(), whole);
    return Value::of(read.ec == std::errc() && read.ptr == text.data() + text.size() ? whole : fallback);
}

Value absolute(const Value& value, Call call) {
    call.check(0);
    std::int64_t whole = 0;
    double real = 0;
    if (value.integer(whole) && whole != INT64_MIN) return Value::of(whole < 0 ? -whole : whole);
    if (!value.number(real)) wrongType(value, call);
    return Value::of(std::fabs(real));
}

Value indent(const Value& value, Call call) {
    call.check(3, {"width", "first", "blank"});
    const std::int64_t width = integerArgument(call, 0, "width", 4);
    if (width < 0 || width > 256) failArguments(call.place, call.name);
    const std::string margin(static_cast<std::size_t>(width), ' ');
    const bool first = flagArgument(call, 1, "first"), blank = flagArgument(call, 2, "blank");
    const std::string text = str(value);
    std::string out;
    std::size_t at = 0;
    for (bool isFirst = true;; isFirst = false) {
        const std::size_t end = text.find('\n', at);
        const std::string_view line = std::string_view(text).substr(at, end == std::string::npos ? end : end - at);
        if (isFirst ? first : (blank || !line.empty())) out += margin;
        out += line;
        if (end == std::string::npos) return Value::of(std::move(out));
        out += '\n';
        at = end + 1;
    }
}

Value edge(const Value& value, Call call) {
    call.check(0);
    const std::vector<Value> items = itemsOf(value, call.place, "the filter " + call.name);
    if (items.empty()) return Value::undefined("the " + call.name + " item of nothing");
    return call.name == "first" ? items.front() : items.back();
}

Value reversed(const Value& value, Call call) {
    call.check(0);
    std::vector<Value> items = itemsOf(value, call.place, "the filter reverse");
    std::reverse(items.begin(), items.end());
    if (!value.text()) return Value::list(std::move(items));
    std::string out;
    for (const Value& item : items) out += *item.text();
    return Value::of(std::move(out));
}

Value fallbackOf(const Value& value, Call call) {
    call.check(2, {"default_value", "boolean"});
    const bool replaces = value.isUndefined() || (flagArgument(call, 1, "boolean") && !value.isTrue());
    if (!replaces) return value;
    const Value* given = call.get(0, "default_value");
    return given ? *given : Value::of(std::string());
}

constexpr std::array<const char*, 26> Names{
    "abs",     "capitalize", "count",  "d",          "default", "first",  "indent", "int",        "items",
    "join",    "last",       "length", "list",       "lower",   "map",    "reject", "rejectattr", "replace",
    "reverse", "safe",       "select", "selectattr", "string",  "tojson", "trim",   "upper"};

} // namespace

bool isFilter(std::string_view name) {
    return std::find(Names.begin(), Names.end(), name) != Names.end();
}

Value applyFilter(const Value& value, const Arguments& call, const Charge& charge) {
    const std::string& name = call.name;
    if (name == "tojson") return toJson(value, call);
    if (name == "length" || name == "count") return lengthOf(value, call);
    if (name == "join") return join(value, call);
    if (name == "items") return pairsOf(value, call);
    if (name == "map") return map(value, call, charge);
    if (name == "select" || name == "reject" || name == "selectattr" || name == "rejectattr") return pick(value, call);
    if (name == "first" || name == "last") return edge(value, call);
    if (name == "default" || name == "d") return fallbackOf(value, call);
    if (name == "int") return toInteger(value, call);
    if (name == "abs") return absolute(value, call);
    if (name == "indent") return indent(value, call);
    if (name == "reverse") return reversed(value, call);
    if (name == "list") {
        call.check(0);
        return Value::list(itemsOf(value, call.place, "the filter list"));
    }
    // The rest work on the text of any value.
    const Value text = Value::of(str(value));
    if (name == "string" || name == "safe") {
        call.check(0);
        return text;
    }
    Arguments method = call;
    if (name == "trim") {
        method.check(1, {"chars"});
        if (const Value* chars = call.get(0, "chars"); chars && method.positional.empty()) method.positional = {*chars};
        method.named.clear();
        method.name = "strip";
    }
    return callMethod(text, method, charge);
}

} // namespace vitrine::lm::jinja
