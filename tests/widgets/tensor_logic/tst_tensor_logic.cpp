// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/jsonmembers.hpp"
#include "core/experiment/factory.hpp"
#include "core/experiment/lesson.hpp"
#include "core/methods/tensor_logic/session.hpp"
#include "tests/support/look.hpp"
#include "tests/support/widgetmain.hpp"
#include "widgets/base/words.hpp"
#include "widgets/bridge/sessionbridge.hpp"
#include "widgets/editor/codeeditor.hpp"
#include "widgets/editor/editorpanel.hpp"
#include "widgets/graph/graphview.hpp"
#include "widgets/graph/matrixview.hpp"
#include "widgets/plot/plotview.hpp"
#include "widgets/rooms/pagetabs.hpp"
#include "widgets/rooms/tensor_logic/answerspanel.hpp"
#include "widgets/rooms/tensor_logic/chiprow.hpp"
#include "widgets/rooms/tensor_logic/learningpanel.hpp"
#include "widgets/rooms/tensor_logic/mechanism.hpp"
#include "widgets/rooms/tensor_logic/planpanel.hpp"
#include "widgets/rooms/tensor_logic/programgraphpanel.hpp"
#include "widgets/rooms/tensor_logic/roundspanel.hpp"
#include "widgets/rooms/tensor_logic/rowsmodel.hpp"
#include "widgets/rooms/tensor_logic/stepperpanel.hpp"
#include "widgets/rooms/tensor_logic/whypanel.hpp"

#include <QAbstractButton>
#include <QAbstractItemModelTester>
#include <QComboBox>
#include <QElapsedTimer>
#include <QFile>
#include <QListView>
#include <QSignalSpy>
#include <QSplitter>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTextBlock>
#include <QTimer>
#include <QWheelEvent>

#include <algorithm>
#include <random>

using namespace vitrine;

namespace {

class Factory final : public MethodFactory {
  public:
    std::string id() const override { return "tensor_logic"; }
    std::unique_ptr<Experiment> makeExperiment() const override { return nullptr; }
    std::unique_ptr<Session> makeSession(Session::Sink sink) const override { return tl::makeSession(std::move(sink)); }
};

/// The real session, but whatever is asked besides the evaluation is answered with the same value; keeps the questions.
class StubSession final : public Session {
  public:
    StubSession(Sink sink, ReplyValue value, QVector<Request>& asked)
        : m_sink(sink), m_value(std::move(value)), m_asked(asked), m_real(tl::makeSession(std::move(sink))) {}
    Sequence submit(Request request) override {
        m_asked.append(request);
        const Json& name = request.payload.contains("request") ? request.payload["request"] : Json();
        if (name == "evaluate") return m_real->submit(std::move(request));
        const Sequence sequence = ++m_sequence;
        Reply part{request.tag, sequence, 0, false, m_value};
        m_sink(part);
        part.final = true;
        m_sink(std::move(part));
        return sequence;
    }
    void cancel(const Tag& tag) override { m_real->cancel(tag); }

  private:
    Sink m_sink;
    ReplyValue m_value;
    QVector<Request>& m_asked;
    Sequence m_sequence = 1000000;
    std::unique_ptr<Session> m_real;
};

class StubFactory final : public MethodFactory {
  public:
    explicit StubFactory(ReplyValue value) : m_value(std::move(value)) {}
    std::string id() const override { return "tensor_logic"; }
    std::unique_ptr<Experiment> makeExperiment() const override { return nullptr; }
    std::unique_ptr<Session> makeSession(Session::Sink sink) const override {
        return std::make_unique<StubSession>(std::move(sink), m_value, m_asked);
    }
    /// Newest question of a name; null: never asked.
    const Json* asked(const std::string& name) const {
        for (auto one = m_asked.crbegin(); one != m_asked.crend(); ++one)
            if (textOr(one->payload, "request") == name) return &one->payload;
        return nullptr;
    }

