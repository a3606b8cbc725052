// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/inputfile.hpp"
#include "core/methods/tensor_logic/ast.hpp"
#include "core/methods/tensor_logic/value.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// The checked program: names resolved, sums placed, shapes inferred, strata ordered. It is what engines run.
namespace vitrine::tl {

using TensorId = std::uint32_t;
using DomainId = std::uint32_t;
using VarId = std::uint32_t; ///< index into the `vars` of one rule or equation
inline constexpr std::uint32_t NoId = 0xffffffffu;

using ast::CompareOp;
using ast::ProjectOp;

enum class ElementType { Bool, Int, Real };

/// The values that one class of index positions runs through (digest 2.5).
struct Domain {
    /// Not sized yet: sized by completeRelation once `columns` are complete (rule 8), or, when `columns` is empty, once
    /// the deferred domains that its size follows from are (rules 4 and 5). completeRelation clears it.
    bool isDeferred = false;
    std::int64_t size = 0;     ///< number of positions
    std::vector<Cell> symbols; ///< position k is symbols[k]; empty: positions are the integers 0 .. size - 1
    bool isSorted = false;     ///< `symbols` ascend in the dictionary's order: a search that misses is final
    std::vector<std::pair<TensorId, std::uint32_t>> columns; ///< of a deferred domain: columns that rules compute
    std::vector<Cell> constants; ///< of a deferred domain: what the program text itself mentions
    std::string name;            ///< variables of the class, for people: "x, y"
};

/// Facts, literals and file data of a tensor. Relations: rows only, in source order, repeats kept. Other tensors
/// (Boolean ones included): a row is a position, as cells of the axes' domains; every position at most once, values
/// given twice are already added; cells without a row are 0.
struct GivenData {
    std::vector<Cell> cells;            ///< rows * arity, row-major
    std::vector<std::int64_t> integers; ///< one a row, when all are integers
    std::vector<double> reals;          ///< one a row, otherwise
    std::uint64_t rows = 0;             ///< tells arity 0
};

enum class Storage { Automatic, Tuples, Dense };

struct TensorInfo {
    std::string name;
    std::uint32_t arity = 0;
    ElementType type = ElementType::Real;
    bool isRelation = false;    ///< written with parentheses or read from .txt: prints as one
    bool isBuiltin = false;     ///< Even, Odd
    bool isTextFile = false;    ///< positions x words of a .txt
    std::vector<DomainId> axes; ///< [arity]
    GivenData given;
    ProjectOp pooling = ProjectOp::Sum; ///< of all its equations
    Storage hint = Storage::Automatic;  ///< @sparse, @dense
    int virtualAxis = -1;               ///< axis written *t on a left side
    std::int64_t virtualSlices = 0;     ///< slices kept, >= 1, when virtualAxis >= 0
    bool isLearned = false, isFrozen = false;
    ByteRange firstUse;
    ByteRange definition;       ///< first head, fact, literal, file or declaration
    bool hasDefinition = false; ///< equation, rule, fact, literal, file or declaration
};

/// An index position: integer arithmetic over variables.
struct IndexTerm {
    enum class Kind { Variable, Constant, Negate, Add, Subtract, Multiply, Divide, Modulo };
    Kind kind = Kind::Constant;
    VarId var = NoId;
    Cell constant = 0; ///< of a Constant used as a value (relations)
    /// Of a Constant that is the whole index: its position in the axis' domain, -1 when it is not in there (relations
    /// only); completeRelation renews it for domains of symbols. Within arithmetic: the integer.
    std::int64_t offset = 0;
    std::vector<IndexTerm> operands;
    bool isVirtual = false;
    ByteRange range;

