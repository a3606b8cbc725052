// SPDX-License-Identifier: GPL-3.0-or-later
// Boolean or numeric (digest 2.5), pooling operators, pure positive joins.
#include "core/methods/tensor_logic/check/context.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

const char* operatorText(ProjectOp op) {
    switch (op) {
    case ProjectOp::Max:
        return "max=";
    case ProjectOp::Min:
        return "min=";
    case ProjectOp::Average:
        return "avg=";
    case ProjectOp::Product:
        return "*=";
    case ProjectOp::Sum:
        break;
    }
    return "=";
}

void pool(Context& context, const ast::Ref& head, ProjectOp op, ByteRange range, std::vector<bool>& hasClash) {
    const TensorId id = *context.find(head.name);
    TensorFacts& facts = context.tensors[id];
    if (!facts.pooling) {
        facts.pooling = op;
        facts.poolingAt = range;
        context.program.tensors[id].pooling = op;
        return;
    }
    if (*facts.pooling == op || hasClash[id]) return;
    hasClash[id] = true;
    context
        .error("E-TYPE", "%1 is computed by %2 here but by %3 at %4",
               {head.name, operatorText(op), operatorText(*facts.pooling), context.placeText(facts.poolingAt)}, range)
        .notes.push_back({"The other equation of %1", {head.name}, facts.poolingAt});
}

void findOperators(Context& context) {
    std::vector<bool> hasClash(context.tensors.size(), false);
    for (const ast::Statement& statement : context.program.syntax.statements) {
        if (const auto* equation = std::get_if<ast::Equation>(&statement.body))
            pool(context, equation->head, equation->op, statement.range, hasClash);
        else if (const auto* literal = std::get_if<ast::LiteralEquation>(&statement.body))
            pool(context, literal->head, ProjectOp::Sum, statement.range, hasClash);
    }
}

bool isBooleanFactor(const Context& context, const Node& node) {
    return node.kind == Node::Kind::Tensor && context.isBoolean(node.tensor) && !node.asStep;
}

/// Adds the tensors of a product; false when something else is in it.
bool joinFactors(const Context& context, const Node& node, std::vector<const Node*>& factors) {
    if (isBooleanFactor(context, node)) {
        factors.push_back(&node);
        return true;
    }
    if (node.kind != Node::Kind::Multiply) return false;
    return std::all_of(node.operands.begin(), node.operands.end(),
                       [&](const Node& operand) { return joinFactors(context, operand, factors); });
}

/// All variables of the head and of the body are bound by plain arguments of tensors that have tuples.
bool isBound(const Context& context, const EquationInfo& info, const std::vector<const Node*>& factors) {
    VarSet bound, needed = info.left;
    for (const Node* factor : factors) {
        const bool binds = !context.program.tensors[factor->tensor].isBuiltin;
        for (const IndexTerm& term : factor->index) {
            addVars(term, needed);
            if (binds && term.isPlain()) bound.insert(term.var);
        }
    }
    return needed.isSubsetOf(bound);
}

bool isJoin(const Context& context, const EquationInfo& info) {
    if (!context.isBoolean(info.ir.head) || info.ir.op != ProjectOp::Sum || !info.slices.empty()) return false;
    const Node* body = &info.ir.value;
    if (body->kind == Node::Kind::Call && body->function == Function::Step) body = &body->operands[0];
    const auto isTerm = [&](const Node& term) {
        std::vector<const Node*> factors;
        return joinFactors(context, term, factors) && isBound(context, info, factors);
    };
    if (body->kind == Node::Kind::Add) return std::all_of(body->operands.begin(), body->operands.end(), isTerm);
    return isTerm(*body);
}

/// Parentheses, or words, make a relation, and that is bool (2.5): a declared number type contradicts.
void refuseNumericRelation(Context& context, const TensorInfo& info, const TensorFacts& facts) {
    if (!info.isRelation || !facts.declared || *facts.declared == ast::TypeName::Bool) return;
    Diagnostic& error = context.error(
        "E-TYPE", "%1 is a relation, which is bool: a tensor of numbers is written with brackets, as in %2",
        {info.name, info.name + (info.arity == 0 ? "" : "[...]")}, facts.declaredAt);
    const std::string& text = context.program.source.text();
    std::string fixed = text.substr(facts.declaredAt.begin, facts.declaredAt.end - facts.declaredAt.begin);
    const std::size_t open = fixed.find('(');
    if (open == std::string::npos || fixed.back() != ')') return;
    fixed[open] = '[';
    fixed.back() = ']';
    error.fixes.push_back({"Write %1", {fixed}, facts.declaredAt, fixed});
}

} // namespace

void classifyTensors(Context& context) {
    for (TensorId id = 0; id < context.tensors.size(); ++id) {
        TensorInfo& info = context.program.tensors[id];
        const TensorFacts& facts = context.tensors[id];
        info.arity = facts.arity.value_or(0);
        if (info.isBuiltin) continue;
        info.isRelation = facts.isRoundHead || facts.isText;
        const bool hasOther =
            facts.hasLiteral || facts.hasFile || facts.hasFacts || facts.ruleCount > 0 || facts.hasDeclaration;
        const bool isStepped = facts.equationCount > 0 && facts.allStep && !hasOther;
        if (info.isRelation || facts.isDeclaredBool || isStepped) info.type = ElementType::Bool;
        for (std::size_t axis = 0; axis < facts.virtualAxes.size(); ++axis) {
            if (!facts.virtualAxes[axis]) continue;
            if (info.virtualAxis >= 0)
                context.error("E-VIRTUAL", "%1 has two virtual indices: one is possible", {info.name}, facts.virtualAt);
            info.virtualAxis = static_cast<int>(axis);
        }
        if (info.virtualAxis >= 0 && info.isRelation)
            context.error("E-VIRTUAL", "%1 is a relation: a star marks an index of a tensor", {info.name},
                          facts.virtualAt);
    }
    for (TensorId id = 0; id < context.tensors.size(); ++id)
        refuseNumericRelation(context, context.program.tensors[id], context.tensors[id]);
    findOperators(context);
}

void findJoins(Context& context) {
    for (EquationInfo& info : context.equations)
        if (!info.isBroken && !info.isData) info.isJoin = isJoin(context, info);
}

} // namespace vitrine::tl::checking
