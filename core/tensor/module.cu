// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tensor/kernels.hpp"

#include <c10/cuda/CUDAStream.h>

extern "C" const vitrine::KernelTables* vitrine_kernels(int abi) {
    static const vitrine::KernelTables tables{vitrine::KernelAbi, nullptr};
    return abi == vitrine::KernelAbi ? &tables : nullptr;
}
