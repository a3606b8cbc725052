// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/panels.hpp"

#include "widgets/base/emptystate.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/searchline.hpp"
#include "widgets/base/tableexport.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/bridge/logmodel.hpp"
#include "widgets/bridge/problemsmodel.hpp"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace vitrine {

namespace {
QVBoxLayout* panelColumn(QWidget* panel) {
    asPanel(panel);
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    return column;
}
} // namespace

LogPanel::LogPanel(LogModel& log, QWidget* parent) : QWidget(parent), m_search(nullptr), m_table(new QTableView) {
    auto* filter = new LogFilter(this);
    filter->setSourceModel(&log);
    auto* search = new SearchLine(tr("Find in the log"));
    m_search = search;
    auto* level = new QComboBox;
    level->setAccessibleName(tr("Least severe level shown"));
    level->addItem(tr("All"), static_cast<int>(LogLevel::Debug));
    level->addItem(tr("Info and worse"), static_cast<int>(LogLevel::Info));
    level->addItem(tr("Warnings and errors"), static_cast<int>(LogLevel::Warning));
    level->addItem(tr("Errors"), static_cast<int>(LogLevel::Error));
    level->setCurrentIndex(1);
    auto* tools = new QHBoxLayout;
    tools->setContentsMargins(Space::l(), Space::xs(), Space::l(), Space::xs());
    search->setMaximumWidth(Theme::px(320));
    tools->addWidget(search, 1);
    tools->addWidget(level);
    tools->addStretch();
    m_table->setModel(filter);
    tableexport::dress(m_table);
    m_table->setSortingEnabled(false);
    m_table->verticalHeader()->setDefaultSectionSize(Theme::px(22));
    m_table->setAccessibleName(tr("Log"));
    const QList<int> widths{100, 90, 180};
    for (int i = 0; i < widths.size(); ++i) m_table->setColumnWidth(i, Theme::px(widths[i]));
    auto* column = panelColumn(this);
    column->addLayout(tools);
    column->addWidget(m_table, 1);
    connect(search, &SearchLine::searched, filter, &LogFilter::setSearch);
    connect(level, &QComboBox::currentIndexChanged, filter,
            [filter, level] { filter->setLevel(static_cast<LogLevel>(level->currentData().toInt())); });
    // Follows the end while the end is in sight.
    connect(filter, &QAbstractItemModel::rowsInserted, this, [this] {
        const QScrollBar* bar = m_table->verticalScrollBar();
        if (bar->maximum() - bar->value() <= 2 * bar->singleStep() + m_table->rowHeight(0))
            QMetaObject::invokeMethod(m_table, &QTableView::scrollToBottom, Qt::QueuedConnection);
    });
}

void LogPanel::focusSearch() {
    m_search->setFocus(Qt::ShortcutFocusReason);
}

ProblemsPanel::ProblemsPanel(ProblemsModel& problems, QWidget* parent) : QWidget(parent) {
    auto* table = new QTableView;
    table->setModel(&problems);
    tableexport::dress(table);
    table->setSortingEnabled(false);
    table->setAccessibleName(tr("Problems"));
    table->horizontalHeader()->setStretchLastSection(false);
    table->setColumnWidth(0, Theme::px(100));
    table->setColumnWidth(2, Theme::px(200));
    table->setColumnWidth(3, Theme::px(110));
    table->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
    auto* empty = new EmptyState(QStringLiteral("check"), tr("Nothing is wrong"),
                                 tr("Problems of parameters, programs and runs are listed here, with a way to each."));
    auto* column = panelColumn(this);
    column->addWidget(table, 1);
    column->addWidget(empty, 1);
    const auto refresh = [table, empty, &problems] {
        table->setVisible(problems.rowCount() > 0);
        empty->setVisible(problems.rowCount() == 0);
    };
    connect(&problems, &QAbstractItemModel::rowsInserted, this, refresh);
    connect(&problems, &QAbstractItemModel::rowsRemoved, this, refresh);
    refresh();
    connect(table, &QTableView::activated, this, [this](const QModelIndex& index) {
        Q_EMIT goToRequested(index.data(ProblemsModel::SourceRole).toString(),
                             index.data(ProblemsModel::TargetRole).toString());
    });
}

} // namespace vitrine
