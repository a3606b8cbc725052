// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.hpp"
#include "core/experiment/factory.hpp"
#include "core/runner/runner.hpp"
#include "tests/support/randomwalk/randomwalk.hpp"
#include "tests/support/widgetmain.hpp"
#include "widgets/bridge/logmodel.hpp"
#include "widgets/bridge/problemsmodel.hpp"
#include "widgets/bridge/runhub.hpp"
#include "widgets/bridge/runsmodel.hpp"
#include "widgets/bridge/sessionbridge.hpp"

#include <QAbstractItemModelTester>
#include <QTemporaryDir>

#include <thread>

using namespace vitrine;

namespace {
constexpr auto Strict = QAbstractItemModelTester::FailureReportingMode::Fatal;

Config walk(int steps, double pauseMs = 0) {
    const auto method = test::makeRandomWalk();
    Config config = configOfPreset(method->descriptor(), "lesson.walk").value();
    config.values["steps"] = steps;
    config.values["pause_ms"] = pauseMs;
    return config;
}

std::unique_ptr<RunHub> makeHub(const QString& folder) {
    return std::make_unique<RunHub>(folder, [](const std::filesystem::path& runs) {
        return std::make_unique<runner::ThreadRunner>(runs,
                                                      [](const std::string&) { return &test::randomWalkFactory(); });
    });
}

/// A session that answers when told to, from a thread of its own.
class EchoSession final : public Session {
  public:
    explicit EchoSession(Sink sink) : m_sink(std::move(sink)) {}
    Sequence submit(Request request) override {
        m_requests.push_back({std::move(request), ++m_sequence});
        return m_sequence;
    }
    void cancel(const Tag&) override {}
    void answerAll() {
        std::thread([this] {
            for (const auto& [request, sequence] : m_requests)
                m_sink({request.tag, sequence, 0, true, request.payload});
        }).join();
        m_requests.clear();
    }

  private:
    Sink m_sink;
    Sequence m_sequence = 0;
    std::vector<std::pair<Request, Sequence>> m_requests;
};

class EchoFactory final : public MethodFactory {
  public:
    mutable EchoSession* session = nullptr;
    std::string id() const override { return "echo"; }
    std::unique_ptr<Experiment> makeExperiment() const override { return nullptr; }
    std::unique_ptr<Session> makeSession(Session::Sink sink) const override {
        auto made = std::make_unique<EchoSession>(std::move(sink));
        session = made.get();
        return made;
    }
};
} // namespace

