// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/tensor_logic/checkhelper.hpp"
#include "tests/support/testmain.hpp"

#include <QTemporaryDir>
#include <QTest>

using namespace vitrine;
using namespace vitrine::tl;

/// Sizes of index classes, rule by rule, and those that come while a program runs.
class TestCheckShapes : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { vitrine::test::failOnWarnings(); }

    void shape_ofTensor_followsTheRules_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("tensor");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* text, const char* tensor, const char* expected) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(tensor) << QString::fromUtf8(expected);
        };
        // Rule 1: plain uses merge.
        row("one column", "Edge(A, B), Edge(B, C)\nDeg[x] = Edge(x, y)", "Deg", "{A B}");
        row("columns merged by rules",
            "Edge(A, B), Edge(B, C)\nDeg[x] = Edge(x, y)\nPath(x, y) <- Edge(x, y)\n"
            "Path(x, z) <- Path(x, y), Edge(y, z)",
            "Deg", "{A B C}");
        row("merged by an equation", "A = [1, 2, 3]\nY[i] = A[i]\nZ[i] = Y[i]", "Z", "3");
        row("matrix", "W = [[1, 2, 3], [4, 5, 6]]\nY[i, k] = W[i, j] W[k, j]", "Y", "2 x 2");
        row("queries merge nothing", "A = [1, 2]\nB = [1, 2, 3]\nA[i]?\nB[i]?", "A", "2");
        // Rule 2 and 5: shifted positions.
        row("one step longer", "U = [1, 2, 3]\nX[0] = 0\nX[t + 1] = X[t] + U[t]", "X", "4");
        row("two steps longer", "U = [1, 2, 3]\nX[t + 2] = X[t] + U[t]", "X", "5");
        row("pooling", "A = [1, 2, 3, 4, 5]\nP[x / 2] = A[x]", "P", "3");
        row("stretching", "A = [1, 2, 3]\nP[2 * x] = A[x]", "P", "5");
        row("declared", "F[i]: int[9]\nF[0] = 1\nF[i + 1] = 2 F[i]", "F", "9");
        row("index takes the size of a shifted position", "U = [1, 2]\nX[t + 1] = X[t] + U[t]\nY[t] = X[t]", "Y", "3");
        row("constants at shifted positions do not count", "U = [1, 2]\nX[0] = 5\nX[t + 1] = U[t]", "X", "3");
        // Rule 3: known sizes and constants.
        row("literal", "W = [[1, 2, 3], [4, 5, 6]]", "W", "2 x 3");
        row("empty literal", "W = []", "W", "0");
        row("declaration", "W[i, j]: real[3, 4]", "W", "3 x 4");
        row("declaration by name", "N = 2\nW[i]: real[N]", "W", "2");
        row("domain directive", "@domain i = 5\nY[i] = 1", "Y", "5");
        row("domain of two names", "@domain i, j = 2\nY[i, j] = 1", "Y", "2 x 2");
        row("domain with symbols keeps its order", "@domain x = {Carol, Alice, Bob}\nP(Alice)\nY[x] = P(x)", "Y",
            "{Carol Alice Bob}");
        row("domain restricts", "@domain x = 2\nP(0), P(5)\nY[x] = P(x)", "Y", "2");
        row("symbols by code point", "P(b), P(Zeta), P(\"alpha\"), P(\"Beta\")", "P", "1:3 E-FACT-VAR");
        row("quoted symbols by code point", "P(\"b\"), P(Zeta), P(\"alpha\"), P(\"Beta\")", "P", "{Beta Zeta alpha b}");
        row("integers start at zero", "P(3), P(5)\nC[x] = P(x)", "C", "6");
        row("constants on the right", "C[x] = P(x, 4)\nP(1, 2)\nD[y] = P(1, y)", "D", "5");
        row("constants in rules", "P(A)\nQ(x) <- P(x)\nR(x) <- P(x), Q(Zoe)\nC[x] = Q(x)", "C", "{A Zoe}");
        row("no constant beside a relation's column", "P(x) <- P(x)\nC[x] = P(x)", "C", "0");
        row("constants of queries do not count", "P(A)\nC[x] = P(x)\nP(Zoe)?\nC[Yak]?", "C", "{A}");
        row("numeric facts", "W[0, 1] = 2\nW[3, 0] = 4", "W", "4 x 2");
        row("integers before symbols in a relation", "P(A), P(2)\nS = P(x)", "P", "{0 1 2 A}");
        row("huge integers", "P(5000000000)\nS = P(x)", "P", "5000000001");
        // Rule 4: valid convolution.
        row("valid", "A = [1, 2, 3, 4, 5]\nF = [1, 1]\nY[x] = F[d] A[x + d]", "Y", "4");
        row("valid in two dimensions",
            "I = [[1, 2, 3], [4, 5, 6], [7, 8, 9], [1, 2, 3]]\nF = [[1, 1], [1, 1]]\nY[x, y] = F[a, b] I[x + a, y + b]",
            "Y", "3 x 2");
        row("backwards has one more", "A = [1, 2, 3]\nY[i] = A[i - 1]", "Y", "4");
        row("forwards has one less", "A = [1, 2, 3]\nY[i] = A[i + 1]", "Y", "2");
        row("two accesses", "A = [1, 2, 3, 4, 5]\nY[i] = A[i + 1] + A[i + 3]", "Y", "2");
        row("stride", "A = [1, 2, 3, 4, 5]\nY[i] = A[2 * i]", "Y", "3");
        row("upsampling", "A = [1, 2, 3]\nY[i] = A[i / 2]", "Y", "6");
        row("reversed", "A = [1, 2, 3]\nY[i] = A[2 - i]", "Y", "3");
        row("centred", "A = [1, 2, 3, 4, 5]\nF = [1, 1, 1]\nY[x] = F[d] A[x + d - 1]", "Y", "4");
        row("computed remainder", "A = [1, 2, 3]\nY[i] = A[i % 3]", "Y", "2:3 E-DOMAIN");
        row("same by declaration", "A = [1, 2, 3]\nY[i]: real[3]\nY[i] = A[i + 1]", "Y", "3");
        row("same by domain", "@domain i = 3\nA = [1, 2, 3]\nY[i] = A[i + 1]", "Y", "3");
        row("chain", "A = [1, 2, 3, 4, 5]\nC[x] = B[x + 1]\nB[x] = A[x + 1]", "C", "3");
        row("a relation's column has no range", "E(1, 2)\nA = [1, 2]\nY[x] = E(x + 1, y) A[x]", "Y", "2");
        // Concat and slices.
        row("concat", "A = [[1, 2, 3], [4, 5, 6]]\nY[k] = concat(A[i, j])", "Y", "6");
        row("concat keeps a left index", "A = [[1, 2, 3], [4, 5, 6]]\nY[i, k] = concat(A[i, j])", "Y", "2 x 3");
        row("slice to slice", "A = [1, 2, 3, 4]\nY[0:2] = A[2:4]", "Y", "2");
        row("open slice", "A = [1, 2, 3, 4]\nY[i]: real[3]\nY[0:3] = A[1:]", "Y", "3");
        // Rule 8: sized later.
        row("computed column", "P(0)\nP(x + 1) <- P(x), x < 10\nC[x] = P(x)", "C", "?");
        row("column bound by an equation", "N(1)\nS(y) <- N(x), y == x + 1\nC[y] = S(y)", "C", "?");
        row("what follows from a computed column", "P(0)\nP(x + 1) <- P(x), x < 10\nC[x] = P(x)\nD[x + 1] = C[x]", "D",
            "?");
        row("computed column with a @domain", "@domain x = 4\nP(0)\nP(x + 1) <- P(x), x < 10\nC[x] = P(x)", "C", "4");
    }
    void shape_ofTensor_followsTheRules() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, tensor);
        QFETCH(QString, expected);
        QCOMPARE(tl::test::shapeOf(text.toStdString(), tensor.toStdString()), expected);
    }

    void bounds_ofEquation_areThoseThatMayFail() {
        const Checked checked = tl::test::checkText("W = [[[1]], [[2]], [[3]]]\nX[0, k] = 2\nX[i, j] = sig(W[i, j, k] "
                                                    "X[i - 1, k])\nA = [1, 2]\nY[i] = A[i] A[j + 1]");
        QVERIFY(!hasErrors(checked.diagnostics));
        const Program& program = *checked.program;
        const Equation& layer = program.equations.at(1);
        QCOMPARE(layer.bounds.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(program.tensors[layer.bounds[0].tensor].name), QStringLiteral("X"));
        QCOMPARE(layer.bounds[0].axis, 0U);
        QCOMPARE(program.equations.at(2).bounds.size(), std::size_t{0}); // j is summed: it reads 0 outside
    }

    void computedColumn_whenComplete_sizesItsDomain() {
        const Checked checked = tl::test::checkText("P(0)\nP(x + 1) <- P(x), x < 10\nC[x] = P(x)\nD[x + 1] = C[x]");
        QVERIFY(!hasErrors(checked.diagnostics));
        Program& program = *checked.program;
        std::vector<Cell> column;
        for (int k = 0; k <= 10; ++k) column.push_back(program.dictionary->integer(k));
        QVERIFY(completeRelation(program, *program.find("P"), {column}).empty());
        QCOMPARE(tl::test::domainText(program, program.tensors[*program.find("C")].axes[0]), QStringLiteral("11"));
        QCOMPARE(tl::test::domainText(program, program.tensors[*program.find("D")].axes[0]), QStringLiteral("12"));
    }

    void computedColumn_ofSymbols_placesConstants() {
        const Checked checked = tl::test::checkText("N(Zoe), N(Bob)\nS(y) <- N(x), y == x\nC[y] = S(y)\nT = C[Bob]");
        QVERIFY(!hasErrors(checked.diagnostics));
        Program& program = *checked.program;
        const std::vector<Cell> column{program.dictionary->symbol("Zoe"), program.dictionary->symbol("Bob")};
        QVERIFY(completeRelation(program, *program.find("S"), {column}).empty());
        QCOMPARE(tl::test::domainText(program, program.tensors[*program.find("C")].axes[0]),
                 QStringLiteral("{Bob Zoe}"));
        QCOMPARE(program.equations.back().value.index.at(0).offset, std::int64_t{0});
    }

    void computedColumn_withNegativeValues_isOutOfRange() {
        const Checked checked = tl::test::checkText("N(1)\nS(y) <- N(x), y == x - 5\nC[y] = S(y)");
        QVERIFY(!hasErrors(checked.diagnostics));
        Program& program = *checked.program;
        const Diagnostics found = completeRelation(program, *program.find("S"), {{program.dictionary->integer(-4)}});
        QCOMPARE(found.size(), std::size_t{1});
        QCOMPARE(QString::fromStdString(found[0].code), QStringLiteral("E-RANGE"));
    }

    void file_ofNumbers_givesItsSize() {
        const QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("w.csv")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("1,2,3\n4,5,6\n");
        file.close();
        CheckOptions options;
        options.folder = folder.path().toStdString();
        const Checked checked = check(Source("t.tl", "W[i, j] = \"w.csv\"\nY[j] = W[i, j]"), options);
        QVERIFY(!hasErrors(checked.diagnostics));
        QCOMPARE(tl::test::domainText(*checked.program, checked.program->tensors[1].axes[0]), QStringLiteral("3"));
        QCOMPARE(checked.program->tensors[0].given.rows, std::uint64_t{6});
        options.readFiles = false;
        const Checked unread = check(Source("t.tl", "W[i, j] = \"w.csv\"\nY[j] = W[i, j]"), options);
        QVERIFY(!hasErrors(unread.diagnostics));
    }

    void file_ofTuplesReadAsNumbers_offersTheRelation_data() {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected"); ///< "CODE fix", or nothing
        const QByteArray rule = "\nP(x, z) <- E(x, y), E(y, z)\n";
        QTest::newRow("integers") << QByteArray("1 2\n2 3\n3 4\n") << "E = \"e.edges\"" + rule
                                  << QStringLiteral("W-TUPLES E(x, y)");
        QTest::newRow("symbols") << QByteArray("a b\nb c\n") << "E = \"e.edges\"" + rule
                                 << QStringLiteral("E-FILE E(x, y)");
        QTest::newRow("four columns") << QByteArray("1 2 3 4\n") << QByteArray("E = \"e.edges\"\nP(x) <- E(x, _, _, _)")
                                      << QStringLiteral("E-FILE E(x1, x2, x3, x4)");
        QTest::newRow("a matrix that is used as one")
            << QByteArray("1 2\n2 3\n") << QByteArray("E = \"e.edges\"\nP(x) <- E(x, y)\nY[i] = E[i, j]") << QString();
        QTest::newRow("a square matrix") << QByteArray("1 0 0\n0 1 0\n0 0 1\n") << "E = \"e.edges\"" + rule
                                         << QString();
        QTest::newRow("a relation") << QByteArray("a b\n") << "E(x, y) = \"e.edges\"" + rule << QString();
        QTest::newRow("declared") << QByteArray("a b\n") << "E(x, y): bool\nE = \"e.edges\"" + rule << QString();
    }
    /// Uses decide no type (digest 2.5), so an undeclared list of edges is read as a matrix: it is said what to write.
    void file_ofTuplesReadAsNumbers_offersTheRelation() {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        const QTemporaryDir folder;
        QFile written(folder.filePath(QStringLiteral("e.edges")));
        QVERIFY(written.open(QIODevice::WriteOnly) && written.write(file) > 0);
        written.close();
        CheckOptions options;
        options.folder = folder.path().toStdString();
        std::string program = text.toStdString();
        const Checked checked = check(Source("t.tl", program), options);
        QString found;
        for (const Diagnostic& each : checked.diagnostics)
            for (const Diagnostic::Fix& fix : each.fixes) {
                if (each.code == "W-ONCE") continue;
                found += QString::fromStdString(each.code + " " + fix.text);
                program.replace(fix.range.begin, fix.range.end - fix.range.begin, fix.text);
            }
        QCOMPARE(found, expected);
        const Checked repaired = check(Source("t.tl", program), options);
        QVERIFY(!hasErrors(repaired.diagnostics));
    }

    void values_givenTwice_areAdded() {
        const Checked checked = tl::test::checkText("W = [1, 2]\nW[1] = 0.5\nW[1] = 3");
        const GivenData& given = checked.program->tensors[0].given;
        QCOMPARE(given.rows, std::uint64_t{2});
        QCOMPARE(given.reals, (std::vector<double>{1, 5.5}));
    }

    void scalars_ofConstants_areIndices() {
        QCOMPARE(tl::test::shapeOf("N = M * 2\nM = 1 + 1\nW[i]: real[N]", "W"), QStringLiteral("4"));
        QCOMPARE(tl::test::shapeOf("P(N)\nN = 3\nC[x] = P(x)", "C"), QStringLiteral("4"));
    }
};

VITRINE_CORE_TEST(TestCheckShapes)
#include "tst_check_shapes.moc"
