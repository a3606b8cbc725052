// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/mechanism.hpp"

#include "widgets/base/panelparts.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"
#include "widgets/editor/editorpanel.hpp"
#include "widgets/rooms/tensor_logic/answerspanel.hpp"
#include "widgets/rooms/tensor_logic/learningpanel.hpp"
#include "widgets/rooms/tensor_logic/logicclient.hpp"
#include "widgets/rooms/tensor_logic/programgraphpanel.hpp"
#include "widgets/rooms/tensor_logic/roundspanel.hpp"
#include "widgets/rooms/tensor_logic/stepperpanel.hpp"
#include "widgets/rooms/tensor_logic/whypanel.hpp"

#include <QDir>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabBar>
#include <QTextBlock>
#include <QVBoxLayout>

namespace vitrine {

namespace {

enum LeftTab { Answers, Why, Graph };
enum RightTab { Rounds, Learning };

QTabBar* makeTabs(const QStringList& names, const QString& accessibleName) {
    auto* tabs = new QTabBar;
    tabs->setDrawBase(false);
    tabs->setExpanding(false);
    tabs->setAccessibleName(accessibleName);
    for (const QString& name : names) tabs->addTab(name);
    return tabs;
}

QWidget* withTabs(QTabBar* tabs, QStackedWidget* stack) {
    auto* box = new QWidget;
    box->setBackgroundRole(QPalette::Base);
    box->setAutoFillBackground(true);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, Theme::px(2), 0, 0);
    column->setSpacing(0);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(Space::m(), 0, Space::m(), 0);
    row->addWidget(tabs);
    row->addStretch(1);
    column->addLayout(row);
    column->addWidget(stack, 1);
    QObject::connect(tabs, &QTabBar::currentChanged, stack, &QStackedWidget::setCurrentIndex);
    return box;
}

} // namespace

LogicMechanism::LogicMechanism(QWidget* parent) : QWidget(parent), m_client(new LogicClient(this)) {
    m_columns = new QSplitter(Qt::Horizontal, this);
    m_left = new QSplitter(Qt::Vertical);
    m_right = new QSplitter(Qt::Vertical);
    buildLeft();
    buildRight();
    for (QSplitter* splitter : {m_columns, m_left, m_right}) {
        splitter->setChildrenCollapsible(false);
        splitter->setHandleWidth(1);
        connect(splitter, &QSplitter::splitterMoved, this, &LogicMechanism::draftChanged);
    }
    m_columns->addWidget(m_left);
    m_columns->addWidget(m_right);
    m_columns->setSizes({Theme::px(470), Theme::px(610)});
    m_columns->setStretchFactor(0, 2);
    m_columns->setStretchFactor(1, 3);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_columns);
    connectPanels();
    openText(tr("untitled.tl"), QString(), QString());
}

LogicMechanism::~LogicMechanism() = default;

void LogicMechanism::buildLeft() {
    m_editorPanel = new EditorPanel(tl::check, this);
    m_editorPanel->setMinimumHeight(Theme::px(140));
    m_answers = new AnswersPanel(this);
    m_why = new WhyPanel(*m_client, this);
    m_graph = new ProgramGraphPanel(*m_client, this);
    m_leftStack = new QStackedWidget;
    m_leftStack->addWidget(m_answers);
    m_leftStack->addWidget(m_why);
    m_leftStack->addWidget(m_graph);
    m_leftTabs = makeTabs({tr("Answers"), tr("Why"), tr("Graph")}, tr("Below the program"));
    m_leftTabs->setObjectName(QStringLiteral("leftTabs"));
    m_left->addWidget(m_editorPanel);
    m_left->addWidget(withTabs(m_leftTabs, m_leftStack));
    m_left->setSizes({Theme::px(390), Theme::px(300)});
    m_left->setMinimumWidth(Theme::px(280));
}

void LogicMechanism::buildRight() {
    m_stepper = new StepperPanel(*m_client, this);
    m_stepper->setBackgroundRole(QPalette::Base);
    m_stepper->setAutoFillBackground(true);
    m_rounds = new RoundsPanel(this);
    m_learning = new LearningPanel(*m_client, this);
    m_rightStack = new QStackedWidget;
    m_rightStack->addWidget(m_rounds);
    m_rightStack->addWidget(m_learning);
    m_rightStack->setMinimumHeight(Theme::px(132)); // the matrix above needs the room more
    m_rightTabs = makeTabs({tr("Rounds"), tr("Learning")}, tr("Below the stepper"));
    m_rightTabs->setObjectName(QStringLiteral("rightTabs"));
    m_right->addWidget(m_stepper);
    m_right->addWidget(withTabs(m_rightTabs, m_rightStack));
    m_right->setSizes({Theme::px(520), Theme::px(200)});
    m_right->setMinimumWidth(Theme::px(340));
}

