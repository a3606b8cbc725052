// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runner/plugins.hpp"

namespace vitrine::cli {

/// Exit statuses of every command of vitrine-run; the manual pages list them.
enum ExitStatus : int {
    Success = 0,
    Failure = 1,  ///< the run failed, or a check found a difference
    Refused = 2,  ///< wrong usage, or an input that is not accepted
    Stopped = 3,  ///< the run was stopped and can be resumed
    NoAccess = 4, ///< a folder or file cannot be read or written
};

/// What the commands share.
struct Program {
    runner::MethodSet methods;
};

/// Prints "vitrine-run: TEXT" on standard error and returns the status that fits the error's code.
[[nodiscard]] int report(const Error& error);

} // namespace vitrine::cli
