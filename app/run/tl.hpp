// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/evaluation.hpp"

#include <optional>
#include <string>

namespace vitrine::cli {

struct TlOptions {
    std::string file;               ///< "-": standard input, files of the program start at the current folder
    bool all = false;               ///< answers of more than 10,000 lines too
    bool hasStatistics = false;     ///< rounds, choices and times on standard error
    tl::EvaluateOptions evaluation; ///< its stop token is replaced
};

/// Checks and evaluates a program, prints its answers on standard output and its diagnostics on standard error.
/// \return 0; 1 when something inside failed or the output cannot be written; 2 when the program cannot be read or has
///         errors, found before or while it runs; 130 after SIGINT or SIGTERM
[[nodiscard]] int runTl(const TlOptions& options);

} // namespace vitrine::cli
