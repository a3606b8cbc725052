// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/base/values.hpp"
#include "core/tensor/kernels.hpp"

#include <vector>

/// Which devices there are and how they are brought in. No tensor header is needed to ask.
namespace vitrine {

/// The CPU first, then every GPU that the driver shows, usable or not (with the reason). Free memory is given for the
/// CPU only. Nothing but the driver is loaded.
[[nodiscard]] std::vector<DeviceInfo> listDevices();

/// Loads the module `vitrine_cuda` when a driver is present; later calls give the same answer. Thread-safe.
/// \errors VIT-DEVICE-001 no driver, VIT-DEVICE-002 the module or the libraries that it needs are missing
[[nodiscard]] Status loadCuda();

/// Kernel tables of the CUDA module, or null while it is not loaded.
[[nodiscard]] const KernelTables* cudaKernels();

/// Makes a device ready for work: loads CUDA, sets the number of threads of the tensor library.
/// \errors VIT-DEVICE-001, VIT-DEVICE-002, VIT-DEVICE-003 there is no GPU of that number
[[nodiscard]] Status useDevice(const Device& device);

/// Threads of the tensor library on the CPU; 0: all cores but one for the window, at least one.
void setThreads(int threads);

} // namespace vitrine
