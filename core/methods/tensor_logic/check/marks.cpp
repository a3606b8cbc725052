// SPDX-License-Identifier: GPL-3.0-or-later
// What the editor shows in the text: index classes, sum signs, tensor uses, equations as they are computed.
#include "core/methods/tensor_logic/check/sums.hpp"

#include <algorithm>

namespace vitrine::tl::checking {

namespace {

class MarkWriter {
  public:
    explicit MarkWriter(Context& context)
        : m_context(context), m_program(context.program), m_marks(context.program.marks) {}

    void run() {
        for (const EquationInfo& info : m_context.equations)
            if (!info.isBroken) statement(info.uses, info.ir.vars);
        for (const RuleInfo& info : m_context.rules)
            if (!info.isBroken) statement(info.uses, info.ir.vars);
        for (const Equation& equation : m_program.equations) marksOf(equation);
        for (const Equation& equation : m_context.placedJoins) marksOf(equation);
        queries();
        sort();
    }

  private:
    void term(const IndexTerm& term, const std::vector<Var>& vars) {
        if (term.kind == IndexTerm::Kind::Variable && vars[term.var].domain != NoId)
            m_marks.indices.push_back({term.range, vars[term.var].domain});
        for (const IndexTerm& operand : term.operands) this->term(operand, vars);
    }

    void tensor(TensorId id, ByteRange reference) {
        const auto length = static_cast<std::uint32_t>(m_program.tensors[id].name.size());
        m_marks.tensors.push_back({{reference.begin, reference.begin + length}, id});
    }

    void statement(const std::vector<Use>& uses, const std::vector<Var>& vars) {
        for (const Use& use : uses) {
            tensor(use.tensor, use.range);
            for (const IndexTerm& each : *use.index) term(each, vars);
        }
    }

    [[nodiscard]] static std::string names(const Equation& equation, const std::vector<VarId>& vars) {
        std::string text;
        for (const VarId var : vars) {
            const std::string& name = equation.vars[var].name;
            text += (text.empty() ? "" : ", ") + (name.front() == ':' ? "k" + name.substr(1) : name);
        }
        return text;
    }

    void node(const Equation& equation, const Node& node) {
        if (node.kind == Node::Kind::Sum)
            m_marks.sums.push_back(
                {node.operands[0].range.begin, names(equation, node.sumVars), false, ProjectOp::Sum});
        if (node.kind == Node::Kind::IndexValue)
            m_marks.indices.push_back({node.range, equation.vars[node.var].domain});
        for (const Node& operand : node.operands) this->node(equation, operand);
    }

    void marksOf(const Equation& equation) {
        node(equation, equation.value);
        if (!equation.reduced.empty()) {
            std::uint32_t at = equation.value.range.begin;
            for (const Node& guard : equation.guards) at = std::min(at, guard.range.begin);
            m_marks.sums.push_back(
                {at, names(equation, equation.reduced), equation.op == ProjectOp::Average, equation.op});
        }
        m_marks.equations.push_back({equation.range, desugaredText(m_program, equation)});
    }

    void queries() {
        for (const auto& output : m_program.outputs) {
            if (const auto* query = std::get_if<Query>(&output)) tensor(query->tensor, query->range);
            const std::uint32_t statement = std::visit([](const auto& each) { return each.statement; }, output);
            const auto* syntax = std::get_if<ast::Query>(&m_program.syntax.statements[statement].body);
            if (syntax == nullptr) continue;
            const auto& query = std::get<Query>(output);
            const TensorInfo& info = m_program.tensors[query.tensor];
            for (std::size_t axis = 0; axis < query.arguments.size() && axis < info.axes.size(); ++axis)
                if (query.arguments[axis].kind == QueryArgument::Kind::Variable)
                    m_marks.indices.push_back({syntax->ref.indices[axis].range, info.axes[axis]});
        }
    }

    /// In text order; products that were multiplied out show each sign once.
    void sort() {
        const auto byRange = [](const auto& a, const auto& b) { return a.range.begin < b.range.begin; };
        std::stable_sort(m_marks.indices.begin(), m_marks.indices.end(), byRange);
        std::stable_sort(m_marks.tensors.begin(), m_marks.tensors.end(), byRange);
        std::stable_sort(m_marks.equations.begin(), m_marks.equations.end(), byRange);
        std::stable_sort(m_marks.sums.begin(), m_marks.sums.end(),
                         [](const Marks::Sum& a, const Marks::Sum& b) { return a.at < b.at; });
        const auto isSameSum = [](const Marks::Sum& a, const Marks::Sum& b) {
            return a.at == b.at && a.variables == b.variables && a.op == b.op;
        };
        m_marks.sums.erase(std::unique(m_marks.sums.begin(), m_marks.sums.end(), isSameSum), m_marks.sums.end());
        const auto isSameIndex = [](const Marks::IndexUse& a, const Marks::IndexUse& b) {
            return a.range.begin == b.range.begin && a.domain == b.domain;
        };
        m_marks.indices.erase(std::unique(m_marks.indices.begin(), m_marks.indices.end(), isSameIndex),
                              m_marks.indices.end());
    }

    Context& m_context;
    Program& m_program;
    Marks& m_marks;
};

} // namespace

void writeMarks(Context& context) {
    MarkWriter(context).run();
}

} // namespace vitrine::tl::checking
