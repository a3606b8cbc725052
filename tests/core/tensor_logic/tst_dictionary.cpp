// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/integers.hpp"
#include "core/methods/tensor_logic/program.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

#include <algorithm>
#include <limits>
#include <map>
#include <random>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

constexpr std::int64_t Smallest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t Largest = std::numeric_limits<std::int64_t>::max();

IndexTerm constant(std::int64_t value) {
    IndexTerm term;
    term.offset = value;
    return term;
}
IndexTerm variable(VarId var) {
    IndexTerm term;
    term.kind = IndexTerm::Kind::Variable;
    term.var = var;
    return term;
}
IndexTerm apply(IndexTerm::Kind kind, IndexTerm a, IndexTerm b) {
    IndexTerm term;
    term.kind = kind;
    term.operands = {std::move(a), std::move(b)};
    return term;
}
IndexTerm negate(IndexTerm a) {
    IndexTerm term;
    term.kind = IndexTerm::Kind::Negate;
    term.operands = {std::move(a)};
    return term;
}

} // namespace

class TestDictionary : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void integers_keepTheirValue_data() {
        QTest::addColumn<qint64>("value");
        QTest::addColumn<bool>("isSmall");
        QTest::newRow("zero") << qint64(0) << true;
        QTest::newRow("largest small") << qint64(2147483647) << true;
        QTest::newRow("2^31") << qint64(2147483648LL) << false;
        QTest::newRow("minus one") << qint64(-1) << false;
        QTest::newRow("smallest") << qint64(Smallest) << false;
        QTest::newRow("largest") << qint64(Largest) << false;
    }
    void integers_keepTheirValue() {
        QFETCH(qint64, value);
        QFETCH(bool, isSmall);
        Dictionary dictionary;
        QCOMPARE(dictionary.findInteger(value).has_value(), isSmall);
        const Cell cell = dictionary.integer(value);
        QCOMPARE(isSmallInteger(cell), isSmall);
        QCOMPARE(dictionary.integer(value), cell);
        QCOMPARE(dictionary.findInteger(value), std::optional(cell));
        QVERIFY(!dictionary.value(cell).isSymbol);
        QCOMPARE(qint64(dictionary.value(cell).integer), value);
        QCOMPARE(dictionary.text(cell), std::to_string(value));
        QVERIFY(!dictionary.isSymbol(cell));
    }

    void symbol_andInteger_ofOneText_differ() {
        Dictionary dictionary;
        const Cell symbol = dictionary.symbol("-5");
        const Cell number = dictionary.integer(-5);
        QVERIFY(symbol != number);
        QVERIFY(dictionary.isSymbol(symbol));
        QCOMPARE(dictionary.text(symbol), dictionary.text(number));
        QVERIFY(dictionary.compare(number, symbol) < 0);
        QVERIFY(!dictionary.findSymbol("7"));
    }

    void symbols_emptyAndOdd_areKept() {
        Dictionary dictionary;
        const std::string huge(3u << 20, 'x');
        const std::vector<std::string> texts{"", std::string("a\0b", 3), std::string("a\0c", 3), "a", huge, "철수"};
        std::vector<Cell> cells;
        for (const std::string& text : texts) cells.push_back(dictionary.symbol(text));
        for (std::size_t k = 0; k < texts.size(); ++k) {
            QCOMPARE(dictionary.text(cells[k]), texts[k]);
            QCOMPARE(dictionary.symbol(texts[k]), cells[k]);
        }
        QCOMPARE(dictionary.size(), texts.size());
        Dictionary moved = std::move(dictionary);
        QCOMPARE(moved.text(cells[4]), huge);
    }

    void order_isThatOfAnswers() {
        Dictionary dictionary;
        // Reference: pairs (is a symbol, integer, text) in std::map order; code points order like UTF-8 bytes.
        std::vector<Cell> cells;
        for (const std::int64_t value : {Largest, std::int64_t(-3), std::int64_t(0), std::int64_t(1) << 31, Smallest,
                                         std::int64_t(10), std::int64_t(-200), std::int64_t(9)})
            cells.push_back(dictionary.integer(value));
        for (const char* text : {"b", "B", "abcdefgh", "abcdefghi", "abcdefg", "", "é", "z", "철수", "𝐚", "10"})
            cells.push_back(dictionary.symbol(text));
        std::vector<Cell> sorted = cells;
        std::sort(sorted.begin(), sorted.end(), [&](Cell a, Cell b) { return dictionary.compare(a, b) < 0; });
        std::vector<std::string> texts;
        for (const Cell cell : sorted) texts.push_back(dictionary.text(cell));
        QCOMPARE(texts, (std::vector<std::string>{"-9223372036854775808", "-200", "-3", "0", "9", "10", "2147483648",
                                                  "9223372036854775807", "", "10", "B", "abcdefg", "abcdefgh",
                                                  "abcdefghi", "b", "z", "é", "철수", "𝐚"}));
        const std::vector<std::uint64_t> ranks = dictionary.ranks();
        for (const Cell a : cells)
            for (const Cell b : cells) {
                const int compared = dictionary.compare(a, b);
                const std::uint64_t left = rankOf(a, ranks), right = rankOf(b, ranks);
                QCOMPARE(left < right, compared < 0);
                QCOMPARE(left == right, compared == 0);
            }
    }

    void manyNames_againstAMap() {
        Dictionary dictionary;
        std::map<std::string, Cell> reference;
        std::mt19937_64 random(3);
        for (int k = 0; k < 200000; ++k) {
            const std::string text = "n" + std::to_string(random() % 100000);
            const Cell cell = dictionary.symbol(text);
            const auto [place, isNew] = reference.emplace(text, cell);
            if (place->second != cell) QFAIL("an id changed");
        }
        QCOMPARE(dictionary.size(), reference.size());
        for (const auto& [text, cell] : reference)
            if (dictionary.findSymbol(text) != std::optional(cell)) QFAIL("not found");
    }

    void floorArithmetic_data() {
        QTest::addColumn<qint64>("a");
        QTest::addColumn<qint64>("b");
        QTest::addColumn<qint64>("quotient");
        QTest::addColumn<qint64>("rest");
        QTest::newRow("7/3") << qint64(7) << qint64(3) << qint64(2) << qint64(1);
        QTest::newRow("-7/3") << qint64(-7) << qint64(3) << qint64(-3) << qint64(2);
        QTest::newRow("7/-3") << qint64(7) << qint64(-3) << qint64(-3) << qint64(-2);
        QTest::newRow("-7/-3") << qint64(-7) << qint64(-3) << qint64(2) << qint64(-1);
        QTest::newRow("-6/3") << qint64(-6) << qint64(3) << qint64(-2) << qint64(0);
        QTest::newRow("smallest/2") << qint64(Smallest) << qint64(2) << qint64(Smallest / 2) << qint64(0);
        QTest::newRow("largest/-1") << qint64(Largest) << qint64(-1) << qint64(-Largest) << qint64(0);
    }
    void floorArithmetic() {
        QFETCH(qint64, a);
        QFETCH(qint64, b);
        QFETCH(qint64, quotient);
        QFETCH(qint64, rest);
        QCOMPARE(qint64(*floorDivide(a, b)), quotient);
        QCOMPARE(qint64(*floorModulo(a, b)), rest);
    }

    void indexTerms_evaluate_andOverflowToNothing() {
        using K = IndexTerm::Kind;
        const std::vector<std::int64_t> vars{-7, 3, Largest};
        QCOMPARE(evaluateIndex(apply(K::Divide, variable(0), variable(1)), vars), std::optional<std::int64_t>(-3));
        QCOMPARE(evaluateIndex(apply(K::Modulo, variable(0), variable(1)), vars), std::optional<std::int64_t>(2));
        QCOMPARE(evaluateIndex(negate(variable(0)), vars), std::optional<std::int64_t>(7));
        QVERIFY(!evaluateIndex(apply(K::Divide, variable(0), constant(0)), vars));
        QVERIFY(!evaluateIndex(apply(K::Modulo, variable(0), constant(0)), vars));
        QVERIFY(!evaluateIndex(apply(K::Add, variable(2), constant(1)), vars));
        QVERIFY(!evaluateIndex(apply(K::Multiply, variable(2), constant(2)), vars));
        QVERIFY(!evaluateIndex(negate(constant(Smallest)), vars));
        QVERIFY(!evaluateIndex(apply(K::Divide, constant(Smallest), constant(-1)), vars));
    }

    void affineForms_areFound() {
        using K = IndexTerm::Kind;
        // 2 * (x + 3) - (x - y) = x + y + 6
        const IndexTerm twice = apply(K::Multiply, constant(2), apply(K::Add, variable(0), constant(3)));
        const auto affine = affineOf(apply(K::Subtract, twice, apply(K::Subtract, variable(0), variable(1))));
        QVERIFY(affine.has_value());
        QCOMPARE(affine->constant, std::int64_t(6));
        QCOMPARE(affine->terms, (std::vector<std::pair<VarId, std::int64_t>>{{0, 1}, {1, 1}}));
        const auto cancelled = affineOf(apply(K::Subtract, variable(0), variable(0)));
        QVERIFY(cancelled && cancelled->terms.empty());
        const auto folded = affineOf(apply(K::Divide, constant(-7), constant(2)));
        QCOMPARE(folded->constant, std::int64_t(-4));
        QVERIFY(!affineOf(apply(K::Divide, variable(0), constant(2))));
        QVERIFY(!affineOf(apply(K::Multiply, variable(0), variable(1))));
        QVERIFY(!affineOf(apply(K::Add, constant(Largest), constant(1))));
    }

    void positions_ofDomains() {
        Program program;
        program.dictionary = std::make_shared<Dictionary>();
        Dictionary& names = *program.dictionary;
        Domain integers;
        integers.size = 5;
        QCOMPARE(positionOf(program, integers, names.integer(4)), std::optional<std::int64_t>(4));
        QVERIFY(!positionOf(program, integers, names.integer(5)));
        QVERIFY(!positionOf(program, integers, names.integer(-1)));
        QVERIFY(!positionOf(program, integers, names.symbol("A")));
        QCOMPARE(cellAt(program, integers, 3), names.integer(3));
        Domain sorted, listed;
        for (const char* text : {"Alice", "Bob", "Carol"}) sorted.symbols.push_back(names.symbol(text));
        for (const char* text : {"Carol", "Alice", "Bob"}) listed.symbols.push_back(names.symbol(text));
        sorted.size = listed.size = 3;
        sorted.isSorted = true;
        for (std::int64_t k = 0; k < 3; ++k) {
            QCOMPARE(positionOf(program, sorted, cellAt(program, sorted, k)), std::optional(k));
            QCOMPARE(positionOf(program, listed, cellAt(program, listed, k)), std::optional(k));
        }
        QVERIFY(!positionOf(program, sorted, names.symbol("Dave")));
        QVERIFY(!positionOf(program, listed, names.symbol("Dave")));
        QVERIFY(!positionOf(program, sorted, names.integer(0)));
        program.tensors.resize(2);
        program.tensors[1].name = "W";
        QCOMPARE(program.find("W"), std::optional<TensorId>(1));
        QVERIFY(!program.find("V"));
    }
};

VITRINE_CORE_TEST(TestDictionary)
#include "tst_dictionary.moc"
