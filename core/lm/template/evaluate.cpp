// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/template/interpreter.hpp"

#include "core/lm/template/pytext.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace vitrine::lm::jinja {

namespace {

std::tm localTime() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm time{};
    ::localtime_r(&now, &time);
    return time;
}

std::string typesOf(const Value& a, const Value& b) {
    return std::string(a.typeName()) + " and " + b.typeName();
}

std::int64_t floorDivide(std::int64_t a, std::int64_t b) {
    const std::int64_t quotient = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

/// Arithmetic of whole numbers; nothing for an operator that makes a real number.
bool wholeResult(const std::string& op, std::int64_t a, std::int64_t b, Place place, Value& out) {
    std::int64_t result = 0;
    bool overflows = false;
    if (op == "+") {
        overflows = __builtin_add_overflow(a, b, &result);
    } else if (op == "-") {
        overflows = __builtin_sub_overflow(a, b, &result);
    } else if (op == "*") {
        overflows = __builtin_mul_overflow(a, b, &result);
    } else if (op == "//" || op == "%") {
        if (b == 0) failResult(place, "a division by zero");
        overflows = b == -1 && a == INT64_MIN;
        if (!overflows) result = op == "//" ? floorDivide(a, b) : a - floorDivide(a, b) * b;
    } else if (op == "**" && b >= 0) {
        result = 1;
        for (std::int64_t i = 0; i < b && !overflows; ++i) {
            overflows = __builtin_mul_overflow(result, a, &result);
            if (result == 0 || a == 1) break;
            if (a == -1) {
                result = b % 2 == 0 ? 1 : -1;
                break;
            }
        }
    } else {
        return false;
    }
    if (overflows) failResult(place, "a whole number beyond 64 bits");
    out = Value::of(result);
    return true;
}

Value realResult(const std::string& op, double a, double b, Place place) {
    if ((op == "/" || op == "//" || op == "%") && b == 0) failResult(place, "a division by zero");
    if (op == "+") return Value::of(a + b);
    if (op == "-") return Value::of(a - b);
    if (op == "*") return Value::of(a * b);
    if (op == "/") return Value::of(a / b);
    if (op == "//") return Value::of(std::floor(a / b));
    if (op == "%") return Value::of(a - std::floor(a / b) * b);
    return Value::of(std::pow(a, b));
}

} // namespace

/// Refuses values that are nested too deeply to be handled safely.
Value Interpreter::checked(Value value, Place place) const {
    if (value.depth() > MostDepth) failLimit(place, std::to_string(MostDepth) + " lists in lists");
    if (value.weight() > m_inputs.mostOutput)
        failLimit(place, std::to_string(m_inputs.mostOutput) + " bytes in a list");
    return value;
}

Value Interpreter::evaluate(const Node& node) {
    charge(1, node.place);
    if (++m_calls > MostCalls) failLimit(node.place, std::to_string(MostCalls) + " nested calls");
    Value value = evaluateNode(node);
    --m_calls;
    return value;
}

Value Interpreter::evaluateNode(const Node& node) {
    const auto kid = [&](std::size_t i) { return evaluate(*node.kids[i]); };
    switch (node.kind) {
    case NodeKind::Constant:
        return node.constant;
    case NodeKind::Name:
        return lookUp(node.text);
    case NodeKind::ListLiteral:
    case NodeKind::TupleLiteral:
    case NodeKind::DictLiteral:
        return container(node);
    case NodeKind::Attribute:
        return attribute(kid(0), node);
    case NodeKind::Item: {
        const Value object = kid(0);
        return item(object, kid(1), node.place);
    }
    case NodeKind::Slice:
        return slice(node);
    case NodeKind::Call:
        return call(node);
    case NodeKind::Filter: {
        const Value value = kid(0);
        Arguments arguments = argumentsOf(node, 1);
        chargeBytes(value.weight(), node.place);
        Value result = applyFilter(value, arguments, [&](std::size_t bytes) { chargeBytes(bytes, node.place); });
        if (result.text()) chargeBytes(result.text()->size(), node.place);
        return checked(std::move(result), node.place);
    }
    case NodeKind::Test: {
        const Value value = kid(0);
        chargeBytes(value.weight(), node.place);
        return Value::of(applyTest(value, argumentsOf(node, 1)));
    }
    case NodeKind::Not:
        return Value::of(!kid(0).isTrue());
    case NodeKind::Negate:
    case NodeKind::Plus: {
        const Value value = kid(0);
        std::int64_t whole = 0;
        double real = 0;
        const bool negates = node.kind == NodeKind::Negate;
        if (value.integer(whole) && whole != INT64_MIN) return Value::of(negates ? -whole : whole);
        needDefined(value, node.place);
        if (!value.number(real)) failType(node.place, negates ? "-" : "+", value.typeName());
        return Value::of(negates ? -real : real);
    }
    case NodeKind::And: {
        Value left = kid(0);
        return left.isTrue() ? kid(1) : left;
    }
    case NodeKind::Or: {
        Value left = kid(0);
        return left.isTrue() ? left : kid(1);
    }
    case NodeKind::Binary:
        return binary(node);
    case NodeKind::Compare:
        return compare(node);
    case NodeKind::Conditional:
        if (kid(1).isTrue()) return kid(0);
        return node.kids[2] ? kid(2) : Value::undefined("the missing else of a condition");
    default:
        failUnsupported(node.place, "a statement as an expression");
    }
}

