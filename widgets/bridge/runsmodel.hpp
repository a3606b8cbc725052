// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/bridge/runtypes.hpp"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

namespace vitrine {

class RunHub;

/// The runs of the workspace. Name, tags and notes can be edited in place.
class RunsModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum class Column { Run, Experiment, State, Progress, Result, Started, Duration, Tags, Notes, Count };
    Q_ENUM(Column)
    enum Role { IdRole = Qt::UserRole + 2, TrashedRole, SearchRole, StateRole };

    explicit RunsModel(RunHub& hub, QObject* parent = nullptr);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role = Qt::EditRole) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QString idAt(int row) const { return m_ids.value(row); }
    [[nodiscard]] int rowOf(const QString& id) const { return static_cast<int>(m_ids.indexOf(id)); }

  private:
    void add(const QString& id);
    [[nodiscard]] QVariant text(const RunInfo& info, Column column) const;
    [[nodiscard]] QVariant raw(const RunInfo& info, Column column) const;

    RunHub& m_hub;
    QStringList m_ids;
};

/// Search in all texts, with or without the trash.
class RunsFilter final : public QSortFilterProxyModel {
    Q_OBJECT
  public:
    explicit RunsFilter(QObject* parent = nullptr);
    void setSearch(const QString& text); ///< words; all must be found; "tag:x" and "state:x" look there alone
    void setShowsTrash(bool isTrash);    ///< the trash instead of the runs

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

  private:
    QStringList m_words;
    bool m_isTrash = false;
};

/// Only what differs between runs: a knob a row, a run a column.
class RunDifferences final : public QAbstractTableModel {
    Q_OBJECT
  public:
    using QAbstractTableModel::QAbstractTableModel;
    /// \param labels  of knobs by id, where they have one
    void setRuns(const QList<RunInfo>& runs, const QMap<QString, QString>& labels);
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

  private:
    struct Row {
        QString label;
        QStringList values;
    };
    QStringList m_titles, m_ids;
    QList<Row> m_rows;
};

} // namespace vitrine
