// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/look.hpp"
#include "tests/support/widgetmain.hpp"
#include "widgets/plot/plotview.hpp"

#include <QAbstractItemModel>
#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QFile>
#include <QImageReader>
#include <QMenu>
#include <QMimeData>
#include <QSignalSpy>
#include <QSvgRenderer>
#include <QTemporaryDir>

#include <cmath>
#include <limits>

using namespace vitrine;
using plot::Samples;

namespace {

const double NaN = std::numeric_limits<double>::quiet_NaN();

Samples wave(qsizetype count, double scale = 1, double phase = 0) {
    Samples samples;
    for (qsizetype i = 0; i < count; ++i) {
        samples.x.append(static_cast<double>(i));
        const double t = static_cast<double>(i) / static_cast<double>(count);
        samples.y.append(scale *
                         (std::exp(-3 * t) + 0.08 * std::sin(61 * t + phase) + 0.03 * std::sin(977 * t + phase)));
        samples.timeMs.append(1700000000000 + i * 250);
    }
    return samples;
}

CurveStyle named(const QString& name, Qt::PenStyle dash = Qt::SolidLine) {
    CurveStyle style;
    style.name = name;
    style.dash = dash;
    return style;
}

void shown(PlotView& view, QSize size = QSize(640, 360)) {
    view.resize(size);
    view.show();
    QVERIFY(QTest::qWaitForWindowExposed(&view));
    QTest::qWait(30);
}

} // namespace

