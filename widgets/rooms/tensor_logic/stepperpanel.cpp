// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/stepperpanel.hpp"

#include "core/base/jsonmembers.hpp"
#include "widgets/base/hovercard.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/tableexport.hpp"
#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/graph/graphview.hpp"
#include "widgets/rooms/tensor_logic/chiprow.hpp"
#include "widgets/rooms/tensor_logic/logicclient.hpp"
#include "widgets/rooms/tensor_logic/rowsmodel.hpp"
#include "widgets/rooms/tensor_logic/sessiontiles.hpp"

#include <QBoxLayout>
#include <QComboBox>
#include <QHeaderView>
#include <QIcon>
#include <QItemSelectionModel>
#include <QLabel>
#include <QResizeEvent>
#include <QSlider>
#include <QSpinBox>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace vitrine {

namespace {
constexpr int PlayMs = 700;
}

StepperPanel::StepperPanel(LogicClient& client, QWidget* parent)
    : QWidget(parent), m_client(client), m_title(new PanelTitle(tr("What does the program compute?"), this)),
      m_chooser(new QComboBox(this)), m_back(new QToolButton(this)), m_step(new QToolButton(this)),
      m_play(new QToolButton(this)), m_slider(new QSlider(Qt::Horizontal, this)), m_prefixRow(new QHBoxLayout),
      m_split(new QSplitter(Qt::Horizontal, this)), m_matrix(new MatrixView(this)), m_table(new QTableView(this)),
      m_rows(new RowsModel(client, this)), m_tiles(new SessionTiles(client, QStringLiteral("tile"), this)),
      m_chips(new ChipRow(this)), m_goals(new GraphView(this)) {
    buildHead();
    m_goals->setObjectName(QStringLiteral("goals"));
    m_goals->setAccessibleName(tr("Goal tree"));
    m_goals->hide();
    m_matrix->setObjectName(QStringLiteral("matrix"));
    setProperty("help", QStringLiteral("tensor_logic#steps"));
    m_matrix->setSource(m_tiles);
    setExperiment(false);
    m_table->setObjectName(QStringLiteral("rows"));
    m_table->setModel(m_rows);
    m_table->setAccessibleName(tr("Rows"));
    tableexport::dress(m_table);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->verticalHeader()->hide();
    m_table->setItemDelegate(new RowsDelegate(m_table));
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    m_table->horizontalHeader()->setResizeContentsPrecision(20);
    m_table->horizontalHeader()->setMinimumSectionSize(Theme::px(44));
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setSortingEnabled(false); // rows come in printing order, page by page
    m_split->addWidget(m_goals);
    m_split->addWidget(m_matrix);
    m_split->addWidget(m_table);
    m_split->setChildrenCollapsible(false);
    m_split->setHandleWidth(1);
    m_split->setMinimumHeight(Theme::px(160)); // the mechanism: all else gives way first
    m_table->setMinimumWidth(Theme::px(130));
    m_split->setStretchFactor(0, 3);
    m_split->setStretchFactor(1, 3);
    m_split->setStretchFactor(2, 2);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, Space::s());
    column->setSpacing(Space::xs());
    column->addWidget(m_title);
    auto* choices = new QHBoxLayout;
    choices->setContentsMargins(Space::l(), 0, Space::l(), 0);
    choices->setSpacing(Space::s());
    choices->addWidget(m_chooser);
    choices->addLayout(m_prefixRow);
    choices->addStretch(1);
    choices->addWidget(m_slider);
    column->addLayout(choices);
    auto* body = new QVBoxLayout;
    body->setContentsMargins(Space::s(), 0, Space::l(), 0);
    body->addWidget(m_split, 1);
    column->addLayout(body, 1);
    auto* rules = new QVBoxLayout;
    rules->setContentsMargins(Space::l(), 0, Space::l(), 0);
    rules->addWidget(m_chips);
    column->addLayout(rules);
    connect(m_split, &QSplitter::splitterMoved, this, [this] { m_isSplitMoved = true; });
    m_player.setInterval(PlayMs);
    connect(&m_player, &QTimer::timeout, this, [this] { m_round >= lastRound() ? setPlaying(false) : stepForward(); });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &StepperPanel::selectFromTable);
    connect(m_matrix, &MatrixView::currentChanged, this, &StepperPanel::selectFromMatrix);
    connect(m_rows, &RowsModel::pageArrived, this, &StepperPanel::chooseFirstNew);
    connect(m_chips, &ChipRow::lineChosen, this, &StepperPanel::lineChosen);
    m_matrix->setDescribe([this](const MatrixCell& cell, double value, std::uint32_t round) {
        const TensorView* tensor = view();
        if (!tensor || tensor->arity() < 2) return QString();
        const int down = tensor->arity() - 2, across = tensor->arity() - 1;
        QList<QPair<QString, QString>> lines{
            {tensor->columns[down].toHtmlEscaped(), label(down, cell.row).toHtmlEscaped()},
            {tensor->columns[across].toHtmlEscaped(), label(across, cell.column).toHtmlEscaped()}};
        if (std::isnan(value))
            lines.append({tr("value"), tr("reading…")});
        else if (tensor->isRelation)
            lines.append({tensor->name.toHtmlEscaped(),
                          value > 0 ? (round > 0 ? tr("true, round %1").arg(round) : tr("true")) : tr("false")});
        else
            lines.append({tensor->name.toHtmlEscaped(), QString::number(value, 'g', 7)});
        return HoverCard::pairs(lines);
    });
    setSummary(nullptr);
}

