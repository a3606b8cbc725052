// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

namespace vitrine::cli {

/// `selfcheck [--device D]`. \param status receives the exit status
void addSelfCheckCommand(CLI::App& app, int& status);

} // namespace vitrine::cli
