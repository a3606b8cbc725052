// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plot/figure.hpp"

#include "widgets/base/theme/theme.hpp"

#include <QtConcurrent>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace vitrine::plot {

namespace {
constexpr double NotANumber = std::numeric_limits<double>::quiet_NaN();

/// NaN where a logarithmic axis has no place; returns how many.
qsizetype cutNonPositive(QVector<double>& values) {
    qsizetype count = 0;
    for (double& value : values)
        if (value <= 0) {
            value = NotANumber;
            ++count;
        }
    return count;
}

QVector<double> logSafe(QVector<double> values, bool isLog) {
    if (isLog) cutNonPositive(values);
    return values;
}

/// On a logarithmic x axis a non-positive x cannot be a NaN (data are sorted by it): such points leave.
void dropNonPositiveX(QVector<double>& x, QVector<double>& y, qsizetype& hidden) {
    const auto first = std::upper_bound(x.begin(), x.end(), 0.0) - x.begin();
    hidden += first;
    x.remove(0, first);
    y.remove(0, first);
}
} // namespace

Figure::Figure(QWidget* parent)
    : QCustomPlot(parent), m_band(new QRubberBand(QRubberBand::Rectangle, this)), m_decimateLater(new QTimer(this)) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setNoAntialiasingOnDrag(true);
    setPlottingHint(QCP::phFastPolylines, false);
    addLayer(QStringLiteral("cursor"), layer(QStringLiteral("overlay")), limAbove);
    layer(QStringLiteral("cursor"))->setMode(QCPLayer::lmBuffered);
    m_cursorItem = new CursorItem(this);
    m_gapAxis = axisRect()->addAxis(QCPAxis::atRight);
    m_gapAxis->setRange(0, 1);
    m_gapAxis->setVisible(false);
    axisRect()->setMinimumMargins(QMargins(Theme::px(8), Theme::px(4), Theme::px(8), Theme::px(4)));
    for (QCPAxis* axis : {xAxis, yAxis}) {
        axis->setSubTicks(false);
        axis->setTickLength(0, 0);
        axis->setTickLabelPadding(Theme::px(6));
        axis->setLabelPadding(Theme::px(4));
    }
    m_decimateLater->setSingleShot(true);
    m_decimateLater->setInterval(30);
    connect(m_decimateLater, &QTimer::timeout, this, [this] {
        for (const auto& curve : curves)
            if (curve->isShown && curve->x.size() > DecimateAbove) requestDecimation(*curve);
    });
    connect(xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, [this] { m_decimateLater->start(); });
    for (QCPItemText** item : {&m_xTitle, &m_yTitle}) {
        *item = new QCPItemText(this);
        (*item)->setLayer(QStringLiteral("axes"));
        (*item)->setClipToAxisRect(false);
        (*item)->setSelectable(false);
        (*item)->position->setType(QCPItemPosition::ptAbsolute);
    }
    connect(this, &QCustomPlot::beforeReplot, this, &Figure::placeEndLabels);
    connect(this, &QCustomPlot::afterLayout, this, &Figure::fitBarLabels);
    connect(this, &QCustomPlot::afterLayout, this, &Figure::placeAxisTitles);
    recolour();
}

Figure::~Figure() = default;

Curve* Figure::find(const QString& id) const {
    for (const auto& curve : curves)
        if (curve->id == id) return curve.get();
    return nullptr;
}

QColor Figure::colorOf(const Curve& curve, bool dark) const {
    const QColor full = curve.style.hue
                            ? hueColor(*curve.style.hue, dark)
                            : runColor(curve.style.colorIndex >= 0 ? curve.style.colorIndex : curve.order, dark);
    if (curve.style.strength >= 1) return full;
    const QColor panel = dark ? darkTokens().panel : lightTokens().panel;
    const auto mix = [share = curve.style.strength](int a, int b) {
        return static_cast<int>(std::lround(share * a + (1 - share) * b));
    };
    return {mix(full.red(), panel.red()), mix(full.green(), panel.green()), mix(full.blue(), panel.blue())};
}
QColor Figure::colorOf(const Curve& curve) const {
    return colorOf(curve, Theme::isDark());
}

