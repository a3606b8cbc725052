// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/tensor_logic/checkhelper.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

#include <ctime>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

std::string textAt(const Program& program, ByteRange range) {
    return program.source.text().substr(range.begin, range.end - range.begin);
}

/// A program of many lines of every kind.
std::string longProgram(int lines) {
    std::string text;
    for (int k = 0; k < lines; ++k) {
        const std::string n = std::to_string(k), a = std::to_string(k / 8 * 8), relation = std::to_string(k % 40);
        switch (k % 8) {
        case 0:
            text += "W" + n + " = [0.1, 0.2, 0.3, 0.4]\n";
            break;
        case 1:
            text += "Edge" + relation + "(N" + n + ", N" + std::to_string(k / 2) + ")\n";
            break;
        case 2:
            text += "Y" + n + "[i] = W" + a + "[i] * W" + a + "[i] + 0.5 W" + a + "[i] # a comment\n";
            break;
        case 3:
            text += "S" + n + " = sig(W" + a + "[i] Y" + std::to_string(k - 1) + "[i])\n";
            break;
        case 4:
            text += "M" + n + "[i, j] = exp(-(W" + a + "[i] - W" + a + "[j])^2 / 2)\n";
            break;
        case 5:
            text += "Path" + n + "(x, z) <- Path" + n + "(x, y), Edge" + std::to_string(k % 40 / 8 * 8 + 1) +
                    "(y, z), x != z\n";
            break;
        case 6:
            text += "R" + n + "[i, j.] = softmax(M" + std::to_string(k - 2) + "[i, k] M" + std::to_string(k - 2) +
                    "[k, j])\n";
            break;
        default:
            text += "Deg" + n + "[x] = Edge" + std::to_string(k % 40 / 8 * 8 + 1) + "(x, y)\n";
        }
    }
    return text;
}

} // namespace

