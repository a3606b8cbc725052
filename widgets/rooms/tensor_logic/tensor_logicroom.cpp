// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/tensor_logicroom.hpp"

#include "core/methods/tensor_logic/programs.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/errorbanner.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/wholefile.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/runhub.hpp"
#include "widgets/bridge/sessionbridge.hpp"
#include "widgets/editor/codeeditor.hpp"
#include "widgets/rooms/roomplots.hpp"
#include "widgets/rooms/samples.hpp"
#include "widgets/rooms/tensor_logic/droppedfile.hpp"
#include "widgets/rooms/tensor_logic/mechanism.hpp"
#include "widgets/rooms/tensor_logic/stepperpanel.hpp"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QPlainTextEdit>
#include <QTimer>

#include <algorithm>

namespace vitrine {

TensorLogicRoom::TensorLogicRoom(const RoomContext& context, QWidget* parent) : Room(context, parent) {
    setProperty("help", QStringLiteral("tensor_logic#program"));
    connect(this, &Room::sessionReady, this, [this] { m_mechanism->setSession(session()); });
}

QWidget* TensorLogicRoom::makeMechanism() {
    m_mechanism = new LogicMechanism;
    m_mechanism->setOptions([this] { return evaluateOptions(); });
    connect(m_mechanism, &LogicMechanism::draftChanged, this, &Room::draftChanged);
    connect(m_mechanism, &LogicMechanism::evaluated, this, &Room::checksChanged);
    connect(m_mechanism, &LogicMechanism::failed, this, [this](const Error& error) {
        banner().show(error);
        Q_EMIT problemFound(error);
    });
    connect(m_mechanism, &LogicMechanism::filesDropped, this, [this](const QStringList& paths) {
        for (const QString& path : paths) openFile(path);
    });
    addActions();
    openSample(QStringLiteral("ancestors"));
    shareProgram();
    return m_mechanism;
}

// A run of a program wrote down what it computed: that is what one wants to look at.
void TensorLogicRoom::takeEvents(const RunBatch& batch) {
    QString file;
    for (const Event& event : batch.events)
        if (const auto* snapshot = std::get_if<Snapshot>(&event.body);
            snapshot && snapshot->artifact == "trace" && !snapshot->file.empty())
            file = qtext(snapshot->file);
    const RunInfo* info = context().runs.find(batch.run);
    if (file.isEmpty() || !info) return;
    const Json* folder = info->config.find("folder");
    m_mechanism->loadTrace(QDir(info->folder).filePath(file),
                           folder && folder->is_string() ? qtext(folder->get<std::string>()) : QString(),
                           info->title());
}

bool TensorLogicRoom::placePlots(RoomPlots& plots) {
    m_mechanism->setCurves(&plots);
    // A run that is no program has nothing else to show than its curves.
    connect(&plots, &RoomPlots::firstShown, this, [this] {
        if (!runsOwnProgram()) m_mechanism->showCurves();
    });
    return true;
}

qint64 TensorLogicRoom::stepsOfSeed(const QString& metric, const Config& config) const {
    const std::string experiment = config.text("experiment");
    const bool isSeeded = experiment == "digits" || experiment == "transformer";
    return metric == QLatin1String("loss") && isSeeded && config.integer("seeds") > 1 ? config.integer("steps") : 0;
}

bool TensorLogicRoom::runsOwnProgram() const {
    const Json* experiment = document().config().find("experiment");
    return !experiment || *experiment == "program";
}

// The editor is the form's editor of the program: what is typed is checked and estimated, a preset's program is opened.
void TensorLogicRoom::shareProgram() {
    auto* pause = new QTimer(this);
    pause->setSingleShot(true);
    pause->setInterval(300);
    connect(m_mechanism->editor(), &QPlainTextEdit::textChanged, pause, qOverload<>(&QTimer::start));
    connect(pause, &QTimer::timeout, this, [this] {
        if (!runsOwnProgram()) return;
        document().takeOver("program", Json(utf8(m_mechanism->ownText())));
        document().takeOver("folder", Json(utf8(m_mechanism->ownFolder())));
    });
    connect(&document(), &ConfigDocument::valueChanged, this, [this, pause](const QString& id) {
        if (id == QLatin1String("program") && !pause->isActive() && runsOwnProgram()) openConfigured();
    });
    connect(&document(), &ConfigDocument::configChanged, this, &TensorLogicRoom::showWhatRuns);
    connect(m_mechanism, &LogicMechanism::ownProgramWanted, this,
            [this] { document().setValue("experiment", Json("program")); });
    pause->start();
}

void TensorLogicRoom::openConfigured() {
    const QString text = qtext(document().config().text("program"));
    if (text == m_mechanism->ownText()) return m_mechanism->leaveExperiment(); // keeps its name and folder
    m_mechanism->openText(qtext(document().config().preset) + QStringLiteral(".tl"), text,
                          qtext(document().config().text("folder")));
}

// An experiment brings its program; whoever comes back from it by a preset wants the preset's, else the own one.
void TensorLogicRoom::showWhatRuns() {
    const Config& config = document().config();
    if (runsOwnProgram()) {
        if (m_mechanism->isExperiment())
            config.preset == m_experimentPreset ? m_mechanism->leaveExperiment() : openConfigured();
        return;
    }
    m_experimentPreset = config.preset;
    if (const std::string text = tl::programOf(config); !text.empty())
        m_mechanism->showExperiment(qtext(config.text("experiment")) + QStringLiteral(".tl"), qtext(text));
}

void TensorLogicRoom::addActions() {
    ActionRegistry& actions = context().actions;
    const auto add = [&](const char* id, const QString& text, const QString& tip, const char* icon,
                         const QList<QKeySequence>& keys, auto&& act) {
        ActionSpec spec;
        spec.id = QStringLiteral("tensor_logic.") + QLatin1String(id);
        spec.text = text;
        spec.tip = tip;
        spec.icon = QString::fromLatin1(icon);
        spec.shortcuts = keys;
        spec.menu = ActionMenu::Room;
        actions.add(spec, this, act);
    };
    add("evaluate", tr("&Evaluate program"), tr("Evaluates the program in this window, without a run"), "play",
        {QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)},
        [this] { m_mechanism->evaluate(); });
    add("cancel", tr("&Cancel evaluation"), tr("Stops the evaluation; the last complete round stays"), "stop", {},
        [this] { m_mechanism->cancel(); });
    add("step", tr("Step one round &on"), tr("Shows what the next round adds"), "step", {QKeySequence(Qt::Key_F10)},
        [this] { m_mechanism->stepper()->stepForward(); });
    add("back", tr("Step one round &back"), tr("Shows the round before"), "step-back",
        {QKeySequence(Qt::SHIFT | Qt::Key_F10)}, [this] { m_mechanism->stepper()->stepBack(); });
    add("open", tr("Open &program or data…"), tr("Opens a program, or adds the line that reads a data file"), "folder",
        {}, [this] { openProgramDialog(); });
    add("save", tr("&Save program"), tr("Writes the program to its file"), "save", {QKeySequence::Save},
        [this] { saveProgram(); });
    add("problem", tr("Go to the &next problem"), tr("Moves to the next finding in the program"), "warning", {},
        [this] { m_mechanism->editor()->goToNextDiagnostic(true); });
}

