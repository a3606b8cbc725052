// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/generate/sampling.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

using namespace vitrine;
using namespace vitrine::lm;

namespace {

constexpr float Infinity = std::numeric_limits<float>::infinity();

/// The definition, step by step, in long double over maps: what the sampler is held against.
std::map<TokenId, long double> distribution(const std::vector<float>& logits, std::int64_t vocabulary,
                                            const SamplingOptions& options, const SeenTokens& seen) {
    std::map<TokenId, long double> kept;
    for (TokenId id = 0; id < static_cast<TokenId>(logits.size()) && id < vocabulary; ++id) {
        long double l = logits[static_cast<std::size_t>(id)];
        if (l == -static_cast<long double>(Infinity)) continue;
        if (std::count(options.banned.begin(), options.banned.end(), id) > 0) continue;
        if (const auto at = seen.find(id); at != seen.end()) {
            l = l > 0 ? l / options.repetitionPenalty : l * options.repetitionPenalty;
            l -= options.presencePenalty;
            l -= options.frequencyPenalty * static_cast<double>(at->second);
        }
        kept[id] = l / options.temperature;
    }
    const auto probabilities = [](const std::map<TokenId, long double>& of) {
        long double most = -std::numeric_limits<long double>::infinity(), sum = 0;
        for (const auto& [id, l] : of) most = std::max(most, l);
        std::map<TokenId, long double> result;
        for (const auto& [id, l] : of) sum += result[id] = std::exp(l - most);
        for (auto& [id, p] : result) p /= sum;
        return result;
    };
    const auto order = [&kept] {
        std::vector<TokenId> ids;
        for (const auto& [id, l] : kept) ids.push_back(id);
        std::stable_sort(ids.begin(), ids.end(), [&kept](TokenId a, TokenId b) { return kept[a] > kept[b]; });
        return ids;
    };
    if (options.topK > 0) {
        const std::vector<TokenId> ids = order();
        for (std::size_t k = static_cast<std::size_t>(options.topK); k < ids.size(); ++k) kept.erase(ids[k]);
    }
    if (options.topP < 1) {
        const std::vector<TokenId> ids = order();
        const auto p = probabilities(kept);
        long double mass = 0;
        for (std::size_t k = 0; k < ids.size(); ++k) {
            if (k > 0 && mass >= options.topP) kept.erase(ids[k]);
            mass += p.at(ids[k]);
        }
    }
    const auto p = probabilities(kept);
    long double most = 0;
    for (const auto& [id, value] : p) most = std::max(most, value);
    for (const auto& [id, value] : p)
        if (value < options.minP * most) kept.erase(id);
    return probabilities(kept);
}

std::vector<float> someLogits(std::size_t count, std::uint64_t seed) {
    std::vector<float> logits(count);
    for (std::size_t k = 0; k < count; ++k) logits[k] = static_cast<float>(8 * uniform({seed, 0, k}) - 4);
    return logits;
}

} // namespace

Q_DECLARE_METATYPE(vitrine::lm::SamplingOptions)

