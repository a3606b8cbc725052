// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/template/ast.hpp"
#include "core/lm/template/builtins.hpp"
#include "core/lm/template/lexer.hpp"

#include <algorithm>
#include <charconv>

namespace vitrine::lm::jinja {

namespace {

constexpr int MostNesting = 100, MostNodeDepth = 200;

/// Recursive descent over the tokens; one function a level of precedence.
class Parser {
  public:
    explicit Parser(std::vector<Token> tokens) : m_tokens(std::move(tokens)) {}

    NodePtr run() { return parseBody({}); }

  private:
    // --- tokens ---
    [[nodiscard]] const Token& now() const { return m_tokens[m_at]; }
    [[nodiscard]] const Token& ahead() const { return m_tokens[std::min(m_at + 1, m_tokens.size() - 1)]; }
    [[nodiscard]] bool is(Tok kind, std::string_view text) const { return now().kind == kind && now().text == text; }
    [[nodiscard]] bool isOperator(std::string_view text) const { return is(Tok::Operator, text); }
    [[nodiscard]] bool isName(std::string_view text) const { return is(Tok::Name, text); }
    bool skip(Tok kind, std::string_view text) {
        if (!is(kind, text)) return false;
        ++m_at;
        return true;
    }
    bool skipOperator(std::string_view text) { return skip(Tok::Operator, text); }
    bool skipName(std::string_view text) { return skip(Tok::Name, text); }
    void expect(Tok kind, const std::string& text) {
        if (!skip(kind, text)) failSyntax(now().place, text, found());
    }
    void expectEnd() {
        if (now().kind != Tok::BlockEnd) failSyntax(now().place, "%}", found());
        ++m_at;
    }
    [[nodiscard]] std::string found() const {
        return now().kind == Tok::String ? "a text" : now().kind == Tok::Data ? "text" : now().text;
    }
    std::string takeName() {
        if (now().kind != Tok::Name) failSyntax(now().place, "a name", found());
        return m_tokens[m_at++].text;
    }

    // --- nodes ---
    struct Nesting {
        Parser& parser;
        explicit Nesting(Parser& owner) : parser(owner) {
            if (++parser.m_nesting > MostNesting) failLimit(parser.now().place, "100 levels of nesting");
        }
        Nesting(const Nesting&) = delete;
        Nesting& operator=(const Nesting&) = delete;
        ~Nesting() { --parser.m_nesting; }
    };
    [[nodiscard]] NodePtr make(NodeKind kind, Place place, std::string text = {}) const {
        auto node = std::make_unique<Node>();
        node->kind = kind;
        node->place = place;
        node->text = std::move(text);
        return node;
    }
    static void add(Node& parent, NodePtr kid) {
        if (kid) parent.depth = std::max(parent.depth, kid->depth + 1);
        if (parent.depth > MostNodeDepth) failLimit(parent.place, "200 levels of nesting");
        parent.kids.push_back(std::move(kid));
    }
    template <class... Kids>
    [[nodiscard]] NodePtr with(NodeKind kind, Place place, std::string text, Kids... kids) const {
        NodePtr node = make(kind, place, std::move(text));
        (add(*node, std::move(kids)), ...);
        return node;
    }

    // --- statements ---
    /// Up to a block that begins with one of `ends`, which stays.
    NodePtr parseBody(const std::vector<std::string>& ends) {
        const Nesting nesting(*this);
        NodePtr body = make(NodeKind::Block, now().place);
        for (;;) {
            const Token& token = now();
            if (token.kind == Tok::Data) {
                add(*body, make(NodeKind::Data, token.place, token.text));
                ++m_at;
            } else if (token.kind == Tok::OutputBegin) {
                ++m_at;
                add(*body, with(NodeKind::Output, token.place, {}, parseTuple(true)));
                if (now().kind != Tok::OutputEnd) failSyntax(now().place, "}}", found());
                ++m_at;
            } else if (token.kind == Tok::BlockBegin) {
                if (std::find(ends.begin(), ends.end(), ahead().text) != ends.end() && ahead().kind == Tok::Name)
                    return body;
                ++m_at;
                add(*body, parseStatement());
            } else {
                if (!ends.empty()) failSyntax(token.place, "{% " + ends.back() + " %}", found());
                return body;
            }
        }
    }
    /// Goes over "{% name %}" whose "{%" is the token at hand.
    void skipEnd(const std::string& name) {
        ++m_at;
        expect(Tok::Name, name);
        expectEnd();
    }

