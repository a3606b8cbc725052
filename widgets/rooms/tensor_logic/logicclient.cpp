// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/logicclient.hpp"

#include "widgets/bridge/sessionbridge.hpp"

namespace vitrine {

LogicClient::LogicClient(QObject* parent) : QObject(parent) {}

void LogicClient::setSession(SessionBridge* session) {
    m_session = session;
    if (!session) return;
    connect(session, &SessionBridge::replied, this, [this](const Reply& reply) {
        const auto found = m_askers.constFind(QString::fromStdString(reply.tag));
        if (found == m_askers.constEnd() || !found->receiver || reply.sequence != found->sequence) return;
        const Take take = found->take; // asking again from within replaces the entry
        take(reply);
    });
    connect(session, &SessionBridge::busyChanged, this, &LogicClient::busyChanged);
    Q_EMIT ready();
}

bool LogicClient::isReady() const {
    return m_session != nullptr;
}
bool LogicClient::isBusy(const QString& tag) const {
    return m_session && m_session->isBusy(tag);
}

void LogicClient::ask(const QString& tag, Json payload, QObject* receiver, Take take) {
    if (!m_session) return;
    m_askers[tag] = {receiver, std::move(take), 0};
    m_askers[tag].sequence = m_session->submit(tag, std::move(payload));
}

void LogicClient::cancel(const QString& tag) {
    if (m_session) m_session->cancel(tag);
}

} // namespace vitrine
