// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bridge/sessionbridge.hpp"

#include "core/experiment/factory.hpp"

#include <QMetaObject>
#include <QThreadPool>

#include <mutex>

namespace vitrine {

struct SessionBridge::Mailbox {
    std::mutex mutex; ///< guards all below
    SessionBridge* bridge = nullptr;
    std::vector<Reply> replies;

    void put(Reply reply) {
        const std::lock_guard lock(mutex);
        replies.push_back(std::move(reply));
        if (bridge && replies.size() == 1)
            QMetaObject::invokeMethod(
                bridge, [to = bridge] { to->drain(); }, Qt::QueuedConnection);
    }
};

SessionBridge::SessionBridge(const MethodFactory& factory, QObject* parent)
    : QObject(parent), m_mailbox(std::make_shared<Mailbox>()) {
    m_mailbox->bridge = this;
    m_session = factory.makeSession([mailbox = m_mailbox](Reply reply) { mailbox->put(std::move(reply)); });
}

SessionBridge::~SessionBridge() {
    {
        const std::lock_guard lock(m_mailbox->mutex);
        m_mailbox->bridge = nullptr;
    }
    if (m_session)
        QThreadPool::globalInstance()->start(
            [session = std::shared_ptr<Session>(std::move(m_session))] { static_cast<void>(session); });
}

bool SessionBridge::isUsable() const {
    return m_session != nullptr;
}

Sequence SessionBridge::submit(const QString& tag, Json payload) {
    if (!m_session) return 0;
    const Sequence sequence = m_session->submit({tag.toStdString(), std::move(payload)});
    m_latest[tag] = sequence;
    if (!std::exchange(m_busy[tag], true)) Q_EMIT busyChanged(tag, true);
    return sequence;
}

void SessionBridge::cancel(const QString& tag) {
    if (m_session) m_session->cancel(tag.toStdString());
}

bool SessionBridge::isBusy(const QString& tag) const {
    return m_busy.value(tag, false);
}

void SessionBridge::drain() {
    std::vector<Reply> replies;
    {
        const std::lock_guard lock(m_mailbox->mutex);
        replies.swap(m_mailbox->replies);
    }
    for (const Reply& reply : replies) {
        const QString tag = QString::fromStdString(reply.tag);
        if (reply.sequence < m_latest.value(tag, 0)) continue;
        if (reply.final && std::exchange(m_busy[tag], false)) Q_EMIT busyChanged(tag, false);
        Q_EMIT replied(reply);
    }
}

} // namespace vitrine
