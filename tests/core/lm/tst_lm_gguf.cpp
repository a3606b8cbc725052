// SPDX-License-Identifier: GPL-3.0-or-later
// The GGUF reader against files put together by hand and by the gguf package; widening against that package's own.
#include "core/lm/checkpoint/gguf.hpp"
#include "core/lm/checkpoint/widen.hpp"
#include "tests/core/lm/checkpointbytes.hpp"
#include "tests/support/testmain.hpp"

#include <QObject>

#include <bit>
#include <cmath>
#include <cstring>

using namespace vitrine;
using namespace vitrine::lm;
using namespace vitrine::test;

namespace {

Result<std::shared_ptr<const Checkpoint>> open(const std::string& bytes) {
    const Folder folder;
    return openCheckpoint(folder.write("m.gguf", bytes));
}

GgufBuilder oneTensor() {
    GgufBuilder file;
    file.tensor("t", {4, 2}, 0, 0).data = std::string(32, '\1');
    return file;
}

} // namespace

class TestGguf : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { failOnWarnings(); }

    void file_broken_codeNamed_data();
    void file_broken_codeNamed();
    void file_everyKindOfValue_read();
    void file_tensors_turnedAndPlaced();
    void file_refusedTypes_named();
    void widen_ofPython_sameBits_data();
    void widen_ofPython_sameBits();
    void widen_blocksByHand_exact();
    void half_everyPattern_roundTrips();
    void half_rounding_nearestEven_data();
    void half_rounding_nearestEven();
    void widen_wrongSizes_refused();
    void names_bothWays_same_data();
    void names_bothWays_same();
    void rows_interleaved_asDefined();
};

