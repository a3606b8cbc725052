// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/jsonmembers.hpp"

#include <utility>

namespace vitrine {

namespace {
const Json* memberOf(const Json& object, std::string_view member) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(member);
    return found == object.end() ? nullptr : &*found;
}
} // namespace

std::int64_t integerOr(const Json& object, std::string_view member, std::int64_t fallback) {
    const Json* found = memberOf(object, member);
    return found && found->is_number_integer() ? found->get<std::int64_t>() : fallback;
}

bool boolOr(const Json& object, std::string_view member, bool fallback) {
    const Json* found = memberOf(object, member);
    return found && found->is_boolean() ? found->get<bool>() : fallback;
}

std::string textOr(const Json& object, std::string_view member, std::string fallback) {
    const Json* found = memberOf(object, member);
    return found && found->is_string() ? found->get<std::string>() : std::move(fallback);
}

const Json& listOr(const Json& object, std::string_view member) {
    static const Json none = Json::array();
    const Json* found = memberOf(object, member);
    return found && found->is_array() ? *found : none;
}

std::vector<std::string> textsOr(const Json& object, std::string_view member) {
    std::vector<std::string> texts;
    for (const Json& each : listOr(object, member))
        if (each.is_string()) texts.push_back(each.get<std::string>());
    return texts;
}

} // namespace vitrine
