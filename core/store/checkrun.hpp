// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/check.hpp"
#include "core/store/database.hpp"
#include "core/store/rundirectory.hpp"

/// Inside of core/store: one run of `checkWorkspace` and `repairWorkspace`.
namespace vitrine::store {

/// Adds what is damaged or missing in a run. \param index  nothing: there is none
void checkRun(const RunDirectory& run, Database* index, CheckReport& report);
/// Puts right what the run's own files allow; nothing of a run that is going on.
void repairRun(const RunDirectory& run, CheckReport& report);

/// "Removed %1 ..." and its kin.
[[nodiscard]] Error repairDone(const char* message, const std::filesystem::path& path);
/// A file that a write left behind.
[[nodiscard]] Error leftover(const std::filesystem::path& path);

} // namespace vitrine::store
