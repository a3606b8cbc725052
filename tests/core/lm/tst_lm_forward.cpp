// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/contiguouscache.hpp"
#include "tests/core/lm/passes.hpp"
#include "tests/support/testmain.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <QTest>

using namespace vitrine;
using namespace vitrine::lm;
using test::distance;
using test::tensorOf;
using test::whole;

namespace {

at::Tensor row(const at::Tensor& x, std::int64_t k) {
    return x.select(0, k < 0 ? x.size(0) + k : k);
}

} // namespace

class TestLmForward : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void logits_equalTransformers_data() {
        QTest::addColumn<QString>("name");
        for (const std::string& name : test::goldenNames())
            if (name != "bert" && name != "qwen2_5_vl") QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void logits_equalTransformers() {
        QFETCH(QString, name);
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden(name.toStdString());
        std::vector<at::Tensor> patterns;
        Probes probes;
        probes.add(Point::Pattern, 0, record(patterns));
        const at::Tensor all = logits(*golden.model, whole(*golden.model, golden.ids(), {}, &probes));
        QVERIFY2(distance(row(all, 0), golden.numbers("first")) < 1e-4, "first");
        QVERIFY2(distance(row(all, -1), golden.numbers("last")) < 1e-4, "last");
        const at::Tensor next = tensorOf(golden.ids()).narrow(0, 1, all.size(0) - 1).unsqueeze(1);
        const at::Tensor logProbabilities = at::log_softmax(all, -1).narrow(0, 0, all.size(0) - 1).gather(1, next);
        QVERIFY2(distance(logProbabilities, golden.numbers("logprobs")) < 1e-4, "log-probabilities");
        QVERIFY2(distance(row(patterns.at(0), -1), golden.numbers("pattern")) < 1e-5, "pattern");
        QVERIFY2(distance(all, logits(*golden.model, whole(*golden.model, golden.ids()))) < 1e-5, "the fast path");
    }