    NodePtr parseStatement() {
        const Place place = now().place;
        const std::string keyword = takeName();
        if (keyword == "if") return parseIf(place);
        if (keyword == "for") return parseFor(place);
        if (keyword == "set") return parseSet(place);
        if (keyword == "macro") return parseMacro(place);
        if (keyword == "break" || keyword == "continue") {
            if (m_loops == 0) failSyntax(place, "a loop around it", keyword);
            expectEnd();
            return make(keyword == "break" ? NodeKind::Break : NodeKind::Continue, place);
        }
        if (keyword == "generation") {
            expectEnd();
            NodePtr body = parseBody({"endgeneration"});
            skipEnd("endgeneration");
            return with(NodeKind::Generation, place, {}, std::move(body));
        }
        if (keyword.starts_with("end") || keyword == "else" || keyword == "elif")
            failSyntax(place, "a statement", keyword);
        failUnsupported(place, "{% " + keyword + " %}");
    }

    NodePtr parseIf(Place place) {
        NodePtr condition = parseTuple(true);
        expectEnd();
        NodePtr body = parseBody({"elif", "else", "endif"});
        ++m_at;
        NodePtr otherwise;
        const Place next = now().place;
        if (skipName("elif")) {
            const Nesting nesting(*this);
            otherwise = parseIf(next);
            return with(NodeKind::If, place, {}, std::move(condition), std::move(body), std::move(otherwise));
        }
        if (skipName("else")) {
            expectEnd();
            otherwise = parseBody({"endif"});
            ++m_at;
        }
        expect(Tok::Name, "endif");
        expectEnd();
        return with(NodeKind::If, place, {}, std::move(condition), std::move(body), std::move(otherwise));
    }

    /// "a", "a, b" or "(a, b)".
    std::vector<std::string> parseTargets() {
        std::vector<std::string> names;
        const bool isWrapped = skipOperator("(");
        do {
            names.push_back(takeName());
        } while (skipOperator(",") && now().kind == Tok::Name);
        if (isWrapped) expect(Tok::Operator, ")");
        return names;
    }

    NodePtr parseFor(Place place) {
        NodePtr node = make(NodeKind::For, place);
        node->names = parseTargets();
        expect(Tok::Name, "in");
        NodePtr iterable = parseTuple(false), filter;
        if (skipName("if")) filter = parseExpression();
        if (isName("recursive")) failUnsupported(now().place, "a recursive loop");
        expectEnd();
        ++m_loops;
        NodePtr body = parseBody({"else", "endfor"});
        --m_loops;
        NodePtr otherwise;
        ++m_at;
        if (skipName("else")) {
            expectEnd();
            otherwise = parseBody({"endfor"});
            ++m_at;
        }
        expect(Tok::Name, "endfor");
        expectEnd();
        add(*node, std::move(iterable));
        add(*node, std::move(filter));
        add(*node, std::move(body));
        add(*node, std::move(otherwise));
        return node;
    }

    NodePtr parseSet(Place place) {
        if (ahead().kind == Tok::Operator && ahead().text == ".") {
            const std::string space = takeName();
            ++m_at;
            const std::string attribute = takeName();
            expect(Tok::Operator, "=");
            NodePtr node = with(NodeKind::SetAttribute, place, space, parseTuple(true));
            node->names = {attribute};
            expectEnd();
            return node;
        }
        std::vector<std::string> names = parseTargets();
        for (const std::string& name : names)
            if (name == "loop") failUnsupported(place, "{% set loop %}");
        if (skipOperator("=")) {
            NodePtr node = with(NodeKind::Set, place, {}, parseTuple(true));
            node->names = std::move(names);
            expectEnd();
            return node;
        }
        if (isOperator("|")) failUnsupported(now().place, "{% set name | filter %}");
        expectEnd();
        NodePtr body = parseBody({"endset"});
        skipEnd("endset");
        if (names.size() != 1) failSyntax(place, "one name", std::to_string(names.size()));
        return with(NodeKind::SetBlock, place, names[0], std::move(body));
    }

