// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.hpp"
#include "core/methods/tensor_logic/tablefile.hpp"
#include "tests/support/stopwatch.hpp"
#include "tests/support/testmain.hpp"

#include <QCryptographicHash>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

class Folder {
  public:
    std::filesystem::path write(const char* name, const QByteArray& content) const {
        QFile file(m_folder.filePath(QString::fromUtf8(name)));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size()) qFatal("cannot write");
        return file.fileName().toStdString();
    }
    std::filesystem::path path(const char* name) const {
        return m_folder.filePath(QString::fromUtf8(name)).toStdString();
    }

  private:
    QTemporaryDir m_folder;
};

/// Cells with | between, symbols in quotes; rows with a newline between; or the message.
QString rowsOf(const std::filesystem::path& file, int arity, const TableFileOptions& options) {
    Dictionary dictionary;
    const auto rows =
        readRelation(file, arity < 0 ? std::nullopt : std::optional<std::uint32_t>(arity), dictionary, options);
    if (!rows)
        return QString::fromStdString(rows.error().code + " " + fillIn(rows.error().message, rows.error().arguments));
    QStringList lines;
    for (std::uint64_t row = 0; row < rows->rows; ++row) {
        QStringList cells;
        for (std::uint32_t k = 0; k < rows->arity; ++k) {
            const Cell cell = rows->cells[row * rows->arity + k];
            const QString text = QString::fromStdString(dictionary.text(cell));
            cells << (dictionary.isSymbol(cell) ? QLatin1Char('"') + text + QLatin1Char('"') : text);
        }
        lines << cells.join(QLatin1Char('|'));
    }
    return lines.join(QLatin1Char('\n'));
}

QString numbersOf(const std::filesystem::path& file, int rank, const std::vector<std::int64_t>& shape,
                  const TableFileOptions& options) {
    const auto numbers =
        readNumbers(file, rank < 0 ? std::nullopt : std::optional<std::uint32_t>(rank), shape, options);
    if (!numbers)
        return QString::fromStdString(numbers.error().code + " " +
                                      fillIn(numbers.error().message, numbers.error().arguments));
    QString out;
    for (const std::int64_t size : numbers->shape) out += QString::number(size) + QLatin1Char(' ');
    out += QLatin1Char(':');
    for (const std::int64_t value : numbers->integers) out += QLatin1Char(' ') + QString::number(value);
    for (const double value : numbers->reals) out += QLatin1Char(' ') + QString::number(value) + QLatin1Char('r');
    return out;
}

TableFileOptions named() {
    TableFileOptions options;
    options.shownName = "f";
    return options;
}

} // namespace

