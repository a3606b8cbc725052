// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/mainwindow.hpp"

#include "app/gui/docktitle.hpp"
#include "app/gui/draftkeeper.hpp"
#include "app/gui/helppage.hpp"
#include "app/gui/panels.hpp"
#include "app/gui/rail.hpp"
#include "app/gui/samplegallery.hpp"
#include "app/gui/startpage.hpp"
#include "app/gui/statusstrip.hpp"
#include "app/gui/windowactions.hpp"
#include "core/base/jsonmembers.hpp"
#include "core/base/version.hpp"
#include "core/experiment/descriptor.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/commandpalette.hpp"
#include "widgets/base/errorbanner.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/form/paramform.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/settings.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/logmodel.hpp"
#include "widgets/bridge/methodslibrary.hpp"
#include "widgets/bridge/problemsmodel.hpp"
#include "widgets/bridge/runhub.hpp"
#include "widgets/rooms/lessonstrip.hpp"
#include "widgets/rooms/registry.hpp"
#include "widgets/rooms/room.hpp"

#include <QApplication>
#include <QDateTime>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QIcon>
#include <QMenuBar>
#include <QMimeData>
#include <QStackedWidget>
#include <QToolBar>
#include <QVBoxLayout>

namespace vitrine {

namespace {
constexpr int LayoutVersion = 1;
const QString LayoutKey = QStringLiteral("window");

// "Programs (*.tl)" or "*.tl *.csv" to bare patterns.
QStringList patternsOf(const QStringList& filters) {
    QStringList patterns;
    for (const QString& filter : filters) {
        const qsizetype open = filter.indexOf(QLatin1Char('('));
        const QString inside =
            open < 0 ? filter : filter.mid(open + 1, filter.lastIndexOf(QLatin1Char(')')) - open - 1);
        patterns << inside.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    }
    return patterns;
}
} // namespace

MainWindow::MainWindow(const Services& services, QWidget* parent)
    : QMainWindow(parent), m_services(services), m_actions(new ActionRegistry(this)) {
    setObjectName(QStringLiteral("window"));
    setWindowTitle(tr("Vitrine"));
    setAcceptDrops(true);
    setDockNestingEnabled(false);
    setContextMenuPolicy(Qt::NoContextMenu);
    buildCentre();
    m_palette = new CommandPalette(*m_actions, this);
    registerWindowActions(*this);
    buildStatus();
    buildDocks();
    for (QAction* action : m_actions->all()) addAction(action);
    connect(
        m_actions, &ActionRegistry::changed, this,
        [this] {
            for (QAction* action : m_actions->all()) addAction(action);
        },
        Qt::QueuedConnection);
    m_actions->buildMenus(menuBar());
    resize(Theme::px(1440), Theme::px(900));
    m_shipped = saveState(LayoutVersion);
    if (const QByteArray geometry = services.settings.geometry(); !geometry.isEmpty()) restoreGeometry(geometry);
    if (const QByteArray layout = services.settings.layout(LayoutKey); !layout.isEmpty())
        QMainWindow::restoreState(layout, LayoutVersion);
    services.drafts.setSource([this] { return state(); });
    connect(&services.drafts, &DraftKeeper::failed, this, [this](const QString& text) {
        m_banner->show(BannerMessage{QStringLiteral("drafts"),
                                     Severity::Warning,
                                     tr("Unsaved work could not be kept: %1").arg(text),
                                     tr("Make room on the disk, or save what matters elsewhere."),
                                     {},
                                     {}});
    });
    connect(&services.drafts, &DraftKeeper::saved, this, [this] { m_banner->resolve(QStringLiteral("drafts")); });
    connect(&services.runs, &RunHub::problem, this, &MainWindow::showProblem);
    connect(&services.library, &MethodsLibrary::failed, this, &MainWindow::showProblem);
    connect(&services.runs, &RunHub::batchReady, this, [this](const RunBatchPtr& batch) {
        const RunInfo* info = m_services.runs.find(batch->run);
        m_services.log.take(*batch, info ? info->title() : batch->run);
    });
    const auto tellReadOnly = [this] {
        if (!m_services.runs.readOnlyReason().isEmpty())
            m_banner->show(BannerMessage{QStringLiteral("readonly"),
                                         Severity::Warning,
                                         m_services.runs.readOnlyReason(),
                                         tr("Everything can be looked at here; nothing can be started or changed."),
                                         {},
                                         {}});
    };
    tellReadOnly();
    connect(&services.runs, &RunHub::opened, this, [this, tellReadOnly](bool isWritable) {
        tellReadOnly();
        if (isWritable) offerRecovered();
    });
    restoreState(services.drafts.takeLast());
    if (services.runs.isOpen() && services.runs.readOnlyReason().isEmpty()) offerRecovered();
}

MainWindow::~MainWindow() {
    m_services.drafts.setSource({});
}

void MainWindow::buildCentre() {
    m_rail = new Rail(m_services);
    auto* railBar = new QToolBar(tr("Rail"));
    railBar->setObjectName(QStringLiteral("rail"));
    railBar->setMovable(false);
    railBar->setFloatable(false);
    railBar->toggleViewAction()->setVisible(false);
    railBar->layout()->setContentsMargins(0, 0, 0, 0);
    railBar->addWidget(m_rail);
    addToolBar(Qt::LeftToolBarArea, railBar);
    m_pages = new QStackedWidget;
    m_start = new StartPage(m_services);
    m_pages->addWidget(m_start);
    m_banner = new ErrorBanner;
    m_banner->setReportFooter([this] {
        return QStringLiteral("Vitrine %1 (%2), %3, %4")
            .arg(QLatin1String(Version), QLatin1String(commit()), m_services.language, m_services.runs.workspace());
    });
    auto* centre = new QWidget;
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_banner);
    column->addWidget(m_pages, 1);
    setCentralWidget(centre);
    connect(m_rail, &Rail::startRequested, this, &MainWindow::showStart);
    connect(m_rail, &Rail::roomRequested, this, &MainWindow::openRoom);
    connect(m_rail, &Rail::runRequested, this, &MainWindow::openRun);
    connect(m_start, &StartPage::sampleRequested, this, [this](const QString& id, const QString& sample) {
        openSample(id, sample);
        Room* front = currentRoom();
        if (front && !front->followLink({"evaluate", {}})) front->startRun();
    });
    connect(m_start, &StartPage::lessonRequested, this, [this](const QString& id) {
        if (Room* opened = openRoom(id); opened && opened->lesson()) opened->lesson()->setOpen(true);
    });
    connect(m_start, &StartPage::galleryRequested, this, &MainWindow::openGallery);
    connect(m_start, &StartPage::runRequested, this, &MainWindow::openRun);
    connect(m_start, &StartPage::fileRequested, this, &MainWindow::openFile);
}

