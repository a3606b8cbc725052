// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/graph/graphview.hpp"

#include "widgets/base/hovercard.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/graph/graphitems.hpp"

#include <QGraphicsScene>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QWheelEvent>
#include <QtConcurrent>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <utility>

namespace vitrine {

namespace {

constexpr double HitCell = 200, LegibleScale = 0.7;

/// Nodes by the squares of a grid, so that the pointer is looked up without touring the scene.
class HitGrid {
  public:
    void build(const std::vector<GraphPicture::Node>& nodes) {
        m_cells.clear();
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            const QRectF& box = nodes[i].rect;
            for (int x = cell(box.left()); x <= cell(box.right()); ++x)
                for (int y = cell(box.top()); y <= cell(box.bottom()); ++y)
                    m_cells[key(x, y)].push_back(static_cast<int>(i));
        }
    }
    [[nodiscard]] int at(const std::vector<GraphPicture::Node>& nodes, const QPointF& point) const {
        const auto found = m_cells.find(key(cell(point.x()), cell(point.y())));
        if (found == m_cells.end()) return -1;
        for (const int index : found->second)
            if (nodes[static_cast<std::size_t>(index)].rect.contains(point)) return index;
        return -1;
    }

  private:
    static int cell(double value) { return static_cast<int>(std::floor(value / HitCell)); }
    static std::int64_t key(int x, int y) {
        return (static_cast<std::int64_t>(x) << 32) ^ static_cast<std::uint32_t>(y);
    }
    std::unordered_map<std::int64_t, std::vector<int>> m_cells;
};

} // namespace

struct GraphView::Impl {
    GraphSnapshot graph;
    GraphLayout layout = GraphLayout::Layers;
    GraphPicture picture;
    QHash<QString, int> index;
    QHash<QString, QPointF> pins;
    HitGrid grid;
    QGraphicsScene* scene = nullptr;
    std::vector<NodeItem*> nodeItems;
    std::vector<EdgeItem*> edgeItems;
    std::stop_source stop;
    quint64 ticket = 0;
    bool isBusy = false, isFitted = true;
    QString emptyText, wanted;
    HoverCard* card = nullptr;
    QPoint pressed, last;
    int dragged = -1, revealed = std::numeric_limits<int>::max();
    bool isMoved = false, isWhole = false, isOnMap = false;
};

GraphView::GraphView(QWidget* parent) : QGraphicsView(parent), m_impl(std::make_unique<Impl>()) {
    m_impl->scene = new QGraphicsScene(this);
    m_impl->scene->setItemIndexMethod(QGraphicsScene::NoIndex);
    setScene(m_impl->scene);
    setFrameShape(QFrame::NoFrame);
    setBackgroundRole(QPalette::Base);
    setRenderHint(QPainter::Antialiasing);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTransformationAnchor(QGraphicsView::AnchorUnderMouse);
    setMouseTracking(true);
    viewport()->setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setViewportUpdateMode(QGraphicsView::FullViewportUpdate); // the map in the corner moves with everything
    m_impl->card = new HoverCard(this);
}

GraphView::~GraphView() {
    m_impl->stop.request_stop();
}

void GraphView::setEmptyText(const QString& text) {
    m_impl->emptyText = text;
    viewport()->update();
}
const GraphSnapshot& GraphView::graph() const {
    return m_impl->graph;
}
bool GraphView::isBusy() const {
    return m_impl->isBusy;
}
QString GraphView::current() const {
    return m_impl->picture.current < 0 ? QString()
                                       : m_impl->picture.nodes[static_cast<std::size_t>(m_impl->picture.current)].id;
}
void GraphView::clear() {
    setGraph({}, m_impl->layout);
}

void GraphView::setGraph(GraphSnapshot graph, GraphLayout layout) {
    m_impl->wanted = current();
    m_impl->graph = std::move(graph);
    m_impl->layout = layout;
    startLayout();
}

namespace {
layout::Input inputOf(const GraphSnapshot& graph, GraphLayout kind, const QHash<QString, int>& index) {
    layout::Input input;
    input.gap = kind == GraphLayout::Tree ? Theme::px(20) : Theme::px(28);
    input.rise = kind == GraphLayout::Tree ? Theme::px(32) : Theme::px(48);
    for (const GraphNode& node : graph.nodes)
        input.nodes.append({nodeSize(QString::fromStdString(node.label), QString::fromStdString(node.detail)),
                            node.layer, QString::fromStdString(node.group)});
    for (const GraphEdge& edge : graph.edges) {
        const int from = index.value(QString::fromStdString(edge.from), -1),
                  to = index.value(QString::fromStdString(edge.to), -1);
        if (from >= 0 && to >= 0) input.edges.append({from, to});
    }
    return input;
}
} // namespace

