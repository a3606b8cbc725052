// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/configfields.hpp"

#include <algorithm>
#include <cmath>

namespace vitrine::lm {

namespace {

constexpr std::int64_t MaxId = 1LL << 31;

std::string shortly(double value) {
    std::string text = Json(value).dump();
    if (text.ends_with(".0")) text.resize(text.size() - 2);
    return text;
}

std::string inWords(const char* kind, Between range) {
    return std::string(kind) + " from " + shortly(range.low) + " to " + shortly(range.high);
}

std::optional<std::int64_t> tokenId(const Json& value) {
    if (!value.is_number_integer() || value.get<double>() < 0 || value.get<double>() >= static_cast<double>(MaxId))
        return std::nullopt;
    return value.get<std::int64_t>();
}

std::string shown(const Json& value) {
    constexpr std::size_t Most = 60;
    std::string text = value.is_structured() ? (value.is_array() ? "a list" : "an object") : writeJsonLine(value);
    if (text.size() > Most) text = text.substr(0, Most) + "...";
    return text;
}

} // namespace

const Json* ConfigFields::find(std::string_view key) const {
    if (!m_object.is_object()) return nullptr;
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

std::string ConfigFields::pathOf(std::string_view key) const {
    return m_path.empty() ? std::string(key) : m_path + "." + std::string(key);
}

void ConfigFields::missing(std::string_view key) const {
    add(makeError("VIT-LM-072", "The model's configuration lacks %1", {pathOf(key)},
                  "Take the configuration from the model's source again", pathOf(key)));
}

void ConfigFields::wrong(std::string_view key, const std::string& expected) const {
    const Json* value = find(key);
    add(makeError("VIT-LM-073", "%1 is %2; it must be %3", {pathOf(key), value ? shown(*value) : "missing", expected},
                  "Take the configuration from the model's source again", pathOf(key)));
}

void ConfigFields::unsupported(std::string_view key) const {
    const Json* value = find(key);
    add(makeError("VIT-LM-078", "%1 is %2, which is not supported", {pathOf(key), value ? shown(*value) : "missing"},
                  "Take another model of the families that Vitrine reads", pathOf(key)));
}

std::int64_t ConfigFields::integer(std::string_view key, Between range, std::optional<std::int64_t> fallback) const {
    const auto otherwise = fallback.value_or(static_cast<std::int64_t>(range.low));
    const Json* value = find(key);
    if (!value) {
        if (!fallback) missing(key);
        return otherwise;
    }
    const double number = value->is_number() ? value->get<double>() : NAN;
    if (number >= range.low && number <= range.high && number == std::floor(number))
        return static_cast<std::int64_t>(number);
    wrong(key, inWords("a whole number", range));
    return otherwise;
}

double ConfigFields::real(std::string_view key, Between range, std::optional<double> fallback) const {
    const double otherwise = fallback.value_or(range.low);
    const Json* value = find(key);
    if (!value) {
        if (!fallback) missing(key);
        return otherwise;
    }
    const double number = value->is_number() ? value->get<double>() : NAN;
    if (number >= range.low && number <= range.high) return number;
    wrong(key, inWords("a number", range));
    return otherwise;
}

bool ConfigFields::truth(std::string_view key, bool fallback) const {
    const Json* value = find(key);
    if (!value) return fallback;
    if (value->is_boolean()) return value->get<bool>();
    wrong(key, "true or false");
    return fallback;
}

std::string ConfigFields::text(std::string_view key, const std::string& fallback) const {
    const Json* value = find(key);
    if (!value) return fallback;
    if (value->is_string()) return value->get<std::string>();
    wrong(key, "a text");
    return fallback;
}

std::optional<std::int64_t> ConfigFields::id(std::string_view key) const {
    const std::vector<std::int64_t> all = ids(key);
    return all.empty() ? std::nullopt : std::optional(all.front());
}

std::vector<std::int64_t> ConfigFields::ids(std::string_view key) const {
    constexpr std::size_t Most = 1000;
    std::vector<std::int64_t> found;
    const Json* value = find(key);
    if (!value) return found;
    const Json list = value->is_array() ? *value : Json::array({*value});
    for (const Json& one : list) {
        const std::optional<std::int64_t> number = tokenId(one);
        if (!number || found.size() == Most) {
            wrong(key, "a token id or a list of at most 1000 of them");
            break;
        }
        found.push_back(*number);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

} // namespace vitrine::lm
