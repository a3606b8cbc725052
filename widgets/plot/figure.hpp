// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/theme/theme.hpp"
#include "widgets/plot/plotview.hpp"
#include "widgets/plot/ticker.hpp"

#include <qcustomplot.h>

#include <QRubberBand>

#include <map>
#include <vector>

/// Private to widgets/plot: the drawing half of PlotView.
namespace vitrine::plot {

/// Bars with round shoulders; one of them may be of another colour.
class RoundedBars final : public QCPBars {
  public:
    RoundedBars(QCPAxis* key, QCPAxis* value) : QCPBars(key, value) {}
    std::optional<double> highlighted;
    QColor highlightColor;

  protected:
    void draw(QCPPainter* painter) override;
};

/// Vertical hairline and a dot on each curve, on a layer that is repainted alone.
class CursorItem final : public QCPLayerable {
  public:
    explicit CursorItem(QCustomPlot* plot) : QCPLayerable(plot, QStringLiteral("cursor")) {}
    struct Dot {
        QPointF at;
        QColor color;
    };
    std::optional<double> pixelX;
    std::vector<Dot> dots;

  protected:
    void applyDefaultAntialiasingHint(QCPPainter*) const override {}
    void draw(QCPPainter* painter) override;
};

/// One curve with everything that is drawn for it.
struct Curve {
    QString id;
    CurveStyle style;
    int order = 0; ///< of adding: the default colour
    Samples samples;
    bool isShown = true, isDirty = true;
    QCPGraph* line = nullptr;
    QCPGraph* raw = nullptr;                  ///< faint, behind a smoothed line
    QCPGraph *low = nullptr, *high = nullptr; ///< band
    QCPGraph* gaps = nullptr;                 ///< crosses at the axis where y is NaN
    RoundedBars* bars = nullptr;
    QVector<double> x, y; ///< as shown: mode, smoothing and gaps applied
    qsizetype hiddenByLog = 0;
    quint64 request = 0; ///< of the newest decimation
};

class Figure final : public QCustomPlot {
    Q_OBJECT
  public:
    explicit Figure(QWidget* parent);
    ~Figure() override;

    std::vector<std::unique_ptr<Curve>> curves;
    AxisScale xScale = AxisScale::Linear, yScale = AxisScale::Linear;
    XMode xMode = XMode::Step;
    double smoothing = 0;
    std::optional<std::pair<double, double>> pinnedY;
    std::optional<double> highlightedX;
    QString xTitle, yTitle, emptyText;
    bool isZoomed = false;

    [[nodiscard]] Curve* find(const QString& id) const;
    [[nodiscard]] QColor colorOf(const Curve& curve) const;
    [[nodiscard]] QColor colorOf(const Curve& curve, bool dark) const;
    Curve& add(const QString& id);
    void remove(const QString& id);
    /// Data of dirty curves, axes, ranges, labels; then one queued replot.
    void apply();
    void markAllDirty();
    void recolour();
    void resetRange();
    /// Below this many pixels a figure has no axis titles, and fewer ticks.
    [[nodiscard]] bool isLow() const { return height() < Theme::px(96); }
    [[nodiscard]] bool isEmpty() const;
    [[nodiscard]] qsizetype hiddenByLog() const;
    [[nodiscard]] double widestBusyPen() const;
    /// Draws title, subtitle and axes into any painter.
    void paintTo(QCPPainter* painter, const QSize& size, const QString& title, const QString& subtitle);

    void setCursor(double x);
    void clearCursor();
    [[nodiscard]] std::optional<double> cursor() const { return m_cursor; }
    [[nodiscard]] QString xText(double x) const;
    /// Index of the sample nearest to x, or -1.
    [[nodiscard]] static qsizetype nearest(const QVector<double>& xs, double x);
    void stepCursor(int steps);

  Q_SIGNALS:
    void cursorMoved();
    void rangeEdited();
    void activated(const QString& curve, double x);

  protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void refresh(Curve& curve);
    void refreshBars(Curve& curve);
    void setLineData(Curve& curve);
    void requestDecimation(Curve& curve);
    void styleCurve(Curve& curve);
    void styleAxes();
    void placeEndLabels();
    void placeBarLabels();
    void fitBarLabels();
    void placeAxisTitles();
    void zoomBy(double factor, const QPointF& centre, bool horizontal, bool vertical);
    void panBy(const QPoint& pixels);
    void edited();
    [[nodiscard]] Curve* nearestCurve(const QPointF& at) const;

    CursorItem* m_cursorItem;
    QCPAxis* m_gapAxis;
    std::vector<QCPItemText*> m_labels, m_barLabels;
    QCPItemText *m_xTitle, *m_yTitle;
    QString m_shownX, m_shownY;
    std::optional<double> m_barTop; ///< end of the value axis without the room for the bars' labels
    bool m_isXTitleBelow = false;   ///< it has a row of its own
    std::optional<double> m_cursor;
    QPoint m_pressed, m_last;
    bool m_isPanning = false, m_isDragged = false;
    QRubberBand* m_band;
    QTimer* m_decimateLater;
    int m_added = 0;
    bool m_isCrowd = false; ///< so many curves that they are drawn plainly
};

} // namespace vitrine::plot
