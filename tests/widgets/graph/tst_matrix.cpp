// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/look.hpp"
#include "tests/support/widgetmain.hpp"
#include "widgets/graph/matrixview.hpp"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTimer>
#include <QWheelEvent>

#include <cmath>
#include <functional>

using namespace vitrine;

namespace {

/// Answers with a function of the cell, one tile per event loop turn, like a worker would.
class FakeSource final : public TileSource {
  public:
    using Cell = std::function<std::pair<float, std::uint32_t>(qint64, qint64)>;
    FakeSource(qint64 rows, qint64 columns, Cell cell) : m_rows(rows), m_columns(columns), m_cell(std::move(cell)) {
        m_timer.setInterval(0);
        connect(&m_timer, &QTimer::timeout, this, [this] { answerOne(); });
    }
    qint64 rows() const override { return m_rows; }
    qint64 columns() const override { return m_columns; }
    void want(const QVector<TileKey>& keys) override {
        m_wanted = keys;
        longestList = std::max(longestList, keys.size());
        if (!keys.isEmpty()) m_timer.start();
    }
    qsizetype longestList = 0;
    int answered = 0;
    bool isSilent = false;

  private:
    void answerOne() {
        if (m_wanted.isEmpty() || isSilent) return m_timer.stop();
        const TileKey key = m_wanted.takeFirst();
        auto tile = std::make_shared<MatrixTile>();
        const qint64 box = 1LL << key.level;
        tile->height = static_cast<int>(std::min<qint64>(TileKey::Extent, (m_rows - key.top() + box - 1) / box));
        tile->width = static_cast<int>(std::min<qint64>(TileKey::Extent, (m_columns - key.left() + box - 1) / box));
        for (int y = 0; y < tile->height; ++y)
            for (int x = 0; x < tile->width; ++x) {
                // A sample per box is enough for a fake; its count is scaled to the box.
                const auto [value, round] = m_cell(key.top() + y * box, key.left() + x * box);
                tile->values.push_back(value * static_cast<float>(box * box));
                tile->rounds.push_back(round);
            }
        ++answered;
        Q_EMIT ready(key, tile);
    }
    qint64 m_rows, m_columns;
    Cell m_cell;
    QVector<TileKey> m_wanted;
    QTimer m_timer;
};

/// Ancestor over the chain Alice .. Eve: the cell (i, j) came in at round j - i.
std::pair<float, std::uint32_t> chain(qint64 row, qint64 column) {
    return column > row && column - row <= 3 ? std::pair{1.0F, static_cast<std::uint32_t>(column - row)}
                                             : std::pair{0.0F, 0U};
}
const QStringList People{QStringLiteral("Alice"), QStringLiteral("Bob"), QStringLiteral("Carol"), QStringLiteral("Dan"),
                         QStringLiteral("Eve")};

void shown(QWidget& widget, QSize size) {
    widget.resize(size);
    widget.show();
    QVERIFY(QTest::qWaitForWindowExposed(&widget));
}

} // namespace

