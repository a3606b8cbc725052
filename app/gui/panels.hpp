// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QStackedWidget;
class QTableView;

namespace vitrine {

class LogFilter;
class LogModel;
class MethodRegistry;
class ProblemsModel;
class RunDifferences;
class RunHub;
class RunsFilter;
class RunsModel;

/// The runs of the workspace: search, open, compare, duplicate, trash, export. Two or more selected runs show what
/// differs between them.
class RunsPanel final : public QWidget {
    Q_OBJECT
  public:
    RunsPanel(RunHub& runs, const MethodRegistry& methods, QWidget* parent = nullptr);
    [[nodiscard]] QStringList selectedIds() const;
    [[nodiscard]] QTableView* table() const { return m_table; }

  Q_SIGNALS:
    void openRequested(const QString& run);
    void compareRequested(const QStringList& runs);
    void duplicateRequested(const QString& run);
    void problem(const QString& text);

  private:
    QWidget* buildTools();
    void buildTable();
    void onSelection();
    void exportTable();

    RunHub& m_runs;
    const MethodRegistry& m_methods;
    RunsModel* m_model;
    RunsFilter* m_filter;
    RunDifferences* m_differences;
    QTableView* m_table;
    QWidget* m_compare;
    QLabel* m_compareTitle;
    QStackedWidget* m_stack;
    QList<QWidget*> m_needsOne, m_needsTwo;
    bool m_isTrash = false;
};

/// The program's log and what the shown runs said.
class LogPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit LogPanel(LogModel& log, QWidget* parent = nullptr);
    void focusSearch();

  private:
    QWidget* m_search;
    QTableView* m_table;
};

/// Everything that is wrong now; a double click goes there.
class ProblemsPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit ProblemsPanel(ProblemsModel& problems, QWidget* parent = nullptr);

  Q_SIGNALS:
    void goToRequested(const QString& room, const QString& target);
};

} // namespace vitrine
