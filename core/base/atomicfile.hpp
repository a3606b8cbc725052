// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/filedescriptor.hpp"
#include "core/base/result.hpp"

#include <filesystem>
#include <string_view>

namespace vitrine {

/// A file written piece by piece that takes its place only when whole: a temporary beside it, then flush, fsync and
/// rename in `commit`. Without `commit` nothing of it stays. For contents too large to hold in memory; see
/// `writeFileAtomically` for the others. \errors of all functions as writeFileAtomically.
class AtomicFile {
  public:
    [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& path);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    [[nodiscard]] Status write(std::string_view bytes);
    /// Once, after the last write.
    [[nodiscard]] Status commit();

  private:
    AtomicFile(std::filesystem::path path, std::filesystem::path temporary, FileDescriptor file);

    std::filesystem::path m_path, m_temporary; // m_temporary is empty once there is nothing to remove
    FileDescriptor m_file;
};

} // namespace vitrine
