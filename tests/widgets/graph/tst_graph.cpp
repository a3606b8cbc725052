// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/look.hpp"
#include "tests/support/widgetmain.hpp"
#include "widgets/graph/graphview.hpp"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QSignalSpy>

#include <cmath>

using namespace vitrine;

namespace {

layout::Input boxes(int count, const QVector<std::pair<int, int>>& edges) {
    layout::Input input;
    for (int i = 0; i < count; ++i) input.nodes.append({QSizeF(80, 30), -1, QString()});
    for (const auto& [from, to] : edges) input.edges.append({from, to});
    return input;
}

QRectF rectOf(const layout::Input& input, const layout::Output& out, qsizetype i) {
    const QSizeF size = input.nodes[i].size;
    return QRectF(out.centres[i] - QPointF(size.width() / 2, size.height() / 2), size);
}

void verifyNoOverlap(const layout::Input& input, const layout::Output& out) {
    for (qsizetype i = 0; i < input.nodes.size(); ++i)
        for (qsizetype k = i + 1; k < input.nodes.size(); ++k)
            QVERIFY2(!rectOf(input, out, i).intersects(rectOf(input, out, k)),
                     qPrintable(QStringLiteral("%1 %2").arg(i).arg(k)));
}

GraphSnapshot proof() {
    GraphSnapshot graph;
    graph.nodes = {{"0", "Ancestor(Alice, Dan)", "rule line 5, round 3", "new", "", -1},
                   {"1", "Ancestor(Alice, Carol)", "rule line 5, round 2", "rule", "", -1},
                   {"2", "Parent(Carol, Dan)", "fact, line 3", "fact", "", -1},
                   {"3", "Ancestor(Alice, Bob)", "rule line 4", "rule", "", -1},
                   {"4", "Parent(Bob, Carol)", "fact, line 2", "fact", "", -1}};
    graph.edges = {{"0", "1", "", ""}, {"0", "2", "", ""}, {"1", "3", "", ""}, {"1", "4", "", ""}};
    return graph;
}

GraphSnapshot program() {
    GraphSnapshot graph;
    graph.nodes = {{"Parent", "Parent(x, y)", "relation, 4 facts", "relation", "", 0},
                   {"Sister", "Sister(x, y)", "relation, 2 facts", "relation", "", 0},
                   {"Ancestor", "Ancestor(x, z)", "relation", "rule", "recursive", 1},
                   {"Kin", "Kin(x, y)", "relation", "rule", "recursive", 1},
                   {"Count", "Count[x, z]", "int", "numeric", "", 2},
                   {"Stranger", "Stranger(x, y)", "relation", "rule", "", 2}};
    graph.edges = {{"Parent", "Ancestor", "", ""},    {"Ancestor", "Ancestor", "", ""},
                   {"Ancestor", "Kin", "", ""},       {"Kin", "Ancestor", "", ""},
                   {"Parent", "Count", "", "strict"}, {"Kin", "Stranger", "not", "negated"},
                   {"Sister", "Kin", "", ""}};
    return graph;
}

} // namespace