  private:
    ReplyValue m_value;
    mutable QVector<Request> m_asked;
};

QString sample(const QString& name) {
    QFile file(qEnvironmentVariable("VITRINE_SOURCE_DIR") +
               QStringLiteral("/resources/samples/tensor_logic/%1.tl").arg(name));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

struct Bench {
    Factory real;
    SessionBridge session;
    LogicMechanism room;
    explicit Bench(const QString& text = sample(QStringLiteral("ancestors")), QSize size = QSize(1084, 760),
                   const MethodFactory* factory = nullptr)
        : session(factory ? *factory : real) {
        room.resize(size);
        room.setSession(&session);
        room.openText(QStringLiteral("ancestors.tl"), text,
                      qEnvironmentVariable("VITRINE_SOURCE_DIR") + QStringLiteral("/resources/samples/tensor_logic"));
        room.show();
    }
    void evaluate() {
        QSignalSpy spy(&room, &LogicMechanism::evaluated);
        room.evaluate();
        QTRY_VERIFY_WITH_TIMEOUT(spy.size() > 0, 30000);
        QVERIFY(room.summary());
    }
};

} // namespace

class TestTensorLogic : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void evaluate_ancestors_answersAndWords() {
        Bench bench;
        bench.evaluate();
        StepperPanel* stepper = bench.room.stepper();
        QCOMPARE(stepper->tensor(), QStringLiteral("Ancestor"));
        QCOMPARE(stepper->lastRound(), 4);
        QCOMPARE(stepper->round(), 4);
        stepper->setRound(3);
        QVERIFY2(stepper->answer().startsWith(QStringLiteral("2 new pair")), qPrintable(stepper->answer()));
        QVERIFY2(stepper->answer().contains(QStringLiteral("9 of 25 so far")), qPrintable(stepper->answer()));
        auto* answers = bench.room.findChild<QListView*>(QStringLiteral("answers"));
        QCOMPARE(answers->model()->index(0, 0).data().toString(), QStringLiteral("Ancestor(Alice, x)? 4"));
        QCOMPARE(bench.room.rounds()->plot()->samples(QStringLiteral("Ancestor"))->y, (QVector<double>{4, 3, 2, 1}));
    }

    // Chips and answer must not speak of a tuple as if the round on show held it.
    void selection_ofALaterRound_isNamedAsNotThereYet() {
        Bench bench;
        bench.evaluate();
        StepperPanel* stepper = bench.room.stepper();
        const auto* chips = bench.room.findChild<ChipRow*>();
        const auto said = [&] { return chips->accessibleDescription(); };
        stepper->setRound(4); // Alice, Bob, Carol, Dan, Eve: the pair of the ends comes last
        stepper->select({QStringLiteral("Ancestor"), {QStringLiteral("Alice"), QStringLiteral("Eve")}});
        QTRY_VERIFY2(said().contains(QStringLiteral("count 1")), qPrintable(said()));
        QVERIFY(!stepper->answer().contains(QStringLiteral("Alice")));
        stepper->setRound(2);
        QTRY_VERIFY2(said().contains(QStringLiteral("not yet in round 2: it comes in round 4")), qPrintable(said()));
        QVERIFY2(!said().contains(QStringLiteral("count")), qPrintable(said()));
        stepper->setRound(4);
        QTRY_VERIFY2(said().contains(QStringLiteral("count 1")), qPrintable(said()));
    }

    // What nobody chose follows the round: its first new tuple.
    void selection_thatNobodyChose_followsTheRound() {
        Bench bench;
        bench.evaluate();
        StepperPanel* stepper = bench.room.stepper();
        const auto cells = [](const char* from, const char* to) {
            return QStringList{QString::fromLatin1(from), QString::fromLatin1(to)};
        };
        QTRY_COMPARE(stepper->selected().cells, cells("Alice", "Eve"));
        stepper->setRound(2);
        QTRY_COMPARE(stepper->selected().cells, cells("Alice", "Carol"));
        stepper->stepForward();
        QTRY_COMPARE(stepper->selected().cells, cells("Alice", "Dan"));
        stepper->select({QStringLiteral("Ancestor"), cells("Bob", "Carol")});
        stepper->stepForward();
        QTest::qWait(100);
        QCOMPARE(stepper->selected().cells, cells("Bob", "Carol"));
    }

    // The plan of the line at the cursor: what is asked, and what the answer becomes.
    void plan_ofTheLineAtTheCursor_isAskedAndShown() {
        Bench bench;
        bench.evaluate();
        QVERIFY(bench.room.showView(QStringLiteral("plan")));
        const int line = static_cast<int>(bench.room.text()
                                              .left(bench.room.text().indexOf(QLatin1String("Ancestor(x, y), Parent")))
                                              .count(QLatin1Char('\n')));
        bench.room.editor()->setTextCursor(QTextCursor(bench.room.editor()->document()->findBlockByNumber(line)));
        QTRY_VERIFY_WITH_TIMEOUT(bench.room.plan()->answer().contains(QStringLiteral("join order")), 5000);
        const auto* graph = bench.room.findChild<GraphView*>(QStringLiteral("plan"));
        QTRY_VERIFY(graph->graph().nodes.size() >= 2);
        // A line without a rule: guidance instead of an old plan.
        bench.room.editor()->setTextCursor(QTextCursor(bench.room.editor()->document()->firstBlock()));
        QTRY_VERIFY(graph->graph().nodes.empty());
        QCOMPARE(bench.room.plan()->answer(), QString());
    }

