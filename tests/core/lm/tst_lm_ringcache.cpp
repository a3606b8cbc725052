// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/contiguouscache.hpp"
#include "core/lm/cache/ringcache.hpp"
#include "core/lm/generate/decoder.hpp"
#include "tests/core/lm/passes.hpp"
#include "tests/support/testmain.hpp"

#include <ATen/core/grad_mode.h>

#include <QTest>

#include <cmath>

using namespace vitrine;
using namespace vitrine::lm;
using test::distance, test::further, test::part, test::whole;

namespace {

constexpr double Same = 1e-5;

/// softmax attention written out in FP64 for one query over chosen keys at chosen positions, default rotation.
std::vector<double> attention(const ModelConfig& config, const at::Tensor& q, std::int64_t place,
                              const std::vector<at::Tensor>& keys, const std::vector<at::Tensor>& values,
                              const std::vector<std::int64_t>& places) {
    const std::int64_t d = config.headDim, half = d / 2;
    const auto turned = [&](const at::Tensor& x, std::int64_t at) { // [d]
        std::vector<double> out(static_cast<std::size_t>(d));
        const auto wide = x.to(at::kDouble).contiguous();
        const double* in = wide.const_data_ptr<double>();
        for (std::int64_t k = 0; k < half; ++k) {
            const double angle = static_cast<double>(at) *
                                 std::pow(config.rope.theta, -2.0 * static_cast<double>(k) / static_cast<double>(d));
            out[static_cast<std::size_t>(k)] = in[k] * std::cos(angle) - in[k + half] * std::sin(angle);
            out[static_cast<std::size_t>(k + half)] = in[k + half] * std::cos(angle) + in[k] * std::sin(angle);
        }
        return out;
    };
    std::vector<double> result;
    for (std::int64_t head = 0; head < config.heads; ++head) {
        const std::int64_t shared = head / (config.heads / config.kvHeads);
        const std::vector<double> query = turned(q[head], place);
        std::vector<double> weights;
        double sum = 0;
        for (std::size_t j = 0; j < keys.size(); ++j) {
            const std::vector<double> key = turned(keys[j][shared], places[j]);
            double dot = 0;
            for (std::size_t k = 0; k < key.size(); ++k) dot += query[k] * key[k];
            weights.push_back(std::exp(dot / std::sqrt(static_cast<double>(d))));
            sum += weights.back();
        }
        for (std::int64_t k = 0; k < d; ++k) {
            double mixed = 0;
            for (std::size_t j = 0; j < keys.size(); ++j)
                mixed += weights[j] / sum * values[j][shared][k].item<double>();
            result.push_back(mixed);
        }
    }
    return result;
}

/// Which tokens a text of single steps keeps: written out, not ringed.
std::vector<std::int64_t> keptAt(std::int64_t last, const RingOptions& options) {
    std::vector<std::int64_t> kept;
    for (std::int64_t k = 0; k <= last; ++k)
        if (k < options.sinks || k > last - options.window || last < options.sinks + options.window) kept.push_back(k);
    return kept;
}

} // namespace

class TestLmRingCache : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void beforeEviction_equalsWhole_data() {
        QTest::addColumn<QString>("name");
        for (const std::string& name : test::goldenNames())
            if (name != "bert") QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void beforeEviction_equalsWhole() {
        QFETCH(QString, name);
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden(name.toStdString());
        const std::vector<TokenId> ids = golden.ids();
        const at::Tensor expected = whole(*golden.model, ids);
        for (const RingPositions positions : {RingPositions::Contiguous, RingPositions::Native})
            for (const std::vector<std::int64_t>& cuts :
                 std::vector<std::vector<std::int64_t>>{{24}, {7, 9, 8}, std::vector<std::int64_t>(24, 1)}) {
                // Keys are turned anew in each pass, so even dynamic rotation gives the last row of the whole text.
                if (name == u"llama_dynamic" && cuts.size() > 1) continue;
                RingCache cache(*golden.model, {4, 28, positions});
                std::int64_t begin = 0;
                for (const std::int64_t count : cuts) {
                    const at::Tensor part = further(*golden.model, cache, 0, test::part(ids, begin, count));
                    QVERIFY2(distance(part, expected.narrow(0, begin, count)) < Same,
                             qPrintable(QString::number(distance(part, expected.narrow(0, begin, count)))));
                    begin += count;
                }
            }
    }

