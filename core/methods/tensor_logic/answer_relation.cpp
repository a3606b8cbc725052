// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/answerlines.hpp"

#include <algorithm>
#include <numeric>

namespace vitrine::tl {

namespace {

using Kind = QueryArgument::Kind;

/// Which rows of a relation, or of the stored cells of a tensor, a query selects.
class Filter {
  public:
    Filter(const Evaluation& evaluation, const Query& query)
        : m_dictionary(*evaluation.program().dictionary), m_query(query), m_pattern(query.arguments.size()) {
        for (std::size_t k = 0; k < m_pattern.size(); ++k) {
            const QueryArgument& argument = query.arguments[k];
            if (argument.kind == Kind::Constant && k < 32) {
                m_pattern[k] = argument.constant;
                m_mask |= 1u << k;
            } else if (argument.kind != Kind::Variable || firstOf(k) != k) {
                m_tests.push_back(k);
            }
        }
    }

    [[nodiscard]] bool isEmpty() const { return m_mask == 0 && m_tests.empty(); }
    void forEach(const Evaluation& evaluation, const std::function<bool(const Row&)>& visit) const {
        evaluation.forEachMatch(m_query.tensor, m_pattern, m_mask,
                                [&](const Row& row) { return !accepts(row) || visit(row); });
    }

  private:
    /// The first argument with the variable of this one.
    [[nodiscard]] std::size_t firstOf(std::size_t argument) const {
        std::size_t k = 0;
        while (m_query.arguments[k].kind != Kind::Variable ||
               m_query.arguments[k].variable != m_query.arguments[argument].variable)
            ++k;
        return k;
    }
    [[nodiscard]] bool accepts(const Row& row) const {
        return std::all_of(m_tests.begin(), m_tests.end(), [&](std::size_t k) {
            const QueryArgument& argument = m_query.arguments[k];
            if (argument.kind == Kind::Constant) return row.cells[k] == argument.constant;
            if (argument.kind == Kind::Variable) return row.cells[k] == row.cells[firstOf(k)];
            const Value value = m_dictionary.value(row.cells[k]);
            return !value.isSymbol && value.integer >= argument.first.value_or(value.integer) &&
                   (!argument.last || value.integer < *argument.last);
        });
    }

    const Dictionary& m_dictionary;
    const Query& m_query;
    std::vector<Cell> m_pattern;
    std::uint32_t m_mask = 0;
    std::vector<std::size_t> m_tests; ///< arguments that filter otherwise
};

/// The rows that a filter lets through, in printing order.
class Selected {
  public:
    Selected(const Evaluation& evaluation, const TensorInfo& info) : m_evaluation(evaluation), m_info(info) {}

    void add(const Row& row) {
        m_cells.insert(m_cells.end(), row.cells.begin(), row.cells.end());
        if (!m_info.isRelation) m_values.push_back({{}, 0, row.value, row.integer, row.isInteger});
        ++m_count;
    }
    /// Visits the rows in order until `visit` returns false.
    void forEach(const std::function<bool(std::span<const Cell>, const Row*)>& visit) const {
        std::vector<std::size_t> order(m_count);
        std::iota(order.begin(), order.end(), std::size_t(0));
        // Ranks cost a sort of the whole dictionary: few rows compare their texts instead.
        const Dictionary& dictionary = *m_evaluation.program().dictionary;
        const bool hasRanks = m_count > dictionary.size() / 16;
        const std::vector<std::uint64_t> ranks = hasRanks ? dictionary.ranks() : std::vector<std::uint64_t>();
        const auto isLess = [&](Cell a, Cell b) {
            return hasRanks ? rankOf(a, ranks) < rankOf(b, ranks) : dictionary.compare(a, b) < 0;
        };
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            const auto left = cellsOf(a), right = cellsOf(b);
            for (std::size_t k = 0; k < left.size(); ++k)
                if (left[k] != right[k]) return isLess(left[k], right[k]);
            return false;
        });
        for (const std::size_t row : order)
            if (!visit(cellsOf(row), m_values.empty() ? nullptr : &m_values[row])) return;
    }

  private:
    [[nodiscard]] std::span<const Cell> cellsOf(std::size_t row) const {
        return std::span<const Cell>(m_cells).subspan(row * m_info.arity, m_info.arity);
    }

    const Evaluation& m_evaluation;
    const TensorInfo& m_info;
    std::vector<Cell> m_cells;
    std::vector<Row> m_values; ///< of a tensor
    std::size_t m_count = 0;
};

void appendRow(AnswerLines& lines, const Program& program, const TensorInfo& info, std::span<const Cell> cells,
               const Row* value) {
    lines.text() += "  ";
    appendElement(lines.text(), program, info, cells);
    if (!info.isRelation) {
        lines.text() += " = ";
        appendValue(lines.text(), *value);
    }
    lines.endLine();
}

void answerTruth(const Evaluation& evaluation, const Query& query, std::string heading, AnswerLines& lines) {
    std::vector<Cell> cells;
    for (const QueryArgument& argument : query.arguments) cells.push_back(argument.constant);
    (void)lines.begin(heading + (evaluation.contains(query.tensor, cells) ? "? true" : "? false"), 1);
    lines.end();
}

} // namespace

void answerRelation(const Evaluation& evaluation, const Query& query, AnswerLines& lines) {
    const Program& program = evaluation.program();
    const TensorInfo& info = program.tensors[query.tensor];
    const std::string heading = headingOf(program, query);
    const bool isOne = (!query.isBare || info.arity == 0) &&
                       std::all_of(query.arguments.begin(), query.arguments.end(),
                                   [](const QueryArgument& argument) { return argument.kind == Kind::Constant; });
    if (isOne && info.isRelation) {
        answerTruth(evaluation, query, heading, lines);
        return;
    }
    const auto begin = [&](std::uint64_t count) {
        return lines.begin(heading + "? " + std::to_string(count) + (info.isRelation ? "" : " nonzero"), count);
    };
    const Filter filter(evaluation, query);
    if (filter.isEmpty()) {
        if (begin(evaluation.rowCount(query.tensor)))
            evaluation.forEachRow(query.tensor, [&](const Row& row) {
                appendRow(lines, program, info, row.cells, &row);
                return !lines.isStopped();
            });
    } else {
        Selected selected(evaluation, info);
        std::uint64_t count = 0;
        filter.forEach(evaluation, [&](const Row& row) {
            if (!lines.isCut(++count)) selected.add(row);
            return !lines.isStopped();
        });
        if (begin(count))
            selected.forEach([&](std::span<const Cell> cells, const Row* value) {
                appendRow(lines, program, info, cells, value);
                return !lines.isStopped();
            });
    }
    lines.end();
}

} // namespace vitrine::tl