    // Backward over the 4 edges of a family: the query and the goals below it, one step a goal.
    void goals_ofABackwardQuery_areAskedAndShown() {
        Bench bench(sample(QStringLiteral("ancestors")) + QStringLiteral("@mode backward\n"));
        bench.evaluate();
        StepperPanel* stepper = bench.room.stepper();
        QTRY_VERIFY_WITH_TIMEOUT(stepper->isShowingGoals(), 5000);
        QTRY_VERIFY(stepper->goals()->isVisible() && !stepper->goals()->isBusy());
        QCOMPARE(static_cast<int>(stepper->goals()->graph().nodes.size()), stepper->lastRound());
        stepper->setRound(1);
        QVERIFY2(stepper->answer().contains(QStringLiteral("Ancestor(Alice, ")), qPrintable(stepper->answer()));
        QVERIFY2(stepper->answer().contains(QStringLiteral("4 answer")), qPrintable(stepper->answer()));
        QVERIFY(!stepper->answer().contains(QStringLiteral("not drawn")));
    }

    // Every pair of a chain of 320 nodes is a goal: what is drawn stays bounded, the answer counts the rest.
    void goals_ofALargeTree_areBoundedAndTheWindowLives() {
        constexpr int Nodes = 320;
        QString text = QStringLiteral("@mode backward\n");
        for (int i = 0; i + 1 < Nodes; ++i) text += QStringLiteral("Edge(%1, %2)\n").arg(i).arg(i + 1);
        for (int i = 0; i < Nodes; ++i) text += QStringLiteral("Node(%1)\n").arg(i);
        text += QStringLiteral("Path(x, y) <- Edge(x, y)\nPath(x, z) <- Edge(x, y), Path(y, z)\n"
                               "Pairs(x, y) <- Node(x), Node(y)\nPair(x, y) <- Pairs(x, y), Path(x, y)\nPair(x, y)?\n");
        Bench bench(text);
        QTRY_VERIFY(bench.room.editor()->isCheckCurrent());
        QTest::qWait(300);
        QVector<qint64> gaps;
        QElapsedTimer clock, all;
        QTimer probe;
        connect(&probe, &QTimer::timeout, this, [&] { gaps.append(clock.restart()); });
        clock.start();
        all.start();
        probe.start(0);
        bench.evaluate();
        StepperPanel* stepper = bench.room.stepper();
        QTRY_VERIFY_WITH_TIMEOUT(stepper->isShowingGoals(), 60000);
        QTRY_VERIFY_WITH_TIMEOUT(!stepper->goals()->isBusy(), 60000);
        for (int i = 0; i < 30; ++i) {
            stepper->stepBack();
            QTest::qWait(5);
        }
        probe.stop();
        std::sort(gaps.begin(), gaps.end());
        QCOMPARE(stepper->lastRound(), 2000);
        QCOMPARE(static_cast<int>(stepper->goals()->graph().nodes.size()), 2000);
        // Path(x, y) of every pair, the query and what it calls.
        const qint64 goals = qint64{Nodes} * Nodes + 2;
        QVERIFY2(stepper->answer().endsWith(groupedInteger(goals - 2000) + QStringLiteral(" more are not drawn.")),
                 qPrintable(stepper->answer()));
        qInfo("%d goals drawn, %s; longest gap %lld ms of %lld ms", stepper->lastRound(), qPrintable(stepper->answer()),
              gaps.back(), all.elapsed());
        QVERIFY2(gaps[gaps.size() * 99 / 100] < 50, qPrintable(QString::number(gaps[gaps.size() * 99 / 100])));
        QVERIFY2(gaps.back() < 400, qPrintable(QStringLiteral("longest gap %1 ms").arg(gaps.back())));
    }

    void load_ofAnotherRunsTrace_isAskedAndShown() {
        // The stub answers with an empty summary.
        StubFactory stub{Json::object()};
        Bench bench(sample(QStringLiteral("ancestors")), QSize(1084, 760), &stub);
        bench.room.loadTrace(QStringLiteral("/nowhere/trace.json"), QStringLiteral("/data"), QStringLiteral("a run"));
        QTRY_VERIFY(stub.asked("load"));
        QCOMPARE(textOr(*stub.asked("load"), "trace"), std::string("/nowhere/trace.json"));
        QCOMPARE(textOr(*stub.asked("load"), "folder"), std::string("/data"));
        QTRY_COMPARE(bench.room.whoseEvaluation(), QStringLiteral("a run")); // an empty summary is one too
        // One that is not there: said, and what was on show stays.
        Bench real;
        real.evaluate();
        QSignalSpy failed(&real.room, &LogicMechanism::failed);
        real.room.loadTrace(QStringLiteral("/nowhere/trace.json"), {}, QStringLiteral("a run"));
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(real.room.whoseEvaluation(), QString());
        QCOMPARE(real.room.stepper()->tensor(), QStringLiteral("Ancestor"));
    }

