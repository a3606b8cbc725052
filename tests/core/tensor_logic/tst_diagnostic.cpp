// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/diagnostic.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

Diagnostic at(std::uint32_t begin, std::uint32_t end, const char* code = "E-SHAPE") {
    Diagnostic found;
    found.code = code;
    found.message = "size %1 here but %2 at %3";
    found.arguments = {"3", "2", "1:5"};
    found.range = {begin, end};
    return found;
}

} // namespace

class TestDiagnostic : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void position_countsCodePointsAndUtf16_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("offset");
        QTest::addColumn<int>("line");
        QTest::addColumn<int>("column");
        QTest::addColumn<int>("utf16");
        QTest::newRow("start") << QByteArray("ab") << 0 << 1 << 1 << 0;
        QTest::newRow("empty") << QByteArray("") << 0 << 1 << 1 << 0;
        QTest::newRow("end") << QByteArray("ab") << 2 << 1 << 3 << 2;
        QTest::newRow("newline belongs to its line") << QByteArray("ab\nc") << 2 << 1 << 3 << 2;
        QTest::newRow("second line") << QByteArray("ab\nc") << 3 << 2 << 1 << 0;
        QTest::newRow("after the last newline") << QByteArray("ab\n") << 3 << 2 << 1 << 0;
        QTest::newRow("beyond the end") << QByteArray("ab") << 99 << 1 << 3 << 2;
        QTest::newRow("hangul") << QByteArray("부모x") << 6 << 1 << 3 << 2;
        QTest::newRow("beyond the first plane") << QByteArray("😀x") << 4 << 1 << 2 << 2;
        QTest::newRow("tab is one column") << QByteArray("\tx") << 1 << 1 << 2 << 1;
        QTest::newRow("byte order mark is none") << QByteArray("\xEF\xBB\xBFxy") << 4 << 1 << 2 << 1;
        QTest::newRow("invalid bytes are one each") << QByteArray("\x80\xFFx") << 2 << 1 << 3 << 2;
    }
    void position_countsCodePointsAndUtf16() {
        QFETCH(QByteArray, text);
        QFETCH(int, offset);
        QFETCH(int, line);
        QFETCH(int, column);
        QFETCH(int, utf16);
        const Source source("f", text.toStdString());
        const Source::Position position = source.position(static_cast<std::uint32_t>(offset));
        QCOMPARE(position.line, line);
        QCOMPARE(position.column, column);
        QCOMPARE(position.utf16Column, utf16);
    }

    void lines_areWithoutTheirEnds() {
        const Source source("f", "one\r\ntwo\n\nfour");
        QCOMPARE(source.lineCount(), 4);
        QCOMPARE(source.line(1), std::string_view("one"));
        QCOMPARE(source.line(2), std::string_view("two"));
        QCOMPARE(source.line(3), std::string_view(""));
        QCOMPARE(source.line(4), std::string_view("four"));
        QCOMPARE(source.line(0), std::string_view());
        QCOMPARE(source.line(5), std::string_view());
        QCOMPARE(Source().lineCount(), 0);
    }

    void render_hasPositionLineCaretAndNotes() {
        const Source source("a/b.tl", "X = [1, 2]\n\tY[i] = X[i] Z[i]\n");
        Diagnostic found = at(24, 28);
        found.notes.push_back({"first used with size %1", {"2"}, {4, 10}});
        QCOMPARE(render(found, source), std::string("a/b.tl:2:14: error[E-SHAPE]: size 3 here but 2 at 1:5\n"
                                                    "\tY[i] = X[i] Z[i]\n"
                                                    "\t            ^\n"
                                                    "a/b.tl:1:5: note: first used with size 2\n"));
        found.severity = Severity::Warning;
        QVERIFY(render(found, source).find("warning[") != std::string::npos);
    }

    void render_padsWideCharacters() {
        const Source source("f", "부모(x)");
        QCOMPARE(render(at(7, 8), source), std::string("f:1:4: error[E-SHAPE]: size 3 here but 2 at 1:5\n"
                                                       "부모(x)\n"
                                                       "     ^\n"));
    }

    void render_atTheEnd_andOfHostileText() {
        QCOMPARE(render(at(0, 0), Source("f", "")),
                 std::string("f:1:1: error[E-SHAPE]: size 3 here but 2 at 1:5\n\n^\n"));
        QVERIFY(!render(at(3, 3), Source("f", "ab\n")).empty());
        QVERIFY(!render(at(0, 0), Source()).empty());
        QCOMPARE(render(at(2, 3), Source("f", "\x1B\xFFx")),
                 std::string("f:1:3: error[E-SHAPE]: size 3 here but 2 at 1:5\n \xEF\xBF\xBDx\n  ^\n"));
        const Source longLine("f", std::string(1000000, 'a') + "é" + std::string(1000000, 'b'));
        const std::string text = render(at(1000000, 1000002), longLine);
        QVERIFY(text.size() < 1000);
        QVERIFY(text.find("... a") != std::string::npos && text.find("b ...") != std::string::npos);
    }

    void sorting_isByPosition_andDropsRepeats() {
        Diagnostics found{at(9, 10, "B"), at(3, 4, "W"), at(3, 4, "E"), at(9, 10, "B"), at(9, 11, "A")};
        found[1].severity = Severity::Warning;
        sortDiagnostics(found);
        QString codes;
        for (const Diagnostic& each : found) codes += QString::fromStdString(each.code);
        QCOMPARE(codes, QStringLiteral("EWAB"));
        QVERIFY(hasErrors(found));
        found.resize(2);
        found[0].severity = Severity::Note;
        QVERIFY(!hasErrors(found));
    }
};

VITRINE_CORE_TEST(TestDiagnostic)
#include "tst_diagnostic.moc"
