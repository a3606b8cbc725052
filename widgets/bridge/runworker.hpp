// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/runner/runner.hpp"
#include "core/store/eventreader.hpp"
#include "widgets/bridge/runtypes.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace vitrine {

/// The one thread of the window that reads run directories. Commands come in through a queue; what was found leaves
/// through `Sink`, called on this thread. Nothing here knows QObject.
class RunWorker {
  public:
    struct Found {
        std::vector<RunInfo> changed; ///< new ones too
        std::vector<RunBatchPtr> batches;
        std::vector<Error> problems;
    };
    struct Sink {
        std::function<void(Found)> found;
        std::function<void(std::function<void()>)> call; ///< runs on the window's thread
    };

    RunWorker(std::filesystem::path workspace, std::unique_ptr<runner::IRunner> runner, Sink sink);
    ~RunWorker(); ///< asks the thread to end and joins: at most one read of a batch

    using Started = std::function<void(Result<QString>)>; ///< called on the window's thread
    void start(Config config, Started done);
    void resume(const QString& run, Started done);
    void control(const QString& run, const std::string& request, std::function<void(Status)> done);
    void follow(const QString& run, bool isFollowed); ///< following again replays from the start
    void setUserData(const QString& run, store::UserData data, std::function<void(Status)> done);
    void readCurves(const QString& run, std::function<void(RunCurves)> done);

  private:
    struct Known {
        explicit Known(std::filesystem::path folder) : directory(std::move(folder)), reader(directory) {}
        store::RunDirectory directory;
        store::EventReader reader; ///< of progress and last values while the run lives
        std::optional<store::EventReader> replay; ///< set while followed
        bool restart = false;
        RunInfo info;
        std::shared_ptr<runner::RunHandle> handle;
        double nextLook = 0;
    };

    void post(std::function<void()> command);
    void loop(const std::stop_token& stop);
    void scan(Found& found);
    void addRun(const std::filesystem::path& folder, Found& found);
    void look(Known& known, Found& found);
    void readLatest(Known& known);
    void readFollowed(Known& known, Found& found);
    void adoptHandle(Known& known, std::shared_ptr<runner::RunHandle> handle);
    Known* find(const QString& run);

    std::filesystem::path m_workspace;
    std::unique_ptr<runner::IRunner> m_runner;
    Sink m_sink;
    std::map<QString, std::unique_ptr<Known>> m_runs; ///< of the worker's thread alone
    double m_nextScan = 0;

    std::mutex m_mutex; ///< guards m_commands
    std::condition_variable_any m_wake;
    std::deque<std::function<void()>> m_commands;
    std::jthread m_thread;
};

} // namespace vitrine
