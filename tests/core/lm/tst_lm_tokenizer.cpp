// SPDX-License-Identifier: GPL-3.0-or-later
// Tokenizers against Hugging Face tokenizers' own ids (tests/golden/lm/tokenizer/make_goldens.py).
#include "core/lm/tokenizer/load.hpp"

#include "core/base/utf8.hpp"
#include "tests/core/lm/goldens.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

#include <thread>

using namespace vitrine;
using namespace vitrine::lm;
using vitrine::test::goldenJson;
using vitrine::test::goldenText;
using vitrine::test::spelled;

namespace {

using Ids = std::vector<TokenId>;

const EncodeOptions Plain{.allowSpecial = false, .addBos = false};
const EncodeOptions Special{.allowSpecial = true, .addBos = false};

/// The base file with some members replaced, as make_goldens.py does it.
Json patched(Json base, const Json& patch) {
    std::vector<std::string> dropped;
    for (const auto& [key, value] : patch.items()) {
        if (key == "model")
            base["model"].update(value);
        else if (key == "drop")
            dropped = value.get<std::vector<std::string>>();
        else
            base[key] = value;
    }
    const auto isKept = [&](const std::string& token) {
        if (token.starts_with("<|")) return true;
        return std::none_of(dropped.begin(), dropped.end(),
                            [&](const std::string& c) { return token.find(c) != std::string::npos; });
    };
    if (dropped.empty()) return base;
    Json vocabulary = Json::object(), merges = Json::array();
    for (const auto& [token, id] : base["model"]["vocab"].items())
        if (isKept(token)) vocabulary[token] = id;
    for (const Json& merge : base["model"]["merges"])
        if (isKept(merge.get<std::string>())) merges.push_back(merge);
    base["model"]["vocab"] = vocabulary;
    base["model"]["merges"] = merges;
    return base;
}

TokenizerPtr fromJson(const Json& json) {
    auto tokenizer = tokenizerFromJson(json.dump());
    if (!tokenizer) qWarning("%s", toText(tokenizer.error()).c_str());
    return tokenizer ? *tokenizer : nullptr;
}

/// The first row that differs, or "".
std::string compareRow(const Tokenizer& tokenizer, const std::string& text, const Json& row) {
    const auto wanted = row["plain"].get<Ids>();
    const auto plain = tokenizer.encode(text, Plain);
    if (!plain) return toText(plain.error());
    if (plain->ids != wanted) return "plain: " + spelled(plain->ids) + " instead of " + spelled(wanted);
    Ids appended{7};
    if (const Status status = tokenizer.appendIds(text, Plain, appended); !status) return toText(status.error());
    if (Ids(appended.begin() + 1, appended.end()) != wanted) return "appendIds: " + spelled(appended);
    const auto special = tokenizer.encode(text, Special);
    const auto wantedSpecial = row.value("special", row["plain"]).get<Ids>();
    if (special->ids != wantedSpecial)
        return "special: " + spelled(special->ids) + " instead of " + spelled(wantedSpecial);
    const std::string decoded = tokenizer.decode(wanted, false), wantedText = row.value("text", text);
    if (decoded != wantedText) return "decode: " + decoded + " instead of " + wantedText;
    const std::string skipped = tokenizer.decode(wantedSpecial, true), wantedSkipped = row.value("skipped", wantedText);
    return skipped == wantedSkipped ? "" : "skipped: " + skipped + " instead of " + wantedSkipped;
}

std::string compareRows(const Tokenizer& tokenizer, const Json& texts, const Json& rows) {
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (const std::string text = texts[i]; true)
            if (const std::string problem = compareRow(tokenizer, text, rows[i]); !problem.empty())
                return "text " + std::to_string(i) + " " + Json(text).dump(-1, ' ', true) + ": " + problem;
    return {};
}

/// Every range inside the text, never going back, none left out for a normaliser that changes nothing.
std::string checkRanges(const Encoding& encoding, const std::string& text) {
    if (encoding.ranges.size() != encoding.ids.size()) return "not as many ranges as ids";
    std::uint32_t at = 0;
    for (const ByteRange& range : encoding.ranges) {
        if (range.begin > range.end || range.end > text.size()) return "a range outside";
        if (range.begin < at) return "a range goes back";
        at = range.begin;
    }
    return {};
}

} // namespace

class TestLmTokenizer : public QObject {
    Q_OBJECT

