// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/mechanism.hpp"

#include "core/base/jsonmembers.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/style.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/editor/editorpanel.hpp"
#include "widgets/rooms/pagetabs.hpp"
#include "widgets/rooms/tensor_logic/answerspanel.hpp"
#include "widgets/rooms/tensor_logic/learningpanel.hpp"
#include "widgets/rooms/tensor_logic/logicclient.hpp"
#include "widgets/rooms/tensor_logic/planpanel.hpp"
#include "widgets/rooms/tensor_logic/programgraphpanel.hpp"
#include "widgets/rooms/tensor_logic/roundspanel.hpp"
#include "widgets/rooms/tensor_logic/stepperpanel.hpp"
#include "widgets/rooms/tensor_logic/whypanel.hpp"

#include <QApplication>
#include <QDir>
#include <QPointer>
#include <QPushButton>
#include <QSplitter>
#include <QTextBlock>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace vitrine {

namespace {
constexpr std::array ShareNames{"columns", "left", "right"};

double numberOf(const Json& json, const char* key) {
    const auto at = json.find(key);
    return at != json.end() ? numberFromJson(*at) : 0;
}
} // namespace

LogicMechanism::LogicMechanism(QWidget* parent) : QWidget(parent), m_client(new LogicClient(this)) {
    build();
    connectPanels();
    openText(tr("untitled.tl"), QString(), QString());
}

LogicMechanism::~LogicMechanism() = default;

