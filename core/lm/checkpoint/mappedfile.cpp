// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/mappedfile.hpp"

#include "core/store/workspacelock.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace vitrine::lm {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t MostAtOnce = 1ULL << 30; // read(2) takes less than 2 GiB a call

Error cannotRead(const fs::path& path, int number) {
    return makeError("VIT-BASE-014", "The file %1 cannot be read: %2", {path.string(), std::strerror(number)});
}

Error becameShorter(const fs::path& path, std::uint64_t had, std::uint64_t has) {
    return makeError("VIT-LM-002", "The file %1 became shorter while it was open: %2 bytes, now %3",
                     {path.string(), std::to_string(had), std::to_string(has)}, "Open it again when it is whole");
}

} // namespace

MappedFile::MappedFile(fs::path path, FileDescriptor file, std::uint64_t size)
    : m_path(std::move(path)), m_file(std::move(file)), m_size(size) {}

MappedFile::~MappedFile() {
    if (m_base) ::munmap(m_base, m_size);
}

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const fs::path& path, Mapping mapping) {
    // O_NONBLOCK: a pipe without a writer must be refused, not waited for
    FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.isOpen()) return cannotRead(path, errno);
    struct stat information {};
    if (::fstat(file.get(), &information) != 0) return cannotRead(path, errno);
    if (!S_ISREG(information.st_mode))
        return makeError("VIT-LM-001", "%1 is not a file with content of its own", {path.string()},
                         "Name a model's file or its folder");
    const auto size = static_cast<std::uint64_t>(information.st_size);
    const std::shared_ptr<MappedFile> opened(new MappedFile(path, std::move(file), size));
    if (size > 0 && mapping == Mapping::WhenPossible && !store::networkFileSystem(path)) {
        void* base = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, opened->m_file.get(), 0);
        if (base != MAP_FAILED) opened->m_base = static_cast<std::byte*>(base);
    }
    return std::shared_ptr<const MappedFile>(opened);
}

Status MappedFile::checkRange(std::uint64_t offset, std::uint64_t length) const {
    if (offset <= m_size && length <= m_size - offset) return {};
    return makeError("VIT-LM-003", "%1 bytes from byte %2 lie outside the file %3 of %4 bytes",
                     {std::to_string(length), std::to_string(offset), m_path.string(), std::to_string(m_size)});
}

Result<ByteView> MappedFile::view(std::uint64_t offset, std::uint64_t length) const {
    if (Status inside = checkRange(offset, length); !inside) return inside.error();
    if (m_base) {
        struct stat information {};
        if (::fstat(m_file.get(), &information) != 0) return cannotRead(m_path, errno);
        const auto now = static_cast<std::uint64_t>(information.st_size);
        if (now < offset + length) return becameShorter(m_path, m_size, now);
        return ByteView{{m_base + offset, length}, shared_from_this()};
    }
    try {
        const std::shared_ptr<std::byte[]> copy(new std::byte[length]);
        if (Status done = read(offset, {copy.get(), length}); !done) return done.error();
        return ByteView{{copy.get(), length}, copy};
    } catch (const std::bad_alloc&) {
        return makeError("VIT-LM-005", "There is not enough memory for %1 bytes of %2",
                         {std::to_string(length), m_path.string()}, "Close other programs, or take a smaller model");
    }
}

Status MappedFile::read(std::uint64_t offset, std::span<std::byte> out) const {
    if (Status inside = checkRange(offset, out.size()); !inside) return inside;
    std::uint64_t done = 0;
    while (done < out.size()) {
        const std::uint64_t part = std::min<std::uint64_t>(out.size() - done, MostAtOnce);
        const ssize_t got = ::pread(m_file.get(), out.data() + done, part, static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannotRead(m_path, errno);
        if (got == 0) return becameShorter(m_path, m_size, offset + done);
        done += static_cast<std::uint64_t>(got);
    }
    return {};
}

} // namespace vitrine::lm
