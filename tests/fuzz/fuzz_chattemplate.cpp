// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/utf8.hpp"
#include "core/lm/template/chattemplate.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace vitrine::lm;

/// A template; the chat is fixed: it holds one value of each kind.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parsed = ChatTemplate::parse({reinterpret_cast<const char*>(data), size});
    if (!parsed) return 0;
    static const OrderedJson messages = OrderedJson::parse(
        "[{\"role\":\"system\",\"content\":\" s \"},{\"role\":\"user\",\"content\":\"h\\u00e9 <b>\"},"
        "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}],\"n\":[1,2.5,null,true,{\"a\":{}}]}"
        "]");
    ChatInputs inputs;
    inputs.messages = messages;
    inputs.addGenerationPrompt = true;
    inputs.variables = {{"bos_token", "<s>"}, {"x", 3}};
    inputs.now = [] { return std::tm{}; };
    inputs.mostSteps = 100'000;
    inputs.mostOutput = 1U << 20U;
    const auto rendered = parsed->render(inputs);
    if (!rendered) return 0;
    if (rendered->text.size() > inputs.mostOutput || findInvalidUtf8(rendered->text) != std::string_view::npos)
        std::abort();
    for (const auto& span : rendered->generated)
        if (span.begin > span.end || span.end > rendered->text.size()) std::abort();
    return 0;
}
