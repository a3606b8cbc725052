// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/rowsmodel.hpp"

#include "widgets/base/tableexport.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/rooms/tensor_logic/logicclient.hpp"

#include <QPainter>

#include <limits>

namespace vitrine {

namespace {
QString cellText(const TableCell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) return qtext(*text);
    if (const auto* integer = std::get_if<std::int64_t>(&cell)) return QString::number(*integer);
    if (const auto* real = std::get_if<double>(&cell)) return QString::number(*real, 'g', 6);
    return {};
}
} // namespace

RowsModel::RowsModel(LogicClient& client, QObject* parent) : QAbstractTableModel(parent), m_client(client) {}

void RowsModel::show(const QString& tensor, const QStringList& columns, bool isRelation, qint64 rows,
                     std::uint32_t through) {
    beginResetModel();
    m_tensor = tensor;
    m_columns = columns;
    m_isRelation = isRelation;
    m_total = rows;
    m_through = through;
    m_pages.clear();
    m_asked = -1;
    ++m_generation;
    endResetModel();
    if (m_total > 0) ask(0);
}

void RowsModel::clear() {
    show({}, {}, true, 0, 0);
}

int RowsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(std::min<qint64>(m_total, std::numeric_limits<int>::max()));
}
int RowsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() || m_tensor.isEmpty() ? 0 : static_cast<int>(m_columns.size()) + 1;
}

void RowsModel::ask(int page) const {
    if (page == m_asked || m_tensor.isEmpty()) return;
    m_asked = page;
    auto* self = const_cast<RowsModel*>(this); // reading is what views do; what arrives changes the model
    m_client.ask(QStringLiteral("rows"),
                 Json{{"request", "rows"},
                      {"tensor", m_tensor.toStdString()},
                      {"offset", page * PageRows},
                      {"count", PageRows},
                      {"through", m_through}},
                 self, [self, generation = m_generation](const Reply& reply) {
                     if (generation != self->m_generation || !reply.final) return;
                     self->m_asked = -1;
                     if (const auto* table = std::get_if<Table>(&reply.value)) self->take(*table);
                 });
}

// Rows of another width than the columns would be read beyond their end.
void RowsModel::take(Table table) {
    if (table.offset < 0 || table.total < 0) return;
    for (auto& row : table.rows) row.resize(static_cast<std::size_t>(m_columns.size()) + 1);
    const int page = static_cast<int>(table.offset) / PageRows;
    if (table.total != m_total) { // the count through a round was an estimate
        beginResetModel();
        m_total = table.total;
        if (m_pages.size() >= MostPages) m_pages.clear();
        m_pages.insert(page, table);
        endResetModel();
    } else {
        if (m_pages.size() >= MostPages) m_pages.clear();
        m_pages.insert(page, table);
        const int last = std::min(rowCount() - 1, (page + 1) * PageRows - 1);
        if (last >= page * PageRows) Q_EMIT dataChanged(index(page * PageRows, 0), index(last, columnCount() - 1));
    }
    Q_EMIT pageArrived();
}

QVariant RowsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const auto page = m_pages.constFind(index.row() / PageRows);
    if (page == m_pages.constEnd()) {
        if (role == Qt::DisplayRole) {
            ask(index.row() / PageRows);
            return QString(QChar(0x2026));
        }
        return {};
    }
    const auto at = static_cast<std::size_t>(index.row() % PageRows);
    if (at >= page->rows.size()) return {};
    const auto& row = page->rows[at];
    const auto column = static_cast<std::size_t>(index.column());
    if (column >= row.size()) return {};
    const bool isLast = index.column() == m_columns.size();
    const auto* round = m_isRelation ? std::get_if<std::int64_t>(&row.back()) : nullptr;
    switch (role) {
    case Qt::DisplayRole:
        return cellText(row[column]);
    case Qt::ToolTipRole:
        return isLast && round ? tr("came in at round %1").arg(*round) : cellText(row[column]);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(Qt::AlignVCenter | Qt::AlignLeft);
    case Qt::ForegroundRole:
        return isLast && m_isRelation ? QVariant(Theme::tokens().secondary) : QVariant();
    case Qt::BackgroundRole:
        return round && m_through > 0 && *round == static_cast<std::int64_t>(m_through)
                   ? QVariant(mix(Theme::hue(Hue::Orange), Theme::tokens().panel, 0.14))
                   : QVariant();
    case RoundRole:
        return round ? QVariant(static_cast<qlonglong>(*round)) : QVariant();
    case tableexport::SortRole:
        return cellText(row[column]);
    default:
        return {};
    }
}

QVariant RowsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole) return {};
    if (orientation == Qt::Vertical) return section + 1;
    if (section < m_columns.size()) return m_columns[section];
    return m_isRelation ? tr("round") : tr("value");
}

void RowsDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    QStyledItemDelegate::initStyleOption(option, index);
    const ThemeTokens& t = Theme::tokens();
    const bool isNew = index.data(Qt::BackgroundRole).isValid(), isChosen = option->state & QStyle::State_Selected;
    option->state &= ~(QStyle::State_Selected | QStyle::State_HasFocus);
    if (isNew)
        option->backgroundBrush = mix(Theme::hue(Hue::Orange), t.panel, isChosen ? 0.22 : 0.12);
    else if (isChosen)
        option->backgroundBrush = mix(t.accent, t.panel, t.dark ? 0.3 : 0.16);
}

QSize RowsDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    return QStyledItemDelegate::sizeHint(option, index) + QSize(Theme::px(12), 0);
}

// Colour does not stand alone: the chosen row has a bar before it.
void RowsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QStyleOptionViewItem item(option);
    initStyleOption(&item, index);
    painter->fillRect(option.rect, item.backgroundBrush);
    QStyleOptionViewItem text(option);
    text.rect.adjust(Theme::px(6), 0, 0, 0);
    QStyledItemDelegate::paint(painter, text, index);
    if (!(option.state & QStyle::State_Selected) || index.column() != 0) return;
    painter->fillRect(QRect(option.rect.left(), option.rect.top(), Theme::px(3), option.rect.height()),
                      Theme::tokens().text);
}

QStringList RowsModel::cells(int row) const {
    QStringList out;
    const auto page = m_pages.constFind(row / PageRows);
    if (page == m_pages.constEnd() || row < 0) return out;
    const auto at = static_cast<std::size_t>(row % PageRows);
    if (at >= page->rows.size()) return out;
    for (qsizetype i = 0; i < m_columns.size(); ++i) out << cellText(page->rows[at][static_cast<std::size_t>(i)]);
    return out;
}

int RowsModel::rowOf(const QStringList& wanted) const {
    for (auto page = m_pages.constBegin(); page != m_pages.constEnd(); ++page)
        for (int i = 0; i < static_cast<int>(page->rows.size()); ++i)
            if (cells(page.key() * PageRows + i) == wanted) return page.key() * PageRows + i;
    return -1;
}

int RowsModel::firstOfRound(std::uint32_t round) const {
    const auto page = m_pages.constFind(0);
    if (page == m_pages.constEnd()) return -1;
    for (int i = 0; i < static_cast<int>(page->rows.size()); ++i)
        if (const auto* at = std::get_if<std::int64_t>(&page->rows[static_cast<std::size_t>(i)].back());
            at && *at == static_cast<std::int64_t>(round))
            return i;
    return -1;
}

} // namespace vitrine
