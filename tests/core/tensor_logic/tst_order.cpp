// SPDX-License-Identifier: GPL-3.0-or-later
// Order-independence (digest 2.7): permuting the statements of a program, and the literals of its bodies, never changes
// its answers, nor the engine does.
#include "core/base/rng.hpp"
#include "core/methods/tensor_logic/answer.hpp"
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

#include <algorithm>
#include <set>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

using Lines = std::vector<std::string>;

std::string joined(const Lines& parts, const char* between) {
    std::string text;
    for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
    return text;
}

template <typename T>
void shuffle(std::vector<T>& items, Lcg& random) {
    for (std::size_t k = items.size(); k > 1; --k) std::swap(items[k - 1], items[random.below(k)]);
}

/// A rule, its body apart.
struct Statement {
    std::string head;
    Lines body;
    [[nodiscard]] std::string text() const { return body.empty() ? head : head + " <- " + joined(body, ", "); }
};

/// Integer relations, sums and extremes over them, rules with computed columns, negation and comparisons on numbers.
struct RandomProgram {
    Lcg& random;
    std::vector<Statement> statements = {};
    std::vector<std::pair<std::string, std::uint64_t>> relations = {}, numbers = {}; ///< name, arity

    std::string pick(const Lines& from) { return from[random.below(from.size())]; }
    std::string constant() { return std::to_string(random.below(6)); }

    std::string atom(Lines& bound, bool mayBind) {
        const auto& [name, arity] = relations[random.below(relations.size())];
        Lines args;
        for (std::uint64_t k = 0; k < arity; ++k) {
            const std::uint64_t roll = random.below(10);
            if (roll < 5 && !bound.empty())
                args.push_back(pick(bound));
            else if (roll < 6)
                args.push_back(constant());
            else if (roll < 7 || !mayBind)
                args.push_back("_");
            else {
                args.push_back("v" + std::to_string(bound.size()));
                bound.push_back(args.back());
            }
        }
        return name + "(" + joined(args, ", ") + ")";
    }

    void facts(const std::string& name, std::uint64_t arity) {
        for (std::uint64_t row = 0; row < 1 + random.below(6); ++row) {
            Lines args;
            for (std::uint64_t k = 0; k < arity; ++k) args.push_back(constant());
            statements.push_back({name + "(" + joined(args, ", ") + ")", {}});
        }
        relations.emplace_back(name, arity);
    }

    void rule(const std::string& name, std::uint64_t arity) {
        Statement made;
        Lines bound;
        for (std::uint64_t k = 0; k < 1 + random.below(3); ++k) made.body.push_back(atom(bound, true));
        if (bound.empty()) {
            made.body.push_back("N(v0)");
            bound.push_back("v0");
        }
        if (random.below(3) == 0) {
            Lines known = bound;
            made.body.push_back("not " + atom(known, false));
        }
        if (random.below(3) == 0) made.body.push_back(pick(bound) + pick({" < ", " != ", " >= "}) + pick(bound));
        if (!numbers.empty() && random.below(2) == 0) {
            const auto& [cell, rank] = numbers[random.below(numbers.size())];
            made.body.push_back(cell + (rank > 0 ? "[" + pick(bound) + "]" : "") + " > " + constant());
        }
        Lines args;
        for (std::uint64_t k = 0; k < arity; ++k)
            args.push_back(random.below(4) == 0 ? "(" + pick(bound) + " + " + constant() + ") % 7" : pick(bound));
        made.head = name + "(" + joined(args, ", ") + ")";
        statements.push_back(made);
    }

    void number(const std::string& name) {
        const auto& [relation, arity] = relations[random.below(relations.size())];
        const Lines all = arity == 1 ? Lines{"x"} : Lines{"x", "y"};
        const bool hasIndex = random.below(2) == 0;
        const std::string op = pick({" = ", " = ", " max= ", " min= "});
        const std::string value = op == " = " && random.below(2) == 0 ? "" : " (" + pick(all) + " + 1)";
        statements.push_back(
            {name + (hasIndex ? "[x]" : "") + op + relation + "(" + joined(all, ", ") + ")" + value, {}});
        numbers.emplace_back(name, hasIndex ? 1 : 0);
    }

    void make() {
        facts("N", 1);
        facts("Step", 2);
        facts("Edge", 2);
        for (const std::string k : {"0", "1", "2"}) {
            if (random.below(3) > 0) number("C" + k);
            const std::uint64_t arity = 1 + random.below(2);
            rule("R" + k, arity);
            relations.emplace_back("R" + k, arity);
            if (random.below(2) == 0) rule("R" + k, arity);
        }
        number("Last");
    }
};

/// Answers, or else the codes of the errors.
std::string outcomeOf(const std::string& text, const EvaluateOptions& options) {
    const Checked checked = check(Source("order.tl", text), {});
    Diagnostics found = checked.diagnostics;
    std::string output;
    if (!hasErrors(found)) {
        const Evaluated evaluated = evaluate(checked.program, options);
        found = evaluated.diagnostics;
        if (!hasErrors(found))
            found = answer(*evaluated.evaluation, {}, [&output](const Answer& given) {
                if (!given.isContinued) output += given.heading + "\n";
                output += given.lines;
            });
    }
    if (!hasErrors(found)) return output;
    std::set<std::string> codes; // which of two cycles is shown depends on the place
    for (const Diagnostic& each : found)
        if (each.severity == Severity::Error) codes.insert(each.code);
    return joined(Lines(codes.begin(), codes.end()), " ");
}

} // namespace

class TestOrder : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void statements_inAnyOrder_giveTheSame_data() {
        QTest::addColumn<std::uint64_t>("seed");
        for (std::uint64_t seed = 1; seed <= 300; ++seed) QTest::addRow("seed %d", int(seed)) << seed;
    }

    void statements_inAnyOrder_giveTheSame() {
        QFETCH(std::uint64_t, seed);
        Lcg random(seed);
        random.next();
        RandomProgram made{random};
        made.make();
        std::string queries = "\n";
        for (const auto& [name, arity] : made.relations) queries += name + "?\n";
        for (const auto& [name, rank] : made.numbers) queries += name + "?\n";
        const auto textOf = [&] {
            Lines lines;
            for (const Statement& statement : made.statements) lines.push_back(statement.text());
            return joined(lines, "\n") + queries;
        };
        const std::string first = textOf();
        const std::string expected = outcomeOf(first, {});
        const auto compare = [&](const std::string& text, const EvaluateOptions& options, const char* what) {
            const std::string found = outcomeOf(text, options);
            const std::string message =
                std::string(what) + "\n" + text + "gives\n" + found + "\nbut\n" + first + "gives\n" + expected;
            QVERIFY2(found == expected, message.c_str());
        };
        for (int trial = 0; trial < 4; ++trial) {
            shuffle(made.statements, random);
            for (Statement& statement : made.statements) shuffle(statement.body, random);
            compare(textOf(), {}, "another order");
            if (QTest::currentTestFailed()) return;
        }
        for (const Engine engine : {Engine::SemiNaive, Engine::BySource, Engine::Naive, Engine::NaiveDense}) {
            EvaluateOptions options;
            options.engine = engine;
            compare(first, options, "another engine");
            if (QTest::currentTestFailed()) return;
        }
        EvaluateOptions backward;
        backward.mode = Mode::Backward;
        compare(first, backward, "backward");
    }
};

VITRINE_CORE_TEST(TestOrder)
#include "tst_order.moc"