void LogicMechanism::build() {
    m_editorPanel = new EditorPanel(tl::check, this);
    m_editorPanel->setProperty("help", QStringLiteral("tensor_logic#program"));
    setProperty("help", QStringLiteral("tensor_logic#program"));
    m_answers = new AnswersPanel(this);
    m_why = new WhyPanel(*m_client, this);
    m_graph = new ProgramGraphPanel(*m_client, this);
    m_plan = new PlanPanel(*m_client, this);
    m_planLater = new QTimer(this);
    m_planLater->setSingleShot(true);
    m_planLater->setInterval(250);
    m_stepper = new StepperPanel(*m_client, this);
    m_stepper->setBackgroundRole(QPalette::Base);
    m_stepper->setAutoFillBackground(true);
    m_rounds = new RoundsPanel(this);
    m_learning = new LearningPanel(*m_client, this);
    m_leftPages = new PageTabs(QStringLiteral("leftTabs"), tr("Below the program"), this);
    m_rightPages = new PageTabs(QStringLiteral("rightTabs"), tr("Below the stepper"), this);
    m_columns = new QSplitter(Qt::Horizontal, this);
    m_left = new QSplitter(Qt::Vertical);
    m_right = new QSplitter(Qt::Vertical);
    m_columns->addWidget(m_left);
    m_columns->addWidget(m_right);
    m_left->addWidget(m_leftPages);
    m_right->addWidget(m_rightPages);
    std::size_t index = 0;
    for (QSplitter* splitter : {m_columns, m_left, m_right}) {
        splitter->setChildrenCollapsible(false);
        splitter->setHandleWidth(1);
        connect(splitter, &QSplitter::splitterMoved, this, [this, splitter, index] {
            const QList<int> sizes = splitter->sizes();
            if (sizes.size() == 2 && sizes[0] + sizes[1] > 0)
                m_shares[index] = static_cast<double>(sizes[0]) / (sizes[0] + sizes[1]);
            Q_EMIT draftChanged();
        });
        ++index;
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->setSizeConstraint(QLayout::SetNoConstraint); // minimumSizeHint decides, so that panels can join the tabs
    buildWhose();
    column->addWidget(m_whoseLine);
    column->addWidget(m_columns, 1);
    arrange();
}

// Whose evaluation is on show, when it is not the editor's, and the way back.
void LogicMechanism::buildWhose() {
    m_whoseLine = new QWidget(this);
    m_whoseLine->setObjectName(QStringLiteral("whose"));
    m_whoseLine->setBackgroundRole(QPalette::AlternateBase);
    m_whoseLine->setAutoFillBackground(true);
    auto* row = new QHBoxLayout(m_whoseLine);
    row->setContentsMargins(Space::l(), Space::xs(), Space::s(), Space::xs());
    m_whoseText = new ElidedLabel;
    auto* back = new QPushButton(tr("Back to my program"));
    back->setObjectName(QStringLiteral("backToMine"));
    back->setToolTip(tr("Evaluates the program in the editor and shows it"));
    setButtonRole(back, ButtonRole::Link);
    row->addWidget(m_whoseText, 1);
    row->addWidget(back);
    m_whoseLine->hide();
    connect(back, &QPushButton::clicked, this, [this] { isExperiment() ? Q_EMIT ownProgramWanted() : evaluate(); });
}

void LogicMechanism::showWhose(const QString& whose) {
    m_whose = whose;
    m_whoseText->setText(
        !whose.isEmpty()
            ? tr("On show: the evaluation of the run %1. Answers, matrix and rounds are the run's.").arg(whose)
            : tr("This experiment runs the program below on data that it makes itself: press Run."));
    m_whoseLine->setVisible(!whose.isEmpty() || isExperiment());
}

void LogicMechanism::loadTrace(const QString& path, const QString& folder, const QString& whose) {
    m_answers->showProgress(tr("Reading the run %1…").arg(whose));
    m_client->ask(QStringLiteral("evaluate"),
                  Json{{"request", "load"}, {"trace", utf8(path)}, {"folder", utf8(folder)}}, this,
                  [this, whose](const Reply& reply) {
                      const auto* error = std::get_if<Error>(&reply.value);
                      if (error && error->code == "VIT-SESSION-002") // an engine that cannot: what is on show stays
                          return m_summary ? m_answers->show(*m_summary) : m_answers->reset(isExperiment());
                      if (reply.final && !error) showWhose(whose);
                      take(reply);
                  });
}

void LogicMechanism::enlarge(PageTabs* pages, bool isEnlarged) {
    m_enlarged = isEnlarged ? pages : nullptr;
    arrange();
}

// The plan follows the cursor, after a pause: each answer costs a look at the data.
void LogicMechanism::planCurrentLine() {
    m_plan->setLine(editor()->textCursor().blockNumber() + 1, m_fileName, text(), m_folder);
}

void LogicMechanism::setCurves(QWidget* plots) {
    m_curves = plots;
    m_shape.reset();
    arrange();
}

void LogicMechanism::showCurves() {
    showPanel(m_curves);
}

void LogicMechanism::showPanel(QWidget* panel) {
    m_leftPages->show(panel);
    m_rightPages->show(panel);
}

// Below these sizes a panel would be squeezed: title, chooser, 160 px of matrix and a rule; tabs and a plot below.
LogicMechanism::Shape LogicMechanism::shapeNow() const {
    const bool isNarrow = width() < Theme::px(600);
    const int right = std::max(Theme::px(400), m_stepper->minimumSizeHint().height() + Theme::px(138));
    const int left = std::clamp(m_editorPanel->minimumSizeHint().height() + m_leftPages->minimumSizeHint().height(),
                                Theme::px(360), Theme::px(430));
    return {isNarrow, isNarrow || height() < left, isNarrow || height() < right, isNarrow ? nullptr : m_enlarged};
}

// Small enough for the next smaller shape to be reached; the smallest asks for what it really needs.
QSize LogicMechanism::minimumSizeHint() const {
    const int height =
        m_shape && m_shape->isRightShort && m_shape->isLeftShort ? layout()->minimumSize().height() : Theme::px(200);
    return {Theme::px(320), height};
}

void LogicMechanism::arrange() {
    const Shape shape = shapeNow();
    if (m_shape == shape) return share();
    m_shape = shape;
    const QPointer<QWidget> focus = QApplication::focusWidget();
    const bool hadFocus = focus && isAncestorOf(focus);
    QVector<PageTabs::Page> left{
        {m_answers, tr("Answers")}, {m_why, tr("Why")}, {m_graph, tr("Graph")}, {m_plan, tr("Plan")}};
    QVector<PageTabs::Page> right{{m_rounds, tr("Rounds")}, {m_learning, tr("Learning")}};
    if (m_curves) right.append({m_curves, tr("Curves")});
    if (shape.isLeftShort) left.prepend({m_editorPanel, tr("Program")});
    if (shape.isRightShort) right.prepend({m_stepper, tr("Steps")});
    if (shape.isNarrow) left += std::exchange(right, {});
    const bool isLeftLarge = shape.enlarged == m_leftPages, isRightLarge = shape.enlarged == m_rightPages;
    m_rightPages->setPages({}); // first: a panel that moves to the left must not be hidden there again
    m_leftPages->setPages(left);
    m_rightPages->setPages(right);
    const auto stand = [](QSplitter* splitter, QWidget* panel, bool isShort, bool isHidden) {
        if (isShort) return;
        splitter->insertWidget(0, panel);
        panel->setVisible(!isHidden);
    };
    stand(m_left, m_editorPanel, shape.isLeftShort, isLeftLarge);
    stand(m_right, m_stepper, shape.isRightShort, isRightLarge);
    m_right->setVisible(!shape.isNarrow && !isLeftLarge);
    m_left->setVisible(!isRightLarge);
    m_leftPages->setEnlarged(isLeftLarge);
    m_rightPages->setEnlarged(isRightLarge);
    m_left->setMinimumWidth(Theme::px(260));
    m_right->setMinimumWidth(Theme::px(320));
    share();
    if (hadFocus && focus) focus->setFocus();
}

// What no one has moved follows the window: the program gets what it needs, the matrix what is left.
void LogicMechanism::share() {
    const auto split = [](QSplitter* splitter, int all, double first) {
        if (splitter->count() == 2) splitter->setSizes({static_cast<int>(first), all - static_cast<int>(first)});
    };
    const int width = m_columns->width(), height = m_columns->height();
    const double lines = editor()->blockCount() * editor()->fontMetrics().lineSpacing() + Theme::px(64);
    split(m_columns, width, m_shares[0] ? *m_shares[0] * width : std::min<double>(Theme::px(640), width * 0.435));
    split(m_left, height, m_shares[1] ? *m_shares[1] * height : std::clamp(lines, height * 0.42, height * 0.6));
    // Curves and heat maps of learning are what a learning program is about; bars of rounds only accompany.
    const bool isLearning = m_rightPages->current() == m_learning && m_summary && !m_summary->losses.isEmpty();
    const double strip = isLearning ? std::clamp<double>(height * 0.44, Theme::px(190), Theme::px(460))
                                    : std::clamp<double>(height * 0.3, Theme::px(158), Theme::px(280));
    split(m_right, height, m_shares[2] ? *m_shares[2] * height : height - strip);
}

void LogicMechanism::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void LogicMechanism::connectPanels() {
    CodeEditor* code = editor();
    code->setHoverText([this](int line, int column) { return hoverText(line, column); });
    connect(code, &QPlainTextEdit::textChanged, this, &LogicMechanism::draftChanged);
    connect(code, &CodeEditor::filesDropped, this, &LogicMechanism::filesDropped);
    connect(code, &CodeEditor::checkFinished, this, [this] {
        const bool canRun = m_client->isReady() && !isExperiment() && editor()->checked()->errors == 0;
        m_answers->setBusy(isEvaluating(), canRun);
        m_graph->refresh(m_fileName, text(), m_folder);
    });
    connect(m_client, &LogicClient::ready, this, [this] {
        if (std::exchange(m_isWaiting, false)) evaluate();
        m_answers->setBusy(false, !isExperiment());
        m_graph->refresh(m_fileName, text(), m_folder);
    });
    connect(m_client, &LogicClient::busyChanged, this, [this](const QString& tag, bool isBusy) {
        if (tag == QLatin1String("evaluate")) m_answers->setBusy(isBusy, !isExperiment());
    });
    connect(m_answers, &AnswersPanel::evaluateRequested, this, &LogicMechanism::evaluate);
    connect(m_answers, &AnswersPanel::cancelRequested, this, &LogicMechanism::cancel);
    connect(m_answers, &AnswersPanel::tupleChosen, this, [this](const TupleRef& tuple) {
        if (m_summary && m_summary->find(tuple.tensor)) m_stepper->select(tuple);
    });
    connect(m_answers, &AnswersPanel::lineChosen, this, [this](int line) {
        goToLine(line);
        m_stepper->showGoalsOf(line);
    });
    connect(m_stepper, &StepperPanel::selectionChanged, this, &LogicMechanism::explain);
    connect(m_stepper, &StepperPanel::lineChosen, this, [this](int line) {
        goToLine(line);
        showPanel(m_plan);
    });
    connect(m_stepper, &StepperPanel::tensorChanged, this, [this](const QString& name) {
        m_rounds->show(m_summary ? m_summary->find(name) : nullptr);
        m_rounds->setRound(m_stepper->round());
        m_graph->setCurrent(name);
        if (m_stepper->selected().isEmpty()) m_why->clear();
        Q_EMIT draftChanged();
    });
    connect(m_stepper, &StepperPanel::roundChanged, m_rounds, &RoundsPanel::setRound);
    connect(m_rounds, &RoundsPanel::roundChosen, m_stepper, &StepperPanel::setRound);
    connect(code, &QPlainTextEdit::cursorPositionChanged, m_planLater, qOverload<>(&QTimer::start));
    connect(m_planLater, &QTimer::timeout, this, &LogicMechanism::planCurrentLine);
    connect(m_rightPages, &PageTabs::currentChanged, this, &LogicMechanism::share);
    connect(m_leftPages, &PageTabs::enlargeRequested, this, [this](bool on) { enlarge(m_leftPages, on); });
    connect(m_rightPages, &PageTabs::enlargeRequested, this, [this](bool on) { enlarge(m_rightPages, on); });
    connect(m_graph, &ProgramGraphPanel::tensorChosen, this, [this](const QString& name) {
        m_stepper->showTensor(name);
        if (const TensorView* tensor = m_summary ? m_summary->find(name) : nullptr; tensor && tensor->line > 0)
            goToLine(tensor->line);
    });
    connect(m_why, &WhyPanel::tupleChosen, m_stepper, [this](const TupleRef& tuple) { m_stepper->select(tuple); });
    connect(m_why, &WhyPanel::lineChosen, this, [this](int line) { editor()->setMarkedLine(line - 1); });
}

CodeEditor* LogicMechanism::editor() const {
    return m_editorPanel->editor();
}
QString LogicMechanism::text() const {
    return editor()->toPlainText();
}
QString LogicMechanism::filePath() const {
    return m_folder.isEmpty() ? QString() : QDir(m_folder).filePath(m_fileName);
}
bool LogicMechanism::isEvaluating() const {
    return m_client->isBusy(QStringLiteral("evaluate"));
}
void LogicMechanism::setSession(SessionBridge* session) {
    m_client->setSession(session);
}

void LogicMechanism::openText(const QString& name, const QString& text, const QString& folder) {
    m_own.reset();
    editor()->setReadOnly(false);
    showText(name, text, folder);
}

void LogicMechanism::showExperiment(const QString& title, const QString& text) {
    if (isExperiment() && m_fileName == title && this->text() == text) return;
    if (!isExperiment()) m_own = Document{m_fileName, this->text(), m_folder};
    editor()->setReadOnly(true);
    showText(title, text, {});
}

void LogicMechanism::leaveExperiment() {
    if (!isExperiment()) return;
    const Document own = *m_own;
    openText(own.name, own.text, own.folder);
}

QString LogicMechanism::ownText() const {
    return m_own ? m_own->text : text();
}
QString LogicMechanism::ownFolder() const {
    return m_own ? m_own->folder : m_folder;
}

void LogicMechanism::showText(const QString& name, const QString& text, const QString& folder) {
    m_fileName = name;
    m_folder = folder;
    m_editorPanel->setTitle(name);
    editor()->setFolder(folder);
    editor()->setMarkedLine(-1);
    editor()->setPlainText(text);
    editor()->checkNow();
    share();
    m_summary.reset();
    m_pending = nullptr;
    showWhose({});
    m_planLater->start();
    m_stepper->setSummary(nullptr);
    m_rounds->show(nullptr);
    m_learning->show(nullptr);
    m_why->clear();
    m_answers->reset(isExperiment());
    m_stepper->setExperiment(isExperiment());
    Q_EMIT evaluated();
    Q_EMIT draftChanged();
}

void LogicMechanism::evaluate() {
    if (isExperiment()) return m_answers->showProgress(tr("Its data come with the run: press Run."));
    if (!m_client->isReady()) {
        m_isWaiting = true;
        return m_answers->showProgress(
            tr("The engine is still being loaded; the program is evaluated as soon as it is there."));
    }
    Json request = m_options ? m_options() : Json::object();
    request["request"] = "evaluate";
    request["revision"] = editor()->document()->revision();
    request["name"] = utf8(m_fileName);
    request["text"] = utf8(text());
    request["folder"] = utf8(m_folder);
    showWhose({});
    m_learning->clearLoss();
    m_answers->showProgress(tr("Evaluating…"));
    m_client->ask(QStringLiteral("evaluate"), std::move(request), this, [this](const Reply& reply) { take(reply); });
}

void LogicMechanism::cancel() {
    m_client->cancel(QStringLiteral("evaluate"));
    m_answers->showProgress(tr("Stopping…"));
}

void LogicMechanism::take(const Reply& reply) {
    if (const auto* error = std::get_if<Error>(&reply.value)) {
        m_answers->showFailure(happened(*error));
        m_pending = nullptr;
        if (error->code != "VIT-SESSION-001") Q_EMIT failed(*error);
        return;
    }
    const auto* json = std::get_if<Json>(&reply.value);
    if (!json) return;
    if (!reply.final) return takeProgress(*json);
    takeSummary(*json);
}

void LogicMechanism::takeProgress(const Json& part) {
    const std::string event = textOr(part, "event");
    if (event == "round")
        m_answers->showProgress(
            tr("%1, round %2: %3 new, %4 in all.")
                .arg(qtext(textOr(part, "relation")))
                .arg(integerOr(part, "round"))
                .arg(groupedInteger(integerOr(part, "delta")), groupedInteger(integerOr(part, "total"))));
    if (event == "learning") {
        const double loss = numberOf(part, "loss");
        m_learning->addLoss(numberOf(part, "step"), numberOf(part, "steps"), loss);
        m_answers->showProgress(tr("Learning, step %1 of %2: loss %3.")
                                    .arg(integerOr(part, "step"))
                                    .arg(integerOr(part, "steps"))
                                    .arg(QString::number(loss, 'g', 4)));
    }
    if (event == "sweep") m_answers->showProgress(tr("Sweep %1.").arg(integerOr(part, "sweep")));
    if (event == "progress")
        m_answers->showProgress(tr("%1: %2 of %3.")
                                    .arg(coreText(textOr(part, "phase")), shortNumber(numberOf(part, "done")),
                                         shortNumber(numberOf(part, "total"))));
}

void LogicMechanism::takeSummary(const Json& json) {
    auto summary = std::make_shared<LogicSummary>(readSummary(json));
    QVector<EditorDiagnostic> runtime;
    for (const EditorDiagnostic& each : summary->diagnostics) { // the check's own are in the list already
        bool isKnown = false;
        if (editor()->checked())
            for (const EditorDiagnostic& known : editor()->checked()->diagnostics)
                isKnown = isKnown || (known.code == each.code && known.span.line == each.span.line &&
                                      known.span.column == each.span.column);
        if (!isKnown) runtime.append(each);
    }
    m_editorPanel->setRuntimeDiagnostics(runtime);
    m_summary = std::move(summary);
    m_why->clear();
    m_answers->show(*m_summary);
    m_stepper->setSummary(m_summary->isRefused ? nullptr : m_summary);
    m_rounds->show(m_summary->find(m_stepper->tensor()));
    m_rounds->setRound(m_stepper->round());
    m_learning->show(m_summary.get());
    if (m_rightPages->current() != m_stepper)
        showPanel(m_summary->losses.isEmpty() ? m_rounds : static_cast<QWidget*>(m_learning));
    share();
    if (m_shape && m_shape->isNarrow && m_leftPages->current() == m_editorPanel) showPanel(m_answers);
    m_plan->refresh();
    runPending();
    Q_EMIT evaluated();
}

void LogicMechanism::runPending() {
    if (m_pending) std::exchange(m_pending, nullptr)();
}

void LogicMechanism::explain(const TupleRef& tuple, const QVector<qint64>& position) {
    const TensorView* tensor = m_summary ? m_summary->find(tuple.tensor) : nullptr;
    if (!tensor) return;
    if (tensor->storage == QLatin1String("tuples") && tensor->isRelation) return m_why->showProof(tuple, true);
    const bool isPlaced = position.size() == tensor->arity() && !position.contains(-1);
    if (isPlaced) m_why->showTerms(tuple, position);
}

void LogicMechanism::goToLine(int line) {
    if (line <= 0) return;
    const QTextBlock block = editor()->document()->findBlockByNumber(line - 1);
    editor()->setTextCursor(QTextCursor(block));
    editor()->ensureCursorVisible();
}

QWidget* LogicMechanism::panelOf(const QString& view) const {
    const std::pair<const char*, QWidget*> panels[] = {
        {"stepper", m_stepper},   {"matrix", m_stepper},     {"table", m_stepper}, {"why", m_why},
        {"terms", m_why},         {"answers", m_answers},    {"graph", m_graph},   {"rounds", m_rounds},
        {"learning", m_learning}, {"editor", m_editorPanel}, {"curves", m_curves}, {"plan", m_plan}};
    for (const auto& [name, panel] : panels)
        if (view == QLatin1String(name)) return panel;
    return nullptr;
}

bool LogicMechanism::showView(const QString& view, const QString& tensor, const QStringList& cells) {
    if (!panelOf(view)) return false;
    if (isEvaluating() || m_isWaiting ||
        (!m_summary && view != QLatin1String("graph") && view != QLatin1String("editor"))) {
        m_pending = [this, view, tensor, cells] { showView(view, tensor, cells); };
        if (!isEvaluating()) evaluate();
        return true;
    }
    if (!tensor.isEmpty()) m_stepper->showTensor(tensor);
    if (!cells.isEmpty()) m_stepper->select({tensor, cells});
    if (view == QLatin1String("terms") && cells.isEmpty())
        if (const TensorView* found = m_summary ? m_summary->find(tensor) : nullptr; found && found->arity() == 0)
            m_why->showTerms({tensor, {}}, {});
    if (const TensorView* found = m_summary ? m_summary->find(tensor) : nullptr;
        found && view == QLatin1String("plan")) { // its last rule: the one that uses the others
        int line = found->line;
        for (const RuleView& rule : m_summary->rules)
            if (rule.head == tensor) line = std::max(line, rule.line);
        goToLine(line);
    }
    if (QWidget* panel = panelOf(view)) showPanel(panel);
    if (view == QLatin1String("stepper")) m_stepper->setRound(1);
    if (view == QLatin1String("matrix")) m_stepper->matrix()->setFocus();
    if (view == QLatin1String("editor")) editor()->setFocus();
    return true;
}

std::optional<bool> LogicMechanism::confirm(const LessonCheck& check) const {
    if (!m_summary || m_summary->isRefused) return std::nullopt;
    const QString wanted = qtext(check.text).simplified();
    if (check.kind == "rounds") {
        const QStringList parts = wanted.split(QLatin1Char(' '));
        const TensorView* tensor = parts.size() == 2 ? m_summary->find(parts[0]) : nullptr;
        if (!tensor) return std::nullopt;
        return tensor->rounds.size() == parts[1].toLongLong();
    }
    if (check.kind == "answer") { // "QUERY? COUNT"
        const QString query = wanted.section(QLatin1Char('?'), 0, 0);
        for (const AnswerView& answer : m_summary->answers)
            if (answer.heading.section(QLatin1Char('?'), 0, 0).simplified() == query)
                return answer.heading.simplified() == wanted ||
                       answer.heading.simplified().startsWith(wanted + QLatin1Char(' '));
        return std::nullopt;
    }
    if (check.kind == "line") {
        const QString left = wanted.section(QStringLiteral(" = "), 0, 0);
        bool isAsked = false;
        for (const AnswerView& answer : m_summary->answers)
            for (const QString& line : QStringList(answer.heading) + answer.lines) {
                const QString said = line.simplified();
                if (said == wanted) return true;
                isAsked = isAsked || said.section(QLatin1Char('('), 0, 0) == wanted.section(QLatin1Char('('), 0, 0) ||
                          said.section(QStringLiteral(" = "), 0, 0) == left;
            }
        return isAsked ? std::optional<bool>(false) : std::nullopt;
    }
    return std::nullopt;
}

QString LogicMechanism::hoverText(int line, int column) const {
    const auto checked = editor()->checked();
    if (!checked || !checked->program) return {};
    const tl::Program& program = *checked->program;
    const auto covers = [&](const tl::ByteRange& range) {
        const auto size = static_cast<std::uint32_t>(program.source.text().size());
        const auto begin = program.source.position(std::min(range.begin, size)),
                   end = program.source.position(std::min(range.end, size));
        const auto here = std::pair(line, column);
        return std::pair(begin.line - 1, begin.utf16Column) <= here && here < std::pair(end.line - 1, end.utf16Column);
    };
    QString head;
    QStringList rows; // one per thing under the pointer; facts of one thing are parted by dots
    for (const auto& equation : program.marks.equations)
        if (covers(equation.range)) head = qtext(equation.text);
    for (const auto& use : program.marks.tensors)
        if (covers(use.range) && use.tensor < program.tensors.size())
            rows << tensorFacts(program, program.tensors[use.tensor], head.isEmpty());
    for (const auto& use : program.marks.indices)
        if (covers(use.range) && use.domain < program.domains.size()) {
            const tl::Domain& domain = program.domains[use.domain];
            rows << (domain.isDeferred ? tr("index, sized when its relation is complete")
                                       : tr("index of %n value(s)", nullptr, static_cast<int>(domain.size))) +
                        QStringLiteral(" (") + qtext(domain.name).toHtmlEscaped() + QLatin1Char(')');
        }
    if (m_summary)
        for (const RuleView& rule : m_summary->rules)
            if (rule.line == line + 1 && !rule.einsum.isEmpty() && !rows.isEmpty())
                rows.last() += QStringLiteral(" · einsum \"%1\"").arg(rule.einsum.toHtmlEscaped());
    rows.removeDuplicates();
    if (head.isEmpty() && rows.isEmpty()) return {};
    QString html;
    if (!head.isEmpty())
        html = QStringLiteral("<div style='font-family:JetBrains Mono'>%1</div>").arg(head.toHtmlEscaped());
    for (const QString& row : std::as_const(rows))
        html += QStringLiteral("<div style='color:%1'>%2</div>").arg(Theme::tokens().secondary.name(), row);
    return html;
}

/// "int [5, 5] · stored as 3 of 25 cells · 3 joined rows": type, shape, storage and cost.
QString LogicMechanism::tensorFacts(const tl::Program& program, const tl::TensorInfo& info, bool isNamed) const {
    QStringList sizes;
    double cells = 1;
    for (const tl::DomainId axis : info.axes) {
        const bool isKnown = axis < program.domains.size() && !program.domains[axis].isDeferred;
        sizes << (isKnown ? QString::number(program.domains[axis].size) : QStringLiteral("?"));
        cells *= isKnown ? static_cast<double>(program.domains[axis].size) : 0;
    }
    const QString type = info.isRelation                      ? tr("relation")
                         : info.type == tl::ElementType::Bool ? QStringLiteral("bool")
                         : info.type == tl::ElementType::Int  ? QStringLiteral("int")
                                                              : QStringLiteral("real");
    QStringList parts{type +
                      (sizes.isEmpty() ? QString() : QStringLiteral(" [%1]").arg(sizes.join(QStringLiteral(", "))))};
    const TensorView* tensor = m_summary ? m_summary->find(qtext(info.name)) : nullptr;
    if (tensor && tensor->isEvaluated) {
        if (tensor->storage == QLatin1String("tuples"))
            parts << (cells > 0 ? tr("sparse, %1 of %2 cells")
                                      .arg(groupedInteger(tensor->rows), groupedInteger(static_cast<qint64>(cells)))
                                : tr("sparse, %1 rows").arg(groupedInteger(tensor->rows)));
        else
            parts << tr("dense");
        qint64 joined = 0;
        for (const RoundView& round : tensor->rounds) joined += round.joined;
        if (joined > 0) parts << tr("%1 joined rows").arg(groupedInteger(joined));
        if (!tensor->rounds.isEmpty()) parts << tr("%n round(s)", nullptr, static_cast<int>(tensor->rounds.size()));
        if (!tensor->why.isEmpty()) parts << tensor->why;
    } else if (info.given.rows > 0)
        parts << tr("%1 given").arg(groupedInteger(static_cast<qint64>(info.given.rows)));
    const QString facts = parts.join(QStringLiteral(" · ")).toHtmlEscaped();
    return isNamed ? QStringLiteral("<b>%1</b> ").arg(qtext(info.name).toHtmlEscaped()) + facts : facts;
}

Json LogicMechanism::draft() const {
    Json out{{"name", utf8(m_own ? m_own->name : m_fileName)},
             {"folder", utf8(ownFolder())},
             {"text", utf8(ownText())},
             {"tensor", utf8(m_stepper->tensor())},
             {"zoom", editor()->zoom()}};
    for (const char* view : {"answers", "why", "graph", "plan"})
        if (m_leftPages->current() == panelOf(QLatin1String(view))) out["page"] = view;
    for (std::size_t i = 0; i < m_shares.size(); ++i)
        if (m_shares[i]) out["shares"][ShareNames[i]] = *m_shares[i];
    return out;
}

void LogicMechanism::restore(const Json& draft) {
    if (!draft.is_object()) return;
    const auto text = [&](const char* key) {
        return draft.contains(key) && draft[key].is_string() ? qtext(draft[key].get<std::string>()) : QString();
    };
    openText(text("name").isEmpty() ? tr("untitled.tl") : text("name"), text("text"), text("folder"));
    if (const auto shares = draft.find("shares"); shares != draft.end() && shares->is_object())
        for (std::size_t i = 0; i < m_shares.size(); ++i)
            if (const auto at = shares->find(ShareNames[i]); at != shares->end() && at->is_number())
                m_shares[i] = std::clamp(at->get<double>(), 0.1, 0.9);
    share();
    if (QWidget* panel = panelOf(text("page"))) showPanel(panel);
    if (draft.contains("zoom") && draft["zoom"].is_number_integer()) editor()->setZoom(draft["zoom"].get<int>());
}

} // namespace vitrine
