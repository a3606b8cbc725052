// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/answerspanel.hpp"

#include "widgets/base/emptystate.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QListView>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace vitrine {

void AnswersModel::setAnswers(const QVector<AnswerView>& answers) {
    beginResetModel();
    m_lines.clear();
    for (const AnswerView& answer : answers) {
        m_lines.append({answer.heading, true, answer.line});
        for (const QString& line : answer.lines) m_lines.append({line, false, answer.line});
        if (answer.isCut)
            m_lines.append(
                {tr("  more lines than are shown here; write them to a file to have them all"), false, answer.line});
    }
    endResetModel();
}
int AnswersModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}
QVariant AnswersModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const Line& line = m_lines[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return line.text;
    case Qt::ToolTipRole:
        return line.isHeading ? tr("asked in line %1").arg(line.source) : tr("Choose it to see why");
    case Qt::FontRole:
        return Theme::mono();
    case Qt::ForegroundRole:
        return line.isHeading ? Theme::tokens().text : Theme::tokens().secondary;
    case HeadingRole:
        return line.isHeading;
    case Qt::UserRole:
        return line.source;
    default:
        return {};
    }
}

AnswersPanel::AnswersPanel(QWidget* parent)
    : QWidget(parent), m_model(new AnswersModel(this)), m_list(new QListView(this)),
      m_title(new PanelTitle(tr("What does the program answer?"), this)),
      m_evaluate(new QPushButton(tr("Evaluate"), this)),
      m_empty(new EmptyState(QStringLiteral("play"), tr("No answers yet"),
                             tr("Evaluate the program to see what its queries answer."), this)),
      m_stack(new QStackedWidget(this)) {
    m_list->setObjectName(QStringLiteral("answers"));
    setProperty("help", QStringLiteral("tensor_logic#answers"));
    m_list->setAccessibleName(tr("Answers"));
    m_list->setModel(m_model);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_evaluate->setObjectName(QStringLiteral("evaluate"));
    m_evaluate->setToolTip(tr("Evaluate the program here, without a run (Ctrl+Enter)"));
    m_title->addAction(m_evaluate);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_list);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_title);
    auto* body = new QVBoxLayout;
    body->setContentsMargins(Space::l(), 0, Space::s(), 0);
    body->addWidget(m_stack);
    column->addLayout(body, 1);
    connect(m_evaluate, &QPushButton::clicked, this,
            [this] { m_isBusy ? Q_EMIT cancelRequested() : Q_EMIT evaluateRequested(); });
    const auto choose = [this](const QModelIndex& index) {
        if (!index.isValid()) return;
        if (const auto tuple = parseTuple(index.data().toString());
            tuple && !index.data(AnswersModel::HeadingRole).toBool())
            Q_EMIT tupleChosen(*tuple);
        else if (index.data(AnswersModel::HeadingRole).toBool())
            Q_EMIT lineChosen(index.data(Qt::UserRole).toInt());
    };
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, choose);
    connect(m_list, &QListView::activated, this, choose);
}

void AnswersPanel::show(const LogicSummary& summary) {
    m_model->setAnswers(summary.answers);
    m_stack->setCurrentIndex(summary.answers.isEmpty() ? 0 : 1);
    if (summary.isRefused)
        m_empty->setTexts(tr("The program was not run"),
                          tr("Repair what is marked in the program, then evaluate again."));
    else if (summary.answers.isEmpty())
        m_empty->setTexts(tr("No queries"), tr("Add a query such as Ancestor(Alice, x)? to have an answer here."));
    qint64 rows = 0;
    for (const AnswerView& answer : summary.answers) rows += answer.count;
    QString answer = tr("%n query(ies)", nullptr, static_cast<int>(summary.answers.size())) + QStringLiteral(", ") +
                     tr("%1 answers in %2.").arg(groupedInteger(rows), secondsText(summary.seconds));
    if (summary.demanded > 0)
        answer += QLatin1Char(' ') + tr("Backward: %1 subgoals, %2 tuples demanded.")
                                         .arg(groupedInteger(summary.subgoals), groupedInteger(summary.demanded));
    if (summary.isPartial) answer = tr("Stopped early: what is shown is complete up to the last full round.");
    m_title->setAnswer(summary.isRefused ? QString() : answer);
}

void AnswersPanel::reset(bool isExperiment) {
    m_model->setAnswers({});
    m_stack->setCurrentIndex(0);
    if (isExperiment)
        m_empty->setTexts(tr("The run answers"), tr("Press Run: its curves and its report say what came of it."));
    else
        m_empty->setTexts(tr("No answers yet"), tr("Evaluate the program to see what its queries answer."));
    m_title->setAnswer({});
}

void AnswersPanel::showProgress(const QString& what) {
    m_title->setAnswer(what);
}
void AnswersPanel::showFailure(const QString& what) {
    m_title->setAnswer(what);
}

void AnswersPanel::setBusy(bool isBusy, bool canEvaluate) {
    m_isBusy = isBusy;
    m_evaluate->setText(isBusy ? tr("Stop") : tr("Evaluate"));
    m_evaluate->setEnabled(isBusy || canEvaluate);
}

} // namespace vitrine
