// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lm {

/// JSON that keeps the order of its members, as templates print them.
using OrderedJson = nlohmann::ordered_json;

/// Parses UTF-8 JSON text in order. \errors VIT-BASE-001 (also for nesting beyond 200)
[[nodiscard]] Result<OrderedJson> parseOrderedJson(std::string_view text, const std::string& where = {});

/// What a chat template is given.
struct ChatInputs {
    OrderedJson messages = OrderedJson::array(); ///< objects with role and content (a text or a list of parts)
    OrderedJson tools = nullptr;                 ///< list of function schemas; null: none
    OrderedJson documents = nullptr;             ///< null: none
    bool addGenerationPrompt = false;
    /// More variables, over the ones above: bos_token, eos_token, enable_thinking, date_string, ...
    OrderedJson variables = OrderedJson::object();
    /// Local time for strftime_now; empty: the clock. Pin it where the text must not change from day to day.
    std::function<std::tm()> now = {};
    std::uint64_t mostSteps = 10'000'000; ///< of the evaluation
    std::size_t mostOutput = 64U << 20U;  ///< bytes
};

struct RenderedChat {
    std::string text = {};
    struct Span {
        std::size_t begin = 0, end = 0;
    };
    std::vector<Span> generated = {}; ///< bytes inside {% generation %} blocks: what an assistant mask keeps
    bool usedClock = false;           ///< the text depends on the day
};

/// A chat template: the part of Jinja that the templates of model families use (README.md lists it), run in a sandbox.
/// Immutable; may be rendered from several threads.
class ChatTemplate {
  public:
    /// \errors VIT-TPL-001 (syntax), -002 (a part of Jinja that is not run), -006 (nesting), with line and column
    [[nodiscard]] static Result<ChatTemplate> parse(std::string_view source, const std::string& where = {});

    /// \errors VIT-TPL-002 to -008 and -010 with line and column; `where` names the message at hand. VIT-TPL-005
    /// carries what the template itself says with raise_exception.
    [[nodiscard]] Result<RenderedChat> render(const ChatInputs& inputs) const;

    [[nodiscard]] const std::string& source() const;

  private:
    struct Impl;
    explicit ChatTemplate(std::shared_ptr<const Impl> impl) : m_impl(std::move(impl)) {}
    std::shared_ptr<const Impl> m_impl;
};

/// A template of a model's files.
struct NamedTemplate {
    std::string name = {};   ///< "default", "tool_use", "rag", ...
    std::string source = {}; ///< text
    std::string origin = {}; ///< for reports: "chat_template.jinja", "tokenizer_config.json", "GGUF header"
};

/// The templates of a model folder: chat_template.jinja and additional_chat_templates/*.jinja, else chat_template.json,
/// else the member chat_template of tokenizer_config.json (a text, or a list of {name, template}).
/// \errors VIT-TPL-009 (none there), -011 (malformed), VIT-BASE-001, -014, -015
[[nodiscard]] Result<std::vector<NamedTemplate>> loadChatTemplates(const std::filesystem::path& folder);

/// bos_token, eos_token, pad_token, unk_token of a folder's tokenizer_config.json, as variables for a template.
[[nodiscard]] Result<OrderedJson> templateTokens(const std::filesystem::path& folder);

} // namespace vitrine::lm
