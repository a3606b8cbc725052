// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/rowreader.hpp"

namespace vitrine::tl {

namespace {

constexpr std::size_t MaxRecordBytes = 64u << 20;

bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
    return text;
}

} // namespace

RowReader::RowReader(const std::filesystem::path& file, TableFormat format, const TableFileOptions& options)
    : m_lines(file, options), m_format(format) {}

bool RowReader::next() {
    std::string_view line;
    while (!m_error && m_lines.next(line)) {
        const bool isFirst = std::exchange(m_isFirst, false);
        if (trimmed(line).empty()) continue;
        if (isFirst && m_format == TableFormat::Blanks && line.starts_with("%%MatrixMarket")) {
            if (!skipMatrixHeader(line)) return false;
            continue;
        }
        if (isComment(line)) continue;
        m_hasRows = true;
        m_cells.clear();
        m_line = line;
        m_rowLine = m_lines.lineNumber();
        m_texts.clear();
        m_quoted.clear();
        if (m_format == TableFormat::Tab)
            splitTabs(line, false);
        else if (m_format == TableFormat::Blanks && line.find('\t') != std::string_view::npos)
            splitTabs(line, true);
        else if (m_format == TableFormat::Blanks)
            splitBlanks(line);
        else if (line.find('"') == std::string_view::npos)
            splitCommas(line);
        else
            return splitQuoted();
        return true;
    }
    return false;
}

bool RowReader::isComment(std::string_view line) const {
    if (m_format == TableFormat::Comma || (m_format == TableFormat::Tab && m_hasRows)) return false;
    const char first = m_format == TableFormat::Blanks ? trimmed(line).front() : line.front();
    return first == '#' || first == '%';
}

/// Reads on through the comments to the line of the sizes.
bool RowReader::skipMatrixHeader(std::string_view line) {
    m_isMatrix = true;
    if (line.find("coordinate") == std::string_view::npos) {
        m_error = m_lines.errorAt(1, line, 0, "%1:%2:%3: only coordinate matrices can be read");
        return false;
    }
    while (m_lines.next(line))
        if (!trimmed(line).empty() && line.front() != '%') return true;
    return false;
}

void RowReader::splitTabs(std::string_view line, bool isTrimmed) {
    while (true) {
        const std::size_t tab = line.find('\t');
        const std::string_view cell = line.substr(0, tab);
        m_cells.push_back(isTrimmed ? trimmed(cell) : cell);
        if (tab == std::string_view::npos) return;
        line.remove_prefix(tab + 1);
    }
}

void RowReader::splitBlanks(std::string_view line) {
    std::size_t at = 0;
    while (true) {
        while (at < line.size() && isBlank(line[at])) ++at;
        if (at == line.size()) return;
        const std::size_t begin = at;
        while (at < line.size() && !isBlank(line[at])) ++at;
        m_cells.push_back(line.substr(begin, at - begin));
    }
}

void RowReader::splitCommas(std::string_view line) {
    while (true) {
        const std::size_t comma = line.find(',');
        m_cells.push_back(trimmed(line.substr(0, comma)));
        if (comma == std::string_view::npos) return;
        line.remove_prefix(comma + 1);
    }
}

/// A row with quotes: cells may hold commas, doubled quotes and newlines.
bool RowReader::splitQuoted() {
    m_record.assign(m_line);
    m_starts.clear();
    m_at = 0;
    while (true) {
        while (m_at < m_record.size() && isBlank(m_record[m_at])) ++m_at;
        m_starts.push_back(m_at);
        std::string& cell = m_texts.emplace_back();
        m_quoted.push_back(m_at < m_record.size() && m_record[m_at] == '"');
        if (m_at < m_record.size() && m_record[m_at] == '"') {
            if (!readQuoted(cell)) return false;
        } else {
            const std::size_t comma = std::min(m_record.find(',', m_at), m_record.size());
            cell = trimmed(std::string_view(m_record).substr(m_at, comma - m_at));
            m_at = comma;
        }
        if (m_at == m_record.size()) break;
        ++m_at;
    }
    m_line = m_record;
    for (const std::string& text : m_texts) m_cells.emplace_back(text);
    return true;
}

/// From the opening quote to the comma, or the end of the row, behind the closing one.
bool RowReader::readQuoted(std::string& cell) {
    const std::size_t open = m_at++;
    while (true) {
        const std::size_t quote = m_record.find('"', m_at);
        if (quote != std::string::npos) {
            cell.append(m_record, m_at, quote - m_at);
            m_at = quote + 1;
            if (m_at < m_record.size() && m_record[m_at] == '"') {
                cell += '"';
                ++m_at;
                continue;
            }
            while (m_at < m_record.size() && isBlank(m_record[m_at])) ++m_at;
            if (m_at == m_record.size() || m_record[m_at] == ',') return true;
            m_error = m_lines.errorAt(m_rowLine, m_record, m_at, "%1:%2:%3: text behind the closing quote");
            return false;
        }
        cell.append(m_record, m_at);
        std::string_view more;
        const char* newline = m_lines.hadReturn() ? "\r\n" : "\n";
        const bool isTooLong = m_record.size() > MaxRecordBytes;
        if (isTooLong || !m_lines.next(more)) {
            if (!m_lines.hasFailed())
                m_error = m_lines.errorAt(m_rowLine, m_record, open, "%1:%2:%3: the quote is not closed");
            return false;
        }
        cell += newline;
        m_record += newline;
        m_at = m_record.size();
        m_record += more;
    }
}

Error RowReader::errorAtCell(std::size_t k, const char* message, std::vector<std::string> arguments) const {
    std::size_t offset = m_line.size();
    if (k < m_cells.size())
        offset = m_texts.empty() ? static_cast<std::size_t>(m_cells[k].data() - m_line.data()) : m_starts[k];
    return m_lines.errorAt(m_rowLine, m_line, offset, message, std::move(arguments));
}

} // namespace vitrine::tl
