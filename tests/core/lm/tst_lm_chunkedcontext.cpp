// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/cache/contiguouscache.hpp"
#include "core/lm/cache/pagedcache.hpp"
#include "core/lm/cache/ringcache.hpp"
#include "core/lm/generate/chunkedcontext.hpp"
#include "tests/core/lm/goldenmodel.hpp"
#include "tests/support/testmain.hpp"

#include <ATen/core/Tensor.h>

#include <QTest>

using namespace vitrine;
using namespace vitrine::lm;

namespace {

std::vector<TokenId> idsOf(const std::vector<DecodedToken>& tokens) {
    std::vector<TokenId> ids;
    for (const DecodedToken& token : tokens) ids.push_back(token.id);
    return ids;
}

std::vector<TokenId> slice(const std::vector<TokenId>& ids, std::int64_t begin, std::int64_t end) {
    return {ids.begin() + begin, ids.begin() + end};
}

std::vector<TokenId> joined(std::vector<TokenId> a, const std::vector<TokenId>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

std::vector<TokenId> last(const std::vector<TokenId>& ids, std::int64_t count) {
    return {ids.end() - std::min(count, static_cast<std::int64_t>(ids.size())), ids.end()};
}

ChunkedContext thinking(const test::Golden& golden, const ChunkOptions& options, DecodeOptions decode = {}) {
    return {golden.model,
            std::make_shared<ContiguousCache>(*golden.model, 256),
            0,
            std::move(decode),
            slice(golden.ids(), 0, 10),
            options};
}

void run(ChunkedContext& context) {
    while (!context.isDone()) {
        const auto token = context.step();
        if (!token.ok()) qFatal("%s", toText(token.error()).c_str());
    }
}

std::int64_t triangle(std::int64_t n) {
    return n * (n + 1) / 2;
}

} // namespace

class TestLmChunkedContext : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    /// Each chunk is what a new decoder writes after the prompt built by hand: nothing of the old chunk is left.
    void chunks_equalGenerationFromTheRebuiltPrompt_data() {
        QTest::addColumn<int>("from");
        QTest::addColumn<int>("carry");
        QTest::addColumn<int>("fold");
        QTest::addRow("stream") << int(CarryFrom::Stream) << 8 << 0;
        QTest::addRow("stream, folded") << int(CarryFrom::Stream) << 8 << 3;
        QTest::addRow("stream, carry beyond a chunk") << int(CarryFrom::Stream) << 12 << 2;
        QTest::addRow("chunk") << int(CarryFrom::Chunk) << 8 << 3;
        QTest::addRow("chunk, carry beyond a chunk") << int(CarryFrom::Chunk) << 12 << 3;
        QTest::addRow("trimmed") << int(CarryFrom::Trimmed) << 8 << 3;
        QTest::addRow("trimmed, carry beyond a chunk") << int(CarryFrom::Trimmed) << 12 << 3;
        QTest::addRow("nothing carried") << int(CarryFrom::Stream) << 0 << 2;
    }
    void chunks_equalGenerationFromTheRebuiltPrompt() {
        QFETCH(int, from);
        QFETCH(int, carry);
        QFETCH(int, fold);
        const test::Golden golden = test::golden("qwen3");
        const std::vector<TokenId> query = slice(golden.ids(), 0, 10);
        const ChunkOptions options{16, carry, 5, fold, static_cast<CarryFrom>(from)};
        DecodeOptions decode;
        decode.seed = 11;
        ChunkedContext context = thinking(golden, options, decode);
        run(context);
        QCOMPARE(context.chunks().size(), std::size_t{5});
        QCOMPARE(context.reason(), StopReason::Length);
        std::vector<TokenId> stream, state, base = query;
        for (std::size_t chunk = 0; chunk < 5; ++chunk) {
            const ThoughtChunk& mine = context.chunks()[chunk];
            QCOMPARE(mine.prompt, chunk == 0 ? query : joined(base, state));
            decode.firstStep = query.size() + stream.size() - mine.prompt.size();
            Decoder fresh(golden.model, std::make_shared<ContiguousCache>(*golden.model, 256), 0, decode);
            fresh.append(mine.prompt);
            const auto expected = generate(fresh, chunk == 0 ? 16 : 16 - carry);
            QVERIFY(expected.ok());
            QCOMPARE(idsOf(mine.tokens), idsOf(expected->tokens));
            for (std::size_t k = 0; k < mine.tokens.size(); ++k)
                QVERIFY(std::abs(mine.tokens[k].sampled.logProbability - expected->tokens[k].sampled.logProbability) <
                        1e-5);
            const std::vector<TokenId> wrote = idsOf(mine.tokens);
            if (chunk == 0) base = joined(query, slice(wrote, 0, fold));
            stream = joined(stream, wrote);
            if (options.from == CarryFrom::Stream) state = last(stream, carry);
            if (options.from == CarryFrom::Chunk) state = last(wrote, carry);
            if (options.from == CarryFrom::Trimmed) state = last(joined(state, wrote), carry - fold);
        }
        QCOMPARE(context.thought(), stream);
        QCOMPARE(static_cast<std::int64_t>(stream.size()), thinkingBudget(options));
    }

