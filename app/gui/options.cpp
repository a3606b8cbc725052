// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/options.hpp"

#include "widgets/base/language.hpp"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace vitrine {

namespace {

bool isGiven(int argc, char** argv, std::initializer_list<std::string_view> options) {
    return std::any_of(argv + 1, argv + argc, [&](std::string_view word) {
        return std::any_of(options.begin(), options.end(), [word](std::string_view option) {
            return word == option || (word.starts_with(option) && word[option.size()] == '=');
        });
    });
}

bool isSet(const char* variable) {
    const char* value = std::getenv(variable);
    return value && *value;
}

} // namespace

bool hasDisplay(int argc, char** argv) {
    return isSet("DISPLAY") || isSet("WAYLAND_DISPLAY") || isSet("QT_QPA_PLATFORM") ||
           isGiven(argc, argv, {"-platform", "--platform"});
}

bool paintsOffscreen(int argc, char** argv) {
    return isGiven(argc, argv, {"--tour", "--self-test"});
}

bool wantsWindow(int argc, char** argv) {
    return !isGiven(argc, argv, {"-h", "--help", "--help-all", "-v", "--version"});
}

Options parseOptions(const QCoreApplication& app) {
    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate(
        "vitrine", "A desktop workbench for looking inside recent methods of machine learning."));
    parser.addHelpOption();
    parser.addVersionOption();
    const auto option = [](const char* name, const char* text, const char* value = nullptr) {
        return QCommandLineOption(QLatin1String(name), QCoreApplication::translate("vitrine", text),
                                  value ? QLatin1String(value) : QString());
    };
    const auto workspace = option(
        "workspace",
        QT_TRANSLATE_NOOP("vitrine",
                          "Folder of runs and drafts (default: VITRINE_WORKSPACE, else below the user's data folder)."),
        "DIR");
    const auto language = option(
        "lang", QT_TRANSLATE_NOOP("vitrine", "Language of the window: en or ko (pseudo: to test layouts)."), "LANG");
    const auto theme = option("theme", QT_TRANSLATE_NOOP("vitrine", "Colours: light, dark or system."), "THEME");
    const auto scale =
        option("scale", QT_TRANSLATE_NOOP("vitrine", "Size of the interface in percent, 100 to 200."), "PERCENT");
    const auto tour = option(
        "tour", QT_TRANSLATE_NOOP("vitrine", "Play the tour and write one screenshot a step into DIR, then end."),
        "DIR");
    const auto tourFile = option("tour-steps", QT_TRANSLATE_NOOP("vitrine", "Steps of the tour, a JSON file."), "FILE");
    const auto selfTest = option(
        "self-test", QT_TRANSLATE_NOOP("vitrine", "Open every room once and end; status 1 when something is wrong."));
    const auto firstFrame =
        option("first-frame",
               QT_TRANSLATE_NOOP("vitrine", "End as soon as the first frame is painted; to measure the start."));
    parser.addOptions({workspace, language, theme, scale, tour, tourFile, selfTest, firstFrame});
    parser.addPositionalArgument(QStringLiteral("files"), QCoreApplication::translate("vitrine", "Files to open."),
                                 QStringLiteral("[files...]"));
    parser.process(app);

    Options options;
    options.workspace = parser.value(workspace);
    options.tourFolder = parser.value(tour);
    options.tourFile = parser.value(tourFile);
    options.selfTest = parser.isSet(selfTest);
    options.endsAtFirstFrame = parser.isSet(firstFrame);
    options.files = parser.positionalArguments();
    if (parser.isSet(language)) options.language = parser.value(language);
    if (options.language && !isLanguage(*options.language)) options.problem = QStringLiteral("--lang takes en or ko.");
    if (parser.isSet(theme)) options.theme = parser.value(theme);
    if (options.theme &&
        !QStringList{QStringLiteral("light"), QStringLiteral("dark"), QStringLiteral("system")}.contains(
            *options.theme))
        options.problem = QStringLiteral("--theme takes light, dark or system.");
    if (parser.isSet(scale)) {
        bool ok = false;
        options.scalePercent = parser.value(scale).toInt(&ok);
        if (!ok || *options.scalePercent < 100 || *options.scalePercent > 200)
            options.problem = QStringLiteral("--scale takes a number from 100 to 200.");
    }
    return options;
}

} // namespace vitrine