Value Interpreter::lookUp(const std::string& name) const {
    for (std::size_t i = m_frames.size(); i-- > 0;) {
        if (i > 0 && i < m_base) i = 0;
        if (const auto found = m_frames[i].find(name); found != m_frames[i].end()) return found->second;
    }
    return Value::undefined(name);
}

Value Interpreter::container(const Node& node) {
    std::vector<Value> items;
    for (const NodePtr& each : node.kids) {
        items.push_back(evaluate(*each));
        if (items.back().space()) failUnsupported(each->place, "a namespace in a list");
    }
    if (node.kind != NodeKind::DictLiteral)
        return checked(Value::list(std::move(items), node.kind == NodeKind::TupleLiteral), node.place);
    std::vector<std::pair<Value, Value>> entries;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (items[i].list() || items[i].dict()) failType(node.place, "a key", items[i].typeName());
        const auto same =
            std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return equal(e.first, items[i]); });
        if (same != entries.end())
            same->second = items[i + 1];
        else
            entries.emplace_back(items[i], items[i + 1]);
    }
    return checked(Value::dict(std::move(entries)), node.place);
}

Value Interpreter::attribute(const Value& object, const Node& node) {
    if (node.text.starts_with('_')) failSandbox(node.place, "the attribute " + node.text);
    needDefined(object, node.place);
    if (hasMethod(object, node.text))
        return Value::Data(
            std::make_shared<const Function>(Function{node.text, std::make_shared<const Value>(object)}));
    if (object.dict()) chargeBytes(object.dict()->entries.size(), node.place);
    if (const Namespace* space = object.space(); space && space->isLoop) {
        const Value found = attributeOf(object, node.text, node.place);
        const bool isKnown = std::any_of(space->members.begin(), space->members.end(),
                                         [&](const auto& m) { return m.first == node.text; });
        if (!isKnown) failUnsupported(node.place, "loop." + node.text);
        return found;
    }
    return attributeOf(object, node.text, node.place);
}

Value Interpreter::item(const Value& object, const Value& key, Place place) {
    needDefined(object, place);
    std::int64_t index = 0;
    if (key.integer(index) && (object.list() || object.text())) {
        const auto letters = object.text() ? characters(*object.text()) : std::vector<std::string_view>();
        chargeBytes(object.text() ? object.text()->size() : 0, place);
        const auto size = static_cast<std::int64_t>(object.list() ? object.list()->items.size() : letters.size());
        if (index < 0) index += size;
        if (index < 0 || index >= size) return Value::undefined("an item beyond the end");
        const auto at = static_cast<std::size_t>(index);
        return object.list() ? object.list()->items[at] : Value::of(std::string(letters[at]));
    }
    if (const Dict* dict = object.dict()) {
        chargeBytes(dict->entries.size(), place);
        const Value* found = find(*dict, key);
        return found ? *found : Value::undefined(str(key));
    }
    if (key.text() && object.space()) return attributeOf(object, *key.text(), place);
    return Value::undefined(str(key));
}

