// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/whypanel.hpp"

#include "core/base/jsonmembers.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/tableexport.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/graph/graphview.hpp"
#include "widgets/rooms/tensor_logic/logicclient.hpp"

#include <QHeaderView>
#include <QRegularExpression>
#include <QStackedWidget>
#include <QTableView>

#include <algorithm>
#include <cmath>

namespace vitrine {

void TermsModel::setTerms(const Table& table) {
    beginResetModel();
    m_rows.clear();
    m_sum = 0;
    for (const auto& row : table.rows) {
        if (row.size() < 2) continue;
        const auto* text = std::get_if<std::string>(&row[0]);
        const auto* value = std::get_if<double>(&row[1]);
        m_rows.append({text ? qtext(*text) : QString(), value ? *value : 0});
        m_sum += m_rows.back().second;
    }
    endResetModel();
}
int TermsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}
QVariant TermsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const auto& [text, value] = m_rows[index.row()];
    if (role == Qt::DisplayRole || role == Qt::ToolTipRole)
        return index.column() == 0       ? text
               : role == Qt::DisplayRole ? QString::number(value, 'g', 6)
                                         : fullNumber(value);
    if (role == Qt::FontRole) return Theme::mono();
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignVCenter | (index.column() == 0 ? Qt::AlignLeft : Qt::AlignRight));
    if (role == tableexport::SortRole) return index.column() == 0 ? QVariant(text) : QVariant(value);
    return {};
}
QVariant TermsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole || orientation == Qt::Vertical) return {};
    return section == 0 ? tr("term") : tr("value");
}

WhyPanel::WhyPanel(LogicClient& client, QWidget* parent)
    : QWidget(parent), m_client(client), m_title(new PanelTitle(tr("Why does it hold?"), this)),
      m_stack(new QStackedWidget(this)), m_graph(new GraphView(this)), m_table(new QTableView(this)),
      m_terms(new TermsModel(this)) {
    m_graph->setObjectName(QStringLiteral("proof"));
    setProperty("help", QStringLiteral("tensor_logic#why"));
    m_graph->setAccessibleName(tr("Proof tree"));
    m_table->setObjectName(QStringLiteral("terms"));
    m_table->setAccessibleName(tr("Terms of the sum"));
    m_table->setModel(m_terms);
    tableexport::dress(m_table);
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_stack->addWidget(m_graph);
    m_stack->addWidget(m_table);
    panelColumn(this, m_title, m_stack);
    connect(m_graph, &GraphView::activated, this, [this](const QString& id) {
        for (const GraphNode& node : m_graph->graph().nodes)
            if (qtext(node.id) == id)
                if (const auto tuple = parseTuple(qtext(node.label))) Q_EMIT tupleChosen(*tuple);
    });
    connect(m_graph, &GraphView::currentChanged, this, [this](const QString& id) {
        for (const GraphNode& node : m_graph->graph().nodes)
            if (qtext(node.id) == id) {
                static const QRegularExpression line(QStringLiteral("(\\d+)"));
                if (const auto match = line.match(qtext(node.detail)); match.hasMatch())
                    Q_EMIT lineChosen(match.captured(1).toInt());
            }
    });
    clear();
}

void WhyPanel::clear() {
    m_title->setQuestion(tr("Why does it hold?"));
    m_title->setAnswer({});
    m_stack->setCurrentIndex(0);
    m_graph->setEmptyText(tr("Choose a tuple in the table or the matrix: its proof appears here."));
    m_graph->clear();
}

QString WhyPanel::answer() const {
    return m_title->answer();
}

