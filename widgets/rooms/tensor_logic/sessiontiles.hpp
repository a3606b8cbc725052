// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"
#include "widgets/graph/tilesource.hpp"

#include <QString>

namespace vitrine {

class LogicClient;

/// Tiles of a tensor of the last evaluation, asked from the session one at a time.
class SessionTiles final : public TileSource {
    Q_OBJECT
  public:
    explicit SessionTiles(LogicClient& client, QString tag, QObject* parent = nullptr);
    /// \param through  last round to show, 0: all
    void show(const QString& tensor, qint64 rows, qint64 columns, const QVector<qint64>& prefix, std::uint32_t through);
    void clear();

    qint64 rows() const override { return m_rows; }
    qint64 columns() const override { return m_columns; }
    void want(const QVector<TileKey>& keys) override;

  private:
    void askNext();
    LogicClient& m_client;
    QString m_tag, m_tensor;
    qint64 m_rows = 0, m_columns = 0;
    QVector<qint64> m_prefix;
    std::uint32_t m_through = 0;
    QVector<TileKey> m_wanted;
    bool m_isAsking = false;
    quint64 m_generation = 0;
};

/// Tiles of a matrix that is here as a whole: means of boxes.
class DenseTiles final : public TileSource {
    Q_OBJECT
  public:
    using TileSource::TileSource;
    void show(const TensorSnapshot& tensor); ///< last two axes; rank 1 is one row; others take their first slice
    [[nodiscard]] std::pair<double, double> range() const { return {m_low, m_high}; }
    qint64 rows() const override { return m_rows; }
    qint64 columns() const override { return m_columns; }
    void want(const QVector<TileKey>& keys) override;

  private:
    [[nodiscard]] double at(qint64 row, qint64 column) const;
    TensorSnapshot m_tensor;
    qint64 m_rows = 0, m_columns = 0;
    double m_low = 0, m_high = 0;
};

} // namespace vitrine
