// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/component.hpp"
#include "core/methods/tensor_logic/dense/memo.hpp"
#include "core/methods/tensor_logic/evaluate_result.hpp"

#include <memory>
#include <set>
#include <vector>

namespace vitrine::tl::dense {
class BatchOrder;
class BatchStore;
class Optimiser;
} // namespace vitrine::tl::dense

namespace vitrine::tl {

/// Walks the strata of one program: relations by the tuple engine, numeric tensors by the dense one.
class Evaluator {
  public:
    Evaluator(std::shared_ptr<Program> program, const EvaluateOptions& options, Observer* observer);
    Evaluated run();
    std::shared_ptr<const Evaluation> prepare();

  private:
    // evaluate.cpp
    void walk();
    void runStratum(std::uint32_t index);
    void runData(const Stratum& stratum, std::uint32_t index);
    void runRules(const Stratum& stratum, std::uint32_t index);
    void insertGiven(TensorId tensor);
    void insertDense(TensorId tensor, const at::Tensor& value);
    void takeTuples(TensorId tensor);
    void completeDomains(TensorId tensor);
    [[nodiscard]] std::int64_t denseBytes() const;
    [[nodiscard]] bool runDiagnostics(Diagnostics found);
    void choose(std::uint32_t stratum, TensorId tensor, std::string what, std::string reason,
                std::vector<std::string> arguments = {});

    // evaluate_numbers.cpp
    void runEquations(const Stratum& stratum, std::uint32_t index);
    void runRecursive(const Stratum& stratum, std::uint32_t index);
    void runByElement(const std::vector<TensorId>& tensors);
    void initialiseLearned(TensorId tensor);
    [[nodiscard]] bool countTuples(TensorId tensor, const std::vector<std::uint32_t>& equations, std::uint32_t index);
    [[nodiscard]] dense::ComponentInput inputOf(const std::vector<TensorId>& tensors,
                                                const std::vector<std::uint32_t>& equations) const;
    void checkTensorSize(TensorId tensor, const std::vector<std::uint32_t>& equations) const;
    [[nodiscard]] bool keepsAllSlices(const std::vector<TensorId>& tensors) const;
    /// The equations that read virtual tensors of a recursion at the step under way, and their strata; nothing when
    /// some reader needs a slice later.
    [[nodiscard]] std::vector<dense::Follower> followersOf(const Stratum& stratum, const dense::SlicePlan& plan,
                                                           std::set<std::uint32_t>& strata);
    [[nodiscard]] std::optional<dense::Follower> followerOf(const Stratum& reader, const Stratum& stratum,
                                                            const dense::SlicePlan& plan);
    [[nodiscard]] bool runAhead(TensorId tensor, const Stratum& stratum);
    [[nodiscard]] double aliveBytes() const { return static_cast<double>(m_result->m_store.bytes()); }
    void checkLearningBudget(const Learning& learning,
                             const std::vector<std::unique_ptr<dense::Component>>& components) const;
    void refuseBatchArithmetic(const Learning& learning, const std::vector<std::uint32_t>& path) const;

    // evaluate_learning.cpp
    void learn();
    [[nodiscard]] std::vector<bool> dependsOnLearned() const;
    void learnOne(const Learning& learning, const std::vector<std::uint32_t>& path);
    [[nodiscard]] LearningState stateOfLearning(std::uint32_t number, std::int64_t step,
                                                const std::vector<TensorId>& learned,
                                                const std::vector<at::Tensor>& parameters,
                                                const dense::Optimiser& optimiser,
                                                const dense::BatchOrder& order) const;
    /// False when the state is of another program; then nothing is changed.
    [[nodiscard]] bool restoreLearning(const LearningState& state, const std::vector<TensorId>& learned,
                                       std::vector<at::Tensor>& parameters, dense::Optimiser& optimiser,
                                       dense::BatchOrder& order) const;
    [[nodiscard]] std::vector<std::unique_ptr<dense::Component>> compilePath(const std::vector<std::uint32_t>& path,
                                                                             dense::Store& store,
                                                                             const std::set<TensorId>& changing,
                                                                             const dense::BatchStore* batch);

    // evaluate_backward.cpp
    void runBackward();
    void ensure(std::uint32_t index);
    void prepareDemand(std::uint32_t index);
    void demandTuples(const Query& query, std::uint32_t stratum);
    [[nodiscard]] bool demandCells(const Query& query, std::uint32_t stratum);
    void forEachRead(const Stratum& stratum, const std::function<void(TensorId)>& visit) const;

    // evaluate_naive.cpp
    [[nodiscard]] bool runNaiveDense(const Stratum& stratum, std::uint32_t index);

    /// What the tuple engine says goes to the observer, and its choices into the result.
    class EngineObserver final : public Observer {
      public:
        explicit EngineObserver(Evaluator& evaluator) : m_evaluator(evaluator) {}
        void onRound(const RoundReport& report) override {
            if (m_evaluator.m_observer != nullptr) m_evaluator.m_observer->onRound(report);
        }
        void onChoice(const Choice& choice) override {
            m_evaluator.m_result->m_choices.push_back(choice);
            if (m_evaluator.m_observer != nullptr) m_evaluator.m_observer->onChoice(choice);
        }

      private:
        Evaluator& m_evaluator;
    };

    std::shared_ptr<Program> m_program;
    EvaluateOptions m_options;
    Observer* m_observer;
    EngineObserver m_engineObserver{*this};
    std::shared_ptr<EvaluationResult> m_result;
    dense::Frame m_frame;
    Diagnostics m_diagnostics;
    std::vector<RoundReport> m_denseRounds;
    bool m_wasCancelled = false;
    std::set<std::uint32_t> m_followed; ///< strata that ran inside the loop of another, or ahead
    std::set<std::uint32_t> m_settled;  ///< rules between learned tensors and a loss: computed once, before learning
    // Of backward chaining, one entry a stratum.
    std::vector<bool> m_isDone, m_isPrepared;
    std::vector<std::vector<std::uint32_t>> m_needs;
};

} // namespace vitrine::tl
