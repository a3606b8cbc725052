// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QPointF>
#include <QPolygonF>
#include <QRectF>
#include <QSizeF>
#include <QString>
#include <QVector>

#include <stop_token>

/// Placing graphs: pure functions, deterministic, for a worker thread.
namespace vitrine::layout {

struct Node {
    QSizeF size;
    int layer = -1; ///< -1: decided here
    QString group;  ///< nodes of a group stand together in a box
};
struct Edge {
    int from = 0, to = 0;
};
struct Input {
    QVector<Node> nodes;
    QVector<Edge> edges;
    double gap = 24;  ///< between neighbours of a layer
    double rise = 56; ///< between layers
};
struct Output {
    QVector<QPointF> centres;
    QVector<QPolygonF> routes; ///< per edge: from border to border, at least two points; self-loops have four
    struct Box {
        QString group;
        QRectF rect;
    };
    QVector<Box> boxes;
    QRectF bounds;
    bool isComplete = true; ///< false when stopped
};

/// Layers from top to bottom (Sugiyama): cycles broken, given layers kept, crossings lowered by barycentres, positions
/// by least squares under the spacing. \cost a second for 10,000 nodes and 20,000 edges
[[nodiscard]] Output layers(const Input& input, std::stop_token stop = {});
/// Roots on top, children under their parents, subtrees as close as their outlines allow. An edge runs from parent to
/// child; a second parent of a node gets a line but no say.
[[nodiscard]] Output tree(const Input& input, std::stop_token stop = {});

/// Positions closest to `wanted` (least squares) that keep their order and lie at least `gaps[i]` apart (between i and
/// i + 1).
[[nodiscard]] QVector<double> spaced(const QVector<double>& wanted, const QVector<double>& gaps);

} // namespace vitrine::layout
