// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/graph/matrixview.hpp"

#include "widgets/base/hovercard.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/plot/plotdata.hpp"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace vitrine {

namespace {
constexpr qsizetype CacheBytes = 96 << 20;
constexpr double LargestCell = 64, FittedCell = 44;
} // namespace

MatrixView::MatrixView(QWidget* parent) : QWidget(parent), m_tiles(CacheBytes), m_card(new HoverCard(this)) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

MatrixView::~MatrixView() = default;

void MatrixView::setSource(TileSource* source) {
    if (m_source) m_source->disconnect(this);
    m_source = source;
    m_tiles.clear();
    m_hover.reset();
    m_card->hide();
    if (source) {
        connect(source, &TileSource::ready, this,
                [this](const TileKey& key, const std::shared_ptr<const MatrixTile>& tile) {
                    if (!tile) return;
                    auto* entry = new Entry;
                    entry->tile = tile;
                    const auto boxes = static_cast<qsizetype>(tile->values.size());
                    m_tiles.insert(key, entry, boxes * 12 + 64);
                    update();
                });
        connect(source, &TileSource::changed, this, [this] {
            m_tiles.clear();
            if (m_isFitted) fit();
            clampOffset();
            requestTiles();
            update();
        });
        connect(source, &QObject::destroyed, this, [this] { setSource(nullptr); });
    }
    fit();
    describeAloud();
}

void MatrixView::setEmptyText(const QString& text) {
    m_emptyText = text;
    update();
}
void MatrixView::setColorMap(ColorMap map) {
    m_map = map;
    for (const TileKey& key : m_tiles.keys()) m_tiles.object(key)->image = QImage();
    update();
}
void MatrixView::setValueRange(double low, double high) {
    m_low = low;
    m_high = high > low ? high : low + 1;
    setColorMap(m_map);
}
void MatrixView::setHighlightedRound(std::uint32_t round) {
    if (m_round == round) return;
    m_round = round;
    setColorMap(m_map);
}
void MatrixView::setLabels(Label row, Label column) {
    m_rowLabel = std::move(row);
    m_columnLabel = std::move(column);
    if (m_isFitted) fit();
    update();
}
void MatrixView::setAxisNames(const QString& row, const QString& column) {
    m_rowAxis = row;
    m_columnAxis = column;
    describeAloud();
}
void MatrixView::setDescribe(Describe describe) {
    m_describe = std::move(describe);
}

QRect MatrixView::body() const {
    return rect().adjusted(m_margin.width(), m_margin.height(), -Theme::px(4), -Theme::px(4));
}

// Cells of a small matrix fill the room up to a size beyond which they look like tiles of a bathroom.
double MatrixView::largestFitted(int height) const {
    return Theme::px(height < Theme::px(480) ? FittedCell : LargestCell);
}

int MatrixView::widthFor(int height) const {
    if (!m_source || m_source->rows() == 0 || m_source->columns() == 0) return 0;
    const double cell = std::min(largestFitted(height), static_cast<double>(std::max(1, height - m_margin.height())) /
                                                            static_cast<double>(m_source->rows()));
    const double wide = m_margin.width() + static_cast<double>(m_source->columns()) * cell + Theme::px(28);
    return static_cast<int>(std::min(wide, 1e6));
}

void MatrixView::fit() {
    m_isFitted = true;
    m_offset = QPointF();
    if (!m_source || m_source->rows() == 0 || m_source->columns() == 0) return update();
    m_scale = largestFitted(height());
    for (int round = 0; round < 2; ++round) { // labels change the room, the room changes the scale
        measureMargins();
        const QRect area = body();
        m_scale = std::min({static_cast<double>(area.width()) / static_cast<double>(m_source->columns()),
                            static_cast<double>(area.height()) / static_cast<double>(m_source->rows()),
                            largestFitted(height())});
        m_scale = std::max(m_scale, 1e-4);
        if (m_scale >= 6) m_scale = std::floor(m_scale);
    }
    measureMargins();
    requestTiles();
    update();
}

void MatrixView::zoomTo(double pixelsPerCell, const MatrixCell& centre) {
    m_isFitted = false;
    m_scale = std::clamp(pixelsPerCell, 1e-4, static_cast<double>(Theme::px(LargestCell)));
    measureMargins();
    const QRect area = body();
    m_offset = QPointF(static_cast<double>(centre.column) + 0.5 - area.width() / m_scale / 2,
                       static_cast<double>(centre.row) + 0.5 - area.height() / m_scale / 2);
    clampOffset();
    requestTiles();
    update();
}

