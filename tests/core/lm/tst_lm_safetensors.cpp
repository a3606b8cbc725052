// SPDX-License-Identifier: GPL-3.0-or-later
// The safetensors reader against files put together by hand and by Hugging Face's own writer; the writer against both.
#include "core/base/files.hpp"
#include "core/base/json.hpp"
#include "core/base/utf8.hpp"
#include "core/lm/checkpoint/headertext.hpp"
#include "core/lm/checkpoint/safetensors.hpp"
#include "core/lm/checkpoint/safetensorswriter.hpp"
#include "core/lm/checkpoint/widen.hpp"
#include "tests/core/lm/checkpointbytes.hpp"
#include "tests/support/testmain.hpp"

#include <QObject>

#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <cmath>
#include <unistd.h>

using namespace vitrine;
using namespace vitrine::lm;
using namespace vitrine::test;
namespace fs = std::filesystem;

namespace {

const std::string Good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";

long peakKilobytes() {
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

TensorToWrite toWrite(const std::string& name, StoredType type, std::vector<std::int64_t> shape,
                      const std::string& bytes) {
    const auto owner = std::make_shared<const std::string>(bytes);
    return {name, type, std::move(shape), [owner]() -> Result<ByteView> {
                return ByteView{std::as_bytes(std::span(*owner)), owner};
            }};
}

} // namespace

class TestSafetensors : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { failOnWarnings(); }
    void cleanup() { setWriteFault({}); }

    void header_broken_codeNamed_data();
    void header_broken_codeNamed();
    void header_good_read();
    void header_anyOrderAndUnaligned_read();
    void header_hugeHostile_refusedFlat_data();
    void header_hugeHostile_refusedFlat();
    void file_broken_codeNamed_data();
    void file_broken_codeNamed();
    void file_ofPython_everyType_read();
    void file_truncatedWhileOpen_error();
    void file_notMapped_same();
    void file_pipeAndFolder_refused();
    void index_broken_codeNamed_data();
    void index_broken_codeNamed();
    void shards_broken_codeNamed();
    void shards_ofPython_sameAsWhole();
    void shards_totalSize_warned();
    void writer_likePython_sameBytes();
    void writer_roundTrip_same();
    void writer_broken_codeNamed();
    void writer_noSpace_oldFileStays();
    void utf8_tables_agree_data();
    void utf8_tables_agree();
};

