// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/widgetmain.hpp"
#include "widgets/base/form/configdocument.hpp"
#include "widgets/base/form/parameditors.hpp"
#include "widgets/base/form/paramform.hpp"
#include "widgets/base/form/paramrow.hpp"
#include "widgets/base/form/runbar.hpp"

#include <QCheckBox>
#include <QComboBox>
#include <QInputMethodEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QToolButton>
#include <QUndoStack>

using namespace vitrine;

namespace {

ParamSpec knob(const char* id, ParamKind kind, Json value, std::optional<Range> range = {}) {
    ParamSpec spec;
    spec.id = id;
    spec.kind = kind;
    spec.defaultValue = std::move(value);
    spec.range = range;
    spec.label = id;
    spec.help = "What it does";
    return spec;
}

/// One knob of every kind, one that shows on a condition, one advanced.
class EveryKind final : public Method {
  public:
    EveryKind() {
        m_descriptor.id = "every_kind";
        m_descriptor.title = "Every kind";
        ParamSpec choice = knob("solver", ParamKind::Choice, "sgd");
        choice.options = {{"sgd", "SGD"}, {"adam", "Adam"}};
        ParamSpec beta = knob("beta", ParamKind::Real, 0.9, Range{0, 1});
        beta.shownWhen = Condition{"solver", {"adam"}};
        ParamSpec hidden = knob("patience", ParamKind::Int, 3, Range{1, 9});
        hidden.level = Level::Advanced;
        m_descriptor.params = {knob("steps", ParamKind::Int, 100, Range{1, 4'000'000'000, 0, Scale::Log}),
                               knob("rate", ParamKind::Real, 0.1, Range{0, 10}),
                               knob("verbose", ParamKind::Bool, false),
                               choice,
                               beta,
                               knob("name", ParamKind::Text, "a"),
                               knob("file", ParamKind::File, ""),
                               knob("program", ParamKind::Program, "x = 1"),
                               knob("sizes", ParamKind::IntList, Json::array({1, 2})),
                               hidden};
        m_descriptor.presets = {{"lesson.small", "lesson", "Small", "", {{"steps", 10}}, "cpu"},
                                {"study.big", "study", "Big", "", {{"steps", 1000}}, "cpu"}};
    }
    const ExperimentDescriptor& descriptor() const override { return m_descriptor; }
    Validation validate(const Config& config) const override {
        Validation found;
        if (config.text("program").empty())
            found.problems.push_back({"program", Severity::Error, "VIT-T-001", "The program is empty", {}});
        return found;
    }
    ResourceEstimate estimate(const Config& config, const DeviceInfo&) const override {
        ResourceEstimate estimate;
        estimate.seconds = static_cast<double>(config.integer("steps")) / 10;
        estimate.memoryBytes = 410'000'000;
        return estimate;
    }

  private:
    ExperimentDescriptor m_descriptor;
};

} // namespace

class TestForm : public QObject {
    Q_OBJECT
  private:
    EveryKind m_method;
    std::unique_ptr<ConfigDocument> m_document;
    std::unique_ptr<ParamForm> m_form;

    template <typename T>
    T* control(const char* id) {
        T* found = m_form->findChild<T*>(QStringLiteral("param.") + QLatin1String(id));
        Q_ASSERT(found);
        return found;
    }
    void type(const char* id, const QString& text) {
        auto* line = control<QWidget>(id);
        line->setFocus();
        if (auto* box = qobject_cast<NumberBox*>(line))
            box->selectAll();
        else
            static_cast<QLineEdit*>(line)->selectAll();
        QTest::keyClicks(line, text);
    }

  private Q_SLOTS:
    void init() {
        test::failOnWarnings();
        m_document = std::make_unique<ConfigDocument>(m_method);
        const ParamEditorRegistry editors;
        m_form = std::make_unique<ParamForm>(*m_document, editors);
        m_form->resize(300, 900);
        m_form->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_form.get()));
    }
    void cleanup() {
        m_form.reset();
        m_document.reset();
    }

