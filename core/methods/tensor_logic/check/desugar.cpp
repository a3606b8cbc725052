// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/check/sums.hpp"

#include <cmath>
#include <cstdio>

namespace vitrine::tl::checking {

namespace {

using Kind = Node::Kind;

/// How tightly a node binds; higher binds tighter.
int strength(const Node& node) {
    switch (node.kind) {
    case Kind::Add:
        return 1;
    case Kind::Negate:
    case Kind::Sum:
        return 2;
    case Kind::Multiply:
    case Kind::Divide:
    case Kind::Modulo:
        return 3;
    case Kind::Power:
        return 4;
    default:
        return 5;
    }
}

class TextWriter {
  public:
    TextWriter(const Program& program, const std::vector<Var>& vars) : m_program(program), m_vars(vars) {}

    std::string variable(VarId var) const {
        const Var& known = m_vars[var];
        return known.name.front() == ':' ? "k" + known.name.substr(1) : known.name;
    }

    std::string variables(const std::vector<VarId>& vars) const {
        std::string text;
        for (const VarId var : vars) text += (text.empty() ? "" : ", ") + variable(var);
        return vars.size() == 1 ? text : "(" + text + ")";
    }

    std::string term(const IndexTerm& term, bool isInside = false) const {
        const std::string star = term.isVirtual ? "*" : "";
        switch (term.kind) {
        case IndexTerm::Kind::Variable:
            return star + variable(term.var);
        case IndexTerm::Kind::Constant:
            return star + m_program.dictionary->text(term.constant);
        case IndexTerm::Kind::Negate:
            return star + "-" + this->term(term.operands[0], true);
        default:
            break;
        }
        constexpr std::string_view Signs = "+-*/%";
        const auto sign = static_cast<std::size_t>(term.kind) - static_cast<std::size_t>(IndexTerm::Kind::Add);
        const std::string text =
            this->term(term.operands[0], true) + " " + Signs[sign] + " " + this->term(term.operands[1], true);
        return star + (isInside ? "(" + text + ")" : text);
    }

    std::string reference(TensorId tensor, const std::vector<IndexTerm>& index, bool isRound) const {
        const TensorInfo& info = m_program.tensors[tensor];
        if (index.empty()) return info.name + (isRound ? "()" : "");
        std::string text;
        for (const IndexTerm& each : index) text += (text.empty() ? "" : ", ") + term(each);
        return info.name + (isRound ? "(" : "[") + text + (isRound ? ")" : "]");
    }

    std::string node(const Node& node) const {
        switch (node.kind) {
        case Kind::Constant:
            return number(node);
        case Kind::IndexValue:
            return variable(node.var);
        case Kind::Symbol:
            return m_program.dictionary->text(node.cell);
        case Kind::Tensor:
            return reference(node.tensor, node.index, node.asStep || m_program.tensors[node.tensor].isRelation);
        case Kind::Negate:
            return "-" + inner(node.operands[0], 3);
        case Kind::Add:
            return sum(node);
        case Kind::Multiply:
            return chain(node, " * ", 3);
        case Kind::Divide:
            return inner(node.operands[0], 3) + " / " + inner(node.operands[1], 4);
        case Kind::Modulo:
            return inner(node.operands[0], 3) + " % " + inner(node.operands[1], 4);
        case Kind::Power:
            return inner(node.operands[0], 5) + "^" + inner(node.operands[1], 4);
        case Kind::Sum:
            return "sum_" + variables(node.sumVars) + " " + inner(node.operands[0], 3);
        case Kind::Call:
        case Kind::Normalise:
        case Kind::Concat:
            break;
        }
        std::string text = std::string(functionName(node.function));
        if (node.kind != Kind::Call) text += "_" + variables(node.sumVars);
        for (std::size_t k = 0; k < node.operands.size(); ++k)
            text += (k == 0 ? "(" : ", ") + this->node(node.operands[k]);
        return text + ")";
    }

  private:
    static std::string_view functionName(Function function) {
        constexpr std::array<std::string_view, 18> Names{"step",    "sig",   "sig",    "relu", "tanh", "exp",
                                                         "log",     "sqrt",  "abs",    "sign", "sin",  "cos",
                                                         "softmax", "lnorm", "concat", "gelu", "silu", "log_softmax"};
        return Names[static_cast<std::size_t>(function)];
    }

    static std::string number(const Node& node) {
        if (node.isInteger) return std::to_string(node.integer);
        std::array<char, 32> text{};
        std::snprintf(text.data(), text.size(), "%.6g", node.real);
        return text.data();
    }

    std::string inner(const Node& operand, int least) const {
        const std::string text = node(operand);
        return strength(operand) < least ? "(" + text + ")" : text;
    }

    std::string chain(const Node& node, const char* separator, int least) const {
        std::string text;
        for (const Node& operand : node.operands) text += (text.empty() ? "" : separator) + inner(operand, least);
        return text;
    }

    std::string sum(const Node& node) const {
        std::string text;
        for (const Node& operand : node.operands) {
            const bool isNegated = operand.kind == Kind::Negate;
            const std::string term = isNegated ? inner(operand.operands[0], 3) : this->node(operand);
            text += text.empty() ? (isNegated ? "-" : "") : (isNegated ? " - " : " + ");
            text += term;
        }
        return text;
    }

    const Program& m_program;
    const std::vector<Var>& m_vars;
};

std::string reduction(ProjectOp op) {
    switch (op) {
    case ProjectOp::Max:
        return "max";
    case ProjectOp::Min:
        return "min";
    case ProjectOp::Average:
        return "mean";
    case ProjectOp::Product:
        return "product";
    case ProjectOp::Sum:
        break;
    }
    return "sum";
}

} // namespace

std::string desugaredText(const Program& program, const Equation& equation) {
    const TextWriter writer(program, equation.vars);
    std::string value = writer.node(equation.value);
    if (equation.op != ProjectOp::Sum && (!equation.reduced.empty() || !equation.guards.empty())) {
        const std::string over = equation.reduced.empty() ? "" : "_" + writer.variables(equation.reduced);
        value = reduction(equation.op) + over + " (" + value + ")";
        for (std::size_t k = 0; k < equation.guards.size(); ++k)
            value += (k == 0 ? " where " : ", ") + writer.node(equation.guards[k]);
    }
    const bool isStepShown = equation.value.kind == Kind::Call && equation.value.function == Function::Step;
    if (equation.isStepped && !isStepShown) value = "step(" + value + ")";
    const bool isRound = program.tensors[equation.head].isRelation;
    return writer.reference(equation.head, equation.headIndex, isRound) + " = " + value;
}

} // namespace vitrine::tl::checking
