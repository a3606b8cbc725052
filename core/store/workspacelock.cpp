// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/workspacelock.hpp"

#include "core/base/files.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace vitrine::store {

namespace {

std::optional<ProcessIdentity> holderIn(const std::filesystem::path& file) {
    const Result<std::string> text = readFile(file, 4096);
    if (!text) return std::nullopt;
    const Result<Json> json = parseJson(*text);
    return json ? ProcessIdentity::fromJson(*json) : std::nullopt;
}

constexpr std::array<std::pair<long, const char*>, 10> NetworkTypes{{{0x6969, "nfs"},
                                                                     {0xFF534D42L, "cifs"},
                                                                     {0xFE534D42L, "smb2"},
                                                                     {0x517B, "smb"},
                                                                     {0x5346414F, "afs"},
                                                                     {0x73757245, "coda"},
                                                                     {0x00C36400, "ceph"},
                                                                     {0x0BD00BD0, "lustre"},
                                                                     {0x47504653, "gpfs"},
                                                                     {0x01021997, "9p"}}};

} // namespace

WorkspaceLock::~WorkspaceLock() {
    if (m_descriptor < 0) return;
    if (m_held) static_cast<void>(::ftruncate(m_descriptor, 0));
    ::close(m_descriptor);
}

WorkspaceLock::Outcome WorkspaceLock::take(const std::filesystem::path& file) {
    m_descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (m_descriptor < 0) return Outcome::NotWritable;
    const auto previous = holderIn(file);
    const bool locked = ::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0;
    // Without locks on this file system, the process named in the file decides.
    const bool other = locked ? false : errno == EWOULDBLOCK || (previous && isAlive(*previous));
    if (other) {
        m_holder = previous;
        return Outcome::HeldByOther;
    }
    m_held = true;
    const std::string own = writeJsonLine(ownIdentity().toJson()) + "\n";
    static_cast<void>(::ftruncate(m_descriptor, 0));
    if (::pwrite(m_descriptor, own.data(), own.size(), 0) < 0) return Outcome::TakenAfterCrash; // full disk: be careful
    return previous ? Outcome::TakenAfterCrash : Outcome::Taken;
}

std::optional<std::string> networkFileSystemName(long type) {
    for (const auto& [number, name] : NetworkTypes)
        if ((type & 0xFFFFFFFFL) == number) return name;
    return std::nullopt;
}

std::optional<std::string> networkFileSystem(const std::filesystem::path& path) {
    struct statfs information {};
    if (::statfs(path.c_str(), &information) != 0) return std::nullopt;
    return networkFileSystemName(static_cast<long>(information.f_type));
}

} // namespace vitrine::store
