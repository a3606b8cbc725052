// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/workspace.hpp"

#include <string>
#include <vector>

namespace vitrine::test {

/// Everything that a workspace answers about its runs, as text, so that two workspaces can be compared. An error of a
/// query is in the text by its code. Times are left out where a second look gives others.
[[nodiscard]] std::string textOf(const store::Workspace& workspace);

/// All events of a run, one line each, in the order of the files. \param problems  gets the codes of what was skipped
[[nodiscard]] std::vector<std::string> eventLinesOf(const store::RunDirectory& run,
                                                    std::vector<std::string>* problems = nullptr);

} // namespace vitrine::test
