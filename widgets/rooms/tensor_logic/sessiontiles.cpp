// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/sessiontiles.hpp"

#include "widgets/rooms/tensor_logic/logicclient.hpp"

#include <algorithm>
#include <cmath>

namespace vitrine {

SessionTiles::SessionTiles(LogicClient& client, QString tag, QObject* parent)
    : TileSource(parent), m_client(client), m_tag(std::move(tag)) {}

void SessionTiles::show(const QString& tensor, qint64 rows, qint64 columns, const QVector<qint64>& prefix,
                        std::uint32_t through) {
    m_tensor = tensor;
    m_rows = rows;
    m_columns = columns;
    m_prefix = prefix;
    m_through = through;
    ++m_generation;
    m_isAsking = false;
    m_wanted.clear();
    Q_EMIT changed();
}

void SessionTiles::clear() {
    show({}, 0, 0, {}, 0);
}

void SessionTiles::want(const QVector<TileKey>& keys) {
    m_wanted = keys;
    askNext();
}

void SessionTiles::askNext() {
    if (m_isAsking || m_wanted.isEmpty() || m_tensor.isEmpty() || !m_client.isReady()) return;
    const TileKey key = m_wanted.takeFirst();
    const qint64 box = 1LL << key.level, span = static_cast<qint64>(TileKey::Extent) * box;
    const qint64 bottom = std::min(m_rows, key.top() + span), right = std::min(m_columns, key.left() + span);
    if (bottom <= key.top() || right <= key.left()) return askNext();
    const int height = static_cast<int>((bottom - key.top() + box - 1) / box),
              width = static_cast<int>((right - key.left() + box - 1) / box);
    Json prefix = Json::array();
    for (const qint64 each : m_prefix) prefix.push_back(each);
    m_isAsking = true;
    m_client.ask(m_tag,
                 Json{{"request", "tile"},
                      {"tensor", m_tensor.toStdString()},
                      {"prefix", prefix},
                      {"top", key.top()},
                      {"left", key.left()},
                      {"bottom", key.top() + height * box},
                      {"right", key.left() + width * box},
                      {"height", height},
                      {"width", width},
                      {"through", m_through}},
                 this, [this, key, height, width, generation = m_generation](const Reply& reply) {
                     if (generation != m_generation || !reply.final) return;
                     m_isAsking = false;
                     const auto* values = std::get_if<TensorSnapshot>(&reply.value);
                     if (values && values->shape.size() == 3) {
                         auto tile = std::make_shared<MatrixTile>();
                         tile->height = height;
                         tile->width = width;
                         const auto boxes = static_cast<std::size_t>(height) * static_cast<std::size_t>(width);
                         const float* data = values->as<float>();
                         tile->values.assign(data, data + boxes);
                         tile->rounds.resize(boxes);
                         for (std::size_t i = 0; i < boxes; ++i)
                             tile->rounds[i] = static_cast<std::uint32_t>(data[boxes + i]);
                         Q_EMIT ready(key, tile);
                     }
                     askNext();
                 });
}

void DenseTiles::show(const TensorSnapshot& tensor) {
    m_tensor = tensor;
    const std::size_t rank = tensor.shape.size();
    m_columns = rank >= 1 ? tensor.shape[rank - 1] : (tensor.data ? 1 : 0);
    m_rows = rank >= 2 ? tensor.shape[rank - 2] : (tensor.data ? 1 : 0);
    m_low = m_high = 0;
    for (qint64 row = 0; row < m_rows; ++row)
        for (qint64 column = 0; column < m_columns; ++column) {
            const double value = at(row, column);
            if (!std::isfinite(value)) continue;
            m_low = std::min(m_low, value);
            m_high = std::max(m_high, value);
        }
    Q_EMIT changed();
}

double DenseTiles::at(qint64 row, qint64 column) const {
    const qint64 index = row * m_columns + column;
    switch (m_tensor.dtype) {
    case DType::Bool:
        return m_tensor.as<std::uint8_t>()[index];
    case DType::Int64:
        return static_cast<double>(m_tensor.as<std::int64_t>()[index]);
    case DType::Float32:
        return static_cast<double>(m_tensor.as<float>()[index]);
    case DType::Float64:
        return m_tensor.as<double>()[index];
    }
    return 0;
}

void DenseTiles::want(const QVector<TileKey>& keys) {
    for (const TileKey& key : keys) {
        const qint64 box = 1LL << key.level;
        auto tile = std::make_shared<MatrixTile>();
        tile->height = static_cast<int>(std::min<qint64>(TileKey::Extent, (m_rows - key.top() + box - 1) / box));
        tile->width = static_cast<int>(std::min<qint64>(TileKey::Extent, (m_columns - key.left() + box - 1) / box));
        if (tile->height <= 0 || tile->width <= 0) continue;
        tile->values.reserve(static_cast<std::size_t>(tile->height) * static_cast<std::size_t>(tile->width));
        for (qint64 y = 0; y < tile->height; ++y)
            for (qint64 x = 0; x < tile->width; ++x) {
                double sum = 0;
                qint64 count = 0;
                for (qint64 row = key.top() + y * box; row < std::min(m_rows, key.top() + (y + 1) * box); ++row)
                    for (qint64 column = key.left() + x * box; column < std::min(m_columns, key.left() + (x + 1) * box);
                         ++column, ++count)
                        sum += at(row, column);
                tile->values.push_back(count > 0 ? static_cast<float>(sum / static_cast<double>(count)) : 0.0F);
            }
        Q_EMIT ready(key, tile);
    }
}

} // namespace vitrine
