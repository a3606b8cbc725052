// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.hpp"
#include "core/methods/tensor_logic/graphs.hpp"
#include "core/tensor/selfcheck.hpp"
#include "tests/core/tensor_logic/ruleprogram.hpp"
#include "tests/support/stopwatch.hpp"
#include "tests/support/testmain.hpp"

#include <atomic>
#include <cmath>
#include <thread>

using namespace vitrine;
using namespace vitrine::tl;

/// What the sparse engine does beside fixpoints: errors, limits, stops, lookups, proofs, counts, backward chaining.
class TestSparseEngine : public QObject {
    Q_OBJECT

  private slots:
    void init() { test::failOnWarnings(); }
    void errors_data();
    void errors();
    void tensorsInComparisons();
    void tensorAsAtom();
    void headInsideDomain();
    void limits_data();
    void limits();
    void longBodies_endSoon_data();
    void longBodies_endSoon();
    void explodingJoin_isRefusedBeforeItRuns_data();
    void explodingJoin_isRefusedBeforeItRuns();
    void stop_data();
    void stop();
    void lookups_data();
    void lookups();
    void proofs_data();
    void proofs();
    void counts_data();
    void counts();
    void countsKeepToDomains();
    void demand_data();
    void demand();
    void demand_asksForLittle();
    void kernelsAgree();
    void choices_data();
    void choices();
};

namespace {

constexpr const char* Closure = "Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Edge(y, z)\n";

std::function<void(Program&)> edges(const graphs::Edges& some) {
    return [some](Program& p) { test::give(p, "Edge", 2, graphs::toCells(some)); };
}

std::unique_ptr<Program> programOf(const std::string& rules, const graphs::Edges& some) {
    auto program = test::ruleProgram(rules);
    edges(some)(*program);
    return program;
}

} // namespace

void TestSparseEngine::errors_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("codes");
    const auto row = [](const char* name, const char* text, const char* codes) {
        QTest::newRow(name) << QString::fromLatin1(text) << QString::fromLatin1(codes);
    };
    row("order of symbol and number", "P(1), P(A)\nQ(x) <- P(x), x < 3", "E-TYPE");
    row("saved by another literal", "P(1), P(A)\nQ(x) <- P(x), x < 3, x != A", "");
    row("saved by an atom", "P(1), P(A), G(1)\nQ(x) <- P(x), x < 3, G(x)", "");
    row("saved by a negation", "P(1), P(A), G(A)\nQ(x) <- P(x), x < 3, not G(x)", "");
    row("not saved", "P(1), P(A), G(A)\nQ(x) <- P(x), x < 3, G(x)", "E-TYPE");
    row("division by zero", "P(0), P(2)\nQ(x) <- P(x), 4 / x > 1", "E-DIV0");
    row("division saved", "P(0), P(2)\nQ(x) <- P(x), 4 / x > 1, x != 0", "");
    row("modulo by zero", "P(0)\nQ(x) <- P(x), 4 % x == 1", "E-DIV0");
    row("fraction", "P(3)\nQ(y) <- P(x), y == x / 2", "E-TYPE");
    row("fraction saved", "P(3), P(4)\nQ(y) <- P(x), y == x / 2, Even(x)", "");
    row("symbol in a head", "P(A)\nQ(x + 1) <- P(x)", "E-TYPE");
    row("symbol in an argument", "P(A), E(1, A)\nQ(x) <- P(x), E(x + 1, x)", "E-TYPE");
    row("overflow", "P(9223372036854775807)\nQ(x + 1) <- P(x)", "E-MATH");
    row("logarithm", "P(0), P(1)\nQ(x) <- P(x), log(x) > 1", "E-MATH");
    row("two at once", "P(0), P(A)\nQ(x) <- P(x), x - 3 + 1 / x > 2", "E-DIV0 E-TYPE");
}

void TestSparseEngine::errors() {
    QFETCH(QString, text);
    QFETCH(QString, codes);
    const test::Run run = test::run(test::ruleProgram(text.toStdString()));
    QStringList found;
    for (const Diagnostic& diagnostic : run.diagnostics) {
        found << QString::fromStdString(diagnostic.code);
        QVERIFY(diagnostic.range.end > diagnostic.range.begin);
    }
    found.sort();
    QCOMPARE(found.join(QLatin1Char(' ')), codes);
}

