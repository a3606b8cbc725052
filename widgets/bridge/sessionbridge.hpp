// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/session.hpp"

#include <QHash>
#include <QObject>

#include <memory>

namespace vitrine {

class MethodFactory;

/// One session for one room. Replies arrive on the window's thread, in order; those of requests that a newer one of the
/// same tag has replaced are dropped.
class SessionBridge final : public QObject {
    Q_OBJECT
  public:
    /// \param factory  outlives the program's window; its session's worker starts here
    explicit SessionBridge(const MethodFactory& factory, QObject* parent = nullptr);
    ~SessionBridge() override; ///< returns at once: the worker ends on a pool thread

    [[nodiscard]] bool isUsable() const; ///< false: the method has no session
    Sequence submit(const QString& tag, Json payload);
    void cancel(const QString& tag);
    [[nodiscard]] bool isBusy(const QString& tag) const; ///< asked, and the final reply has not come

  Q_SIGNALS:
    void replied(const vitrine::Reply& reply);
    void busyChanged(const QString& tag, bool isBusy);

  private:
    struct Mailbox; ///< shared with the worker
    void drain();

    std::shared_ptr<Mailbox> m_mailbox;
    std::unique_ptr<Session> m_session;
    QHash<QString, Sequence> m_latest;
    QHash<QString, bool> m_busy;
};

} // namespace vitrine
