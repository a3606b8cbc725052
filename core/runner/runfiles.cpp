// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runner/runfiles.hpp"

#include "core/base/files.hpp"

#include <algorithm>

namespace vitrine::runner {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t KeptCheckpoints = 2;

bool staysInside(const fs::path& name) {
    return !name.empty() && name.is_relative() &&
           std::none_of(name.begin(), name.end(), [](const fs::path& part) { return part == ".."; });
}

} // namespace

Status RunFiles::untilWritten(const std::function<Status()>& write) {
    for (;;) {
        Status status = write();
        if (status.ok()) {
            static_cast<void>(m_control.goOn()); // a pause for want of space is over
            return status;
        }
        if (m_control.holdFor(status.error(), RetrySeconds)) continue;
        m_hasGivenUp = true;
        return status;
    }
}

Status RunFiles::writeArtifact(const std::string& id, std::int64_t step, const std::string& name,
                               const std::string& mediaType, std::string_view content) {
    if (!staysInside(name)) return makeError("VIT-RUN-012", "The artefact name \"%1\" leaves the run's folder", {name});
    const fs::path file = m_run.artifactFolder() / name;
    Status status = untilWritten([&]() -> Status {
        if (Status made = makeFolder(file.parent_path()); !made) return made;
        return writeFileAtomically(file, content);
    });
    if (status.ok()) m_events.send(Snapshot{id, step, mediaType, nullptr, "artifacts/" + name});
    return status;
}

Status RunFiles::checkSpace(std::size_t bytes) const {
    const std::int64_t free = freeBytes(m_run.checkpointFolder());
    const std::int64_t needed = FreeFloor + static_cast<std::int64_t>(bytes);
    if (free < 0 || free >= needed) return {};
    const auto mebibytes = [](std::int64_t count) { return std::to_string(count >> 20); };
    return makeError("VIT-BASE-012", "Less than %2 MiB are free for %1 (%3 MiB left)",
                     {m_run.checkpointFolder().string(), mebibytes(needed + (1 << 20) - 1), mebibytes(free)},
                     "Free some space; work goes on by itself");
}

Status RunFiles::writeCheckpoint(std::int64_t step, std::string_view content) {
    // The attempt is part of the name: the checkpoint that this attempt came from is never overwritten.
    const std::string name = "checkpoints/" + std::to_string(m_attempt) + "-" + std::to_string(step) + ".ckpt";
    store::CheckpointEntry entry{step, name, sha256(content), static_cast<std::int64_t>(content.size()), m_attempt, 0};
    Status status = untilWritten([&]() -> Status {
        if (Status space = checkSpace(content.size()); !space) return space;
        return writeFileAtomically(m_run.folder() / name, content);
    });
    if (!status) return status;
    entry.sequence = m_events.sendNumbered(CheckpointSaved{step, name, entry.sha256, entry.bytes});
    // First the event, then the index: an entry of the index always has its event in the file.
    if (status = untilWritten([&] { return m_events.flush(); }); !status) return status;
    return untilWritten([&] { return remember(entry); });
}

Status RunFiles::remember(store::CheckpointEntry entry) {
    std::vector<store::CheckpointEntry> entries = m_checkpoints;
    std::erase_if(entries, [&](const store::CheckpointEntry& old) { return old.file == entry.file; });
    entries.push_back(std::move(entry));
    std::vector<store::CheckpointEntry> dropped;
    while (entries.size() > KeptCheckpoints) {
        dropped.push_back(entries.front());
        entries.erase(entries.begin());
    }
    if (Status written = store::writeCheckpointIndex(m_run, entries); !written) return written;
    m_checkpoints = std::move(entries);
    std::error_code ignored;
    for (const store::CheckpointEntry& old : dropped) fs::remove(m_run.folder() / old.file, ignored);
    return {};
}

void RunFiles::forgetAfter(const std::optional<store::CheckpointEntry>& used) {
    const auto isUsed = [&](const store::CheckpointEntry& entry) { return used && entry.file == used->file; };
    const auto found = std::find_if(m_checkpoints.begin(), m_checkpoints.end(), isUsed);
    if (found == m_checkpoints.end())
        m_checkpoints.clear();
    else
        m_checkpoints.erase(found + 1, m_checkpoints.end());
}

} // namespace vitrine::runner
