// SPDX-License-Identifier: GPL-3.0-or-later
// What must hold for any text: scanners equal their patterns, merges equal the naive ones, text comes back.
#include "core/base/rng.hpp"
#include "core/base/utf8.hpp"
#include "core/lm/tokenizer/bpe.hpp"
#include "core/lm/tokenizer/charclass.hpp"
#include "core/lm/tokenizer/load.hpp"
#include "core/lm/tokenizer/normalizer.hpp"
#include "core/lm/tokenizer/regex.hpp"
#include "core/lm/tokenizer/scanners.hpp"
#include "tests/core/lm/goldens.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

#include <utf8proc.h>

using namespace vitrine;
using namespace vitrine::lm;
using vitrine::test::goldenText;

namespace {

/// Texts that press on the rules: few kinds of characters, often repeated, from all over Unicode.
std::string randomText(Lcg& rng, std::size_t length) {
    static const std::vector<char32_t> common = {
        ' ',    ' ',    '\n',   '\r',   '\t',   '\'',    's',    'S',   't',   'r',  'e',    'l',    'L',    'a',
        'Z',    '1',    '9',    '.',    '-',    '(',     0xA0,   0x17F, 0x301, 0xE9, 0x3000, 0x2028, 0x180E, 0x663,
        0x4E00, 0xAC00, 0x11A8, 0x1161, 0x1100, 0x1F600, 0x200D, 0x85,  0x0B,  0x1C, 0xFF9E, 0x9BE};
    std::string text;
    for (std::size_t i = 0; i < length; ++i) {
        char32_t value = common[rng.below(common.size())];
        if (rng.below(8) == 0) value = static_cast<char32_t>(rng.below(0x3000));
        if (rng.below(40) == 0) value = static_cast<char32_t>(rng.below(0x110000));
        if (value >= 0xD800 && value <= 0xDFFF) value = 'x';
        for (std::uint64_t n = rng.below(6) == 0 ? rng.below(5) + 1 : 1; n > 0; --n) appendUtf8(text, value);
    }
    return text;
}

std::vector<std::size_t> endsByRegex(const Regex& regex, const std::string& text) {
    std::vector<std::size_t> ends;
    for (std::size_t at = 0; at < text.size();) {
        const auto found = regex.find(text, at);
        if (!found || !*found || (*found)->begin != at) return {}; // a gap
        ends.push_back(at = (*found)->end);
    }
    return ends;
}

/// The definition: join the pair of lowest rank, leftmost first, until none joins.
void mergeNaively(const MergeTable& merges, std::vector<TokenId>& symbols) {
    for (;;) {
        std::size_t best = symbols.size();
        Merge chosen;
        for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
            const Merge merge = merges.find(symbols[i], symbols[i + 1]);
            if (merge.id >= 0 && (best == symbols.size() || merge.rank < chosen.rank)) {
                best = i;
                chosen = merge;
            }
        }
        if (best == symbols.size()) return;
        symbols[best] = chosen.id;
        symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
}

std::string wholeForm(const std::string& text, bool compose, bool compatible) {
    const auto options = static_cast<utf8proc_option_t>((compose ? UTF8PROC_COMPOSE : UTF8PROC_DECOMPOSE) |
                                                        UTF8PROC_STABLE | (compatible ? UTF8PROC_COMPAT : 0));
    utf8proc_uint8_t* out = nullptr;
    const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &out, options);
    const std::string result =
        size < 0 ? "" : std::string(reinterpret_cast<char*>(out), static_cast<std::size_t>(size));
    std::free(out);
    return result;
}

} // namespace

