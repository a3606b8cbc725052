// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bridge/problemsmodel.hpp"

#include "widgets/base/theme/theme.hpp"

#include <QIcon>

#include <algorithm>

namespace vitrine {

void ProblemsModel::setProblems(const QString& room, const QString& source, const QList<ProblemRow>& rows) {
    const int before = errorCount();
    for (qsizetype i = m_rows.size(); i-- > 0;) {
        if (m_rows[i].room != room || m_rows[i].source != source) continue;
        beginRemoveRows({}, static_cast<int>(i), static_cast<int>(i));
        m_rows.removeAt(i);
        endRemoveRows();
    }
    if (!rows.isEmpty()) {
        const int first = static_cast<int>(m_rows.size());
        beginInsertRows({}, first, first + static_cast<int>(rows.size()) - 1);
        for (const ProblemRow& row : rows) m_rows.append({room, source, row});
        endInsertRows();
    }
    if (errorCount() != before) Q_EMIT errorCountChanged(errorCount());
}

void ProblemsModel::addProblem(const QString& room, const QString& source, const ProblemRow& row) {
    const int at = static_cast<int>(m_rows.size());
    beginInsertRows({}, at, at);
    m_rows.append({room, source, row});
    endInsertRows();
    if (row.severity == Severity::Error) Q_EMIT errorCountChanged(errorCount());
}

int ProblemsModel::errorCount() const {
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(),
                                          [](const Row& row) { return row.problem.severity == Severity::Error; }));
}

int ProblemsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}
int ProblemsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(Column::Count);
}

QVariant ProblemsModel::data(const QModelIndex& index, int role) const {
    const Row& row = m_rows[index.row()];
    const ProblemRow& problem = row.problem;
    const auto column = static_cast<Column>(index.column());
    if (role == SourceRole) return row.room;
    if (role == TargetRole) return problem.target;
    if (role == Qt::DecorationRole && column == Column::Severity) {
        if (problem.severity == Severity::Error) return themeIcon(QStringLiteral("error"), IconTone::Bad);
        if (problem.severity == Severity::Warning) return themeIcon(QStringLiteral("warning"), IconTone::Warning);
        return themeIcon(QStringLiteral("info"), IconTone::Accent);
    }
    if (role == Qt::FontRole && column == Column::Code) return Theme::mono(TextSize::Caption);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    switch (column) {
    case Column::Severity:
        return problem.severity == Severity::Error     ? tr("Error")
               : problem.severity == Severity::Warning ? tr("Warning")
                                                       : tr("Note");
    case Column::Text:
        return problem.text;
    case Column::Place:
        return problem.place;
    case Column::Code:
        return problem.code;
    case Column::Count:
        break;
    }
    return {};
}

QVariant ProblemsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (static_cast<Column>(section)) {
    case Column::Severity:
        return tr("Kind");
    case Column::Text:
        return tr("What is wrong");
    case Column::Place:
        return tr("Where");
    case Column::Code:
        return tr("Code");
    case Column::Count:
        break;
    }
    return {};
}

} // namespace vitrine
