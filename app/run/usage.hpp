// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>

namespace vitrine::cli {

/// Accepts decimal digits that spell a number from `low` to `high`; anything else is refused with the range.
[[nodiscard]] CLI::Validator wholeNumber(std::uint64_t low, std::uint64_t high);

/// What is wrong with a command line that could not be parsed: names the word that is not known and the nearest that
/// is.
[[nodiscard]] std::string explain(const CLI::App& app, const CLI::ParseError& problem);

} // namespace vitrine::cli
