// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/tensor_logic/astprinter.hpp"

#include "core/methods/tensor_logic/parser.hpp"
#include "tests/support/testmain.hpp"

#include <QTest>

#include <chrono>

using namespace vitrine;
using namespace vitrine::tl;

namespace {

/// Every statement on a line, then every diagnostic as "LINE:COL CODE".
QString outcome(const std::string& text) {
    const Source source("t.tl", text);
    const Parsed parsed = parse(source);
    QStringList lines;
    for (const ast::Statement& statement : parsed.program.statements)
        lines << QString::fromStdString(test::show(statement));
    for (const Diagnostic& found : parsed.diagnostics) {
        const Source::Position at = source.position(found.range.begin);
        lines << QStringLiteral("%1:%2 %3").arg(at.line).arg(at.column).arg(QString::fromStdString(found.code));
    }
    return lines.join(QLatin1Char('\n'));
}

std::string messageOf(const std::string& text) {
    const Parsed parsed = parse(Source("t.tl", text));
    if (parsed.diagnostics.size() != 1) return std::to_string(parsed.diagnostics.size()) + " diagnostics";
    return fillIn(parsed.diagnostics[0].message, parsed.diagnostics[0].arguments);
}

std::string repeated(const std::string& text, int count) {
    std::string out;
    for (int k = 0; k < count; ++k) out += text;
    return out;
}

} // namespace

