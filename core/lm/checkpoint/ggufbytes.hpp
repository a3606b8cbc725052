// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/checkpoint/mappedfile.hpp"

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::lm {

/// Reads the header of a GGUF file front to back through a window of plain reads. The first error stays; after it every
/// value is zero or empty, so that a caller checks once a record.
class GgufBytes {
  public:
    explicit GgufBytes(const MappedFile& file) : m_file(file), m_where(file.path().string()) {}

    template <typename T>
    [[nodiscard]] T number() {
        T value{};
        take(&value, sizeof value);
        return value;
    }
    /// u64 length and UTF-8.
    [[nodiscard]] std::string text(std::uint64_t most);
    /// A u64 count of things that take at least `leastBytes` each in what is left of the file, and at most `most`.
    [[nodiscard]] std::uint64_t count(std::uint64_t leastBytes, std::uint64_t most);

    [[nodiscard]] std::uint64_t position() const { return m_position; }
    [[nodiscard]] std::uint64_t left() const { return m_file.size() - m_position; }
    [[nodiscard]] const std::string& where() const { return m_where; }
    [[nodiscard]] bool failed() const { return m_error.has_value(); }
    [[nodiscard]] const Error& error() const { return *m_error; }
    void fail(Error error) {
        if (!m_error) m_error = std::move(error);
    }

  private:
    void take(void* out, std::uint64_t length);

    const MappedFile& m_file;
    std::string m_where;
    std::uint64_t m_position = 0;
    std::vector<std::byte> m_window;
    std::uint64_t m_windowStart = 0;
    std::optional<Error> m_error;
};

} // namespace vitrine::lm
