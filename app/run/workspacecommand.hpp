// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

namespace vitrine::cli {

/// `workspace check` and `workspace repair`. \param status receives the exit status
void addWorkspaceCommand(CLI::App& app, int& status);

} // namespace vitrine::cli
