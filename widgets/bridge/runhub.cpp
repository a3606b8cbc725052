// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bridge/runhub.hpp"

#include "widgets/base/words.hpp"
#include "widgets/bridge/runworker.hpp"

#include <QMetaObject>
#include <QTimer>

#include <algorithm>

namespace vitrine {

// Where the worker leaves what it found. It outlives the hub if a call is still under way.
struct RunHub::Inbox {
    std::mutex mutex; ///< guards all below
    RunHub* hub = nullptr;
    RunWorker::Found found;
    std::vector<std::function<void()>> calls;
    bool isAnnounced = false;

    // With the mutex held: wakes the window once however much arrives.
    void announce() {
        if (std::exchange(isAnnounced, true) || !hub) return;
        QMetaObject::invokeMethod(
            hub,
            [hub = hub] {
                if (!hub->m_timer->isActive()) hub->m_timer->start();
            },
            Qt::QueuedConnection);
    }
    void add(RunWorker::Found more) {
        const std::lock_guard lock(mutex);
        // Of a run's state the latest wins; events are all kept.
        for (RunInfo& info : more.changed) {
            std::erase_if(found.changed, [&](const RunInfo& old) { return old.id == info.id; });
            found.changed.push_back(std::move(info));
        }
        std::move(more.batches.begin(), more.batches.end(), std::back_inserter(found.batches));
        std::move(more.problems.begin(), more.problems.end(), std::back_inserter(found.problems));
        announce();
    }
    [[nodiscard]] bool isFull() {
        const std::lock_guard lock(mutex);
        return found.batches.size() >= 4;
    }
    void addCall(std::function<void()> call) {
        const std::lock_guard lock(mutex);
        calls.push_back(std::move(call));
        announce();
    }
};

RunHub::RunHub(const QString& workspace, MakeRunner makeRunner, QObject* parent)
    : QObject(parent), m_workspace(workspace), m_inbox(std::make_shared<Inbox>()), m_timer(new QTimer(this)) {
    m_timer->setSingleShot(true);
    m_timer->setInterval(33);
    connect(m_timer, &QTimer::timeout, this, &RunHub::drain);
    m_inbox->hub = this;
    RunWorker::Sink sink{[inbox = m_inbox](RunWorker::Found found) { inbox->add(std::move(found)); },
                         [inbox = m_inbox](std::function<void()> call) { inbox->addCall(std::move(call)); },
                         [inbox = m_inbox] { return inbox->isFull(); },
                         [inbox = m_inbox, this](bool canEdit, std::vector<Error> notices) {
                             inbox->addCall(
                                 [this, canEdit, notices = std::move(notices)] { onOpened(canEdit, notices); });
                         }};
    m_worker = std::make_unique<RunWorker>(workspace.toStdString(), std::move(makeRunner), std::move(sink));
}

RunHub::~RunHub() {
    const std::lock_guard lock(m_inbox->mutex);
    m_inbox->hub = nullptr;
}

void RunHub::drain() {
    RunWorker::Found found;
    std::vector<std::function<void()>> calls;
    {
        const std::lock_guard lock(m_inbox->mutex);
        found = std::exchange(m_inbox->found, {});
        calls = std::exchange(m_inbox->calls, {});
        m_inbox->isAnnounced = false;
    }
    for (const RunInfo& info : found.changed) take(info);
    for (const Error& error : found.problems) Q_EMIT problem(error);
    for (const RunBatchPtr& batch : found.batches) Q_EMIT batchReady(batch);
    for (const auto& call : calls) call();
    const int active = static_cast<int>(activeIds().size());
    if (active != std::exchange(m_active, active) || !found.changed.empty()) Q_EMIT activeChanged();
}

void RunHub::take(const RunInfo& info) {
    if (info.folder.isEmpty()) {
        m_runs.remove(info.id);
        m_order.removeAll(info.id);
        Q_EMIT runRemoved(info.id);
        return;
    }
    const bool isNew = !m_runs.contains(info.id);
    m_runs[info.id] = info;
    if (!isNew) {
        Q_EMIT runChanged(info.id);
        return;
    }
    const auto place =
        std::upper_bound(m_order.begin(), m_order.end(), info.createdMs,
                         [this](qint64 created, const QString& other) { return created < m_runs[other].createdMs; });
    m_order.insert(place, info.id);
    Q_EMIT runAdded(info.id);
}

const RunInfo* RunHub::find(const QString& id) const {
    const auto found = m_runs.constFind(id);
    return found == m_runs.constEnd() ? nullptr : &*found;
}

QStringList RunHub::activeIds() const {
    QStringList active;
    for (const QString& id : m_order)
        if (isActive(m_runs[id].state) || m_runs[id].state == RunState::Queued) active << id;
    return active;
}

void RunHub::onOpened(bool canEdit, const std::vector<Error>& notices) {
    m_isOpen = true;
    if (!canEdit)
        m_readOnly = notices.empty() ? tr("The workspace %1 cannot be written.").arg(m_workspace)
                                     : coreText(notices.front().message, notices.front().arguments);
    Q_EMIT opened(canEdit);
    for (const Error& notice : notices)
        if (canEdit || &notice != &notices.front()) Q_EMIT problem(notice);
    Q_EMIT activeChanged();
}

void RunHub::start(const Config& config, Done done) {
    if (m_readOnly.isEmpty()) m_worker->start(config, std::move(done));
}
void RunHub::resume(const QString& run, Done done) {
    if (m_readOnly.isEmpty()) m_worker->resume(run, std::move(done));
}
void RunHub::control(const QString& run, const std::string& request) {
    m_worker->control(run, request, [this](const Status& status) {
        if (!status.ok()) Q_EMIT problem(status.error());
    });
}
void RunHub::follow(const QString& run) {
    m_worker->follow(run, true);
}
void RunHub::unfollow(const QString& run) {
    m_worker->follow(run, false);
}
void RunHub::readCurves(const QString& run, std::function<void(RunCurves)> done) {
    m_worker->readCurves(run, std::move(done));
}

void RunHub::writeUser(const QString& run, const std::function<void(RunInfo&)>& change) {
    const RunInfo* info = find(run);
    if (!info || !m_readOnly.isEmpty()) return;
    RunInfo next = *info;
    change(next);
    store::UserData data;
    data.name = next.name.toStdString();
    data.notes = next.notes.toStdString();
    data.trashed = next.isTrashed;
    for (const QString& tag : next.tags) data.tags.push_back(tag.toStdString());
    m_worker->setUserData(run, data, [this](const Status& status) {
        if (!status.ok()) Q_EMIT problem(status.error());
    });
}

void RunHub::setName(const QString& run, const QString& name) {
    writeUser(run, [&](RunInfo& info) { info.name = name; });
}
void RunHub::setTags(const QString& run, const QStringList& tags) {
    writeUser(run, [&](RunInfo& info) { info.tags = tags; });
}
void RunHub::setNotes(const QString& run, const QString& notes) {
    writeUser(run, [&](RunInfo& info) { info.notes = notes; });
}
void RunHub::setTrashed(const QString& run, bool isTrashed) {
    writeUser(run, [&](RunInfo& info) { info.isTrashed = isTrashed; });
}

} // namespace vitrine
