// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/statusfile.hpp"
#include "core/store/workspace.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::store {

/// What the reader thread tells of one run (or, with an empty id, of the workspace).
struct RunUpdate {
    std::string run;
    int attempt = 0;
    std::vector<Event> events; ///< new ones, of that attempt, in order; each is told once
    bool isHistory = false;    ///< read while catching up: the index has or will have them, no need to draw them live
    RunState state = RunState::Queued;
    Liveness liveness = Liveness::Unknown;
    std::optional<Error> lastError; ///< of the status file: a full disk, while it lasts
    bool isNew = false, isRemoved = false;
    std::vector<Error> problems; ///< damaged lines, vanished folders; also in Workspace::problems()
};

/// The one reader thread of a workspace: follows the event files of all runs, parses each new batch once, hands it to
/// the sink and, where this process has the lock, to the database at most a second later. Adopts what it finds.
class WorkspaceIndexer {
  public:
    using Sink = std::function<void(const RunUpdate&)>; ///< called on the reader thread; must not block
    /// \param workspace must outlive this object
    WorkspaceIndexer(Workspace& workspace, Sink sink = {});
    ~WorkspaceIndexer(); ///< writes what is pending, joins

    void lookNow(); ///< a run was just started or changed: do not wait for the next tick
    [[nodiscard]] bool waitUntilCaughtUp(double seconds); ///< all files read and written to the index

    static constexpr double FlushSeconds = 1;

  private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace vitrine::store
