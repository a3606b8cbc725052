// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/graphs.hpp"
#include "tests/core/tensor_logic/ruleprogram.hpp"
#include "tests/support/testmain.hpp"

using namespace vitrine;
using namespace vitrine::tl;

/// Sizes and rounds of the digest's tables 6.2, by every engine that applies, on one thread and on two.
class TestSparseTables : public QObject {
    Q_OBJECT

  private slots:
    void init() { test::failOnWarnings(); }
    void closures_data();
    void closures();
    void pointsTo_data();
    void pointsTo();
    void aliases_data();
    void aliases();
    void sumsOfDeltas();
};

namespace {

constexpr const char* Rules =
    "Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Edge(y, z)\n"
    "Right(x, y) <- Edge(x, y)\nRight(x, z) <- Edge(x, y), Right(y, z)\n"
    "SG(x, y) <- Edge(p, x), Edge(p, y), x != y\nSG(x, y) <- Edge(a, x), SG(a, b), Edge(b, y)\n"
    "Strict(x, y) <- Edge(p, x), Edge(p, y), x != y\nStrict(x, y) <- Edge(a, x), Strict(a, b), Edge(b, y), x != y\n";
constexpr const char* NonLinear = "Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Path(y, z)\n";
constexpr const char* PointsTo = "Pt(y, x) <- AddressOf(y, x)\nPt(y, x) <- Assign(y, z), Pt(z, x)\n"
                                 "Pt(y, w) <- Load(y, x), Pt(x, z), Pt(z, w)\n"
                                 "Pt(z, w) <- Store(y, x), Pt(y, z), Pt(x, w)\n";
constexpr const char* Aliases = "ValueFlow(y, x) <- Assign(y, x)\nValueFlow(x, x) <- Assign(x, _)\n"
                                "ValueFlow(x, x) <- Assign(_, x)\nMemoryAlias(x, x) <- Assign(x, _)\n"
                                "MemoryAlias(x, x) <- Assign(_, x)\n"
                                "ValueFlow(x, y) <- ValueFlow(x, z), ValueFlow(z, y)\n"
                                "ValueFlow(x, y) <- Assign(x, z), MemoryAlias(z, y)\n"
                                "ValueAlias(x, y) <- ValueFlow(z, x), ValueFlow(z, y)\n"
                                "ValueAlias(x, y) <- ValueFlow(z, x), MemoryAlias(z, w), ValueFlow(w, y)\n"
                                "MemoryAlias(x, w) <- Dereference(y, x), ValueAlias(y, z), Dereference(z, w)\n";

struct Setting {
    const char* name;
    Engine engine;
    int threads;
    bool useRows;
    bool isQuick; ///< fit for the larger rows
};
constexpr Setting Settings[] = {
    {"automatic", Engine::Automatic, 1, true, true}, {"automatic, 2 threads", Engine::Automatic, 2, true, true},
    {"rows", Engine::SemiNaive, 1, true, true},      {"rows, 2 threads", Engine::SemiNaive, 2, true, true},
    {"tuples", Engine::SemiNaive, 1, false, true},   {"tuples, 2 threads", Engine::SemiNaive, 2, false, true},
    {"naive", Engine::Naive, 1, false, false},
};

test::Run evaluated(const char* rules, const Setting& setting, const std::function<void(Program&)>& data) {
    auto program = test::ruleProgram(rules);
    data(*program);
    EvaluateOptions options;
    options.engine = setting.engine;
    options.threads = setting.threads;
    sparse::Tuning tuning;
    tuning.useRows = setting.useRows;
    return test::run(std::move(program), options, tuning);
}

std::uint32_t roundsOf(const test::Run& run, const char* relation) {
    std::uint32_t last = 0;
    for (const RoundReport& report : run.engine->rounds())
        if (report.relation == *run.program->find(relation)) last = std::max(last, report.round);
    return last;
}

} // namespace

void TestSparseTables::closures_data() {
    QTest::addColumn<graphs::Edges>("edges");
    QTest::addColumn<std::uint64_t>("edgeCount");
    QTest::addColumn<std::uint64_t>("closure");
    QTest::addColumn<std::uint32_t>("rounds");
    QTest::addColumn<std::int64_t>("sameGeneration");
    QTest::addColumn<std::int64_t>("strict");
    const auto row = [](const char* name, const graphs::Edges& edges, std::uint64_t count, std::uint64_t closure,
                        std::uint32_t rounds, std::int64_t sg, std::int64_t strict) {
        QTest::newRow(name) << edges << count << closure << rounds << sg << strict;
    };
    row("chain(100)", graphs::chain(100), 99, 4950, 99, 0, 0);
    row("cycle(60)", graphs::cycle(60), 60, 3600, 60, 0, 0);
    row("grid(12,12)", graphs::grid(12, 12), 264, 5940, 22, 1133, 1012);
    row("btree(8)", graphs::binaryTree(8), 254, 1538, 7, 21590, 21590);
    row("tree(1000,1)", graphs::tree(1000, 1), 999, 7622, 16, 94884, 94884);
    row("dag(300,600,1)", graphs::dag(300, 600, 1), 591, 2380, 7, 6082, 6054);
    row("uniform(200,300,1)", graphs::uniform(200, 300, 1), 299, 13217, 25, 14381, 14262);
    row("uniform(10000,12000,12)", graphs::uniform(10000, 12000, 12), 12000, 9177504, 84, -1, -1);
    row("uniform(5000,6500,8)", graphs::uniform(5000, 6500, 8), 6499, 4922285, 58, -1, -1);
}

