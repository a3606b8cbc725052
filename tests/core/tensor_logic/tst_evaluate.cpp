// SPDX-License-Identifier: GPL-3.0-or-later
// The walk over the strata: storage, engines, modes, errors at run time, stopping, views.
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"
#include "tests/support/stopwatch.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

#include <cmath>
#include <cstdio>
#include <thread>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

struct Ran {
    std::shared_ptr<Program> program;
    Evaluated evaluated;
    TensorId id(const char* name) const { return program->find(name).value(); }
    const Evaluation& result() const { return *evaluated.evaluation; }
    double at(const char* name, const std::vector<std::int64_t>& position = {}) const {
        return result().cell(id(name), position).value;
    }
};

Ran run(const std::string& text, EvaluateOptions options = {}, Observer* observer = nullptr) {
    const Checked checked = check(Source("test.tl", text), {});
    Ran ran{checked.program, {}};
    ran.evaluated.diagnostics = checked.diagnostics;
    if (!hasErrors(checked.diagnostics)) ran.evaluated = evaluate(checked.program, options, observer);
    return ran;
}

/// "LINE:COL CODE" of each error.
QString errorsOf(const Ran& ran) {
    QStringList texts;
    for (const Diagnostic& each : ran.evaluated.diagnostics) {
        if (each.severity != Severity::Error) continue;
        const Source::Position at = ran.program->source.position(each.range.begin);
        texts << QStringLiteral("%1:%2 %3").arg(at.line).arg(at.column).arg(QString::fromStdString(each.code));
    }
    return texts.join(QStringLiteral(", "));
}

bool chose(const Ran& ran, const char* tensor, const char* what) {
    for (const Choice& choice : ran.result().choices())
        if (choice.tensor == ran.id(tensor) && choice.what == what) return true;
    return false;
}

std::string chain(int n) {
    std::string text;
    for (int k = 0; k + 1 < n; ++k) text += "Edge(" + std::to_string(k) + ", " + std::to_string(k + 1) + ")\n";
    return text + "Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Edge(y, z)\n";
}

} // namespace

