// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/rooms/room.hpp"

#include "core/base/files.hpp"
#include "core/base/jsonmembers.hpp"
#include "core/experiment/factory.hpp"
#include "widgets/base/errorbanner.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/form/parameditors.hpp"
#include "widgets/base/form/paramform.hpp"
#include "widgets/base/form/runbar.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/settings.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/deviceprobe.hpp"
#include "widgets/bridge/methodslibrary.hpp"
#include "widgets/bridge/runhub.hpp"
#include "widgets/bridge/sessionbridge.hpp"
#include "widgets/rooms/artifactlist.hpp"
#include "widgets/rooms/lessonstrip.hpp"
#include "widgets/rooms/roomheader.hpp"
#include "widgets/rooms/roomplots.hpp"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <QPointer>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

namespace vitrine {

Room::Room(const RoomContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_document(new ConfigDocument(context.method, this)) {
    setObjectName(QStringLiteral("room.") + id());
    m_document->setDeviceInfo(cpuInfo());
}

Room::~Room() {
    if (!m_run.isEmpty()) m_context.runs.unfollow(m_run);
}

QString Room::id() const {
    return qtext(m_context.method.descriptor().id);
}

void Room::assemble() {
    buildFace();
    buildLesson();
    connectRuns();
    connect(m_document, &ConfigDocument::configChanged, this, &Room::draftChanged);
    connect(m_document, &ConfigDocument::checked, this, &Room::paramProblemsChanged);
    connect(&m_context.library, &MethodsLibrary::loaded, this, &Room::makeSession);
    refreshState();
    if (m_context.library.isLoaded()) makeSession();
}

void Room::buildFace() {
    m_header = new RoomHeader(*m_document);
    m_banner = new ErrorBanner;
    m_plots = new RoomPlots(m_document->descriptor());
    m_artifacts = new ArtifactList(m_document->descriptor());
    ParamEditorRegistry editors;
    setUpEditors(editors);
    m_form = new ParamForm(*m_document, editors, paramsShownElsewhere());
    m_form->addBelow(m_artifacts);

    auto* left = buildMiddle();
    buildSide();
    m_columns = new QHBoxLayout;
    m_columns->setSpacing(0);
    m_columns->addWidget(left, 1);
    m_columns->addWidget(m_side);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(new Hairline(Qt::Horizontal));
    column->addWidget(m_banner);
    column->addLayout(m_columns, 1);

    RunBar& bar = m_header->runBar();
    connect(&bar, &RunBar::runRequested, this, &Room::startRun);
    connect(&bar, &RunBar::pauseRequested, this, &Room::pauseOrResume);
    connect(&bar, &RunBar::resumeRequested, this, &Room::pauseOrResume);
    connect(&bar, &RunBar::stopRequested, this, &Room::stopRun);
    fillRunMenu();
    connect(&m_context.runs, &RunHub::activeChanged, this, &Room::refreshState);
    connect(m_artifacts, &ArtifactList::problem, this, [this](const QString& text) {
        m_banner->show(BannerMessage{{}, Severity::Error, text, {}, {}, {}});
    });
}

namespace {
/// A mechanism that is squeezed scrolls as a whole: nothing of it is ever cut off.
QWidget* scrolled(QWidget* mechanism) {
    mechanism->setMinimumWidth(Theme::px(320));
    auto* area = new QScrollArea;
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setWidget(mechanism);
    area->setMinimumSize(Theme::px(200), Theme::px(80));
    return area;
}
} // namespace

QWidget* Room::buildMiddle() {
    m_plots->setShownElsewhere(metricsShownElsewhere());
    m_plots->setStepsOfSeed(
        [this](const QString& metric, const Config& config) { return stepsOfSeed(metric, config); });
    QWidget* mechanism = makeMechanism();
    if (!mechanism) return m_plots;
    QWidget* area = scrolled(asPanel(mechanism));
    if (placePlots(*m_plots)) return area;
    m_middle = new QSplitter(Qt::Vertical);
    m_middle->setChildrenCollapsible(false);
    m_plots->setMinimumHeight(Theme::px(40));
    m_middle->addWidget(area);
    m_middle->addWidget(m_plots);
    m_middle->setStretchFactor(0, 3);
    m_middle->setStretchFactor(1, 1);
    m_middle->setSizes({Theme::px(2000), Theme::px(40)});
    // The plots take their room when there is something to see, once.
    connect(m_plots, &RoomPlots::firstShown, this, [this] {
        const QList<int> sizes = m_middle->sizes();
        const int all = sizes[0] + sizes[1];
        const int wanted = std::min(Theme::px(200), all / 4);
        if (!m_middleShare && sizes[1] < wanted) m_middle->setSizes({all - wanted, wanted});
    });
    connect(m_middle, &QSplitter::splitterMoved, this, [this] {
        const QList<int> sizes = m_middle->sizes();
        if (sizes[0] + sizes[1] > 0) m_middleShare = static_cast<double>(sizes[0]) / (sizes[0] + sizes[1]);
        Q_EMIT draftChanged();
    });
    return m_middle;
}

void Room::buildSide() {
    m_side = new QWidget;
    m_side->setObjectName(QStringLiteral("parameters"));
    asPanel(m_side)->setFixedWidth(Theme::px(301));
    auto* row = new QHBoxLayout(m_side);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(new Hairline(Qt::Vertical));
    row->addWidget(m_form, 1);
    connect(m_header, &RoomHeader::parametersToggled, this, [this](bool isShown) {
        if (!m_isSideOver) m_isSideWanted = isShown;
        showSide(isShown);
        Q_EMIT draftChanged();
    });
}

void Room::showSide(bool isShown) {
    m_side->setVisible(isShown);
    m_header->setParametersShown(isShown);
    if (m_isSideOver && isShown) {
        m_side->raise();
        m_form->setFocus();
    }
}

// Beside the mechanism where both have room, over it on demand where they have not.
void Room::arrangeSide() {
    const bool isOver = width() < Theme::px(1000);
    if (isOver != m_isSideOver) {
        m_isSideOver = isOver;
        if (isOver) {
            m_columns->removeWidget(m_side);
            m_side->setParent(this);
        } else
            m_columns->addWidget(m_side);
        showSide(!isOver && m_isSideWanted);
    }
    if (!isOver) return;
    const QRect area = m_columns->geometry();
    m_side->setGeometry(area.right() + 1 - m_side->width(), area.top(), m_side->width(), area.height());
}

void Room::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (!m_columns) return;
    if (m_lesson) m_lesson->setShort(height() < Theme::px(660));
    arrangeSide();
    // The column below the header has its height only after the layout's own turn.
    if (m_isSideOver) QMetaObject::invokeMethod(this, &Room::arrangeSide, Qt::QueuedConnection);
}

void Room::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && m_isSideOver && m_side->isVisible()) return showSide(false);
    QWidget::keyPressEvent(event);
}

