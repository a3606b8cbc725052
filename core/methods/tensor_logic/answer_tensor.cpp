// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/answerlines.hpp"
#include "core/methods/tensor_logic/densecells.hpp"

#include <algorithm>

namespace vitrine::tl {

namespace {

using Kind = QueryArgument::Kind;
constexpr std::uint64_t FewCells = 1000; ///< read one by one

/// Axes that move together, because a variable is repeated, with the positions that they take.
struct AxisGroup {
    std::vector<std::size_t> axes;
    std::int64_t first = 0, count = 0;                ///< of one axis: first, first + 1, ...
    std::vector<std::vector<std::int64_t>> positions; ///< of several: one vector a step
};

class Cells {
  public:
    Cells(const Evaluation& evaluation, const Query& query) : m_program(evaluation.program()), m_query(query) {
        const TensorInfo& info = m_program.tensors[query.tensor];
        m_shape = evaluation.shape(query.tensor);
        for (std::size_t axis = 0; axis < info.arity; ++axis) add(info, axis);
        for (AxisGroup& group : m_groups)
            if (group.axes.size() > 1) intersect(info, group);
    }

    [[nodiscard]] std::uint64_t count() const {
        std::uint64_t total = 1;
        for (const AxisGroup& group : m_groups)
            if (__builtin_mul_overflow(total, static_cast<std::uint64_t>(group.count), &total)) return ~0ULL;
        return total;
    }

    /// Visits the positions in order until `visit` returns false.
    void forEach(const std::function<bool(const std::vector<std::int64_t>&)>& visit) const {
        if (count() == 0) return;
        std::vector<std::int64_t> steps(m_groups.size(), 0), position(m_shape.size(), 0);
        for (std::size_t g = 0; g < m_groups.size(); ++g) place(g, 0, position);
        while (visit(position)) {
            std::size_t g = m_groups.size();
            while (g-- > 0) {
                if (++steps[g] < m_groups[g].count) break;
                steps[g] = 0;
                place(g, 0, position);
            }
            if (g == static_cast<std::size_t>(-1)) return;
            place(g, steps[g], position);
        }
    }

  private:
    void add(const TensorInfo& info, std::size_t axis) {
        const bool isLast = info.virtualAxis == static_cast<int>(axis);
        const std::int64_t size = m_shape[axis];
        AxisGroup group{{axis},
                        isLast ? std::max<std::int64_t>(size - 1, 0) : 0,
                        isLast ? std::min<std::int64_t>(size, 1) : size,
                        {}};
        if (!m_query.isBare) {
            const QueryArgument& argument = m_query.arguments[axis];
            if (argument.kind == Kind::Variable) {
                for (AxisGroup& known : m_groups)
                    if (known.axes.size() > 0 && isVariable(known.axes[0], argument.variable)) {
                        known.axes.push_back(axis);
                        return;
                    }
            } else if (argument.kind == Kind::Constant) {
                const auto position = positionOf(m_program, m_program.domains[info.axes[axis]], argument.constant);
                group.first = position.value_or(0);
                group.count = position ? 1 : 0;
            } else {
                group.first = std::clamp<std::int64_t>(argument.first.value_or(0), 0, size);
                group.count = std::max<std::int64_t>(
                    std::clamp<std::int64_t>(argument.last.value_or(size), 0, size) - group.first, 0);
            }
        }
        m_groups.push_back(std::move(group));
    }
    [[nodiscard]] bool isVariable(std::size_t axis, std::uint32_t variable) const {
        return m_query.arguments[axis].kind == Kind::Variable && m_query.arguments[axis].variable == variable;
    }

    /// Values that all axes of the group have, in the order of the first.
    void intersect(const TensorInfo& info, AxisGroup& group) const {
        const std::int64_t first = group.first, count = group.count;
        group.count = 0;
        for (std::int64_t k = first; k < first + count; ++k) {
            const Cell cell = cellAt(m_program, m_program.domains[info.axes[group.axes[0]]], k);
            std::vector<std::int64_t> step{k};
            for (std::size_t n = 1; n < group.axes.size(); ++n) {
                const auto position = positionOf(m_program, m_program.domains[info.axes[group.axes[n]]], cell);
                if (position) step.push_back(*position);
            }
            if (step.size() == group.axes.size()) group.positions.push_back(std::move(step));
        }
        group.count = static_cast<std::int64_t>(group.positions.size());
    }

    void place(std::size_t g, std::int64_t step, std::vector<std::int64_t>& position) const {
        const AxisGroup& group = m_groups[g];
        if (group.axes.size() == 1) {
            position[group.axes[0]] = group.first + step;
            return;
        }
        const auto& values = group.positions[static_cast<std::size_t>(step)];
        for (std::size_t n = 0; n < group.axes.size(); ++n) position[group.axes[n]] = values[n];
    }

