// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/theme/theme.hpp"

#include <QDir>
#include <QImage>
#include <QPainter>
#include <QTest>
#include <QWidget>

namespace vitrine::test {

/// For the eye, not for a test: with VITRINE_LOOK=DIR set, writes NAME-light.png, NAME-dark.png and both at twice the
/// resolution into DIR. Does nothing otherwise. The widget is left in the light theme.
inline void look(QWidget& widget, const QString& name) {
    const QString folder = qEnvironmentVariable("VITRINE_LOOK");
    if (folder.isEmpty() || !Theme::current()) return;
    QDir().mkpath(folder);
    for (const bool dark : {true, false}) {
        Theme::current()->setMode(dark ? ThemeMode::Dark : ThemeMode::Light);
        QTest::qWait(120);
        for (const int ratio : {1, 2}) {
            QImage image(widget.size() * ratio, QImage::Format_RGB32);
            image.setDevicePixelRatio(ratio);
            image.fill(Theme::tokens().window);
            widget.render(&image);
            image.save(QStringLiteral("%1/%2-%3%4.png")
                           .arg(folder, name, dark ? QStringLiteral("dark") : QStringLiteral("light"),
                                ratio == 2 ? QStringLiteral("@2x") : QString()));
        }
    }
}

} // namespace vitrine::test
