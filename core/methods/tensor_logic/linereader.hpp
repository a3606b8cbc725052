// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/sha256.hpp"
#include "core/methods/tensor_logic/tablefile.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::tl {

/// Lines of a file through one growing buffer: UTF-8 is checked, a byte order mark is skipped, progress is told, a stop
/// is heard. Lines are limited to 64 MiB.
class LineReader {
  public:
    LineReader(const std::filesystem::path& file, const TableFileOptions& options);
    ~LineReader();
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;

    /// The next line without its end; valid until the next call. False at the end of the file or after a failure.
    [[nodiscard]] bool next(std::string_view& line);
    [[nodiscard]] std::uint64_t lineNumber() const { return m_lineNumber; } ///< of the last line, from 1
    /// The last line ended in a carriage return and a newline.
    [[nodiscard]] bool hadReturn() const { return m_hadReturn; }
    [[nodiscard]] bool hasFailed() const { return m_error.has_value(); }
    [[nodiscard]] const Error& error() const { return *m_error; }
    /// Error at a byte offset of a line: "%1:%2:%3: " goes before the message, whose own arguments start at %4.
    [[nodiscard]] Error errorAt(std::uint64_t number, std::string_view line, std::size_t offset, const char* message,
                                std::vector<std::string> arguments = {}) const;
    /// Error of the whole file: "%1: " goes before the message, whose own arguments start at %2.
    [[nodiscard]] Error errorOfFile(const char* message, std::vector<std::string> arguments = {}) const;

  private:
    [[nodiscard]] bool fill();
    [[nodiscard]] bool check(std::string_view line);
    void fail(Error error) { m_error = std::move(error); }

    const TableFileOptions& m_options;
    std::string m_shownName;
    int m_descriptor = -1;
    std::uint64_t m_total = 0, m_done = 0, m_lineNumber = 0;
    std::vector<char> m_buffer;
    std::size_t m_begin = 0, m_end = 0; ///< unread part of the buffer
    bool m_isAtEnd = false, m_isHashed = false, m_hadReturn = false;
    Sha256 m_hash;
    std::optional<Error> m_error;
};

} // namespace vitrine::tl