    const Program& m_program;
    const Query& m_query;
    std::vector<std::int64_t> m_shape;
    std::vector<AxisGroup> m_groups;
};

/// Only non-zero cells are printed: of a tensor in sparse storage. A Boolean one that rules computed is no such tensor
/// unless it is large.
bool isSparse(const Evaluation& evaluation, TensorId tensor) {
    constexpr std::int64_t denseCells = 1LL << 26;
    if (!evaluation.isTuples(tensor) || evaluation.isDense(tensor)) return false;
    const TensorInfo& info = evaluation.program().tensors[tensor];
    if (info.type != ElementType::Bool || info.hint == Storage::Tuples) return true;
    std::int64_t cells = 1;
    for (const std::int64_t size : evaluation.shape(tensor))
        if (__builtin_mul_overflow(cells, size, &cells)) return true;
    return cells > denseCells;
}

/// "T[0, Alice] = 0.5"; 0 for a symbol outside the domain.
void answerElement(const Evaluation& evaluation, const Query& query, AnswerLines& lines) {
    const Program& program = evaluation.program();
    const TensorInfo& info = program.tensors[query.tensor];
    std::vector<std::int64_t> position;
    for (std::size_t axis = 0; axis < info.arity; ++axis) {
        const auto at = positionOf(program, program.domains[info.axes[axis]], query.arguments[axis].constant);
        if (at) position.push_back(*at);
    }
    std::string text = headingOf(program, query) + " = ";
    if (position.size() == info.arity)
        appendValue(text, evaluation.cell(query.tensor, position));
    else
        text += "0";
    (void)lines.begin(std::move(text), 1);
    lines.end();
}

} // namespace

DenseCells::DenseCells(const Evaluation& evaluation, TensorId tensor, std::uint64_t expected)
    : m_evaluation(evaluation), m_tensor(tensor) {
    const bool isVirtual = evaluation.program().tensors[tensor].virtualAxis >= 0;
    if (expected <= FewCells || isVirtual || !evaluation.isDense(tensor)) return;
    m_snapshot = evaluation.dense(tensor);
    m_hasSnapshot = m_snapshot.data && m_snapshot.shape == evaluation.shape(tensor);
}

Row DenseCells::at(const std::vector<std::int64_t>& position) const {
    if (!m_hasSnapshot) return m_evaluation.cell(m_tensor, position);
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < position.size(); ++axis)
        offset = offset * m_snapshot.shape[axis] + position[axis];
    Row row;
    row.isInteger = m_snapshot.dtype == DType::Bool || m_snapshot.dtype == DType::Int64;
    switch (m_snapshot.dtype) {
    case DType::Bool:
        row.integer = m_snapshot.as<bool>()[offset] ? 1 : 0;
        break;
    case DType::Int64:
        row.integer = m_snapshot.as<std::int64_t>()[offset];
        break;
    case DType::Float32:
        row.value = static_cast<double>(m_snapshot.as<float>()[offset]);
        break;
    case DType::Float64:
        row.value = m_snapshot.as<double>()[offset];
        break;
    }
    if (row.isInteger) row.value = static_cast<double>(row.integer);
    return row;
}

void answerTensor(const Evaluation& evaluation, const Query& query, AnswerLines& lines) {
    const Program& program = evaluation.program();
    const TensorInfo& info = program.tensors[query.tensor];
    const auto isConstant = [](const QueryArgument& argument) { return argument.kind == Kind::Constant; };
    if (info.arity == 0 || (!query.isBare && std::all_of(query.arguments.begin(), query.arguments.end(), isConstant))) {
        answerElement(evaluation, query, lines);
        return;
    }
    if (isSparse(evaluation, query.tensor)) {
        answerRelation(evaluation, query, lines);
        return;
    }
    const Cells cells(evaluation, query);
    const std::uint64_t count = cells.count();
    if (lines.begin(headingOf(program, query) + "? " + std::to_string(count), count)) {
        const DenseCells values(evaluation, query.tensor, count);
        std::vector<Cell> names(info.arity);
        cells.forEach([&](const std::vector<std::int64_t>& position) {
            for (std::size_t axis = 0; axis < names.size(); ++axis)
                names[axis] = cellAt(program, program.domains[info.axes[axis]], position[axis]);
            lines.text() += "  ";
            appendElement(lines.text(), program, info, names);
            lines.text() += " = ";
            appendValue(lines.text(), values.at(position));
            lines.endLine();
            return !lines.isStopped();
        });
    }
    lines.end();
}

} // namespace vitrine::tl
