// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/run/program.hpp"

#include <CLI/CLI.hpp>

namespace vitrine::cli {

/// `list` and `describe ID`. \param status receives the exit status when one of them was asked for
void addListCommands(CLI::App& app, const Program& program, int& status);

} // namespace vitrine::cli