    NodePtr parseMacro(Place place) {
        NodePtr node = make(NodeKind::Macro, place, takeName());
        std::vector<NodePtr> defaults;
        expect(Tok::Operator, "(");
        while (!isOperator(")")) {
            if (!node->names.empty()) expect(Tok::Operator, ",");
            if (isOperator(")")) break;
            node->names.push_back(takeName());
            defaults.push_back(skipOperator("=") ? parseExpression() : nullptr);
        }
        expect(Tok::Operator, ")");
        expectEnd();
        const int loops = std::exchange(m_loops, 0);
        add(*node, parseBody({"endmacro"}));
        m_loops = loops;
        skipEnd("endmacro");
        for (NodePtr& each : defaults) add(*node, std::move(each));
        return node;
    }

    // --- expressions ---
    /// An expression, or several with commas, which make a tuple.
    NodePtr parseTuple(bool allowsConditional) {
        const Place place = now().place;
        const auto one = [&] { return allowsConditional ? parseExpression() : parseOr(); };
        NodePtr first = one();
        if (!isOperator(",")) return first;
        NodePtr tuple = with(NodeKind::TupleLiteral, place, {}, std::move(first));
        while (skipOperator(",")) {
            if (now().kind == Tok::OutputEnd || now().kind == Tok::BlockEnd || isOperator(")") || isOperator("="))
                break;
            add(*tuple, one());
        }
        return tuple;
    }

    NodePtr parseExpression() {
        const Nesting nesting(*this);
        const Place place = now().place;
        NodePtr value = parseOr();
        while (skipName("if")) {
            NodePtr condition = parseOr(), otherwise;
            if (skipName("else")) otherwise = parseExpression();
            value =
                with(NodeKind::Conditional, place, {}, std::move(value), std::move(condition), std::move(otherwise));
        }
        return value;
    }
    NodePtr parseOr() {
        NodePtr left = parseAnd();
        while (isName("or")) {
            const Place place = m_tokens[m_at++].place;
            left = with(NodeKind::Or, place, {}, std::move(left), parseAnd());
        }
        return left;
    }
    NodePtr parseAnd() {
        NodePtr left = parseNot();
        while (isName("and")) {
            const Place place = m_tokens[m_at++].place;
            left = with(NodeKind::And, place, {}, std::move(left), parseNot());
        }
        return left;
    }
    NodePtr parseNot() {
        const Nesting nesting(*this);
        if (!isName("not")) return parseCompare();
        const Place place = m_tokens[m_at++].place;
        return with(NodeKind::Not, place, {}, parseNot());
    }

    /// The comparison at hand, "" if there is none.
    std::string takeComparison() {
        for (const char* each : {"==", "!=", "<", "<=", ">", ">="})
            if (skipOperator(each)) return each;
        if (skipName("in")) return "in";
        if (isName("not") && ahead().kind == Tok::Name && ahead().text == "in") {
            m_at += 2;
            return "not in";
        }
        return {};
    }
    NodePtr parseCompare() {
        const Place place = now().place;
        NodePtr first = parseSum();
        NodePtr node;
        for (std::string comparison = takeComparison(); !comparison.empty(); comparison = takeComparison()) {
            if (!node) node = with(NodeKind::Compare, place, {}, std::move(first));
            node->names.push_back(comparison);
            add(*node, parseSum());
        }
        return node ? std::move(node) : std::move(first);
    }