void TestGguf::file_broken_codeNamed_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("code");
    const auto row = [](const char* name, const std::string& bytes, const char* code) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString::fromLatin1(code);
    };
    const std::string beginning = "GGUF" + bytesOf<std::uint32_t>(3);
    row("whole", oneTensor().bytes(), "none");
    row("empty", "", "VIT-LM-050");
    row("other magic", "GGML" + std::string(60, '\0'), "VIT-LM-050");
    row("version 1", "GGUF" + bytesOf<std::uint32_t>(1) + std::string(60, '\0'), "VIT-LM-051");
    row("version 4", "GGUF" + bytesOf<std::uint32_t>(4) + std::string(60, '\0'), "VIT-LM-051");
    row("other byte order", "GGUF" + bytesOf<std::uint32_t>(0x03000000) + std::string(60, '\0'), "VIT-LM-051");
    row("ends after the version", beginning, "VIT-LM-053");
    row("ends inside the counts", beginning + std::string(12, '\0'), "VIT-LM-053");
    row("too many tensors", beginning + bytesOf<std::uint64_t>(UINT64_MAX) + std::string(50, '\0'), "VIT-LM-052");
    row("more tensors than bytes", beginning + bytesOf<std::uint64_t>(3) + std::string(50, '\0'), "VIT-LM-052");
    row("more keys than bytes",
        beginning + bytesOf<std::uint64_t>(0) + bytesOf<std::uint64_t>(9) + std::string(50, '\0'), "VIT-LM-052");
    row("key beyond the file", GgufBuilder().rawKey("k", 8, bytesOf<std::uint64_t>(1000)).bytes(), "VIT-LM-052");
    row("list beyond the file",
        GgufBuilder().rawKey("k", 9, bytesOf<std::uint32_t>(0) + bytesOf<std::uint64_t>(1ULL << 40)).bytes(),
        "VIT-LM-052");
    row("list of texts beyond the file",
        GgufBuilder().rawKey("k", 9, bytesOf<std::uint32_t>(8) + bytesOf<std::uint64_t>(1ULL << 61)).bytes(),
        "VIT-LM-052");
    {
        GgufBuilder file;
        file.key<std::uint32_t>("some.key", 4, 1);
        ++file.keys;
        std::string bytes = file.bytes(1);
        row("last key cut off", bytes + GgufBuilder::text("another") + bytesOf<std::uint32_t>(10), "VIT-LM-053");
    }
    row("unknown kind", GgufBuilder().rawKey("k", 13, std::string(8, '\0')).bytes(), "VIT-LM-054");
    row("list of lists", GgufBuilder().rawKey("k", 9, bytesOf<std::uint32_t>(9) + bytesOf<std::uint64_t>(1)).bytes(),
        "VIT-LM-054");
    row("list of an unknown kind",
        GgufBuilder().rawKey("k", 9, bytesOf<std::uint32_t>(99) + bytesOf<std::uint64_t>(1)).bytes(), "VIT-LM-054");
    row("list with a huge item",
        GgufBuilder()
            .rawKey("k", 9, bytesOf<std::uint32_t>(10) + bytesOf<std::uint64_t>(1) + bytesOf<std::uint64_t>(UINT64_MAX))
            .bytes(),
        "VIT-LM-054");
    row("key not UTF-8", GgufBuilder().key<std::uint8_t>("k\xff", 0, 1).bytes(), "VIT-LM-055");
    row("text not UTF-8", GgufBuilder().key("k", std::string_view("\xc0\x80")).bytes(), "VIT-LM-055");
    row("truth value 2", GgufBuilder().key<std::uint8_t>("k", 7, 2).bytes(), "VIT-LM-055");
    row("key twice", GgufBuilder().key<std::uint8_t>("k", 0, 1).key<std::uint8_t>("k", 0, 1).bytes(), "VIT-LM-056");
    const auto with = [](const std::vector<std::uint64_t>& sizes, std::uint32_t type, std::uint64_t offset) {
        GgufBuilder file = oneTensor();
        file.tensor("u", sizes, type, offset).data.resize(64, '\1');
        return file;
    };
    row("second tensor", with({8}, 0, 32).bytes(), "none");
    {
        GgufBuilder file = oneTensor();
        file.tensor("t", {8}, 0, 32).data.resize(64, '\1');
        row("tensor twice", file.bytes(), "VIT-LM-056");
    }
    row("five sizes", with({1, 1, 1, 1, 1}, 0, 32).bytes(), "VIT-LM-057");
    row("size above 63 bits", with({UINT64_MAX}, 0, 32).bytes(), "VIT-LM-057");
    row("product overflows", with({1ULL << 32, 1ULL << 32}, 0, 32).bytes(), "VIT-LM-057");
    row("bytes overflow", with({1ULL << 62}, 0, 32).bytes(), "VIT-LM-057");
    row("row of half a block", with({16}, 2, 32).bytes(), "VIT-LM-057");
    row("type not read", with({256}, 14, 32).bytes(), "VIT-LM-058");
    row("type unknown", with({8}, 1000, 32).bytes(), "VIT-LM-058");
    row("offset not aligned", with({7}, 0, 36).bytes(), "VIT-LM-060");
    row("outside the file", with({9}, 0, 32).bytes(), "VIT-LM-061");
    row("far outside", with({8}, 0, 1ULL << 63).bytes(), "VIT-LM-061");
    row("overlap", with({8}, 0, 0).bytes(), "VIT-LM-062");
    const auto aligned = [](std::uint32_t step) { return oneTensor().key("general.alignment", 4, step); };
    row("alignment 64", aligned(64).bytes(64), "none");
    row("alignment 24", aligned(24).bytes(), "VIT-LM-059");
    row("alignment 0", aligned(0).bytes(), "VIT-LM-059");
    row("alignment as text", oneTensor().key("general.alignment", "32").bytes(), "VIT-LM-059");
    row("data missing", oneTensor().bytes().substr(0, oneTensor().bytes().size() - 1), "VIT-LM-061");
}

void TestGguf::file_broken_codeNamed() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, code);
    const auto opened = open(bytes.toStdString());
    QVERIFY2(codeOf(opened) == code, opened ? "opened" : toText(opened.error()).c_str());
    if (!opened) QVERIFY(!opened.error().hint.empty() && !opened.error().where.empty());
}