    Json m_cases = goldenJson("tokenizer/cases.json");

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void encode_nastyCorpus_sameIdsAsReference_data() {
        QTest::addColumn<QByteArray>("file");
        for (const char* name : {"bpe-llama3.json", "bpe-qwen2.json", "bert.json"})
            QTest::newRow(name) << QByteArray(name);
    }
    void encode_nastyCorpus_sameIdsAsReference() {
        QFETCH(QByteArray, file);
        const TokenizerPtr tokenizer = fromJson(goldenJson("tokenizer/" + file.toStdString()));
        QVERIFY(tokenizer);
        const std::string problem = compareRows(*tokenizer, m_cases["texts"], m_cases["files"][file.toStdString()]);
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void encode_variants_sameIdsAsReference_data() {
        QTest::addColumn<int>("index");
        int index = 0;
        for (const Json& variant : m_cases["variants"])
            QTest::newRow(variant["name"].get<std::string>().c_str()) << index++;
    }
    void encode_variants_sameIdsAsReference() {
        QFETCH(int, index);
        const Json& variant = m_cases["variants"][static_cast<std::size_t>(index)];
        const TokenizerPtr tokenizer = fromJson(patched(goldenJson("tokenizer/bpe-qwen2.json"), variant["patch"]));
        QVERIFY(tokenizer);
        const std::string problem = compareRows(*tokenizer, m_cases["texts"], variant["rows"]);
        QVERIFY2(problem.empty(), problem.c_str());
        for (const std::string text : m_cases["texts"]) {
            const std::string range = checkRanges(*tokenizer->encode(text, Special), text);
            QVERIFY2(range.empty(), (range + ": " + text).c_str());
        }
    }

    void bert_cased_sameIdsAsReference() {
        Json file = goldenJson("tokenizer/bert.json");
        file["normalizer"]["lowercase"] = false;
        const TokenizerPtr tokenizer = fromJson(file);
        const std::string problem = compareRows(*tokenizer, m_cases["texts"], m_cases["cased"]);
        QVERIFY2(problem.empty(), problem.c_str());
    }

    void bert_postProcessor_wrapsOneAndTwo() {
        const TokenizerPtr tokenizer = fromJson(goldenJson("tokenizer/bert.json"));
        const Json& wanted = m_cases["pair"];
        QCOMPARE(tokenizer->encode("How many people?")->ids, wanted["single"].get<Ids>());
        const auto pair = tokenizer->encodePair("How many people?", "Three of them.", {});
        QCOMPARE(pair->ids, wanted["ids"].get<Ids>());
        QCOMPARE(pair->types, wanted["types"].get<std::vector<std::uint8_t>>());
        QCOMPARE(tokenizer->info().kind, std::string("WordPiece"));
        QCOMPARE(tokenizer->info().truncation, std::optional<std::size_t>(128));
    }

    void encode_bos_writtenOnce() {
        const TokenizerPtr tokenizer = fromJson(goldenJson("tokenizer/bpe-llama3.json"));
        const TokenId bos = *tokenizer->idOf("<|endoftext|>");
        const auto encoding = tokenizer->encode("hi");
        QCOMPARE(encoding->ids.front(), bos);
        QCOMPARE(encoding->ranges.front(), (ByteRange{0, 0}));
        const auto again = tokenizer->encode("<|endoftext|>hi", {.allowSpecial = true, .addBos = true});
        QCOMPARE(again->ids, encoding->ids);
        QVERIFY(again->leftOutBos && !encoding->leftOutBos);
        const auto asText = tokenizer->encode("<|endoftext|>hi");
        QVERIFY(asText->ids.size() > 4 && !asText->leftOutBos);
        Ids appended{1, 2};
        QVERIFY(tokenizer->appendIds("hi", {}, appended).ok());
        QCOMPARE(Ids(appended.begin() + 2, appended.end()), encoding->ids);
    }

    void ranges_withoutNormalizer_areTheBytesOfTheTokens() {
        const TokenizerPtr tokenizer = fromJson(goldenJson("tokenizer/bpe-llama3.json"));
        for (const std::string text : m_cases["texts"]) {
            const auto encoding = tokenizer->encode(text, Plain);
            std::uint32_t at = 0;
            for (std::size_t i = 0; i < encoding->ids.size(); ++i) {
                const ByteRange range = encoding->ranges[i];
                QCOMPARE(range.begin, at);
                std::string bytes;
                tokenizer->appendBytes(encoding->ids[i], false, bytes);
                QCOMPARE(bytes, text.substr(range.begin, range.end - range.begin));
                at = range.end;
            }
            QCOMPARE(std::size_t(at), text.size());
        }
    }

    void ranges_throughNfc_pointAtTheSource() {
        const TokenizerPtr tokenizer = fromJson(goldenJson("tokenizer/bpe-qwen2.json"));
        const std::string text = "ab e\xCC\x81 cd";
        const auto encoding = tokenizer->encode(text, Plain);
        std::string covered(text.size(), '.');
        for (const ByteRange& range : encoding->ranges)
            for (std::uint32_t i = range.begin; i < range.end; ++i) covered[i] = 'x';
        QCOMPARE(covered, std::string(text.size(), 'x'));
        QVERIFY(checkRanges(*encoding, text).empty());
        // "é" is one character after NFC: whatever tokens it has stand for all three bytes of e and its mark.
        bool isWhole = false;
        for (const ByteRange& range : encoding->ranges) isWhole = isWhole || (range.begin <= 3 && range.end >= 6);
        QVERIFY(isWhole);
    }

    void encode_invalidUtf8_readAsReplacement_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QByteArray>("repaired"); // by Python's bytes.decode("utf-8", "replace")
        QTest::addColumn<int>("count");
        const QByteArray r = "\xEF\xBF\xBD";
        QTest::newRow("lone continuation") << QByteArray("a\x80z") << "a" + r + "z" << 1;
        QTest::newRow("cut euro") << QByteArray("a\xE2\x82z") << "a" + r + "z" << 1;
        QTest::newRow("cut at the end") << QByteArray("a\xF0\x9F\x98") << "a" + r << 1;
        QTest::newRow("overlong") << QByteArray("\xC0\xAF") << r + r << 2;
        QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << r + r + r << 3;
        QTest::newRow("too high") << QByteArray("\xF4\x90\x80\x80") << r + r + r + r << 4;
        QTest::newRow("FE FF") << QByteArray("\xFE\xFF x") << r + r + " x" << 2;
        QTest::newRow("lead then letter") << QByteArray("\xF0\x9F"
                                                        "A\xC3(")
                                          << r + "A" + r + "(" << 2;
    }
    void encode_invalidUtf8_readAsReplacement() {
        QFETCH(QByteArray, bytes);
        QFETCH(QByteArray, repaired);
        QFETCH(int, count);
        const TokenizerPtr tokenizer = fromJson(goldenJson("tokenizer/bpe-qwen2.json"));
        const auto encoding = tokenizer->encode(bytes.toStdString(), Plain);
        QCOMPARE(encoding->replaced, static_cast<std::size_t>(count));
        QCOMPARE(encoding->ids, tokenizer->encode(repaired.toStdString(), Plain)->ids);
        QCOMPARE(tokenizer->decode(encoding->ids, false), repaired.toStdString());
        QVERIFY(checkRanges(*encoding, bytes.toStdString()).empty());
        QCOMPARE(std::size_t(encoding->ranges.back().end), static_cast<std::size_t>(bytes.size()));
    }

