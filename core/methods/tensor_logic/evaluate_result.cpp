// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/evaluate_result.hpp"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace vitrine::tl {

TensorSnapshot snapshotOf(const at::Tensor& tensor, bool isBoolean) {
    c10::NoGradGuard guard;
    const at::Tensor source = tensor.detach();
    const bool isReal = at::isFloatingType(source.scalar_type());
    const at::ScalarType type = isBoolean ? at::kBool : isReal ? at::kDouble : at::kLong;
    const at::Tensor host = (isBoolean ? source.gt(0) : source).to(at::kCPU, type).contiguous();
    TensorSnapshot snapshot;
    snapshot.shape = host.sizes().vec();
    snapshot.dtype = isBoolean ? DType::Bool : isReal ? DType::Float64 : DType::Int64;
    const std::size_t bytes = static_cast<std::size_t>(host.numel()) * host.element_size();
    std::shared_ptr<std::byte[]> data(new std::byte[std::max<std::size_t>(bytes, 1)]);
    if (bytes != 0) std::memcpy(data.get(), host.const_data_ptr(), bytes);
    snapshot.data = std::move(data);
    return snapshot;
}

EvaluationResult::EvaluationResult(std::shared_ptr<Program> source, const EvaluateOptions& options)
    : m_program(std::move(source)), m_store(*m_program, options), m_host(m_store), m_options(options) {}

EvaluationResult::~EvaluationResult() = default;

bool EvaluationResult::isTuples(TensorId tensor) const {
    const dense::Slot& slot = m_store.slot(tensor);
    return slot.tuples != nullptr || slot.counts != nullptr || m_demandedRows.count(tensor) != 0;
}

bool EvaluationResult::isDense(TensorId tensor) const {
    const dense::Slot& slot = m_store.slot(tensor);
    return slot.dense.defined() || slot.sliceAxis >= 0 || m_demandedCells.count(tensor) != 0;
}

std::uint64_t EvaluationResult::rowCount(TensorId tensor) const {
    const dense::Slot& slot = m_store.slot(tensor);
    if (slot.tuples) return slot.tuples->size();
    if (slot.counts) return slot.counts->values.size();
    const auto found = m_demandedRows.find(tensor);
    return found == m_demandedRows.end() ? 0 : found->second.size();
}

/// Whether the order of the cells' bits is the printing order: no dictionary entries were interned.
bool EvaluationResult::printsByBits(TensorId) const {
    return m_program->dictionary->size() == 0;
}

const EvaluationResult::Sorted& EvaluationResult::sorted(TensorId tensor) const {
    const auto found = m_sorted.find(tensor);
    if (found != m_sorted.end()) return found->second;
    const std::size_t arity = m_program->tensors[tensor].arity;
    Sorted all;
    const dense::Slot& slot = m_store.slot(tensor);
    all.rows = rowCount(tensor);
    all.cells.reserve(all.rows * arity);
    if (slot.tuples)
        slot.tuples->forEach([&](std::span<const Cell> cells, std::uint32_t round) {
            all.cells.insert(all.cells.end(), cells.begin(), cells.end());
            all.rounds.push_back(round);
            return true;
        });
    else if (slot.counts) {
        all.cells = slot.counts->cells;
        all.values = slot.counts->values;
    } else if (const auto demandedRows = m_demandedRows.find(tensor); demandedRows != m_demandedRows.end())
        for (const std::vector<Cell>& row : demandedRows->second)
            all.cells.insert(all.cells.end(), row.begin(), row.end());
    if (!printsByBits(tensor)) {
        const std::vector<std::uint64_t> ranks = m_program->dictionary->ranks();
        std::vector<std::uint32_t> order(all.rows);
        std::iota(order.begin(), order.end(), 0U);
        const auto less = [&](std::uint32_t a, std::uint32_t b) {
            for (std::size_t k = 0; k < arity; ++k) {
                const std::uint64_t x = rankOf(all.cells[a * arity + k], ranks),
                                    y = rankOf(all.cells[b * arity + k], ranks);
                if (x != y) return x < y;
            }
            return false;
        };
        std::sort(order.begin(), order.end(), less);
        Sorted ordered;
        ordered.rows = all.rows;
        ordered.cells.reserve(all.cells.size());
        for (const std::uint32_t row : order) {
            const auto begin = all.cells.begin() + static_cast<std::ptrdiff_t>(row * arity);
            ordered.cells.insert(ordered.cells.end(), begin, begin + static_cast<std::ptrdiff_t>(arity));
            if (!all.rounds.empty()) ordered.rounds.push_back(all.rounds[row]);
            if (!all.values.empty()) ordered.values.push_back(all.values[row]);
        }
        all = std::move(ordered);
    }
    return m_sorted.emplace(tensor, std::move(all)).first->second;
}

Row EvaluationResult::rowOf(TensorId tensor, const Sorted& all, std::uint64_t index) const {
    const std::size_t arity = m_program->tensors[tensor].arity;
    Row row;
    const auto begin = all.cells.begin() + static_cast<std::ptrdiff_t>(index * arity);
    row.cells.assign(begin, begin + static_cast<std::ptrdiff_t>(arity));
    if (!all.rounds.empty()) row.round = all.rounds[index];
    if (!all.values.empty()) row.integer = all.values[index];
    row.value = static_cast<double>(row.integer);
    return row;
}

std::vector<Row> EvaluationResult::rows(TensorId tensor, std::uint64_t offset, std::uint64_t count) const {
    const std::lock_guard lock(m_mutex);
    const Sorted& all = sorted(tensor);
    std::vector<Row> result;
    for (std::uint64_t k = offset; k < std::min(all.rows, offset + count); ++k) result.push_back(rowOf(tensor, all, k));
    return result;
}

