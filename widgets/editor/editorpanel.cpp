// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/editor/editorpanel.hpp"

#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"

#include <QBoxLayout>
#include <QIcon>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>

namespace vitrine {

void DiagnosticsModel::setDiagnostics(const QVector<EditorDiagnostic>& diagnostics) {
    beginResetModel();
    m_rows = diagnostics;
    endResetModel();
}
int DiagnosticsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant DiagnosticsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const EditorDiagnostic& row = m_rows[index.row()];
    const QString severity = row.severity == Severity::Error     ? tr("error")
                             : row.severity == Severity::Warning ? tr("warning")
                                                                 : tr("note");
    switch (role) {
    case Qt::DisplayRole:
        return tr("%1  line %2: %3").arg(row.code).arg(row.span.line + 1).arg(row.message);
    case Qt::AccessibleTextRole:
        return tr("%1, line %2: %3").arg(severity).arg(row.span.line + 1).arg(row.message);
    case Qt::ToolTipRole:
        return (QStringList(row.message) + row.notes).join(QLatin1Char('\n'));
    case Qt::DecorationRole:
        return themeIcon(row.severity == Severity::Error     ? QStringLiteral("error")
                         : row.severity == Severity::Warning ? QStringLiteral("warning")
                                                             : QStringLiteral("info"),
                         row.severity == Severity::Error     ? IconTone::Bad
                         : row.severity == Severity::Warning ? IconTone::Warning
                                                             : IconTone::Auto);
    default:
        return {};
    }
}

EditorPanel::EditorPanel(CheckFunction check, QWidget* parent)
    : QWidget(parent), m_editor(new CodeEditor(std::move(check), this)), m_model(new DiagnosticsModel(this)),
      m_list(new QListView(this)), m_title(asTitle(new QLabel(this))),
      m_state(asSecondary(new QLabel(this), TextSize::Caption)),
      m_count(asSecondary(new QLabel(this), TextSize::Caption)), m_findBar(new QWidget(this)),
      m_replaceRow(new QWidget(this)), m_find(new QLineEdit(this)), m_replace(new QLineEdit(this)) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_editor->setObjectName(QStringLiteral("programEditor"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setContentsMargins(Space::l(), Space::s(), Space::l(), Space::s());
    head->addWidget(m_title, 1);
    head->addWidget(m_state);
    column->addLayout(head);
    buildFindBar();
    column->addWidget(m_findBar);
    column->addWidget(m_editor, 1);
    m_list->setObjectName(QStringLiteral("diagnostics"));
    m_list->setModel(m_model);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setMaximumHeight(Theme::px(112));
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_list->hide();
    column->addWidget(m_list);
    const auto jump = [this](const QModelIndex& index) { m_editor->goTo(m_model->at(index.row()).span); };
    connect(m_list, &QListView::activated, this, jump);
    connect(m_list, &QListView::clicked, this, jump);
    connect(m_list, &QListView::customContextMenuRequested, this, [this](const QPoint& at) {
        const QModelIndex index = m_list->indexAt(at);
        if (!index.isValid() || m_model->at(index.row()).fixes.isEmpty()) return;
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        for (const EditorFix& fix : m_model->at(index.row()).fixes)
            connect(menu->addAction(fix.label), &QAction::triggered, m_editor,
                    [this, fix] { m_editor->applyFix(fix); });
        menu->popup(m_list->viewport()->mapToGlobal(at));
    });
    connect(m_editor, &CodeEditor::checkFinished, this, &EditorPanel::refreshDiagnostics);
    connect(m_editor, &QPlainTextEdit::textChanged, this, [this] { m_runtime.clear(); });
    retranslate();
}

void EditorPanel::buildFindBar() {
    auto* rows = new QVBoxLayout(m_findBar);
    rows->setContentsMargins(Space::l(), 0, Space::l(), Space::s());
    rows->setSpacing(Space::xs());
    auto* first = new QHBoxLayout;
    first->addWidget(m_find, 1);
    first->addWidget(m_count);
    const auto icon = [&](const QString& name, const QString& tip, auto&& act) {
        auto* button = new QToolButton(m_findBar);
        button->setIcon(themeIcon(name));
        button->setToolTip(tip);
        button->setAccessibleName(tip);
        setButtonRole(button, ButtonRole::Quiet);
        connect(button, &QToolButton::clicked, this, act);
        first->addWidget(button);
    };
    icon(QStringLiteral("chevron-up"), tr("Previous match (Shift+Enter)"), [this] { m_editor->findNext(false); });
    icon(QStringLiteral("chevron-down"), tr("Next match (Enter)"), [this] { m_editor->findNext(true); });
    icon(QStringLiteral("cross"), tr("Close (Esc)"), [this] { closeFind(); });
    rows->addLayout(first);
    auto* second = new QHBoxLayout(m_replaceRow);
    second->setContentsMargins(0, 0, 0, 0);
    second->addWidget(m_replace, 1);
    auto* one = new QPushButton(tr("Replace"), m_replaceRow);
    auto* all = new QPushButton(tr("Replace all"), m_replaceRow);
    second->addWidget(one);
    second->addWidget(all);
    rows->addWidget(m_replaceRow);
    m_find->setObjectName(QStringLiteral("findText"));
    m_replace->setObjectName(QStringLiteral("replaceText"));
    const auto search = [this] {
        const int count = m_editor->setFind({m_find->text(), false, false});
        m_count->setText(m_find->text().isEmpty() ? QString() : tr("%n match(es)", nullptr, count));
    };
    connect(m_find, &QLineEdit::textChanged, this, search);
    connect(m_find, &QLineEdit::returnPressed, this, [this] { m_editor->findNext(true); });
    connect(m_replace, &QLineEdit::returnPressed, this, [this] { m_editor->replaceOne(m_replace->text()); });
    connect(one, &QPushButton::clicked, this, [this] { m_editor->replaceOne(m_replace->text()); });
    connect(all, &QPushButton::clicked, this, [this, search] {
        m_editor->replaceAll(m_replace->text());
        search();
    });
    m_findBar->hide();
}

void EditorPanel::setTitle(const QString& fileName) {
    m_title->setText(fileName);
    m_editor->setFileName(fileName);
}

void EditorPanel::openFind(bool withReplace) {
    m_replaceRow->setVisible(withReplace);
    m_findBar->show();
    const QString selected = m_editor->textCursor().selectedText();
    if (!selected.isEmpty() && !selected.contains(QChar::ParagraphSeparator)) m_find->setText(selected);
    m_find->setFocus();
    m_find->selectAll();
    m_count->setText(m_find->text().isEmpty()
                         ? QString()
                         : tr("%n match(es)", nullptr, m_editor->setFind({m_find->text(), false, false})));
}

void EditorPanel::closeFind() {
    m_findBar->hide();
    m_editor->setFind({});
    m_editor->setFocus();
}

void EditorPanel::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Find)) return openFind(false);
    if (event->matches(QKeySequence::Replace)) return openFind(true);
    if (event->key() == Qt::Key_Escape && m_findBar->isVisible()) return closeFind();
    if (event->matches(QKeySequence::FindNext)) return void(m_editor->findNext(true));
    if (event->matches(QKeySequence::FindPrevious)) return void(m_editor->findNext(false));
    QWidget::keyPressEvent(event);
}

