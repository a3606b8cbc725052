// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"

#include <cstddef>
#include <string>

namespace vitrine::cli {

/// All of standard input; reading ends early behind `most` bytes, so a longer text is longer than `most`.
/// \errors VIT-CLI-020
[[nodiscard]] Result<std::string> readStandardInput(std::size_t most);

} // namespace vitrine::cli
