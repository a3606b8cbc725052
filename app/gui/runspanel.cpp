// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/panels.hpp"

#include "core/experiment/descriptor.hpp"
#include "widgets/base/emptystate.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/searchline.hpp"
#include "widgets/base/tableexport.hpp"
#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/runhub.hpp"
#include "widgets/bridge/runsmodel.hpp"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QIcon>
#include <QMenu>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace vitrine {

namespace {
QToolButton* tool(const QString& icon, const QString& text, const QString& tip) {
    auto* button = new QToolButton;
    button->setIcon(themeIcon(icon));
    button->setText(text);
    button->setToolTip(tip);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setButtonRole(button, ButtonRole::Quiet);
    return button;
}
} // namespace

RunsPanel::RunsPanel(RunHub& runs, const MethodRegistry& methods, QWidget* parent)
    : QWidget(parent), m_runs(runs), m_methods(methods), m_model(new RunsModel(runs, this)),
      m_filter(new RunsFilter(this)), m_differences(new RunDifferences(this)), m_table(new QTableView),
      m_compare(new QWidget), m_compareTitle(asTitle(new QLabel)), m_stack(new QStackedWidget) {
    asPanel(this);
    m_filter->setSourceModel(m_model);
    buildTable();
    auto* differences = new QTableView;
    differences->setModel(m_differences);
    tableexport::dress(differences);
    differences->setSortingEnabled(false);
    differences->setAccessibleName(tr("Parameters that differ"));
    auto* compareColumn = new QVBoxLayout(m_compare);
    compareColumn->setContentsMargins(Space::l(), Space::xs(), 0, 0);
    compareColumn->addWidget(m_compareTitle);
    compareColumn->addWidget(differences, 1);
    m_compare->hide();

    auto* empty =
        new EmptyState(QStringLiteral("runs"), tr("No runs yet"),
                       tr("Press Run in a room. What it does is kept here, with its parameters, curves and notes."));
    auto* split = new QSplitter(Qt::Horizontal);
    split->addWidget(m_table);
    split->addWidget(m_compare);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    m_stack->addWidget(split);
    m_stack->addWidget(empty);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildTools());
    column->addWidget(m_stack, 1);
    const auto refresh = [this] { m_stack->setCurrentIndex(m_model->rowCount() > 0 ? 0 : 1); };
    connect(m_model, &QAbstractItemModel::rowsInserted, this, refresh);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, refresh);
    refresh();
    onSelection();
}

QWidget* RunsPanel::buildTools() {
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(Space::l(), Space::xs(), Space::l(), Space::xs());
    row->setSpacing(Space::xs());
    auto* search = new SearchLine(tr("Find runs: words, tag:x, state:failed"));
    search->setMaximumWidth(Theme::px(320));
    auto* open = tool(QStringLiteral("eye"), tr("Show"), tr("Show this run in its room (Enter)"));
    auto* compare = tool(QStringLiteral("compare"), tr("Compare"), tr("Lay the selected runs over each other"));
    auto* duplicate = tool(QStringLiteral("duplicate"), tr("Duplicate with changes"),
                           tr("Put the parameters of this run into the form"));
    auto* trash =
        tool(QStringLiteral("trash"), tr("Move to trash"), tr("Move the selected runs to the trash, or back"));
    auto* exporter = tool(QStringLiteral("export"), tr("Export"), tr("Save the table as CSV or JSON lines"));
    auto* showTrash = tool(QStringLiteral("trash"), tr("Trash"), tr("Show the trash instead of the runs"));
    showTrash->setCheckable(true);
    row->addWidget(search, 1);
    for (QToolButton* button : {open, compare, duplicate, trash}) row->addWidget(button);
    row->addStretch(1);
    row->addWidget(exporter);
    row->addWidget(showTrash);
    m_needsOne = {open, duplicate, trash};
    m_needsTwo = {compare};
    connect(search, &SearchLine::searched, m_filter, &RunsFilter::setSearch);
    connect(open, &QToolButton::clicked, this, [this] { Q_EMIT openRequested(selectedIds().value(0)); });
    connect(compare, &QToolButton::clicked, this, [this] { Q_EMIT compareRequested(selectedIds()); });
    connect(duplicate, &QToolButton::clicked, this, [this] { Q_EMIT duplicateRequested(selectedIds().value(0)); });
    connect(trash, &QToolButton::clicked, this, [this] {
        for (const QString& id : selectedIds()) m_runs.setTrashed(id, !m_isTrash);
    });
    connect(exporter, &QToolButton::clicked, this, &RunsPanel::exportTable);
    connect(showTrash, &QToolButton::toggled, this, [this, trash](bool isTrash) {
        m_isTrash = isTrash;
        m_filter->setShowsTrash(isTrash);
        trash->setText(isTrash ? tr("Put back") : tr("Move to trash"));
    });
    return bar;
}

void RunsPanel::buildTable() {
    m_table->setModel(m_filter);
    tableexport::dress(m_table);
    m_table->setAccessibleName(tr("Runs"));
    m_table->setObjectName(QStringLiteral("runsTable"));
    m_table->setEditTriggers(QAbstractItemView::EditKeyPressed | QAbstractItemView::SelectedClicked);
    m_table->sortByColumn(static_cast<int>(RunsModel::Column::Started), Qt::DescendingOrder);
    const QList<int> widths{160, 110, 110, 70, 200, 140, 80, 110};
    for (int i = 0; i < widths.size(); ++i) m_table->setColumnWidth(i, Theme::px(widths[i]));
    connect(m_table, &QTableView::activated, this,
            [this](const QModelIndex& index) { Q_EMIT openRequested(index.data(RunsModel::IdRole).toString()); });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &RunsPanel::onSelection);
}

QStringList RunsPanel::selectedIds() const {
    QStringList ids;
    for (const QModelIndex& row : m_table->selectionModel()->selectedRows())
        ids << row.data(RunsModel::IdRole).toString();
    return ids;
}

void RunsPanel::onSelection() {
    const QStringList ids = selectedIds();
    for (QWidget* button : std::as_const(m_needsOne)) button->setEnabled(!ids.isEmpty());
    for (QWidget* button : std::as_const(m_needsTwo)) button->setEnabled(ids.size() > 1);
    m_compare->setVisible(ids.size() > 1);
    if (ids.size() < 2) return;
    QList<RunInfo> runs;
    QMap<QString, QString> labels;
    for (const QString& id : ids) {
        const RunInfo* info = m_runs.find(id);
        if (!info) continue;
        runs << *info;
        if (const Method* method = m_methods.find(info->config.experiment))
            for (const ParamSpec& spec : method->descriptor().params) labels[qtext(spec.id)] = coreText(spec.label);
    }
    m_differences->setRuns(runs, labels);
    const int count = m_differences->rowCount();
    m_compareTitle->setText(count == 0 ? tr("These runs have the same parameters")
                                       : tr("%n parameter(s) differ", nullptr, count));
}

void RunsPanel::exportTable() {
    auto* dialog = new QFileDialog(window(), tr("Export the table of runs"), QStringLiteral("runs.csv"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters({tr("Table (*.csv)"), tr("JSON lines (*.jsonl)")});
    dialog->selectFile(QStringLiteral("runs.csv"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        const bool isJson = path.endsWith(QLatin1String(".jsonl"));
        const QString wrong =
            tableexport::writeFile(path, isJson ? tableexport::toJsonLines(*m_filter) : tableexport::toCsv(*m_filter));
        if (!wrong.isEmpty()) Q_EMIT problem(wrong);
    });
    dialog->open();
}

} // namespace vitrine
