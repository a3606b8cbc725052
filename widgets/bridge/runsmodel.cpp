// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bridge/runsmodel.hpp"

#include "widgets/base/panelparts.hpp"
#include "widgets/base/tableexport.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/runhub.hpp"

#include <QDateTime>
#include <QLocale>
#include <QPainter>
#include <QPixmap>

namespace vitrine {

namespace {

QPixmap runDot(const QString& id) {
    const int side = Theme::px(16);
    QPixmap pixmap(side * 2, side * 2);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::run(id));
    const double r = side * 0.28;
    painter.drawEllipse(QPointF(side / 2.0, side / 2.0), r, r);
    return pixmap;
}

double seconds(const RunInfo& info) {
    if (info.startedMs == 0) return 0;
    const qint64 end = info.endedMs          ? info.endedMs
                       : isFinal(info.state) ? info.startedMs
                                             : QDateTime::currentMSecsSinceEpoch();
    return static_cast<double>(end - info.startedMs) / 1000.0;
}

double share(const RunInfo& info) {
    if (info.state == RunState::Completed) return 1;
    return info.progress && info.progress->total > 0 ? info.progress->done / info.progress->total : 0;
}

QString results(const RunInfo& info, bool isFull) {
    QStringList parts;
    for (auto value = info.values.cbegin(); value != info.values.cend(); ++value) {
        if (!isFull && parts.size() == 2) break;
        parts << QStringLiteral("%1 %2").arg(value.key(), isFull ? fullNumber(*value) : shortNumber(*value));
    }
    return parts.join(isFull ? QStringLiteral("\n") : QStringLiteral(" · "));
}

} // namespace

RunsModel::RunsModel(RunHub& hub, QObject* parent) : QAbstractTableModel(parent), m_hub(hub), m_ids(hub.ids()) {
    connect(&hub, &RunHub::runAdded, this, &RunsModel::add);
    connect(&hub, &RunHub::runChanged, this, [this](const QString& id) {
        if (const int row = rowOf(id); row >= 0) Q_EMIT dataChanged(index(row, 0), index(row, columnCount() - 1));
    });
    connect(&hub, &RunHub::runRemoved, this, [this](const QString& id) {
        const int row = rowOf(id);
        if (row < 0) return;
        beginRemoveRows({}, row, row);
        m_ids.removeAt(row);
        endRemoveRows();
    });
}

void RunsModel::add(const QString& id) {
    if (m_ids.contains(id)) return;
    const int row = static_cast<int>(m_ids.size());
    beginInsertRows({}, row, row);
    m_ids.append(id);
    endInsertRows();
}

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_ids.size());
}
int RunsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(Column::Count);
}

QVariant RunsModel::text(const RunInfo& info, Column column) const {
    switch (column) {
    case Column::Run:
        return info.title();
    case Column::Experiment:
        return info.experiment();
    case Column::State:
        return info.isSilent ? tr("Not responding") : stateText(info.state);
    case Column::Progress:
        if (isFinal(info.state) && info.state != RunState::Completed && !info.progress) return QStringLiteral("–");
        return QStringLiteral("%1 %").arg(qRound(share(info) * 100));
    case Column::Result:
        return results(info, false);
    case Column::Started:
        return info.startedMs ? QLocale().toString(QDateTime::fromMSecsSinceEpoch(info.startedMs), QLocale::ShortFormat)
                              : QStringLiteral("–");
    case Column::Duration:
        return info.startedMs ? secondsText(seconds(info)) : QStringLiteral("–");
    case Column::Tags:
        return info.tags.join(QStringLiteral(", "));
    case Column::Notes:
        return QString(info.notes).replace(QLatin1Char('\n'), QLatin1Char(' '));
    case Column::Count:
        break;
    }
    return {};
}

QVariant RunsModel::raw(const RunInfo& info, Column column) const {
    switch (column) {
    case Column::State:
        return qtext(toString(info.state));
    case Column::Progress:
        return share(info);
    case Column::Started:
        return info.startedMs;
    case Column::Duration:
        return seconds(info);
    case Column::Notes:
        return info.notes;
    default:
        return text(info, column);
    }
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    const RunInfo* info = index.isValid() ? m_hub.find(idAt(index.row())) : nullptr;
    if (!info) return {};
    const auto column = static_cast<Column>(index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text(*info, column);
    case Qt::EditRole:
        return column == Column::Notes ? info->notes
               : column == Column::Run ? QVariant(info->name)
                                       : text(*info, column);
    case tableexport::SortRole:
        return raw(*info, column);
    case IdRole:
        return info->id;
    case TrashedRole:
        return info->isTrashed;
    case StateRole:
        return static_cast<int>(info->state);
    case SearchRole: {
        QStringList words{info->id,    info->title(),        info->experiment(), qtext(info->config.preset),
                          info->notes, results(*info, false)};
        for (const QString& tag : info->tags) words << QStringLiteral("tag:") + tag;
        words << QStringLiteral("state:") + qtext(toString(info->state));
        return words.join(QLatin1Char(' '));
    }
    case Qt::DecorationRole:
        return column == Column::Run ? QVariant(runDot(info->id)) : QVariant();
    case Qt::ToolTipRole:
        if (column == Column::Result) return results(*info, true);
        if (column == Column::Run) return info->folder;
        if (column == Column::State && info->error) return causeChain(*info->error);
        if (column == Column::Notes) return info->notes;
        return {};
    case Qt::FontRole:
        return column == Column::Result ? QVariant(Theme::mono()) : QVariant();
    default:
        return {};
    }
}

