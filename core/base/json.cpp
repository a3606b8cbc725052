// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/json.hpp"

#include <cmath>
#include <limits>

namespace vitrine {

namespace {

constexpr int MaxDepth = 200;

/// Byte offset of the first bracket nested too deeply, or npos. Looked at before parsing, so that no recursion of the
/// library (copying, destroying) ever meets such a value.
std::size_t tooDeepAt(std::string_view text) {
    int depth = 0;
    bool inString = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (inString) {
            if (c == '\\')
                ++at;
            else if (c == '"')
                inString = false;
        } else if (c == '"') {
            inString = true;
        } else if (c == '[' || c == '{') {
            if (++depth > MaxDepth) return at;
        } else if (c == ']' || c == '}') {
            --depth;
        }
    }
    return std::string_view::npos;
}

Error notJson(std::size_t offset, const std::string& reason, const std::string& where) {
    return makeError("VIT-BASE-001", "Not valid JSON at byte %1: %2", {std::to_string(offset), reason}, {}, where);
}

bool hasNonFinite(const Json& json) {
    if (json.is_number_float()) return !std::isfinite(json.get<double>());
    if (json.is_structured())
        for (const Json& child : json)
            if (hasNonFinite(child)) return true;
    return false;
}

void spellNonFinite(Json& json) {
    if (json.is_number_float())
        json = numberToJson(json.get<double>());
    else if (json.is_structured())
        for (Json& child : json) spellNonFinite(child);
}

} // namespace

Result<Json> parseJson(std::string_view text, const std::string& where) {
    if (const std::size_t at = tooDeepAt(text); at != std::string_view::npos)
        return notJson(at, "nested deeper than " + std::to_string(MaxDepth), where);
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& problem) {
        return notJson(problem.byte == 0 ? 0 : problem.byte - 1, problem.what(), where);
    } catch (const Json::exception& problem) {
        return notJson(0, problem.what(), where);
    }
}

std::string writeJsonLine(const Json& json) {
    constexpr auto Replace = Json::error_handler_t::replace;
    if (!hasNonFinite(json)) return json.dump(-1, ' ', false, Replace);
    Json copy = json;
    spellNonFinite(copy);
    return copy.dump(-1, ' ', false, Replace);
}

double numberFromJson(const Json& json, double fallback) {
    if (json.is_number()) return json.get<double>();
    if (!json.is_string()) return fallback;
    const auto& text = json.get_ref<const std::string&>();
    if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
    if (text == "inf") return std::numeric_limits<double>::infinity();
    if (text == "-inf") return -std::numeric_limits<double>::infinity();
    return fallback;
}

Json numberToJson(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return value;
}

} // namespace vitrine