QDockWidget* MainWindow::addDock(const QString& name, const QString& title, const QString& icon, QWidget* panel,
                                 const QKeySequence& keys) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(panel);
    dock->setTitleBarWidget(new DockTitle(*dock));
    dock->setAllowedAreas(Qt::BottomDockWidgetArea | Qt::RightDockWidgetArea);
    addDockWidget(Qt::BottomDockWidgetArea, dock);
    dock->hide();
    QAction* toggle = m_actions->addToggle({QStringLiteral("view.dock.") + name,
                                            QLatin1Char('&') + title,
                                            tr("Show or fold the panel \"%1\"").arg(title),
                                            icon,
                                            {keys},
                                            ActionMenu::View,
                                            tr("&Panels"),
                                            true},
                                           this, [dock](bool isOn) {
                                               dock->setVisible(isOn);
                                               if (isOn) dock->raise();
                                           });
    connect(dock, &QDockWidget::visibilityChanged, toggle, [dock, toggle] { toggle->setChecked(!dock->isHidden()); });
    m_status->addPanelButton(toggle);
    return dock;
}

void MainWindow::buildDocks() {
    m_runsPanel = new RunsPanel(m_services.runs, m_services.library.registry());
    m_logPanel = new LogPanel(m_services.log);
    auto* problems = new ProblemsPanel(m_services.problems);
    m_runsDock = addDock(QStringLiteral("runs"), tr("Runs"), QStringLiteral("runs"), m_runsPanel,
                         QKeySequence(QStringLiteral("Ctrl+Shift+R")));
    m_logDock = addDock(QStringLiteral("log"), tr("Log"), QStringLiteral("log"), m_logPanel,
                        QKeySequence(QStringLiteral("Ctrl+Shift+G")));
    m_problemsDock = addDock(QStringLiteral("problems"), tr("Problems"), QStringLiteral("warning"), problems,
                             QKeySequence(QStringLiteral("Ctrl+Shift+M")));
    tabifyDockWidget(m_runsDock, m_logDock);
    tabifyDockWidget(m_logDock, m_problemsDock);
    resizeDocks({m_runsDock}, {Theme::px(180)}, Qt::Vertical);
    QAction* toggle = m_actions->find(QStringLiteral("view.dock.problems"));
    connect(&m_services.problems, &ProblemsModel::errorCountChanged, toggle,
            [this, toggle, before = 0](int count) mutable {
                toggle->setText(count ? tr("&Problems (%1)").arg(count) : tr("&Problems"));
                if (before == 0 && count > 0) {
                    m_problemsDock->show();
                    m_problemsDock->raise();
                }
                before = count;
            });
    connect(m_runsPanel, &RunsPanel::openRequested, this, &MainWindow::openRun);
    connect(m_runsPanel, &RunsPanel::duplicateRequested, this, &MainWindow::duplicateRun);
    connect(m_runsPanel, &RunsPanel::compareRequested, this, [this](const QStringList& runs) {
        if (runs.isEmpty()) return;
        openRun(runs.first());
        if (Room* front = currentRoom()) front->compareWith(runs.mid(1));
    });
    connect(m_runsPanel, &RunsPanel::problem, this, [this](const QString& text) {
        m_banner->show(BannerMessage{{}, Severity::Error, text, {}, {}, {}});
    });
    connect(problems, &ProblemsPanel::goToRequested, this, [this](const QString& id, const QString& target) {
        if (Room* opened = openRoom(id); opened && !target.isEmpty()) opened->form().showParam(target);
    });
}