void TestSafetensors::header_broken_codeNamed_data() {
    QTest::addColumn<QString>("header");
    QTest::addColumn<int>("data");
    QTest::addColumn<QString>("code");
    const auto row = [](const char* name, const char* header, int data, const char* code) {
        QTest::newRow(name) << QString::fromLatin1(header) << data << QString::fromLatin1(code);
    };
    row("empty", "", 0, "VIT-LM-014");
    row("blank first", R"( {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8, "VIT-LM-014");
    row("a list", "[]", 0, "VIT-LM-014");
    row("not UTF-8", "{\"a\xff\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "VIT-LM-013");
    row("not JSON", "{\"a\":}", 0, "VIT-LM-015");
    row("cut off", R"({"a":{"dtype":"F32","shape":[2])", 8, "VIT-LM-015");
    row("something after", R"({} x)", 0, "VIT-LM-015");
    row("deep", R"({"a":[[[[[[[[[[]]]]]]]]]]})", 0, "VIT-LM-016");
    row("long number", "{\"a\":11111111111111111111111111111111111111111111111111111111111111111}", 0, "VIT-LM-016");
    row("name twice",
        R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
        2, "VIT-LM-017");
    row("metadata twice", R"({"__metadata__":{},"__metadata__":{}})", 0, "VIT-LM-017");
    row("metadata key twice", R"({"__metadata__":{"k":"1","k":"2"}})", 0, "VIT-LM-017");
    row("member twice", R"({"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1, "VIT-LM-017");
    row("unknown type", R"({"a":{"dtype":"F6","shape":[1],"data_offsets":[0,1]}})", 1, "VIT-LM-018");
    row("quantised type", R"({"a":{"dtype":"Q4_0","shape":[32],"data_offsets":[0,18]}})", 18, "VIT-LM-018");
    row("negative size", R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}})", 1, "VIT-LM-019");
    row("broken size", R"({"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}})", 1, "VIT-LM-019");
    row("text as size", R"({"a":{"dtype":"U8","shape":["1"],"data_offsets":[0,1]}})", 1, "VIT-LM-019");
    row("no list of sizes", R"({"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}})", 1, "VIT-LM-019");
    row("nested sizes", R"({"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}})", 1, "VIT-LM-019");
    row("size above 63 bits", R"({"a":{"dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,1]}})", 1,
        "VIT-LM-020");
    row("product overflows", R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}})", 8,
        "VIT-LM-020");
    row("product wraps to the right size",
        R"({"a":{"dtype":"F32","shape":[4611686018427387905,4],"data_offsets":[0,16]}})", 16, "VIT-LM-020");
    row("bytes overflow", R"({"a":{"dtype":"F64","shape":[4611686018427387904],"data_offsets":[0,8]}})", 8,
        "VIT-LM-020");
    row("other size than offsets", R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8, "VIT-LM-021");
    row("end before begin", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8, "VIT-LM-022");
    row("one offset", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}})", 8, "VIT-LM-022");
    row("three offsets", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}})", 8, "VIT-LM-022");
    row("negative offset", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}})", 8, "VIT-LM-022");
    row("hole at the front", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})", 12, "VIT-LM-023");
    row("hole inside",
        R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})",
        3, "VIT-LM-023");
    row("overlap",
        R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
        3, "VIT-LM-024");
    row("empty inside another",
        R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}})",
        2, "VIT-LM-024");
    row("data left over", Good.c_str(), 9, "VIT-LM-025");
    row("data missing", Good.c_str(), 7, "VIT-LM-025");
    row("data without tensors", "{}", 1, "VIT-LM-025");
    row("end beyond the file",
        R"({"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}})", 1,
        "VIT-LM-025");
    row("no type", R"({"a":{"shape":[2],"data_offsets":[0,8]}})", 8, "VIT-LM-026");
    row("no offsets", R"({"a":{"dtype":"F32","shape":[2]}})", 8, "VIT-LM-026");
    row("not an object", R"({"a":1})", 0, "VIT-LM-026");
    row("a list as entry", R"({"a":[1]})", 0, "VIT-LM-026");
    row("type is a number", R"({"a":{"dtype":1,"shape":[2],"data_offsets":[0,8]}})", 8, "VIT-LM-026");
    row("metadata are a number", R"({"__metadata__":{"k":1}})", 0, "VIT-LM-027");
    row("metadata nest", R"({"__metadata__":{"k":{}}})", 0, "VIT-LM-027");
}

void TestSafetensors::header_broken_codeNamed() {
    QFETCH(QString, header);
    QFETCH(int, data);
    QFETCH(QString, code);
    const auto read = parseSafetensorsHeader(header.toLatin1().toStdString(), 0, static_cast<std::uint64_t>(data), "f");
    QCOMPARE(codeOf(read), code);
    QCOMPARE(read.error().where, std::string("f"));
    QVERIFY(!read.error().hint.empty());
}

void TestSafetensors::header_good_read() {
    const auto read = parseSafetensorsHeader(
        R"({"__metadata__":{"b":"1","a":"2"},"s":{"dtype":"F64","shape":[],"data_offsets":[0,8],"note":{"x":[1,{}]}},)"
        R"("e":{"dtype":"BF16","shape":[3,0],"data_offsets":[8,8]},"f8":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[8,9]}}  )",
        100, 9, "f");
    QVERIFY2(read.ok(), read ? "" : toText(read.error()).c_str());
    QCOMPARE(read->tensors.size(), std::size_t{3});
    QCOMPARE(read->tensors[0].name, std::string("s"));
    QCOMPARE(read->tensors[0].offset, std::uint64_t{100});
    QVERIFY(read->tensors[0].shape.empty());
    QCOMPARE(read->tensors[1].name, std::string("e"));
    QCOMPARE(read->tensors[1].shape, (std::vector<std::int64_t>{3, 0}));
    QCOMPARE(read->tensors[2].type, StoredType::F8E4M3);
    QCOMPARE(read->metadata.entries[0].first, std::string("b")); // the file's order
    QCOMPARE(*read->metadata.get<std::string>("a"), std::string("2"));
}

void TestSafetensors::header_anyOrderAndUnaligned_read() {
    const auto read =
        parseSafetensorsHeader(R"({"z":{"dtype":"F32","shape":[1],"data_offsets":[1,5]},"a":{"dtype":"U8","shape":[1],)"
                               R"("data_offsets":[0,1]}})",
                               11, 5, "f");
    QVERIFY(read.ok());
    QCOMPARE(read->tensors[0].name, std::string("a"));
    QCOMPARE(read->tensors[1].offset, std::uint64_t{12});
}