    NodePtr parseSum() {
        return parseBinary({"+", "-"}, [this] { return parseConcat(); });
    }
    NodePtr parseConcat() {
        return parseBinary({"~"}, [this] { return parseProduct(); });
    }
    NodePtr parseProduct() {
        return parseBinary({"*", "/", "//", "%"}, [this] { return parsePower(); });
    }
    NodePtr parsePower() {
        return parseBinary({"**"}, [this] { return parseUnary(true); });
    }
    template <class Operand>
    NodePtr parseBinary(std::initializer_list<const char*> operators, Operand operand) {
        NodePtr left = operand();
        for (;;) {
            const auto* const found =
                std::find_if(operators.begin(), operators.end(), [this](const char* o) { return isOperator(o); });
            if (found == operators.end()) return left;
            const Place place = m_tokens[m_at++].place;
            left = with(NodeKind::Binary, place, *found, std::move(left), operand());
        }
    }

    NodePtr parseUnary(bool takesFilters) {
        const Nesting nesting(*this);
        const Place place = now().place;
        NodePtr value;
        if (skipOperator("-"))
            value = with(NodeKind::Negate, place, {}, parseUnary(false));
        else if (skipOperator("+"))
            value = with(NodeKind::Plus, place, {}, parseUnary(false));
        else
            value = parsePrimary();
        value = parsePostfix(std::move(value));
        return takesFilters ? parseFilters(std::move(value)) : std::move(value);
    }

    NodePtr constant(Place place, Value value) const {
        NodePtr node = make(NodeKind::Constant, place);
        node->constant = std::move(value);
        return node;
    }

    NodePtr parsePrimary() {
        const Token token = now();
        if (token.kind == Tok::Name) return parseNameOrConstant();
        if (token.kind == Tok::String) {
            std::string text;
            for (; now().kind == Tok::String; ++m_at) text += now().text;
            return constant(token.place, Value::of(std::move(text)));
        }
        if (token.kind == Tok::Integer || token.kind == Tok::Real) {
            ++m_at;
            return parseNumber(token);
        }
        if (skipOperator("(")) {
            if (skipOperator(")")) return make(NodeKind::TupleLiteral, token.place);
            NodePtr inside = parseTuple(true);
            expect(Tok::Operator, ")");
            return inside;
        }
        if (skipOperator("[")) return parseItems(make(NodeKind::ListLiteral, token.place), "]");
        if (skipOperator("{")) return parseDict(token.place);
        failSyntax(token.place, "an expression", found());
    }

    NodePtr parseNameOrConstant() {
        const Token token = m_tokens[m_at++];
        const std::string& name = token.text;
        if (name == "true" || name == "True") return constant(token.place, Value::of(true));
        if (name == "false" || name == "False") return constant(token.place, Value::of(false));
        if (name == "none" || name == "None") return constant(token.place, Value::none());
        for (const char* keyword : {"and", "or", "not", "in", "is", "if", "else", "elif", "for"})
            if (name == keyword) failSyntax(token.place, "an expression", name);
        return make(NodeKind::Name, token.place, name);
    }

    NodePtr parseNumber(const Token& token) const {
        const char *begin = token.text.data(), *end = begin + token.text.size();
        if (token.kind == Tok::Real) {
            double value = 0;
            std::from_chars(begin, end, value);
            return constant(token.place, Value::of(value));
        }
        std::int64_t value = 0;
        if (std::from_chars(begin, end, value).ec != std::errc())
            failUnsupported(token.place, "a number beyond 64 bits");
        return constant(token.place, Value::of(value));
    }

    NodePtr parseItems(NodePtr node, const std::string& close) {
        while (!skipOperator(close)) {
            if (!node->kids.empty()) {
                expect(Tok::Operator, ",");
                if (skipOperator(close)) break;
            }
            add(*node, parseExpression());
        }
        return node;
    }

    NodePtr parseDict(Place place) {
        NodePtr node = make(NodeKind::DictLiteral, place);
        while (!skipOperator("}")) {
            if (!node->kids.empty()) {
                expect(Tok::Operator, ",");
                if (skipOperator("}")) break;
            }
            add(*node, parseExpression());
            expect(Tok::Operator, ":");
            add(*node, parseExpression());
        }
        return node;
    }

