// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/tablefile.hpp"

#include "core/methods/tensor_logic/rowreader.hpp"

#include <charconv>
#include <limits>

namespace vitrine::tl {

namespace {

constexpr std::uint32_t MaxArity = 1u << 16;
constexpr int SampledLines = 100;

std::optional<std::int64_t> integerOf(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [last, problem] = std::from_chars(text.data(), end, value);
    if (problem != std::errc{} || last != end || text.empty()) return std::nullopt;
    return value;
}

Cell intern(Dictionary& dictionary, std::string_view text) {
    if (const auto integer = integerOf(text)) return dictionary.integer(*integer);
    return dictionary.symbol(text);
}

std::size_t wordCount(std::string_view line, bool& areIntegers) {
    std::size_t count = 0;
    for (std::size_t at = line.find_first_not_of(" \t"); at != std::string_view::npos;
         at = line.find_first_not_of(" \t", at)) {
        const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
        areIntegers = areIntegers && integerOf(line.substr(at, end - at));
        ++count;
        at = end;
    }
    return count;
}

/// What a .txt holds, by its first lines.
TableFormat formatOfText(const std::filesystem::path& file, bool wantsTable, const TableFileOptions& options) {
    TableFileOptions quiet = options;
    quiet.onProgress = nullptr;
    quiet.onHash = nullptr;
    LineReader lines(file, quiet);
    bool isPairs = true, isTabbed = true, hasTab = false, hasComments = false;
    int rows = 0;
    std::string_view line;
    for (int k = 0; k < SampledLines && lines.next(line); ++k) {
        if (line.find_first_not_of(" \t") == std::string_view::npos) continue;
        if (line.front() == '#' || line.front() == '%') {
            hasComments = true;
            continue;
        }
        ++rows;
        bool areIntegers = true;
        isPairs = wordCount(line, areIntegers) == 2 && areIntegers && isPairs;
        const std::size_t tab = line.find('\t');
        hasTab = hasTab || tab != std::string_view::npos;
        isTabbed = isTabbed && tab != std::string_view::npos && line.find('\t', tab + 1) == std::string_view::npos;
    }
    if (wantsTable) return hasTab ? TableFormat::Tab : TableFormat::Blanks;
    if (isPairs && (rows > 1 || (rows == 1 && hasComments))) return TableFormat::Blanks;
    return isTabbed && rows > 1 ? TableFormat::Tab : TableFormat::Words;
}

Result<TableRows> readWords(const std::filesystem::path& file, Dictionary& dictionary,
                            const TableFileOptions& options) {
    TableRows result;
    result.arity = 2;
    result.isText = true;
    LineReader lines(file, options);
    std::string_view line;
    while (lines.next(line)) {
        constexpr std::string_view blanks = " \t\r\f\v";
        for (std::size_t at = line.find_first_not_of(blanks); at != std::string_view::npos;
             at = line.find_first_not_of(blanks, at)) {
            const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
            result.cells.push_back(dictionary.integer(static_cast<std::int64_t>(result.rows++)));
            result.cells.push_back(dictionary.symbol(line.substr(at, end - at)));
            at = end;
        }
        if (static_cast<std::int64_t>(result.cells.size() * sizeof(Cell)) > options.memoryBudget)
            return lines.errorAt(lines.lineNumber(), line, 0, "%1:%2:%3: the words need more memory than allowed");
    }
    if (lines.hasFailed()) return lines.error();
    return result;
}

/// Adds one row to `result`; an error otherwise.
std::optional<Error> addRow(const RowReader& reader, TableRows& result, Dictionary& dictionary,
                            const TableFileOptions& options) {
    std::size_t count = reader.cells().size();
    if (reader.isMatrixMarket() && result.arity == 2 && count == 3) count = 2;
    if (count != result.arity)
        return reader.errorAtCell(std::min<std::size_t>(result.arity, count),
                                  count == 1 ? "%1:%2:%3: this row has %4 cell, not %5"
                                             : "%1:%2:%3: this row has %4 cells, not %5",
                                  {std::to_string(count), std::to_string(result.arity)});
    // Vectors grow to twice their size: the larger one and the old one are there at once.
    if (result.cells.size() + count > result.cells.capacity() &&
        static_cast<std::int64_t>(result.cells.capacity() * sizeof(Cell) * 3) > options.memoryBudget)
        return reader.errorAtCell(0, "%1:%2:%3: the rows need more memory than allowed");
    for (std::size_t k = 0; k < count; ++k) result.cells.push_back(intern(dictionary, reader.cells()[k]));
    ++result.rows;
    return std::nullopt;
}

} // namespace

TableFormat tableFormatOf(const std::filesystem::path& file) {
    std::string ending = file.extension().string();
    for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (ending == ".txt") return TableFormat::Words;
    if (ending == ".csv") return TableFormat::Comma;
    if (ending == ".tsv" || ending == ".facts") return TableFormat::Tab;
    return TableFormat::Blanks;
}

Result<TableRows> readRelation(const std::filesystem::path& file, std::optional<std::uint32_t> arity,
                               Dictionary& dictionary, const TableFileOptions& options) {
    TableFormat format = options.format.value_or(tableFormatOf(file));
    if (format == TableFormat::Words && !options.format)
        format = formatOfText(file, arity.has_value() && *arity != 2, options);
    if (format == TableFormat::Words) return readWords(file, dictionary, options);
    TableRows result;
    RowReader reader(file, format, options);
    bool isKnown = arity.has_value();
    if (isKnown) result.arity = *arity;
    while (reader.next()) {
        if (!isKnown) result.arity = static_cast<std::uint32_t>(std::min<std::size_t>(reader.cells().size(), MaxArity));
        isKnown = true;
        if (auto error = addRow(reader, result, dictionary, options)) return std::move(*error);
    }
    if (reader.hasFailed()) return reader.error();
    return result;
}

bool TableText::cell(std::string_view text) {
    const bool isOdd = text.find_first_of("\n\r") != std::string_view::npos ||
                       text.find(m_separator == ',' ? ',' : '\t') != std::string_view::npos;
    if (m_separator != ',' && isOdd) return false;
    if (m_isRowOpen) m_text += m_separator;
    m_isRowOpen = true;
    const bool isPadded =
        !text.empty() && (text.front() == ' ' || text.back() == ' ' || text.front() == '\t' || text.back() == '\t');
    if (m_separator != ',' || (!text.empty() && !isOdd && !isPadded && text.find('"') == std::string_view::npos)) {
        m_text += text;
        return true;
    }
    m_text += '"';
    for (const char c : text) {
        if (c == '"') m_text += '"';
        m_text += c;
    }
    m_text += '"';
    return true;
}

void TableText::endRow() {
    m_text += '\n';
    m_isRowOpen = false;
}

} // namespace vitrine::tl
