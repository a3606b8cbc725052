// SPDX-License-Identifier: GPL-3.0-or-later
// Expressions: names, calls, sums and products as nodes, without the sums over indices.
#include "core/methods/tensor_logic/check/resolve.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

using Kind = ast::Expr::Kind;

struct FunctionInfo {
    std::string_view name;
    Function function;
    bool isWhole = false; ///< only as the whole right side
};

constexpr std::array<FunctionInfo, 18> Functions{{{"step", Function::Step},
                                                  {"sig", Function::Sig},
                                                  {"sigmoid", Function::Sig},
                                                  {"relu", Function::Relu},
                                                  {"tanh", Function::Tanh},
                                                  {"exp", Function::Exp},
                                                  {"log", Function::Log},
                                                  {"sqrt", Function::Sqrt},
                                                  {"abs", Function::Abs},
                                                  {"sign", Function::Sign},
                                                  {"sin", Function::Sin},
                                                  {"cos", Function::Cos},
                                                  {"gelu", Function::Gelu},
                                                  {"silu", Function::Silu},
                                                  {"softmax", Function::Softmax, true},
                                                  {"lnorm", Function::Lnorm, true},
                                                  {"log_softmax", Function::LogSoftmax, true},
                                                  {"concat", Function::Concat, true}}};

const FunctionInfo* findFunction(std::string_view name) {
    const auto* const known = std::find_if(Functions.begin(), Functions.end(),
                                           [name](const FunctionInfo& info) { return info.name == name; });
    return known == Functions.end() ? nullptr : known;
}

Node make(Node::Kind kind, ByteRange range) {
    Node node;
    node.kind = kind;
    node.range = range;
    return node;
}

Node number(std::int64_t value, ByteRange range) {
    Node node = make(Node::Kind::Constant, range);
    node.isInteger = true;
    node.integer = value;
    node.real = static_cast<double>(value);
    return node;
}

bool isChain(const ast::Expr& expr, Kind a, Kind b) {
    return expr.kind == a || expr.kind == b;
}

} // namespace

Node Resolver::bareName(const ast::Expr& expr) {
    const ast::Ref& ref = expr.ref;
    const auto id = m_context.find(ref.name);
    if (isVariableName(ref.name)) {
        const bool isScalar = id && m_context.tensors[*id].arity.value_or(0) == 0;
        const auto known = findVar(ref.name);
        if (known || (isRule && !isScalar)) {
            if (known && isScalar)
                m_context.warning("W-SHADOW", "%1 is the index here, not the scalar tensor of that name", {ref.name},
                                  ref.nameRange);
            Node node = make(Node::Kind::IndexValue, expr.range);
            node.var = var(ref.name, ref.nameRange, false);
            return node;
        }
        if (isAnonymousName(ref.name) || !id) {
            m_context.error("E-UNDEF", "%1 is neither an index of this equation nor a scalar tensor", {ref.name},
                            ref.nameRange);
            return number(0, expr.range);
        }
        if (!isScalar) {
            m_context.error("E-ARITY", "%1 has 0 indices here but %2 at %3",
                            {ref.name, std::to_string(*m_context.tensors[*id].arity),
                             m_context.placeText(m_context.tensors[*id].arityAt)},
                            ref.range);
            return number(0, expr.range);
        }
        m_context.tensors[*id].isUsed = true;
    }
    if (!id) {
        isBroken = true;
        return number(0, expr.range);
    }
    Node node = make(Node::Kind::Tensor, ref.range);
    node.tensor = *id;
    return node;
}

Node Resolver::reference(const ast::Expr& expr, std::vector<SliceUse>& slices) {
    const ast::Ref& ref = expr.ref;
    if (ref.bracket == ast::Bracket::None) return bareName(expr);
    for (const ast::Index& index : ref.indices)
        if (index.isNormalised)
            m_context.error("E-NORM-AXIS", "A dot marks the normalised index on the left side only", {}, index.range);
    const auto id = m_context.find(ref.name);
    Node node = make(Node::Kind::Tensor, ref.range);
    node.index = indices(ref, id.value_or(NoId), slices);
    isBroken = isBroken || !id;
    if (!id) return number(0, expr.range);
    node.tensor = *id;
    node.asStep = ref.bracket == ast::Bracket::Round && !m_context.isBoolean(*id);
    return node;
}

Node Resolver::call(const ast::Expr& expr, bool isWhole, std::vector<SliceUse>& slices) {
    const FunctionInfo* info = findFunction(expr.text);
    const ByteRange name = expr.operatorRange;
    if (info == nullptr) {
        m_context.error("E-FUNC", "There is no function %1", {expr.text}, name);
        for (const ast::Expr& operand : expr.operands) (void)node(operand, slices);
        return number(0, expr.range);
    }
    const bool takesTwo = info->function == Function::Sig && expr.text == "sig";
    const std::size_t count = expr.operands.size();
    if (count != 1 && !(takesTwo && count == 2)) {
        m_context.error("E-ARITY", takesTwo ? "%1 takes one or two arguments, not %2" : "%1 takes one argument, not %2",
                        {expr.text, std::to_string(count)}, name);
    }
    if (info->isWhole && !isWhole)
        m_context.error("E-NEST", "%1 can only be the whole right side of an equation", {expr.text}, name);
    const bool isNormaliser = info->isWhole && info->function != Function::Concat;
    Node result = make(!info->isWhole ? Node::Kind::Call
                       : isNormaliser ? Node::Kind::Normalise
                                      : Node::Kind::Concat,
                       expr.range);
    result.function = takesTwo && count == 2 ? Function::SigT : info->function;
    for (const ast::Expr& operand : expr.operands) result.operands.push_back(node(operand, slices));
    return result;
}

