// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/filedescriptor.hpp"
#include "core/base/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace vitrine::lm {

/// Bytes at rest and what keeps them alive. Alignment is that of the file: copy before casting to a wider type.
struct ByteView {
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;
};

enum class Mapping {
    WhenPossible, ///< memory-mapped, unless the file system cannot or is a network's
    Never         ///< plain reads only
};

/// A regular file, open for reading. Mapped read-only where that works; on network file systems, where a lost
/// connection would end the process, every access is a plain read. Thread-safe.
class MappedFile : public std::enable_shared_from_this<MappedFile> {
  public:
    /// \errors VIT-LM-001 (not a regular file), VIT-BASE-014 (cannot be read)
    [[nodiscard]] static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path,
                                                                        Mapping mapping = Mapping::WhenPossible);
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    [[nodiscard]] std::uint64_t size() const { return m_size; } ///< when it was opened
    [[nodiscard]] bool isMapped() const { return m_base != nullptr; }

    /// The bytes [offset, offset + length): a view of the mapping, or a copy where nothing is mapped. The file's length
    /// is looked at again first, for touching a page that was cut off ends the process (SIGBUS). Who must survive a
    /// file that shrinks later takes `read`. \errors VIT-LM-002 (shorter now), VIT-LM-003 (outside the file),
    /// VIT-LM-005 (no memory for a copy), VIT-BASE-014
    [[nodiscard]] Result<ByteView> view(std::uint64_t offset, std::uint64_t length) const;

    /// Copies the bytes from `offset` on into `out` by plain reads; a shrunk file is an error, never a signal.
    /// \errors VIT-LM-002, VIT-LM-003, VIT-BASE-014
    [[nodiscard]] Status read(std::uint64_t offset, std::span<std::byte> out) const;

  private:
    MappedFile(std::filesystem::path path, FileDescriptor file, std::uint64_t size);
    [[nodiscard]] Status checkRange(std::uint64_t offset, std::uint64_t length) const;

    std::filesystem::path m_path;
    FileDescriptor m_file;
    std::uint64_t m_size;
    std::byte* m_base = nullptr;
};

} // namespace vitrine::lm
