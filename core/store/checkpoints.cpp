// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checkpoints.hpp"

#include "core/base/files.hpp"
#include "core/store/eventreader.hpp"

#include <algorithm>

namespace vitrine::store {

namespace fs = std::filesystem;

namespace {

fs::path indexFile(const RunDirectory& run) {
    return run.checkpointFolder() / "index.json";
}

/// A name below the run directory, never one that climbs out of it.
bool isSafeName(const std::string& name) {
    const fs::path path(name);
    return !name.empty() && path.is_relative() &&
           std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

std::optional<CheckpointEntry> entryFrom(const Json& json) {
    try {
        CheckpointEntry entry{json.at("step").get<std::int64_t>(),  json.at("file").get<std::string>(),
                              json.at("sha256").get<std::string>(), json.at("bytes").get<std::int64_t>(),
                              json.at("attempt").get<int>(),        json.at("n").get<std::int64_t>()};
        if (isSafeName(entry.file)) return entry;
    } catch (const Json::exception&) { // not an entry
    }
    return std::nullopt;
}

std::optional<std::vector<CheckpointEntry>> readIndex(const RunDirectory& run) {
    const Result<std::string> text = readFile(indexFile(run), 1U << 20U);
    if (!text) return std::nullopt;
    const Result<Json> json = parseJson(*text);
    if (!json || !json->is_array()) return std::nullopt;
    std::vector<CheckpointEntry> entries;
    for (const Json& one : *json) {
        const auto entry = entryFrom(one);
        if (!entry) return std::nullopt;
        entries.push_back(*entry);
    }
    return entries;
}

} // namespace

std::vector<CheckpointEntry> checkpointsOfEvents(const RunDirectory& run) {
    std::vector<CheckpointEntry> entries;
    EventReader reader(run);
    for (;;) {
        const EventBatch batch = reader.next();
        for (const Event& event : batch.events)
            if (const auto* saved = std::get_if<CheckpointSaved>(&event.body); saved && isSafeName(saved->file))
                entries.push_back(
                    {saved->step, saved->file, saved->sha256, saved->bytes, batch.attempt, event.sequence});
        if (batch.atEnd) return entries;
    }
}

std::vector<CheckpointEntry> listCheckpoints(const RunDirectory& run) {
    if (auto entries = readIndex(run)) return *entries;
    std::vector<CheckpointEntry> entries = checkpointsOfEvents(run);
    std::error_code problem;
    std::erase_if(entries,
                  [&](const CheckpointEntry& entry) { return !fs::exists(run.folder() / entry.file, problem); });
    return entries;
}

Status checkCheckpointIndex(const RunDirectory& run) {
    constexpr const char* Hint = "`vitrine-run workspace repair` makes it again";
    std::error_code problem;
    if (!fs::exists(indexFile(run), problem)) return {};
    const auto entries = readIndex(run);
    if (!entries)
        return makeError("VIT-STORE-024", "The list of checkpoints %1 is damaged", {indexFile(run).string()}, Hint);
    const std::vector<CheckpointEntry> told = checkpointsOfEvents(run);
    const bool isTold = std::all_of(entries->begin(), entries->end(), [&](const CheckpointEntry& entry) {
        return std::find(told.begin(), told.end(), entry) != told.end();
    });
    if (isTold) return {};
    return makeError("VIT-STORE-024", "The list of checkpoints %1 is not what the events say",
                     {indexFile(run).string()}, Hint);
}

Status writeCheckpointIndex(const RunDirectory& run, const std::vector<CheckpointEntry>& entries) {
    Json json = Json::array();
    for (const CheckpointEntry& entry : entries)
        json.push_back({{"step", entry.step},
                        {"file", entry.file},
                        {"sha256", entry.sha256},
                        {"bytes", entry.bytes},
                        {"attempt", entry.attempt},
                        {"n", entry.sequence}});
    return writeFileAtomically(indexFile(run), json.dump(2) + "\n");
}

Status verifyCheckpoint(const RunDirectory& run, const CheckpointEntry& entry) {
    const fs::path file = run.folder() / entry.file;
    const Result<std::string> hash = sha256OfFile(file);
    if (hash.ok() && *hash == entry.sha256) return {};
    Error error = makeError("VIT-CKPT-001", "The checkpoint %1 is damaged and was skipped", {file.string()});
    error.severity = Severity::Warning;
    if (!hash) error.cause = std::make_shared<const Error>(hash.error());
    return error;
}

GoodCheckpoint findGoodCheckpoint(const RunDirectory& run) {
    GoodCheckpoint found;
    const std::vector<CheckpointEntry> entries = listCheckpoints(run);
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        const Status status = verifyCheckpoint(run, *entry);
        if (status.ok()) {
            found.entry = *entry;
            return found;
        }
        found.skipped.push_back(status.error());
    }
    return found;
}

} // namespace vitrine::store