    [[nodiscard]] bool isPlain() const { return kind == Kind::Variable; }
};

/// sum of coefficient * var + constant, when the term has that form.
struct Affine {
    std::vector<std::pair<VarId, std::int64_t>> terms;
    std::int64_t constant = 0;
};
[[nodiscard]] std::optional<Affine> affineOf(const IndexTerm& term);
/// Value at an assignment; nothing on division by zero. / and % round down.
[[nodiscard]] std::optional<std::int64_t> evaluateIndex(const IndexTerm& term, const std::vector<std::int64_t>& vars);

enum class Function {
    Step,
    Sig,
    SigT,
    Relu,
    Tanh,
    Exp,
    Log,
    Sqrt,
    Abs,
    Sign,
    Sin,
    Cos,
    Softmax,
    Lnorm,
    Concat,
    Gelu,
    Silu,
    LogSoftmax
};

/// A numeric expression with its sums placed (digest 2.6).
struct Node {
    enum class Kind {
        Constant,   ///< integer or real
        IndexValue, ///< numeric value of var
        Symbol,     ///< `cell`, only in comparisons
        Tensor,     ///< tensor at index; asStep: numeric tensor written with parentheses
        Negate,
        Add,
        Multiply,
        Divide,
        Modulo,
        Power,     ///< Add and Multiply take any number of operands
        Call,      ///< elementwise function of operands[0] (SigT: and operands[1])
        Sum,       ///< over sumVars of operands[0]
        Normalise, ///< softmax, lnorm, log_softmax of operands[0] over sumVars, separately for the other left indices
        Concat     ///< operands[0] with sumVars (in order) joined row-major into the left variable `var`
    };
    Kind kind = Kind::Constant;
    ByteRange range;
    bool isInteger = false; ///< the value is an integer of 64 bits (type int or bool)
    std::int64_t integer = 0;
    double real = 0;
    VarId var = NoId;
    Cell cell = 0;
    TensorId tensor = NoId;
    bool asStep = false;
    std::vector<IndexTerm> index;
    Function function = Function::Step;
    std::vector<VarId> sumVars;
    std::vector<Node> operands;
};

struct Var {
    std::string name;
    DomainId domain = NoId;   ///< in equations what it runs through; in rules its class, NoId: in no tensor's index
    bool isAnonymous = false; ///< `_` and the variables that slices make
};

/// One Datalog rule. Equations that are pure positive joins under the head of a relation arrive as rules too (one rule
/// for each additive term), and so do those of other Boolean tensors when they are recursive. A head that is no
/// relation keeps only tuples inside its axes' domains.
struct Atom {
    TensorId tensor = NoId;      ///< a relation, or a numeric tensor meant as its step (cell > 0)
    std::vector<IndexTerm> args; ///< Variable, Constant (compare `constant`), or arithmetic over bound variables
    bool isNegated = false;
    ByteRange range;
};
struct Comparison {
    CompareOp op = CompareOp::Equal;
    Node left, right;        ///< variables stand for values of tuples, not for positions
    VarId defines = NoId;    ///< `v == expr` binds this variable to the other side
    bool definesLeft = true; ///< the defined variable is the left side
    ByteRange range;
};
struct Rule {
    std::uint32_t statement = 0;
    ByteRange range;
    Atom head;
    std::vector<Atom> atoms; ///< positive and negated, source order
    std::vector<Comparison> comparisons;
    std::vector<Var> vars;
    /// Those that no tuple set binds and no `defines` gives: each runs through the whole of its domain (plain indices
    /// of tensors in comparisons and of atoms over tensors that are not computed by rules; slices).
    std::vector<VarId> domainVars;
};

struct Equation {
    std::uint32_t statement = 0;
    ByteRange range;
    TensorId head = NoId;
    ProjectOp op = ProjectOp::Sum;
    std::vector<IndexTerm> headIndex; ///< variables, constants or arithmetic (x/S, t+1)
    std::vector<Var> vars;
    Node value;
    bool isStepped = false;     ///< Boolean head: the step of the whole right side, OR-ed into the head
    std::vector<VarId> reduced; ///< max= min= avg= *=: variables reduced over the whole right side
    std::vector<Node> guards;   ///< those operators: Boolean factors that skip a combination; no longer in `value`
    /// Cells apply only where these are in range: index built from left variables and constants alone (rule 6).
    struct Bound {
        TensorId tensor;
        std::uint32_t axis;
        IndexTerm index;
    };
    std::vector<Bound> bounds;
};

/// One step of the execution order: a strongly connected component of tensors.
struct Stratum {
    enum class Kind {
        Data,      ///< given data only
        Rules,     ///< relations by rules (and stepped equations of them, which do not recur: evaluated first)
        Equations, ///< numeric tensors that do not depend on themselves
        Recursive  ///< numeric tensors that do: by element, or swept under @iterate
    };
    Kind kind = Kind::Data;
    std::vector<TensorId> tensors;
    std::vector<std::uint32_t> rules, equations; ///< indices into the program
    bool isRecursive = false;
};

struct QueryArgument {
    enum class Kind { Variable, Constant, Slice } kind = Kind::Variable;
    std::uint32_t variable = 0; ///< equal numbers must have equal values; each _ has a number of its own
    std::string name;
    Cell constant = 0;
    std::int64_t position = 0;               ///< of a constant on a tensor axis; -1: not in the domain
    std::optional<std::int64_t> first, last; ///< half-open
};
struct Query {
    std::uint32_t statement = 0;
    ByteRange range;
    TensorId tensor = NoId;
    bool isBare = false; ///< `R?`
    std::vector<QueryArgument> arguments;
};
struct Output {
    std::uint32_t statement = 0;
    ByteRange range;
    TensorId tensor = NoId;
    std::string file;
};

struct Learning {
    std::uint32_t statement = 0;
    ByteRange range;
    TensorId loss = NoId;
    bool isMaximised = false;
    std::string optimizer = "adam"; ///< "sgd" or "adam"
    double learningRate = 0.01;
    std::int64_t steps = 500;
    std::int64_t batch = 0; ///< 0: everything
    DomainId over = NoId;
};

/// Marks for the editor.
struct Marks {
    struct IndexUse {
        ByteRange range;
        DomainId domain;
    };
    struct Sum {
        std::uint32_t at;      ///< byte offset before which the sum sign stands
        std::string variables; ///< "y" or "y, z"
        bool isMean = false;
        ProjectOp op = ProjectOp::Sum;
    };
    struct TensorUse {
        ByteRange range;
        TensorId tensor;
    };
    struct Desugared {
        ByteRange range;  ///< the statement
        std::string text; ///< "Count[x, z] = sum_y Parent(x, y) * Parent(y, z)"
    };
    std::vector<IndexUse> indices;
    std::vector<Sum> sums;
    std::vector<TensorUse> tensors;
    std::vector<Desugared> equations;
};

enum class Mode { Forward, Backward };

/// What completeRelation needs to size the domains that the text alone does not size. Opaque.
struct ShapeState;

struct Program {
    Source source;
    ast::Program syntax;
    std::shared_ptr<Dictionary> dictionary;
    std::vector<TensorInfo> tensors;
    std::vector<Domain> domains;
    std::vector<Rule> rules;
    std::vector<Equation> equations;
    std::vector<Stratum> strata;                      ///< in execution order
    std::vector<std::variant<Query, Output>> outputs; ///< queries and writes, source order
    std::vector<Learning> learnings;
    std::uint64_t seed = 1;
    Mode mode = Mode::Forward;
    bool iterates = false; ///< @iterate
    std::int64_t iterateMax = 100;
    double iterateTolerance = 1e-6;
    Marks marks;
    std::vector<InputFile> inputs;      ///< the files that were read, in the order of the program
    std::shared_ptr<ShapeState> shapes; ///< null: no domain is deferred

    [[nodiscard]] std::optional<TensorId> find(std::string_view name) const;
};

/// Position of a cell in a domain; nothing when it takes no part. \cost O(1) for integers, O(log) for symbols that are
/// sorted (others, in the order of a @domain list, are searched one by one).
[[nodiscard]] std::optional<std::int64_t> positionOf(const Program& program, const Domain& domain, Cell cell);
[[nodiscard]] Cell cellAt(const Program& program, const Domain& domain, std::int64_t position);

} // namespace vitrine::tl