Value Interpreter::slice(const Node& node) {
    const Value object = evaluate(*node.kids[0]);
    needDefined(object, node.place);
    if (!object.list() && !object.text()) failType(node.place, "a slice", object.typeName());
    const std::vector<Value> items = itemsOf(object, node.place, "a slice");
    charge(items.size(), node.place);
    const auto size = static_cast<std::int64_t>(items.size());
    const auto bound = [&](std::size_t kid, std::int64_t fallback) {
        if (!node.kids[kid]) return fallback;
        const Value value = evaluate(*node.kids[kid]);
        std::int64_t given = fallback;
        if (!value.isNone() && !value.integer(given)) failType(node.place, "a slice", value.typeName());
        return given;
    };
    const std::int64_t step = std::clamp<std::int64_t>(bound(3, 1), -(1LL << 40), 1LL << 40);
    if (step == 0) failResult(node.place, "a slice with step 0");
    const std::int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
    const auto clip = [&](std::int64_t at) { return std::clamp(at < 0 ? at + size : at, low, high); };
    const std::int64_t none = INT64_MIN;
    const std::int64_t begin = bound(1, none), end = bound(2, none);
    std::vector<Value> kept;
    const std::int64_t from = begin == none ? (step > 0 ? low : high) : clip(begin);
    const std::int64_t to = end == none ? (step > 0 ? high : low) : clip(end);
    for (std::int64_t i = from; step > 0 ? i < to : i > to; i += step)
        kept.push_back(items[static_cast<std::size_t>(i)]);
    if (object.list()) return Value::list(std::move(kept), object.list()->isTuple);
    std::string text;
    for (const Value& each : kept) text += *each.text();
    return Value::of(std::move(text));
}

Value Interpreter::compare(const Node& node) {
    Value left = evaluate(*node.kids[0]);
    for (std::size_t i = 0; i < node.names.size(); ++i) {
        const std::string& op = node.names[i];
        Value right = evaluate(*node.kids[i + 1]);
        chargeBytes(std::min(left.weight(), right.weight()), node.place);
        bool holds = false;
        if (op == "==" || op == "!=") {
            holds = equal(left, right) == (op == "==");
        } else if (op == "in" || op == "not in") {
            chargeBytes(right.weight(), node.place);
            holds = contains(right, left, node.place) == (op == "in");
        } else {
            needDefined(left, node.place);
            needDefined(right, node.place);
            const bool swaps = op == ">" || op == "<=";
            const bool less = swaps ? lessThan(right, left, node.place) : lessThan(left, right, node.place);
            holds = op == "<" || op == ">" ? less : !less;
        }
        if (!holds) return Value::of(false);
        left = std::move(right);
    }
    return Value::of(true);
}

Value Interpreter::binary(const Node& node) {
    const Value left = evaluate(*node.kids[0]), right = evaluate(*node.kids[1]);
    const std::string& op = node.text;
    if (op == "~") {
        chargeBytes(left.weight(), node.place);
        chargeBytes(right.weight(), node.place);
        std::string text = str(left) + str(right);
        chargeBytes(text.size(), node.place);
        return Value::of(std::move(text));
    }
    needDefined(left, node.place);
    needDefined(right, node.place);
    std::int64_t i = 0, j = 0;
    double x = 0, y = 0;
    Value out;
    if (left.integer(i) && right.integer(j) && wholeResult(op, i, j, node.place, out)) return out;
    if (left.number(x) && right.number(y)) return realResult(op, x, y, node.place);
    if (op == "+" && left.text() && right.text()) {
        chargeBytes(left.text()->size() + right.text()->size(), node.place);
        return Value::of(*left.text() + *right.text());
    }
    if (op == "+" && left.list() && right.list() && left.list()->isTuple == right.list()->isTuple) {
        std::vector<Value> items = left.list()->items;
        items.insert(items.end(), right.list()->items.begin(), right.list()->items.end());
        charge(items.size(), node.place);
        return checked(Value::list(std::move(items), left.list()->isTuple), node.place);
    }
    if (op == "*" && (left.text() || right.text()) && (left.integer(i) || right.integer(i))) {
        const std::string& text = left.text() ? *left.text() : *right.text();
        const auto times = static_cast<std::size_t>(std::max<std::int64_t>(i, 0));
        if (!text.empty() && times > m_inputs.mostOutput / text.size()) failLimit(node.place, "the output");
        chargeBytes(text.size() * times, node.place);
        std::string out2;
        for (std::size_t k = 0; k < (text.empty() ? 0 : times); ++k) out2 += text;
        return Value::of(std::move(out2));
    }
    if (op == "%" && left.text()) failUnsupported(node.place, "formatting with %");
    failType(node.place, op, typesOf(left, right));
}

Arguments Interpreter::argumentsOf(const Node& node, std::size_t first) {
    Arguments arguments{node.place, node.text, {}, {}};
    const std::size_t named = node.kids.size() - node.names.size();
    for (std::size_t i = first; i < node.kids.size(); ++i) {
        Value value = evaluate(*node.kids[i]);
        if (i < named)
            arguments.positional.push_back(std::move(value));
        else
            arguments.named.emplace_back(node.names[i - named], std::move(value));
    }
    return arguments;
}

