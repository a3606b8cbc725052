// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"

#include <cstdint>
#include <vector>

namespace vitrine {

/// The machine's processor and memory. \cost two small files of /proc
[[nodiscard]] DeviceInfo cpuInfo();

/// The GPUs, each with a reason when Vitrine cannot use it. \cost up to a second: call it on a worker
[[nodiscard]] std::vector<DeviceInfo> gpuInfos();

struct MemoryNow {
    std::int64_t process = 0, used = 0, total = 0; ///< bytes
};
[[nodiscard]] MemoryNow memoryNow();

} // namespace vitrine
