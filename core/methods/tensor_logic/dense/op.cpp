// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/op.hpp"

#include <ATen/ATen.h>

#include <algorithm>

namespace vitrine::tl::dense {

Cost Cost::of(const std::vector<Cost>& inputs, double cells, double flops) {
    Cost cost;
    double alive = 0;
    for (const Cost& input : inputs) {
        cost.peak = std::max(cost.peak, alive + input.peak);
        alive += input.held;
        cost.kept += input.kept;
        cost.made += input.made;
        cost.flops += input.flops;
    }
    cost.held = cells;
    cost.peak = std::max(cost.peak, alive + cells);
    cost.made += cells;
    cost.flops += flops;
    return cost;
}

bool contains(const std::vector<Label>& labels, Label label) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
}

std::size_t indexOf(const std::vector<Label>& labels, Label label) {
    return static_cast<std::size_t>(std::find(labels.begin(), labels.end(), label) - labels.begin());
}

std::function<at::Tensor(const at::Tensor&)> aligner(const std::vector<Label>& from, const std::vector<Label>& to) {
    std::vector<std::int64_t> order, missing;
    for (std::size_t k = 0; k < to.size(); ++k) {
        if (contains(from, to[k]))
            order.push_back(static_cast<std::int64_t>(indexOf(from, to[k])));
        else if (!order.empty()) // leading axes broadcast by themselves
            missing.push_back(static_cast<std::int64_t>(k));
    }
    bool isIdentity = true;
    for (std::size_t k = 0; k < order.size(); ++k) isIdentity = isIdentity && order[k] == static_cast<std::int64_t>(k);
    if (isIdentity && missing.empty()) return [](const at::Tensor& tensor) { return tensor; };
    const auto leading = static_cast<std::int64_t>(to.size() - order.size() - missing.size());
    return [order, missing, leading, isIdentity](const at::Tensor& tensor) {
        at::Tensor result = isIdentity ? tensor : tensor.permute(order);
        for (const std::int64_t dimension : missing) result = result.unsqueeze(dimension - leading);
        return result;
    };
}

bool TupleList::followsLoop() const {
    return std::any_of(m_filters.begin(), m_filters.end(),
                       [](const Filter& filter) { return filter.kind == Filter::Kind::Loop; });
}

const Coo& TupleList::get(Frame& frame) {
    const Coo& all = frame.store.coo(m_relation);
    if (m_filters.empty()) return all;
    const std::uint64_t version = frame.store.slot(m_relation).version;
    if (version == m_version && (!followsLoop() || m_loop == frame.loop)) return m_cached;
    at::Tensor keep;
    for (const Filter& filter : m_filters) {
        const at::Tensor& column = all.positions[filter.column];
        at::Tensor mine;
        switch (filter.kind) {
        case Filter::Kind::Constant:
            mine = column.eq(filter.a);
            break;
        case Filter::Kind::Loop:
            mine = column.eq(frame.loop + filter.a);
            break;
        case Filter::Kind::Range:
            mine = column.ge(filter.a).logical_and(column.lt(filter.b));
            break;
        case Filter::Kind::Same:
            mine = column.eq(all.positions[static_cast<std::size_t>(filter.a)]);
            break;
        }
        keep = keep.defined() ? keep.logical_and(mine) : mine;
    }
    const at::Tensor rows = keep.nonzero().squeeze(1);
    m_cached = {};
    for (const at::Tensor& column : all.positions) m_cached.positions.push_back(column.index_select(0, rows));
    if (all.values.defined()) m_cached.values = all.values.index_select(0, rows);
    m_cached.rows = rows.size(0);
    m_version = version;
    m_loop = frame.loop;
    return m_cached;
}

} // namespace vitrine::tl::dense
