// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/evaluation.hpp"

#include <functional>
#include <memory>
#include <span>

/// Tuple sets and semi-naive evaluation of rules (digest 2.10 b), one source for CPU and GPU.
namespace vitrine::tl::sparse {

/// The tuples of one relation with the round in which each came in. Immutable once handed out.
class TupleSet {
  public:
    virtual ~TupleSet() = default;
    [[nodiscard]] virtual std::uint32_t arity() const = 0;
    [[nodiscard]] virtual std::uint64_t size() const = 0;
    [[nodiscard]] virtual std::int64_t bytes() const = 0;
    [[nodiscard]] virtual bool contains(std::span<const Cell> tuple) const = 0;
    /// From 1 (base facts); 0: not in the set, or rounds were not kept.
    [[nodiscard]] virtual std::uint32_t roundOf(std::span<const Cell> tuple) const = 0;
    /// Every tuple once, in order of the cells' bits; stops when `visit` returns false.
    virtual void forEach(const std::function<bool(std::span<const Cell>, std::uint32_t round)>& visit) const = 0;
    /// Tuples whose bound columns (mask bit k) equal those of `pattern`.
    virtual void match(std::span<const Cell> pattern, std::uint32_t boundMask,
                       const std::function<bool(std::span<const Cell>, std::uint32_t round)>& visit) const = 0;
    /// Distinct cells of a column, ascending.
    [[nodiscard]] virtual std::vector<Cell> column(std::uint32_t index) const = 0;
};

/// A numeric tensor over relations, stored by its non-zero cells: tuples with int64 values.
struct Counts {
    std::uint32_t arity = 0;
    std::vector<Cell> cells;          ///< rows * arity, sorted by the cells' bits
    std::vector<std::int64_t> values; ///< [rows]
};

/// Reads numeric tensors for comparisons; positions are cells of the axes' domains.
class TensorReader {
  public:
    virtual ~TensorReader() = default;
    struct Number {
        bool isInteger = true;
        std::int64_t integer = 0;
        double real = 0;
    };
    /// 0 for cells outside the tensor's domains.
    [[nodiscard]] virtual Number at(TensorId tensor, std::span<const Cell> cells) const = 0;
    /// Visits every cell whose value is not 0, for a numeric tensor that stands as an atom (its step).
    /// \return false when the tensor cannot be walked that way: then its domains are enumerated through at().
    virtual bool forEachNonZero(TensorId /*tensor*/,
                                const std::function<void(std::span<const Cell>, const Number&)>& /*visit*/) const {
        return false;
    }
};

struct TupleKernels; ///< kernels.hpp

/// Inner choices, for tests and benchmarks; the defaults are what users get.
struct Tuning {
    bool useRows = true;                   ///< bit rows for chains of binary relations (CPU only)
    const TupleKernels* kernels = nullptr; ///< null: those of the options' device
    std::uint64_t repeatRows = 256;        ///< bindings from which on repeats of them are looked for
    std::uint64_t chunkRows = 0;           ///< bindings in flight; 0: 16,384 on the CPU, 4,194,304 on a GPU
};

/// All tuple sets of one evaluation.
class Engine {
  public:
    /// \param program  outlives the engine. Its dictionary may grow while rules compute new integers.
    static std::unique_ptr<Engine> create(Program& program, const EvaluateOptions& options, const TensorReader& tensors,
                                          Observer* observer, const Tuning& tuning = {});
    virtual ~Engine() = default;

    /// Puts given rows into a relation (duplicates are dropped). Before the first stratum that uses it is evaluated.
    virtual void insert(TensorId relation, std::span<const Cell> cells, std::uint64_t rows) = 0;
    /// Least fixpoint of one stratum of rules. On an error or a stop the last complete round is kept.
    /// \errors E-LIMIT (rounds, tuples, memory: names the rule and the predicted rows), E-TYPE, E-DIV0, E-MATH
    [[nodiscard]] virtual Diagnostics evaluate(std::uint32_t stratum) = 0;
    /// The set as it stands; never null after its stratum is complete (an empty set for a relation without tuples).
    [[nodiscard]] virtual std::shared_ptr<const TupleSet> set(TensorId relation) const = 0;

    /// Sum over `summed` of a product of relation atoms, per value of `kept`, as counts; each atom at its index terms.
    [[nodiscard]] virtual Result<Counts> count(const Equation& equation, std::span<const VarId> kept,
                                               std::span<const Atom> atoms) = 0;

    /// Backward chaining by tabling: all tuples of `relation` that match. `bound` bit k: pattern[k] is given.
    [[nodiscard]] virtual Diagnostics demand(TensorId relation, std::span<const Cell> pattern, std::uint32_t boundMask,
                                             std::vector<std::vector<Cell>>& answers, GoalTree* tree = nullptr) = 0;
    [[nodiscard]] virtual std::pair<std::uint64_t, std::uint64_t> demanded() const = 0;

    /// The rule and body of a first derivation of a tuple, recomputed from the rounds.
    [[nodiscard]] virtual std::optional<Proof> prove(TensorId relation, std::span<const Cell> tuple, int maxDepth,
                                                     std::stop_token stop) const = 0;
    [[nodiscard]] virtual const std::vector<RoundReport>& rounds() const = 0;
    /// Bytes that the tuples may take from now on.
    virtual void setMemoryBudget(std::int64_t bytes) = 0;
    /// The orders in which a rule was joined so far; of one that never was, the order by the sizes known now.
    [[nodiscard]] virtual std::vector<RulePlan> plans(std::uint32_t rule) const = 0;
};

} // namespace vitrine::tl::sparse