    void visionPositions_equalTransformers() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("qwen2_5_vl");
        Rows rows{tensorOf(golden.ids()), {{0, 24}}};
        rows.positions = test::visionPositions(golden);
        FullAttention attention(golden.model->config);
        const auto hidden = forward(*golden.model, rows, attention);
        QVERIFY(hidden.ok());
        const at::Tensor all = logits(*golden.model, *hidden);
        QVERIFY(distance(row(all, 0), golden.numbers("first")) < 1e-4);
        QVERIFY(distance(row(all, -1), golden.numbers("last")) < 1e-4);
    }

    void encoder_equalsTransformers() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("bert");
        Rows rows{tensorOf(golden.ids()), {{0, 20}}};
        rows.types = tensorOf(golden.ids("types"));
        FullAttention attention(golden.model->config);
        const auto hidden = forward(*golden.model, rows, attention);
        QVERIFY(hidden.ok());
        QVERIFY(distance(row(*hidden, 0), golden.numbers("first")) < 1e-4);
        QVERIFY(distance(row(*hidden, -1), golden.numbers("last")) < 1e-4);
        QVERIFY(distance(meanPooled(*hidden, rows.spans), golden.numbers("mean")) < 1e-5);
    }

    void packedTexts_doNotSeeEachOther_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"bert", "llama", "qwen2_window"}) QTest::newRow(name) << QString::fromLatin1(name);
    }
    void packedTexts_doNotSeeEachOther() {
        QFETCH(QString, name);
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden(name.toStdString());
        const std::vector<TokenId> ids = golden.ids();
        const std::vector<std::int64_t> lengths = {5, 5, 3, 7};
        Rows rows{tensorOf({ids.begin(), ids.begin() + 20}), {}};
        for (std::size_t k = 0; k < lengths.size(); ++k)
            rows.spans.push_back({static_cast<std::int32_t>(k), lengths[k]});
        FullAttention attention(golden.model->config);
        const auto together = forward(*golden.model, rows, attention);
        QVERIFY(together.ok());
        std::ptrdiff_t begin = 0;
        for (const std::int64_t length : lengths) {
            const at::Tensor alone = whole(*golden.model, {ids.begin() + begin, ids.begin() + begin + length});
            QVERIFY(distance(together->narrow(0, begin, length), alone) < 1e-5);
            begin += length;
        }
    }

    void cached_equalsWhole_howeverItIsCut_data() {
        QTest::addColumn<QString>("name");
        for (const std::string& name : test::goldenNames())
            if (name != "bert" && name != "llama_dynamic") QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void cached_equalsWhole_howeverItIsCut() {
        QFETCH(QString, name);
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden(name.toStdString());
        const std::vector<TokenId> ids = golden.ids();
        const at::Tensor expected = whole(*golden.model, ids);
        for (const std::vector<std::int64_t>& cuts : std::vector<std::vector<std::int64_t>>{
                 {24}, {1, 23}, {23, 1}, {7, 9, 8}, std::vector<std::int64_t>(24, 1)}) {
            ContiguousCache cache(*golden.model, 32);
            std::vector<at::Tensor> parts;
            std::int64_t begin = 0;
            for (const std::int64_t count : cuts) {
                const auto part = forward(*golden.model, {tensorOf(ids).narrow(0, begin, count), {{3, count}}}, cache);
                QVERIFY(part.ok());
                parts.push_back(*part);
                begin += count;
            }
            QCOMPARE(cache.length(3), std::int64_t{24});
            QVERIFY(distance(at::cat(parts), expected) < 1e-4);
        }
    }

    void cache_batch_equalsOneByOne() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("qwen3");
        const std::vector<TokenId> ids = golden.ids();
        ContiguousCache cache(*golden.model, 32);
        QVERIFY(forward(*golden.model, {tensorOf({ids.begin(), ids.begin() + 12}), {{0, 4}, {1, 8}}}, cache).ok());
        const auto next =
            forward(*golden.model, {tensorOf({ids[20], ids[21], ids[22]}), {{0, 1}, {1, 1}, {2, 1}}}, cache);
        QVERIFY(next.ok());
        QVERIFY(distance(row(*next, 0), row(whole(*golden.model, {ids[0], ids[1], ids[2], ids[3], ids[20]}), -1)) <
                1e-5);
        std::vector<TokenId> second(ids.begin() + 4, ids.begin() + 12);
        second.push_back(ids[21]);
        QVERIFY(distance(row(*next, 1), row(whole(*golden.model, second), -1)) < 1e-5);
        QVERIFY(distance(row(*next, 2), row(whole(*golden.model, {ids[22]}), -1)) < 1e-5);
    }

    void bfloat16_isNear_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"llama_llama3", "qwen2", "qwen3"}) QTest::newRow(name) << QString::fromLatin1(name);
    }
    void bfloat16_isNear() {
        QFETCH(QString, name);
        const at::NoGradGuard noGradients;
        const test::Golden exact = test::golden(name.toStdString());
        const test::Golden rounded = test::golden(name.toStdString(), ComputeType::BFloat16);
        const at::Tensor a = logits(*exact.model, whole(*exact.model, exact.ids()));
        const at::Tensor b = logits(*rounded.model, whole(*rounded.model, exact.ids()));
        QCOMPARE(b.scalar_type(), at::kFloat);
        const at::Tensor p = at::log_softmax(a, -1), q = at::log_softmax(b, -1);
        const double divergence = p.exp().mul(p.sub(q)).sum(-1).mean().item<double>();
        QVERIFY2(divergence < 1e-3, qPrintable(QString::number(divergence)));
    }

    void probes_changeAndAreGone() {
        const at::NoGradGuard noGradients;
        const test::Golden golden = test::golden("qwen2");
        const std::vector<TokenId> ids = golden.ids();
        const at::Tensor plain = whole(*golden.model, ids);
        const at::Tensor vector = at::linspace(-1, 1, 64);
        Probes probes;
        const std::uint32_t added = probes.add(Point::BlockOutput, 1, steer(vector, 0.5));
        std::vector<at::Tensor> before, after;
        probes.add(Point::BlockInput, 1, record(before));
        probes.add(Point::FinalNorm, 0, record(after));
        const at::Tensor steered = whole(*golden.model, ids, {}, &probes);
        QVERIFY(distance(plain, steered) > 1e-2);
        QCOMPARE(before.at(0).sizes().vec(), (std::vector<std::int64_t>{24, 64}));
        QVERIFY(at::equal(after.at(0), steered));
        // The last block's output, steered by hand, through the final norm.
        std::vector<at::Tensor> stream;
        Probes reading;
        reading.add(Point::BlockOutput, 1, record(stream));
        QVERIFY(at::equal(whole(*golden.model, ids, {}, &reading), plain)); // reading changes no bit
        QVERIFY(distance(golden.model->weights.finalNorm(stream.at(0).add(vector, 0.5)), steered) < 1e-6);
        probes.remove(added);
        QVERIFY(at::equal(whole(*golden.model, ids, {}, &probes), plain));
    }

    void projectOut_leavesNothingAlong() {
        const at::Tensor vector = at::linspace(1, 2, 64), x = at::randn({5, 64});
        const at::Tensor rest = projectOut(vector)(0, x, Rows{});
        QVERIFY(rest.matmul(vector).abs().max().item<double>() < 1e-4);
        QVERIFY(distance(projectOut(vector)(0, rest, Rows{}), rest) < 1e-5);
    }

    void gradients_areThoseOfFiniteDifferences() {
        const test::Golden golden = test::golden("qwen3");
        const std::vector<TokenId> ids = golden.ids();
        for (const NamedTensor& each : parameters(golden.model->weights)) each.tensor.requires_grad_(true);
        const auto loss = [&] {
            const at::Tensor all = logits(*golden.model, whole(*golden.model, ids)).narrow(0, 0, 23);
            return at::nll_loss(at::log_softmax(all.to(at::kDouble), -1), tensorOf(ids).narrow(0, 1, 23));
        };
        loss().backward();
        const at::NoGradGuard noGradients;
        for (const NamedTensor& each : parameters(golden.model->weights)) {
            // Along the gradient itself the change is largest against rounding.
            const at::Tensor gradient = each.tensor.grad();
            QVERIFY2(gradient.defined(), each.name.c_str());
            const double norm = gradient.norm().item<double>(), step = 2e-3 / norm;
            each.tensor.add_(gradient, step);
            const double up = loss().item<double>();
            each.tensor.sub_(gradient, 2 * step);
            const double down = loss().item<double>();
            each.tensor.add_(gradient, step);
            const double measured = (up - down) / (2 * step), expected = norm * norm;
            QVERIFY2(
                std::abs(measured / expected - 1) < 2e-2,
                qPrintable(QString::fromStdString(each.name) + QStringLiteral(" %1 %2").arg(measured).arg(expected)));
        }
    }

    void parameters_areThoseOfTheShape() {
        const test::Golden tied = test::golden("qwen3"), untied = test::golden("llama_bias");
        // embedding; qkv, q and k norms, output, gate, up, down, two norms; final norm
        QCOMPARE(parameterCount(*tied.model),
                 std::int64_t{256 * 64 + 2 * (64 * 32 * 8 + 2 * 32 + 128 * 64 + 3 * 96 * 64 + 2 * 64) + 64});
        QCOMPARE(parameterCount(*untied.model),
                 std::int64_t{2 * 256 * 64 + 64 +
                              2 * (64 * 24 * 8 + 24 * 8 + 96 * 64 + 64 + 3 * 96 * 64 + 2 * 96 + 64 + 2 * 64)});
    }

    void random_isOfItsSeed() {
        const test::Golden golden = test::golden("llama");
        const auto first = randomModel(golden.model->config, 7, {}), again = randomModel(golden.model->config, 7, {}),
                   other = randomModel(golden.model->config, 8, {});
        QVERIFY(first.ok() && again.ok() && other.ok());
        const at::Tensor& weight = (*first)->weights.layers[0].qkv.weight;
        QVERIFY(at::equal(weight, (*again)->weights.layers[0].qkv.weight));
        QVERIFY(!at::equal(weight, (*other)->weights.layers[0].qkv.weight));
        QVERIFY(std::abs(weight.std().item<double>() / 0.02 - 1) < 0.05);
        QVERIFY(std::abs((*first)->weights.layers[0].down.weight.std().item<double>() / 0.01 - 1) < 0.05);
        QVERIFY(at::equal((*first)->weights.finalNorm.weight, at::ones({64})));
    }

    void badRows_areNamed() {
        const test::Golden golden = test::golden("llama"), bert = test::golden("bert");
        FullAttention attention(golden.model->config), both(bert.model->config);
        const auto beyond = forward(*golden.model, {tensorOf({1, 256}), {{0, 2}}}, attention);
        QVERIFY(!beyond.ok());
        QCOMPARE(beyond.error().code, std::string("VIT-LM-210"));
        QCOMPARE(beyond.error().arguments, (std::vector<std::string>{"256", "256"}));
        QCOMPARE(forward(*golden.model, {tensorOf({-1}), {{0, 1}}}, attention).error().code, std::string("VIT-LM-210"));
        QCOMPARE(forward(*bert.model, {at::zeros({65}, at::kLong), {{0, 65}}}, both).error().code,
                 std::string("VIT-LM-210"));
        ContiguousCache cache(*golden.model, 8);
        QCOMPARE(forward(*golden.model, {tensorOf(std::vector<TokenId>(9, 1)), {{0, 9}}}, cache).error().code,
                 std::string("VIT-LM-211"));
        QVERIFY(forward(*golden.model, {tensorOf(std::vector<TokenId>(8, 1)), {{0, 8}}}, cache).ok()); // still usable
        QCOMPARE(cache.length(0), std::int64_t{8});
        ContiguousCache fresh(*golden.model, 8);
        QCOMPARE(forward(*golden.model, {tensorOf({1, 2}), {{0, 1}, {0, 1}}}, fresh).error().code,
                 std::string("VIT-LM-213"));
    }
};

VITRINE_CORE_TEST(TestLmForward)
#include "tst_lm_forward.moc"