class TestLmSampling : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void draws_followTheDefinition_data() {
        QTest::addColumn<SamplingOptions>("options");
        QTest::newRow("neutral") << SamplingOptions{};
        QTest::newRow("temperature") << SamplingOptions{.temperature = 0.5};
        QTest::newRow("hot") << SamplingOptions{.temperature = 3};
        QTest::newRow("top-k") << SamplingOptions{.topK = 5};
        QTest::newRow("top-k of one") << SamplingOptions{.topK = 1};
        QTest::newRow("top-k above all") << SamplingOptions{.topK = 99};
        QTest::newRow("top-p") << SamplingOptions{.topP = 0.7};
        QTest::newRow("top-p of almost nothing") << SamplingOptions{.topP = 1e-9};
        QTest::newRow("min-p") << SamplingOptions{.minP = 0.2};
        QTest::newRow("min-p of one") << SamplingOptions{.minP = 1};
        QTest::newRow("repetition") << SamplingOptions{.repetitionPenalty = 1.8};
        QTest::newRow("presence, frequency") << SamplingOptions{.presencePenalty = 0.5, .frequencyPenalty = 0.3};
        QTest::newRow("banned") << SamplingOptions{.banned = {3, 0, 7}};
        QTest::newRow("all") << SamplingOptions{.temperature = 0.8,
                                                .topK = 12,
                                                .topP = 0.9,
                                                .minP = 0.05,
                                                .repetitionPenalty = 1.2,
                                                .presencePenalty = -0.2,
                                                .frequencyPenalty = 0.1,
                                                .banned = {1}};
    }
    void draws_followTheDefinition() {
        QFETCH(SamplingOptions, options);
        std::vector<float> logits = someLogits(24, 3);
        logits[5] = -Infinity;
        logits[6] = logits[9]; // a tie
        const std::int64_t vocabulary = 22;
        const SeenTokens seen = {{2, 1}, {8, 3}, {11, 1}};
        const auto expected = distribution(logits, vocabulary, options, seen);
        constexpr int Draws = 20000;
        std::map<TokenId, int> counts;
        for (int k = 0; k < Draws; ++k) {
            const auto drawn = sample(logits, vocabulary, options, seen, {11, 0, static_cast<std::uint64_t>(k)});
            QVERIFY(drawn.ok());
            ++counts[drawn->id];
            QCOMPARE(drawn->kept, static_cast<std::int64_t>(expected.size()));
            QVERIFY(expected.contains(drawn->id));
            QVERIFY(std::abs(drawn->logProbability - static_cast<double>(std::log(expected.at(drawn->id)))) < 1e-9);
        }
        double chiSquare = 0;
        for (const auto& [id, p] : expected) {
            const double mean = Draws * static_cast<double>(p);
            chiSquare += std::pow(counts[id] - mean, 2) / mean;
        }
        const double freedom = static_cast<double>(expected.size()) - 1;
        QVERIFY2(chiSquare < freedom + 5 * std::sqrt(2 * freedom) + 1e-9, qPrintable(QString::number(chiSquare)));
    }

    void raw_isOfTheModelAlone() {
        const std::vector<float> logits = {1, 2, 3, 0};
        const SamplingOptions options = {.temperature = 2, .topK = 1, .repetitionPenalty = 3};
        const auto drawn = sample(logits, 4, options, {{1, 1}}, {});
        QVERIFY(drawn.ok());
        QCOMPARE(drawn->id, 2);
        QCOMPARE(drawn->logProbability, 0.0);
        double sum = 0, entropy = 0;
        for (const float l : logits) sum += std::exp(l / 2.0);
        for (const float l : logits) entropy -= std::exp(l / 2.0) / sum * std::log(std::exp(l / 2.0) / sum);
        QVERIFY(std::abs(drawn->rawLogProbability - std::log(std::exp(1.5) / sum)) < 1e-12);
        QVERIFY(std::abs(drawn->entropy - entropy) < 1e-12);
    }

    void greedy_takesTheLowestOfEquals() {
        const std::vector<float> logits = {0, 5, 5, 1};
        const auto drawn = sample(logits, 4, {.temperature = 0}, {}, {9, 9, 9});
        QVERIFY(drawn.ok());
        QCOMPARE(drawn->id, 1);
        const double expected = 5 - std::log(1 + 2 * std::exp(5.0) + std::exp(1.0));
        QVERIFY(std::abs(drawn->logProbability - expected) < 1e-12); // of temperature 1
        QVERIFY(std::abs(drawn->rawLogProbability - expected) < 1e-12);
    }

    void hugeLogits_doNotOverflow() {
        const std::vector<float> logits = {3e38F, -3e38F, 2.9e38F};
        const auto drawn = sample(logits, 3, {}, {}, {1, 2, 3});
        QVERIFY(drawn.ok());
        QCOMPARE(drawn->id, 0);
        QCOMPARE(drawn->logProbability, 0.0);
        QCOMPARE(drawn->entropy, 0.0);
    }

    void nothingLeft_andNaN_areErrors() {
        QCOMPARE(sample(std::vector<float>{-Infinity, 1}, 1, {}, {}, {}).error().code, std::string("VIT-LM-231"));
        QCOMPARE(sample(std::vector<float>{0, 1}, 2, {.banned = {0, 1}}, {}, {}).error().code,
                 std::string("VIT-LM-231"));
        QCOMPARE(sample(std::vector<float>{}, 0, {}, {}, {}).error().code, std::string("VIT-LM-231"));
        for (const float bad : {std::numeric_limits<float>::quiet_NaN(), Infinity}) {
            const auto drawn = sample(std::vector<float>{0, bad}, 2, {}, {}, {});
            QCOMPARE(drawn.error().code, std::string("VIT-LM-232"));
            QCOMPARE(drawn.error().arguments, std::vector<std::string>{"1"});
        }
    }

    void options_outOfRange_areNamed_data() {
        QTest::addColumn<SamplingOptions>("options");
        QTest::addColumn<QStringList>("fields");
        const double nan = std::nan(""), infinity = std::numeric_limits<double>::infinity();
        QTest::newRow("good") << SamplingOptions{} << QStringList{};
        QTest::newRow("temperature") << SamplingOptions{.temperature = -0.1}
                                     << QStringList{QStringLiteral("temperature")};
        QTest::newRow("NaN") << SamplingOptions{.temperature = nan} << QStringList{QStringLiteral("temperature")};
        QTest::newRow("infinite") << SamplingOptions{.temperature = infinity}
                                  << QStringList{QStringLiteral("temperature")};
        QTest::newRow("top-k") << SamplingOptions{.topK = -1} << QStringList{QStringLiteral("top_k")};
        QTest::newRow("top-p 0") << SamplingOptions{.topP = 0} << QStringList{QStringLiteral("top_p")};
        QTest::newRow("top-p, min-p") << SamplingOptions{.topP = 1.1, .minP = -1}
                                      << QStringList{QStringLiteral("top_p"), QStringLiteral("min_p")};
        QTest::newRow("penalties") << SamplingOptions{.repetitionPenalty = 0,
                                                      .presencePenalty = nan,
                                                      .frequencyPenalty = infinity}
                                   << QStringList{QStringLiteral("repetition_penalty"),
                                                  QStringLiteral("presence_penalty"),
                                                  QStringLiteral("frequency_penalty")};
    }
    void options_outOfRange_areNamed() {
        QFETCH(SamplingOptions, options);
        QFETCH(QStringList, fields);
        QStringList found;
        for (const Error& problem : problemsOf(options)) {
            QCOMPARE(problem.code, std::string("VIT-LM-230"));
            found << QString::fromStdString(problem.where);
        }
        QCOMPARE(found, fields);
    }

    void uniform_isOfItsKeyAlone_andEven() {
        QCOMPARE(uniform({1, 2, 3}), uniform({1, 2, 3}));
        std::set<double> values;
        std::vector<int> bins(16);
        for (std::uint64_t seed = 0; seed < 20; ++seed)
            for (std::uint64_t sequence = 0; sequence < 20; ++sequence)
                for (std::uint64_t step = 0; step < 50; ++step) {
                    const double u = uniform({seed, sequence, step});
                    QVERIFY(u >= 0 && u < 1);
                    values.insert(u);
                    ++bins[static_cast<std::size_t>(u * 16)];
                }
        QCOMPARE(values.size(), std::size_t{20000}); // no key is another's
        for (const int count : bins) QVERIFY(std::abs(count - 1250) < 5 * 35);
    }
};

VITRINE_CORE_TEST(TestLmSampling)
#include "tst_lm_sampling.moc"
