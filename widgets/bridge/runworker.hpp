// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runner/runner.hpp"
#include "core/store/eventreader.hpp"
#include "core/store/workspaceindexer.hpp"
#include "widgets/bridge/runtypes.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

namespace vitrine {

/// The thread between the window and a workspace: opens it, keeps what is known of each run, starts and controls runs,
/// replays their past. New events come from the workspace's own reader thread. Nothing here knows QObject.
class RunWorker {
  public:
    struct Found {
        std::vector<RunInfo> changed; ///< new ones too; an empty folder says that the run is gone
        std::vector<RunBatchPtr> batches;
        std::vector<Error> problems;
    };
    /// What was found leaves through these, on this thread.
    struct Sink {
        std::function<void(Found)> found;
        std::function<void(std::function<void()>)> call; ///< runs on the window's thread
        std::function<bool()> isFull;                    ///< the window has not taken the last batches yet
        std::function<void(bool canEdit, std::vector<Error> notices)> opened;
    };
    using MakeRunner = std::function<std::unique_ptr<runner::IRunner>(const std::filesystem::path& runsFolder)>;

    RunWorker(std::filesystem::path workspace, MakeRunner makeRunner, Sink sink);
    ~RunWorker(); ///< does what was asked already, then ends: at most one batch and one flush of the index

    using Started = std::function<void(Result<QString>)>; ///< called on the window's thread
    void start(Config config, Started done);
    void resume(const QString& run, Started done);
    void control(const QString& run, const std::string& request, std::function<void(Status)> done);
    void follow(const QString& run, bool isFollowed); ///< following again replays from the start
    void setUserData(const QString& run, store::UserData data, std::function<void(Status)> done);
    void readCurves(const QString& run, std::function<void(RunCurves)> done);

  private:
    struct Known {
        RunInfo info;
        std::shared_ptr<runner::RunHandle> handle;
        bool isFollowed = false, restart = false;
        std::optional<store::EventReader> replay; ///< while the past is being caught up with
        int attempt = 0;                          ///< of the last event that was handed on
        std::int64_t sequence = 0;
    };

    void post(std::function<void()> command);
    void loop(const std::stop_token& stop);
    void openWorkspace();
    void takeUpdate(const store::RunUpdate& update);
    Known* addRun(const std::string& id);
    void report(const Known& known);
    void startReplay(Known& known);
    void replaySome();
    void handOn(Known& known, std::vector<Event> events, int attempt, bool isLive);
    Known* find(const QString& run);
    [[nodiscard]] store::RunDirectory directory(const QString& run) const;

    std::filesystem::path m_folder;
    MakeRunner m_makeRunner;
    Sink m_sink;
    std::unique_ptr<store::Workspace> m_workspace; ///< this and the next four: of the worker's thread alone
    std::unique_ptr<store::WorkspaceIndexer> m_indexer;
    std::unique_ptr<runner::IRunner> m_runner;
    std::map<QString, std::unique_ptr<Known>> m_runs;
    std::set<QString> m_followed; ///< asked for, also before the run was known
    Found m_found;

    std::mutex m_mutex; ///< guards m_commands
    std::condition_variable_any m_wake;
    std::deque<std::function<void()>> m_commands;
    std::jthread m_thread;
};

} // namespace vitrine
