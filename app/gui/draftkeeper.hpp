// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"

#include <QObject>

#include <functional>

class QTimer;

namespace vitrine {

/// Keeps what is unsaved in the window (texts, parameters, open rooms) in one file of the workspace. A first change
/// starts a timer: 5 s after the last change, at most 30 s after the first, everything is written whole, off the
/// window's thread.
class DraftKeeper final : public QObject {
    Q_OBJECT
  public:
    /// Reads what the last window left. Writes nothing before setWritable(true).
    explicit DraftKeeper(const QString& file, QObject* parent = nullptr);
    void setWritable(bool isWritable); ///< false in a second, read-only window

    /// Who says what is to be kept; a window sets it.
    void setSource(std::function<Json()> source) { m_source = std::move(source); }
    void touch();
    void saveNow(); ///< starts writing at once
    void close();   ///< writes and marks the end as clean; waits for the disk, at the very end of the program
    [[nodiscard]] const Json& found() const { return m_found; } ///< of the last window; null: nothing
    [[nodiscard]] bool wasUnclean() const { return m_wasUnclean; }
    [[nodiscard]] qint64 foundMs() const { return m_foundMs; }
    void discardFound();

  Q_SIGNALS:
    void saved();
    void failed(const QString& text);

  private:
    [[nodiscard]] std::string compose(bool isClean) const;

    QString m_file;
    bool m_isWritable = false;
    bool m_isTouched = false;
    std::function<Json()> m_source;
    Json m_found;
    bool m_wasUnclean = false;
    qint64 m_foundMs = 0;
    QTimer* m_idle;
    QTimer* m_forced;
};

} // namespace vitrine