namespace {

/// "rule|5|3" of the session to words.
void translate(GraphSnapshot& graph) {
    for (GraphNode& node : graph.nodes) {
        const QStringList parts = qtext(node.detail).split(QLatin1Char('|'));
        QString text = qtext(node.detail);
        if (parts[0] == QLatin1String("fact"))
            text = parts.size() > 1 ? WhyPanel::tr("fact, line %1").arg(parts[1]) : WhyPanel::tr("fact");
        if (parts[0] == QLatin1String("rule") && parts.size() > 2)
            text = parts[2] == QLatin1String("0") ? WhyPanel::tr("rule line %1").arg(parts[1])
                                                  : WhyPanel::tr("rule line %1, round %2").arg(parts[1], parts[2]);
        if (parts[0] == QLatin1String("cut")) text = WhyPanel::tr("goes on below");
        if (parts[0] == QLatin1String("holds")) text = WhyPanel::tr("condition");
        node.detail = utf8(text);
    }
}

QString usesText(int line, int uses) {
    if (uses == 1) return WhyPanel::tr("the rule of line %1 once").arg(line);
    if (uses == 2) return WhyPanel::tr("the rule of line %1 twice").arg(line);
    return WhyPanel::tr("the rule of line %1, %2 times").arg(line).arg(uses);
}

QString summaryOf(const Json& json) {
    QStringList parts{WhyPanel::tr("%n fact(s)", nullptr, static_cast<int>(integerOr(json, "facts")))};
    for (const Json& rule : listOr(json, "rules"))
        parts << usesText(static_cast<int>(integerOr(rule, "line")), static_cast<int>(integerOr(rule, "uses")));
    QString text = parts.mid(0, 4).join(QStringLiteral("; ")) + QLatin1Char('.');
    if (boolOr(json, "isCut")) text += QLatin1Char(' ') + WhyPanel::tr("The tree is cut where it is too deep.");
    return text;
}

} // namespace

void WhyPanel::showProof(const TupleRef& tuple, bool isRelation) {
    m_title->setQuestion(tr("Why does %1 hold?").arg(tupleText(tuple, isRelation)));
    m_title->setAnswer(tr("Looking for the shortest proof…"));
    m_stack->setCurrentIndex(0);
    Json cells = Json::array();
    for (const QString& cell : tuple.cells) cells.push_back(utf8(cell));
    m_client.ask(QStringLiteral("proof"), Json{{"request", "proof"}, {"tensor", utf8(tuple.tensor)}, {"cells", cells}},
                 this, [this](const Reply& reply) {
                     if (const auto* json = std::get_if<Json>(&reply.value)) m_title->setAnswer(summaryOf(*json));
                     if (const auto* graph = std::get_if<GraphSnapshot>(&reply.value)) {
                         GraphSnapshot drawn = *graph;
                         translate(drawn);
                         m_graph->setGraph(std::move(drawn), GraphLayout::Tree);
                     }
                     if (const auto* error = std::get_if<Error>(&reply.value)) {
                         m_title->setAnswer(happened(*error));
                         m_graph->setEmptyText(tr("There is no proof of it."));
                         m_graph->clear();
                     }
                 });
}

void WhyPanel::showTerms(const TupleRef& cell, const QVector<qint64>& position) {
    m_title->setQuestion(
        tr("Where does %1 come from?").arg(cell.cells.isEmpty() ? cell.tensor : tupleText(cell, false)));
    m_title->setAnswer(tr("Adding up its terms…"));
    Json place = Json::array();
    for (const qint64 each : position) place.push_back(each);
    m_client.ask(QStringLiteral("terms"),
                 Json{{"request", "terms"}, {"tensor", utf8(cell.tensor)}, {"position", place}}, this,
                 [this](const Reply& reply) {
                     if (const auto* table = std::get_if<Table>(&reply.value)) {
                         m_terms->setTerms(*table);
                         m_stack->setCurrentIndex(1);
                         m_table->resizeColumnToContents(1);
                         m_title->setAnswer(table->rows.empty() ? tr("No term of it is different from zero.")
                                                                : tr("%n term(s), %1 together.", nullptr,
                                                                     static_cast<int>(table->rows.size()))
                                                                      .arg(QString::number(m_terms->sum(), 'g', 6)));
                     }
                     if (const auto* error = std::get_if<Error>(&reply.value)) m_title->setAnswer(happened(*error));
                 });
}

} // namespace vitrine