Node Resolver::sum(const ast::Expr& expr, std::vector<SliceUse>& slices) {
    std::vector<std::pair<const ast::Expr*, bool>> terms; // right to left, with their sign
    const ast::Expr* at = &expr;
    while (isChain(*at, Kind::Add, Kind::Subtract) && (at == &expr || !at->isParenthesised)) {
        for (std::size_t k = at->operands.size(); k-- > 1;)
            terms.emplace_back(&at->operands[k], at->kind == Kind::Subtract);
        at = &at->operands[0];
    }
    terms.emplace_back(at, false);
    Node result = make(Node::Kind::Add, expr.range);
    for (auto term = terms.rbegin(); term != terms.rend(); ++term) {
        Node operand = node(*term->first, slices);
        if (term->second) {
            Node negated = make(Node::Kind::Negate, operand.range);
            negated.operands.push_back(std::move(operand));
            operand = std::move(negated);
        }
        result.operands.push_back(std::move(operand));
    }
    return result;
}

Node Resolver::product(const ast::Expr& expr, std::vector<SliceUse>& slices) {
    struct Factor {
        const ast::Expr* expr;
        Kind op;
        ByteRange range; ///< of everything up to it
    };
    std::vector<Factor> factors;
    const ast::Expr* at = &expr;
    const auto isFactorChain = [](const ast::Expr& e) {
        return e.kind == Kind::Multiply || e.kind == Kind::Divide || e.kind == Kind::Modulo;
    };
    while (isFactorChain(*at) && (at == &expr || !at->isParenthesised)) {
        if (at->kind == Kind::Multiply && at->isJuxtaposed && at->operands[0].kind == Kind::Divide &&
            !at->operands[0].isParenthesised)
            m_context.warning("W-DIVIDE", "This multiplies: A / B C is (A / B) * C. Write A / (B C) to divide by both",
                              {}, at->operands[1].range);
        for (std::size_t k = at->operands.size(); k-- > 1;) factors.push_back({&at->operands[k], at->kind, at->range});
        at = &at->operands[0];
    }
    Node result = node(*at, slices);
    bool isOpenProduct = false; // `result` is a product made here
    for (auto factor = factors.rbegin(); factor != factors.rend(); ++factor) {
        Node right = node(*factor->expr, slices);
        if (factor->op == Kind::Multiply && isOpenProduct) {
            result.operands.push_back(std::move(right));
            result.range = factor->range;
            continue;
        }
        isOpenProduct = factor->op == Kind::Multiply;
        Node product = make(factor->op == Kind::Multiply ? Node::Kind::Multiply
                            : factor->op == Kind::Divide ? Node::Kind::Divide
                                                         : Node::Kind::Modulo,
                            factor->range);
        product.operands.push_back(std::move(result));
        product.operands.push_back(std::move(right));
        result = std::move(product);
    }
    return result;
}

Node Resolver::node(const ast::Expr& expr, std::vector<SliceUse>& slices) {
    switch (expr.kind) {
    case Kind::Integer:
        return number(expr.integer, expr.range);
    case Kind::Real: {
        Node result = make(Node::Kind::Constant, expr.range);
        result.real = expr.real;
        return result;
    }
    case Kind::String:
        m_context.error("E-TYPE", "A string cannot be part of an expression", {}, expr.range);
        return number(0, expr.range);
    case Kind::Ref:
        return reference(expr, slices);
    case Kind::Call:
        return call(expr, false, slices);
    case Kind::Add:
    case Kind::Subtract:
        return sum(expr, slices);
    case Kind::Multiply:
    case Kind::Divide:
    case Kind::Modulo:
        return product(expr, slices);
    case Kind::Negate:
    case Kind::Power:
        break;
    }
    Node result = make(expr.kind == Kind::Negate ? Node::Kind::Negate : Node::Kind::Power, expr.range);
    for (const ast::Expr& operand : expr.operands) result.operands.push_back(node(operand, slices));
    return result;
}

Node Resolver::rightSide(const ast::Expr& expr, std::vector<SliceUse>& slices) {
    if (expr.kind == Kind::Call) return call(expr, true, slices);
    return node(expr, slices);
}

Node Resolver::side(const ast::Expr& expr, std::vector<SliceUse>& slices) {
    Dictionary& dictionary = *m_context.program.dictionary;
    const bool isName = expr.kind == Kind::Ref && expr.ref.bracket == ast::Bracket::None;
    const auto id = isName ? m_context.find(expr.ref.name) : std::nullopt;
    const bool isScalar = id && m_context.tensors[*id].arity.value_or(0) == 0;
    const bool isSymbol = isName && !isVariableName(expr.ref.name) && !isScalar;
    if (expr.kind != Kind::String && !isSymbol) return node(expr, slices);
    Node result = make(Node::Kind::Symbol, expr.range);
    result.cell = dictionary.symbol(isSymbol ? expr.ref.name : expr.text);
    return result;
}

void collectUses(Node& node, std::vector<Use>& uses) {
    if (node.kind == Node::Kind::Tensor) uses.push_back({node.tensor, &node.index, node.range, false});
    for (Node& operand : node.operands) collectUses(operand, uses);
}

} // namespace vitrine::tl::checking
