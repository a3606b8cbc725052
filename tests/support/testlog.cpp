// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testlog.hpp"

#include <QTest>

#include <cstring>

namespace vitrine::test {

namespace {
QtMessageHandler previous = nullptr;

bool isExpected(const QString& text) {
    return text.contains(QLatin1String("propagateSizeHints")) || text.contains(QLatin1String("XDG_RUNTIME_DIR")) ||
           text.contains(QLatin1String("This plugin does not support")); // raise() and keyboard grabs of popups
}

void handle(QtMsgType type, const QMessageLogContext& context, const QString& text) {
    if (isExpected(text)) return;
    if (previous) previous(type, context, text);
}
} // namespace

void failOnWarnings() {
    QTest::failOnWarning(QRegularExpression(
        QLatin1String("^(?!.*(propagateSizeHints|XDG_RUNTIME_DIR|This plugin does not support)).*$")));
    const QtMessageHandler before = qInstallMessageHandler(handle);
    if (before != handle) previous = before; // called before every test function
}

} // namespace vitrine::test
