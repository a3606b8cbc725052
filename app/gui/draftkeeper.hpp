// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"

#include <QObject>

#include <functional>
#include <utility>

class QTimer;

namespace vitrine {

/// Keeps what is unsaved in the window (texts, parameters, open rooms) in one file of the workspace. A first change
/// starts a timer: 5 s after the last change, at most 30 s after the first, everything is written whole, off the
/// window's thread.
///
/// What a window left that did not end cleanly is put aside in a file of its own before anything is written over it,
/// and stays there, over any number of starts, until somebody restores or discards it.
class DraftKeeper final : public QObject {
    Q_OBJECT
  public:
    struct Recovered {
        Json state;
        qint64 savedMs = 0;
    };

    /// Reads what the last window left. Writes nothing before setWritable(true).
    explicit DraftKeeper(const QString& file, QObject* parent = nullptr);
    void setWritable(bool isWritable); ///< false in a second, read-only window

    /// Who says what is to be kept; a window sets it.
    void setSource(std::function<Json()> source) { m_source = std::move(source); }
    void touch();
    void saveNow(); ///< starts writing at once
    void close();   ///< writes and marks the end as clean; waits for the disk, at the very end of the program

    [[nodiscard]] Json takeLast() { return std::exchange(m_last, Json()); } ///< of a clean end, once; null: nothing
    /// Of the newest unclean end; null state: nothing. Nobody's business in a read-only window: the other one may live.
    [[nodiscard]] const Recovered& recovered() const { return m_recovered; }
    void settleRecovered(); ///< it was restored or discarded

  Q_SIGNALS:
    void saved();
    void failed(const QString& text);

  private:
    [[nodiscard]] std::string compose(bool isClean) const;

    void putAside();
    void findPutAside();

    QString m_file;
    bool m_isWritable = false;
    bool m_isTouched = false;
    std::function<Json()> m_source;
    Json m_last;
    Recovered m_recovered;
    QString m_recoveredFile; ///< empty: it is still in m_file
    QTimer* m_idle;
    QTimer* m_forced;
};

} // namespace vitrine