void MainWindow::buildStatus() {
    m_status = new StatusStrip(m_services);
    auto* bar = new QToolBar(tr("Status"));
    bar->setObjectName(QStringLiteral("statusBar"));
    bar->setMovable(false);
    bar->setFloatable(false);
    bar->toggleViewAction()->setVisible(false);
    bar->layout()->setContentsMargins(0, 0, 0, 0);
    m_status->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_status->setMinimumWidth(m_status->minimumSizeHint().width());
    bar->addWidget(m_status);
    addToolBar(Qt::BottomToolBarArea, bar);
    connect(m_status, &StatusStrip::languageChosen, this, &MainWindow::languageChosen);
    connect(m_status, &StatusStrip::jobsClicked, this,
            [this] { m_actions->find(QStringLiteral("view.dock.runs"))->trigger(); });
}

Room* MainWindow::currentRoom() const {
    return qobject_cast<Room*>(m_pages->currentWidget());
}

Room* MainWindow::room(const QString& id) {
    if (Room* known = m_rooms.value(id)) return known;
    const Method* method = m_services.library.registry().find(utf8(id));
    if (!method) return nullptr;
    Room* made = m_services.rooms.make(
        {*method, m_services.runs, m_services.library, m_services.settings, *m_actions, m_services.language});
    m_rooms.insert(id, made);
    m_pages->addWidget(made);
    connectRooms(*made);
    if (m_pending.is_object() && m_pending["rooms"].contains(utf8(id))) {
        made->restoreDraft(m_pending["rooms"][utf8(id)]);
        m_pending["rooms"].erase(utf8(id));
    }
    return made;
}

void MainWindow::connectRooms(Room& made) {
    connect(&made, &Room::draftChanged, &m_services.drafts, &DraftKeeper::touch);
    connect(&made.document(), &ConfigDocument::configChanged, this, &MainWindow::refreshDevice);
    connect(&made, &Room::paramProblemsChanged, this, [this, &made] { refreshParamProblems(made); });
    connect(&made, &Room::problemFound, this, [this, &made](const Error& error) {
        m_services.problems.addProblem(made.id(), QStringLiteral("runs"),
                                       {error.severity, happened(error), qtext(error.code), qtext(error.where), {}});
    });
}

