// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/logging.hpp"
#include "widgets/bridge/runtypes.hpp"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

#include <deque>
#include <memory>

namespace vitrine {

/// The newest 10 000 lines of the program's log and of the runs on show.
class LogModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum class Column { Time, Level, Source, Text, Count };
    Q_ENUM(Column)
    static constexpr int Capacity = 10000;
    enum Role { LevelRole = Qt::UserRole + 2 };

    explicit LogModel(QObject* parent = nullptr); ///< listens to core's log from here on
    ~LogModel() override;
    void take(const RunBatch& batch, const QString& runTitle);
    void append(LogRecord record) { append(std::vector<LogRecord>{std::move(record)}); }
    void append(std::vector<LogRecord> records);
    void clear();

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

  private:
    struct Inbox;
    std::deque<LogRecord> m_lines;
    std::shared_ptr<Inbox> m_inbox;
    int m_sink = 0;
};

/// Lines from a level up that contain a text.
class LogFilter final : public QSortFilterProxyModel {
    Q_OBJECT
  public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setLevel(LogLevel level);
    void setSearch(const QString& text);

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

  private:
    LogLevel m_level = LogLevel::Info;
    QString m_search;
};

} // namespace vitrine
