// SPDX-License-Identifier: GPL-3.0-or-later
// From resolved statements to the equations and rules of the program.
#include "core/methods/tensor_logic/check/shapes.hpp"
#include "core/methods/tensor_logic/check/sums.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

class Emitter {
  public:
    explicit Emitter(Context& context) : m_context(context), m_program(context.program) {}

    void run() {
        std::size_t equation = 0, rule = 0;
        while (equation < m_context.equations.size() || rule < m_context.rules.size()) {
            const bool isRule = equation == m_context.equations.size() ||
                                (rule < m_context.rules.size() &&
                                 m_context.rules[rule].statement < m_context.equations[equation].statement);
            if (isRule)
                emitRule(m_context.rules[rule++]);
            else
                emitEquation(m_context.equations[equation++]);
        }
        fillStrata();
    }

  private:
    // ---------------------------------------------------------------- rules
    void emitRule(RuleInfo& info) {
        if (info.isBroken) return;
        Rule& rule = info.ir;
        VarSet known;
        for (const VarId var : info.computed) known.insert(var);
        rule.domainVars = domainVarsOf(rule, known);
        m_program.rules.push_back(rule);
    }

    /// Is computed by rules, or has tuples from the start: atoms over it bind.
    [[nodiscard]] bool hasTuples(TensorId id) const {
        const TensorInfo& info = m_program.tensors[id];
        if (info.isRelation) return !info.isBuiltin;
        return info.type == ElementType::Bool && isSet(id);
    }

    [[nodiscard]] bool isSet(TensorId id) const {
        const Stratum& stratum = m_program.strata[m_context.stratumOf[id]];
        return stratum.kind == Stratum::Kind::Rules;
    }

    static void addNodeVars(const Node& node, VarSet& set) { set |= freeVars(node); }

    std::vector<VarId> domainVarsOf(const Rule& rule, VarSet bound) const {
        VarSet all;
        for (const IndexTerm& term : rule.head.args) addVars(term, all);
        for (const Atom& atom : rule.atoms) {
            for (const IndexTerm& term : atom.args) {
                const bool isSlice = term.isPlain() && rule.vars[term.var].name.front() == ':';
                if (!atom.isNegated && hasTuples(atom.tensor) && term.isPlain() && !isSlice) bound.insert(term.var);
                const bool isAnyValue = atom.isNegated && term.isPlain() && rule.vars[term.var].isAnonymous;
                if (!isAnyValue) addVars(term, all);
            }
        }
        for (const Comparison& comparison : rule.comparisons) {
            addNodeVars(comparison.left, all);
            addNodeVars(comparison.right, all);
        }
        return (all - bound).items();
    }

    void emitJoin(const EquationInfo& info) {
        const Node* body = &info.ir.value;
        if (body->kind == Node::Kind::Call) body = &body->operands[0];
        if (body->kind != Node::Kind::Add) {
            emitTerm(info, *body);
            return;
        }
        for (const Node& term : body->operands) emitTerm(info, term);
    }

    void addAtoms(const Node& node, Rule& rule) {
        if (node.kind == Node::Kind::Tensor) rule.atoms.push_back({node.tensor, node.index, false, node.range});
        for (const Node& operand : node.operands) addAtoms(operand, rule);
    }

    void emitTerm(const EquationInfo& info, const Node& term) {
        Rule rule;
        rule.statement = info.statement;
        rule.range = info.ir.range;
        rule.head.tensor = info.ir.head;
        rule.head.args = info.ir.headIndex;
        rule.head.range = info.syntax->head.range;
        rule.vars = info.ir.vars;
        addAtoms(term, rule);
        rule.domainVars = domainVarsOf(rule, {});
        m_program.rules.push_back(std::move(rule));
    }

    // ---------------------------------------------------------------- equations
    void emitEquation(EquationInfo& info) {
        if (info.isBroken || info.isData) return;
        Equation equation = info.ir;
        equation.isStepped = m_context.isBoolean(equation.head);
        addBounds(info, equation);
        const bool reduces = equation.op != ProjectOp::Sum;
        SumPlacer placer(info.vars.size(), info.left, reduces);
        equation.reduced = placer.place(equation.value);
        if (placer.isTooLarge()) {
            m_context.error("E-LIMIT", "Multiplying out the sums of this right side gives more than %1 terms",
                            {std::to_string(SumPlacer::MaxTerms)}, info.ir.value.range);
            return;
        }
        if (info.isNormalised) equation.value.sumVars = info.dotted;
        if (info.isConcat) finishConcat(info, equation);
        if (reduces) takeGuards(equation);
        if (info.becomesRules) {
            emitJoin(info);
            m_context.placedJoins.push_back(std::move(equation));
            return;
        }
        m_program.equations.push_back(std::move(equation));
    }

