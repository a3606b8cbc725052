// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/store.hpp"

#include <ATen/ATen.h>

#include <algorithm>
#include <numeric>

namespace vitrine::tl::dense {

namespace {

at::Device deviceOf(const EvaluateOptions& options) {
    if (options.device.kind == DeviceKind::Cuda)
        return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(options.device.index));
    return at::Device(at::kCPU);
}

std::vector<std::int64_t> stridesOf(const std::vector<std::int64_t>& shape) {
    std::vector<std::int64_t> strides(shape.size(), 1);
    for (std::size_t k = shape.size(); k-- > 1;) strides[k - 1] = strides[k] * shape[k];
    return strides;
}

std::int64_t cellsOf(const std::vector<std::int64_t>& shape) {
    return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

} // namespace

DomainTable::DomainTable(const Domain& domain) : m_isIntegers(domain.symbols.empty()), m_size(domain.size) {
    for (std::size_t k = 0; k < domain.symbols.size(); ++k) {
        const Cell cell = domain.symbols[k];
        const auto position = static_cast<std::int64_t>(k);
        if (isSmallInteger(cell)) {
            m_integers[cell] = position;
            continue;
        }
        const std::size_t id = cell & ~DictionaryBit;
        if (id >= m_ids.size()) m_ids.resize(id + 1, -1);
        m_ids[id] = position;
    }
}

Store::Store(Program& program, const EvaluateOptions& options)
    : m_program(program), m_device(deviceOf(options)),
      m_realType(options.singlePrecision || options.device.kind == DeviceKind::Cuda ? at::kFloat : at::kDouble),
      m_slots(program.tensors.size()) {}

std::int64_t Store::sizeOf(DomainId domain) const {
    if (domain == NoId) return 0;
    const auto found = m_sizes.find(domain);
    return found != m_sizes.end() ? found->second : m_program.domains[domain].size;
}

std::vector<std::int64_t> Store::shapeOf(TensorId tensor) const {
    std::vector<std::int64_t> shape;
    for (const DomainId axis : m_program.tensors[tensor].axes) shape.push_back(sizeOf(axis));
    return shape;
}

const DomainTable& Store::table(DomainId domain) {
    static const DomainTable nothing{Domain{}};
    if (m_program.domains[domain].isDeferred) return nothing; // its positions are still to come
    const auto found = m_tables.find(domain);
    if (found != m_tables.end()) return found->second;
    return m_tables.emplace(domain, DomainTable(m_program.domains[domain])).first->second;
}

void Store::changed(TensorId tensor) {
    Slot& slot = m_slots[tensor];
    ++slot.version;
    slot.coo.reset();
    slot.mask = at::Tensor();
    slot.realMask = at::Tensor();
    slot.unbound.clear();
}

void Store::forget(TensorId tensor) {
    const std::uint64_t version = m_slots[tensor].version;
    m_slots[tensor] = {};
    m_slots[tensor].version = version + 1;
}

void Store::setDense(TensorId tensor, at::Tensor value) {
    changed(tensor);
    m_slots[tensor].dense = std::move(value);
    m_slots[tensor].isComplete = true;
}

void Store::setTuples(TensorId tensor, std::shared_ptr<const sparse::TupleSet> tuples) {
    changed(tensor);
    m_slots[tensor].tuples = std::move(tuples);
    m_slots[tensor].isComplete = true;
}

void Store::setCounts(TensorId tensor, std::shared_ptr<const sparse::Counts> counts) {
    changed(tensor);
    m_slots[tensor].counts = std::move(counts);
    m_slots[tensor].isComplete = true;
}

at::Tensor Store::fromHost(const std::vector<std::int64_t>& values) const {
    const at::Tensor host = at::empty({static_cast<std::int64_t>(values.size())}, at::kLong);
    std::copy(values.begin(), values.end(), host.data_ptr<std::int64_t>());
    return host.to(m_device);
}

at::Tensor Store::given(TensorId tensor) {
    const TensorInfo& info = m_program.tensors[tensor];
    const GivenData& data = info.given;
    if (data.rows == 0) return {};
    const std::vector<std::int64_t> shape = shapeOf(tensor), strides = stridesOf(shape);
    const bool isReal = info.type == ElementType::Real;
    const at::Tensor flat = at::zeros({cellsOf(shape)}, isReal ? at::kDouble : at::kLong);
    std::vector<const DomainTable*> tables;
    for (const DomainId axis : info.axes) tables.push_back(&table(axis));
    double* reals = isReal ? flat.data_ptr<double>() : nullptr;
    std::int64_t* integers = isReal ? nullptr : flat.data_ptr<std::int64_t>();
    for (std::uint64_t row = 0; row < data.rows; ++row) {
        std::int64_t at = 0;
        bool inside = true;
        for (std::uint32_t k = 0; k < info.arity; ++k) {
            const std::int64_t position = tables[k]->position(data.cells[row * info.arity + k]);
            inside = inside && position >= 0 && position < shape[k];
            at += position * strides[k];
        }
        if (!inside) continue;
        const std::int64_t integer = data.integers.empty() ? 1 : data.integers[row];
        if (isReal)
            reals[at] += data.reals.empty() ? static_cast<double>(integer) : data.reals[row];
        else
            integers[at] +=
                data.integers.empty() && !data.reals.empty() ? static_cast<std::int64_t>(data.reals[row]) : integer;
    }
    const at::Tensor shaped = flat.reshape(shape);
    return shaped.to(m_device, isReal ? m_realType : at::kLong);
}

Coo Store::cooOf(TensorId tensor) {
    const TensorInfo& info = m_program.tensors[tensor];
    const Slot& slot = m_slots[tensor];
    std::vector<const DomainTable*> tables;
    for (const DomainId axis : info.axes) tables.push_back(axis == NoId ? nullptr : &table(axis));
    const std::vector<std::int64_t> shape = shapeOf(tensor), strides = stridesOf(shape);
    struct Entry {
        std::int64_t at, value;
    };
    std::vector<Entry> entries;
    const auto add = [&](std::span<const Cell> cells, std::int64_t value) {
        std::int64_t at = 0;
        for (std::size_t k = 0; k < cells.size(); ++k) {
            const std::int64_t position = tables[k] != nullptr ? tables[k]->position(cells[k]) : -1;
            if (position < 0) return;
            at += position * strides[k];
        }
        entries.push_back({at, value});
    };
    if (slot.tuples)
        slot.tuples->forEach([&](std::span<const Cell> cells, std::uint32_t) {
            add(cells, 1);
            return true;
        });
    else
        for (std::size_t row = 0; row < slot.counts->values.size(); ++row)
            add(std::span(slot.counts->cells).subspan(row * info.arity, info.arity), slot.counts->values[row]);
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.at < b.at; });
    Coo coo;
    coo.rows = static_cast<std::int64_t>(entries.size());
    for (std::size_t k = 0; k < shape.size(); ++k) {
        const at::Tensor column = at::empty({coo.rows}, at::kLong);
        auto* out = column.data_ptr<std::int64_t>();
        for (std::size_t row = 0; row < entries.size(); ++row) out[row] = entries[row].at / strides[k] % shape[k];
        coo.positions.push_back(column.to(m_device));
    }
    if (slot.counts) {
        const at::Tensor values = at::empty({coo.rows}, at::kLong);
        auto* out = values.data_ptr<std::int64_t>();
        for (std::size_t row = 0; row < entries.size(); ++row) out[row] = entries[row].value;
        coo.values = values.to(m_device);
    }
    return coo;
}

