// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>

namespace vitrine::cli {

/// `vitrine-run lm COMMAND MODEL`: language models without a window.
void addLmCommand(CLI::App& app, int& status);

} // namespace vitrine::cli