    /// The last token of a chunk is never read where it was written, so a chunk computes one row less than it has.
    void cost_isTheClosedForm_data() {
        QTest::addColumn<int>("carry");
        QTest::addColumn<int>("fold");
        QTest::addColumn<bool>("isPaged");
        QTest::addRow("half") << 8 << 0 << false;
        QTest::addRow("quarter") << 4 << 0 << false;
        QTest::addRow("folded") << 8 << 3 << false;
        QTest::addRow("paged") << 8 << 3 << true;
    }
    void cost_isTheClosedForm() {
        QFETCH(int, carry);
        QFETCH(int, fold);
        QFETCH(bool, isPaged);
        const test::Golden golden = test::golden("llama");
        constexpr std::int64_t Query = 10, Context = 16, Chunks = 6;
        std::shared_ptr<KvCache> cache = std::make_shared<ContiguousCache>(*golden.model, 256);
        if (isPaged) cache = std::make_shared<PagedCache>(*golden.model, 4);
        ChunkedContext context(golden.model, cache, 0, {}, slice(golden.ids(), 0, Query),
                               {Context, carry, Chunks, fold});
        run(context);
        const std::int64_t first = Query + Context - 1, later = Query + fold + Context - 1, kept = Query + fold - 1;
        QCOMPARE(context.cost().attentionPairs, triangle(first) + (Chunks - 1) * (triangle(later) - triangle(kept)));
        QCOMPARE(context.cost().rows, first + (Chunks - 1) * (later - kept));
        QCOMPARE(context.cost().mostEntries, std::max(first, later));
    }

    void longTrace_costsAsTheDigestSays() {
        const test::Golden golden = test::golden("llama");
        constexpr std::int64_t Context = 32, Chunks = 5; // C = n, m = C / 2, thinking of n S tokens
        ChunkedContext context(golden.model, std::make_shared<ContiguousCache>(*golden.model, 256), 0, {}, {1},
                               {Context, Context / 2, Chunks});
        run(context);
        const std::int64_t thought = thinkingBudget({Context, Context / 2, Chunks});
        QCOMPARE(thought, std::int64_t{96});
        auto counted = std::make_shared<CountedCache>(std::make_shared<ContiguousCache>(*golden.model, 256));
        Decoder whole(golden.model, counted, 0, {});
        whole.append(std::vector<TokenId>{1});
        QVERIFY(generate(whole, thought).ok());
        QCOMPARE(counted->cost().attentionPairs, triangle(thought));
        QCOMPARE(counted->cost().mostEntries, thought);
        QCOMPARE(context.cost().mostEntries, Context);
        QCOMPARE(context.cost().attentionPairs, Chunks * triangle(Context)); // linear in the chunks
    }

    void firstChunk_isThatOfADecoder_andDrawsGoOn() {
        const test::Golden golden = test::golden("qwen2");
        DecodeOptions decode;
        decode.seed = 4;
        ChunkedContext context = thinking(golden, {16, 8, 3}, decode);
        run(context);
        Decoder plain(golden.model, std::make_shared<ContiguousCache>(*golden.model, 256), 0, decode);
        plain.append(slice(golden.ids(), 0, 10));
        QCOMPARE(idsOf(context.chunks()[0].tokens), idsOf(generate(plain, 16).value().tokens));
    }

