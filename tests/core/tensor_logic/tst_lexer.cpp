// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/lexer.hpp"

#include "core/methods/tensor_logic/utf8.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

#include <random>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

/// Texts of all tokens of all statements, "|" at the end of each, "!" for one with errors.
std::string tokensOf(const std::string& text) {
    const Source source("t", text);
    Diagnostics diagnostics;
    StatementLexer lexer(source, diagnostics);
    std::string out;
    while (lexer.next()) {
        for (const Token& token : lexer.tokens()) {
            if (token.kind == Tok::End || token.kind == Tok::EndOfFile) continue;
            out += text.substr(token.begin, token.end - token.begin) + " ";
        }
        out += lexer.hasErrors() ? "!" : "|";
    }
    return out;
}

/// Reference decoder: tries every scalar value's encoding at the place.
std::string encode(std::uint32_t value) {
    std::string out;
    if (value < 0x80) return std::string(1, static_cast<char>(value));
    if (value < 0x800) {
        out += static_cast<char>(0xC0 | (value >> 6));
    } else if (value < 0x10000) {
        out += static_cast<char>(0xE0 | (value >> 12));
        out += static_cast<char>(0x80 | ((value >> 6) & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (value >> 18));
        out += static_cast<char>(0x80 | ((value >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((value >> 6) & 0x3F));
    }
    return out + static_cast<char>(0x80 | (value & 0x3F));
}

} // namespace

class TestLexer : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void tokens_andStatementEnds_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const char* text, const char* expected) {
            QTest::newRow(name) << QByteArray(text) << QByteArray(expected);
        };
        row("newlines", "A\nB\n\nC", "A |B |C |");
        row("lone carriage return is a blank", "A\rB\n", "A B |");
        row("semicolons and periods", "A;B.C", "A |B |C |");
        row("dot in brackets", "A[p.]", "A [ p . ] |");
        row("numbers and periods", "1.5.2 .5 6.", "1.5 |2 |5 6 |");
        row("number forms", "1e5 1e 1e- 1.e5 0x1", "1e5 1 e 1 e - 1 |e5 0 x1 |");
        row("arrows outside", "a<-b :- c \xE2\x86\x90 d", "a <- b :- c \xE2\x86\x90 d |");
        row("arrows inside", "(a<-b:-c)", "( a < - b : - c ) |");
        row("projections", "a max= b min= c avg= d *= e += f", "a max= b min= c avg= d *= e += f |");
        row("max then equals", "max == 3 max==3 maximum=3 max'=3", "max == 3 max == 3 maximum = 3 max' = 3 |");
        row("directive", "@iterate max=3", "@ iterate max = 3 |");
        row("comparisons", "a<=b>=c==d!=e<f>g", "a <= b >= c == d != e < f > g |");
        row("comments", "A # x\nB // y\nC /* z\n */ D", "A |B |C D |");
        row("comment in a string", "\"# a // b /* c\" B", "\"# a // b /* c\" B |");
        row("continuation through a comment", "A + # x\n\n B", "A + B |");
        row("no continuation before an operator", "A\n+ B", "A |+ B |");
        row("brackets continue", "A(\n B\n)\nC", "A ( B ) |C |");
        row("letters", "Größe ñ 철수 ª x1_y'' _z", "Größe ñ 철수 ª x1_y'' _z |");
        row("digits of other scripts are no digits", "x\xD9\xA1", "x \xD9\xA1 !");
        row("combining marks are no letters", "e\xCC\x81", "e \xCC\x81 !");
    }
    void tokens_andStatementEnds() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        QCOMPARE(QByteArray::fromStdString(tokensOf(text.toStdString())), expected);
    }

    void name_initial_decidesVariable_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("isLower");
        QTest::newRow("a") << QByteArray("a") << true;
        QTest::newRow("A") << QByteArray("A") << false;
        QTest::newRow("_") << QByteArray("_A") << true;
        QTest::newRow("ñ") << QByteArray("ñ") << true;
        QTest::newRow("Ñ") << QByteArray("Ñ") << false;
        QTest::newRow("hangul") << QByteArray("철수") << false;
        QTest::newRow("han") << QByteArray("中") << false;
        QTest::newRow("kana") << QByteArray("か") << false;
        QTest::newRow("title case") << QByteArray("ǅ") << false;
        QTest::newRow("greek") << QByteArray("α") << true;
        QTest::newRow("outside the first plane") << QByteArray("𝐚") << true;
    }
    void name_initial_decidesVariable() {
        QFETCH(QByteArray, text);
        QFETCH(bool, isLower);
        const std::string name = text.toStdString();
        Scanner scanner(name);
        const Token token = scanner.next({});
        QVERIFY(token.kind == Tok::Name);
        QCOMPARE(token.isLower, isLower);
        QCOMPARE(static_cast<std::size_t>(token.end), name.size());
    }

    void utf8_everyScalar_decodes() {
        for (std::uint32_t value = 0; value <= 0x10FFFF; ++value) {
            if (value >= 0xD800 && value <= 0xDFFF) continue;
            const std::string text = encode(value);
            const CodePoint point = codePointAt(text, 0);
            if (!point.isValid || point.value != static_cast<std::int32_t>(value) || point.length != text.size())
                QFAIL(qPrintable(QString::number(value, 16)));
        }
    }

    void utf8_invalid_isOneByte_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("continuation") << QByteArray("\x80");
        QTest::newRow("overlong 2") << QByteArray("\xC0\xAF");
        QTest::newRow("overlong 3") << QByteArray("\xE0\x80\xAF");
        QTest::newRow("overlong 4") << QByteArray("\xF0\x80\x80\xAF");
        QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80");
        QTest::newRow("beyond") << QByteArray("\xF4\x90\x80\x80");
        QTest::newRow("five bytes") << QByteArray("\xF8\x88\x80\x80\x80");
        QTest::newRow("cut") << QByteArray("\xE2\x86");
        QTest::newRow("cut by ascii") << QByteArray("\xE2\x86x");
        QTest::newRow("ff") << QByteArray("\xFF");
    }
    void utf8_invalid_isOneByte() {
        QFETCH(QByteArray, text);
        const std::string bytes = text.toStdString();
        const CodePoint point = codePointAt(bytes, 0);
        QVERIFY(!point.isValid);
        QCOMPARE(point.length, 1u);
        QCOMPARE(findInvalidUtf8("0123456789" + bytes), std::size_t(10));
    }

    void anyBytes_terminate_andCoverTheText() {
        std::mt19937 random(7);
        const std::string alphabet = "aA1.\"'#/*\n<-:=+[](){}!?@;\\ \xE2\x86\x90\xFF\x80";
        for (int round = 0; round < 3000; ++round) {
            std::string text;
            const std::size_t length = random() % 60;
            for (std::size_t k = 0; k < length; ++k) text += alphabet[random() % alphabet.size()];
            Scanner scanner(text);
            std::uint32_t last = 0;
            for (Token token = scanner.next({}); token.kind != Tok::EndOfFile; token = scanner.next({})) {
                QVERIFY(token.begin >= last && token.end > token.begin && token.end <= text.size());
                last = token.end;
            }
            QVERIFY(!tokensOf(text).empty() || true);
        }
    }
};

VITRINE_CORE_TEST(TestLexer)
#include "tst_lexer.moc"
