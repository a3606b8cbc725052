// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/theme/theme.hpp"
#include "widgets/plot/figure.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

/// Text and marks over the data: labels at the lines' ends, values over bars, the cursor.
namespace vitrine::plot {

namespace {
constexpr int MostEndLabels = 4;

struct EndLabel {
    const Curve* curve = nullptr;
    QString text;
    double y = 0;
};

/// Moves labels apart that would overlap, keeping their order and staying near their lines.
void spread(std::vector<EndLabel>& labels, double height, double top, double bottom) {
    std::sort(labels.begin(), labels.end(), [](const EndLabel& a, const EndLabel& b) { return a.y < b.y; });
    for (std::size_t i = 1; i < labels.size(); ++i) labels[i].y = std::max(labels[i].y, labels[i - 1].y + height);
    if (!labels.empty()) labels.back().y = std::min(labels.back().y, bottom);
    for (std::size_t i = labels.size(); i-- > 1;) labels[i - 1].y = std::min(labels[i - 1].y, labels[i].y - height);
    if (!labels.empty()) labels.front().y = std::max(labels.front().y, top);
}

double lastFinite(const QVector<double>& values) {
    for (qsizetype i = values.size(); i-- > 0;)
        if (std::isfinite(values[i])) return values[i];
    return std::nan("");
}
} // namespace

void Figure::placeEndLabels() {
    std::vector<EndLabel> labels;
    std::size_t shown = 0;
    for (const auto& curve : curves) {
        if (!curve->isShown || curve->bars || !curve->line) continue;
        ++shown;
        const double last = lastFinite(curve->y);
        if (!std::isfinite(last)) continue;
        QString name = curve->style.name;
        if (name.size() > 24) name = name.left(23) + QChar(0x2026);
        labels.push_back(
            {curve.get(), (name.isEmpty() ? QString() : name + QStringLiteral("  ")) + shortNumber(last), last});
    }
    if (shown > MostEndLabels) labels.clear();
    for (QCPItemText* item : m_labels) item->setVisible(false);
    const QFontMetrics metrics(Theme::font(TextSize::Caption));
    int widest = 0;
    for (const EndLabel& label : labels) widest = std::max(widest, metrics.horizontalAdvance(label.text));
    const int top = m_shownY.isEmpty() || !yAxis->visible() ? Theme::px(2) : metrics.height() + Theme::px(6);
    axisRect()->setMinimumMargins(
        QMargins(Theme::px(8), top, widest > 0 ? widest + Theme::px(14) : Theme::px(8), Theme::px(4)));
    if (labels.empty()) return;
    axisRect()->update(QCPLayoutElement::upMargins);
    const QRect box = axisRect()->rect();
    for (EndLabel& label : labels)
        label.y = std::clamp(yAxis->coordToPixel(label.y), double(box.top()), double(box.bottom()));
    spread(labels, metrics.height(), box.top() + metrics.height() / 2.0, box.bottom() - metrics.height() / 2.0);
    while (m_labels.size() < labels.size()) {
        auto* item = new QCPItemText(this);
        item->setLayer(QStringLiteral("axes"));
        item->setClipToAxisRect(false);
        item->setSelectable(false);
        item->setPositionAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        item->position->setType(QCPItemPosition::ptAbsolute);
        m_labels.push_back(item);
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
        QCPItemText* item = m_labels[i];
        item->setFont(Theme::font(TextSize::Caption));
        item->setColor(colorOf(*labels[i].curve));
        item->setText(labels[i].text);
        item->position->setPixelPosition(QPointF(box.right() + Theme::px(6), labels[i].y));
        item->setVisible(true);
    }
}

void Figure::placeBarLabels() {
    for (QCPItemText* label : m_barLabels) removeItem(label);
    m_barLabels.clear();
    for (const auto& curve : curves) {
        if (!curve->bars || !curve->isShown || curve->x.size() > 24) continue;
        for (qsizetype i = 0; i < curve->x.size(); ++i) {
            if (!std::isfinite(curve->y[i])) continue;
            auto* text = new QCPItemText(this);
            text->setSelectable(false);
            text->setPositionAlignment(Qt::AlignHCenter | Qt::AlignBottom);
            text->position->setCoords(curve->x[i], std::max(yScale == AxisScale::Log ? 0.5 : 0.0, curve->y[i]));
            text->setPadding(QMargins(0, 0, 0, Theme::px(2)));
            text->setFont(Theme::font(TextSize::Caption));
            text->setColor(Theme::tokens().text);
            text->setText(shortNumber(curve->y[i]));
            text->setClipToAxisRect(false);
            m_barLabels.push_back(text);
        }
    }
}

// The value axis ends where the highest bar leaves room for its label, in pixels: whatever the height. Where labels
// would run into each other, or into bars too low to be compared, there are none; the card has the values.
void Figure::fitBarLabels() {
    if (!m_barTop) return;
    const QFontMetrics metrics(Theme::font(TextSize::Caption));
    const double room = metrics.height() + Theme::px(4), all = axisRect()->height();
    double widest = 0, closest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < m_barLabels.size(); ++i) {
        widest = std::max<double>(widest, metrics.horizontalAdvance(m_barLabels[i]->text()));
        if (i > 0)
            closest = std::min(closest, std::abs(xAxis->coordToPixel(m_barLabels[i]->position->key()) -
                                                 xAxis->coordToPixel(m_barLabels[i - 1]->position->key())));
    }
    const bool isShown = !m_barLabels.empty() && all >= room + Theme::px(12) && closest >= widest + Theme::px(4);
    for (QCPItemText* label : m_barLabels) label->setVisible(isShown);
    if (isZoomed) return;
    const double share = isShown ? room / all : 0.04; // of the axis that the label takes
    const bool isLog = yScale == AxisScale::Log;
    const double low = isLog ? 0.5 : yAxis->range().lower;
    yAxis->setRange(low,
                    isLog ? low * std::pow(*m_barTop / low, 1 / (1 - share)) : low + (*m_barTop - low) / (1 - share));
}