    void stopToken_endsTheTrace_evenAtABoundary() {
        const test::Golden golden = test::golden("llama");
        DecodeOptions decode;
        decode.sampling.temperature = 0;
        ChunkedContext probe = thinking(golden, {16, 8, 1}, decode);
        run(probe);
        const std::vector<TokenId> wrote = probe.thought();
        std::int64_t place = 15; // the last place that holds something new
        while (place > 0 && std::find(wrote.begin(), wrote.begin() + place, wrote[static_cast<std::size_t>(place)]) !=
                                wrote.begin() + place)
            --place;
        decode.stopIds = {wrote[static_cast<std::size_t>(place)]};
        ChunkedContext context = thinking(golden, {place + 1, 0, 4}, decode); // the stop fills the chunk exactly
        run(context);
        QCOMPARE(context.chunks().size(), std::size_t{1});
        QCOMPARE(context.reason(), StopReason::StopToken);
        const auto more = context.step();
        QCOMPARE(more.error().code, std::string("VIT-LM-245"));
    }

    /// A cache that has evicted cannot go back to the query: said, and the trace stays as it is.
    void ringThatEvicted_isNamed() {
        const test::Golden golden = test::golden("llama");
        ChunkedContext context(golden.model, std::make_shared<RingCache>(*golden.model, RingOptions{2, 10}), 0, {},
                               slice(golden.ids(), 0, 10), {16, 8, 3});
        for (int k = 0; k < 16; ++k) QVERIFY(context.step().ok());
        QCOMPARE(context.step().error().code, std::string("VIT-LM-212"));
        QCOMPARE(context.chunks().size(), std::size_t{1});
        QCOMPARE(context.thought().size(), std::size_t{16});
    }

    void options_areChecked_data() {
        QTest::addColumn<int>("context");
        QTest::addColumn<int>("carry");
        QTest::addColumn<int>("chunks");
        QTest::addColumn<int>("fold");
        QTest::addColumn<bool>("isTrimmed");
        QTest::addColumn<QString>("code");
        QTest::addRow("good") << 16 << 8 << 5 << 3 << false << QString();
        QTest::addRow("no context") << 0 << 0 << 5 << 0 << false << QStringLiteral("VIT-LM-230");
        QTest::addRow("all is carried") << 16 << 16 << 5 << 0 << false << QStringLiteral("VIT-LM-230");
        QTest::addRow("negative carry") << 16 << -1 << 5 << 0 << false << QStringLiteral("VIT-LM-230");
        QTest::addRow("no chunk") << 16 << 8 << 0 << 0 << false << QStringLiteral("VIT-LM-230");
        QTest::addRow("negative fold") << 16 << 8 << 5 << -1 << false << QStringLiteral("VIT-LM-230");
        QTest::addRow("head takes the carry") << 16 << 8 << 5 << 8 << true << QStringLiteral("VIT-LM-230");
        QTest::addRow("small") << 1 << 0 << 1 << 0 << false << QString();
        QTest::addRow("far beyond the model") << 1'000'000 << 8 << 5 << 0 << false << QStringLiteral("VIT-LM-244");
    }
    void options_areChecked() {
        QFETCH(int, context);
        QFETCH(int, carry);
        QFETCH(int, chunks);
        QFETCH(int, fold);
        QFETCH(bool, isTrimmed);
        QFETCH(QString, code);
        const test::Golden golden = test::golden("llama");
        const std::vector<Error> problems =
            problemsOf(ChunkOptions{context, carry, chunks, fold, isTrimmed ? CarryFrom::Trimmed : CarryFrom::Stream},
                       10, golden.model->config);
        QCOMPARE(problems.empty() ? QString() : QString::fromStdString(problems.front().code), code);
    }
};

VITRINE_CORE_TEST(TestLmChunkedContext)
#include "tst_lm_chunkedcontext.moc"