namespace {

/// Score over the integers 0 .. 9, 3 x - 9, and a real Half, x / 2.
class Scores final : public sparse::TensorReader {
  public:
    TensorId score = NoId, half = NoId;
    [[nodiscard]] Number at(TensorId tensor, std::span<const Cell> cells) const override {
        if (cells[0] > 9) return {};
        if (tensor == half) return {false, 0, cells[0] / 2.0};
        return {true, 3 * std::int64_t(cells[0]) - 9, 0};
    }
};

TensorId addTensor(Program& program, const char* name) {
    Domain domain;
    domain.size = 10;
    program.domains.push_back(domain);
    TensorInfo info;
    info.name = name;
    info.arity = 1;
    info.type = ElementType::Int;
    info.axes = {DomainId(program.domains.size() - 1)};
    program.tensors.push_back(info);
    return TensorId(program.tensors.size() - 1);
}

Node tensorAt(TensorId tensor, VarId var) {
    Node node;
    node.kind = Node::Kind::Tensor;
    node.tensor = tensor;
    IndexTerm term;
    term.kind = IndexTerm::Kind::Variable;
    term.var = var;
    node.index = {term};
    return node;
}

std::vector<Cell> cellsOf(const sparse::TupleSet& set) {
    std::vector<Cell> cells;
    set.forEach([&](std::span<const Cell> tuple, std::uint32_t) {
        cells.insert(cells.end(), tuple.begin(), tuple.end());
        return true;
    });
    return cells;
}

} // namespace

void TestSparseEngine::tensorsInComparisons() {
    auto program =
        test::ruleProgram("P(1), P(4), P(5), P(70)\nQ(x) <- P(x), 0 < 0\nR(x) <- x < 100, P(_)\nS(x) <- P(x), 0 < 1");
    Scores scores;
    scores.score = addTensor(*program, "Score");
    scores.half = addTensor(*program, "Half");
    program->rules[0].comparisons[0].right = tensorAt(scores.score, 0); // Score[x] > 0
    program->rules[1].comparisons[0].left = tensorAt(scores.score, 0);  // Score[x] < 100, x runs through 0 .. 9
    program->rules[1].domainVars = {0};
    program->rules[1].vars[0].domain = program->tensors[scores.score].axes[0];
    program->rules[2].comparisons[0].left = tensorAt(scores.half, 0); // Half[x] < 1, outside the domain 0
    auto engine = sparse::Engine::create(*program, {}, scores, nullptr);
    const TensorId p = *program->find("P");
    engine->insert(p, program->tensors[p].given.cells, program->tensors[p].given.rows);
    for (std::uint32_t i = 0; i < program->strata.size(); ++i) QVERIFY(engine->evaluate(i).empty());
    QCOMPARE(cellsOf(*engine->set(*program->find("Q"))), (std::vector<Cell>{4, 5}));
    QCOMPARE(cellsOf(*engine->set(*program->find("R"))).size(), std::size_t(10));
    QCOMPARE(cellsOf(*engine->set(*program->find("S"))), (std::vector<Cell>{1, 70}));
}

void TestSparseEngine::tensorAsAtom() {
    auto program = test::ruleProgram(
        "P(1), P(4), P(5)\nQ(x) <- P(x), Score(x)\nR(x) <- P(x), not Score(x)\nE(4, 9)\nT(y) <- Score(x), E(x, y)");
    const TensorId score = *program->find("Score");
    program->tensors[score].isRelation = false;
    Domain domain;
    domain.size = 10;
    program->domains.push_back(domain);
    program->tensors[score].axes = {0};
    Scores scores;
    scores.score = score;
    auto engine = sparse::Engine::create(*program, {}, scores, nullptr);
    for (const char* name : {"P", "E"}) {
        const TensorId id = *program->find(name);
        engine->insert(id, program->tensors[id].given.cells, program->tensors[id].given.rows);
    }
    for (std::uint32_t i = 0; i < program->strata.size(); ++i) QVERIFY(engine->evaluate(i).empty());
    QCOMPARE(cellsOf(*engine->set(*program->find("Q"))), (std::vector<Cell>{4, 5}));
    QCOMPARE(cellsOf(*engine->set(*program->find("R"))), (std::vector<Cell>{1}));
    QCOMPARE(cellsOf(*engine->set(*program->find("T"))), (std::vector<Cell>{9}));
}

