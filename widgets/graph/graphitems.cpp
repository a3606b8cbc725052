// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/graph/graphitems.hpp"

#include "widgets/base/theme/theme.hpp"

#include <QFontMetricsF>
#include <QPainter>
#include <QStyleOptionGraphicsItem>

#include <algorithm>
#include <cmath>

namespace vitrine {

namespace {

QColor nodeLine(const QString& kind) {
    const ThemeTokens& t = Theme::tokens();
    if (kind == QLatin1String("rule")) return t.accent;
    if (kind == QLatin1String("new")) return Theme::hue(Hue::Orange);
    if (kind == QLatin1String("numeric")) return Theme::hue(Hue::Teal);
    if (kind == QLatin1String("learned")) return Theme::hue(Hue::Violet);
    return t.strongLine;
}

QPen edgePen(const QString& kind, bool isNear) {
    const ThemeTokens& t = Theme::tokens();
    QPen pen(isNear ? t.text : t.disabled, 1);
    if (kind == QLatin1String("negated")) pen.setStyle(Qt::DashLine);
    if (kind == QLatin1String("memo")) {
        pen.setColor(isNear ? t.text : Theme::hue(Hue::Teal));
        pen.setStyle(Qt::DotLine);
        pen.setWidthF(1.4);
    }
    if (kind == QLatin1String("strict")) {
        pen.setColor(isNear ? t.text : Theme::hue(Hue::Amber));
        pen.setStyle(Qt::DashDotLine);
    }
    pen.setCosmetic(true);
    return pen;
}

constexpr double Padding = 10;

} // namespace

QSizeF nodeSize(const QString& label, const QString& detail) {
    const QFontMetricsF mono(Theme::mono(TextSize::Caption)), small(Theme::font(TextSize::Caption));
    const double width = std::max(mono.horizontalAdvance(label), small.horizontalAdvance(detail));
    const double height = mono.height() + (detail.isEmpty() ? 0 : small.height());
    return {std::ceil(std::min(width, 320.0) + 2 * Padding), std::ceil(height + 10)};
}

void paintNode(QPainter& painter, const GraphPicture::Node& node, bool isCurrent, bool isHovered) {
    const ThemeTokens& t = Theme::tokens();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(node.isMatch ? mix(t.accent, t.raised, 0.16) : isHovered ? mix(t.text, t.raised, 0.04) : t.raised);
    painter.setPen(QPen(isCurrent ? t.text : nodeLine(node.kind), isCurrent ? 2 : 1.2));
    painter.drawRoundedRect(node.rect.adjusted(0.5, 0.5, -0.5, -0.5), Theme::px(6), Theme::px(6));
    const QRectF inside = node.rect.adjusted(Padding, 4, -Padding, -4);
    const QFont mono = Theme::mono(TextSize::Caption), small = Theme::font(TextSize::Caption);
    const QFontMetricsF metrics(mono);
    painter.setFont(mono);
    painter.setPen(t.text);
    const QRectF first(inside.left(), inside.top(), inside.width(),
                       node.detail.isEmpty() ? inside.height() : metrics.height() + 1);
    painter.drawText(first, Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(node.label, Qt::ElideRight, inside.width() + 1));
    if (node.detail.isEmpty()) return;
    painter.setFont(small);
    painter.setPen(t.secondary);
    painter.drawText(QRectF(inside.left(), first.bottom(), inside.width(), inside.bottom() - first.bottom() + 1),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetricsF(small).elidedText(node.detail, Qt::ElideRight, inside.width() + 1));
}

QPainterPath edgePath(const GraphPicture::Edge& edge) {
    QPainterPath path;
    const QPolygonF& route = edge.route;
    if (route.size() < 2) return path;
    path.moveTo(route.front());
    if (route.size() == 2)
        path.lineTo(route.back());
    else if (route.size() == 4 && edge.from == edge.to)
        path.cubicTo(route[1], route[2], route[3]);
    else if (route.size() == 3 && edge.isArrow && std::abs(route[0].y() - route[2].y()) < 40 &&
             (route[1].y() > std::max(route[0].y(), route[2].y()) ||
              route[1].y() < std::min(route[0].y(), route[2].y())))
        path.quadTo(QPointF(route[1].x(), 2 * route[1].y() - (route[0].y() + route[2].y()) / 2), route[2]);
    else
        for (qsizetype i = 1; i < route.size(); ++i) { // smooth steps from bend to bend
            const QPointF a = route[i - 1], b = route[i];
            const double lift = (b.y() - a.y()) * 0.4;
            path.cubicTo(a + QPointF(0, lift), b - QPointF(0, lift), b);
        }
    return path;
}

void paintEdge(QPainter& painter, const GraphPicture::Edge& edge, bool isNear) {
    const QPainterPath path = edgePath(edge);
    if (path.isEmpty()) return;
    const QPen pen = edgePen(edge.kind, isNear);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(pen);
    painter.drawPath(path);
    if (edge.isArrow) {
        const QPointF tip = path.pointAtPercent(1),
                      before = path.pointAtPercent(std::max(0.0, 1 - 8 / std::max(9.0, path.length())));
        const double angle = std::atan2(tip.y() - before.y(), tip.x() - before.x());
        const auto wing = [&](double turn) {
            return tip - QPointF(std::cos(angle + turn), std::sin(angle + turn)) * 7;
        };
        painter.setPen(Qt::NoPen);
        painter.setBrush(pen.color());
        painter.drawPolygon(QPolygonF({tip, wing(0.42), wing(-0.42)}));
    }
    if (edge.label.isEmpty()) return;
    const ThemeTokens& t = Theme::tokens();
    painter.setFont(Theme::font(TextSize::Caption));
    const QFontMetricsF metrics(painter.font());
    QRectF box = metrics.boundingRect(edge.label).adjusted(-3, -1, 3, 1);
    box.moveCenter(path.pointAtPercent(0.5));
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.panel);
    painter.drawRect(box);
    painter.setPen(t.secondary);
    painter.drawText(box, Qt::AlignCenter, edge.label);
}

