// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/widgetmain.hpp"
#include "widgets/base/actions.hpp"
#include "widgets/base/errorbanner.hpp"
#include "widgets/base/fuzzy.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/base/searchline.hpp"
#include "widgets/base/settings.hpp"
#include "widgets/base/tableexport.hpp"
#include "widgets/base/words.hpp"

#include <QClipboard>
#include <QPushButton>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTemporaryDir>
#include <QToolButton>

using namespace vitrine;

class TestParts : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void coreText_arguments_filledOnce() {
        QCOMPARE(coreText("%1 of %2", {"a%2", "b"}), QStringLiteral("a%2 of b"));
        QCOMPARE(coreText("100 %"), QStringLiteral("100 %"));
        QCOMPARE(coreText("%3"), QStringLiteral("%3"));
    }

    void numbers_short_threeDigits_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero") << 0.0 << QStringLiteral("0");
        QTest::newRow("pi") << 3.14159 << QStringLiteral("3.14");
        QTest::newRow("small") << 0.00123456 << QStringLiteral("0.00123");
        QTest::newRow("whole") << 40.0 << QStringLiteral("40");
        QTest::newRow("thousands") << 12345.0 << QStringLiteral("12\u2009345");
        QTest::newRow("millions") << 1.5e6 << QStringLiteral("1.50 M");
        QTest::newRow("nan") << std::nan("") << QStringLiteral("NaN");
    }
    void numbers_short_threeDigits() {
        QFETCH(double, value);
        QTEST(shortNumber(value), "text");
    }

    void times_inWords_data() {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<QString>("text");
        QTest::newRow("ms") << 0.02 << QStringLiteral("20 ms");
        QTest::newRow("tenths") << 0.2 << QStringLiteral("0.2 s");
        QTest::newRow("seconds") << 38.2 << QStringLiteral("38 s");
        QTest::newRow("minutes") << 110.0 << QStringLiteral("1 min 50 s");
        QTest::newRow("hours") << 7920.0 << QStringLiteral("2 h 12 min");
        QTest::newRow("unknown") << -1.0 << QStringLiteral("–");
    }
    void times_inWords() {
        QFETCH(double, seconds);
        QTEST(secondsText(seconds), "text");
    }

    void bytes_decimalUnits() {
        QCOMPARE(bytesText(12'000'000), QStringLiteral("12 MB"));
        QCOMPARE(bytesText(410'000'000), QStringLiteral("410 MB"));
        QCOMPARE(bytesText(999), QStringLiteral("999 B"));
    }

    void parseNumber_acceptsBothSpellings() {
        double value = 0;
        QVERIFY(parseNumber(QStringLiteral("100 000"), value));
        QCOMPARE(value, 100000.0);
        QVERIFY(parseNumber(QStringLiteral("1,000.5"), value));
        QCOMPARE(value, 1000.5);
        QVERIFY(parseNumber(QStringLiteral("−2e3"), value));
        QCOMPARE(value, -2000.0);
        QVERIFY(!parseNumber(QStringLiteral("1.2.3"), value));
    }

    void banner_showReplaceResolve() {
        ErrorBanner banner;
        QSignalSpy emptied(&banner, &ErrorBanner::emptied);
        banner.show(Error{.code = "VIT-X-001",
                          .message = "The folder %1 is read-only",
                          .arguments = {"/a"},
                          .hint = "Choose another folder"});
        banner.show(Error{.code = "VIT-X-001", .message = "The folder %1 is read-only", .arguments = {"/b"}});
        QCOMPARE(banner.count(), 1);
        QCOMPARE(banner.text(), QStringLiteral("The folder /b is read-only"));
        banner.show(Error{.code = "VIT-X-002", .message = "Other"});
        QCOMPARE(banner.count(), 2);
        banner.resolve(QStringLiteral("VIT-X-002"));
        QCOMPARE(banner.text(), QStringLiteral("The folder /b is read-only"));
        QVERIFY(banner.accessibleName().contains(QLatin1String("/b")));
        banner.dismiss();
        QVERIFY(banner.isHidden());
        QCOMPARE(emptied.count(), 1);
    }

    void banner_action_actsAndGoes() {
        ErrorBanner banner;
        bool isDone = false;
        banner.show(bannerOf(Error{.code = "VIT-X-003", .message = "No memory"},
                             {{QStringLiteral("Halve the batch"), [&] { isDone = true; }}}));
        for (QPushButton* button : banner.findChildren<QPushButton*>()) QTest::mouseClick(button, Qt::LeftButton);
        QVERIFY(isDone);
        QCOMPARE(banner.count(), 0);
    }

    void banner_copy_hasCodeAndCauses() {
        ErrorBanner banner;
        banner.setReportFooter([] { return QStringLiteral("Vitrine 0"); });
        auto cause = std::make_shared<Error>(Error{.code = "VIT-Y-001", .message = "No space left"});
        banner.show(Error{.code = "VIT-X-004", .message = "Not saved", .cause = cause});
        for (QToolButton* button : banner.findChildren<QToolButton*>())
            if (button->text() == QLatin1String("Copy")) button->click();
        const QString text = QApplication::clipboard()->text();
        for (const char* part : {"VIT-X-004", "VIT-Y-001", "No space left", "Vitrine 0"})
            QVERIFY2(text.contains(QLatin1String(part)), part);
    }

    void fuzzy_wordStarts_beatScatter() {
        QVERIFY(fuzzyMatch(QStringLiteral("rl"), QStringLiteral("Reset layout")).score >
                fuzzyMatch(QStringLiteral("rl"), QStringLiteral("World")).score);
        QCOMPARE(fuzzyMatch(QStringLiteral("rl"), QStringLiteral("Reset layout")).positions, (std::vector<int>{0, 6}));
        QVERIFY(fuzzyMatch(QStringLiteral("xyz"), QStringLiteral("Reset layout")).score < 0);
        QVERIFY(fuzzyMatch({}, QStringLiteral("Run")).score >= 0);
        QVERIFY(fuzzyMatch(QStringLiteral("실행"), QStringLiteral("실행 중지")).score >= 0);
    }

    void searchLine_waitsForAPause_enterDoesNot() {
        SearchLine line(QStringLiteral("Find"));
        QSignalSpy searched(&line, &SearchLine::searched);
        QTest::keyClicks(&line, QStringLiteral("abc"));
        QCOMPARE(searched.count(), 0);
        QTRY_COMPARE(searched.count(), 1);
        QTest::keyClick(&line, Qt::Key_Return);
        QCOMPARE(searched.count(), 2);
        QTest::keyClick(&line, Qt::Key_Escape);
        QVERIFY(line.text().isEmpty());
    }

    void actions_complaints_findTheFaults() {
        ActionRegistry actions;
        const QKeySequence keys(QStringLiteral("Ctrl+B"));
        actions.add({QStringLiteral("a"), QStringLiteral("&Build"), QStringLiteral("Builds"), {}, {keys}}, this, [] {});
        QVERIFY(actions.complaints().isEmpty());
        actions.add({QStringLiteral("b"), QStringLiteral("Bake"), {}, {}, {keys}}, this, [] {});
        QCOMPARE(actions.complaints().size(), 3); // no mnemonic, no tip, a shortcut twice
    }

    void actions_ofAnOwner_goWithIt() {
        ActionRegistry actions;
        auto* owner = new QObject;
        actions.add({QStringLiteral("a"), QStringLiteral("&Build"), QStringLiteral("Builds"), {}, {}}, owner, [] {});
        delete owner;
        QVERIFY(actions.all().isEmpty());
        QVERIFY(!actions.find(QStringLiteral("a")));
    }

    void settings_survive_andSignal() {
        const QTemporaryDir folder;
        const QString file = folder.filePath(QStringLiteral("v.ini"));
        {
            Settings settings(file);
            QCOMPARE(settings.scalePercent(), 100);
            QSignalSpy changed(&settings, &Settings::scalePercentChanged);
            settings.setScalePercent(150);
            settings.setScalePercent(150);
            QCOMPARE(changed.count(), 1);
            settings.setLanguage(QStringLiteral("ko"));
            settings.addRecentFile(QStringLiteral("/b"));
            settings.addRecentFile(QStringLiteral("/a"));
            settings.addRecentFile(QStringLiteral("/b"));
        }
        const Settings settings(file);
        QCOMPARE(settings.scalePercent(), 150);
        QCOMPARE(settings.language(), QStringLiteral("ko"));
        QCOMPARE(settings.recentFiles(), (QStringList{QStringLiteral("/b"), QStringLiteral("/a")}));
    }

    void table_csv_quotesAndKeepsDigits() {
        QStandardItemModel model(1, 3);
        model.setHorizontalHeaderLabels({QStringLiteral("a"), QStringLiteral("b,c"), QStringLiteral("d")});
        model.setData(model.index(0, 0), 0.1 + 0.2, tableexport::SortRole);
        model.setData(model.index(0, 1), QStringLiteral("say \"x\""));
        model.setData(model.index(0, 2), std::nan(""), tableexport::SortRole);
        QCOMPARE(tableexport::toCsv(model),
                 QStringLiteral("a,\"b,c\",d\r\n0.30000000000000004,\"say \"\"x\"\"\",nan\r\n"));
        QCOMPARE(tableexport::toJsonLines(model),
                 QStringLiteral("{\"a\":0.30000000000000004,\"b,c\":\"say \\\"x\\\"\",\"d\":\"nan\"}\n"));
    }

    void pill_everyState_hasItsWord() {
        QSet<QString> words;
        for (int state = 0; state <= static_cast<int>(RunState::Interrupted); ++state)
            words.insert(stateText(static_cast<RunState>(state)));
        QCOMPARE(words.size(), 10);
    }
};

VITRINE_WIDGET_TEST(TestParts)
#include "tst_parts.moc"