void TestSparseEngine::headInsideDomain() {
    auto program = test::ruleProgram("S(0)\nB(x) <- S(x)\nB(x + 1) <- B(x)");
    const TensorId b = *program->find("B");
    program->tensors[b].isRelation = false;
    Domain domain;
    domain.size = 5;
    program->domains.push_back(domain);
    program->tensors[b].axes = {0};
    const test::Run run = test::run(std::move(program));
    QVERIFY(run.diagnostics.empty());
    QCOMPARE(cellsOf(*run.set("B")), (std::vector<Cell>{0, 1, 2, 3, 4}));
}

void TestSparseEngine::limits_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<std::int64_t>("rounds");
    QTest::addColumn<std::int64_t>("tuples");
    QTest::addColumn<std::uint64_t>("kept");
    const auto none = std::int64_t(1) << 40;
    QTest::newRow("rounds of arithmetic") << "P(0)\nP(x + 1) <- P(x)" << std::int64_t(50) << none << std::uint64_t(50);
    QTest::newRow("tuples of arithmetic")
        << "P(0)\nP(x + 1) <- P(x)" << std::int64_t(1000) << std::int64_t(70) << std::uint64_t(70);
    const char* chain = "P(0,1), P(1,2), P(2,3), P(3,4), P(4,5), E(0,1), E(1,2), E(2,3), E(3,4), E(4,5)\n";
    QTest::newRow("rounds by source") << QString::fromLatin1(chain) + QLatin1String("P(x,z) <- P(x,y), E(y,z)")
                                      << std::int64_t(3) << none << std::uint64_t(5 + 4 + 3);
    QTest::newRow("rounds by rows") << QString::fromLatin1(chain) + QLatin1String("P(x,z) <- P(x,y), P(y,z)")
                                    << std::int64_t(2) << none << std::uint64_t(5 + 4);
    QTest::newRow("tuples by source") << QString::fromLatin1(chain) + QLatin1String("P(x,z) <- P(x,y), E(y,z)") << none
                                      << std::int64_t(11) << std::uint64_t(5 + 4);
}

void TestSparseEngine::limits() {
    QFETCH(QString, text);
    QFETCH(std::int64_t, rounds);
    QFETCH(std::int64_t, tuples);
    QFETCH(std::uint64_t, kept);
    EvaluateOptions options;
    options.maxRounds = rounds;
    options.maxTuples = tuples;
    const test::Run run = test::run(test::ruleProgram(text.toStdString()), options);
    QCOMPARE(run.diagnostics.size(), std::size_t(1));
    QCOMPARE(run.diagnostics[0].code, std::string("E-LIMIT"));
    const auto& arguments = run.diagnostics[0].arguments;
    QVERIFY(std::find(arguments.begin(), arguments.end(), "P") != arguments.end());
    QVERIFY(run.diagnostics[0].range.end > 0);
    QCOMPARE(run.set("P")->size(), kept);
}

void TestSparseEngine::longBodies_endSoon_data() {
    QTest::addColumn<QString>("head");
    QTest::addColumn<QString>("edges");
    QTest::addColumn<std::uint64_t>("size");
    const auto fibonacci = QStringLiteral("E(0, 1), E(1, 0), E(0, 0)\n");
    QTest::newRow("ends") << "P(x0, x60)" << fibonacci << std::uint64_t(4);
    QTest::newRow("start") << "P(x0)" << fibonacci << std::uint64_t(2);
    QTest::newRow("three") << "P(x0, x1, x60)" << fibonacci << std::uint64_t(6);
    QTest::newRow("none") << "P()" << fibonacci << std::uint64_t(1);
    QString all; // complete on 30 nodes: more bindings than a chunk holds
    for (int i = 0; i < 900; ++i) all += QStringLiteral("E(%1, %2)\n").arg(i / 30).arg(i % 30);
    QTest::newRow("complete graph") << "P(x0, x1, x60)" << all << std::uint64_t(27000);
    QTest::newRow("complete graph, both ends") << "P(x0, x1, x59, x60)" << all << std::uint64_t(810000);
    QTest::newRow("complete graph, from behind") << "P(x0, x59, x60)" << all << std::uint64_t(27000);
    QTest::newRow("complete graph, start") << "P(x0)" << all << std::uint64_t(30);
}