class TestGraph : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    // Two wishes for one place at distance 10: the optimum is symmetric about the wish.
    void spaced_conflict_splitsEvenly() {
        const QVector<double> out = layout::spaced({0, 0}, {10});
        QVERIFY(std::abs(out[0] + 5) < 1e-9 && std::abs(out[1] - 5) < 1e-9);
        QCOMPARE(layout::spaced({0, 50}, {10}), (QVector<double>{0, 50}));
    }
    // Property: order and spacing always hold.
    void spaced_random_keepsGaps() {
        QRandomGenerator random(7);
        for (int round = 0; round < 50; ++round) {
            QVector<double> wanted, gaps;
            for (int i = 0; i < 20; ++i) {
                wanted.append(random.bounded(100.0));
                if (i) gaps.append(1 + random.bounded(9.0));
            }
            const QVector<double> out = layout::spaced(wanted, gaps);
            for (int i = 1; i < 20; ++i) QVERIFY(out[i] - out[i - 1] >= gaps[i - 1] - 1e-9);
        }
    }

    void layers_dag_edgesPointDown() {
        const layout::Input input = boxes(7, {{0, 1}, {0, 2}, {1, 3}, {2, 3}, {3, 4}, {0, 4}, {5, 6}});
        const layout::Output out = layout::layers(input);
        for (const layout::Edge& edge : input.edges) QVERIFY(out.centres[edge.from].y() < out.centres[edge.to].y());
        verifyNoOverlap(input, out);
        QCOMPARE(out.routes.size(), input.edges.size());
        QVERIFY(out.routes[5].size() > 2); // the long edge bends round node 3
    }
    void layers_cycle_terminatesWithoutOverlap() {
        const layout::Input input = boxes(4, {{0, 1}, {1, 2}, {2, 0}, {2, 3}, {3, 3}});
        verifyNoOverlap(input, layout::layers(input));
    }
    void layers_given_areKept() {
        layout::Input input = boxes(3, {{0, 1}, {1, 2}, {2, 1}});
        input.nodes[0].layer = 0;
        input.nodes[1].layer = input.nodes[2].layer = 1;
        input.nodes[1].group = input.nodes[2].group = QStringLiteral("cycle");
        const layout::Output out = layout::layers(input);
        QCOMPARE(out.centres[1].y(), out.centres[2].y());
        QCOMPARE(out.boxes.size(), 1);
        QVERIFY(out.boxes[0].rect.contains(rectOf(input, out, 1)) && out.boxes[0].rect.contains(rectOf(input, out, 2)));
        QVERIFY(!out.boxes[0].rect.intersects(rectOf(input, out, 0)));
    }
    // K(2,2) drawn in the worst order has one crossing less after ordering than before for a matching.
    void layers_matching_isUncrossed() {
        const layout::Input input = boxes(8, {{0, 7}, {1, 6}, {2, 5}, {3, 4}});
        const layout::Output out = layout::layers(input);
        for (qsizetype i = 0; i < 4; ++i)
            for (qsizetype k = i + 1; k < 4; ++k) {
                const bool above = out.centres[input.edges[i].from].x() < out.centres[input.edges[k].from].x();
                const bool below = out.centres[input.edges[i].to].x() < out.centres[input.edges[k].to].x();
                QCOMPARE(above, below);
            }
    }
    void layers_large_inTimeAndStoppable() {
        layout::Input input = boxes(10000, {});
        QRandomGenerator random(3);
        for (int i = 1; i < 10000; ++i) input.edges.append({random.bounded(i), i});
        for (int i = 0; i < 10000; ++i) {
            const int a = random.bounded(9999);
            input.edges.append({a, a + 1});
        }
        std::stop_source stop;
        stop.request_stop();
        QElapsedTimer timer;
        timer.start();
        QVERIFY(!layout::layers(input, stop.get_token()).isComplete);
        QVERIFY(timer.elapsed() < 2000);
    }

    void tree_proof_childrenBelowAndParentCentred() {
        const layout::Input input = boxes(7, {{0, 1}, {0, 2}, {1, 3}, {1, 4}, {2, 5}, {2, 6}});
        const layout::Output out = layout::tree(input);
        verifyNoOverlap(input, out);
        QVERIFY(std::abs(out.centres[0].x() - (out.centres[1].x() + out.centres[2].x()) / 2) < 1e-9);
        QVERIFY(out.centres[3].y() > out.centres[1].y() && out.centres[1].y() > out.centres[0].y());
    }
    void tree_deepChain_works() {
        QVector<std::pair<int, int>> edges;
        for (int i = 1; i < 3000; ++i) edges.append({i - 1, i});
        const layout::Output out = layout::tree(boxes(3000, edges));
        QVERIFY(out.centres[2999].y() > out.centres[0].y());
    }

    void view_keyboard_walksAlongEdges() {
        GraphView view;
        view.resize(600, 400);
        view.show();
        QSignalSpy changed(&view, &GraphView::currentChanged), activated(&view, &GraphView::activated);
        view.setGraph(proof(), GraphLayout::Tree);
        QTRY_VERIFY(!view.isBusy());
        view.setCurrent(QStringLiteral("0"));
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_Down);
        QVERIFY(view.current() == QStringLiteral("1") || view.current() == QStringLiteral("2"));
        view.setCurrent(QStringLiteral("1"));
        QTest::keyClick(&view, Qt::Key_Up);
        QCOMPARE(view.current(), QStringLiteral("0"));
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(activated.size(), 1);
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("Ancestor(Alice, Dan)")));
        QCOMPARE(view.search(QStringLiteral("parent(")), 2);
        const QString first = view.current();
        view.searchNext();
        QVERIFY(view.current() != first);
    }

    void view_click_selects() {
        GraphView view;
        view.resize(600, 400);
        view.show();
        view.setGraph(proof(), GraphLayout::Tree);
        QTRY_VERIFY(!view.isBusy());
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {},
                          view.mapFromScene(view.nodeRect(QStringLiteral("4")).center()));
        QCOMPARE(view.current(), QStringLiteral("4"));
    }

    void view_replaced_keepsSelectionOfNodesThatStay() {
        GraphView view;
        view.resize(600, 400);
        view.show();
        view.setGraph(program(), GraphLayout::Layers);
        QTRY_VERIFY(!view.isBusy());
        view.setCurrent(QStringLiteral("Ancestor"));
        GraphSnapshot smaller = program();
        smaller.nodes.pop_back();
        view.setGraph(smaller, GraphLayout::Layers);
        QTRY_VERIFY(!view.isBusy());
        QCOMPARE(view.current(), QStringLiteral("Ancestor"));
        view.clear();
        QCOMPARE(view.current(), QString());
    }

    // Too large to be read as a whole: texts stay legible and a map shows where one is; Home shows all of it.
    void view_tall_staysLegibleAndHasAMap() {
        GraphSnapshot graph;
        for (int i = 0; i < 40; ++i)
            graph.nodes.push_back({std::to_string(i), "Tensor" + std::to_string(i) + "[x, y]", "real", "", "", -1});
        for (int i = 1; i < 40; ++i) graph.edges.push_back({std::to_string(i - 1), std::to_string(i), "", ""});
        GraphView view;
        view.resize(460, 300);
        view.show();
        view.setGraph(graph, GraphLayout::Layers);
        QTRY_VERIFY_WITH_TIMEOUT(!view.isBusy(), 10000);
        QVERIFY(view.transform().m11() >= 0.7);
        QVERIFY(!view.mapRect().isEmpty());
        QVERIFY(view.viewport()->rect().contains(view.mapRect()));
        // A press near the map's lower end goes there.
        const QRect map = view.mapRect();
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, QPoint(map.center().x(), map.bottom() - 1));
        const QRectF seen = view.mapToScene(view.viewport()->rect()).boundingRect();
        QVERIFY(seen.contains(view.nodeRect(QStringLiteral("38")).center()));
        QVERIFY(view.current().isEmpty()); // it did not choose anything
        QTest::keyClick(&view, Qt::Key_Home);
        QVERIFY(view.transform().m11() < 0.7);
        QVERIFY(view.mapRect().isEmpty());
    }

    void view_revealed_keepsPlacesAndHidesTheRest() {
        GraphView view;
        view.resize(480, 300);
        view.show();
        view.setGraph(proof(), GraphLayout::Tree);
        QTRY_VERIFY(!view.isBusy());
        const auto first = QString::fromStdString(view.graph().nodes.front().id),
                   last = QString::fromStdString(view.graph().nodes.back().id);
        const QRectF before = view.nodeRect(first);
        view.setRevealed(1);
        QCOMPARE(view.nodeRect(first), before);
        const QPoint hidden = view.mapFromScene(view.nodeRect(last).center());
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, hidden);
        QVERIFY(view.current().isEmpty());
        view.setRevealed(static_cast<int>(view.graph().nodes.size()));
        QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, hidden);
        QCOMPARE(view.current(), last);
    }

    void view_large_paintsInBatches() {
        GraphSnapshot graph;
        for (int i = 0; i < 5000; ++i)
            graph.nodes.push_back({std::to_string(i), "node " + std::to_string(i), "", "", "", -1});
        for (int i = 1; i < 5000; ++i) graph.edges.push_back({std::to_string((i - 1) / 2), std::to_string(i), "", ""});
        GraphView view;
        view.resize(800, 600);
        view.show();
        view.setGraph(graph, GraphLayout::Layers);
        QVERIFY(view.isBusy()); // found on a worker
        QTRY_VERIFY_WITH_TIMEOUT(!view.isBusy(), 20000);
        QCOMPARE(view.items().size(), 1);
        qint64 best = 1000;
        for (int i = 0; i < 5; ++i) {
            QElapsedTimer timer;
            timer.start();
            view.viewport()->repaint();
            best = std::min(best, timer.elapsed());
        }
        QVERIFY2(best < 60, qPrintable(QString::number(best)));
    }

    void look_atIt() {
        if (qEnvironmentVariableIsEmpty("VITRINE_LOOK")) QSKIP("set VITRINE_LOOK=DIR to write pictures");
        GraphView view;
        view.resize(480, 290);
        view.show();
        view.setGraph(proof(), GraphLayout::Tree);
        QTRY_VERIFY(!view.isBusy());
        test::look(view, QStringLiteral("graph-proof"));
        view.setGraph(program(), GraphLayout::Layers);
        QTRY_VERIFY(!view.isBusy());
        view.setCurrent(QStringLiteral("Kin"));
        test::look(view, QStringLiteral("graph-program"));
    }
};

VITRINE_WIDGET_TEST(TestGraph)
#include "tst_graph.moc"
