// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bridge/logmodel.hpp"

#include "widgets/base/tableexport.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QDateTime>
#include <QIcon>
#include <QMetaObject>

#include <mutex>

namespace vitrine {

// Lines wait here until the window takes them: the logging thread never waits for it.
struct LogModel::Inbox {
    std::mutex mutex; ///< guards all below
    LogModel* model = nullptr;
    std::vector<LogRecord> records;
};

LogModel::LogModel(QObject* parent) : QAbstractTableModel(parent), m_inbox(std::make_shared<Inbox>()) {
    m_inbox->model = this;
    m_sink = addLogSink([inbox = m_inbox](const LogRecord& record) {
        const std::lock_guard lock(inbox->mutex);
        if (!inbox->model || inbox->records.size() >= Capacity) return;
        inbox->records.push_back(record);
        if (inbox->records.size() > 1) return;
        QMetaObject::invokeMethod(
            inbox->model,
            [inbox] {
                std::vector<LogRecord> records;
                {
                    const std::lock_guard inner(inbox->mutex);
                    records.swap(inbox->records);
                }
                if (inbox->model) inbox->model->append(std::move(records));
            },
            Qt::QueuedConnection);
    });
}

LogModel::~LogModel() {
    removeLogSink(m_sink);
    const std::lock_guard lock(m_inbox->mutex);
    m_inbox->model = nullptr;
}

void LogModel::take(const RunBatch& batch, const QString& runTitle) {
    std::vector<LogRecord> records;
    for (const Event& event : batch.events)
        if (const auto* log = std::get_if<LogEvent>(&event.body))
            records.push_back({log->level, utf8(runTitle), utf8(coreText(log->message, log->arguments)), event.timeMs});
    append(std::move(records));
}

void LogModel::append(std::vector<LogRecord> records) {
    if (records.size() > Capacity) records.erase(records.begin(), records.end() - Capacity);
    if (records.empty()) return;
    const int excess = static_cast<int>(m_lines.size() + records.size()) - Capacity;
    if (excess > 0) {
        beginRemoveRows({}, 0, excess - 1);
        m_lines.erase(m_lines.begin(), m_lines.begin() + excess);
        endRemoveRows();
    }
    const int first = static_cast<int>(m_lines.size());
    beginInsertRows({}, first, first + static_cast<int>(records.size()) - 1);
    m_lines.insert(m_lines.end(), std::make_move_iterator(records.begin()), std::make_move_iterator(records.end()));
    endInsertRows();
}

void LogModel::clear() {
    beginResetModel();
    m_lines.clear();
    endResetModel();
}

int LogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}
int LogModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(Column::Count);
}

QVariant LogModel::data(const QModelIndex& index, int role) const {
    const LogRecord& line = m_lines[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<Column>(index.column());
    if (role == LevelRole) return static_cast<int>(line.level);
    if (role == Qt::FontRole) return Theme::mono(TextSize::Caption);
    if (role == Qt::DecorationRole && column == Column::Level) {
        if (line.level == LogLevel::Error) return themeIcon(QStringLiteral("error"), IconTone::Bad);
        if (line.level == LogLevel::Warning) return themeIcon(QStringLiteral("warning"), IconTone::Warning);
        return {};
    }
    if (role == tableexport::SortRole && column == Column::Time) return static_cast<qint64>(line.timeMs);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    switch (column) {
    case Column::Time:
        return QDateTime::fromMSecsSinceEpoch(line.timeMs).toString(QStringLiteral("HH:mm:ss.zzz"));
    case Column::Level:
        return line.level == LogLevel::Error     ? tr("Error")
               : line.level == LogLevel::Warning ? tr("Warning")
               : line.level == LogLevel::Info    ? tr("Info")
                                                 : tr("Debug");
    case Column::Source:
        return qtext(line.category);
    case Column::Text:
        return qtext(line.text);
    case Column::Count:
        break;
    }
    return {};
}

QVariant LogModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (static_cast<Column>(section)) {
    case Column::Time:
        return tr("Time of day");
    case Column::Level:
        return tr("Level");
    case Column::Source:
        return tr("Source");
    case Column::Text:
        return tr("Text");
    case Column::Count:
        break;
    }
    return {};
}

void LogFilter::setLevel(LogLevel level) {
    m_level = level;
    invalidateFilter();
}

void LogFilter::setSearch(const QString& text) {
    m_search = text;
    invalidateFilter();
}

bool LogFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const auto at = [&](LogModel::Column column) {
        return sourceModel()->index(row, static_cast<int>(column), parent);
    };
    if (at(LogModel::Column::Time).data(LogModel::LevelRole).toInt() < static_cast<int>(m_level)) return false;
    if (m_search.isEmpty()) return true;
    return at(LogModel::Column::Text).data().toString().contains(m_search, Qt::CaseInsensitive) ||
           at(LogModel::Column::Source).data().toString().contains(m_search, Qt::CaseInsensitive);
}

} // namespace vitrine
