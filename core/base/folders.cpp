// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"

#include <cstdlib>

namespace vitrine {

namespace fs = std::filesystem;

namespace {

fs::path fromEnvironment(const char* name) {
    const char* value = std::getenv(name);
    return value ? fs::path(value) : fs::path();
}

fs::path userFolder(const char* part, const char* xdgVariable, const char* belowHome) {
    if (const fs::path own = fromEnvironment("VITRINE_HOME"); !own.empty()) return own / part;
    if (const fs::path xdg = fromEnvironment(xdgVariable); xdg.is_absolute()) return xdg / "vitrine";
    const fs::path home = fromEnvironment("HOME");
    return (home.empty() ? fs::temp_directory_path() : home) / belowHome / "vitrine";
}

} // namespace

fs::path userDataFolder() {
    return userFolder("data", "XDG_DATA_HOME", ".local/share");
}

fs::path userConfigFolder() {
    return userFolder("config", "XDG_CONFIG_HOME", ".config");
}

fs::path executableFolder() {
    std::error_code problem;
    const fs::path self = fs::read_symlink("/proc/self/exe", problem);
    return problem ? fs::current_path(problem) : self.parent_path();
}

fs::path resourceFolder() {
    if (const fs::path named = fromEnvironment("VITRINE_RESOURCES"); !named.empty()) return named;
    const fs::path program = executableFolder();
    std::error_code problem;
    // Installed as a folder, installed below a prefix, and build/<preset>/{bin,tests} of the source tree.
    for (const char* relative : {"resources", "../share/vitrine/resources", "../../../resources"})
        if (fs::is_directory(program / relative, problem)) return fs::weakly_canonical(program / relative, problem);
    return program / "resources";
}

} // namespace vitrine
