// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/commandpalette.hpp"

#include "widgets/base/actions.hpp"
#include "widgets/base/fuzzy.hpp"
#include "widgets/base/searchline.hpp"
#include "widgets/base/theme/stylepaint.hpp"
#include "widgets/base/theme/theme.hpp"

#include <QAbstractListModel>
#include <QApplication>
#include <QKeyEvent>
#include <QListView>
#include <QPainter>
#include <QPointer>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace vitrine {

// The commands that match, best first; disabled ones last.
class PaletteModel final : public QAbstractListModel {
  public:
    enum Role { ShortcutRole = Qt::UserRole, PositionsRole };
    struct Row {
        QPointer<QAction> action;
        FuzzyMatch match;
    };

    int rowCount(const QModelIndex& parent) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    QVariant data(const QModelIndex& index, int role) const override {
        const Row& row = m_rows[index.row()];
        if (!row.action) return {};
        if (role == Qt::DisplayRole) return ActionRegistry::plainText(row.action);
        if (role == Qt::ToolTipRole) return row.action->toolTip();
        if (role == Qt::DecorationRole) return row.action->icon();
        if (role == ShortcutRole) return row.action->shortcut().toString(QKeySequence::NativeText);
        return {};
    }
    Qt::ItemFlags flags(const QModelIndex& index) const override {
        const QAction* action = m_rows[index.row()].action;
        return action && action->isEnabled() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
    }
    void show(const ActionRegistry& actions, const QString& pattern) {
        beginResetModel();
        m_rows.clear();
        for (QAction* action : actions.all()) {
            FuzzyMatch match = fuzzyMatch(pattern, ActionRegistry::plainText(action));
            if (match.score >= 0) m_rows.append({action, std::move(match)});
        }
        std::stable_sort(m_rows.begin(), m_rows.end(), [](const Row& a, const Row& b) {
            const bool first = a.action->isEnabled();
            const bool second = b.action->isEnabled();
            return first != second ? first : a.match.score > b.match.score;
        });
        endResetModel();
    }
    [[nodiscard]] const QList<Row>& rows() const { return m_rows; }

  private:
    QList<Row> m_rows;
};

namespace {

class PaletteDelegate final : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QStyledItemDelegate::paint(painter, option, index);
        painter->setFont(Theme::mono(TextSize::Caption));
        painter->setPen(Theme::tokens().secondary);
        painter->drawText(option.rect.adjusted(0, 0, -Space::m(), 0), Qt::AlignRight | Qt::AlignVCenter,
                          index.data(PaletteModel::ShortcutRole).toString());
    }
};

} // namespace

CommandPalette::CommandPalette(ActionRegistry& actions, QWidget* parent)
    : QFrame(parent), m_actions(actions), m_model(new PaletteModel), m_line(new SearchLine(tr("Type a command"))),
      m_list(new QListView) {
    m_model->setParent(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformItemSizes(true);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Commands"));
    m_list->setFocusPolicy(Qt::NoFocus);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(Space::s(), Space::s(), Space::s(), Space::s());
    column->setSpacing(Space::s());
    column->addWidget(m_line);
    column->addWidget(m_list);
    setAccessibleName(tr("Command palette"));
    m_line->installEventFilter(this);
    parent->installEventFilter(this);
    connect(m_line, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_model->show(m_actions, text);
        m_list->setCurrentIndex(m_model->index(0, 0));
    });
    connect(m_line, &QLineEdit::returnPressed, this, &CommandPalette::accept);
    connect(m_list, &QListView::clicked, this, &CommandPalette::accept);
    hide();
}

void CommandPalette::open() {
    m_lastFocus = QApplication::focusWidget();
    m_line->clear();
    m_model->show(m_actions, {});
    m_list->setCurrentIndex(m_model->index(0, 0));
    place();
    show();
    raise();
    m_line->setFocus(Qt::ShortcutFocusReason);
}

QStringList CommandPalette::shownIds() const {
    QStringList ids;
    for (const auto& row : m_model->rows())
        if (row.action) ids << ActionRegistry::idOf(row.action);
    return ids;
}

void CommandPalette::place() {
    const int width = std::min(Theme::px(560), parentWidget()->width() - Space::xl());
    const int height = std::min(Theme::px(400), parentWidget()->height() - 2 * Space::xl());
    setGeometry((parentWidget()->width() - width) / 2, Theme::px(56), width, height);
}

void CommandPalette::accept() {
    const int row = m_list->currentIndex().row();
    QPointer<QAction> action = row >= 0 && row < m_model->rows().size() ? m_model->rows()[row].action : nullptr;
    hide();
    if (m_lastFocus) m_lastFocus->setFocus();
    if (action && action->isEnabled()) action->trigger();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_line && event->type() == QEvent::KeyPress) {
        auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Escape) {
            hide();
            if (m_lastFocus) m_lastFocus->setFocus();
            return true;
        }
        if (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up || key->key() == Qt::Key_PageDown ||
            key->key() == Qt::Key_PageUp) {
            QApplication::sendEvent(m_list, event);
            return true;
        }
    }
    if (watched == m_line && event->type() == QEvent::FocusOut) hide();
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) place();
    return QFrame::eventFilter(watched, event);
}

void CommandPalette::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    stylepaint::roundedBox(&painter, rect(), Theme::tokens().raised, Theme::tokens().strongLine, Theme::px(10));
}

} // namespace vitrine
