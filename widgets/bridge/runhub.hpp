// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/bridge/runtypes.hpp"

#include <QHash>
#include <QObject>

#include <filesystem>
#include <functional>
#include <mutex>

class QTimer;

namespace vitrine {

namespace runner {
class IRunner;
}
namespace store {
struct UserData;
}
class RunWorker;

/// The runs of one workspace, on the window's thread. Reading, starting and controlling happen on one worker; what it
/// finds arrives here at most every 33 ms, as one batch.
class RunHub final : public QObject {
    Q_OBJECT
  public:
    using MakeRunner = std::function<std::unique_ptr<runner::IRunner>(const std::filesystem::path& runsFolder)>;
    /// \param workspace   folder, opened on the worker: `opened` tells when, and whether it can be written
    /// \param makeRunner  called on the worker when the workspace is open
    RunHub(const QString& workspace, MakeRunner makeRunner, QObject* parent = nullptr);
    ~RunHub() override;

    [[nodiscard]] const QString& workspace() const { return m_workspace; }
    [[nodiscard]] QStringList ids() const { return m_order; } ///< oldest first
    [[nodiscard]] const RunInfo* find(const QString& id) const;
    [[nodiscard]] QStringList activeIds() const;
    [[nodiscard]] QString readOnlyReason() const { return m_readOnly; }
    [[nodiscard]] bool isOpen() const { return m_isOpen; }

    using Done = std::function<void(Result<QString>)>;
    void start(const Config& config, Done done);
    void resume(const QString& run, Done done);
    void pause(const QString& run) { control(run, "pause"); }
    void goOn(const QString& run) { control(run, "resume"); }
    void stop(const QString& run) { control(run, "stop"); }
    void follow(const QString& run); ///< its events come through batchReady, from the first on
    void unfollow(const QString& run);
    void readCurves(const QString& run, std::function<void(RunCurves)> done);
    void setName(const QString& run, const QString& name);
    void setTags(const QString& run, const QStringList& tags);
    void setNotes(const QString& run, const QString& notes);
    void setTrashed(const QString& run, bool isTrashed);

  Q_SIGNALS:
    void opened(bool canEdit);
    void runAdded(const QString& id);
    void runChanged(const QString& id);
    void runRemoved(const QString& id);
    void batchReady(const vitrine::RunBatchPtr& batch);
    void problem(const vitrine::Error& error);
    void activeChanged();

  private:
    struct Inbox; ///< shared with the worker
    void control(const QString& run, const std::string& request);
    void drain();
    void onOpened(bool canEdit, const std::vector<Error>& notices);
    void take(const RunInfo& info);
    void writeUser(const QString& run, const std::function<void(RunInfo&)>& change);

    QString m_workspace, m_readOnly;
    QHash<QString, RunInfo> m_runs;
    QStringList m_order;
    std::shared_ptr<Inbox> m_inbox;
    QTimer* m_timer;
    std::unique_ptr<RunWorker> m_worker;
    bool m_isOpen = false;
    int m_active = 0;
};

} // namespace vitrine
