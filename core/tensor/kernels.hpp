// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace vitrine {

/// What the module vitrine_cuda exports: one pointer to a table of functions per operator, null where it has none.
struct KernelTables {
    int abi = 0;
    const void* tupleKernels = nullptr; ///< core/methods/tensor_logic/sparse/kernels.hpp
};
inline constexpr int KernelAbi = 1;
/// Name of the export: `const vitrine::KernelTables* vitrine_kernels(int abi)`.

} // namespace vitrine
