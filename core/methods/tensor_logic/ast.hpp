// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/diagnostic.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The program as written (digest 2.4), with byte ranges; nothing is resolved here.
namespace vitrine::tl::ast {

enum class Bracket { None, Square, Round };

/// Integer arithmetic in an index position; / rounds down.
struct IndexExpr {
    enum class Kind { Integer, Name, String, Negate, Add, Subtract, Multiply, Divide, Modulo };
    Kind kind = Kind::Integer;
    ByteRange range;
    std::int64_t integer = 0;
    std::string text; ///< of a Name or String
    std::vector<IndexExpr> operands;
};

struct Index {
    ByteRange range;
    bool isVirtual = false;               ///< *t
    bool isNormalised = false;            ///< t.
    bool isSlice = false;                 ///< first : last, each optional
    std::optional<IndexExpr> first, last; ///< an index that is no slice uses `first`
};

struct Ref {
    std::string name;
    ByteRange nameRange, range;
    Bracket bracket = Bracket::None;
    std::vector<Index> indices;
};

struct Expr {
    enum class Kind { Integer, Real, String, Ref, Call, Negate, Add, Subtract, Multiply, Divide, Modulo, Power };
    Kind kind = Kind::Integer;
    ByteRange range;
    ByteRange operatorRange; ///< of a binary operator; empty for juxtaposition
    std::int64_t integer = 0;
    double real = 0;
    std::string text; ///< of a String; name of a Call
    Ref ref;          ///< of a Ref
    bool isParenthesised = false;
    bool isJuxtaposed = false; ///< of a Multiply without *
    std::vector<Expr> operands;
};

enum class TypeName { Bool, Int, Real };
enum class ProjectOp { Sum, Max, Min, Average, Product }; ///< = and += are Sum
enum class CompareOp { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual };

struct Directive {
    std::string name;
    ByteRange nameRange;
    struct Word {
        enum class Kind { Name, Number, String, Punctuation } kind;
        std::string text; ///< numbers as written, with their sign
        ByteRange range;
    };
    std::vector<Word> words;
};
struct Declaration {
    Ref ref;
    TypeName type = TypeName::Real;
    struct Size {
        std::optional<std::int64_t> integer;
        std::string name;
        ByteRange range;
    };
    std::optional<std::vector<Size>> sizes;
};
struct Facts {
    std::vector<Ref> atoms;
};
struct Literal {
    enum class Kind { Atom, NegatedAtom, Comparison } kind = Kind::Atom;
    ByteRange range;
    Ref atom;
    CompareOp op = CompareOp::Equal;
    Expr left, right;
};
struct Rule {
    Ref head;
    std::vector<Literal> body;
};
struct Equation {
    Ref head;
    ProjectOp op = ProjectOp::Sum;
    bool isPlusEquals = false;
    ByteRange opRange;
    Expr value;
};
struct List { ///< a number or a list of lists
    ByteRange range;
    bool isNumber = false, isInteger = false;
    std::int64_t integer = 0;
    double real = 0;
    std::vector<List> items;
};
struct LiteralEquation {
    Ref head;
    List value;
};
struct Read {
    Ref target;
    std::string file;
    ByteRange fileRange;
};
struct Write {
    std::string file;
    ByteRange fileRange;
    Ref source;
};
struct Query {
    Ref ref;
};

struct Statement {
    ByteRange range;
    std::variant<Directive, Declaration, Facts, Rule, Equation, LiteralEquation, Read, Write, Query> body;
};

struct Program {
    std::vector<Statement> statements;
};

} // namespace vitrine::tl::ast
