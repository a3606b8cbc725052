// SPDX-License-Identifier: GPL-3.0-or-later
// Screenshots. tests/golden/shots/NAME.json lists views, each a name and the steps of a tour that lead there. They are
// taken in light English at 1x; one of each room, "everywhere", in all of (1x, 2x) x (light, dark) x (English, Korean).
// A new room adds a file of its own. VITRINE_UPDATE_GOLDEN=1 writes what is seen as what is expected.
#include "app/gui/mainwindow.hpp"
#include "app/gui/workbench.hpp"
#include "core/base/files.hpp"
#include "core/base/jsonmembers.hpp"
#include "core/experiment/descriptor.hpp"
#include "tests/support/testlog.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/words.hpp"
#include "widgets/rooms/room.hpp"

#include <QAbstractButton>
#include <QApplication>
#include <QDir>
#include <QImage>
#include <QLabel>
#include <QPainter>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cstdlib>

using namespace vitrine;

namespace {

constexpr int MostDelta = 24;       ///< of a channel, before a pixel counts as different
constexpr double MostShare = 0.001; ///< of pixels that differ: a text such as "in 3 ms" may

QString goldenFolder() {
    return qEnvironmentVariable("VITRINE_SOURCE_DIR", QStringLiteral(".")) + QStringLiteral("/tests/golden/shots");
}

QString failureFolder() {
    return qEnvironmentVariable("VITRINE_BIN_DIR") + QStringLiteral("/../shots");
}

/// The status strip speaks of the machine and the moment: it is left out of the comparison.
void coverStatusStrip(QImage& image, int ratio) {
    QPainter(&image).fillRect(0, image.height() - 31 * ratio, image.width(), 31 * ratio, Qt::gray);
}

/// Pixels that differ, marked in `difference`.
qsizetype differing(const QImage& a, const QImage& b, QImage& difference) {
    difference = a.convertToFormat(QImage::Format_RGB32);
    qsizetype count = 0;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
            const int delta =
                std::max({std::abs(qRed(p) - qRed(q)), std::abs(qGreen(p) - qGreen(q)), std::abs(qBlue(p) - qBlue(q))});
            if (delta > MostDelta) ++count;
            difference.setPixel(x, y,
                                delta > MostDelta
                                    ? qRgb(255, 0, 255)
                                    : qRgb((qRed(p) + 510) / 3, (qGreen(p) + 510) / 3, (qBlue(p) + 510) / 3));
        }
    return count;
}

/// Empty when `actual` looks as expected; else what is wrong, with the pictures left in the build folder.
QString compareWithGolden(const QString& name, const QImage& actual) {
    const QString golden = goldenFolder() + QLatin1Char('/') + name + QStringLiteral(".png");
    if (qEnvironmentVariableIntValue("VITRINE_UPDATE_GOLDEN") == 1)
        return actual.save(golden) ? QString() : golden + QStringLiteral(" cannot be written");
    const QImage expected = QImage(golden).convertToFormat(QImage::Format_RGB32);
    QImage difference;
    QString text;
    if (expected.isNull())
        text = QStringLiteral("there is no %1").arg(golden);
    else if (expected.size() != actual.size())
        text = QStringLiteral("%1 x %2 instead of %3 x %4")
                   .arg(actual.width())
                   .arg(actual.height())
                   .arg(expected.width())
                   .arg(expected.height());
    else if (const qsizetype count = differing(actual, expected, difference);
             static_cast<double>(count) > MostShare * actual.width() * actual.height())
        text = QStringLiteral("%1 pixels differ").arg(count);
    if (text.isEmpty()) return {};
    const QString left = failureFolder() + QLatin1Char('/') + name;
    QDir().mkpath(failureFolder());
    actual.save(left + QStringLiteral("-actual.png"));
    expected.save(left + QStringLiteral("-expected.png"));
    difference.save(left + QStringLiteral("-diff.png"));
    return QStringLiteral("%1: %2; see %3-*.png").arg(name, text, left);
}

} // namespace

