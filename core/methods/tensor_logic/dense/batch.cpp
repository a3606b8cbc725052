// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/batch.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <sstream>

namespace vitrine::tl::dense {

std::vector<std::int64_t> BatchOrder::next() {
    if (m_next >= m_order.size()) {
        for (std::size_t k = m_order.size(); k > 1; --k) std::swap(m_order[k - 1], m_order[m_random() % k]);
        m_next = 0;
    }
    const std::size_t end = std::min(m_order.size(), m_next + static_cast<std::size_t>(m_batch));
    const auto begin = m_order.begin();
    std::vector<std::int64_t> result(begin + static_cast<std::ptrdiff_t>(m_next),
                                     begin + static_cast<std::ptrdiff_t>(end));
    m_next = end;
    return result;
}

std::string BatchOrder::random() const {
    std::ostringstream text;
    text << m_random;
    return text.str();
}

bool BatchOrder::restore(const std::vector<std::int64_t>& order, std::size_t position, const std::string& random) {
    std::vector<bool> isThere(m_order.size());
    if (order.size() != m_order.size() || position > order.size()) return false;
    for (const std::int64_t each : order) {
        if (each < 0 || each >= static_cast<std::int64_t>(order.size())) return false;
        isThere[static_cast<std::size_t>(each)] = true;
    }
    if (std::find(isThere.begin(), isThere.end(), false) != isThere.end()) return false;
    std::istringstream text(random);
    std::mt19937_64 generator;
    if (!(text >> generator)) return false;
    m_random = generator;
    m_order = order;
    m_next = position;
    return true;
}

BatchStore::BatchStore(Store& whole, const EvaluateOptions& options, DomainId over, std::int64_t size,
                       const std::vector<TensorId>& constants)
    : m_whole(whole), m_store(whole.program(), options), m_over(over) {
    m_store.overrideSize(over, size);
    for (const TensorId tensor : constants) {
        m_store.slot(tensor) = whole.slot(tensor);
        const std::vector<DomainId>& axes = whole.program().tensors[tensor].axes;
        const std::ptrdiff_t uses = std::count(axes.begin(), axes.end(), over);
        if (uses == 0) continue;
        if (uses > 1)
            fail("E-SHAPE", "%1 has the index of the minibatches twice", {whole.program().tensors[tensor].name},
                 whole.program().tensors[tensor].firstUse);
        m_bound.push_back(tensor);
        if (whole.isSparse(tensor)) prepareTuples(tensor);
    }
}

void BatchStore::prepareTuples(TensorId tensor) {
    const std::vector<DomainId>& axes = m_whole.program().tensors[tensor].axes;
    Tuples tuples;
    tuples.column = static_cast<std::size_t>(std::find(axes.begin(), axes.end(), m_over) - axes.begin());
    const Coo& all = m_whole.coo(tensor);
    const at::Tensor order = all.positions[tuples.column].argsort(true, 0, false);
    auto rows = std::make_shared<Coo>();
    for (const at::Tensor& column : all.positions) rows->positions.push_back(column.index_select(0, order));
    if (all.values.defined()) rows->values = all.values.index_select(0, order);
    rows->rows = all.rows;
    tuples.counts = at::bincount(rows->positions[tuples.column], {}, m_whole.sizeOf(m_over));
    tuples.starts = tuples.counts.cumsum(0).sub(tuples.counts);
    if (tuples.counts.numel() > 0 && tuples.counts.min().equal(tuples.counts.max()))
        tuples.uniform = tuples.counts[0].item<std::int64_t>();
    tuples.rows = rows;
    Slot& slot = m_store.slot(tensor);
    slot.batchColumn = static_cast<int>(tuples.column);
    slot.allRows = rows;
    slot.allSize = m_whole.sizeOf(m_over);
    m_tuples[tensor] = std::move(tuples);
}

void BatchStore::bindTuples(TensorId tensor, const at::Tensor& positions) {
    const Tuples& tuples = m_tuples.at(tensor);
    const auto options = positions.options();
    at::Tensor rows, owners;
    const std::int64_t size = positions.size(0);
    const at::Tensor starts = tuples.starts.index_select(0, positions);
    if (tuples.uniform >= 0) {
        rows = starts.unsqueeze(1).add(at::arange(tuples.uniform, options)).reshape({-1});
        owners = at::arange(size, options).unsqueeze(1).expand({size, tuples.uniform}).reshape({-1});
    } else {
        const at::Tensor counts = tuples.counts.index_select(0, positions);
        owners = at::repeat_interleave(counts);
        const at::Tensor firsts = counts.cumsum(0).sub(counts);
        rows = starts.sub(firsts).index_select(0, owners).add(at::arange(owners.size(0), options));
    }
    Coo coo;
    for (std::size_t k = 0; k < tuples.rows->positions.size(); ++k)
        coo.positions.push_back(k == tuples.column ? owners : tuples.rows->positions[k].index_select(0, rows));
    if (tuples.rows->values.defined()) coo.values = tuples.rows->values.index_select(0, rows);
    coo.rows = rows.size(0);
    m_store.slot(tensor).boundCoo = std::move(coo);
}

void BatchStore::bind(const at::Tensor& positions) {
    for (const TensorId tensor : m_bound) {
        m_store.changed(tensor);
        if (m_tuples.count(tensor) != 0) {
            bindTuples(tensor, positions);
            continue;
        }
        const std::vector<DomainId>& axes = m_whole.program().tensors[tensor].axes;
        const auto axis = std::find(axes.begin(), axes.end(), m_over) - axes.begin();
        m_store.slot(tensor).dense = m_whole.value(tensor, false).index_select(axis, positions);
        m_store.slot(tensor).sliceAxis = -1;
    }
}

} // namespace vitrine::tl::dense
