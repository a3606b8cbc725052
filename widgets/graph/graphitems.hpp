// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"

#include <QGraphicsItem>
#include <QPainterPath>

#include <limits>
#include <vector>

/// Private to widgets/graph.
namespace vitrine {

/// What the items share: the graph as drawn. Owned by the view.
struct GraphPicture {
    struct Node {
        QString id, label, detail, kind;
        QRectF rect;
        bool isMatch = false;
    };
    struct Edge {
        int from = 0, to = 0;
        QString label, kind;
        QPolygonF route;
        bool isArrow = true;
    };
    struct Box {
        QString title;
        QRectF rect;
    };
    std::vector<Node> nodes;
    std::vector<Edge> edges;
    std::vector<Box> boxes;
    int current = -1, hovered = -1;
    int revealed = std::numeric_limits<int>::max(); ///< nodes from here on are not yet there
    [[nodiscard]] bool isThere(int node) const { return node < revealed; }
    [[nodiscard]] bool isThere(const Edge& edge) const { return isThere(edge.from) && isThere(edge.to); }
};

[[nodiscard]] QSizeF nodeSize(const QString& label, const QString& detail);
void paintNode(QPainter& painter, const GraphPicture::Node& node, bool isCurrent, bool isHovered);
void paintEdge(QPainter& painter, const GraphPicture::Edge& edge, bool isNear);
void paintBox(QPainter& painter, const GraphPicture::Box& box);
[[nodiscard]] QPainterPath edgePath(const GraphPicture::Edge& edge);

/// One node as an item of its own (up to GraphView::MostItems).
class NodeItem final : public QGraphicsItem {
  public:
    NodeItem(GraphPicture& picture, int index) : m_picture(picture), m_index(index) { setZValue(2); }
    QRectF boundingRect() const override {
        return m_picture.nodes[static_cast<std::size_t>(m_index)].rect.adjusted(-4, -4, 4, 4);
    }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override;
    void moved() { prepareGeometryChange(); }

  private:
    GraphPicture& m_picture;
    int m_index;
};

class EdgeItem final : public QGraphicsItem {
  public:
    EdgeItem(GraphPicture& picture, int index) : m_picture(picture), m_index(index) { setZValue(1); }
    QRectF boundingRect() const override;
    void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override;
    void moved() { prepareGeometryChange(); }

  private:
    GraphPicture& m_picture;
    int m_index;
};

class BoxItem final : public QGraphicsItem {
  public:
    BoxItem(GraphPicture& picture, int index) : m_picture(picture), m_index(index) { setZValue(0); }
    QRectF boundingRect() const override {
        return m_picture.boxes[static_cast<std::size_t>(m_index)].rect.adjusted(-2, -2, 240, 2); // titles may be wider
    }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override;

  private:
    GraphPicture& m_picture;
    int m_index;
};

/// A large graph in one go: edges as lines, labels only where they can be read.
class BatchItem final : public QGraphicsItem {
  public:
    BatchItem(GraphPicture& picture, const QRectF& bounds) : m_picture(picture), m_bounds(bounds) {
        setFlag(ItemUsesExtendedStyleOption); // for the exposed rectangle
    }
    QRectF boundingRect() const override { return m_bounds; }
    void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget*) override;

  private:
    GraphPicture& m_picture;
    QRectF m_bounds;
};

} // namespace vitrine