    void streamDecoder_anyCut_sameTextAndWholeCharacters() {
        for (const char* name : {"bpe-llama3.json", "bert.json"}) {
            const TokenizerPtr tokenizer = fromJson(goldenJson(std::string("tokenizer/") + name));
            for (const std::string text : m_cases["texts"]) {
                const Ids ids = tokenizer->encode(text, Special)->ids;
                StreamDecoder stream(*tokenizer, true);
                std::string all;
                for (const TokenId id : ids) {
                    const std::string part = stream.push(id);
                    QCOMPARE(findInvalidUtf8(part), std::string_view::npos);
                    QVERIFY(stream.pending().size() <= 3);
                    all += part;
                }
                all += stream.finish();
                QCOMPARE(all, tokenizer->decode(ids, true));
            }
        }
    }

    void streamDecoder_brokenCharacters_becomeReplacements() {
        const TokenizerPtr tokenizer = fromJson(goldenJson("tokenizer/bpe-llama3.json"));
        const auto byte = [&](const char* spelledByte) { return *tokenizer->idOf(spelledByte); };
        StreamDecoder stream(*tokenizer);
        QCOMPARE(stream.push(byte("ð")), std::string());   // F0
        QCOMPARE(stream.push(byte("Ł")), std::string("")); // 9F
        QCOMPARE(stream.push(byte("A")), std::string("\xEF\xBF\xBD"
                                                     "A"));
        QCOMPARE(stream.push(byte("ð")), std::string());
        QCOMPARE(stream.finish(), std::string("\xEF\xBF\xBD"));
        QCOMPARE(stream.push(-5) + stream.push(1 << 20), std::string());
    }

