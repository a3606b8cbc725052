// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/tensor_logic/checkhelper.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

/// Names of the variables that run through their domain in the last rule.
QString domainVarsOf(const std::string& text) {
    const Checked checked = tl::test::checkText(text);
    if (hasErrors(checked.diagnostics) || checked.program->rules.empty()) return tl::test::findings(text);
    const Rule& rule = checked.program->rules.back();
    QStringList names;
    for (const VarId var : rule.domainVars) names << QString::fromStdString(rule.vars[var].name);
    return names.join(QLatin1Char(' '));
}

QString booleansOf(const std::string& text) {
    const Checked checked = tl::test::checkText(text);
    QStringList names;
    for (const TensorInfo& info : checked.program->tensors)
        if (info.type == ElementType::Bool)
            names << QString::fromStdString(info.name) + (info.isRelation ? QStringLiteral("()") : QString());
    return names.join(QLatin1Char(' '));
}

} // namespace

/// Rules: safety, what becomes a rule, strata, Boolean tensors.
class TestCheckRules : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { vitrine::test::failOnWarnings(); }

    void rule_thatIsUnsafe_isRefused_data() {
        QTest::addColumn<QByteArray>("rule");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* rule, const char* expected) {
            QTest::newRow(rule) << QByteArray(rule) << QString::fromLatin1(expected);
        };
        row("Q(x) <- E(x, y), y != x", "");
        row("Q(x, k) <- E(x, y)", "2:6 E-UNSAFE");
        row("Q(k + 1) <- E(x, y)", "2:3 E-UNSAFE");
        row("Q(x) <- E(x, y), not P(k)", "2:24 E-UNSAFE");
        row("Q(x) <- E(x, y), not P(_)", "");
        row("Q(x) <- E(x, y), k > 2", "2:18 E-UNSAFE");
        row("Q(x) <- E(x, y), k == x + 1", "");
        row("Q(x) <- E(x, y), x + 1 == k", "");
        row("Q(k) <- E(x, y), k == x + 1", "");
        row("Q(k) <- E(x, y), l == x + 1, k == l * 2", "");
        row("Q(k) <- k == l * 2, l == x + 1, E(x, y)", "");
        row("Q(k) <- E(x, y), k == l, l == k", "2:3 E-UNSAFE, 2:18 E-UNSAFE, 2:26 E-UNSAFE");
        row("Q(k) <- E(x, y), k + 1 == x", "2:3 E-UNSAFE, 2:18 E-UNSAFE");
        row("Q(x) <- E(y + 1, x)", "2:11 E-UNSAFE");
        row("Q(x) <- E(y - 1, x), P(y)", "");
        row("Q(x) <- Even(x)", "2:3 E-UNSAFE, 2:14 E-UNSAFE");
        row("Q(x) <- P(x), Even(x)", "");
        row("Q(_) <- P(x)", "2:3 E-UNSAFE");
        row("Q(x) <- W[x] > 0.5", "");
        row("Q(x) <- W[x + 1] > 0.5", "2:3 E-UNSAFE, 2:9 E-UNSAFE");
        row("Q(x) <- not P(x)", "2:3 E-UNSAFE, 2:15 E-UNSAFE");
        row("Q() <- P(x)", "");
        row("Q(3) <- P(x)", "");
        row("Q(x) <- P(x), x == \"A\"", "");
        row("Q(x) <- P(x), x = 3", "");
    }
    void rule_thatIsUnsafe_isRefused() {
        QFETCH(QByteArray, rule);
        QFETCH(QString, expected);
        QCOMPARE(tl::test::findings("E(1, 2); P(1); W = [0.1, 0.9, 0.3]\n" + rule.toStdString()), expected);
    }

    void domainVariables_ofRule_areThoseWithoutTuples_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* text, const char* expected) {
            QTest::newRow(text) << QByteArray(text) << QString::fromLatin1(expected);
        };
        row("P(1)\nQ(x) <- P(x)", "");
        row("W = [1, 2]\nQ(x) <- W[x] > 1", "x");
        row("W = [1, 2]\nP(1)\nQ(x) <- P(x), W[x] > 1", "");
        row("W = [1, 2]\nQ(x) <- W(x)", "x");
        row("W = [1, 2]\nP(1)\nQ(x) <- P(x), not W(_)", "");
        row("P(1)\nQ(y) <- P(x), y == x + 1", "");
        row("P(1)\nQ(2) <- P(0:3)", ":1");
        row("E(0, 1)\nB[x, y]: bool[2, 2]\nB[x, y] = E(x, y) B[y, x]\nQ(x) <- B(x, y)", "");
        row("E(0, 1)\nB[x, y]: bool[2, 2]\nB[x, y] = E(x, y)\nQ(x) <- B(x, 0)", "x");
    }
    void domainVariables_ofRule_areThoseWithoutTuples() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(domainVarsOf(text.toStdString()), expected);
    }

    void equation_thatIsAJoin_arrivesAsRules_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("rules");
        QTest::addColumn<int>("equations");
        const auto row = [](const char* text, int rules, int equations) {
            QTest::newRow(text) << QByteArray(text) << rules << equations;
        };
        row("E(A, B)\nG(x, z) = E(x, y) E(y, z)", 1, 0);
        row("E(A, B)\nG(x, z) = step(E(x, y) E(y, z))", 1, 0);
        row("E(A, B)\nG(x, z) = E(x, z) + G(x, y) E(y, z)", 2, 0);
        row("E(A, B)\nG(x, z) = E(x, y) - E(y, z)", 0, 1);
        row("E(A, B)\nG[x, z] = E(x, y) E(y, z)", 0, 1);
        row("E(0, 1)\nW = [1, 2]\nG(x) = E(x, y) W[y]", 0, 1);
        row("E(0, 1)\nW = [1, 2]\nG(x) = E(x, y) W(y)", 0, 1);
        row("E(0, 1)\nG(x, k) = E(x, y)\n@domain k = 3", 0, 1);
        row("E(0, 1)\nR[x, y]: bool[2, 2]\nR[x, y] = E(x, y)\nR[x, z] = R[x, y] E(y, z)", 2, 0);
        row("E(0, 1)\nR[x, y]: bool[2, 2]\nR[x, y] = E(x, y)", 0, 1);
        row("E(0, 1)\nG(x) = E(x, 1) Even(x)", 1, 0);
    }
    void equation_thatIsAJoin_arrivesAsRules() {
        QFETCH(QByteArray, text);
        QFETCH(int, rules);
        QFETCH(int, equations);
        const Checked checked = tl::test::checkText(text.toStdString());
        QVERIFY2(!hasErrors(checked.diagnostics), qPrintable(tl::test::findings(text.toStdString())));
        QCOMPARE(static_cast<int>(checked.program->rules.size()), rules);
        QCOMPARE(static_cast<int>(checked.program->equations.size()), equations);
    }

    void tensors_thatAreBoolean_areKnown_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* text, const char* expected) {
            QTest::newRow(text) << QByteArray(text) << QString::fromLatin1(expected);
        };
        row("R(A)", "R()");
        row("R(x): bool", "R()");
        row("R[x]: bool[2]", "R");
        row("A = [1, 2]\nR(x) = A[x]", "R()");
        row("A = [1, 2]\nR[x] = step(A[x])", "R");
        row("A = [1, 2]\nR[x] = step(A[x])\nR[x] = A[x]", "");
        row("A = [1, 2]\nR[x] = step(A[x])\nR[0] = 1", "");
        row("A = [1, 2]\nR[x] = 2 step(A[x])", "");
        row("A = [1, 2]\nR[x]: real[2]\nR[x] = step(A[x])", "");
        row("A = [1, 2]\nA(x)?", "");
        row("A = [1, 2]\nQ(x) <- A(x)", "Q()");
    }
    void tensors_thatAreBoolean_areKnown() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(booleansOf(text.toStdString()), expected);
    }

    void strata_ofProgram_areInOrder_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* text, const char* expected) {
            QTest::newRow(name) << QByteArray(text) << QString::fromLatin1(expected);
        };
        row("closure", "Path(x, z) <- Path(x, y), E(y, z)\nPath(x, y) <- E(x, y)\nE(A, B)", "data E; rules Path");
        row("negation below", "Q(x) <- P(x), not R(x)\nP(A)\nR(x) <- P(x)", "data P; rules R; rules Q");
        row("counts below", "Hub(x) <- Deg[x] > 1\nDeg[x] = E(x, y)\nE(A, B)", "data E; equations Deg; rules Hub");
        row("layers", "A = [1, 2]\nX[t + 1] = X[t] + A[t]", "data A; recursive X");
        row("two tensors", "A = [1, 2]\nX[t + 1] = Y[t] + A[t]\nY[t + 1] = X[t] + A[t]", "data A; recursive X Y");
        row("longest path", "E(A, B)\nD[y] max= E(x, y) (D[x] + 1)", "data E; recursive D");
        row("mutual rules", "P(x) <- Q(x)\nQ(x) <- P(x)\nP(A)", "rules P Q");
        row("size at run time", "C[x] = 1 + 0 P(x)\nP(0)\nP(x + 1) <- P(x), x < 3", "rules P; equations C");
        row("a sum waits for the sizes of its indices",
            "Step(1, 2)\nTotal = Step(x, y)\nNext(y + 1) <- Step(_, y)\nHit(y) <- Step(_, y), Next(y)",
            "data Step; rules Next; equations Total; rules Hit");
        row("a constant at a column waits too",
            "Step(1, 2)\nTotal = Step(x, 2)\nNext(y + 1) <- Step(_, y)\nHit(y) <- Step(_, y), Next(y)",
            "data Step; rules Next; equations Total; rules Hit");
        row("a relation that needs the size that it gives",
            "N(0), N(1)\nLimit = N(x)\nP(0)\nP(x + 1) <- P(x), x < Limit\nQ(x) <- P(x), N(x)", "2:11 E-DOMAIN");
        row("a @domain gives the size before",
            "@domain n = 9\nN(0), N(1)\nLimit = N(n)\nP(0)\nP(x + 1) <- P(x), x < Limit\nQ(x) <- P(x), N(x)",
            "data N; equations Limit; rules P; rules Q");
        row("any value under not", "N(0)\nP(x + 1) <- N(x), P(x), not M(_)\nM(x) <- N(x)", "data N; rules M; rules P");
        row("data of a size at run time", "W[0] = 2\nC[x] = W[x] P(x)\nP(0)\nP(x + 1) <- P(x), x < 3",
            "rules P; data W; equations C");
    }
    void strata_ofProgram_areInOrder() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(tl::test::strataOf(text.toStdString()), expected);
    }

    void cycle_throughAStrictUse_isRefused_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("place");
        QTest::addColumn<QString>("cycle");
        const auto row = [](const char* name, const char* text, const char* place, const char* cycle) {
            QTest::newRow(name) << QByteArray(text) << QString::fromLatin1(place) << QString::fromLatin1(cycle);
        };
        row("own negation", "M(A, B)\nWin(x) <- M(x, y), not Win(y)", "2:24", "Win -> not Win");
        row("longer cycle", "S(A)\nP(x) <- Q(x)\nQ(x) <- S(x), not R(x)\nR(x) <- P(x), S(x)", "3:19",
            "Q -> not R -> P -> Q");
        row("count", "E(A, B)\nDeg[x] = R(x, y)\nR(x, y) <- E(x, y), Deg[x] < 3", "2:10", "Deg -> R -> Deg");
        row("numeric equation of a relation", "A = [1, 2]\nR(x) = A[x] - R(x)", "2:15", "R -> R");
        row("number read as a relation", "E(0, 1)\nD[x] = R(x)\nR(x) <- E(x, y), D(y)", "2:8", "D -> R -> D");
    }
    void cycle_throughAStrictUse_isRefused() {
        QFETCH(QByteArray, text);
        QFETCH(QString, place);
        QFETCH(QString, cycle);
        const Checked checked = tl::test::checkText(text.toStdString());
        QCOMPARE(tl::test::findings(text.toStdString()), place + QStringLiteral(" E-STRAT"));
        QVERIFY2(tl::test::messageOf(checked.diagnostics.front()).endsWith(QStringLiteral(": ") + cycle),
                 qPrintable(tl::test::messageOf(checked.diagnostics.front())));
        QCOMPARE(static_cast<int>(checked.diagnostics.front().notes.size()),
                 static_cast<int>(cycle.count(QStringLiteral("->"))));
    }

    void definition_ofVariable_namesItsComparison() {
        const Checked checked = tl::test::checkText("P(1)\nQ(k) <- P(x), x + 1 == k");
        const Comparison& comparison = checked.program->rules.at(0).comparisons.at(0);
        QCOMPARE(QString::fromStdString(checked.program->rules[0].vars.at(comparison.defines).name),
                 QStringLiteral("k"));
        QVERIFY(!comparison.definesLeft);
    }

    void learned_tensors_areThoseWithoutData_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        const char* program = "W[i]: real[2]; V[i]: real[2]; B[i]: bool[2]; A = [1, 2]\nL = W[i] A[i] + V[i]\n";
        const auto text = [program](const char* rest) -> QByteArray { return QByteArray(program) + rest; };
        QTest::newRow("by default") << text("@minimize L") << QStringLiteral("W V");
        QTest::newRow("not without a loss") << text("") << QString();
        QTest::newRow("frozen") << text("@minimize L\n@freeze W") << QStringLiteral("V");
        QTest::newRow("named") << text("@minimize L\n@learn W") << QStringLiteral("W");
        QTest::newRow("named data") << text("@minimize L\n@learn A, V") << QStringLiteral("V A");
    }
    void learned_tensors_areThoseWithoutData() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        const Checked checked = tl::test::checkText(text.toStdString());
        QVERIFY(!hasErrors(checked.diagnostics));
        QStringList names;
        for (const TensorInfo& info : checked.program->tensors)
            if (info.isLearned) names << QString::fromStdString(info.name);
        QCOMPARE(names.join(QLatin1Char(' ')), expected);
    }

    void virtualIndex_keepsTheLargestOffset() {
        const Checked one = tl::test::checkText("U = [1, 2]\nX[*t+1] = X[*t] + U[t]");
        QCOMPARE(one.program->tensors.at(1).virtualSlices, std::int64_t{1});
        const Checked two = tl::test::checkText("U = [1, 2]\nX[*t+2] = X[*t+1] + X[*t] + U[t]");
        QCOMPARE(two.program->tensors.at(1).virtualSlices, std::int64_t{2});
        const Checked all =
            tl::test::checkText("U = [1, 2]\nW: real\nX[*t+1] = X[*t] + W U[t]\nL = X[2]^2\n@minimize L");
        QCOMPARE(all.program->tensors.at(2).virtualSlices, std::int64_t{3});
    }
};

VITRINE_CORE_TEST(TestCheckRules)
#include "tst_check_rules.moc"
