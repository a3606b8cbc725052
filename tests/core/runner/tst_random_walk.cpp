// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/methodtests.hpp"
#include "tests/support/randomwalk/randomwalk.hpp"
#include "tests/support/testmain.hpp"

/// The throw-away second room against the tests that every method gets.
class TestRandomWalk : public vitrine::test::MethodTests {
    Q_OBJECT

  protected:
    [[nodiscard]] const vitrine::Method& method() const override {
        static const auto walk = vitrine::test::makeRandomWalk();
        return *walk;
    }
    [[nodiscard]] const vitrine::MethodFactory& factory() const override { return vitrine::test::randomWalkFactory(); }
    [[nodiscard]] vitrine::Config quickConfig() const override {
        vitrine::Config config = MethodTests::quickConfig();
        config.values["checkpoint_every"] = 20;
        config.values["pause_ms"] = 3.0;
        return config;
    }
};

VITRINE_CORE_TEST(TestRandomWalk)
#include "tst_random_walk.moc"
