// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/json.hpp"
#include "core/base/logging.hpp"
#include "core/base/rng.hpp"
#include "core/base/seal.hpp"
#include "core/base/sha256.hpp"
#include "tests/support/testmain.hpp"

#include <QObject>
#include <QTemporaryDir>

#include <cerrno>
#include <cmath>
#include <fstream>
#include <set>

using namespace vitrine;
namespace fs = std::filesystem;

class TestBase : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void cleanup() { setWriteFault({}); }

    void fillIn_placeholders_replaced();
    void error_throughJson_same();
    void sha256_publishedVectors_match_data();
    void sha256_publishedVectors_match();
    void sha256_inPieces_sameAsWhole();
    void crc32_publishedVectors_match();
    void seal_flippedBits_found();
    void seal_otherText_leftAlone();
    void json_broken_offsetNamed_data();
    void json_broken_offsetNamed();
    void json_nonFinite_roundTrip();
    void json_invalidUtf8_replaced();
    void uuid_many_distinctAndWellFormed();
    void isoTime_knownInstants_data();
    void isoTime_knownInstants();
    void seeds_namesAndIndices_distinctAndStable();
    void seeds_bits_balanced();
    void lcg_recurrence_matches();
    void atomicWrite_failures_keepOld_data();
    void atomicWrite_failures_keepOld();
    void atomicWrite_shortWrites_complete();
    void atomicWrite_missingFolder_named();
    void readFile_cap_refused();
    void log_rotatesAndTellsSinks();

  private:
    QTemporaryDir m_dir;
    fs::path file(const char* name) const { return fs::path(m_dir.path().toStdString()) / name; }
};

void TestBase::fillIn_placeholders_replaced() {
    QCOMPARE(fillIn("%1 and %2 of %1, 100% %9", {"a", "b"}), std::string("a and b of a, 100% %9"));
    QCOMPARE(fillIn("%1", {"%1"}), std::string("%1")); // arguments are not expanded again
}

void TestBase::error_throughJson_same() {
    Error inner = makeError("VIT-BASE-012", "There is no space left to write %1", {"/x"});
    Error outer = makeError("VIT-STORE-009", "Outer %1", {"한글"}, "Do it", "file:3");
    outer.cause = std::make_shared<const Error>(inner);
    const Error back = errorFromJson(toJson(outer));
    QCOMPARE(toText(back), toText(outer));
    QCOMPARE(toText(back),
             std::string("VIT-STORE-009: Outer 한글. Do it (file:3)\n  because VIT-BASE-012: There is no space "
                         "left to write /x"));
}

void TestBase::sha256_publishedVectors_match_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("hash");
    // FIPS 180-4 examples and the NIST test suite.
    QTest::newRow("empty") << QByteArray("")
                           << QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    QTest::newRow("abc") << QByteArray("abc")
                         << QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    QTest::newRow("two blocks") << QByteArray("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                                << QByteArray("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    QTest::newRow("million") << QByteArray(1000000, 'a')
                             << QByteArray("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

void TestBase::sha256_publishedVectors_match() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, hash);
    QCOMPARE(sha256(text.toStdString()), hash.toStdString());
    QVERIFY(writeFileAtomically(file("hashed"), text.toStdString()).ok());
    QCOMPARE(*sha256OfFile(file("hashed")), hash.toStdString());
}

void TestBase::crc32_publishedVectors_match() {
    QCOMPARE(crc32(""), 0U);
    QCOMPARE(crc32("123456789"), 0xCBF43926U); // the check value of the catalogue of CRC algorithms
    QCOMPARE(crc32("The quick brown fox jumps over the lazy dog"), 0x414FA339U);
}

/// Every single bit: the text no longer reads as JSON, its seal is broken, or what it says is the same.
void TestBase::seal_flippedBits_found() {
    const std::string text = R"({"n":12,"t":1000,"value":0.5,"word":"abc"})", whole = sealed(text);
    const Json wanted = *parseJson(text);
    QVERIFY(!isSealBroken(whole) && !isSealBroken(whole + "\n"));
    QCOMPARE(sealed("{\n  \"a\": 1\n}\n").substr(0, 10), std::string("{\n  \"a\": 1"));
    for (std::size_t at = 0; at < whole.size(); ++at)
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string flipped = whole;
            flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ (1U << bit));
            const Result<Json> json = parseJson(flipped);
            if (!json || isSealBroken(flipped)) continue;
            for (const auto& [key, value] : wanted.items())
                QVERIFY2(json->is_object() && json->contains(key) && json->at(key) == value, flipped.c_str());
        }
}