void GraphView::startLayout() {
    Impl& d = *m_impl;
    d.stop.request_stop();
    d.stop = {};
    d.card->hide();
    d.index.clear();
    for (std::size_t i = 0; i < d.graph.nodes.size(); ++i)
        d.index.insert(QString::fromStdString(d.graph.nodes[i].id), static_cast<int>(i));
    const quint64 ticket = ++d.ticket;
    if (d.graph.nodes.empty()) {
        d.isBusy = false;
        return build({});
    }
    d.isBusy = true;
    viewport()->update();
    QtConcurrent::run([input = inputOf(d.graph, d.layout, d.index), kind = d.layout, stop = d.stop.get_token()] {
        return kind == GraphLayout::Tree ? layout::tree(input, stop) : layout::layers(input, stop);
    }).then(this, [this, ticket](const layout::Output& output) {
        if (ticket != m_impl->ticket || !output.isComplete) return;
        m_impl->isBusy = false;
        build(output);
    });
}

void GraphView::build(const layout::Output& output) {
    Impl& d = *m_impl;
    d.scene->clear();
    d.nodeItems.clear();
    d.edgeItems.clear();
    d.picture = {};
    for (std::size_t i = 0; i < d.graph.nodes.size() && static_cast<qsizetype>(i) < output.centres.size(); ++i) {
        const GraphNode& node = d.graph.nodes[i];
        GraphPicture::Node drawn{QString::fromStdString(node.id),
                                 QString::fromStdString(node.label),
                                 QString::fromStdString(node.detail),
                                 QString::fromStdString(node.kind),
                                 {},
                                 false};
        const QSizeF size = nodeSize(drawn.label, drawn.detail);
        const QPointF centre = d.pins.value(drawn.id, output.centres[static_cast<qsizetype>(i)]);
        drawn.rect = QRectF(centre - QPointF(size.width() / 2, size.height() / 2), size);
        d.picture.nodes.push_back(std::move(drawn));
    }
    qsizetype route = 0;
    for (const GraphEdge& edge : d.graph.edges) {
        const int from = d.index.value(QString::fromStdString(edge.from), -1),
                  to = d.index.value(QString::fromStdString(edge.to), -1);
        if (from < 0 || to < 0 || route >= output.routes.size()) continue;
        d.picture.edges.push_back({from, to, QString::fromStdString(edge.label), QString::fromStdString(edge.kind),
                                   output.routes[route++], d.layout == GraphLayout::Layers});
    }
    for (const layout::Output::Box& box : output.boxes) d.picture.boxes.push_back({box.group, box.rect});
    d.grid.build(d.picture.nodes);
    if (d.picture.nodes.size() > MostItems)
        d.scene->addItem(new BatchItem(d.picture, output.bounds.adjusted(-60, -60, 60, 60)));
    else {
        for (std::size_t i = 0; i < d.picture.boxes.size(); ++i)
            d.scene->addItem(new BoxItem(d.picture, static_cast<int>(i)));
        for (std::size_t i = 0; i < d.picture.edges.size(); ++i) {
            d.edgeItems.push_back(new EdgeItem(d.picture, static_cast<int>(i)));
            d.scene->addItem(d.edgeItems.back());
        }
        for (std::size_t i = 0; i < d.picture.nodes.size(); ++i) {
            d.nodeItems.push_back(new NodeItem(d.picture, static_cast<int>(i)));
            d.scene->addItem(d.nodeItems.back());
        }
    }
    const double edge = std::max<double>(400, std::max(output.bounds.width(), output.bounds.height()));
    d.scene->setSceneRect(output.bounds.adjusted(-edge, -edge, edge, edge)); // room to pan
    d.picture.current = d.index.value(d.wanted, -1);
    if (d.picture.current >= static_cast<int>(d.picture.nodes.size())) d.picture.current = -1;
    d.picture.revealed = d.revealed;
    fit(false);
    setAccessibleDescription(
        d.picture.nodes.empty()
            ? d.emptyText
            : tr("Graph of %1 nodes and %2 edges.").arg(d.picture.nodes.size()).arg(d.picture.edges.size()));
    Q_EMIT laidOut();
}

