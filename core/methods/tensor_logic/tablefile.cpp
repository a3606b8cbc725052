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

/// An integer of any length.
bool isSpelledAsInteger(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Nothing: an integer of more than 64 bits.
std::optional<Cell> intern(Dictionary& dictionary, std::string_view text, bool isQuoted) {
    if (isQuoted || !isSpelledAsInteger(text)) return dictionary.symbol(text);
    const auto integer = integerOf(text);
    return integer ? std::optional(dictionary.integer(*integer)) : std::nullopt;
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
    for (std::size_t k = 0; k < count; ++k) {
        const auto cell = intern(dictionary, reader.cells()[k], reader.isQuoted(k));
        if (!cell) return reader.errorAtCell(k, "%1:%2:%3: this integer needs more than 64 bits");
        result.cells.push_back(*cell);
    }
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

void TableText::value(std::string_view text) {
    separate();
    m_text += text;
}

/// Reading cuts the text where it is written: commas, quotes, newlines and blanks at the ends need quotes, and so does
/// a symbol that looks like an integer.
bool TableText::symbol(std::string_view text) {
    if (m_format != TableFormat::Comma) return bareSymbol(text);
    separate();
    constexpr std::string_view blanks = " \t\f\v";
    const bool isPadded = text.empty() || blanks.find(text.front()) != std::string_view::npos ||
                          blanks.find(text.back()) != std::string_view::npos;
    if (!isPadded && text.find_first_of("\n\r,\"") == std::string_view::npos && !isSpelledAsInteger(text)) {
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

/// Where nothing is quoted.
bool TableText::bareSymbol(std::string_view text) {
    constexpr std::string_view blanks = " \f\v";
    if (isSpelledAsInteger(text) || text.find_first_of("\t\n\r") != std::string_view::npos) return false;
    const bool isPadded = text.empty() || blanks.find(text.front()) != std::string_view::npos ||
                          blanks.find(text.back()) != std::string_view::npos;
    const bool looksLikeComment = m_cells == 0 && !text.empty() && (text.front() == '#' || text.front() == '%');
    const bool isTab = m_format == TableFormat::Tab;
    if ((isPadded && !isTab) || (looksLikeComment && (!isTab || m_text.empty()))) return false;
    m_hasText = m_hasText || text.find_first_not_of(blanks) != std::string_view::npos;
    m_hasBlank = m_hasBlank || text.find_first_of(blanks) != std::string_view::npos;
    separate();
    m_text += text;
    return true;
}

void TableText::separate() {
    if (m_cells++ > 0) m_text += m_format == TableFormat::Comma ? ',' : '\t';
}

bool TableText::endRow(bool isOfSymbols) {
    m_text += '\n';
    const bool isTab = m_format == TableFormat::Tab;
    const bool isLost = isOfSymbols && m_format != TableFormat::Comma && m_cells > 0 &&
                        (!m_hasText || (!isTab && m_cells == 1 && m_hasBlank));
    m_cells = 0;
    m_hasText = m_hasBlank = false;
    return !isLost;
}

} // namespace vitrine::tl
