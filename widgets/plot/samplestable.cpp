// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/samplestable.hpp"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine::plot {

namespace {
template <typename T>
T at(const QVector<T>& values, qsizetype index, T missing) {
    return index < values.size() ? values[index] : missing;
}

QString isoTime(qint64 ms) {
    return QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC).toString(Qt::ISODateWithMs);
}

QByteArray fileNumber(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
    return QByteArray::number(value, 'g', 17).size() > QByteArray::number(value, 'g', 15).size() &&
                   QByteArray::number(value, 'g', 15).toDouble() == value
               ? QByteArray::number(value, 'g', 15)
               : QByteArray::number(value, 'g', 17);
}

QByteArray fileText(QString text, char separator) {
    if (!text.contains(QLatin1Char(separator)) && !text.contains(QLatin1Char('"')) && !text.contains(QLatin1Char('\n')))
        return text.toUtf8();
    return '"' + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")).toUtf8() + '"';
}
} // namespace

SamplesTable::SamplesTable(std::vector<Part> parts, QObject* parent)
    : QAbstractTableModel(parent), m_parts(std::move(parts)) {
    for (const Part& part : m_parts) {
        m_starts.push_back(m_rows);
        m_rows += part.samples.size();
    }
}

int SamplesTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(std::min<qsizetype>(m_rows, std::numeric_limits<int>::max()));
}
int SamplesTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(Column::Count);
}

std::pair<const SamplesTable::Part*, qsizetype> SamplesTable::locate(int row) const {
    const auto after = std::upper_bound(m_starts.begin(), m_starts.end(), static_cast<qsizetype>(row));
    std::size_t part = static_cast<std::size_t>(after - m_starts.begin()) - 1;
    return {&m_parts[part], row - m_starts[part]};
}

QVariant SamplesTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (index.column() == 0 ? Qt::AlignLeft : Qt::AlignRight));
    if (role != Qt::DisplayRole && role != SortRole && role != Qt::ToolTipRole) return {};
    const auto [part, i] = locate(index.row());
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto number = [&](double value) -> QVariant {
        if (role == SortRole) return value;
        if (role == Qt::ToolTipRole) return QString::fromLatin1(fileNumber(value));
        return longNumber(value);
    };
    switch (static_cast<Column>(index.column())) {
    case Column::Curve:
        return part->name;
    case Column::Step:
        return number(at(part->samples.x, i, nan));
    case Column::Time: {
        const qint64 ms = at<qint64>(part->samples.timeMs, i, 0);
        if (role == SortRole) return ms;
        if (ms == 0) return {};
        return role == Qt::ToolTipRole
                   ? isoTime(ms)
                   : QLocale().toString(QDateTime::fromMSecsSinceEpoch(ms).time(), QLocale::LongFormat);
    }
    case Column::Value:
        return number(at(part->samples.y, i, nan));
    case Column::Low:
        return i < part->samples.low.size() ? number(part->samples.low[i]) : QVariant();
    case Column::High:
        return i < part->samples.high.size() ? number(part->samples.high[i]) : QVariant();
    case Column::Count:
        break;
    }
    return {};
}

QVariant SamplesTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole) return {};
    if (orientation == Qt::Vertical) return section + 1;
    switch (static_cast<Column>(section)) {
    case Column::Curve:
        return tr("Curve");
    case Column::Step:
        return tr("Step");
    case Column::Time:
        return tr("Time");
    case Column::Value:
        return tr("Value");
    case Column::Low:
        return tr("Low");
    case Column::High:
        return tr("High");
    case Column::Count:
        break;
    }
    return {};
}

QByteArray SamplesTable::text(char separator) const {
    QByteArray out = QByteArrayList{"curve", "step", "time", "value", "low", "high"}.join(separator) + '\n';
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const Part& part : m_parts) {
        const QByteArray name = fileText(part.name, separator);
        for (qsizetype i = 0; i < part.samples.size(); ++i) {
            const qint64 ms = at<qint64>(part.samples.timeMs, i, 0);
            out += name + separator + fileNumber(at(part.samples.x, i, nan)) + separator +
                   (ms ? isoTime(ms).toLatin1() : QByteArray()) + separator + fileNumber(part.samples.y[i]) +
                   separator + (i < part.samples.low.size() ? fileNumber(part.samples.low[i]) : QByteArray()) +
                   separator + (i < part.samples.high.size() ? fileNumber(part.samples.high[i]) : QByteArray()) + '\n';
        }
    }
    return out;
}

} // namespace vitrine::plot
