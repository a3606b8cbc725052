// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/engine.hpp"
#include "core/methods/tensor_logic/sparse/store.hpp"

#include <memory>
#include <mutex>

namespace vitrine::tl::sparse {

/// A store as the readers of results see it. Lookups by some columns build an index at their first use.
class StoredSet final : public TupleSet {
  public:
    /// \param size  rows that belong to it; the store may hold more
    StoredSet(std::shared_ptr<TupleStore> store, std::uint64_t size) : m_store(std::move(store)), m_size(size) {}

    [[nodiscard]] std::uint32_t arity() const override { return m_store->arity(); }
    [[nodiscard]] std::uint64_t size() const override { return m_size; }
    [[nodiscard]] std::int64_t bytes() const override { return m_store->bytes(); }
    [[nodiscard]] bool contains(std::span<const Cell> tuple) const override;
    [[nodiscard]] std::uint32_t roundOf(std::span<const Cell> tuple) const override;
    void forEach(const std::function<bool(std::span<const Cell>, std::uint32_t)>& visit) const override;
    void match(std::span<const Cell> pattern, std::uint32_t boundMask,
               const std::function<bool(std::span<const Cell>, std::uint32_t)>& visit) const override;
    [[nodiscard]] std::vector<Cell> column(std::uint32_t index) const override;

  private:
    [[nodiscard]] std::vector<std::uint32_t> matching(std::span<const Cell> pattern, std::uint32_t boundMask) const;
    [[nodiscard]] bool show(std::uint32_t row,
                            const std::function<bool(std::span<const Cell>, std::uint32_t)>& visit) const;

    std::shared_ptr<TupleStore> m_store;
    std::uint64_t m_size;
    mutable std::mutex m_mutex; ///< guards the indices below
    mutable std::map<ColumnMask, Index> m_indices;
};

} // namespace vitrine::tl::sparse