QRectF GraphView::contentRect() const {
    QRectF bounds;
    for (const GraphPicture::Node& node : m_impl->picture.nodes) bounds = bounds.united(node.rect);
    for (const GraphPicture::Box& box : m_impl->picture.boxes) bounds = bounds.united(box.rect);
    for (const GraphPicture::Edge& edge : m_impl->picture.edges) bounds = bounds.united(edge.route.boundingRect());
    return bounds;
}

void GraphView::fit(bool isWhole) {
    Impl& d = *m_impl;
    d.isFitted = true;
    d.isWhole = isWhole;
    QRectF bounds = contentRect();
    if (bounds.isEmpty()) return viewport()->update();
    bounds.adjust(-12, -12, 12, 12);
    const double all = std::min({1.0, viewport()->width() / bounds.width(), viewport()->height() / bounds.height()});
    const double scale = isWhole ? all : std::max(all, LegibleScale);
    setTransform(QTransform::fromScale(scale, scale));
    QPointF centre = bounds.center();
    if (scale > all) { // the start of it, or what is chosen
        const QSizeF seen = QSizeF(viewport()->size()) / scale;
        if (seen.height() < bounds.height()) centre.setY(bounds.top() + seen.height() / 2);
        if (d.picture.current >= 0) centre = d.picture.nodes[static_cast<std::size_t>(d.picture.current)].rect.center();
    }
    centerOn(centre);
    viewport()->update();
}

void GraphView::setRevealed(int nodes) {
    m_impl->revealed = m_impl->picture.revealed = nodes;
    m_impl->scene->update();
    viewport()->update();
}
int GraphView::revealed() const {
    return m_impl->revealed;
}

QRect GraphView::mapRect() const {
    const QRectF content = contentRect();
    if (content.isEmpty() || viewport()->width() < Theme::px(220) || viewport()->height() < Theme::px(130)) return {};
    const QRectF seen = mapToScene(viewport()->rect()).boundingRect();
    if (seen.adjusted(-4, -4, 4, 4).contains(content)) return {};
    const QRectF whole = content.united(seen.intersected(content));
    const QSize most(Theme::px(120), Theme::px(90));
    const double scale = std::min(most.width() / whole.width(), most.height() / whole.height());
    const QSize size(std::max(Theme::px(24), static_cast<int>(whole.width() * scale)),
                     std::max(Theme::px(24), static_cast<int>(whole.height() * scale)));
    return {
        QPoint(viewport()->width() - size.width() - Theme::px(8), viewport()->height() - size.height() - Theme::px(8)),
        size};
}

