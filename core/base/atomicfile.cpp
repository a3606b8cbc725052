// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomicfile.hpp"

#include "core/base/files.hpp"

#include <fcntl.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <string>
#include <utility>

namespace vitrine {

namespace fs = std::filesystem;

namespace {

fs::path temporaryBeside(const fs::path& path) {
    static std::atomic<unsigned> counter{0};
    const std::string suffix = "." + std::to_string(::getpid()) + "-" + std::to_string(counter++) + ".tmp";
    return path.parent_path() / ("." + path.filename().string() + suffix);
}

/// Makes a rename durable; file systems that cannot sync a folder are let be.
void syncFolder(const fs::path& folder) {
    const FileDescriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.isOpen()) static_cast<void>(::fsync(opened.get()));
}

} // namespace

AtomicFile::AtomicFile(fs::path path, fs::path temporary, FileDescriptor file)
    : m_path(std::move(path)), m_temporary(std::move(temporary)), m_file(std::move(file)) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_path(std::move(other.m_path)), m_temporary(std::exchange(other.m_temporary, fs::path())),
      m_file(std::move(other.m_file)) {}

AtomicFile::~AtomicFile() {
    if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

Result<AtomicFile> AtomicFile::create(const fs::path& path) {
    fs::path temporary = temporaryBeside(path);
    FileDescriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!file.isOpen()) return writeError(errno, path);
    return AtomicFile(path, std::move(temporary), std::move(file));
}

Status AtomicFile::write(std::string_view bytes) {
    return writeAll(m_file.get(), bytes, m_path);
}

Status AtomicFile::commit() {
    if (::fsync(m_file.get()) != 0) return writeError(errno, m_path);
    if (::rename(m_temporary.c_str(), m_path.c_str()) != 0) return writeError(errno, m_path);
    m_temporary.clear();
    syncFolder(m_path.parent_path());
    return {};
}

} // namespace vitrine