void TestGguf::file_everyKindOfValue_read() {
    GgufBuilder file;
    file.version = 2;
    file.key<std::uint8_t>("u8", 0, 200).key<std::int8_t>("i8", 1, -100).key<std::uint16_t>("u16", 2, 60000);
    file.key<std::int16_t>("i16", 3, -30000)
        .key<std::uint32_t>("u32", 4, 4000000000U)
        .key<std::int32_t>("i32", 5, -2000000000);
    file.key<float>("f32", 6, 0.5F).key<std::uint8_t>("yes", 7, 1).key("text", "한글");
    file.key<std::uint64_t>("u64", 10, 1ULL << 63)
        .key<std::uint64_t>("small", 10, 5)
        .key<std::int64_t>("i64", 11, INT64_MIN);
    file.key<double>("f64", 12, -1e300);
    file.rawKey("ints", 9,
                bytesOf<std::uint32_t>(5) + bytesOf<std::uint64_t>(2) + bytesOf<std::int32_t>(-1) +
                    bytesOf<std::int32_t>(2));
    file.rawKey("reals", 9, bytesOf<std::uint32_t>(6) + bytesOf<std::uint64_t>(1) + bytesOf(0.25F));
    file.rawKey("texts", 9,
                bytesOf<std::uint32_t>(8) + bytesOf<std::uint64_t>(2) + GgufBuilder::text("a") + GgufBuilder::text(""));
    file.rawKey("none", 9, bytesOf<std::uint32_t>(8) + bytesOf<std::uint64_t>(0));
    const auto opened = open(file.bytes());
    QVERIFY2(opened.ok(), opened ? "" : toText(opened.error()).c_str());
    const Metadata& m = (*opened)->metadata();
    QCOMPARE((*opened)->version(), 2U);
    QCOMPARE(m.entries.size(), std::size_t{17});
    QCOMPARE(m.entries.front().first, std::string("u8"));
    QCOMPARE(*m.get<std::int64_t>("u8"), 200);
    QCOMPARE(*m.get<std::int64_t>("i8"), -100);
    QCOMPARE(*m.get<std::int64_t>("u16"), 60000);
    QCOMPARE(*m.get<std::int64_t>("i16"), -30000);
    QCOMPARE(*m.get<std::int64_t>("u32"), 4000000000);
    QCOMPARE(*m.get<std::int64_t>("i32"), -2000000000);
    QCOMPARE(*m.get<double>("f32"), 0.5);
    QCOMPARE(*m.get<bool>("yes"), true);
    QCOMPARE(*m.get<std::string>("text"), std::string("한글"));
    QCOMPARE(*m.get<std::uint64_t>("u64"), 1ULL << 63);
    QCOMPARE(*m.get<std::int64_t>("small"), 5);
    QCOMPARE(*m.get<std::int64_t>("i64"), INT64_MIN);
    QCOMPARE(*m.get<double>("f64"), -1e300);
    QCOMPARE(*m.get<std::vector<std::int64_t>>("ints"), (std::vector<std::int64_t>{-1, 2}));
    QCOMPARE(*m.get<std::vector<double>>("reals"), (std::vector<double>{0.25}));
    QCOMPARE(*m.get<std::vector<std::string>>("texts"), (std::vector<std::string>{"a", ""}));
    QVERIFY(m.get<std::vector<std::string>>("none")->empty());
    QVERIFY(!m.get<bool>("text") && !m.find("absent"));
}

void TestGguf::file_tensors_turnedAndPlaced() {
    GgufBuilder file;
    file.tensor("second", {32, 3}, 8, 32).tensor("first", {2, 3, 1}, 0, 0).tensor("scalar", {}, 0, 160);
    file.data =
        std::string(24, '\1') + std::string(8, '\0') + std::string(102, '\2') + std::string(26, '\0') + bytesOf(7.0F);
    const auto opened = open(file.bytes());
    QVERIFY2(opened.ok(), opened ? "" : toText(opened.error()).c_str());
    const auto& tensors = (*opened)->tensors();
    QCOMPARE(tensors[0].name, std::string("first"));
    QCOMPARE(tensors[0].shape, (std::vector<std::int64_t>{1, 3, 2}));
    QCOMPARE(tensors[1].shape, (std::vector<std::int64_t>{3, 32}));
    QCOMPARE(tensors[1].bytes, std::uint64_t{102});
    float value = 0;
    QVERIFY((*opened)->readWidened(tensors[2], {&value, 1}).ok());
    QCOMPARE(value, 7.0F);
}

void TestGguf::file_refusedTypes_named() {
    GgufBuilder file;
    file.tensor("a", {256}, 14, 0).tensor("b", {256}, 12, 0).tensor("c", {256}, 14, 0);
    const auto opened = open(file.bytes());
    QVERIFY(!opened.ok());
    const std::string text = toText(opened.error());
    QVERIFY2(text.find("Q4_K, Q6_K") != std::string::npos && text.find("a is the first") != std::string::npos,
             text.c_str());
    QCOMPARE(ggufTypeName(39), std::string("MXFP4"));
    QCOMPARE(ggufTypeName(30), std::string("BF16"));
    QCOMPARE(ggufTypeName(99), std::string("type 99"));
}