class TestEvaluate : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void witnesses_booleanOne_numericTwo() {
        const Ran ran = run("Sister(Ann, Bob)\nSister(Ann, Cid)\nParent(Bob, Dan)\nParent(Cid, Dan)\nAunt(x, z) = "
                            "Sister(x, y) Parent(y, z)\nW[x, z] = Sister(x, y) Parent(y, z)\nS = W[x, z]");
        QCOMPARE(errorsOf(ran), QString());
        QCOMPARE(ran.result().rowCount(ran.id("Aunt")), std::uint64_t{1});
        QCOMPARE(ran.at("S"), 2.0);
    }

    void largeCounts_areStoredSparsely() {
        EvaluateOptions options;
        options.sparseCells = 10;
        const Ran ran = run(chain(6) + "Two[x, z] = Edge(x, y) Edge(y, z)\nN = Two[x, z]\n", options);
        QCOMPARE(errorsOf(ran), QString());
        QVERIFY(ran.result().isTuples(ran.id("Two")));
        QVERIFY(!ran.result().isDense(ran.id("Two")));
        QVERIFY(chose(ran, "Two", "sparse counts"));
        QCOMPARE(ran.result().rowCount(ran.id("Two")), std::uint64_t{4});
        QCOMPARE(ran.at("N"), 4.0);
        QCOMPARE(ran.at("Two", {0, 2}), 1.0);
        QCOMPARE(ran.at("Two", {0, 3}), 0.0);
    }

    void hints_decideTheStorage() {
        const Ran ran = run(chain(6) + "@sparse A\nA[x, z] = Edge(x, y) Edge(y, z)\nB[x, z] = Edge(x, y) Edge(y, z)\n");
        QCOMPARE(errorsOf(ran), QString());
        QVERIFY(ran.result().isTuples(ran.id("A")));
        QVERIFY(ran.result().isDense(ran.id("B")));
    }

    void error_atRunTime_hasItsPlaceAndCell_data() {
        QTest::addColumn<QByteArray>("program");
        QTest::addColumn<QString>("errors");
        QTest::newRow("division") << QByteArray("A = [1, 2]\nB = [1, 0]\nC[i] = A[i] / B[i]") << "3:15 E-DIV0";
        QTest::newRow("hidden division") << QByteArray("A = [1, 2]\nB = [1, 0]\nC[i] = step(A[i] / B[i])")
                                         << "3:20 E-DIV0";
        QTest::newRow("remainder") << QByteArray("B = [1, 0]\n@domain i = 2\nC[i] = i % B[i]") << "3:12 E-DIV0";
        QTest::newRow("log") << QByteArray("A = [1, 0]\nC[i] = log(A[i])") << "2:8 E-MATH";
        QTest::newRow("sqrt") << QByteArray("A = [1, -1]\nC[i] = 1 + sqrt(A[i])") << "2:12 E-MATH";
        QTest::newRow("overflow") << QByteArray("A = [1, 1000]\nC[i] = exp(A[i])") << "2:8 E-MATH";
        QTest::newRow("cycle") << QByteArray("X[i]: real[2]\nB = [1, 2]\nX[i] = 0.5 X[i] + B[i]") << "3:1 E-CYCLE";
        QTest::newRow("cycle on cyclic data")
            << QByteArray("E(0, 1)\nE(1, 0)\nD[y] max= E(x, y) (D[x] + 1)") << "3:1 E-CYCLE";
        QTest::newRow("not where a factor is false")
            << QByteArray("E(0)\nA = [1, 2]\nB = [1, 0]\nS = E(i) A[i] / B[i]") << "";
        QTest::newRow("not where the equation does not apply")
            << QByteArray("A = [1, 2]\nB = [1, 4]\nC[i] = A[i] / B[i-1]") << "";
    }

    void error_atRunTime_hasItsPlaceAndCell() {
        QFETCH(QByteArray, program);
        QFETCH(QString, errors);
        const Ran ran = run(program.toStdString());
        QCOMPARE(errorsOf(ran), errors);
    }

    void divisionByZero_namesCellAndInputs() {
        const Ran ran = run("A = [1, 2]\nB = [1, 0]\nC[i] = A[i] / B[i]");
        QCOMPARE(ran.evaluated.diagnostics.size(), std::size_t{1});
        const std::string text = fillIn(ran.evaluated.diagnostics[0].message, ran.evaluated.diagnostics[0].arguments);
        QVERIFY2(text.find("C[1]") != std::string::npos, text.c_str());
        QVERIFY2(text.find("B[1] = 0") != std::string::npos, text.c_str());
    }

    void error_namesEveryInputOnce() {
        const Ran product = run("A = [-1, 2]\nB[i] = log(A[i] * A[i] * A[i])");
        QCOMPARE(product.evaluated.diagnostics.size(), std::size_t{1});
        QCOMPARE(fillIn(product.evaluated.diagnostics[0].message, product.evaluated.diagnostics[0].arguments),
                 std::string("log of -1 in B[0]; its inputs: A[0] = -1"));
        const Ran remainder = run("A = [1.5, 2]\nB[i] = A[i] % 2");
        QCOMPARE(remainder.evaluated.diagnostics.size(), std::size_t{1});
        QCOMPARE(fillIn(remainder.evaluated.diagnostics[0].message, remainder.evaluated.diagnostics[0].arguments),
                 std::string("% takes integers, found 1.5 in B[0]; its inputs: A[0] = 1.5"));
    }

    void falseFactor_hidesTheRest() {
        const Ran ran = run("E(0)\nA = [1, 2]\nB = [4, 0]\nS = E(i) A[i] / B[i]");
        QCOMPARE(errorsOf(ran), QString());
        QCOMPARE(ran.at("S"), 0.25);
    }

    void tooLarge_isRefusedWithTheEquation() {
        EvaluateOptions options;
        options.memoryBudget = 1 << 20;
        const Ran ran = run("@domain i = 1000\nA[i, j, k] = i + j + k\n@domain j = 1000\n@domain k = 1000", options);
        QCOMPARE(errorsOf(ran), QStringLiteral("2:1 E-LIMIT"));
        QVERIFY(ran.result().isPartial());
    }

    void iterate_converges_orWarnsWithTheResidual() {
        const Ran ran = run("@iterate max=100 tol=1e-9\nX[i]: real[2]\nB = [1, 2]\nX[i] = 0.5 X[i] + B[i]");
        QCOMPARE(errorsOf(ran), QString());
        QVERIFY(std::abs(ran.at("X", {0}) - 2) < 1e-8);
        QVERIFY(std::abs(ran.at("X", {1}) - 4) < 1e-8);
        const Ran stopped = run("@iterate max=5\nX: real\nX = 2 X + 1");
        QCOMPARE(errorsOf(stopped), QString());
        QCOMPARE(stopped.at("X"), 31.0);
        bool warned = false;
        for (const Diagnostic& each : stopped.evaluated.diagnostics) warned = warned || each.code == "W-ITERATE";
        QVERIFY(warned);
    }

    void longChains_ofElements_needNoStack() {
        const Ran ran = run("A[i]: real[200000]\nA[i] = 1\nS[0] = A[0]\nS[i] = S[i-1] + A[i]\nP[i]: real[100000]\nP[i] "
                            "= P[i/2] + 1\nP[0] = 0");
        QVERIFY(errorsOf(ran).contains(QStringLiteral("E-CYCLE"))); // P[0] needs P[0/2]
        const Ran fine = run("A[i]: real[200000]\nA[i] = 1\nS[0] = A[0]\nS[i] = S[i-1] + A[i]\n");
        QCOMPARE(errorsOf(fine), QString());
        QCOMPARE(fine.at("S", {199999}), 200000.0);
    }

    void engines_agree_data() {
        QTest::addColumn<int>("engine");
        QTest::newRow("semi-naive") << static_cast<int>(Engine::SemiNaive);
        QTest::newRow("by source") << static_cast<int>(Engine::BySource);
        QTest::newRow("naive") << static_cast<int>(Engine::Naive);
        QTest::newRow("naive dense") << static_cast<int>(Engine::NaiveDense);
    }

    void engines_agree() {
        QFETCH(int, engine);
        EvaluateOptions options;
        options.engine = static_cast<Engine>(engine);
        const Ran ran = run(chain(40) + "SG(x, y) <- Edge(p, x), Edge(p, y), x != y\nSG(x, y) <- Edge(a, x), SG(a, b), "
                                        "Edge(b, y)\nEdge(3, 20)\n",
                            options);
        QCOMPARE(errorsOf(ran), QString());
        QCOMPARE(ran.result().rowCount(ran.id("Path")), std::uint64_t{780}); // 3 -> 20 adds no pair
        std::uint64_t rounds = 0, sum = 0;
        for (const RoundReport& report : ran.result().rounds())
            if (report.relation == ran.id("Path")) {
                rounds = std::max<std::uint64_t>(rounds, report.round);
                sum += report.delta;
            }
        QCOMPARE(sum, std::uint64_t{780});
        QCOMPARE(rounds, std::uint64_t{35}); // the longest shortest path: 4 to 39
        const auto proof = ran.result().prove(ran.id("Path"), {0, 2}, 10, {});
        QVERIFY(proof.has_value());
        QCOMPARE(proof->body.size(), std::size_t{2});
    }

    void naiveDense_tooLarge_isRefused() {
        EvaluateOptions options;
        options.engine = Engine::NaiveDense;
        options.memoryBudget = 100000;
        const Ran ran = run(chain(200), options);
        QVERIFY2(errorsOf(ran).contains(QStringLiteral("E-LIMIT")), qPrintable(errorsOf(ran)));
    }

    void backward_givesTheSameAnswers() {
        const std::string text = chain(50) + "A = [1, 2, 3]\nF[0] = 1\nF[i+1] = F[i] + 1\nF[i]: int[30]\nY[i] = A[i] "
                                             "A[j]\nPath(45, y)?\nF[20]?\nY[1]?\nF[i]?\n";
        EvaluateOptions backward;
        backward.mode = Mode::Backward;
        const Ran a = run(text), b = run(text, backward);
        QCOMPARE(errorsOf(a) + errorsOf(b), QString());
        for (Cell y = 46; y < 50; ++y) QVERIFY(b.result().contains(b.id("Path"), {45, y}));
        QVERIFY(!b.result().contains(b.id("Path"), {45, 45}));
        QCOMPARE(a.at("F", {20}), 21.0);
        QCOMPARE(b.at("F", {20}), 21.0);
        QCOMPARE(b.at("Y", {1}), a.at("Y", {1}));
        QVERIFY(b.result().demanded().first > 0);
        QVERIFY(b.result().rowCount(b.id("Path")) < a.result().rowCount(a.id("Path")));
    }

    void cancel_isQuick_andKeepsWhatIsThere_data() {
        QTest::addColumn<QString>("text");
        QTest::newRow("a long recursion by element: two indices, no slice loop")
            << "L[i,j]: real[3000,3000]\nL[0,0] = 1\nL[i,j] = 0.5 L[i-1,j]\nL[i,j] = 0.5 L[i,j-1]\n";
        QString chain = QStringLiteral("X[i,j]");
        for (int k = 0; k < 12; ++k) chain = QStringLiteral("tanh(2 sin(%1))").arg(chain);
        QTest::newRow("functions of a large tensor")
            << QStringLiteral("@domain i = 5000\n@domain j = 5000\nX[i,j] = i - j\nY[i,j] = %1\n").arg(chain);
    }
    void cancel_isQuick_andKeepsWhatIsThere() {
        QFETCH(QString, text);
        std::stop_source source;
        EvaluateOptions options;
        options.stop = source.get_token();
        test::Stopwatch timer;
        std::thread later([&source, &timer] {
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            timer.restart();
            source.request_stop();
        });
        const Ran ran = run(text.toStdString(), options);
        later.join();
        QVERIFY(ran.evaluated.wasCancelled);
        QVERIFY(ran.result().isPartial());
        QVERIFY2(timer.milliseconds() < 500, qPrintable(QString::number(timer.milliseconds())));
    }

    void largeTensors_areComputedInPieces_butRight() {
        const Ran ran = run("@domain i = 2100\n@domain j = 2001\n" // more cells than one piece
                            "A[i,j] = (7 i + 3 j) % 11 - 5\nB[j] = j % 5\nC[i,j] = A[i,j]^2 + B[j] A[i,j] - i\n"
                            "S[i] = C[i,j]\nT[j] = C[i,j]\n");
        QCOMPARE(errorsOf(ran), QString());
        std::vector<std::int64_t> rows(2100), columns(2001);
        for (std::int64_t i = 0; i < 2100; ++i)
            for (std::int64_t j = 0; j < 2001; ++j) {
                const std::int64_t a = (7 * i + 3 * j) % 11 - 5, c = a * a + j % 5 * a - i;
                rows[static_cast<std::size_t>(i)] += c;
                columns[static_cast<std::size_t>(j)] += c;
            }
        for (const std::uint32_t k : {0U, 1U, 1047U, 1048U, 2000U}) {
            QCOMPARE(ran.at("S", {k}), static_cast<double>(rows[k]));
            QCOMPARE(ran.at("T", {k}), static_cast<double>(columns[k]));
        }
    }

    void tile_countsBoxes() {
        const Ran ran = run(chain(100));
        const Evaluation::Tile tile = ran.result().tile(ran.id("Path"), {}, 0, 0, 100, 100, 2, 2, 0);
        QCOMPARE(tile.values, (std::vector<float>{1225, 2500, 0, 1225}));
        const Evaluation::Tile first = ran.result().tile(ran.id("Path"), {}, 0, 0, 100, 100, 1, 1, 1);
        QCOMPARE(first.values, (std::vector<float>{99}));
        QCOMPARE(first.rounds, (std::vector<std::uint32_t>{1}));
    }

    void tile_meansOfNumbers() {
        const Ran ran = run("A = [[1, 3], [5, 7]]");
        const Evaluation::Tile tile = ran.result().tile(ran.id("A"), {}, 0, 0, 2, 2, 1, 2, 0);
        QCOMPARE(tile.values, (std::vector<float>{3, 5}));
    }

    void terms_sortByMagnitude() {
        const Ran ran = run("W = [0.5, -4, 1]\nX = [2, 1, 3]\nY = W[i] X[i]");
        const std::vector<Term> terms = ran.result().terms(ran.id("Y"), {}, 2);
        QCOMPARE(terms.size(), std::size_t{2});
        QCOMPARE(terms[0].value, -4.0);
        QCOMPARE(terms[1].value, 3.0);
        QVERIFY2(terms[0].text.find("W[1] X[1]") != std::string::npos, terms[0].text.c_str());
    }

    void rows_sortIntegersBeforeSymbols() {
        const Ran ran = run("R(Bob)\nR(10)\nR(Alice)\nR(9)\nR(-3)\n");
        QStringList shown;
        for (const Row& row : ran.result().rows(ran.id("R"), 0, 10))
            shown << QString::fromStdString(ran.program->dictionary->text(row.cells[0]));
        QCOMPARE(shown.join(QLatin1Char(' ')), QStringLiteral("-3 9 10 Alice Bob"));
    }

    void virtualIndex_keepsTheLastValue() {
        const Ran ran = run("U[t]: real[1000]\nU[t] = 1\nX[*t+1] = X[*t] + U[t]\nX[0] = 0\nY = 2 X[1000]");
        QCOMPARE(errorsOf(ran), QString());
        QCOMPARE(ran.at("Y"), 2000.0);
        QCOMPARE(ran.at("X", {1000}), 1000.0);
        QCOMPARE(ran.result().dense(ran.id("X")).elements(), std::int64_t{1});
    }

    // A [1000, 1000] is 8 MB, and so are the three values of the sum and the sum itself. The limit lies where they fit
    // without A, then where they fit beside it.
    void memory_isOfAllThatIsAlive() {
        const std::string text = "@domain i = 1000\nA[i, j] = i / (j + 1)\nB[i, j] = sin(A[i, j]) + cos(A[i, j]) * "
                                 "exp(-A[i, j])\n@domain j = 1000";
        EvaluateOptions options;
        options.memoryBudget = 24 << 20;
        const Ran small = run(text, options);
        QCOMPARE(errorsOf(small), QStringLiteral("3:1 E-LIMIT"));
        const std::vector<std::string> told = small.evaluated.diagnostics[0].arguments;
        QCOMPARE(told[0], std::string("B"));
        const auto needed = std::stoll(told[1]), alive = std::stoll(told[2]);
        QVERIFY(needed >= 3 * 8'000'000);
        QVERIFY(alive >= 8'000'000 && alive < 17'000'000);
        options.memoryBudget = needed + alive / 2;
        QCOMPARE(errorsOf(run(text, options)), QStringLiteral("3:1 E-LIMIT"));
        options.memoryBudget = needed + alive;
        QCOMPARE(errorsOf(run(text, options)), QString());
    }

    // Equations of one head are alive together until they are pooled.
    void memory_ofOneHead_isOfAllItsEquations() {
        EvaluateOptions options;
        options.memoryBudget = 30 << 20;
        const std::string one = "@domain i = 1000\n@domain j = 1000\nA[i, j] = sin(i + j)\n",
                          more = "A[i, j] = sin(i + j)\nA[i, j] = sin(i + j)\n";
        QCOMPARE(errorsOf(run(one, options)), QString());
        QVERIFY2(errorsOf(run(one + more, options)).contains(QStringLiteral("E-LIMIT")), "24 MB of parts and the work");
    }

    void memory_ofTuples_isWhatTensorsLeave() {
        EvaluateOptions options;
        options.memoryBudget = 9 << 20;
        const std::string tensor = "@domain i = 1000\n@domain j = 1000\nA[i, j] = i + j\n",
                          rules = "N(0)\nN(y) <- N(x), y == x + 1, y < 600\nP(x, y) <- N(x), N(y)\n";
        QCOMPARE(errorsOf(run(rules, options)), QString());
        // The order of strata is free: a value of A decides about the rule that comes after it.
        const Ran ran = run(tensor + rules + "Q(x, y) <- P(x, y), A[x, y] > 0\n", options);
        QVERIFY2(errorsOf(ran).contains(QStringLiteral("E-LIMIT")), qPrintable(errorsOf(ran)));
    }

    // 40,000 steps of 1,000 cells would be 320 MB; only the step under way is read.
    void virtualIndex_readAtItsStep_keepsNoSteps_data() {
        QTest::addColumn<QByteArray>("reader");
        QTest::addColumn<double>("wanted");
        // X[t, i] = i 2^-t: sum over i is 499500 2^-t, over t as well 999000.
        QTest::newRow("index of the head") << QByteArray("Y[t] = X[*t, i]\nS = Y[t]") << 999000.0;
        QTest::newRow("summed") << QByteArray("S = X[*t, i]") << 999000.0;
        QTest::newRow("largest") << QByteArray("S max= X[*t, i] + 1") << 1000.0;
        QTest::newRow("mean") << QByteArray("M[i] avg= X[*t, i]\nS = M[i] * 40001") << 999000.0;
        QTest::newRow("with another tensor")
            << QByteArray("W[t]: real[40001]\nW[0] = 2\nS = W[t] X[*t, i]") << 999000.0;
    }
    void virtualIndex_readAtItsStep_keepsNoSteps() {
        QFETCH(QByteArray, reader);
        QFETCH(double, wanted);
        EvaluateOptions options;
        options.memoryBudget = 4 << 20;
        const Ran ran =
            run("X[t, i]: real[40001, 1000]\nX[0, i] = i\nX[*t+1, i] = 0.5 X[*t, i]\n" + reader.toStdString(), options);
        QCOMPARE(errorsOf(ran), QString());
        QVERIFY(std::abs(ran.at("S") / wanted - 1) < 1e-9);
    }

    void virtualIndex_readTwoWays_keepsItsSteps() {
        // The second reader squares the sum over the steps: its step is no part of the outermost sum.
        const Ran ran =
            run("X[t]: real[11]\nX[0] = 1\nX[*t+1] = X[*t] + 1\nY[t] = X[*t]\nZ = exp(0 * X[*t]) + 1\nS = Y[t]");
        QCOMPARE(errorsOf(ran), QString());
        QCOMPARE(ran.at("S"), 66.0);
    }

    // Each group against its mean and variance in exact arithmetic: the middle of symmetric numbers is 0, not nearly.
    void lnorm_ofSymmetricNumbers_hasAnExactMiddle() {
        int zeros = 0, all = 0;
        for (const int count : {3, 5, 7, 9, 11, 33})
            for (const double scale : {1.0, 0.1, 0.3, 7.0})
                for (const double offset : {0.0, 1.0, 10.0, 0.5, 100.25}) {
                    std::string list;
                    for (int k = 0; k < count; ++k) {
                        char text[40];
                        std::snprintf(text, sizeof text, "%s%.17g", k > 0 ? ", " : "",
                                      offset + scale * (k - count / 2));
                        list += text;
                    }
                    const Ran ran = run("X = [" + list + "]\nY[i.] = lnorm(X[i])");
                    QCOMPARE(errorsOf(ran), QString());
                    zeros += ran.at("Y", {count / 2}) == 0.0 ? 1 : 0;
                    ++all;
                    const double variance = scale * scale * (count * count - 1) / 12.0;
                    QVERIFY(std::abs(ran.at("Y", {count - 1}) - scale * (count / 2) / std::sqrt(variance + 1e-5)) <
                            1e-12);
                }
        QCOMPARE(zeros, all);
    }

    void integers_stayExact() {
        // 3^39 = 4052555153018976267 needs 62 bits.
        const Ran ran = run("P[0] = 1\nP[i+1] = 3 P[i]\nP[i]: int[40]\nB[i] = P[i] % 1000003\nS = P[i]");
        QCOMPARE(errorsOf(ran), QString());
        QCOMPARE(ran.result().cell(ran.id("P"), {39}).integer, std::int64_t{4052555153018976267});
        QCOMPARE(ran.result().cell(ran.id("S"), {}).integer, std::int64_t{6078832729528464400});
    }
};

VITRINE_CORE_TEST(TestEvaluate)
#include "tst_evaluate.moc"
