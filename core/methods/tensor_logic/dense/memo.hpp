// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/host.hpp"

#include <bit>
#include <functional>
#include <map>
#include <set>
#include <vector>

namespace vitrine::tl::dense {

/// Memoised evaluation of single elements, in the order in which they need each other. An element depends only on
/// combinations whose Boolean factors are all true. The stack is explicit: chains may be millions of elements long.
class ElementTable final : public CellSource {
  public:
    /// \param tensors  those that are evaluated here; all others are read from `host`
    ElementTable(Store& store, HostValues& host, const std::vector<TensorId>& tensors, std::stop_token stop);

    /// Value of one cell; its dependencies are computed first.
    /// \errors Failure E-CYCLE at the equation through which a cell needs itself; the errors of single elements
    [[nodiscard]] Number demand(TensorId tensor, const Position& position);
    /// Computes every cell and puts the tensors into the store.
    void computeAll(const std::function<void(double, double)>& onProgress);
    /// Demanding more cells than this throws LimitReached.
    struct LimitReached {};
    void setLimit(std::uint64_t cells) { m_limit = cells; }
    [[nodiscard]] std::uint64_t computed() const { return m_computed; }
    /// From now on every cell that is computed here becomes a goal, at most that many.
    void recordGoals(GoalTree* tree, std::size_t most) { m_goals = {tree, most, {}, {}, {}}; }

    std::optional<Number> cell(TensorId tensor, std::span<const std::int64_t> position) override;
    const sparse::TupleSet* tuples(TensorId tensor) override { return m_host.tuples(tensor); }
    std::int64_t sizeOf(DomainId domain) override { return m_host.sizeOf(domain); }
    std::int64_t positionOf(DomainId domain, Cell cell) override { return m_host.positionOf(domain, cell); }

  private:
    enum class State : unsigned char { Unknown, Entered, Done };
    struct Table {
        std::vector<std::int64_t> shape;
        std::vector<State> states;
        bool isReal = false;
        std::vector<std::int64_t> bits; ///< int64, or a double's bits
        at::Tensor given;               ///< of its facts and literals, flat on the host; undefined: none

        [[nodiscard]] Number givenAt(std::size_t offset) const;
        [[nodiscard]] Number value(std::size_t offset) const {
            return isReal ? Number::of(std::bit_cast<double>(bits[offset])) : Number::of(bits[offset]);
        }
    };
    struct Item {
        TensorId tensor;
        Position position;
        std::size_t offset;
        std::uint32_t askedBy; ///< equation of the cell below
    };
    [[nodiscard]] static std::size_t offsetOf(const Table& table, std::span<const std::int64_t> position);
    void enter(std::vector<Item>& stack);
    struct Recorder {
        GoalTree* tree = nullptr;
        std::size_t most = 0;
        std::map<std::pair<TensorId, std::size_t>, std::uint32_t> numbers;
        std::set<std::pair<TensorId, std::size_t>> read; ///< by the cell that is looked at
        std::set<std::uint32_t> hasCaller;
    };
    void noteGoal(const Item& item);
    void noteResult(const Item& item, const Number& value);
    [[noreturn]] void failCycle(const std::vector<Item>& stack, const ElementEvaluator::Wanted& wanted) const;

    Store& m_store;
    HostValues& m_host;
    std::map<TensorId, Table> m_tables;
    ElementEvaluator m_elements;
    std::stop_token m_stop;
    Recorder m_goals;
    std::uint64_t m_computed = 0, m_limit = ~0ULL, m_entered = 0;
};

} // namespace vitrine::tl::dense
