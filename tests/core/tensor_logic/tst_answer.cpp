// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/tensor_logic/fakeevaluation.hpp"

#include "core/methods/tensor_logic/answer.hpp"
#include "tests/support/testmain.hpp"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <limits>

using namespace vitrine;
using namespace vitrine::tl;
using test::FakeEvaluation;

namespace {

/// The canonical text as the shell prints it, diagnostics as "CODE message" behind it.
QString textOf(const Evaluation& evaluation, const AnswerOptions& options = {}) {
    std::string out;
    const Diagnostics found = answer(evaluation, options, [&out](const Answer& given) {
        if (!given.isContinued) out += given.heading + "\n";
        out += given.lines;
    });
    for (const Diagnostic& each : found) out += each.code + " " + fillIn(each.message, each.arguments) + "\n";
    return QString::fromStdString(out);
}

TensorId family(FakeEvaluation& fake) {
    const DomainId people = fake.domain(0, {"Alice", "Bob", "Charlie"});
    const TensorId relation = fake.tensor("R", {people, people}, true);
    for (const auto& [a, b] :
         {std::pair("Alice", "Bob"), {"Alice", "Charlie"}, {"Bob", "Bob"}, {"10", "Bob"}, {"9", "Bob"}})
        fake.row(relation, {a, b});
    return relation;
}

} // namespace