void paintBox(QPainter& painter, const GraphPicture::Box& box) {
    const ThemeTokens& t = Theme::tokens();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.strongLine, 1, Qt::DashLine));
    painter.setBrush(mix(t.sunken, t.panel, 0.6));
    painter.drawRoundedRect(box.rect, Theme::px(10), Theme::px(10));
    painter.setFont(Theme::font(TextSize::Caption));
    painter.setPen(t.secondary);
    painter.drawText(box.rect.topLeft() + QPointF(10, 3 + QFontMetricsF(painter.font()).ascent()), box.title);
}

void NodeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    if (!m_picture.isThere(m_index)) return;
    paintNode(*painter, m_picture.nodes[static_cast<std::size_t>(m_index)], m_picture.current == m_index,
              m_picture.hovered == m_index);
}

QRectF EdgeItem::boundingRect() const {
    return edgePath(m_picture.edges[static_cast<std::size_t>(m_index)]).controlPointRect().adjusted(-30, -12, 30, 12);
}
void EdgeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    const GraphPicture::Edge& edge = m_picture.edges[static_cast<std::size_t>(m_index)];
    if (!m_picture.isThere(edge)) return;
    const int centre = m_picture.hovered >= 0 ? m_picture.hovered : m_picture.current;
    paintEdge(*painter, edge, centre >= 0 && (edge.from == centre || edge.to == centre));
}

void BoxItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
    paintBox(*painter, m_picture.boxes[static_cast<std::size_t>(m_index)]);
}

void BatchItem::paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*) {
    constexpr std::size_t MostEdges = 40000;
    const ThemeTokens& t = Theme::tokens();
    const QRectF view = option->exposedRect;
    const double scale = option->levelOfDetailFromTransform(painter->worldTransform());
    for (const GraphPicture::Box& box : m_picture.boxes)
        if (box.rect.intersects(view)) paintBox(*painter, box);
    QVector<QLineF> lines;
    for (std::size_t i = 0; i < m_picture.edges.size() && lines.size() < static_cast<qsizetype>(MostEdges); ++i) {
        const QPolygonF& route = m_picture.edges[i].route;
        if (route.size() < 2 || !m_picture.isThere(m_picture.edges[i]) ||
            !QRectF(route.front(), route.back()).normalized().adjusted(-1, -1, 1, 1).intersects(view))
            continue;
        for (qsizetype k = 1; k < route.size(); ++k) lines.append(QLineF(route[k - 1], route[k]));
    }
    painter->setRenderHint(QPainter::Antialiasing, false);
    painter->setPen(QPen(t.strongLine, 0));
    painter->drawLines(lines);
    const bool hasText = scale > 0.55;
    for (std::size_t i = 0; i < m_picture.nodes.size(); ++i) {
        const GraphPicture::Node& node = m_picture.nodes[i];
        if (!m_picture.isThere(static_cast<int>(i)) || !node.rect.intersects(view)) continue;
        const bool isCurrent = m_picture.current == static_cast<int>(i);
        if (hasText || isCurrent)
            paintNode(*painter, node, isCurrent, m_picture.hovered == static_cast<int>(i));
        else
            painter->fillRect(node.rect, node.isMatch ? t.accent : nodeLine(node.kind));
    }
}

} // namespace vitrine
