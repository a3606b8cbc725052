// SPDX-License-Identifier: GPL-3.0-or-later
// Equations and rules: their variables, heads and bodies.
#include "core/methods/tensor_logic/check/resolve.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

std::size_t errorCount(const Context& context) {
    return context.diagnostics.size();
}

bool hasNewErrors(const Context& context, std::size_t before) {
    for (std::size_t k = before; k < context.diagnostics.size(); ++k)
        if (context.diagnostics[k].severity == Severity::Error) return true;
    return false;
}

/// Stars belong to the axes that a left side marks.
void checkStars(Context& context, const ast::Ref& ref) {
    const auto id = context.find(ref.name);
    if (!id) return;
    const TensorFacts& facts = context.tensors[*id];
    for (std::size_t k = 0; k < ref.indices.size(); ++k) {
        if (!ref.indices[k].isVirtual) continue;
        if (k < facts.virtualAxes.size() && facts.virtualAxes[k]) continue;
        context.error("E-VIRTUAL", "Index %1 of %2 is not virtual: no left side has a star there",
                      {std::to_string(k + 1), ref.name}, ref.indices[k].range);
    }
}

void anonymousHead(Context& context, const ast::Ref& head, const std::vector<IndexTerm>& terms,
                   const std::vector<VarInfo>& vars) {
    for (std::size_t k = 0; k < terms.size(); ++k) {
        VarSet used;
        addVars(terms[k], used);
        for (const VarId var : used.items()) {
            if (!vars[var].isAnonymous) continue;
            context.error("E-UNSAFE", "_ cannot stand in a head: give the index a name", {}, head.indices[k].range);
            break;
        }
    }
}

/// Every use has as many indices as its tensor.
bool areAritiesRight(const Context& context, const std::vector<Use>& uses) {
    return std::all_of(uses.begin(), uses.end(), [&context](const Use& use) {
        return use.tensor != NoId && use.index->size() == context.tensors[use.tensor].arity.value_or(0);
    });
}

class EquationReader {
  public:
    EquationReader(Context& context, EquationInfo& info)
        : m_context(context), m_info(info), m_resolver(context, info.vars) {}

    void read() {
        const ast::Equation& equation = *m_info.syntax;
        const std::size_t before = errorCount(m_context);
        m_resolver.registerVars(equation.head);
        forEachRef(equation.value, [this](const ast::Ref& ref) {
            m_resolver.registerVars(ref);
            checkStars(m_context, ref);
        });
        Equation& ir = m_info.ir;
        ir.op = equation.op;
        ir.head = *m_context.find(equation.head.name);
        ir.headIndex = m_resolver.indices(equation.head, ir.head, m_info.slices);
        for (const IndexTerm& term : ir.headIndex) addVars(term, m_info.left);
        for (SliceUse& slice : m_info.slices) slice.isHead = true;
        anonymousHead(m_context, equation.head, ir.headIndex, m_info.vars);
        ir.value = m_resolver.rightSide(equation.value, m_info.slices);
        m_info.isNormalised = ir.value.kind == Node::Kind::Normalise;
        m_info.isConcat = ir.value.kind == Node::Kind::Concat;
        checkDots(equation.head);
        m_info.uses.push_back({ir.head, &ir.headIndex, equation.head.range, true});
        collectUses(ir.value, m_info.uses);
        if (m_info.isConcat && !hasNewErrors(m_context, before)) findConcatVar();
        m_info.isBroken =
            hasNewErrors(m_context, before) || m_resolver.isBroken || !areAritiesRight(m_context, m_info.uses);
    }

  private:
    void checkDots(const ast::Ref& head) {
        for (std::size_t k = 0; k < head.indices.size(); ++k) {
            if (!head.indices[k].isNormalised) continue;
            if (!m_info.isNormalised) {
                m_context.error("E-NORM-AXIS", "A dot marks the index that softmax or lnorm runs over: neither is here",
                                {}, head.indices[k].range);
            } else if (!m_info.ir.headIndex[k].isPlain()) {
                m_context.error("E-NORM-AXIS", "The normalised index must be a variable", {}, head.indices[k].range);
            } else {
                m_info.dotted.push_back(m_info.ir.headIndex[k].var);
            }
        }
        if (!m_info.isNormalised || !m_info.dotted.empty()) return;
        const std::vector<VarId> left = m_info.left.items();
        if (left.size() == 1) {
            m_info.dotted = left;
            return;
        }
        if (left.empty()) return; // over a single value
        Diagnostic& error =
            m_context.error("E-NORM-AXIS", "%1 runs over one of several left indices: mark it with a dot, as in %2.",
                            {functionName(), m_info.vars[left.back()].name},
                            m_context.program.syntax.statements[m_info.statement].range);
        const std::uint32_t end = head.indices.back().range.end;
        error.fixes.push_back({"Add the dot to %1", {m_info.vars[left.back()].name}, {end, end}, "."});
    }

    [[nodiscard]] std::string functionName() const {
        switch (m_info.ir.value.function) {
        case Function::Lnorm:
            return "lnorm";
        case Function::LogSoftmax:
            return "log_softmax";
        default:
            return "softmax";
        }
    }

