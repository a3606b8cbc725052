// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/utf8.hpp"

namespace vitrine::tl {

CodePoint codePointAt(std::string_view text, std::size_t offset) {
    const Utf8Scalar scalar = decodeUtf8(text, offset);
    if (!scalar.isValid) return {static_cast<unsigned char>(text[offset]), 1, false};
    return {static_cast<std::int32_t>(scalar.value), scalar.length, true};
}

} // namespace vitrine::tl