void Room::fillRunMenu() {
    QMenu* menu = m_header->runBar().runMenu();
    menu->addAction(tr("Run with the next &seed"), this, [this] {
        m_document->setSeed(m_document->config().seed + 1);
        startRun();
    });
    menu->addAction(tr("&Copy as a shell command"), this,
                    [this] { QGuiApplication::clipboard()->setText(shellCommand()); });
}

QString Room::shellCommand() const {
    Config config = m_document->config();
    completeConfig(config);
    QStringList words{QStringLiteral("vitrine-run"), id(),
                      QStringLiteral("--preset"),    qtext(config.preset),
                      QStringLiteral("--seed"),      QString::number(config.seed)};
    for (const auto& [knob, value] : config.values) {
        if (value == m_document->standard(knob)) continue;
        const QString text = value.is_string() ? qtext(value.get<std::string>()) : qtext(value.dump());
        words << QStringLiteral("--set")
              << QStringLiteral("'%1=%2'").arg(qtext(knob),
                                               QString(text).replace(QLatin1Char('\''), QLatin1String("'\\''")));
    }
    return words.join(QLatin1Char(' '));
}

void Room::buildLesson() {
    m_lesson = LessonStrip::load(id(), m_context.language);
    if (!m_lesson) return;
    auto* strip = m_lesson;
    static_cast<QVBoxLayout*>(layout())->insertWidget(2, strip);
    strip->setConfirm([this](const LessonCheck& check) { return confirm(check); });
    connect(strip, &LessonStrip::linkActivated, this, [this](const LessonAction& action) {
        if (!followLink(action))
            m_banner->show(BannerMessage{QStringLiteral("link"),
                                         Severity::Warning,
                                         tr("This room does not know the link \"%1\".").arg(qtext(action.verb)),
                                         {},
                                         {},
                                         {}});
    });
    connect(strip, &LessonStrip::stepChanged, this, &Room::draftChanged);
    connect(this, &Room::checksChanged, strip, &LessonStrip::refreshChecks);
}

void Room::connectRuns() {
    RunHub& runs = m_context.runs;
    connect(&runs, &RunHub::batchReady, this, &Room::takeBatch);
    const auto refreshMine = [this](const QString& run) {
        if (run == m_run) refreshState();
    };
    connect(&runs, &RunHub::runChanged, this, refreshMine);
    connect(&runs, &RunHub::runAdded, this, refreshMine);
    connect(&runs, &RunHub::runRemoved, this, [this](const QString& run) {
        if (run == m_run) showRun({});
    });
}

