// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/contiguouscache.hpp"
#include "core/lm/generate/decoder.hpp"
#include "tests/core/lm/goldenmodel.hpp"
#include "tests/support/testmain.hpp"

#include <ATen/ATen.h>

#include <QTest>

#include <cmath>

using namespace vitrine;
using namespace vitrine::lm;

namespace {

Decoder decoderOf(const test::Golden& golden, DecodeOptions options, std::int64_t capacity = 128) {
    return {golden.model, std::make_shared<ContiguousCache>(*golden.model, capacity), 0, std::move(options)};
}

DecodeOptions greedy() {
    DecodeOptions options;
    options.sampling.temperature = 0;
    return options;
}

std::vector<TokenId> idsOf(const std::vector<DecodedToken>& tokens) {
    std::vector<TokenId> ids;
    for (const DecodedToken& token : tokens) ids.push_back(token.id);
    return ids;
}

} // namespace

class TestLmDecoder : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void greedy_equalsTransformers_data() {
        QTest::addColumn<QString>("name");
        for (const std::string& name : test::goldenNames())
            if (name != "bert" && name != "qwen2_5_vl") QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void greedy_equalsTransformers() {
        QFETCH(QString, name);
        const test::Golden golden = test::golden(name.toStdString());
        Decoder decoder = decoderOf(golden, greedy());
        decoder.append(golden.ids());
        const auto completion = generate(decoder, 64);
        QVERIFY(completion.ok());
        QCOMPARE(idsOf(completion->tokens), golden.ids("greedy"));
        QCOMPARE(completion->reason, StopReason::Length);
    }

    void logProbabilities_equalTransformers() {
        const test::Golden golden = test::golden("llama_yarn");
        const auto values = tokenLogProbabilities(*golden.model, golden.ids());
        QVERIFY(values.ok());
        const std::vector<double> expected = golden.numbers("logprobs");
        QCOMPARE(values->size(), expected.size());
        for (std::size_t k = 0; k < expected.size(); ++k) QVERIFY(std::abs((*values)[k] - expected[k]) < 1e-4);
    }

    /// What was recorded while sampling is what a pass over the whole text gives: the ratio of RL is 1.
    void recorded_equalsRecomputed() {
        const test::Golden golden = test::golden("qwen3");
        DecodeOptions options;
        options.seed = 5;
        Decoder decoder = decoderOf(golden, options);
        decoder.append(golden.ids());
        const auto completion = generate(decoder, 64);
        QVERIFY(completion.ok());
        const auto again = tokenLogProbabilities(*golden.model, idsOf(decoder.tokens()));
        QVERIFY(again.ok());
        for (std::size_t k = 0; k < 64; ++k) {
            const Sampled& sampled = completion->tokens[k].sampled;
            QVERIFY(std::abs(sampled.rawLogProbability - (*again)[k + 23]) < 1e-5);
            QVERIFY(std::abs(sampled.rawLogProbability - sampled.logProbability) < 1e-12);
        }
    }

    void seed_isAllThatChangesADraw() {
        const test::Golden golden = test::golden("qwen2");
        const auto draw = [&](std::uint64_t seed, std::uint64_t sequence) {
            DecodeOptions options;
            options.seed = seed;
            options.sequence = sequence;
            Decoder decoder = decoderOf(golden, options);
            decoder.append(golden.ids());
            return idsOf(generate(decoder, 20).value().tokens);
        };
        QCOMPARE(draw(1, 0), draw(1, 0));
        QVERIFY(draw(1, 0) != draw(2, 0));
        QVERIFY(draw(1, 0) != draw(1, 1));
    }

    void rewind_thenTheSameAgain() {
        const test::Golden golden = test::golden("llama_llama3");
        Decoder decoder = decoderOf(golden, greedy());
        decoder.append(golden.ids());
        QVERIFY(generate(decoder, 64).ok());
        for (const std::int64_t length : {80, 30, 24, 25, 10}) {
            QVERIFY(decoder.rewind(length).ok());
            QCOMPARE(decoder.tokens().size(), static_cast<std::size_t>(length));
            if (length >= 24) {
                QVERIFY(generate(decoder, 88 - length).ok());
                const std::vector<TokenId> all = idsOf(decoder.tokens());
                QCOMPARE(std::vector<TokenId>(all.begin() + 24, all.end()), golden.ids("greedy"));
            }
        }
        const std::vector<TokenId> ids = golden.ids();
        decoder.append(std::span(ids).subspan(10)); // the rest of the prompt by hand
        QCOMPARE(idsOf(generate(decoder, 64).value().tokens), golden.ids("greedy"));
    }

