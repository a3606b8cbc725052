// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/workbench.hpp"

#include "app/gui/draftkeeper.hpp"
#include "app/gui/mainwindow.hpp"
#include "core/base/files.hpp"
#include "core/runner/runner.hpp"
#include "widgets/base/theme/theme.hpp"
#include "widgets/base/words.hpp"

#include <QApplication>
#include <QDir>
#include <QEvent>
#include <QFileInfo>
#include <QLocale>
#include <QTimer>

namespace vitrine {

namespace {

QString defaultWorkspace() {
    const QString named = qEnvironmentVariable("VITRINE_WORKSPACE");
    return named.isEmpty() ? qtext((userDataFolder() / "workspace").string()) : named;
}

ThemeMode modeOf(const QString& text) {
    return text == QLatin1String("dark")    ? ThemeMode::Dark
           : text == QLatin1String("light") ? ThemeMode::Light
                                            : ThemeMode::System;
}

} // namespace

QString languageInUse(const QString& setting) {
    if (isLanguage(setting)) return setting;
    return QLocale::system().language() == QLocale::Korean ? QStringLiteral("ko") : QStringLiteral("en");
}

Workbench::Workbench(Options options, QObject* parent) : QObject(parent), m_options(std::move(options)) {
    m_settings = std::make_unique<Settings>(qtext((userConfigFolder() / "vitrine.ini").string()));
    m_theme = std::make_unique<Theme>();
    m_theme->setMode(m_options.theme ? modeOf(*m_options.theme) : m_settings->themeMode());
    m_theme->setScalePercent(m_options.scalePercent.value_or(m_settings->scalePercent()));
    applyLanguage();
    m_library = std::make_unique<MethodsLibrary>();
    m_log = std::make_unique<LogModel>();
    m_problems = std::make_unique<ProblemsModel>();
    registerRooms(m_rooms);
    connect(m_settings.get(), &Settings::themeModeChanged, this, [this] { m_theme->setMode(m_settings->themeMode()); });
    connect(m_settings.get(), &Settings::scalePercentChanged, this, [this] {
        m_options.scalePercent.reset();
        rebuildSoon();
    });
    connect(m_settings.get(), &Settings::languageChanged, this, [this] {
        m_options.language.reset();
        rebuildSoon();
    });
}

// Order matters: the window reads the services until its end.
Workbench::~Workbench() {
    if (m_drafts) m_drafts->close();
    delete m_window;
}

void Workbench::open() {
    openWorkspace();
    makeWindow();
}

void Workbench::openWorkspace() {
    const QString folder =
        QDir(m_options.workspace.isEmpty() ? defaultWorkspace() : m_options.workspace).absolutePath();
    m_runs = std::make_unique<RunHub>(folder, [](const std::filesystem::path& runsFolder) {
        return std::make_unique<runner::ProcessRunner>(runsFolder);
    });
    m_drafts = std::make_unique<DraftKeeper>(folder + QStringLiteral("/window.json"));
    connect(m_runs.get(), &RunHub::opened, m_drafts.get(), &DraftKeeper::setWritable);
    if (m_options.workspace.isEmpty()) m_settings->setWorkspace(folder);
}

void Workbench::applyLanguage() {
    m_language = languageInUse(m_options.language.value_or(m_settings->language()));
    m_installed.reset(); // the locale of before is back before the next one's comes
    m_installed = std::make_unique<InstalledLanguage>(m_language);
}

void Workbench::makeWindow() {
    m_window = new MainWindow({*m_settings, *m_library, m_rooms, *m_runs, *m_drafts, *m_log, *m_problems, m_language});
    m_window->setAttribute(Qt::WA_DeleteOnClose, false);
    m_window->installEventFilter(this);
    connect(m_window, &MainWindow::languageChosen, m_settings.get(), &Settings::setLanguage);
    m_window->show();
    for (const QString& file : std::exchange(m_options.files, {}))
        m_window->openFile(QFileInfo(file).absoluteFilePath());
}

// A menu of the old window may still be on the stack: only after the event is over.
void Workbench::rebuildSoon() {
    if (std::exchange(m_isRebuilding, true)) return;
    QTimer::singleShot(0, this, [this] {
        m_isRebuilding = false;
        if (!m_window) return;
        const Json state = m_window->state();
        const QByteArray geometry = m_window->saveGeometry();
        delete m_window;
        m_theme->setScalePercent(m_options.scalePercent.value_or(m_settings->scalePercent()));
        applyLanguage();
        makeWindow();
        m_window->restoreGeometry(geometry);
        m_window->restoreState(state);
    });
}

// LibTorch is loaded when the first frame is on screen and the event loop is idle again.
bool Workbench::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Paint && watched == m_window) {
        m_window->removeEventFilter(this);
        QTimer::singleShot(0, this, [this] {
            Q_EMIT firstFrame();
            m_library->load();
        });
    }
    return QObject::eventFilter(watched, event);
}

} // namespace vitrine