/// Sixty atoms in a chain: 10^12 paths and more, but few different bindings.
void TestSparseEngine::longBodies_endSoon() {
    QFETCH(QString, head);
    QFETCH(QString, edges);
    QFETCH(std::uint64_t, size);
    QStringList atoms;
    for (int i = 0; i < 60; ++i) atoms << QStringLiteral("E(x%1, x%2)").arg(i).arg(i + 1);
    const QString text = edges + head + QStringLiteral(" <- ") + atoms.join(QStringLiteral(", "));
    const test::Stopwatch timer;
    const test::Run run = test::run(test::ruleProgram(text.toStdString()));
    QVERIFY(run.diagnostics.empty());
    QCOMPARE(run.set("P")->size(), size);
    QVERIFY2(timer.milliseconds() < 10000, qPrintable(QString::number(timer.milliseconds())));
}

void TestSparseEngine::explodingJoin_isRefusedBeforeItRuns_data() {
    QTest::addColumn<int>("threads");
    QTest::newRow("one thread") << 1;
    QTest::newRow("two threads") << 2;
}

/// What is predicted is the whole product, not what the chunk at hand would give.
void TestSparseEngine::explodingJoin_isRefusedBeforeItRuns() {
    QFETCH(int, threads);
    auto program = test::ruleProgram("C(x, y) <- A(x), B(y)\nD(x, y, z) <- A(x), A(y), A(z)");
    std::vector<Cell> cells(200000);
    for (Cell i = 0; i < cells.size(); ++i) cells[i] = i;
    test::give(*program, "A", 1, cells);
    test::give(*program, "B", 1, cells);
    EvaluateOptions options;
    options.memoryBudget = 64 << 20;
    options.threads = threads;
    const test::Stopwatch timer;
    test::Run run = test::load(std::move(program), options);
    for (std::uint32_t i = 0; i < run.program->strata.size(); ++i) {
        if (run.program->strata[i].rules.empty()) continue;
        const Diagnostics diagnostics = run.engine->evaluate(i);
        QCOMPARE(diagnostics.size(), std::size_t(1));
        QCOMPARE(diagnostics[0].code, std::string("E-LIMIT"));
        const Rule& rule = run.program->rules[run.program->strata[i].rules[0]];
        QCOMPARE(diagnostics[0].range.begin, rule.range.begin);
        const double predicted = std::stod(diagnostics[0].arguments[0]);
        const double expected = run.program->tensors[rule.head.tensor].name == "C" ? 4e10 : 8e15;
        QVERIFY2(std::abs(predicted / expected - 1) < 0.01, qPrintable(QString::number(predicted)));
    }
    QVERIFY(timer.milliseconds() < 3000);
    QCOMPARE(run.set("C")->size(), std::uint64_t(0));
}

void TestSparseEngine::stop_data() {
    QTest::addColumn<QString>("rules");
    QTest::addColumn<bool>("useRows");
    QTest::newRow("by source") << QString::fromLatin1(Closure) << true;
    QTest::newRow("rows") << "Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Path(y, z)\n" << true;
    QTest::newRow("tuples") << QString::fromLatin1(Closure) << false;
}

/// Within half a second, and what is kept is exactly the tuples of the first rounds.
void TestSparseEngine::stop() {
    QFETCH(QString, rules);
    QFETCH(bool, useRows);
    const graphs::Edges graph = graphs::uniform(30000, 36000, 1);
    std::stop_source source;
    EvaluateOptions options;
    options.stop = source.get_token();
    options.threads = 2;
    sparse::Tuning tuning;
    tuning.useRows = useRows;
    test::Run run = test::load(programOf(rules.toStdString(), graph), options, tuning);
    std::atomic<bool> isDone{false};
    std::jthread worker([&] {
        for (std::uint32_t i = 0; i < run.program->strata.size() && !source.stop_requested(); ++i)
            (void)run.engine->evaluate(i);
        isDone = true;
    });
    QTest::qWait(300);
    QVERIFY2(!isDone, "the program ended before it could be stopped");
    const test::Stopwatch timer; // of two threads
    source.request_stop();
    worker.join();
    QVERIFY2(timer.milliseconds() < 1000, qPrintable(QString::number(timer.milliseconds())));
    const auto set = run.set("Path");
    std::uint32_t last = 0;
    std::uint64_t sum = 0;
    for (const RoundReport& report : run.engine->rounds()) sum += report.delta, last = report.round;
    QVERIFY(last >= 1);
    QCOMPARE(set->size(), sum);
    std::uint64_t seen = 0;
    set->forEach([&](std::span<const Cell>, std::uint32_t round) {
        ++seen;
        return round >= 1 && round <= last;
    });
    QCOMPARE(seen, sum);
}

