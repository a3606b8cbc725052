// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testmain.hpp"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/stat.h>
#include <unistd.h>

using namespace vitrine;

namespace {

QString program() {
    return qEnvironmentVariable("VITRINE_BIN_DIR", QStringLiteral("build/release/bin")) +
           QStringLiteral("/vitrine-run");
}

struct Result {
    int status = -1;
    QByteArray output, errors;
};

Result runTl(const QStringList& arguments, const QByteArray& input = {}, const QString& folder = {}) {
    QProcess process;
    process.setWorkingDirectory(folder.isEmpty() ? QDir::currentPath() : folder);
    process.start(QFileInfo(program()).absoluteFilePath(), QStringList{QStringLiteral("tl")} + arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60000)) return {};
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2, process.readAllStandardOutput(),
            process.readAllStandardError()};
}

const QStringList StandardInput{QStringLiteral("-")};

} // namespace

/// The shell's view: streams and exit statuses of `vitrine-run tl`.
class TestTlCommand : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void program_fromStandardInput_answersInOrder() {
        const Result result = runTl(StandardInput, "P(A), P(B)\nP(x)?\nN = 1 + 2\nN?\nP(C)?\n");
        QCOMPARE(result.output, QByteArray("P(x)? 2\n  P(A)\n  P(B)\nN = 3\nP(C)? false\n"));
        QCOMPARE(result.status, 0);
        QCOMPARE(result.errors, QByteArray());
    }

    void files_standBesideTheProgram() {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("sub")));
        const auto write = [&](const char* name, const char* content) {
            QFile file(folder.filePath(QString::fromUtf8(name)));
            return file.open(QIODevice::WriteOnly) && file.write(content) > 0;
        };
        QVERIFY(write("sub/e.csv", "A,B\nB,C\n"));
        QVERIFY(write("sub/p.tl", "E(x, y) = \"e.csv\"\nR(x, z) <- E(x, y), E(y, z)\n\"o.csv\" = R\n"));
        const Result result = runTl({QStringLiteral("sub/p.tl")}, {}, folder.path());
        QCOMPARE(result.output, QByteArray("wrote o.csv\n  A,C\n"));
        QCOMPARE(result.status, 0);
        QVERIFY(QFile::exists(folder.filePath(QStringLiteral("sub/o.csv"))));
    }

    void outputFile_thatIsNoFileOrAnInput_isRefused_data() {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QByteArray>("reason");
        QTest::newRow("device") << QByteArray("/dev/full") << QByteArray("is a device, not a file");
        QTest::newRow("pipe") << QByteArray("pipe") << QByteArray("is a pipe, not a file");
        QTest::newRow("folder") << QByteArray("sub") << QByteArray("is a folder");
        QTest::newRow("the program") << QByteArray("p.tl") << QByteArray("is this program");
        QTest::newRow("an input") << QByteArray("e.csv") << QByteArray("is a file that this program reads");
        QTest::newRow("an input by another way")
            << QByteArray("sub/../e.csv") << QByteArray("is a file that this program reads");
        QTest::newRow("a link to an input")
            << QByteArray("link.csv") << QByteArray("is a file that this program reads");
        QTest::newRow("a link to a device") << QByteArray("full.csv") << QByteArray("is a device, not a file");
        QTest::newRow("a link to itself") << QByteArray("circle") << QByteArray("go in a circle");
    }
    void outputFile_thatIsNoFileOrAnInput_isRefused() {
        QFETCH(QByteArray, target);
        QFETCH(QByteArray, reason);
        const QTemporaryDir folder;
        const auto write = [&](const char* name, const QByteArray& content) {
            QFile file(folder.filePath(QString::fromUtf8(name)));
            return file.open(QIODevice::WriteOnly) && file.write(content) > 0;
        };
        const auto path = [&](const char* name) { return folder.filePath(QString::fromLatin1(name)).toLocal8Bit(); };
        const QByteArray text = "E(x, y) = \"e.csv\"\n\"first.csv\" = E\n\"" + target + "\" = E\n";
        QVERIFY(write("e.csv", "A,B\nB,C\n") && write("p.tl", text));
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("sub")));
        QCOMPARE(::mkfifo(path("pipe").constData(), 0600), 0);
        for (const auto& [to, from] : {std::pair("e.csv", "link.csv"), {"/dev/full", "full.csv"}, {"circle", "circle"}})
            QCOMPARE(::symlink(to, path(from).constData()), 0);
        const Result result = runTl({QStringLiteral("p.tl")}, {}, folder.path());
        QCOMPARE(result.status, 2);
        QVERIFY2(result.errors.startsWith("p.tl:3:1: error[E-FILE]: ") && result.errors.contains(reason),
                 result.errors.constData());
        QVERIFY(!QFile::exists(folder.filePath(QStringLiteral("first.csv")))); // nothing ran
        QFile program(folder.filePath(QStringLiteral("p.tl")));
        QVERIFY(program.open(QIODevice::ReadOnly) && program.readAll() == text);
        struct stat information {};
        QVERIFY(::stat("/dev/full", &information) == 0 && S_ISCHR(information.st_mode));
        QVERIFY(::stat(path("pipe").constData(), &information) == 0 && S_ISFIFO(information.st_mode));
    }

    void outputFile_behindALink_isWrittenThere() {
        const QTemporaryDir folder;
        QVERIFY(QDir(folder.path()).mkdir(QStringLiteral("sub")));
        const auto path = [&](const char* name) { return folder.filePath(QString::fromLatin1(name)).toLocal8Bit(); };
        QCOMPARE(::symlink("sub/real.csv", path("o.csv").constData()), 0); // is not there yet
        for (const char* program : {"P(A)\n\"o.csv\" = P\n", "P(B)\n\"o.csv\" = P\n"}) {
            QCOMPARE(runTl(StandardInput, program, folder.path()).status, 0);
            QVERIFY(QFileInfo(folder.filePath(QStringLiteral("o.csv"))).isSymLink());
            QFile file(folder.filePath(QStringLiteral("sub/real.csv")));
            QVERIFY(file.open(QIODevice::ReadOnly));
            QCOMPARE(file.readAll(), QByteArray(program[2] == 'A' ? "A\n" : "B\n"));
        }
    }

    void reader_thatGoesAway_losesNoFile() {
        const QTemporaryDir folder;
        QByteArray text;
        for (int k = 0; k < 9000; ++k) text += "P(" + QByteArray::number(k) + ")\n";
        text += "P?\n\"a.csv\" = P\nP?\n\"b.csv\" = P\n";
        QFile file(folder.filePath(QStringLiteral("p.tl")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text) > 0);
        file.close();
        QProcess shell;
        shell.setWorkingDirectory(folder.path());
        shell.start(QStringLiteral("bash"),
                    {QStringLiteral("-c"), QStringLiteral("\"$0\" tl p.tl | head -n 1; exit ${PIPESTATUS[0]}"),
                     QFileInfo(program()).absoluteFilePath()});
        QVERIFY(shell.waitForFinished(60000));
        QCOMPARE(shell.readAllStandardOutput(), QByteArray("P? 9000\n"));
        QCOMPARE(shell.exitCode(), 1);
        for (const char* name : {"a.csv", "b.csv"})
            QCOMPARE(QFileInfo(folder.filePath(QString::fromLatin1(name))).size(),
                     qint64(10 * 2 + 90 * 3 + 900 * 4 + 8000 * 5));
    }

    void errors_goToStandardError_withStatusTwo() {
        const Result result = runTl(StandardInput, "P(A)\nP(x)?\nY = 2 + * 3\nX = $\n");
        QCOMPARE(result.status, 2);
        QCOMPARE(result.output, QByteArray());
        QCOMPARE(result.errors, QByteArray("<stdin>:3:9: error[E-SYNTAX]: expected an expression, found `*`\n"
                                           "Y = 2 + * 3\n        ^\n"
                                           "<stdin>:4:5: error[E-LEX]: the character $ fits nowhere\n"
                                           "X = $\n    ^\n"));
    }

    void runTimeError_hasStatusTwo_andNoAnswers() {
        const Result result = runTl(StandardInput, "A = [1, 0]\nY[i] = 1 / A[i]\nA?\nY?\n");
        QCOMPARE(result.status, 2);
        QCOMPARE(result.output, QByteArray());
        QVERIFY(result.errors.startsWith("<stdin>:2:") && result.errors.contains("error[E-DIV0]"));
    }

    void wrongUsage_isRefused_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::newRow("no file") << QStringList{};
        QTest::newRow("missing file") << QStringList{QStringLiteral("/none/such.tl")};
        QTest::newRow("folder") << QStringList{QStringLiteral("/")};
        QTest::newRow("engine") << QStringList{QStringLiteral("-"), QStringLiteral("--engine"),
                                               QStringLiteral("magic")};
        QTest::newRow("threads") << QStringList{QStringLiteral("-"), QStringLiteral("--threads"), QStringLiteral("0")};
        QTest::newRow("memory") << QStringList{QStringLiteral("-"), QStringLiteral("--memory"), QStringLiteral("much")};
        QTest::newRow("device") << QStringList{QStringLiteral("-"), QStringLiteral("--device"), QStringLiteral("tpu")};
    }
    void wrongUsage_isRefused() {
        QFETCH(QStringList, arguments);
        const Result result = runTl(arguments);
        QCOMPARE(result.status, 2);
        QCOMPARE(result.output, QByteArray());
        QVERIFY(!result.errors.isEmpty());
    }

    void engines_andModes_agree_data() {
        QTest::addColumn<QStringList>("options");
        for (const char* engine : {"auto", "semi-naive", "by-source", "naive", "naive-dense"})
            QTest::newRow(engine) << QStringList{QStringLiteral("--engine"), QString::fromLatin1(engine)};
        QTest::newRow("backward") << QStringList{QStringLiteral("--mode"), QStringLiteral("backward")};
        QTest::newRow("memory") << QStringList{QStringLiteral("--memory"), QStringLiteral("1GB")};
        QTest::newRow("one thread") << QStringList{QStringLiteral("--threads"), QStringLiteral("1")};
    }
    void engines_andModes_agree() {
        QFETCH(QStringList, options);
        const Result result = runTl(StandardInput + options, "E(0, 1), E(1, 2), E(2, 0), E(2, 3)\nP(x, y) <- E(x, y)\n"
                                                             "P(x, z) <- P(x, y), E(y, z)\nP(2, x)?\n");
        QCOMPARE(result.output, QByteArray("P(2, x)? 4\n  P(2, 0)\n  P(2, 1)\n  P(2, 2)\n  P(2, 3)\n"));
        QCOMPARE(result.status, 0);
    }

    void statistics_goToStandardError() {
        const Result result = runTl(StandardInput + QStringList{QStringLiteral("--stats")}, "P(A)\nQ(x) <- P(x)\nQ?\n");
        QCOMPARE(result.output, QByteArray("Q? 1\n  Q(A)\n"));
        QVERIFY(result.errors.contains("peak memory") && result.errors.contains("engine"));
    }

    void manyLines_arePrintedWithAll() {
        QByteArray text;
        for (int k = 0; k < 10001; ++k) text += "P(" + QByteArray::number(k) + ")\n";
        text += "P?\n";
        QCOMPARE(runTl(StandardInput, text).output, QByteArray("P? 10001\n"));
        const Result all = runTl(StandardInput + QStringList{QStringLiteral("--all")}, text);
        QCOMPARE(all.output.count('\n'), 10002);
        QVERIFY(all.output.endsWith("  P(10000)\n"));
    }

    void interrupt_endsWithin_halfASecond_withStatus130() {
        QProcess process;
        process.start(program(),
                      {QStringLiteral("tl"), QStringLiteral("-"), QStringLiteral("--engine"), QStringLiteral("naive")});
        process.write("P(0)\nP(x + 1) <- P(x), x < 99000\nP?\n"); // rounds that grow: minutes
        process.closeWriteChannel();
        QTest::qWait(1500);
        QCOMPARE(process.state(), QProcess::Running);
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QElapsedTimer watch;
        watch.start();
        QVERIFY(process.waitForFinished(20000));
        QCOMPARE(process.exitCode(), 130);
        QVERIFY2(watch.elapsed() < 2000, qPrintable(QString::number(watch.elapsed()))); // 0.5 s on a quiet machine
        QCOMPARE(process.readAllStandardOutput(), QByteArray());
        const QByteArray errors = process.readAllStandardError();
        QVERIFY2(errors.startsWith("vitrine-run: cancelled"), errors.constData());
    }
};

VITRINE_CORE_TEST(TestTlCommand)
#include "tst_tl_command.moc"
