// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/values.hpp"
#include "core/methods/tensor_logic/program.hpp"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace vitrine::tl {

/// How relations are computed. Automatic picks per stratum and says why.
enum class Engine { Automatic, SemiNaive, BySource, Naive, NaiveDense };

struct EvaluateOptions {
    Engine engine = Engine::Automatic;
    std::optional<Mode> mode; ///< overrides @mode
    Device device;
    int threads = 1;                       ///< of the sparse engine
    std::int64_t memoryBudget = 4LL << 30; ///< bytes for tuples and tensors
    std::int64_t maxRounds = 100000;
    std::int64_t maxTuples = 1000000000;
    std::int64_t sparseCells = 1LL << 26; ///< dense size above which counts are stored sparsely
    std::stop_token stop;
    bool keepRounds = true;         ///< false: proofs and the stepper are not available, memory is less
    bool singlePrecision = false;   ///< float32 (the default on a GPU)
    std::uint64_t seedOverride = 0; ///< non-zero: instead of @seed
};

/// One non-empty delta of one relation.
struct RoundReport {
    std::uint32_t stratum = 0, round = 0; ///< rounds from 1 (the base facts)
    TensorId relation = NoId;
    std::uint64_t delta = 0, total = 0, joinedRows = 0;
    double seconds = 0;
    std::int64_t bytes = 0; ///< of the tuple sets now
    std::string engine;     ///< "semi-naive", "by source", ...
};

struct LearningReport {
    std::int64_t step = 0, steps = 0;
    double loss = 0, seconds = 0;
    std::vector<std::pair<TensorId, double>> gradientNorms;
};

/// Why an engine or a storage was chosen: a message id with arguments, for people.
struct Choice {
    std::uint32_t stratum = 0;
    TensorId tensor = NoId;
    std::string what; ///< "by source", "tuples", "dense", "sparse counts", "slice loop", "by element"
    std::string reason;
    std::vector<std::string> arguments;
};

/// Hears of progress on the evaluating thread. Returning false from onRound or onLearning pauses nothing: use stop.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void onRound(const RoundReport&) {}
    virtual void onLearning(const LearningReport&) {}
    virtual void onSweep(std::int64_t /*sweep*/, double /*residual*/) {}
    virtual void onProgress(const std::string& /*phase*/, double /*done*/, double /*total*/) {}
    virtual void onChoice(const Choice&) {}
};

/// A tuple or a cell of a numeric tensor with its round.
struct Row {
    std::vector<Cell> cells;
    std::uint32_t round = 0; ///< 0: not known
    double value = 1;        ///< of a numeric tensor
    std::int64_t integer = 1;
    bool isInteger = true;
};

/// A proof tree: a tuple, the rule that first derived it (minimal round) and the proofs of its body.
struct Proof {
    TensorId relation = NoId;
    std::vector<Cell> cells;
    std::uint32_t round = 0;
    std::uint32_t rule = NoId;      ///< NoId: a fact
    std::uint32_t statement = NoId; ///< of the rule or fact
    std::vector<Proof> body;        ///< positive atoms; negated ones and comparisons are in `conditions`
    std::vector<std::string> conditions;
    bool isCut = false; ///< depth limit
};

/// The terms of the sum of one numeric cell, by magnitude.
struct Term {
    double value = 0;
    std::string text; ///< "W[2] X[2] = 0.5 * 3"
};

/// The result: immutable, shared between threads.
class Evaluation {
  public:
    virtual ~Evaluation() = default;
    [[nodiscard]] virtual const Program& program() const = 0;
    [[nodiscard]] virtual bool isPartial() const = 0; ///< cancelled or refused: the last complete round is here

    // Tuples of a relation or stored cells of a sparse tensor, in printing order.
    [[nodiscard]] virtual bool isTuples(TensorId) const = 0;
    [[nodiscard]] virtual std::uint64_t rowCount(TensorId) const = 0;
    [[nodiscard]] virtual std::vector<Row> rows(TensorId, std::uint64_t offset, std::uint64_t count) const = 0;
    [[nodiscard]] virtual bool contains(TensorId, const std::vector<Cell>&) const = 0;
    /// Streams every row in printing order until `visit` returns false.
    virtual void forEachRow(TensorId, const std::function<bool(const Row&)>& visit) const = 0;
    /// Streams, in any order, the rows whose columns with a bit in `boundMask` (column k: bit k) equal those of
    /// `pattern`, until `visit` returns false. Rows are not sorted for it.
    virtual void forEachMatch(TensorId, const std::vector<Cell>& pattern, std::uint32_t boundMask,
                              const std::function<bool(const Row&)>& visit) const;

    // Dense tensors.
    [[nodiscard]] virtual bool isDense(TensorId) const = 0;
    [[nodiscard]] virtual std::vector<std::int64_t> shape(TensorId) const = 0; ///< of the axes' domains
    [[nodiscard]] virtual TensorSnapshot dense(TensorId) const = 0;            ///< Bool, Int64 or Float64
    [[nodiscard]] virtual Row cell(TensorId, const std::vector<std::int64_t>& position) const = 0;

    // Views.
    /// Counts (relations) or means (numbers) of an h x w grid of boxes that cover [top, bottom) x [left, right) of the
    /// matrix of the last two axes (others fixed to `prefix`); for relations the highest round in each box too.
    struct Tile {
        std::int64_t top = 0, left = 0, bottom = 0, right = 0;
        int height = 0, width = 0;
        std::vector<float> values;
        std::vector<std::uint32_t> rounds;
    };
    [[nodiscard]] virtual Tile tile(TensorId, const std::vector<std::int64_t>& prefix, std::int64_t top,
                                    std::int64_t left, std::int64_t bottom, std::int64_t right, int height, int width,
                                    std::uint32_t throughRound) const = 0;
    [[nodiscard]] virtual std::optional<Proof> prove(TensorId, const std::vector<Cell>&, int maxDepth,
                                                     std::stop_token) const = 0;
    [[nodiscard]] virtual std::vector<Term> terms(TensorId, const std::vector<std::int64_t>& position,
                                                  std::size_t most) const = 0;
    [[nodiscard]] virtual const std::vector<RoundReport>& rounds() const = 0;
    [[nodiscard]] virtual const std::vector<Choice>& choices() const = 0;
    [[nodiscard]] virtual const std::vector<LearningReport>& learning() const = 0;
    /// Gradient of the loss with respect to a learned tensor at the last step, or nothing.
    [[nodiscard]] virtual std::optional<TensorSnapshot> gradient(TensorId) const = 0;
    /// Subgoals and tuples demanded by backward chaining (0 in forward mode).
    [[nodiscard]] virtual std::pair<std::uint64_t, std::uint64_t> demanded() const = 0;
};

[[nodiscard]] bool matches(const std::vector<Cell>& cells, const std::vector<Cell>& pattern, std::uint32_t boundMask);

struct Evaluated {
    std::shared_ptr<const Evaluation> evaluation; ///< null when nothing could be computed
    Diagnostics diagnostics;                      ///< run-time errors and warnings
    bool wasCancelled = false;
};

/// Runs a checked program without errors: facts and files, learning, then everything that queries need (all of it in
/// forward mode). \errors as diagnostics: E-LIMIT, E-DIV0, E-MATH, E-CYCLE, E-TYPE, ...
[[nodiscard]] Evaluated evaluate(std::shared_ptr<Program> program, const EvaluateOptions& options,
                                 Observer* observer = nullptr);

} // namespace vitrine::tl