Json TensorLogicRoom::evaluateOptions() const {
    const Config config = document().config();
    const auto text = [&](const char* id) { return config.find(id) ? config.text(id) : std::string(); };
    const auto integer = [&](const char* id, std::int64_t fallback) {
        return config.find(id) ? config.integer(id) : fallback;
    };
    return Json{{"engine", text("engine")},
                {"mode", text("mode")},
                {"device", config.device},
                {"threads", integer("threads", 1)},
                {"rounds", integer("max_rounds", 100000)},
                {"memory", integer("memory", 4096) << 20}};
}

bool TensorLogicRoom::openSample(const QString& name) {
    for (const Sample& sample : samplesOf(id(), context().language))
        if (sample.name == name) return openFile(sample.file);
    return false;
}

QStringList TensorLogicRoom::fileFilters() const {
    return {tr("Programs (*.tl)"), tr("Data (%1)").arg(dataPatterns().join(QLatin1Char(' ')))};
}

bool TensorLogicRoom::openFile(const QString& path) {
    const QFileInfo info(path);
    const bool isProgram = info.suffix().compare(QLatin1String("tl"), Qt::CaseInsensitive) == 0;
    if (!isProgram && !QDir::match(dataPatterns(), info.fileName())) {
        refuseFile(tr("%1 is neither a program nor data that this room reads.").arg(path));
        return false;
    }
    const DroppedText found = isProgram ? programIn(path) : lineThatReads(path);
    if (!found.problem.isEmpty()) {
        refuseFile(found.problem);
        return false;
    }
    banner().resolve(QStringLiteral("open"));
    if (!runsOwnProgram()) document().setValue("experiment", Json("program"));
    if (isProgram)
        m_mechanism->openText(info.fileName(), found.text, info.absolutePath());
    else
        addLine(found.text);
    return true;
}

