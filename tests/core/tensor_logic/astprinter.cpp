// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/tensor_logic/astprinter.hpp"

#include <sstream>

namespace vitrine::test {

namespace {

using namespace tl::ast;

std::string real(double value) {
    std::ostringstream out;
    out << value << "r";
    return out.str();
}

std::string show(const IndexExpr& expr) {
    using Kind = IndexExpr::Kind;
    switch (expr.kind) {
    case Kind::Integer:
        return std::to_string(expr.integer);
    case Kind::Name:
        return expr.text;
    case Kind::String:
        return "\"" + expr.text + "\"";
    case Kind::Negate:
        return "(-" + show(expr.operands[0]) + ")";
    default:
        break;
    }
    const char* sign = expr.kind == Kind::Add        ? "+"
                       : expr.kind == Kind::Subtract ? "-"
                       : expr.kind == Kind::Multiply ? "*"
                       : expr.kind == Kind::Divide   ? "/"
                                                     : "%";
    return "(" + show(expr.operands[0]) + sign + show(expr.operands[1]) + ")";
}

std::string show(const Index& index) {
    std::string out = index.isVirtual ? "*" : "";
    if (index.first) out += show(*index.first);
    if (index.isSlice) out += ":";
    if (index.last) out += show(*index.last);
    return out + (index.isNormalised ? "." : "");
}

std::string show(const Ref& ref) {
    if (ref.bracket == Bracket::None) return ref.name;
    std::string out = ref.name + (ref.bracket == Bracket::Square ? "[" : "(");
    for (std::size_t k = 0; k < ref.indices.size(); ++k) out += (k ? "," : "") + show(ref.indices[k]);
    return out + (ref.bracket == Bracket::Square ? "]" : ")");
}

std::string show(const Expr& expr) {
    using Kind = Expr::Kind;
    std::string out;
    switch (expr.kind) {
    case Kind::Integer:
        return std::to_string(expr.integer);
    case Kind::Real:
        return real(expr.real);
    case Kind::String:
        return "\"" + expr.text + "\"";
    case Kind::Ref:
        return show(expr.ref);
    case Kind::Negate:
        return "(-" + show(expr.operands[0]) + ")";
    case Kind::Call:
        out = expr.text + "{";
        for (std::size_t k = 0; k < expr.operands.size(); ++k) out += (k ? "," : "") + show(expr.operands[k]);
        return out + "}";
    default:
        break;
    }
    const char* sign = expr.kind == Kind::Add        ? "+"
                       : expr.kind == Kind::Subtract ? "-"
                       : expr.kind == Kind::Multiply ? (expr.isJuxtaposed ? " " : "*")
                       : expr.kind == Kind::Divide   ? "/"
                       : expr.kind == Kind::Modulo   ? "%"
                                                     : "^";
    return "(" + show(expr.operands[0]) + sign + show(expr.operands[1]) + ")";
}

std::string show(const List& list) {
    if (list.isNumber) return list.isInteger ? std::to_string(list.integer) : real(list.real);
    std::string out = "[";
    for (std::size_t k = 0; k < list.items.size(); ++k) out += (k ? "," : "") + show(list.items[k]);
    return out + "]";
}

std::string show(const Literal& literal) {
    if (literal.kind == Literal::Kind::Atom) return show(literal.atom);
    if (literal.kind == Literal::Kind::NegatedAtom) return "!" + show(literal.atom);
    static const char* const signs[] = {"==", "!=", "<", "<=", ">", ">="};
    return show(literal.left) + signs[static_cast<int>(literal.op)] + show(literal.right);
}

struct Shower {
    std::string operator()(const Directive& directive) const {
        std::string out = "directive " + directive.name;
        for (const auto& word : directive.words) out += " " + word.text;
        return out;
    }
    std::string operator()(const Declaration& declaration) const {
        static const char* const types[] = {"bool", "int", "real"};
        std::string out = "decl " + show(declaration.ref) + " " + types[static_cast<int>(declaration.type)];
        if (!declaration.sizes) return out;
        for (const auto& size : *declaration.sizes)
            out += " " + (size.integer ? std::to_string(*size.integer) : size.name);
        return out;
    }
    std::string operator()(const Facts& facts) const {
        std::string out = "facts";
        for (const Ref& atom : facts.atoms) out += " " + show(atom);
        return out;
    }
    std::string operator()(const Rule& rule) const {
        std::string out = "rule " + show(rule.head) + " <-";
        for (const Literal& literal : rule.body) out += " " + show(literal);
        return out;
    }
    std::string operator()(const Equation& equation) const {
        static const char* const signs[] = {"=", "max=", "min=", "avg=", "*="};
        return "eq " + show(equation.head) + (equation.isPlusEquals ? " +" : " ") +
               signs[static_cast<int>(equation.op)] + " " + show(equation.value);
    }
    std::string operator()(const LiteralEquation& literal) const {
        return "literal " + show(literal.head) + " = " + show(literal.value);
    }
    std::string operator()(const Read& read) const { return "read " + show(read.target) + " " + read.file; }
    std::string operator()(const Write& write) const { return "write " + write.file + " " + show(write.source); }
    std::string operator()(const Query& query) const { return "query " + show(query.ref); }
};

} // namespace

std::string show(const Statement& statement) {
    return std::visit(Shower{}, statement.body);
}

} // namespace vitrine::test
