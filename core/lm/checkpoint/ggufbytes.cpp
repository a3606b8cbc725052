// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/ggufbytes.hpp"

#include "core/base/utf8.hpp"
#include "core/lm/checkpoint/headertext.hpp"

#include <algorithm>

namespace vitrine::lm {

namespace {
constexpr std::uint64_t WindowBytes = 1 << 18;
constexpr std::uint64_t MaxHeader = 100'000'000;
} // namespace

void GgufBytes::take(void* out, std::uint64_t length) {
    if (m_error || length == 0) return;
    if (length > left() || m_position + length > MaxHeader) {
        fail(length > left()
                 ? makeError("VIT-LM-053", "The file ends inside its header, at byte %1",
                             {std::to_string(m_file.size())}, "The file was cut off; take it from its source again",
                             m_where)
                 : makeError("VIT-LM-052", "The header is larger than %1 bytes", {std::to_string(MaxHeader)},
                             "This is no GGUF file, or it is damaged", m_where));
        return;
    }
    if (m_position < m_windowStart || m_position + length > m_windowStart + m_window.size()) {
        m_windowStart = m_position;
        m_window.resize(std::min(std::max(length, WindowBytes), left()));
        if (Status read = m_file.read(m_windowStart, m_window); !read) return fail(read.error());
    }
    std::memcpy(out, m_window.data() + (m_position - m_windowStart), length);
    m_position += length;
}

std::uint64_t GgufBytes::count(std::uint64_t leastBytes, std::uint64_t most) {
    const auto value = number<std::uint64_t>();
    if (m_error) return 0;
    const std::uint64_t possible = std::min(left() / leastBytes, most);
    if (value <= possible) return value;
    fail(makeError("VIT-LM-052", "A count or length of %1 at byte %2 is more than the %3 that can be",
                   {std::to_string(value), std::to_string(m_position - 8), std::to_string(possible)},
                   "The file was cut off or is damaged; take it from its source again", m_where));
    return 0;
}

std::string GgufBytes::text(std::uint64_t most) {
    std::string value(count(1, most), '\0');
    const std::uint64_t begin = m_position;
    take(value.data(), value.size());
    if (m_error) return {};
    if (findInvalidUtf8(value) == std::string::npos) return value;
    fail(makeError("VIT-LM-055", "The text at byte %1 is not UTF-8", {std::to_string(begin)},
                   "The file is damaged; take it from its source again", m_where));
    return {};
}

} // namespace vitrine::lm