const Coo& Store::coo(TensorId tensor) {
    Slot& slot = m_slots[tensor];
    if (slot.boundCoo) return *slot.boundCoo;
    if (!slot.coo) slot.coo = cooOf(tensor);
    return *slot.coo;
}

std::int64_t Store::rows(TensorId tensor) {
    const Slot& slot = m_slots[tensor];
    if (slot.boundCoo) return slot.boundCoo->rows;
    if (slot.tuples) return static_cast<std::int64_t>(slot.tuples->size());
    if (slot.counts) return static_cast<std::int64_t>(slot.counts->values.size());
    return 0;
}

std::int64_t Store::bytes() const {
    std::int64_t sum = 0;
    const auto add = [&sum](const at::Tensor& tensor) {
        if (tensor.defined()) sum += static_cast<std::int64_t>(tensor.nbytes());
    };
    const auto addCoo = [&add](const Coo& coo) {
        for (const at::Tensor& column : coo.positions) add(column);
        add(coo.values);
    };
    for (const Slot& slot : m_slots) {
        add(slot.dense);
        if (!slot.dense.defined()) // else they are views of it, or were its parts
            for (const at::Tensor& slice : slot.slices) add(slice);
        add(slot.mask);
        if (!slot.dense.defined() || !slot.realMask.defined() || !slot.realMask.is_same(slot.dense)) add(slot.realMask);
        if (slot.coo) addCoo(*slot.coo);
        if (slot.boundCoo) addCoo(*slot.boundCoo);
        if (slot.tuples) sum += slot.tuples->bytes();
        if (slot.counts)
            sum += static_cast<std::int64_t>(slot.counts->cells.size() * sizeof(Cell) + slot.counts->values.size() * 8);
    }
    return sum;
}

