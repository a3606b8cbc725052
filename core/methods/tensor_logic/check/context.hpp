// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/check/varset.hpp"
#include "core/methods/tensor_logic/checker.hpp"

#include <array>
#include <string_view>
#include <unordered_map>

/// What the passes of the checker share. Passes run in the order of check.cpp; each reads what earlier ones wrote.
namespace vitrine::tl::checking {

/// One tensor reference of a statement, with its resolved index. The terms live in the statement's own tree.
struct Use {
    TensorId tensor = NoId;
    std::vector<IndexTerm>* index = nullptr;
    ByteRange range;
    bool isHead = false;
};

/// A slice of a tensor's axis: `var` runs from 0, the axis is read at low + var.
struct SliceUse {
    VarId var = NoId;
    TensorId tensor = NoId;
    std::uint32_t axis = 0;
    std::int64_t low = 0;
    std::optional<std::int64_t> high; ///< nothing: the size of the axis
    ByteRange range, lowRange, highRange;
    bool isHead = false;
};

struct VarInfo {
    std::string name;
    ByteRange first;          ///< its first occurrence
    std::uint32_t count = 0;  ///< occurrences in the text
    bool isAnonymous = false; ///< _
    bool isSlice = false;
    bool isInIndex = false; ///< occurs in the index of a tensor or the argument of an atom
};

struct EquationInfo {
    std::uint32_t statement = 0;
    const ast::Equation* syntax = nullptr;
    Equation ir; ///< value without sums until the pass `sums`
    std::vector<VarInfo> vars;
    VarSet left;           ///< variables of the head
    std::vector<Use> uses; ///< head first, then source order
    std::vector<SliceUse> slices;
    std::vector<VarId> dotted; ///< normalised left variables
    bool isJoin = false;       ///< pure positive joins of Boolean tensors under a Boolean head
    bool becomesRules = false; ///< those that arrive as rules
    bool isConcat = false, isNormalised = false;
    bool isBroken = false;     ///< an error was reported: later passes skip it
    bool isData = false;       ///< constants on both sides: given data, not an equation
    VarId concatVar = NoId;    ///< the left variable that concat fills
    std::uint32_t varBase = 0; ///< first node of its variables in the union-find
};

struct RuleInfo {
    std::uint32_t statement = 0;
    const ast::Rule* syntax = nullptr;
    Rule ir;
    std::vector<VarInfo> vars;
    std::vector<Use> uses; ///< head first, then source order
    std::vector<SliceUse> slices;
    std::vector<VarId> computed; ///< bound by `v == expr`
    bool isBroken = false;
    std::uint32_t varBase = 0;
};

/// What the checker knows of a tensor beyond TensorInfo.
struct TensorFacts {
    std::optional<std::uint32_t> arity; ///< known from the first use that shows it
    ByteRange arityAt;
    bool isRoundHead = false, isDeclaredBool = false, isText = false;
    bool hasDeclaration = false, hasFacts = false, hasLiteral = false, hasFile = false, hasGiven = false;
    std::optional<ast::TypeName> declared;
    ByteRange declaredAt;
    std::uint32_t equationCount = 0, ruleCount = 0;
    bool allStep = true;              ///< every equation has step outermost
    bool isTainted = false;           ///< an error or an unread file leaves its sizes unknown
    std::optional<ProjectOp> pooling; ///< of the first equation, literal or numeric fact
    ByteRange poolingAt;
    std::uint32_t sources = 0;                                ///< of given values
    std::vector<std::pair<std::size_t, ByteRange>> factCells; ///< place in given.cells and in the text
    bool isUsed = false;
    bool isRoundUsed = false, isSquareUsed = false; ///< in rules and equations, with these brackets
    std::vector<bool> virtualAxes;
    ByteRange virtualAt;
};

/// A size or a list of symbols for every index variable of one name.
struct DomainDirective {
    std::int64_t size = 0;
    std::vector<Cell> symbols;
    bool isSymbols = false;
    ByteRange range;
};

/// A size that the text or a file states for an axis.
struct SizeEvent {
    std::uint32_t statement = 0;
    TensorId tensor = NoId;
    std::uint32_t axis = 0;
    std::int64_t size = 0;
    ByteRange range;
    bool isDeclaration = false;
};

struct Context {
    Context(Program& theProgram, const CheckOptions& theOptions, Diagnostics& theDiagnostics)
        : program(theProgram), options(theOptions), diagnostics(theDiagnostics) {}

