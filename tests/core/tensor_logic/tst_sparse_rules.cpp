// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.hpp"
#include "core/methods/tensor_logic/graphs.hpp"
#include "tests/core/tensor_logic/ruleprogram.hpp"
#include "tests/support/testmain.hpp"

using namespace vitrine;
using namespace vitrine::tl;
using vitrine::test::bruteForce;
using vitrine::test::give;
using vitrine::test::ruleProgram;
using vitrine::test::TupleTable;

/// The sparse engine against brute force: tuples and rounds of small programs, by every engine.
class TestSparseRules : public QObject {
    Q_OBJECT

  private slots:
    void init() { test::failOnWarnings(); }
    void programs_data();
    void programs();
    void randomPrograms_data();
    void randomPrograms();
    void randomBodies_data();
    void randomBodies();
};

namespace {

struct Setting {
    const char* name;
    Engine engine;
    int threads;
    bool useRows;
    std::uint64_t chunk;
    std::uint64_t repeatRows = 256;
};
constexpr Setting Settings[] = {
    {"automatic", Engine::Automatic, 1, true, 0},
    {"automatic, 2 threads", Engine::Automatic, 2, true, 0},
    {"tuples", Engine::SemiNaive, 1, false, 0},
    {"tuples, 2 threads", Engine::SemiNaive, 2, false, 0},
    {"tuples in chunks of 3", Engine::SemiNaive, 1, false, 3},
    {"tuples, every repeat dropped", Engine::SemiNaive, 1, false, 0, 1},
    {"tuples in chunks of 5, every repeat dropped", Engine::SemiNaive, 2, false, 5, 1},
    {"semi-naive", Engine::SemiNaive, 1, true, 0},
    {"by source", Engine::BySource, 2, true, 0},
    {"naive", Engine::Naive, 1, false, 0},
};

QString describe(const TupleTable& table, const Dictionary& dictionary) {
    QString text;
    for (const auto& [relation, rows] : table)
        for (const auto& [tuple, round] : rows) {
            text += QString::fromStdString(relation) + QLatin1Char('(');
            for (const Cell cell : tuple) text += QString::fromStdString(dictionary.text(cell)) + QLatin1Char(',');
            text += QStringLiteral(")@%1 ").arg(round);
        }
    return text;
}

void compareAll(const std::function<std::unique_ptr<Program>()>& make) {
    auto reference = make();
    const TupleTable expected = bruteForce(*reference);
    for (const Setting& setting : Settings) {
        EvaluateOptions options;
        options.engine = setting.engine;
        options.threads = setting.threads;
        sparse::Tuning tuning;
        tuning.useRows = setting.useRows;
        tuning.chunkRows = setting.chunk;
        tuning.repeatRows = setting.repeatRows;
        const test::Run run = test::run(make(), options, tuning);
        QVERIFY2(run.diagnostics.empty(), setting.name);
        const TupleTable found = run.tuples();
        if (found == expected) continue;
        QFAIL(qPrintable(QStringLiteral("%1:\nfound    %2\nexpected %3")
                             .arg(QLatin1String(setting.name), describe(found, *run.program->dictionary),
                                  describe(expected, *reference->dictionary))));
    }
}

} // namespace

