// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/rowreader.hpp"
#include "core/methods/tensor_logic/tablefile.hpp"

#include <charconv>
#include <cmath>

namespace vitrine::tl {

namespace {

/// Collects numbers: integers until the first that is none.
class NumberList {
  public:
    explicit NumberList(TableNumbers& numbers) : m_numbers(numbers) { m_numbers.isInteger = true; }

    /// False when the text is no finite number.
    [[nodiscard]] bool add(std::string_view text) {
        if (text.starts_with('+')) text.remove_prefix(1);
        const char* end = text.data() + text.size();
        std::int64_t integer = 0;
        if (m_numbers.isInteger) {
            const auto [last, problem] = std::from_chars(text.data(), end, integer);
            if (!text.empty() && problem == std::errc{} && last == end) {
                m_numbers.integers.push_back(integer);
                return true;
            }
        }
        double real = 0;
        const auto [last, problem] = std::from_chars(text.data(), end, real);
        const bool isTooSmall = problem == std::errc::result_out_of_range && text.find("e-") != std::string_view::npos;
        if (text.empty() || last != end || (problem != std::errc{} && !isTooSmall) || !std::isfinite(real))
            return false;
        if (m_numbers.isInteger) widen();
        m_numbers.reals.push_back(isTooSmall ? 0 : real);
        return true;
    }
    [[nodiscard]] std::size_t size() const { return std::max(m_numbers.integers.size(), m_numbers.reals.size()); }
    [[nodiscard]] std::size_t capacity() const {
        return std::max(m_numbers.integers.capacity(), m_numbers.reals.capacity());
    }

  private:
    void widen() {
        m_numbers.isInteger = false;
        m_numbers.reals.assign(m_numbers.integers.begin(), m_numbers.integers.end());
        m_numbers.integers = {};
    }

    TableNumbers& m_numbers;
};

class NumberReader {
  public:
    NumberReader(const std::filesystem::path& file, TableFormat format, std::optional<std::uint32_t> rank,
                 const std::vector<std::int64_t>& shape, const TableFileOptions& options)
        : m_reader(file, format, options), m_list(m_numbers), m_options(options), m_rank(rank), m_shape(shape) {
        if (m_rank && m_shape.empty()) m_shape.assign(*m_rank, -1);
    }

    [[nodiscard]] Result<TableNumbers> read() {
        while (m_reader.next())
            if (auto error = addRow()) return std::move(*error);
        if (m_reader.hasFailed()) return m_reader.error();
        if (auto error = finish()) return std::move(*error);
        return std::move(m_numbers);
    }

  private:
    /// Columns that a line must have, -1 when any number will do.
    [[nodiscard]] std::int64_t wantedColumns() const {
        if (m_rows > 0 && !(m_rank && *m_rank < 2)) return m_columns;
        if (m_rank && *m_rank < 2) return 1;
        return m_shape.empty() ? -1 : m_shape.back();
    }

    [[nodiscard]] std::optional<Error> addRow() {
        const auto& cells = m_reader.cells();
        const std::int64_t wanted = wantedColumns(), count = static_cast<std::int64_t>(cells.size());
        if (wanted >= 0 && count != wanted)
            return m_reader.errorAtCell(static_cast<std::size_t>(std::min(wanted, count)),
                                        count == 1 ? "%1:%2:%3: this row has %4 number, not %5"
                                                   : "%1:%2:%3: this row has %4 numbers, not %5",
                                        {std::to_string(count), std::to_string(wanted)});
        if (m_list.size() + cells.size() > m_list.capacity() &&
            static_cast<std::int64_t>((m_list.capacity() + cells.size()) * sizeof(double) * 3) > m_options.memoryBudget)
            return m_reader.errorAtCell(0, "%1:%2:%3: the numbers need more memory than allowed");
        for (std::size_t k = 0; k < cells.size(); ++k)
            if (!m_list.add(trimmed(cells[k])))
                return m_reader.errorAtCell(k, "%1:%2:%3: expected a number, found %4", {shown(cells[k])});
        m_columns = count;
        ++m_rows;
        return std::nullopt;
    }

    static std::string_view trimmed(std::string_view text) {
        while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
        while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
        return text;
    }
    static std::string shown(std::string_view text) {
        if (trimmed(text).empty()) return "an empty cell";
        std::string cut(text.substr(0, 40));
        while (cut.size() < text.size() && !cut.empty() &&
               (static_cast<unsigned char>(text[cut.size()]) & 0xC0u) == 0x80u)
            cut.pop_back();
        return "`" + cut + (cut.size() < text.size() ? "...`" : "`");
    }

    /// Fills in the unknown sizes and compares the known ones.
    [[nodiscard]] std::optional<Error> finish() {
        if (!m_rank) m_rank = m_columns > 1 ? 2 : 1;
        if (m_shape.empty()) m_shape.assign(*m_rank, -1);
        if (*m_rank == 0) return m_rows == 1 ? std::optional<Error>() : rowsError(1);
        if (*m_rank > 1 && m_shape.back() < 0) m_shape.back() = m_columns;
        const std::size_t leading = *m_rank > 1 ? *m_rank - 1 : 1; // sizes that the number of rows tells
        std::int64_t known = 1, unknown = -1;
        for (std::size_t k = 0; k < leading; ++k) {
            if (m_shape[k] < 0 && unknown >= 0)
                return m_reader.lines().errorOfFile("%1: two sizes of the tensor are unknown: declare them");
            if (m_shape[k] < 0)
                unknown = static_cast<std::int64_t>(k);
            else if (__builtin_mul_overflow(known, m_shape[k], &known))
                return rowsError(-1);
        }
        if (unknown >= 0) {
            if (known != 0 ? m_rows % known != 0 : m_rows != 0)
                return m_reader.lines().errorOfFile("%1: the number of rows, %2, is no multiple of %3",
                                                    {std::to_string(m_rows), std::to_string(known)});
            m_shape[static_cast<std::size_t>(unknown)] = known != 0 ? m_rows / known : 0;
        } else if (m_rows != known && !(m_rows == 0 && m_shape.back() == 0)) {
            return rowsError(known);
        }
        m_numbers.shape = m_shape;
        return std::nullopt;
    }
    [[nodiscard]] Error rowsError(std::int64_t wanted) const {
        if (wanted < 0) return m_reader.lines().errorOfFile("%1: the tensor is too large");
        return m_reader.lines().errorOfFile(m_rows == 1 ? "%1: the file has %2 row, not %3"
                                                        : "%1: the file has %2 rows, not %3",
                                            {std::to_string(m_rows), std::to_string(wanted)});
    }

    RowReader m_reader;
    TableNumbers m_numbers;
    NumberList m_list;
    const TableFileOptions& m_options;
    std::optional<std::uint32_t> m_rank;
    std::vector<std::int64_t> m_shape;
    std::int64_t m_rows = 0, m_columns = 0;
};

} // namespace

Result<TableNumbers> readNumbers(const std::filesystem::path& file, std::optional<std::uint32_t> rank,
                                 const std::vector<std::int64_t>& shape, const TableFileOptions& options) {
    TableFormat format = options.format.value_or(tableFormatOf(file));
    if (format == TableFormat::Words) format = TableFormat::Blanks;
    return NumberReader(file, format, rank, shape, options).read();
}

} // namespace vitrine::tl
