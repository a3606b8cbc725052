// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/template/chattemplate.hpp"

#include "core/base/json.hpp"
#include "core/base/utf8.hpp"
#include "core/lm/template/interpreter.hpp"

namespace vitrine::lm {

namespace {

using Variables = std::map<std::string, jinja::Value, std::less<>>;

void setVariable(Variables& variables, const std::string& name, const OrderedJson& json) {
    jinja::Value value;
    if (!jinja::fromJson(json, value)) jinja::failLimit({}, "100 levels or 64 bits in the input " + name);
    variables[name] = std::move(value);
}

Variables variablesOf(const ChatInputs& inputs) {
    Variables variables;
    setVariable(variables, "messages", inputs.messages);
    setVariable(variables, "tools", inputs.tools);
    setVariable(variables, "documents", inputs.documents);
    setVariable(variables, "add_generation_prompt", inputs.addGenerationPrompt);
    if (inputs.variables.is_object())
        for (const auto& [name, value] : inputs.variables.items()) setVariable(variables, name, value);
    return variables;
}

} // namespace

struct ChatTemplate::Impl {
    std::string source, where;
    jinja::NodePtr body;
};

Result<OrderedJson> parseOrderedJson(std::string_view text, const std::string& where) {
    // The plain parser checks the nesting and words the errors.
    if (const auto checked = parseJson(text, where); !checked) return checked.error();
    try {
        return OrderedJson::parse(text);
    } catch (const nlohmann::json::exception& problem) {
        return makeError("VIT-BASE-001", "Not valid JSON at byte %1: %2", {"0", problem.what()}, {}, where);
    }
}

Result<ChatTemplate> ChatTemplate::parse(std::string_view source, const std::string& where) {
    auto impl = std::make_shared<Impl>();
    appendReplacingInvalid(source, impl->source);
    impl->where = where;
    try {
        impl->body = jinja::parseTemplate(impl->source);
    } catch (const jinja::Failure& failure) {
        Error error = failure.error;
        error.where = where;
        return error;
    }
    return ChatTemplate(std::move(impl));
}

Result<RenderedChat> ChatTemplate::render(const ChatInputs& inputs) const {
    std::string context;
    try {
        jinja::Interpreter interpreter(inputs, variablesOf(inputs));
        try {
            return interpreter.run(*m_impl->body);
        } catch (const jinja::Failure&) {
            context = interpreter.context();
            throw;
        }
    } catch (const jinja::Failure& failure) {
        Error error = failure.error;
        error.where =
            m_impl->where.empty() || context.empty() ? m_impl->where + context : m_impl->where + ", " + context;
        return error;
    }
}

const std::string& ChatTemplate::source() const {
    return m_impl->source;
}

} // namespace vitrine::lm
