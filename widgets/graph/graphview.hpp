// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"
#include "widgets/graph/layout.hpp"

#include <QGraphicsView>

#include <memory>
#include <stop_token>

namespace vitrine {

class HoverCard;

enum class GraphLayout { Layers, Tree };

/// A graph with its layout, found on a worker: nodes with a label and a detail line, boxed groups, edges whose kind
/// says how they are drawn. Drag pans (a node: moves and pins it), wheel zooms, arrow keys walk along edges.
///
/// Node kinds: "rule" accent, "new" orange, "numeric" teal, "learned" violet, else neutral.
/// Edge kinds: "negated" dashed, "memo" teal and dotted, "strict" amber and dash-dotted, else plain.
class GraphView final : public QGraphicsView {
    Q_OBJECT
  public:
    static constexpr int MostItems = 500; ///< above, one item paints everything in batches

    explicit GraphView(QWidget* parent = nullptr);
    ~GraphView() override;

    void setGraph(GraphSnapshot graph, GraphLayout layout);
    void clear();
    void setEmptyText(const QString& text);
    [[nodiscard]] const GraphSnapshot& graph() const;
    [[nodiscard]] bool isBusy() const; ///< a layout is being found

    void setCurrent(const QString& id); ///< empty: none
    [[nodiscard]] QString current() const;
    /// All of it in view, however small; unless asked to, texts stay legible and the map in the corner shows the whole.
    void fit(bool isWhole = true);
    /// Only the first nodes of the snapshot, with the edges among them: a graph that grows keeps its places.
    void setRevealed(int nodes);
    [[nodiscard]] int revealed() const;
    [[nodiscard]] QRect mapRect() const; ///< of the map in the corner; empty while everything is in view
    /// Marks the nodes whose label contains `text`, goes to the first. \return how many
    int search(const QString& text);
    void searchNext();
    [[nodiscard]] QRectF nodeRect(const QString& id) const; ///< in scene coordinates; empty when unknown

    QSize sizeHint() const override;

  Q_SIGNALS:
    void currentChanged(const QString& id);
    void activated(const QString& id); ///< double click or Enter
    void laidOut();

  protected:
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Impl;
    void startLayout();
    void build(const layout::Output& output);
    void zoomBy(double factor);
    void walk(int dx, int dy);
    void paintMap(QPainter& painter);
    void goToOnMap(const QPoint& at);
    [[nodiscard]] QRectF contentRect() const;
    std::unique_ptr<Impl> m_impl;
};

} // namespace vitrine
