// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/factory.hpp"
#include "core/methods/tensor_logic/method.hpp"
#include "tests/support/methodtests.hpp"

#include <QCoreApplication>
#include <QTest>

using namespace vitrine;

namespace {

/// Learns long enough to be stopped between checkpoints: a network on two thousand generated points.
const char* LearningProgram = "X[e, i] = sin(e * (i + 1))\n@domain e = 2000\nW1[u, i]: real[32, 16]\nW2[u]: real[32]\n"
                              "T[e] = X[e, 0] * X[e, 1]\nH[e, u] = tanh(W1[u, i] X[e, i])\nY[e] = W2[u] H[e, u]\n"
                              "Loss avg= (Y[e] - T[e])^2\n@learn W1, W2\n"
                              "@minimize Loss lr=0.01 steps=330 batch=50 over=e\nLoss?\n";

} // namespace

/// What every method is tested for, once for each experiment of the room at a size of about a second.
class TestRuns : public test::MethodTests {
    Q_OBJECT

  public:
    explicit TestRuns(std::string experiment) : m_experiment(std::move(experiment)) {
        setObjectName(QString::fromStdString(m_experiment));
    }

  protected:
    [[nodiscard]] const Method& method() const override {
        static const auto made = tl::makeMethod();
        return *made;
    }
    [[nodiscard]] const MethodFactory& factory() const override { return tl::factory(); }
    [[nodiscard]] Config quickConfig() const override {
        Config config = *configOfPreset(method().descriptor(), "lesson." + m_experiment);
        if (m_experiment == "program") config.values["program"] = LearningProgram;
        if (m_experiment == "digits") {
            config.values["steps"] = 330;
            config.values["pairs"] = 500;
        }
        if (m_experiment == "transformer") {
            config.values["steps"] = 330;
            config.values["batch"] = 4;
            config.values["width"] = 8;
            config.values["blocks"] = 1;
        }
        return config;
    }
    [[nodiscard]] std::vector<std::pair<std::string, Config>> measuredConfigs() const override {
        return {{"lesson", *configOfPreset(method().descriptor(), "lesson." + m_experiment)}};
    }

  private:
    std::string m_experiment;
};

int main(int argc, char* argv[]) {
    const QCoreApplication application(argc, argv);
    int failed = 0;
    for (const char* experiment : {"program", "closures", "digits", "transformer"}) {
        TestRuns runs(experiment);
        failed += QTest::qExec(&runs, argc, argv);
    }
    return failed;
}

#include "tst_runs.moc"
