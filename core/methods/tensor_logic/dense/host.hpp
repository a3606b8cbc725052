// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/element.hpp"
#include "core/methods/tensor_logic/dense/store.hpp"

#include <map>

namespace vitrine::tl::dense {

/// Cells of a store, read one at a time on the host: for comparisons in rules, element-wise evaluation and views.
/// Copies of tensors are kept until they change. Not thread-safe.
class HostValues final : public CellSource, public sparse::TensorReader {
  public:
    explicit HostValues(Store& store) : m_store(store) {}

    std::optional<dense::Number> cell(TensorId tensor, std::span<const std::int64_t> position) override;
    const sparse::TupleSet* tuples(TensorId tensor) override;
    std::int64_t sizeOf(DomainId domain) override { return m_store.sizeOf(domain); }
    std::int64_t positionOf(DomainId domain, Cell cell) override { return m_store.table(domain).position(cell); }

    [[nodiscard]] sparse::TensorReader::Number at(TensorId tensor, std::span<const Cell> cells) const override;
    bool forEachNonZero(
        TensorId tensor,
        const std::function<void(std::span<const Cell>, const sparse::TensorReader::Number&)>& visit) const override;

    /// int64 or float64, contiguous, on the host.
    [[nodiscard]] const at::Tensor& host(TensorId tensor);

  private:
    struct Copy {
        std::uint64_t version = 0;
        at::Tensor values;
    };
    Store& m_store;
    std::map<TensorId, Copy> m_copies;
};

/// Value of a stored count, 0 where there is none.
[[nodiscard]] std::int64_t countAt(const sparse::Counts& counts, std::span<const Cell> cells);

} // namespace vitrine::tl::dense