class TestLmTokenizerProperties : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void scanners_randomUnicode_equalTheirPatterns_data() {
        QTest::addColumn<int>("pattern");
        for (const KnownPattern each : {KnownPattern::Gpt2, KnownPattern::Llama3, KnownPattern::Qwen2})
            QTest::newRow(patternName(each)) << static_cast<int>(each);
    }
    void scanners_randomUnicode_equalTheirPatterns() {
        QFETCH(int, pattern);
        const auto known = static_cast<KnownPattern>(pattern);
        const auto regex = Regex::compile(patternText(known), "test");
        QVERIFY(regex.ok());
        QCOMPARE(knownPattern(patternText(known)), std::optional(known));
        Lcg rng(11);
        for (int round = 0; round < 20'000; ++round) {
            const std::string text = randomText(rng, 1 + rng.below(24));
            std::vector<std::size_t> ends;
            for (std::size_t at = 0; at < text.size();) ends.push_back(at = nextPiece(known, text, at));
            const auto wanted = endsByRegex(*regex, text);
            if (ends != wanted) QFAIL((std::to_string(round) + ": " + Json(text).dump(-1, ' ', true)).c_str());
        }
    }

    void charClasses_everyScalar_equalThePatterns() {
        const auto& classes = CharClasses::instance();
        const auto letter = Regex::compile("\\p{L}", "t"), number = Regex::compile("\\p{N}", "t"),
                   space = Regex::compile("\\s", "t");
        for (char32_t value = 0; value < 0x110000; ++value) {
            if (value >= 0xD800 && value <= 0xDFFF) continue;
            std::string text;
            appendUtf8(text, value);
            const bool isLetter = (*letter->find(text, 0)).has_value(), isNumber = (*number->find(text, 0)).has_value();
            const bool isSpace = (*space->find(text, 0)).has_value();
            const CharClass wanted = isLetter   ? CharClass::Letter
                                     : isNumber ? CharClass::Number
                                     : isSpace  ? CharClass::Space
                                                : CharClass::Other;
            QCOMPARE(classes.of(value), wanted);
        }
        // White_Space of Unicode 15 (PropList.txt), by hand.
        for (const char32_t value : {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x200A, 0x2028,
                                     0x2029, 0x202F, 0x205F, 0x3000})
            QCOMPARE(classes.of(value), CharClass::Space);
        for (const char32_t value : {0x180E, 0x200B, 0xFEFF, 0x1C}) QCOMPARE(classes.of(value), CharClass::Other);
    }

    void merges_scanAndHeap_equalTheNaiveOnes() {
        const auto json = parseJson(goldenText("tokenizer/bpe-llama3.json"));
        Vocabulary vocabulary;
        for (const auto& [token, id] : (*json)["model"]["vocab"].items())
            QVERIFY(vocabulary.add(token, id.get<TokenId>()));
        BpeParts parts;
        parts.merges = MergeTable((*json)["model"]["merges"].size());
        std::uint32_t rank = 0;
        for (const Json& merge : (*json)["model"]["merges"]) {
            const std::string left = merge[0], right = merge[1];
            parts.merges.set(*vocabulary.find(left), *vocabulary.find(right), {rank++, *vocabulary.find(left + right)});
        }
        const BpeModel model(vocabulary, std::move(parts));
        const std::string text = goldenText("tokenizer/text.txt");
        Lcg rng(5);
        for (int round = 0; round < 4000; ++round) {
            const std::size_t length = rng.below(80), begin = rng.below(text.size() - length);
            const std::string piece = rng.below(4) == 0 ? randomText(rng, length) : text.substr(begin, length);
            std::vector<TokenId> naive;
            for (const char byte : piece) naive.push_back(model.byteId(static_cast<unsigned char>(byte)));
            std::vector<TokenId> scan = naive, heap = naive;
            mergeNaively(model.merges(), naive);
            model.mergeByScan(scan);
            model.mergeByHeap(heap);
            QCOMPARE(scan, naive);
            QCOMPARE(heap, naive);
        }
    }

    void decode_ofEncode_givesTheText() {
        const auto llama = tokenizerFromJson(goldenText("tokenizer/bpe-llama3.json"));
        const auto qwen = tokenizerFromJson(goldenText("tokenizer/bpe-qwen2.json"));
        QVERIFY(llama.ok() && qwen.ok());
        Lcg rng(3);
        for (int round = 0; round < 3000; ++round) {
            const std::string text = randomText(rng, rng.below(60));
            for (const bool special : {false, true}) {
                const EncodeOptions options{.allowSpecial = special, .addBos = false};
                QCOMPARE((*llama)->decode((*llama)->encode(text, options)->ids, false), text);
                QCOMPARE((*qwen)->decode((*qwen)->encode(text, options)->ids, false), wholeForm(text, true, false));
            }
        }
    }

    void normalForms_inSegments_equalTheWhole() {
        Lcg rng(8);
        for (int round = 0; round < 20'000; ++round) {
            const std::string text = randomText(rng, rng.below(30));
            const std::array<NormalStep, 4> steps{NormalStep::Nfd, NormalStep::Nfc, NormalStep::Nfkd, NormalStep::Nfkc};
            for (std::size_t form = 0; form < steps.size(); ++form) {
                NormalizedText out;
                Normalizer({steps[form]}).apply(text, out);
                QCOMPARE(std::string(out.text), wholeForm(text, form % 2 == 1, form >= 2));
                std::uint32_t before = 0;
                for (std::uint32_t at = 0; at <= out.text.size(); ++at) {
                    const std::uint32_t source = out.sourceBegin(at);
                    QVERIFY(source >= before && source <= text.size() &&
                            source <= out.sourceEnd(at + (at < out.text.size())));
                    before = source;
                }
            }
        }
    }

    void normalForms_everyPairOfCharacters_equalTheWhole() {
        // A character after a letter and after a starter that composes: the boundary rule must hold for all of Unicode.
        for (char32_t value = 0x80; value < 0x20000; ++value) {
            if (value >= 0xD800 && value <= 0xDFFF) continue;
            std::string text = "a";
            appendUtf8(text, value);
            appendUtf8(text, 0x1100);
            appendUtf8(text, value);
            appendUtf8(text, 0x9C7);
            appendUtf8(text, value);
            for (const bool compatible : {false, true}) {
                NormalizedText out;
                Normalizer({compatible ? NormalStep::Nfkc : NormalStep::Nfc}).apply(text, out);
                if (out.text != wholeForm(text, true, compatible)) QFAIL(std::to_string(value).c_str());
            }
        }
    }

    void regex_limits_stopARunawayPattern() {
        const auto regex = Regex::compile("(?:a|aa)+(?=b)(?=c)", "model");
        QVERIFY(regex.ok());
        const auto found = regex->find(std::string(60, 'a') + "b", 0);
        QVERIFY(!found.ok());
        QCOMPARE(found.error().code, std::string("VIT-TOK-004"));
    }

    void regex_whatEnginesReadDifferently_isRefused_data() {
        QTest::addColumn<QByteArray>("pattern");
        for (const char* pattern : {"\\h+", "\\w+", "\\bword", "\\v", "[a[b]]", "[a&&b]", "(?m)x", "(*UTF)x", "\\K",
                                    "\\R", "\\1", "(?<n>x)", "(?P<n>x)", "(", "[", "x{3,1}", "", "[]x]", "\\C"})
            QTest::newRow(*pattern ? pattern : "empty") << QByteArray(pattern);
    }
    void regex_whatEnginesReadDifferently_isRefused() {
        QFETCH(QByteArray, pattern);
        const auto regex = Regex::compile(pattern.toStdString(), "pre_tokenizer.pattern");
        QVERIFY(!regex.ok());
        QCOMPARE(regex.error().code, std::string("VIT-TOK-003"));
        QCOMPARE(regex.error().arguments[0], std::string("pre_tokenizer.pattern"));
    }
};

VITRINE_CORE_TEST(TestLmTokenizerProperties)
#include "tst_lm_tokenizer_properties.moc"
