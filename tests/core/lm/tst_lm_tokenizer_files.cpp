// SPDX-License-Identifier: GPL-3.0-or-later
// Files that are damaged, not supported or of the older kinds; tokenizers made here.
#include "core/lm/tokenizer/load.hpp"
#include "core/lm/tokenizer/train.hpp"
#include "tests/core/lm/goldens.hpp"
#include "tests/support/testmain.hpp"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <fstream>

using namespace vitrine;
using namespace vitrine::lm;
using vitrine::test::goldenJson;
using vitrine::test::goldenText;

namespace {

const EncodeOptions Plain{.allowSpecial = false, .addBos = false};

/// JSON written with single quotes.
std::string json(std::string text) {
    std::replace(text.begin(), text.end(), '\'', '"');
    return text;
}

/// A tokenizer.json of two letters, good as it is.
Json tiny() {
    return Json::parse(json(
        "{'added_tokens':[{'id':3,'content':'<e>','special':true}],'normalizer':null,"
        "'pre_tokenizer':{'type':'ByteLevel','add_prefix_space':false,'use_regex':true},'decoder':{'type':'ByteLevel'},"
        "'model':{'type':'BPE','vocab':{'a':0,'b':1,'ab':2},'merges':['a b']}}"));
}

void write(const QTemporaryDir& folder, const char* name, const std::string& text) {
    std::ofstream(folder.filePath(QLatin1String(name)).toStdString(), std::ios::binary) << text;
}

} // namespace