class TestMatrix : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void small_fits_cellsAreLargeAndFound() {
        FakeSource source(5, 5, chain);
        MatrixView view;
        view.setSource(&source);
        view.setLabels([](qint64 i) { return People[i]; }, [](qint64 i) { return People[i]; });
        shown(view, QSize(320, 300));
        QTRY_VERIFY(view.isSharp());
        QCOMPARE(view.pixelsPerCell(), 44.0);
        const QRect box = view.cellRect({1, 3});
        QCOMPARE(view.cellAt(box.center()), std::optional(MatrixCell{1, 3}));
        QCOMPARE(view.valueAt({1, 3}), std::optional(1.0F));
        QCOMPARE(view.valueAt({3, 1}), std::optional(0.0F));
    }

    void click_selectsAndKeysMove() {
        FakeSource source(5, 5, chain);
        MatrixView view;
        view.setSource(&source);
        shown(view, QSize(320, 300));
        QTRY_VERIFY(view.isSharp());
        QSignalSpy spy(&view, &MatrixView::currentChanged), activated(&view, &MatrixView::activated);
        QTest::mouseClick(&view, Qt::LeftButton, {}, view.cellRect({0, 2}).center());
        QCOMPARE(view.current(), std::optional(MatrixCell{0, 2}));
        view.setFocus();
        QTest::keyClick(&view, Qt::Key_Down);
        QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.current(), std::optional(MatrixCell{1, 3}));
        for (int i = 0; i < 9; ++i) QTest::keyClick(&view, Qt::Key_Right);
        QCOMPARE(view.current(), std::optional(MatrixCell{1, 4}));
        QTest::keyClick(&view, Qt::Key_Return);
        QCOMPARE(activated.size(), 1);
        QVERIFY(view.accessibleDescription().contains(QStringLiteral("5 rows")));
        QVERIFY(spy.size() >= 4);
    }

    // The point under the pointer stays under it while zooming.
    void wheel_zoom_keepsCellUnderPointer() {
        FakeSource source(1000, 1000, [](qint64 r, qint64 c) { return std::pair{float((r * 7 + c) % 11 == 0), 1U}; });
        MatrixView view;
        view.setSource(&source);
        shown(view, QSize(600, 600));
        const QPoint at(400, 350);
        const auto before = view.cellAt(at);
        for (int i = 0; i < 12; ++i) {
            QWheelEvent event(at, view.mapToGlobal(at), {}, QPoint(0, 120), Qt::NoButton, Qt::NoModifier,
                              Qt::NoScrollPhase, false);
            QApplication::sendEvent(&view, &event);
        }
        const auto after = view.cellAt(at);
        QVERIFY(before && after);
        QVERIFY(view.pixelsPerCell() > 4);
        QVERIFY(std::abs(before->row - after->row) <= 2 && std::abs(before->column - after->column) <= 2);
    }

    // 10,000 x 10,000 and more: only what is in view is asked for, memory stays bounded, frames stay short.
    void huge_panAndZoom_asksOnlyForTheView() {
        const qint64 size = 40000;
        FakeSource source(size, size, [](qint64 r, qint64 c) {
            return std::pair{float((r ^ c) % 97 == 0), static_cast<std::uint32_t>((r ^ c) % 5)};
        });
        MatrixView view;
        view.setSource(&source);
        shown(view, QSize(900, 700));
        QTRY_VERIFY_WITH_TIMEOUT(view.isSharp(), 10000);
        QVERIFY2(source.longestList <= 40, qPrintable(QString::number(source.longestList)));
        source.isSilent = true; // frames alone, without the fake's own work
        qint64 best = 1000;
        for (int i = 0; i < 20; ++i) {
            QElapsedTimer timer;
            timer.start();
            view.zoomTo(0.5 + i * 0.4, {size / 2 + i * 300, size / 2});
            view.repaint();
            best = std::min(best, timer.elapsed());
        }
        QVERIFY2(best <= 16, qPrintable(QString::number(best)));
        source.isSilent = false;
        view.zoomTo(30, {size - 1, size - 1});
        QTRY_VERIFY_WITH_TIMEOUT(view.isSharp(), 10000);
        QCOMPARE(view.valueAt({size - 1, size - 1}), std::optional(1.0F)); // 0 % 97 == 0
        QVERIFY(view.cachedTiles() <= 140);
    }

    void coarseTile_standsInUntilTheSharpOneIsThere() {
        FakeSource source(4096, 4096, [](qint64, qint64) { return std::pair{1.0F, 1U}; });
        MatrixView view;
        view.setSource(&source);
        shown(view, QSize(500, 500));
        QTRY_VERIFY_WITH_TIMEOUT(view.isSharp(), 5000);
        source.isSilent = true;
        view.zoomTo(3, {2000, 2000});
        QVERIFY(!view.isSharp());
        QImage image(view.size(), QImage::Format_RGB32);
        view.render(&image);
        const QColor seen = image.pixelColor(400, 400);
        QVERIFY2(contrastRatio(seen, Theme::tokens().accent) < 1.6,
                 qPrintable(seen.name())); // filled, not the hatch of "missing"
    }

    void sourceGone_showsEmptyText() {
        auto source = std::make_unique<FakeSource>(5, 5, chain);
        MatrixView view;
        view.setEmptyText(QStringLiteral("Evaluate the program to see Ancestor."));
        view.setSource(source.get());
        shown(view, QSize(300, 200));
        source.reset();
        QVERIFY(!view.cellAt(QPoint(150, 100)));
        QCOMPARE(view.accessibleDescription(), QStringLiteral("Evaluate the program to see Ancestor."));
    }

    void inkUpon_everyShade_isReadable() {
        for (const ColorMap map : {ColorMap::Presence, ColorMap::Viridis, ColorMap::Cividis, ColorMap::Diverging})
            for (int i = 0; i <= 20; ++i) {
                const QColor ground = QColor::fromRgb(mapColor(map, i / 20.0));
                QVERIFY(contrastRatio(inkUpon(ground), ground) >= 4.0);
            }
    }

    void look_atIt() {
        if (qEnvironmentVariableIsEmpty("VITRINE_LOOK")) QSKIP("set VITRINE_LOOK=DIR to write pictures");
        FakeSource small(5, 5, chain);
        MatrixView view;
        view.setSource(&small);
        view.setHighlightedRound(3);
        view.setLabels([](qint64 i) { return People[i]; }, [](qint64 i) { return People[i]; });
        view.setAxisNames(QStringLiteral("x"), QStringLiteral("z"));
        shown(view, QSize(330, 280));
        view.setCurrent(MatrixCell{0, 3});
        QTest::qWait(100);
        test::look(view, QStringLiteral("matrix-small"));
        FakeSource middle(60, 60, [](qint64 r, qint64 c) {
            return std::pair{float(std::sin(double(r) * 0.3) * std::cos(double(c) * 0.21)), 0U};
        });
        MatrixView heat;
        heat.setSource(&middle);
        heat.setColorMap(ColorMap::Diverging);
        heat.setValueRange(-1, 1);
        heat.setLabels([](qint64 i) { return QStringLiteral("entity %1").arg(i); },
                       [](qint64 i) { return QStringLiteral("entity %1").arg(i); });
        shown(heat, QSize(560, 520));
        QTest::qWait(100);
        test::look(heat, QStringLiteral("matrix-heat"));
        FakeSource large(12000, 12000, [](qint64 r, qint64 c) {
            return std::pair{float(std::hypot(double(r - 6000), double(c - 6000)) < 4000 && (r * 31 + c * 17) % 7 < 3),
                             static_cast<std::uint32_t>(std::hypot(double(r - 6000), double(c - 6000)) / 400)};
        });
        MatrixView map;
        map.setSource(&large);
        map.setHighlightedRound(6);
        map.setLabels([](qint64 i) { return QString::number(i); }, [](qint64 i) { return QString::number(i); });
        shown(map, QSize(560, 520));
        QTRY_VERIFY(map.isSharp());
        test::look(map, QStringLiteral("matrix-large"));
    }
};

VITRINE_WIDGET_TEST(TestMatrix)
#include "tst_matrix.moc"