    void finishConcat(const EquationInfo& info, Equation& equation) {
        Node& node = equation.value;
        node.var = info.concatVar;
        VarSet seen = info.left;
        const auto visit = [&](const auto& self, const Node& inner) -> void {
            const auto add = [&](VarId var) {
                if (seen.contains(var)) return;
                seen.insert(var);
                node.sumVars.push_back(var);
            };
            if (inner.kind == Node::Kind::IndexValue) add(inner.var);
            const auto addTerm = [&](const auto& again, const IndexTerm& term) -> void {
                if (term.kind == IndexTerm::Kind::Variable) add(term.var);
                for (const IndexTerm& operand : term.operands) again(again, operand);
            };
            for (const IndexTerm& term : inner.index) addTerm(addTerm, term);
            for (const Node& operand : inner.operands) self(self, operand);
        };
        visit(visit, node.operands[0]);
    }

    /// Rule 6: indices of tensors that are built only from left variables must be in range.
    void addBounds(const EquationInfo& info, Equation& equation) const {
        for (const Use& use : info.uses) {
            const TensorInfo& tensor = m_program.tensors[use.tensor];
            if (use.isHead || tensor.isRelation) continue;
            for (std::uint32_t axis = 0; axis < use.index->size(); ++axis) {
                const IndexTerm& term = (*use.index)[axis];
                VarSet used;
                addVars(term, used);
                if (used.empty() || !used.isSubsetOf(info.left)) continue;
                const bool isSlice = std::any_of(info.slices.begin(), info.slices.end(),
                                                 [&](const SliceUse& slice) { return used.contains(slice.var); });
                if (isSlice || isAlwaysInRange(m_program, equation, term, tensor.axes[axis])) continue;
                equation.bounds.push_back({use.tensor, axis, term});
            }
        }
    }

    [[nodiscard]] bool isBooleanAtom(const Node& node) const {
        return node.kind == Node::Kind::Tensor && (node.asStep || m_context.isBoolean(node.tensor));
    }

    /// Boolean atom factors at the top level of a single term skip a combination where they are false.
    void takeGuards(Equation& equation) const {
        std::vector<Node*> factors;
        productFactors(equation.value, factors);
        for (Node* factor : factors) {
            if (!isBooleanAtom(*factor)) continue;
            equation.guards.push_back(*factor);
            Node one;
            one.isInteger = true;
            one.integer = 1;
            one.real = 1;
            one.range = factor->range;
            *factor = one;
        }
        dropOnes(equation.value);
    }

    static bool isOne(const Node& node) {
        return node.kind == Node::Kind::Constant && node.isInteger && node.integer == 1;
    }

    static void dropOnes(Node& node) {
        const bool isProduct = node.kind == Node::Kind::Multiply;
        if (isProduct || node.kind == Node::Kind::Negate || node.kind == Node::Kind::Divide) {
            dropOnes(node.operands[0]);
            for (std::size_t k = 1; isProduct && k < node.operands.size(); ++k) dropOnes(node.operands[k]);
        }
        if (!isProduct) return;
        Node first = node.operands[0];
        std::erase_if(node.operands, isOne);
        if (node.operands.empty())
            node = std::move(first);
        else if (node.operands.size() == 1)
            node = Node(node.operands[0]);
    }

    // ---------------------------------------------------------------- strata
    void fillStrata() {
        for (std::uint32_t k = 0; k < m_program.rules.size(); ++k)
            m_program.strata[m_context.stratumOf[m_program.rules[k].head.tensor]].rules.push_back(k);
        for (std::uint32_t k = 0; k < m_program.equations.size(); ++k)
            m_program.strata[m_context.stratumOf[m_program.equations[k].head]].equations.push_back(k);
    }

    Context& m_context;
    Program& m_program;
};

} // namespace

bool isAlwaysInRange(const Program& program, const Equation& equation, const IndexTerm& term, DomainId axis) {
    if (term.isPlain() && equation.vars[term.var].domain == axis) return true;
    const Domain& domain = program.domains[axis];
    if (domain.isDeferred) return false;
    bool isUnknown = false;
    const auto range = intervalOf(term, [&](VarId var) -> std::optional<Interval> {
        const Domain& own = program.domains[equation.vars[var].domain];
        isUnknown = isUnknown || own.isDeferred;
        return own.size > 0 ? std::optional<Interval>({0, own.size - 1}) : std::nullopt;
    });
    return !isUnknown && range && range->low >= 0 && range->high < domain.size;
}

void placeSums(Context& context) {
    Emitter(context).run();
}

} // namespace vitrine::tl::checking
