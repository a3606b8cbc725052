// SPDX-License-Identifier: GPL-3.0-or-later
// Index positions: variables, constants, arithmetic, slices.
#include "core/methods/tensor_logic/check/resolve.hpp"

#include "core/methods/tensor_logic/integers.hpp"

namespace vitrine::tl::checking {

namespace {

using Kind = IndexTerm::Kind;
using ExprKind = ast::IndexExpr::Kind;

IndexTerm integerTerm(Context& context, std::int64_t value, ByteRange range) {
    IndexTerm term;
    term.kind = Kind::Constant;
    term.constant = context.program.dictionary->integer(value);
    term.offset = value;
    term.range = range;
    return term;
}

Kind kindOf(ExprKind kind) {
    switch (kind) {
    case ExprKind::Negate:
        return Kind::Negate;
    case ExprKind::Add:
        return Kind::Add;
    case ExprKind::Subtract:
        return Kind::Subtract;
    case ExprKind::Multiply:
        return Kind::Multiply;
    case ExprKind::Divide:
        return Kind::Divide;
    default:
        return Kind::Modulo;
    }
}

void registerNames(const ast::IndexExpr& expr, const std::function<void(const ast::IndexExpr&)>& visit) {
    if (expr.kind == ExprKind::Name && isVariableName(expr.text)) visit(expr);
    for (const ast::IndexExpr& operand : expr.operands) registerNames(operand, visit);
}

} // namespace

std::optional<VarId> Resolver::findVar(std::string_view name) const {
    for (VarId id = 0; id < m_vars.size(); ++id)
        if (!m_vars[id].isAnonymous && m_vars[id].name == name) return id;
    return std::nullopt;
}

VarId Resolver::var(const std::string& name, ByteRange range, bool isInIndex) {
    const bool isAnonymous = isAnonymousName(name);
    if (!isAnonymous) {
        if (const auto known = findVar(name)) {
            VarInfo& info = m_vars[*known];
            if (info.count == 0) info.first = range;
            ++info.count;
            info.isInIndex = info.isInIndex || isInIndex;
            return *known;
        }
    }
    VarInfo info;
    info.name = name;
    info.first = range;
    info.count = 1;
    info.isAnonymous = isAnonymous;
    info.isInIndex = isInIndex;
    m_vars.push_back(info);
    return static_cast<VarId>(m_vars.size() - 1);
}

VarId Resolver::sliceVar(std::size_t number, ByteRange range) {
    const std::string name = ":" + std::to_string(number + 1);
    const VarId id = var(name, range, true);
    m_vars[id].isSlice = true;
    return id;
}

void Resolver::registerVars(const ast::Ref& ref) {
    const auto visit = [this](const ast::IndexExpr& expr) {
        if (isAnonymousName(expr.text) || findVar(expr.text)) return;
        VarInfo info;
        info.name = expr.text;
        info.first = expr.range;
        info.isInIndex = true;
        m_vars.push_back(info);
    };
    for (const ast::Index& index : ref.indices) {
        if (index.first && !index.isSlice) registerNames(*index.first, visit);
    }
}

IndexTerm Resolver::constantName(const ast::IndexExpr& expr) {
    if (const auto scalar = m_context.scalars.find(expr.text); scalar != m_context.scalars.end())
        return integerTerm(m_context, scalar->second, expr.range);
    if (const auto id = m_context.find(expr.text)) {
        const TensorFacts& facts = m_context.tensors[*id];
        const bool isScalar = facts.arity == 0U && !facts.isRoundHead;
        if (isScalar) {
            m_context.error("E-INDEX", "%1 is no integer constant: it cannot be an index", {expr.text}, expr.range);
            return integerTerm(m_context, 0, expr.range);
        }
    }
    IndexTerm term;
    term.kind = Kind::Constant;
    term.constant = m_context.program.dictionary->symbol(expr.text);
    term.range = expr.range;
    return term;
}

IndexTerm Resolver::fold(const ast::IndexExpr& expr, IndexTerm term) {
    bool isConstant = true;
    for (const IndexTerm& operand : term.operands) {
        const bool isLeaf = operand.kind == Kind::Constant;
        if (isLeaf && m_context.program.dictionary->isSymbol(operand.constant)) {
            m_context.error("E-TYPE", "%1 is a symbol: arithmetic needs a number",
                            {m_context.program.dictionary->text(operand.constant)}, operand.range);
            return integerTerm(m_context, 0, expr.range);
        }
        isConstant = isConstant && isLeaf;
    }
    const bool divides = term.kind == Kind::Divide || term.kind == Kind::Modulo;
    if (divides && term.operands[1].kind == Kind::Constant && term.operands[1].offset == 0) {
        m_context.error("E-DIV0", "Division by 0 in an index", {}, term.operands[1].range);
        return integerTerm(m_context, 0, expr.range);
    }
    if (!isConstant) return term;
    const auto value = evaluateIndex(term, {});
    if (!value) m_context.error("E-RANGE", "This index does not fit in 64 bits", {}, expr.range);
    return integerTerm(m_context, value.value_or(0), expr.range);
}

IndexTerm Resolver::term(const ast::IndexExpr& expr) {
    if (expr.kind == ExprKind::Integer) return integerTerm(m_context, expr.integer, expr.range);
    if (expr.kind == ExprKind::Name) {
        if (!isVariableName(expr.text)) return constantName(expr);
        IndexTerm term;
        term.kind = Kind::Variable;
        term.var = var(expr.text, expr.range, true);
        term.range = expr.range;
        return term;
    }
    if (expr.kind == ExprKind::String) {
        IndexTerm term;
        term.kind = Kind::Constant;
        term.constant = m_context.program.dictionary->symbol(expr.text);
        term.range = expr.range;
        return term;
    }
    IndexTerm result = term(expr.operands[0]);
    if (expr.kind == ExprKind::Negate) return combine(expr, std::move(result), nullptr);
    for (std::size_t k = 1; k < expr.operands.size(); ++k) {
        IndexTerm right = term(expr.operands[k]);
        result = combine(expr, std::move(result), &right);
    }
    return result;
}

IndexTerm Resolver::combine(const ast::IndexExpr& expr, IndexTerm left, IndexTerm* right) {
    IndexTerm result;
    result.kind = kindOf(expr.kind);
    result.range = expr.range;
    result.operands.push_back(std::move(left));
    if (right != nullptr) result.operands.push_back(std::move(*right));
    return fold(expr, std::move(result));
}

std::optional<std::int64_t> Resolver::bound(const ast::IndexExpr& expr) {
    bool hasVariable = false;
    registerNames(expr, [&](const ast::IndexExpr& name) {
        if (!hasVariable)
            m_context.error("E-INDEX", "The bounds of a slice are constants: %1 is a variable", {name.text},
                            name.range);
        hasVariable = true;
    });
    if (hasVariable) return std::nullopt;
    const IndexTerm value = term(expr);
    if (m_context.program.dictionary->isSymbol(value.constant)) {
        m_context.error("E-INDEX", "The bounds of a slice are integers: %1 is a symbol",
                        {m_context.program.dictionary->text(value.constant)}, expr.range);
        return std::nullopt;
    }
    if (value.offset < 0) {
        m_context.error("E-RANGE", "There are no negative positions: %1", {std::to_string(value.offset)}, expr.range);
        return std::nullopt;
    }
    return value.offset;
}

IndexTerm Resolver::slice(const ast::Index& index, TensorId tensor, std::uint32_t axis, std::size_t number,
                          std::vector<SliceUse>& slices) {
    SliceUse use;
    use.var = sliceVar(number, index.range);
    use.tensor = tensor;
    use.axis = axis;
    use.range = use.lowRange = use.highRange = index.range;
    if (index.first) {
        use.low = bound(*index.first).value_or(0);
        use.lowRange = index.first->range;
    }
    if (index.last) {
        use.high = bound(*index.last).value_or(use.low);
        use.highRange = index.last->range;
    }
    IndexTerm variable;
    variable.kind = Kind::Variable;
    variable.var = use.var;
    variable.range = index.range;
    const std::int64_t low = use.low;
    slices.push_back(use);
    // In a rule the sum keeps tuples from binding the variable: it runs through the range of the slice.
    if (low == 0 && !isRule) return variable;
    IndexTerm sum;
    sum.kind = Kind::Add;
    sum.range = index.range;
    sum.operands.push_back(std::move(variable));
    sum.operands.push_back(integerTerm(m_context, low, index.range));
    return sum;
}

IndexTerm Resolver::index(const ast::Index& index, TensorId tensor, std::uint32_t axis, std::size_t& sliceCount,
                          std::vector<SliceUse>& slices) {
    if (index.isSlice) return slice(index, tensor, axis, sliceCount++, slices);
    IndexTerm result = index.first ? term(*index.first) : integerTerm(m_context, 0, index.range);
    result.isVirtual = index.isVirtual;
    return result;
}

std::vector<IndexTerm> Resolver::indices(const ast::Ref& ref, TensorId tensor, std::vector<SliceUse>& slices) {
    std::vector<IndexTerm> result;
    result.reserve(ref.indices.size());
    std::size_t sliceCount = 0;
    for (std::size_t k = 0; k < ref.indices.size(); ++k)
        result.push_back(index(ref.indices[k], tensor, static_cast<std::uint32_t>(k), sliceCount, slices));
    return result;
}

} // namespace vitrine::tl::checking