class TestLmTokenizerFiles : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void json_damagedOrUnsupported_isNamed_data() {
        QTest::addColumn<QByteArray>("pointer");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<QByteArray>("path"); // as the error names it
        const auto row = [](const char* pointer, const std::string& value, const char* code, const char* path) {
            QTest::newRow((std::string(pointer) + " = " + value).c_str())
                << QByteArray(pointer) << QByteArray::fromStdString(value) << QByteArray(code) << QByteArray(path);
        };
        const char *bad = "VIT-TOK-001", *unsupported = "VIT-TOK-002", *pattern = "VIT-TOK-003", *merge = "VIT-TOK-009";
        row("/model", "[]", bad, "model");
        row("/model/type", "\"Unigram\"", unsupported, "model.type");
        row("/model/vocab", "[]", bad, "model.vocab");
        row("/model/vocab", "{}", bad, "model.vocab");
        row("/model/vocab/a", "-1", bad, "model.vocab.a");
        row("/model/vocab/b", "0", bad, "model.vocab.b");
        row("/model/vocab/b", "1e9", bad, "model.vocab.b");
        row("/model/vocab/b", "99999999999999999999", bad, "model.vocab.b");
        row("/model/merges", "3", bad, "model.merges");
        row("/model/merges/0", "\"ab\"", bad, "model.merges[0]");
        row("/model/merges/0", "\"a b c\"", bad, "model.merges[0]");
        row("/model/merges/0", "[\"a\"]", bad, "model.merges[0]");
        row("/model/merges/0", "\"b a\"", merge, "model.merges[0]");
        row("/model/dropout", "0.1", unsupported, "model.dropout");
        row("/model/byte_fallback", "true", unsupported, "model.byte_fallback");
        row("/model/continuing_subword_prefix", "\"##\"", unsupported, "model.continuing_subword_prefix");
        row("/model/unk_token", "\"<unk>\"", bad, "model.unk_token");
        row("/normalizer", json("{'type':'Precompiled'}"), unsupported, "normalizer.type");
        row("/normalizer", json("{'type':'Sequence','normalizers':[{'type':'NFC'},{'type':'Prepend'}]}"), unsupported,
            "normalizer.normalizers[1].type");
        row("/normalizer", json("{'type':7}"), bad, "normalizer.type");
        row("/pre_tokenizer", "null", unsupported, "model");
        row("/pre_tokenizer/type", "\"Metaspace\"", unsupported, "pre_tokenizer.type");
        row("/pre_tokenizer", json("{'type':'Sequence','pretokenizers':[{'type':'Sequence','pretokenizers':[]}]}"),
            unsupported, "pre_tokenizer.pretokenizers[0].type");
        row("/pre_tokenizer",
            json(
                "{'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':'('},'behavior':'Isolated'}]}"),
            pattern, "pre_tokenizer.pretokenizers[0].pattern.Regex");
        row("/pre_tokenizer", json("{'type':'Split','pattern':{'Regex':'a'},'behavior':'Sideways'}"), unsupported,
            "pre_tokenizer.behavior");
        row("/pre_tokenizer", json("{'type':'Split','pattern':{'String':''},'behavior':'Removed'}"), bad,
            "pre_tokenizer.pattern.String");
        row("/decoder/type", "\"Metaspace\"", unsupported, "decoder.type");
        row("/post_processor", json("{'type':'RobertaProcessing'}"), unsupported, "post_processor.type");
        row("/post_processor",
            json("{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<x>','type_id':0}}],'special_tokens':{}"
                 "}"),
            bad, "post_processor.special_tokens.<x>.ids");
        row("/post_processor", json("{'type':'TemplateProcessing','single':[{'Sequence':{'id':'C','type_id':0}}]}"),
            bad, "post_processor.single[0].Sequence.id");
        row("/added_tokens", "{}", bad, "added_tokens");
        row("/added_tokens/0/content", "\"\"", bad, "added_tokens[0].content");
        row("/added_tokens/0/id", "1", bad, "added_tokens[0].id");
        row("/added_tokens/0/id", "-4", bad, "added_tokens[0].id");
        row("/added_tokens/0/special", "1", bad, "added_tokens[0].special");
    }
    void json_damagedOrUnsupported_isNamed() {
        QFETCH(QByteArray, pointer);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, code);
        QFETCH(QByteArray, path);
        Json file = tiny();
        QVERIFY(tokenizerFromJson(file.dump()).ok());
        file[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        const auto read = tokenizerFromJson(file.dump(), {}, "here.json");
        QVERIFY(!read.ok());
        QCOMPARE(read.error().code, code.toStdString());
        QCOMPARE(read.error().arguments[0], path.toStdString());
        QCOMPARE(read.error().where, std::string("here.json"));
    }

    void json_noJson_isRefused() {
        for (const char* text : {"", "{", "[]", "7", "null", "{}"}) QVERIFY2(!tokenizerFromJson(text).ok(), text);
        QCOMPARE(tokenizerFromJson("{").error().code, std::string("VIT-BASE-001"));
    }

    void folder_vocabAndMerges_sameIdsAsTokenizerJson() {
        const QTemporaryDir folder;
        const Json file = goldenJson("tokenizer/bpe-qwen2.json");
        write(folder, "vocab.json", file["model"]["vocab"].dump());
        std::string merges = "#version: 0.2\n";
        for (const Json& merge : file["model"]["merges"]) merges += merge.get<std::string>() + "\n";
        write(folder, "merges.txt", merges);
        Json config{{"tokenizer_class", "Qwen2Tokenizer"}, {"eos_token", {{"content", "<|im_end|>"}}}};
        for (const Json& token : file["added_tokens"])
            config["added_tokens_decoder"][std::to_string(token["id"].get<int>())] = token;
        write(folder, "tokenizer_config.json", config.dump());
        const auto read = loadTokenizer(folder.path().toStdString());
        QVERIFY2(read.ok(), read ? "" : toText(read.error()).c_str());
        const Json cases = goldenJson("tokenizer/cases.json");
        for (std::size_t i = 0; i < cases["texts"].size(); ++i)
            QCOMPARE((*read)->encode(cases["texts"][i].get<std::string>(), Plain)->ids,
                     cases["files"]["bpe-qwen2.json"][i]["plain"].get<std::vector<TokenId>>());
        QCOMPARE((*read)->special().eos, (*read)->idOf("<|im_end|>"));
        config["tokenizer_class"] = "LlamaTokenizer";
        write(folder, "tokenizer_config.json", config.dump());
        QCOMPARE(loadTokenizer(folder.path().toStdString()).error().code, std::string("VIT-TOK-002"));
    }

    void folder_wordList_sameIdsAsTokenizerJson() {
        const QTemporaryDir folder;
        const Json file = goldenJson("tokenizer/bert.json");
        std::vector<std::string> words(file["model"]["vocab"].size());
        for (const auto& [word, id] : file["model"]["vocab"].items()) words[id.get<std::size_t>()] = word;
        std::string text;
        for (const std::string& word : words) text += word + "\n";
        write(folder, "vocab.txt", text);
        const auto read = loadTokenizer(folder.path().toStdString());
        QVERIFY2(read.ok(), read ? "" : toText(read.error()).c_str());
        const Json cases = goldenJson("tokenizer/cases.json");
        for (std::size_t i = 0; i < cases["texts"].size(); ++i)
            QCOMPARE((*read)->encode(cases["texts"][i].get<std::string>(), Plain)->ids,
                     cases["files"]["bert.json"][i]["plain"].get<std::vector<TokenId>>());
        QCOMPARE((*read)->encode("How many people?")->ids, cases["pair"]["single"].get<std::vector<TokenId>>());
    }

    void folder_empty_isRefused() {
        const QTemporaryDir folder;
        QCOMPARE(loadTokenizer(folder.path().toStdString()).error().code, std::string("VIT-TOK-006"));
        write(folder, "tokenizer.model", "x");
        QVERIFY(toText(loadTokenizer(folder.path().toStdString()).error()).find("SentencePiece") != std::string::npos);
        QCOMPARE(loadTokenizer(folder.path().toStdString() + "/no").error().code, std::string("VIT-BASE-014"));
    }

    // --- made here ---

    void trainBpe_sameMergesAsReference_data() {
        QTest::addColumn<int>("rule");
        QTest::addColumn<QByteArray>("file");
        QTest::newRow("llama-3") << static_cast<int>(SplitRule::Llama3) << QByteArray("bpe-llama3.json");
        QTest::newRow("qwen2") << static_cast<int>(SplitRule::Qwen2) << QByteArray("bpe-qwen2.json");
    }
    void trainBpe_sameMergesAsReference() {
        QFETCH(int, rule);
        QFETCH(QByteArray, file);
        const std::string text = goldenText("tokenizer/text.txt");
        std::size_t lastDone = 0, total = 0;
        BpeTraining options;
        options.split = static_cast<SplitRule>(rule);
        options.nfc = options.split == SplitRule::Qwen2;
        options.progress = [&](std::size_t done, std::size_t all) {
            QVERIFY(done >= lastDone);
            lastDone = done;
            total = all;
        };
        const auto made = trainBpe({text}, options);
        QVERIFY2(made.ok(), made ? "" : toText(made.error()).c_str());
        QVERIFY(total > 0 && lastDone == total);
        const Json ours = Json::parse(*made), wanted = goldenJson("tokenizer/" + file.toStdString());
        QCOMPARE(ours["model"]["merges"].size(), wanted["model"]["merges"].size());
        for (std::size_t i = 0; i < ours["model"]["merges"].size(); ++i) {
            Json reference = wanted["model"]["merges"][i];
            if (reference.is_string()) {
                const std::string line = reference;
                reference = {line.substr(0, line.find(' ')), line.substr(line.find(' ') + 1)};
            }
            if (ours["model"]["merges"][i] != reference) QFAIL(std::to_string(i).c_str());
        }
        QVERIFY(ours["model"]["vocab"] == wanted["model"]["vocab"]);
        options.progress = {};
        QCOMPARE(*trainBpe({text}, options), *made);
        const auto tokenizer = tokenizerFromJson(*made);
        QVERIFY2(tokenizer.ok(), tokenizer ? "" : toText(tokenizer.error()).c_str());
        QCOMPARE((*tokenizer)->decode((*tokenizer)->encode(text)->ids, false), text);
    }

    void trainBpe_handExample_mergesByHand() {
        // "aaab aaab ab": aa 4 (a a a overlaps twice a word), ab 3. aa first; then "aa a" and "a b" are 2 and 3 ...
        BpeTraining options;
        options.vocabulary = 257 + 3;
        options.split = SplitRule::Gpt2;
        const auto made = trainBpe({"aaab", "aaab", "ab"}, options);
        QVERIFY(made.ok());
        QCOMPARE(Json::parse(*made)["model"]["merges"].dump(), std::string(json("[['a','a'],['a','b'],['aa','ab']]")));
    }

    void trainBpe_optionsAndStop_areReported() {
        BpeTraining options;
        options.vocabulary = 100;
        QCOMPARE(trainBpe({"x"}, options).error().code, std::string("VIT-TOK-010"));
        options = {};
        options.specials = {"<a>", "<a>"};
        QCOMPARE(trainBpe({"x"}, options).error().code, std::string("VIT-TOK-010"));
        QCOMPARE(trainBpe({""}, {}).error().code, std::string("VIT-TOK-011"));
        std::stop_source source;
        source.request_stop();
        options = {};
        options.stop = source.get_token();
        QCOMPARE(trainBpe({"some text"}, options).error().code, std::string("VIT-TOK-012"));
        QVERIFY(trainBpe({"bad \xFF bytes"}, {}).ok());
    }

    void characters_trainedAndLoaded_everyCharacterIsAToken() {
        const auto made = characterTokenizer({"hello 한국 😀", "hell"}, 7);
        QVERIFY(made.ok());
        const auto read = tokenizerFromJson(*made, {.eos = "<|endoftext|>", .unk = "<unk>"});
        QVERIFY2(read.ok(), read ? "" : toText(read.error()).c_str());
        const Tokenizer& tokenizer = **read;
        QCOMPARE(tokenizer.info().kind, std::string("characters"));
        QCOMPARE(tokenizer.size(), std::size_t(2 + 7));
        QVERIFY(
            !tokenizer.idOf("😀")); // the seven kept: l e h space (twice at least), then the lowest of those seen once
        QCOMPARE(tokenizer.decode(tokenizer.encode("hello")->ids, false), std::string("hello"));
        const auto unknown = tokenizer.encode("h😀😀l");
        QCOMPARE(unknown->ids.size(), std::size_t(4));
        QCOMPARE(unknown->ids[1], *tokenizer.special().unk);
        QCOMPARE(unknown->ranges[2], (ByteRange{5, 9}));
        QCOMPARE(tokenizer.decode(unknown->ids, true), std::string("hl"));
        QCOMPARE(characterTokenizer({}, 5).error().code, std::string("VIT-TOK-011"));
    }
};

VITRINE_CORE_TEST(TestLmTokenizerFiles)
#include "tst_lm_tokenizer_files.moc"