    void everyKind_edited_reachesTheDocument() {
        type("steps", QStringLiteral("3 000 000 000"));
        QCOMPARE(m_document->config().integer("steps"), 3'000'000'000LL);
        type("rate", QStringLiteral("1e-3"));
        QCOMPARE(m_document->config().real("rate"), 1e-3);
        QTest::mouseClick(control<QCheckBox>("verbose"), Qt::LeftButton, {}, QPoint(8, 8));
        QCOMPARE(m_document->config().boolean("verbose"), true);
        auto* combo = control<QComboBox>("solver");
        combo->setFocus();
        QTest::keyClick(combo, Qt::Key_Down);
        QCOMPARE(m_document->config().text("solver"), std::string("adam"));
        auto* name = control<QLineEdit>("name");
        name->selectAll();
        QInputMethodEvent composed;
        composed.setCommitString(QStringLiteral("한글 이름"));
        QApplication::sendEvent(name, &composed);
        QCOMPARE(QString::fromStdString(m_document->config().text("name")), QStringLiteral("한글 이름"));
        type("file", QStringLiteral("/tmp/edges.tsv"));
        QCOMPARE(m_document->config().text("file"), std::string("/tmp/edges.tsv"));
        control<QPlainTextEdit>("program")->setPlainText(QStringLiteral("y = 2"));
        QCOMPARE(m_document->config().text("program"), std::string("y = 2"));
        type("sizes", QStringLiteral("4, 5, 6"));
        QCOMPARE(m_document->value("sizes").dump(), std::string("[4,5,6]"));
    }

    void wrongText_staysWithProblemAtTheKnob() {
        type("steps", QStringLiteral("many"));
        QCOMPARE(control<NumberBox>("steps")->text(), QStringLiteral("many"));
        QCOMPARE(m_document->problemsOf("steps").size(), 1);
        QVERIFY(m_form->row(QStringLiteral("steps"))->hasProblem());
        QVERIFY(control<NumberBox>("steps")->property("problem").toBool());
        type("steps", QStringLiteral("12"));
        QVERIFY(!m_form->row(QStringLiteral("steps"))->hasProblem());
    }

    void outOfRange_isSaidNotClamped() {
        type("rate", QStringLiteral("11"));
        QCOMPARE(m_document->config().real("rate"), 11.0);
        QVERIFY(m_form->row(QStringLiteral("rate"))->hasProblem());
    }

    void allProblems_atOnce() {
        type("steps", QStringLiteral("0"));
        type("rate", QStringLiteral("-1"));
        type("sizes", QStringLiteral("1, x"));
        QCOMPARE(m_document->problems().size(), 3);
    }

    void methodProblem_arrivesFromTheWorker() {
        m_document->setValue("program", Json(""));
        QVERIFY(!m_document->isChecked());
        QTRY_VERIFY(m_document->isChecked());
        QVERIFY(!m_document->isValid());
        QTRY_VERIFY(m_form->row(QStringLiteral("program"))->hasProblem());
    }

    void shownWhen_followsItsKnob() {
        QVERIFY(m_form->row(QStringLiteral("beta"))->isHidden());
        m_document->setValue("solver", Json("adam"));
        QVERIFY(!m_form->row(QStringLiteral("beta"))->isHidden());
    }

    void advanced_isFolded_unlessItHasAProblem() {
        QVERIFY(!m_form->row(QStringLiteral("patience"))->isVisible());
        m_document->setValue("patience", Json(99));
        QVERIFY(m_form->row(QStringLiteral("patience"))->isVisible());
    }

    void changed_marked_resetGoesBackToThePreset() {
        QVERIFY(!m_document->isChanged("steps"));
        type("steps", QStringLiteral("55"));
        QVERIFY(m_document->isChanged("steps"));
        QToolButton* reset = nullptr;
        for (QToolButton* button : m_form->row(QStringLiteral("steps"))->findChildren<QToolButton*>())
            if (button->isVisible()) reset = button;
        QVERIFY(reset);
        QTest::mouseClick(reset, Qt::LeftButton);
        QCOMPARE(m_document->config().integer("steps"), 10); // of the preset, not the default 100
    }

    void undo_typing_isOneStep() {
        const int before = m_document->undoStack()->index();
        type("name", QStringLiteral("quick"));
        QCOMPARE(m_document->undoStack()->index(), before + 1);
        m_document->undoStack()->undo();
        QCOMPARE(m_document->config().text("name"), std::string("a"));
        QCOMPARE(control<QLineEdit>("name")->text(), QStringLiteral("a"));
        m_document->undoStack()->redo();
        QCOMPARE(m_document->config().text("name"), std::string("quick"));
    }

    void steps_onLogScale_goOneTwoFive() {
        auto* box = control<NumberBox>("steps"); // at 10
        box->stepBy(1);
        QCOMPARE(m_document->config().integer("steps"), 20);
        box->stepBy(2);
        QCOMPARE(m_document->config().integer("steps"), 100);
        box->stepBy(-1);
        QCOMPARE(m_document->config().integer("steps"), 50);
    }

    void replaceWith_otherVersion_isRefused() {
        Config config = m_document->config();
        config.version = 2;
        QVERIFY(!m_document->replaceWith(config));
    }

    void editorOfOneKnob_canBeReplaced() {
        class Own final : public ParamEditor {
          public:
            explicit Own(const ParamSpec& spec) { hold(new QLabel, spec); }
            void setValue(const Json&) override {}
        };
        ParamEditorRegistry editors;
        editors.setParam("rate", [](const ParamSpec& spec) { return new Own(spec); });
        const ParamForm form(*m_document, editors);
        QVERIFY(form.findChild<QLabel*>(QStringLiteral("param.rate")));
    }

    void runBar_states_enableButtons_data() {
        QTest::addColumn<int>("state");
        QTest::addColumn<bool>("canRun");
        QTest::addColumn<bool>("canPause");
        QTest::addColumn<bool>("canStop");
        QTest::addColumn<bool>("canResume");
        const auto row = [](const char* name, RunState state, bool run, bool pause, bool stop, bool resume) {
            QTest::newRow(name) << static_cast<int>(state) << run << pause << stop << resume;
        };
        row("draft", RunState::Draft, true, false, false, false);
        row("queued", RunState::Queued, false, false, true, false);
        row("starting", RunState::Starting, false, false, true, false);
        row("running", RunState::Running, false, true, true, false);
        row("paused", RunState::Paused, false, false, true, true);
        row("stopping", RunState::Stopping, false, false, false, false);
        row("completed", RunState::Completed, true, false, false, false);
        row("cancelled", RunState::Cancelled, true, false, false, true);
        row("failed", RunState::Failed, true, false, false, true);
        row("interrupted", RunState::Interrupted, true, false, false, true);
    }
    void runBar_states_enableButtons() {
        QFETCH(int, state);
        QTRY_VERIFY(m_document->isValid());
        RunBar bar(*m_document);
        bar.setState(static_cast<RunState>(state), {}, true);
        QTEST(bar.canRun(), "canRun");
        QTEST(bar.canPause(), "canPause");
        QTEST(bar.canStop(), "canStop");
        QTEST(bar.canResume(), "canResume");
    }

    void runBar_estimate_standsOnTheButton() {
        RunBar bar(*m_document);
        m_document->setValue("steps", Json(380));
        QTRY_COMPARE(bar.findChild<QPushButton*>(QStringLiteral("run"))->text(), QStringLiteral("Run · 38 s · 410 MB"));
        m_document->setValue("steps", Json(0));
        QVERIFY(!bar.canRun());
        QVERIFY(!bar.whyNot().isEmpty());
    }
};

VITRINE_WIDGET_TEST(TestForm)
#include "tst_form.moc"
