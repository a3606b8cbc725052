// SPDX-License-Identifier: GPL-3.0-or-later
// The tests that every room gets, on the Tensor Logic room with its real experiment.
#include "core/methods/tensor_logic/presets.hpp"
#include "core/methods/tensor_logic/programs.hpp"
#include "tests/support/roomtests.hpp"
#include "tests/support/widgetmain.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/editor/codeeditor.hpp"
#include "widgets/rooms/roomplots.hpp"
#include "widgets/rooms/tensor_logic/mechanism.hpp"
#include "widgets/rooms/tensor_logic/tensor_logicroom.hpp"

using namespace vitrine;

extern "C" const vitrine::FactoryList* vitrine_method_factories(int abi);

class TestTensorLogicKit : public vitrine::test::RoomTests {
    Q_OBJECT
  protected:
    QString roomId() const override { return QStringLiteral("tensor_logic"); }
    const vitrine::MethodFactory* factory() const override {
        for (const vitrine::MethodFactory* factory : *vitrine_method_factories(vitrine::FactoryAbi))
            if (factory->id() == "tensor_logic") return factory;
        return nullptr;
    }

  private:
    LogicMechanism& mechanism() { return *static_cast<TensorLogicRoom&>(room()).mechanism(); }
    static plot::Samples curve(const RoomPlots& plots, const QString& name) {
        const PlotView* plot = plots.plotOf(QStringLiteral("loss"));
        for (const QString& id : plot->curves())
            if (id.endsWith(name)) return *plot->samples(id);
        return {};
    }

  private Q_SLOTS:
    // The editor holds what Run would run: the experiment's own program, read only, and without mistakes.
    void presets_ofOtherExperiments_showTheirProgram() {
        open();
        const QString own = QStringLiteral("Mine(1)\nMine?\n");
        mechanism().openText(QStringLiteral("mine.tl"), own, QStringLiteral("/data"));
        QTRY_COMPARE(QString::fromStdString(room().document().config().text("program")), own);
        QStringList seen;
        for (const Preset& preset : room().document().descriptor().presets) {
            if (preset.values.at("experiment") == "program") continue;
            room().document().setPreset(preset.id);
            const QString text = mechanism().text();
            QCOMPARE(text.toStdString(), tl::programOf(room().document().config()));
            QVERIFY2(text != own && !text.isEmpty(), preset.id.c_str());
            QVERIFY(mechanism().editor()->isReadOnly());
            QTRY_VERIFY(mechanism().editor()->isCheckCurrent());
            QVERIFY2(mechanism().editor()->checked()->errors == 0, qPrintable(text));
            QVERIFY(room().draft()["own"]["text"] == own.toStdString());
            seen << text;
        }
        seen.removeDuplicates();
        QVERIFY(seen.size() >= 5); // sizes, steps and seeds of the presets stand in their programs
        QVERIFY(seen.filter(QStringLiteral("softmax")).size() >= 2);
        room().document().setValue("blocks", Json(5));
        room().document().setPreset("lesson.transformer");
        QVERIFY(mechanism().text().contains(QStringLiteral("B = 2\n")));
        room().document().setValue("blocks", Json(5));
        QVERIFY(mechanism().text().contains(QStringLiteral("B = 5\n")));
        // Back to the own program, as it was.
        room().document().setValue("experiment", Json("program"));
        QCOMPARE(mechanism().text(), own);
        QCOMPARE(mechanism().folder(), QStringLiteral("/data"));
        QVERIFY(!mechanism().editor()->isReadOnly());
        QTRY_COMPARE(QString::fromStdString(room().document().config().text("program")), own);
    }

    void preset_ofAProgram_afterAnExperiment_opensThePresets() {
        open();
        mechanism().openText(QStringLiteral("mine.tl"), QStringLiteral("Mine(1)\n"), {});
        QTRY_COMPARE(room().document().config().text("program"), std::string("Mine(1)\n"));
        room().document().setPreset("lesson.closures");
        QVERIFY(mechanism().text().contains(QStringLiteral("Path(x, z)")));
        room().document().setPreset("lesson.program");
        QCOMPARE(mechanism().text().toStdString(), tl::ancestorsProgram());
        room().document().setPreset("lesson.digits");
        QVERIFY(room().openSample(QStringLiteral("xor")));
        QVERIFY(!mechanism().editor()->isReadOnly());
        QCOMPARE(room().document().config().text("experiment"), std::string("program"));
    }

    void draft_whileAnExperimentIsOnShow_keepsTheOwnProgram() {
        open();
        mechanism().openText(QStringLiteral("mine.tl"), QStringLiteral("Mine(1)\n"), {});
        room().document().setPreset("lesson.digits");
        const Json draft = room().draft();
        open();
        room().restoreDraft(draft);
        QVERIFY(mechanism().text().contains(QStringLiteral("softmax")));
        QCOMPARE(mechanism().ownText(), QStringLiteral("Mine(1)\n"));
    }

    // Steps that count on from seed to seed become a curve a seed, and the mean of those that are through.
    void loss_ofSeveralSeeds_isOneCurveEach() {
        open();
        RoomPlots& plots = room().plots();
        Config config;
        config.values = {{"experiment", "digits"}, {"seeds", 3}, {"steps", 4}};
        RunBatch batch;
        batch.run = QStringLiteral("r");
        const auto value = [](int seed, int step) { return 10.0 * seed + step; };
        const auto send = [&](int from, int to) {
            batch.events.clear();
            for (int at = from; at <= to; ++at) {
                Event event;
                event.body = Scalar{"loss", at, value((at - 1) / 4, (at - 1) % 4 + 1)};
                batch.events.push_back(event);
            }
            plots.take(batch, {batch.run, QStringLiteral("run"), config});
        };
        send(1, 3);
        send(4, 6); // the first seed is through, the second has begun
        QCOMPARE(curve(plots, QStringLiteral("loss/1")).x, (QVector<double>{1, 2, 3, 4}));
        QCOMPARE(curve(plots, QStringLiteral("loss/2")).x, (QVector<double>{1, 2}));
        QVERIFY(curve(plots, QStringLiteral("loss/mean")).y.isEmpty());
        send(7, 10);
        QCOMPARE(curve(plots, QStringLiteral("loss/2")).y, (QVector<double>{11, 12, 13, 14}));
        QCOMPARE(curve(plots, QStringLiteral("loss/mean")).y, (QVector<double>{6, 7, 8, 9}));
        QCOMPARE(curve(plots, QStringLiteral("loss/mean")).low, (QVector<double>{1, 2, 3, 4}));
        QCOMPARE(curve(plots, QStringLiteral("loss/mean")).high, (QVector<double>{11, 12, 13, 14}));
        send(11, 12);
        QCOMPARE(curve(plots, QStringLiteral("loss/mean")).y, (QVector<double>{11, 12, 13, 14}));
        QCOMPARE(plots.plotOf(QStringLiteral("loss"))->curves().size(), 4);
        // A program's own learning counts its steps once.
        plots.clear();
        config.values["experiment"] = "program";
        send(1, 8);
        QCOMPARE(plots.plotOf(QStringLiteral("loss"))->curves(), QStringList{QStringLiteral("r/loss")});
    }
};

VITRINE_WIDGET_TEST(TestTensorLogicKit)
#include "tst_tensorlogickit.moc"
