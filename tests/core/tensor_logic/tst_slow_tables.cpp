// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/methods/tensor_logic/graphs.hpp"
#include "core/methods/tensor_logic/method.hpp"
#include "core/runner/runner.hpp"
#include "tests/core/tensor_logic/ruleprogram.hpp"
#include "tests/support/testmain.hpp"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>

#include <algorithm>

using namespace vitrine;
using namespace vitrine::tl;
namespace fs = std::filesystem;

namespace {

constexpr const char* Path = "Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Edge(y, z)\n";
constexpr const char* SameGeneration =
    "SG(x, y) <- Edge(p, x), Edge(p, y), x != y\nSG(x, y) <- Edge(a, x), SG(a, b), Edge(b, y)\n";
constexpr const char* Strict =
    "SG(x, y) <- Edge(p, x), Edge(p, y), x != y\nSG(x, y) <- Edge(a, x), SG(a, b), Edge(b, y), x != y\n";
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

using Give = std::function<void(Program&)>;
using Sizes = std::vector<std::pair<std::string, std::uint64_t>>;

Give edgesOf(graphs::Edges edges) {
    return [edges = std::move(edges)](Program& program) { test::give(program, "Edge", 2, graphs::toCells(edges)); };
}

/// Rounds that found something, as the digest counts them.
std::uint32_t roundsOf(const test::Run& run, const std::string& name) {
    std::uint32_t rounds = 0;
    for (const RoundReport& report : run.engine->rounds())
        if (report.relation == *run.program->find(name) && report.delta > 0) rounds = std::max(rounds, report.round);
    return rounds;
}

} // namespace
Q_DECLARE_METATYPE(Give)
Q_DECLARE_METATYPE(Sizes)

/// The large rows of the digest's tables 6.2, and the study presets over seeds: the size of each relation to the last
/// tuple, on one thread and on two; every criterion of a study met.
class TestSlowTables : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void tables_full_exactSizes_data();
    void tables_full_exactSizes();
    void studies_overSeeds_passTheirCriteria_data();
    void studies_overSeeds_passTheirCriteria();
};

void TestSlowTables::tables_full_exactSizes_data() {
    QTest::addColumn<std::string>("rules");
    QTest::addColumn<Give>("give");
    QTest::addColumn<Sizes>("sizes");
    QTest::addColumn<std::uint32_t>("rounds"); ///< of the first relation; 0: the digest does not say
    const auto row = [](const char* name, const char* rules, Give give, Sizes sizes, std::uint32_t rounds = 0) {
        QTest::newRow(name) << std::string(rules) << std::move(give) << std::move(sizes) << rounds;
    };
    row("closure of tree(10000,3)", Path, edgesOf(graphs::tree(10000, 3)), {{"Path", 112124}}, 23);
    row("closure of uniform(4000,6000,2)", Path, edgesOf(graphs::uniform(4000, 6000, 2)), {{"Path", 5453586}}, 47);
    row("closure of chain(4000)", Path, edgesOf(graphs::chain(4000)), {{"Path", 7998000}}, 3999);
    row("closure of grid(70,70)", Path, edgesOf(graphs::grid(70, 70)), {{"Path", 6170325}}, 138);
    row("non-linear closure of uniform(3000,3600,12)", NonLinear, edgesOf(graphs::uniform(3000, 3600, 12)),
        {{"Path", 424120}});
    row("SG of tree(10000,3)", SameGeneration, edgesOf(graphs::tree(10000, 3)), {{"SG", 7868108}}, 18);
    row("SG strict of tree(10000,3)", Strict, edgesOf(graphs::tree(10000, 3)), {{"SG", 7868108}});
    row("SG of uniform(4000,6000,2)", SameGeneration, edgesOf(graphs::uniform(4000, 6000, 2)), {{"SG", 5182620}}, 23);
    row("SG strict of uniform(4000,6000,2)", Strict, edgesOf(graphs::uniform(4000, 6000, 2)), {{"SG", 5180348}});
    row("SG of tree(20000,1)", SameGeneration, edgesOf(graphs::tree(20000, 1)), {{"SG", 33669118}});
    row("andersen(800,1)", PointsTo,
        [](Program& program) {
            const graphs::Andersen facts = graphs::andersen(800, 1);
            test::give(program, "AddressOf", 2, graphs::toCells(facts.addressOf));
            test::give(program, "Assign", 2, graphs::toCells(facts.assign));
            test::give(program, "Load", 2, graphs::toCells(facts.load));
            test::give(program, "Store", 2, graphs::toCells(facts.store));
        },
        {{"Pt", 351916}});
    row("cspa(1000,500,400,1)", Aliases,
        [](Program& program) {
            const graphs::Cspa facts = graphs::cspa(1000, 500, 400, 1);
            test::give(program, "Assign", 2, graphs::toCells(facts.assign));
            test::give(program, "Dereference", 2, graphs::toCells(facts.dereference));
        },
        {{"ValueFlow", 43712}, {"ValueAlias", 186471}, {"MemoryAlias", 25897}});
}

