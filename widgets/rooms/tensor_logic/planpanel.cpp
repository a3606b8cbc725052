// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/planpanel.hpp"

#include "core/base/jsonmembers.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/graph/graphview.hpp"
#include "widgets/plot/plotdata.hpp"
#include "widgets/rooms/tensor_logic/logicclient.hpp"

namespace vitrine {

namespace {

double numberOf(const Json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_number() ? at->get<double>() : 0;
}

/// "order|1.0" and "product|1.0" are boxes; "x|3.2|4" and "5 x 5|25|125" are what one reads below a node.
QString detailText(const GraphNode& node) {
    const QStringList parts = qtext(node.detail).split(QLatin1Char('|'));
    if (parts.size() < 3) return qtext(node.detail);
    if (node.group.starts_with("product")) {
        QStringList out{parts[0].isEmpty() ? PlanPanel::tr("scalar") : parts[0]};
        if (parts[2].toDouble() > 0) out << PlanPanel::tr("%1 operations").arg(plot::shortNumber(parts[2].toDouble()));
        return out.join(QStringLiteral(" · "));
    }
    QStringList out;
    if (!parts[0].isEmpty()) out << PlanPanel::tr("by %1", "known columns of a join").arg(parts[0]);
    if (!parts[2].isEmpty())
        out << PlanPanel::tr("%1 rows").arg(groupedInteger(parts[2].toLongLong()));
    else
        out << PlanPanel::tr("about %1 rows").arg(plot::shortNumber(parts[1].toDouble()));
    return out.join(QStringLiteral(" · "));
}

QString ruleText(const Json& item) {
    const Json& orders = listOr(item, "orders");
    qint64 joined = 0;
    bool isSeen = false;
    for (const Json& order : orders)
        for (const Json& step : listOr(order, "steps"))
            if (step.contains("joined")) {
                isSeen = true;
                joined = std::max(joined, static_cast<qint64>(numberOf(step, "joined")));
            }
    const QString text = PlanPanel::tr("%n join order(s)", nullptr, static_cast<int>(orders.size()));
    return isSeen ? PlanPanel::tr("%1; at most %2 rows at once.", "join orders, rows").arg(text, groupedInteger(joined))
                  : text + QLatin1Char('.');
}

QString equationText(const Json& item) {
    QStringList parts;
    for (const Json& product : listOr(item, "products")) {
        const double flops = numberOf(product, "flops"), written = numberOf(product, "writtenFlops");
        const QString einsum = qtext(textOr(product, "einsum"));
        const QString text = written > flops
                                 ? PlanPanel::tr("einsum \"%1\": %2 operations instead of %3 as written")
                                       .arg(einsum, plot::shortNumber(flops), plot::shortNumber(written))
                                 : PlanPanel::tr("einsum \"%1\": %2 operations").arg(einsum, plot::shortNumber(flops));
        parts << text;
    }
    if (const double peak = numberOf(item, "peakBytes"); peak > 0)
        parts << PlanPanel::tr("at most %1 of memory").arg(bytesText(static_cast<std::int64_t>(peak)));
    return parts.isEmpty() ? PlanPanel::tr("Element by element, without a sum.")
                           : parts.join(QStringLiteral("; ")) + QLatin1Char('.');
}

} // namespace

PlanPanel::PlanPanel(LogicClient& client, QWidget* parent)
    : QWidget(parent), m_client(client), m_title(new PanelTitle(tr("How is a line computed?"), this)),
      m_graph(new GraphView(this)) {
    m_graph->setObjectName(QStringLiteral("plan"));
    setProperty("help", QStringLiteral("tensor_logic#plan"));
    m_graph->setAccessibleName(tr("Plan of a line"));
    panelColumn(this, m_title, m_graph);
    setLine(0, {}, {}, {});
}

QString PlanPanel::guidance() {
    return tr("Put the cursor on a rule or an equation, or choose a tensor in the graph: the order of its joins or its "
              "contraction tree appears here.");
}

QString PlanPanel::answer() const {
    return m_title->answer();
}

void PlanPanel::setLine(int line, const QString& name, const QString& text, const QString& folder) {
    m_line = line;
    m_name = name;
    m_text = text;
    m_folder = folder;
    refresh();
}

void PlanPanel::refresh() {
    m_isStale = true;
    if (m_line <= 0) {
        m_title->setQuestion(tr("How is a line computed?"));
        m_title->setAnswer({});
        m_graph->setEmptyText(guidance());
        m_graph->clear();
    }
    if (isVisible()) ask();
}

void PlanPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_isStale) ask();
}

void PlanPanel::ask() {
    m_isStale = false;
    if (m_line <= 0 || !m_client.isReady()) return;
    m_title->setQuestion(tr("How is line %1 computed?").arg(m_line));
    m_client.ask(QStringLiteral("plan"),
                 Json{{"request", "plan"},
                      {"line", m_line},
                      {"name", utf8(m_name)},
                      {"text", utf8(m_text)},
                      {"folder", utf8(m_folder)}},
                 this, [this](const Reply& reply) {
                     if (const auto* json = std::get_if<Json>(&reply.value)) takeItems(*json);
                     if (const auto* graph = std::get_if<GraphSnapshot>(&reply.value)) takeGraph(*graph);
                     if (const auto* error = std::get_if<Error>(&reply.value)) {
                         if (error->code == "VIT-SESSION-001") return;
                         m_title->setAnswer({});
                         const bool isNoRule = error->code == "VIT-SESSION-004";
                         if (isNoRule) m_title->setQuestion(tr("How is a line computed?"));
                         m_graph->setEmptyText(isNoRule ? guidance() : happened(*error));
                         m_graph->clear();
                     }
                 });
}

void PlanPanel::takeItems(const Json& json) {
    QStringList answers;
    for (const Json& item : listOr(json, "items")) {
        const bool isRule = textOr(item, "kind") == "rule";
        QString text = isRule ? ruleText(item) : equationText(item);
        const QString reason = coreText(textOr(item, "reason"), textsOr(item, "arguments"));
        if (!reason.isEmpty())
            text += QLatin1Char(' ') + reason + (reason.endsWith(QLatin1Char('.')) ? QString() : QStringLiteral("."));
        answers << text;
    }
    m_title->setAnswer(answers.mid(0, 3).join(QLatin1Char(' ')));
}

void PlanPanel::takeGraph(GraphSnapshot graph) {
    bool isTree = false;
    for (GraphNode& node : graph.nodes) {
        isTree = isTree || node.group.starts_with("product");
        node.detail = utf8(detailText(node));
    }
    for (GraphNode& node : graph.nodes) node.group.clear();
    for (GraphEdge& edge : graph.edges)
        if (!edge.label.empty()) edge.label = utf8(tr("%1 rows").arg(groupedInteger(qtext(edge.label).toLongLong())));
    m_graph->setEmptyText(tr("Nothing is joined and nothing is summed in this line."));
    m_graph->setGraph(std::move(graph), isTree ? GraphLayout::Tree : GraphLayout::Layers);
}

} // namespace vitrine