void StepperPanel::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_chips->setMostRules(height() < Theme::px(340) ? 1 : height() < Theme::px(420) ? 2 : 3);
    if (event->size().width() != event->oldSize().width()) updateGeometry(); // titles wrap
    shareRoom();
}

// Titles that wrap count: without them the rules would be drawn over the matrix.
QSize StepperPanel::minimumSizeHint() const {
    QSize least = QWidget::minimumSizeHint();
    if (width() > 0) least.setHeight(layout()->totalMinimumHeightForWidth(width()));
    return least;
}

// The matrix takes what its cells need, the table the rest; once someone moves the line it stays.
void StepperPanel::shareRoom() {
    const int all = m_split->width();
    if (m_isSplitMoved || !m_table->isVisibleTo(this) || all <= 0) return;
    if (m_goals->isVisibleTo(this)) return m_split->setSizes({all * 2 / 3, 0, all / 3});
    if (!m_matrix->isVisibleTo(this)) return;
    const int wanted = m_matrix->widthFor(m_split->height());
    const int matrix =
        std::clamp(wanted, std::min(Theme::px(180), all / 2), std::max(all * 3 / 5, all - Theme::px(340)));
    m_split->setSizes({0, matrix, all - matrix});
}

void StepperPanel::buildHead() {
    m_chooser->setObjectName(QStringLiteral("tensorChooser"));
    m_chooser->setAccessibleName(tr("Tensor on show"));
    m_chooser->setToolTip(tr("Which tensor is shown"));
    m_chooser->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_chooser->setMaximumWidth(Theme::px(240));
    const auto button = [this](QToolButton* tool, const char* name, const QString& icon, const QString& tip) {
        tool->setObjectName(QString::fromLatin1(name));
        tool->setIcon(themeIcon(icon));
        tool->setToolTip(tip);
        tool->setAccessibleName(tip);
    };
    button(m_back, "stepBack", QStringLiteral("step-back"), tr("One round back (Shift+F10)"));
    button(m_step, "step", QStringLiteral("step"), tr("One round on (F10)"));
    button(m_play, "play", QStringLiteral("play"), tr("Play the rounds"));
    m_play->setCheckable(true);
    m_slider->setObjectName(QStringLiteral("roundSlider"));
    m_slider->setAccessibleName(tr("Round"));
    m_slider->setFixedWidth(Theme::px(140));
    m_slider->setMinimum(1);
    m_title->addAction(m_back);
    m_title->addAction(m_step);
    m_title->addAction(m_play);
    connect(m_back, &QToolButton::clicked, this, &StepperPanel::stepBack);
    connect(m_step, &QToolButton::clicked, this, &StepperPanel::stepForward);
    connect(m_play, &QToolButton::toggled, this, &StepperPanel::setPlaying);
    connect(m_slider, &QSlider::valueChanged, this, &StepperPanel::setRound);
    connect(m_chooser, &QComboBox::activated, this,
            [this](int index) { showTensor(m_chooser->itemData(index).toString()); });
}

