// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vitrine::store {

struct CheckReport {
    std::vector<Error> findings; ///< empty: sound
    std::vector<Error> repaired; ///< what `repairWorkspace` put right
    int runs = 0;
    std::int64_t events = 0;
};

/// Reads everything in a workspace and changes nothing: the index page by page, every configuration, every event line,
/// every checkpoint's hash, whether status, list of checkpoints and artefacts are what the events tell, and whether the
/// index holds the rows that the event files give.
[[nodiscard]] Result<CheckReport> checkWorkspace(const std::filesystem::path& folder);

/// Takes damaged checkpoints out of their lists, puts unreadable user.json aside, removes what broken writes and
/// deletions left, and makes the index again from the runs. Then checks again: the findings are what remains.
/// \errors VIT-STORE-003 a window has the workspace, -001, -002
[[nodiscard]] Result<CheckReport> repairWorkspace(const std::filesystem::path& folder);

} // namespace vitrine::store