class TestParser : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void statement_ofEachForm_isRead_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* text, const char* expected) {
            QTest::newRow(name) << QByteArray(text) << QString::fromUtf8(expected);
        };
        row("empty", "", "");
        row("blank", " \n\t\n # nothing\n;;..\n", "");
        row("byte order mark", "\xEF\xBB\xBFX?", "query X");
        row("crlf", "A(B)\r\nX?\r\n", "facts A(B)\nquery X");
        row("scalar", "N = 3", "eq N = 3");
        row("real", "N = 0.5", "eq N = 0.5r");
        row("exponent", "N = 1e-9 + 2E3 + 1.5e+2", "eq N = ((1e-09r+2000r)+150r)");
        row("number then name", "N = 2x", "eq N = (2 x)");
        row("e is a name", "N = 2e", "eq N = (2 e)");
        row("period after number", "N = 3.\nM = 4", "eq N = 3\neq M = 4");
        row("perceptron", "Y = step(W[i] X[i])", "eq Y = step{(W[i] X[i])}");
        row("rnn", "X[i,*t+1] = sig(W[i,j] X[j,*t] + V[i,k] U[k,t])",
            "eq X[i,*(t+1)] = sig{((W[i,j] X[j,*t])+(V[i,k] U[k,t]))}");
        row("attention", "Comp[p,p'.] = softmax(Query[p,dk] Key[p',dk] / sqrt(Dk))",
            "eq Comp[p,p'.] = softmax{((Query[p,dk] Key[p',dk])/sqrt{Dk})}");
        row("double prime is a prime", "Y[p\xE2\x80\xB2] = X[p']", "eq Y[p'] = X[p']");
        row("pooling", "P[x/S,y%2] max= F[x,y]", "eq P[(x/S),(y%2)] max= F[x,y]");
        row("all operators", "A += 1; B max= 2; C min= 3; D avg= 4; E *= 5",
            "eq A += 1\neq B max= 2\neq C min= 3\neq D avg= 4\neq E *= 5");
        row("maximum is a name", "maximum = 3", "eq maximum = 3");
        row("left associative", "Y = A / B C * D % E", "eq Y = ((((A/B) C)*D)%E)");
        row("power to the right", "Y = -A^-B^2", "eq Y = (-(A^(-(B^2))))");
        row("minus then sum", "Y = -A B + C - D", "eq Y = (((-(A B))+C)-D)");
        row("plus sign", "Y = +A", "eq Y = A");
        row("parentheses", "Y = (A + B) (C - D)", "eq Y = ((A+B) (C-D))");
        row("call with temperature", "Y = sig (X, 0.5)", "eq Y = sig{X,0.5r}");
        row("atom in expression", "Aunt(x,z) = Sister (x,y) Parent(y,z)", "eq Aunt(x,z) = (Sister(x,y) Parent(y,z))");
        row("smallest integer", "Y = -9223372036854775808", "eq Y = -9223372036854775808");
        row("beyond 64 bits is real", "Y = 9223372036854775808", "eq Y = 9.22337e+18r");
        row("tiny is zero", "Y = 1e-999", "eq Y = 0r");
        row("literal", "X = [[1, -2], [0.5, 3]]", "literal X = [[1,-2],[0.5r,3]]");
        row("empty literal", "X = []", "literal X = []");
        row("literal over lines", "X = [[1,\n 2],\n [3, 4]\n]", "literal X = [[1,2],[3,4]]");
        row("declaration", "W[i, j]: real[3, N]", "decl W[i,j] real 3 N");
        row("relation declaration", "Parent(x, y): bool", "decl Parent(x,y) bool");
        row("facts", "Parent(Alice, \"Bob B\"), P(-3), Q().", "facts Parent(Alice,\"Bob B\") P(-3) Q()");
        row("hangul", "부모(철수, 영희)\n부모(x, y)?", "facts 부모(철수,영희)\nquery 부모(x,y)");
        row("rule", "Sib(x, y) <- Edge(p, x), Edge(p, y), x != y.", "rule Sib(x,y) <- Edge(p,x) Edge(p,y) x!=y");
        row("datalog arrow", "A(x) :- B(x)", "rule A(x) <- B(x)");
        row("arrow character", "A(x) \xE2\x86\x90 B(x)", "rule A(x) <- B(x)");
        row("negation",
            "A(x) <- B(x), not C(x), !D(x), \xC2\xAC"
            "E(x)",
            "rule A(x) <- B(x) !C(x) !D(x) !E(x)");
        row("comparison of element", "Hub(x) <- Node(x), Deg[x] >= 3", "rule Hub(x) <- Node(x) Deg[x]>=3");
        row("single equals compares", "A(x) <- B(y), x = y + 1", "rule A(x) <- B(y) x==(y+1)");
        row("atom re-read", "A(x) <- B(x), abs(x - 3) + 1 > 2", "rule A(x) <- B(x) (abs{(x-3)}+1)>2");
        row("relation re-read", "A(x) <- B(x), C(x) == 1", "rule A(x) <- B(x) C(x)==1");
        row("lower-case atom", "a(x) <- b(x), c(x)", "rule a(x) <- b(x) c(x)");
        row("less than minus", "A(x) <- B(x), x < -1", "rule A(x) <- B(x) x<(-1)");
        row("string side", "A(x) <- B(x), x != \"b c\"", "rule A(x) <- B(x) x!=\"b c\"");
        row("argument arithmetic", "P(x + 1) <- P(x), E(y - 1, x), x < 10", "rule P((x+1)) <- P(x) E((y-1),x) x<10");
        row("read", "R(x, y) = \"edges.csv\"", "read R(x,y) edges.csv");
        row("string is no read", "X = \"a\" + 1", "eq X = (\"a\"+1)");
        row("plus read is no read", "X += \"a\"", "eq X += \"a\"");
        row("write", "\"out.csv\" = R", "write out.csv R");
        row("write with indices", "\"out.csv\" = R(A, x)", "write out.csv R(A,x)");
        row("queries", "Y?\nX[4:8]?\nX[:3]?; X[2:]?; X[:]?",
            "query Y\nquery X[4:8]\nquery X[:3]\nquery X[2:]\nquery X[:]");
        row("slice with arrow letters", "Y = X[:-1]", "eq Y = X[:-1]");
        row("index precedence", "Y = X[a + b * 2 - (c - 1) / 2]", "eq Y = X[((a+(b*2))-((c-1)/2))]");
        row("domain", "@domain x = {Alice, Bob,\n  \"C c\", -1}", "directive domain x = { Alice , Bob , C c , -1 }");
        row("minimize", "@minimize Loss lr=0.01 steps=500 optimizer=adam",
            "directive minimize Loss lr = 0.01 steps = 500 optimizer = adam");
        row("max in a directive", "@iterate max=100 tol=1e-6", "directive iterate max = 100 tol = 1e-6");
        row("continued after operators", "Y = A +\n  B *\n\n # comment\n C", "eq Y = (A+(B*C))");
        row("continued after arrow", "A(x) <-\n B(x),\n not\n C(x)", "rule A(x) <- B(x) !C(x)");
        row("block comment holds newlines", "Y = A /* one\n two */ + B", "eq Y = (A+B)");
        row("no-break blank", "Y\xC2\xA0= 3", "eq Y = 3");
        row("underscore", "A(x) <- B(x, _)", "rule A(x) <- B(x,_)");
    }
    void statement_ofEachForm_isRead() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(outcome(text.toStdString()), expected);
    }

    void error_isAtTheToken_andTheRestIsRead_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const QByteArray& text, const char* expected) {
            QTest::newRow(name) << text << QString::fromUtf8(expected);
        };
        row("operator first", "+ 4\nY?", "query Y\n1:1 E-SYNTAX");
        row("missing operand", "Y = 2 + * 3\nZ = 4", "eq Z = 4\n1:9 E-SYNTAX");
        row("two minus", "Y = 2 - -3", "1:9 E-SYNTAX");
        row("times minus", "Y = 2 * -3", "1:9 E-SYNTAX");
        row("at semicolons", "A = ) ; B = 2 ; C = ]", "eq B = 2\n1:5 E-SYNTAX\n1:21 E-SYNTAX");
        row("bare name", "Y\nZ = 1", "eq Z = 1\n1:2 E-SYNTAX");
        row("bare element", "Y[1]", "1:5 E-SYNTAX");
        row("square head of a rule", "Deg[x] <- E(x, y)", "1:8 E-SYNTAX");
        row("square fact", "A[0], B(1)", "1:5 E-SYNTAX");
        row("arrow for less", "Q(x) <- N(x), Deg[x]<-1", "1:21 E-SYNTAX");
        row("arrow for less, plain", "Q(x) <- N(x), x<-1\nY?", "query Y\n1:16 E-SYNTAX");
        row("square atom in a body", "P(x) <- E[x]", "1:13 E-SYNTAX");
        row("square atom, crlf", "P(x) <- E[x]\r\n", "1:13 E-SYNTAX");
        row("not of a comparison", "P(x) <- Q(x), not x > 3", "1:21 E-SYNTAX");
        row("missing comma", "P(x) <- Q(x) R(x)", "1:14 E-SYNTAX");
        row("empty body", "P(x) <- , Q(x)", "1:9 E-SYNTAX");
        row("real index", "Y = A[0.5]", "1:7 E-SYNTAX");
        row("negated variable", "Y = A[-i]", "1:8 E-SYNTAX");
        row("size", "W[i]: real[i + 1]", "1:14 E-SYNTAX");
        row("type", "W[i]: float[3]", "1:7 E-SYNTAX");
        row("expression in a literal", "X = [1, 1 + 1]", "1:11 E-SYNTAX");
        row("wrong bracket", "Y = (2 + 3]", "1:11 E-SYNTAX");
        row("unclosed parenthesis", "Y = (2 + 3\nZ = 4", "eq Z = 4\n2:3 E-SYNTAX");
        row("unclosed bracket, then rules", "Y = X[i\nA(x) <- B(x)\nA(x)?",
            "rule A(x) <- B(x)\nquery A(x)\n2:1 E-SYNTAX");
        row("unclosed brackets twice", "Y = X[i\nZ = (3\nA(x) <- B(x)\nA?",
            "rule A(x) <- B(x)\nquery A\n2:1 E-SYNTAX\n3:6 E-SYNTAX");
        row("unclosed to the end", "P(A, B\nQ(C)\nR(D)", "facts R(D)\n2:1 E-SYNTAX");
        row("unclosed brace", "@domain x = {A, B\nY = 3", "eq Y = 3\n2:3 E-SYNTAX");
        row("error inside a long literal costs one", "X = [[1,\n 2],\n [3, x],\n [4, 5]\n]\nY?",
            "query Y\n3:6 E-SYNTAX");
        row("blank in max=", "M max = A[i]", "1:3 E-SYNTAX");
        row("character", "Y = 3 $ 4\nZ = 5\nX = ~2", "eq Z = 5\n1:7 E-LEX\n3:5 E-LEX");
        row("character for an operand", "Y = ~\nQ(A)\nZ = 2 *\n~\nR(B)",
            "facts Q(A)\nfacts R(B)\n1:5 E-LEX\n4:1 E-LEX");
        row("open string for an operand", "Y = \"abc\nQ(A)", "facts Q(A)\n1:5 E-LEX");
        row("invalid utf-8 in a comment of a continued line", "Y = 1 + # a\x80\n2\nQ(A)", "facts Q(A)\n1:12 E-LEX");
        row("wide columns", "부모(철수, ~)", "1:8 E-LEX");
        row("open string", "P(\"abc)\nQ(A)", "facts Q(A)\n1:3 E-LEX");
        row("open comment", "Y = 3\n/* no end\nZ = 4", "eq Y = 3\n2:1 E-LEX");
        row("invalid utf-8", "Y = 1\nZ = \xFF\xFE 2", "eq Y = 1\n2:5 E-LEX");
        row("invalid utf-8 in a comment", "# a\x80\nZ = 2", "eq Z = 2\n1:4 E-LEX");
        row("invalid utf-8 in a string", "P(\"ab\xC3\")\nZ = 2", "eq Z = 2\n1:6 E-LEX");
        row("surrogate", "P(\"\xED\xA0\x80\")", "1:4 E-LEX");
        row("zero byte", QByteArray("Y = 1\0 + 2", 10), "1:6 E-LEX");
        row("pasted sign", "A(x) <- B(x), x \xE2\x89\xA4 3", "1:17 E-LEX");
        row("integer too long", "Y = X[9223372036854775808]", "1:7 E-LEX");
        row("number too large", "Y = 1e999", "1:5 E-LEX");
        row("after a query", "Y? Z", "1:4 E-SYNTAX");
        row("after a write", "\"f\" = R + 1", "1:9 E-SYNTAX");
        row("virtual slice", "Y = X[*t:3]", "1:9 E-SYNTAX");
        row("arrow in brackets", "Y = X[a<-1]", "1:8 E-SYNTAX");
        row("semicolon in brackets", "Y = (1; 2)", "1:7 E-SYNTAX");
        row("end of file", "Y =", "1:4 E-SYNTAX");
        row("directive without name", "@ 3", "1:3 E-SYNTAX");
        row("brace not opened", "@domain }", "1:9 E-SYNTAX");
    }
    void error_isAtTheToken_andTheRestIsRead() {
        QFETCH(QByteArray, text);
        QFETCH(QString, expected);
        QCOMPARE(outcome(text.toStdString()), expected);
    }

    void message_saysExpectedAndFound() {
        QCOMPARE(messageOf("Y = 2 + * 3"), std::string("expected an expression, found `*`"));
        QCOMPARE(messageOf("P(x) <- E[x]\n"), std::string("expected a comparison, found the end of the line"));
        QCOMPARE(messageOf("Y ="), std::string("expected an expression, found the end of the program"));
        QCOMPARE(messageOf("Q(x) <- Deg[x]<-1"),
                 std::string("expected a comparison, found `<-`: write < - for less than a negative number"));
        QCOMPARE(messageOf("Y = x \xE2\x89\xA4 3"), std::string("the character \xE2\x89\xA4 fits nowhere: write <="));
        QCOMPARE(messageOf("Y = \x01"), std::string("the character U+0001 fits nowhere"));
        QCOMPARE(messageOf("W[i]: float"), std::string("expected `bool`, `int` or `real`, found `float`"));
    }

    void range_coversTheConstruct() {
        const std::string text = "Y[i] = sig(W[i] (X[i] + 1)) ; Z?";
        const Parsed parsed = parse(Source("t", text));
        const auto covered = [&text](ByteRange range) { return text.substr(range.begin, range.end - range.begin); };
        QCOMPARE(parsed.program.statements.size(), 2u);
        QCOMPARE(covered(parsed.program.statements[0].range), std::string("Y[i] = sig(W[i] (X[i] + 1))"));
        QCOMPARE(covered(parsed.program.statements[1].range), std::string("Z?"));
        const auto& equation = std::get<ast::Equation>(parsed.program.statements[0].body);
        QCOMPARE(covered(equation.head.range), std::string("Y[i]"));
        QCOMPARE(covered(equation.opRange), std::string("="));
        QCOMPARE(covered(equation.value.range), std::string("sig(W[i] (X[i] + 1))"));
        const ast::Expr& product = equation.value.operands[0];
        QCOMPARE(covered(product.range), std::string("W[i] (X[i] + 1)"));
        QVERIFY(product.isJuxtaposed);
        QVERIFY(product.operands[1].isParenthesised);
        QCOMPARE(covered(product.operands[1].operatorRange), std::string("+"));
    }

    void nesting_isCapped() {
        QCOMPARE(outcome("Y = " + repeated("(", 200) + "1" + repeated(")", 200)), QStringLiteral("eq Y = 1"));
        QCOMPARE(outcome("Y = " + repeated("(", 201) + "1" + repeated(")", 201)), QStringLiteral("1:205 E-SYNTAX"));
        const std::string deep = repeated("(", 1000000);
        for (const std::string& text :
             {"Y = " + deep, "Y = X[" + deep, "X = " + repeated("[", 1000000), deep, "Y = " + repeated("sig(", 1000000),
              "P(x) <- " + deep, "Y = " + repeated("2^", 1000000), repeated("P(\n", 100000),
              repeated("X = [\n", 100000)}) {
            const Parsed parsed = parse(Source("t", text));
            QVERIFY(!parsed.diagnostics.empty());
            QVERIFY(parsed.diagnostics.size() <= 1001);
        }
    }

    void chain_isCapped() {
        QVERIFY(outcome("Y = 1" + repeated(" + 1", 999)).startsWith(QLatin1String("eq Y")));
        QVERIFY(outcome("Y = 1" + repeated(" + 1", 1000)).contains(QLatin1String("E-SYNTAX")));
        QVERIFY(outcome("Y = " + repeated("A ", 1000000)).contains(QLatin1String("E-SYNTAX")));
        QVERIFY(outcome("Y = X[1" + repeated("*1", 1000000) + "]").contains(QLatin1String("E-SYNTAX")));
    }

    void hugeTokens_areRead() {
        const std::string name = "N" + repeated("a", 5000000);
        QCOMPARE(outcome(name + "?").size(), static_cast<qsizetype>(6 + name.size()));
        QVERIFY(parse(Source("t", "P(\"" + name + "\")")).diagnostics.empty());
        QVERIFY(outcome("Y = " + repeated("9", 1000000)).contains(QLatin1String("E-LEX")));
        const std::string shown = messageOf("Y = 1 " + name + " )");
        QVERIFY(shown.size() < 200);
        QVERIFY(messageOf("Y ! " + name).size() < 300);
    }

    void manyErrors_areCut() {
        const Parsed parsed = parse(Source("t", repeated("Y = )\n", 5000)));
        QCOMPARE(parsed.diagnostics.size(), 1001u);
        QCOMPARE(parsed.diagnostics.back().code, std::string("E-SYNTAX"));
    }

    void tenThousandLines_underFiftyMilliseconds() {
        std::string text;
        for (int k = 0; k < 2500; ++k) {
            const std::string id = std::to_string(k);
            text += "W" + id + "[i, j]: real[3, 4]\n";
            text += "Hid" + id + "[b,p,m] = relu(W1[b,m,d] Mid[b,p,d] + B[m])\n";
            text += "SG" + id + "(x, y) <- Edge(p, x), Edge(p, y), x != y\n";
            text += "Parent(Alice" + id + ", Bob), Parent(Bob, Charlie)\n";
        }
        const Source source("t", text);
        double best = 1e9;
        for (int repeat = 0; repeat < 5; ++repeat) {
            const auto start = std::chrono::steady_clock::now();
            const Parsed parsed = parse(source);
            const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
            QVERIFY(parsed.diagnostics.empty());
            QCOMPARE(parsed.program.statements.size(), 10000u);
            best = std::min(best, spent.count());
        }
        qInfo("10,000 lines: %.1f ms", best);
        QVERIFY(best < 50);
    }

    void highlight_ofAnyText_coversTokens() {
        using K = TokenKind;
        const auto kinds = [](std::string_view text) {
            std::vector<K> found;
            for (const HighlightToken& token : highlightTokens(text)) found.push_back(token.kind);
            return found;
        };
        QCOMPARE(kinds("Y[i] = sig(W[i]) # c"),
                 (std::vector<K>{K::Name, K::Bracket, K::Variable, K::Bracket, K::Operator, K::Function, K::Bracket,
                                 K::Name, K::Bracket, K::Variable, K::Bracket, K::Bracket, K::Comment}));
        QCOMPARE(kinds("@domain x = 5"),
                 (std::vector<K>{K::Directive, K::Directive, K::Variable, K::Operator, K::Number}));
        QCOMPARE(kinds("P(\"ab"), (std::vector<K>{K::Name, K::Bracket, K::String}));
        QCOMPARE(kinds("\xFF $ /* x"), (std::vector<K>{K::Error, K::Error, K::Error}));
        QCOMPARE(kinds("not 부모"), (std::vector<K>{K::Operator, K::Name}));
        QVERIFY(kinds("").empty());
    }
};

VITRINE_CORE_TEST(TestParser)
#include "tst_parser.moc"