void TestSparseTables::closures() {
    QFETCH(graphs::Edges, edges);
    QFETCH(std::uint64_t, edgeCount);
    QFETCH(std::uint64_t, closure);
    QFETCH(std::uint32_t, rounds);
    QFETCH(std::int64_t, sameGeneration);
    QFETCH(std::int64_t, strict);
    QCOMPARE(edges.size(), edgeCount);
    const bool isBig = closure > 1000000;
    for (const Setting& setting : Settings) {
        if (isBig && (setting.engine != Engine::Automatic)) continue;
        const std::string rules = isBig ? std::string(Rules).substr(0, std::string(Rules).find("SG(")) : Rules;
        const auto data = [&edges](Program& p) { test::give(p, "Edge", 2, graphs::toCells(edges)); };
        const test::Run run = evaluated(rules.c_str(), setting, data);
        QVERIFY2(run.diagnostics.empty(), setting.name);
        for (const char* name : {"Path", "Right"}) {
            QVERIFY2(run.set(name)->size() == closure, setting.name);
            QVERIFY2(roundsOf(run, name) == rounds, setting.name);
        }
        if (isBig) continue;
        QVERIFY2(run.set("SG")->size() == std::uint64_t(sameGeneration), setting.name);
        QVERIFY2(run.set("Strict")->size() == std::uint64_t(strict), setting.name);
        const test::Run nonLinear = evaluated(NonLinear, setting, data);
        QVERIFY2(nonLinear.set("Path")->size() == closure, setting.name);
    }
}

void TestSparseTables::pointsTo_data() {
    QTest::addColumn<std::uint32_t>("variables");
    QTest::addColumn<std::uint64_t>("tuples");
    QTest::newRow("andersen(100,1)") << 100u << std::uint64_t(4861);
    QTest::newRow("andersen(700,1)") << 700u << std::uint64_t(257390);
    QTest::newRow("andersen(1000,1)") << 1000u << std::uint64_t(557039);
}

void TestSparseTables::pointsTo() {
    QFETCH(std::uint32_t, variables);
    QFETCH(std::uint64_t, tuples);
    for (const Setting& setting : Settings) {
        if (variables > 100 && (!setting.useRows || setting.engine != Engine::Automatic)) continue;
        const test::Run run = evaluated(PointsTo, setting, [variables](Program& p) {
            const graphs::Andersen facts = graphs::andersen(variables, 1);
            test::give(p, "AddressOf", 2, graphs::toCells(facts.addressOf));
            test::give(p, "Assign", 2, graphs::toCells(facts.assign));
            test::give(p, "Load", 2, graphs::toCells(facts.load));
            test::give(p, "Store", 2, graphs::toCells(facts.store));
        });
        QVERIFY2(run.diagnostics.empty() && run.set("Pt")->size() == tuples, setting.name);
    }
}

void TestSparseTables::aliases_data() {
    QTest::addColumn<std::uint32_t>("variables");
    QTest::addColumn<std::uint32_t>("draws");
    QTest::addColumn<std::uint64_t>("flow");
    QTest::addColumn<std::uint64_t>("value");
    QTest::addColumn<std::uint64_t>("memory");
    QTest::newRow("cspa(100,60,1)") << 100u << 60u << std::uint64_t(1114) << std::uint64_t(3308) << std::uint64_t(641);
    QTest::newRow("cspa(450,270,1)") << 450u << 270u << std::uint64_t(30791) << std::uint64_t(94688)
                                     << std::uint64_t(22110);
    QTest::newRow("cspa(600,360,1)") << 600u << 360u << std::uint64_t(47845) << std::uint64_t(154355)
                                     << std::uint64_t(37319);
}

void TestSparseTables::aliases() {
    QFETCH(std::uint32_t, variables);
    QFETCH(std::uint32_t, draws);
    QFETCH(std::uint64_t, flow);
    QFETCH(std::uint64_t, value);
    QFETCH(std::uint64_t, memory);
    for (const Setting& setting : Settings) {
        if (variables > 100 && (!setting.useRows || setting.engine != Engine::Automatic)) continue;
        const test::Run run = evaluated(Aliases, setting, [=](Program& p) {
            const graphs::Cspa facts = graphs::cspa(variables, draws, draws, 1);
            test::give(p, "Assign", 2, graphs::toCells(facts.assign));
            test::give(p, "Dereference", 2, graphs::toCells(facts.dereference));
        });
        QVERIFY2(run.diagnostics.empty(), setting.name);
        QVERIFY2(run.set("ValueFlow")->size() == flow, setting.name);
        QVERIFY2(run.set("ValueAlias")->size() == value, setting.name);
        QVERIFY2(run.set("MemoryAlias")->size() == memory, setting.name);
    }
}

/// What the reports say adds up, and naive evaluation joins more rows.
void TestSparseTables::sumsOfDeltas() {
    const auto data = [](Program& p) { test::give(p, "Edge", 2, graphs::toCells(graphs::uniform(200, 300, 1))); };
    std::uint64_t joinedByTuples = 0;
    for (const Setting& setting : Settings) {
        const test::Run run =
            evaluated("Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Edge(y, z)\n", setting, data);
        std::uint64_t sum = 0, joined = 0;
        std::uint32_t round = 0;
        for (const RoundReport& report : run.engine->rounds()) {
            sum += report.delta;
            joined += report.joinedRows;
            QCOMPARE(report.round, ++round);
            QCOMPARE(report.total, sum);
        }
        QCOMPARE(sum, std::uint64_t(13217));
        if (setting.engine == Engine::Naive)
            QVERIFY(joined > joinedByTuples);
        else if (joinedByTuples > 0)
            QCOMPARE(joined, joinedByTuples); // each tuple of the delta meets its edges once, whatever the engine
        else
            joinedByTuples = joined;
    }
}

VITRINE_CORE_TEST(TestSparseTables)
#include "tst_sparse_tables.moc"