void TestSparseRules::programs_data() {
    QTest::addColumn<QString>("text");
    const auto row = [](const char* name, const char* text) { QTest::newRow(name) << QString::fromLatin1(text); };
    row("left recursion on a cycle", "E(0,1), E(1,2), E(2,0), E(2,3)\nP(x,y) <- E(x,y)\nP(x,z) <- P(x,y), E(y,z)");
    row("right recursion", "E(0,1), E(1,2), E(2,0), E(2,3)\nP(x,y) <- E(x,y)\nP(x,z) <- E(x,y), P(y,z)");
    row("non-linear", "E(0,1), E(1,2), E(2,0), E(2,3)\nP(x,y) <- E(x,y)\nP(x,z) <- P(x,y), P(y,z)");
    row("symbols and numbers",
        "E(A,1), E(1,B), E(B,-7), E(-7,123456789012)\nP(x,y) <- E(x,y)\nP(x,z) <- P(x,y), E(y,z)");
    row("constants in body and head",
        "E(0,1), E(1,2), E(2,0)\nQ(x, 7) <- E(0, x)\nQ(9, x) <- E(x, 0)\nR(5) <- E(0, 1)\nS(5) <- E(0, 2)");
    row("repeated variables",
        "R(1,1), R(1,2), R(2,2), T(1,1,2), T(1,1,1)\nQ(x) <- R(x,x)\nW(x,y) <- T(x,x,y)\nV(x) <- T(x,x,x)");
    row("repeated among others", "E(0,4), E(1,1), E(4,3), E(4,4), R(1,1,1), R(1,1,2), R(2,2,2), R(3,1,3), R(4,4,4), "
                                 "R(0,4,0)\nQ(x) <- E(x,x)\nF(x,y) <- R(x,y,x)\nG(x) <- R(x,x,x), E(x,x)");
    row("repeated head", "R(1,2)\nQ(x,x) <- R(x,_)\nQ(x,x) <- R(_,x)");
    row("arity 0", "P(3)\nSome() <- P(x)\nNone() <- P(x), x > 5\nBoth(x) <- Some(), P(x)\nNot(x) <- not None(), P(x)");
    row("arity 5 and 3", "A(1,2,3,4,5), A(5,4,3,2,1), A(1,1,1,1,1)\nB(e,d,c,b,a) <- A(a,b,c,d,e)\nC(a,b,c) <- "
                         "A(a,b,c,_,_)\nD(a,b,c,d,e) <- A(a,b,c,d,e), B(a,b,c,d,e)");
    row("recursion of arity 3", "E(0,1,5), E(1,2,6), E(2,0,5)\nP(x,y,c) <- E(x,y,c)\nP(x,z,c) <- P(x,y,c), E(y,z,_)");
    row("negation", "E(0,1), E(1,2), N(0), N(1), N(2), N(3)\nP(x,y) <- E(x,y)\nP(x,z) <- P(x,y), E(y,z)\nU(x,y) <- "
                    "N(x), N(y), not P(x,y)\nL(x) <- N(x), not E(x,_)\nI(x) <- N(x), not E(_,x), not E(x,_)");
    row("comparisons", "N(1), N(2), N(3), N(Bob), N(-4)\nL(x,y) <- N(x), N(y), x != Bob, y != Bob, x < y\nG(x) <- "
                       "N(x), x != Bob, x * x >= 4\nS(x) <- N(x), x == Bob");
    row("definitions", "N(1), N(2), N(6)\nQ(y) <- N(x), y == 2 * x + 1\nH(y) <- N(x), Even(x), y == x / 2\nO(x) <- "
                       "N(x), Odd(x)\nM(x) <- N(x), not Odd(x)\nZ(w) <- w == z + 1, z == x + 1, N(x)");
    row("argument arithmetic", "E(0,5), E(1,6), E(2,7), F(1), F(2)\nQ(y,x) <- F(y), E(y - 1, x)\nR(x + 1) <- "
                               "F(x)\nW(y) <- E(y - 5, y)\nV(x) <- E(x / 2, x + 4), F(x)");
    row("counting up", "P(0)\nP(x + 1) <- P(x), x < 10");
    row("mutual recursion",
        "E(0,1), E(1,2), E(2,3), E(3,0)\nA(x,y) <- E(x,y)\nB(x,z) <- A(x,y), E(y,z)\nA(x,z) <- B(x,y), E(y,z)");
    row("same generation", "E(0,1), E(0,2), E(1,3), E(2,4), E(2,5)\nS(x,y) <- E(p,x), E(p,y), x != y\nS(x,y) <- "
                           "E(a,x), S(a,b), E(b,y), x != y");
    row("unary recursion", "E(0,1), E(1,2), E(3,4), S(0)\nR(x) <- S(x)\nR(y) <- R(x), E(x,y)");
    row("recursion with a filter", "E(0,1), E(1,2), E(2,3), Bad(2), T(1,9)\nP(x,y) <- E(x,y)\nP(x,z) <- P(x,y), "
                                   "E(y,z), not Bad(y)\nQ(x,y) <- E(x,y)\nQ(x,z) <- Q(x,y), E(y,z), T(y,_)");
    row("longer suffix",
        "E(0,1), E(1,2), E(2,3), F(1,5), F(3,0), F(5,2)\nP(x,y) <- E(x,y)\nP(x,z) <- P(x,y), F(y,w), E(w,z)");
    row("empty relation", "E(0,1)\nP(x,y) <- E(x,y), Missing(x)\nQ(x) <- P(x,_)\nR(x) <- E(x,_), not Missing(x)");
    row("given and derived", "P(0,1), P(7,0), E(1,2)\nP(x,z) <- P(x,y), E(y,z)");
    row("cartesian product", "A(1), A(2), B(3), B(4)\nC(x,y) <- A(x), B(y)\nD(x) <- A(x), B(_)");
    row("duplicates", "E(0,1), E(0,1), E(0,1)\nP(x,y) <- E(x,y)\nP(x,y) <- E(x,y), E(x,y)");
    row("a test of the round before",
        "E(0,1), E(1,2), E(2,3), A(0), F(9)\nA(y) <- A(x), E(x,y)\nB(y) <- A(x), E(x,y), A(y)\nA(x) <- B(x), F(x)");
    row("inverse", "E(0,1), E(1,2)\nP(x,y) <- E(x,y)\nP(x,y) <- P(y,x)\nP(x,z) <- P(x,y), P(y,z)");
}