void LogicMechanism::connectPanels() {
    CodeEditor* code = editor();
    code->setHoverText([this](int line, int column) { return hoverText(line, column); });
    connect(code, &QPlainTextEdit::textChanged, this, &LogicMechanism::draftChanged);
    connect(code, &CodeEditor::filesDropped, this, &LogicMechanism::filesDropped);
    connect(code, &CodeEditor::checkFinished, this, [this] {
        const bool canRun = m_client->isReady() && editor()->checked()->errors == 0;
        m_answers->setBusy(isEvaluating(), canRun);
        m_graph->refresh(m_fileName, text(), m_folder);
    });
    connect(m_client, &LogicClient::ready, this, [this] {
        if (std::exchange(m_isWaiting, false)) evaluate();
        m_answers->setBusy(false, true);
        m_graph->refresh(m_fileName, text(), m_folder);
    });
    connect(m_client, &LogicClient::busyChanged, this, [this](const QString& tag, bool isBusy) {
        if (tag == QLatin1String("evaluate")) m_answers->setBusy(isBusy, true);
    });
    connect(m_answers, &AnswersPanel::evaluateRequested, this, &LogicMechanism::evaluate);
    connect(m_answers, &AnswersPanel::cancelRequested, this, &LogicMechanism::cancel);
    connect(m_answers, &AnswersPanel::tupleChosen, this, [this](const TupleRef& tuple) {
        if (m_summary && m_summary->find(tuple.tensor)) m_stepper->select(tuple);
    });
    connect(m_answers, &AnswersPanel::lineChosen, this, &LogicMechanism::goToLine);
    connect(m_stepper, &StepperPanel::selectionChanged, this, &LogicMechanism::explain);
    connect(m_stepper, &StepperPanel::lineChosen, this, &LogicMechanism::goToLine);
    connect(m_stepper, &StepperPanel::tensorChanged, this, [this](const QString& name) {
        m_rounds->show(m_summary ? m_summary->find(name) : nullptr);
        m_rounds->setRound(m_stepper->round());
        m_graph->setCurrent(name);
        if (m_stepper->selected().isEmpty()) m_why->clear();
        Q_EMIT draftChanged();
    });
    connect(m_stepper, &StepperPanel::roundChanged, m_rounds, &RoundsPanel::setRound);
    connect(m_rounds, &RoundsPanel::roundChosen, m_stepper, &StepperPanel::setRound);
    connect(m_graph, &ProgramGraphPanel::tensorChosen, this, [this](const QString& name) {
        m_stepper->showTensor(name);
        if (const TensorView* tensor = m_summary ? m_summary->find(name) : nullptr; tensor && tensor->line > 0)
            goToLine(tensor->line);
    });
    connect(m_why, &WhyPanel::tupleChosen, m_stepper, &StepperPanel::select);
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
    m_fileName = name;
    m_folder = folder;
    m_editorPanel->setTitle(name);
    editor()->setFolder(folder);
    editor()->setMarkedLine(-1);
    editor()->setPlainText(text);
    editor()->checkNow();
    m_summary.reset();
    m_pending = nullptr;
    m_stepper->setSummary(nullptr);
    m_rounds->show(nullptr);
    m_learning->show(nullptr);
    m_why->clear();
    m_answers->reset();
    Q_EMIT evaluated();
    Q_EMIT draftChanged();
}

