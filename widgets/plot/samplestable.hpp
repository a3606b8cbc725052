// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/plot/plotdata.hpp"

#include <QAbstractTableModel>

#include <vector>

namespace vitrine::plot {

/// The samples of a plot as rows, one per point: what "show as table", the clipboard and CSV files hold.
class SamplesTable final : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum class Column { Curve, Step, Time, Value, Low, High, Count };
    static constexpr int SortRole = Qt::UserRole;
    struct Part {
        QString name;
        Samples samples;
    };
    explicit SamplesTable(std::vector<Part> parts, QObject* parent = nullptr);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// The whole table with a head line, C locale, ISO 8601 times. \param separator ',' or a tab
    [[nodiscard]] QByteArray text(char separator) const;

  private:
    [[nodiscard]] std::pair<const Part*, qsizetype> locate(int row) const;
    std::vector<Part> m_parts;
    std::vector<qsizetype> m_starts;
    qsizetype m_rows = 0;
};

} // namespace vitrine::plot
