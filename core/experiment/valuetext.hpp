// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/schema.hpp"

#include <string>

/// How values and limits of knobs are spelled in messages (English, C locale).
namespace vitrine {

[[nodiscard]] std::string valueText(const Json& value);       ///< text as it is, else JSON; long ones shortened
[[nodiscard]] std::string rangeText(const ParamSpec& spec);   ///< "1 to 10 tokens"
[[nodiscard]] std::string optionsText(const ParamSpec& spec); ///< "sgd, adam"
[[nodiscard]] std::string kindText(ParamKind kind);           ///< "a whole number"

} // namespace vitrine