// The title of the horizontal axis stands at its end, in the row of the tick labels where it fits there, else in one of
// its own; that of the vertical axis lies over it, so that the plot keeps its width.
void Figure::placeAxisTitles() {
    const QRect box = axisRect()->rect();
    const QFontMetrics metrics(Theme::font(TextSize::Caption));
    m_xTitle->setVisible(!m_shownX.isEmpty() && xAxis->visible());
    m_yTitle->setVisible(!m_shownY.isEmpty() && yAxis->visible());
    m_yTitle->setText(metrics.elidedText(m_shownY, Qt::ElideRight, width() - Theme::px(16)));
    m_yTitle->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_yTitle->position->setPixelPosition(QPointF(Theme::px(2), 0));
    if (m_shownX.isEmpty()) return;
    m_xTitle->setText(m_shownX);
    double lastTick = box.left();
    const QVector<double> ticks = xAxis->tickVector();
    const QVector<QString> names = xAxis->tickVectorLabels();
    for (qsizetype i = 0; i < std::min(ticks.size(), names.size()); ++i)
        if (xAxis->range().contains(ticks[i]))
            lastTick = std::max(lastTick, xAxis->coordToPixel(ticks[i]) + metrics.horizontalAdvance(names[i]) / 2.0);
    const bool isBelow = lastTick + Theme::px(10) > box.right() - metrics.horizontalAdvance(m_shownX);
    m_xTitle->setPositionAlignment(Qt::AlignRight | Qt::AlignTop);
    const double top = box.bottom() + xAxis->tickLabelPadding() - 1;
    m_xTitle->position->setPixelPosition(
        QPointF(box.right() + 1, isBelow ? top + metrics.height() + Theme::px(2) : top));
    if (std::exchange(m_isXTitleBelow, isBelow) == isBelow) return;
    xAxis->setLabel(isBelow ? QStringLiteral(" ") : QString());
    QMetaObject::invokeMethod(
        this, [this] { replot(rpQueuedReplot); }, Qt::QueuedConnection);
}

void RoundedBars::draw(QCPPainter* painter) {
    QCPBarsDataContainer::const_iterator begin, end;
    getVisibleDataBounds(begin, end);
    painter->setPen(Qt::NoPen);
    for (auto it = begin; it != end; ++it) {
        if (!std::isfinite(it->value)) continue;
        const QRectF box = getBarRect(it->key, it->value).normalized();
        const double radius = std::min({3.0, box.width() / 2, box.height()});
        painter->setBrush(highlighted && std::abs(*highlighted - it->key) < 1e-9 ? QBrush(highlightColor) : mBrush);
        painter->setAntialiasing(true);
        painter->drawRoundedRect(box, radius, radius);
        if (box.height() > 2 * radius) // square at the base line
            painter->drawRect(
                QRectF(box.left(), it->value >= 0 ? box.bottom() - radius : box.top(), box.width(), radius));
    }
}

