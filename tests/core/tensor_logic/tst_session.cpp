// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/session.hpp"
#include "core/methods/tensor_logic/trace.hpp"
#include "tests/support/stopwatch.hpp"
#include "tests/support/testmain.hpp"

#include <QTemporaryDir>

#include <condition_variable>
#include <mutex>

using namespace vitrine;

namespace {

const char* Ancestors = "Parent(Alice, Bob), Parent(Bob, Carol)\nParent(Carol, Dan), Parent(Dan, Eve)\n"
                        "Ancestor(x, z) <- Parent(x, z)\nAncestor(x, z) <- Ancestor(x, y), Parent(y, z)\n"
                        "Count[x, z] = Parent(x, y) Parent(y, z)\nAncestor(Alice, x)?\n";

/// Keeps every reply; waits for final ones.
class Desk {
  public:
    Desk()
        : session(tl::makeSession([this](Reply reply) {
              const std::lock_guard lock(m_mutex);
              m_replies.push_back(std::move(reply));
              m_changed.notify_all();
          })) {}
    ~Desk() { session.reset(); }

    Reply ask(const Tag& tag, Json payload) { return wait(session->submit({tag, std::move(payload)})); }
    Reply wait(Sequence sequence, int ms = 20000) {
        std::unique_lock lock(m_mutex);
        Reply found;
        m_changed.wait_for(lock, std::chrono::milliseconds(ms), [&] {
            for (const Reply& reply : m_replies)
                if (reply.final && reply.sequence == sequence) {
                    found = reply;
                    return true;
                }
            return false;
        });
        return found;
    }
    std::vector<Reply> parts(Sequence sequence) {
        const std::lock_guard lock(m_mutex);
        std::vector<Reply> out;
        for (const Reply& reply : m_replies)
            if (!reply.final && reply.sequence == sequence) out.push_back(reply);
        return out;
    }
    Json evaluate(const char* text) {
        const Reply reply = ask("evaluate", Json{{"request", "evaluate"}, {"text", text}, {"revision", 7}});
        const auto* json = std::get_if<Json>(&reply.value);
        return json && reply.revision == 7 ? *json : Json();
    }

  private:
    std::mutex m_mutex; ///< guards the replies
    std::condition_variable m_changed;
    std::vector<Reply> m_replies;

  public:
    std::unique_ptr<Session> session;
};

QString errorOf(const Reply& reply) {
    const auto* error = std::get_if<Error>(&reply.value);
    return error ? QString::fromStdString(error->code) : QStringLiteral("no error");
}

} // namespace

