// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"

#include <QObject>

class QTimer;

namespace vitrine {

class MainWindow;
class Workbench;

/// Plays a list of steps on the window, one at a time, and writes a screenshot where a step asks for one. Steps are
/// data: {"do": "room", "id": ...}, {"do": "link", "url": "vitrine:sample?name=..."}, {"do": "run"},
/// {"do": "wait", "for": "library" | "finished" | "idle", "seconds": 30}, {"do": "action", "id": ...},
/// {"do": "set", "setting": "theme" | "language", "value": ...}, {"do": "shot", "name": ...}. See resources/tour.json.
class Tour final : public QObject {
    Q_OBJECT
  public:
    Tour(Workbench& workbench, Json steps, const QString& folder, QObject* parent = nullptr);
    void start();
    [[nodiscard]] QStringList complaints() const { return m_complaints; }
    [[nodiscard]] QStringList shots() const { return m_shots; }

  Q_SIGNALS:
    void ended(bool isGood);

  private:
    void next();
    void play(const Json& step);
    void wait(const Json& step);
    [[nodiscard]] bool isReached(const std::string& what) const;
    void shoot(const QString& name);
    void complain(const QString& text);

    Workbench& m_workbench;
    Json m_steps;
    QString m_folder;
    std::size_t m_at = 0;
    QTimer* m_poll;
    QStringList m_complaints, m_shots;
};

} // namespace vitrine
