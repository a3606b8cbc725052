// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/standardinput.hpp"

#include <cstdio>

namespace vitrine::cli {

Result<std::string> readStandardInput(std::size_t most) {
    std::string text;
    char buffer[1 << 16];
    while (const std::size_t count = std::fread(buffer, 1, sizeof buffer, stdin)) {
        text.append(buffer, count);
        if (text.size() > most) break;
    }
    if (std::ferror(stdin) != 0) return Error{.code = "VIT-CLI-020", .message = "Standard input cannot be read"};
    return text;
}

} // namespace vitrine::cli
