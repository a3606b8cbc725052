// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/result.hpp"

#include <nlohmann/json.hpp>

namespace vitrine {

namespace {

const char* severityName(Severity severity) {
    switch (severity) {
    case Severity::Note:
        return "note";
    case Severity::Warning:
        return "warning";
    case Severity::Error:
        break;
    }
    return "error";
}

Severity severityFromName(const std::string& name) {
    if (name == "note") return Severity::Note;
    return name == "warning" ? Severity::Warning : Severity::Error;
}

std::string stringAt(const nlohmann::json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

constexpr int MaxCauses = 8; // a hostile event line may nest them deeper

Error errorAtDepth(const nlohmann::json& json, int depth) {
    Error error;
    if (!json.is_object()) return error;
    error.code = stringAt(json, "code");
    error.message = stringAt(json, "message");
    error.hint = stringAt(json, "hint");
    error.where = stringAt(json, "where");
    error.severity = severityFromName(stringAt(json, "severity"));
    if (const auto list = json.find("arguments"); list != json.end() && list->is_array())
        for (const nlohmann::json& argument : *list)
            if (argument.is_string()) error.arguments.push_back(argument.get<std::string>());
    if (const auto cause = json.find("cause"); depth < MaxCauses && cause != json.end() && cause->is_object())
        error.cause = std::make_shared<const Error>(errorAtDepth(*cause, depth + 1));
    return error;
}

void appendSentence(std::string& text, const std::string& sentence) {
    if (sentence.empty()) return;
    if (!text.empty()) text += text.back() == '.' || text.back() == ':' ? " " : ". ";
    text += sentence;
}

} // namespace

Error makeError(std::string code, std::string message, std::vector<std::string> arguments, std::string hint,
                std::string where) {
    return {.code = std::move(code),
            .message = std::move(message),
            .arguments = std::move(arguments),
            .hint = std::move(hint),
            .where = std::move(where),
            .severity = Severity::Error,
            .cause = nullptr};
}

std::string fillIn(const std::string& message, const std::vector<std::string>& arguments) {
    std::string text;
    text.reserve(message.size() + 32);
    for (std::size_t at = 0; at < message.size(); ++at) {
        const char next = at + 1 < message.size() ? message[at + 1] : '\0';
        const auto index = static_cast<std::size_t>(next - '1');
        if (message[at] == '%' && next >= '1' && next <= '9' && index < arguments.size()) {
            text += arguments[index];
            ++at;
        } else {
            text += message[at];
        }
    }
    return text;
}

std::string toText(const Error& error) {
    std::string text = error.code.empty() ? std::string() : error.code + ":";
    appendSentence(text, fillIn(error.message, error.arguments));
    appendSentence(text, fillIn(error.hint, error.arguments));
    if (!error.where.empty()) text += " (" + error.where + ")";
    if (error.cause) text += "\n  because " + toText(*error.cause);
    return text;
}

nlohmann::json toJson(const Error& error) {
    nlohmann::json json{{"code", error.code}, {"message", error.message}, {"severity", severityName(error.severity)}};
    if (!error.arguments.empty()) json["arguments"] = error.arguments;
    if (!error.hint.empty()) json["hint"] = error.hint;
    if (!error.where.empty()) json["where"] = error.where;
    if (error.cause) json["cause"] = toJson(*error.cause);
    return json;
}

Error errorFromJson(const nlohmann::json& json) {
    return errorAtDepth(json, 0);
}

} // namespace vitrine