void Room::makeSession() {
    const MethodFactory* factory = m_context.library.factory(m_context.method.descriptor().id);
    if (m_session || !factory) return;
    auto* session = new SessionBridge(*factory, this);
    if (!session->isUsable()) return session->deleteLater();
    m_session = session;
    Q_EMIT sessionReady();
}

void Room::showRun(const QString& run) {
    if (run == m_run) return;
    if (!m_run.isEmpty()) m_context.runs.unfollow(m_run);
    m_run = run;
    m_lastState = RunState::Draft;
    m_plots->clear();
    m_artifacts->clear();
    clearRun();
    if (!run.isEmpty()) m_context.runs.follow(run);
    refreshState();
    Q_EMIT shownRunChanged(run);
    Q_EMIT draftChanged();
    Q_EMIT checksChanged();
}

void Room::compareWith(const QStringList& runs) {
    m_plots->clearOverlays();
    for (const QString& run : runs) {
        if (run == m_run) continue;
        const RunInfo* info = m_context.runs.find(run);
        if (!info || info->experiment() != id()) continue;
        m_context.runs.readCurves(run, [room = QPointer<Room>(this), run, title = info->title(),
                                        config = info->config](const RunCurves& curves) {
            if (room) room->m_plots->addOverlay({run, title, config}, curves);
        });
    }
}

void Room::takeBatch(const RunBatchPtr& batch) {
    if (batch->run != m_run) return;
    const RunInfo* info = m_context.runs.find(m_run);
    if (batch->restart) {
        m_plots->clearRun();
        m_artifacts->clear();
        clearRun();
    }
    m_plots->take(*batch, {m_run, info ? info->title() : m_run, info ? info->config : Config()});
    m_artifacts->take(*batch, info ? info->folder : QString());
    takeEvents(*batch);
    refreshState();
    Q_EMIT checksChanged();
}

void Room::refreshState() {
    const RunInfo* info = m_run.isEmpty() ? nullptr : m_context.runs.find(m_run);
    RunBar& bar = m_header->runBar();
    bar.setBlocked(m_context.runs.readOnlyReason());
    if (!info) return bar.setState(m_run.isEmpty() ? RunState::Draft : RunState::Queued);
    QString detail;
    if (isActive(info->state) && info->progress) {
        const Progress& progress = *info->progress;
        if (progress.total > 0)
            detail = tr("%1 of %2", "done, total").arg(shortNumber(progress.done), shortNumber(progress.total));
        if (progress.etaSeconds)
            detail = tr("%1, %2 left", "progress, time").arg(detail, secondsText(*progress.etaSeconds));
    }
    if (info->isSilent) detail = tr("not responding");
    bar.setState(info->state, detail, info->isResumable());
    if (std::exchange(m_lastState, info->state) != info->state) {
        if (info->error && (info->state == RunState::Failed || info->state == RunState::Paused)) {
            m_banner->show(*info->error);
            Q_EMIT problemFound(*info->error);
        }
        if (info->state == RunState::Interrupted)
            m_banner->show(BannerMessage{QStringLiteral("interrupted"),
                                         Severity::Warning,
                                         tr("The run ended without saying why."),
                                         info->hasCheckpoint ? tr("It can go on from its last checkpoint.")
                                                             : tr("It can be started again from the beginning."),
                                         {},
                                         {{tr("Resume"), [this] { pauseOrResume(); }}}});
        Q_EMIT checksChanged();
    }
}

void Room::startRun() {
    Config config = m_document->config();
    completeConfig(config);
    m_banner->resolve(QStringLiteral("interrupted"));
    m_context.runs.start(config, [room = QPointer<Room>(this)](const Result<QString>& run) {
        if (!room) return;
        if (run.ok()) return room->showRun(run.value());
        room->m_banner->show(run.error());
        Q_EMIT room->problemFound(run.error());
    });
}

void Room::pauseOrResume() {
    const RunInfo* info = m_context.runs.find(m_run);
    if (!info) return;
    if (info->state == RunState::Running) return m_context.runs.pause(m_run);
    if (info->state == RunState::Paused) return m_context.runs.goOn(m_run);
    m_context.runs.resume(m_run, [room = QPointer<Room>(this)](const Result<QString>& run) {
        if (room && !run.ok()) room->m_banner->show(run.error());
    });
}

void Room::stopRun() {
    if (!m_run.isEmpty()) m_context.runs.stop(m_run);
}

