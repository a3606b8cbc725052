// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/run/program.hpp"

#include <CLI/CLI.hpp>

namespace vitrine::cli {

/// One command per method (`ID --preset P ...`) and `run FOLDER`. \param status receives the exit status
void addRunCommands(CLI::App& app, const Program& program, int& status);

} // namespace vitrine::cli
