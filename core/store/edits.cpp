// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/store/observe.hpp"
#include "core/store/workspaceimpl.hpp"

namespace vitrine::store {

namespace fs = std::filesystem;

namespace {

Status fileFailure(const fs::path& path, const std::error_code& problem) {
    return problem ? Status(writeError(problem.value(), path)) : Status();
}

Status isEditable(const Workspace& workspace, const std::string& id) {
    if (!workspace.canEdit())
        return makeError("VIT-STORE-013", "The workspace %1 is open for reading only", {workspace.folder().string()});
    std::error_code problem;
    if (id.empty() || id.find('/') != std::string::npos || id.front() == '.' ||
        !fs::exists(fs::symlink_status(workspace.runsFolder() / id, problem)))
        return makeError("VIT-STORE-010", "There is no run %1 in this workspace", {id});
    return {};
}

Status isIdle(const RunDirectory& run) {
    const Observation seen = observeRun(run);
    const bool alive = seen.liveness == Liveness::Alive || seen.liveness == Liveness::NotResponding;
    if (alive && !isFinal(seen.state))
        return makeError("VIT-STORE-011", "The run in %1 is running", {run.folder().string()}, "Stop it first");
    return {};
}

/// Copies beside the runs first, so that a run appears whole or not at all.
Status copyWhole(const fs::path& from, const fs::path& to) {
    const fs::path incoming = to.parent_path() / (".incoming-" + newUuid());
    std::error_code problem, ignored;
    fs::copy(from, incoming, fs::copy_options::recursive | fs::copy_options::skip_symlinks, problem);
    fs::remove(incoming / "status", ignored); // it names a process that has nothing to do with the copy
    if (!problem) fs::rename(incoming, to, problem);
    if (problem) fs::remove_all(incoming, ignored);
    return fileFailure(to, problem);
}

} // namespace

Status Workspace::setUserData(const std::string& id, const UserData& data) {
    if (Status editable = isEditable(*this, id); !editable) return editable;
    if (Status written = writeUserData(directory(id), data); !written) return written;
    return m_impl->write([&](Database& database) { mirrorUserData(database, id, data); });
}

Status Workspace::setTrashed(const std::string& id, bool trashed) {
    if (Status editable = isEditable(*this, id); !editable) return editable;
    if (trashed)
        if (Status idle = isIdle(directory(id)); !idle) return idle;
    Result<UserData> data = readUserData(directory(id));
    if (!data) return data.error();
    data->trashed = trashed;
    return setUserData(id, *data);
}

Status Workspace::deleteRun(const std::string& id) {
    if (Status editable = isEditable(*this, id); !editable) return editable;
    if (Status idle = isIdle(directory(id)); !idle) return idle;
    const fs::path folder = runsFolder() / id;
    std::error_code problem;
    if (fs::is_symlink(folder, problem)) { // an import by link: the run itself is not ours
        fs::remove(folder, problem);
    } else {
        const fs::path leaving = runsFolder() / (".deleting-" + id);
        fs::rename(folder, leaving, problem);
        std::error_code ignored;
        if (!problem) fs::remove_all(leaving, ignored);
    }
    if (problem) return fileFailure(folder, problem);
    return m_impl->write(
        [&](Database& database) { database.prepare("DELETE FROM runs WHERE uuid = ?1").bind(1, id).run(); });
}

Result<std::string> Workspace::importRun(const fs::path& folder, ImportMode mode) {
    if (!canEdit())
        return makeError("VIT-STORE-013", "The workspace %1 is open for reading only", {this->folder().string()});
    const RunDirectory source(fs::absolute(folder));
    const Result<RunRecord> record = source.readRecord();
    if (!record) return record.error();
    std::error_code problem;
    const std::string id = record->id.empty() || record->id.find('/') != std::string::npos || record->id.front() == '.'
                               ? newUuid()
                               : record->id;
    const fs::path target = runsFolder() / id;
    if (fs::exists(fs::symlink_status(target, problem)))
        return makeError("VIT-STORE-012", "There is a run already in %1", {target.string()},
                         "Choose another folder, or resume it");
    if (mode == ImportMode::Link) {
        fs::create_directory_symlink(source.folder(), target, problem);
        if (problem) return writeError(problem.value(), target);
        return id;
    }
    if (Status idle = isIdle(source); !idle) return idle.error();
    if (Status copied = copyWhole(source.folder(), target); !copied) return copied.error();
    return id;
}

} // namespace vitrine::store
