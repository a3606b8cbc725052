// SPDX-License-Identifier: GPL-3.0-or-later
// Which numbers are integers (digest 2.5: bool < int < real), symbols where numbers are needed.
#include "core/methods/tensor_logic/check/context.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

class NumberTypes {
  public:
    explicit NumberTypes(Context& context) : m_context(context), m_program(context.program) {}

    void run() {
        for (TensorId id = 0; id < m_program.tensors.size(); ++id) start(id);
        for (const Stratum& stratum : m_program.strata) {
            for (bool hasChanged = true; hasChanged;) {
                hasChanged = false;
                for (const std::uint32_t k : stratum.equations)
                    hasChanged = infer(m_program.equations[k]) || hasChanged;
            }
        }
        for (Equation& equation : m_program.equations) {
            if (isDeclaredInteger(equation.head) && !isInteger(equation))
                m_context.error("E-TYPE", "%1 is declared int, but this equation gives a real number",
                                {m_program.tensors[equation.head].name}, equation.range);
            checkSymbols(equation);
        }
        for (Rule& rule : m_program.rules)
            for (Comparison& comparison : rule.comparisons) {
                (void)mark(comparison.left);
                (void)mark(comparison.right);
            }
    }

  private:
    void start(TensorId id) {
        TensorInfo& info = m_program.tensors[id];
        const TensorFacts& facts = m_context.tensors[id];
        if (info.type == ElementType::Bool) return;
        const bool isReal = info.isLearned || !info.given.reals.empty() || facts.declared == ast::TypeName::Real;
        info.type = isReal ? ElementType::Real : ElementType::Int;
        if (facts.declared == ast::TypeName::Int && !info.given.reals.empty())
            m_context.error("E-TYPE", "%1 is declared int, but its data are real numbers", {info.name},
                            facts.declaredAt);
    }

    [[nodiscard]] bool isDeclaredInteger(TensorId id) const {
        return m_context.tensors[id].declared == ast::TypeName::Int && m_program.tensors[id].type != ElementType::Bool;
    }

    /// Marks the nodes of an equation; true when its head became real.
    bool infer(Equation& equation) {
        const bool isWhole = mark(equation.value) && equation.op != ProjectOp::Average;
        for (Node& guard : equation.guards) (void)mark(guard);
        TensorInfo& head = m_program.tensors[equation.head];
        if (isWhole || head.type != ElementType::Int || isDeclaredInteger(equation.head)) return false;
        head.type = ElementType::Real;
        return true;
    }

    static bool isInteger(const Equation& equation) {
        return equation.value.isInteger && equation.op != ProjectOp::Average;
    }

    bool mark(Node& node) {
        bool areIntegers = true;
        for (Node& operand : node.operands) areIntegers = mark(operand) && areIntegers;
        switch (node.kind) {
        case Node::Kind::Constant:
            return node.isInteger;
        case Node::Kind::IndexValue:
        case Node::Kind::Symbol:
            node.isInteger = true;
            break;
        case Node::Kind::Tensor:
            node.isInteger = node.asStep || m_program.tensors[node.tensor].type != ElementType::Real;
            break;
        case Node::Kind::Divide:
        case Node::Kind::Normalise:
            node.isInteger = false;
            break;
        case Node::Kind::Power: {
            const Node& exponent = node.operands[1];
            const bool isWhole = exponent.kind == Node::Kind::Constant && exponent.isInteger && exponent.integer >= 0;
            node.isInteger = areIntegers && isWhole;
            break;
        }
        case Node::Kind::Call:
            node.isInteger = node.function == Function::Step;
            break;
        default:
            node.isInteger = areIntegers;
            break;
        }
        return node.isInteger;
    }

    // ---------------------------------------------------------------- symbols
    [[nodiscard]] bool hasSymbols(const Equation& equation, VarId var) const {
        const Domain& domain = m_program.domains[equation.vars[var].domain];
        return std::any_of(domain.symbols.begin(), domain.symbols.end(),
                           [this](Cell cell) { return m_program.dictionary->isSymbol(cell); });
    }

    void symbolError(const Equation& equation, VarId var, ByteRange range) {
        m_context.error("E-TYPE", "%1 runs through symbols: a number is needed here", {equation.vars[var].name}, range);
    }

    void checkTerm(const Equation& equation, const IndexTerm& term, bool isInside) {
        if (term.kind == IndexTerm::Kind::Variable) {
            if (isInside && hasSymbols(equation, term.var)) symbolError(equation, term.var, term.range);
            return;
        }
        for (const IndexTerm& operand : term.operands) checkTerm(equation, operand, true);
    }

    void checkNode(const Equation& equation, const Node& node) {
        if (node.kind == Node::Kind::IndexValue && hasSymbols(equation, node.var))
            symbolError(equation, node.var, node.range);
        for (const IndexTerm& term : node.index) checkTerm(equation, term, false);
        for (const Node& operand : node.operands) checkNode(equation, operand);
    }

    void checkSymbols(const Equation& equation) {
        for (const IndexTerm& term : equation.headIndex) checkTerm(equation, term, false);
        checkNode(equation, equation.value);
        for (const Node& guard : equation.guards) checkNode(equation, guard);
    }

    Context& m_context;
    Program& m_program;
};

} // namespace

void inferNumbers(Context& context) {
    NumberTypes(context).run();
}

} // namespace vitrine::tl::checking
