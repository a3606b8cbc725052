// SPDX-License-Identifier: GPL-3.0-or-later
// Every golden case of the dialect, from text to canonical answers, forward and backward.
#include "core/methods/tensor_logic/answer.hpp"
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"
#include "tests/support/testmain.hpp"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

QString readAll(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    return QString::fromUtf8(file.readAll());
}

/// Standard output of a case, or its errors as "LINE:COL CODE", one a line.
struct Outcome {
    QString output;
    QStringList errors;
};

void addErrors(const Diagnostics& found, const Source& source, Outcome& outcome) {
    for (const Diagnostic& each : found) {
        if (each.severity != Severity::Error) continue;
        const Source::Position at = source.position(each.range.begin);
        outcome.errors << QStringLiteral("%1:%2 %3").arg(at.line).arg(at.column).arg(QString::fromStdString(each.code));
    }
}

Outcome runCase(const QString& path, std::optional<Mode> mode) {
    Outcome outcome;
    const std::filesystem::path folder = QFileInfo(path).absolutePath().toStdString();
    CheckOptions checkOptions;
    checkOptions.folder = folder;
    const Checked checked = check(Source("case.tl", readAll(path).toStdString()), checkOptions);
    addErrors(checked.diagnostics, checked.program->source, outcome);
    if (!outcome.errors.isEmpty()) return outcome;
    EvaluateOptions options;
    options.mode = mode;
    options.maxTuples = 3000000;
    const Evaluated evaluated = evaluate(checked.program, options);
    addErrors(evaluated.diagnostics, checked.program->source, outcome);
    if (!outcome.errors.isEmpty() || !evaluated.evaluation) return outcome;
    AnswerOptions answerOptions;
    answerOptions.folder = folder;
    std::string output;
    const Diagnostics found = answer(*evaluated.evaluation, answerOptions, [&output](const Answer& given) {
        if (!given.isContinued) output += given.heading + "\n";
        output += given.lines;
    });
    addErrors(found, checked.program->source, outcome);
    outcome.output = QString::fromStdString(output);
    return outcome;
}

bool writesFiles(const QString& program) {
    return program.contains(QRegularExpression(QStringLiteral("\"\\s*=")));
}

/// Whether the errors are those of the case; "*" stands for any column.
bool sameErrors(const QStringList& expected, const QStringList& found) {
    if (expected.size() != found.size()) return false;
    for (int k = 0; k < expected.size(); ++k) {
        QString mine = found[k];
        if (expected[k].contains(QStringLiteral(":*")))
            mine.replace(QRegularExpression(QStringLiteral(":\\d+ ")), QStringLiteral(":* "));
        if (mine != expected[k]) return false;
    }
    return true;
}

} // namespace

class TestGolden : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void case_givesItsAnswers_data() {
        QTest::addColumn<QString>("path");
        const QString root = qEnvironmentVariable("VITRINE_SOURCE_DIR", QStringLiteral(".")) +
                             QStringLiteral("/tests/golden/tensor_logic");
        QStringList cases;
        QDirIterator walk(root, {QStringLiteral("*.tl")}, QDir::Files, QDirIterator::Subdirectories);
        while (walk.hasNext()) cases << walk.next();
        cases.sort();
        for (const QString& path : cases) QTest::newRow(qPrintable(path.mid(root.size() + 1))) << path;
    }

    void case_givesItsAnswers() {
        QFETCH(QString, path);
        QTemporaryDir copy;
        const QFileInfo info(path);
        const QString base = info.absolutePath() + QLatin1Char('/') + info.completeBaseName();
        QString local = path;
        if (writesFiles(readAll(path))) { // runs in a copy of its folder
            for (const QFileInfo& file : info.absoluteDir().entryInfoList(QDir::Files))
                QVERIFY(QFile::copy(file.absoluteFilePath(), copy.filePath(file.fileName())));
            local = copy.filePath(info.fileName());
        }
        for (const Mode mode : {Mode::Forward, Mode::Backward}) {
            const Outcome outcome = runCase(local, mode == Mode::Forward ? std::nullopt : std::optional(mode));
            const QByteArray where = mode == Mode::Forward ? "forward" : "backward";
            if (QFile::exists(base + QStringLiteral(".errors"))) {
                QStringList expected;
                for (const QString& line :
                     readAll(base + QStringLiteral(".errors")).split(QLatin1Char('\n'), Qt::SkipEmptyParts))
                    expected << line.trimmed();
                if (mode == Mode::Backward) continue; // not all errors are met
                const QByteArray message = where + ": expected " + expected.join(QStringLiteral(", ")).toUtf8() +
                                           " found " + outcome.errors.join(QStringLiteral(", ")).toUtf8();
                QVERIFY2(sameErrors(expected, outcome.errors), message.constData());
                continue;
            }
            const QByteArray unexpected = where + ": " + outcome.errors.join(QStringLiteral(", ")).toUtf8();
            QVERIFY2(outcome.errors.isEmpty(), unexpected.constData());
            QCOMPARE(QString::fromUtf8(where) + QLatin1Char('\n') + outcome.output,
                     QString::fromUtf8(where) + QLatin1Char('\n') + readAll(base + QStringLiteral(".expected")));
        }
    }
};

VITRINE_CORE_TEST(TestGolden)
#include "tst_golden.moc"
