// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/failure.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"
#include "core/methods/tensor_logic/sparse/engine.hpp"

#include <ATen/core/Tensor.h>

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace vitrine::tl::dense {

/// Non-zero cells by position: one int64 tensor [rows] an axis, rows in row-major order, and values [rows] (undefined:
/// all 1).
struct Coo {
    std::vector<at::Tensor> positions;
    at::Tensor values;
    std::int64_t rows = 0;
};

/// Cell to position of one domain, O(1).
class DomainTable {
  public:
    DomainTable() = default;
    explicit DomainTable(const Domain& domain);
    /// -1: takes no part.
    [[nodiscard]] std::int64_t position(Cell cell) const {
        if (m_isIntegers) return isSmallInteger(cell) && cell < m_size ? static_cast<std::int64_t>(cell) : -1;
        if (isSmallInteger(cell)) {
            const auto found = m_integers.find(cell);
            return found == m_integers.end() ? -1 : found->second;
        }
        const std::size_t id = cell & ~DictionaryBit;
        return id < m_ids.size() ? m_ids[id] : -1;
    }

  private:
    bool m_isIntegers = true;
    std::int64_t m_size = 0;
    std::vector<std::int64_t> m_ids;
    std::unordered_map<Cell, std::int64_t> m_integers;
};

/// The value of one tensor in whichever form it has.
struct Slot {
    bool isComplete = false;
    at::Tensor dense;               ///< [sizes of the axes], int64 or the real type
    std::vector<at::Tensor> slices; ///< while its recursion runs, and after it: one a position of sliceAxis
    int sliceAxis = -1;
    std::shared_ptr<const sparse::TupleSet> tuples;
    std::shared_ptr<const sparse::Counts> counts;
    // Of a minibatch over one column of a relation: the rows of this batch, and all rows, sorted by that column.
    std::optional<Coo> boundCoo;
    std::shared_ptr<const Coo> allRows;
    std::int64_t allSize = 0; ///< of the column's domain
    int batchColumn = -1;
    std::uint64_t version = 0; ///< grows with every change
    // Derived forms, made on demand.
    std::optional<Coo> coo;
    at::Tensor mask, realMask;
    std::map<int, std::vector<at::Tensor>> unbound;
};

/// All values of one evaluation, or of one minibatch.
class Store {
  public:
    Store(Program& program, const EvaluateOptions& options);

    [[nodiscard]] Program& program() const { return m_program; }
    [[nodiscard]] at::Device device() const { return m_device; }
    [[nodiscard]] at::ScalarType realType() const { return m_realType; }
    [[nodiscard]] Slot& slot(TensorId tensor) { return m_slots[tensor]; }
    [[nodiscard]] const Slot& slot(TensorId tensor) const { return m_slots[tensor]; }

    [[nodiscard]] std::int64_t sizeOf(DomainId domain) const;
    [[nodiscard]] std::vector<std::int64_t> shapeOf(TensorId tensor) const;
    [[nodiscard]] const DomainTable& table(DomainId domain);
    /// Domain with another number of positions (minibatches).
    void overrideSize(DomainId domain, std::int64_t size) { m_sizes[domain] = size; }

    void setDense(TensorId tensor, at::Tensor value);
    void setTuples(TensorId tensor, std::shared_ptr<const sparse::TupleSet> tuples);
    void setCounts(TensorId tensor, std::shared_ptr<const sparse::Counts> counts);
    void changed(TensorId tensor);
    /// Drops every form of a value.
    void forget(TensorId tensor);

    /// Facts, literals and file data of a numeric tensor, or undefined when it has none.
    [[nodiscard]] at::Tensor given(TensorId tensor);
    /// The whole tensor, whatever its form: int64, or the real type when `asReal` or when it is real.
    [[nodiscard]] at::Tensor value(TensorId tensor, bool asReal);
    /// Slices along an axis, cached.
    [[nodiscard]] const std::vector<at::Tensor>& unbound(TensorId tensor, int axis, bool asReal);
    /// Of a tensor held as tuples or counts.
    [[nodiscard]] const Coo& coo(TensorId tensor);
    [[nodiscard]] bool isSparse(TensorId tensor) const {
        return m_slots[tensor].tuples != nullptr || m_slots[tensor].counts != nullptr ||
               m_slots[tensor].boundCoo.has_value();
    }
    [[nodiscard]] std::int64_t rows(TensorId tensor);
    /// Of all values and their derived forms.
    [[nodiscard]] std::int64_t bytes() const;

    [[nodiscard]] at::Tensor fromHost(const std::vector<std::int64_t>& values) const;

  private:
    [[nodiscard]] Coo cooOf(TensorId tensor);
    [[nodiscard]] at::Tensor scatterCoo(TensorId tensor, const Coo& coo, bool asReal);

    Program& m_program;
    at::Device m_device;
    at::ScalarType m_realType;
    std::vector<Slot> m_slots;
    std::map<DomainId, DomainTable> m_tables;
    std::map<DomainId, std::int64_t> m_sizes;
};

} // namespace vitrine::tl::dense