class TestModels : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void runsModel_liveRuns_staysConsistent() {
        const QTemporaryDir folder;
        const auto hub = makeHub(folder.path());
        RunsModel model(*hub);
        RunsFilter filter;
        filter.setSourceModel(&model);
        const QAbstractItemModelTester tester(&model, Strict);
        const QAbstractItemModelTester filterTester(&filter, Strict);
        for (int i = 0; i < 5; ++i) hub->start(walk(50 + i), [](const Result<QString>& run) { QVERIFY(run.ok()); });
        QTRY_COMPARE_WITH_TIMEOUT(model.rowCount(), 5, 15000);
        QTRY_VERIFY_WITH_TIMEOUT(hub->activeIds().isEmpty(), 20000);
        const QString first = model.idAt(0);
        model.setData(model.index(0, static_cast<int>(RunsModel::Column::Tags)), QStringLiteral("good, short , good"));
        QTRY_COMPARE(hub->find(first)->tags, (QStringList{QStringLiteral("good"), QStringLiteral("short")}));
        model.setData(model.index(0, static_cast<int>(RunsModel::Column::Notes)), QStringLiteral("looks fine"));
        QTRY_COMPARE(hub->find(first)->notes, QStringLiteral("looks fine"));
        filter.setSearch(QStringLiteral("tag:good"));
        QCOMPARE(filter.rowCount(), 1);
        filter.setSearch({});
        hub->setTrashed(first, true);
        QTRY_COMPARE(filter.rowCount(), 4);
        filter.setShowsTrash(true);
        QCOMPARE(filter.rowCount(), 1);
    }

    void hub_openedAgain_findsRunsAndWhatWasSaidOfThem() {
        const QTemporaryDir folder;
        QString run;
        {
            const auto hub = makeHub(folder.path());
            hub->start(walk(30), [&run](const Result<QString>& started) { run = started.value(); });
            QTRY_VERIFY_WITH_TIMEOUT(!run.isEmpty() && hub->find(run) && hub->find(run)->state == RunState::Completed,
                                     15000);
            hub->setName(run, QStringLiteral("first"));
            QTRY_COMPARE(hub->find(run)->name, QStringLiteral("first"));
        }
        const auto hub = makeHub(folder.path());
        QTRY_VERIFY_WITH_TIMEOUT(hub->find(run), 10000);
        QCOMPARE(hub->find(run)->name, QStringLiteral("first"));
        QTRY_VERIFY(hub->find(run)->state == RunState::Completed);
        RunCurves curves;
        QTRY_VERIFY_WITH_TIMEOUT((hub->readCurves(run, [&curves](const RunCurves& read) { curves = read; }),
                                  QTest::qWait(100), !curves.isEmpty()),
                                 10000);
        QCOMPARE(curves.value(QStringLiteral("position")).size(), std::size_t{30});
    }

    void hub_follow_givesEveryEventOnceInOrder() {
        const QTemporaryDir folder;
        const auto hub = makeHub(folder.path());
        std::vector<std::int64_t> steps;
        connect(hub.get(), &RunHub::batchReady, this, [&steps](const RunBatchPtr& batch) {
            if (batch->restart) steps.clear();
            for (const Event& event : batch->events)
                if (const auto* scalar = std::get_if<Scalar>(&event.body)) steps.push_back(scalar->step);
        });
        QString run;
        hub->start(walk(300, 1), [&](const Result<QString>& started) { hub->follow(run = started.value()); });
        QTRY_VERIFY_WITH_TIMEOUT(!run.isEmpty() && isFinal(hub->find(run)->state), 30000);
        QTRY_COMPARE_WITH_TIMEOUT(steps.size(), std::size_t{300}, 5000);
        for (std::size_t i = 1; i < steps.size(); ++i) QCOMPARE(steps[i], steps[i - 1] + 1);
    }

    void differences_showOnlyWhatDiffers() {
        RunDifferences model;
        const QAbstractItemModelTester tester(&model, Strict);
        RunInfo a;
        a.id = QStringLiteral("a");
        a.config = walk(10);
        RunInfo b = a;
        b.id = QStringLiteral("b");
        b.config.values["steps"] = 20;
        model.setRuns({a, b}, {{QStringLiteral("steps"), QStringLiteral("Steps")}});
        QCOMPARE(model.rowCount(), 1);
        QCOMPARE(model.data(model.index(0, 0)).toString(), QStringLiteral("Steps"));
        QCOMPARE(model.data(model.index(0, 1)).toString(), QStringLiteral("10"));
        QCOMPARE(model.data(model.index(0, 2)).toString(), QStringLiteral("20"));
    }

    void logModel_overCapacity_dropsTheOldest() {
        LogModel model;
        LogFilter filter;
        filter.setSourceModel(&model);
        const QAbstractItemModelTester tester(&model, Strict);
        std::vector<LogRecord> many(9000, {LogLevel::Info, "vitrine.test", "line", 0});
        model.append(many);
        many.assign(2000, {LogLevel::Warning, "vitrine.test", "newer", 0});
        model.append(many);
        QCOMPARE(model.rowCount(), LogModel::Capacity);
        filter.setLevel(LogLevel::Warning);
        QCOMPARE(filter.rowCount(), 2000);
        filter.setSearch(QStringLiteral("older"));
        QCOMPARE(filter.rowCount(), 0);
        logMessage(LogLevel::Error, "vitrine.test", "from another thread");
        filter.setSearch(QStringLiteral("another"));
        QTRY_COMPARE(filter.rowCount(), 1);
    }

    void problemsModel_randomChanges_staysConsistent() {
        ProblemsModel model;
        const QAbstractItemModelTester tester(&model, Strict);
        Lcg random(7);
        for (int i = 0; i < 300; ++i) {
            QList<ProblemRow> rows(static_cast<qsizetype>(random.below(4)));
            model.setProblems(QStringLiteral("room%1").arg(random.below(3)),
                              QStringLiteral("source%1").arg(random.below(2)), rows);
        }
        for (int room = 0; room < 3; ++room)
            for (int source = 0; source < 2; ++source)
                model.setProblems(QStringLiteral("room%1").arg(room), QStringLiteral("source%1").arg(source), {});
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.errorCount(), 0);
    }

    void session_staleReplies_areDropped() {
        const EchoFactory factory;
        SessionBridge bridge(factory);
        QStringList replies;
        connect(&bridge, &SessionBridge::replied, this, [&replies](const Reply& reply) {
            replies << QString::fromStdString(std::get<Json>(reply.value).dump());
        });
        bridge.submit(QStringLiteral("tile"), 1);
        bridge.submit(QStringLiteral("proof"), 2);
        bridge.submit(QStringLiteral("tile"), 3);
        QVERIFY(bridge.isBusy(QStringLiteral("tile")));
        factory.session->answerAll();
        QTRY_COMPARE(replies, (QStringList{QStringLiteral("2"), QStringLiteral("3")}));
        QVERIFY(!bridge.isBusy(QStringLiteral("tile")));
    }
};

VITRINE_WIDGET_TEST(TestModels)
#include "tst_models.moc"