void TestSafetensors::header_hugeHostile_refusedFlat_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("code");
    QTest::newRow("nested lists") << 0 << QStringLiteral("VIT-LM-016");
    QTest::newRow("nested objects") << 1 << QStringLiteral("VIT-LM-016");
    QTest::newRow("one text") << 2 << QStringLiteral("VIT-LM-016");
    QTest::newRow("one number") << 3 << QStringLiteral("VIT-LM-016");
    QTest::newRow("flat lists in a shape") << 4 << QStringLiteral("VIT-LM-019");
}

void TestSafetensors::header_hugeHostile_refusedFlat() {
    QFETCH(int, kind);
    QFETCH(QString, code);
    constexpr std::size_t Size = 100'000'000 - 64;
    std::string header;
    header.reserve(Size + 64);
    if (kind == 0) header = "{\"a\":" + std::string(Size, '[');
    if (kind == 1) {
        while (header.size() < Size) header += "{\"a\":";
    }
    if (kind == 2) header = "{\"" + std::string(Size, 'x') + "\":1}";
    if (kind == 3) header = "{\"a\":" + std::string(Size, '9') + "}";
    if (kind == 4) {
        header = "{\"a\":{\"dtype\":\"U8\",\"shape\":[";
        while (header.size() < Size) header += "1,";
        header += "1]}}";
    }
    const long before = peakKilobytes();
    QCOMPARE(codeOf(parseSafetensorsHeader(header, 0, 0, "f")), code);
    QVERIFY2(peakKilobytes() - before < 20'000, "the refusal took memory");
}

void TestSafetensors::file_broken_codeNamed_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("code");
    const auto row = [](const char* name, const std::string& bytes, const char* code) {
        QTest::newRow(name) << QByteArray::fromStdString(bytes) << QString::fromLatin1(code);
    };
    row("empty", "", "VIT-LM-010");
    row("seven bytes", "1234567", "VIT-LM-010");
    row("header above the limit", bytesOf<std::uint64_t>(100'000'001) + Good, "VIT-LM-011");
    row("header of 2^64 - 1", bytesOf<std::uint64_t>(UINT64_MAX) + Good, "VIT-LM-011");
    row("header longer than the file", bytesOf<std::uint64_t>(Good.size() + 1) + Good, "VIT-LM-012");
    row("no header", bytesOf<std::uint64_t>(0), "VIT-LM-014");
    row("data cut off", safetensorsBytes(Good, 7), "VIT-LM-025");
    row("whole", safetensorsBytes(Good, 8), "none");
}

void TestSafetensors::file_broken_codeNamed() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, code);
    const Folder folder;
    QCOMPARE(codeOf(openCheckpoint(folder.write("m.safetensors", bytes.toStdString()))), code);
}

void TestSafetensors::file_ofPython_everyType_read() {
    const auto opened = openCheckpoint(golden("types.safetensors"));
    QVERIFY(opened.ok());
    const Checkpoint& checkpoint = **opened;
    const Json expected = *parseJson(*readFile(golden("types.json")));
    QCOMPARE(checkpoint.tensors().size(), expected.size());
    QCOMPARE(*checkpoint.metadata().get<std::string>("note"), std::string("한글 \"quoted\""));
    for (const auto& [name, tensor] : expected.items()) {
        const TensorInfo* found = checkpoint.find(name);
        QVERIFY2(found, name.c_str());
        QCOMPARE(found->shape, tensor["shape"].get<std::vector<std::int64_t>>());
        std::vector<float> values(tensor["values"].size());
        QVERIFY(checkpoint.readWidened(*found, values).ok());
        QCOMPARE(values, tensor["values"].get<std::vector<float>>());
        if (found->type != StoredType::F32 && found->type != StoredType::Bool)
            QCOMPARE(QString::fromStdString(std::string(traits(found->type).name)).toLower(),
                     QString::fromStdString(name));
    }
    QVERIFY(!checkpoint.find("absent"));
}

