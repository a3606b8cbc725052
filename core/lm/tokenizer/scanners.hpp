// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace vitrine::lm {

/// Split patterns that are so common that they have a hand-written scanner, identical to the pattern (tested).
enum class KnownPattern { Gpt2, Llama3, Qwen2 };

[[nodiscard]] std::string_view patternText(KnownPattern pattern);
/// For reports: "gpt-2", "llama-3", "qwen2".
[[nodiscard]] const char* patternName(KnownPattern pattern);
/// The known pattern that is written exactly so.
[[nodiscard]] std::optional<KnownPattern> knownPattern(std::string_view text);

/// End of the piece that begins at `at` < text.size(): every piece follows the one before, without gaps.
/// \param text valid UTF-8. \cost constant a character; a run of spaces is looked at twice at most
[[nodiscard]] std::size_t nextPiece(KnownPattern pattern, std::string_view text, std::size_t at);

} // namespace vitrine::lm
