// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/workspacefolder.hpp"

#include "core/base/files.hpp"

#include <cstdlib>

namespace vitrine::store {

std::filesystem::path workspaceFolder(const std::string& named) {
    if (!named.empty()) return std::filesystem::absolute(named);
    if (const char* variable = std::getenv("VITRINE_WORKSPACE"); variable && *variable)
        return std::filesystem::absolute(variable);
    return userDataFolder() / "workspace";
}

} // namespace vitrine::store