Value Interpreter::call(const Node& node) {
    const Value callee = evaluate(*node.kids[0]);
    needDefined(callee, node.place);
    Arguments arguments = argumentsOf(node, 1);
    if (const auto* macro = callee.as<const Node*>()) return callMacro(**macro, arguments);
    const Function* function = callee.function();
    if (!function) failType(node.place, "a call", callee.typeName());
    arguments.name = function->name;
    if (!function->self) return checked(callGlobal(arguments), node.place);
    const Value& self = *function->self;
    chargeBytes(self.weight(), node.place);
    Value result = callMethod(self, arguments, [&](std::size_t bytes) { chargeBytes(bytes, node.place); });
    return checked(std::move(result), node.place);
}

Value Interpreter::callMacro(const Node& macro, const Arguments& arguments) {
    if (arguments.positional.size() > macro.names.size()) failArguments(arguments.place, macro.text);
    for (const auto& [name, value] : arguments.named)
        if (std::find(macro.names.begin(), macro.names.end(), name) == macro.names.end())
            failArguments(arguments.place, macro.text);
    const std::size_t outerBase = std::exchange(m_base, m_frames.size());
    m_frames.emplace_back();
    for (std::size_t i = 0; i < macro.names.size(); ++i) {
        const Value* given = arguments.get(i, macro.names[i]);
        const NodePtr& fallback = macro.kids[i + 1];
        Value value = given ? *given : fallback ? evaluate(*fallback) : Value::undefined(macro.names[i]);
        m_frames.back()[macro.names[i]] = std::move(value);
    }
    // A macro nests statements as well as expressions: it weighs more.
    m_calls += 20;
    if (m_calls > MostCalls) failLimit(arguments.place, std::to_string(MostCalls) + " nested calls");
    std::string text = capture(*macro.kids[0]);
    m_calls -= 20;
    m_frames.pop_back();
    m_base = outerBase;
    return Value::of(std::move(text));
}

Value Interpreter::callGlobal(const Arguments& arguments) {
    const std::string& name = arguments.name;
    if (name == "namespace" || name == "dict") {
        std::vector<std::pair<std::string, Value>> members = arguments.named;
        if (arguments.positional.size() > 1) failArguments(arguments.place, name);
        if (arguments.positional.size() == 1) {
            const Dict* dict = arguments.positional[0].dict();
            if (!dict) failArguments(arguments.place, name);
            for (const auto& [key, value] : dict->entries) members.insert(members.begin(), {str(key), value});
        }
        for (const auto& member : members)
            if (member.second.space()) failUnsupported(arguments.place, "a namespace in a namespace");
        if (name == "namespace") {
            auto space = std::make_shared<Namespace>();
            space->members = std::move(members);
            return Value::Data(std::move(space));
        }
        std::vector<std::pair<Value, Value>> entries;
        for (auto& [key, value] : members) entries.emplace_back(Value::of(std::move(key)), std::move(value));
        return Value::dict(std::move(entries));
    }
    if (name == "raise_exception") {
        arguments.check(1, {"message"});
        const Value* message = arguments.get(0, "message");
        failRaised(message ? str(*message) : "no reason given");
    }
    if (name == "strftime_now") {
        arguments.check(1, {"format"});
        const Value* format = arguments.get(0, "format");
        std::string out;
        if (!format || !format->text()) failArguments(arguments.place, name);
        m_out.usedClock = true;
        if (!formatTime(m_inputs.now ? m_inputs.now() : localTime(), *format->text(), out))
            failUnsupported(arguments.place, "the time format " + *format->text());
        return Value::of(std::move(out));
    }
    arguments.check(3);
    std::array<std::int64_t, 3> bounds{0, 0, 1};
    const std::size_t count = arguments.positional.size();
    if (count == 0) failArguments(arguments.place, name);
    for (std::size_t i = 0; i < count; ++i)
        if (!arguments.positional[i].integer(bounds[count == 1 ? 1 : i])) failArguments(arguments.place, name);
    const auto [begin, end, step] = bounds;
    if (step == 0) failResult(arguments.place, "a range with step 0");
    std::vector<Value> items;
    constexpr std::size_t MostItems = 100'000;
    for (std::int64_t i = begin; step > 0 ? i < end : i > end;) {
        if (items.size() >= MostItems) failLimit(arguments.place, "100000 items of a range");
        items.push_back(Value::of(i));
        if (__builtin_add_overflow(i, step, &i)) break;
    }
    charge(items.size(), arguments.place);
    return Value::list(std::move(items));
}

} // namespace vitrine::lm::jinja
