// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checkrun.hpp"

#include "core/base/ids.hpp"
#include "core/store/checkindex.hpp"
#include "core/store/checkpoints.hpp"
#include "core/store/eventreader.hpp"
#include "core/store/observe.hpp"

#include <algorithm>
#include <set>

namespace vitrine::store {

namespace fs = std::filesystem;

namespace {

constexpr const char* DamagedCode = "VIT-STORE-024";

std::vector<fs::path> leftoversIn(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code problem;
    for (fs::recursive_directory_iterator entry(folder, problem), end; !problem && entry != end;
         entry.increment(problem))
        if (entry->path().extension() == ".tmp" && entry->path().filename().string().starts_with("."))
            found.push_back(entry->path());
    return found;
}

/// The status file of the latest attempt tells its end.
bool saysEnded(const Observation& seen) {
    return seen.status && isFinal(seen.status->state) && seen.status->attempt == seen.attempt;
}

/// A window that ran it itself lives on when the run has ended.
bool isRunning(const RunDirectory& run) {
    const Observation seen = observeRun(run);
    return !saysEnded(seen) && (seen.liveness == Liveness::Alive || seen.liveness == Liveness::NotResponding);
}

/// There is a status file, but nobody can tell what it says. One that is being written may look so once.
bool isStatusDamaged(const RunDirectory& run) {
    std::error_code problem;
    return fs::exists(run.statusFile(), problem) && run.lastAttempt() > 0 && !readStatus(run.statusFile()) &&
           !readStatus(run.statusFile());
}

/// Events of a run; damaged lines and artefacts that are not there become findings.
ExpectedIndex readEvents(const RunDirectory& run, CheckReport& report) {
    ExpectedIndex expected;
    std::set<std::string> missing;
    std::error_code problem;
    EventReader reader(run);
    for (;;) {
        EventBatch batch = reader.next();
        report.events += static_cast<std::int64_t>(batch.events.size());
        expected.add(batch);
        for (const Event& event : batch.events) {
            const auto* shot = std::get_if<Snapshot>(&event.body);
            if (shot && !shot->file.empty() && !fs::exists(run.folder() / shot->file, problem))
                missing.insert((run.folder() / shot->file).string());
        }
        for (Error& found : batch.problems) report.findings.push_back(std::move(found));
        if (batch.atEnd) break;
    }
    for (const std::string& file : missing)
        report.findings.push_back(makeError(DamagedCode, "The artefact %1 is missing", {file}));
    return expected;
}

/// Every attempt has its events, and a run that says it has ended has the event that says so.
void checkAttempts(const RunDirectory& run, const RunRecord& record, CheckReport& report) {
    std::error_code problem;
    for (const Provenance& attempt : record.attempts)
        if (!fs::exists(run.eventFile(attempt.attempt), problem))
            report.findings.push_back(makeError(DamagedCode, "The events of the run are missing: %1",
                                                {run.eventFile(attempt.attempt).string()}));
    const Observation seen = observeRun(run);
    if (saysEnded(seen) && !seen.finished && fs::exists(run.eventFile(seen.attempt), problem))
        report.findings.push_back(makeError(DamagedCode, "The last event of %1 is torn or missing: the run ended as %2",
                                            {run.eventFile(seen.attempt).string(), toString(seen.status->state)}));
}

/// The entries that are good, and whether that is what the list says.
std::pair<std::vector<CheckpointEntry>, bool> goodCheckpoints(const RunDirectory& run) {
    std::vector<CheckpointEntry> entries = listCheckpoints(run);
    const std::size_t before = entries.size();
    std::erase_if(entries, [&](const CheckpointEntry& entry) { return !verifyCheckpoint(run, entry).ok(); });
    const bool isIntact = checkCheckpointIndex(run).ok();
    if (!isIntact) {
        entries = checkpointsOfEvents(run);
        std::erase_if(entries, [&](const CheckpointEntry& entry) { return !verifyCheckpoint(run, entry).ok(); });
    }
    return {entries, isIntact && entries.size() == before};
}

} // namespace

Error leftover(const fs::path& path) {
    return makeError("VIT-STORE-021", "%1 was left behind by a write that did not end", {path.string()},
                     "`vitrine-run workspace repair` removes it");
}

Error repairDone(const char* message, const fs::path& path) {
    return makeError("VIT-STORE-022", message, {path.string()});
}

void checkRun(const RunDirectory& run, Database* index, CheckReport& report) {
    ++report.runs;
    const auto record = run.readRecord();
    if (!record) report.findings.push_back(record.error());
    const auto user = readUserData(run);
    if (!user) report.findings.push_back(user.error());
    ExpectedIndex expected = readEvents(run, report);
    if (record) expected.setRecord(*record);
    if (user) expected.setUser(*user);
    for (const CheckpointEntry& entry : listCheckpoints(run))
        if (Status good = verifyCheckpoint(run, entry); !good) report.findings.push_back(good.error());
    if (isRunning(run)) return; // its files change while they are read
    if (isStatusDamaged(run))
        report.findings.push_back(makeError(DamagedCode, "The status file %1 is damaged", {run.statusFile().string()},
                                            "`vitrine-run workspace repair` removes it"));
    if (Status list = checkCheckpointIndex(run); !list) report.findings.push_back(list.error());
    if (record) checkAttempts(run, *record, report);
    for (const fs::path& path : leftoversIn(run.folder())) report.findings.push_back(leftover(path));
    if (index) expected.compare(*index, run.folder().filename().string(), report);
}

void repairRun(const RunDirectory& run, CheckReport& report) {
    if (isRunning(run)) return;
    std::error_code ignored;
    for (const fs::path& path : leftoversIn(run.folder()))
        if (fs::remove(path, ignored))
            report.repaired.push_back(repairDone("Removed %1, left by a write that did not end", path));
    if (isStatusDamaged(run) && fs::remove(run.statusFile(), ignored))
        report.repaired.push_back(repairDone("Removed the damaged status file %1", run.statusFile()));
    if (!readUserData(run)) {
        const fs::path aside = run.userFile().string() + ".damaged-" + std::to_string(nowMs());
        fs::rename(run.userFile(), aside, ignored);
        report.repaired.push_back(repairDone("Put the unreadable notes and tags aside as %1", aside));
    }
    const auto [entries, isIntact] = goodCheckpoints(run);
    if (isIntact) return;
    if (Status written = writeCheckpointIndex(run, entries); !written)
        report.findings.push_back(written.error());
    else
        report.repaired.push_back(
            repairDone("Took the damaged checkpoints out of the list of %1", run.checkpointFolder()));
}

} // namespace vitrine::store
