// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/theme.hpp"
#include "widgets/graph/matrixview.hpp"
#include "widgets/plot/plotdata.hpp"

#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

/// Painting of a matrix: cells one by one when they can be told apart, tile images below that.
namespace vitrine {

namespace {
constexpr double CellwiseAbove = 7; ///< pixels a cell
} // namespace

namespace {
/// 256 shades of what a cell can be, so that a tile of 65,536 boxes becomes an image within a frame.
struct Shades {
    std::array<QRgb, 256> first, later, fresh, scale;
    explicit Shades(ColorMap map) {
        const ThemeTokens& t = Theme::tokens();
        const QColor orange = Theme::hue(Hue::Orange);
        for (std::size_t i = 0; i < 256; ++i) {
            const double share = static_cast<double>(i) / 255;
            if (map != ColorMap::Presence) scale[i] = mapColor(map, share);
            first[i] = mix(t.accent, t.sunken, share).rgb();
            later[i] = mix(t.accent, t.sunken, share * 0.68).rgb();
            fresh[i] = mix(orange, t.sunken, share).rgb();
        }
    }
};
std::size_t shade(double share) {
    return static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * 255));
}

/// A box of many cells shows its share, lifted so that a single tuple among thousands can still be seen.
double presence(float value, qint64 cellsInBox) {
    if (!(value > 0)) return 0;
    return cellsInBox <= 1
               ? 1
               : 0.35 +
                     0.65 * std::pow(std::min(1.0, static_cast<double>(value) / static_cast<double>(cellsInBox)), 0.4);
}
} // namespace

QColor MatrixView::cellColor(float value, std::uint32_t round, qint64 cellsInBox) const {
    const ThemeTokens& t = Theme::tokens();
    if (m_map != ColorMap::Presence && value == 0 && m_low == 0) return t.sunken; // nothing there
    if (m_map != ColorMap::Presence)
        return QColor::fromRgb(mapColor(m_map, (static_cast<double>(value) - m_low) / (m_high - m_low)));
    const double share = presence(value, cellsInBox);
    if (m_round > 0 && round == m_round) return mix(Theme::hue(Hue::Orange), t.sunken, share);
    return mix(t.accent, t.sunken, round > 1 ? share * 0.68 : share);
}

QImage& MatrixView::imageOf(Entry& entry, int level) {
    if (!entry.image.isNull()) return entry.image;
    const MatrixTile& tile = *entry.tile;
    entry.image = QImage(std::max(1, tile.width), std::max(1, tile.height), QImage::Format_RGB32);
    const qint64 cells = level == 0 ? 1 : 1LL << (2 * std::min(level, 30));
    const Shades shades(m_map);
    const double factor = 1 / (m_high - m_low);
    const auto colorAt = [&](std::size_t at) {
        const float value = tile.values[at];
        if (m_map != ColorMap::Presence) {
            if (value == 0 && m_low == 0) return shades.first[0]; // nothing there
            const double t = (static_cast<double>(value) - m_low) * factor;
            return std::isnan(t) ? mapColor(m_map, t) : shades.scale[shade(t)];
        }
        if (!(value > 0)) return shades.first[0];
        const std::uint32_t round = at < tile.rounds.size() ? tile.rounds[at] : 0;
        const auto& ramp = m_round > 0 && round == m_round ? shades.fresh : round > 1 ? shades.later : shades.first;
        return ramp[shade(presence(value, cells))];
    };
    for (int y = 0; y < tile.height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(entry.image.scanLine(y));
        const std::size_t start = static_cast<std::size_t>(y) * static_cast<std::size_t>(tile.width);
        for (int x = 0; x < tile.width; ++x) line[x] = colorAt(start + static_cast<std::size_t>(x));
    }
    return entry.image;
}

bool MatrixView::paintStandIn(QPainter& painter, const TileKey& key) {
    for (int up = 1; up <= 12; ++up) {
        const TileKey coarse{key.level + up, key.row >> up, key.column >> up};
        Entry* entry = m_tiles.object(coarse);
        if (!entry) continue;
        const qint64 bottom =
            std::min<qint64>(m_source->rows(), key.top() + (static_cast<qint64>(TileKey::Extent) << key.level));
        const qint64 right =
            std::min<qint64>(m_source->columns(), key.left() + (static_cast<qint64>(TileKey::Extent) << key.level));
        const double box = static_cast<double>(1LL << coarse.level);
        const QRectF part(static_cast<double>(key.left() - coarse.left()) / box,
                          static_cast<double>(key.top() - coarse.top()) / box,
                          static_cast<double>(right - key.left()) / box, static_cast<double>(bottom - key.top()) / box);
        painter.drawImage(boxRect(key.top(), key.left(), bottom, right), imageOf(*entry, coarse.level), part);
        return true;
    }
    return false;
}