class TestShots : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void view_looksAsExpected_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<int>("view");
        QTest::addColumn<int>("ratio");
        QTest::addColumn<QString>("theme");
        QTest::addColumn<QString>("language");
        for (const QString& file : QDir(goldenFolder()).entryList({QStringLiteral("*.json")})) {
            const auto views = parseJson(readFile(utf8(goldenFolder() + QLatin1Char('/') + file), 1 << 20).value());
            QVERIFY2(views.ok() && views->is_array(), qPrintable(file));
            for (std::size_t view = 0; view < views->size(); ++view) {
                const bool isEverywhere = boolOr((*views)[view], "everywhere");
                for (const int ratio : {1, 2})
                    for (const char* theme : {"light", "dark"})
                        for (const char* language : {"en", "ko"}) {
                            const bool isPlain =
                                ratio == 1 && theme == std::string("light") && language == std::string("en");
                            if (!isEverywhere && !isPlain) continue;
                            const QString room = file.chopped(5), name = qtext(textOr((*views)[view], "name"));
                            QTest::addRow("%s%s%s-%s-%s-%dx", qPrintable(room), room == name ? "" : "-",
                                          room == name ? "" : qPrintable(name), theme, language, ratio)
                                << file << static_cast<int>(view) << ratio << QString::fromLatin1(theme)
                                << QString::fromLatin1(language);
                        }
            }
        }
    }

    void view_looksAsExpected() {
        QFETCH(QString, file);
        QFETCH(int, view);
        QFETCH(int, ratio);
        QFETCH(QString, theme);
        QFETCH(QString, language);
        const QString name = QString::fromLatin1(QTest::currentDataTag());
        const auto views = parseJson(readFile(utf8(goldenFolder() + QLatin1Char('/') + file), 1 << 20).value());
        Json steps = Json::array({{{"do", "wait"}, {"for", "library"}, {"seconds", 60}},
                                  {{"do", "set"}, {"setting", "size"}, {"width", 1280}, {"height", 800}}});
        for (const Json& step : (*views)[static_cast<std::size_t>(view)]["steps"]) steps.push_back(step);
        steps.push_back({{"do", "shot"}, {"name", "shot"}});
        const QTemporaryDir folder;
        const QString stepFile = folder.filePath(QStringLiteral("steps.json"));
        QVERIFY(writeFileAtomically(utf8(stepFile), steps.dump()).ok());

        QProcess program;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
        environment.insert(QStringLiteral("QT_FONT_DPI"), QStringLiteral("96"));
        environment.insert(QStringLiteral("QT_SCALE_FACTOR"), QString::number(ratio));
        program.setProcessEnvironment(environment);
        program.setProcessChannelMode(QProcess::MergedChannels);
        program.start(qEnvironmentVariable("VITRINE_BIN_DIR") + QStringLiteral("/vitrine"),
                      {QStringLiteral("--tour"), folder.path(), QStringLiteral("--tour-steps"), stepFile,
                       QStringLiteral("--lang"), language, QStringLiteral("--theme"), theme});
        QVERIFY2(program.waitForFinished(120000), qPrintable(program.errorString()));
        QVERIFY2(program.exitCode() == 0, program.readAll().constData());
        QImage actual = QImage(folder.filePath(QStringLiteral("shot.png"))).convertToFormat(QImage::Format_RGB32);
        coverStatusStrip(actual, ratio);
        QCOMPARE(actual.size(), QSize(1280, 800) * ratio);
        const QString wrong = compareWithGolden(name, actual);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }

    // A picture that is not as expected is noticed: a panel moved by one pixel.
    void compare_movedPanel_isNoticed() {
        QImage a(400, 300, QImage::Format_RGB32), b, difference;
        a.fill(Qt::white);
        b = a;
        for (int y = 0; y < 300; ++y) b.setPixel(100, y, qRgb(0, 0, 0));
        QCOMPARE(differing(a, a, difference), qsizetype{0});
        QVERIFY(static_cast<double>(differing(a, b, difference)) > MostShare * 400 * 300);
    }

    // Texts of other languages are longer: nothing that carries one may be clipped at the least size of the window.
    void pseudoLanguage_smallestWindow_clipsNothing() {
        test::failOnWarnings();
        const QTemporaryDir home;
        qputenv("VITRINE_HOME", home.path().toLocal8Bit());
        Options options;
        options.workspace = home.filePath(QStringLiteral("workspace"));
        options.language = QStringLiteral("pseudo");
        options.theme = QStringLiteral("light");
        Workbench workbench(options);
        workbench.open();
        MainWindow& window = *workbench.window();
        window.resize(1024, 700);
        QStringList clipped = clippedTexts(window, QStringLiteral("start"));
        for (const auto& method : workbench.library().registry().all()) {
            QVERIFY(window.openRoom(qtext(method->descriptor().id)));
            clipped += clippedTexts(window, qtext(method->descriptor().id));
        }
        QVERIFY2(clipped.isEmpty(), qPrintable(clipped.join(QLatin1Char('\n'))));
    }

  private:
    static QStringList clippedTexts(MainWindow& window, const QString& where) {
        QTest::qWait(300);
        QStringList clipped;
        const auto look = [&](const QWidget& widget, const QString& text) {
            if (qobject_cast<const ElidedLabel*>(&widget) || qobject_cast<const LinkButton*>(&widget)) return;
            if (!widget.isVisible() || text.isEmpty() || widget.width() >= widget.sizeHint().width()) return;
            clipped << QStringLiteral("%1: \"%2\" has %3 px of %4")
                           .arg(where, text)
                           .arg(widget.width())
                           .arg(widget.sizeHint().width());
        };
        for (const auto* button : window.findChildren<QAbstractButton*>()) look(*button, button->text());
        for (const auto* label : window.findChildren<QLabel*>())
            if (!label->wordWrap()) look(*label, label->text());
        return clipped;
    }
};

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    qputenv("QT_FONT_DPI", "96");
    QApplication app(argc, argv);
    TestShots test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_shots.moc"
