// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace vitrine::lm {

/// Why a JSON header may not be given to a parser, and at which byte.
struct HeaderFault {
    enum class Kind { NotUtf8, TooDeep, TooLong } kind;
    std::size_t offset;
};

/// Looks over untrusted JSON of up to 100 MB before anything parses it: UTF-8, at most `MaxHeaderDepth` brackets deep,
/// no string above `MaxHeaderString` bytes, no number or word above 64. One pass, no memory.
[[nodiscard]] std::optional<HeaderFault> checkHeaderText(std::string_view text);

inline constexpr int MaxHeaderDepth = 8;
inline constexpr std::size_t MaxHeaderString = std::size_t{16} << 20U;

} // namespace vitrine::lm
