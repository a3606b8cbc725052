// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"

#include <vector>

namespace vitrine {

/// Every GPU that the driver shows, with its name and installed memory in bytes; empty without a driver. Whether the
/// program can use it is for the caller to say. \cost the driver is loaded: up to a second, not on the window's thread
[[nodiscard]] std::vector<DeviceInfo> gpusOfDriver();

} // namespace vitrine
