// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/graph/colormap.hpp"
#include "widgets/graph/tilesource.hpp"

#include <QCache>
#include <QImage>
#include <QWidget>

#include <functional>
#include <optional>

namespace vitrine {

class HoverCard;

/// One cell of a matrix.
struct MatrixCell {
    qint64 row = 0, column = 0;
    friend bool operator==(const MatrixCell&, const MatrixCell&) = default;
};

/// A Boolean or numeric matrix of any size, panned and zoomed like a map: tiles at several resolutions come from a
/// TileSource and are kept in an LRU cache; a coarser tile stands in until the sharp one is there. Cells part when
/// they are large enough to be counted. Never asks for more than what is in view.
class MatrixView final : public QWidget {
    Q_OBJECT
  public:
    explicit MatrixView(QWidget* parent = nullptr);
    ~MatrixView() override;

    void setSource(TileSource* source); ///< null: shows the empty text. The source must outlive its use here
    void setEmptyText(const QString& text);
    void setColorMap(ColorMap map);
    void setValueRange(double low, double high); ///< what the ends of the map stand for; not used by Presence
    /// Cells that came in at this round are orange and say "new"; 0: none.
    void setHighlightedRound(std::uint32_t round);
    using Label = std::function<QString(qint64)>;
    void setLabels(Label row, Label column);
    void setAxisNames(const QString& row, const QString& column); ///< for the card and for assistive technology
    using Describe = std::function<QString(const MatrixCell&, double value, std::uint32_t round)>;
    void setDescribe(Describe describe); ///< rich text of the hover card

    void setCurrent(std::optional<MatrixCell> cell); ///< ring; scrolled into view
    [[nodiscard]] std::optional<MatrixCell> current() const { return m_current; }
    void fit();
    void zoomTo(double pixelsPerCell, const MatrixCell& centre);
    /// How wide it would be at this height with the whole matrix in view: for whoever shares out the room.
    [[nodiscard]] int widthFor(int height) const;
    [[nodiscard]] double pixelsPerCell() const { return m_scale; }
    [[nodiscard]] QRect cellRect(const MatrixCell& cell) const; ///< in widget coordinates, may lie outside
    [[nodiscard]] std::optional<MatrixCell> cellAt(const QPoint& position) const;
    /// Value at a cell if its sharp tile is here.
    [[nodiscard]] std::optional<float> valueAt(const MatrixCell& cell) const;
    [[nodiscard]] bool isSharp() const; ///< no tile in view is missing or stood in for
    [[nodiscard]] qsizetype cachedTiles() const { return m_tiles.size(); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void currentChanged(const vitrine::MatrixCell& cell);
    void activated(const vitrine::MatrixCell& cell); ///< double click or Enter
    void hovered(const vitrine::MatrixCell& cell);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    struct Entry {
        std::shared_ptr<const MatrixTile> tile;
        QImage image; ///< made when first painted small
    };
    [[nodiscard]] QRect body() const; ///< where cells are
    [[nodiscard]] double largestFitted(int height) const;
    void measureMargins();
    void clampOffset();
    void zoomBy(double factor, const QPointF& at);
    void requestTiles();
    [[nodiscard]] QVector<TileKey> tilesInView(int level) const;
    [[nodiscard]] int levelNow() const;
    [[nodiscard]] QColor cellColor(float value, std::uint32_t round, qint64 cellsInBox) const;
    void paintCells(QPainter& painter);
    void paintImages(QPainter& painter);
    bool paintStandIn(QPainter& painter, const TileKey& key);
    QImage& imageOf(Entry& entry, int level);
    void paintLabels(QPainter& painter);
    void paintMarks(QPainter& painter);
    void showCard(const MatrixCell& cell, const QPoint& at);
    void describeAloud();
    [[nodiscard]] QRectF boxRect(qint64 top, qint64 left, qint64 bottom, qint64 right) const;

    TileSource* m_source = nullptr;
    QCache<TileKey, Entry> m_tiles;
    QString m_emptyText, m_rowAxis, m_columnAxis;
    ColorMap m_map = ColorMap::Presence;
    double m_low = 0, m_high = 1;
    std::uint32_t m_round = 0;
    Label m_rowLabel, m_columnLabel;
    Describe m_describe;
    double m_scale = 1;     ///< pixels a cell
    QPointF m_offset;       ///< cell coordinates of the body's top left
    QSize m_margin;         ///< room for row and column labels
    bool m_slanted = false; ///< column labels do not fit across
    bool m_isFitted = true;
    std::optional<MatrixCell> m_current, m_hover;
    QPoint m_pressed, m_last;
    bool m_isDragging = false;
    HoverCard* m_card;
};

} // namespace vitrine
