// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/check.hpp"

#include "core/base/ids.hpp"
#include "core/store/checkpoints.hpp"
#include "core/store/eventreader.hpp"
#include "core/store/observe.hpp"
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

std::vector<fs::path> leftoversIn(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code problem;
    for (fs::recursive_directory_iterator entry(folder, problem), end; !problem && entry != end;
         entry.increment(problem))
        if (entry->path().extension() == ".tmp" && entry->path().filename().string().starts_with("."))
            found.push_back(entry->path());
    return found;
}

bool isRunning(const RunDirectory& run) {
    const Liveness liveness = observeRun(run).liveness;
    return liveness == Liveness::Alive || liveness == Liveness::NotResponding;
}

Error leftover(const fs::path& path) {
    return makeError("VIT-STORE-021", "%1 was left behind by a write that did not end", {path.string()},
                     "`vitrine-run workspace repair` removes it");
}

/// Counts the scalars of a run; damaged lines become findings.
std::int64_t readEvents(const RunDirectory& run, CheckReport& report) {
    std::int64_t scalars = 0;
    EventReader reader(run);
    for (;;) {
        EventBatch batch = reader.next();
        report.events += static_cast<std::int64_t>(batch.events.size());
        for (const Event& event : batch.events) scalars += std::holds_alternative<Scalar>(event.body) ? 1 : 0;
        for (Error& problem : batch.problems) report.findings.push_back(std::move(problem));
        if (batch.atEnd) return scalars;
    }
}

std::int64_t scalarsInIndex(Database& index, const std::string& id) {
    Statement count = index.prepare("SELECT count(*) FROM scalars WHERE run = (SELECT id FROM runs WHERE uuid = ?1)");
    return count.bind(1, id).row() ? count.integer(0) : 0;
}

void checkRun(const RunDirectory& run, Database* index, CheckReport& report) {
    ++report.runs;
    const std::string id = run.folder().filename().string();
    if (const auto record = run.readRecord(); !record) report.findings.push_back(record.error());
    if (const auto user = readUserData(run); !user) report.findings.push_back(user.error());
    const std::int64_t scalars = readEvents(run, report);
    for (const CheckpointEntry& entry : listCheckpoints(run))
        if (Status good = verifyCheckpoint(run, entry); !good) report.findings.push_back(good.error());
    if (isRunning(run)) return; // its files change while they are read
    for (const fs::path& path : leftoversIn(run.folder())) report.findings.push_back(leftover(path));
    if (!index) return;
    if (const std::int64_t indexed = scalarsInIndex(*index, id); indexed != scalars)
        report.findings.push_back(
            makeError("VIT-STORE-020", "The index has %2 of the %3 scalars of the run %1",
                      {id, std::to_string(indexed), std::to_string(scalars)},
                      "The window completes the index by itself; `vitrine-run workspace repair` makes it again"));
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

// ---- repair ----

Error done(const char* message, const fs::path& path) {
    return makeError("VIT-STORE-022", message, {path.string()});
}

void repairRun(const RunDirectory& run, CheckReport& report) {
    if (isRunning(run)) return;
    std::error_code ignored;
    for (const fs::path& path : leftoversIn(run.folder()))
        if (fs::remove(path, ignored))
            report.repaired.push_back(done("Removed %1, left by a write that did not end", path));
    if (!readUserData(run)) {
        const fs::path aside = run.userFile().string() + ".damaged-" + std::to_string(nowMs());
        fs::rename(run.userFile(), aside, ignored);
        report.repaired.push_back(done("Put the unreadable notes and tags aside as %1", aside));
    }
    std::vector<CheckpointEntry> entries = listCheckpoints(run);
    const std::size_t before = entries.size();
    std::erase_if(entries, [&](const CheckpointEntry& entry) { return !verifyCheckpoint(run, entry).ok(); });
    if (entries.size() == before) return;
    if (Status written = writeCheckpointIndex(run, entries); !written)
        report.findings.push_back(written.error());
    else
        report.repaired.push_back(done("Took the damaged checkpoints out of the list of %1", run.checkpointFolder()));
}

} // namespace

Result<CheckReport> checkWorkspace(const fs::path& folder) {
    std::error_code problem;
    if (!fs::is_directory(folder / "runs", problem))
        return makeError("VIT-STORE-002", "There is no workspace in %1", {folder.string()});
    CheckReport report;
    try {
        std::unique_ptr<Database> index = openIndex(folder / "workspace.db", report);
        for (const fs::path& run : entriesOf(folder / "runs", false)) checkRun(RunDirectory(run), index.get(), report);
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
    const Result<std::unique_ptr<Workspace>> workspace = Workspace::open(folder);
    if (!workspace) return workspace.error();
    if (!(*workspace)->canEdit()) return (*workspace)->notices().front();
    CheckReport report;
    for (const fs::path& path : entriesOf(folder / "runs", true)) {
        fs::remove_all(path, problem);
        report.repaired.push_back(done("Removed %1, left by a write that did not end", path));
    }
    for (const fs::path& run : entriesOf(folder / "runs", false)) repairRun(RunDirectory(run), report);
    Workspace::Impl& store = (*workspace)->impl();
    try {
        store.clearIndex();
    } catch (const SqlFailure& failure) {
        return failure.toError(store.databaseFile);
    }
    WorkspaceIndexer indexer(**workspace, [&](const RunUpdate& update) {
        report.events += static_cast<std::int64_t>(update.events.size());
    });
    if (!indexer.waitUntilCaughtUp(RebuildSeconds))
        return makeError("VIT-STORE-023", "The index of %1 could not be completed", {folder.string()});
    report.repaired.push_back(done("Made the index %1 again", store.databaseFile));
    report.runs = static_cast<int>(entriesOf(folder / "runs", false).size());
    return report;
}

} // namespace vitrine::store
