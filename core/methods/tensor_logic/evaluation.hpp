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

/// A subgoal of backward chaining: a relation with some arguments known, or one cell of a numeric tensor.
struct Goal {
    TensorId tensor = NoId;
    std::vector<std::optional<Cell>> pattern; ///< nothing: the argument is asked for
    std::uint32_t round = 0;                  ///< in which it was first called, from 1; of cells 0
    std::uint64_t answers = 0, memoHits = 0;  ///< memo hits: further callers that found its table
    std::optional<double> value;              ///< of a cell
};
/// Goal number `from` calls goal number `to`.
struct GoalCall {
    std::uint32_t from = 0, to = 0;
    bool isFirst = false; ///< the call that made the goal: these calls are a tree
};
struct GoalTree {
    std::vector<Goal> goals; ///< in the order in which they were made; the first is the query
    std::vector<GoalCall> calls;
    std::uint64_t allGoals = 0, allAnswers = 0;
    [[nodiscard]] bool isCut() const { return allGoals > goals.size(); }
};

/// Where learning stands after a complete step: going on from it gives the same numbers as never having stopped.
struct LearningState {
    struct Parameter {
        std::string name;
        TensorSnapshot value, mean, square; ///< and the moments of Adam; no data: none
    };
    std::uint32_t learning = 0; ///< number of the @minimize
    std::int64_t step = 0;      ///< complete steps
    std::vector<Parameter> parameters;
    std::vector<std::int64_t> order; ///< of the minibatches, and the next in it
    std::uint64_t next = 0;
    std::string random;                                  ///< of the order's generator, as the standard writes it
    std::vector<std::pair<std::int64_t, double>> losses; ///< reported so far
};

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
    /// Backward: records the subgoals of the output `onlyOutput`; others are not evaluated.
    GoalTree* goals = nullptr;
    std::size_t mostGoals = 2000;
    std::optional<std::size_t> onlyOutput;
    /// Learning: called after a step when `checkpointSteps` steps or `checkpointSeconds` have passed since the last.
    std::function<void(const LearningState&)> onCheckpoint;
    std::int64_t checkpointSteps = 200;
    double checkpointSeconds = 5;
    std::shared_ptr<const LearningState> resumeLearning; ///< of one learning; those before it must be settled
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

/// One step of the order in which a rule's literals are joined.
struct JoinStep {
    std::string kind;             ///< "scan", "join", "domain", "exists", "member", "test", "compute", "define"
    std::uint32_t literal = NoId; ///< number of an atom or a comparison of the rule; NoId: of the head or a check
    bool isComparison = false;
    TensorId relation = NoId;
    std::vector<std::uint32_t> bound; ///< columns that are known before: the key of the index
    bool isDelta = false, isNegated = false;
    double fanOut = 1, estimated = 1;    ///< rows expected for one binding, and after the step
    std::optional<std::uint64_t> joined; ///< rows after the step, over all its runs; nothing: never run or not counted
};
/// An order that an engine used, or would use, for one rule.
struct RulePlan {
    std::uint32_t rule = NoId, delta = NoId; ///< the atom that reads the newest tuples only; NoId: none
    std::string engine;                      ///< "tuples", "rows"
    std::vector<JoinStep> steps;
    std::uint64_t runs = 0; ///< 0: an estimate
};

/// One product of an equation as pairwise contractions.
struct Contraction {
    struct Tensor {
        std::string text; ///< of an operand: as written
        std::vector<std::string> indices;
        std::vector<std::int64_t> shape;
        double cells = 1, flops = 0;
    };
    std::vector<Tensor> tensors;                            ///< the operands, then one a step; the last is the result
    std::vector<std::pair<std::size_t, std::size_t>> steps; ///< of tensors; none: one operand, perhaps summed
    std::size_t operands = 0;
    std::string einsum;                 ///< "ij,jk->ik"; letters for the indices in order of appearance
    double flops = 0, writtenFlops = 0; ///< in the chosen order, and in the order as written
    TensorId tuples = NoId;             ///< a relation that is walked by its tuples instead of as a matrix
};
struct EquationPlan {
    std::uint32_t equation = NoId;
    std::vector<Contraction> products; ///< innermost first
    double flops = 0;                  ///< multiplications, additions and function values of one evaluation
    double peakBytes = 0;              ///< of what it makes, while it makes it; its inputs are not counted
    double inputBytes = 0, resultBytes = 0;
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
    /// The orders in which a rule was joined; of one that never ran, the order by the sizes known now.
    [[nodiscard]] virtual std::vector<RulePlan> rulePlans(std::uint32_t /*rule*/) const { return {}; }
    /// How an equation is contracted for the sizes known now; nothing when something that it reads has no size yet.
    [[nodiscard]] virtual std::optional<EquationPlan> equationPlan(std::uint32_t /*equation*/) const {
        return std::nullopt;
    }
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