/// Warnings, fixes, what the editor shows, speed.
class TestCheckMarks : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { vitrine::test::failOnWarnings(); }

    void warning_ofProgram_hasCodeAndPosition_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* text, const char* expected) {
            QTest::newRow(name) << QByteArray(text) << QString::fromLatin1(expected);
        };
        row("variable used once", "E(A, B)\nQ(x) <- E(x, y)", "2:14 W-ONCE");
        row("anonymous", "E(A, B)\nQ(x) <- E(x, _)", "");
        row("underscore in front", "E(A, B)\nQ(x) <- E(x, _y)", "");
        row("variable used twice in one atom", "E(A, B)\nQ() <- E(x, x)", "");
        row("A / B C", "A = 1\nY = A / 2 A", "2:11 W-DIVIDE");
        row("A / B * C", "A = 1\nY = A / 2 * A", "");
        row("A / (B C)", "A = 1\nY = A / (2 A)", "");
        row("index shadows a scalar", "i = 3\nA = [1, 2]\nY[i] = i A[i]", "3:8 W-SHADOW");
        row("index without such a scalar", "A = [1, 2]\nY[i] = i A[i]", "");
        row("log of a sum over two indices", "A = [1, 2]\nY = log(A[i] A[j])", "2:5 W-LOGSUM");
        row("log of a sum over one index", "A = [1, 2]\nY = log(A[i])", "");
        row("log inside a sum", "A = [1, 2]\nY = A[i] A[j] log(A[i] A[j])", "");
        row("terms of different cells", "A = [1, 2]\nS[i] = S[i - 1] + A[i]", "2:8 W-CELLS");
        row("a recurrence whose terms always apply", "F[i]: int[9]\nF[0] = 1\nF[1] = 1\nF[i+2] = F[i+1] + F[i]\nF[i]?",
            "");
        row("terms of the same cells", "A = [1, 2]\nS[i] = S[i - 1] A[i] + S[i - 1]", "");
        row("two equations", "A = [1, 2]\nS[i] = S[i - 1]\nS[i] = A[i]", "");
        row("parents with a common ancestor",
            "P = [0.2, 0.8]\nC = [[1, 0], [0, 1]]\nPA[a] = C[x, a] P[x]\nPB[b] = C[x, b] P[x]\n"
            "T = [[[1, 0], [0, 1]], [[1, 0], [0, 1]]]\nPC[c] = T[c, a, b] PA[a] PB[b]",
            "6:26 W-ANCESTOR");
        row("independent parents",
            "PA = [0.2, 0.8]\nPB = [0.5, 0.5]\nT = [[[1, 0], [0, 1]], [[1, 0], [0, 1]]]\n"
            "PC[c] = T[c, a, b] PA[a] PB[b]",
            "");
        row("step in a learned path", "W[i]: real[2]\nA = [1, 2]\nY = step(W[i] A[i])\nL = (Y - 1)^2\n@minimize L",
            "3:1 W-STEP");
        row("step beside the learned path", "W[i]: real[2]\nA = [1, 2]\nL = W[i] step(A[i])\n@minimize L", "");
    }
    void warning_ofProgram_hasCodeAndPosition() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(tl::test::findings(text.toStdString(), Severity::Warning), expected);
        QCOMPARE(tl::test::findings(text.toStdString()), QString());
    }

    void product_withoutAJoin_isWarnedAbout() {
        std::string text;
        for (int k = 0; k < 4000; ++k) text += "P(" + std::to_string(k) + ")\nQ(" + std::to_string(k) + ")\n";
        QCOMPARE(tl::test::findings(text + "R(x, y) <- P(x), Q(y)", Severity::Warning),
                 QStringLiteral("8001:1 W-PRODUCT"));
        QCOMPARE(tl::test::findings(text + "R(x, y) <- P(x), Q(y), S(x, y)\nS(1, 2)", Severity::Warning), QString());
    }

    void fix_ofFinding_repairsTheText_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("domain") << QByteArray("Y[i] = 3") << QByteArray("@domain i = 10\nY[i] = 3");
        QTest::newRow("dot") << QByteArray("A = [[1]]\nY[i, j] = softmax(A[i, j])")
                             << QByteArray("A = [[1]]\nY[i, j.] = softmax(A[i, j])");
        QTest::newRow("anonymous") << QByteArray("E(A, B)\nQ(x) <- E(x, y)") << QByteArray("E(A, B)\nQ(x) <- E(x, _)");
    }
    void fix_ofFinding_repairsTheText() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        const Checked checked = tl::test::checkText(text.toStdString());
        QCOMPARE(checked.diagnostics.size(), std::size_t{1});
        const Diagnostic::Fix& fix = checked.diagnostics[0].fixes.at(0);
        std::string fixed = text.toStdString();
        fixed.replace(fix.range.begin, fix.range.end - fix.range.begin, fix.text);
        QCOMPARE(QByteArray::fromStdString(fixed), expected);
        QVERIFY(tl::test::checkText(fixed).diagnostics.empty());
    }

    void marks_ofEquation_showSumsAndIndices() {
        const Checked checked = tl::test::checkText("W = [1, 2]; X = [3, 4]\nY = 1 + W[i] X[i]\nM avg= W[i]");
        const Marks& marks = checked.program->marks;
        QCOMPARE(marks.sums.size(), std::size_t{2});
        QCOMPARE(checked.program->source.text().substr(marks.sums[0].at, 4), std::string("W[i]"));
        QCOMPARE(marks.sums[0].variables, std::string("i"));
        QVERIFY(marks.sums[1].isMean);
        QCOMPARE(marks.indices.size(), std::size_t{3});
        QCOMPARE(marks.indices[0].domain, marks.indices[1].domain);
        QCOMPARE(textAt(*checked.program, marks.tensors.at(0).range), std::string("Y"));
        QCOMPARE(textAt(*checked.program, marks.tensors.at(1).range), std::string("W"));
    }

    void marks_ofBrokenProgram_areStillThere() {
        const Checked checked = tl::test::checkText("W = [1, 2]\nY = W[i]\nZ = foo(W[i])");
        QCOMPARE(checked.program->marks.equations.size(), std::size_t{1});
        QCOMPARE(checked.program->marks.equations[0].text, std::string("Y = sum_i W[i]"));
    }

    void program_ofTenThousandLines_isCheckedInTime() {
        const std::string text = longProgram(10000);
        double best = 1e9;
        for (int k = 0; k < 3; ++k) {
            const std::clock_t begin = std::clock();
            const Checked checked = tl::test::checkText(text);
            best = std::min(best, 1000.0 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
            QVERIFY2(!hasErrors(checked.diagnostics), qPrintable(tl::test::findings(text).left(200)));
        }
        qInfo("10,000 lines: %.0f ms of processor time", best);
#ifdef NDEBUG
        QVERIFY2(best < 300, qPrintable(QString::number(best))); // 200 ms on an idle core; shared caches cost more
#endif
    }

    void check_whenStopped_ends() {
        std::stop_source source;
        source.request_stop();
        CheckOptions options;
        options.stop = source.get_token();
        const Checked checked = check(Source("t.tl", "Y = 3"), options);
        QCOMPARE(checked.diagnostics.size(), std::size_t{1});
        QCOMPARE(checked.diagnostics[0].code, std::string("E-CANCEL"));
    }
};

VITRINE_CORE_TEST(TestCheckMarks)
#include "tst_check_marks.moc"
