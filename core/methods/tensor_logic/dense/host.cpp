// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/host.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace vitrine::tl::dense {

std::int64_t countAt(const sparse::Counts& counts, std::span<const Cell> cells) {
    const std::size_t arity = counts.arity;
    std::size_t low = 0, high = counts.values.size();
    while (low < high) {
        const std::size_t middle = (low + high) / 2;
        const auto row = std::span(counts.cells).subspan(middle * arity, arity);
        if (std::lexicographical_compare(row.begin(), row.end(), cells.begin(), cells.end()))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == counts.values.size()) return 0;
    return std::equal(cells.begin(), cells.end(), counts.cells.begin() + static_cast<std::ptrdiff_t>(low * arity))
               ? counts.values[low]
               : 0;
}

const at::Tensor& HostValues::host(TensorId tensor) {
    Copy& copy = m_copies[tensor];
    const std::uint64_t version = m_store.slot(tensor).version;
    if (copy.values.defined() && copy.version == version) return copy.values;
    c10::NoGradGuard guard;
    const at::Tensor value = m_store.value(tensor, false).detach();
    const at::ScalarType type = at::isFloatingType(value.scalar_type()) ? at::kDouble : at::kLong;
    copy = {version, value.to(at::kCPU, type).contiguous()};
    return copy.values;
}

const sparse::TupleSet* HostValues::tuples(TensorId tensor) {
    return m_store.slot(tensor).tuples.get();
}

std::optional<dense::Number> HostValues::cell(TensorId tensor, std::span<const std::int64_t> position) {
    const Slot& slot = m_store.slot(tensor);
    if (!slot.isComplete) return std::nullopt;
    const TensorInfo& info = m_store.program().tensors[tensor];
    if (slot.tuples || slot.counts) {
        std::vector<Cell> cells;
        for (std::size_t k = 0; k < position.size(); ++k)
            cells.push_back(cellAt(m_store.program(), m_store.program().domains[info.axes[k]], position[k]));
        if (slot.tuples) return dense::Number::of(std::int64_t{slot.tuples->contains(cells)});
        return dense::Number::of(countAt(*slot.counts, cells));
    }
    const at::Tensor& values = host(tensor);
    std::int64_t offset = 0;
    for (std::size_t k = 0; k < position.size(); ++k) {
        const std::int64_t extent = values.size(static_cast<std::int64_t>(k));
        const bool isLastOnly = info.virtualAxis == static_cast<int>(k) && extent == 1;
        offset = offset * extent + (isLastOnly ? 0 : position[k]);
    }
    if (values.scalar_type() == at::kLong) return dense::Number::of(values.const_data_ptr<std::int64_t>()[offset]);
    return dense::Number::of(values.const_data_ptr<double>()[offset]);
}

sparse::TensorReader::Number HostValues::at(TensorId tensor, std::span<const Cell> cells) const {
    auto& self = const_cast<HostValues&>(*this); // the copies are a cache
    const TensorInfo& info = m_store.program().tensors[tensor];
    std::vector<std::int64_t> position;
    for (std::size_t k = 0; k < cells.size(); ++k) {
        const std::int64_t at = self.m_store.table(info.axes[k]).position(cells[k]);
        if (at < 0) return {};
        position.push_back(at);
    }
    if (info.isBuiltin) return {true, (position[0] % 2 == 0) == (info.name == "Even") ? 1 : 0, 0};
    const std::optional<dense::Number> found = self.cell(tensor, position);
    if (!found) return {};
    return {found->isInteger, found->integer, found->real};
}

bool HostValues::forEachNonZero(
    TensorId tensor,
    const std::function<void(std::span<const Cell>, const sparse::TensorReader::Number&)>& visit) const {
    auto& self = const_cast<HostValues&>(*this);
    const Slot& slot = m_store.slot(tensor);
    const TensorInfo& info = m_store.program().tensors[tensor];
    if (!slot.isComplete || info.isBuiltin) return false;
    if (slot.counts) {
        for (std::size_t row = 0; row < slot.counts->values.size(); ++row)
            visit(std::span(slot.counts->cells).subspan(row * info.arity, info.arity),
                  {true, slot.counts->values[row], 0});
        return true;
    }
    if (slot.tuples) {
        slot.tuples->forEach([&](std::span<const Cell> cells, std::uint32_t) {
            visit(cells, {});
            return true;
        });
        return true;
    }
    const at::Tensor& values = self.host(tensor);
    const bool isInteger = values.scalar_type() == at::kLong;
    const std::vector<std::int64_t> shape = values.sizes().vec();
    std::vector<std::int64_t> position(shape.size(), 0);
    std::vector<Cell> cells(shape.size());
    for (std::int64_t k = 0; k < values.numel(); ++k) {
        const std::int64_t integer = isInteger ? values.const_data_ptr<std::int64_t>()[k] : 0;
        const double real = isInteger ? 0 : values.const_data_ptr<double>()[k];
        if (integer != 0 || real != 0) {
            std::int64_t rest = k;
            for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis])
                cells[axis] = cellAt(m_store.program(), m_store.program().domains[info.axes[axis]], rest % shape[axis]);
            visit(cells, {isInteger, isInteger ? integer : 0, real});
        }
    }
    return true;
}

} // namespace vitrine::tl::dense
