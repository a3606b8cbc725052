// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

class QCoreApplication;

namespace vitrine {

/// What the command line asks for; unset things come from the settings.
struct Options {
    QString workspace;
    std::optional<QString> language;
    std::optional<QString> theme; ///< "light", "dark", "system"
    std::optional<int> scalePercent;
    QString tourFolder;
    QString tourFile; ///< steps to play instead of the shipped ones
    bool selfTest = false;
    bool endsAtFirstFrame = false;
    QStringList files;
    QString problem; ///< what is wrong with the command line, or empty
};

/// Handles --help and --version itself (prints and ends the program).
[[nodiscard]] Options parseOptions(const QCoreApplication& app);

// What must be known before there is an application; they look at the words and the environment alone.
[[nodiscard]] bool hasDisplay(int argc, char** argv);      ///< or a platform that was named
[[nodiscard]] bool paintsOffscreen(int argc, char** argv); ///< the tour and the self-test need no screen
[[nodiscard]] bool wantsWindow(int argc, char** argv);     ///< false for --help and --version

} // namespace vitrine