void EvaluationResult::forEachRow(TensorId tensor, const std::function<bool(const Row&)>& visit) const {
    const dense::Slot& slot = m_store.slot(tensor);
    if (slot.tuples && printsByBits(tensor)) { // nothing is sorted or copied
        Row row;
        slot.tuples->forEach([&](std::span<const Cell> cells, std::uint32_t round) {
            row.cells.assign(cells.begin(), cells.end());
            row.round = round;
            return visit(row);
        });
        return;
    }
    const Sorted* all = nullptr;
    {
        const std::lock_guard lock(m_mutex);
        all = &sorted(tensor);
    }
    for (std::uint64_t k = 0; k < all->rows; ++k)
        if (!visit(rowOf(tensor, *all, k))) return;
}

void EvaluationResult::forEachMatch(TensorId tensor, const std::vector<Cell>& pattern, std::uint32_t boundMask,
                                    const std::function<bool(const Row&)>& visit) const {
    const dense::Slot& slot = m_store.slot(tensor);
    if (!slot.tuples) {
        Evaluation::forEachMatch(tensor, pattern, boundMask, visit);
        return;
    }
    Row row;
    slot.tuples->match(pattern, boundMask, [&](std::span<const Cell> cells, std::uint32_t round) {
        row.cells.assign(cells.begin(), cells.end());
        row.round = round;
        return visit(row);
    });
}

bool EvaluationResult::contains(TensorId tensor, const std::vector<Cell>& cells) const {
    const dense::Slot& slot = m_store.slot(tensor);
    if (slot.tuples) return slot.tuples->contains(cells);
    if (slot.counts) return dense::countAt(*slot.counts, cells) != 0;
    if (const auto found = m_demandedRows.find(tensor); found != m_demandedRows.end())
        return std::binary_search(found->second.begin(), found->second.end(), cells);
    std::vector<std::int64_t> position;
    for (std::size_t k = 0; k < cells.size(); ++k) {
        const Domain& domain = m_program->domains[m_program->tensors[tensor].axes[k]];
        const std::optional<std::int64_t> at = positionOf(*m_program, domain, cells[k]);
        if (!at) return false;
        position.push_back(*at);
    }
    return cell(tensor, position).value > 0;
}

std::vector<std::int64_t> EvaluationResult::shape(TensorId tensor) const {
    return m_store.shapeOf(tensor);
}

TensorSnapshot EvaluationResult::dense(TensorId tensor) const {
    const std::lock_guard lock(m_mutex);
    const bool isBoolean = m_program->tensors[tensor].type == ElementType::Bool;
    auto& store = const_cast<dense::Store&>(m_store); // derived forms are a cache
    if (!isTuples(tensor) && !store.slot(tensor).isComplete) return {};
    return snapshotOf(store.value(tensor, false), isBoolean);
}

Row EvaluationResult::cell(TensorId tensor, const std::vector<std::int64_t>& position) const {
    const std::lock_guard lock(m_mutex);
    const TensorInfo& info = m_program->tensors[tensor];
    Row row;
    for (std::size_t k = 0; k < position.size(); ++k)
        row.cells.push_back(cellAt(*m_program, m_program->domains[info.axes[k]], position[k]));
    const dense::Slot& slot = m_store.slot(tensor);
    if (slot.tuples) row.round = slot.tuples->roundOf(row.cells);
    std::optional<dense::Number> number;
    if (const auto known = m_demandedCells.find(tensor); known != m_demandedCells.end()) {
        const auto found = known->second.find(position);
        if (found != known->second.end()) number = found->second;
    } else if (slot.isComplete || slot.tuples)
        number = const_cast<dense::HostValues&>(m_host).cell(tensor, position);
    row.isInteger = !number || number->isInteger;
    row.integer = number && number->isInteger ? number->integer : 0;
    row.value = number ? number->asReal() : 0;
    return row;
}

std::optional<TensorSnapshot> EvaluationResult::gradient(TensorId tensor) const {
    const auto found = m_gradients.find(tensor);
    if (found == m_gradients.end()) return std::nullopt;
    return found->second;
}

std::optional<Proof> EvaluationResult::prove(TensorId tensor, const std::vector<Cell>& cells, int maxDepth,
                                             std::stop_token stop) const {
    const std::lock_guard lock(m_mutex);
    if (!m_engine) return std::nullopt;
    if (m_provesAnew) {
        if (!m_proofs) {
            EvaluateOptions options = m_options;
            options.engine = Engine::SemiNaive;
            options.stop = stop;
            m_proofs = evaluate(m_program, options).evaluation;
        }
        return m_proofs->prove(tensor, cells, maxDepth, std::move(stop));
    }
    return m_engine->prove(tensor, cells, maxDepth, std::move(stop));
}

std::vector<Term> EvaluationResult::terms(TensorId tensor, const std::vector<std::int64_t>& position,
                                          std::size_t most) const {
    const std::lock_guard lock(m_mutex);
    dense::ElementEvaluator elements(*m_program, const_cast<dense::HostValues&>(m_host));
    std::vector<Term> result;
    try {
        for (dense::ElementEvaluator::TermValue& term : elements.terms(tensor, position, most))
            result.push_back({term.value.asReal(), std::move(term.text)});
    } catch (const dense::Failure&) {
        result.clear(); // the cell has no value
    }
    return result;
}

} // namespace vitrine::tl
