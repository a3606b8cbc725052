// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace vitrine {

/// Writes a file whole: temporary beside it, flush, fsync, rename. Either the old content stands or the new.
/// \errors VIT-BASE-010 (folder missing), -011 (permission), -012 (no space), -013 (other), each with the path.
[[nodiscard]] Status writeFileAtomically(const std::filesystem::path& path, std::string_view content);

/// The file that a write to `path` replaces, or makes: symbolic links are followed.
/// \errors VIT-BASE-016 when a folder, a device, a pipe or a socket stands there, or links go in a circle.
[[nodiscard]] Result<std::filesystem::path> fileToReplace(const std::filesystem::path& path);

/// Reads a whole file. \param cap refuse larger ones before allocating. \errors VIT-BASE-014, -015 (too large).
[[nodiscard]] Result<std::string> readFile(const std::filesystem::path& path, std::uint64_t cap = 1ULL << 30);

/// Makes a folder and its parents. \errors as writeFileAtomically.
[[nodiscard]] Status makeFolder(const std::filesystem::path& path);

/// Writes all of `bytes` to an open descriptor, going on after short writes and signals. \param done receives how many
/// bytes were written, also on failure, so that a caller can go on later. \errors as writeFileAtomically.
[[nodiscard]] Status writeAll(int descriptor, std::string_view bytes, const std::filesystem::path& path,
                              std::size_t* done = nullptr);

/// The error for errno `number` met while writing `path` (codes of writeFileAtomically).
[[nodiscard]] Error writeError(int number, const std::filesystem::path& path);
[[nodiscard]] bool isNoSpace(const Error& error);

/// Bytes that this user may still write on the file system of `path`; -1 when it cannot be told.
[[nodiscard]] std::int64_t freeBytes(const std::filesystem::path& path);

/// Seam of the tests: asked before each write of `size` bytes to `path` and each look at the free space (size 0).
/// Answers 0 (go on), an errno to fail with, or -n (write only n bytes, n > 0). An empty function removes it.
using WriteFault = std::function<int(const std::filesystem::path& path, std::size_t size)>;
void setWriteFault(WriteFault fault);

/// Lower-case hex SHA-256.
[[nodiscard]] std::string sha256(std::string_view bytes);
[[nodiscard]] Result<std::string> sha256OfFile(const std::filesystem::path& path);

/// XDG data and config folders of Vitrine; VITRINE_HOME (for tests) overrides both.
[[nodiscard]] std::filesystem::path userDataFolder();
[[nodiscard]] std::filesystem::path userConfigFolder();
/// Samples, lessons, colour maps: VITRINE_RESOURCES, else beside the executable, else the source tree's.
[[nodiscard]] std::filesystem::path resourceFolder();
/// Folder of the running executable.
[[nodiscard]] std::filesystem::path executableFolder();

} // namespace vitrine
