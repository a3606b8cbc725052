// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>

namespace vitrine::lm::jinja {

/// Place in the template, both from 1; columns count characters' bytes.
struct Place {
    std::uint32_t line = 1;
    std::uint32_t column = 1;
};

/// Thrown inside the template engine alone; the public functions give its error out as a value.
struct Failure {
    Error error;
};

[[noreturn]] void failSyntax(Place place, const std::string& expected, const std::string& found);
[[noreturn]] void failUnsupported(Place place, const std::string& what);
[[noreturn]] void failType(Place place, const std::string& what, const std::string& operands);
[[noreturn]] void failUndefined(Place place, const std::string& name);
[[noreturn]] void failRaised(const std::string& message);
[[noreturn]] void failLimit(Place place, const std::string& limit);
[[noreturn]] void failSandbox(Place place, const std::string& attribute);
[[noreturn]] void failArguments(Place place, const std::string& function);
[[noreturn]] void failResult(Place place, const std::string& what);

} // namespace vitrine::lm::jinja
