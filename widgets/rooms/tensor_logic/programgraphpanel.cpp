// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/programgraphpanel.hpp"

#include "widgets/base/panelparts.hpp"
#include "widgets/base/searchline.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/graph/graphview.hpp"
#include "widgets/rooms/tensor_logic/logicclient.hpp"

#include <QSet>

namespace vitrine {

ProgramGraphPanel::ProgramGraphPanel(LogicClient& client, QWidget* parent)
    : QWidget(parent), m_client(client), m_title(new PanelTitle(tr("How do the tensors depend on each other?"), this)),
      m_graph(new GraphView(this)) {
    m_graph->setObjectName(QStringLiteral("programGraph"));
    setProperty("help", QStringLiteral("tensor_logic#graph"));
    m_graph->setAccessibleName(tr("Program graph"));
    m_graph->setEmptyText(tr("The graph appears here with the first statement."));
    auto* search = new SearchLine(tr("Find a tensor"), this);
    search->setAccessibleName(tr("Find a tensor"));
    search->setFixedWidth(Theme::px(112));
    m_title->addAction(search);
    connect(search, &SearchLine::searched, this, [this](const QString& text) { m_graph->search(text); });
    panelColumn(this, m_title, m_graph);
    connect(m_graph, &GraphView::currentChanged, this, &ProgramGraphPanel::tensorChosen);
}

void ProgramGraphPanel::setCurrent(const QString& tensor) {
    const QSignalBlocker quiet(m_graph);
    m_graph->setCurrent(tensor);
}

void ProgramGraphPanel::refresh(const QString& name, const QString& text, const QString& folder) {
    m_client.ask(QStringLiteral("graph"),
                 Json{{"request", "graph"}, {"name", utf8(name)}, {"text", utf8(text)}, {"folder", utf8(folder)}}, this,
                 [this](const Reply& reply) {
                     const auto* found = std::get_if<GraphSnapshot>(&reply.value);
                     if (!found) return;
                     GraphSnapshot graph = *found;
                     QSet<int> strata;
                     QSet<QString> cycles;
                     for (GraphNode& node : graph.nodes) {
                         strata.insert(node.layer);
                         const QStringList detail = qtext(node.detail).split(QLatin1Char('|'));
                         const QString kind = detail[0] == QLatin1String("relation") ? tr("relation") : detail[0];
                         node.detail = utf8(detail.size() > 1
                                                ? tr("%1, %2 given").arg(kind, groupedInteger(detail[1].toLongLong()))
                                                : kind);
                         if (node.group.empty()) continue;
                         cycles.insert(qtext(node.group));
                         node.group =
                             utf8(tr("recursive, stratum %1").arg(qtext(node.group).section(QLatin1Char('|'), 1)));
                     }
                     for (GraphEdge& edge : graph.edges)
                         if (edge.kind == "negated") edge.label = utf8(tr("not"));
                     const auto count = static_cast<int>(graph.nodes.size());
                     m_title->setAnswer(count == 0 ? QString()
                                                   : tr("%n tensor(s)", nullptr, count) + QStringLiteral(", ") +
                                                         tr("%n stratum(s)", nullptr, static_cast<int>(strata.size())) +
                                                         QStringLiteral(", ") +
                                                         tr("%n cycle(s).", nullptr, static_cast<int>(cycles.size())));
                     m_graph->setGraph(std::move(graph), GraphLayout::Layers);
                 });
}

} // namespace vitrine