void MatrixView::measureMargins() {
    const QFontMetrics metrics(Theme::font(TextSize::Caption));
    int rowWidth = 0, columnWidth = 0;
    if (m_source && m_rowLabel && m_columnLabel) {
        const auto widest = [&](const Label& label, qint64 from, qint64 count) {
            int width = 0;
            const qint64 step = std::max<qint64>(1, count / 200);
            for (qint64 i = from; i < from + count; i += step)
                width = std::max(width, metrics.horizontalAdvance(label(i)));
            return std::min(width, Theme::px(96));
        };
        const auto inView = [&](double offset, int pixels, qint64 all) {
            const qint64 first = std::clamp<qint64>(static_cast<qint64>(offset), 0, all);
            return std::pair{first, std::min<qint64>(all - first, static_cast<qint64>(pixels / m_scale) + 2)};
        };
        const auto rows = inView(m_offset.y(), height(), m_source->rows());
        const auto columns = inView(m_offset.x(), width(), m_source->columns());
        rowWidth = widest(m_rowLabel, rows.first, rows.second);
        columnWidth = widest(m_columnLabel, columns.first, columns.second);
    }
    m_slanted = columnWidth + Theme::px(6) > m_scale && m_scale >= metrics.height() * 0.9;
    m_margin = QSize(rowWidth + Theme::px(16),
                     m_slanted ? static_cast<int>(columnWidth * 0.72) + metrics.height() + Theme::px(6)
                               : metrics.height() + Theme::px(12));
}

void MatrixView::clampOffset() {
    if (!m_source) return;
    const QRect area = body();
    const auto clampAxis = [&](double offset, int pixels, qint64 count) {
        const double shown = pixels / m_scale;
        return shown >= static_cast<double>(count) ? 0.0 : std::clamp(offset, 0.0, static_cast<double>(count) - shown);
    };
    m_offset = QPointF(clampAxis(m_offset.x(), area.width(), m_source->columns()),
                       clampAxis(m_offset.y(), area.height(), m_source->rows()));
}

void MatrixView::zoomBy(double factor, const QPointF& at) {
    if (!m_source) return;
    const QRect area = body();
    const QPointF local = at - area.topLeft();
    const QPointF cell = m_offset + local / m_scale;
    const double smallest =
        std::min({static_cast<double>(area.width()) / static_cast<double>(std::max<qint64>(1, m_source->columns())),
                  static_cast<double>(area.height()) / static_cast<double>(std::max<qint64>(1, m_source->rows())),
                  largestFitted(height())});
    m_scale = std::clamp(m_scale * factor, smallest, std::max(smallest, static_cast<double>(Theme::px(LargestCell))));
    m_isFitted = m_scale <= smallest;
    measureMargins();
    m_offset = cell - (at - body().topLeft()) / m_scale;
    clampOffset();
    requestTiles();
    update();
}

int MatrixView::levelNow() const {
    const double device = m_scale * devicePixelRatioF();
    return device >= 1 ? 0 : std::min(30, static_cast<int>(std::floor(std::log2(1 / device) + 1e-9)));
}

QVector<TileKey> MatrixView::tilesInView(int level) const {
    QVector<TileKey> keys;
    if (!m_source || m_source->rows() == 0 || m_source->columns() == 0) return keys;
    const double cells = static_cast<double>(static_cast<qint64>(TileKey::Extent) << level);
    const QRect area = body();
    const auto last = [&](double offset, int pixels, qint64 count) {
        return static_cast<int>(
            std::floor(std::min(offset + pixels / m_scale, static_cast<double>(count) - 0.5) / cells));
    };
    const int bottom = last(m_offset.y(), area.height(), m_source->rows()),
              right = last(m_offset.x(), area.width(), m_source->columns());
    for (int row = static_cast<int>(m_offset.y() / cells); row <= bottom; ++row)
        for (int column = static_cast<int>(m_offset.x() / cells); column <= right; ++column)
            keys.append({level, row, column});
    const double midRow = (m_offset.y() + area.height() / m_scale / 2) / cells - 0.5,
                 midColumn = (m_offset.x() + area.width() / m_scale / 2) / cells - 0.5;
    std::sort(keys.begin(), keys.end(), [&](const TileKey& a, const TileKey& b) {
        return std::hypot(a.row - midRow, a.column - midColumn) < std::hypot(b.row - midRow, b.column - midColumn);
    });
    return keys;
}