void TestBase::seal_otherText_leftAlone() {
    for (const char* text : {"", "{}", "[1]", "{", "}", "\"}"}) {
        QCOMPARE(sealed(text), std::string(text));
        QVERIFY(!isSealBroken(text));
    }
    QVERIFY(!isSealBroken(R"({"a":1})"));
    QVERIFY(isSealBroken(R"({"a":1,"crc":"00000000"})"));
}

void TestBase::sha256_inPieces_sameAsWhole() {
    std::string text;
    for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 7);
    for (std::size_t length = 0; length < text.size(); ++length) { // every padding case
        Sha256 pieces;
        for (std::size_t at = 0; at < length; at += 13)
            pieces.add(std::string_view(text).substr(at, std::min<std::size_t>(13, length - at)));
        QCOMPARE(pieces.hex(), sha256(std::string_view(text).substr(0, length)));
    }
}

void TestBase::json_broken_offsetNamed_data() {
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("offset");
    QTest::newRow("empty") << std::string() << std::string("0");
    QTest::newRow("cut") << std::string("{\"a\":") << std::string("5");
    QTest::newRow("comma") << std::string("[1,]") << std::string("3");
    QTest::newRow("deep") << std::string(201, '[') << std::string("200");
    QTest::newRow("very deep") << std::string(1 << 20, '[') << std::string("200");
}

void TestBase::json_broken_offsetNamed() {
    QFETCH(std::string, text);
    QFETCH(std::string, offset);
    const Result<Json> result = parseJson(text, "f");
    QVERIFY(!result.ok());
    QCOMPARE(result.error().code, std::string("VIT-BASE-001"));
    QCOMPARE(result.error().arguments.at(0), offset);
}

void TestBase::json_nonFinite_roundTrip() {
    const Json value{{"a", std::nan("")}, {"b", {HUGE_VAL, -HUGE_VAL, 0.1}}};
    const std::string line = writeJsonLine(value);
    QCOMPARE(line, std::string(R"({"a":"nan","b":["inf","-inf",0.1]})"));
    const Json back = *parseJson(line);
    QVERIFY(std::isnan(numberFromJson(back["a"])));
    QCOMPARE(numberFromJson(back["b"][0]), HUGE_VAL);
    QCOMPARE(numberFromJson(back["b"][1]), -HUGE_VAL);
    QCOMPARE(numberFromJson(back["b"][2]), 0.1);
    QCOMPARE(numberFromJson("other", 7), 7.0);
}

void TestBase::json_invalidUtf8_replaced() {
    const std::string line = writeJsonLine(Json("a\xff\nb"));
    QVERIFY(parseJson(line).ok());
    QVERIFY(line.find('\n') == std::string::npos);
}

void TestBase::uuid_many_distinctAndWellFormed() {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string id = newUuid();
        QCOMPARE(id.size(), std::size_t{36});
        QCOMPARE(id[14], '4');
        QVERIFY(std::string("89ab").find(id[19]) != std::string::npos);
        seen.insert(id);
    }
    QCOMPARE(seen.size(), std::size_t{1000});
}

void TestBase::isoTime_knownInstants_data() {
    QTest::addColumn<qint64>("ms");
    QTest::addColumn<std::string>("text");
    QTest::newRow("epoch") << qint64{0} << std::string("1970-01-01T00:00:00.000Z");
    QTest::newRow("billion") << qint64{1000000000123} << std::string("2001-09-09T01:46:40.123Z");
    QTest::newRow("before") << qint64{-1} << std::string("1969-12-31T23:59:59.999Z");
}

void TestBase::isoTime_knownInstants() {
    QFETCH(qint64, ms);
    QFETCH(std::string, text);
    QCOMPARE(isoTime(ms), text);
}

void TestBase::seeds_namesAndIndices_distinctAndStable() {
    const SeedSequence root(7);
    std::set<std::uint64_t> seen;
    for (const char* name : {"", "a", "b", "ab", "init", "data"})
        for (std::uint64_t index = 0; index < 1000; ++index) seen.insert(root.seed(name, index));
    QCOMPARE(seen.size(), std::size_t{6000});
    QCOMPARE(root.seed("init", 3), SeedSequence(7).seed("init", 3));
    QVERIFY(root.seed("init", 3) != SeedSequence(8).seed("init", 3));
}

