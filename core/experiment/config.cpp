// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/schema.hpp"

#include <cmath>

namespace vitrine {

namespace {

Error notAConfig(const std::string& what) {
    return makeError("VIT-EXP-007", "Not a configuration: %1", {what});
}

/// Takes the text at `key` if it is there. Returns false when it is there and not text.
bool takeText(const Json& json, const char* key, std::string& target) {
    const auto found = json.find(key);
    if (found == json.end()) return true;
    if (!found->is_string()) return false;
    target = found->get<std::string>();
    return true;
}

} // namespace

const Json* Config::find(const std::string& id) const {
    const auto found = values.find(id);
    return found == values.end() ? nullptr : &found->second;
}

std::int64_t Config::integer(const std::string& id) const {
    const Json* value = find(id);
    return value && value->is_number() ? value->get<std::int64_t>() : 0;
}

double Config::real(const std::string& id) const {
    const Json* value = find(id);
    return value ? numberFromJson(*value) : 0;
}

bool Config::boolean(const std::string& id) const {
    const Json* value = find(id);
    return value && value->is_boolean() && value->get<bool>();
}

std::string Config::text(const std::string& id) const {
    const Json* value = find(id);
    return value && value->is_string() ? value->get<std::string>() : std::string();
}

Json Config::toJson() const {
    Json json{{"experiment", experiment}, {"version", version}, {"preset", preset}, {"seed", seed}, {"device", device}};
    json["values"] = Json::object();
    for (const auto& [id, value] : values) json["values"][id] = value;
    return json;
}

Result<Config> Config::fromJson(const Json& json) {
    if (!json.is_object()) return notAConfig("not an object");
    Config config;
    if (!takeText(json, "experiment", config.experiment) || config.experiment.empty())
        return notAConfig("\"experiment\" is not a name");
    if (!takeText(json, "preset", config.preset)) return notAConfig("\"preset\" is not text");
    if (!takeText(json, "device", config.device)) return notAConfig("\"device\" is not text");
    if (const auto found = json.find("version"); found != json.end()) {
        if (!found->is_number_integer() || *found < 0 || *found > 1'000'000)
            return notAConfig("\"version\" is not a version");
        config.version = found->get<int>();
    }
    if (const auto found = json.find("seed"); found != json.end()) {
        if (!found->is_number_unsigned()) return notAConfig("\"seed\" is not a whole number from 0 to 2^64 - 1");
        config.seed = found->get<std::uint64_t>();
    }
    const auto values = json.find("values");
    if (values == json.end()) return config;
    if (!values->is_object()) return notAConfig("\"values\" is not an object");
    for (const auto& [id, value] : values->items()) config.values[id] = value;
    return config;
}

} // namespace vitrine
