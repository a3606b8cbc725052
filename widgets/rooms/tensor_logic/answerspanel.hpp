// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/rooms/tensor_logic/logicsummary.hpp"

#include <QAbstractListModel>
#include <QWidget>

class QListView;
class QPushButton;
class QStackedWidget;

namespace vitrine {

class EmptyState;
class PanelTitle;

/// Lines of the answers, headings among them.
class AnswersModel final : public QAbstractListModel {
    Q_OBJECT
  public:
    static constexpr int HeadingRole = Qt::UserRole + 2;
    using QAbstractListModel::QAbstractListModel;
    void setAnswers(const QVector<AnswerView>& answers);
    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    struct Line {
        QString text;
        bool isHeading = false;
        int source = 0;
    };
    QVector<Line> m_lines;
};

/// What the program answers, with the button that asks for it.
class AnswersPanel final : public QWidget {
    Q_OBJECT
  public:
    explicit AnswersPanel(QWidget* parent = nullptr);
    void show(const LogicSummary& summary);
    /// Nothing has been evaluated yet. \param isExperiment  its program is not evaluated here
    void reset(bool isExperiment);
    void showProgress(const QString& what);
    void showFailure(const QString& what);
    void setBusy(bool isBusy, bool canEvaluate);

  Q_SIGNALS:
    void evaluateRequested();
    void cancelRequested();
    void tupleChosen(const vitrine::TupleRef& tuple);
    void lineChosen(int line);

  private:
    AnswersModel* m_model;
    QListView* m_list;
    PanelTitle* m_title;
    QPushButton* m_evaluate;
    EmptyState* m_empty;
    QStackedWidget* m_stack;
    bool m_isBusy = false;
};

} // namespace vitrine