void TestSparseEngine::lookups_data() {
    QTest::addColumn<bool>("useRows");
    QTest::addColumn<QString>("rules");
    const QString left = QString::fromLatin1(Closure);
    const QString right = QStringLiteral("Path(x, y) <- Edge(x, y)\nPath(x, z) <- Edge(x, y), Path(y, z)\n");
    QTest::newRow("store") << false << left;
    QTest::newRow("by source") << true << left;
    QTest::newRow("by target") << true << right;
    QTest::newRow("rows") << true << QStringLiteral("Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Path(y, z)\n");
}

void TestSparseEngine::lookups() {
    QFETCH(bool, useRows);
    QFETCH(QString, rules);
    const graphs::Edges graph = graphs::uniform(40, 60, 3);
    sparse::Tuning tuning;
    tuning.useRows = useRows;
    const test::Run run = test::run(programOf(rules.toStdString(), graph), {}, tuning);
    auto reference = programOf(rules.toStdString(), graph);
    const auto expected = test::bruteForce(*reference).at("Path");
    const auto set = run.set("Path");
    QCOMPARE(set->size(), std::uint64_t(expected.size()));
    auto next = expected.begin();
    set->forEach([&](std::span<const Cell> tuple, std::uint32_t round) { // in order, with rounds
        const bool isNext = test::Tuple(tuple.begin(), tuple.end()) == next->first && round == next->second;
        ++next;
        return isNext;
    });
    QVERIFY(next == expected.end());
    std::set<Cell> columns[2];
    for (Cell x = 0; x < 42; ++x) {
        std::uint64_t fromX = 0, toX = 0;
        for (Cell y = 0; y < 42; ++y) {
            const Cell tuple[2] = {x, y};
            const auto found = expected.find({x, y});
            QCOMPARE(set->contains(tuple), found != expected.end());
            QCOMPARE(set->roundOf(tuple), found == expected.end() ? 0u : found->second);
            if (found != expected.end()) columns[0].insert(x), columns[1].insert(y);
            fromX += expected.contains({x, y});
            toX += expected.contains({y, x});
        }
        const Cell pattern[2] = {x, x};
        for (const std::uint32_t mask : {1u, 2u, 3u}) {
            std::uint64_t count = 0;
            set->match(pattern, mask, [&](std::span<const Cell> tuple, std::uint32_t round) {
                count += expected.at({tuple[0], tuple[1]}) == round;
                return true;
            });
            QCOMPARE(count, mask == 1 ? fromX : mask == 2 ? toX : std::uint64_t(expected.contains({x, x})));
        }
    }
    for (const std::uint32_t k : {0u, 1u})
        QCOMPARE(set->column(k), std::vector<Cell>(columns[k].begin(), columns[k].end()));
}

void TestSparseEngine::proofs_data() {
    QTest::addColumn<QString>("text");
    QTest::newRow("closure") << "E(0,1), E(1,2), E(2,3), E(3,0), E(1,3)\nP(x,y) <- E(x,y)\nP(x,z) <- P(x,y), E(y,z)";
    QTest::newRow("non-linear") << "E(0,1), E(1,2), E(2,3), E(3,0)\nP(x,y) <- E(x,y)\nP(x,z) <- P(x,y), P(y,z)";
    QTest::newRow("arithmetic") << "P(0), L(7)\nP(x + 2) <- P(x), L(m), x < m\nQ(y) <- P(x), y == x / 2\nR(x, y) <- "
                                   "Q(x), P(x + y), L(x + y + 1)\nL(6), L(8)";
    QTest::newRow("negation")
        << "N(0), N(1), N(2), E(0,1)\nL(x) <- N(x), not E(x,_)\nM(x,y) <- L(x), N(y), not E(y,x), x != y";
    QTest::newRow("given and derived") << "P(0,1), P(7,0), E(1,2)\nP(x,z) <- P(x,y), E(y,z)";
    QTest::newRow("constants") << "E(A,B), E(B,C)\nP(Start, y) <- E(A, y)\nP(Start, z) <- P(Start, y), E(y, z)";
}