void MatrixView::paintImages(QPainter& painter) {
    const int level = levelNow();
    painter.setRenderHint(QPainter::SmoothPixmapTransform, m_scale * devicePixelRatioF() < 1);
    for (const TileKey& key : tilesInView(level)) {
        Entry* entry = m_tiles.object(key);
        const qint64 bottom =
            std::min<qint64>(m_source->rows(), key.top() + (static_cast<qint64>(TileKey::Extent) << level));
        const qint64 right =
            std::min<qint64>(m_source->columns(), key.left() + (static_cast<qint64>(TileKey::Extent) << level));
        if (entry)
            painter.drawImage(boxRect(key.top(), key.left(), bottom, right), imageOf(*entry, level));
        else if (!paintStandIn(painter, key))
            painter.fillRect(boxRect(key.top(), key.left(), bottom, right),
                             QBrush(Theme::tokens().hairline, Qt::BDiagPattern));
    }
}

void MatrixView::paintCells(QPainter& painter) {
    const ThemeTokens& t = Theme::tokens();
    const bool isRound = m_scale >= 14;
    const double gap = std::clamp(m_scale * 0.07, 1.0, 3.0), radius = std::min(4.0, m_scale * 0.1);
    painter.setRenderHint(QPainter::Antialiasing, isRound);
    painter.setPen(Qt::NoPen);
    const QRectF area = body();
    const QFont small = Theme::font(TextSize::Caption);
    const QFontMetricsF metrics(small);
    const bool hasText = m_scale >= metrics.height() * 1.2;
    const double newWidth = metrics.horizontalAdvance(tr("new"));
    painter.setFont(small);
    const qint64 lastRow =
        std::min<qint64>(m_source->rows() - 1, static_cast<qint64>(m_offset.y() + area.height() / m_scale));
    const qint64 lastColumn =
        std::min<qint64>(m_source->columns() - 1, static_cast<qint64>(m_offset.x() + area.width() / m_scale));
    for (const TileKey& key : tilesInView(0)) {
        const Entry* entry = m_tiles.object(key);
        if (!entry) {
            if (!paintStandIn(painter, key))
                painter.fillRect(boxRect(key.top(), key.left(),
                                         std::min<qint64>(m_source->rows(), key.top() + TileKey::Extent),
                                         std::min<qint64>(m_source->columns(), key.left() + TileKey::Extent)),
                                 QBrush(t.hairline, Qt::BDiagPattern));
            painter.setPen(Qt::NoPen);
            continue;
        }
        const MatrixTile& tile = *entry->tile;
        const qint64 top = std::max<qint64>(key.top(), static_cast<qint64>(m_offset.y())),
                     left = std::max<qint64>(key.left(), static_cast<qint64>(m_offset.x()));
        for (qint64 row = top; row <= std::min<qint64>(lastRow, key.top() + tile.height - 1); ++row)
            for (qint64 column = left; column <= std::min<qint64>(lastColumn, key.left() + tile.width - 1); ++column) {
                const auto at = static_cast<std::size_t>((row - key.top()) * tile.width + column - key.left());
                const float value = tile.values[at];
                const std::uint32_t round = at < tile.rounds.size() ? tile.rounds[at] : 0;
                const QColor color = cellColor(value, round, 1);
                const QRectF box = boxRect(row, column, row + 1, column + 1).adjusted(0, 0, -gap, -gap);
                if (isRound) {
                    painter.setBrush(color);
                    painter.drawRoundedRect(box, radius, radius);
                } else
                    painter.fillRect(box, color);
                if (!hasText) continue;
                const bool isNew = m_map == ColorMap::Presence && m_round > 0 && round == m_round && value > 0;
                if (!isNew && (m_map == ColorMap::Presence || value == 0)) continue;
                const QString text = isNew ? tr("new") : plot::shortNumber(static_cast<double>(value));
                if ((isNew ? newWidth : metrics.horizontalAdvance(text)) + 4 > box.width())
                    continue; // the card says it
                painter.setPen(inkUpon(color));
                painter.drawText(box, Qt::AlignCenter, text);
                painter.setPen(Qt::NoPen);
            }
    }
}

