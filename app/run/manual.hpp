// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <utility>
#include <vector>

namespace vitrine::cli {

/// The parts of a manual page that the options do not give. Texts are wrapped; lines that start with two blanks stay.
struct Manual {
    std::string synopsis; ///< without the program's name, one form a line
    std::string description;
    std::vector<std::pair<std::string, std::string>> exitStatus;
    std::vector<std::pair<std::string, std::string>> files, environment;
    std::vector<std::pair<std::string, std::string>> examples; ///< command, what it does
};

/// Makes `--help` of this command print the page.
void setManual(CLI::App& command, Manual manual);

/// Rows that many commands share.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> runExitStatus();
[[nodiscard]] std::vector<std::pair<std::string, std::string>> commonEnvironment();

} // namespace vitrine::cli