const TensorView* StepperPanel::view() const {
    return m_summary ? m_summary->find(m_tensor) : nullptr;
}
QString StepperPanel::tensor() const {
    return m_tensor;
}
QString StepperPanel::answer() const {
    return m_title->answer();
}
int StepperPanel::lastRound() const {
    if (isShowingGoals()) return static_cast<int>(m_goalList.size());
    const TensorView* tensor = view();
    return tensor && !tensor->rounds.isEmpty() ? static_cast<int>(tensor->rounds.back().round) : 0;
}

void StepperPanel::setSummary(std::shared_ptr<const LogicSummary> summary) {
    m_summary = std::move(summary);
    m_selected = {};
    setPlaying(false);
    clearGoals();
    m_chooser->clear();
    if (m_summary)
        for (const TensorView& tensor : m_summary->tensors)
            if (tensor.isEvaluated) m_chooser->addItem(tensor.signature(), tensor.name);
    const bool isKept = view() && view()->isEvaluated;
    const QString name = isKept ? m_tensor : m_summary ? m_summary->mostInteresting() : QString();
    m_tensor.clear();
    m_round = 0;
    if (!name.isEmpty()) {
        showTensor(name);
        if (m_summary->demanded > 0 && !m_summary->answers.isEmpty()) showGoalsOf(m_summary->answers.front().line);
        return;
    }
    m_tiles->clear();
    m_rows->clear();
    m_chips->setRules({});
    m_title->setQuestion(tr("What does the program compute?"));
    m_title->setAnswer({});
    for (QWidget* widget : {static_cast<QWidget*>(m_back), static_cast<QWidget*>(m_step), static_cast<QWidget*>(m_play),
                            static_cast<QWidget*>(m_slider), static_cast<QWidget*>(m_chooser)})
        widget->setVisible(false);
    m_table->setVisible(false);
    m_matrix->setVisible(true);
}

void StepperPanel::setExperiment(bool isExperiment) {
    m_matrix->setEmptyText(isExperiment ? tr("Press Run: the curves of the experiment appear below.")
                                        : tr("Evaluate the program: its relations appear here as matrices."));
}

void StepperPanel::showTensor(const QString& name) {
    const TensorView* tensor = m_summary ? m_summary->find(name) : nullptr;
    if (!tensor || !tensor->isEvaluated) return;
    const bool isNew = m_tensor != name;
    if (isNew) clearGoals();
    m_tensor = name;
    m_chooser->setCurrentIndex(m_chooser->findData(name));
    m_round = lastRound();
    if (isNew && m_selected.tensor != name) m_selected = {};
    refreshTensor();
    refreshRound();
    if (isNew) Q_EMIT tensorChanged(name);
}

QString StepperPanel::label(int axis, qint64 position) const {
    if (axis < m_labels.size() && position < m_labels[axis].size()) return m_labels[axis][position];
    return QString::number(position);
}
qint64 StepperPanel::positionOf(int axis, const QString& text) const {
    if (axis < m_positions.size() && !m_positions[axis].isEmpty()) return m_positions[axis].value(text, -1);
    bool ok = false;
    const qint64 position = text.toLongLong(&ok);
    return ok ? position : -1;
}
QVector<qint64> StepperPanel::positionOf(const TupleRef& tuple) const {
    QVector<qint64> out;
    for (qsizetype i = 0; i < tuple.cells.size(); ++i) out.append(positionOf(static_cast<int>(i), tuple.cells[i]));
    return out;
}
QVector<qint64> StepperPanel::prefix() const {
    QVector<qint64> out;
    for (const QSpinBox* box : m_prefixBoxes) out.append(box->value());
    return out;
}

void StepperPanel::askLabels(int axis) {
    m_client.ask(QStringLiteral("labels%1").arg(axis),
                 Json{{"request", "labels"}, {"tensor", utf8(m_tensor)}, {"axis", axis}}, this,
                 [this, axis, name = m_tensor](const Reply& reply) {
                     const auto* json = std::get_if<Json>(&reply.value);
                     if (!json || name != m_tensor || !json->contains("labels") || axis >= m_labels.size()) return;
                     QStringList labels;
                     QHash<QString, qint64> positions;
                     for (const Json& each : (*json)["labels"]) {
                         const QString text = each.is_string() ? qtext(each.get<std::string>()) : QString();
                         positions.insert(text, labels.size());
                         labels << text;
                     }
                     m_labels[axis] = labels;
                     m_positions[axis] = positions;
                     m_matrix->setLabels([this](qint64 i) { return label(view() ? view()->arity() - 2 : 0, i); },
                                         [this](qint64 i) { return label(view() ? view()->arity() - 1 : 1, i); });
                     shareRoom(); // labels need room
                     if (!m_selected.isEmpty()) select(TupleRef(m_selected), m_isChosen);
                 });
}

