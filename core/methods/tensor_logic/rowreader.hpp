// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/linereader.hpp"

namespace vitrine::tl {

/// Rows of cells of a table: empty lines, comments and the header of a matrix file are gone.
class RowReader {
  public:
    /// \param format  not Words
    RowReader(const std::filesystem::path& file, TableFormat format, const TableFileOptions& options);
    /// Fills `cells`; they are valid until the next call. False at the end of the file or after a failure.
    [[nodiscard]] bool next();
    [[nodiscard]] const std::vector<std::string_view>& cells() const { return m_cells; }
    /// Cell `k` stood in quotes: text whatever it looks like.
    [[nodiscard]] bool isQuoted(std::size_t k) const { return k < m_quoted.size() && m_quoted[k]; }
    [[nodiscard]] bool isMatrixMarket() const { return m_isMatrix; }
    [[nodiscard]] const LineReader& lines() const { return m_lines; }
    [[nodiscard]] bool hasFailed() const { return m_error.has_value() || m_lines.hasFailed(); }
    [[nodiscard]] const Error& error() const { return m_error ? *m_error : m_lines.error(); }
    /// Error at cell `k` of the row, or behind its last cell.
    [[nodiscard]] Error errorAtCell(std::size_t k, const char* message, std::vector<std::string> arguments = {}) const;

  private:
    [[nodiscard]] bool isComment(std::string_view line) const;
    [[nodiscard]] bool skipMatrixHeader(std::string_view line);
    void splitTabs(std::string_view line, bool isTrimmed);
    void splitBlanks(std::string_view line);
    void splitCommas(std::string_view line);
    [[nodiscard]] bool splitQuoted();
    [[nodiscard]] bool readQuoted(std::string& cell);

    LineReader m_lines;
    TableFormat m_format;
    std::vector<std::string_view> m_cells;
    std::string_view m_line; ///< of the row's start; into the buffer or m_record
    std::uint64_t m_rowLine = 0;
    std::string m_record; ///< a row with quotes, over several lines
    std::vector<std::string> m_texts;
    std::vector<bool> m_quoted;
    std::vector<std::size_t> m_starts; ///< of those texts in m_record
    std::size_t m_at = 0;              ///< in m_record
    bool m_isMatrix = false, m_isFirst = true, m_hasRows = false;
    std::optional<Error> m_error;
};

} // namespace vitrine::tl