void TestGguf::widen_ofPython_sameBits_data() {
    QTest::addColumn<QString>("kind");
    for (const char* kind : {"Q4_0", "Q4_1", "Q8_0", "F16", "BF16", "F32"})
        QTest::newRow(kind) << QString::fromLatin1(kind);
}

void TestGguf::widen_ofPython_sameBits() {
    QFETCH(QString, kind);
    const auto stored = openCheckpoint(golden("quantised.gguf")),
               expected = openCheckpoint(golden("quantised.safetensors"));
    QVERIFY(stored.ok() && expected.ok());
    const TensorInfo* a = (*stored)->find(kind.toStdString());
    const TensorInfo* b = (*expected)->find(kind.toStdString());
    QVERIFY(a && b);
    QCOMPARE(QString::fromStdString(std::string(traits(a->type).name)), kind);
    QCOMPARE(a->shape, b->shape);
    std::vector<float> found(192), wanted(192);
    QVERIFY((*stored)->readWidened(*a, found).ok());
    QVERIFY((*expected)->readWidened(*b, wanted).ok());
    QVERIFY(found == wanted);
}

void TestGguf::widen_blocksByHand_exact() {
    const auto bytes = [](const std::string& text) { return std::as_bytes(std::span(text)); };
    std::vector<float> out(32);
    std::string block = bytesOf(floatToHalf(0.5F));
    for (int i = 0; i < 16; ++i) block += static_cast<char>(i | ((15 - i) << 4));
    widenQ4_0(bytes(block), out);
    for (int i = 0; i < 16; ++i) {
        QCOMPARE(out[static_cast<std::size_t>(i)], 0.5F * static_cast<float>(i - 8));
        QCOMPARE(out[static_cast<std::size_t>(i + 16)], 0.5F * static_cast<float>(15 - i - 8));
    }
    block.insert(2, bytesOf(floatToHalf(-3)));
    widenQ4_1(bytes(block), out);
    for (int i = 0; i < 16; ++i) QCOMPARE(out[static_cast<std::size_t>(i)], 0.5F * static_cast<float>(i) - 3);
    std::string wide = bytesOf(floatToHalf(0.25F));
    for (int i = 0; i < 32; ++i) wide += static_cast<char>(i * 8 - 128);
    widenQ8_0(bytes(wide), out);
    for (int i = 0; i < 32; ++i) QCOMPARE(out[static_cast<std::size_t>(i)], 0.25F * static_cast<float>(i * 8 - 128));
}

void TestGguf::half_everyPattern_roundTrips() {
    for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        const float value = halfToFloat(half), wide = bfloatToFloat(half);
        // by definition: (-1)^s 2^(e-15) (1 + f/1024), subnormal 2^-24 f
        const int exponent = (half >> 10) & 31, fraction = half & 1023;
        const double sign = half & 0x8000 ? -1 : 1;
        if (exponent == 31) {
            QVERIFY(fraction ? std::isnan(value) : std::isinf(value) && std::signbit(value) == (sign < 0));
        } else {
            const double expected =
                sign * (exponent ? std::ldexp(1024 + fraction, exponent - 25) : std::ldexp(fraction, -24));
            QVERIFY(static_cast<double>(value) == expected && std::signbit(value) == (sign < 0));
        }
        if (!std::isnan(value)) QCOMPARE(floatToHalf(value), half);
        if (!std::isnan(wide)) QCOMPARE(floatToBfloat(wide), half);
    }
    QVERIFY(std::isnan(halfToFloat(floatToHalf(NAN))) && std::isnan(bfloatToFloat(floatToBfloat(NAN))));
    // a NaN whose upper half is that of infinity stays NaN
    QVERIFY(std::isnan(bfloatToFloat(floatToBfloat(std::bit_cast<float>(0x7f800001U)))));
}