void TestSparseRules::programs() {
    QFETCH(QString, text);
    compareAll([&] { return ruleProgram(text.toStdString()); });
}

void TestSparseRules::randomPrograms_data() {
    QTest::addColumn<std::uint64_t>("seed");
    for (std::uint64_t seed = 1; seed <= 150; ++seed) QTest::addRow("seed %d", int(seed)) << seed;
}

namespace {

/// Rules over three recursive and two given binary relations, with chains of one to three atoms, either way round.
std::string randomRules(Lcg& random) {
    static const char* const relations[] = {"P", "Q", "R", "E", "F"};
    static const char* const filters[] = {"", "", "", ", x != y", ", not G(x)", ", G(y)", ", a0 != y"};
    std::string text;
    const std::uint64_t rules = 3 + random.below(5);
    for (const char* head : {"P", "Q"}) text += std::string(head) + "(x, y) <- E(x, y)\n";
    for (std::uint64_t i = 0; i < rules; ++i) {
        const std::uint64_t length = 1 + random.below(3);
        std::string body, from = "x";
        for (std::uint64_t k = 0; k < length; ++k) {
            const std::string to = k + 1 == length ? "y" : "a" + std::to_string(k);
            const bool isTurned = random.below(3) == 0;
            body += std::string(k ? ", " : "") + relations[random.below(5)] + "(" + (isTurned ? to : from) + ", " +
                    (isTurned ? from : to) + ")";
            from = to;
        }
        const std::uint64_t filter = random.below(7);
        if (filter < 6 || length > 1) body += filters[filter];
        text += std::string(relations[random.below(3)]) + "(x, y) <- " + body + "\n";
    }
    return text;
}

} // namespace

void TestSparseRules::randomPrograms() {
    QFETCH(std::uint64_t, seed);
    Lcg random(seed);
    random.next();
    const std::string text = randomRules(random);
    const std::uint64_t nodes = 3 + random.below(6);
    const auto e = graphs::toCells(graphs::uniform(std::uint32_t(nodes), std::uint32_t(nodes), seed));
    const auto f = graphs::toCells(graphs::uniform(std::uint32_t(nodes), std::uint32_t(nodes / 2), seed + 1000));
    const std::vector<Cell> g = {Cell(random.below(nodes)), Cell(random.below(nodes))};
    compareAll([&] {
        auto program = ruleProgram("G(90)\nF(90,91)\nE(91,90)\n" + text);
        give(*program, "E", 2, e);
        give(*program, "F", 2, f);
        give(*program, "G", 1, g);
        return program;
    });
    if (QTest::currentTestFailed()) qInfo("%s", text.c_str());
}

void TestSparseRules::randomBodies_data() {
    QTest::addColumn<std::uint64_t>("seed");
    for (std::uint64_t seed = 1; seed <= 400; ++seed) QTest::addRow("seed %d", int(seed)) << seed;
}