class TestSession : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    // The chain of five people: closure n(n-1)/2 = 10 pairs, deltas 4, 3, 2, 1 (digest 6.2: chain has n-1 rounds).
    void evaluate_ancestors_summary() {
        Desk desk;
        const Json summary = desk.evaluate(Ancestors);
        QVERIFY2(summary.value("isOk", false), summary.dump().c_str());
        std::vector<int> deltas;
        for (const Json& round : summary["rounds"])
            if (round["relation"] == "Ancestor") deltas.push_back(round["delta"].get<int>());
        QCOMPARE(deltas, (std::vector<int>{4, 3, 2, 1}));
        QCOMPARE(summary["answers"].size(), std::size_t(1));
        QCOMPARE(summary["answers"][0]["heading"].get<std::string>(), std::string("Ancestor(Alice, x)? 4"));
        for (const Json& tensor : summary["tensors"]) {
            if (tensor["name"] != "Ancestor") continue;
            QCOMPARE(tensor["rows"].get<int>(), 10);
            QVERIFY(tensor["columns"] == Json({"x", "z"}));
            QVERIFY(tensor["shape"] == Json({5, 5}));
        }
    }

    void evaluate_broken_isRefusedWithPlaces() {
        Desk desk;
        const Json summary = desk.evaluate("A = 1\nB[i] = C[i]\n");
        QVERIFY(!summary.value("isOk", true));
        QVERIFY(summary.value("isRefused", false));
        QCOMPARE(summary["diagnostics"][0]["code"].get<std::string>(), std::string("E-UNDEF"));
        QCOMPARE(summary["diagnostics"][0]["line"].get<int>(), 1);
    }

    void rows_throughRound_areOnlyThose() {
        Desk desk;
        desk.evaluate(Ancestors);
        const auto page = [&](int through, int offset) {
            return std::get<Table>(desk.ask("rows", Json{{"request", "rows"},
                                                         {"tensor", "Ancestor"},
                                                         {"through", through},
                                                         {"offset", offset},
                                                         {"count", 3}})
                                       .value);
        };
        QCOMPARE(page(2, 0).total, 7);
        QCOMPARE(page(0, 0).total, 10);
        const Table last = page(0, 9);
        QCOMPARE(last.rows.size(), std::size_t(1));
        QCOMPARE(std::get<std::string>(last.rows[0][0]), std::string("Dan"));
        QCOMPARE(std::get<std::int64_t>(last.rows[0][2]), std::int64_t(1));
    }

    void tile_chain_roundIsTheDistance() {
        Desk desk;
        desk.evaluate(Ancestors);
        const auto tile = std::get<TensorSnapshot>(desk.ask("tile", Json{{"request", "tile"},
                                                                         {"tensor", "Ancestor"},
                                                                         {"top", 0},
                                                                         {"left", 0},
                                                                         {"bottom", 5},
                                                                         {"right", 5},
                                                                         {"height", 5},
                                                                         {"width", 5}})
                                                       .value);
        QCOMPARE(tile.shape, (std::vector<std::int64_t>{2, 5, 5}));
        const float* data = tile.as<float>();
        for (int row = 0; row < 5; ++row)
            for (int column = 0; column < 5; ++column) {
                QCOMPARE(data[row * 5 + column], column > row ? 1.0F : 0.0F);
                if (column > row) QCOMPARE(data[25 + row * 5 + column], static_cast<float>(column - row));
            }
        const auto labels =
            std::get<Json>(desk.ask("labels", Json{{"request", "labels"}, {"tensor", "Ancestor"}, {"axis", 0}}).value);
        QVERIFY(labels["labels"] == Json({"Alice", "Bob", "Carol", "Dan", "Eve"}));
    }

    void proof_threeStepsBack_hasThreeFacts() {
        Desk desk;
        desk.evaluate(Ancestors);
        const Sequence sequence = desk.session->submit(
            {"proof", Json{{"request", "proof"}, {"tensor", "Ancestor"}, {"cells", {"Alice", "Dan"}}}});
        const Reply reply = desk.wait(sequence);
        const auto* graph = std::get_if<GraphSnapshot>(&reply.value);
        QVERIFY2(graph, qPrintable(errorOf(reply)));
        QCOMPARE(graph->nodes.size(), std::size_t(6)); // Ancestor thrice, Parent thrice
        QCOMPARE(graph->edges.size(), std::size_t(5));
        const Json part = std::get<Json>(desk.parts(sequence).at(0).value);
        QCOMPARE(part["facts"].get<int>(), 3);
        QVERIFY(part["rules"] == Json({{{"line", 3}, {"uses", 1}}, {{"line", 4}, {"uses", 2}}}));
        QCOMPARE(
            errorOf(desk.ask("proof", Json{{"request", "proof"}, {"tensor", "Ancestor"}, {"cells", {"Dan", "Alice"}}})),
            QStringLiteral("VIT-SESSION-004"));
    }

    // Two siblings are parents of Carl: the Boolean rule holds once, the count before the step is 2.
    void witnesses_aunt_countsTwo() {
        Desk desk;
        desk.evaluate("Sister(Ann, Bea), Sister(Ann, Ben)\nParent(Bea, Carl), Parent(Ben, Carl)\nAunt(x, z) <- "
                      "Sister(x, y), Parent(y, z)\n");
        const auto json = std::get<Json>(
            desk.ask("witnesses", Json{{"request", "witnesses"}, {"tensor", "Aunt"}, {"cells", {"Ann", "Carl"}}})
                .value);
        QCOMPARE(json["rules"][0]["count"].get<int>(), 2);
        QCOMPARE(json["rules"][0]["einsum"].get<std::string>(), std::string("xy,yz\u2192xz"));
        QCOMPARE(json["rules"][0]["join"].get<std::string>(), std::string("Sister \u22C8 Parent"));
    }

    void terms_perceptron_areSortedBySize() {
        Desk desk;
        desk.evaluate("W = [0.2, 1.9, -0.7, 3]\nX = [1, 0, 1, 1]\nS = W[i] X[i]\nS?\n");
        const Reply reply = desk.ask("terms", Json{{"request", "terms"}, {"tensor", "S"}, {"position", Json::array()}});
        const auto* table = std::get_if<Table>(&reply.value);
        QVERIFY2(table, qPrintable(errorOf(reply)));
        QVERIFY(!table->rows.empty());
        double previous = 1e9;
        for (const auto& row : table->rows) {
            const double size = std::abs(std::get<double>(row[1]));
            QVERIFY(size <= previous + 1e-12);
            previous = size;
        }
        QCOMPARE(std::get<double>(table->rows[0][1]), 3.0);
    }

    void learning_regression_hasLossAndGradient() {
        Desk desk;
        const Json summary = desk.evaluate("X = [1, 2, 3, 4]\nY = [2, 4, 6, 8]\nW: real\n@learn W\nLoss = (Y[e] - W "
                                           "X[e])^2\n@minimize Loss lr=0.1 steps=50\nW?\n");
        QVERIFY2(summary.value("isOk", false), summary.dump().c_str());
        QVERIFY(!summary["losses"].empty());
        QVERIFY(summary["losses"].back()["loss"].get<double>() < summary["losses"].front()["loss"].get<double>());
        QVERIFY(std::holds_alternative<TensorSnapshot>(
            desk.ask("tensor", Json{{"request", "tensor"}, {"tensor", "W"}}).value));
        QVERIFY(std::holds_alternative<TensorSnapshot>(
            desk.ask("gradient", Json{{"request", "gradient"}, {"tensor", "W"}}).value));
    }

    void graph_program_hasStrataAndCycle() {
        Desk desk;
        const auto graph =
            std::get<GraphSnapshot>(desk.ask("graph", Json{{"request", "graph"}, {"text", Ancestors}}).value);
        QCOMPARE(graph.nodes.size(), std::size_t(3));
        for (const GraphNode& node : graph.nodes) {
            QCOMPARE(node.group.empty(), node.id != "Ancestor");
            if (node.id == "Ancestor") QCOMPARE(node.label, std::string("Ancestor(x, z)"));
        }
    }

    void errors_areNamed() {
        Desk desk;
        QCOMPARE(errorOf(desk.ask("rows", Json{{"request", "rows"}, {"tensor", "A"}})),
                 QStringLiteral("VIT-SESSION-003"));
        QCOMPARE(errorOf(desk.ask("x", Json{{"request", "nonsense"}})), QStringLiteral("VIT-SESSION-002"));
        QCOMPARE(errorOf(desk.ask("x", Json(3))), QStringLiteral("VIT-SESSION-002"));
        desk.evaluate(Ancestors);
        QCOMPARE(errorOf(desk.ask("rows", Json{{"request", "rows"}, {"tensor", "Nobody"}})),
                 QStringLiteral("VIT-SESSION-004"));
        QCOMPARE(errorOf(desk.ask("proof", Json{{"request", "proof"}, {"tensor", "Ancestor"}, {"cells", {"Alice"}}})),
                 QStringLiteral("VIT-SESSION-002"));
    }

    // A chain of 100,000 rounds' worth of counting: stops within half a second of being asked to.
    void cancel_long_stopsWithinHalfASecond() {
        Desk desk;
        const Sequence sequence =
            desk.session->submit({"evaluate", Json{{"request", "evaluate"},
                                                   {"text", "P(0)\nP(x + 1) <- P(x), x < 2000000000\nP?\n"},
                                                   {"rounds", 2000000000}}});
        QTest::qWait(300);
        const test::Stopwatch timer;
        desk.session->cancel("evaluate");
        const Reply reply = desk.wait(sequence, 5000);
        QVERIFY(reply.final);
        QVERIFY2(timer.milliseconds() < 500, qPrintable(QString::number(timer.milliseconds())));
        const auto* json = std::get_if<Json>(&reply.value);
        QVERIFY(errorOf(reply) == QStringLiteral("VIT-SESSION-001") || (json && json->value("wasCancelled", false)));
    }

    void submit_sameTag_replacesTheWaiting() {
        Desk desk;
        const Sequence first =
            desk.session->submit({"evaluate", Json{{"request", "evaluate"},
                                                   {"text", "P(0)\nP(x + 1) <- P(x), x < 2000000000\n"},
                                                   {"rounds", 2000000000}}});
        desk.session->submit({"rows", Json{{"request", "rows"}, {"tensor", "A"}}});
        const Sequence last = desk.session->submit({"rows", Json{{"request", "rows"}, {"tensor", "P"}}});
        const Sequence second =
            desk.session->submit({"evaluate", Json{{"request", "evaluate"}, {"text", "P(0)\nP?\n"}}});
        QVERIFY(desk.wait(first, 3000).final); // a newer program stops the older
        QVERIFY(desk.wait(second, 3000).final);
        QVERIFY(desk.wait(last, 3000).final);
    }

    // A join of a small and a large relation starts at the small one; rows are counted by hand: 2 rows of Small, each
    // with one partner in Large of which both have the wanted third.
    void plan_rule_tellsTheOrderAndTheRows() {
        Desk desk;
        std::string text = "Small(1, 2), Small(2, 3)\n";
        for (int k = 0; k < 50; ++k) text += "Large(" + std::to_string(k) + ", " + std::to_string(k + 1) + ")\n";
        text += "Both(x, z) <- Large(y, z), Small(x, y), z != 3\n";
        desk.evaluate(text.c_str());
        const Sequence sequence = desk.session->submit({"plan", Json{{"request", "plan"}, {"line", 52}}});
        const auto graph = std::get<GraphSnapshot>(desk.wait(sequence).value);
        const Json item = std::get<Json>(desk.parts(sequence).at(0).value)["items"].at(0);
        QCOMPARE(item["head"].get<std::string>(), std::string("Both"));
        const Json steps = item["orders"].at(0)["steps"];
        QCOMPARE(steps.size(), std::size_t(3));
        QCOMPARE(steps[0]["literal"].get<std::string>(), std::string("Small(x, y)"));
        QCOMPARE(steps[0]["joined"].get<int>(), 2);
        QCOMPARE(steps[1]["literal"].get<std::string>(), std::string("Large(y, z)"));
        QVERIFY(steps[1]["bound"] == Json({"y"}));
        QCOMPARE(steps[1]["joined"].get<int>(), 2);
        QCOMPARE(steps[2]["literal"].get<std::string>(), std::string("z != 3"));
        QCOMPARE(steps[2]["joined"].get<int>(), 1); // Large(2, 3) goes
        QCOMPARE(graph.nodes.size(), std::size_t(3));
        QCOMPARE(graph.edges.size(), std::size_t(2));
    }

    // Chain of five, by source: every pair of the closure meets one edge or none: 4 of length 1 give 3 joins, 3 of
    // length 2 give 2, then 1: 6 rows.
    void plan_closure_countsTheJoins() {
        Desk desk;
        desk.evaluate(Ancestors);
        const Sequence sequence = desk.session->submit({"plan", Json{{"request", "plan"}, {"line", 4}}});
        desk.wait(sequence);
        const Json item = std::get<Json>(desk.parts(sequence).at(0).value)["items"].at(0);
        QCOMPARE(item["what"].get<std::string>(), std::string("by source"));
        const Json steps = item["orders"].back()["steps"];
        QVERIFY(steps[0]["isDelta"].get<bool>());
        QCOMPARE(steps.back()["joined"].get<int>(), 6);
    }

    // A[2, 100] B[100, 3] c[3]: first B c (100 * 3 multiplications and 100 * 2 additions), then A (Bc): 200 and 198.
    void plan_equation_isTheContractionTree() {
        Desk desk;
        const char* text = "A[i, j]: real[2, 100]\nB[j, k]: real[100, 3]\nC[k]: real[3]\n"
                           "Y[i] = A[i, j] B[j, k] C[k]\n";
        const Sequence sequence =
            desk.session->submit({"plan", Json{{"request", "plan"}, {"line", 4}, {"text", text}}});
        const Reply reply = desk.wait(sequence);
        QVERIFY2(std::holds_alternative<GraphSnapshot>(reply.value), qPrintable(errorOf(reply)));
        const auto graph = std::get<GraphSnapshot>(reply.value);
        const Json item = std::get<Json>(desk.parts(sequence).at(0).value)["items"].at(0);
        const Json product = item["products"].at(0);
        QCOMPARE(product["einsum"].get<std::string>(), std::string("ij,jk,k->i"));
        QCOMPARE(product["flops"].get<double>(), 300.0 + 200 + 200 + 198);
        QCOMPARE(item["flops"].get<double>(), 300.0 + 200 + 200 + 198);
        // As written: A B is 600 multiplications and 594 additions, then 6 and 4.
        QCOMPARE(product["writtenFlops"].get<double>(), 600.0 + 594 + 6 + 4);
        QVERIFY(product["steps"][0]["shape"] == Json({100}));
        QCOMPARE(graph.nodes.size(), std::size_t(5));
        QCOMPARE(graph.edges.size(), std::size_t(4));
        QVERIFY(item["peakBytes"].get<double>() >= 8.0 * 102);
    }

    void plan_emptyLine_saysSo() {
        Desk desk;
        desk.evaluate(Ancestors);
        QCOMPARE(errorOf(desk.ask("plan", Json{{"request", "plan"}, {"line", 1}})), QStringLiteral("VIT-SESSION-004"));
    }

    // Ancestor(Alice, x) asks itself (left recursion) and, of Parent, nothing: given relations are joined as they are.
    // Right recursion asks for one goal a person: Alice, Bob, Carol, Dan, Eve with 4, 3, 2, 1, 0 answers.
    void goals_rightRecursion_isTheChainOfSubgoals() {
        Desk desk;
        const char* text = "Parent(Alice, Bob), Parent(Bob, Carol), Parent(Carol, Dan), Parent(Dan, Eve)\n"
                           "Ancestor(x, z) <- Parent(x, z)\nAncestor(x, z) <- Parent(x, y), Ancestor(y, z)\n";
        desk.evaluate(text);
        const Sequence sequence =
            desk.session->submit({"goals", Json{{"request", "goals"}, {"query", "Ancestor(Alice, x)?"}}});
        const Reply reply = desk.wait(sequence);
        QVERIFY2(std::holds_alternative<GraphSnapshot>(reply.value), qPrintable(errorOf(reply)));
        const Json part = std::get<Json>(desk.parts(sequence).at(0).value);
        QCOMPARE(part["allGoals"].get<int>(), 5);
        QCOMPARE(part["cap"].get<int>(), 2000);
        std::vector<std::string> labels;
        std::vector<int> answers;
        for (const Json& goal : part["goals"]) {
            labels.push_back(goal["label"]);
            answers.push_back(goal["answers"]);
            QCOMPARE(goal["memoHits"].get<int>(), 0);
        }
        QCOMPARE(labels, (std::vector<std::string>{"Ancestor(Alice, z)", "Ancestor(Bob, z)", "Ancestor(Carol, z)",
                                                   "Ancestor(Dan, z)", "Ancestor(Eve, z)"}));
        QCOMPARE(answers, (std::vector<int>{4, 3, 2, 1, 0}));
        const auto graph = std::get<GraphSnapshot>(reply.value);
        QCOMPARE(graph.edges.size(), std::size_t(4));
        for (const GraphEdge& edge : graph.edges) QCOMPARE(edge.kind, std::string("plain"));
    }

    // A diamond 0 -> 1, 2 -> 3 and an edge back 3 -> 0: four goals, five calls; 3 is called twice, 0 again by 3.
    void goals_diamondWithACycle_countsMemoHits() {
        Desk desk;
        desk.evaluate("E(0, 1), E(0, 2), E(1, 3), E(2, 3), E(3, 0)\nP(x, z) <- E(x, z)\nP(x, z) <- E(x, y), P(y, z)\n");
        const Sequence sequence = desk.session->submit({"goals", Json{{"request", "goals"}, {"query", "P(0, x)"}}});
        const auto graph = std::get<GraphSnapshot>(desk.wait(sequence).value);
        const Json part = std::get<Json>(desk.parts(sequence).at(0).value);
        std::map<std::string, int> hits;
        for (const Json& goal : part["goals"]) {
            hits[goal["label"]] = goal["memoHits"];
            QCOMPARE(goal["answers"].get<int>(), 4);
        }
        QVERIFY((hits == std::map<std::string, int>{{"P(0, z)", 1}, {"P(1, z)", 0}, {"P(2, z)", 0}, {"P(3, z)", 1}}));
        QCOMPARE(std::count_if(graph.edges.begin(), graph.edges.end(), [](const auto& e) { return e.kind == "plain"; }),
                 3);
        QCOMPARE(std::count_if(graph.edges.begin(), graph.edges.end(), [](const auto& e) { return e.kind == "memo"; }),
                 2);
    }

    // Fibonacci by cells: F[5] asks for F[0] .. F[5]; each but the first two steps of the chain is read twice.
    void goals_numericCells_areMemoised() {
        Desk desk;
        desk.evaluate("F[i]: real[30]\nF[0] = 1\nF[1] = 1\nF[i+2] = F[i+1] + F[i]\n");
        const Sequence sequence = desk.session->submit({"goals", Json{{"request", "goals"}, {"query", "F[5]?"}}});
        const auto graph = std::get<GraphSnapshot>(desk.wait(sequence).value);
        const Json part = std::get<Json>(desk.parts(sequence).at(0).value);
        QCOMPARE(part["allGoals"].get<int>(), 6);
        std::map<std::string, std::pair<double, int>> seen;
        for (const Json& goal : part["goals"]) seen[goal["label"]] = {goal["value"], goal["memoHits"]};
        QVERIFY((seen["F[5]"] == std::pair<double, int>{8, 0}));
        QVERIFY((seen["F[3]"] == std::pair<double, int>{3, 1}));
        QCOMPARE(graph.edges.size(), std::size_t(8)); // two reads of each of F[2] .. F[5]
    }

    void goals_capped_saysSo() {
        Desk desk;
        std::string text;
        for (int k = 0; k < 60; ++k) text += "E(" + std::to_string(k) + ", " + std::to_string(k + 1) + ")\n";
        text += "P(x, z) <- E(x, z)\nP(x, z) <- E(x, y), P(y, z)\n";
        desk.evaluate(text.c_str());
        const Sequence sequence =
            desk.session->submit({"goals", Json{{"request", "goals"}, {"query", "P(0, x)?"}, {"most", 10}}});
        const auto graph = std::get<GraphSnapshot>(desk.wait(sequence).value);
        const Json part = std::get<Json>(desk.parts(sequence).at(0).value);
        QCOMPARE(graph.nodes.size(), std::size_t(10));
        QCOMPARE(part["allGoals"].get<int>(), 61);
        QVERIFY(part["isCut"].get<bool>());
    }

    void load_trace_answersAsTheEvaluationDid() {
        QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("trace.json")).toStdString();
        Desk desk;
        const Json evaluated = desk.evaluate(Ancestors);
        const tl::Checked checked = tl::check(tl::Source("program", Ancestors), {});
        const tl::Evaluated run = tl::evaluate(checked.program, {});
        QVERIFY(writeFileAtomically(path, writeJsonLine(tl::traceOf(*run.evaluation, {}))).ok());
        Desk later;
        const Reply loaded = later.ask("load", Json{{"request", "load"}, {"trace", path}});
        const auto* summary = std::get_if<Json>(&loaded.value);
        QVERIFY2(summary, qPrintable(errorOf(loaded)));
        QVERIFY((*summary)["isTrace"].get<bool>());
        QVERIFY((*summary)["rules"] == evaluated["rules"]);
        const auto without = [](Json rounds) {
            for (Json& each : rounds) each.erase("seconds");
            return rounds;
        };
        QVERIFY(without((*summary)["rounds"]) == without(evaluated["rounds"]));
        for (const char* name : {"Ancestor", "Count"}) {
            const Json rows{{"request", "rows"}, {"tensor", name}, {"count", 100}};
            const auto a = std::get<Table>(desk.ask("rows", rows).value),
                       b = std::get<Table>(later.ask("rows", rows).value);
            QVERIFY(a.rows == b.rows);
            QCOMPARE(a.total, b.total);
            const Json tile{{"request", "tile"}, {"tensor", name}, {"top", 0},   {"left", 0},   {"bottom", 5},
                            {"right", 5},        {"height", 5},    {"width", 5}, {"through", 2}};
            const auto x = std::get<TensorSnapshot>(desk.ask("tile", tile).value),
                       y = std::get<TensorSnapshot>(later.ask("tile", tile).value);
            for (int k = 0; k < 50; ++k) QCOMPARE(x.as<float>()[k], y.as<float>()[k]);
            const Json labels{{"request", "labels"}, {"tensor", name}, {"axis", 1}};
            QVERIFY(std::get<Json>(desk.ask("labels", labels).value) ==
                    std::get<Json>(later.ask("labels", labels).value));
        }
        // A proof is not in the trace: the program is evaluated, once, and the reply says so.
        for (const int times : {1, 0}) {
            const Sequence sequence = later.session->submit(
                {"proof", Json{{"request", "proof"}, {"tensor", "Ancestor"}, {"cells", {"Alice", "Eve"}}}});
            const Reply proof = later.wait(sequence);
            QVERIFY2(std::holds_alternative<GraphSnapshot>(proof.value), qPrintable(errorOf(proof)));
            int said = 0;
            for (const Reply& part : later.parts(sequence))
                if (const auto* json = std::get_if<Json>(&part.value))
                    said += json->value("event", "") == "reevaluated";
            QCOMPARE(said, times);
        }
    }

    void load_brokenTraces_areRefused_data() {
        QTest::addColumn<std::string>("text");
        QTest::newRow("no JSON") << std::string("{\"version\": 2");
        QTest::newRow("no object") << std::string("[1]");
        QTest::newRow("another version") << std::string("{\"version\": 9}");
        QTest::newRow("no lists") << std::string("{\"version\": 2}");
        const auto with = [](const char* relation, const char* tensor) {
            return std::string("{\"version\": 2, \"relations\": [") + relation + "], \"tensors\": [" + tensor + "]}";
        };
        QTest::newRow("no name") << with("{\"arity\": 0}", "");
        QTest::newRow("arity") << with("{\"name\": \"R\", \"arity\": 1000000000, \"axes\": [], \"rows\": []}", "");
        QTest::newRow("axes") << with("{\"name\": \"R\", \"arity\": 1, \"axes\": [], \"rows\": []}", "");
        QTest::newRow("negative axis") << with(
            "{\"name\": \"R\", \"arity\": 1, \"axes\": [{\"size\": -1}], \"rows\": []}", "");
        QTest::newRow("short row") << with(
            "{\"name\": \"R\", \"arity\": 1, \"axes\": [{\"size\": 2}], \"rows\": [{\"cells\": []}]}", "");
        QTest::newRow("cell") << with(
            "{\"name\": \"R\", \"arity\": 1, \"axes\": [{\"size\": 2}], \"rows\": [{\"cells\": [{}]}]}", "");
        QTest::newRow("shape against values") << with(
            "", "{\"name\": \"X\", \"arity\": 1, \"axes\": [{\"size\": 3}], \"shape\": [3], \"values\": [1, 2]}");
        QTest::newRow("huge shape") << with(
            "", "{\"name\": \"X\", \"arity\": 2, \"axes\": [{\"size\": 1000000000000}, {\"size\": 1000000000000}], "
                "\"values\": [1]}");
        QTest::newRow("no number") << with(
            "", "{\"name\": \"X\", \"arity\": 1, \"axes\": [{\"size\": 1}], \"values\": [[]]}");
        QTest::newRow("twice") << with("{\"name\": \"R\", \"arity\": 0, \"axes\": [], \"rows\": []}, {\"name\": \"R\", "
                                       "\"arity\": 0, \"axes\": [], \"rows\": []}",
                                       "");
    }
    void load_brokenTraces_areRefused() {
        QFETCH(std::string, text);
        QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("trace.json")).toStdString();
        QVERIFY(writeFileAtomically(path, text).ok());
        Desk desk;
        QCOMPARE(errorOf(desk.ask("load", Json{{"request", "load"}, {"trace", path}})),
                 QStringLiteral("VIT-SESSION-007"));
        QCOMPARE(errorOf(desk.ask("rows", Json{{"request", "rows"}, {"tensor", "R"}})),
                 QStringLiteral("VIT-SESSION-003"));
    }
};

VITRINE_CORE_TEST(TestSession)
#include "tst_session.moc"
