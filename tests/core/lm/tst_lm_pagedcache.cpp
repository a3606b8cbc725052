// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.hpp"
#include "core/lm/cache/contiguouscache.hpp"
#include "core/lm/cache/pagedcache.hpp"
#include "tests/core/lm/passes.hpp"
#include "tests/support/testmain.hpp"

#include <ATen/core/grad_mode.h>

#include <QTest>

#include <random>

using namespace vitrine;
using namespace vitrine::lm;
using test::distance, test::further, test::part, test::whole;

namespace {

constexpr double Same = 1e-5;

std::vector<TokenId> someIds(std::int64_t count, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::vector<TokenId> ids;
    for (std::int64_t k = 0; k < count; ++k) ids.push_back(static_cast<TokenId>(random() % 256));
    return ids;
}

std::vector<TokenId> joined(std::vector<TokenId> a, const std::vector<TokenId>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

at::Tensor lastRow(const at::Tensor& x) {
    return x.select(0, x.size(0) - 1);
}

} // namespace

class TestLmPagedCache : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void paged_equalsWholeAndContiguous_howeverItIsCut_data() {
        QTest::addColumn<QString>("name");
        for (const std::string& name : test::goldenNames())
            if (name != "bert") QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void paged_equalsWholeAndContiguous_howeverItIsCut() {
        QFETCH(QString, name);
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden(name.toStdString());
        const std::vector<TokenId> ids = golden.ids();
        const at::Tensor positions = name == u"qwen2_5_vl" ? test::visionPositions(golden) : at::Tensor();
        const at::Tensor expected = whole(*golden.model, ids, positions);
        for (const std::vector<std::int64_t>& cuts : std::vector<std::vector<std::int64_t>>{
                 {24}, {1, 23}, {23, 1}, {16, 8}, {7, 9, 8}, std::vector<std::int64_t>(24, 1)}) {
            PagedCache paged(*golden.model, 4);
            ContiguousCache contiguous(*golden.model, 32);
            std::int64_t begin = 0;
            for (const std::int64_t count : cuts) {
                const at::Tensor mine = positions.defined() ? positions.narrow(1, begin, count) : at::Tensor();
                const at::Tensor a = further(*golden.model, paged, 3, part(ids, begin, count), mine);
                const at::Tensor b = further(*golden.model, contiguous, 3, part(ids, begin, count), mine);
                QVERIFY2(distance(a, b) < Same, qPrintable(QString::number(distance(a, b))));
                // Under dynamic rotation keys depend on the length when they came, so only one cut is the whole.
                if (name != u"llama_dynamic" || cuts.size() == 1)
                    QVERIFY2(distance(a, expected.narrow(0, begin, count)) < Same,
                             qPrintable(QString::number(distance(a, expected.narrow(0, begin, count)))));
                begin += count;
            }
            QCOMPARE(paged.length(3), std::int64_t{24});
            QCOMPARE(paged.pool().available(), std::int64_t{2});
        }
    }