namespace {

/// Given relations A to D and derived P to S of arities 1 to 4; bodies of up to four atoms over few variables, so that
/// most of them repeat within an atom and between atoms, and constants.
std::string randomJoins(Lcg& random) {
    static const char* const given[] = {"A", "B", "C", "D"};
    static const char* const derived[] = {"P", "Q", "R", "S"};
    static const char* const variables[] = {"x", "y", "z", "w"};
    const auto constant = [&] { return std::to_string(random.below(4)); };
    std::string text;
    for (std::uint64_t arity = 1; arity <= 4; ++arity)
        for (std::uint64_t row = 0; row < 3 + 4 * arity; ++row) {
            text += std::string(given[arity - 1]) + "(" + constant();
            for (std::uint64_t column = 1; column < arity; ++column) text += ", " + constant();
            text += ")\n";
        }
    for (std::uint64_t rule = 0; rule < 7; ++rule) {
        const std::uint64_t width = 1 + random.below(4), atoms = 1 + random.below(rule % 2 ? 2 : 4);
        std::vector<std::string> bound;
        std::string body;
        for (std::uint64_t i = 0; i < atoms; ++i) {
            const std::uint64_t arity = 1 + random.below(4);
            body += std::string(i ? ", " : "") + (random.below(3) ? given : derived)[arity - 1] + "(";
            for (std::uint64_t column = 0; column < arity; ++column) {
                const bool isConstant = random.below(6) == 0, isNew = random.below(8) == 0;
                const std::string name = isConstant ? constant() : isNew ? "_" : variables[random.below(width)];
                if (!isConstant && !isNew) bound.push_back(name);
                body += (column ? ", " : "") + name;
            }
            body += ")";
        }
        const std::uint64_t arity = 1 + random.below(4);
        text += std::string(derived[arity - 1]) + "(";
        for (std::uint64_t column = 0; column < arity; ++column)
            text += (column ? ", " : "") +
                    (bound.empty() || random.below(9) == 0 ? constant() : bound[random.below(bound.size())]);
        text += ") <- " + body;
        if (!bound.empty() && random.below(5) == 0)
            text += ", " + bound[random.below(bound.size())] + " != " + bound[random.below(bound.size())];
        if (bound.size() > 1 && random.below(6) == 0) text += ", not B(" + bound[0] + ", " + bound[1] + ")";
        text += "\n";
    }
    return text;
}

/// Backward chaining: every relation by random binding patterns, half of them patterns of tuples that hold.
void compareDemand(const std::string& text, Lcg& random) {
    auto reference = ruleProgram(text);
    const TupleTable expected = bruteForce(*reference);
    for (const auto& [relation, rows] : expected) {
        const std::uint32_t arity = reference->tensors[*reference->find(relation)].arity;
        test::Run run = test::load(ruleProgram(text));
        for (int trial = 0; trial < 6; ++trial) {
            test::Tuple pattern(arity);
            for (Cell& cell : pattern) cell = Cell(static_cast<std::uint32_t>(random.below(4)));
            if (trial % 2 && !rows.empty()) pattern = std::next(rows.begin(), long(random.below(rows.size())))->first;
            const auto mask = std::uint32_t(random.below(std::uint64_t(1) << arity));
            std::vector<std::vector<Cell>> answers;
            QVERIFY(run.engine->demand(*run.program->find(relation), pattern, mask, answers).empty());
            std::set<test::Tuple> wanted;
            for (const auto& [tuple, round] : rows) {
                bool fits = true;
                for (std::uint32_t k = 0; k < arity; ++k) fits = fits && (!(mask >> k & 1) || tuple[k] == pattern[k]);
                if (fits) wanted.insert(tuple);
            }
            QVERIFY2(wanted == std::set<test::Tuple>(answers.begin(), answers.end()), relation.c_str());
        }
    }
}

} // namespace

void TestSparseRules::randomBodies() {
    QFETCH(std::uint64_t, seed);
    Lcg random(seed);
    random.next();
    const std::string text = randomJoins(random);
    compareAll([&] { return ruleProgram(text); });
    if (!QTest::currentTestFailed()) compareDemand(text, random);
    if (QTest::currentTestFailed()) qInfo("%s", text.c_str());
}

VITRINE_CORE_TEST(TestSparseRules)
#include "tst_sparse_rules.moc"