class TestPlot : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    // Closed form: a constant stays that constant under debiased smoothing, from the first point on.
    void smooth_constant_staysConstant() {
        for (const double value : plot::smooth(QVector<double>(50, 2.5), 0.95)) QVERIFY(std::abs(value - 2.5) < 1e-12);
    }
    // Two points by hand: m1 = y1; m2 = (w(1-w) y1 + (1-w) y2) / (1 - w^2) = (w y1 + y2) / (1 + w).
    void smooth_twoPoints_matchesClosedForm() {
        const QVector<double> out = plot::smooth({1, 4}, 0.5);
        QCOMPARE(out[0], 1.0);
        QVERIFY(std::abs(out[1] - (0.5 * 1 + 4) / 1.5) < 1e-12);
    }
    void smooth_gap_staysGapAndKeepsState() {
        const QVector<double> out = plot::smooth({1, NaN, 1}, 0.9);
        QVERIFY(std::isnan(out[1]));
        QVERIFY(std::abs(out[2] - 1) < 1e-12);
    }

    // Whatever is thinned out, the lowest and the highest value of every pixel column survive.
    void decimate_manyPoints_keepsExtremesOfEachColumn() {
        const Samples samples = wave(50000);
        const int columns = 100;
        const plot::Points points = plot::decimate(samples.x, samples.y, 0, 49999, columns);
        QVERIFY(points.x.size() <= 4 * (columns + 2));
        QVERIFY(std::is_sorted(points.x.begin(), points.x.end()));
        const auto extremes = [&](const QVector<double>& xs, const QVector<double>& ys) {
            QVector<std::pair<double, double>> out(columns, {1e9, -1e9});
            for (qsizetype i = 0; i < xs.size(); ++i) {
                const auto column = static_cast<qsizetype>(xs[i] * columns / 49999.0);
                if (column < 0 || column >= columns) continue;
                out[column].first = std::min(out[column].first, ys[i]);
                out[column].second = std::max(out[column].second, ys[i]);
            }
            return out;
        };
        QCOMPARE(extremes(points.x, points.y), extremes(samples.x, samples.y));
    }

    void shortNumber_rows_threeDigits_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << 0.0 << QStringLiteral("0");
        QTest::newRow("small") << 0.001234 << QStringLiteral("0.00123");
        QTest::newRow("thousands") << 12345.0 << QStringLiteral("12.3k");
        QTest::newRow("millions") << 9177504.0 << QStringLiteral("9.18M");
        QTest::newRow("billions") << 2.5e9 << QStringLiteral("2.5G");
        QTest::newRow("carries") << 999.9 << QStringLiteral("1k");
        QTest::newRow("hundreds") << 350.0 << QStringLiteral("350");
        QTest::newRow("negative") << -2.0 << QStringLiteral("\u22122");
        QTest::newRow("tiny") << 1.5e-7 << QStringLiteral("1.5e-07");
    }
    void shortNumber_rows_threeDigits() {
        QFETCH(double, value);
        QFETCH(QString, text);
        QCOMPARE(plot::shortNumber(value), text);
    }
    void longNumber_thousands_thinSpaces() {
        QCOMPARE(plot::longNumber(9177504), QStringLiteral("9\u2009177\u2009504"));
        QCOMPARE(plot::longNumber(-1234.5), QStringLiteral("\u22121\u2009234.5"));
    }

    void logScale_nonPositive_areGapsWithNote() {
        PlotView view;
        view.setCurve(QStringLiteral("a"), named(QStringLiteral("loss")));
        Samples samples;
        samples.x = {0, 1, 2, 3, 4};
        samples.y = {10, 0, -1, 100, 1000};
        view.setSamples(QStringLiteral("a"), samples);
        shown(view);
        QVERIFY(view.note().isEmpty());
        view.setYScale(AxisScale::Log);
        QTRY_VERIFY(view.note().startsWith(QLatin1Char('2')));
        QTRY_VERIFY(view.yRange().first > 0);
        QVERIFY(view.yRange().second >= 1000);
    }

    void pinnedRange_newData_stays() {
        PlotView view;
        view.setCurve(QStringLiteral("a"), named(QStringLiteral("loss")));
        view.setSamples(QStringLiteral("a"), wave(100));
        shown(view);
        view.setPinnedY(std::pair{-1.0, 3.0});
        QTRY_COMPARE(view.yRange(), (std::pair{-1.0, 3.0}));
        view.appendSamples(QStringLiteral("a"), wave(10, 50));
        QTest::qWait(50);
        QCOMPARE(view.yRange(), (std::pair{-1.0, 3.0}));
        view.resetView();
        QTRY_VERIFY(view.yRange().second > 40);
    }

    // A live curve of more than 2000 points is never drawn with a wide pen: it would take a second a frame.
    void pen_busyCurve_isOnePixel() {
        PlotView view;
        for (int i = 0; i < 3; ++i) {
            view.setCurve(QString::number(i), named(QString::number(i)));
            view.setSamples(QString::number(i), wave(5000, 1, i));
        }
        view.setSmoothing(0.9);
        shown(view);
        QCOMPARE(view.widestBusyPen(), 1.0);
    }

    void keyboard_arrows_moveCrosshairAndEnterActivates() {
        PlotView view;
        view.setAxisTitles(QStringLiteral("step"), QStringLiteral("loss"));
        view.setCurve(QStringLiteral("a"), named(QStringLiteral("loss A")));
        view.setCurve(QStringLiteral("b"), named(QStringLiteral("loss B"), Qt::DashLine));
        Samples samples;
        samples.x = {0, 10, 20};
        samples.y = {1, 2, 3};
        view.setSamples(QStringLiteral("a"), samples);
        samples.y = {4, 5, 6};
        view.setSamples(QStringLiteral("b"), samples);
        shown(view);
        QWidget* figure = view.findChild<QWidget*>(QStringLiteral("plotFigure"));
        figure->setFocus();
        QTest::keyClick(figure, Qt::Key_Right);
        QVERIFY2(view.cursorText().contains(QStringLiteral("step 20")), qPrintable(view.cursorText()));
        QTest::keyClick(figure, Qt::Key_Left);
        const QString text = view.cursorText();
        QVERIFY(text.contains(QStringLiteral("step 10")) && text.contains(QStringLiteral("loss A")) &&
                text.contains(QStringLiteral("loss B")));
        QSignalSpy spy(&view, &PlotView::pointActivated);
        QTest::keyClick(figure, Qt::Key_Return);
        QCOMPARE(spy.size(), 1);
        QCOMPARE(spy[0][1].toDouble(), 10.0);
        const auto before = view.xRange();
        QTest::keyClick(figure, Qt::Key_Plus);
        QVERIFY(view.xRange().second - view.xRange().first < before.second - before.first);
        QTest::keyClick(figure, Qt::Key_Home);
        QCOMPARE(view.xRange(), before);
        QTest::keyClick(figure, Qt::Key_Escape);
        QVERIFY(view.cursorText().isEmpty());
    }

    void mouse_dragShiftDragDoubleClick_panBoxZoomReset() {
        PlotView view;
        view.setCurve(QStringLiteral("a"), named(QStringLiteral("a")));
        view.setSamples(QStringLiteral("a"), wave(200));
        shown(view);
        QWidget* figure = view.findChild<QWidget*>(QStringLiteral("plotFigure"));
        const auto whole = view.xRange();
        const QPoint from(figure->width() / 2, figure->height() / 2);
        const auto drag = [&](Qt::KeyboardModifiers modifiers) {
            QTest::mousePress(figure, Qt::LeftButton, modifiers, from);
            QMouseEvent move(QEvent::MouseMove, from + QPoint(80, 40), figure->mapToGlobal(from + QPoint(80, 40)),
                             Qt::NoButton, Qt::LeftButton, modifiers);
            QApplication::sendEvent(figure, &move);
            QTest::mouseRelease(figure, Qt::LeftButton, modifiers, from + QPoint(80, 40));
        };
        drag(Qt::NoModifier);
        QVERIFY(view.xRange().first < whole.first);
        QVERIFY(std::abs((view.xRange().second - view.xRange().first) - (whole.second - whole.first)) < 1e-6);
        QTest::mouseDClick(figure, Qt::LeftButton, {}, from);
        QCOMPARE(view.xRange(), whole);
        drag(Qt::ShiftModifier);
        QVERIFY(view.xRange().second - view.xRange().first < (whole.second - whole.first) / 3);
    }

    void solo_twice_showsAllAgain() {
        PlotView view;
        for (const char* id : {"a", "b", "c"}) {
            view.setCurve(QString::fromLatin1(id), named(QString::fromLatin1(id)));
            view.setSamples(QString::fromLatin1(id), wave(20));
        }
        view.solo(QStringLiteral("b"));
        QVERIFY(!view.isCurveShown(QStringLiteral("a")) && view.isCurveShown(QStringLiteral("b")));
        view.solo(QStringLiteral("b"));
        QVERIFY(view.isCurveShown(QStringLiteral("a")) && view.isCurveShown(QStringLiteral("c")));
    }

    void export_everyFormat_readsBack() {
        QTemporaryDir folder;
        PlotView view;
        view.setTitle(QStringLiteral("The loss falls"));
        view.setAxisTitles(QStringLiteral("step"), QStringLiteral("loss"));
        view.setCurve(QStringLiteral("a"), named(QStringLiteral("loss, \"mean\"")));
        Samples samples = wave(3);
        samples.y[1] = NaN;
        samples.y[2] = 0.1;
        view.setSamples(QStringLiteral("a"), samples);
        shown(view);
        const auto path = [&](const char* name) { return folder.filePath(QString::fromLatin1(name)); };
        QCOMPARE(view.exportTo(path("a.png"), PlotFormat::Png), QString());
        QCOMPARE(view.exportTo(path("b.png"), PlotFormat::PngDouble), QString());
        QCOMPARE(view.exportTo(path("a.svg"), PlotFormat::Svg), QString());
        QCOMPARE(view.exportTo(path("a.pdf"), PlotFormat::Pdf), QString());
        QCOMPARE(view.exportTo(path("a.csv"), PlotFormat::Csv), QString());
        const QImage one(path("a.png")), two(path("b.png"));
        QVERIFY(!one.isNull());
        QCOMPARE(two.size(), one.size() * 2);
        QSvgRenderer svg(path("a.svg"));
        QVERIFY(svg.isValid());
        QFile pdf(path("a.pdf"));
        QVERIFY(pdf.open(QIODevice::ReadOnly));
        QVERIFY(pdf.readAll().startsWith("%PDF-"));
        QFile csv(path("a.csv"));
        QVERIFY(csv.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = csv.readAll().split('\n');
        QCOMPARE(lines[0], QByteArray("curve,step,time,value,low,high"));
        QCOMPARE(lines[2], QByteArray("\"loss, \"\"mean\"\"\",1,2023-11-14T22:13:20.250Z,nan,,"));
        QVERIFY(lines[3].endsWith(",0.1,,"));
        const QString refused = view.exportTo(QStringLiteral("/proc/none/a.png"), PlotFormat::Png);
        QVERIFY(refused.contains(QStringLiteral("Choose another folder")));
    }

    void clipboard_imageAndData_arePut() {
        PlotView view;
        view.setCurve(QStringLiteral("a"), named(QStringLiteral("a")));
        view.setSamples(QStringLiteral("a"), wave(4));
        shown(view);
        view.copyImage();
        QVERIFY(QApplication::clipboard()->mimeData()->hasImage());
        view.copyData();
        QCOMPARE(QApplication::clipboard()->text().count(QLatin1Char('\n')), 5);
        QVERIFY(QApplication::clipboard()->text().startsWith(QStringLiteral("curve\tstep")));
    }

    void tableModel_isWellFormed() {
        PlotView view;
        view.setCurve(QStringLiteral("a"), named(QStringLiteral("a")));
        view.setSamples(QStringLiteral("a"), wave(40));
        view.setCurve(QStringLiteral("b"), named(QStringLiteral("b")));
        view.setSamples(QStringLiteral("b"), wave(2));
        const auto model = view.tableModel();
        QAbstractItemModelTester tester(model.get(), QAbstractItemModelTester::FailureReportingMode::Fatal);
        QCOMPARE(model->rowCount(), 42);
        QCOMPARE(model->index(41, 0).data().toString(), QStringLiteral("b"));
    }

    void menu_hasEveryOffer() {
        PlotView view;
        view.setCurve(QStringLiteral("a"), named(QStringLiteral("a")));
        view.setCurve(QStringLiteral("b"), named(QStringLiteral("b")));
        QStringList texts;
        const std::function<void(QMenu*)> walk = [&](QMenu* menu) {
            for (QAction* action : menu->actions()) {
                texts << action->text().remove(QLatin1Char('&'));
                if (action->menu()) walk(action->menu());
            }
        };
        walk(view.menu());
        for (const char* offer : {"Logarithmic", "Time since start", "Time of day", "Smoothing",
                                  "Pin the vertical range shown", "Reset the view", "Show alone", "Show as table",
                                  "Copy image", "Copy data", "PNG…", "SVG…", "PDF…", "CSV…"})
            QVERIFY2(texts.contains(QString::fromUtf8(offer)), offer);
    }

    void accessibility_describesItself() {
        PlotView view;
        view.setTitle(QStringLiteral("Two new pairs a round"));
        view.setAxisTitles(QStringLiteral("round"), QStringLiteral("pairs"));
        view.setCurve(QStringLiteral("a"), named(QStringLiteral("Ancestor")));
        Samples samples;
        samples.x = {1, 2};
        samples.y = {4, 3};
        view.setSamples(QStringLiteral("a"), samples);
        shown(view);
        QWidget* figure = view.findChild<QWidget*>(QStringLiteral("plotFigure"));
        QCOMPARE(figure->accessibleName(), QStringLiteral("Two new pairs a round"));
        QTRY_VERIFY(figure->accessibleDescription().contains(QStringLiteral("Ancestor: last value 3 at 2")));
        QVERIFY(!view.findChild<QWidget*>(QStringLiteral("plotMenu"))->accessibleName().isEmpty());
    }

    // A million points: the window's thread must not be held for more than a few frames while they are thinned.
    void million_points_zoomStaysQuick() {
        PlotView view;
        view.setCurve(QStringLiteral("a"), named(QStringLiteral("a")));
        view.setSamples(QStringLiteral("a"), wave(1000000));
        shown(view);
        QTest::qWait(300); // the first thinning
        QVERIFY(view.widestBusyPen() <= 1.0);
        QWidget* figure = view.findChild<QWidget*>(QStringLiteral("plotFigure"));
        figure->setFocus();
        qint64 best = 1000;
        for (int i = 0; i < 6; ++i) {
            QElapsedTimer timer;
            timer.start();
            QTest::keyClick(figure, Qt::Key_Plus);
            figure->repaint();
            best = std::min(best, timer.elapsed());
        }
        QVERIFY2(best < 50, qPrintable(QString::number(best)));
    }

    // Whatever the height, the highest bar leaves the pixels that its label takes.
    void bars_anyHeight_leaveRoomForTheirValues() {
        for (const int height : {110, 150, 200, 320})
            for (const double most : {1.0, 4.0, 13217.0}) {
                PlotView view;
                view.setTitle(QStringLiteral("New pairs per round"));
                CurveStyle style;
                style.isBars = true;
                view.setCurve(QStringLiteral("a"), style);
                plot::Samples samples;
                samples.x = {1, 2, 3};
                samples.y = {most, most / 2, 0};
                view.setSamples(QStringLiteral("a"), samples);
                shown(view, QSize(400, height));
                const QWidget* figure = view.findChild<QWidget*>(QStringLiteral("plotFigure"));
                const auto [low, high] = view.yRange();
                QCOMPARE(low, 0.0);
                const double above = (high - most) / (high - low) * figure->height();
                const int label = QFontMetrics(Theme::font(TextSize::Caption)).height();
                QVERIFY2(
                    above >= label,
                    qPrintable(
                        QStringLiteral("%1 px high, most %2: %3 px above the bar").arg(height).arg(most).arg(above)));
                QVERIFY2(above < figure->height() * 0.6, "and no more than that");
            }
    }

    void look_atIt() {
        if (qEnvironmentVariableIsEmpty("VITRINE_LOOK")) QSKIP("set VITRINE_LOOK=DIR to write pictures");
        PlotView curves;
        curves.setTitle(QStringLiteral("The joined form learns twice as fast"));
        curves.setSubtitle(QStringLiteral("Loss 0.05 after 400 steps against 0.11; three seeds each."));
        curves.setAxisTitles(QStringLiteral("step"), QStringLiteral("loss (nats)"));
        for (int i = 0; i < 3; ++i) {
            const QString id = QString::number(i);
            curves.setCurve(id, named(QStringLiteral("run %1").arg(i + 1), i == 1 ? Qt::DashLine : Qt::SolidLine));
            Samples samples = wave(400, 1 + i * 0.3, i);
            if (i == 0)
                for (const double y : samples.y) {
                    samples.low.append(y - 0.1);
                    samples.high.append(y + 0.1);
                }
            if (i == 2)
                for (int k = 200; k < 215; ++k) samples.y[k] = NaN;
            curves.setSamples(id, samples);
        }
        shown(curves, QSize(640, 380));
        curves.setSmoothing(0.8);
        QTest::qWait(50);
        curves.setCursor(150);
        test::look(curves, QStringLiteral("plot-curves"));
        PlotView bars;
        bars.setTitle(QStringLiteral("New pairs per round"));
        bars.setSubtitle(QStringLiteral("4, 3, 2, 1: the longest chain has four steps."));
        CurveStyle style = named(QStringLiteral("Ancestor"));
        style.isBars = true;
        style.hue = Hue::Blue;
        bars.setCurve(QStringLiteral("a"), style);
        Samples samples;
        samples.x = {1, 2, 3, 4};
        samples.y = {4, 3, 2, 1};
        bars.setSamples(QStringLiteral("a"), samples);
        bars.setHighlightedX(3);
        shown(bars, QSize(590, 280));
        test::look(bars, QStringLiteral("plot-bars"));
        PlotView many;
        many.setTitle(QStringLiteral("Six engines"));
        for (int i = 0; i < 6; ++i) {
            many.setCurve(QString::number(i), named(QStringLiteral("engine %1").arg(i)));
            many.setSamples(QString::number(i), wave(3000, std::pow(10, i)));
        }
        many.setYScale(AxisScale::Log);
        many.setXMode(plot::XMode::Relative);
        shown(many);
        test::look(many, QStringLiteral("plot-many"));
        PlotView empty;
        empty.setTitle(QStringLiteral("Loss"));
        empty.setEmptyText(QStringLiteral("The loss appears here with the first step."));
        shown(empty, QSize(400, 240));
        test::look(empty, QStringLiteral("plot-empty"));
    }
};

VITRINE_WIDGET_TEST(TestPlot)
#include "tst_plot.moc"