void TestGguf::half_rounding_nearestEven_data() {
    QTest::addColumn<double>("value");
    QTest::addColumn<double>("half");
    QTest::addColumn<double>("bfloat");
    QTest::newRow("between") << 1.0 + 0x1p-11 << 1.0 << 1.0;
    QTest::newRow("between, odd below") << 1.0 + 3 * 0x1p-11 << 1.0 + 0x1p-9 << 1.0;
    QTest::newRow("just above") << 1.0 + 0x1p-11 + 0x1p-20 << 1.0 + 0x1p-10 << 1.0;
    QTest::newRow("bfloat tie to even") << 1.0 + 3 * 0x1p-8 << 1.0 + 3 * 0x1p-8 << 1.0 + 0x1p-6;
    QTest::newRow("largest") << 65504.0 << 65504.0 << 65536.0;
    QTest::newRow("rounds down to the largest") << 65519.0 << 65504.0 << 65536.0;
    QTest::newRow("rounds to infinite") << 65520.0 << double(INFINITY) << 65536.0;
    QTest::newRow("smallest") << 0x1p-24 << 0x1p-24 << 0x1p-24;
    QTest::newRow("half the smallest") << 0x1p-25 << 0.0 << 0x1p-25;
    QTest::newRow("over half the smallest") << 0x1.8p-25 << 0x1p-24 << 0x1.8p-25;
    QTest::newRow("largest subnormal up") << 0x1.ffep-15 << 0x1p-14 << 0x1p-14;
    QTest::newRow("carries into the exponent") << 2 - 0x1p-12 << 2.0 << 2.0;
}

void TestGguf::half_rounding_nearestEven() {
    QFETCH(double, value);
    QFETCH(double, half);
    QFETCH(double, bfloat);
    for (const double sign : {1.0, -1.0}) {
        const auto given = static_cast<float>(sign * value);
        QCOMPARE(static_cast<double>(halfToFloat(floatToHalf(given))), sign * half);
        QCOMPARE(static_cast<double>(bfloatToFloat(floatToBfloat(given))), sign * bfloat);
    }
}

void TestGguf::widen_wrongSizes_refused() {
    std::vector<std::byte> in(18);
    std::vector<float> out(32);
    QVERIFY(widen(StoredType::Q4_0, in, out).ok());
    QCOMPARE(codeOf(widen(StoredType::Q4_0, in, std::span(out).first(31))), QStringLiteral("VIT-LM-006"));
    QCOMPARE(codeOf(widen(StoredType::Q4_1, in, out)), QStringLiteral("VIT-LM-006"));
    QCOMPARE(codeOf(widen(StoredType::F8E4M3, in, std::span(out).first(18))), QStringLiteral("VIT-LM-006"));
    QVERIFY(widen(StoredType::F32, {}, {}).ok());
}

void TestGguf::names_bothWays_same_data() {
    QTest::addColumn<QString>("gguf");
    QTest::addColumn<QString>("hf"); // empty: none
    const auto row = [](const char* gguf, const char* hf) {
        QTest::newRow(gguf) << QString::fromLatin1(gguf) << QString::fromLatin1(hf);
    };
    row("token_embd.weight", "model.embed_tokens.weight");
    row("output_norm.weight", "model.norm.weight");
    row("output.weight", "lm_head.weight");
    row("blk.0.attn_norm.weight", "model.layers.0.input_layernorm.weight");
    row("blk.12.attn_q.bias", "model.layers.12.self_attn.q_proj.bias");
    row("blk.3.attn_k_norm.weight", "model.layers.3.self_attn.k_norm.weight");
    row("blk.3.attn_output.weight", "model.layers.3.self_attn.o_proj.weight");
    row("blk.3.ffn_norm.weight", "model.layers.3.post_attention_layernorm.weight");
    row("blk.3.ffn_gate.weight", "model.layers.3.mlp.gate_proj.weight");
    row("blk.3.ffn_down.weight", "model.layers.3.mlp.down_proj.weight");
    row("blk.x.ffn_down.weight", "");
    row("blk..ffn_down.weight", "");
    row("blk.3", "");
    row("blk.3.ffn_down", "");
    row("rope_freqs.weight", "");
    row("", "");
}

void TestGguf::names_bothWays_same() {
    QFETCH(QString, gguf);
    QFETCH(QString, hf);
    QCOMPARE(QString::fromStdString(huggingFaceName(gguf.toStdString()).value_or("")), hf);
    if (!hf.isEmpty()) QCOMPARE(QString::fromStdString(ggufName(hf.toStdString()).value_or("")), gguf);
}

void TestGguf::rows_interleaved_asDefined() {
    for (const std::int64_t d : {2, 4, 6, 64})
        for (std::int64_t head = 0; head < 3; ++head)
            for (std::int64_t h = 0; h < 2; ++h)
                for (std::int64_t i = 0; i < d / 2; ++i)
                    QCOMPARE(interleavedRow(head * d + h * d / 2 + i, d), head * d + 2 * i + h);
}

VITRINE_CORE_TEST(TestGguf)
#include "tst_lm_gguf.moc"
