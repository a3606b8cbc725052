// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/support/testlog.hpp"
#include "widgets/base/theme/theme.hpp"

#include <QApplication>
#include <QStandardPaths>
#include <QTest>

/// Use instead of QTEST_MAIN for tests with widgets: offscreen, our style and fonts, light, English, 100 %, 96 DPI,
/// settings apart from the user's.
#define VITRINE_WIDGET_TEST(Class)                                                                                     \
    int main(int argc, char** argv) {                                                                                  \
        if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");                   \
        qputenv("QT_FONT_DPI", "96");                                                                                  \
        QStandardPaths::setTestModeEnabled(true);                                                                      \
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));                                         \
        QApplication app(argc, argv);                                                                                  \
        vitrine::Theme theme;                                                                                          \
        theme.setMode(vitrine::ThemeMode::Light);                                                                      \
        Class test;                                                                                                    \
        return QTest::qExec(&test, argc, argv);                                                                        \
    }
