// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/experiment.hpp"
#include "core/methods/tensor_logic/checker.hpp"
#include "core/methods/tensor_logic/evaluation.hpp"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

/// What the experiments of the room share: running a program inside a run, and criteria.
namespace vitrine::tl {

/// Lets a run watch, pause and stop an evaluation: every report asks the run whether to go on.
class RunLink final : public Observer {
  public:
    explicit RunLink(RunContext& context);
    [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }
    [[nodiscard]] bool wasStopped() const { return m_source.stop_requested(); }
    /// Blocks while the run is paused; false when it should end.
    bool goOn();

    void onRound(const RoundReport& report) override;
    void onLearning(const LearningReport& report) override;
    void onSweep(std::int64_t sweep, double residual) override;
    void onProgress(const std::string& phase, double done, double total) override;

    std::function<void(const RoundReport&)> rounds;
    std::function<void(const LearningReport&)> learning;

  private:
    RunContext& m_context;
    std::stop_source m_source;
    std::stop_callback<std::function<void()>> m_forward;
};

[[nodiscard]] EvaluateOptions evaluateOptions(const Config& config, const RunContext& context, const RunLink& link);

/// A program whose data is put in by code: checks the text, then takes rows for declared tensors.
class PreparedProgram {
  public:
    /// \errors VIT-TL-001 with the first diagnostic rendered; programs of our own never fail.
    [[nodiscard]] static Result<PreparedProgram> make(const std::string& name, const std::string& text);
    [[nodiscard]] std::shared_ptr<Program> program() const { return m_program; }
    /// \param cells rows * arity of a relation declared `bool`
    void giveTuples(const std::string& tensor, std::vector<Cell> cells);
    /// \param values every cell of a declared numeric tensor, row-major
    void giveDense(const std::string& tensor, const std::vector<double>& values,
                   const std::vector<std::int64_t>& shape);

  private:
    std::shared_ptr<Program> m_program;
};

/// Error of the first diagnostic that is one; nothing when there is none.
[[nodiscard]] std::optional<Error> firstError(const Diagnostics& diagnostics, const Source& source);

/// The criteria of a reproduction, printed as pass or fail.
class Criteria {
  public:
    void require(const std::string& what, bool passed, const std::string& seen);
    void note(const std::string& text);
    [[nodiscard]] bool passed() const;
    [[nodiscard]] std::string markdown(const std::string& title) const;

  private:
    struct Line {
        std::string what, seen;
        bool passed;
    };
    std::vector<Line> m_lines;
    std::vector<std::string> m_notes;
};

/// The checkpoints of a run that is made of parts: the results of those that are done, and where the learning of the
/// part under way stands. One line of JSON, then the numbers of the parameters as they lie in memory.
class PartStore {
  public:
    explicit PartStore(RunContext& context);
    [[nodiscard]] const Json* find(const std::string& part) const;
    /// Keeps the result and writes a checkpoint. \errors those of the artefact store
    /// \param step  of the whole run; grows from call to call
    [[nodiscard]] Status keep(const std::string& part, Json result, std::int64_t step);

    /// Has an evaluation save its learning here, as part `part`, and go on from what an earlier attempt saved of it.
    /// \param firstStep  steps of the run before this learning
    void follow(EvaluateOptions& options, const std::string& part, std::int64_t firstStep);
    /// Of the checkpoints that were written while learning: the run cannot go on without them.
    [[nodiscard]] const Status& learningStatus() const { return m_learningStatus; }

  private:
    [[nodiscard]] Status write(std::int64_t step, const std::string& part, const LearningState* learning);
    void read(const std::string& text);

    RunContext& m_context;
    Json m_parts = Json::object();
    std::string m_learningPart;
    std::shared_ptr<const LearningState> m_learning;
    Status m_learningStatus;
};

/// What a computation returns that was stopped: never shown as an error.
[[nodiscard]] Error stopped();
[[nodiscard]] RunOutcome failed(Error error);
[[nodiscard]] RunOutcome cancelled();

RunOutcome runProgram(const Config& config, RunContext& context);
RunOutcome runClosures(const Config& config, RunContext& context);
RunOutcome runDigits(const Config& config, RunContext& context);
RunOutcome runTransformer(const Config& config, RunContext& context);

} // namespace vitrine::tl
