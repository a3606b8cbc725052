// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

namespace vitrine::store {

/// The workspace that a command or the window works in: `named` (--workspace), else VITRINE_WORKSPACE, else
/// `workspace` below the user's data folder.
[[nodiscard]] std::filesystem::path workspaceFolder(const std::string& named = {});

} // namespace vitrine::store
