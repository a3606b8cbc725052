// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/workspace.hpp"

#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/logging.hpp"
#include "core/store/workspaceimpl.hpp"

#include <unistd.h>

namespace vitrine::store {

namespace fs = std::filesystem;

namespace {

const char* const Category = "vitrine.core.store";

Error readOnlyNotice(const fs::path& folder) {
    Error notice = makeError("VIT-STORE-002", "The workspace %1 cannot be written; it is open for reading",
                             {folder.string()}, "Choose another workspace to run something");
    notice.severity = Severity::Warning;
    return notice;
}

Error heldNotice(const fs::path& folder, const std::optional<ProcessIdentity>& holder) {
    Error notice = makeError(
        "VIT-STORE-003", "Another window (process %2) has the workspace %1; it is open here for reading",
        {folder.string(), holder ? std::to_string(holder->pid) : "?"}, "Use that window, or choose another workspace");
    notice.severity = Severity::Warning;
    return notice;
}

/// Moves a database and its log aside, under a name that tells when.
fs::path putAside(const fs::path& file) {
    const fs::path aside = file.string() + ".damaged-" + std::to_string(nowMs());
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"})
        fs::rename(file.string() + suffix, aside.string() + suffix, ignored);
    return aside;
}

} // namespace

Workspace::Impl::~Impl() {
    readConnection.reset();
    writeConnection.reset();
    std::error_code ignored;
    if (!temporary.empty()) fs::remove_all(temporary, ignored);
}

void Workspace::Impl::notice(Error error) {
    logMessage(error.severity == Severity::Error ? LogLevel::Error : LogLevel::Warning, Category, toText(error));
    const std::scoped_lock guard(noticeMutex);
    notices.push_back(std::move(error));
}

void Workspace::Impl::useTemporaryDatabase() {
    std::string pattern = (fs::temp_directory_path() / "vitrine-index-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw SqlFailure(0, "no temporary folder");
    temporary = pattern;
    databaseFile = temporary / "workspace.db";
    writeConnection = std::make_unique<Database>(databaseFile, Database::Mode::ReadWrite);
    static_cast<void>(migrate(*writeConnection));
    readConnection = std::make_unique<Database>(databaseFile, Database::Mode::ReadOnly);
}

void Workspace::Impl::startAgain(const std::string& reason) {
    const std::scoped_lock guard(writeMutex, readMutex);
    readConnection.reset();
    writeConnection.reset();
    const fs::path aside = putAside(databaseFile);
    damaged = false;
    Error told =
        makeError("VIT-STORE-004",
                  "The workspace's index was damaged (%1); it is being made again from the runs. The old file is %2",
                  {reason, aside.string()});
    told.severity = Severity::Warning;
    notice(std::move(told));
    writeConnection = std::make_unique<Database>(databaseFile, Database::Mode::ReadWrite);
    static_cast<void>(migrate(*writeConnection));
    readConnection = std::make_unique<Database>(databaseFile, Database::Mode::ReadOnly);
}

void Workspace::Impl::clearIndex() {
    const std::scoped_lock guard(writeMutex, readMutex);
    readConnection.reset();
    writeConnection.reset();
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(databaseFile.string() + suffix, ignored);
    writeConnection = std::make_unique<Database>(databaseFile, Database::Mode::ReadWrite);
    static_cast<void>(migrate(*writeConnection));
    readConnection = std::make_unique<Database>(databaseFile, Database::Mode::ReadOnly);
}

/// Opens what can be opened: the database for writing under the lock, for reading beside another window, else a
/// temporary index. Throws SqlFailure only when not even that works.
void Workspace::Impl::openConnections() {
    databaseFile = folder / "workspace.db";
    if (!lock.isHeld()) {
        try {
            readConnection = std::make_unique<Database>(databaseFile, Database::Mode::ReadOnly);
            if (readConnection->userVersion() == static_cast<int>(migrations().size())) return;
        } catch (const SqlFailure&) { // no database yet, or a folder that cannot be written
        }
        readConnection.reset();
        useTemporaryDatabase();
        return;
    }
    try {
        writeConnection = std::make_unique<Database>(databaseFile, Database::Mode::ReadWrite);
        if (unclean)
            if (const auto found = writeConnection->quickCheck(); !found.empty()) return startAgain(found.front());
        if (!migrate(*writeConnection)) {
            writeConnection.reset();
            Error newer = makeError("VIT-STORE-005", "The index %1 was made by a newer Vitrine; it is left as it is",
                                    {databaseFile.string()});
            newer.severity = Severity::Warning;
            notice(std::move(newer));
            return useTemporaryDatabase();
        }
        readConnection = std::make_unique<Database>(databaseFile, Database::Mode::ReadOnly);
    } catch (const SqlFailure& problem) {
        if (!problem.isCorruption()) throw;
        startAgain(problem.what());
    }
}

Result<std::unique_ptr<Workspace>> Workspace::open(const fs::path& folder, const WorkspaceOptions& options) {
    std::error_code problem;
    auto impl = std::make_unique<Impl>();
    impl->folder = fs::absolute(folder);
    const Status made = makeFolder(impl->folder / "runs");
    if (!made.ok() && !fs::is_directory(impl->folder, problem)) {
        Error error = makeError("VIT-STORE-002", "The workspace %1 cannot be made", {impl->folder.string()},
                                "Choose another folder");
        error.cause = std::make_shared<const Error>(made.error());
        return error;
    }
    const auto network =
        options.fileSystemType ? networkFileSystemName(*options.fileSystemType) : networkFileSystem(impl->folder);
    if (network)
        return makeError("VIT-STORE-001",
                         "The workspace %1 lies on a network file system (%2), on which its database is not safe",
                         {impl->folder.string(), *network},
                         "Choose a folder on a disk of this machine; single runs can go anywhere with --out");
    const auto outcome =
        options.readOnly || !made.ok() ? WorkspaceLock::Outcome::NotWritable : impl->lock.take(impl->folder / "lock");
    impl->unclean = outcome == WorkspaceLock::Outcome::TakenAfterCrash;
    if (outcome == WorkspaceLock::Outcome::HeldByOther) impl->notice(heldNotice(impl->folder, impl->lock.holder()));
    if (outcome == WorkspaceLock::Outcome::NotWritable && !options.readOnly) impl->notice(readOnlyNotice(impl->folder));
    try {
        impl->openConnections();
    } catch (const SqlFailure& failure) {
        // Without any index: the runs can still be run and followed, and the next start tries again.
        impl->notice(failure.toError(impl->databaseFile));
    }
    return std::unique_ptr<Workspace>(new Workspace(std::move(impl)));
}

Workspace::Workspace(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Workspace::~Workspace() = default;

const fs::path& Workspace::folder() const {
    return m_impl->folder;
}
bool Workspace::canEdit() const {
    return m_impl->lock.isHeld();
}
bool Workspace::wasUnclean() const {
    return m_impl->unclean;
}

std::vector<Error> Workspace::notices() const {
    const std::scoped_lock guard(m_impl->noticeMutex);
    return m_impl->notices;
}

} // namespace vitrine::store
