// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/methods/tensor_logic/dense/host.hpp"
#include "core/methods/tensor_logic/dense/store.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"
#include "core/methods/tensor_logic/sparse/engine.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace vitrine::tl {

/// Everything that an evaluation left behind, and the views of it. Reading is thread-safe: derived forms are made
/// under a lock.
class EvaluationResult final : public Evaluation {
  public:
    EvaluationResult(std::shared_ptr<Program> source, const EvaluateOptions& options);
    ~EvaluationResult() override;

    // Filled by the evaluator before the result is shared.
    std::shared_ptr<Program> m_program;
    mutable dense::Store m_store; ///< derived forms are made when first looked at
    dense::HostValues m_host;
    std::unique_ptr<sparse::Engine> m_engine;
    std::vector<RoundReport> m_rounds;
    std::vector<Choice> m_choices;
    std::vector<LearningReport> m_learning;
    std::map<TensorId, TensorSnapshot> m_gradients;
    std::map<TensorId, std::vector<std::vector<Cell>>>
        m_demandedRows; ///< of relations in backward mode, sorted by bits
    std::map<TensorId, std::map<dense::Position, dense::Number>> m_demandedCells;
    std::pair<std::uint64_t, std::uint64_t> m_demanded{0, 0};
    bool m_provesAnew = false; ///< rounds were not kept by tuple: proofs come from a semi-naive evaluation on demand
    bool m_isPartial = false;

    [[nodiscard]] const Program& program() const override { return *m_program; }
    [[nodiscard]] bool isPartial() const override { return m_isPartial; }
    [[nodiscard]] bool isTuples(TensorId tensor) const override;
    [[nodiscard]] std::uint64_t rowCount(TensorId tensor) const override;
    [[nodiscard]] std::vector<Row> rows(TensorId tensor, std::uint64_t offset, std::uint64_t count) const override;
    [[nodiscard]] bool contains(TensorId tensor, const std::vector<Cell>& cells) const override;
    void forEachRow(TensorId tensor, const std::function<bool(const Row&)>& visit) const override;
    void forEachMatch(TensorId tensor, const std::vector<Cell>& pattern, std::uint32_t boundMask,
                      const std::function<bool(const Row&)>& visit) const override;
    [[nodiscard]] bool isDense(TensorId tensor) const override;
    [[nodiscard]] std::vector<std::int64_t> shape(TensorId tensor) const override;
    [[nodiscard]] TensorSnapshot dense(TensorId tensor) const override;
    [[nodiscard]] Row cell(TensorId tensor, const std::vector<std::int64_t>& position) const override;
    [[nodiscard]] Tile tile(TensorId tensor, const std::vector<std::int64_t>& prefix, std::int64_t top,
                            std::int64_t left, std::int64_t bottom, std::int64_t right, int height, int width,
                            std::uint32_t throughRound) const override;
    [[nodiscard]] std::optional<Proof> prove(TensorId tensor, const std::vector<Cell>& cells, int maxDepth,
                                             std::stop_token stop) const override;
    [[nodiscard]] std::vector<Term> terms(TensorId tensor, const std::vector<std::int64_t>& position,
                                          std::size_t most) const override;
    [[nodiscard]] const std::vector<RoundReport>& rounds() const override { return m_rounds; }
    [[nodiscard]] const std::vector<Choice>& choices() const override { return m_choices; }
    [[nodiscard]] const std::vector<LearningReport>& learning() const override { return m_learning; }
    [[nodiscard]] std::optional<TensorSnapshot> gradient(TensorId tensor) const override;
    [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> demanded() const override { return m_demanded; }
    [[nodiscard]] std::vector<RulePlan> rulePlans(std::uint32_t rule) const override;
    [[nodiscard]] std::optional<EquationPlan> equationPlan(std::uint32_t equation) const override;

  private:
    /// Rows in printing order, for random access.
    struct Sorted {
        std::vector<Cell> cells;
        std::vector<std::uint32_t> rounds;
        std::vector<std::int64_t> values;
        std::uint64_t rows = 0;
    };
    /// Positions of a relation's tuples in its last two axes, by row, for tiles.
    struct Matrix {
        std::vector<std::uint64_t> starts; ///< [rows + 1]
        std::vector<std::uint32_t> columns, rounds;
    };
    [[nodiscard]] const Sorted& sorted(TensorId tensor) const;
    [[nodiscard]] const Matrix& matrix(TensorId tensor, const std::vector<std::int64_t>& prefix) const;
    [[nodiscard]] bool printsByBits(TensorId tensor) const;
    [[nodiscard]] Row rowOf(TensorId tensor, const Sorted& all, std::uint64_t index) const;
    void fillFromMatrix(Tile& tile, const Matrix& matrix, std::uint32_t throughRound) const;
    void fillFromDense(Tile& tile, TensorId tensor, const std::vector<std::int64_t>& prefix) const;

    EvaluateOptions m_options;
    mutable std::shared_ptr<const Evaluation> m_proofs;
    mutable std::recursive_mutex m_mutex;
    mutable std::map<TensorId, Sorted> m_sorted;
    mutable std::map<std::pair<TensorId, std::vector<std::int64_t>>, Matrix> m_matrices;
};

/// A tensor at rest on the host: Bool for Boolean tensors, else Int64 or Float64.
[[nodiscard]] TensorSnapshot snapshotOf(const at::Tensor& tensor, bool isBoolean);

} // namespace vitrine::tl
