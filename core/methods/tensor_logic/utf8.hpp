// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vitrine::tl {

/// One code point of a UTF-8 text as columns count them: an invalid byte stands for itself, length 1, not valid.
struct CodePoint {
    std::int32_t value = 0;
    std::uint32_t length = 1;
    bool isValid = true;
};

/// The code point that starts at `offset` < text.size(). Overlong forms, surrogates and values above U+10FFFF are
/// invalid.
[[nodiscard]] CodePoint codePointAt(std::string_view text, std::size_t offset);

} // namespace vitrine::tl
