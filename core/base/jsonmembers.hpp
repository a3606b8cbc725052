// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine {

// Members of JSON that somebody else wrote: the fallback where the value is no object, has no such member, or one of
// another type. (`Json::value` throws in the first and the last case.)
[[nodiscard]] std::int64_t integerOr(const Json& object, std::string_view member, std::int64_t fallback = 0);
[[nodiscard]] bool boolOr(const Json& object, std::string_view member, bool fallback = false);
[[nodiscard]] std::string textOr(const Json& object, std::string_view member, std::string fallback = {});

[[nodiscard]] const Json& listOr(const Json& object, std::string_view member);               ///< else an empty list
[[nodiscard]] std::vector<std::string> textsOr(const Json& object, std::string_view member); ///< a list's texts

} // namespace vitrine