namespace {

/// The proof is right: each node is a given fact, or its rule derives it from bodies of lower rounds.
bool isRight(const Proof& proof, const test::TupleTable& table, const Program& program) {
    const auto& rows = table.at(program.tensors[proof.relation].name);
    const auto found = rows.find(proof.cells);
    if (found == rows.end() || found->second != proof.round) return false;
    if (proof.rule == NoId) return proof.body.empty();
    const Rule& rule = program.rules[proof.rule];
    if (rule.head.tensor != proof.relation) return false;
    std::size_t positive = 0;
    for (const Atom& atom : rule.atoms) {
        if (atom.isNegated) continue;
        if (positive >= proof.body.size() || proof.body[positive].relation != atom.tensor) return false;
        ++positive;
    }
    if (positive != proof.body.size()) return false;
    for (const Proof& part : proof.body) {
        if (part.relation == proof.relation && part.round >= proof.round) return false;
        if (!isRight(part, table, program)) return false;
    }
    return true;
}

} // namespace

void TestSparseEngine::proofs() {
    QFETCH(QString, text);
    auto reference = test::ruleProgram(text.toStdString());
    const test::TupleTable expected = test::bruteForce(*reference);
    for (const bool useRows : {true, false}) {
        sparse::Tuning tuning;
        tuning.useRows = useRows;
        const test::Run run = test::run(test::ruleProgram(text.toStdString()), {}, tuning);
        QVERIFY(run.diagnostics.empty());
        for (const auto& [relation, rows] : expected)
            for (const auto& [tuple, round] : rows) {
                const auto proof = run.engine->prove(*run.program->find(relation), tuple, 100, {});
                QVERIFY(proof.has_value());
                QVERIFY(isRight(*proof, expected, *run.program));
            }
        const test::Tuple absent(run.program->tensors[0].arity, run.program->dictionary->symbol("Nobody"));
        QVERIFY(!run.engine->prove(0, absent, 100, {}).has_value());
    }
}

void TestSparseEngine::counts_data() {
    QTest::addColumn<std::uint64_t>("seed");
    for (std::uint64_t seed = 1; seed <= 10; ++seed) QTest::addRow("seed %d", int(seed)) << seed;
}

namespace {
Atom atomOf(TensorId tensor, const std::vector<VarId>& vars) {
    Atom atom;
    atom.tensor = tensor;
    for (const VarId var : vars) {
        IndexTerm term;
        term.kind = IndexTerm::Kind::Variable;
        term.var = var;
        atom.args.push_back(term);
    }
    return atom;
}
} // namespace

/// W[x, z] = E(x, y) F(y, z), Deg[x] = E(x, y), T = E(x, x), and a product without a shared variable.
void TestSparseEngine::counts() {
    QFETCH(std::uint64_t, seed);
    const auto e = graphs::uniform(12, 40, seed), f = graphs::uniform(12, 30, seed + 50);
    auto program = test::ruleProgram("E(99,99)\nF(98,98)");
    test::give(*program, "E", 2, graphs::toCells(e));
    test::give(*program, "F", 2, graphs::toCells(f));
    const TensorId idE = *program->find("E"), idF = *program->find("F");
    Equation equation;
    equation.head = idE;
    for (const char* name : {"x", "y", "z"}) equation.vars.push_back({name, NoId, false});
    test::Run run = test::load(std::move(program));
    std::map<std::vector<Cell>, std::int64_t> witnesses, degree, loops, product;
    auto allE = e, allF = f;
    allE.emplace_back(99, 99);
    allF.emplace_back(98, 98);
    for (const auto& [a, b] : allE) {
        ++degree[{a}];
        if (a == b) ++loops[{}];
        for (const auto& [c, d] : allF) {
            if (b == c) ++witnesses[{a, d}];
            ++product[{a}];
        }
    }
    const auto check = [&](const std::vector<VarId>& kept, const std::vector<Atom>& atoms,
                           const std::map<std::vector<Cell>, std::int64_t>& expected) {
        const Result<sparse::Counts> counts = run.engine->count(equation, kept, atoms);
        QVERIFY(counts.ok());
        QCOMPARE(counts->values.size(), expected.size());
        std::size_t i = 0;
        for (const auto& [cells, value] : expected) { // both ascend
            QCOMPARE(counts->values[i], value);
            for (std::size_t k = 0; k < kept.size(); ++k) QCOMPARE(counts->cells[i * kept.size() + k], cells[k]);
            ++i;
        }
    };
    check({0, 2}, {atomOf(idE, {0, 1}), atomOf(idF, {1, 2})}, witnesses);
    check({0}, {atomOf(idE, {0, 1})}, degree);
    check({}, {atomOf(idE, {0, 0})}, loops);
    equation.vars.push_back({"w", NoId, false});
    check({0}, {atomOf(idE, {0, 1}), atomOf(idF, {2, 3})}, product);
}

