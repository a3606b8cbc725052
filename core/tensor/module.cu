// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tensor/kernels.hpp"

namespace vitrine::tl::sparse {
struct TupleKernels;
const TupleKernels* cudaTupleKernels(); // core/methods/tensor_logic/sparse/kernels_cuda.cu
} // namespace vitrine::tl::sparse

extern "C" const vitrine::KernelTables* vitrine_kernels(int abi) {
    static const vitrine::KernelTables tables{vitrine::KernelAbi, vitrine::tl::sparse::cudaTupleKernels()};
    return abi == vitrine::KernelAbi ? &tables : nullptr;
}