bool RunsModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::EditRole) return false;
    const QString id = idAt(index.row());
    const QString entered = value.toString().trimmed();
    switch (static_cast<Column>(index.column())) {
    case Column::Run:
        m_hub.setName(id, entered);
        return true;
    case Column::Notes:
        m_hub.setNotes(id, entered);
        return true;
    case Column::Tags: {
        QStringList tags;
        for (const QString& tag : entered.split(QLatin1Char(','), Qt::SkipEmptyParts))
            if (!tag.trimmed().isEmpty() && !tags.contains(tag.trimmed())) tags << tag.trimmed();
        m_hub.setTags(id, tags);
        return true;
    }
    default:
        return false;
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (static_cast<Column>(section)) {
    case Column::Run:
        return tr("Run");
    case Column::Experiment:
        return tr("Experiment");
    case Column::State:
        return tr("State");
    case Column::Progress:
        return tr("Progress");
    case Column::Result:
        return tr("Result");
    case Column::Started:
        return tr("Started");
    case Column::Duration:
        return tr("Time");
    case Column::Tags:
        return tr("Tags");
    case Column::Notes:
        return tr("Notes");
    case Column::Count:
        break;
    }
    return {};
}

Qt::ItemFlags RunsModel::flags(const QModelIndex& index) const {
    const auto column = static_cast<Column>(index.column());
    const bool isEditable = column == Column::Run || column == Column::Tags || column == Column::Notes;
    return QAbstractTableModel::flags(index) |
           (isEditable && m_hub.readOnlyReason().isEmpty() ? Qt::ItemIsEditable : Qt::NoItemFlags);
}

RunsFilter::RunsFilter(QObject* parent) : QSortFilterProxyModel(parent) {
    setSortRole(tableexport::SortRole);
    setDynamicSortFilter(true);
}

void RunsFilter::setSearch(const QString& text) {
    m_words = text.toCaseFolded().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

void RunsFilter::setShowsTrash(bool isTrash) {
    m_isTrash = isTrash;
    invalidateFilter();
}

bool RunsFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const QModelIndex first = sourceModel()->index(row, 0, parent);
    if (first.data(RunsModel::TrashedRole).toBool() != m_isTrash) return false;
    const QString text = first.data(RunsModel::SearchRole).toString().toCaseFolded();
    return std::all_of(m_words.begin(), m_words.end(), [&](const QString& word) { return text.contains(word); });
}

void RunDifferences::setRuns(const QList<RunInfo>& runs, const QMap<QString, QString>& labels) {
    beginResetModel();
    m_titles.clear();
    m_ids.clear();
    m_rows.clear();
    QMap<QString, QStringList> values;
    const auto put = [&](const QString& key, qsizetype run, const QString& value) {
        QStringList& cells = values[key];
        while (cells.size() < runs.size()) cells << QStringLiteral("–");
        cells[run] = value;
    };
    for (qsizetype i = 0; i < runs.size(); ++i) {
        m_titles << runs[i].title();
        m_ids << runs[i].id;
        put(tr("Seed"), i, QString::number(runs[i].config.seed));
        put(tr("Device"), i, qtext(runs[i].config.device));
        for (const auto& [id, value] : runs[i].config.values) {
            const QString text = value.is_string() ? qtext(value.get<std::string>()) : qtext(value.dump());
            put(labels.value(qtext(id), qtext(id)), i, text.size() > 200 ? text.left(200) + QStringLiteral("…") : text);
        }
    }
    for (auto row = values.cbegin(); row != values.cend(); ++row)
        if (std::any_of(row->begin(), row->end(), [&](const QString& value) { return value != row->first(); }))
            m_rows.append({row.key(), *row});
    endResetModel();
}

int RunDifferences::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}
int RunDifferences::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_titles.size()) + 1;
}

QVariant RunDifferences::data(const QModelIndex& index, int role) const {
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    const Row& row = m_rows[index.row()];
    return index.column() == 0 ? row.label : row.values.value(index.column() - 1);
}

QVariant RunDifferences::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::DisplayRole) return section == 0 ? tr("Parameter") : m_titles.value(section - 1);
    if (role == Qt::DecorationRole && section > 0) return runDot(m_ids.value(section - 1));
    return {};
}

} // namespace vitrine
