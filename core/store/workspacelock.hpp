// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/process.hpp"

#include <filesystem>
#include <optional>

namespace vitrine::store {

/// The file `lock` of a workspace: whoever holds it writes the database. The system gives it up when its process dies;
/// its content tells who has it, and that the last one did not end in good order.
class WorkspaceLock {
  public:
    WorkspaceLock() = default;
    WorkspaceLock(const WorkspaceLock&) = delete;
    WorkspaceLock& operator=(const WorkspaceLock&) = delete;
    ~WorkspaceLock(); ///< empties the file: a clean end

    enum class Outcome { Taken, TakenAfterCrash, HeldByOther, NotWritable };
    [[nodiscard]] Outcome take(const std::filesystem::path& file);
    [[nodiscard]] bool isHeld() const { return m_held; }
    [[nodiscard]] const std::optional<ProcessIdentity>& holder() const { return m_holder; } ///< the other one

  private:
    int m_descriptor = -1;
    bool m_held = false;
    std::optional<ProcessIdentity> m_holder;
};

/// "nfs", "cifs", ... when `path` lies on a file system whose locks and shared memory SQLite's log cannot trust.
[[nodiscard]] std::optional<std::string> networkFileSystem(const std::filesystem::path& path);
/// The same for a type number of statfs(2); the seam of the tests.
[[nodiscard]] std::optional<std::string> networkFileSystemName(long type);

} // namespace vitrine::store