    NodePtr parsePostfix(NodePtr value) {
        for (;;) {
            const Place place = now().place;
            if (skipOperator(".")) {
                if (now().kind == Tok::Integer) {
                    const Token token = m_tokens[m_at++];
                    value = with(NodeKind::Item, place, {}, std::move(value), parseNumber(token));
                } else {
                    value = with(NodeKind::Attribute, place, takeName(), std::move(value));
                }
            } else if (skipOperator("[")) {
                value = parseSubscript(std::move(value), place);
            } else if (isOperator("(")) {
                value = parseCall(std::move(value), place);
            } else {
                return value;
            }
        }
    }

    NodePtr parseSubscript(NodePtr object, Place place) {
        NodePtr begin;
        if (!isOperator(":")) begin = parseTuple(true);
        if (skipOperator("]")) return with(NodeKind::Item, place, {}, std::move(object), std::move(begin));
        expect(Tok::Operator, ":");
        NodePtr end, step;
        if (!isOperator("]") && !isOperator(":")) end = parseExpression();
        if (skipOperator(":") && !isOperator("]")) step = parseExpression();
        expect(Tok::Operator, "]");
        return with(NodeKind::Slice, place, {}, std::move(object), std::move(begin), std::move(end), std::move(step));
    }

    NodePtr parseCall(NodePtr callee, Place place) {
        NodePtr call = with(NodeKind::Call, place, {}, std::move(callee));
        parseArguments(*call);
        return call;
    }

    void parseArguments(Node& node) {
        expect(Tok::Operator, "(");
        bool isFirst = true;
        while (!skipOperator(")")) {
            if (!isFirst) {
                expect(Tok::Operator, ",");
                if (skipOperator(")")) break;
            }
            isFirst = false;
            if (isOperator("*") || isOperator("**")) failUnsupported(now().place, "an argument with " + now().text);
            if (now().kind == Tok::Name && ahead().kind == Tok::Operator && ahead().text == "=") {
                node.names.push_back(takeName());
                ++m_at;
            } else if (!node.names.empty()) {
                failSyntax(now().place, "a named argument", found());
            }
            add(node, parseExpression());
        }
    }

    NodePtr parseFilters(NodePtr value) {
        for (;;) {
            const Place place = now().place;
            if (skipOperator("|")) {
                const Place at = now().place;
                NodePtr node = with(NodeKind::Filter, place, takeName(), std::move(value));
                if (!isFilter(node->text)) failUnsupported(at, "the filter " + node->text);
                if (isOperator("(")) parseArguments(*node);
                value = std::move(node);
            } else if (skipName("is")) {
                value = parseTest(std::move(value), place);
            } else if (isOperator("(")) {
                value = parseCall(std::move(value), place);
            } else {
                return value;
            }
        }
    }

    NodePtr parseTest(NodePtr value, Place place) {
        const bool isNegated = skipName("not");
        const Place at = now().place;
        NodePtr node = with(NodeKind::Test, place, takeName(), std::move(value));
        if (!isTest(node->text)) failUnsupported(at, "the test " + node->text);
        if (isOperator("(")) {
            parseArguments(*node);
        } else if (takesBareArgument()) {
            NodePtr argument = parsePostfix(parsePrimary());
            add(*node, std::move(argument));
        }
        return isNegated ? with(NodeKind::Not, place, {}, std::move(node)) : std::move(node);
    }
    /// "x is divisibleby 3": an argument without brackets.
    [[nodiscard]] bool takesBareArgument() const {
        if (now().kind == Tok::String || now().kind == Tok::Integer || now().kind == Tok::Real) return true;
        if (isOperator("[") || isOperator("{")) return true;
        if (now().kind != Tok::Name) return false;
        for (const char* keyword : {"else", "or", "and", "is", "if", "in", "not", "recursive"})
            if (now().text == keyword) return false;
        return true;
    }

    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    int m_nesting = 0, m_loops = 0;
};

} // namespace

NodePtr parseTemplate(std::string_view source) {
    return Parser(tokenize(source)).run();
}

} // namespace vitrine::lm::jinja