void CursorItem::draw(QCPPainter* painter) {
    if (!pixelX) return;
    const ThemeTokens& t = Theme::tokens();
    const QRect box = parentPlot()->axisRect()->rect();
    painter->setAntialiasing(false);
    painter->setPen(QPen(t.disabled, 0));
    painter->drawLine(QPointF(*pixelX, box.top()), QPointF(*pixelX, box.bottom()));
    painter->setAntialiasing(true);
    for (const Dot& dot : dots) {
        painter->setPen(QPen(t.panel, 2));
        painter->setBrush(dot.color);
        painter->drawEllipse(dot.at, Theme::px(4), Theme::px(4));
    }
}

qsizetype Figure::nearest(const QVector<double>& xs, double x) {
    if (xs.isEmpty()) return -1;
    const qsizetype at = std::lower_bound(xs.begin(), xs.end(), x) - xs.begin();
    if (at == xs.size()) return at - 1;
    return at > 0 && x - xs[at - 1] < xs[at] - x ? at - 1 : at;
}

void Figure::setCursor(double x) {
    double best = std::nan("");
    for (const auto& curve : curves) {
        const qsizetype at = curve->isShown ? nearest(curve->x, x) : -1;
        if (at >= 0 && (std::isnan(best) || std::abs(curve->x[at] - x) < std::abs(best - x))) best = curve->x[at];
    }
    if (std::isnan(best)) return clearCursor();
    m_cursor = best;
    m_cursorItem->pixelX = xAxis->coordToPixel(best);
    m_cursorItem->dots.clear();
    for (const auto& curve : curves) {
        const qsizetype at = curve->isShown && !curve->bars ? nearest(curve->x, best) : -1;
        if (at < 0 || !std::isfinite(curve->y[at])) continue;
        const QPointF dot(xAxis->coordToPixel(curve->x[at]), yAxis->coordToPixel(curve->y[at]));
        if (axisRect()->rect().contains(dot.toPoint())) m_cursorItem->dots.push_back({dot, colorOf(*curve)});
    }
    layer(QStringLiteral("cursor"))->replot();
    Q_EMIT cursorMoved();
}

void Figure::clearCursor() {
    if (!m_cursor) return;
    m_cursor.reset();
    m_cursorItem->pixelX.reset();
    m_cursorItem->dots.clear();
    layer(QStringLiteral("cursor"))->replot();
    Q_EMIT cursorMoved();
}

void Figure::stepCursor(int steps) {
    const Curve* longest = nullptr;
    for (const auto& curve : curves)
        if (curve->isShown && (!longest || curve->x.size() > longest->x.size())) longest = curve.get();
    if (!longest || longest->x.isEmpty()) return;
    const qsizetype at = m_cursor ? nearest(longest->x, *m_cursor) + steps : longest->x.size() - 1;
    setCursor(longest->x[std::clamp<qsizetype>(at, 0, longest->x.size() - 1)]);
}

QString Figure::xText(double x) const {
    if (xMode == XMode::Relative) return shortDuration(x);
    if (xMode == XMode::Wall)
        return QLocale().toString(QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(x * 1000)), QLocale::ShortFormat);
    return xTitle.isEmpty() ? longNumber(x) : xTitle + QLatin1Char(' ') + longNumber(x);
}

void Figure::paintTo(QCPPainter* painter, const QSize& size, const QString& title, const QString& subtitle) {
    const ThemeTokens& t = Theme::tokens();
    painter->fillRect(QRect(QPoint(), size), t.panel);
    int top = Space::m();
    const auto line = [&](const QString& text, const QFont& font, const QColor& color) {
        if (text.isEmpty()) return;
        painter->setFont(font);
        painter->setPen(color);
        const QRect area(Space::l(), top, size.width() - 2 * Space::l(), size.height());
        const QRect used = painter->boundingRect(area, Qt::TextWordWrap, text);
        painter->drawText(area, Qt::TextWordWrap, text);
        top = used.bottom() + Space::xs();
    };
    line(title, Theme::font(TextSize::Panel, QFont::Medium), t.text);
    line(subtitle, Theme::font(TextSize::Body), t.secondary);
    painter->save();
    painter->translate(0, top);
    toPainter(painter, size.width(), size.height() - top);
    painter->restore();
}

} // namespace vitrine::plot