void TestSafetensors::file_truncatedWhileOpen_error() {
    const Folder folder;
    const fs::path file = folder.write("m.safetensors", safetensorsBytes(Good, 8));
    const auto opened = openCheckpoint(file);
    QVERIFY(opened.ok());
    QVERIFY((*opened)->files()[0]->isMapped());
    const TensorInfo& tensor = (*opened)->tensors()[0];
    QVERIFY((*opened)->bytes(tensor).ok());
    QCOMPARE(::truncate(file.c_str(), 20), 0);
    QCOMPARE(codeOf((*opened)->bytes(tensor)), QStringLiteral("VIT-LM-002"));
    std::array<std::byte, 8> out{};
    QCOMPARE(codeOf((*opened)->read(tensor, 0, out)), QStringLiteral("VIT-LM-002"));
    QCOMPARE(codeOf((*opened)->read(tensor, 1, out)), QStringLiteral("VIT-LM-003"));
}

void TestSafetensors::file_notMapped_same() {
    const auto mapped = MappedFile::open(golden("types.safetensors"));
    const auto plain = MappedFile::open(golden("types.safetensors"), Mapping::Never);
    QVERIFY(mapped.ok() && plain.ok());
    QVERIFY((*mapped)->isMapped() && !(*plain)->isMapped());
    const auto a = (*mapped)->view(3, 500), b = (*plain)->view(3, 500);
    QVERIFY(a.ok() && b.ok());
    QVERIFY(std::equal(a->bytes.begin(), a->bytes.end(), b->bytes.begin(), b->bytes.end()));
    QCOMPARE(codeOf((*plain)->view((*plain)->size(), 1)), QStringLiteral("VIT-LM-003"));
    QCOMPARE(codeOf((*mapped)->view(UINT64_MAX, 2)), QStringLiteral("VIT-LM-003"));
    QVERIFY((*mapped)->view((*mapped)->size(), 0).ok());
}

void TestSafetensors::file_pipeAndFolder_refused() {
    const Folder folder;
    const fs::path pipe = folder.path() / "p.safetensors";
    QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
    QCOMPARE(codeOf(openCheckpoint(pipe)), QStringLiteral("VIT-LM-001"));
    QCOMPARE(codeOf(openCheckpoint(folder.path())), QStringLiteral("VIT-LM-001"));
    QCOMPARE(codeOf(openCheckpoint(folder.path() / "absent.safetensors")), QStringLiteral("VIT-BASE-014"));
    QCOMPARE(codeOf(openCheckpoint(folder.write("m.bin", "PK"))), QStringLiteral("VIT-LM-004"));
}

void TestSafetensors::index_broken_codeNamed_data() {
    QTest::addColumn<QString>("index");
    QTest::addColumn<QString>("code");
    const auto row = [](const char* name, const char* index, const char* code) {
        QTest::newRow(name) << QString::fromLatin1(index) << QString::fromLatin1(code);
    };
    row("good", R"({"metadata":{"total_size":8,"x":[1]},"weight_map":{"a":"m1"},"other":[{"a":[]}]})", "none");
    row("no map", R"({"metadata":{"total_size":8}})", "VIT-LM-040");
    row("map is a list", R"({"weight_map":["m1"]})", "VIT-LM-040");
    row("map is a text", R"({"weight_map":"m1"})", "VIT-LM-040");
    row("file is a number", R"({"weight_map":{"a":1}})", "VIT-LM-040");
    row("file is an object", R"({"weight_map":{"a":{}}})", "VIT-LM-040");
    row("file is a list", R"({"weight_map":{"a":[]}})", "VIT-LM-040");
    row("a list", "[]", "VIT-LM-040");
    row("a number", "1", "VIT-LM-040");
    row("parent", R"({"weight_map":{"a":".."}})", "VIT-LM-041");
    row("up", R"({"weight_map":{"a":"../m1"}})", "VIT-LM-041");
    row("absolute", R"({"weight_map":{"a":"/etc/passwd"}})", "VIT-LM-041");
    row("other slash", R"({"weight_map":{"a":"c:\\m1"}})", "VIT-LM-041");
    row("zero byte", R"({"weight_map":{"a":"m1\u0000"}})", "VIT-LM-041");
    row("empty name", R"({"weight_map":{"a":""}})", "VIT-LM-041");
    row("tensor twice", R"({"weight_map":{"a":"m1","a":"m2"}})", "VIT-LM-042");
    row("map twice", R"({"weight_map":{"a":"m1"},"weight_map":{"b":"m1"}})", "VIT-LM-042");
    row("not JSON", R"({"weight_map":{"a":"m1"})", "VIT-LM-015");
    row("deep", R"({"x":[[[[[[[[[[]]]]]]]]]]})", "VIT-LM-016");
    row("not UTF-8", "{\"\xff\":1}", "VIT-LM-013");
}

