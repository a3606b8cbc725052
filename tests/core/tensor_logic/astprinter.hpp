// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/ast.hpp"

#include <string>

namespace vitrine::test {

/// A statement as a fully parenthesised line, so that tests state precedence and structure in one string.
[[nodiscard]] std::string show(const tl::ast::Statement& statement);

} // namespace vitrine::test