    void nativePositions_canBeGiven() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("qwen2_5_vl");
        const at::Tensor places = test::visionPositions(golden);
        const at::Tensor expected = whole(*golden.model, golden.ids(), places);
        RingCache cache(*golden.model, {4, 28, RingPositions::Native});
        const at::Tensor first = further(*golden.model, cache, 0, part(golden.ids(), 0, 10), places.narrow(1, 0, 10));
        const at::Tensor rest = further(*golden.model, cache, 0, part(golden.ids(), 10, 14), places.narrow(1, 10, 14));
        QVERIFY(distance(at::cat({first, rest}), expected) < Same);
        RingCache contiguous(*golden.model, {4, 28, RingPositions::Contiguous});
        Rows rows{test::tensorOf(golden.ids()), {{0, 24}}};
        rows.positions = places;
        QCOMPARE(forward(*golden.model, rows, contiguous).error().code, std::string("VIT-LM-214"));
    }

    void attention_isThatOverTheKept_data() {
        QTest::addColumn<int>("sinks");
        QTest::addColumn<int>("window");
        QTest::addColumn<bool>("native");
        for (const bool native : {false, true}) {
            const char* name = native ? "native" : "contiguous";
            QTest::addRow("4 + 8, %s", name) << 4 << 8 << native;
            QTest::addRow("0 + 5, %s", name) << 0 << 5 << native;
            QTest::addRow("3 + 1, %s", name) << 3 << 1 << native;
        }
    }
    void attention_isThatOverTheKept() {
        QFETCH(int, sinks);
        QFETCH(int, window);
        QFETCH(bool, native);
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("llama");
        const ModelConfig& config = golden.model->config;
        const RingOptions options{sinks, window, native ? RingPositions::Native : RingPositions::Contiguous};
        RingCache cache(*golden.model, options);
        at::manual_seed(1);
        constexpr std::int64_t Tokens = 30;
        const at::Tensor q = at::randn({Tokens, config.heads, config.headDim}),
                         k = at::randn({Tokens, config.kvHeads, config.headDim}),
                         v = at::randn({Tokens, config.kvHeads, config.headDim});
        for (std::int64_t token = 0; token < Tokens; ++token) {
            const auto positions = cache.begin({at::zeros({1}, at::kLong), {{0, 1}}});
            QVERIFY(positions.ok());
            at::Tensor seen;
            for (std::int64_t layer = 0; layer < config.layers; ++layer) {
                const auto one = [token](const at::Tensor& x) { return x.narrow(0, token, 1); };
                seen = cache.attend(layer, one(q), one(k), one(v), nullptr);
            }
            cache.end();
            const std::vector<std::int64_t> kept = keptAt(token, options);
            std::vector<at::Tensor> keys, values;
            std::vector<std::int64_t> places;
            for (const std::int64_t index : kept) {
                keys.push_back(k[index]);
                values.push_back(v[index]);
                places.push_back(native ? index : static_cast<std::int64_t>(places.size()));
            }
            QCOMPARE((*positions)[0].item<std::int64_t>(), places.back());
            const std::vector<double> expected = attention(config, q[token], places.back(), keys, values, places);
            QVERIFY(distance(seen.flatten(), at::tensor(expected, at::kDouble)) < Same);
            QCOMPARE(cache.kept(0), static_cast<std::int64_t>(kept.size()));
        }
    }

    /// A piece evicts what it needs room for, then sees all that is left: like a cache that holds just that.
    void pieces_evictBeforeTheyCome() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("llama");
        const ModelConfig& config = golden.model->config;
        at::manual_seed(2);
        const at::Tensor q = at::randn({19, config.heads, config.headDim}),
                         k = at::randn({19, config.kvHeads, config.headDim}),
                         v = at::randn({19, config.kvHeads, config.headDim});
        RingCache cache(*golden.model, {2, 8, RingPositions::Contiguous});
        std::int64_t begin = 0;
        std::vector<std::int64_t> kept;
        for (const std::int64_t count : {7, 6, 4, 2}) {
            QVERIFY(cache.begin({at::zeros({count}, at::kLong), {{0, count}}}).ok());
            at::Tensor seen;
            for (std::int64_t layer = 0; layer < config.layers; ++layer)
                seen = cache.attend(layer, q.narrow(0, begin, count), k.narrow(0, begin, count),
                                    v.narrow(0, begin, count), nullptr);
            cache.end();
            while (static_cast<std::int64_t>(kept.size()) + count > 10) kept.erase(kept.begin() + 2);
            for (std::int64_t row = 0; row < count; ++row) {
                kept.push_back(begin + row);
                std::vector<at::Tensor> keys, values;
                std::vector<std::int64_t> places;
                for (const std::int64_t index : kept) {
                    keys.push_back(k[index]);
                    values.push_back(v[index]);
                    places.push_back(static_cast<std::int64_t>(places.size()));
                }
                const auto expected = attention(config, q[begin + row], places.back(), keys, values, places);
                QVERIFY(distance(seen[row].flatten(), at::tensor(expected, at::kDouble)) < Same);
            }
            begin += count;
        }
        std::vector<std::int64_t> shown;
        for (const CacheRun& run : cache.map().runs)
            for (std::int64_t token = 0; token < run.count; ++token) shown.push_back(run.firstToken + token);
        QCOMPARE(shown, kept);
    }

    /// Rotation knows distances alone, so without sinks the two kinds of positions are one.
    void withoutSinks_positionsDoNotMatter() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("qwen2_window");
        RingCache contiguous(*golden.model, {0, 12, RingPositions::Contiguous}),
            native(*golden.model, {0, 12, RingPositions::Native});
        for (std::int64_t k = 0; k < 60; ++k) {
            const std::vector<TokenId> id = {static_cast<TokenId>(37 * k % 256)};
            QVERIFY(distance(further(*golden.model, contiguous, 0, id), further(*golden.model, native, 0, id)) < 1e-4);
        }
    }

    void endlessText_takesConstantMemory() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("llama");
        auto cache = std::make_shared<RingCache>(*golden.model, RingOptions{4, 60});
        DecodeOptions options;
        options.seed = 3;
        Decoder decoder(golden.model, cache, 0, options);
        std::vector<TokenId> prompt;
        for (int k = 0; k < 500; ++k) prompt.push_back(k % 256);
        decoder.append(prompt); // longer than the ring: comes in pieces
        QVERIFY(decoder.step().ok());
        const std::int64_t bytes = cache->map().bytes;
        QVERIFY(generate(decoder, 1500).ok());
        QCOMPARE(cache->map().bytes, bytes);
        QCOMPARE(cache->kept(0), std::int64_t{64});
        QCOMPARE(cache->length(0), std::int64_t{2000});
        const Result<std::vector<float>> last = decoder.nextLogits();
        QVERIFY(last.ok());
        for (const float logit : *last) QVERIFY(std::isfinite(logit));
    }

    void truncate_refusesWhatWasEvicted() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("llama");
        RingCache cache(*golden.model, {2, 10});
        const std::vector<TokenId> ids = golden.ids();
        further(*golden.model, cache, 0, part(ids, 0, 12));
        QVERIFY(cache.truncate(0, 5).ok());
        QVERIFY(distance(further(*golden.model, cache, 0, part(ids, 5, 7)),
                         whole(*golden.model, part(ids, 0, 12)).narrow(0, 5, 7)) < Same);
        further(*golden.model, cache, 0, part(ids, 12, 3));
        const Status refused = cache.truncate(0, 14);
        QVERIFY(!refused.ok());
        QCOMPARE(refused.error().code, std::string("VIT-LM-212"));
        QCOMPARE(refused.error().arguments, (std::vector<std::string>{"14", "3", "15"}));
        QVERIFY(cache.truncate(0, 15).ok());
        QVERIFY(cache.truncate(0, 0).ok());
        QVERIFY(distance(further(*golden.model, cache, 0, part(ids, 0, 12)), whole(*golden.model, part(ids, 0, 12))) <
                Same);
    }

    void fork_goesItsOwnWay() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("llama");
        const std::vector<TokenId> ids = golden.ids();
        RingCache cache(*golden.model, {2, 6}), fresh(*golden.model, {2, 6});
        for (std::int64_t k = 0; k < 12; ++k) {
            further(*golden.model, cache, 0, part(ids, k, 1));
            further(*golden.model, fresh, 0, part(ids, k, 1));
        }
        QVERIFY(cache.fork(0, 1).ok());
        for (std::int64_t k = 12; k < 24; ++k) further(*golden.model, cache, 0, {7});
        for (std::int64_t k = 12; k < 24; ++k)
            QVERIFY(at::equal(further(*golden.model, cache, 1, part(ids, k, 1)),
                              further(*golden.model, fresh, 0, part(ids, k, 1))));
    }

    /// Until a pass ends nothing is lost, evicted tokens included.
    void brokenPass_isForgotten() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("llama");
        const std::vector<TokenId> ids = golden.ids();
        RingCache cache(*golden.model, {2, 6}), fresh(*golden.model, {2, 6});
        further(*golden.model, cache, 0, part(ids, 0, 8));
        further(*golden.model, fresh, 0, part(ids, 0, 8));
        QCOMPARE(forward(*golden.model, {test::tensorOf(part(ids, 0, 7)), {{0, 7}}}, cache).error().code,
                 std::string("VIT-LM-211"));
        QVERIFY(cache.begin({test::tensorOf(part(ids, 0, 3)), {{0, 3}}}).ok());
        const at::Tensor rows = at::randn({3, golden.model->config.heads, golden.model->config.headDim});
        const at::Tensor kv = rows.narrow(1, 0, golden.model->config.kvHeads);
        QVERIFY(cache.attend(0, rows, kv, kv, nullptr).defined());
        QVERIFY(at::equal(further(*golden.model, cache, 0, part(ids, 8, 5)),
                          further(*golden.model, fresh, 0, part(ids, 8, 5))));
    }

    void options_areChecked() {
        QVERIFY(problemsOf(RingOptions{0, 1}).empty());
        const std::vector<Error> problems = problemsOf(RingOptions{-1, 0});
        QCOMPARE(problems.size(), std::size_t{2});
        QCOMPARE(problems[0].code, std::string("VIT-LM-230"));
    }
};

VITRINE_CORE_TEST(TestLmRingCache)
#include "tst_lm_ringcache.moc"