void MainWindow::refreshDevice() {
    const Room* front = currentRoom();
    m_status->setDevice(front ? qtext(front->document().config().device) : QStringLiteral("cpu"));
}

void MainWindow::refreshParamProblems(Room& made) {
    QList<ProblemRow> rows;
    for (const Problem& problem : made.document().problems()) {
        const ParamSpec* spec = findParam(made.document().descriptor(), problem.param);
        rows.append({problem.severity, coreText(problem.message, problem.arguments), qtext(problem.code),
                     spec ? coreText(spec->label) : QString(), qtext(problem.param)});
    }
    m_services.problems.setProblems(made.id(), QStringLiteral("parameters"), rows);
}

void MainWindow::showStart() {
    m_pages->setCurrentWidget(m_start);
    m_rail->setCurrent({});
    refreshDevice();
    Q_EMIT roomChanged({});
    m_services.drafts.touch();
}

Room* MainWindow::openRoom(const QString& id) {
    Room* opened = room(id);
    if (!opened) return nullptr;
    m_pages->setCurrentWidget(opened);
    m_rail->setCurrent(id);
    refreshDevice();
    Q_EMIT roomChanged(id);
    m_services.drafts.touch();
    return opened;
}

void MainWindow::openRun(const QString& run) {
    const RunInfo* info = m_services.runs.find(run);
    if (!info) return;
    if (Room* opened = openRoom(info->experiment())) return opened->showRun(run);
    m_banner->show(BannerMessage{QStringLiteral("noroom"),
                                 Severity::Warning,
                                 tr("This program has no room for the experiment \"%1\".").arg(info->experiment()),
                                 {},
                                 {},
                                 {}});
}

void MainWindow::duplicateRun(const QString& run) {
    const RunInfo* info = m_services.runs.find(run);
    Room* opened = info ? openRoom(info->experiment()) : nullptr;
    if (opened && !opened->document().replaceWith(info->config))
        opened->banner().show(
            BannerMessage{QStringLiteral("version"),
                          Severity::Warning,
                          tr("This run was made by another version of the room: its parameters cannot be taken over."),
                          {},
                          {},
                          {}});
}

void MainWindow::openSample(const QString& roomId, const QString& sample) {
    Room* opened = openRoom(roomId);
    if (!opened || !opened->openSample(sample))
        m_banner->show(BannerMessage{QStringLiteral("sample"),
                                     Severity::Warning,
                                     tr("The sample \"%1\" could not be opened.").arg(sample),
                                     {},
                                     {},
                                     {}});
}

void MainWindow::openFile(const QString& path) {
    QList<Room*> candidates;
    if (Room* front = currentRoom()) candidates << front;
    for (const auto& method : m_services.library.registry().all())
        if (Room* other = room(qtext(method->descriptor().id)); !candidates.contains(other)) candidates << other;
    for (Room* candidate : candidates) {
        if (!QDir::match(patternsOf(candidate->fileFilters()), QFileInfo(path).fileName())) continue;
        const bool isOpen = candidate->openFile(path);
        openRoom(candidate->id()); // one that cannot read it says why
        if (isOpen) m_services.settings.addRecentFile(path);
        return;
    }
    m_banner->show(BannerMessage{QStringLiteral("open"),
                                 Severity::Warning,
                                 tr("No room reads the file %1.").arg(QFileInfo(path).fileName()),
                                 tr("Rooms say in File, Open which files they read."),
                                 {},
                                 {}});
}

