// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace vitrine {

using Json = nlohmann::json;

/// Parses UTF-8 JSON text. \errors VIT-BASE-001 with the byte offset; nesting deeper than 200 is refused.
[[nodiscard]] Result<Json> parseJson(std::string_view text, const std::string& where = {});

/// One line without spaces; NaN and infinities become the strings "nan", "inf", "-inf"; invalid UTF-8 is replaced.
[[nodiscard]] std::string writeJsonLine(const Json& json);

/// A double that may have been written as "nan", "inf" or "-inf".
[[nodiscard]] double numberFromJson(const Json& json, double fallback = 0);
[[nodiscard]] Json numberToJson(double value);

} // namespace vitrine