void TestSparseEngine::countsKeepToDomains() {
    auto program = test::ruleProgram("E(0,1), E(0,2), E(0,7), E(8,1), E(1,2)");
    Domain domain;
    domain.size = 3;
    program->domains.push_back(domain);
    Equation equation;
    equation.head = 0;
    for (const char* name : {"x", "y", "z"}) equation.vars.push_back({name, 0, false});
    test::Run run = test::load(std::move(program));
    const std::vector<VarId> kept = {0};
    const std::vector<Atom> degree = {atomOf(0, {0, 1})};
    auto counts = run.engine->count(equation, kept, degree);
    QVERIFY(counts.ok());
    QCOMPARE(counts->cells, (std::vector<Cell>{0, 1})); // 8 and 7 lie outside
    QCOMPARE(counts->values, (std::vector<std::int64_t>{2, 1}));
    const std::vector<VarId> broadcast = {0, 2}; // z is in no atom: every value of its domain
    counts = run.engine->count(equation, broadcast, degree);
    QVERIFY(counts.ok());
    QCOMPARE(counts->values, (std::vector<std::int64_t>{2, 2, 2, 1, 1, 1}));
}

void TestSparseEngine::demand_data() {
    QTest::addColumn<QString>("text");
    const auto row = [](const char* name, const char* text) { QTest::newRow(name) << QString::fromLatin1(text); };
    row("left recursion", "E(0,1), E(1,2), E(2,0), E(3,4)\nP(x,z) <- P(x,y), E(y,z)\nP(x,y) <- E(x,y)");
    row("right recursion", "E(0,1), E(1,2), E(2,0), E(3,4)\nP(x,y) <- E(x,y)\nP(x,z) <- E(x,y), P(y,z)");
    row("non-linear", "E(0,1), E(1,2), E(2,0), E(3,4)\nP(x,z) <- P(x,y), P(y,z)\nP(x,y) <- E(x,y)");
    row("same generation",
        "E(0,1), E(0,2), E(1,3), E(2,4), E(2,5)\nS(x,y) <- E(p,x), E(p,y), x != y\nS(x,y) <- E(a,x), S(a,b), E(b,y)");
    row("negation", "E(0,1), E(1,2), N(0), N(1), N(2)\nP(x,y) <- E(x,y)\nP(x,z) <- P(x,y), E(y,z)\nU(x,y) <- N(x), "
                    "N(y), not P(x,y)\nV(x,z) <- U(x,y), U(y,z), not V0(x)\nV0(x) <- P(x,_), not U(x,x)");
    row("arithmetic", "P(0), L(7)\nP(x + 2) <- P(x), L(m), x < m\nQ(y) <- P(x), y == x / 2\nR(x, y) <- Q(x), E(x + 1, "
                      "y)\nE(1,5), E(2,6)");
    row("mutual",
        "E(0,1), E(1,2), E(2,3), E(3,0)\nA(x,y) <- E(x,y)\nB(x,z) <- A(x,y), E(y,z)\nA(x,z) <- B(x,y), E(y,z)");
    row("given and derived", "P(0,1), P(7,0), E(1,2)\nP(x,z) <- P(x,y), E(y,z)");
    row("arity 0 and 3",
        "A(1,2,3), A(2,3,1)\nB(y,z,x) <- A(x,y,z)\nB(x,y,z) <- B(y,z,x)\nSome() <- B(1,_,_)\nNone() <- B(9,_,_)");
}