void TestBase::seeds_bits_balanced() {
    // Each bit of N seeds is a fair coin: |ones - N/2| < 5 sd = 2.5 sqrt(N).
    constexpr int Count = 4096;
    const SeedSequence root(1);
    for (unsigned bit = 0; bit < 64; ++bit) {
        int ones = 0;
        for (std::uint64_t index = 0; index < Count; ++index) ones += root.seed("walk", index) >> bit & 1U ? 1 : 0;
        QVERIFY(std::abs(ones - Count / 2) < 160);
    }
}

void TestBase::lcg_recurrence_matches() {
    Lcg generator(1);
    QCOMPARE(generator.nextState(), std::uint64_t{7806831264735756412ULL}); // 1 * a + c mod 2^64
    QCOMPARE(generator.next(), std::uint64_t{9396908728118811419ULL >> 33U});
}

void TestBase::atomicWrite_failures_keepOld_data() {
    QTest::addColumn<int>("number");
    QTest::addColumn<std::string>("code");
    QTest::newRow("no space") << ENOSPC << std::string("VIT-BASE-012");
    QTest::newRow("quota") << EDQUOT << std::string("VIT-BASE-012");
    QTest::newRow("read-only") << EROFS << std::string("VIT-BASE-011");
    QTest::newRow("io") << EIO << std::string("VIT-BASE-013");
}

void TestBase::atomicWrite_failures_keepOld() {
    QFETCH(int, number);
    QFETCH(std::string, code);
    const fs::path path = file("kept");
    QVERIFY(writeFileAtomically(path, "old").ok());
    int calls = 0;
    setWriteFault(
        [&](const fs::path&, std::size_t) { return ++calls == 1 ? -2 : number; }); // two bytes, then the fault
    const Status status = writeFileAtomically(path, "new content");
    QVERIFY(!status.ok());
    QCOMPARE(status.error().code, code);
    QCOMPARE(status.error().arguments.at(0), path.string());
    setWriteFault({});
    QCOMPARE(*readFile(path), std::string("old"));
    for (const auto& entry : fs::directory_iterator(path.parent_path())) QVERIFY(entry.path().extension() != ".tmp");
}

void TestBase::atomicWrite_shortWrites_complete() {
    setWriteFault([](const fs::path&, std::size_t) { return -3; });
    QVERIFY(writeFileAtomically(file("short"), "0123456789").ok());
    QCOMPARE(*readFile(file("short")), std::string("0123456789"));
}

void TestBase::atomicWrite_missingFolder_named() {
    const Status status = writeFileAtomically(file("gone") / "x", "1");
    QVERIFY(!status.ok());
    QCOMPARE(status.error().code, std::string("VIT-BASE-010"));
}

void TestBase::readFile_cap_refused() {
    QVERIFY(writeFileAtomically(file("big"), std::string(100, 'x')).ok());
    QCOMPARE(readFile(file("big"), 100)->size(), std::size_t{100});
    QCOMPARE(readFile(file("big"), 99).error().code, std::string("VIT-BASE-015"));
    QCOMPARE(readFile(file("none")).error().code, std::string("VIT-BASE-014"));
    QCOMPARE(readFile(m_dir.path().toStdString()).error().code, std::string("VIT-BASE-014"));
    QCOMPARE(readFile("/dev/zero", 1000).error().code, std::string("VIT-BASE-015"));
}

void TestBase::log_rotatesAndTellsSinks() {
    const fs::path folder = file("logs");
    fs::create_directories(folder);
    startLogFile(folder.string());
    int told = 0;
    const int token = addLogSink([&](const LogRecord& record) {
        ++told;
        logMessage(LogLevel::Warning, "again", "from inside"); // must not call itself for ever
        QCOMPARE(record.category, std::string("vitrine.test"));
    });
    const std::string line(1000, 'x');
    for (int i = 0; i < 9000; ++i) logMessage(LogLevel::Info, "vitrine.test", line); // 9 MB into 3 x 2 MiB
    removeLogSink(token);
    logMessage(LogLevel::Info, "vitrine.other", "after");
    QCOMPARE(told, 9000);
    std::uintmax_t bytes = 0, files = 0;
    for (const auto& entry : fs::directory_iterator(folder)) bytes += entry.file_size(), ++files;
    QVERIFY(files >= 2 && files <= 4);
    QVERIFY(bytes <= 4U * (2U << 20U) + 4096U);
}

VITRINE_CORE_TEST(TestBase)
#include "tst_base.moc"