    void mixedPass_equalsOneByOne_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"llama", "qwen2_window", "qwen3"}) QTest::newRow(name) << QString::fromLatin1(name);
    }
    void mixedPass_equalsOneByOne() {
        QFETCH(QString, name);
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden(name.toStdString());
        PagedCache cache(*golden.model, 64);
        const std::vector<std::int64_t> lengths = {3, 40, 17, 1, 16};
        std::vector<std::vector<TokenId>> texts;
        for (std::size_t k = 0; k < lengths.size(); ++k) {
            texts.push_back(someIds(lengths[k] + 1, static_cast<std::uint32_t>(k)));
            further(*golden.model, cache, static_cast<std::int32_t>(k), part(texts[k], 0, lengths[k]));
        }
        const std::vector<TokenId> fresh = someIds(9, 77);
        std::vector<TokenId> rows;
        std::vector<Span> spans;
        for (std::size_t k = 0; k < lengths.size(); ++k) {
            rows.push_back(texts[k].back());
            spans.push_back({static_cast<std::int32_t>(k), 1});
        }
        rows = joined(rows, fresh);
        spans.push_back({9, 9});
        Probes probes;
        std::vector<at::Tensor> patterns;
        const std::uint32_t probe = probes.add(Point::Pattern, 1, record(patterns));
        const auto slow = forward(*golden.model, {test::tensorOf(rows), spans}, cache, &probes);
        QVERIFY(slow.ok());
        probes.remove(probe);
        for (std::size_t k = 0; k < lengths.size(); ++k)
            QVERIFY(cache.truncate(static_cast<std::int32_t>(k), lengths[k]).ok());
        cache.release(9);
        const auto fast = forward(*golden.model, {test::tensorOf(rows), spans}, cache);
        QVERIFY(fast.ok());
        QVERIFY(distance(*slow, *fast) < Same);
        for (std::size_t k = 0; k < lengths.size(); ++k)
            QVERIFY(distance(fast->select(0, static_cast<std::int64_t>(k)), lastRow(whole(*golden.model, texts[k]))) <
                    Same);
        QVERIFY(distance(fast->narrow(0, 5, 9), whole(*golden.model, fresh)) < Same);
        QCOMPARE(patterns.at(0).size(2), std::int64_t{41});
        QVERIFY(distance(patterns.at(0).sum(-1), at::ones({14, patterns.at(0).size(1)})) < Same);
        QVERIFY(patterns.at(0).select(0, 0).narrow(-1, 4, 37).abs().max().item<double>() == 0);
    }

    void sharedPrefix_isComputedOnce_andGivesTheSame() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("qwen3");
        PagedCache cache(*golden.model, 16);
        const std::vector<TokenId> start = someIds(40, 1), first = joined(start, someIds(8, 2)),
                                   second = joined(start, someIds(8, 3));
        QCOMPARE(cache.adoptPrefix(0, first), std::int64_t{0});
        further(*golden.model, cache, 0, first);
        QCOMPARE(cache.adoptPrefix(1, second), std::int64_t{32});
        QVERIFY(distance(further(*golden.model, cache, 1, part(second, 32, 16)),
                         whole(*golden.model, second).narrow(0, 32, 16)) < Same);
        QCOMPARE(cache.pool().available(), std::int64_t{16 - 3 - 1});
        const CacheMap map = cache.map();
        QCOMPARE(map.slots, std::int64_t{256});
        std::int64_t shared = 0, own = 0;
        for (const CacheRun& run : map.runs) (run.shares == 2 ? shared : own) += run.count;
        QCOMPARE(shared, std::int64_t{64}); // 32 tokens, seen from both
        QCOMPARE(own, std::int64_t{32});
        // Another variant, another start, an unannounced text: nothing.
        QCOMPARE(cache.adoptPrefix(2, second, 5), std::int64_t{0});
        QCOMPARE(cache.adoptPrefix(2, part(second, 1, 40)), std::int64_t{0});
        // Released texts stay known; one id is always left to compute.
        cache.release(0);
        cache.release(1);
        QCOMPARE(cache.pool().available(), std::int64_t{16});
        QCOMPARE(cache.adoptPrefix(3, first), std::int64_t{32});
        QCOMPARE(cache.adoptPrefix(4, joined(first, {1})), std::int64_t{48});
        cache.forgetPrefixes();
        QCOMPARE(cache.adoptPrefix(5, first), std::int64_t{0});
    }

    void ownPositions_andDynamicRotation_areNotShared() {
        const at::NoGradGuard noGradients;
        const test::Golden vision = test::golden("qwen2_5_vl"), dynamic = test::golden("llama_dynamic");
        PagedCache cache(*vision.model, 8), other(*dynamic.model, 8);
        cache.adoptPrefix(0, vision.ids());
        further(*vision.model, cache, 0, vision.ids(), test::visionPositions(vision));
        QCOMPARE(cache.adoptPrefix(1, vision.ids()), std::int64_t{0});
        other.adoptPrefix(0, dynamic.ids());
        further(*dynamic.model, other, 0, dynamic.ids());
        QCOMPARE(other.adoptPrefix(1, dynamic.ids()), std::int64_t{0});
    }

    void leastRecentlyReleased_isReusedFirst() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("llama");
        PagedCache cache(*golden.model, 6);
        const std::vector<TokenId> a = someIds(33, 1), b = someIds(33, 2), c = someIds(33, 3);
        for (const auto* text : {&a, &b}) {
            cache.adoptPrefix(0, *text);
            further(*golden.model, cache, 0, part(*text, 0, 32));
            cache.release(0);
        }
        QCOMPARE(cache.adoptPrefix(0, a), std::int64_t{32}); // makes b the older one
        cache.release(0);
        further(*golden.model, cache, 0, part(c, 0, 16 * 3)); // two free blocks and the end of b
        QCOMPARE(cache.adoptPrefix(1, b), std::int64_t{16});
        QCOMPARE(cache.adoptPrefix(2, a), std::int64_t{32});
    }

    void fork_writesItsOwn() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("qwen2");
        PagedCache cache(*golden.model, 8);
        const std::vector<TokenId> start = someIds(20, 1), a = someIds(15, 2), b = someIds(15, 3);
        further(*golden.model, cache, 0, start);
        QVERIFY(cache.fork(0, 1).ok());
        QVERIFY(cache.fork(0, 2).ok());
        QCOMPARE(cache.pool().available(), std::int64_t{6});
        QCOMPARE(cache.blocksFor(1, 1), std::int64_t{1});
        QCOMPARE(cache.blocksFor(1, 13), std::int64_t{2});
        const at::Tensor first = further(*golden.model, cache, 1, a), second = further(*golden.model, cache, 2, b);
        QVERIFY(distance(first, whole(*golden.model, joined(start, a)).narrow(0, 20, 15)) < Same);
        QVERIFY(distance(second, whole(*golden.model, joined(start, b)).narrow(0, 20, 15)) < Same);
        QVERIFY(distance(further(*golden.model, cache, 0, b), second) < Same);
        for (const std::int32_t text : {0, 1, 2}) cache.release(text);
        QCOMPARE(cache.pool().available(), std::int64_t{8});
    }

    void rewrittenBlock_isNoLongerFound() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("llama");
        PagedCache cache(*golden.model, 8);
        const std::vector<TokenId> ids = someIds(17, 1), other = someIds(6, 2);
        cache.adoptPrefix(0, ids);
        further(*golden.model, cache, 0, ids);
        QVERIFY(cache.truncate(0, 10).ok());
        further(*golden.model, cache, 0, other);
        QCOMPARE(cache.adoptPrefix(1, ids), std::int64_t{0});
        QCOMPARE(cache.adoptPrefix(1, joined(joined(part(ids, 0, 10), other), {1})), std::int64_t{16});
    }

    void fullPool_isNamed_andHurtsNothing() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("llama");
        PagedCache cache(*golden.model, 3);
        const std::vector<TokenId> ids = someIds(40, 1), other = someIds(20, 2);
        further(*golden.model, cache, 0, part(ids, 0, 20));
        const auto full = forward(*golden.model, {test::tensorOf(other), {{1, 20}}}, cache);
        QVERIFY(!full.ok());
        QCOMPARE(full.error().code, std::string("VIT-LM-211"));
        QCOMPARE(full.error().arguments, (std::vector<std::string>{"20", "16"}));
        QCOMPARE(cache.pool().available(), std::int64_t{1});
        QCOMPARE(cache.length(1), std::int64_t{0});
        QVERIFY(distance(further(*golden.model, cache, 0, part(ids, 20, 20)),
                         whole(*golden.model, ids).narrow(0, 20, 20)) < Same);
        const auto twice = forward(*golden.model, {test::tensorOf({1, 2}), {{0, 1}, {0, 1}}}, cache);
        QCOMPARE(twice.error().code, std::string("VIT-LM-213"));
    }

    /// A pass that fails after it began takes no room.
    void brokenPass_isForgotten() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("llama");
        PagedCache cache(*golden.model, 4);
        further(*golden.model, cache, 0, someIds(5, 1));
        QVERIFY(!forward(*golden.model, {test::tensorOf(std::vector<TokenId>(40, 999)), {{1, 40}}}, cache).ok());
        further(*golden.model, cache, 0, someIds(1, 2));
        QCOMPARE(cache.pool().available(), std::int64_t{3});
    }

    /// Any order of writing, forking, cutting, releasing and adopting: every text is what it says, no block is lost.
    void randomLife_equalsWhole() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("qwen2_window");
        PagedCache cache(*golden.model, 24);
        std::mt19937 random(4);
        std::map<std::int32_t, std::vector<TokenId>> texts;
        const std::vector<TokenId> common = someIds(64, 9);
        for (int act = 0; act < 600; ++act) {
            const auto text = static_cast<std::int32_t>(random() % 5), copy = static_cast<std::int32_t>(random() % 5);
            std::vector<TokenId>& mine = texts[text];
            switch (random() % 6) {
            case 0:
                if (cache.length(text) == 0) break;
                QVERIFY(cache.fork(text, copy).ok());
                texts[copy] = std::vector<TokenId>(mine);
                break;
            case 1:
                mine.resize(random() % (mine.size() + 1));
                QVERIFY(cache.truncate(text, static_cast<std::int64_t>(mine.size())).ok());
                break;
            case 2: {
                const std::vector<TokenId> wanted = part(common, 0, 1 + random() % 64);
                mine = part(wanted, 0, cache.adoptPrefix(text, wanted));
                [[fallthrough]];
            }
            default: {
                const auto count = static_cast<std::int64_t>(1 + random() % 24);
                const bool goesOn = mine.size() + static_cast<std::size_t>(count) <= 64 && random() % 3 != 0 &&
                                    std::equal(mine.begin(), mine.end(), common.begin());
                const std::vector<TokenId> ids = goesOn ? part(common, static_cast<std::int64_t>(mine.size()), count)
                                                        : someIds(count, static_cast<std::uint32_t>(random()));
                const bool fits = cache.blocksFor(text, count) <= cache.pool().available();
                const auto hidden = forward(*golden.model, {test::tensorOf(ids), {{text, count}}}, cache);
                QCOMPARE(hidden.ok(), fits);
                if (!fits) {
                    cache.release(text);
                    mine.clear();
                    break;
                }
                mine = joined(mine, ids);
                QVERIFY(distance(lastRow(*hidden), lastRow(whole(*golden.model, mine))) < Same);
            }
            }
        }
        for (const auto& [text, ids] : texts) {
            QCOMPARE(cache.length(text), static_cast<std::int64_t>(ids.size()));
            cache.release(text);
        }
        QCOMPARE(cache.pool().available(), std::int64_t{24});
        QVERIFY(cache.pool().idle() > 0);
    }
};

VITRINE_CORE_TEST(TestLmPagedCache)
#include "tst_lm_pagedcache.moc"
