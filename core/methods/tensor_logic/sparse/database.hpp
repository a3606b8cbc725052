// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/engine.hpp"
#include "core/methods/tensor_logic/sparse/expression.hpp"
#include "core/methods/tensor_logic/sparse/plan.hpp"
#include "core/methods/tensor_logic/sparse/rowset.hpp"
#include "core/methods/tensor_logic/sparse/store.hpp"

#include <atomic>
#include <deque>
#include <set>

namespace vitrine::tl::sparse {

/// One relation: its store, or the rows that the row engine left and that become a store when somebody joins them.
struct Relation {
    TensorId id = NoId;
    TensorId origin = NoId; ///< tensor whose tuples these are: its domains hold for them
    std::string name;
    std::shared_ptr<TupleStore> tuples; ///< never null
    TupleStore& store() const { return *tuples; }
    std::uint64_t deltaFirst = 0;           ///< rows deltaFirst .. limit are the delta
    std::uint64_t limit = 0;                ///< rows that joins of this round see
    std::shared_ptr<const RowsSet> rows;    ///< instead of the store
    std::shared_ptr<const TupleSet> handed; ///< what set() gave out last
    std::uint64_t handedSize = 0;
};

/// Ways to leave an evaluation early; never cross a public function.
struct Stopped {};
struct Refused {
    enum class Cause { Memory, Rounds, Tuples } cause = Cause::Memory;
    const Rule* rule = nullptr;
    TensorId relation = NoId;
    double predicted = 0; ///< rows
};

/// What all parts of one engine share: relations by tensor id, then those that backward chaining makes.
class Database {
  public:
    Database(Program& program, const EvaluateOptions& options, const TensorReader& tensors, Observer* observer,
             const TupleKernels& kernels, const Tuning& tuning);

    /// Ready to be joined: rows become a store, a numeric tensor its non-zero cells.
    Relation& joined(TensorId id);
    Relation& relation(TensorId id) { return m_relations[id]; }
    [[nodiscard]] const Relation& relation(TensorId id) const { return m_relations[id]; }
    TensorId addRelation(std::string name, std::uint32_t arity);
    void dropRelationsFrom(TensorId first);
    [[nodiscard]] TensorId relationCount() const { return static_cast<TensorId>(m_relations.size()); }
    [[nodiscard]] std::uint64_t size(TensorId id) const;
    /// Tuples come from the store, not from the tensor reader.
    [[nodiscard]] bool isStored(TensorId id) const { return id >= m_isStored.size() || m_isStored[id]; }
    void markStored(TensorId id) { m_isStored[id] = true; }

    [[nodiscard]] std::int64_t bytes() const;
    [[nodiscard]] bool isStopped() const { return options.stop.stop_requested(); }
    void checkStop() const {
        if (isStopped()) throw Stopped();
    }
    [[nodiscard]] std::uint64_t chunkRows() const;
    /// Adds what a plan of the program's own rules did to the record of its order.
    void note(const Plan& plan, const std::vector<std::uint64_t>& rowsAfter);
    [[nodiscard]] const std::deque<PlanRecord>& records() const { return m_records; }

    Program& program;
    EvaluateOptions options;
    const TensorReader& tensors;
    Observer* observer;
    const TupleKernels& kernels;
    Tuning tuning;
    Evaluator evaluator;

  private:
    void materialise(TensorId id);
    void storeRows(Relation& relation);

    std::deque<Relation> m_relations;
    std::vector<bool> m_isStored;
    std::set<TensorId> m_isRead; ///< numeric tensors that were walked
    std::deque<PlanRecord> m_records;
};

} // namespace vitrine::tl::sparse
