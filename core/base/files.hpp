// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace vitrine {

/// Writes a file whole: temporary beside it, flush, fsync, rename. Either the old content stands or the new.
/// \errors VIT-BASE-010 (folder missing), -011 (permission), -012 (no space), -013 (other), each with the path.
[[nodiscard]] Status writeFileAtomically(const std::filesystem::path& path, std::string_view content);

/// Reads a whole file. \param cap refuse larger ones before allocating. \errors VIT-BASE-014, -015 (too large).
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& path, std::uint64_t cap = 1ULL << 30);

/// Lower-case hex SHA-256.
[[nodiscard]] std::string sha256(std::string_view bytes);
[[nodiscard]] Result<std::string> sha256OfFile(const std::filesystem::path& path);

/// XDG data, config and cache folders of Vitrine; VITRINE_HOME (for tests) overrides all three.
[[nodiscard]] std::filesystem::path userDataFolder();
[[nodiscard]] std::filesystem::path userConfigFolder();
/// Samples, lessons, colour maps: VITRINE_RESOURCES, else beside the executable, else the source tree's.
[[nodiscard]] std::filesystem::path resourceFolder();
/// Folder of the running executable.
[[nodiscard]] std::filesystem::path executableFolder();

} // namespace vitrine
