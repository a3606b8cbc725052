// SPDX-License-Identifier: GPL-3.0-or-later
#define THRUST_HOST_SYSTEM THRUST_HOST_SYSTEM_CPP
#define THRUST_DEVICE_SYSTEM THRUST_DEVICE_SYSTEM_CPP
#define THRUST_CUB_WRAPPED_NAMESPACE vitrine_tuples_cpu

#include "core/methods/tensor_logic/sparse/kernels.hpp"

#include "core/methods/tensor_logic/sparse/kernels_thrust.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

#define VITRINE_HD

namespace vitrine::tl::sparse {

namespace cpu {

namespace thrust = ::vitrine_tuples_cpu::thrust;

/// Large blocks of malloc grow by remapping pages, so that growing neither copies nor doubles a big set.
struct Memory {
    static void* checked(void* memory) {
        if (!memory) throw std::bad_alloc();
        return memory;
    }
    static void* allocate(std::size_t bytes) { return checked(std::malloc(bytes ? bytes : 1)); }
    static void* grow(void* old, std::size_t, std::size_t bytes) {
        return checked(std::realloc(old, bytes ? bytes : 1));
    }
    static void release(void* memory) { std::free(memory); }
    static void toHost(void* to, const void* from, std::size_t bytes) { move(to, from, bytes); }
    static void fromHost(void* to, const void* from, std::size_t bytes) { move(to, from, bytes); }
    static void move(void* to, const void* from, std::size_t bytes) {
        if (bytes) std::memmove(to, from, bytes);
    }
};

/// Only one thread writes to a table at a time.
inline std::uint64_t claimSlot(std::uint64_t* slot, std::uint64_t value) {
    const std::uint64_t previous = *slot;
    if (previous == FreeSlot) *slot = value;
    return previous;
}

inline constexpr bool LooksAhead = true;
inline void prefetch(const void* address) {
    __builtin_prefetch(address);
}

#include "core/methods/tensor_logic/sparse/kernels.inl"

} // namespace cpu

const TupleKernels& hostKernels() {
    static const TupleKernels table = cpu::makeTable(false);
    return table;
}

} // namespace vitrine::tl::sparse