void TestSafetensors::index_broken_codeNamed() {
    QFETCH(QString, index);
    QFETCH(QString, code);
    QCOMPARE(codeOf(parseShardIndex(index.toLatin1().toStdString(), "f")), code);
}

void TestSafetensors::shards_broken_codeNamed() {
    const Folder folder;
    folder.write("m1", safetensorsBytes(Good, 8));
    const auto open = [&folder](const char* index) {
        return openCheckpoint(folder.write("model.safetensors.index.json", index));
    };
    QCOMPARE(codeOf(open(R"({"weight_map":{"a":"m1"}})")), QStringLiteral("none"));
    QCOMPARE(codeOf(open(R"({"weight_map":{"a":"m1","b":"m2"}})")), QStringLiteral("VIT-LM-043"));
    folder.write("m2", safetensorsBytes(Good, 8));
    QCOMPARE(codeOf(open(R"({"weight_map":{"a":"m1","b":"m2"}})")), QStringLiteral("VIT-LM-044"));
    folder.write("m2", safetensorsBytes(R"({"c":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8));
    QCOMPARE(codeOf(open(R"({"weight_map":{"a":"m1","b":"m2"}})")), QStringLiteral("VIT-LM-045"));
    QCOMPARE(codeOf(open(R"({"weight_map":{"a":"m1","c":"m1","d":"m2"}})")), QStringLiteral("VIT-LM-045"));
    folder.write("m2", "short");
    QCOMPARE(codeOf(open(R"({"weight_map":{"a":"m1","c":"m2"}})")), QStringLiteral("VIT-LM-010"));
}

void TestSafetensors::shards_ofPython_sameAsWhole() {
    const auto whole = openCheckpoint(golden("llama/model.safetensors"));
    const auto shards = openCheckpoint(golden("llama_shards/model.safetensors.index.json"));
    QVERIFY(whole.ok() && shards.ok());
    QVERIFY((*shards)->warnings().empty());
    QCOMPARE((*shards)->files().size(), std::size_t{2});
    QCOMPARE((*shards)->tensors().size(), (*whole)->tensors().size());
    for (const TensorInfo& tensor : (*whole)->tensors()) {
        const TensorInfo* other = (*shards)->find(tensor.name);
        QVERIFY(other && other->type == StoredType::BF16 && other->shape == tensor.shape);
        const auto a = (*whole)->bytes(tensor), b = (*shards)->bytes(*other);
        QVERIFY(a.ok() && b.ok());
        QVERIFY(std::equal(a->bytes.begin(), a->bytes.end(), b->bytes.begin(), b->bytes.end()));
    }
}

void TestSafetensors::shards_totalSize_warned() {
    const Folder folder;
    folder.write("m1", safetensorsBytes(Good, 8));
    const auto opened =
        openCheckpoint(folder.write("x.index.json", R"({"metadata":{"total_size":9},"weight_map":{"a":"m1"}})"));
    QVERIFY(opened.ok());
    QCOMPARE((*opened)->warnings().size(), std::size_t{1});
    QCOMPARE((*opened)->warnings()[0].code, std::string("VIT-LM-046"));
    QCOMPARE((*opened)->warnings()[0].severity, Severity::Warning);
}

void TestSafetensors::writer_likePython_sameBytes() {
    const Folder folder;
    std::string floats;
    for (int i = 0; i < 6; ++i) floats += bytesOf(static_cast<float>(i));
    std::vector<TensorToWrite> tensors;
    tensors.push_back(toWrite("z", StoredType::I8, {2}, "\x03\x04"));
    tensors.push_back(toWrite("h", StoredType::F16, {1}, bytesOf(floatToHalf(0.5F))));
    tensors.push_back(toWrite("b.weight", StoredType::F32, {2, 3}, floats));
    tensors.push_back(toWrite("a", StoredType::F32, {1}, bytesOf(1.5F)));
    const fs::path file = folder.path() / "w.safetensors";
    QVERIFY(writeSafetensors(file, std::move(tensors), {{"format", "pt"}}).ok());
    QCOMPARE(*readFile(file), *readFile(golden("written.safetensors")));
}

void TestSafetensors::writer_roundTrip_same() {
    const Folder folder;
    std::vector<TensorToWrite> tensors;
    tensors.push_back(toWrite("이름 \"\\\n", StoredType::U8, {3}, "abc"));
    tensors.push_back(toWrite("empty", StoredType::F64, {0, 5}, ""));
    tensors.push_back(toWrite("scalar", StoredType::BF16, {}, bytesOf(floatToBfloat(-2))));
    tensors.push_back(
        toWrite("wide", StoredType::I64, {1, 2}, bytesOf<std::int64_t>(-1) + bytesOf<std::int64_t>(1LL << 60)));
    const fs::path file = folder.path() / "w.safetensors";
    QVERIFY(writeSafetensors(file, std::move(tensors)).ok());
    const auto opened = openCheckpoint(file);
    QVERIFY2(opened.ok(), opened ? "" : toText(opened.error()).c_str());
    QCOMPARE((*opened)->tensors().size(), std::size_t{4});
    QCOMPARE((*opened)->tensors().back().name, std::string("이름 \"\\\n"));
    for (const TensorInfo& tensor : (*opened)->tensors()) // aligned for its type
        QCOMPARE(tensor.offset % traits(tensor.type).blockBytes, std::uint64_t{0});
    const auto text = (*opened)->bytes((*opened)->tensors().back());
    QCOMPARE(std::memcmp(text->bytes.data(), "abc", 3), 0);
}

void TestSafetensors::writer_broken_codeNamed() {
    const Folder folder;
    const fs::path file = folder.path() / "w.safetensors";
    const auto write = [&file](std::vector<TensorToWrite> tensors) {
        return codeOf(writeSafetensors(file, std::move(tensors)));
    };
    QCOMPARE(write({toWrite("a", StoredType::U8, {1}, "x"), toWrite("a", StoredType::U8, {1}, "x")}),
             QStringLiteral("VIT-LM-030"));
    QCOMPARE(write({toWrite("__metadata__", StoredType::U8, {1}, "x")}), QStringLiteral("VIT-LM-030"));
    QCOMPARE(write({toWrite("", StoredType::U8, {1}, "x")}), QStringLiteral("VIT-LM-030"));
    QCOMPARE(write({toWrite("\xff", StoredType::U8, {1}, "x")}), QStringLiteral("VIT-LM-030"));
    QCOMPARE(write({toWrite("a", StoredType::Q8_0, {32}, std::string(34, 'x'))}), QStringLiteral("VIT-LM-031"));
    QCOMPARE(write({toWrite("a", StoredType::F32, {-1}, "")}), QStringLiteral("VIT-LM-031"));
    QCOMPARE(write({toWrite("a", StoredType::F32, {2}, "short")}), QStringLiteral("VIT-LM-032"));
    QVERIFY(!fs::exists(file));
    QVERIFY(fs::is_empty(folder.path())); // no temporary stays
}

void TestSafetensors::writer_noSpace_oldFileStays() {
    const Folder folder;
    const fs::path file = folder.write("w.safetensors", "old");
    int writes = 0;
    setWriteFault([&writes](const fs::path&, std::size_t size) { return size > 0 && ++writes == 3 ? ENOSPC : 0; });
    QCOMPARE(codeOf(writeSafetensors(file, {toWrite("a", StoredType::U8, {4}, "abcd")})),
             QStringLiteral("VIT-BASE-012"));
    setWriteFault({});
    QCOMPARE(*readFile(file), std::string("old"));
    QCOMPARE(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

void TestSafetensors::utf8_tables_agree_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("bad"); // -1: none
    QTest::newRow("ascii") << QByteArray("plain text of some length") << -1;
    QTest::newRow("korean and emoji") << QByteArray("가나다 😀 é") << -1;
    QTest::newRow("overlong slash") << QByteArray("abcdefgh\xc0\xaf") << 8;
    QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << 0;
    QTest::newRow("above U+10FFFF") << QByteArray("ab\xf4\x90\x80\x80") << 2;
    QTest::newRow("cut off") << QByteArray("a\xe2\x82") << 1;
    QTest::newRow("lone continuation") << QByteArray("12345678901234567\x80") << 17;
}

void TestSafetensors::utf8_tables_agree() {
    QFETCH(QByteArray, text);
    QFETCH(int, bad);
    const std::size_t found = findInvalidUtf8(text.toStdString());
    QCOMPARE(found == std::string::npos ? -1 : static_cast<int>(found), bad);
}

VITRINE_CORE_TEST(TestSafetensors)
#include "tst_lm_safetensors.moc"
