// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/tensor_logic/checkhelper.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

using namespace vitrine;
using namespace vitrine::tl;

/// Every error that the text alone shows, with its position.
class TestCheckCodes : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { vitrine::test::failOnWarnings(); }

    void error_ofProgram_hasCodeAndPosition_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* text, const char* expected) {
            QTest::newRow(name) << QByteArray(text) << QString::fromLatin1(expected);
        };
        // E-FACT-VAR, E-ARITY, E-UNDEF
        row("fact with variable", "P(A, x)", "1:6 E-FACT-VAR");
        row("fact with two variables", "P(x, A, y)", "1:3 E-FACT-VAR, 1:9 E-FACT-VAR");
        row("fact with slice", "P(0:3)", "1:3 E-FACT-VAR");
        row("fact with anonymous", "P(_)", "1:3 E-FACT-VAR");
        row("fact with arithmetic", "P(2 + 1, -4)", "");
        row("arity", "P(A)\nQ(x) <- P(x, x)", "2:9 E-ARITY");
        row("arity of query", "P(A)\nP(x, y)?", "2:1 E-ARITY");
        row("arity and index of one query", "P(A)\nP(x + 1, y)?", "2:1 E-ARITY, 2:3 E-INDEX");
        row("arity, bare tensor in an expression", "A = [1, 2]\nY = A", "2:5 E-ARITY");
        row("arity, bare query is the whole", "A = [[1, 2]]\nA?", "");
        row("arity of function", "A = [1]\nY[i] = exp(A[i], 2)", "2:8 E-ARITY");
        row("sig with two arguments", "A = [1]\nY[i] = sig(A[i], 2)", "");
        row("sigmoid with two arguments", "A = [1]\nY[i] = sigmoid(A[i], 2)", "2:8 E-ARITY");
        row("arity of Even", "P(1)\nQ(x) <- P(x), Even(x, x)", "2:15 E-ARITY");
        row("undefined in equation", "A = [1]\nY[i] = A[i] B[i]", "2:13 E-UNDEF");
        row("undefined in rule", "Q(x) <- P(x)", "1:9 E-UNDEF");
        row("undefined in negation", "P(A)\nQ(x) <- P(x), not R(x)", "2:19 E-UNDEF");
        row("undefined query", "Nothing?", "1:1 E-UNDEF");
        row("undefined write", "\"a.csv\" = T", "1:11 E-UNDEF");
        row("undefined lower-case name", "A = [1]\nY[i] = A[i] + rate", "2:15 E-UNDEF");
        row("undefined upper-case scalar", "Y = 2 * N", "1:9 E-UNDEF");
        row("undefined in directive", "@sparse R", "1:9 E-UNDEF");
        row("upper-case name is a symbol in comparisons", "P(A)\nQ(x) <- P(x), x != Bob", "");
        row("a relation's name is a symbol in comparisons", "P(A)\nQ(x) <- P(x), x != P", "");
        row("declaration defines", "W[i]: real[2]\nW?", "");
        row("behind a character that fits nowhere", "Y = $\nP(A, x)", "1:5 E-LEX, 2:6 E-FACT-VAR");
        row("a relation declared as numbers", "Y(i): int\nY(2)", "1:1 E-TYPE");
        row("a relation declared as numbers elsewhere", "P(1)\nY[i]: real[3]\nY(x) <- P(x)", "2:1 E-TYPE");
        row("a relation declared bool", "P(1)\nY(i): bool\nY(x) <- P(x)", "");
        // E-SHAPE
        row("sizes differ", "A = [1, 2]\nB = [1, 2, 3]\nY[i] = A[i] B[i]", "3:15 E-SHAPE");
        row("sizes differ, data below", "Y[i] = A[i] B[i]\nA = [1, 2]\nB = [1, 2, 3]", "1:15 E-SHAPE");
        row("size one never stretches", "A = [5]\nB = [1, 2, 3]\nY[i] = B[i] + A[i]", "3:17 E-SHAPE");
        row("literal against declaration", "W[i]: real[3]\nW = [1, 2]", "2:5 E-SHAPE");
        row("declaration against literal", "W = [1, 2]\nW[i]: real[3]", "2:12 E-SHAPE");
        row("rank of literal", "W[i, j]: real[2, 2]\nW = [1, 2]", "2:5 E-SHAPE");
        row("rank of literal with indices", "W[i] = [[1, 2]]", "1:8 E-SHAPE");
        row("ragged literal", "X = [[1, 2], [3]]", "1:14 E-SHAPE");
        row("ragged in depth", "X = [[1, 2], 3]", "1:14 E-SHAPE");
        row("sizes of declaration", "W[i, j]: real[3]", "1:15 E-SHAPE");
        row("domain against literal", "@domain i = 3\nA = [1, 2]\nY[i] = A[i]", "3:10 E-SHAPE");
        row("two domains of one name", "@domain i = 3\n@domain i = 4", "2:9 E-SHAPE");
        row("symbols beside integers", "W[A] = 1\nW[0] = 2\nY = W[i]", "2:3 E-SHAPE");
        row("symbols beside integers in a relation", "P(A), P(1)\nY = P(x)", "");
        row("valid size against literal", "A = [1, 2, 3]\nB = [7, 7, 7]\nY[x] = A[x + 1]\nY[x] = B[x]", "3:3 E-SHAPE");
        row("valid size against declaration", "A = [1, 2, 3]\nY[x]: real[3]\nY[x] = A[x + 1]", "");
        row("concat without a lacking index", "A = [[1, 2]]\nY[i, j] = concat(A[i, j])", "2:11 E-SHAPE");
        row("concat with two lacking indices", "A = [1, 2]\nY[k, l] = concat(A[i])", "2:11 E-SHAPE");
        row("slices of different length", "A = [1, 2, 3]\nT[i]: real[3]\nT[0:2] = A[0:3]", "3:12 E-SHAPE");
        // E-RANGE
        row("constant outside literal", "W = [1, 2]\nY = W[2]", "2:7 E-RANGE");
        row("constant outside declaration", "W[i]: real[3]\nW[5] = 1", "2:3 E-RANGE");
        row("symbol outside domain", "@domain x = {A, B}\nV[x] = W[x]\nW[C] = 1", "3:3 E-RANGE");
        row("negative constant", "W = [1, 2]\nY = W[-1]", "2:7 E-RANGE");
        row("negative integer in a numeric class", "P(0), P(-1)\nC[x] = P(x)", "1:9 E-RANGE");
        row("negative integer in a relation", "P(0), P(-1)\nQ(x) <- P(x)", "");
        row("query outside", "W = [1, 2]\nW[2]?", "2:3 E-RANGE");
        row("query symbol outside", "W[A] = 1\nW[B]?", "");
        row("query of a relation outside", "P(1)\nP(7)?\nP(-7)?", "");
        row("slice outside", "A = [1, 2, 3]\nS = A[1:5]", "2:9 E-RANGE");
        row("slice begins outside", "A = [1, 2, 3]\nS = A[4:]", "2:7 E-RANGE");
        row("negative slice bound", "A = [1, 2, 3]\nS = A[:-1]", "2:8 E-RANGE");
        row("slice of query outside", "A = [1, 2, 3]\nA[1:4]?", "2:5 E-RANGE");
        row("relation has no range", "@domain x = 2\nE(5, 1)\nY[x] = E(x, 7)", "");
        // E-DOMAIN
        row("index without size", "Y[i] = 3", "1:3 E-DOMAIN");
        row("index with @domain", "Y[i] = 3\n@domain i = 2", "");
        row("only constants at a shifted position", "F[0] = 1\nF[1] = 1\nF[i+2] = F[i+1] + F[i]", "1:1 E-DOMAIN");
        row("only through itself", "A = [1, 2]\nS[0] = A[0]\nS[i+1] = S[i] + A[i+1]", "2:1 E-DOMAIN");
        row("the same, declared", "F[0] = 1\nF[1] = 1\nF[i+2] = F[i+1] + F[i]\nF[i]: int[9]", "");
        row("declared size by a missing name", "W[i]: real[N]", "1:12 E-DOMAIN");
        row("a relation needs its own size", "P(0)\nP(x + 1) <- P(x), C[x] < 9\nC[x] = 1", "2:3 E-DOMAIN");
        // E-TYPE, E-INDEX
        row("two operators", "A = [1]\nM max= A[i]\nM min= A[i]", "3:1 E-TYPE");
        row("= and += are one operator", "A = [1]\nM = A[i]\nM += A[i]", "");
        row("literal counts as =", "T = [1]\nA = [3]\nT[i] max= A[i]", "3:1 E-TYPE");
        row("string in expression", "A = 2\nY = A + \"3\"", "2:9 E-TYPE");
        row("string as a side", "P(A)\nQ(x) <- P(x), x == \"A\"", "");
        row("string in a side's expression", "P(1)\nQ(x) <- P(x), x == 1 + \"2\"", "2:24 E-TYPE");
        row("value of a symbol index", "P(A)\nY = P(x) x", "2:10 E-TYPE");
        row("arithmetic on a symbol index", "W[A] = 1\nP(A)\nY[x] = P(x) V[x + 1]\nV[i]: real[3]", "3:15 E-TYPE");
        row("arithmetic on a symbol", "A = [1]\nY = A[Bob + 1]", "2:7 E-TYPE");
        row("declared int, real data", "W[i]: int[2]\nW = [0.5, 1]", "1:1 E-TYPE");
        row("real scalar as index", "N = 0.5\nA = [1, 2]\nY = A[N]", "3:7 E-INDEX");
        row("computed scalar as index", "A = [1, 2]\nN = A[i]\nY = A[N]", "3:7 E-INDEX");
        row("constant scalar as index", "N = 3 - 2\nA = [1, 2]\nY = A[N]", "");
        row("variable slice bound", "A = [1, 2, 3]\nS = A[n:3]", "2:7 E-INDEX");
        row("expression in query", "A = [1, 2]\nA[i + 1]?", "2:3 E-INDEX");
        row("constant expression in query", "A = [1, 2]\nA[2 - 1]?", "");
        row("division by zero in an index", "A = [1, 2]\nY = A[i / 0]", "2:11 E-DIV0");
        // E-FUNC, E-NEST, E-NORM-AXIS
        row("unknown function", "A = [1]\nY[i] = swish(A[i])", "2:8 E-FUNC");
        row("nested softmax", "A = [1]\nY[i] = 0.5 softmax(A[i])", "2:12 E-NEST");
        row("nested concat", "A = [[1]]\nY[k] = relu(concat(A[i, j]))", "2:13 E-NEST");
        row("softmax in parentheses", "A = [1]\nY[i] = (softmax(A[i]))", "");
        row("several left indices, no dot", "A = [[1]]\nY[i, j] = softmax(A[i, j])", "2:1 E-NORM-AXIS");
        row("dot", "A = [[1]]\nY[i, j.] = softmax(A[i, j])", "");
        row("dot without function", "A = [[1]]\nY[i, j.] = A[i, j]", "2:6 E-NORM-AXIS");
        row("dot on the right", "A = [[1]]\nY[i, j] = A[i, j.]", "2:16 E-NORM-AXIS");
        row("no left index", "A = [1]\nY = lnorm(A[i])", "");
        row("one left index needs no dot", "A = [1]\nY[i] = lnorm(A[i])", "");
        // E-VIRTUAL
        row("virtual: another slice", "U = [1, 2]\nX[*t+1] = X[*t] + U[t]\nY = X[1]", "3:5 E-VIRTUAL");
        row("virtual: the last slice", "U = [1, 2]\nX[*t+1] = X[*t] + U[t]\nY = X[2]", "");
        row("virtual: all slices", "U = [1, 2]\nX[*t+1] = X[*t] + U[t]\nY[t] = X[t]", "3:8 E-VIRTUAL");
        row("virtual: star", "U = [1, 2]\nX[*t+1] = X[*t] + U[t]\nL = (X[*t] - U[t])^2", "");
        row("virtual: query of a slice", "U = [1, 2]\nX[*t+1] = X[*t] + U[t]\nX[1]?\nX[2]?\nX[t]?", "3:1 E-VIRTUAL");
        row("star on an index that is not virtual", "A = [1, 2]\nY = A[*i]", "2:7 E-VIRTUAL");
        // E-CYCLE where the text shows it
        row("element needs itself", "B = [1, 2]\nX[i] = 0.5 X[i] + B[i]", "2:1 E-CYCLE");
        row("element needs itself, @iterate", "@iterate\nB = [1, 2]\nX[i] = 0.5 X[i] + B[i]", "");
        row("scalar needs itself", "X = X + 1", "1:1 E-CYCLE");
        row("layers are well-founded", "In = [1, 2]\nX[0, k] = In[k]\nX[l + 1, k] = 2 X[l, k]\nX[l, k]: real[3, 2]",
            "");
        // E-DIRECTIVE
        row("unknown directive", "Y = 3\n@optimise Y", "2:1 E-DIRECTIVE");
        row("domain without size", "@domain i", "1:1 E-DIRECTIVE");
        row("domain of an upper-case name", "@domain I = 3", "1:1 E-DIRECTIVE");
        row("domain by name", "N = 4\n@domain i = N\nY[i] = 1", "");
        row("domain with a symbol twice", "@domain i = {A, A}", "1:1 E-DIRECTIVE");
        row("lbfgs", "W: real\nL = W^2\n@minimize L optimizer=lbfgs", "3:1 E-DIRECTIVE");
        row("sgd", "W: real\nL = W^2\n@minimize L optimizer=sgd lr=0.5 steps=3", "");
        row("loss with indices", "W[i]: real[2]\n@minimize W", "2:11 E-ARITY");
        row("negative learning rate", "W: real\nL = W^2\n@minimize L lr=-1", "3:1 E-DIRECTIVE");
        row("batch without over", "W: real\nL = W^2\n@minimize L batch=4", "3:1 E-DIRECTIVE");
        row("learn a relation", "P(A)\n@learn P", "2:8 E-TYPE");
        row("iterate options", "@iterate max=7 tol=0.5", "");
        row("iterate with another option", "@iterate most=7", "1:1 E-DIRECTIVE");
        row("mode", "@mode backward", "");
        row("another mode", "@mode sideways", "1:1 E-DIRECTIVE");
        row("seed", "@seed 7", "");
        row("seed that is no integer", "@seed x", "1:1 E-DIRECTIVE");
        row("missing file", "X = \"no_such_file.csv\"", "1:1 E-FILE");
    }
    void error_ofProgram_hasCodeAndPosition() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(tl::test::findings(text.toStdString()), expected);
    }

    void errors_thatAreIndependent_areAllReported() {
        QCOMPARE(tl::test::findings("A = [1, 2]\n"
                                    "Y[i] = A[i] + B[i]\n"
                                    "Z = foo(A[i])\n"
                                    "W[i] = softmax(A[j]) + 1\n"
                                    "Q(x, y) <- A(x)\n"
                                    "K[i] = A[i, i]\n"
                                    "V[j] = 2\n"
                                    "@nothing\n"),
                 QStringLiteral("2:15 E-UNDEF, 3:5 E-FUNC, 4:8 E-NEST, 5:6 E-UNSAFE, 6:8 E-ARITY, 7:3 E-DOMAIN, "
                                "8:1 E-DIRECTIVE"));
    }

    void errors_thatFollowFromAnother_areNotReported_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* text, const char* expected) {
            QTest::newRow(name) << QByteArray(text) << QString::fromLatin1(expected);
        };
        row("definition that does not parse", "A = [1, 2\nY[i] = 2 A[i]\nY?", "2:1 E-SYNTAX");
        row("size hidden by a missing tensor", "Y[i] = B[i]\nZ[i] = Y[i]\nZ?", "1:8 E-UNDEF");
        row("size hidden by a missing file", "B = \"none.csv\"\nY[i] = B[i]", "1:1 E-FILE");
        row("sizes clash once", "A = [1, 2]\nB = [1, 2, 3]\nY[i] = A[i] B[i]\nZ[i] = Y[i] B[i]\nX[i] = B[i] A[i]",
            "3:15 E-SHAPE");
    }
    void errors_thatFollowFromAnother_areNotReported() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(tl::test::findings(text.toStdString()), expected);
    }

    void clash_ofSizes_namesBothSizesAndThePlace() {
        const Checked checked = tl::test::checkText("A = [1, 2]\nB = [1, 2, 3]\nY[i] = A[i] B[i]");
        QCOMPARE(checked.diagnostics.size(), std::size_t{1});
        QCOMPARE(tl::test::messageOf(checked.diagnostics[0]), QStringLiteral("size 3 here but 2 at 3:10"));
        QVERIFY(!checked.diagnostics[0].notes.empty());
    }

    void arity_names_theFirstUse() {
        const Checked checked = tl::test::checkText("P(A)\nQ(x) <- P(x, x)");
        QCOMPARE(tl::test::messageOf(checked.diagnostics.at(0)), QStringLiteral("P has 2 indices here but 1 at 1:1"));
    }

    void order_ofStatements_changesNoError() {
        const QString there = tl::test::findings("W[i]: real[3]\nW[5] = 1");
        const QString back = tl::test::findings("W[5] = 1\nW[i]: real[3]");
        QCOMPARE(there, QStringLiteral("2:3 E-RANGE"));
        QCOMPARE(back, QStringLiteral("1:3 E-RANGE"));
    }

    void check_ofBrokenText_neverCrashes() {
        const std::string text = "E(A, B), E(B, C)\nPath(x, z) <- Path(x, y), E(y, z), x != z\nPath(x, y) <- E(x, y)\n"
                                 "W[i, j]: real[2, 3]\nY[i, *t+1] = sig(W[i, j] X[j:2, *t] / (1 - Y[i, t]^2))\n"
                                 "Z[k.] = softmax(Y[k, 1:3] % 2)\n@minimize Z lr=0.1\nDeg[x] max= E(x, y) (1 + y)\n";
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            (void)tl::test::checkText(text.substr(0, cut));
            (void)tl::test::checkText(text.substr(cut));
            std::string without = text;
            if (cut < without.size()) without.erase(cut, 1);
            (void)tl::test::checkText(without);
        }
    }

    // What the message says is what makes the program run, with the size of the data beside it.
    void unsizedRecursion_saysTheDeclaration_data() {
        QTest::addColumn<QByteArray>("program");
        QTest::addColumn<QByteArray>("declaration");
        QTest::addColumn<QString>("shape");
        QTest::newRow("prefix sum") << QByteArray("A = [1, 2, 3, 4]\nS[0] = A[0]\nS[i+1] = S[i] + A[i+1]")
                                    << QByteArray("S[i]: real[4]") << QStringLiteral("4");
        QTest::newRow("by rows")
            << QByteArray("A = [[1, 2], [3, 4], [5, 6]]\nS[0, k] = A[0, k]\nS[i+1, k] = S[i, k] + A[i+1, k]")
            << QByteArray("S[i, k]: real[3, 2]") << QStringLiteral("3 x 2");
        QTest::newRow("no data") << QByteArray("S[0] = 1\nS[1] = 1\nS[i+2] = S[i+1] + S[i]")
                                 << QByteArray("S[i]: real[10]") << QStringLiteral("10");
    }
    void unsizedRecursion_saysTheDeclaration() {
        QFETCH(QByteArray, program);
        QFETCH(QByteArray, declaration);
        QFETCH(QString, shape);
        const Checked checked = tl::test::checkText(program.toStdString());
        QCOMPARE(checked.diagnostics.size(), std::size_t(1));
        const Diagnostic& found = checked.diagnostics[0];
        QVERIFY2(tl::test::messageOf(found).endsWith(QString::fromUtf8(declaration)),
                 qPrintable(tl::test::messageOf(found)));
        QCOMPARE(found.fixes.size(), std::size_t(1));
        QCOMPARE(tl::test::shapeOf(found.fixes[0].text + program.toStdString(), "S"), shape);
    }
};

VITRINE_CORE_TEST(TestCheckCodes)
#include "tst_check_codes.moc"