Curve& Figure::add(const QString& id) {
    auto curve = std::make_unique<Curve>();
    curve->id = id;
    curve->order = m_added++;
    curves.push_back(std::move(curve));
    return *curves.back();
}

namespace {
void dropDrawn(QCustomPlot* plot, Curve& curve) {
    for (QCPGraph** graph : {&curve.low, &curve.high, &curve.raw, &curve.gaps, &curve.line})
        if (*graph) {
            plot->removePlottable(*graph);
            *graph = nullptr;
        }
    if (curve.bars) plot->removePlottable(curve.bars);
    curve.bars = nullptr;
}
} // namespace

void Figure::remove(const QString& id) {
    const auto at = std::find_if(curves.begin(), curves.end(), [&](const auto& curve) { return curve->id == id; });
    if (at == curves.end()) return;
    dropDrawn(this, **at);
    curves.erase(at);
    if (curves.empty()) m_added = 0;
}

void Figure::markAllDirty() {
    for (const auto& curve : curves) curve->isDirty = true;
}

bool Figure::isEmpty() const {
    return std::none_of(curves.begin(), curves.end(), [](const auto& curve) { return curve->samples.size() > 0; });
}

qsizetype Figure::hiddenByLog() const {
    qsizetype count = 0;
    for (const auto& curve : curves)
        if (curve->isShown) count += curve->hiddenByLog;
    return count;
}

void Figure::refresh(Curve& curve) {
    curve.isDirty = false;
    curve.hiddenByLog = 0;
    if (curve.style.isBars != (curve.bars != nullptr)) dropDrawn(this, curve);
    if (curve.style.isBars) return refreshBars(curve);
    const bool isLogY = yScale == AxisScale::Log, isLogX = xScale == AxisScale::Log && xMode != XMode::Wall;
    if (!curve.line) {
        curve.line = addGraph();
        curve.line->setAdaptiveSampling(true);
    }
    const QVector<double> all = xValues(curve.samples, xMode);
    curve.x = all;
    curve.y = smooth(curve.samples.y, smoothing);
    if (isLogY) curve.hiddenByLog += cutNonPositive(curve.y);
    if (isLogX) dropNonPositiveX(curve.x, curve.y, curve.hiddenByLog);
    const bool hasRaw = smoothing > 0 && !m_isCrowd;
    if (hasRaw && !curve.raw) curve.raw = addGraph();
    setLineData(curve);
    if (!curve.samples.low.isEmpty()) {
        if (!curve.low) {
            curve.low = addGraph();
            curve.high = addGraph();
            curve.high->setChannelFillGraph(curve.low);
        }
        QVector<double> x = all, low = logSafe(curve.samples.low, isLogY), high = logSafe(curve.samples.high, isLogY);
        curve.low->setData(x, low, true);
        curve.high->setData(x, high, true);
    }
    QVector<double> gapX;
    for (qsizetype i = 0; i < curve.samples.size(); ++i) // one cross at the start of each gap
        if (std::isnan(curve.samples.y[i]) && (i == 0 || !std::isnan(curve.samples.y[i - 1]))) gapX.append(all[i]);
    if (!gapX.isEmpty() && !curve.gaps) curve.gaps = addGraph(xAxis, m_gapAxis);
    if (curve.gaps) curve.gaps->setData(gapX, QVector<double>(gapX.size(), 0.02), true);
    styleCurve(curve);
}

void Figure::setLineData(Curve& curve) {
    if (curve.x.size() > DecimateAbove) return requestDecimation(curve);
    ++curve.request;
    curve.line->setData(curve.x, curve.y, true);
    if (curve.raw && smoothing > 0 && !m_isCrowd) {
        QVector<double> x = xValues(curve.samples, xMode), y = logSafe(curve.samples.y, yScale == AxisScale::Log);
        curve.raw->setData(x, y, true);
    }
}