class TestAnswer : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void numbers_printExactlyOrWithSixDigits_data() {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("expected");
        // Reference: printf("%.6g") in the C locale, integers by hand.
        const auto row = [](double value, const char* expected) {
            QTest::addRow("%s", expected) << value << QString::fromLatin1(expected);
        };
        row(0, "0");
        row(-0.0, "0");
        row(1.2, "1.2");
        row(3, "3");
        row(-17, "-17");
        row(9007199254740991.0, "9007199254740991");
        row(9007199254740992.0, "9.0072e+15");
        row(-9007199254740992.0, "-9.0072e+15");
        row(1e300, "1e+300");
        row(0.1234567, "0.123457");
        row(123456.5, "123456");
        row(1234567.5, "1.23457e+06");
        row(1e-5, "1e-05");
        row(0.0001, "0.0001");
        row(-0.25, "-0.25");
        row(0.9999999, "1");
        row(-1e-320, "-9.99989e-321");
    }
    void numbers_printExactlyOrWithSixDigits() {
        QFETCH(double, value);
        QFETCH(QString, expected);
        QCOMPARE(QString::fromStdString(formatNumber(value)), expected);
    }

    void integers_beyondTwoTo53_printWithSixDigits() {
        QCOMPARE(formatNumber(std::int64_t(9007199254740991)), std::string("9007199254740991"));
        QCOMPARE(formatNumber(std::int64_t(-9007199254740991)), std::string("-9007199254740991"));
        QCOMPARE(formatNumber(std::int64_t(9007199254740992)), std::string("9.0072e+15"));
        QCOMPARE(formatNumber(std::numeric_limits<std::int64_t>::min()), std::string("-9.22337e+18"));
    }

    void relation_queries_data() {
        QTest::addColumn<QList<QByteArray>>("arguments");
        QTest::addColumn<bool>("isBare");
        QTest::addColumn<QString>("expected");
        QTest::newRow("true") << QList<QByteArray>{"Alice", "Bob"} << false << QStringLiteral("R(Alice, Bob)? true\n");
        QTest::newRow("false") << QList<QByteArray>{"Bob", "Alice"} << false
                               << QStringLiteral("R(Bob, Alice)? false\n");
        QTest::newRow("unknown symbol") << QList<QByteArray>{"Zoe", "Alice"} << false
                                        << QStringLiteral("R(Zoe, Alice)? false\n");
        QTest::newRow("integer") << QList<QByteArray>{"9", "Bob"} << false << QStringLiteral("R(9, Bob)? true\n");
        QTest::newRow("first bound") << QList<QByteArray>{"Alice", "x"} << false
                                     << QStringLiteral("R(Alice, x)? 2\n  R(Alice, Bob)\n  R(Alice, Charlie)\n");
        QTest::newRow("second bound, integers first")
            << QList<QByteArray>{"x", "Bob"} << false
            << QStringLiteral("R(x, Bob)? 4\n  R(9, Bob)\n  R(10, Bob)\n  R(Alice, Bob)\n  R(Bob, Bob)\n");
        QTest::newRow("none") << QList<QByteArray>{"Charlie", "x"} << false << QStringLiteral("R(Charlie, x)? 0\n");
        QTest::newRow("repeated") << QList<QByteArray>{"x", "x"} << false
                                  << QStringLiteral("R(x, x)? 1\n  R(Bob, Bob)\n");
        QTest::newRow("anonymous") << QList<QByteArray>{"10", "_"} << false
                                   << QStringLiteral("R(10, _)? 1\n  R(10, Bob)\n");
        QTest::newRow("two anonymous are free")
            << QList<QByteArray>{"_", "_"} << false
            << QStringLiteral(
                   "R(_, _)? 5\n  R(9, Bob)\n  R(10, Bob)\n  R(Alice, Bob)\n  R(Alice, Charlie)\n  R(Bob, Bob)\n");
        QTest::newRow("slice selects integers")
            << QList<QByteArray>{"9:10", "x"} << false << QStringLiteral("R(9:10, x)? 1\n  R(9, Bob)\n");
        QTest::newRow("open slice") << QList<QByteArray>{":", "x"} << false
                                    << QStringLiteral("R(:, x)? 2\n  R(9, Bob)\n  R(10, Bob)\n");
        QTest::newRow("bare")
            << QList<QByteArray>{} << true
            << QStringLiteral("R? 5\n  R(9, Bob)\n  R(10, Bob)\n  R(Alice, Bob)\n  R(Alice, Charlie)\n  R(Bob, Bob)\n");
    }
    void relation_queries() {
        QFETCH(QList<QByteArray>, arguments);
        QFETCH(bool, isBare);
        QFETCH(QString, expected);
        FakeEvaluation fake;
        const TensorId relation = family(fake);
        std::vector<std::string> texts;
        for (const QByteArray& text : arguments) texts.push_back(text.toStdString());
        fake.query(relation, texts, isBare);
        QCOMPARE(textOf(fake), expected);
        AnswerOptions parts;
        parts.all = true;
        parts.partBytes = 1;
        QCOMPARE(textOf(fake, parts), expected);
    }

    void relation_ofArityZero() {
        FakeEvaluation fake;
        const TensorId some = fake.tensor("Some", {}, true), none = fake.tensor("None", {}, true);
        fake.row(some, {});
        fake.query(some, {}, true);
        fake.query(none, {}, false);
        QCOMPARE(textOf(fake), QStringLiteral("Some? true\nNone? false\n"));
    }

    void tensor_queries() {
        FakeEvaluation fake;
        const DomainId rows = fake.domain(2), names = fake.domain(0, {"Carol", "Alice"});
        const TensorId scalar = fake.tensor("Y", {}, false), matrix = fake.tensor("T", {rows, names}, false),
                       square = fake.tensor("S", {rows, rows}, false);
        fake.values(scalar, {1.2});
        fake.values(matrix, {0.5, -1, 2, 0.25});
        fake.integers(square, {1, 2, 3, 4});
        fake.query(scalar, {}, true);
        fake.query(scalar, {}, false);
        fake.query(matrix, {"0", "Alice"});
        fake.query(matrix, {"1", "Zoe"});
        fake.query(matrix, {"i", "Alice"});
        fake.query(matrix, {"i", "Zoe"});
        fake.query(matrix, {"1", "_"});
        fake.query(matrix, {}, true);
        fake.query(matrix, {"1:", ":1"});
        fake.query(matrix, {"1:1", "x"});
        fake.query(square, {"x", "x"});
        fake.query(square, {"x", "y"});
        QCOMPARE(textOf(fake),
                 QStringLiteral("Y = 1.2\nY = 1.2\nT[0, Alice] = -1\nT[1, Zoe] = 0\n"
                                "T[i, Alice]? 2\n  T[0, Alice] = -1\n  T[1, Alice] = 0.25\n"
                                "T[i, Zoe]? 0\n"
                                "T[1, _]? 2\n  T[1, Carol] = 2\n  T[1, Alice] = 0.25\n"
                                "T? 4\n  T[0, Carol] = 0.5\n  T[0, Alice] = -1\n  T[1, Carol] = 2\n"
                                "  T[1, Alice] = 0.25\n"
                                "T[1:, :1]? 1\n  T[1, Carol] = 2\n"
                                "T[1:1, x]? 0\n"
                                "S[x, x]? 2\n  S[0, 0] = 1\n  S[1, 1] = 4\n"
                                "S[x, y]? 4\n  S[0, 0] = 1\n  S[0, 1] = 2\n  S[1, 0] = 3\n  S[1, 1] = 4\n"));
    }

    void repeatedVariable_overDifferentDomains_meetsByValue() {
        FakeEvaluation fake;
        const DomainId left = fake.domain(0, {"C", "A", "B"}), right = fake.domain(0, {"A", "C"});
        const TensorId matrix = fake.tensor("T", {left, right}, false);
        fake.integers(matrix, {1, 2, 3, 4, 5, 6});
        fake.query(matrix, {"x", "x"});
        QCOMPARE(textOf(fake), QStringLiteral("T[x, x]? 2\n  T[C, C] = 2\n  T[A, A] = 3\n"));
    }

    void virtualIndex_showsItsLastValue() {
        FakeEvaluation fake;
        const DomainId time = fake.domain(3);
        const TensorId state = fake.tensor("X", {time, fake.domain(2)}, false);
        fake.edit().tensors[state].virtualAxis = 0;
        fake.integers(state, {1, 2, 3, 4, 5, 6});
        fake.query(state, {"t", "i"});
        fake.query(state, {}, true);
        QCOMPARE(textOf(fake),
                 QStringLiteral("X[t, i]? 2\n  X[2, 0] = 5\n  X[2, 1] = 6\nX? 2\n  X[2, 0] = 5\n  X[2, 1] = 6\n"));
    }

    void sparseTensor_printsNonzeroCells() {
        FakeEvaluation fake;
        const DomainId wide = fake.domain(100000);
        const TensorId counts = fake.tensor("W", {wide, wide}, false);
        fake.row(counts, {"5", "7"}, 3);
        fake.row(counts, {"5", "2"}, -1);
        fake.row(counts, {"90", "2"}, 4);
        fake.query(counts, {}, true);
        fake.query(counts, {"x", "2"});
        fake.query(counts, {"5", "2"});
        fake.query(counts, {"6", "2"});
        QCOMPARE(textOf(fake), QStringLiteral("W? 3 nonzero\n  W[5, 2] = -1\n  W[5, 7] = 3\n  W[90, 2] = 4\n"
                                              "W[x, 2]? 2 nonzero\n  W[5, 2] = -1\n  W[90, 2] = 4\n"
                                              "W[5, 2] = -1\nW[6, 2] = 0\n"));
    }

    void booleanTensor_keptAsTuples_printsItsZeros() {
        FakeEvaluation fake;
        const TensorId flags = fake.tensor("B", {fake.domain(3)}, false);
        fake.edit().tensors[flags].type = ElementType::Bool;
        fake.row(flags, {"1"});
        fake.query(flags, {}, true);
        QCOMPARE(textOf(fake), QStringLiteral("B? 3\n  B[0] = 0\n  B[1] = 1\n  B[2] = 0\n"));
    }

    void range_isCheckedBeforeAnythingIsHandedOver() {
        FakeEvaluation fake;
        const DomainId five = fake.domain(5), names = fake.domain(0, {"A"});
        const TensorId vector = fake.tensor("V", {five}, false), named = fake.tensor("N", {names}, false);
        fake.integers(vector, {0, 0, 0, 0, 0});
        fake.integers(named, {0});
        const auto tried = [&](TensorId id, const char* argument) {
            fake.edit().outputs.clear();
            fake.query(vector, {}, true);
            fake.query(id, {argument});
            return textOf(fake);
        };
        QVERIFY(tried(vector, "4").startsWith(QLatin1String("V? 5\n")));
        QCOMPARE(tried(vector, "5"), QStringLiteral("E-RANGE 5 is outside this index of V, which has size 5\n"));
        QCOMPARE(tried(vector, "-1"), QStringLiteral("E-RANGE -1 is outside this index of V, which has size 5\n"));
        QVERIFY(tried(named, "0").startsWith(QLatin1String("E-RANGE")));
        QVERIFY(tried(named, "Z").endsWith(QLatin1String("N[Z] = 0\n")));
        QVERIFY(tried(vector, "2:6").startsWith(QLatin1String("E-RANGE")));
        QVERIFY(tried(vector, "-1:").startsWith(QLatin1String("E-RANGE")));
        QVERIFY(tried(vector, "2:5").endsWith(QLatin1String("V[4] = 0\n")));
    }

    void manyLines_areCut_unlessAll() {
        FakeEvaluation fake;
        const TensorId relation = fake.tensor("R", {fake.domain(200), fake.domain(200)}, true);
        std::vector<Row> rows;
        for (Cell a = 0; a < 101; ++a)
            for (Cell b = 0; b < 100; ++b) rows.push_back({{a, b}});
        fake.rowsInOrder(relation, rows);
        const TensorId matrix = fake.tensor("T", {fake.domain(101), fake.domain(100)}, false);
        fake.integers(matrix, std::vector<std::int64_t>(10100, 7));
        fake.query(relation, {}, true);
        fake.query(relation, {"x", "1:"});
        fake.query(relation, {"x", ":"});
        fake.query(matrix, {}, true);
        const QString cut = textOf(fake);
        QVERIFY(cut.startsWith(QLatin1String("R? 10100\nR(x, 1:)? 9999\n  R(0, 1)\n")));
        QVERIFY(cut.endsWith(QLatin1String("\n  R(100, 99)\nR(x, :)? 10100\nT? 10100\n")));
        AnswerOptions all;
        all.all = true;
        const QString full = textOf(fake, all);
        QCOMPARE(full.count(QLatin1Char('\n')), 4 + 3 * 10100 + 9999);
        all.partBytes = 5000;
        int parts = 0;
        std::string joined;
        (void)answer(fake, all, [&](const Answer& given) {
            ++parts;
            QVERIFY(given.lines.size() < 6000);
            if (!given.isContinued) joined += given.heading + "\n";
            joined += given.lines;
        });
        QCOMPARE(QString::fromStdString(joined), full);
        QVERIFY(parts > 50);
    }

    void constants_areLeftToTheRelation() {
        FakeEvaluation fake;
        const TensorId relation = fake.tensor("R", {fake.domain(1000), fake.domain(1000)}, true);
        std::vector<Row> rows;
        for (Cell a = 0; a < 1000; ++a)
            for (Cell b = 0; b < 200; ++b) rows.push_back({{a, b}});
        fake.rowsInOrder(relation, rows);
        fake.query(relation, {"500", "x"});
        fake.query(relation, {"y", "7"});
        const QString text = textOf(fake);
        QVERIFY(text.startsWith(QLatin1String("R(500, x)? 200\n  R(500, 0)\n")));
        QVERIFY(text.contains(QLatin1String("R(y, 7)? 1000\n  R(0, 7)\n")));
        QCOMPARE(fake.rowsRead(), std::uint64_t(0));
        QCOMPARE(fake.masks(), (std::vector<std::uint32_t>{1, 2}));
    }

    void stop_endsWithoutTheRunningAnswer() {
        FakeEvaluation fake;
        const TensorId relation = family(fake);
        fake.query(relation, {}, true);
        fake.query(relation, {}, true);
        std::stop_source stop;
        AnswerOptions options;
        options.stop = stop.get_token();
        int count = 0;
        (void)answer(fake, options, [&](const Answer&) {
            ++count;
            stop.request_stop();
        });
        QCOMPARE(count, 1);
    }

    void files_areWrittenAndShown_data() {
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("content");
        QTest::newRow("relation csv") << "R"
                                      << "o.csv" << QByteArray("9,Bob\n10,Bob\nAlice,Bob\nAlice,Charlie\nBob,Bob\n");
        QTest::newRow("relation tsv") << "R"
                                      << "o.facts"
                                      << QByteArray("9\tBob\n10\tBob\nAlice\tBob\nAlice\tCharlie\nBob\tBob\n");
        QTest::newRow("scalar") << "Y"
                                << "o.txt" << QByteArray("1.2\n");
        QTest::newRow("vector") << "V"
                                << "o.csv" << QByteArray("1\n-2\n0.5\n");
        QTest::newRow("matrix") << "M"
                                << "o.csv" << QByteArray("1,2,3\n4,5,6\n");
        QTest::newRow("rank three") << "C"
                                    << "o.tsv" << QByteArray("1\t2\n3\t4\n5\t6\n7\t8\n");
        QTest::newRow("counts") << "W"
                                << "o.csv" << QByteArray("5,7,3\n");
    }
    void files_areWrittenAndShown() {
        QFETCH(QString, tensor);
        QFETCH(QString, file);
        QFETCH(QByteArray, content);
        FakeEvaluation fake;
        (void)family(fake);
        const DomainId two = fake.domain(2), three = fake.domain(3), wide = fake.domain(100000);
        fake.values(fake.tensor("Y", {}, false), {1.2});
        fake.values(fake.tensor("V", {three}, false), {1, -2, 0.5});
        fake.integers(fake.tensor("M", {two, three}, false), {1, 2, 3, 4, 5, 6});
        fake.integers(fake.tensor("C", {two, two, two}, false), {1, 2, 3, 4, 5, 6, 7, 8});
        fake.row(fake.tensor("W", {wide, wide}, false), {"5", "7"}, 3);
        fake.output(*fake.program().find(tensor.toStdString()), file.toStdString());
        const QTemporaryDir folder;
        AnswerOptions options;
        options.folder = folder.path().toStdString();
        QString shown = QStringLiteral("wrote ") + file + QLatin1Char('\n');
        for (const QByteArray& line : content.chopped(1).split('\n'))
            shown += QStringLiteral("  ") + QString::fromUtf8(line) + QLatin1Char('\n');
        QCOMPARE(textOf(fake, options), shown);
        QFile written(folder.filePath(file));
        QVERIFY(written.open(QIODevice::ReadOnly));
        QCOMPARE(written.readAll(), content);
        written.remove();
        options.writeFiles = false;
        QCOMPARE(textOf(fake, options),
                 QString(shown).replace(QLatin1String("wrote "), QLatin1String("not written: ")));
        QVERIFY(!QFile::exists(folder.filePath(file)));
    }

    void files_thatCannotBeWritten_areNamed() {
        FakeEvaluation fake;
        const TensorId relation = family(fake);
        fake.output(relation, "none/o.csv");
        fake.query(relation, {"Alice", "Bob"});
        const QTemporaryDir folder;
        AnswerOptions options;
        options.folder = folder.path().toStdString();
        const QString text = textOf(fake, options);
        QVERIFY(text.startsWith(QLatin1String("R(Alice, Bob)? true\nE-FILE none/o.csv: cannot be written")));
        FakeEvaluation odd;
        const TensorId names = odd.tensor("N", {odd.domain(0, {"a\tb"})}, true);
        odd.row(names, {"a\tb"});
        odd.output(names, "o.tsv");
        QVERIFY(
            textOf(odd, options).startsWith(QLatin1String("E-FILE o.tsv: the symbol \"a\tb\" would not be read back")));
        odd.edit().outputs.clear();
        odd.output(names, "o.csv");
        QCOMPARE(textOf(odd, options), QStringLiteral("wrote o.csv\n  a\tb\n"));
    }
};

VITRINE_CORE_TEST(TestAnswer)
#include "tst_answer.moc"
