// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"

#include <cstdint>

namespace vitrine {

/// The machine's processor and memory. \cost two small files of /proc
[[nodiscard]] DeviceInfo cpuInfo();

struct MemoryNow {
    std::int64_t process = 0, used = 0, total = 0; ///< bytes
};
[[nodiscard]] MemoryNow memoryNow();

} // namespace vitrine
