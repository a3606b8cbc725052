// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/rowengines.hpp"
#include "core/methods/tensor_logic/sparse/seminaive.hpp"

#include <mutex>

namespace vitrine::tl::sparse {

class SparseEngine final : public Engine {
  public:
    SparseEngine(Program& program, const EvaluateOptions& options, const TensorReader& tensors, Observer* observer,
                 const Tuning& tuning);

    void insert(TensorId relation, std::span<const Cell> cells, std::uint64_t rows) override;
    [[nodiscard]] Diagnostics evaluate(std::uint32_t stratum) override;
    [[nodiscard]] std::shared_ptr<const TupleSet> set(TensorId relation) const override;
    [[nodiscard]] Result<Counts> count(const Equation& equation, std::span<const VarId> kept,
                                       std::span<const Atom> atoms) override;
    [[nodiscard]] Diagnostics demand(TensorId relation, std::span<const Cell> pattern, std::uint32_t boundMask,
                                     std::vector<std::vector<Cell>>& answers, GoalTree* tree) override;
    [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> demanded() const override { return m_demanded; }
    [[nodiscard]] std::optional<Proof> prove(TensorId relation, std::span<const Cell> tuple, int maxDepth,
                                             std::stop_token stop) const override;
    [[nodiscard]] const std::vector<RoundReport>& rounds() const override { return m_rounds; }
    [[nodiscard]] std::vector<RulePlan> plans(std::uint32_t rule) const override;
    void setMemoryBudget(std::int64_t bytes) override { m_database.options.memoryBudget = bytes; }

  private:
    [[nodiscard]] std::shared_ptr<const TupleSet> joinedSet(TensorId relation) const;
    [[nodiscard]] Diagnostics guarded(const std::function<void()>& work);
    [[nodiscard]] Diagnostics tooWide(std::uint32_t stratum) const;
    void choose(const Choice& choice);
    void fixpoint(std::uint32_t stratum, FailureLog& failures);
    void fixpointByRows(std::uint32_t stratum, std::vector<ChainRule> chains, FailureLog& failures);
    void checkRowLimits(const std::vector<ChainRule>& chains, const ChainContext& context, const RowRound& round,
                        const std::vector<std::uint64_t>& totals) const;
    [[nodiscard]] SemiNaive::Work workOf(std::uint32_t stratum) const;
    /// The recursive rules of a stratum as chains; empty: tuples are joined, and the choice is told.
    [[nodiscard]] std::vector<ChainRule> chainsOf(std::uint32_t stratum);
    [[nodiscard]] RulePlan chainPlan(std::uint32_t rule, const ChainRule& chain) const;
    [[nodiscard]] bool isComplete(TensorId relation) const;
    [[nodiscard]] Diagnostics complete(TensorId relation);
    [[nodiscard]] Diagnostics completeNegated(TensorId goal);
    [[nodiscard]] bool isGiven(TensorId relation, std::span<const Cell> tuple) const;
    bool proveByRule(Proof& proof, const Rule& rule, int depth, std::stop_token stop) const;
    bool fillProof(Proof& proof, int depth, std::stop_token stop) const;

    mutable Database m_database;            ///< sets are made and indexed when first looked at
    mutable std::mutex m_mutex;             ///< guards that making
    std::vector<std::uint64_t> m_given;     ///< by tensor: the first rows of the store are given
    std::vector<std::uint32_t> m_stratumOf; ///< by tensor
    std::vector<bool> m_isEvaluated;        ///< by stratum
    std::vector<RoundReport> m_rounds;
    std::map<std::uint32_t, ChainRule> m_chains; ///< rules that ran by rows, as they ran
    std::pair<std::uint64_t, std::uint64_t> m_demanded{0, 0};
};

} // namespace vitrine::tl::sparse