void StepperPanel::refreshTensor() {
    const TensorView* tensor = view();
    const int arity = tensor->arity();
    m_labels = QVector<QStringList>(arity);
    m_positions = QVector<QHash<QString, qint64>>(arity);
    for (int axis = 0; axis < arity; ++axis)
        if (axis < tensor->isSymbolic.size() && tensor->isSymbolic[axis]) askLabels(axis);
    qDeleteAll(m_prefixBoxes);
    m_prefixBoxes.clear();
    while (QLayoutItem* item = m_prefixRow->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (tensor->isMatrix())
        for (int axis = 0; axis + 2 < arity; ++axis) {
            auto* name = asSecondary(new QLabel(tensor->columns[axis] + QStringLiteral(" =")), TextSize::Caption);
            auto* box = new QSpinBox;
            box->setRange(0, static_cast<int>(std::max<qint64>(0, tensor->shape[axis] - 1)));
            box->setMinimumWidth(Theme::px(64));
            box->setAccessibleName(tr("Slice of %1").arg(tensor->columns[axis]));
            name->setBuddy(box);
            connect(box, &QSpinBox::valueChanged, this, [this] { refreshRound(); });
            m_prefixRow->addWidget(name);
            m_prefixRow->addWidget(box);
            m_prefixBoxes.append(box);
        }
    if (m_selected.isEmpty()) m_matrix->setCurrent(std::nullopt);
    const bool hasRounds = tensor->rounds.size() > 1 || isShowingGoals();
    for (QWidget* widget : {static_cast<QWidget*>(m_back), static_cast<QWidget*>(m_step), static_cast<QWidget*>(m_play),
                            static_cast<QWidget*>(m_slider)})
        widget->setVisible(hasRounds);
    m_chooser->setVisible(true);
    m_table->setVisible(true);
    m_goals->setVisible(isShowingGoals());
    m_matrix->setVisible(tensor->isMatrix() && !isShowingGoals());
    m_matrix->setAccessibleName(tr("%1 as a matrix").arg(tensor->signature()));
    if (tensor->isMatrix()) m_matrix->setAxisNames(tensor->columns[arity - 2], tensor->columns[arity - 1]);
    const QSignalBlocker quiet(m_slider);
    m_slider->setMaximum(std::max(1, lastRound()));
    m_matrix->setLabels([this](qint64 i) { return label(view() ? view()->arity() - 2 : 0, i); },
                        [this](qint64 i) { return label(view() ? view()->arity() - 1 : 1, i); });
}

void StepperPanel::refreshRound() {
    const TensorView* tensor = view();
    if (!tensor) return;
    const auto round = static_cast<std::uint32_t>(m_round);
    {
        const QSignalBlocker quiet(m_slider);
        m_slider->setValue(m_round);
    }
    m_back->setEnabled(m_round > 1);
    m_step->setEnabled(m_round < lastRound());
    if (isShowingGoals()) return refreshGoal();
    const int arity = tensor->arity();
    if (tensor->isMatrix()) {
        const bool isPresence = tensor->isRelation || tensor->type == QLatin1String("bool");
        const double most = std::max(std::abs(tensor->low), std::abs(tensor->high));
        m_matrix->setColorMap(isPresence        ? ColorMap::Presence
                              : tensor->low < 0 ? ColorMap::Diverging
                                                : ColorMap::Viridis);
        m_matrix->setValueRange(tensor->low < 0 ? -most : 0, most > 0 ? most : 1);
        m_matrix->setHighlightedRound(tensor->rounds.size() > 1 ? round : 0);
        m_tiles->show(tensor->name, tensor->shape[arity - 2], tensor->shape[arity - 1], prefix(), round);
    } else
        m_tiles->clear();
    qint64 rows = tensor->storage == QLatin1String("tuples") ? tensor->rows : 1;
    if (tensor->storage == QLatin1String("dense"))
        for (const qint64 extent : tensor->shape) rows *= extent;
    for (const RoundView& each : tensor->rounds)
        if (static_cast<int>(each.round) <= m_round) rows = each.total;
    m_rows->show(tensor->name, tensor->columns, tensor->isRelation, rows, tensor->rounds.size() > 1 ? round : 0);
    QHeaderView* header = m_table->horizontalHeader();
    header->setSectionResizeMode(QHeaderView::Stretch);
    if (header->count() > 1) header->setSectionResizeMode(header->count() - 1, QHeaderView::ResizeToContents);
    shareRoom();
    refreshWords();
    refreshChips();
    Q_EMIT roundChanged(m_round);
}

void StepperPanel::refreshWords() {
    const TensorView* tensor = view();
    if (tensor->rounds.size() > 1) {
        m_title->setQuestion(tr("What did round %1 add to %2?").arg(m_round).arg(tensor->name));
        const RoundView* now = nullptr;
        for (const RoundView& each : tensor->rounds)
            if (static_cast<int>(each.round) == m_round) now = &each;
        if (!now) return m_title->setAnswer(tr("Nothing: every new tuple was known already."));
        const QString found = tensor->arity() == 2 ? tr("%n new pair(s)", nullptr, static_cast<int>(now->delta))
                                                   : tr("%n new tuple(s)", nullptr, static_cast<int>(now->delta));
        QString text = now->joined > 0 ? tr("%1 from %2 joined rows").arg(found, groupedInteger(now->joined))
                       : m_round == 1  ? tr("%1 to start from").arg(found)
                                       : found;
        qint64 all = tensor->shape.isEmpty() ? 0 : 1;
        for (const qint64 extent : tensor->shape) all *= extent;
        text += all > 0 ? tr("; %1 of %2 so far.").arg(groupedInteger(now->total), groupedInteger(all))
                        : tr("; %1 so far.").arg(groupedInteger(now->total));
        return m_title->setAnswer(text);
    }
    m_title->setQuestion(tr("What does %1 hold?").arg(tensor->signature()));
    QStringList extents;
    for (const qint64 extent : tensor->shape) extents << QString::number(extent);
    QString text = tensor->storage == QLatin1String("tuples")
                       ? tr("%1 rows, stored one by one").arg(groupedInteger(tensor->rows))
                       : tr("%1 [%2], stored densely").arg(tensor->type, extents.join(QStringLiteral(", ")));
    if (!tensor->why.isEmpty()) text += QStringLiteral(": ") + tensor->why;
    m_title->setAnswer(text.endsWith(QLatin1Char('.')) ? text : text + QLatin1Char('.'));
}

void StepperPanel::refreshChips() {
    const TensorView* tensor = view();
    QVector<ChipRow::Rule> rules;
    for (const RuleView& rule : m_summary->rules)
        if (rule.head == tensor->name) rules.append({rule.line, rule.join, rule.einsum, {}});
    m_chips->setRules(rules);
    if (rules.isEmpty() || m_selected.tensor != tensor->name) return;
    Json cells = Json::array();
    for (const QString& cell : m_selected.cells) cells.push_back(utf8(cell));
    m_client.ask(QStringLiteral("witnesses"),
                 Json{{"request", "witnesses"}, {"tensor", utf8(tensor->name)}, {"cells", cells}}, this,
                 [this](const Reply& reply) {
                     if (const auto* json = std::get_if<Json>(&reply.value)) takeWitnesses(*json);
                 });
}

namespace {

/// "count 2, then step → true", of one rule; empty where it was not counted.
QString witnessText(const Json& rule) {
    if (!rule.is_object() || !rule.contains("count")) return {};
    const qint64 count = integerOr(rule, "count");
    const QString number = boolOr(rule, "isExact", true) ? groupedInteger(count)
                                                         : StepperPanel::tr("at least %1").arg(groupedInteger(count));
    return count > 0 ? StepperPanel::tr("count %1, then step \u2192 true").arg(number)
                     : StepperPanel::tr("count 0: not by this rule");
}

} // namespace

// Witnesses are counted over everything that was computed: of a tuple that the round on show does not hold yet they
// would speak of what is still to come.
void StepperPanel::takeWitnesses(const Json& json) {
    const TensorView* tensor = view();
    const auto rules = json.find("rules");
    if (!tensor || rules == json.end() || !rules->is_array()) return;
    const auto round = static_cast<int>(integerOr(json, "round"));
    const bool isLater = tensor->rounds.size() > 1 && !isShowingGoals() && round > m_round;
    QVector<ChipRow::Rule> counted;
    for (const Json& each : *rules)
        counted.append(
            {static_cast<int>(integerOr(each, "line")), qtext(textOr(each, "join")), qtext(textOr(each, "einsum")),
             isLater ? tr("not yet in round %1: it comes in round %2").arg(m_round).arg(round) : witnessText(each)});
    std::stable_sort(counted.begin(), counted.end(), [](const auto& a, const auto& b) {
        return a.tail.contains(QChar(0x2192)) > b.tail.contains(QChar(0x2192));
    });
    m_chips->setRules(counted);
}

void StepperPanel::setRound(int round) {
    round = std::clamp(round, 1, std::max(1, lastRound()));
    if (round == m_round || !view()) return;
    m_round = round;
    if (!m_isChosen) m_selected = {}; // the first new one of this round will do
    refreshRound();
}
void StepperPanel::showGoalsOf(int line) {
    if (!m_summary || m_summary->demanded <= 0) return;
    for (const AnswerView& answer : m_summary->answers)
        if (answer.line == line) {
            const QString query = answer.heading.section(QLatin1Char('?'), 0, 0) + QLatin1Char('?');
            if (const auto tuple = parseTuple(query); tuple && m_summary->find(tuple->tensor))
                showTensor(tuple->tensor);
            return askGoals(query);
        }
}

void StepperPanel::askGoals(const QString& query) {
    m_client.ask(QStringLiteral("goals"), Json{{"request", "goals"}, {"query", utf8(query)}}, this,
                 [this](const Reply& reply) {
                     if (const auto* json = std::get_if<Json>(&reply.value)) takeGoals(*json);
                     if (const auto* graph = std::get_if<GraphSnapshot>(&reply.value)) takeGoalGraph(*graph);
                 });
}

void StepperPanel::takeGoals(const Json& json) {
    m_goalList.clear();
    m_goalQuery = qtext(textOr(json, "query"));
    for (const Json& goal : listOr(json, "goals"))
        m_goalList.append({qtext(textOr(goal, "label")), integerOr(goal, "answers"), integerOr(goal, "memoHits")});
    m_allGoals = std::max<qint64>(integerOr(json, "allGoals"), m_goalList.size());
}

// "3|1|2" of the session to words. Memo hits are lines of their own: they show what was not computed twice.
void StepperPanel::takeGoalGraph(GraphSnapshot graph) {
    if (m_goalList.isEmpty() || !view()) return;
    for (GraphNode& node : graph.nodes) {
        const QStringList parts = qtext(node.detail).split(QLatin1Char('|'));
        QString text = tr("%n answer(s)", nullptr, parts.value(0).toInt());
        if (parts.value(1).toInt() > 0)
            text += QStringLiteral(" · ") + tr("found again %n time(s)", nullptr, parts.value(1).toInt());
        node.detail = utf8(text);
    }
    m_goals->setGraph(std::move(graph), GraphLayout::Tree);
    m_round = lastRound();
    refreshTensor();
    refreshRound();
}

void StepperPanel::clearGoals() {
    if (m_goalList.isEmpty()) return;
    m_goalList.clear();
    m_goals->clear();
    m_goals->hide();
}

void StepperPanel::refreshGoal() {
    const TensorView* tensor = view();
    m_goals->setRevealed(m_round);
    m_goals->setCurrent(QString::number(m_round));
    m_tiles->clear();
    const qint64 rows = tensor->storage == QLatin1String("tuples") ? tensor->rows : 0;
    m_rows->show(tensor->name, tensor->columns, tensor->isRelation, rows, 0);
    shareRoom();
    const Goal& goal = m_goalList[std::clamp<qsizetype>(m_round - 1, 0, m_goalList.size() - 1)];
    m_title->setQuestion(m_round == 1
                             ? tr("What does %1 need to know?").arg(m_goalQuery.section(QLatin1Char('?'), 0, 0))
                             : tr("What does goal %1 ask?").arg(m_round));
    QString answer = goal.label + QStringLiteral(": ") + tr("%n answer(s)", nullptr, static_cast<int>(goal.answers));
    if (goal.memoHits > 0)
        answer += QStringLiteral(", ") +
                  tr("found again %n time(s) instead of computed", nullptr, static_cast<int>(goal.memoHits));
    answer += QStringLiteral("; ") + tr("goal %1 of %2.").arg(m_round).arg(groupedInteger(m_allGoals));
    if (const qint64 rest = m_allGoals - m_goalList.size(); rest > 0)
        answer += QLatin1Char(' ') + tr("%1 more are not drawn.", "goals").arg(groupedInteger(rest));
    m_title->setAnswer(answer);
    refreshChips();
    Q_EMIT roundChanged(0);
}

void StepperPanel::stepForward() {
    setRound(m_round + 1);
}
void StepperPanel::stepBack() {
    setPlaying(false);
    setRound(m_round - 1);
}
void StepperPanel::setPlaying(bool isPlaying) {
    const QSignalBlocker quiet(m_play);
    m_play->setChecked(isPlaying);
    m_play->setIcon(themeIcon(isPlaying ? QStringLiteral("pause") : QStringLiteral("play")));
    if (!isPlaying) return m_player.stop();
    if (m_round >= lastRound()) setRound(1);
    m_player.start();
}

void StepperPanel::chooseFirstNew() {
    if (QHeaderView* header = m_table->horizontalHeader(); header->count() > 1) { // what has come may be wider
        header->setSectionResizeMode(header->count() - 1, QHeaderView::Stretch);
        header->setSectionResizeMode(header->count() - 1, QHeaderView::ResizeToContents);
    }
    if (!m_selected.isEmpty()) { // keep the mark on the row as pages come
        const int row = m_rows->rowOf(m_selected.cells);
        if (m_selected.tensor == m_tensor && row >= 0 && m_table->currentIndex().row() != row) {
            const QSignalBlocker quiet(m_table->selectionModel());
            m_table->setCurrentIndex(m_rows->index(row, 0));
            m_table->viewport()->update();
        }
        return;
    }
    if (!view() || view()->rounds.size() < 2) return;
    const int row = m_rows->firstOfRound(static_cast<std::uint32_t>(m_round));
    if (row < 0) return;
    select({m_tensor, m_rows->cells(row)});
    m_isChosen = false;
}

void StepperPanel::select(const TupleRef& tuple, bool isChosen) {
    if (m_isSelecting) return;
    m_isChosen = isChosen;
    m_isSelecting = true;
    if (tuple.tensor != m_tensor && m_summary && m_summary->find(tuple.tensor)) {
        m_selected = tuple;
        showTensor(tuple.tensor);
    }
    const bool isSame = m_selected == tuple && tuple.tensor == m_tensor && m_table->currentIndex().isValid();
    m_selected = tuple;
    const QVector<qint64> position = positionOf(tuple);
    if (position.size() >= 2 && view() && view()->isMatrix())
        m_matrix->setCurrent(MatrixCell{position[position.size() - 2], position.back()});
    const int row = m_rows->rowOf(tuple.cells);
    if (row >= 0)
        m_table->setCurrentIndex(m_rows->index(row, 0));
    else
        m_table->setCurrentIndex({});
    m_isSelecting = false;
    if (!isSame) refreshChips();
    Q_EMIT selectionChanged(m_selected, position);
}

void StepperPanel::selectFromTable() {
    if (m_isSelecting || !m_table->currentIndex().isValid()) return;
    const QStringList cells = m_rows->cells(m_table->currentIndex().row());
    if (!cells.isEmpty()) select({m_tensor, cells});
}

void StepperPanel::selectFromMatrix(const MatrixCell& cell) {
    const TensorView* tensor = view();
    if (m_isSelecting || !tensor || tensor->arity() < 2) return;
    QStringList cells;
    const QVector<qint64> slice = prefix();
    for (qsizetype i = 0; i < slice.size(); ++i) cells << label(static_cast<int>(i), slice[i]);
    cells << label(tensor->arity() - 2, cell.row) << label(tensor->arity() - 1, cell.column);
    select({m_tensor, cells});
}

} // namespace vitrine
