// SPDX-License-Identifier: GPL-3.0-or-later
// Safety of rules (digest 2.7): what binds each variable, which comparison defines one.
#include "core/methods/tensor_logic/check/context.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

void addValueVars(const Node& node, VarSet& set) {
    if (node.kind == Node::Kind::IndexValue) set.insert(node.var);
    for (const IndexTerm& term : node.index) addVars(term, set);
    for (const Node& operand : node.operands) addValueVars(operand, set);
}

class SafetyCheck {
  public:
    SafetyCheck(Context& context, RuleInfo& info) : m_context(context), m_info(info), m_rule(info.ir) {}

    void run() {
        const std::size_t before = m_context.diagnostics.size();
        bindByAtoms();
        bindByTensors();
        for (const SliceUse& slice : m_info.slices) m_bound.insert(slice.var);
        bindByDefinitions();
        checkHead();
        for (const Atom& atom : m_rule.atoms) checkAtom(atom);
        for (const Comparison& comparison : m_rule.comparisons) checkComparison(comparison);
        if (m_context.diagnostics.size() != before) m_info.isBroken = true;
    }

  private:
    [[nodiscard]] bool isBuiltin(TensorId id) const { return m_context.program.tensors[id].isBuiltin; }

    void bindByAtoms() {
        for (const Atom& atom : m_rule.atoms) {
            if (atom.isNegated || isBuiltin(atom.tensor)) continue;
            for (const IndexTerm& term : atom.args)
                if (term.isPlain()) m_bound.insert(term.var);
        }
    }

    void bindByTensors() {
        const auto visit = [this](const auto& self, const Node& node) -> void {
            if (node.kind == Node::Kind::Tensor && !isBuiltin(node.tensor))
                for (const IndexTerm& term : node.index)
                    if (term.isPlain()) m_bound.insert(term.var);
            for (const Node& operand : node.operands) self(self, operand);
        };
        for (const Comparison& comparison : m_rule.comparisons) {
            visit(visit, comparison.left);
            visit(visit, comparison.right);
        }
    }

    /// Binds the variable on one side when the other side is bound.
    bool define(Comparison& comparison, bool isLeft) {
        const Node& variable = isLeft ? comparison.left : comparison.right;
        const Node& value = isLeft ? comparison.right : comparison.left;
        if (variable.kind != Node::Kind::IndexValue || m_bound.contains(variable.var)) return false;
        VarSet needed;
        addValueVars(value, needed);
        if (!needed.isSubsetOf(m_bound)) return false;
        comparison.defines = variable.var;
        comparison.definesLeft = isLeft;
        m_bound.insert(variable.var);
        m_info.computed.push_back(variable.var);
        return true;
    }

    void bindByDefinitions() {
        for (bool hasChanged = true; hasChanged;) {
            hasChanged = false;
            for (Comparison& comparison : m_rule.comparisons) {
                if (comparison.op != CompareOp::Equal || comparison.defines != NoId) continue;
                if (define(comparison, true) || define(comparison, false)) hasChanged = true;
            }
        }
    }

    void unsafe(VarId var, ByteRange range) {
        const VarInfo& info = m_info.vars[var];
        m_context.error("E-UNSAFE",
                        info.isAnonymous ? "_ is not bound here: no relation gives it values"
                                         : "%1 is not bound: it must occur in a relation that is not negated",
                        info.isAnonymous ? std::vector<std::string>{} : std::vector<std::string>{info.name}, range);
    }

    void checkHead() {
        for (const IndexTerm& term : m_rule.head.args) {
            VarSet used;
            addVars(term, used);
            for (const VarId var : (used - m_bound).items()) {
                if (m_info.vars[var].isAnonymous) continue; // reported by the pass `resolve`
                unsafe(var, term.range);
                break;
            }
        }
    }

    void checkAtom(const Atom& atom) {
        for (const IndexTerm& term : atom.args) {
            VarSet used;
            addVars(term, used);
            for (const VarId var : (used - m_bound).items()) {
                const bool isAnyValue = m_info.vars[var].isAnonymous && term.isPlain() && !isBuiltin(atom.tensor);
                if (isAnyValue) continue;
                unsafe(var, term.range);
                break;
            }
        }
    }

    void checkComparison(const Comparison& comparison) {
        VarSet used;
        addValueVars(comparison.left, used);
        addValueVars(comparison.right, used);
        const std::vector<VarId> free = (used - m_bound).items();
        if (!free.empty()) unsafe(free.front(), comparison.range);
    }

    Context& m_context;
    RuleInfo& m_info;
    Rule& m_rule;
    VarSet m_bound;
};

} // namespace

void checkRules(Context& context) {
    for (RuleInfo& info : context.rules)
        if (!info.isBroken) SafetyCheck(context, info).run();
}

} // namespace vitrine::tl::checking
