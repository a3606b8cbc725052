// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/session.hpp"

#include <QHash>
#include <QObject>
#include <QPointer>

#include <functional>

namespace vitrine {

class SessionBridge;

/// The panels' way to the session: one open question per tag, its answers to the newest asker alone.
class LogicClient final : public QObject {
    Q_OBJECT
  public:
    using Take = std::function<void(const Reply&)>;
    explicit LogicClient(QObject* parent = nullptr);

    void setSession(SessionBridge* session);
    [[nodiscard]] bool isReady() const;
    /// Asks under a tag; `take` hears parts and the final reply on this thread, unless a newer question of the tag
    /// came first or `receiver` is gone.
    void ask(const QString& tag, Json payload, QObject* receiver, Take take);
    void cancel(const QString& tag);
    [[nodiscard]] bool isBusy(const QString& tag) const;

  Q_SIGNALS:
    void ready();
    void busyChanged(const QString& tag, bool isBusy);

  private:
    struct Asker {
        QPointer<QObject> receiver;
        Take take;
        Sequence sequence = 0;
    };
    QPointer<SessionBridge> m_session;
    QHash<QString, Asker> m_askers;
};

} // namespace vitrine
