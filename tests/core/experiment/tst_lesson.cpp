// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/base/json.hpp"
#include "core/experiment/lesson.hpp"
#include "tests/support/testmain.hpp"

#include <QDir>

#include <set>

using namespace vitrine;

namespace {
QString resources() {
    return qEnvironmentVariable("VITRINE_SOURCE_DIR") + QStringLiteral("/resources");
}
Result<std::string> resourceText(const QString& path) {
    return readFile(QString(resources() + path).toStdString());
}
} // namespace

class tst_Lesson : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void parse_smallLesson_givesEachPart();
    void parse_badLesson_namesTheLine_data();
    void parse_badLesson_namesTheLine();
    void parseLink_escapes_areDecoded();
    void shippedLessons_bothLanguages_haveTheSameStepsAndActs_data();
    void shippedLessons_bothLanguages_haveTheSameStepsAndActs();
    void shippedLessons_sampleLinks_nameSamplesOfTheGallery_data();
    void shippedLessons_sampleLinks_nameSamplesOfTheGallery();
    void gallery_everyEntry_hasFileAndBothLanguages_data();
    void gallery_everyEntry_hasFileAndBothLanguages();
};

void tst_Lesson::parse_smallLesson_givesEachPart() {
    const char* text =
        "# Title\nOne line.\n\n## First\nDo [this](vitrine:run) and [that](vitrine:show?view=a&tensor=B).\n\n"
        "> You should see\n> four.\n<!-- check: answer R(x)? 4 -->\n## Second\nRead [more](https://example.org).\n";
    const Result<Lesson> lesson = parseLesson(text, "t.md");
    QVERIFY(lesson.ok());
    QCOMPARE(lesson->title, std::string("Title"));
    QCOMPARE(lesson->summary, std::string("One line."));
    QCOMPARE(lesson->steps.size(), std::size_t(2));
    const LessonStep& first = lesson->steps[0];
    QCOMPARE(first.expected, std::string("You should see four."));
    QCOMPARE(first.actions.size(), std::size_t(2));
    QCOMPARE(first.actions[1].verb, std::string("show"));
    QCOMPARE(first.actions[1].arguments.at("tensor"), std::string("B"));
    QCOMPARE(first.checks.size(), std::size_t(1));
    QCOMPARE(first.checks[0].kind, std::string("answer"));
    QCOMPARE(first.checks[0].text, std::string("R(x)? 4"));
    QVERIFY(lesson->steps[1].actions.empty());
}

void tst_Lesson::parse_badLesson_namesTheLine_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("code");
    QTest::addColumn<QString>("where");
    QTest::newRow("empty") << QString() << QStringLiteral("VIT-EXP-020") << QStringLiteral("t.md:1");
    QTest::newRow("no step") << QStringLiteral("# T\nx\n") << QStringLiteral("VIT-EXP-020") << QStringLiteral("t.md:2");
    QTest::newRow("open link") << QStringLiteral("# T\n## S\n[a](vitrine:run\n") << QStringLiteral("VIT-EXP-021")
                               << QStringLiteral("t.md:3");
    QTest::newRow("no verb") << QStringLiteral("# T\n## S\n\n[a](vitrine:?x=1)\n") << QStringLiteral("VIT-EXP-021")
                             << QStringLiteral("t.md:4");
}

void tst_Lesson::parse_badLesson_namesTheLine() {
    QFETCH(QString, text);
    QFETCH(QString, code);
    QFETCH(QString, where);
    const Result<Lesson> lesson = parseLesson(text.toStdString(), "t.md");
    QVERIFY(!lesson.ok());
    QCOMPARE(QString::fromStdString(lesson.error().code), code);
    QCOMPARE(QString::fromStdString(lesson.error().where), where);
}

void tst_Lesson::parseLink_escapes_areDecoded() {
    const Result<LessonAction> action = parseLessonLink("vitrine:show?tensor=%EB%B6%80%EB%AA%A8&cells=a+b%2Cc");
    QVERIFY(action.ok());
    QCOMPARE(action->arguments.at("tensor"), std::string("부모"));
    QCOMPARE(action->arguments.at("cells"), std::string("a b,c"));
    QVERIFY(!parseLessonLink("https://example.org").ok());
}

