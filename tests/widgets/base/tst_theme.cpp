// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/widgetmain.hpp"

#include <QDir>
#include <QIcon>
#include <QImage>
#include <QLabel>
#include <QPushButton>
#include <QSet>

using namespace vitrine;

class TestTheme : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    // Reference values of the WCAG definition: black on white is 21, equal colours are 1, #777777 on white is 4.48.
    void contrastRatio_knownPairs_matchDefinition() {
        QCOMPARE(qRound(contrastRatio(Qt::black, Qt::white) * 100), 2100);
        QCOMPARE(qRound(contrastRatio(Qt::white, Qt::white) * 100), 100);
        QCOMPARE(qRound(contrastRatio(QColor(0x77, 0x77, 0x77), Qt::white) * 100), 448);
    }

    void text_onEverySurface_readable_data() { modes(); }
    void text_onEverySurface_readable() {
        QFETCH(bool, dark);
        const ThemeTokens& t = dark ? darkTokens() : lightTokens();
        for (const QColor& surface : {t.window, t.panel, t.raised, t.sunken}) {
            QVERIFY2(contrastRatio(t.text, surface) >= 7, qPrintable(surface.name()));
            QVERIFY2(contrastRatio(t.secondary, surface) >= 4.5, qPrintable(surface.name()));
            for (const QColor& ink : {t.accent, t.good, t.warning, t.bad})
                QVERIFY2(contrastRatio(ink, surface) >= 4.5 || surface == t.sunken || surface == t.raised,
                         qPrintable(ink.name() + QLatin1String(" on ") + surface.name()));
            for (const QColor& ink : {t.accent, t.good, t.warning, t.bad})
                QVERIFY2(contrastRatio(ink, surface) >= 3, qPrintable(ink.name()));
        }
        QVERIFY(contrastRatio(t.onAccent, t.accent) >= 4.5);
        QVERIFY(contrastRatio(t.text, mix(t.accent, t.panel, t.selection.alphaF())) >= 4.5);
    }

    void huesAndRuns_onPanel_atLeastThree_data() { modes(); }
    void huesAndRuns_onPanel_atLeastThree() {
        QFETCH(bool, dark);
        const QColor panel = (dark ? darkTokens() : lightTokens()).panel;
        for (int i = 0; i < runColorCount(); ++i)
            QVERIFY2(contrastRatio(runColor(i, dark), panel) >= 3, qPrintable(runColor(i, dark).name()));
        for (const Hue hue : {Hue::Blue, Hue::Violet, Hue::Teal, Hue::Amber, Hue::Rose, Hue::Green, Hue::Orange})
            QVERIFY2(contrastRatio(hueColor(hue, dark), panel) >= 3, qPrintable(hueColor(hue, dark).name()));
    }

    void runColor_sameId_neverChanges() {
        const QString id = QStringLiteral("6f1c2b1e-0000-4000-8000-000000000001");
        QCOMPARE(runColorIndex(id), runColorIndex(QString(id)));
        QSet<int> seen;
        for (int i = 0; i < 200; ++i) seen.insert(runColorIndex(QString::number(i)));
        QCOMPARE(seen.size(), 7);
    }

    void mode_change_reachesPaletteAtOnce() {
        Theme* theme = Theme::current();
        QLabel label;
        label.show();
        theme->setMode(ThemeMode::Dark);
        QCOMPARE(QApplication::palette().color(QPalette::Window), darkTokens().window);
        QTRY_COMPARE(label.palette().color(QPalette::Window), darkTokens().window);
        theme->setMode(ThemeMode::Light);
        QTRY_COMPARE(label.palette().color(QPalette::Window), lightTokens().window);
    }

    void scale_two_doublesPixels() {
        Theme* theme = Theme::current();
        theme->setScalePercent(200);
        QCOMPARE(Theme::px(13), 26);
        QCOMPARE(Theme::font(TextSize::Room).pixelSize(), 40);
        QVERIFY(QPushButton(QStringLiteral("Run")).sizeHint().height() >= 56);
        theme->setScalePercent(50);
        QCOMPARE(Theme::scalePercent(), 100);
    }

    void icons_each_drawsInTheTokenColour() {
        const QStringList files = QDir(QStringLiteral(":/vitrine/icons")).entryList();
        QVERIFY(files.size() > 50);
        for (const QString& file : files) {
            const QString name = file.chopped(4);
            const QImage image = themeIcon(name, IconTone::Bad).pixmap(QSize(32, 32)).toImage();
            bool inked = false;
            for (int y = 0; y < image.height() && !inked; ++y)
                for (int x = 0; x < image.width() && !inked; ++x)
                    inked = image.pixelColor(x, y).alpha() > 200 && image.pixelColor(x, y).red() > 150;
            QVERIFY2(inked, qPrintable(name));
        }
    }

  private:
    static void modes() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
};

VITRINE_WIDGET_TEST(TestTheme)
#include "tst_theme.moc"