// Marks instead of nodes and a frame for what is in view.
void GraphView::paintMap(QPainter& painter) {
    const QRect map = mapRect();
    if (map.isEmpty()) return;
    const ThemeTokens& t = Theme::tokens();
    const QRectF content = contentRect();
    const double scale = std::min(map.width() / content.width(), map.height() / content.height());
    const QPointF centre = QRectF(map).center();
    const auto onMap = [&](const QRectF& rect) {
        return QRectF(centre + (rect.topLeft() - content.center()) * scale, rect.size() * scale);
    };
    QColor ground = t.panel;
    ground.setAlphaF(0.92F);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.hairline, 1));
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(map).adjusted(-4, -4, 4, 4), Theme::px(4), Theme::px(4));
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (std::size_t i = 0; i < m_impl->picture.nodes.size(); ++i) {
        if (!m_impl->picture.isThere(static_cast<int>(i))) continue;
        const QRectF mark = onMap(m_impl->picture.nodes[i].rect);
        const bool isCurrent = static_cast<int>(i) == m_impl->picture.current;
        painter.fillRect(QRectF(mark.topLeft(), mark.size().expandedTo(QSizeF(2, 2))),
                         isCurrent ? t.accent : t.strongLine);
    }
    painter.setPen(QPen(t.accent, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(onMap(mapToScene(viewport()->rect()).boundingRect()).intersected(QRectF(map)));
}

void GraphView::goToOnMap(const QPoint& at) {
    const QRect map = mapRect();
    if (map.isEmpty()) return;
    const QRectF content = contentRect();
    const double scale = std::min(map.width() / content.width(), map.height() / content.height());
    m_impl->isFitted = false;
    const QPointF to = content.center() + (QPointF(at) - QRectF(map).center()) / scale;
    centerOn(std::clamp(to.x(), content.left(), content.right()), std::clamp(to.y(), content.top(), content.bottom()));
    viewport()->update();
}

QRectF GraphView::nodeRect(const QString& id) const {
    const int at = m_impl->index.value(id, -1);
    return at < 0 || at >= static_cast<int>(m_impl->picture.nodes.size())
               ? QRectF()
               : m_impl->picture.nodes[static_cast<std::size_t>(at)].rect;
}

void GraphView::setCurrent(const QString& id) {
    Impl& d = *m_impl;
    const int at = d.index.value(id, -1);
    if (at >= static_cast<int>(d.picture.nodes.size())) { // not laid out yet
        d.wanted = id;
        return;
    }
    if (at == d.picture.current) return;
    d.picture.current = at;
    d.scene->update();
    if (at < 0) return;
    const GraphPicture::Node& node = d.picture.nodes[static_cast<std::size_t>(at)];
    ensureVisible(node.rect, 20, 20);
    setAccessibleDescription(tr("%1. %2").arg(node.label, node.detail));
    Q_EMIT currentChanged(id);
}

int GraphView::search(const QString& text) {
    int count = 0, first = -1;
    for (std::size_t i = 0; i < m_impl->picture.nodes.size(); ++i) {
        GraphPicture::Node& node = m_impl->picture.nodes[i];
        node.isMatch = !text.isEmpty() && node.label.contains(text, Qt::CaseInsensitive);
        if (!node.isMatch) continue;
        ++count;
        if (first < 0) first = static_cast<int>(i);
    }
    m_impl->scene->update();
    if (first >= 0) setCurrent(m_impl->picture.nodes[static_cast<std::size_t>(first)].id);
    return count;
}

void GraphView::searchNext() {
    const int count = static_cast<int>(m_impl->picture.nodes.size());
    for (int step = 1; step <= count; ++step) {
        const int at = (std::max(0, m_impl->picture.current) + step) % count;
        if (m_impl->picture.nodes[static_cast<std::size_t>(at)].isMatch)
            return setCurrent(m_impl->picture.nodes[static_cast<std::size_t>(at)].id);
    }
}

void GraphView::zoomBy(double factor) {
    const double now = transform().m11();
    const double to = std::clamp(now * factor, 0.02, 3.0);
    m_impl->isFitted = false;
    scale(to / now, to / now);
}

/// Next node in a direction: neighbours by an edge first, then the nearest in a cone.
void GraphView::walk(int dx, int dy) {
    Impl& d = *m_impl;
    if (d.picture.nodes.empty()) return;
    if (d.picture.current < 0) return setCurrent(d.picture.nodes.front().id);
    const QPointF here = d.picture.nodes[static_cast<std::size_t>(d.picture.current)].rect.center();
    int best = -1;
    double bestCost = 1e18;
    for (std::size_t i = 0; i < d.picture.nodes.size(); ++i) {
        const QPointF way = d.picture.nodes[i].rect.center() - here;
        const double along = way.x() * dx + way.y() * dy, across = std::abs(way.x() * dy) + std::abs(way.y() * dx);
        if (along <= 1 || across > along * 3 + 400) continue;
        const bool isLinked =
            std::any_of(d.picture.edges.begin(), d.picture.edges.end(), [&](const GraphPicture::Edge& edge) {
                return (edge.from == d.picture.current && edge.to == static_cast<int>(i)) ||
                       (edge.to == d.picture.current && edge.from == static_cast<int>(i));
            });
        const double cost = (along + 2 * across) * (isLinked ? 0.2 : 1);
        if (cost >= bestCost) continue;
        best = static_cast<int>(i);
        bestCost = cost;
    }
    if (best >= 0) setCurrent(d.picture.nodes[static_cast<std::size_t>(best)].id);
}

void GraphView::keyPressEvent(QKeyEvent* event) {
    switch (event->key()) {
    case Qt::Key_Left:
        return walk(-1, 0);
    case Qt::Key_Right:
        return walk(1, 0);
    case Qt::Key_Up:
        return walk(0, -1);
    case Qt::Key_Down:
        return walk(0, 1);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoomBy(1.25);
    case Qt::Key_Minus:
        return zoomBy(0.8);
    case Qt::Key_Home:
    case Qt::Key_0:
        if (m_impl->pins.isEmpty()) return fit();
        m_impl->pins.clear();
        return startLayout();
    case Qt::Key_F3:
        return searchNext();
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_impl->picture.current >= 0) Q_EMIT activated(current());
        return;
    default:
        event->ignore();
    }
}

void GraphView::wheelEvent(QWheelEvent* event) {
    zoomBy(std::pow(1.2, event->angleDelta().y() / 120.0));
    event->accept();
}

void GraphView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    setFocus(Qt::MouseFocusReason);
    m_impl->pressed = m_impl->last = event->pos();
    m_impl->isMoved = false;
    m_impl->isOnMap = mapRect().contains(event->pos());
    if (m_impl->isOnMap) return goToOnMap(event->pos());
    m_impl->dragged = m_impl->nodeItems.empty() ? -1 : m_impl->grid.at(m_impl->picture.nodes, mapToScene(event->pos()));
}

