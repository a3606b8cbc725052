// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/template/ast.hpp"
#include "core/lm/template/builtins.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lm::jinja {

/// Runs the statements of one template once. Throws Failure.
class Interpreter {
  public:
    Interpreter(const ChatInputs& inputs, std::map<std::string, Value, std::less<>> variables);

    [[nodiscard]] RenderedChat run(const Node& body);
    /// "message 2 (role user)" while a loop goes through messages, else empty. For errors.
    [[nodiscard]] const std::string& context() const { return m_context; }

  private:
    enum class Flow { Normal, Break, Continue };
    using Frame = std::map<std::string, Value, std::less<>>;

    // statements (interpreter.cpp)
    Flow execute(const Node& node);
    Flow executeAll(const Node& block);
    Flow executeFor(const Node& node);
    Flow executeIteration(const Node& node, const Value& item);
    void executeSet(const Node& node);
    void executeSetAttribute(const Node& node);
    std::string capture(const Node& body);
    void assign(const std::vector<std::string>& names, const Value& value, Place place);
    void write(std::string_view text, Place place);
    void writeValue(const Value& value, Place place);
    void noteMessage(std::size_t index, const Value& item);

    // expressions (evaluate.cpp)
    Value evaluate(const Node& node);
    Value evaluateNode(const Node& node);
    Value lookUp(const std::string& name) const;
    Value attribute(const Value& object, const Node& node);
    Value item(const Value& object, const Value& key, Place place);
    Value slice(const Node& node);
    Value compare(const Node& node);
    Value binary(const Node& node);
    Value call(const Node& node);
    Value callMacro(const Node& macro, const Arguments& arguments);
    Value callGlobal(const Arguments& arguments);
    Value container(const Node& node);
    Arguments argumentsOf(const Node& node, std::size_t first);
    Value checked(Value value, Place place) const;

    void charge(std::size_t steps, Place place);
    void chargeBytes(std::size_t bytes, Place place) { charge(1 + bytes / BytesAStep, place); }

    static constexpr std::size_t BytesAStep = 32;
    static constexpr int MostCalls = 600; ///< nested evaluations

    const ChatInputs& m_inputs;
    std::vector<Frame> m_frames; ///< the first one is the template's own
    std::size_t m_base = 0;      ///< frames below it, but the first, are another macro's
    std::uint64_t m_steps = 0;
    int m_calls = 0, m_captures = 0;
    RenderedChat m_out;
    std::string m_context;
};

} // namespace vitrine::lm::jinja