void MatrixView::paintMarks(QPainter& painter) {
    const ThemeTokens& t = Theme::tokens();
    painter.setRenderHint(QPainter::Antialiasing, m_scale >= 6);
    painter.setBrush(Qt::NoBrush);
    const double gap = m_scale >= CellwiseAbove ? std::clamp(m_scale * 0.07, 1.0, 3.0) : 0;
    const auto ring = [&](const MatrixCell& cell, const QColor& color, double width) {
        QRectF box = boxRect(cell.row, cell.column, cell.row + 1, cell.column + 1).adjusted(0, 0, -gap, -gap);
        if (box.width() < 6) box = QRectF(box.center() - QPointF(4, 4), QSizeF(8, 8));
        painter.setPen(QPen(color, width));
        painter.drawRoundedRect(box.adjusted(width / 2, width / 2, -width / 2, -width / 2), 4, 4);
    };
    if (m_hover && m_hover != m_current) ring(*m_hover, t.secondary, 1);
    if (m_current) ring(*m_current, t.text, 2);
}

void MatrixView::paintLabels(QPainter& painter) {
    if (!m_rowLabel || !m_columnLabel) return;
    const ThemeTokens& t = Theme::tokens();
    const QFont font = Theme::font(TextSize::Caption);
    painter.setFont(font);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFontMetrics metrics(font);
    const QRect area = body();
    const auto strideFor = [&](double room) {
        qint64 stride = 1;
        for (int i = 0; static_cast<double>(stride) * m_scale < room; ++i)
            stride = i % 3 == 1 ? stride * 5 / 2 : stride * 2; // 1 2 5 10 20 50
        return stride;
    };
    const auto ink = [&](bool isMarked) { return isMarked ? t.text : t.secondary; };
    const qint64 rowStride = strideFor(metrics.height() * 0.95);
    const qint64 firstRow = (static_cast<qint64>(m_offset.y()) + rowStride - 1) / rowStride * rowStride;
    for (qint64 row = firstRow; row < m_source->rows(); row += rowStride) {
        const QRectF box = boxRect(row, 0, row + 1, 1);
        if (box.center().y() > area.bottom()) break;
        painter.setPen(ink((m_current && m_current->row == row) || (m_hover && m_hover->row == row)));
        const QString text = metrics.elidedText(m_rowLabel(row), Qt::ElideRight, m_margin.width() - Theme::px(14));
        painter.drawText(
            QRectF(0, box.center().y() - metrics.height() / 2.0 - 1, area.left() - Theme::px(8), metrics.height()),
            Qt::AlignRight | Qt::AlignVCenter, text);
    }
    const qint64 columnStride = strideFor(m_slanted ? metrics.height() * 0.95 : m_margin.width() + Theme::px(6));
    const qint64 stride = m_slanted || m_scale < metrics.height() ? columnStride : 1;
    const qint64 firstColumn = (static_cast<qint64>(m_offset.x()) + stride - 1) / stride * stride;
    for (qint64 column = firstColumn; column < m_source->columns(); column += stride) {
        const QRectF box = boxRect(0, column, 1, column + 1);
        if (box.center().x() > area.right()) break;
        painter.setPen(ink((m_current && m_current->column == column) || (m_hover && m_hover->column == column)));
        const QString text = metrics.elidedText(m_columnLabel(column), Qt::ElideRight, Theme::px(96));
        if (!m_slanted) {
            painter.drawText(QRectF(box.center().x() - 60, 0, 120, area.top() - Theme::px(5)),
                             Qt::AlignHCenter | Qt::AlignBottom, text);
            continue;
        }
        painter.save();
        painter.translate(box.center().x() + metrics.height() * 0.2, area.top() - Theme::px(5));
        painter.rotate(-45);
        painter.drawText(QPointF(0, 0), text);
        painter.restore();
    }
}

void MatrixView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const ThemeTokens& t = Theme::tokens();
    const bool isEmpty = !m_source || m_source->rows() == 0 || m_source->columns() == 0;
    if (isEmpty) {
        painter.setPen(t.secondary);
        painter.setFont(Theme::font(TextSize::Body));
        painter.drawText(rect().adjusted(Space::l(), 0, -Space::l(), 0), Qt::AlignCenter | Qt::TextWordWrap,
                         m_emptyText);
    } else {
        painter.save();
        painter.setClipRect(body());
        m_scale >= CellwiseAbove ? paintCells(painter) : paintImages(painter);
        paintMarks(painter);
        painter.restore();
        paintLabels(painter);
    }
    if (!hasFocus()) return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(t.accent, 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), Theme::px(6), Theme::px(6));
}

} // namespace vitrine