/// For every relation and binding pattern: the answers of forward evaluation.
void TestSparseEngine::demand() {
    QFETCH(QString, text);
    auto reference = test::ruleProgram(text.toStdString());
    const test::TupleTable expected = test::bruteForce(*reference);
    for (const auto& [relation, rows] : expected) {
        const std::uint32_t arity = reference->tensors[*reference->find(relation)].arity;
        std::set<test::Tuple> patterns = {test::Tuple(arity, 0), test::Tuple(arity, 1)};
        for (const auto& [tuple, round] : rows) patterns.insert(tuple);
        test::Run run = test::load(test::ruleProgram(text.toStdString()));
        for (const test::Tuple& pattern : patterns)
            for (std::uint32_t mask = 0; mask < 1u << arity; ++mask) {
                std::vector<std::vector<Cell>> answers;
                QVERIFY(run.engine->demand(*run.program->find(relation), pattern, mask, answers).empty());
                std::set<test::Tuple> wanted;
                for (const auto& [tuple, round] : rows) {
                    bool fits = true;
                    for (std::uint32_t k = 0; k < arity; ++k)
                        fits = fits && (!(mask >> k & 1) || tuple[k] == pattern[k]);
                    if (fits) wanted.insert(tuple);
                }
                const std::set<test::Tuple> found(answers.begin(), answers.end());
                QCOMPARE(found.size(), answers.size());
                QVERIFY2(found == wanted, relation.c_str());
            }
        QVERIFY(run.engine->demanded().first > 0);
    }
}

void TestSparseEngine::demand_asksForLittle() {
    test::Run run =
        test::load(programOf("Path(x, y) <- Edge(x, y)\nPath(x, z) <- Edge(x, y), Path(y, z)\n", graphs::chain(1000)));
    std::vector<std::vector<Cell>> answers;
    const Cell pattern[2] = {990, 0};
    QVERIFY(run.engine->demand(*run.program->find("Path"), pattern, 1, answers).empty());
    QCOMPARE(answers.size(), std::size_t(9));
    const auto [subgoals, tuples] = run.engine->demanded();
    QCOMPARE(subgoals, std::uint64_t(10)); // 990 .. 999
    QCOMPARE(tuples, std::uint64_t(45));   // not half a million
}

/// The comparison that `vitrine-run selfcheck` makes between devices runs on the host too.
void TestSparseEngine::kernelsAgree() {
    const auto& checks = selfChecks();
    const auto found =
        std::find_if(checks.begin(), checks.end(), [](const SelfCheck& c) { return c.name == "tuple kernels"; });
    QVERIFY(found != checks.end());
    QVERIFY(found->run(Device{}).ok());
}

void TestSparseEngine::choices_data() {
    QTest::addColumn<QString>("rules");
    QTest::addColumn<int>("engine");
    QTest::addColumn<QString>("what");
    const auto row = [](const char* name, const QString& rules, Engine engine, const char* what) {
        QTest::newRow(name) << rules << int(engine) << QString::fromLatin1(what);
    };
    const QString left = QString::fromLatin1(Closure);
    row("linear", left, Engine::Automatic, "by source");
    row("linear, asked otherwise", left, Engine::SemiNaive, "semi-naive");
    row("naive", left, Engine::Naive, "naive");
    row("non-linear", QStringLiteral("Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Path(y, z)\n"),
        Engine::BySource, "semi-naive");
    row("unary", QStringLiteral("R(1)\nR(y) <- R(x), Edge(x, y)\n"), Engine::Automatic, "semi-naive");
    row("arithmetic", QStringLiteral("Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Edge(y, z), x < z\n"),
        Engine::Automatic, "semi-naive");
}

void TestSparseEngine::choices() {
    QFETCH(QString, rules);
    QFETCH(int, engine);
    QFETCH(QString, what);
    struct Listener final : Observer {
        std::vector<Choice> choices;
        std::vector<RoundReport> rounds;
        void onChoice(const Choice& choice) override { choices.push_back(choice); }
        void onRound(const RoundReport& round) override { rounds.push_back(round); }
    } listener;
    EvaluateOptions options;
    options.engine = static_cast<Engine>(engine);
    const test::Run run = test::run(programOf(rules.toStdString(), graphs::uniform(30, 50, 2)), options, {}, &listener);
    QVERIFY(run.diagnostics.empty());
    QCOMPARE(listener.choices.size(), std::size_t(1));
    QCOMPARE(QString::fromStdString(listener.choices[0].what), what);
    QVERIFY(!listener.choices[0].reason.empty());
    QVERIFY(!listener.rounds.empty());
    QCOMPARE(listener.rounds.size(), run.engine->rounds().size());
    for (const RoundReport& round : listener.rounds) QCOMPARE(QString::fromStdString(round.engine), what);
}

VITRINE_CORE_TEST(TestSparseEngine)
#include "tst_sparse_engine.moc"