    void branch_goesItsOwnWay() {
        const test::Golden golden = test::golden("qwen2_window");
        Decoder decoder = decoderOf(golden, greedy());
        decoder.append(golden.ids());
        QVERIFY(generate(decoder, 10).ok());
        Result<Decoder> branch = decoder.branch(1);
        QVERIFY(branch.ok());
        const TokenId other = golden.ids("greedy")[10] == 7 ? 8 : 7;
        branch->append(std::vector<TokenId>{other});
        QVERIFY(generate(*branch, 10).ok());
        QVERIFY(generate(decoder, 54).ok());
        const std::vector<TokenId> all = idsOf(decoder.tokens());
        QCOMPARE(std::vector<TokenId>(all.begin() + 24, all.end()), golden.ids("greedy"));
        Decoder fresh = decoderOf(golden, greedy());
        const std::vector<TokenId> start = idsOf(branch->tokens());
        fresh.append(std::span(start).first(35));
        QVERIFY(generate(fresh, 10).ok());
        QCOMPARE(idsOf(branch->tokens()), idsOf(fresh.tokens()));
    }

    void stopToken_endsAndIsKept() {
        const test::Golden golden = test::golden("llama");
        DecodeOptions options = greedy();
        options.stopIds = {golden.ids("greedy")[2]};
        Decoder decoder = decoderOf(golden, options);
        decoder.append(golden.ids());
        const auto completion = generate(decoder, 64);
        QVERIFY(completion.ok());
        QCOMPARE(completion->reason, StopReason::StopToken);
        QCOMPARE(completion->tokens.size(), std::size_t{3});
        QVERIFY(decoder.isAtStop());
    }

    void stages_tellEachStep() {
        const test::Golden golden = test::golden("qwen2");
        DecodeOptions options;
        options.sampling = {.temperature = 0.7, .topK = 20, .topP = 0.9, .minP = 0.05};
        options.keepsStages = true;
        Decoder decoder = decoderOf(golden, options);
        decoder.append(golden.ids());
        const auto token = decoder.step();
        QVERIFY(token.ok());
        std::vector<std::string> names;
        for (const SamplingStage& stage : token->stages) names.emplace_back(stage.name);
        QCOMPARE(names, (std::vector<std::string>{"logits", "temperature", "top-k", "top-p", "min-p"}));
        QCOMPARE(token->stages[0].top.size(), std::size_t{10});
    }

    void endOfRoom_andEmptyText_areNamed() {
        const test::Golden golden = test::golden("llama");
        Decoder empty = decoderOf(golden, greedy());
        QCOMPARE(empty.step().error().code, std::string("VIT-LM-240"));
        Decoder decoder = decoderOf(golden, greedy(), 26);
        decoder.append(golden.ids());
        const auto full = generate(decoder, 10);
        QCOMPARE(full.error().code, std::string("VIT-LM-211"));
        QCOMPARE(decoder.tokens().size(), std::size_t{27}); // the last needs no room until something follows it
    }

    void probes_takeEffectAtTheNextToken() {
        const test::Golden golden = test::golden("qwen3");
        Decoder decoder = decoderOf(golden, greedy());
        decoder.append(golden.ids());
        const std::vector<float> plain = decoder.nextLogits().value();
        Probes probes;
        const std::uint32_t id = probes.add(Point::BlockOutput, 0, steer(at::ones({64}), 2));
        decoder.setProbes(&probes);
        QVERIFY(decoder.nextLogits().value() != plain);
        probes.remove(id);
        decoder.setProbes(nullptr);
        QVERIFY(decoder.nextLogits().ok());
        Decoder fresh = decoderOf(golden, greedy());
        fresh.append(golden.ids());
        QVERIFY(fresh.nextLogits().value() == plain);
    }
};

VITRINE_CORE_TEST(TestLmDecoder)
#include "tst_lm_decoder.moc"
