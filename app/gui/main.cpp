// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/mainwindow.hpp"
#include "app/gui/options.hpp"
#include "app/gui/quitonsignal.hpp"
#include "app/gui/tour.hpp"
#include "app/gui/workbench.hpp"
#include "core/base/files.hpp"
#include "core/base/logging.hpp"
#include "core/base/version.hpp"
#include "core/experiment/descriptor.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/words.hpp"

#include <QApplication>
#include <QDir>
#include <QIcon>
#include <QTemporaryDir>
#include <QTimer>

#include <cstdio>

namespace {

using namespace vitrine;

int fail(const QString& text) {
    std::fprintf(stderr, "vitrine: %s\n", qPrintable(text));
    return 2;
}

Json stepsOf(const Options& options) {
    const auto file =
        options.tourFile.isEmpty() ? resourceFolder() / "tour.json" : std::filesystem::path(utf8(options.tourFile));
    const auto text = readFile(file, 1 << 20);
    if (!text.ok()) return {};
    auto steps = parseJson(text.value(), file.string());
    return steps.ok() ? std::move(steps).value() : Json();
}

void playTour(Workbench& workbench, const Options& options) {
    auto* tour = new Tour(workbench, stepsOf(options), options.tourFolder, &workbench);
    QObject::connect(tour, &Tour::ended, tour, [tour](bool isGood) {
        for (const QString& shot : tour->shots()) std::printf("%s\n", qPrintable(shot));
        for (const QString& text : tour->complaints()) std::fprintf(stderr, "vitrine: tour, %s\n", qPrintable(text));
        QCoreApplication::exit(isGood ? 0 : 1);
    });
    workbench.window()->resize(Theme::px(1440), Theme::px(900));
    tour->start();
}

// Opens every room once; what a package's installation test runs.
void playSelfTest(Workbench& workbench) {
    QObject::connect(&workbench.library(), &MethodsLibrary::loaded, &workbench, [&workbench] {
        QStringList wrong = workbench.window()->actions().complaints();
        for (const auto& method : workbench.library().registry().all())
            if (!workbench.window()->openRoom(qtext(method->descriptor().id)))
                wrong << qtext(method->descriptor().id) + QStringLiteral(": does not open");
        for (const QString& text : wrong) std::fprintf(stderr, "vitrine: %s\n", qPrintable(text));
        std::printf("%s\n", wrong.isEmpty() ? "vitrine: self-test passed" : "vitrine: self-test failed");
        QTimer::singleShot(200, &workbench, [isGood = wrong.isEmpty()] { QCoreApplication::exit(isGood ? 0 : 1); });
    });
    QObject::connect(&workbench.library(), &MethodsLibrary::failed, &workbench, [](const Error& error) {
        std::fprintf(stderr, "vitrine: %s\n", toText(error).c_str());
        QCoreApplication::exit(1);
    });
}

// Help needs no display, and without one Qt would abort instead of saying what is wrong.
int runWithoutDisplay(int& argc, char** argv) {
    if (wantsWindow(argc, argv))
        return fail(QStringLiteral("There is no display (DISPLAY and WAYLAND_DISPLAY are not set). Start it on a "
                                   "desktop, or play the tour: vitrine --tour DIR."));
    const QCoreApplication app(argc, argv);
    static_cast<void>(parseOptions(app));
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    qputenv("OMP_WAIT_POLICY", "passive"); // before LibTorch: spinning threads would starve the window
    QCoreApplication::setApplicationName(QStringLiteral("Vitrine"));
    QCoreApplication::setApplicationVersion(
        QStringLiteral("%1 (%2)").arg(QLatin1String(Version), QLatin1String(commit())));
    QGuiApplication::setDesktopFileName(QStringLiteral("vitrine"));
    if (!hasDisplay(argc, argv)) {
        if (!paintsOffscreen(argc, argv)) return runWithoutDisplay(argc, argv);
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication app(argc, argv);
    const QuitOnSignal quitOnSignal;
    Options options = parseOptions(app);
    if (!options.problem.isEmpty()) return fail(options.problem);

    // A tour and a self-test leave nothing behind and see nobody's work.
    QTemporaryDir apart;
    const bool isApart = !options.tourFolder.isEmpty() || options.selfTest;
    if (isApart) {
        if (!apart.isValid()) return fail(QStringLiteral("No folder for temporary files can be made."));
        qputenv("VITRINE_HOME", apart.path().toLocal8Bit());
        if (options.workspace.isEmpty()) options.workspace = apart.filePath(QStringLiteral("workspace"));
        if (!options.theme) options.theme = QStringLiteral("light");
        if (!options.language) options.language = QStringLiteral("en");
        QApplication::setCursorFlashTime(0); // pictures do not depend on the moment
    } else {
        startLogFile((userDataFolder() / "log").string());
    }
    Workbench workbench(options);
    if (options.endsAtFirstFrame)
        QObject::connect(&workbench, &Workbench::firstFrame, qApp, &QCoreApplication::quit, Qt::QueuedConnection);
    workbench.open();
    if (!options.tourFolder.isEmpty())
        playTour(workbench, options);
    else if (options.selfTest)
        playSelfTest(workbench);
    return QApplication::exec();
}