    // Whatever a session answers, the room stands.
    void replies_hostileOrEmpty_leaveTheRoomStanding_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<int>("kind"); // 0 JSON, 1 nothing, 2 graph, 3 table, 4 error, 5 tensor
        for (
            const char* json :
            {"null",
             "[]",
             "3",
             "\"text\"",
             "{}",
             R"({"goals": 3, "query": [], "allGoals": "x"})",
             R"({"goals": [1, null, {"label": 3, "answers": "x", "memoHits": []}], "query": "Q?", "allGoals": -5})",
             R"({"items": 5})",
             R"({"items": [1, {"kind": 3, "orders": [[], {"steps": 4}], "reason": {}, "arguments": 1}]})",
             R"({"items": [{"products": [{"flops": "x", "einsum": 7}, 9], "peakBytes": []}]})",
             R"({"rules": 7, "facts": "x", "isCut": 3})",
             R"({"rules": [3, {"line": "x", "count": "y", "uses": []}]})",
             R"({"labels": [1, null, {}, "a"], "round": "x"})",
             R"({"labels": 9})",
             R"({"tensors": 4, "answers": [1, {}]})",
             R"({"tensors": [3, {"name": 5, "columns": 3, "shape": ["x"], "axes": [1]}], "rounds": [7, {"round": []}]})",
             R"({"event": 4})",
             R"({"event": "round", "round": "x", "delta": []})",
             R"({"event": "learning", "loss": {}, "step": "x", "steps": null})",
             R"({"losses": [{"step": 1, "loss": "nan"}, 4], "demanded": [], "seconds": {}})"})
            QTest::newRow(json) << QByteArray(json) << 0;
        for (const int kind : {1, 2, 3, 4, 5}) QTest::addRow("kind %d", kind) << QByteArray() << kind;
    }
    void replies_hostileOrEmpty_leaveTheRoomStanding() {
        QFETCH(QByteArray, json);
        QFETCH(int, kind);
        ReplyValue value;
        if (kind == 0) value = parseJson(json.toStdString()).value();
        if (kind == 2) {
            GraphSnapshot graph;
            graph.nodes.resize(2);
            graph.nodes[0].detail = "|||";
            graph.edges.push_back({"1", "nobody", "x", "memo"});
            value = graph;
        }
        if (kind == 3) {
            Table table;
            table.rows = {{}, {std::string("only one")}};
            value = table;
        }
        if (kind == 4) value = Error{};
        if (kind == 5) value = TensorSnapshot{};
        const StubFactory stub(value);
        Bench bench(sample(QStringLiteral("ancestors")) + QStringLiteral("@mode backward\n"), QSize(1084, 760), &stub);
        bench.evaluate();
        for (const char* view : {"why", "graph", "plan", "answers", "learning", "rounds"}) {
            bench.room.showView(QString::fromLatin1(view));
            QTest::qWait(2);
        }
        bench.room.showView(QStringLiteral("plan"));
        bench.room.editor()->setTextCursor(QTextCursor(bench.room.editor()->document()->findBlockByNumber(4)));
        bench.room.stepper()->showTensor(QStringLiteral("Count"));
        bench.room.stepper()->select({QStringLiteral("Count"), {QStringLiteral("Alice"), QStringLiteral("Carol")}});
        bench.room.stepper()->showTensor(QStringLiteral("Ancestor"));
        bench.room.stepper()->select({QStringLiteral("Ancestor"), {QStringLiteral("Alice"), QStringLiteral("Bob")}});
        QTRY_VERIFY(stub.asked("plan"));
        for (const char* request : {"plan", "goals", "graph", "proof", "witnesses", "rows"})
            QVERIFY2(stub.asked(request), request);
        bench.room.loadTrace(QStringLiteral("trace.json"), {}, QStringLiteral("a run"));
        QTRY_VERIFY(stub.asked("load"));
        QTest::qWait(20);
        bench.room.stepper()->stepBack();
        bench.room.stepper()->stepForward();
        bench.evaluate(); // and the room still works
        QVERIFY(bench.room.summary()->isOk);
    }

    void keyboard_stepsThroughRounds() {
        Bench bench;
        bench.evaluate();
        StepperPanel* stepper = bench.room.stepper();
        auto* back = bench.room.findChild<QAbstractButton*>(QStringLiteral("stepBack"));
        auto* step = bench.room.findChild<QAbstractButton*>(QStringLiteral("step"));
        back->setFocus();
        QTest::keyClick(back, Qt::Key_Space);
        QTest::keyClick(back, Qt::Key_Space);
        QCOMPARE(stepper->round(), 2);
        QTRY_COMPARE(stepper->rowsModel()->rowCount(), 7);
        QTest::keyClick(step, Qt::Key_Space);
        QTRY_COMPARE(stepper->rowsModel()->rowCount(), 9);
        QVERIFY(step->isEnabled());
        QTest::keyClick(step, Qt::Key_Space);
        QVERIFY(!step->isEnabled());
    }

    // Table, matrix and why speak of one tuple.
    void selection_isSharedByTableMatrixAndWhy() {
        Bench bench;
        bench.evaluate();
        StepperPanel* stepper = bench.room.stepper();
        stepper->setRound(4);
        QTRY_VERIFY(stepper->rowsModel()->isLoaded(0) && stepper->rowsModel()->rowCount() == 10);
        QTest::qWait(100);
        stepper->table()->setFocus();
        stepper->table()->setCurrentIndex(stepper->rowsModel()->index(2, 0));
        QCOMPARE(stepper->selected(),
                 (TupleRef{QStringLiteral("Ancestor"), {QStringLiteral("Alice"), QStringLiteral("Dan")}}));
        QCOMPARE(stepper->matrix()->current(), std::optional(MatrixCell{0, 3}));
        QTRY_COMPARE_WITH_TIMEOUT(bench.room.why()->proofView()->graph().nodes.size(), std::size_t(6), 5000);
        QVERIFY2(bench.room.why()->answer().startsWith(QLatin1Char('3')), qPrintable(bench.room.why()->answer()));
        stepper->matrix()->setFocus();
        QTest::keyClick(stepper->matrix(), Qt::Key_Down);
        QCOMPARE(stepper->selected().cells, (QStringList{QStringLiteral("Bob"), QStringLiteral("Dan")}));
        QTRY_COMPARE(stepper->rowsModel()->cells(stepper->table()->currentIndex().row()), stepper->selected().cells);
    }

    // Nine million pairs of 10,000 nodes: what the window's thread pays for a step of a drag or of the wheel.
    void largeMatrix_panAndZoom_staysWithinAFrame() {
        if (qEnvironmentVariableIsEmpty("VITRINE_MEASURE")) QSKIP("set VITRINE_MEASURE to measure");
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("uniform.edges")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        std::mt19937 random(12);
        for (int i = 0; i < 12000; ++i)
            file.write(QByteArray::number(random() % 10000) + ' ' + QByteArray::number(random() % 10000) + '\n');
        file.close();
        Bench bench(QStringLiteral("Edge(x, y) = \"%1\"\nTc(x, y) <- Edge(x, y)\nTc(x, z) <- Tc(x, y), Edge(y, z)\n")
                        .arg(file.fileName()),
                    QSize(2400, 1300));
        bench.evaluate();
        QCOMPARE(bench.room.stepper()->tensor(), QStringLiteral("Tc"));
        MatrixView* matrix = bench.room.stepper()->matrix();
        QElapsedTimer clock;
        clock.start();
        QTRY_VERIFY_WITH_TIMEOUT(matrix->isSharp(), 30000);
        qInfo("pairs %lld, first picture after %lld ms, %d x %d px",
              bench.room.summary()->find(QStringLiteral("Tc"))->rows, clock.elapsed(), matrix->width(),
              matrix->height());
        std::vector<double> painted, gaps;
        const auto frame = [&] {
            QElapsedTimer one;
            one.start();
            matrix->repaint();
            painted.push_back(static_cast<double>(one.nsecsElapsed()) / 1e6);
            QElapsedTimer rest; // what else the event loop does: tiles that arrive
            rest.start();
            QCoreApplication::processEvents();
            gaps.push_back(static_cast<double>(rest.nsecsElapsed()) / 1e6);
            QTest::qWait(5);
        };
        const auto wheel = [&](int delta) {
            const QPointF at = matrix->rect().center();
            QWheelEvent event(at, matrix->mapToGlobal(at), {}, {0, delta}, Qt::NoButton, Qt::NoModifier,
                              Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(matrix, &event);
            frame();
        };
        for (int i = 0; i < 36; ++i) wheel(120);
        for (int i = 0; i < 60; ++i) {
            const QPoint from = matrix->rect().center();
            QTest::mousePress(matrix, Qt::LeftButton, {}, from);
            QMouseEvent move(QEvent::MouseMove, from - QPoint(30, 20), matrix->mapToGlobal(from), Qt::LeftButton,
                             Qt::LeftButton, {});
            QCoreApplication::sendEvent(matrix, &move);
            QTest::mouseRelease(matrix, Qt::LeftButton, {}, from - QPoint(30, 20));
            frame();
        }
        for (int i = 0; i < 36; ++i) wheel(-120);
        for (std::vector<double>* each : {&painted, &gaps}) std::sort(each->begin(), each->end());
        const auto at = [](const std::vector<double>& values, double share) {
            return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
        };
        qInfo("paint ms: median %.2f, 95 %% %.2f, most %.2f; events ms: median %.2f, 95 %% %.2f, most %.2f",
              at(painted, 0.5), at(painted, 0.95), painted.back(), at(gaps, 0.5), at(gaps, 0.95), gaps.back());
        QVERIFY(at(painted, 0.95) < 16);
        QVERIFY(at(gaps, 0.95) < 16);
    }

    void rowsModel_isWellFormedWhilePagesArrive() {
        QString text;
        for (int i = 0; i < 60; ++i) text += QStringLiteral("Edge(%1, %2)\n").arg(i).arg(i + 1);
        Bench bench(text + QStringLiteral("Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Edge(y, z)\n"));
        RowsModel* model = bench.room.stepper()->rowsModel();
        QAbstractItemModelTester tester(model, QAbstractItemModelTester::FailureReportingMode::Fatal);
        bench.evaluate();
        for (const int round : {60, 3, 41, 12}) {
            bench.room.stepper()->setRound(round);
            QTRY_VERIFY(model->isLoaded(0));
            int expected = 0; // a chain of 60 edges has 61 - d pairs at distance d
            for (int d = 1; d <= round; ++d) expected += 61 - d;
            QTRY_COMPARE(model->rowCount(), expected);
            if (expected > 1000) {
                (void)model->index(expected - 1, 0).data();
                QTRY_VERIFY(model->isLoaded(expected - 1));
            }
        }
    }

    void broken_program_isMarkedAndNotRun() {
        Bench bench(QStringLiteral("A[i] = B[i]\n"));
        QSignalSpy spy(&bench.room, &LogicMechanism::evaluated);
        bench.room.evaluate();
        QTRY_VERIFY(spy.size() > 0);
        QVERIFY(bench.room.summary()->isRefused);
        QTRY_VERIFY(bench.room.editorPanel()->diagnostics()->rowCount() > 0);
        QVERIFY(bench.room.stepper()->tensor().isEmpty());
        QVERIFY(!bench.room.confirm({"answer", "A[i]? 1"}).has_value());
    }

    void numericCell_showsItsTerms() {
        Bench bench(sample(QStringLiteral("perceptron")));
        bench.evaluate();
        QVERIFY(bench.room.showView(QStringLiteral("terms"), QStringLiteral("Sum")));
        auto* terms = bench.room.findChild<QTableView*>(QStringLiteral("terms"));
        QTRY_VERIFY_WITH_TIMEOUT(terms->model()->rowCount() > 0, 5000);
        QVERIFY2(bench.room.why()->answer().contains(QStringLiteral("1.2")), qPrintable(bench.room.why()->answer()));
    }

    void learning_showsLossAndHeatMaps() {
        Bench bench(sample(QStringLiteral("xor")));
        bench.evaluate();
        QVERIFY2(!bench.room.summary()->losses.isEmpty(), "no losses");
        QTRY_VERIFY_WITH_TIMEOUT(
            bench.room.learning()->values()->cellAt(bench.room.learning()->values()->rect().center()).has_value() ||
                bench.room.learning()->values()->isSharp(),
            5000);
    }

    // Every check of the shipped lesson holds after following its links in order.
    void lesson_everyStep_confirms() {
        QFile file(qEnvironmentVariable("VITRINE_SOURCE_DIR") +
                   QStringLiteral("/resources/lessons/tensor_logic.en.md"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto lesson = parseLesson(file.readAll().toStdString(), "lesson");
        QVERIFY(lesson.ok());
        Bench bench;
        for (const LessonStep& step : lesson.value().steps) {
            for (const LessonAction& action : step.actions) {
                const auto argument = [&](const char* name) {
                    return action.arguments.contains(name) ? QString::fromStdString(action.arguments.at(name))
                                                           : QString();
                };
                if (action.verb == "sample")
                    bench.room.openText(argument("name") + QStringLiteral(".tl"), sample(argument("name")),
                                        bench.room.folder());
                else if (action.verb == "evaluate")
                    bench.evaluate();
                else if (action.verb == "show")
                    QVERIFY(bench.room.showView(argument("view"), argument("tensor"),
                                                argument("cells").split(QLatin1Char(','), Qt::SkipEmptyParts)));
            }
            for (const LessonCheck& check : step.checks) {
                const auto verdict = bench.room.confirm(check);
                QVERIFY2(verdict == std::optional(true),
                         qPrintable(QString::fromStdString(step.title + ": " + check.kind + " " + check.text)));
            }
        }
    }

    void draft_roundTrip_restoresProgram() {
        Bench bench(QStringLiteral("P(1)\nP?\n"));
        const Json draft = bench.room.draft();
        LogicMechanism other;
        other.restore(draft);
        QCOMPARE(other.text(), QStringLiteral("P(1)\nP?\n"));
        QCOMPARE(other.fileName(), QStringLiteral("ancestors.tl"));
        other.restore(Json("nonsense"));
        other.restore(Json{{"text", 3}, {"columns", "not base64 at all"}});
    }

    void evaluate_beforeTheSession_waitsForIt() {
        Factory factory;
        LogicMechanism room;
        room.openText(QStringLiteral("p.tl"), QStringLiteral("P(1)\nP?\n"), {});
        room.show();
        QSignalSpy spy(&room, &LogicMechanism::evaluated);
        room.evaluate();
        QVERIFY(spy.isEmpty());
        SessionBridge session(factory);
        room.setSession(&session);
        QTRY_VERIFY_WITH_TIMEOUT(spy.size() > 0, 10000);
    }

    void cancel_fromTheButton_leavesARoomThatWorks() {
        Bench bench(QStringLiteral("P(0)\nP(x + 1) <- P(x), x < 2000000000\nP?\n"));
        bench.room.setOptions([] { return Json{{"rounds", 2000000000}}; });
        bench.room.evaluate();
        auto* button = bench.room.findChild<QAbstractButton*>(QStringLiteral("evaluate"));
        QTRY_COMPARE(button->text(), QStringLiteral("Stop"));
        QTest::qWait(200);
        QElapsedTimer timer;
        timer.start();
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(button->text(), QStringLiteral("Evaluate"), 3000);
        QVERIFY2(timer.elapsed() < 1000, qPrintable(QString::number(timer.elapsed())));
        bench.room.openText(QStringLiteral("p.tl"), QStringLiteral("P(1)\nP?\n"), {});
        bench.evaluate();
        QVERIFY(bench.room.summary()->isOk);
    }

    // The window stays responsive while a closure of millions of tuples is computed.
    void lag_whileEvaluating_isSmall() {
        QString text;
        for (int i = 0; i < 1500; ++i) text += QStringLiteral("Edge(%1, %2)\n").arg(i).arg(i + 1);
        Bench bench(text +
                    QStringLiteral("Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Edge(y, z)\nPath(0, x)?\n"));
        QTRY_VERIFY(bench.room.editor()->isCheckCurrent());
        QTest::qWait(300);
        QVector<qint64> gaps;
        QElapsedTimer clock;
        clock.start();
        QTimer probe;
        connect(&probe, &QTimer::timeout, this, [&] { gaps.append(clock.restart()); });
        probe.start(0);
        bench.evaluate();
        QTest::qWait(200);
        probe.stop();
        std::sort(gaps.begin(), gaps.end());
        const qint64 high = gaps[gaps.size() * 99 / 100];
        QVERIFY2(high < 50, qPrintable(QStringLiteral("99th percentile %1 ms").arg(high)));
    }

    // The mechanism keeps its room at any size: panels join the tabs before anything is squeezed.
    void shape_followsTheRoom() {
        Bench bench;
        bench.evaluate();
        const auto tabs = [&](const char* name) {
            QStringList out;
            const auto* bar = bench.room.findChild<QTabBar*>(QString::fromLatin1(name));
            for (int i = 0; i < bar->count(); ++i) out << bar->tabText(i);
            return out;
        };
        const QStringList left{QStringLiteral("Answers"), QStringLiteral("Why"), QStringLiteral("Graph"),
                               QStringLiteral("Plan")};
        QCOMPARE(tabs("leftTabs"), left);
        QCOMPARE(tabs("rightTabs"), (QStringList{QStringLiteral("Rounds"), QStringLiteral("Learning")}));
        bench.room.resize(968, 440);
        QTRY_COMPARE(tabs("rightTabs").front(), QStringLiteral("Steps"));
        QCOMPARE(tabs("leftTabs"), left);
        QVERIFY(bench.room.stepper()->matrix()->isVisible());
        QVERIFY2(bench.room.stepper()->matrix()->height() >= 160,
                 qPrintable(QString::number(bench.room.stepper()->matrix()->height())));
        bench.room.resize(968, 336); // 1024 x 700 with the runs open
        QTRY_COMPARE(tabs("leftTabs").front(), QStringLiteral("Program"));
        bench.room.resize(420, 700); // narrow: one row of tabs for all
        QTRY_COMPARE(tabs("leftTabs").size(), 8);
        QCOMPARE(tabs("rightTabs").size(), 0);
        QVERIFY(bench.room.showView(QStringLiteral("matrix")));
        QVERIFY(bench.room.stepper()->isVisible());
        bench.room.resize(1084, 760);
        QTRY_COMPARE(tabs("leftTabs"), left);
        QVERIFY(bench.room.editorPanel()->isVisible() && bench.room.stepper()->isVisible());
    }

    void enlarge_givesAPanelAllOfTheRoom() {
        Bench bench;
        bench.evaluate();
        QVERIFY(bench.room.showView(QStringLiteral("graph")));
        PageTabs* pages = nullptr;
        for (PageTabs* each : bench.room.findChildren<PageTabs*>())
            if (each->contains(bench.room.graph())) pages = each;
        QVERIFY(pages);
        const int before = bench.room.graph()->width();
        Q_EMIT pages->enlargeRequested(true);
        QTRY_VERIFY(bench.room.graph()->width() > before * 3 / 2);
        QVERIFY(!bench.room.stepper()->isVisible() && !bench.room.editorPanel()->isVisible());
        Q_EMIT pages->enlargeRequested(false);
        QTRY_COMPARE(bench.room.graph()->width(), before);
        QVERIFY(bench.room.stepper()->isVisible() && bench.room.editorPanel()->isVisible());
    }

    // What nobody moved is not remembered: it follows the window.
    void draft_keepsOnlySplittersThatWereMoved() {
        Bench bench;
        QVERIFY(!bench.room.draft().contains("shares"));
        auto* columns = bench.room.findChild<QSplitter*>();
        QVERIFY(columns);
        QSplitterHandle* handle = columns->handle(1);
        QTest::mousePress(handle, Qt::LeftButton, {}, QPoint(0, 20));
        QTest::mouseMove(handle, QPoint(40, 20));
        QTest::mouseRelease(handle, Qt::LeftButton, {}, QPoint(40, 20));
        const Json draft = bench.room.draft();
        QVERIFY(draft.contains("shares"));
        Bench other;
        other.room.restore(draft);
        QVERIFY(std::abs(other.room.findChild<QSplitter*>()->sizes()[0] - columns->sizes()[0]) <= 2);
    }

    void accessibility_everyControlHasAName() {
        Bench bench;
        bench.evaluate();
        for (QWidget* widget : bench.room.findChildren<QWidget*>()) {
            if (!widget->isVisibleTo(&bench.room) || widget->focusPolicy() == Qt::NoFocus || widget->inherits("QLabel"))
                continue;
            auto* button = qobject_cast<QAbstractButton*>(widget);
            const bool isInternal = widget->objectName().startsWith(QStringLiteral("qt_")) ||
                                    QByteArray(widget->metaObject()->className()) == "QAbstractScrollArea";
            const bool isNamed = !widget->accessibleName().isEmpty() || (button && !button->text().isEmpty());
            QVERIFY2(isNamed || isInternal, qPrintable(QString::fromLatin1(widget->metaObject()->className()) +
                                                       QLatin1Char(' ') + widget->objectName()));
        }
        QVERIFY2(bench.room.minimumSizeHint().width() <= 1024 - 56 - 300,
                 qPrintable(QString::number(bench.room.minimumSizeHint().width())));
        QVERIFY2(bench.room.minimumSizeHint().height() <= 560,
                 qPrintable(QString::number(bench.room.minimumSizeHint().height())));
    }

    void look_atIt() {
        if (qEnvironmentVariableIsEmpty("VITRINE_LOOK")) QSKIP("set VITRINE_LOOK=DIR to write pictures");
        Bench bench;
        test::look(bench.room, QStringLiteral("room-empty"));
        bench.evaluate();
        bench.room.stepper()->setRound(3);
        QTest::qWait(200);
        bench.room.stepper()->select({QStringLiteral("Ancestor"), {QStringLiteral("Alice"), QStringLiteral("Dan")}});
        bench.room.showView(QStringLiteral("why"));
        QTest::qWait(400);
        test::look(bench.room, QStringLiteral("room-why"));
        bench.room.showView(QStringLiteral("graph"));
        QTest::qWait(300);
        bench.room.showView(QStringLiteral("matrix"), QStringLiteral("Count"));
        QTest::qWait(300);
        test::look(bench.room, QStringLiteral("room-graph"));
        Bench learning(sample(QStringLiteral("xor")));
        learning.evaluate();
        QTest::qWait(400);
        test::look(learning.room, QStringLiteral("room-learning"));
        Bench broken(QStringLiteral(
            "# A shape that does not fit\nA = [1, 2, 3]\nB = [[1, 2], [3, 4]]\nC[i] = B[i, j] A[j]\nC?\n"));
        QSignalSpy spy(&broken.room, &LogicMechanism::evaluated);
        broken.room.evaluate();
        QTRY_VERIFY(spy.size() > 0);
        QTest::qWait(300);
        test::look(broken.room, QStringLiteral("room-broken"));
    }
};

VITRINE_WIDGET_TEST(TestTensorLogic)
#include "tst_tensor_logic.moc"
