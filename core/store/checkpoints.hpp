// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/rundirectory.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::store {

struct CheckpointEntry {
    std::int64_t step = 0;
    std::string file, sha256; ///< file relative to the run directory
    std::int64_t bytes = 0;
    int attempt = 1;
    std::int64_t sequence = 0; ///< of its CheckpointSaved event

    bool operator==(const CheckpointEntry&) const = default;
    [[nodiscard]] ResumePoint resumePoint() const { return {attempt, sequence, step}; }
};

/// Oldest first: from checkpoints/index.json, or, when that is missing or damaged, from the event files.
[[nodiscard]] std::vector<CheckpointEntry> listCheckpoints(const RunDirectory& run);
[[nodiscard]] Status writeCheckpointIndex(const RunDirectory& run, const std::vector<CheckpointEntry>& entries);

/// As the event files tell them, whether their files are there or not.
[[nodiscard]] std::vector<CheckpointEntry> checkpointsOfEvents(const RunDirectory& run);
/// \errors VIT-STORE-024: index.json is there but unreadable, or an entry is not what its event says
[[nodiscard]] Status checkCheckpointIndex(const RunDirectory& run);

struct GoodCheckpoint {
    std::optional<CheckpointEntry> entry; ///< none: there is no good one
    std::vector<Error> skipped;           ///< VIT-CKPT-001, warnings
};
/// The newest checkpoint whose bytes have the recorded hash.
[[nodiscard]] GoodCheckpoint findGoodCheckpoint(const RunDirectory& run);
[[nodiscard]] Status verifyCheckpoint(const RunDirectory& run, const CheckpointEntry& entry);

} // namespace vitrine::store