void MatrixView::requestTiles() {
    if (!m_source || !isVisible()) return;
    QVector<TileKey> wanted;
    for (const TileKey& key : tilesInView(levelNow()))
        if (!m_tiles.contains(key)) wanted.append(key);
    // The coarse picture first when nothing at all is here: something to look at within one answer.
    if (m_tiles.isEmpty() && wanted.size() > 4)
        for (const TileKey& key : tilesInView(levelNow() + 3)) wanted.prepend(key);
    m_source->want(wanted);
}

bool MatrixView::isSharp() const {
    const QVector<TileKey> keys = tilesInView(levelNow());
    return std::all_of(keys.begin(), keys.end(), [this](const TileKey& key) { return m_tiles.contains(key); });
}

QRectF MatrixView::boxRect(qint64 top, qint64 left, qint64 bottom, qint64 right) const {
    const QPoint origin = body().topLeft();
    const auto x = [&](qint64 cell) { return origin.x() + (static_cast<double>(cell) - m_offset.x()) * m_scale; };
    const auto y = [&](qint64 cell) { return origin.y() + (static_cast<double>(cell) - m_offset.y()) * m_scale; };
    return QRectF(QPointF(x(left), y(top)), QPointF(x(right), y(bottom)));
}

QRect MatrixView::cellRect(const MatrixCell& cell) const {
    return boxRect(cell.row, cell.column, cell.row + 1, cell.column + 1).toAlignedRect();
}

std::optional<MatrixCell> MatrixView::cellAt(const QPoint& position) const {
    if (!m_source || !body().contains(position)) return std::nullopt;
    const QPointF at = m_offset + QPointF(position - body().topLeft()) / m_scale;
    const MatrixCell cell{static_cast<qint64>(std::floor(at.y())), static_cast<qint64>(std::floor(at.x()))};
    if (cell.row >= m_source->rows() || cell.column >= m_source->columns()) return std::nullopt;
    return cell;
}

std::optional<float> MatrixView::valueAt(const MatrixCell& cell) const {
    const TileKey key{0, static_cast<int>(cell.row / TileKey::Extent), static_cast<int>(cell.column / TileKey::Extent)};
    const Entry* entry = m_tiles.object(key);
    if (!entry) return std::nullopt;
    const qint64 row = cell.row - key.top(), column = cell.column - key.left();
    if (row >= entry->tile->height || column >= entry->tile->width) return std::nullopt;
    return entry->tile->values[static_cast<std::size_t>(row * entry->tile->width + column)];
}

void MatrixView::setCurrent(std::optional<MatrixCell> cell) {
    if (cell && (!m_source || cell->row < 0 || cell->column < 0 || cell->row >= m_source->rows() ||
                 cell->column >= m_source->columns()))
        cell.reset();
    if (m_current == cell) return;
    m_current = cell;
    if (cell) {
        const QRectF box = boxRect(cell->row, cell->column, cell->row + 1, cell->column + 1);
        const QRect area = body();
        if (box.left() < area.left() || box.right() > area.right() || box.top() < area.top() ||
            box.bottom() > area.bottom()) {
            const double across = area.width() / m_scale, down = area.height() / m_scale;
            m_offset = QPointF(
                std::clamp(m_offset.x(), static_cast<double>(cell->column + 1) - across,
                           static_cast<double>(cell->column)),
                std::clamp(m_offset.y(), static_cast<double>(cell->row + 1) - down, static_cast<double>(cell->row)));
            clampOffset();
            requestTiles();
        }
        Q_EMIT currentChanged(*cell);
    }
    describeAloud();
    update();
}

void MatrixView::describeAloud() {
    if (!m_source) return setAccessibleDescription(m_emptyText);
    QString text = tr("Matrix of %1 rows and %2 columns.").arg(m_source->rows()).arg(m_source->columns());
    if (m_current) {
        const QString row = m_rowLabel ? m_rowLabel(m_current->row) : QString::number(m_current->row);
        const QString column = m_columnLabel ? m_columnLabel(m_current->column) : QString::number(m_current->column);
        text +=
            QLatin1Char(' ') +
            tr("Cell %1, %2: %3.")
                .arg(row, column, valueAt(*m_current) ? plot::longNumber(*valueAt(*m_current)) : tr("not read yet"));
    }
    setAccessibleDescription(text);
}

QSize MatrixView::sizeHint() const {
    return {Theme::px(320), Theme::px(260)};
}
QSize MatrixView::minimumSizeHint() const {
    return {Theme::px(140), Theme::px(120)};
}

} // namespace vitrine