void Figure::requestDecimation(Curve& curve) {
    const quint64 ticket = ++curve.request;
    const bool isWhole = !isZoomed;
    const double from = isWhole ? curve.x.front() : xAxis->range().lower - xAxis->range().size();
    const double to = isWhole ? curve.x.back() : xAxis->range().upper + xAxis->range().size();
    const int columns = std::max(200, width()) * (isWhole ? 1 : 3);
    const QVector<double> raw = smoothing > 0 ? logSafe(curve.samples.y, yScale == AxisScale::Log) : QVector<double>();
    struct Both {
        Points line, raw;
    };
    const QString id = curve.id;
    QtConcurrent::run([x = curve.x, y = curve.y, raw, from, to, columns] {
        return Both{decimate(x, y, from, to, columns),
                    raw.size() == x.size() ? decimate(x, raw, from, to, columns) : Points{}};
    }).then(this, [this, id, ticket](const Both& points) {
        Curve* target = find(id);
        if (!target || target->request != ticket || !target->line) return; // a newer one is under way
        target->line->setData(points.line.x, points.line.y, true);
        if (target->raw) target->raw->setData(points.raw.x, points.raw.y, true);
        styleCurve(*target);
        if (!isZoomed) resetRange();
        replot(rpQueuedReplot);
    });
}

void Figure::refreshBars(Curve& curve) {
    if (!curve.bars) curve.bars = new RoundedBars(xAxis, yAxis);
    curve.x = xValues(curve.samples, xMode);
    curve.y = curve.samples.y;
    double gap = 1;
    for (qsizetype i = 1; i < curve.x.size(); ++i) {
        const double step = curve.x[i] - curve.x[i - 1];
        if (i == 1 || (step > 0 && step < gap)) gap = step;
    }
    curve.bars->setWidth(gap * (curve.x.size() > 60 ? 0.9 : 0.52));
    curve.bars->setBaseValue(yScale == AxisScale::Log ? 0.5 : 0);
    curve.bars->setData(curve.x, curve.y, true);
    styleCurve(curve);
}

void Figure::styleCurve(Curve& curve) {
    const QColor color = colorOf(curve);
    const auto wash = [&](double share) {
        QColor faint = color;
        faint.setAlphaF(static_cast<float>(share));
        return faint;
    };
    if (curve.bars) {
        curve.bars->setPen(Qt::NoPen);
        curve.bars->setBrush(color);
        curve.bars->highlighted = highlightedX;
        curve.bars->highlightColor = Theme::hue(Hue::Orange);
        curve.bars->setVisible(curve.isShown);
        return;
    }
    // Among very many curves dashes cannot be told apart any more, and stroking them takes ten times as long.
    const qsizetype points = curve.line->dataCount();
    curve.line->setPen(m_isCrowd
                           ? QPen(color, 1)
                           : QPen(color, penWidthFor(points, false), curve.style.dash, Qt::RoundCap, Qt::RoundJoin));
    curve.line->setAntialiased(!m_isCrowd && points <= 2000);
    curve.line->setScatterStyle(points == 1 ? QCPScatterStyle(QCPScatterStyle::ssDisc, color, 6)
                                            : QCPScatterStyle::ssNone);
    curve.line->setVisible(curve.isShown);
    if (curve.raw) {
        curve.raw->setPen(QPen(wash(0.25), 1));
        curve.raw->setVisible(curve.isShown && smoothing > 0 && !m_isCrowd);
    }
    for (QCPGraph* edge : {curve.low, curve.high})
        if (edge) {
            edge->setPen(Qt::NoPen);
            edge->setVisible(curve.isShown);
        }
    if (curve.high) curve.high->setBrush(wash(0.15));
    if (curve.gaps) {
        curve.gaps->setLineStyle(QCPGraph::lsNone);
        curve.gaps->setScatterStyle(
            QCPScatterStyle(QCPScatterStyle::ssCross, QPen(Theme::tokens().warning, 1.5), Qt::NoBrush, 7));
        curve.gaps->setVisible(curve.isShown);
    }
}