void TestSlowTables::tables_full_exactSizes() {
    QFETCH(std::string, rules);
    QFETCH(Give, give);
    QFETCH(Sizes, sizes);
    QFETCH(std::uint32_t, rounds);
    for (const int threads : {1, 2}) {
        auto program = test::ruleProgram(rules);
        give(*program);
        EvaluateOptions options;
        options.threads = threads;
        QElapsedTimer clock;
        clock.start();
        const test::Run run = test::run(std::move(program), options);
        qInfo("%d thread%s: %.2f s", threads, threads == 1 ? "" : "s", static_cast<double>(clock.elapsed()) / 1e3);
        QVERIFY(run.diagnostics.empty());
        for (const auto& [name, size] : sizes) QCOMPARE(run.set(name)->size(), size);
        if (rounds > 0) QCOMPARE(roundsOf(run, sizes.front().first), rounds);
    }
}

void TestSlowTables::studies_overSeeds_passTheirCriteria_data() {
    QTest::addColumn<std::string>("preset");
    QTest::addColumn<std::uint64_t>("seed");
    for (const std::uint64_t seed : {1ULL, 2ULL})
        for (const char* preset : {"study.closures", "study.digits", "study.transformer"}) {
            if (seed > 1 && std::string(preset) == "study.transformer") continue; // several minutes
            QTest::addRow("%s, seed %d", preset, static_cast<int>(seed)) << std::string(preset) << seed;
        }
}

/// Each study has several seeds of its own below this one; its run says whether the digest's criteria hold.
void TestSlowTables::studies_overSeeds_passTheirCriteria() {
    QFETCH(std::string, preset);
    QFETCH(std::uint64_t, seed);
    const QTemporaryDir dir;
    fs::path program = fs::path(qEnvironmentVariable("VITRINE_BIN_DIR").toStdString()) / "vitrine-run";
    if (qEnvironmentVariableIsEmpty("VITRINE_BIN_DIR")) program = executableFolder() / "../bin/vitrine-run";
    Config config = *configOfPreset(makeMethod()->descriptor(), preset);
    config.seed = seed;
    const auto handle = *runner::ProcessRunner(dir.path().toStdString(), program).start(config);
    QVERIFY2(handle->wait(600), "the study takes more than ten minutes");
    const store::Observation seen = handle->observe();
    QVERIFY2(seen.finished && !seen.finished->error,
             seen.finished && seen.finished->error ? toText(*seen.finished->error).c_str() : "not finished");
    QCOMPARE(toString(seen.state), std::string("completed"));
    const auto result = readFile(handle->run().outputFile());
    QVERIFY2(seen.finished->summary.at("passed") == 1.0, result ? result->c_str() : "");
}

int main(int argc, char* argv[]) {
    qputenv("QTEST_FUNCTION_TIMEOUT", "900000"); // a study may take longer than Qt Test's five minutes
    const QCoreApplication application(argc, argv);
    TestSlowTables test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_slow_tables.moc"
