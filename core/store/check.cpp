// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/check.hpp"

#include "core/store/checkindex.hpp"
#include "core/store/checkrun.hpp"
#include "core/store/workspaceimpl.hpp"
#include "core/store/workspaceindexer.hpp"

#include <algorithm>

namespace vitrine::store {

namespace fs = std::filesystem;

namespace {

constexpr double RebuildSeconds = 3600;

/// Folders of runs, by name; hidden ones are leftovers.
std::vector<fs::path> entriesOf(const fs::path& runs, bool hidden) {
    std::vector<fs::path> found;
    std::error_code problem;
    for (fs::directory_iterator entry(runs, problem), end; !problem && entry != end; entry.increment(problem))
        if (entry->path().filename().string().starts_with(".") == hidden) found.push_back(entry->path());
    std::sort(found.begin(), found.end());
    return found;
}

std::unique_ptr<Database> openIndex(const fs::path& file, CheckReport& report) {
    std::error_code problem;
    if (!fs::exists(file, problem)) return nullptr; // no window was ever opened here
    try {
        auto index = std::make_unique<Database>(file, Database::Mode::ReadOnly);
        for (const std::string& found : index->quickCheck(true))
            report.findings.push_back(makeError("VIT-STORE-004", "The index %2 is damaged: %1", {found, file.string()},
                                                "`vitrine-run workspace repair` makes it again"));
        return index;
    } catch (const SqlFailure& failure) {
        report.findings.push_back(failure.toError(file));
        return nullptr;
    }
}

/// Repairs every run and makes the index again, with the workspace to itself meanwhile.
Status repairAndIndex(const fs::path& folder, CheckReport& report) {
    const Result<std::unique_ptr<Workspace>> workspace = Workspace::open(folder);
    if (!workspace) return workspace.error();
    if (!(*workspace)->canEdit()) return (*workspace)->notices().front();
    std::error_code problem;
    for (const fs::path& path : entriesOf(folder / "runs", true)) {
        fs::remove_all(path, problem);
        report.repaired.push_back(repairDone("Removed %1, left by a write that did not end", path));
    }
    for (const fs::path& run : entriesOf(folder / "runs", false)) repairRun(RunDirectory(run), report);
    Workspace::Impl& store = (*workspace)->impl();
    try {
        store.clearIndex();
    } catch (const SqlFailure& failure) {
        return failure.toError(store.databaseFile);
    }
    WorkspaceIndexer indexer(**workspace);
    if (!indexer.waitUntilCaughtUp(RebuildSeconds))
        return makeError("VIT-STORE-023", "The index of %1 could not be completed", {folder.string()});
    report.repaired.push_back(repairDone("Made the index %1 again", store.databaseFile));
    return {};
}

} // namespace

Result<CheckReport> checkWorkspace(const fs::path& folder) {
    std::error_code problem;
    if (!fs::is_directory(folder / "runs", problem))
        return makeError("VIT-STORE-002", "There is no workspace in %1", {folder.string()});
    CheckReport report;
    std::unique_ptr<Database> index = openIndex(folder / "workspace.db", report);
    std::vector<std::string> runs;
    for (const fs::path& run : entriesOf(folder / "runs", false)) {
        runs.push_back(run.filename().string());
        try {
            checkRun(RunDirectory(run), index.get(), report);
        } catch (const SqlFailure& failure) {
            report.findings.push_back(failure.toError(folder / "workspace.db"));
            index.reset(); // the files of the other runs are read all the same
        }
    }
    try {
        if (index) checkStrangers(*index, runs, report);
    } catch (const SqlFailure& failure) {
        report.findings.push_back(failure.toError(folder / "workspace.db"));
    }
    for (const fs::path& path : entriesOf(folder / "runs", true)) report.findings.push_back(leftover(path));
    return report;
}

Result<CheckReport> repairWorkspace(const fs::path& folder) {
    std::error_code problem;
    if (!fs::is_directory(folder / "runs", problem))
        return makeError("VIT-STORE-002", "There is no workspace in %1", {folder.string()});
    CheckReport report;
    if (Status made = repairAndIndex(folder, report); !made) return made.error();
    Result<CheckReport> after = checkWorkspace(folder); // what could not be put right is named
    if (!after) return after.error();
    after->repaired = std::move(report.repaired);
    return after;
}

} // namespace vitrine::store