void Figure::styleAxes() {
    const ThemeTokens& t = Theme::tokens();
    setBackground(QBrush(t.panel));
    for (QCPAxis* axis : {xAxis, yAxis}) {
        axis->setBasePen(axis == xAxis ? QPen(t.strongLine, 0) : QPen(Qt::NoPen));
        axis->setTickPen(Qt::NoPen);
        axis->setTickLabelColor(t.secondary);
        axis->setTickLabelFont(Theme::font(TextSize::Caption));
        axis->setLabelColor(t.secondary);
        axis->setLabelFont(Theme::font(TextSize::Caption));
        axis->grid()->setPen(QPen(t.hairline, 0));
        axis->grid()->setZeroLinePen(QPen(t.strongLine, 0));
        axis->grid()->setSubGridVisible(false);
    }
    xAxis->grid()->setVisible(false);
    m_shownY = yTitle;
    m_shownX = xMode == XMode::Relative ? tr("time since start") : xMode == XMode::Wall ? tr("time of day") : xTitle;
    const bool isLogX = xScale == AxisScale::Log && xMode != XMode::Wall;
    xAxis->setScaleType(isLogX ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    yAxis->setScaleType(yScale == AxisScale::Log ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    const auto kind = xMode == XMode::Step       ? Ticker::Kind::Whole
                      : xMode == XMode::Relative ? Ticker::Kind::Duration
                                                 : Ticker::Kind::TimeOfDay;
    double lastBar = std::numeric_limits<double>::infinity();
    for (const auto& curve : curves)
        if (curve->bars && !curve->x.isEmpty()) lastBar = curve->x.back();
    QSharedPointer<QCPAxisTicker> log(new LogTicker), x(new Ticker(kind, lastBar)), y(new Ticker(Ticker::Kind::Number));
    x->setTickCount(std::clamp(axisRect()->width() / Theme::px(64), 2, 6));
    y->setTickCount(std::clamp(axisRect()->height() / Theme::px(36), 2, 6));
    xAxis->setTicker(isLogX ? log : x);
    yAxis->setTicker(yScale == AxisScale::Log ? log : y);
    // Bars carry their values: an axis beside them would say it twice.
    const bool onlyBars = !curves.empty() && std::all_of(curves.begin(), curves.end(), [](const auto& curve) {
        return curve->style.isBars && curve->samples.size() <= 24;
    });
    yAxis->setTickLabels(!onlyBars);
    if (onlyBars) m_shownY.clear();
    if (isLow()) m_shownX = m_shownY = QString();
    xAxis->setLabel(m_isXTitleBelow && !m_shownX.isEmpty() ? QStringLiteral(" ") : QString());
    for (QCPItemText* title : {m_xTitle, m_yTitle}) {
        title->setFont(Theme::font(TextSize::Caption));
        title->setColor(t.secondary);
    }
    yAxis->grid()->setVisible(!onlyBars);
    xAxis->setVisible(!isEmpty());
    yAxis->setVisible(!isEmpty());
}

void Figure::apply() {
    const auto shown = std::count_if(curves.begin(), curves.end(), [](const auto& curve) { return curve->isShown; });
    if (const bool isCrowd = shown > CrowdAbove; std::exchange(m_isCrowd, isCrowd) != isCrowd) markAllDirty();
    for (const auto& curve : curves)
        if (curve->isDirty) refresh(*curve);
    styleAxes();
    if (!isZoomed)
        resetRange();
    else if (pinnedY)
        yAxis->setRange(pinnedY->first, pinnedY->second);
    placeBarLabels();
    replot(rpQueuedReplot);
}

void Figure::recolour() {
    for (const auto& curve : curves)
        if (curve->line || curve->bars) styleCurve(*curve);
    styleAxes();
    placeBarLabels();
    replot(rpQueuedReplot);
}

namespace {
struct Span {
    double low = std::numeric_limits<double>::infinity(), high = -std::numeric_limits<double>::infinity();
    void take(double value) {
        if (!std::isfinite(value)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    [[nodiscard]] bool isEmpty() const { return low > high; }
};

QCPRange padded(Span span, bool isLog, double share) {
    if (span.isEmpty()) return isLog ? QCPRange(1, 10) : QCPRange(0, 1);
    if (isLog) {
        const double factor = span.low == span.high ? 2 : std::pow(span.high / span.low, share);
        return {span.low / factor, span.high * factor};
    }
    const double pad = span.low == span.high ? std::max(0.5, std::abs(span.low) * 0.1) : (span.high - span.low) * share;
    return {span.low - pad, span.high + pad};
}
} // namespace

void Figure::resetRange() {
    isZoomed = false;
    Span x, y;
    bool hasBars = false;
    double barWidth = 0;
    for (const auto& curve : curves) {
        if (!curve->isShown) continue;
        if (!curve->x.isEmpty()) {
            x.take(curve->x.front());
            x.take(curve->x.back());
        }
        for (const double value : curve->y) y.take(value);
        for (const QVector<double>* edge : {&curve->samples.low, &curve->samples.high})
            for (const double value : *edge)
                if (yScale != AxisScale::Log || value > 0) y.take(value);
        if (!curve->bars) continue;
        hasBars = true;
        barWidth = std::max(barWidth, curve->bars->width());
        y.take(yScale == AxisScale::Log ? 1 : 0);
    }
    const bool isLogX = xAxis->scaleType() == QCPAxis::stLogarithmic;
    QCPRange across = padded(x, isLogX, isLogX ? 0.02 : 0);
    if (hasBars && !isLogX) {
        across = QCPRange(x.low - barWidth, x.high + barWidth);
        // A few bars keep a calm width instead of filling the view.
        if (across.size() / barWidth < 14) across.upper = across.lower + barWidth * 14;
    }
    xAxis->setRange(across);
    QCPRange up = padded(y, yScale == AxisScale::Log, 0.06);
    if (hasBars && !y.isEmpty())
        up = yScale == AxisScale::Log
                 ? QCPRange(0.5, std::max(1.0, y.high))
                 : QCPRange(std::min(0.0, y.low), std::max(y.high, y.low == 0 && y.high == 0 ? 1.0 : y.high));
    m_barTop = hasBars && !pinnedY ? std::optional(up.upper) : std::nullopt;
    if (pinnedY) up = QCPRange(pinnedY->first, pinnedY->second);
    yAxis->setRange(up);
}

double Figure::widestBusyPen() const {
    double widest = 0;
    for (const auto& curve : curves)
        for (const QCPGraph* graph : {curve->line, curve->raw})
            if (graph && graph->dataCount() > 2000) widest = std::max(widest, graph->pen().widthF());
    return widest;
}

void Figure::resizeEvent(QResizeEvent* event) {
    styleAxes(); // how many ticks fit, and whether titles do
    QCustomPlot::resizeEvent(event);
}

void Figure::paintEvent(QPaintEvent* event) {
    QCustomPlot::paintEvent(event);
    QPainter painter(this);
    if (isEmpty() && !emptyText.isEmpty()) {
        painter.setFont(Theme::font(TextSize::Body));
        painter.setPen(Theme::tokens().secondary);
        painter.drawText(rect().adjusted(Space::l(), 0, -Space::l(), 0), Qt::AlignCenter | Qt::TextWordWrap, emptyText);
    }
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(Theme::tokens().accent, 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), Theme::px(6), Theme::px(6));
    }
}

} // namespace vitrine::plot
