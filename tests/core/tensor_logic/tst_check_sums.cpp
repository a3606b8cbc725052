// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/tensor_logic/checkhelper.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

using namespace vitrine;
using namespace vitrine::tl;

/// Where sums stand: the table of the language's description first, then its sentences.
class TestCheckSums : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { vitrine::test::failOnWarnings(); }

    void sum_ofEquation_standsWhereTheRulesPutIt_data() {
        QTest::addColumn<QByteArray>("equation");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* equation, const char* expected) {
            QTest::newRow(equation) << QByteArray(equation) << QString::fromLatin1(expected);
        };
        // The table.
        row("K[i, i'] = (M[i, j] M[i', j])^3", "K[i, i'] = (sum_j M[i, j] * M[i', j])^3");
        row("K[i, i'] = exp(-(M[i, j] - M[i', j])^2 / C)", "K[i, i'] = exp(-(sum_j (M[i, j] - M[i', j])^2 / C))");
        row("L = (A[e] - B[k] M[e, k])^2", "L = sum_e (A[e] - (sum_k B[k] * M[e, k]))^2");
        row("L = (M[e, j] - M[j, e])^2", "L = sum_(e, j) (M[e, j] - M[j, e])^2");
        row("S[i] = M[i, j]^2", "S[i] = sum_j M[i, j]^2");
        row("Y = sig(A[d] M[n, d])", "Y = sig(sum_(d, n) A[d] * M[n, d])");
        row("CE = -M[e, j] log(M[e, j])", "CE = -(sum_(e, j) M[e, j] * log(M[e, j]))");
        row("Q[i, j] = M[i, j] / M[i, j']", "Q[i, j] = M[i, j] / (sum_j' M[i, j'])");
        // Per additive term; a left index that a term lacks broadcasts it.
        row("Y = A[i] B[i] + C", "Y = sum_i A[i] * B[i] + C");
        row("Y[i] = A[i] + B[j]", "Y[i] = A[i] + sum_j B[j]");
        row("Y = A[i] - B[i]", "Y = sum_i A[i] - (sum_i B[i])");
        row("Y[i] = A[i] B[i]", "Y[i] = A[i] * B[i]");
        row("Y[i, j] = A[i] B[j]", "Y[i, j] = A[i] * B[j]");
        row("Y = M[i, i]", "Y = sum_i M[i, i]");
        row("Y[i] = M[i, i]", "Y[i] = M[i, i]");
        row("Y = i A[i]", "Y = sum_i i * A[i]");
        // Parenthesised sums that are factors are multiplied out, as far as it matters.
        row("Y[i] = A[i] (B[j] + C)", "Y[i] = A[i] * (sum_j B[j] + C)");
        row("Y = A[i] (B[i] + C)", "Y = sum_i A[i] * (B[i] + C)");
        row("Y = (A[i] + C) (B[i] + C)", "Y = sum_i A[i] * B[i] + sum_i A[i] * C + sum_i C * B[i] + C * C");
        row("Y = 2 * -1 * A[i]", "3:9 E-SYNTAX");
        row("Y = (A[i] + B[i]) / C", "Y = sum_i (A[i] + B[i]) / C");
        row("Y = (A[i] + C) / 2", "Y = (sum_i A[i] + C) / 2");
        row("Y = (A[i] + C) B[j]", "Y = sum_j (sum_i A[i] + C) * B[j]");
        row("Y = C - (A[i] - B[i])", "Y = C - (sum_i A[i] - (sum_i B[i]))");
        // Contexts.
        row("Y[i] = exp(M[i, j])", "Y[i] = exp(sum_j M[i, j])");
        row("Y = exp(A[i])", "Y = exp(sum_i A[i])");
        row("Y = A[i] exp(A[i])", "Y = sum_i A[i] * exp(A[i])");
        row("Y = exp(A[i]) exp(B[i])", "Y = sum_i exp(A[i]) * exp(B[i])");
        row("Y = log(exp(A[i]))", "Y = log(exp(sum_i A[i]))");
        row("Y = sig(exp(A[i]) + B[i])", "Y = sig(sum_i exp(A[i]) + sum_i B[i])");
        row("Y = relu(A[i] + C)", "Y = relu(sum_i A[i] + C)");
        row("Y = sig(A[i], B[j])", "Y = sig(sum_i A[i], sum_j B[j])");
        row("Y = 1 / (A[i] + C)", "Y = 1 / (sum_i A[i] + C)");
        row("Y = A[i] / B[i]", "Y = sum_i A[i] / B[i]");
        row("Y = A[i] / B[j]", "Y = sum_i A[i] / (sum_j B[j])");
        row("Y[i] = A[i] % D[j]", "Y[i] = A[i] % (sum_j D[j])");
        row("Y = D[i] % 3", "Y = sum_i D[i] % 3");
        row("Y = (D[i] + D[j]) % 3", "Y = sum_(i, j) (D[i] + D[j]) % 3");
        row("Y = (D[i] + 1) % 3", "Y = sum_i (D[i] + 1) % 3");
        row("Y = D[i] D[j] % 3", "Y = sum_(i, j) D[i] * D[j] % 3");
        // Powers.
        row("Y = (A[i] B[i])^2", "Y = (sum_i A[i] * B[i])^2");
        row("Y = (A[i] B[i] + C)^2", "Y = (sum_i A[i] * B[i] + C)^2");
        row("Y = (A[i] B[i] + A[i])^2", "Y = sum_i (A[i] * B[i] + A[i])^2");
        row("Y = C * (A[i] B[i])^2", "Y = C * (sum_i A[i] * B[i])^2");
        row("Y = A[i] (A[i] B[i])^2", "Y = sum_i A[i] * (A[i] * B[i])^2");
        row("Y = (A[i])^2", "Y = sum_i A[i]^2");
        row("Y = 2^A[i]", "Y = sum_i 2^A[i]");
        row("Y = exp((A[i] B[i])^2)", "Y = exp((sum_i A[i] * B[i])^2)");
        row("Y[i, i'] = sig((M[i, j] - M[i', j])^2)", "Y[i, i'] = sig(sum_j (M[i, j] - M[i', j])^2)");
        // Other operators reduce the whole right side.
        row("Y max= A[i]", "Y = max_i (A[i])");
        row("Y[i] max= M[i, j] + A[k]", "Y[i] = max_(j, k) (M[i, j] + A[k])");
        row("Y min= A[i] (B[j] + C)", "Y = min_(i, j) (A[i] * (B[j] + C))");
        row("Y avg= exp(A[i])", "Y = exp(sum_i A[i])");
        row("Y[i] *= M[i, j]", "Y[i] = product_j (M[i, j])");
        row("Y max= A[i] / B[j]", "Y = max_(i, j) (A[i] / B[j])");
        row("Y max= A[i] (A[j] B[j])^2", "Y = max_i (A[i] * (sum_j A[j] * B[j])^2)");
        row("Y[y] max= E(x, y) (A[x] + 1)", "Y[y] = max_x (A[x] + 1) where E(x, y)");
        row("Y[y] max= E(x, y)", "Y[y] = max_x (1) where E(x, y)");
        row("Y[y] max= E(x, y) A[x] + 1", "Y[y] = max_x (E(x, y) * A[x] + 1)");
        row("Y[y] avg= E(x, y) E(y, z) 2", "Y[y] = mean_(x, z) (2) where E(x, y), E(y, z)");
        // Normalising and joining functions.
        row("Y[i, j.] = softmax(M[i, k] M[j, k] / C)", "Y[i, j] = softmax_j(sum_k M[i, k] * M[j, k] / C)");
        row("Y[i] = lnorm(A[i] + M[i, j])", "Y[i] = lnorm_i(A[i] + sum_j M[i, j])");
        row("Y[k] = concat(M[i, j])", "Y[k] = concat_(i, j)(M[i, j])");
        row("Y[k] = concat(M[j, i] A[j])", "Y[k] = concat_(j, i)(M[j, i] * A[j])");
        row("Y[i, k] = concat(exp(M[i, j]))", "Y[i, k] = concat_j(exp(M[i, j]))");
        // Counting, steps, anonymous indices, slices.
        row("Deg[x] = E(x, y)", "Deg[x] = sum_y E(x, y)");
        row("Deg[x] = E(x, _)", "Deg[x] = sum__ E(x, _)");
        row("Y(x) = A[x] - B[x]", "Y(x) = step(A[x] - B[x])");
        row("Y[x] = A(x) B[x]", "Y[x] = A(x) * B[x]");
        row("S = A[0:1]", "S = sum_k1 A[k1]");
        row("S = A[0:1] B[1:2]", "S = sum_k1 A[k1] * B[k1 + 1]");
    }
    void sum_ofEquation_standsWhereTheRulesPutIt() {
        QFETCH(QByteArray, equation);
        QFETCH(QString, expected);
        const std::string data =
            "A = [0.5, 1]\nB = [1, 2]; C = 0.5; D = [3, 4]; M = [[1, 2], [3, 4]]; E(0, 1), E(1, 0)\n";
        QCOMPARE(tl::test::desugared(data + equation.toStdString()), expected);
    }

    void product_withTooManyTerms_isRefused() {
        std::string text = "A = [1, 2]\nY = (A[i] + 1)";
        for (int k = 0; k < 13; ++k) text += " (A[i] + 1)";
        QCOMPARE(tl::test::findings(text), QStringLiteral("2:5 E-LIMIT"));
    }

    void product_ofManyIndices_keepsThemApart() {
        std::string text = "A = [1, 2]\nY = A[v0]";
        for (int k = 1; k < 130; ++k) text += " A[v" + std::to_string(k) + "]";
        const Checked checked = tl::test::checkText(text);
        QVERIFY(!hasErrors(checked.diagnostics));
        QCOMPARE(checked.program->equations.at(0).value.sumVars.size(), std::size_t{130});
    }

    void type_ofTensor_isInferred_data() {
        QTest::addColumn<QByteArray>("equation");
        QTest::addColumn<int>("expected");
        const auto row = [](const char* equation, ElementType expected) {
            QTest::newRow(equation) << QByteArray(equation) << static_cast<int>(expected);
        };
        row("Y[x] = E(x, y)", ElementType::Int);
        row("Y[x] = E(x, y) 0.5", ElementType::Real);
        row("Y[x] = E(x, y) / 2", ElementType::Real);
        row("Y[x] avg= E(x, y)", ElementType::Real);
        row("Y[x] max= E(x, y) 3", ElementType::Int);
        row("Y[x] = step(E(x, y))", ElementType::Bool);
        row("Y(x) = E(x, y) 0.5", ElementType::Bool);
        row("Y[x] = step(D[x]) + 1", ElementType::Int);
        row("Y[x] = D[x]^2", ElementType::Int);
        row("Y[x] = D[x]^-1", ElementType::Real);
        row("Y[x] = D[x] % 2", ElementType::Int);
        row("Y[x] = relu(D[x])", ElementType::Real);
        row("Y[x] = A[x]", ElementType::Real);
        row("Y[x] = x", ElementType::Int);
    }
    void type_ofTensor_isInferred() {
        QFETCH(QByteArray, equation);
        QFETCH(int, expected);
        const Checked checked =
            tl::test::checkText("@domain x = 2\nA = [0.5, 1]; D = [3, 4]; E(0, 1)\n" + equation.toStdString());
        QVERIFY(!hasErrors(checked.diagnostics));
        QCOMPARE(static_cast<int>(checked.program->tensors[*checked.program->find("Y")].type), expected);
    }
};

VITRINE_CORE_TEST(TestCheckSums)
#include "tst_check_sums.moc"
