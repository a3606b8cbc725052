// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"
#include "tests/core/tensor_logic/enumeration.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

#include <cmath>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

struct Learned {
    std::shared_ptr<Program> program;
    Evaluated evaluated;
    TensorId id(const char* name) const { return program->find(name).value(); }
    std::vector<double> values(const char* name) const { return numbers(evaluated.evaluation->dense(id(name))); }
    static std::vector<double> numbers(const TensorSnapshot& snapshot) {
        return {snapshot.as<double>(), snapshot.as<double>() + snapshot.elements()};
    }
};

Learned learn(const std::string& text, EvaluateOptions options = {}, Observer* observer = nullptr) {
    const Checked checked = check(Source("test.tl", text), {});
    Learned learned{checked.program, {}};
    learned.evaluated.diagnostics = checked.diagnostics;
    if (!hasErrors(checked.diagnostics)) learned.evaluated = evaluate(checked.program, options, observer);
    return learned;
}

std::string errorsOf(const Learned& learned) {
    std::string text;
    for (const Diagnostic& each : learned.evaluated.diagnostics)
        if (each.severity == Severity::Error) text += each.code + " " + fillIn(each.message, each.arguments) + "; ";
    return text;
}

} // namespace

class TestLearning : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    /// The gradient of the first step against central differences of the enumerated loss.
    void gradient_equalsFiniteDifferences_data() {
        QTest::addColumn<QByteArray>("program");
        QTest::newRow("mlp") << QByteArray(
            "X = [[0.5, -1], [1.5, 0.3], [-0.7, 0.9]]\nT = [0.2, -0.4, 1]\nW[j,i]: real[4,2]\nV[j]: real[4]\n@learn W, "
            "V\n"
            "H[e,j] = tanh(W[j,i] X[e,i] + 0.1)\nOut[e] = V[j] H[e,j] + 0.3 H[e,0]\nLoss = (T[e] - "
            "Out[e])^2\n@minimize Loss steps=1 lr=0.0000000001 optimizer=sgd");
        QTest::newRow("recurrent") << QByteArray(
            "U = [[0.5], [-1], [0.7], [0.2]]\nW[i,j]: real[3,3]\nV[i,k]: real[3,1]\n@learn W, V\n@domain t = 4\n"
            "X[0,i] = 0.3\nX[t+1,i] = sig(W[i,j] X[t,j] + V[i,k] U[t,k])\nLoss = X[4,i]^2\n@minimize Loss steps=1 "
            "lr=0.0000000001 optimizer=sgd");
        QTest::newRow("attention") << QByteArray(
            "X = [[0.5, -1], [1.5, 0.3], [-0.7, 0.9]]\nWQ[k,d]: real[2,2]\nWK[k,d]: real[2,2]\n@learn WQ, WK\n"
            "Q[p,k] = WQ[k,d] X[p,d]\nK[p,k] = WK[k,d] X[p,d]\nC[p,q.] = softmax(Q[p,k] K[q,k] / 1.4)\nA[p,d] = C[p,q] "
            "X[q,d]\nN[p,d.] = lnorm(A[p,d] + X[p,d])\nLoss = (N[p,d] - 1)^2\n@minimize Loss steps=1 lr=0.0000000001 "
            "optimizer=sgd");
        QTest::newRow("convolution and pooling")
            << QByteArray("X = [0.5, -1, 1.5, 0.3, -0.7, 0.9, 0.1, 0.4]\nF[a,d]: real[2,3]\n@learn F\nC[a,x] = F[a,d] "
                          "X[x+d]\nP[a,x/2] max= C[a,x]\nLoss = P[a,x]^2 + C[a,x]^3\n@minimize Loss steps=1 "
                          "lr=0.0000000001 optimizer=sgd");
        QTest::newRow("tuples") << QByteArray(
            "In(0, 2)\nIn(1, 0)\nIn(2, 2)\nEmb[t,d]: real[3,2]\n@learn Emb\nX[p,d] = In(p, t) Emb[t,d]\nLoss = "
            "X[p,d]^2 + X[p,0]\n@minimize Loss steps=1 lr=0.0000000001 optimizer=sgd");
    }

    void gradient_equalsFiniteDifferences() {
        QFETCH(QByteArray, program);
        const Learned learned = learn(program.toStdString());
        QVERIFY2(errorsOf(learned).empty(), errorsOf(learned).c_str());
        const Evaluation& evaluation = *learned.evaluated.evaluation;
        const TensorId loss = learned.id("Loss");
        for (TensorId tensor = 0; tensor < learned.program->tensors.size(); ++tensor) {
            if (!learned.program->tensors[tensor].isLearned) continue;
            const auto gradient = evaluation.gradient(tensor);
            QVERIFY(gradient.has_value());
            std::vector<double> found = Learned::numbers(*gradient);
            // After one step of a tiny rate the values are those of the start to within the tolerance.
            for (std::size_t k = 0; k < found.size(); ++k) {
                constexpr double h = 1e-5;
                double side[2];
                for (int s = 0; s < 2; ++s) {
                    test::Enumeration enumeration(*learned.program, evaluation);
                    for (TensorId other = 0; other < learned.program->tensors.size(); ++other)
                        if (learned.program->tensors[other].isLearned)
                            enumeration.fixedValues[other] = Learned::numbers(evaluation.dense(other));
                    enumeration.fixedValues[tensor][k] += s == 0 ? -h : h;
                    side[s] = enumeration.cell(loss, {});
                }
                const double expected = (side[1] - side[0]) / (2 * h);
                QVERIFY2(std::abs(found[k] - expected) < 1e-4 * (1 + std::abs(expected)),
                         qPrintable(QStringLiteral("%1 but %2").arg(found[k]).arg(expected)));
            }
        }
    }

    void regression_findsTheLeastSquares() {
        // y = 2 x - 1 exactly: the minimum is 0 there.
        const Learned learned =
            learn("X = [0, 1, 2, 3]\nT = [-1, 1, 3, 5]\nW: real\nB: real\n@learn W, B\nOut[e] = W X[e] + B\n"
                  "Loss = (T[e] - Out[e])^2\n@minimize Loss lr=0.05 steps=800 optimizer=adam");
        QVERIFY2(errorsOf(learned).empty(), errorsOf(learned).c_str());
        QVERIFY(std::abs(learned.values("W")[0] - 2) < 1e-3);
        QVERIFY(std::abs(learned.values("B")[0] + 1) < 1e-3);
        QVERIFY(learned.values("Loss")[0] < 1e-5); // a query shows the learned values
        QCOMPARE(learned.evaluated.evaluation->learning().back().step, std::int64_t{800});
    }

    void sgd_oneStep_isTheClosedForm() {
        // Loss = (3 - W)^2 from W = 0: gradient -6, W becomes 0.6.
        const Learned learned =
            learn("W: real\n@learn W\nLoss = (3 - W)^2\n@minimize Loss lr=0.1 steps=1 optimizer=sgd");
        QVERIFY2(errorsOf(learned).empty(), errorsOf(learned).c_str());
        QVERIFY(std::abs(learned.values("W")[0] - 0.6) < 1e-12);
        QCOMPARE(learned.evaluated.evaluation->learning().front().loss, 9.0);
        QCOMPARE(learned.evaluated.evaluation->learning().front().gradientNorms.front().second, 6.0);
    }

    void adam_twoSteps_areTheClosedForm() {
        // Adam's first steps are lr in the direction of the sign; the second follows from the definition.
        const Learned learned =
            learn("W: real\n@learn W\nLoss = (3 - W)^2\n@minimize Loss lr=0.1 steps=2 optimizer=adam");
        double w = 0, m = 0, v = 0;
        for (int t = 1; t <= 2; ++t) {
            const double g = -2 * (3 - w);
            m = 0.9 * m + 0.1 * g;
            v = 0.999 * v + 0.001 * g * g;
            w -= 0.1 * (m / (1 - std::pow(0.9, t))) / (std::sqrt(v / (1 - std::pow(0.999, t))) + 1e-8);
        }
        QVERIFY(std::abs(learned.values("W")[0] - w) < 1e-12);
    }

    void maximise_climbs() {
        const Learned learned =
            learn("W: real\n@learn W\nGain = 1 - (2 - W)^2\n@maximize Gain lr=0.1 steps=200 optimizer=sgd");
        QVERIFY(std::abs(learned.values("W")[0] - 2) < 1e-6);
    }

    void freeze_keepsTheStart() {
        const Learned learned = learn("W: real\nV: real\nW = 0\nV = 5\n@learn W, V\n@freeze V\nLoss = (V - "
                                      "W)^2\n@minimize Loss lr=0.1 steps=200 optimizer=sgd");
        QVERIFY2(errorsOf(learned).empty(), errorsOf(learned).c_str());
        QCOMPARE(learned.values("V")[0], 5.0);
        QVERIFY(std::abs(learned.values("W")[0] - 5) < 1e-6);
    }

    void initialValues_areGlorotUniform() {
        const Learned learned =
            learn("W[i,j]: real[40,60]\nB[i]: real[40]\n@learn W, B\nLoss = W[i,j]^2 + B[i]\n@minimize Loss steps=0");
        QVERIFY2(errorsOf(learned).empty(), errorsOf(learned).c_str());
        const double bound = std::sqrt(6.0 / 100);
        double square = 0;
        const std::vector<double> w = learned.values("W");
        for (const double x : w) {
            QVERIFY(std::abs(x) <= bound);
            square += x * x / static_cast<double>(w.size());
        }
        QVERIFY(std::abs(square / (bound * bound / 3) - 1) < 0.1); // variance of a uniform distribution, 2400 draws
        for (const double b : learned.values("B")) QCOMPARE(b, 0.0);
    }

    void sameSeed_sameCurve() {
        const std::string text = "X = [[0.5, -1], [1.5, 0.3], [-0.7, 0.9], [0.1, 0.2], [0.4, 0.8]]\nT = [0.2, -0.4, 1, "
                                 "0, 0.5]\nW[j,i]: real[4,2]\nV[j]: real[4]\n@learn W, V\n"
                                 "Out[e] = V[j] tanh(W[j,i] X[e,i]) + V[0]\nLoss = (T[e] - Out[e])^2\n@minimize Loss "
                                 "steps=12 lr=0.05 batch=2 over=e\n";
        const auto curve = [&](const char* seed) {
            std::vector<double> losses;
            for (const LearningReport& report : learn(text + seed).evaluated.evaluation->learning())
                losses.push_back(report.loss);
            return losses;
        };
        QCOMPARE(curve("@seed 3").size(), std::size_t{12});
        QCOMPARE(curve("@seed 3"), curve("@seed 3"));
        QVERIFY(curve("@seed 3") != curve("@seed 4"));
    }

    void batches_coverEveryEpoch() {
        // Loss is the number of examples of a batch: 5 examples in batches of 2 give 2, 2, 1.
        const Learned learned =
            learn("X = [1, 1, 1, 1, 1]\nW: real\n@learn W\nLoss = X[e] + 0 W\n@minimize Loss steps=6 batch=2 over=e");
        QVERIFY2(errorsOf(learned).empty(), errorsOf(learned).c_str());
        std::vector<double> losses;
        for (const LearningReport& report : learned.evaluated.evaluation->learning()) losses.push_back(report.loss);
        QCOMPARE(losses, (std::vector<double>{2, 2, 1, 2, 2, 1}));
    }

    void batches_ofTuples_giveTheSumOverTheEpoch() {
        // Three relations of the example index: one tuple each, a varying number, none.
        const Learned learned =
            learn("Lab(0, 1)\nLab(1, 0)\nLab(2, 1)\nLab(3, 1)\nTag(0, 0)\nTag(0, 1)\nTag(2, 1)\nTag(2, 0)\nTag(3, 0)\n"
                  "X = [[1, 2], [3, 4], [5, 6], [7, 8]]\nW: real\n@learn W\n"
                  "Loss = Lab(e, c) X[e, c] + 100 Tag(e, c) X[e, c] + 0 W\n@minimize Loss steps=2 batch=2 over=e");
        QVERIFY2(errorsOf(learned).empty(), errorsOf(learned).c_str());
        double total = 0;
        for (const LearningReport& report : learned.evaluated.evaluation->learning()) total += report.loss;
        QCOMPARE(total, 2.0 + 3 + 6 + 8 + 100 * (1 + 2 + 6 + 5 + 7));
    }

    void step_inTheLearnedPath_warns() {
        const Learned learned = learn("W: real\n@learn W\nY = step(W)\nLoss = (1 - Y)^2\n@minimize Loss steps=3");
        QVERIFY2(errorsOf(learned).empty(), errorsOf(learned).c_str());
        std::vector<Diagnostic> all = learned.evaluated.diagnostics; // the checker's and the run's: said once
        const Checked checked =
            check(Source("test.tl", "W: real\n@learn W\nY = step(W)\nLoss = (1 - Y)^2\n@minimize Loss steps=3"), {});
        all.insert(all.end(), checked.diagnostics.begin(), checked.diagnostics.end());
        QCOMPARE(std::count_if(all.begin(), all.end(), [](const Diagnostic& each) { return each.code == "W-STEP"; }),
                 1);
    }

    void relation_inTheLearnedPath_warnsOnce() {
        const char* text = "W: real\n@learn W\nA(0)\nR(x) <- A(x), W > 0\nLoss = R(x) W\n@minimize Loss steps=3";
        const Learned learned = learn(text);
        std::vector<Diagnostic> all = learned.evaluated.diagnostics;
        const Checked checked = check(Source("test.tl", text), {});
        all.insert(all.end(), checked.diagnostics.begin(), checked.diagnostics.end());
        QCOMPARE(std::count_if(all.begin(), all.end(), [](const Diagnostic& each) { return each.code == "W-STEP"; }),
                 1);
    }

    void batchIndex_inArithmetic_isRefused_data() {
        QTest::addColumn<QByteArray>("equation");
        QTest::addColumn<std::string>("code");
        QTest::newRow("plain") << QByteArray("Loss = (W X[e] - 1)^2") << std::string();
        QTest::newRow("its half") << QByteArray("Loss = (W X[e / 2] - X[e])^2") << std::string("E-INDEX");
        QTest::newRow("the next") << QByteArray("Loss = (W X[e] - X[e + 1])^2") << std::string("E-INDEX");
        QTest::newRow("its value") << QByteArray("Loss = (W X[e] - e)^2") << std::string("E-INDEX");
        QTest::newRow("a constant") << QByteArray("Loss = (W X[e] - X[0])^2") << std::string("E-INDEX");
        QTest::newRow("before learning") << QByteArray("T[e] = 2 e + X[0]\nLoss = (W X[e] - T[e])^2") << std::string();
    }
    void batchIndex_inArithmetic_isRefused() {
        QFETCH(QByteArray, equation);
        QFETCH(std::string, code);
        const Learned learned = learn("X = [1, 2, 3, 4, 5, 6]\n@domain e = 6\nW: real\n@learn W\n" +
                                      equation.toStdString() + "\n@minimize Loss steps=3 batch=2 over=e");
        const std::string found = errorsOf(learned);
        QVERIFY2(code.empty() ? found.empty() : found.starts_with(code), found.c_str());
    }

    // 500 examples of 2,000 cells are 8 MB a tensor; a step keeps several of them for the gradient.
    void memory_ofLearning_countsWhatTheGradientNeeds() {
        EvaluateOptions options;
        options.memoryBudget = 24 << 20;
        const std::string text = "X[e, i]: real[500, 4]\nX[e, i] = 0.1\nW[j, i]: real[2000, 4]\n@learn W\nH[e, j] = "
                                 "tanh(W[j, i] X[e, i])\nG[e, j] = tanh(H[e, j])\nLoss = G[e, j]^2\n@minimize Loss "
                                 "steps=2";
        QVERIFY2(errorsOf(learn(text, options)).starts_with("E-LIMIT"), errorsOf(learn(text, options)).c_str());
        QVERIFY2(errorsOf(learn(text + " batch=50 over=e", options)).empty(), "a tenth of it fits");
    }

    // Stopped at step 7 and gone on with from there: the same values to the last bit.
    void resumed_isBitwiseTheSame_data() {
        QTest::addColumn<QByteArray>("how");
        QTest::newRow("adam, batches") << QByteArray("steps=20 batch=4 over=e");
        QTest::newRow("sgd, batches") << QByteArray("steps=20 batch=4 over=e optimizer=sgd");
        QTest::newRow("adam, all") << QByteArray("steps=20");
    }
    void resumed_isBitwiseTheSame() {
        QFETCH(QByteArray, how);
        const std::string text =
            "@domain e = 10\nX[e, i] = sin(e + 3 i)\n@domain i = 3\nW[j, i]: real[4, 3]\nV[j]: real[4]\n"
            "@learn W, V\nLoss = (V[j] tanh(W[j, i] X[e, i]) - 1)^2\n@minimize Loss " +
            how.toStdString();
        std::shared_ptr<const LearningState> saved;
        EvaluateOptions whole;
        whole.checkpointSteps = 7;
        whole.onCheckpoint = [&](const LearningState& state) {
            if (!saved) saved = std::make_shared<LearningState>(state);
        };
        const Learned first = learn(text, whole);
        QVERIFY2(errorsOf(first).empty(), errorsOf(first).c_str());
        QVERIFY(saved != nullptr);
        QCOMPARE(saved->step, std::int64_t{7});
        EvaluateOptions rest;
        rest.resumeLearning = saved;
        const Learned second = learn(text, rest);
        QVERIFY2(errorsOf(second).empty(), errorsOf(second).c_str());
        QCOMPARE(first.values("W"), second.values("W"));
        QCOMPARE(first.values("V"), second.values("V"));
        const auto& a = first.evaluated.evaluation->learning();
        const auto& b = second.evaluated.evaluation->learning();
        QCOMPARE(a.size(), b.size());
        for (std::size_t k = 0; k < a.size(); ++k) QCOMPARE(a[k].loss, b[k].loss);
        // Of another program: refused, not guessed.
        const Learned other =
            learn("W[j, i]: real[4, 4]\nV[j]: real[4]\n@learn W, V\nLoss = (W[j, i] V[j] - 1)^2\n@minimize Loss " +
                      std::string("steps=20"),
                  rest);
        QVERIFY(errorsOf(other).starts_with("E-LIMIT"));
    }

    void notFinite_namesTheCell() {
        const Learned learned = learn("W: real\n@learn W\nLoss = log(W)\n@minimize Loss steps=3 lr=1");
        QVERIFY(errorsOf(learned).rfind("E-MATH", 0) == 0);
    }

    void cancel_keepsTheLastStep() {
        struct Stopper : Observer {
            std::stop_source source;
            void onLearning(const LearningReport& report) override {
                if (report.step == 5) source.request_stop();
            }
        } stopper;
        EvaluateOptions options;
        options.stop = stopper.source.get_token();
        const Learned learned = learn(
            "W: real\n@learn W\nLoss = (3 - W)^2\n@minimize Loss lr=0.1 steps=1500 optimizer=sgd", options, &stopper);
        QVERIFY(learned.evaluated.wasCancelled);
        QVERIFY(std::abs(learned.values("W")[0] - 3 * (1 - std::pow(0.8, 5))) < 1e-12);
    }
};

VITRINE_CORE_TEST(TestLearning)
#include "tst_learning.moc"
