// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/sparse/pipeline.hpp"

#include <map>
#include <mutex>

namespace vitrine::tl::sparse {

/// Errors of literals that count: those of assignments that satisfy all other literals (digest 2.7).
class FailureLog final : public FailureSink {
  public:
    FailureLog(Database& database, std::function<std::shared_ptr<const TupleSet>(TensorId)> set)
        : m_database(database), m_set(std::move(set)) {}
    void take(const Rule& rule, std::uint32_t literal, bool isComparison, const std::vector<Cell>& vars,
              const std::vector<bool>& isBound, const Failure& failure) override;
    [[nodiscard]] const Diagnostics& diagnostics() const { return m_diagnostics; }

  private:
    Database& m_database;
    std::function<std::shared_ptr<const TupleSet>(TensorId)> m_set;
    std::set<std::pair<std::uint32_t, std::uint32_t>> m_seen;
    Diagnostics m_diagnostics;
    std::mutex m_mutex; ///< guards both
};

/// The fixpoint of a set of rules, round by round, over tuple stores (digest 2.10 b).
class SemiNaive {
  public:
    struct Work {
        std::vector<const Rule*> rules;
        std::vector<TensorId> relations; ///< heads; those that the rules also read are recursive
        std::uint32_t stratum = 0;
        bool isNaive = false; ///< every round joins everything again
        bool isReported = true;
    };
    SemiNaive(Database& database, FailureSink& failures, std::vector<RoundReport>& reports);

    /// Base facts and rules without recursive atoms: the first round, reported under another engine's name.
    /// \return whether there are any tuples. \errors as run()
    bool runFirstRound(const Work& work, const char* engine);
    /// The whole fixpoint. \errors throws Stopped, Refused; the relations keep the last complete round
    void run(const Work& work);

  private:
    struct Variant {
        const Rule* rule;
        std::uint32_t delta;
        Plan plan;
        std::uint64_t plannedAt = 0;
    };
    void prepare(const Work& work);
    void runBase(const Work& work);
    void start(const Work& work);
    void keepComplete(const Work& work);
    [[nodiscard]] bool isRecursive(const Atom& atom) const;
    void round(const Work& work);
    void runVariant(Variant& variant);
    void runAlone(const Plan& plan, std::uint64_t first, std::uint64_t last);
    void runShared(const Plan& plan, std::uint64_t first, std::uint64_t last);
    [[nodiscard]] Plan planFor(const Rule& rule, std::uint32_t delta) const;
    bool closeRound(const Work& work, double seconds);
    void checkLimits(const Work& work, const Rule* rule, TensorId relation) const;

    Database& m_database;
    FailureSink& m_failures;
    std::vector<RoundReport>& m_reports;
    std::set<TensorId> m_recursive;
    std::vector<Variant> m_variants;
    std::map<TensorId, std::uint64_t> m_joined;
    std::uint32_t m_round = 0;
    const char* m_engine = "semi-naive";
    std::vector<std::uint64_t> m_givenRows; ///< by the work's relations
};

/// What a plan expects of a relation: one that is being computed will grow.
[[nodiscard]] double expectedRows(std::uint64_t now, bool isRecursive);

/// The diagnostic of a refusal: E-LIMIT with the rule and the predicted rows, or the relation and its growth.
[[nodiscard]] Diagnostic limitDiagnostic(const Database& database, const Refused& refused);

} // namespace vitrine::tl::sparse
