// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/tensor_logic/tensor_logicroom.hpp"

#include "widgets/base/actions.hpp"
#include "widgets/base/errorbanner.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/runhub.hpp"
#include "widgets/bridge/sessionbridge.hpp"
#include "widgets/editor/codeeditor.hpp"
#include "widgets/rooms/roomplots.hpp"
#include "widgets/rooms/samples.hpp"
#include "widgets/rooms/tensor_logic/mechanism.hpp"
#include "widgets/rooms/tensor_logic/stepperpanel.hpp"

#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QSaveFile>
#include <QTimer>

#include <algorithm>

namespace vitrine {

namespace {
constexpr qint64 MostProgramBytes = 16 << 20;
}

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
        const Json* experiment = document().config().find("experiment");
        if (experiment && *experiment != "program") m_mechanism->showCurves();
    });
    return true;
}

// The editor is the form's editor of the program: what is typed is checked and estimated, a preset's program is opened.
void TensorLogicRoom::shareProgram() {
    auto* pause = new QTimer(this);
    pause->setSingleShot(true);
    pause->setInterval(300);
    const auto isProgram = [this] {
        return !document().config().find("experiment") || document().config().text("experiment") == "program";
    };
    connect(m_mechanism->editor(), &QPlainTextEdit::textChanged, pause, qOverload<>(&QTimer::start));
    connect(pause, &QTimer::timeout, this, [this, isProgram] {
        if (!isProgram()) return;
        document().takeOver("program", Json(utf8(m_mechanism->text())));
        document().takeOver("folder", Json(utf8(m_mechanism->folder())));
    });
    connect(&document(), &ConfigDocument::valueChanged, this, [this, pause, isProgram](const QString& id) {
        const Json* program = document().config().find("program");
        if (id != QLatin1String("program") || pause->isActive() || !isProgram() || !program || !program->is_string())
            return;
        const QString text = qtext(program->get<std::string>());
        if (text != m_mechanism->text())
            m_mechanism->openText(qtext(document().config().preset) + QStringLiteral(".tl"), text,
                                  qtext(document().config().text("folder")));
    });
    pause->start();
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
    return {tr("Programs (*.tl)"), tr("Data (*.csv *.tsv *.facts *.txt *.edges *.mtx)")};
}

bool TensorLogicRoom::openFile(const QString& path) {
    const QFileInfo info(path);
    if (info.suffix() != QLatin1String("tl")) { // data: the line that reads it, at the cursor
        QString name = info.completeBaseName();
        name.remove(QRegularExpression(QStringLiteral("[^\\p{L}0-9_]")));
        if (name.isEmpty() || !name.front().isLetter()) name.prepend(QStringLiteral("Data"));
        name[0] = name[0].toUpper();
        QFile file(path);
        int columns = 2;
        if (file.open(QIODevice::ReadOnly))
            for (int i = 0; i < 100 && !file.atEnd(); ++i) {
                const QString line = QString::fromUtf8(file.readLine(4096)).trimmed();
                if (line.isEmpty() || line.startsWith(QLatin1Char('#')) || line.startsWith(QLatin1Char('%'))) continue;
                columns = static_cast<int>(
                    line.split(QRegularExpression(line.contains(QLatin1Char(','))    ? QStringLiteral(",")
                                                  : line.contains(QLatin1Char('\t')) ? QStringLiteral("\t")
                                                                                     : QStringLiteral("\\s+")))
                        .size());
                break;
            }
        static const QStringList variables{QStringLiteral("x"), QStringLiteral("y"), QStringLiteral("z"),
                                           QStringLiteral("u"), QStringLiteral("v"), QStringLiteral("w")};
        const QString shown = QDir::toNativeSeparators(path);
        m_mechanism->editor()->insertPlainText(
            QStringLiteral("%1(%2) = \"%3\"\n")
                .arg(name, variables.mid(0, std::clamp(columns, 1, 6)).join(QStringLiteral(", ")), shown));
        m_mechanism->editor()->setFocus();
        return true;
    }
    QFile file(path);
    const bool isOpen = file.open(QIODevice::ReadOnly);
    if (!isOpen || file.size() > MostProgramBytes) {
        banner().show(BannerMessage{QStringLiteral("open"),
                                    Severity::Error,
                                    isOpen ? tr("%1 is larger than a program may be (16 MB).").arg(path)
                                           : tr("%1 could not be opened: %2.").arg(path, file.errorString()),
                                    tr("Choose another file."),
                                    {},
                                    {}});
        return false;
    }
    m_mechanism->openText(info.fileName(), QString::fromUtf8(file.readAll()), info.absolutePath());
    return true;
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
        QSaveFile file(path);
        const QByteArray content = m_mechanism->text().toUtf8();
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size() || !file.commit())
            banner().show(BannerMessage{QStringLiteral("save"),
                                        Severity::Error,
                                        tr("The program was not written to %1: %2.").arg(path, file.errorString()),
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
}

void TensorLogicRoom::completeConfig(Config& config) const {
    const Json* experiment = config.find("experiment");
    if (experiment && experiment->is_string() && *experiment != "program") return;
    config.values["program"] = utf8(m_mechanism->text());
    config.values["folder"] = utf8(m_mechanism->folder());
}

} // namespace vitrine
