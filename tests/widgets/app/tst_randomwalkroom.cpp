// SPDX-License-Identifier: GPL-3.0-or-later
// A second room, thrown away after the test: what adding one takes is this file and its method.
#include "tests/support/randomwalk/randomwalk.hpp"
#include "tests/support/roomtests.hpp"
#include "tests/support/widgetmain.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/panelparts.hpp"
#include "widgets/bridge/runhub.hpp"
#include "widgets/plot/plotview.hpp"
#include "widgets/rooms/room.hpp"
#include "widgets/rooms/roomplots.hpp"

using namespace vitrine;

namespace {

class WalkRoom final : public Room {
  public:
    using Room::Room;
    int steps = 0;

  protected:
    QWidget* makeMechanism() override { return m_answer = new PanelTitle(QStringLiteral("Where is the walker?")); }
    void clearRun() override { steps = 0; }
    void takeEvents(const RunBatch& batch) override {
        for (const Event& event : batch.events)
            if (std::holds_alternative<Scalar>(event.body)) ++steps;
        m_answer->setAnswer(QStringLiteral("After %1 steps.").arg(steps));
    }
    std::optional<bool> confirm(const LessonCheck& check) const override {
        return check.kind == "walked" ? std::optional<bool>(steps >= std::stoi(check.text)) : Room::confirm(check);
    }

  private:
    PanelTitle* m_answer = nullptr;
};

} // namespace

class TestRandomWalkRoom : public test::RoomTests {
    Q_OBJECT
  protected:
    QString roomId() const override { return QStringLiteral("random_walk"); }
    const MethodFactory* factory() const override { return &test::randomWalkFactory(); }
    void addMethods(MethodRegistry& methods) override { methods.add(test::makeRandomWalk()); }
    void addRooms(RoomRegistry& rooms) override { rooms.add<WalkRoom>("random_walk"); }

  private Q_SLOTS:
    void run_toItsEnd_everyStepArrivesOnce() {
        auto& walk = static_cast<WalkRoom&>(open());
        walk.startRun();
        QTRY_VERIFY_WITH_TIMEOUT(!walk.shownRun().isEmpty(), 10000);
        const QString run = walk.shownRun();
        QTRY_VERIFY_WITH_TIMEOUT(isFinal(runs().find(run)->state), 30000);
        QTRY_COMPARE(walk.steps, 200);
        PlotView* plot = walk.plots().plotOf(QStringLiteral("position"));
        QVERIFY(plot);
        QCOMPARE(plot->curves().size(), 1);
        QCOMPARE(plot->samples(plot->curves().first())->size(), 200);
        // The end of the walk is the sum of its steps: the last sample is what the run says in its summary.
        QCOMPARE(plot->samples(plot->curves().first())->y.last(),
                 runs().find(run)->values.value(QStringLiteral("position")));
    }

    void run_stopped_keepsWhatItHas() {
        auto& walk = static_cast<WalkRoom&>(open());
        walk.document().setValue("steps", Json(100000));
        walk.document().setValue("pause_ms", Json(1.0));
        QTRY_VERIFY_WITH_TIMEOUT(walk.document().isValid(), 5000);
        walk.startRun();
        QTRY_VERIFY_WITH_TIMEOUT(walk.steps > 20, 15000);
        walk.stopRun();
        QTRY_VERIFY_WITH_TIMEOUT(runs().find(walk.shownRun())->state == RunState::Cancelled, 10000);
        QVERIFY(walk.steps > 20);
    }

    void run_shownAgain_isReplayedWhole() {
        auto& walk = static_cast<WalkRoom&>(open());
        walk.startRun();
        QTRY_COMPARE_WITH_TIMEOUT(walk.steps, 200, 30000);
        const QString run = walk.shownRun();
        walk.showRun({});
        QCOMPARE(walk.steps, 0);
        walk.showRun(run);
        QTRY_COMPARE_WITH_TIMEOUT(walk.steps, 200, 10000);
    }

    void shellCommand_changedKnobs_areSpelledOut() {
        Room& walk = open();
        walk.document().setValue("steps", Json(77));
        walk.document().setSeed(3);
        QCOMPARE(walk.shellCommand(),
                 QStringLiteral("vitrine-run random_walk --preset lesson.walk --seed 3 --set 'steps=77'"));
    }

    void links_ofLessons_act() {
        Room& walk = open();
        QVERIFY(walk.followLink({"preset", {{"id", "study.walk"}}}));
        QCOMPARE(walk.document().config().preset, std::string("study.walk"));
        QVERIFY(walk.followLink({"set", {{"steps", "77"}}}));
        QCOMPARE(walk.document().config().integer("steps"), 77);
        QVERIFY(!walk.followLink({"set", {{"steps", "many"}}}));
        QVERIFY(!walk.followLink({"preset", {{"id", "none"}}}));
        QVERIFY(!walk.followLink({"fly", {}}));
    }
};

VITRINE_WIDGET_TEST(TestRandomWalkRoom)
#include "tst_randomwalkroom.moc"
