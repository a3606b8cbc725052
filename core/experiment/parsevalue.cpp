// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/schema.hpp"
#include "core/experiment/valuetext.hpp"

#include <charconv>
#include <cmath>

namespace vitrine {

namespace {

constexpr std::size_t ShownLength = 80;

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    return first == std::string::npos ? std::string()
                                      : text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

template <typename T>
std::optional<T> wholly(const std::string& text) {
    T value{};
    const char* end = text.data() + text.size();
    const char* start = text.data() + (text.size() > 1 && text[0] == '+' && text[1] != '-' ? 1 : 0);
    const auto [stop, problem] = std::from_chars(start, end, value);
    if (problem != std::errc() || stop != end) return std::nullopt;
    return value;
}

/// "12", and "1e6" when it is whole and a double holds it exactly.
std::optional<std::int64_t> wholeNumber(const std::string& text) {
    if (const auto whole = wholly<std::int64_t>(text)) return whole;
    const auto real = wholly<double>(text);
    if (!real || !std::isfinite(*real) || std::abs(*real) > 9007199254740992.0 || *real != std::floor(*real))
        return std::nullopt;
    return static_cast<std::int64_t>(*real);
}

std::optional<Json> boolFrom(const std::string& text) {
    for (const char* yes : {"true", "yes", "on", "1"})
        if (text == yes) return Json(true);
    for (const char* no : {"false", "no", "off", "0"})
        if (text == no) return Json(false);
    return std::nullopt;
}

/// Numbers between commas, blanks or brackets: "1, 2 3", "[1,2]".
std::optional<Json> listFrom(const std::string& text) {
    Json list = Json::array();
    std::size_t at = 0;
    while ((at = text.find_first_not_of(" \t,[]", at)) != std::string::npos) {
        const std::size_t end = std::min(text.find_first_of(" \t,[]", at), text.size());
        const auto number = wholeNumber(text.substr(at, end - at));
        if (!number) return std::nullopt;
        list.push_back(*number);
        at = end;
    }
    return list;
}

std::optional<Json> jsonFrom(ParamKind kind, const std::string& text) {
    switch (kind) {
    case ParamKind::Int:
        if (const auto number = wholeNumber(trimmed(text))) return Json(*number);
        return std::nullopt;
    case ParamKind::Real:
        if (const auto number = wholly<double>(trimmed(text))) return Json(*number);
        return std::nullopt;
    case ParamKind::Bool:
        return boolFrom(trimmed(text));
    case ParamKind::IntList:
        return listFrom(text);
    case ParamKind::Choice:
        return Json(trimmed(text));
    case ParamKind::Text:
    case ParamKind::File:
    case ParamKind::Program:
        break;
    }
    return Json(text);
}

std::string expectation(const ParamSpec& spec) {
    if (spec.kind == ParamKind::Choice) return "one of " + optionsText(spec);
    return kindText(spec.kind) + (spec.range ? " from " + rangeText(spec) : "");
}

std::string numberText(double value) {
    return valueText(Json(value));
}

} // namespace

std::string valueText(const Json& value) {
    std::string text;
    if (value.is_string())
        text = value.get<std::string>();
    else if (value.is_number_float() && value.get<double>() == std::floor(value.get<double>()) &&
             std::abs(value.get<double>()) < 1e15)
        text = std::to_string(value.get<std::int64_t>());
    else
        text = writeJsonLine(value);
    if (text.size() <= ShownLength) return text;
    std::size_t cut = ShownLength;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80U) --cut; // not inside a character
    return text.substr(0, cut) + "…";
}

std::string rangeText(const ParamSpec& spec) {
    if (!spec.range) return {};
    std::string text = numberText(spec.range->low) + " to " + numberText(spec.range->high);
    return spec.unit.empty() ? text : text + " " + spec.unit;
}

std::string optionsText(const ParamSpec& spec) {
    std::string text;
    for (const ChoiceOption& option : spec.options) text += (text.empty() ? "" : ", ") + option.id;
    return text;
}

std::string kindText(ParamKind kind) {
    switch (kind) {
    case ParamKind::Int:
        return "a whole number";
    case ParamKind::Real:
        return "a number";
    case ParamKind::Bool:
        return "true or false";
    case ParamKind::Choice:
        return "one of the choices";
    case ParamKind::IntList:
        return "a list of whole numbers";
    case ParamKind::File:
        return "the name of a file";
    case ParamKind::Text:
    case ParamKind::Program:
        break;
    }
    return "text";
}

Result<Json> parseValue(const ParamSpec& spec, const std::string& text) {
    const auto refuse = [&] {
        return makeError("VIT-EXP-001", "%1 is \"%2\"; it must be %3",
                         {spec.id, valueText(Json(text)), expectation(spec)}, {}, spec.id);
    };
    const std::optional<Json> value = jsonFrom(spec.kind, text);
    if (!value) return refuse();
    Config config;
    config.values[spec.id] = *value;
    if (!checkAgainst({spec}, config).ok()) return refuse();
    return *value;
}

} // namespace vitrine