void MainWindow::askForFile() {
    QStringList filters;
    for (const auto& method : m_services.library.registry().all())
        if (Room* other = room(qtext(method->descriptor().id))) filters << patternsOf(other->fileFilters());
    filters.removeDuplicates();
    auto* dialog = new QFileDialog(this, tr("Open"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({tr("Files that rooms read (%1)").arg(filters.join(QLatin1Char(' '))), tr("All files (*)")});
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openFile);
    dialog->open();
}

void MainWindow::openGallery() {
    auto* gallery = new SampleGallery(m_services, this);
    connect(gallery, &SampleGallery::sampleRequested, this, &MainWindow::openSample);
    gallery->open();
}

void MainWindow::openHelp(bool codes) {
    (new HelpPage(*m_actions, m_services.language, codes ? HelpPage::Section::Codes : HelpPage::Section::Shortcuts,
                  QString(), this))
        ->show();
}

void MainWindow::openPanelHelp() {
    const QWidget* focus = QApplication::focusWidget();
    const QString topic = HelpPage::topicOf(focus && isAncestorOf(focus) ? focus : m_pages->currentWidget());
    (new HelpPage(*m_actions, m_services.language, HelpPage::Section::Shortcuts, topic, this))->show();
}

void MainWindow::focusLog() {
    m_logDock->show();
    m_logDock->raise();
    m_logPanel->focusSearch();
}

void MainWindow::resetLayout() {
    m_services.settings.clearLayouts();
    QMainWindow::restoreState(m_shipped, LayoutVersion);
    for (QDockWidget* dock : {m_runsDock, m_logDock, m_problemsDock}) dock->hide();
}

void MainWindow::runCurrent() {
    if (Room* front = currentRoom()) front->startRun();
}

void MainWindow::showProblem(const Error& error) {
    m_banner->show(error);
    m_services.problems.addProblem({}, QStringLiteral("window"),
                                   {error.severity, happened(error), qtext(error.code), qtext(error.where), {}});
}

Json MainWindow::state() const {
    Json rooms = m_pending.is_object() ? m_pending["rooms"] : Json::object();
    for (auto known = m_rooms.cbegin(); known != m_rooms.cend(); ++known)
        rooms[utf8(known.key())] = known.value()->draft();
    const Room* front = currentRoom();
    return {{"rooms", rooms}, {"current", front ? utf8(front->id()) : std::string()}};
}

void MainWindow::restoreState(const Json& state) {
    if (!state.is_object() || !state.contains("rooms") || !state["rooms"].is_object()) return;
    m_pending = state;
    for (auto known = m_rooms.cbegin(); known != m_rooms.cend(); ++known)
        if (state["rooms"].contains(utf8(known.key()))) known.value()->restoreDraft(state["rooms"][utf8(known.key())]);
    if (const std::string current = textOr(state, "current"); !current.empty()) openRoom(qtext(current));
}

// After a crash what was kept is offered, never taken unasked.
void MainWindow::offerRecovered() {
    const DraftKeeper::Recovered& found = m_services.drafts.recovered();
    if (found.state.is_null()) return;
    const QString when = QLocale().toString(QDateTime::fromMSecsSinceEpoch(found.savedMs), QLocale::ShortFormat);
    const auto discard = [this] { m_services.drafts.settleRecovered(); };
    m_start->banner().show(BannerMessage{QStringLiteral("restore"),
                                         Severity::Note,
                                         tr("Vitrine did not end in the usual way. Its work of %1 was kept.").arg(when),
                                         tr("Nothing is started by restoring."),
                                         {},
                                         {{tr("Restore"), [this] { restoreRecovered(); }}, {tr("Discard"), discard}}});
}

void MainWindow::restoreRecovered() {
    restoreState(m_services.drafts.recovered().state);
    m_services.drafts.settleRecovered();
    Room* front = currentRoom();
    if (!front) return;
    front->banner().show(BannerMessage{QStringLiteral("recovered"),
                                       Severity::Note,
                                       tr("This is recovered work. Look it over before you run it."),
                                       {},
                                       {},
                                       {}});
}

void MainWindow::closeEvent(QCloseEvent* event) {
    m_services.settings.setGeometry(saveGeometry());
    m_services.settings.setLayout(LayoutKey, saveState(LayoutVersion));
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) openFile(url.toLocalFile());
    event->acceptProposedAction();
}

// Tips of actions have their place in tool tips; the status strip stays as it is.
bool MainWindow::event(QEvent* event) {
    if (event->type() == QEvent::StatusTip) return true;
    return QMainWindow::event(event);
}

} // namespace vitrine