class TestTableFile : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void relation_ofEachFormat_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<int>("arity");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* tag, const char* name, const QByteArray& content, int arity,
                            const char* expected) {
            QTest::newRow(tag) << QString::fromUtf8(name) << content << arity << QString::fromUtf8(expected);
        };
        row("words", "a.txt", "Alice loves\n  Bob 42\n", -1, "0|\"Alice\"\n1|\"loves\"\n2|\"Bob\"\n3|\"42\"");
        row("words, punctuation stays", "a.TXT", "Hello, world.", 2, "0|\"Hello,\"\n1|\"world.\"");
        row("words, empty", "a.txt", "", -1, "");
        row("csv", "a.csv", "1,Alice\n-2,Bob B\n", 2, "1|\"Alice\"\n-2|\"Bob B\"");
        row("csv, crlf and mark", "a.csv",
            "\xEF\xBB\xBF"
            "1,2\r\n3,4\r\n",
            -1, "1|2\n3|4");
        row("csv, no last newline", "a.csv", "1,2\n3,4", 2, "1|2\n3|4");
        row("csv, quotes", "a.csv", "\"a,b\",\"say \"\"hi\"\"\"\n\"x\ny\",3\n", 2,
            "\"a,b\"|\"say \"hi\"\"\n\"x\ny\"|3");
        row("csv, quoted number is a symbol", "a.csv", "\"7\",7\n", 2, "\"7\"|7");
        row("csv, blanks around cells go", "a.csv", " a , b \n\" c \", 4\n", 2, "\"a\"|\"b\"\n\" c \"|4");
        row("csv, quote inside a cell stays", "a.csv", "5\" pipe,x\n", 2, "\"5\" pipe\"|\"x\"");
        row("csv, empty cells", "a.csv", ",\n\"\",b\n", 2, "\"\"|\"\"\n\"\"|\"b\"");
        row("csv, empty lines", "a.csv", "\n1,2\n\n  \n3,4\n\n", 2, "1|2\n3|4");
        row("csv, no comments", "a.csv", "#1,2\n", 2, "\"#1\"|2");
        row("tsv keeps blanks", "a.tsv", "New York\t 3\n", 2, "\"New York\"|\" 3\"");
        row("facts", "a.facts", "a\tb\nb\tc\n", 2, "\"a\"|\"b\"\n\"b\"|\"c\"");
        row("facts, comments above", "a.facts", "# x y z\n%\na\tb\n#c\td\n", 2, "\"a\"|\"b\"\n\"#c\"|\"d\"");
        row("facts, empty cell", "a.facts", "a\t\n", 2, "\"a\"|\"\"");
        row("triples", "a.tsv", "/m/1\t/people/born\t/m/2\n", 3, "\"/m/1\"|\"/people/born\"|\"/m/2\"");
        row("triples named txt", "train.txt", "a\tr\tb\nb\tr\tc\n", 3, "\"a\"|\"r\"|\"b\"\n\"b\"|\"r\"|\"c\"");
        row("snap", "g.edges", "# Nodes: 3\n# From To\n0\t1\n1\t2\n", 2, "0|1\n1|2");
        row("snap named txt", "wiki-Vote.txt", "# Directed graph\n0\t1\n1\t2\n", 2, "0|1\n1|2");
        row("pairs named txt", "facebook.txt", "0 1\n0 2\n", 2, "0|1\n0|2");
        row("one line of two integers is words", "a.txt", "0 1\n", 2, "0|\"0\"\n1|\"1\"");
        row("blanks", "g.el", "  0   1 \n% note\n1 2\n", 2, "0|1\n1|2");
        row("blanks, cells with tabs may hold blanks", "g.dat", "New York\tParis\n", 2, "\"New York\"|\"Paris\"");
        row("matrix market", "g.mtx", "%%MatrixMarket matrix coordinate pattern symmetric\n% c\n3 3 2\n2 1\n3 1\n", 2,
            "2|1\n3|1");
        row("matrix market, values dropped", "g.mtx", "%%MatrixMarket matrix coordinate real general\n3 3 1\n2 1 0.5\n",
            2, "2|1");
        row("matrix market, values wanted", "g.mtx", "%%MatrixMarket matrix coordinate integer general\n3 3 1\n2 1 7\n",
            3, "2|1|7");
        row("64-bit integers", "a.csv",
            "9223372036854775807,\"9223372036854775808\"\n-9223372036854775808,+5\n007,1.5\n", 2,
            "9223372036854775807|\"9223372036854775808\"\n-9223372036854775808|\"+5\"\n7|\"1.5\"");
        row("one column", "a.csv", "Alice\nBob\n", 1, "\"Alice\"\n\"Bob\"");
        row("repeats stay", "a.csv", "1,2\n1,2\n", 2, "1|2\n1|2");
        row("empty", "a.csv", "", 2, "");
        row("hangul", "a.csv", "철수,영희\n", 2, "\"철수\"|\"영희\"");
        // Errors.
        row("too many columns", "a.csv", "1,2\n3,4,5\n", 2, "E-FILE f:2:5: this row has 3 cells, not 2");
        row("too few columns", "a.tsv", "a\tb\nc\n", 2, "E-FILE f:2:2: this row has 1 cell, not 2");
        row("first row decides", "a.csv", "1,2\n3\n", -1, "E-FILE f:2:2: this row has 1 cell, not 2");
        row("columns count code points", "a.csv", "1,2\n철수,영희,x\n", 2, "E-FILE f:2:7: this row has 3 cells, not 2");
        row("integer too long", "a.csv", "1,2\n3,9223372036854775808\n", 2,
            "E-FILE f:2:3: this integer needs more than 64 bits");
        row("integer too long, tabs", "a.tsv", "-9223372036854775809\tb\n", 2,
            "E-FILE f:1:1: this integer needs more than 64 bits");
        row("quote not closed", "a.csv", "1,2\n3,\"abc\nd\n", 2, "E-FILE f:2:3: the quote is not closed");
        row("quote not closed, later line", "a.csv", "\"a\nb\",\"c\n", 2, "E-FILE f:2:4: the quote is not closed");
        row("text behind a quote", "a.csv", "\"a\"b,2\n", 2, "E-FILE f:1:4: text behind the closing quote");
        row("invalid utf-8", "a.csv", "1,2\n3,a\xFF\n", 2, "E-FILE f:2:4: this is not valid UTF-8");
        row("utf-16", "a.csv",
            QByteArray("\xFF\xFE"
                       "1\0,\0",
                       6),
            2, "E-FILE f:1:1: this is UTF-16: save the file as UTF-8");
        row("zero byte", "a.csv", QByteArray("1,2\n3\0,4\n", 9), 2, "E-FILE f:2:2: a zero byte: this is no text file");
        row("dense matrix file", "g.mtx", "%%MatrixMarket matrix array real general\n1 1\n5\n", 2,
            "E-FILE f:1:1: only coordinate matrices can be read");
    }
    void relation_ofEachFormat() {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        QFETCH(int, arity);
        QFETCH(QString, expected);
        const Folder folder;
        QCOMPARE(rowsOf(folder.write(name.toUtf8().constData(), content), arity, named()), expected);
    }

    void numbers_ofEachRank_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<int>("rank");
        QTest::addColumn<QList<qint64>>("shape");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* tag, const char* name, const QByteArray& content, int rank, QList<qint64> shape,
                            const char* expected) {
            QTest::newRow(tag) << QString::fromUtf8(name) << content << rank << shape << QString::fromUtf8(expected);
        };
        row("scalar", "a.csv", "3\n", 0, {}, ": 3");
        row("vector", "a.csv", "3\n-4\n", 1, {}, "2 : 3 -4");
        row("vector by itself", "a.csv", "3\n4\n5\n", -1, {}, "3 : 3 4 5");
        row("matrix", "a.csv", "1,2,3\n4,5,6\n", 2, {}, "2 3 : 1 2 3 4 5 6");
        row("matrix by itself", "a.tsv", "1\t2\n3\t4\n", -1, {}, "2 2 : 1 2 3 4");
        row("matrix of one column", "a.csv", "1\n2\n", 2, {}, "2 1 : 1 2");
        row("reals", "a.csv", "1,2.5\n-1e-3,+4\n", 2, {}, "2 2 : 1r 2.5r -0.001r 4r");
        row("tiny is zero", "a.csv", "1e-999\n", 1, {}, "1 : 0r");
        row("beyond 64 bits is real", "a.csv", "9223372036854775808\n", 1, {}, "1 : 9.22337e+18r");
        row("blanks", "a.dat", "# w\n 1  2 \n3 4\n", 2, {}, "2 2 : 1 2 3 4");
        row("blanks around commas", "a.csv", "1, 2\n3 ,4\n", 2, {}, "2 2 : 1 2 3 4");
        row("rank three, declared", "a.csv", "1,2\n3,4\n\n5,6\n7,8\n", 3, {2, 2, 2}, "2 2 2 : 1 2 3 4 5 6 7 8");
        row("rank three, one inferred", "a.csv", "1,2\n3,4\n5,6\n", 3, {3, -1, 2}, "3 1 2 : 1 2 3 4 5 6");
        row("rank three, last inferred", "a.csv", "1,2\n3,4\n", 3, {-1, 2, -1}, "1 2 2 : 1 2 3 4");
        row("empty matrix", "a.csv", "", 2, {}, "0 0 :");
        row("empty vector", "a.csv", "", 1, {}, "0 :");
        // Errors.
        row("no number", "a.csv", "1,2\n3,x\n", 2, {}, "E-FILE f:2:3: expected a number, found `x`");
        row("empty cell", "a.csv", "1,\n", 2, {}, "E-FILE f:1:3: expected a number, found an empty cell");
        row("nan", "a.csv", "nan\n", 1, {}, "E-FILE f:1:1: expected a number, found `nan`");
        row("inf", "a.csv", "1e999\n", 1, {}, "E-FILE f:1:1: expected a number, found `1e999`");
        row("ragged", "a.csv", "1,2\n3\n", 2, {}, "E-FILE f:2:2: this row has 1 number, not 2");
        row("two values in a vector", "a.csv", "1,2\n", 1, {}, "E-FILE f:1:3: this row has 2 numbers, not 1");
        row("declared columns", "a.csv", "1,2\n", 2, {1, 3}, "E-FILE f:1:4: this row has 2 numbers, not 3");
        row("declared rows", "a.csv", "1,2\n", 2, {2, 2}, "E-FILE f: the file has 1 row, not 2");
        row("declared length", "a.csv", "1\n2\n", 1, {3}, "E-FILE f: the file has 2 rows, not 3");
        row("two scalars", "a.csv", "1\n2\n", 0, {}, "E-FILE f: the file has 2 rows, not 1");
        row("two unknown", "a.csv", "1,2\n", 3, {-1, -1, 2},
            "E-FILE f: two sizes of the tensor are unknown: declare them");
        row("no multiple", "a.csv", "1\n2\n3\n", 3, {2, -1, 1}, "E-FILE f: the number of rows, 3, is no multiple of 2");
        row("overflowing sizes", "a.csv", "1\n", 3, {1LL << 40, 1LL << 40, 1}, "E-FILE f: the tensor is too large");
    }
    void numbers_ofEachRank() {
        QFETCH(QString, name);
        QFETCH(QByteArray, content);
        QFETCH(int, rank);
        QFETCH(QList<qint64>, shape);
        QFETCH(QString, expected);
        const Folder folder;
        const std::vector<std::int64_t> sizes(shape.begin(), shape.end());
        QCOMPARE(numbersOf(folder.write(name.toUtf8().constData(), content), rank, sizes, named()), expected);
    }

    void files_thatCannotBeRead_areNamed() {
        const Folder folder;
        QVERIFY(rowsOf(folder.path("none.csv"), 2, named()).startsWith(QLatin1String("E-FILE f: cannot be read")));
        QVERIFY(numbersOf(folder.path("none.csv"), 2, {}, named()).startsWith(QLatin1String("E-FILE f: cannot")));
        QVERIFY(rowsOf(folder.path("none.txt"), 2, named()).startsWith(QLatin1String("E-FILE f: cannot")));
        QCOMPARE(rowsOf(folder.path("."), 2, named()), QStringLiteral("E-FILE f: is no regular file"));
        ::mkfifo(folder.path("pipe.csv").c_str(), 0600);
        QCOMPARE(rowsOf(folder.path("pipe.csv"), 2, named()), QStringLiteral("E-FILE f: is no regular file"));
    }

    void memoryBudget_isKept() {
        const Folder folder;
        QByteArray content;
        for (int k = 0; k < 100000; ++k) content += "1,2\n";
        const auto file = folder.write("a.csv", content);
        TableFileOptions options = named();
        options.memoryBudget = 100000;
        QVERIFY(rowsOf(file, 2, options).contains(QLatin1String("need more memory than allowed")));
        QVERIFY(numbersOf(file, 2, {}, options).contains(QLatin1String("need more memory than allowed")));
        options.memoryBudget = 10 << 20;
        QVERIFY(!numbersOf(file, 2, {}, options).contains(QLatin1String("E-FILE")));
        options.memoryBudget = 100000;
        QVERIFY(rowsOf(folder.write("b.txt", content.replace(',', ' ') + "x"), 2, options)
                    .contains(QLatin1String("need more memory")));
    }

    // Digests by sha256sum of coreutils.
    void hash_isOfTheContent_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("content");
        QTest::addColumn<int>("columns");
        QTest::addColumn<std::string>("digest");
        QTest::newRow("csv") << QByteArray("e.csv") << QByteArray("a,b\nb,c\n") << 2
                             << std::string("b774a0f17124f356c9022e5275baf39b4407a5e806dac1e081b08c0efa6c2f3b");
        QTest::newRow("words, looked at twice")
            << QByteArray("t.txt") << QByteArray("Alice loves Bob\n") << 2
            << std::string("425c65f29e84b1a9c7b76c00c0d97753c0e9b544033e464b77c5dfccaf94da09");
    }
    void hash_isOfTheContent() {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, content);
        QFETCH(int, columns);
        QFETCH(std::string, digest);
        const Folder files;
        std::vector<std::pair<std::uint64_t, std::string>> heard;
        TableFileOptions options;
        options.onHash = [&](std::uint64_t bytes, const std::string& sha256) { heard.emplace_back(bytes, sha256); };
        Dictionary dictionary;
        QVERIFY(readRelation(files.write(name.constData(), content), static_cast<std::uint32_t>(columns), dictionary,
                             options)
                    .ok());
        QCOMPARE(heard.size(), std::size_t(1));
        QCOMPARE(heard[0].first, static_cast<std::uint64_t>(content.size()));
        QCOMPARE(heard[0].second, digest);
    }

    void hash_ofManyBlocks_isThatOfTheWhole() {
        const Folder files;
        QByteArray content;
        for (int k = 0; k < 400000; ++k) content += QByteArray::number(k) + ',' + QByteArray::number(k + 1) + '\n';
        std::string heard;
        TableFileOptions options;
        options.onHash = [&](std::uint64_t, const std::string& sha256) { heard = sha256; };
        Dictionary dictionary;
        QVERIFY(readRelation(files.write("big.csv", content), 2u, dictionary, options).ok());
        QCOMPARE(QByteArray::fromStdString(heard),
                 QCryptographicHash::hash(content, QCryptographicHash::Sha256).toHex());
    }

    void lines_ofManyBytes_areReadAndLimited() {
        const Folder folder;
        const QByteArray cell(3 << 20, 'x');
        QCOMPARE(rowsOf(folder.write("a.csv", cell + ",1\n2,3\n"), 2, named()).size(), cell.size() + 2 + 2 + 1 + 3);
        const QByteArray line(65 << 20, 'x');
        QVERIFY(rowsOf(folder.write("b.csv", line), 1, named())
                    .startsWith(QLatin1String("E-FILE f:1:1: the line is longer")));
    }

    void progress_endsAtTheSize_andStopStops() {
        const Folder folder;
        const auto file = folder.write("a.csv", QByteArray("12,34\n").repeated(1000000));
        TableFileOptions options = named();
        std::uint64_t last = 0, calls = 0;
        options.onProgress = [&](std::uint64_t done, std::uint64_t total) {
            QVERIFY(done >= last && done <= total);
            last = done;
            ++calls;
        };
        Dictionary dictionary;
        QVERIFY(readRelation(file, 2, dictionary, options).ok());
        QCOMPARE(last, std::uint64_t(6000000));
        QVERIFY(calls >= 3);
        std::stop_source stop;
        options.stop = stop.get_token();
        options.onProgress = [&](std::uint64_t, std::uint64_t) { stop.request_stop(); };
        const auto stopped = readRelation(file, 2, dictionary, options);
        QVERIFY(!stopped.ok());
        QCOMPARE(stopped.error().code, std::string("E-CANCEL"));
    }

    void reading_isFast() {
        const Folder folder;
        QByteArray edges, names;
        for (int k = 0; k < 1000000; ++k)
            edges += QByteArray::number(k % 50000) + '\t' + QByteArray::number(k * 7 % 50000) + '\n';
        for (int k = 0; k < 300000; ++k)
            names += "/m/0" + QByteArray::number(k % 15000) + "\t/people/born_in\t/m/1" +
                     QByteArray::number(k * 7 % 15000) + '\n';
        const auto measure = [](const std::filesystem::path& file, std::uint32_t arity) {
            double best = 1e9;
            for (int repeat = 0; repeat < 3; ++repeat) {
                Dictionary dictionary;
                const test::Stopwatch timer;
                if (!readRelation(file, arity, dictionary).ok()) qFatal("not read");
                best = std::min(best, timer.milliseconds() / 1000.0);
            }
            return static_cast<double>(std::filesystem::file_size(file)) / best / 1e6;
        };
        const double integers = measure(folder.write("e.tsv", edges), 2);
        const double symbols = measure(folder.write("t.tsv", names), 3);
        qInfo("integers %.0f MB/s, symbols %.0f MB/s", integers, symbols);
        QVERIFY(integers > 50 && symbols > 50);
    }

    void written_tables_readBack() {
        const Folder folder;
        for (const TableFormat format : {TableFormat::Comma, TableFormat::Tab}) {
            TableText table(format);
            for (int repeat = 0; repeat < 2; ++repeat) {
                for (const char* cell : {"plain", "with \"quotes\"", " padded ", "철수", "", "1.5"})
                    QVERIFY(table.symbol(cell));
                table.value("-7");
                QVERIFY(table.endRow());
            }
            const auto file =
                folder.write(format == TableFormat::Comma ? "a.csv" : "a.tsv", QByteArray::fromStdString(table.text()));
            const QString row = QStringLiteral("\"plain\"|\"with \"quotes\"\"|\" padded \"|\"철수\"|\"\"|\"1.5\"|-7");
            QCOMPARE(rowsOf(file, -1, named()), row + QLatin1Char('\n') + row);
        }
        TableText comma(TableFormat::Comma), tab(TableFormat::Tab);
        QVERIFY(comma.symbol("a,b") && comma.symbol("c\nd") && comma.symbol("12"));
        QCOMPARE(comma.text(), std::string("\"a,b\",\"c\nd\",\"12\""));
        QVERIFY(!tab.symbol("a\tb") && !tab.symbol("c\nd") && !tab.symbol("-2") && tab.symbol("a,b"));
        QCOMPARE(tab.text(), std::string("a,b"));
        TableText empty(TableFormat::Tab);
        QVERIFY(empty.symbol("") && !empty.endRow(true)); // an empty line is no row
    }

    /// Whatever is written comes back as it was, or is refused: symbols of characters that mean something to the
    /// formats, and integers that look like some of them.
    void written_randomRows_comeBackOrAreRefused_data() {
        QTest::addColumn<QString>("name");
        for (const char* name : {"a.csv", "a.tsv", "a.edges"}) QTest::newRow(name) << QString::fromLatin1(name);
    }
    void written_randomRows_comeBackOrAreRefused() {
        QFETCH(QString, name);
        const Folder folder;
        const TableFormat format = tableFormatOf(name.toStdString());
        Lcg random(7);
        int written = 0;
        for (int trial = 0; trial < 3000; ++trial) {
            Dictionary dictionary;
            TableText table(format);
            const std::uint64_t arity = 1 + random.below(3);
            std::vector<Cell> cells;
            bool isWritable = true;
            for (std::uint64_t row = 0; row < 1 + random.below(3); ++row) {
                bool areSymbols = true;
                for (std::uint64_t k = 0; k < arity; ++k) {
                    if (random.below(3) == 0) {
                        cells.push_back(dictionary.integer(std::int64_t(random.below(30)) - 10));
                        table.value(dictionary.text(cells.back()));
                        areSymbols = false;
                        continue;
                    }
                    std::string text;
                    for (std::uint64_t length = random.below(4); length > 0; --length)
                        text += " ,\t\n\r\"#%-012ab\f"[random.below(15)];
                    cells.push_back(dictionary.symbol(text));
                    isWritable = table.symbol(text) && isWritable;
                }
                isWritable = table.endRow(areSymbols) && isWritable;
            }
            if (!isWritable) continue;
            ++written;
            const auto file = folder.write(name.toUtf8().constData(), QByteArray::fromStdString(table.text()));
            const auto read = readRelation(file, std::uint32_t(arity), dictionary, named());
            QVERIFY2(read.ok(), table.text().c_str());
            QVERIFY2(read->cells == cells, table.text().c_str());
        }
        QVERIFY(format == TableFormat::Comma ? written == 3000 : written > 300);
    }

    void formats_followTheEnding() {
        QCOMPARE(tableFormatOf("a/b.CSV"), TableFormat::Comma);
        QCOMPARE(tableFormatOf("b.facts"), TableFormat::Tab);
        QCOMPARE(tableFormatOf("b.tsv"), TableFormat::Tab);
        QCOMPARE(tableFormatOf("b.txt"), TableFormat::Words);
        QCOMPARE(tableFormatOf("b"), TableFormat::Blanks);
        QCOMPARE(tableFormatOf("b.mtx"), TableFormat::Blanks);
    }
};

VITRINE_CORE_TEST(TestTableFile)
#include "tst_tablefile.moc"
