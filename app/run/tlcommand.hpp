// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

namespace vitrine::cli {

/// `tl FILE [options]`. \param status receives the exit status
void addTlCommand(CLI::App& app, int& status);

} // namespace vitrine::cli