void LogicMechanism::evaluate() {
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
    const std::string event = part.value("event", std::string());
    if (event == "round")
        m_answers->showProgress(
            tr("%1, round %2: %3 new, %4 in all.")
                .arg(qtext(part.value("relation", std::string())))
                .arg(part.value("round", 0))
                .arg(groupedInteger(part.value("delta", 0LL)), groupedInteger(part.value("total", 0LL))));
    if (event == "learning") {
        const double loss = part.contains("loss") ? numberFromJson(part["loss"]) : 0;
        m_learning->addLoss(part.value("step", 0.0), part.value("steps", 0.0), loss);
        m_answers->showProgress(tr("Learning, step %1 of %2: loss %3.")
                                    .arg(part.value("step", 0))
                                    .arg(part.value("steps", 0))
                                    .arg(QString::number(loss, 'g', 4)));
    }
    if (event == "sweep") m_answers->showProgress(tr("Sweep %1.").arg(part.value("sweep", 0)));
    if (event == "progress")
        m_answers->showProgress(tr("%1: %2 of %3.")
                                    .arg(coreText(part.value("phase", std::string())),
                                         shortNumber(part.value("done", 0.0)), shortNumber(part.value("total", 0.0))));
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
    m_rightTabs->setCurrentIndex(m_summary->losses.isEmpty() ? Rounds : Learning);
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

bool LogicMechanism::showView(const QString& view, const QString& tensor, const QStringList& cells) {
    static const QStringList known{QStringLiteral("stepper"), QStringLiteral("matrix"), QStringLiteral("table"),
                                   QStringLiteral("why"),     QStringLiteral("terms"),  QStringLiteral("answers"),
                                   QStringLiteral("graph"),   QStringLiteral("rounds"), QStringLiteral("learning"),
                                   QStringLiteral("editor")};
    if (!known.contains(view)) return false;
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
    if (view == QLatin1String("answers")) m_leftTabs->setCurrentIndex(Answers);
    if (view == QLatin1String("why") || view == QLatin1String("terms")) m_leftTabs->setCurrentIndex(Why);
    if (view == QLatin1String("graph")) m_leftTabs->setCurrentIndex(Graph);
    if (view == QLatin1String("rounds")) m_rightTabs->setCurrentIndex(Rounds);
    if (view == QLatin1String("learning")) m_rightTabs->setCurrentIndex(Learning);
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
    QStringList out;
    for (const auto& equation : program.marks.equations)
        if (covers(equation.range))
            out << QStringLiteral("<span style='font-family:JetBrains Mono'>%1</span>")
                       .arg(qtext(equation.text).toHtmlEscaped());
    for (const auto& use : program.marks.tensors) {
        if (!covers(use.range) || use.tensor >= program.tensors.size()) continue;
        const tl::TensorInfo& info = program.tensors[use.tensor];
        QStringList sizes;
        for (const tl::DomainId axis : info.axes)
            sizes << (axis < program.domains.size() && !program.domains[axis].isDeferred
                          ? QString::number(program.domains[axis].size)
                          : QStringLiteral("?"));
        const QString type = info.type == tl::ElementType::Bool  ? QStringLiteral("bool")
                             : info.type == tl::ElementType::Int ? QStringLiteral("int")
                                                                 : QStringLiteral("real");
        QString text =
            tr("%1: %2 [%3]")
                .arg(qtext(info.name), info.isRelation ? tr("relation") : type, sizes.join(QStringLiteral(", ")));
        if (info.given.rows > 0)
            text += QStringLiteral(" · ") + tr("%1 given").arg(groupedInteger(static_cast<qint64>(info.given.rows)));
        out << text.toHtmlEscaped();
        if (const TensorView* tensor = m_summary ? m_summary->find(qtext(info.name)) : nullptr;
            tensor && tensor->isEvaluated) {
            QString stored = tensor->storage == QLatin1String("tuples")
                                 ? tr("stored as %1 rows").arg(groupedInteger(tensor->rows))
                                 : tr("stored densely");
            qint64 joined = 0;
            for (const RoundView& round : tensor->rounds) joined += round.joined;
            if (joined > 0) stored += QStringLiteral(" · ") + tr("%1 joined rows").arg(groupedInteger(joined));
            if (!tensor->why.isEmpty()) stored += QStringLiteral(" · ") + tensor->why;
            out << stored.toHtmlEscaped();
        }
    }
    for (const auto& use : program.marks.indices)
        if (covers(use.range) && use.domain < program.domains.size()) {
            const tl::Domain& domain = program.domains[use.domain];
            out << (domain.isDeferred ? tr("index, sized when its relation is complete")
                                      : tr("index of %n value(s)", nullptr, static_cast<int>(domain.size))) +
                       QStringLiteral(" (") + qtext(domain.name).toHtmlEscaped() + QLatin1Char(')');
        }
    if (m_summary)
        for (const RuleView& rule : m_summary->rules)
            if (rule.line == line + 1 && !rule.einsum.isEmpty())
                out << QStringLiteral("einsum \"%1\"").arg(rule.einsum.toHtmlEscaped());
    out.removeDuplicates();
    return out.join(QStringLiteral("<br>"));
}

Json LogicMechanism::draft() const {
    return Json{{"name", utf8(m_fileName)},
                {"folder", utf8(m_folder)},
                {"text", utf8(text())},
                {"tensor", utf8(m_stepper->tensor())},
                {"leftTab", m_leftTabs->currentIndex()},
                {"columns", m_columns->saveState().toBase64().toStdString()},
                {"left", m_left->saveState().toBase64().toStdString()},
                {"right", m_right->saveState().toBase64().toStdString()},
                {"zoom", editor()->zoom()}};
}

void LogicMechanism::restore(const Json& draft) {
    if (!draft.is_object()) return;
    const auto text = [&](const char* key) {
        return draft.contains(key) && draft[key].is_string() ? qtext(draft[key].get<std::string>()) : QString();
    };
    openText(text("name").isEmpty() ? tr("untitled.tl") : text("name"), text("text"), text("folder"));
    const auto state = [&](const char* key, QSplitter* splitter) {
        if (!text(key).isEmpty()) splitter->restoreState(QByteArray::fromBase64(text(key).toLatin1()));
        splitter->setHandleWidth(1);
    };
    state("columns", m_columns);
    state("left", m_left);
    state("right", m_right);
    if (draft.contains("leftTab") && draft["leftTab"].is_number_integer())
        m_leftTabs->setCurrentIndex(draft["leftTab"].get<int>());
    if (draft.contains("zoom") && draft["zoom"].is_number_integer()) editor()->setZoom(draft["zoom"].get<int>());
}

} // namespace vitrine
