// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.hpp"
#include "core/store/workspace.hpp"
#include "core/store/workspacelock.hpp"

#include <atomic>
#include <mutex>

/// What is behind Workspace; included by the .cpp files of core/store alone.
namespace vitrine::store {

struct Workspace::Impl {
    std::filesystem::path folder;
    std::filesystem::path databaseFile; ///< workspace.db, or a temporary one where that cannot be written
    std::filesystem::path temporary;    ///< folder of the temporary one, or empty
    WorkspaceLock lock;
    bool unclean = false;
    mutable std::mutex noticeMutex; ///< guards notices
    std::vector<Error> notices;

    mutable std::mutex readMutex, writeMutex; ///< guard the connections; when both, first write, then read
    std::unique_ptr<Database> readConnection, writeConnection; ///< no writeConnection: another process feeds the index
    mutable std::atomic<bool> damaged{false}; ///< a query met a damaged page: the indexer makes the database again

    ~Impl();
    void notice(Error error);
    [[nodiscard]] bool feedsIndex() const { return writeConnection != nullptr; }
    void openConnections();
    /// Puts a damaged database aside and makes an empty one. \param reason for the notice
    void startAgain(const std::string& reason);
    void clearIndex(); ///< an empty database in the place of a sound one
    void useTemporaryDatabase();

    /// Runs `query` on the reading connection; every failure becomes an Error.
    template <typename T, typename Query>
    Result<T> read(Query query) const {
        const std::scoped_lock guard(readMutex);
        if (!readConnection)
            return makeError("VIT-STORE-006", "The database %1 reports: %2", {databaseFile.string(), "not open"});
        try {
            return query(*readConnection);
        } catch (const SqlFailure& problem) {
            if (problem.isCorruption()) damaged = true;
            return problem.toError(databaseFile);
        } catch (const std::exception& problem) {
            return makeError("VIT-STORE-006", "The database %1 reports: %2", {databaseFile.string(), problem.what()});
        }
    }
    template <typename Change>
    Status write(Change change) {
        const std::scoped_lock guard(writeMutex);
        if (!writeConnection) return {};
        try {
            change(*writeConnection);
            return {};
        } catch (const SqlFailure& problem) {
            if (problem.isCorruption()) damaged = true;
            return problem.toError(databaseFile);
        } catch (const std::exception& problem) {
            return makeError("VIT-STORE-006", "The database %1 reports: %2", {databaseFile.string(), problem.what()});
        }
    }
};

/// Row id of a run, made when it is not there.
[[nodiscard]] std::int64_t runRow(Database& database, const std::string& uuid);
void mirrorUserData(Database& database, const std::string& uuid, const UserData& data);

} // namespace vitrine::store
