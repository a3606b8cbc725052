// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/checkpoints.hpp"
#include "core/store/rundirectory.hpp"
#include "core/store/workspacefolder.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::store {

/// One line of the runs table.
struct RunRow {
    std::string id;
    std::string experiment, preset, seed, device;
    std::int64_t createdMs = 0, startedMs = 0, endedMs = 0;
    RunState state = RunState::Queued;
    int attempt = 0;
    std::int64_t step = 0; ///< of the latest scalar
    std::map<std::string, double> summary;
    std::optional<Error> error;
    UserData user;
    bool hasCheckpoint = false;

    [[nodiscard]] bool isResumable() const { return isFinal(state) && state != RunState::Completed; }
};

struct RunFilter {
    enum class Trash { Without, Only, With };
    std::string text;             ///< every word is somewhere in name, notes, tags, experiment, preset or id
    std::string experiment;       ///< or empty: all
    std::vector<RunState> states; ///< or empty: all
    Trash trash = Trash::Without;
    std::int64_t limit = 100'000, offset = 0; ///< newest first
};

struct MetricInfo {
    std::string id;
    std::int64_t count = 0, lastStep = 0;
    double last = 0;
};

struct ScalarOptions {
    std::size_t maxPoints = 0;   ///< 0: all; else extremes of equal parts, so that no peak is lost
    bool withSuperseded = false; ///< also those that a resumed attempt has replaced
};

/// One metric of one run, in the order of its events.
struct ScalarCurve {
    std::vector<std::int64_t> step, timeMs;
    std::vector<double> value;
    std::vector<bool> superseded;
    int lastAttempt = 0;           ///< of the last point that was read, also when decimated:
    std::int64_t lastSequence = 0; ///< live events up to it are in the curve already
};

struct LogRow {
    int attempt = 1;
    std::int64_t sequence = 0, timeMs = 0;
    LogEvent log;
};

struct ArtifactRow {
    int attempt = 1;
    std::int64_t sequence = 0, timeMs = 0;
    Snapshot snapshot;
};

struct ProblemRow {
    std::string run; ///< or empty: of the workspace
    std::int64_t timeMs = 0;
    Error error;
};

struct WorkspaceOptions {
    bool readOnly = false;              ///< do not even try to take the lock
    std::optional<long> fileSystemType; ///< tests: what statfs(2) is taken to say
};

enum class ImportMode { Copy, Link };

/// A workspace folder: runs/, workspace.db (an index of them, which can always be made again), lock.
/// All calls are thread-safe and may read files or the database: none belongs on the window's thread.
class Workspace {
  public:
    /// Makes the folder when it is missing. Never fails for a damaged database (it is put aside and made again) nor for
    /// a workspace that another window has or that cannot be written (it is opened read-only); `notices` tells.
    /// \errors VIT-STORE-001 (a network file system), -002 (no such folder, and it cannot be made)
    [[nodiscard]] static Result<std::unique_ptr<Workspace>> open(const std::filesystem::path& folder,
                                                                 const WorkspaceOptions& options = {});
    ~Workspace();
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    [[nodiscard]] const std::filesystem::path& folder() const;
    [[nodiscard]] std::filesystem::path runsFolder() const { return folder() / "runs"; }
    [[nodiscard]] RunDirectory directory(const std::string& id) const { return RunDirectory(runsFolder() / id); }
    [[nodiscard]] bool canEdit() const;    ///< false: read-only, `notices` says why
    [[nodiscard]] bool wasUnclean() const; ///< the last window did not end in good order
    /// VIT-STORE-003 (another window has it), -002 (not writable), -004 (database was damaged), -005 (of a newer
    /// Vitrine)
    [[nodiscard]] std::vector<Error> notices() const;

    // ---- what there is: from the index, at most a second behind the files ----
    [[nodiscard]] Result<std::vector<RunRow>> runs(const RunFilter& filter = {}) const;
    [[nodiscard]] Result<RunRow> run(const std::string& id) const; ///< \errors VIT-STORE-010 no such run
    [[nodiscard]] Result<RunRecord> record(const std::string& id) const;
    [[nodiscard]] Result<std::vector<MetricInfo>> metrics(const std::string& id) const;
    [[nodiscard]] Result<ScalarCurve> scalars(const std::string& id, const std::string& metric,
                                              const ScalarOptions& options = {}) const;
    /// Oldest first; the last `limit` from `level` up.
    [[nodiscard]] Result<std::vector<LogRow>> logs(const std::string& id, LogLevel level = LogLevel::Debug,
                                                   std::int64_t limit = 10'000) const;
    /// Newest first; of one artefact, or of all when it is empty.
    [[nodiscard]] Result<std::vector<ArtifactRow>> artifacts(const std::string& id, const std::string& artifact = {},
                                                             std::int64_t limit = 1000) const;
    [[nodiscard]] Result<std::vector<CheckpointEntry>> checkpoints(const std::string& id) const;
    [[nodiscard]] Result<std::vector<ProblemRow>> problems(std::int64_t limit = 1000) const; ///< newest first

    // ---- changes: user.json first, then its copy in the index ----
    // \errors VIT-STORE-013 (read-only), -010 (no such run), VIT-BASE-010..013
    [[nodiscard]] Status setUserData(const std::string& id, const UserData& data);
    [[nodiscard]] Status setTrashed(const std::string& id, bool trashed); ///< \errors -011 the run is active
    [[nodiscard]] Status deleteRun(const std::string& id);                ///< for good; \errors -011 the run is active
    /// Takes in a run from elsewhere: a copy, or a link, by which a run that still goes on is followed where it is.
    /// \return its id. \errors VIT-STORE-009, -012 (here already), -011 (Copy of an active run)
    [[nodiscard]] Result<std::string> importRun(const std::filesystem::path& folder, ImportMode mode);

    struct Impl;
    [[nodiscard]] Impl& impl() { return *m_impl; } ///< for the indexer

  private:
    explicit Workspace(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace vitrine::store
