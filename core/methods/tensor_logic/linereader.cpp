// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/linereader.hpp"

#include "core/methods/tensor_logic/utf8.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace vitrine::tl {

namespace {

constexpr std::size_t ChunkBytes = 1u << 20;
constexpr std::size_t MaxLineBytes = 64u << 20;
constexpr std::string_view ByteOrderMark = "\xEF\xBB\xBF";

std::size_t columnOf(std::string_view line, std::size_t offset) {
    std::size_t column = 1;
    for (std::size_t at = 0; at < std::min(offset, line.size()); ++column) at += codePointAt(line, at).length;
    return column;
}

Error makeError(const char* message, std::vector<std::string> arguments, std::string where) {
    Error error;
    error.code = "E-FILE";
    error.message = message;
    error.arguments = std::move(arguments);
    error.where = std::move(where);
    return error;
}

} // namespace

LineReader::LineReader(const std::filesystem::path& file, const TableFileOptions& options)
    : m_options(options), m_shownName(options.shownName.empty() ? file.string() : options.shownName) {
    m_descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); // a pipe without a writer must not hang
    struct stat status {};
    if (m_descriptor < 0 || ::fstat(m_descriptor, &status) != 0) {
        fail(errorOfFile("%1: cannot be read: %2", {std::generic_category().message(errno)}));
    } else if (!S_ISREG(status.st_mode)) {
        fail(errorOfFile("%1: is no regular file"));
    } else {
        m_total = static_cast<std::uint64_t>(status.st_size);
        m_buffer.resize(std::min<std::size_t>(ChunkBytes, static_cast<std::size_t>(m_total) + 1));
    }
}

LineReader::~LineReader() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Error LineReader::errorAt(std::uint64_t number, std::string_view line, std::size_t offset, const char* message,
                          std::vector<std::string> arguments) const {
    offset = std::min(offset, line.size());
    for (std::size_t newline = line.find('\n'); newline < offset; newline = line.find('\n')) { // of a quoted cell
        line.remove_prefix(newline + 1);
        offset -= newline + 1;
        ++number;
    }
    const std::string lineText = std::to_string(number), column = std::to_string(columnOf(line, offset));
    arguments.insert(arguments.begin(), {m_shownName, lineText, column});
    return makeError(message, std::move(arguments), m_shownName + ":" + lineText + ":" + column);
}

Error LineReader::errorOfFile(const char* message, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), m_shownName);
    return makeError(message, std::move(arguments), m_shownName);
}

bool LineReader::next(std::string_view& line) {
    if (hasFailed()) return false;
    std::size_t searched = 0;
    while (true) {
        const char* begin = m_buffer.data() + m_begin;
        const std::size_t left = m_end - m_begin;
        const void* newline = left > searched ? std::memchr(begin + searched, '\n', left - searched) : nullptr;
        if (newline || (m_isAtEnd && left > 0)) {
            const std::size_t length =
                newline ? static_cast<std::size_t>(static_cast<const char*>(newline) - begin) : left;
            line = {begin, length};
            m_begin += std::min(length + 1, left);
            ++m_lineNumber;
            if (m_lineNumber == 1 && line.starts_with(ByteOrderMark)) line.remove_prefix(ByteOrderMark.size());
            m_hadReturn = line.ends_with('\r');
            if (m_hadReturn) line.remove_suffix(1);
            return check(line);
        }
        if (m_isAtEnd) return false;
        searched = left;
        if (!fill()) return false;
    }
}

/// Moves the unread part to the front and reads behind it, with a larger buffer when a line fills it.
bool LineReader::fill() {
    if (m_options.stop.stop_requested()) {
        Error error = errorOfFile("%1: reading was cancelled");
        error.code = "E-CANCEL";
        fail(std::move(error));
        return false;
    }
    if (m_begin > 0) {
        std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
    }
    if (m_end == m_buffer.size()) {
        if (m_buffer.size() >= MaxLineBytes) {
            fail(errorAt(m_lineNumber + 1, {}, 0, "%1:%2:%3: the line is longer than %4 bytes",
                         {std::to_string(MaxLineBytes)}));
            return false;
        }
        m_buffer.resize(std::min(MaxLineBytes, m_buffer.size() * 2 + 1));
    }
    ssize_t count = 0;
    do count = ::read(m_descriptor, m_buffer.data() + m_end, m_buffer.size() - m_end);
    while (count < 0 && errno == EINTR);
    if (count < 0) {
        fail(errorOfFile("%1: cannot be read: %2", {std::generic_category().message(errno)}));
        return false;
    }
    m_isAtEnd = count == 0;
    if (m_options.onHash && !m_isHashed) {
        m_hash.add({m_buffer.data() + m_end, static_cast<std::size_t>(count)});
        m_isHashed = m_isAtEnd;
        if (m_isAtEnd) m_options.onHash(m_done, m_hash.hex());
    }
    m_end += static_cast<std::size_t>(count);
    m_done += static_cast<std::uint64_t>(count);
    if (m_options.onProgress) m_options.onProgress(m_done, std::max(m_done, m_total));
    return true;
}

bool LineReader::check(std::string_view line) {
    const std::size_t invalid = findInvalidUtf8(line);
    if (invalid != std::string_view::npos) {
        const bool isWide = m_lineNumber == 1 && (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF"));
        fail(
            errorAt(m_lineNumber, line, invalid,
                    isWide ? "%1:%2:%3: this is UTF-16: save the file as UTF-8" : "%1:%2:%3: this is not valid UTF-8"));
        return false;
    }
    const void* zero = line.empty() ? nullptr : std::memchr(line.data(), 0, line.size());
    if (!zero) return true;
    fail(errorAt(m_lineNumber, line, static_cast<std::size_t>(static_cast<const char*>(zero) - line.data()),
                 "%1:%2:%3: a zero byte: this is no text file"));
    return false;
}

} // namespace vitrine::tl