at::Tensor Store::scatterCoo(TensorId tensor, const Coo& coo, bool asReal) {
    const std::vector<std::int64_t> shape = shapeOf(tensor), strides = stridesOf(shape);
    const at::Tensor result =
        at::zeros({cellsOf(shape)}, at::TensorOptions(m_device).dtype(asReal ? m_realType : at::kLong));
    at::Tensor index = at::zeros({coo.rows}, at::TensorOptions(m_device).dtype(at::kLong));
    for (std::size_t k = 0; k < shape.size(); ++k) index = index.add(coo.positions[k], strides[k]);
    const at::Tensor values =
        coo.values.defined() ? coo.values.to(result.scalar_type()) : at::ones({coo.rows}, result.options());
    result.index_put_({index}, values);
    return result.reshape(shape);
}

at::Tensor Store::value(TensorId tensor, bool asReal) {
    Slot& slot = m_slots[tensor];
    if (isSparse(tensor)) {
        at::Tensor& cached = asReal ? slot.realMask : slot.mask;
        if (!cached.defined()) cached = scatterCoo(tensor, coo(tensor), asReal);
        return cached;
    }
    if (!slot.dense.defined() && slot.sliceAxis >= 0) {
        const bool hasAll = std::all_of(slot.slices.begin(), slot.slices.end(),
                                        [](const at::Tensor& slice) { return slice.defined(); });
        // Of a virtual index only the last slice is left.
        slot.dense = hasAll ? at::stack(slot.slices, slot.sliceAxis) : slot.slices.back().unsqueeze(slot.sliceAxis);
        if (hasAll && !slot.dense.requires_grad()) slot.slices = slot.dense.unbind(slot.sliceAxis); // kept once
    }
    if (!asReal || at::isFloatingType(slot.dense.scalar_type())) return slot.dense;
    if (!slot.realMask.defined()) slot.realMask = slot.dense.to(m_realType);
    return slot.realMask;
}

const std::vector<at::Tensor>& Store::unbound(TensorId tensor, int axis, bool asReal) {
    std::vector<at::Tensor>& cached = m_slots[tensor].unbound[axis * 2 + (asReal ? 1 : 0)];
    if (cached.empty()) cached = value(tensor, asReal).unbind(axis);
    return cached;
}

} // namespace vitrine::tl::dense