void TensorLogicRoom::refuseFile(const QString& why) {
    banner().show(BannerMessage{QStringLiteral("open"),
                                Severity::Error,
                                why,
                                tr("Choose another file: %1").arg(fileFilters().join(QStringLiteral(", "))),
                                {},
                                {}});
}

// Above the line of the cursor: within it, it would cut a statement in two.
void TensorLogicRoom::addLine(const QString& line) {
    CodeEditor* editor = m_mechanism->editor();
    QTextCursor cursor = editor->textCursor();
    cursor.movePosition(QTextCursor::StartOfBlock);
    cursor.insertText(line + QLatin1Char('\n'));
    editor->setTextCursor(cursor);
    editor->setFocus();
}

void TensorLogicRoom::openProgramDialog() {
    auto* dialog = new QFileDialog(this, tr("Open program or data"), m_mechanism->folder(),
                                   fileFilters().join(QStringLiteral(";;")));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) { openFile(path); });
    dialog->open();
}

void TensorLogicRoom::saveProgram() {
    auto* dialog = new QFileDialog(this, tr("Save program"), m_mechanism->filePath(), tr("Programs (*.tl)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("tl"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        if (const QString why = writeWhole(path, m_mechanism->text().toUtf8()); !why.isEmpty())
            banner().show(BannerMessage{QStringLiteral("save"),
                                        Severity::Error,
                                        tr("The program was not written to %1: %2.").arg(path, why),
                                        tr("Choose another folder."),
                                        {},
                                        {}});
        else
            m_mechanism->editor()->document()->setModified(false);
    });
    dialog->open();
}

bool TensorLogicRoom::act(const LessonAction& action) {
    const auto argument = [&](const char* name) {
        const auto found = action.arguments.find(name);
        return found == action.arguments.end() ? QString() : qtext(found->second);
    };
    if (action.verb == "evaluate") {
        m_mechanism->evaluate();
        return true;
    }
    if (action.verb == "show")
        return m_mechanism->showView(argument("view"), argument("tensor"),
                                     argument("cells").split(QLatin1Char(','), Qt::SkipEmptyParts));
    if (action.verb == "step") {
        m_mechanism->stepper()->stepForward();
        return true;
    }
    return false;
}

std::optional<bool> TensorLogicRoom::confirm(const LessonCheck& check) const {
    if (const auto known = m_mechanism ? m_mechanism->confirm(check) : std::nullopt) return known;
    return Room::confirm(check);
}

Json TensorLogicRoom::saveOwnDraft() const {
    return m_mechanism->draft();
}
void TensorLogicRoom::restoreOwnDraft(const Json& draft) {
    m_mechanism->restore(draft);
    showWhatRuns();
}

void TensorLogicRoom::completeConfig(Config& config) const {
    if (!runsOwnProgram()) return;
    config.values["program"] = utf8(m_mechanism->ownText());
    config.values["folder"] = utf8(m_mechanism->ownFolder());
}

} // namespace vitrine
