// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/files.hpp"
#include "core/methods/tensor_logic/answerlines.hpp"
#include "core/methods/tensor_logic/densecells.hpp"
#include "core/methods/tensor_logic/tablefile.hpp"

#include <algorithm>

namespace vitrine::tl {

namespace {

/// Rows of a relation, or non-zero cells with their value behind them.
/// \return a row that this format cannot hold
std::optional<std::string> writeRows(const Evaluation& evaluation, TensorId tensor, TableText& table,
                                     std::uint64_t& rows, const std::stop_token& stop) {
    const Program& program = evaluation.program();
    const Dictionary& dictionary = *program.dictionary;
    const TensorInfo& info = program.tensors[tensor];
    std::string text;
    std::optional<std::string> unwritable;
    evaluation.forEachRow(tensor, [&](const Row& row) {
        bool areSymbols = info.isRelation;
        for (const Cell cell : row.cells) {
            text.clear();
            appendCell(text, dictionary, cell);
            const bool isSymbol = dictionary.isSymbol(cell);
            areSymbols = areSymbols && isSymbol;
            if (!isSymbol)
                table.value(text);
            else if (!table.symbol(text) && !unwritable)
                unwritable = text;
        }
        if (!info.isRelation) {
            text.clear();
            appendValue(text, row);
            table.value(text);
        }
        if (!table.endRow(areSymbols) && !unwritable) unwritable = text;
        ++rows;
        return !unwritable && !stop.stop_requested();
    });
    return unwritable;
}

/// Rank 0 and 1: a value a line; otherwise the last index along the line.
void writeCells(const Evaluation& evaluation, TensorId tensor, TableText& table, std::uint64_t& rows,
                const std::stop_token& stop) {
    const std::vector<std::int64_t> shape = evaluation.shape(tensor);
    std::uint64_t count = 1;
    for (const std::int64_t size : shape) count *= static_cast<std::uint64_t>(size);
    if (count == 0) return;
    const DenseCells values(evaluation, tensor, count);
    std::vector<std::int64_t> position(shape.size(), 0);
    std::string text;
    for (std::uint64_t k = 0; k < count && !stop.stop_requested(); ++k) {
        text.clear();
        appendValue(text, values.at(position));
        table.value(text);
        std::size_t axis = shape.size();
        while (axis-- > 0 && ++position[axis] == shape[axis]) position[axis] = 0;
        if (shape.size() >= 2 && axis + 1 == shape.size()) continue;
        (void)table.endRow();
        ++rows;
    }
}

Diagnostic fileError(const Output& output, const char* message, std::vector<std::string> arguments) {
    Diagnostic found;
    found.code = "E-FILE";
    found.message = message;
    found.arguments = std::move(arguments);
    found.range = output.range;
    return found;
}

} // namespace

Result<std::string> fileTextOf(const Evaluation& evaluation, const Output& output, std::uint64_t& rows,
                               std::stop_token stop) {
    TableText table(tableFormatOf(output.file));
    const bool areRows = evaluation.program().tensors[output.tensor].isRelation || evaluation.isTuples(output.tensor);
    if (!areRows)
        writeCells(evaluation, output.tensor, table, rows, stop);
    else if (const auto symbol = writeRows(evaluation, output.tensor, table, rows, stop))
        return makeError("E-FILE", "%1: the symbol \"%2\" would not be read back from this file: write a .csv",
                         {output.file, *symbol});
    return table.text();
}

void answerOutput(const Evaluation& evaluation, const Output& output, const AnswerOptions& options, AnswerLines& lines,
                  Diagnostics& found) {
    std::uint64_t rows = 0;
    const auto text = fileTextOf(evaluation, output, rows, options.stop);
    if (options.stop.stop_requested()) return;
    if (!text) {
        found.push_back(fileError(output, text.error().message.c_str(), text.error().arguments));
        return;
    }
    if (options.writeFiles) {
        const auto target = fileToReplace(options.folder / output.file);
        const Status written = target ? writeFileAtomically(*target, *text) : Status(target.error());
        if (!written) {
            found.push_back(fileError(output, "%1: cannot be written: %2",
                                      {output.file, fillIn(written.error().message, written.error().arguments)}));
            return;
        }
    }
    if (lines.begin((options.writeFiles ? "wrote " : "not written: ") + output.file, rows)) {
        for (std::size_t at = 0; at < text->size();) {
            const std::size_t end = text->find('\n', at);
            lines.text() += "  ";
            lines.text().append(*text, at, end - at);
            lines.endLine();
            at = end + 1;
        }
    }
    lines.end();
}

} // namespace vitrine::tl
