// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/session.hpp"
#include "tests/support/testmain.hpp"

#include <QElapsedTimer>

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
        QElapsedTimer timer;
        timer.start();
        desk.session->cancel("evaluate");
        const Reply reply = desk.wait(sequence, 5000);
        QVERIFY(reply.final);
        QVERIFY2(timer.elapsed() < 500, qPrintable(QString::number(timer.elapsed())));
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
};

VITRINE_CORE_TEST(TestSession)
#include "tst_session.moc"
