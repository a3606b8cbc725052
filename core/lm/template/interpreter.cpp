// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/template/interpreter.hpp"

#include "core/lm/template/pytext.hpp"

namespace vitrine::lm::jinja {

Interpreter::Interpreter(const ChatInputs& inputs, Frame variables) : m_inputs(inputs) {
    for (const char* name : {"namespace", "raise_exception", "strftime_now", "range", "dict"})
        variables.try_emplace(name, Value::Data(std::make_shared<const Function>(Function{name, nullptr})));
    m_frames.push_back(std::move(variables));
}

RenderedChat Interpreter::run(const Node& body) {
    executeAll(body);
    return std::move(m_out);
}

void Interpreter::charge(std::size_t steps, Place place) {
    m_steps += steps;
    if (m_steps > m_inputs.mostSteps) failLimit(place, std::to_string(m_inputs.mostSteps) + " steps");
}

void Interpreter::write(std::string_view text, Place place) {
    if (text.size() > m_inputs.mostOutput || m_out.text.size() > m_inputs.mostOutput - text.size())
        failLimit(place, std::to_string(m_inputs.mostOutput) + " bytes of output");
    chargeBytes(text.size(), place);
    m_out.text += text;
}

void Interpreter::writeValue(const Value& value, Place place) {
    chargeBytes(value.weight(), place);
    write(str(value), place);
}

Interpreter::Flow Interpreter::executeAll(const Node& block) {
    for (const NodePtr& statement : block.kids)
        if (const Flow flow = execute(*statement); flow != Flow::Normal) return flow;
    return Flow::Normal;
}

Interpreter::Flow Interpreter::execute(const Node& node) {
    charge(1, node.place);
    switch (node.kind) {
    case NodeKind::Data:
        write(node.text, node.place);
        break;
    case NodeKind::Output:
        writeValue(evaluate(*node.kids[0]), node.place);
        break;
    case NodeKind::If:
        if (evaluate(*node.kids[0]).isTrue()) return executeAll(*node.kids[1]);
        if (!node.kids[2]) break;
        return node.kids[2]->kind == NodeKind::If ? execute(*node.kids[2]) : executeAll(*node.kids[2]);
    case NodeKind::For:
        return executeFor(node);
    case NodeKind::Set:
        executeSet(node);
        break;
    case NodeKind::SetAttribute:
        executeSetAttribute(node);
        break;
    case NodeKind::SetBlock:
        m_frames.back()[node.text] = Value::of(capture(*node.kids[0]));
        break;
    case NodeKind::Macro:
        m_frames.back()[node.text] = Value::Data(&node);
        break;
    case NodeKind::Break:
        return Flow::Break;
    case NodeKind::Continue:
        return Flow::Continue;
    case NodeKind::Generation: {
        const std::size_t begin = m_out.text.size();
        const Flow flow = executeAll(*node.kids[0]);
        if (m_captures == 0) m_out.generated.push_back({begin, m_out.text.size()});
        return flow;
    }
    default:
        return executeAll(node);
    }
    return Flow::Normal;
}

/// What the statements of `body` write, instead of writing it.
std::string Interpreter::capture(const Node& body) {
    std::string outer = std::move(m_out.text);
    m_out.text.clear();
    ++m_captures;
    executeAll(body);
    --m_captures;
    return std::exchange(m_out.text, std::move(outer));
}

void Interpreter::assign(const std::vector<std::string>& names, const Value& value, Place place) {
    if (names.size() == 1) {
        m_frames.back()[names[0]] = value;
        return;
    }
    const std::vector<Value> items = itemsOf(value, place, "unpacking");
    if (items.size() != names.size())
        failResult(place, "unpacking " + std::to_string(items.size()) + " values into " + std::to_string(names.size()) +
                              " names");
    for (std::size_t i = 0; i < names.size(); ++i) m_frames.back()[names[i]] = items[i];
}

void Interpreter::executeSet(const Node& node) {
    assign(node.names, evaluate(*node.kids[0]), node.place);
}

void Interpreter::executeSetAttribute(const Node& node) {
    Value value = evaluate(*node.kids[0]);
    const Value target = lookUp(node.text);
    Namespace* space = target.space();
    if (!space || space->isLoop) failType(node.place, "setting an attribute", target.typeName());
    // A namespace that holds itself would never be freed.
    if (value.space()) failUnsupported(node.place, "a namespace in a namespace");
    for (auto& [key, content] : space->members)
        if (key == node.names[0]) {
            content = std::move(value);
            return;
        }
    space->members.emplace_back(node.names[0], std::move(value));
}

/// Remembers which message a loop is at, so that an error can name it.
void Interpreter::noteMessage(std::size_t index, const Value& item) {
    const Value* role = item.dict() ? find(*item.dict(), "role") : nullptr;
    if (role && role->text()) m_context = "message " + std::to_string(index + 1) + ", role " + *role->text();
}

Interpreter::Flow Interpreter::executeIteration(const Node& node, const Value& item) {
    assign(node.names, item, node.place);
    return executeAll(*node.kids[2]);
}

Interpreter::Flow Interpreter::executeFor(const Node& node) {
    std::vector<Value> items = itemsOf(evaluate(*node.kids[0]), node.kids[0]->place, "a loop");
    charge(items.size(), node.place);
    if (node.kids[1]) {
        std::vector<Value> kept;
        for (Value& each : items) {
            m_frames.emplace_back();
            assign(node.names, each, node.place);
            if (evaluate(*node.kids[1]).isTrue()) kept.push_back(std::move(each));
            m_frames.pop_back();
        }
        items = std::move(kept);
    }
    const auto count = static_cast<std::int64_t>(items.size());
    bool reachedAnEnd = false; // as in Jinja, rounds that break or continue do not keep the else away
    for (std::int64_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        noteMessage(at, items[at]);
        auto loop = std::make_shared<Namespace>();
        loop->isLoop = true;
        const auto neighbour = [&](std::int64_t j, const char* name) {
            return j >= 0 && j < count ? items[static_cast<std::size_t>(j)] : Value::undefined(name);
        };
        loop->members = {{"index", Value::of(i + 1)},
                         {"index0", Value::of(i)},
                         {"first", Value::of(i == 0)},
                         {"last", Value::of(i + 1 == count)},
                         {"length", Value::of(count)},
                         {"revindex", Value::of(count - i)},
                         {"revindex0", Value::of(count - i - 1)},
                         {"previtem", neighbour(i - 1, "loop.previtem")},
                         {"nextitem", neighbour(i + 1, "loop.nextitem")}};
        m_frames.emplace_back();
        m_frames.back()["loop"] = Value::Data(std::move(loop));
        const Flow flow = executeIteration(node, items[at]);
        m_frames.pop_back();
        if (flow == Flow::Break) break;
        reachedAnEnd = reachedAnEnd || flow == Flow::Normal;
    }
    if (!reachedAnEnd && node.kids[3]) return executeAll(*node.kids[3]);
    return Flow::Normal;
}

} // namespace vitrine::lm::jinja