Json Room::draft() const {
    Json draft{{"config", m_document->config().toJson()}, {"run", utf8(m_run)}, {"own", saveOwnDraft()}};
    if (m_lesson) draft["lesson"] = {{"step", m_lesson->step()}};
    if (m_lesson && m_lesson->chosen()) draft["lesson"]["open"] = *m_lesson->chosen();
    if (m_middleShare) draft["share"] = *m_middleShare;
    if (!m_isSideWanted) draft["parameters"] = false;
    return draft;
}

void Room::restoreDraft(const Json& draft) {
    if (!draft.is_object()) return;
    if (draft.contains("config"))
        if (auto config = Config::fromJson(draft["config"]); config.ok()) m_document->replaceWith(config.value());
    if (draft.contains("own")) restoreOwnDraft(draft["own"]);
    if (m_lesson && draft.contains("lesson") && draft["lesson"].is_object()) {
        m_lesson->setStep(static_cast<int>(integerOr(draft["lesson"], "step")));
        if (const auto open = draft["lesson"].find("open"); open != draft["lesson"].end() && open->is_boolean())
            m_lesson->setOpen(open->get<bool>());
    }
    if (m_middle && draft.contains("share") && draft["share"].is_number()) {
        m_middleShare = std::clamp(draft["share"].get<double>(), 0.1, 0.9);
        m_middle->setSizes({static_cast<int>(1000 * *m_middleShare), static_cast<int>(1000 * (1 - *m_middleShare))});
    }
    if (draft.contains("parameters") && draft["parameters"].is_boolean()) {
        m_isSideWanted = draft["parameters"].get<bool>();
        if (!m_isSideOver) showSide(m_isSideWanted);
    }
    if (draft.contains("run") && draft["run"].is_string()) showRun(qtext(draft["run"].get<std::string>()));
}

bool Room::followLink(const LessonAction& action) {
    const auto argument = [&](const char* name) {
        const auto found = action.arguments.find(name);
        return found == action.arguments.end() ? std::string() : found->second;
    };
    if (action.verb == "preset") {
        if (!findPreset(m_document->descriptor(), argument("id"))) return false;
        m_document->setPreset(argument("id"));
        return true;
    }
    if (action.verb == "set") {
        bool isKnown = !action.arguments.empty();
        for (const auto& [id, text] : action.arguments) {
            const ParamSpec* spec = findParam(m_document->descriptor(), id);
            auto value = spec ? parseValue(*spec, text) : Result<Json>(Error{});
            if (value.ok()) m_document->setValue(id, value.value());
            isKnown = isKnown && value.ok();
        }
        return isKnown;
    }
    if (action.verb == "run") {
        startRun();
        return true;
    }
    if (action.verb == "sample") return openSample(qtext(argument("name")));
    return act(action);
}

std::optional<bool> Room::confirmMetric(const QString& text) const {
    const QStringList parts = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const RunInfo* info = m_context.runs.find(m_run);
    if (parts.size() != 3 || !info || !isFinal(info->state)) return std::nullopt;
    const auto value = info->values.constFind(parts[0]);
    bool ok = false;
    const double wanted = QLocale::c().toDouble(parts[2], &ok);
    if (!ok || value == info->values.constEnd()) return std::nullopt;
    const double slack = 1e-9 * std::max(1.0, std::abs(wanted));
    if (parts[1] == QLatin1String("=") || parts[1] == QLatin1String("==")) return std::abs(*value - wanted) <= slack;
    if (parts[1] == QLatin1String("<")) return *value < wanted;
    if (parts[1] == QLatin1String("<=")) return *value <= wanted;
    if (parts[1] == QLatin1String(">")) return *value > wanted;
    if (parts[1] == QLatin1String(">=")) return *value >= wanted;
    return std::nullopt;
}

std::optional<bool> Room::confirm(const LessonCheck& check) const {
    if (check.kind == "metric") return confirmMetric(qtext(check.text));
    const RunInfo* info = m_context.runs.find(m_run);
    if (check.kind == "passed" && info && isFinal(info->state)) {
        if (info->state != RunState::Completed) return false;
        const auto passed = info->values.constFind(QStringLiteral("passed"));
        return passed == info->values.constEnd() ? std::optional<bool>() : *passed != 0;
    }
    return std::nullopt;
}

bool Room::openSample(const QString&) {
    return false;
}
bool Room::openFile(const QString&) {
    return false;
}
void Room::setUpEditors(ParamEditorRegistry&) {}
void Room::takeEvents(const RunBatch&) {}
bool Room::act(const LessonAction&) {
    return false;
}
void Room::restoreOwnDraft(const Json&) {}
void Room::completeConfig(Config&) const {}

void Room::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) update();
    QWidget::changeEvent(event);
}

} // namespace vitrine