    void vocabulary_lookups() {
        const TokenizerPtr tokenizer = fromJson(goldenJson("tokenizer/bpe-qwen2.json"));
        QCOMPARE(tokenizer->size(), std::size_t(4078));
        const TokenId start = *tokenizer->idOf("<|im_start|>");
        QVERIFY(tokenizer->isSpecial(start) && tokenizer->contains(start));
        QVERIFY(!tokenizer->isSpecial(*tokenizer->idOf("<tool_call>")));
        QCOMPARE(tokenizer->token(start), std::string_view("<|im_start|>"));
        QVERIFY(!tokenizer->contains(-1) && !tokenizer->contains(4078) && tokenizer->token(9999).empty());
        QVERIFY(!tokenizer->idOf("no such token"));
        QCOMPARE(tokenizer->info().split, std::string("qwen2"));
        QCOMPARE(tokenizer->info().normalizer, std::string("NFC"));
        const auto names = tokenizerFromJson(goldenText("tokenizer/bpe-qwen2.json"), {.bos = "", .eos = "<|im_end|>"});
        QCOMPARE((*names)->special().eos, tokenizer->idOf("<|im_end|>"));
        QVERIFY(!(*names)->special().bos);
    }

    void gguf_sameIdsAsTokenizerJson() {
        for (const auto& [file, pre] :
             {std::pair("bpe-llama3.json", "llama-bpe"), std::pair("bpe-qwen2.json", "qwen2")}) {
            const Json json = goldenJson(std::string("tokenizer/") + file);
            const TokenizerPtr tokenizer = fromJson(json);
            GgufTokenizer header{.model = "gpt2", .pre = pre};
            for (std::size_t i = 0; i < tokenizer->size(); ++i) {
                const auto id = static_cast<TokenId>(i);
                header.tokens.emplace_back(tokenizer->token(id));
                const bool isTool = header.tokens.back().find("tool_call>") != std::string::npos;
                header.types.push_back(tokenizer->isSpecial(id) ? 3 : isTool ? 4 : 1);
            }
            for (const Json& merge : json["model"]["merges"])
                header.merges.push_back(merge.is_string()
                                            ? merge.get<std::string>()
                                            : merge[0].get<std::string>() + " " + merge[1].get<std::string>());
            header.bos = tokenizer->idOf("<|endoftext|>");
            const auto read = tokenizerFromGguf(header);
            QVERIFY2(read.ok(), read ? "" : toText(read.error()).c_str());
            const std::string problem = compareRows(**read, m_cases["texts"], m_cases["files"][file]);
            QVERIFY2(problem.empty(), problem.c_str());
            QCOMPARE((*read)->encode("x")->ids.front() == *header.bos, std::string(pre) == "llama-bpe");
        }
    }

    void gguf_refusals() {
        const GgufTokenizer good{
            .model = "gpt2", .pre = "gpt-2", .tokens = {"a", "b", "ab"}, .types = {1, 1, 1}, .merges = {"a b"}};
        QVERIFY(tokenizerFromGguf(good).ok());
        const auto codeOf = [](const GgufTokenizer& header) {
            const auto read = tokenizerFromGguf(header);
            return read ? std::string("ok") : read.error().code;
        };
        GgufTokenizer bad = good;
        bad.model = "llama";
        QCOMPARE(codeOf(bad), std::string("VIT-TOK-002"));
        bad = good;
        bad.pre = "tekken";
        QVERIFY(toText(tokenizerFromGguf(bad).error()).find("tekken") != std::string::npos);
        bad = good;
        bad.merges = {"a c"};
        QCOMPARE(codeOf(bad), std::string("VIT-TOK-009"));
        bad.merges = {"ab"};
        QCOMPARE(codeOf(bad), std::string("VIT-TOK-001"));
        bad = good;
        bad.types = {1};
        QCOMPARE(codeOf(bad), std::string("VIT-TOK-001"));
        bad = good;
        bad.tokens = {"a", "b", "a"};
        QCOMPARE(codeOf(bad), std::string("VIT-TOK-001"));
        bad = good;
        bad.bos = 7;
        QCOMPARE(codeOf(bad), std::string("VIT-TOK-001"));
    }

    void encode_fromThreads_sameIds() {
        const TokenizerPtr tokenizer = fromJson(goldenJson("tokenizer/bpe-llama3.json"));
        const std::string text = goldenText("tokenizer/text.txt");
        const Ids wanted = tokenizer->encode(text, Plain)->ids;
        std::vector<Ids> found(4);
        {
            std::vector<std::jthread> threads;
            for (Ids& each : found) threads.emplace_back([&] { each = tokenizer->encode(text, Plain)->ids; });
        }
        for (const Ids& each : found) QCOMPARE(each, wanted);
        QCOMPARE(tokenizer->decode(wanted, false), text);
    }
};

VITRINE_CORE_TEST(TestLmTokenizer)
#include "tst_lm_tokenizer.moc"