    void findConcatVar() {
        VarSet inside;
        for (const Use& use : m_info.uses) {
            if (use.isHead) continue;
            for (const IndexTerm& term : *use.index) addVars(term, inside);
        }
        addValues(m_info.ir.value, inside);
        const std::vector<VarId> missing = (m_info.left - inside).items();
        const bool isPlain = missing.size() == 1 && std::any_of(m_info.ir.headIndex.begin(), m_info.ir.headIndex.end(),
                                                                [&](const IndexTerm& term) {
                                                                    return term.isPlain() && term.var == missing[0];
                                                                });
        if (isPlain) {
            m_info.concatVar = missing[0];
            return;
        }
        m_context.error("E-SHAPE",
                        "concat joins indices into the one left index that its argument lacks: %1 of them are lacking",
                        {std::to_string(missing.size())}, m_info.ir.value.range);
    }

    static void addValues(const Node& node, VarSet& set) {
        if (node.kind == Node::Kind::IndexValue) set.insert(node.var);
        for (const Node& operand : node.operands) addValues(operand, set);
    }

    Context& m_context;
    EquationInfo& m_info;
    Resolver m_resolver;
};

class RuleReader {
  public:
    RuleReader(Context& context, RuleInfo& info) : m_context(context), m_info(info), m_resolver(context, info.vars) {
        m_resolver.isRule = true;
    }

    void read() {
        const ast::Rule& rule = *m_info.syntax;
        const std::size_t before = errorCount(m_context);
        checkStars(m_context, rule.head);
        m_resolver.registerVars(rule.head);
        for (const ast::Literal& literal : rule.body) {
            if (literal.kind == ast::Literal::Kind::Comparison) {
                forEachRef(literal.left, [this](const ast::Ref& ref) { m_resolver.registerVars(ref); });
                forEachRef(literal.right, [this](const ast::Ref& ref) { m_resolver.registerVars(ref); });
            } else {
                m_resolver.registerVars(literal.atom);
            }
        }
        Rule& ir = m_info.ir;
        std::size_t atoms = 0;
        for (const ast::Literal& literal : rule.body) atoms += literal.kind != ast::Literal::Kind::Comparison ? 1 : 0;
        ir.atoms.reserve(atoms);
        ir.comparisons.reserve(rule.body.size() - atoms);
        ir.head = atom(rule.head, false);
        anonymousHead(m_context, rule.head, ir.head.args, m_info.vars);
        for (const ast::Index& index : rule.head.indices)
            if (index.isSlice)
                m_context.error("E-INDEX", "A slice cannot stand in the head of a rule", {}, index.range);
        m_info.uses.push_back({ir.head.tensor, &ir.head.args, rule.head.range, true});
        for (const ast::Literal& literal : rule.body) {
            if (literal.kind == ast::Literal::Kind::Comparison)
                comparison(literal);
            else
                bodyAtom(literal);
        }
        m_info.isBroken = m_info.isBroken || hasNewErrors(m_context, before) || m_resolver.isBroken ||
                          !areAritiesRight(m_context, m_info.uses);
    }

  private:
    Atom atom(const ast::Ref& ref, bool isNegated) {
        Atom result;
        result.tensor = m_context.find(ref.name).value_or(NoId);
        result.range = ref.range;
        result.isNegated = isNegated;
        result.args = m_resolver.indices(ref, result.tensor, m_info.slices);
        for (const ast::Index& index : ref.indices)
            if (index.isNormalised)
                m_context.error("E-NORM-AXIS", "A dot marks the normalised index of an equation", {}, index.range);
        return result;
    }

    void bodyAtom(const ast::Literal& literal) {
        checkStars(m_context, literal.atom);
        Atom part = atom(literal.atom, literal.kind == ast::Literal::Kind::NegatedAtom);
        if (part.tensor == NoId) {
            m_info.isBroken = true;
            return;
        }
        m_info.ir.atoms.push_back(std::move(part));
        m_info.uses.push_back({m_info.ir.atoms.back().tensor, &m_info.ir.atoms.back().args, literal.atom.range, false});
    }

    void comparison(const ast::Literal& literal) {
        Comparison part;
        part.op = literal.op;
        part.range = literal.range;
        part.left = m_resolver.side(literal.left, m_info.slices);
        part.right = m_resolver.side(literal.right, m_info.slices);
        m_info.ir.comparisons.push_back(std::move(part));
        collectUses(m_info.ir.comparisons.back().left, m_info.uses);
        collectUses(m_info.ir.comparisons.back().right, m_info.uses);
    }

    Context& m_context;
    RuleInfo& m_info;
    Resolver m_resolver;
};

} // namespace

void resolveStatements(Context& context) {
    std::size_t equations = 0, rules = 0;
    const auto& statements = context.program.syntax.statements;
    for (const ast::Statement& statement : statements) {
        equations += std::holds_alternative<ast::Equation>(statement.body) ? 1 : 0;
        rules += std::holds_alternative<ast::Rule>(statement.body) ? 1 : 0;
    }
    context.equations.reserve(equations);
    context.rules.reserve(rules);
    for (std::uint32_t k = 0; k < statements.size(); ++k) {
        if (const auto* equation = std::get_if<ast::Equation>(&statements[k].body)) {
            EquationInfo& info = context.equations.emplace_back();
            info.statement = info.ir.statement = k;
            info.ir.range = statements[k].range;
            info.syntax = equation;
            EquationReader(context, info).read();
        } else if (const auto* rule = std::get_if<ast::Rule>(&statements[k].body)) {
            RuleInfo& info = context.rules.emplace_back();
            info.statement = info.ir.statement = k;
            info.ir.range = statements[k].range;
            info.syntax = rule;
            RuleReader(context, info).read();
        }
    }
}

} // namespace vitrine::tl::checking
