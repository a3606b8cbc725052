// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <QAbstractTableModel>

namespace vitrine {

struct ProblemRow {
    Severity severity = Severity::Error;
    QString text, code, place; ///< place for people: "Memory", "ancestors.tl, line 5"
    QString target;            ///< for the room: knob id or position; may be empty
};

/// All problems of the moment, by the source that reports them: a room's parameters, its program, its runs.
class ProblemsModel final : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum class Column { Severity, Text, Place, Code, Count };
    Q_ENUM(Column)
    enum Role { SourceRole = Qt::UserRole + 2, TargetRole };
    using QAbstractTableModel::QAbstractTableModel;

    /// Replaces what a source reported. \param room  the room that can act on them
    void setProblems(const QString& room, const QString& source, const QList<ProblemRow>& rows);
    void addProblem(const QString& room, const QString& source, const ProblemRow& row);
    [[nodiscard]] int errorCount() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

  Q_SIGNALS:
    void errorCountChanged(int count);

  private:
    struct Row {
        QString room, source;
        ProblemRow problem;
    };
    QList<Row> m_rows;
};

} // namespace vitrine
