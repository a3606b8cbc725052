// SPDX-License-Identifier: GPL-3.0-or-later
#define THRUST_CUB_WRAPPED_NAMESPACE vitrine_tuples_cuda

#include "core/methods/tensor_logic/sparse/kernels.hpp"

#include "core/methods/tensor_logic/sparse/kernels_thrust.hpp"

#include <cuda_runtime.h>

#include <new>

#define VITRINE_HD __host__ __device__

namespace vitrine::tl::sparse {

namespace cuda {

namespace thrust = ::vitrine_tuples_cuda::thrust;

/// \errors std::bad_alloc, whose catcher names the rule and the rows that did not fit
struct Memory {
    static void check(cudaError_t status) {
        if (status == cudaSuccess) return;
        cudaGetLastError();
        throw std::bad_alloc();
    }
    static void* allocate(std::size_t bytes) {
        void* memory = nullptr;
        check(cudaMalloc(&memory, bytes ? bytes : 1));
        return memory;
    }
    static void* grow(void* old, std::size_t oldBytes, std::size_t bytes) {
        void* memory = allocate(bytes);
        if (old && oldBytes) move(memory, old, oldBytes < bytes ? oldBytes : bytes);
        release(old);
        return memory;
    }
    static void release(void* memory) {
        if (memory) cudaFree(memory);
    }
    static void toHost(void* to, const void* from, std::size_t bytes) {
        check(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToHost));
    }
    static void fromHost(void* to, const void* from, std::size_t bytes) {
        check(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice));
    }
    static void move(void* to, const void* from, std::size_t bytes) {
        check(cudaMemcpy(to, from, bytes, cudaMemcpyDeviceToDevice));
    }
};

inline VITRINE_HD std::uint64_t claimSlot(std::uint64_t* slot, std::uint64_t value) {
#ifdef __CUDA_ARCH__
    return atomicCAS(reinterpret_cast<unsigned long long*>(slot), FreeSlot, value);
#else
    const std::uint64_t previous = *slot;
    if (previous == FreeSlot) *slot = value;
    return previous;
#endif
}

inline constexpr bool LooksAhead = false; // other warps hide the latency
inline VITRINE_HD void prefetch(const void*) {}

#include "core/methods/tensor_logic/sparse/kernels.inl"

} // namespace cuda

const TupleKernels* cudaTupleKernels() {
    static const TupleKernels table = cuda::makeTable(true);
    return &table;
}

} // namespace vitrine::tl::sparse
