// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace vitrine {

/// A file that a run read, by its content: the same on every machine.
struct InputFile {
    std::string name; ///< as the configuration or the program names it
    std::int64_t bytes = 0;
    std::string sha256; ///< lower-case hex
};

} // namespace vitrine
