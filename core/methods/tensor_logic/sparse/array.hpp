// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/kernels.hpp"

#include <utility>
#include <vector>

namespace vitrine::tl::sparse {

/// Memory of one build's kernels. Grows by the caller's word, never shrinks, holds plain values.
template <typename T>
class Array {
  public:
    explicit Array(const TupleKernels& kernels) : m_kernels(&kernels) {}
    Array(Array&& other) noexcept
        : m_kernels(other.m_kernels), m_data(std::exchange(other.m_data, nullptr)),
          m_capacity(std::exchange(other.m_capacity, 0)) {}
    Array& operator=(Array&& other) noexcept {
        std::swap(m_kernels, other.m_kernels);
        std::swap(m_data, other.m_data);
        std::swap(m_capacity, other.m_capacity);
        return *this;
    }
    Array(const Array&) = delete;
    Array& operator=(const Array&) = delete;
    ~Array() { reset(); }

    [[nodiscard]] T* data() const { return m_data; }
    [[nodiscard]] std::uint64_t capacity() const { return m_capacity; }
    [[nodiscard]] std::int64_t bytes() const { return static_cast<std::int64_t>(m_capacity * sizeof(T)); }

    /// Exactly `count` elements, the old ones kept.
    void resize(std::uint64_t count) {
        m_data = static_cast<T*>(m_kernels->grow(m_data, m_capacity * sizeof(T), count * sizeof(T)));
        m_capacity = count;
    }
    /// Room for `count`; what was there is lost when it has to grow.
    void ensure(std::uint64_t count) {
        if (count <= m_capacity) return;
        reset();
        m_data = static_cast<T*>(m_kernels->allocate(count * sizeof(T)));
        m_capacity = count;
    }
    void reset() {
        m_kernels->release(m_data);
        m_data = nullptr;
        m_capacity = 0;
    }

  private:
    const TupleKernels* m_kernels;
    T* m_data = nullptr;
    std::uint64_t m_capacity = 0;
};

} // namespace vitrine::tl::sparse
