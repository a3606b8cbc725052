// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checkrun.hpp"

#include "core/base/ids.hpp"
#include "core/store/checkpoints.hpp"
#include "core/store/eventreader.hpp"
#include "core/store/observe.hpp"

#include <algorithm>
#include <bit>
#include <set>

namespace vitrine::store {

namespace fs = std::filesystem;

namespace {

constexpr const char* DamagedCode = "VIT-STORE-024";

/// What the index holds of a run's events: how many rows, and a sum of hashes of their contents, in any order.
struct Contents {
    std::int64_t rows = 0, scalars = 0;
    std::uint64_t sum = 0;

    template <typename... Fields>
    void add(const Fields&... fields) {
        std::uint64_t hash = 14695981039346656037ULL; // FNV-1a
        (mix(hash, fields), ...);
        sum += hash;
        ++rows;
    }

  private:
    static void mix(std::uint64_t& hash, std::string_view text) {
        mix(hash, static_cast<std::int64_t>(text.size()));
        for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
    static void mix(std::uint64_t& hash, std::int64_t value) {
        for (int byte = 0; byte < 8; ++byte)
            hash = (hash ^ (static_cast<std::uint64_t>(value) >> (8 * byte) & 0xFF)) * 1099511628211ULL;
    }
    static void mix(std::uint64_t& hash, double value) { // SQLite keeps neither NaNs apart nor the sign of 0
        mix(hash, value != value ? std::int64_t{-1} : std::bit_cast<std::int64_t>(value == 0 ? 0.0 : value));
    }
};

void add(Contents& contents, std::int64_t attempt, const Event& event) {
    if (const auto* scalar = std::get_if<Scalar>(&event.body)) {
        ++contents.scalars;
        contents.add("s", attempt, event.sequence, event.timeMs, scalar->metric, scalar->step, scalar->value);
    } else if (const auto* shot = std::get_if<Snapshot>(&event.body)) {
        contents.add("a", attempt, event.sequence, event.timeMs, shot->artifact, shot->step, shot->mediaType,
                     shot->file, writeJsonLine(shot->value));
    } else if (const auto* log = std::get_if<LogEvent>(&event.body)) {
        contents.add("l", attempt, event.sequence, event.timeMs, static_cast<std::int64_t>(log->level), log->message,
                     writeJsonLine(Json(log->arguments)), log->where);
    } else if (const auto* saved = std::get_if<CheckpointSaved>(&event.body)) {
        contents.add("c", attempt, event.sequence, event.timeMs, saved->step, saved->file, saved->sha256, saved->bytes);
    }
}

Contents contentsOfIndex(Database& index, const std::string& id) {
    Contents contents;
    Statement scalars = index.prepare(
        "SELECT attempt, n, time, metrics.name, step, value FROM scalars JOIN metrics ON metrics.id = metric "
        "WHERE run = (SELECT id FROM runs WHERE uuid = ?1)");
    for (scalars.bind(1, id); scalars.row(); ++contents.scalars)
        contents.add("s", scalars.integer(0), scalars.integer(1), scalars.integer(2), scalars.text(3),
                     scalars.integer(4), scalars.real(5));
    Statement artifacts = index.prepare("SELECT attempt, n, time, artifact, step, type, file, value FROM artifacts "
                                        "WHERE run = (SELECT id FROM runs WHERE uuid = ?1)");
    for (artifacts.bind(1, id); artifacts.row();)
        contents.add("a", artifacts.integer(0), artifacts.integer(1), artifacts.integer(2), artifacts.text(3),
                     artifacts.integer(4), artifacts.text(5), artifacts.text(6), artifacts.text(7));
    Statement logs = index.prepare("SELECT attempt, n, time, level, message, arguments, place FROM logs "
                                   "WHERE run = (SELECT id FROM runs WHERE uuid = ?1)");
    for (logs.bind(1, id); logs.row();)
        contents.add("l", logs.integer(0), logs.integer(1), logs.integer(2), logs.integer(3), logs.text(4),
                     logs.text(5), logs.text(6));
    Statement saved = index.prepare("SELECT attempt, n, time, step, file, sha256, bytes FROM checkpoints "
                                    "WHERE run = (SELECT id FROM runs WHERE uuid = ?1)");
    for (saved.bind(1, id); saved.row();)
        contents.add("c", saved.integer(0), saved.integer(1), saved.integer(2), saved.integer(3), saved.text(4),
                     saved.text(5), saved.integer(6));
    return contents;
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

/// There is a status file, but nobody can tell what it says. One that is being written may look so once.
bool isStatusDamaged(const RunDirectory& run) {
    std::error_code problem;
    return fs::exists(run.statusFile(), problem) && run.lastAttempt() > 0 && !readStatus(run.statusFile()) &&
           !readStatus(run.statusFile());
}

/// Events of a run; damaged lines and artefacts that are not there become findings.
Contents readEvents(const RunDirectory& run, CheckReport& report) {
    Contents contents;
    std::set<std::string> missing;
    std::error_code problem;
    EventReader reader(run);
    for (;;) {
        EventBatch batch = reader.next();
        report.events += static_cast<std::int64_t>(batch.events.size());
        for (const Event& event : batch.events) {
            add(contents, batch.attempt, event);
            const auto* shot = std::get_if<Snapshot>(&event.body);
            if (shot && !shot->file.empty() && !fs::exists(run.folder() / shot->file, problem))
                missing.insert((run.folder() / shot->file).string());
        }
        for (Error& found : batch.problems) report.findings.push_back(std::move(found));
        if (batch.atEnd) break;
    }
    for (const std::string& file : missing)
        report.findings.push_back(makeError(DamagedCode, "The artefact %1 is missing", {file}));
    return contents;
}

/// Every attempt has its events, and a run that says it has ended has the event that says so.
void checkAttempts(const RunDirectory& run, const RunRecord& record, CheckReport& report) {
    std::error_code problem;
    for (const Provenance& attempt : record.attempts)
        if (!fs::exists(run.eventFile(attempt.attempt), problem))
            report.findings.push_back(makeError(DamagedCode, "The events of the run are missing: %1",
                                                {run.eventFile(attempt.attempt).string()}));
    const Observation seen = observeRun(run);
    const bool isEnded = seen.status && isFinal(seen.status->state) && seen.status->attempt == seen.attempt;
    if (isEnded && !seen.finished && fs::exists(run.eventFile(seen.attempt), problem))
        report.findings.push_back(makeError(DamagedCode, "The last event of %1 is torn or missing: the run ended as %2",
                                            {run.eventFile(seen.attempt).string(), toString(seen.status->state)}));
}

void checkIndex(Database& index, const std::string& id, const Contents& events, CheckReport& report) {
    const Contents indexed = contentsOfIndex(index, id);
    const char* hint = "The window completes the index by itself; `vitrine-run workspace repair` makes it again";
    if (indexed.scalars != events.scalars)
        report.findings.push_back(makeError("VIT-STORE-020", "The index has %2 of the %3 scalars of the run %1",
                                            {id, std::to_string(indexed.scalars), std::to_string(events.scalars)},
                                            hint));
    else if (indexed.rows != events.rows || indexed.sum != events.sum)
        report.findings.push_back(
            makeError("VIT-STORE-020", "The index differs from the events of the run %1", {id}, hint));
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
    if (const auto user = readUserData(run); !user) report.findings.push_back(user.error());
    const Contents events = readEvents(run, report);
    for (const CheckpointEntry& entry : listCheckpoints(run))
        if (Status good = verifyCheckpoint(run, entry); !good) report.findings.push_back(good.error());
    if (isRunning(run)) return; // its files change while they are read
    if (isStatusDamaged(run))
        report.findings.push_back(makeError(DamagedCode, "The status file %1 is damaged", {run.statusFile().string()},
                                            "`vitrine-run workspace repair` removes it"));
    if (Status list = checkCheckpointIndex(run); !list) report.findings.push_back(list.error());
    if (record) checkAttempts(run, *record, report);
    for (const fs::path& path : leftoversIn(run.folder())) report.findings.push_back(leftover(path));
    if (index) checkIndex(*index, run.folder().filename().string(), events, report);
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