    Program& program;
    const CheckOptions& options;
    Diagnostics& diagnostics;

    std::unordered_map<std::string_view, TensorId> tensorIds;   ///< keys lie in the syntax
    std::vector<TensorFacts> tensors;                           ///< beside program.tensors
    std::unordered_map<std::string_view, std::int64_t> scalars; ///< integer scalars of constant value
    std::unordered_map<std::string_view, DomainDirective> domains;
    std::vector<EquationInfo> equations; ///< never grows after the pass `resolve` has reserved it
    std::vector<RuleInfo> rules;
    std::vector<SizeEvent> sizes;          ///< source order
    std::vector<std::uint32_t> tensorBase; ///< first union-find node of each tensor's positions
    std::vector<DomainId> unsized;         ///< domains whose size an error hides
    std::vector<std::uint32_t> stratumOf;  ///< of each tensor
    std::vector<Equation> placedJoins;     ///< equations that arrive as rules, with their sums: for the marks
    ByteRange iterateAt;

    Diagnostic& report(Severity severity, std::string code, std::string message, std::vector<std::string> arguments,
                       ByteRange range);
    Diagnostic& error(std::string code, std::string message, std::vector<std::string> arguments, ByteRange range) {
        return report(Severity::Error, std::move(code), std::move(message), std::move(arguments), range);
    }
    Diagnostic& warning(std::string code, std::string message, std::vector<std::string> arguments, ByteRange range) {
        return report(Severity::Warning, std::move(code), std::move(message), std::move(arguments), range);
    }
    std::string unread; ///< the text that could not be parsed: what it may define is not missed
    [[nodiscard]] bool isInUnread(std::string_view name) const {
        return !unread.empty() && unread.find(name) != std::string::npos;
    }
    [[nodiscard]] std::optional<TensorId> find(std::string_view name) const;
    [[nodiscard]] bool isRelation(TensorId id) const { return program.tensors[id].isRelation; }
    [[nodiscard]] bool isBoolean(TensorId id) const { return program.tensors[id].type == ElementType::Bool; }
    /// "line:column" of a position, as messages quote it.
    [[nodiscard]] std::string placeText(ByteRange range) const;
    [[nodiscard]] bool isStopped() const { return options.stop.stop_requested(); }
};

/// Lower-case initial (category Ll, or `_`): a variable in index positions.
[[nodiscard]] bool isVariableName(std::string_view name);
[[nodiscard]] bool isAnonymousName(std::string_view name);

/// Calls `visit(const ast::Ref&, bool isHead)` for every tensor reference below an expression, in source order.
template <typename Visit>
void forEachRef(const ast::Expr& expr, Visit&& visit) {
    if (expr.kind == ast::Expr::Kind::Ref) visit(expr.ref);
    for (const ast::Expr& operand : expr.operands) forEachRef(operand, visit);
}

// The passes, in order.
void collectNames(Context& context);      ///< tensors, arities, brackets, scalars, definitions
void classifyTensors(Context& context);   ///< Boolean or numeric, relations, pooling operators
void readDirectives(Context& context);    ///< all but the learning ones
void resolveStatements(Context& context); ///< variables, constants, slices: equations, rules
void readData(Context& context);          ///< facts, literals, files, declared sizes
void findJoins(Context& context);         ///< which equations are pure positive joins
void checkRules(Context& context);        ///< safety, definitions
void inferShapes(Context& context);       ///< domains
void orderStrata(Context& context);       ///< dependencies, E-STRAT, E-CYCLE; which equations become rules
void findVirtual(Context& context);       ///< slices kept of virtual indices, E-VIRTUAL
void findCycles(Context& context);        ///< E-CYCLE where the text alone shows it; part of orderStrata
void readLearning(Context& context);      ///< @minimize @maximize @learn @freeze
void placeSums(Context& context);         ///< 2.6; fills program.equations and program.rules
void inferNumbers(Context& context);      ///< int or real
void resolveOutputs(Context& context);    ///< queries and writes
void warnAbout(Context& context);
void writeMarks(Context& context);

} // namespace vitrine::tl::checking
