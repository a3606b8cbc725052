// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/methods/tensor_logic/value.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

/// Data files of programs: words, tables, Datalog facts, edge lists, triples and matrices of numbers. They are
/// untrusted: sizes are checked before memory is taken, errors name file, line, column and reason.
namespace vitrine::tl {

/// How a file is cut into cells.
enum class TableFormat {
    Words, ///< .txt: words between blanks, all of them symbols; a relation position x word, positions from 0
    Comma, ///< .csv: RFC 4180, quoted cells may hold commas, doubled quotes and newlines; blanks around others go
    Tab,   ///< .tsv, .facts: one tab between cells, nothing is quoted; triples head, relation, tail
    Blanks ///< anything else (.edges, .mtx, .el, ...): tabs between cells, or blanks in a line without a tab
};
/// By the name's ending, in any letter case.
[[nodiscard]] TableFormat tableFormatOf(const std::filesystem::path& file);

struct TableFileOptions {
    std::stop_token stop;
    /// Bytes read of all, every few MB and at the end; called on the reading thread.
    std::function<void(std::uint64_t done, std::uint64_t total)> onProgress;
    /// Called once the whole file has gone through: its content's hash.
    std::function<void(std::uint64_t bytes, const std::string& sha256)> onHash;
    std::int64_t memoryBudget = 4LL << 30; ///< bytes; files whose cells need more are refused
    std::optional<TableFormat> format;     ///< instead of the one by name
    std::string shownName;                 ///< in messages, instead of the path
};

/// Rows of a relation, cells interned: an integer where the whole field is one and stands in no quotes, else a symbol.
struct TableRows {
    std::uint32_t arity = 0;
    std::uint64_t rows = 0;  ///< tells arity 0
    std::vector<Cell> cells; ///< rows * arity, row-major, file order, repeats kept
    bool isText = false;     ///< position x word
};

/// Reads a relation, streaming, straight into the dictionary.
///
/// Empty lines are skipped. Lines that begin with # or % are comments: anywhere in format Blanks, before the first row
/// in format Tab. A file that begins with %%MatrixMarket is a coordinate matrix: its size line is skipped, its entries
/// are rows as written (positions from 1, of a symmetric matrix the stored half), and a third cell is dropped when two
/// are wanted. A .txt is a table instead of words when other than two columns are wanted, or when each of its first
/// lines holds two integers or exactly one tab (edge lists and triples are often named so).
///
/// \param arity  columns wanted; nothing: as many as the first row has. Words have two
/// \errors       E-FILE: cannot be read, wrong column count, an integer of more than 64 bits, quote that does not end,
///               invalid UTF-8, zero byte, too
///               large; E-CANCEL when stopped. The message begins with FILE:LINE:COLUMN (code points from 1)
/// \cost         O(bytes), above 50 MB/s; 4 bytes a cell plus the dictionary
[[nodiscard]] Result<TableRows> readRelation(const std::filesystem::path& file, std::optional<std::uint32_t> arity,
                                             Dictionary& dictionary, const TableFileOptions& options = {});

/// A tensor of numbers, row-major.
struct TableNumbers {
    std::vector<std::int64_t> shape;
    bool isInteger = false;             ///< every number is an integer of 64 bits
    std::vector<std::int64_t> integers; ///< when isInteger
    std::vector<double> reals;          ///< otherwise
};

/// Reads a numeric tensor: rank 0 and 1 one value a line, higher rank the last index along the line and the rows in
/// row-major order. Empty lines are skipped, comment lines as in readRelation. A .txt is cut like Blanks here.
///
/// \param rank   indices of the tensor; nothing: 1 when every line has one value, else 2
/// \param shape  [rank] known sizes, -1 where unknown; empty: all unknown. The last size is known from the lines, one
///               other unknown size from their number
/// \errors       E-FILE as above, also: a cell that is no finite number, lines of different length, a number of rows or
///               columns that the shape contradicts, a shape that cannot be inferred; E-CANCEL
[[nodiscard]] Result<TableNumbers> readNumbers(const std::filesystem::path& file, std::optional<std::uint32_t> rank,
                                               const std::vector<std::int64_t>& shape,
                                               const TableFileOptions& options = {});

/// Collects the text of a file that is written (digest 2.8): commas for .csv, quoted where needed, else tabs.
class TableText {
  public:
    explicit TableText(TableFormat format) : m_format(format) {}
    /// A number.
    void value(std::string_view text);
    /// False when readRelation would not read this symbol back and nothing can quote it: it holds a tab or a newline,
    /// looks like an integer or a comment, ...
    [[nodiscard]] bool symbol(std::string_view text);
    /// False when the row would be skipped or cut at a blank. \param isOfSymbols  every cell is a symbol
    [[nodiscard]] bool endRow(bool isOfSymbols = false);
    [[nodiscard]] const std::string& text() const { return m_text; }

  private:
    [[nodiscard]] bool bareSymbol(std::string_view text);
    void separate();

    TableFormat m_format;
    std::string m_text;
    std::size_t m_cells = 0; ///< of the open row
    bool m_hasText = false, m_hasBlank = false;
};

} // namespace vitrine::tl
