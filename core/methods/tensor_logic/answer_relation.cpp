// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/answerlines.hpp"

#include <algorithm>

namespace vitrine::tl {

namespace {

using Kind = QueryArgument::Kind;
constexpr std::uint64_t BatchRows = 4096;

/// Which rows of a relation, or of the stored cells of a tensor, a query selects.
class Selection {
  public:
    Selection(const Evaluation& evaluation, const Query& query)
        : m_evaluation(evaluation), m_dictionary(*evaluation.program().dictionary), m_query(query) {
        const auto& arguments = query.arguments;
        while (m_prefix < arguments.size() && arguments[m_prefix].kind == Kind::Constant) ++m_prefix;
        m_end = evaluation.rowCount(query.tensor);
        if (m_prefix > 0) narrow();
        for (std::size_t k = m_prefix; k < arguments.size(); ++k) {
            const bool isRepeated = arguments[k].kind == Kind::Variable && firstOf(k) != k;
            if (arguments[k].kind != Kind::Variable || isRepeated) m_tests.push_back(k);
        }
    }

    [[nodiscard]] bool isFiltered() const { return !m_tests.empty(); }
    [[nodiscard]] std::uint64_t bound() const { return m_end - m_begin; } ///< of the rows, exact when not filtered

    /// Visits the selected rows in printing order until `visit` returns false.
    void forEach(const std::function<bool(const Row&)>& visit) const {
        if (m_begin == 0 && m_end == m_evaluation.rowCount(m_query.tensor)) {
            m_evaluation.forEachRow(m_query.tensor, [&](const Row& row) { return !accepts(row) || visit(row); });
            return;
        }
        for (std::uint64_t at = m_begin; at < m_end; at += BatchRows)
            for (const Row& row : m_evaluation.rows(m_query.tensor, at, std::min(BatchRows, m_end - at)))
                if (accepts(row) && !visit(row)) return;
    }

  private:
    /// Rows are in printing order: those with the constants of the prefix stand together.
    void narrow() {
        const std::uint64_t count = m_end;
        m_begin = search(0, count, -1);
        m_end = search(m_begin, count, 0);
    }
    /// The first row in [low, high) whose prefix compares greater than `than` with the constants (-1, 0 or 1).
    [[nodiscard]] std::uint64_t search(std::uint64_t low, std::uint64_t high, int than) const {
        while (low < high) {
            const std::uint64_t middle = low + (high - low) / 2;
            if (comparePrefix(m_evaluation.rows(m_query.tensor, middle, 1).front()) > than)
                high = middle;
            else
                low = middle + 1;
        }
        return low;
    }
    [[nodiscard]] int comparePrefix(const Row& row) const {
        for (std::size_t k = 0; k < m_prefix; ++k) {
            const int compared = m_dictionary.compare(row.cells[k], m_query.arguments[k].constant);
            if (compared != 0) return compared;
        }
        return 0;
    }
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

    const Evaluation& m_evaluation;
    const Dictionary& m_dictionary;
    const Query& m_query;
    std::size_t m_prefix = 0; ///< arguments that are constants
    std::uint64_t m_begin = 0, m_end = 0;
    std::vector<std::size_t> m_tests; ///< arguments that filter
};

void appendRow(std::string& out, const Evaluation& evaluation, const TensorInfo& info, const Row& row) {
    out += "  ";
    appendElement(out, evaluation.program(), info, row.cells);
    if (info.isRelation) return;
    out += " = ";
    appendValue(out, row);
}

} // namespace

void answerRelation(const Evaluation& evaluation, const Query& query, AnswerLines& lines) {
    const TensorInfo& info = evaluation.program().tensors[query.tensor];
    const std::string heading = headingOf(evaluation.program(), query);
    const auto isConstant = [](const QueryArgument& argument) { return argument.kind == Kind::Constant; };
    const bool isOne =
        (!query.isBare || info.arity == 0) && std::all_of(query.arguments.begin(), query.arguments.end(), isConstant);
    if (isOne && info.isRelation) {
        std::vector<Cell> cells;
        for (const QueryArgument& argument : query.arguments) cells.push_back(argument.constant);
        (void)lines.begin(heading + (evaluation.contains(query.tensor, cells) ? "? true" : "? false"), 1);
        lines.end();
        return;
    }
    const Selection selection(evaluation, query);
    std::uint64_t count = selection.bound();
    // A filter is counted first where the lines go out in parts; otherwise lines are formatted until they are too many.
    if (selection.isFiltered()) {
        count = 0;
        selection.forEach([&](const Row& row) {
            ++count;
            if (lines.hasParts()) return !lines.isStopped();
            if (lines.isCut(count)) return !lines.isStopped();
            appendRow(lines.text(), evaluation, info, row);
            lines.endLine();
            return !lines.isStopped();
        });
    }
    const bool areWritten = selection.isFiltered() && !lines.hasParts();
    const char* const unit = info.isRelation ? "" : " nonzero";
    if (lines.begin(heading + "? " + std::to_string(count) + unit, count) && !areWritten)
        selection.forEach([&](const Row& row) {
            appendRow(lines.text(), evaluation, info, row);
            lines.endLine();
            return !lines.isStopped();
        });
    lines.end();
}

} // namespace vitrine::tl