void tst_Lesson::shippedLessons_bothLanguages_haveTheSameStepsAndActs_data() {
    QTest::addColumn<QString>("room");
    const QStringList lessons = QDir(resources() + QStringLiteral("/lessons")).entryList({QStringLiteral("*.en.md")});
    QVERIFY(!lessons.isEmpty());
    for (const QString& file : lessons) QTest::newRow(qPrintable(file)) << file.left(file.indexOf(QLatin1Char('.')));
}

void tst_Lesson::shippedLessons_bothLanguages_haveTheSameStepsAndActs() {
    QFETCH(QString, room);
    const auto read = [&](const char* language) {
        const QString path =
            QStringLiteral("/lessons/") + room + QLatin1Char('.') + QLatin1String(language) + QStringLiteral(".md");
        const Result<std::string> text = resourceText(path);
        return text ? parseLesson(*text, path.toStdString()) : Result<Lesson>(text.error());
    };
    const Result<Lesson> english = read("en"), korean = read("ko");
    QVERIFY2(english.ok(), english.ok() ? "" : toText(english.error()).c_str());
    QVERIFY2(korean.ok(), korean.ok() ? "" : toText(korean.error()).c_str());
    QCOMPARE(english->steps.size(), korean->steps.size());
    for (std::size_t step = 0; step < english->steps.size(); ++step) {
        const LessonStep &a = english->steps[step], &b = korean->steps[step];
        QVERIFY2(!a.actions.empty() && !a.checks.empty(), a.title.c_str());
        QCOMPARE(a.actions.size(), b.actions.size());
        for (std::size_t index = 0; index < a.actions.size(); ++index) {
            QCOMPARE(a.actions[index].verb, b.actions[index].verb);
            QVERIFY(a.actions[index].arguments == b.actions[index].arguments);
        }
        QCOMPARE(a.checks.size(), b.checks.size());
        for (std::size_t index = 0; index < a.checks.size(); ++index) {
            QCOMPARE(a.checks[index].kind, b.checks[index].kind);
            QCOMPARE(a.checks[index].text, b.checks[index].text);
        }
    }
}

void tst_Lesson::shippedLessons_sampleLinks_nameSamplesOfTheGallery_data() {
    shippedLessons_bothLanguages_haveTheSameStepsAndActs_data();
}

void tst_Lesson::shippedLessons_sampleLinks_nameSamplesOfTheGallery() {
    QFETCH(QString, room);
    const Result<std::string> text = resourceText(QStringLiteral("/lessons/") + room + QStringLiteral(".en.md"));
    const Result<Lesson> lesson = parseLesson(*text, "lesson");
    for (const LessonStep& step : lesson->steps)
        for (const LessonAction& action : step.actions) {
            if (action.verb != "sample") continue;
            const QString file = resources() + QStringLiteral("/samples/") + room + QLatin1Char('/') +
                                 QString::fromStdString(action.arguments.at("name")) + QStringLiteral(".tl");
            QVERIFY2(QFile::exists(file), qPrintable(file));
        }
}

void tst_Lesson::gallery_everyEntry_hasFileAndBothLanguages_data() {
    QTest::addColumn<QString>("room");
    const QStringList rooms =
        QDir(resources() + QStringLiteral("/samples")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString& room : rooms) QTest::newRow(qPrintable(room)) << room;
}

void tst_Lesson::gallery_everyEntry_hasFileAndBothLanguages() {
    QFETCH(QString, room);
    const QString folder = resources() + QStringLiteral("/samples/") + room;
    const Result<std::string> text = resourceText(QStringLiteral("/samples/") + room + QStringLiteral("/index.json"));
    QVERIFY(text.ok());
    const Result<Json> index = parseJson(*text);
    QVERIFY(index.ok());
    std::set<QString> listed;
    for (const Json& group : (*index)["groups"])
        for (const Json& sample : group["samples"]) {
            const QString file = QString::fromStdString(sample["file"].get<std::string>());
            QVERIFY2(QFile::exists(folder + QLatin1Char('/') + file), qPrintable(file));
            for (const char* field : {"title", "summary"})
                for (const char* language : {"en", "ko"}) QVERIFY(!sample[field][language].get<std::string>().empty());
            QVERIFY2(listed.insert(file).second, qPrintable(file));
        }
    for (const QString& sub : {QString(), QStringLiteral("errors/")})
        for (const QString& file : QDir(folder + QLatin1Char('/') + sub).entryList({QStringLiteral("*.tl")}))
            QVERIFY2(listed.count(sub + file) == 1, qPrintable(file));
}

VITRINE_CORE_TEST(tst_Lesson)
#include "tst_lesson.moc"
