// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/lm/template/failure.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace vitrine::lm::jinja {

enum class Tok { Data, BlockBegin, BlockEnd, OutputBegin, OutputEnd, Name, String, Integer, Real, Operator, End };

struct Token {
    Tok kind = Tok::End;
    std::string text = {}; ///< of Data and String the content, else as written
    Place place = {};
};

/// Cuts a template into tokens: text between tags (with trim_blocks, lstrip_blocks and the signs - and + applied, one
/// line end at the end of the template dropped) and the tokens inside tags. Throws Failure.
[[nodiscard]] std::vector<Token> tokenize(std::string_view source);

} // namespace vitrine::lm::jinja
