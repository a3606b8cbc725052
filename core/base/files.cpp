// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"

#include "core/base/atomicfile.hpp"
#include "core/base/filedescriptor.hpp"
#include "core/base/sha256.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <mutex>

namespace vitrine {

namespace fs = std::filesystem;

namespace {

std::mutex faultMutex; // guards `fault`
std::shared_ptr<const WriteFault> fault;
std::atomic<bool> faultSet{false};

int faultFor(const fs::path& path, std::size_t size) {
    if (!faultSet.load(std::memory_order_acquire)) return 0;
    std::shared_ptr<const WriteFault> current;
    {
        const std::scoped_lock lock(faultMutex);
        current = fault;
    }
    return current ? (*current)(path, size) : 0;
}

Error fileError(const char* code, const char* message, const fs::path& path, int number, const char* hint = "") {
    return makeError(code, message, {path.string(), std::strerror(number)}, hint);
}

Error readError(const fs::path& path, int number) {
    return fileError("VIT-BASE-014", "The file %1 cannot be read: %2", path, number);
}

Error tooLarge(const fs::path& path, std::uint64_t cap) {
    Error error = fileError("VIT-BASE-015", "The file %1 is larger than the limit of %2 bytes", path, 0);
    error.arguments[1] = std::to_string(cap);
    return error;
}

/// Feeds `take` with the file's bytes, piece by piece. A pipe is read to its end.
template <typename Take>
Status readPieces(const fs::path& path, int descriptor, Take take) {
    std::array<char, 1U << 16U> buffer{};
    for (;;) {
        const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
        if (got == 0) return {};
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return readError(path, errno);
        if (Status taken = take(std::string_view(buffer.data(), static_cast<std::size_t>(got))); !taken) return taken;
    }
}

} // namespace

void setWriteFault(WriteFault newFault) {
    const std::scoped_lock lock(faultMutex);
    faultSet.store(static_cast<bool>(newFault), std::memory_order_release);
    fault = newFault ? std::make_shared<const WriteFault>(std::move(newFault)) : nullptr;
}

Error writeError(int number, const fs::path& path) {
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return fileError("VIT-BASE-010", "The folder of %1 is missing", path, number,
                         "Bring the folder or the drive back, or choose another folder");
    case EACCES:
    case EPERM:
    case EROFS:
        return fileError("VIT-BASE-011", "There is no permission to write %1: %2", path, number,
                         "Choose another folder");
    case ENOSPC:
    case EDQUOT:
        return fileError("VIT-BASE-012", "There is no space left to write %1", path, number,
                         "Free some space; work goes on by itself");
    default:
        return fileError("VIT-BASE-013", "%1 cannot be written: %2", path, number);
    }
}

bool isNoSpace(const Error& error) {
    return error.code == "VIT-BASE-012";
}

Status writeAll(int descriptor, std::string_view bytes, const fs::path& path, std::size_t* done) {
    std::size_t written = 0;
    if (done) *done = 0;
    while (written < bytes.size()) {
        std::size_t part = bytes.size() - written;
        if (const int number = faultFor(path, part); number > 0)
            return writeError(number, path);
        else if (number < 0)
            part = std::min(part, static_cast<std::size_t>(-number));
        const ssize_t count = ::write(descriptor, bytes.data() + written, part);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return writeError(errno, path);
        written += static_cast<std::size_t>(count);
        if (done) *done = written;
    }
    return {};
}

Status writeFileAtomically(const fs::path& path, std::string_view content) {
    Result<AtomicFile> file = AtomicFile::create(path);
    if (!file) return file.error();
    if (Status written = file->write(content); !written) return written;
    return file->commit();
}

Result<fs::path> fileToReplace(const fs::path& path) {
    constexpr const char* Code = "VIT-BASE-016";
    constexpr int MostLinks = 40;
    struct stat information {};
    if (::stat(path.c_str(), &information) == 0 && !S_ISREG(information.st_mode)) {
        const char* message = S_ISDIR(information.st_mode)    ? "%1 is a folder"
                              : S_ISFIFO(information.st_mode) ? "%1 is a pipe, not a file"
                              : S_ISSOCK(information.st_mode) ? "%1 is a socket, not a file"
                                                              : "%1 is a device, not a file";
        return makeError(Code, message, {path.string()});
    }
    fs::path target = path;
    for (int links = 0; links < MostLinks; ++links) {
        if (::lstat(target.c_str(), &information) != 0 || !S_ISLNK(information.st_mode)) return target;
        std::error_code problem;
        target = target.parent_path() / fs::read_symlink(target, problem);
        if (problem) return readError(path, problem.value());
    }
    return makeError(Code, "The symbolic links of %1 go in a circle", {path.string()});
}

Status makeFolder(const fs::path& path) {
    std::error_code problem;
    fs::create_directories(path, problem);
    if (problem) return writeError(problem.value(), path);
    return {};
}

std::int64_t freeBytes(const fs::path& path) {
    if (faultFor(path, 0) == ENOSPC) return 0;
    struct statvfs information {};
    if (::statvfs(path.c_str(), &information) != 0) return -1;
    return static_cast<std::int64_t>(information.f_bavail) * static_cast<std::int64_t>(information.f_frsize);
}

Result<std::string> readFile(const fs::path& path, std::uint64_t cap) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.isOpen()) return readError(path, errno);
    struct stat information {};
    if (::fstat(file.get(), &information) != 0) return readError(path, errno);
    if (S_ISREG(information.st_mode) && static_cast<std::uint64_t>(information.st_size) > cap)
        return tooLarge(path, cap);
    std::string content;
    if (S_ISREG(information.st_mode)) content.reserve(static_cast<std::size_t>(information.st_size));
    const Status status = readPieces(path, file.get(), [&](std::string_view piece) -> Status {
        if (content.size() + piece.size() > cap) return tooLarge(path, cap);
        content += piece;
        return {};
    });
    if (!status) return status.error();
    return content;
}

Result<std::string> sha256OfFile(const fs::path& path) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.isOpen()) return readError(path, errno);
    Sha256 hash;
    const Status status = readPieces(path, file.get(), [&](std::string_view piece) -> Status {
        hash.add(piece);
        return {};
    });
    if (!status) return status.error();
    return hash.hex();
}

} // namespace vitrine
