// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QObject>
#include <QVector>

#include <cstdint>
#include <memory>
#include <vector>

namespace vitrine {

/// Which square of a matrix: boxes of 2^level cells, `Extent` boxes a side.
struct TileKey {
    static constexpr int Extent = 256;
    int level = 0;
    int row = 0, column = 0; ///< in tiles
    friend bool operator==(const TileKey&, const TileKey&) = default;
    [[nodiscard]] qint64 top() const { return (static_cast<qint64>(row) * Extent) << level; }
    [[nodiscard]] qint64 left() const { return (static_cast<qint64>(column) * Extent) << level; }
};
inline size_t qHash(const TileKey& key, size_t seed = 0) {
    return qHashMulti(seed, key.level, key.row, key.column);
}

/// Values of one tile, row-major, height * width boxes (smaller than Extent at the matrix's edges).
struct MatrixTile {
    int height = 0, width = 0;
    std::vector<float> values;         ///< relations: number of tuples in the box; numbers: their mean
    std::vector<std::uint32_t> rounds; ///< relations: the latest round in the box, 0 unknown; else empty
};

/// Where a MatrixView gets its cells from. Owned by whoever has the data; the view only asks.
class TileSource : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;
    [[nodiscard]] virtual qint64 rows() const = 0;
    [[nodiscard]] virtual qint64 columns() const = 0;
    /// What the view needs now, most urgent first; replaces what it wanted before. Answers come through `ready`, at
    /// once or later, in any order; wishes that are no longer on the list may be dropped.
    virtual void want(const QVector<TileKey>& keys) = 0;

  Q_SIGNALS:
    void ready(const vitrine::TileKey& key, std::shared_ptr<const vitrine::MatrixTile> tile);
    void changed(); ///< size or content: the view drops what it keeps
};

} // namespace vitrine