void GraphView::mouseMoveEvent(QMouseEvent* event) {
    Impl& d = *m_impl;
    if (event->buttons() & Qt::LeftButton) {
        if (d.isOnMap) return goToOnMap(event->pos());
        if (!d.isMoved && (event->pos() - d.pressed).manhattanLength() < 4) return;
        d.isMoved = true;
        d.isFitted = false;
        d.card->hide();
        const QPoint by = event->pos() - d.last;
        d.last = event->pos();
        if (d.dragged >= 0) {
            GraphPicture::Node& node = d.picture.nodes[static_cast<std::size_t>(d.dragged)];
            d.nodeItems[static_cast<std::size_t>(d.dragged)]->moved();
            const QPointF shift = QPointF(by) / transform().m11();
            node.rect.translate(shift);
            d.pins.insert(node.id, node.rect.center());
            for (std::size_t i = 0; i < d.picture.edges.size(); ++i) {
                GraphPicture::Edge& edge = d.picture.edges[i];
                if (edge.from != d.dragged && edge.to != d.dragged) continue;
                d.edgeItems[i]->moved();
                if (edge.from == edge.to)
                    edge.route.translate(shift);
                else if (edge.from == d.dragged)
                    edge.route.front() += shift;
                else
                    edge.route.back() += shift;
            }
            d.scene->update();
            return;
        }
        horizontalScrollBar()->setValue(horizontalScrollBar()->value() - by.x());
        verticalScrollBar()->setValue(verticalScrollBar()->value() - by.y());
        return;
    }
    int at = d.grid.at(d.picture.nodes, mapToScene(event->pos()));
    if (!d.picture.isThere(at)) at = -1;
    if (at == d.picture.hovered) return;
    d.picture.hovered = at;
    d.scene->update();
    setCursor(at >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (at < 0) return d.card->hide();
    const GraphPicture::Node& node = d.picture.nodes[static_cast<std::size_t>(at)];
    d.card->showAt(QStringLiteral("<b>%1</b><br>%2").arg(node.label.toHtmlEscaped(), node.detail.toHtmlEscaped()),
                   event->pos());
}

void GraphView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    Impl& d = *m_impl;
    if (std::exchange(d.isOnMap, false)) return;
    if (d.isMoved) {
        d.grid.build(d.picture.nodes);
        return;
    }
    int at = d.grid.at(d.picture.nodes, mapToScene(event->pos()));
    if (!d.picture.isThere(at)) at = -1;
    setCurrent(at < 0 ? QString() : d.picture.nodes[static_cast<std::size_t>(at)].id);
}

void GraphView::mouseDoubleClickEvent(QMouseEvent* event) {
    const int at = m_impl->grid.at(m_impl->picture.nodes, mapToScene(event->pos()));
    if (at < 0)
        fit();
    else
        Q_EMIT activated(m_impl->picture.nodes[static_cast<std::size_t>(at)].id);
}

void GraphView::leaveEvent(QEvent* event) {
    m_impl->picture.hovered = -1;
    m_impl->card->hide();
    m_impl->scene->update();
    QGraphicsView::leaveEvent(event);
}

void GraphView::resizeEvent(QResizeEvent* event) {
    QGraphicsView::resizeEvent(event);
    if (m_impl->isFitted) fit(m_impl->isWhole);
}

void GraphView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange && m_impl && m_impl->scene) m_impl->scene->update();
    QGraphicsView::changeEvent(event);
}

void GraphView::paintEvent(QPaintEvent* event) {
    QGraphicsView::paintEvent(event);
    QPainter painter(viewport());
    const ThemeTokens& t = Theme::tokens();
    if (m_impl->picture.nodes.empty()) {
        painter.setPen(t.secondary);
        painter.setFont(Theme::font(TextSize::Body));
        painter.drawText(viewport()->rect().adjusted(Space::l(), 0, -Space::l(), 0), Qt::AlignCenter | Qt::TextWordWrap,
                         m_impl->isBusy ? tr("Placing the nodes…") : m_impl->emptyText);
    }
    paintMap(painter);
    if (!hasFocus()) return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.accent, 2));
    painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(1, 1, -1, -1), Theme::px(6), Theme::px(6));
}

QSize GraphView::sizeHint() const {
    return {Theme::px(360), Theme::px(260)};
}

} // namespace vitrine