void EditorPanel::setRuntimeDiagnostics(const QVector<EditorDiagnostic>& diagnostics) {
    m_runtime = diagnostics;
    refreshDiagnostics();
}

QString EditorPanel::stateText() const {
    return m_state->text();
}

void EditorPanel::refreshDiagnostics() {
    QVector<EditorDiagnostic> all =
        m_editor->checked() ? m_editor->checked()->diagnostics : QVector<EditorDiagnostic>();
    for (const EditorDiagnostic& each : m_runtime) {
        const bool isKnown = std::any_of(all.begin(), all.end(), [&](const EditorDiagnostic& known) {
            return known.code == each.code && known.span.line == each.span.line &&
                   known.span.column == each.span.column;
        });
        if (!isKnown) all.append(each);
    }
    m_model->setDiagnostics(all);
    m_list->setVisible(!all.isEmpty());
    m_list->setFixedHeight(std::min<int>(4, static_cast<int>(all.size())) * Theme::px(26) + Theme::px(6));
    int errors = 0, warnings = 0;
    for (const EditorDiagnostic& each : all) {
        errors += each.severity == Severity::Error ? 1 : 0;
        warnings += each.severity == Severity::Warning ? 1 : 0;
    }
    QStringList parts;
    if (errors > 0) parts << tr("%n error(s)", nullptr, errors);
    if (warnings > 0) parts << tr("%n warning(s)", nullptr, warnings);
    m_state->setText(parts.isEmpty() ? tr("no problems") : parts.join(QStringLiteral(", ")));
}

void EditorPanel::retranslate() {
    m_find->setPlaceholderText(tr("Find"));
    m_find->setAccessibleName(tr("Find"));
    m_replace->setPlaceholderText(tr("Replace with"));
    m_replace->setAccessibleName(tr("Replace with"));
    m_list->setAccessibleName(tr("Problems of the program"));
    m_editor->setAccessibleName(tr("Program"));
}

void EditorPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        retranslate();
        refreshDiagnostics();
    }
    QWidget::changeEvent(event);
}

} // namespace vitrine
