// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/experiments/support.hpp"
#include "core/methods/tensor_logic/experiments/transformermodel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

/// Experiment F (digest 6.7): a transformer written as equations learns to copy.
namespace vitrine::tl {

namespace {

constexpr std::int64_t TestSequences = 256;

using WeightMap = std::map<std::string, TensorSnapshot>;

double relativeDifference(const TensorSnapshot& a, const TensorSnapshot& b) {
    double largest = 0, scale = 1e-12;
    for (std::int64_t index = 0; index < a.elements(); ++index) {
        largest = std::max(largest, std::abs(a.as<double>()[index] - b.as<double>()[index]));
        scale = std::max(scale, std::abs(b.as<double>()[index]));
    }
    return largest / scale;
}

class TransformerRun {
  public:
    TransformerRun(const Config& config, RunContext& context)
        : m_config(config), m_context(context), m_link(context), m_parts(context), m_sizes(transformerSizes(config)) {}
    RunOutcome run();

  private:
    /// \param learningSeed  -1: nothing that is saved is learned
    Result<std::shared_ptr<const Evaluation>> evaluateProgram(PreparedProgram& program, bool isExact,
                                                              std::int64_t learningSeed = -1);
    Result<WeightMap> learn(std::int64_t seed);
    Result<double> copyAccuracy(const WeightMap& weights, std::int64_t seed);
    Result<Json> seedResult(std::int64_t seed);
    Result<Json> compareWithHand();
    RunOutcome judge(const Json& comparison, const std::vector<Json>& results);

    const Config& m_config;
    RunContext& m_context;
    RunLink m_link;
    PartStore m_parts;
    TransformerSizes m_sizes;
};

Result<std::shared_ptr<const Evaluation>> TransformerRun::evaluateProgram(PreparedProgram& program, bool isExact,
                                                                          std::int64_t learningSeed) {
    EvaluateOptions options = evaluateOptions(m_config, m_context, m_link);
    if (isExact) options.device = Device{};
    if (isExact) options.singlePrecision = false;
    if (learningSeed >= 0)
        m_parts.follow(options, fmt::format("seed {}", learningSeed), learningSeed * m_config.integer("steps"));
    const Evaluated evaluated = evaluate(program.program(), options, &m_link);
    if (std::optional<Error> error = firstError(evaluated.diagnostics, program.program()->source)) return *error;
    if (m_link.wasStopped() || !evaluated.evaluation) return stopped();
    if (!m_parts.learningStatus()) return m_parts.learningStatus().error();
    return evaluated.evaluation;
}

Result<WeightMap> TransformerRun::learn(std::int64_t seed) {
    TransformerSizes sizes = m_sizes;
    sizes.sequences = TransformerSequences;
    const std::int64_t steps = m_config.integer("steps");
    const std::string text = transformerProgram(sizes) + transformerLoss(sizes.copied) +
                             transformerLearning(transformerSetting(m_config, static_cast<std::uint64_t>(seed)));
    Result<PreparedProgram> prepared = PreparedProgram::make("transformer", text);
    if (!prepared) return prepared.error();
    CopyTask task = drawCopyTask(sizes, m_context.seeds.seed("transformer.training", static_cast<std::uint64_t>(seed)));
    prepared->giveTuples("X", std::move(task.inputs));
    prepared->giveTuples("T", std::move(task.targets));
    m_link.learning = [this, seed, steps](const LearningReport& report) {
        m_context.events.send(Scalar{"loss", seed * steps + report.step, report.loss});
        m_context.events.send(
            Progress{"learning", static_cast<double>(report.step), static_cast<double>(report.steps), {}});
    };
    const Result<std::shared_ptr<const Evaluation>> evaluation = evaluateProgram(*prepared, false, seed);
    m_link.learning = nullptr;
    if (!evaluation) return evaluation.error();
    WeightMap weights;
    for (const auto& [name, shape] : transformerWeights(sizes))
        weights[name] = (*evaluation)->dense(prepared->program()->find(name).value());
    return weights;
}

std::vector<double> valuesOf(const TensorSnapshot& snapshot) {
    return {snapshot.as<double>(), snapshot.as<double>() + snapshot.elements()};
}

Result<double> TransformerRun::copyAccuracy(const WeightMap& weights, std::int64_t seed) {
    TransformerSizes sizes = m_sizes;
    sizes.sequences = TestSequences;
    Result<PreparedProgram> prepared = PreparedProgram::make("transformer", transformerProgram(sizes));
    if (!prepared) return prepared.error();
    CopyTask task = drawCopyTask(sizes, m_context.seeds.seed("transformer.test", static_cast<std::uint64_t>(seed)));
    prepared->giveTuples("X", task.inputs);
    for (const auto& [name, values] : weights) prepared->giveDense(name, valuesOf(values), values.shape);
    const Result<std::shared_ptr<const Evaluation>> evaluation = evaluateProgram(*prepared, false);
    if (!evaluation) return evaluation.error();
    const std::vector<double> scores = valuesOf((*evaluation)->dense(prepared->program()->find("Y").value()));
    std::int64_t right = 0;
    for (std::size_t at = 0; at < task.targets.size(); at += 3) {
        const auto row =
            static_cast<std::ptrdiff_t>(task.targets[at] * static_cast<Cell>(sizes.length()) + task.targets[at + 1]);
        const auto first = scores.begin() + row * sizes.vocabulary;
        right += std::max_element(first, first + sizes.vocabulary) - first ==
                         static_cast<std::ptrdiff_t>(task.targets[at + 2])
                     ? 1
                     : 0;
    }
    return static_cast<double>(right) / static_cast<double>(task.targets.size() / 3);
}

/// Loss and gradients of the program at its initial weights against the model by hand, in double precision.
Result<Json> TransformerRun::compareWithHand() {
    // A learning rate this small leaves the weights where they are, to the last bit that is compared.
    const std::string text = transformerProgram(m_sizes) + transformerLoss(m_sizes.copied) +
                             "@seed 1\n@minimize Loss lr=1e-300 steps=1 optimizer=sgd\n";
    Result<PreparedProgram> prepared = PreparedProgram::make("transformer", text);
    if (!prepared) return prepared.error();
    const CopyTask task = drawCopyTask(m_sizes, 1);
    prepared->giveTuples("X", task.inputs);
    prepared->giveTuples("T", task.targets);
    const Result<std::shared_ptr<const Evaluation>> evaluation = evaluateProgram(*prepared, true);
    if (!evaluation) return evaluation.error();
    const Program& program = *prepared->program();
    WeightMap weights;
    for (const auto& [name, shape] : transformerWeights(m_sizes))
        weights[name] = (*evaluation)->dense(program.find(name).value());
    const TransformerOutcome byHand = transformerByHand(m_sizes, task, weights);
    double gradient = 0;
    for (const auto& [name, values] : byHand.gradients)
        gradient =
            std::max(gradient, relativeDifference((*evaluation)->gradient(program.find(name).value()).value(), values));
    return Json{{"forward", std::abs((*evaluation)->learning().front().loss - byHand.loss) / std::abs(byHand.loss)},
                {"gradient", gradient}};
}

Result<Json> TransformerRun::seedResult(std::int64_t seed) {
    Result<WeightMap> weights = learn(seed);
    if (!weights) return weights.error();
    const Result<double> accuracy = copyAccuracy(*weights, seed);
    if (!accuracy) return accuracy.error();
    return Json{{"accuracy", *accuracy}};
}

RunOutcome TransformerRun::run() {
    const Result<Json> comparison = compareWithHand();
    if (!comparison) return m_link.wasStopped() ? cancelled() : failed(comparison.error());
    const std::int64_t seeds = m_config.integer("seeds");
    std::vector<Json> results;
    for (std::int64_t seed = 0; seed < seeds; ++seed) {
        const std::string part = fmt::format("seed {}", seed);
        if (const Json* known = m_parts.find(part)) {
            results.push_back(*known);
            continue;
        }
        if (!m_link.goOn()) return cancelled();
        Result<Json> result = seedResult(seed);
        if (!result) return m_link.wasStopped() ? cancelled() : failed(result.error());
        results.push_back(*result);
        m_context.events.send(Scalar{"accuracy", seed + 1, (*result)["accuracy"].get<double>()});
        m_context.events.send(Progress{"seeds", static_cast<double>(seed + 1), static_cast<double>(seeds), {}});
        if (const Status kept = m_parts.keep(part, *result, (seed + 1) * m_config.integer("steps")); !kept)
            return failed(kept.error());
    }
    return judge(*comparison, results);
}

RunOutcome TransformerRun::judge(const Json& comparison, const std::vector<Json>& results) {
    Criteria criteria;
    const double forward = comparison["forward"], gradient = comparison["gradient"];
    criteria.require("forward equals the model by hand to 1e-5", forward <= 1e-5,
                     fmt::format("relative difference {:.2g}", forward));
    criteria.require("gradients equal it to 1e-4", gradient <= 1e-4,
                     fmt::format("relative difference {:.2g}", gradient));
    std::string seen;
    bool all = true;
    for (const Json& each : results) {
        const double accuracy = each["accuracy"];
        all = all && accuracy >= 0.95;
        seen += fmt::format("{}{:.3f}", seen.empty() ? "" : ", ", accuracy);
    }
    criteria.require(fmt::format("copy accuracy >= 0.95 after {} steps in every seed", m_config.integer("steps")), all,
                     seen);
    const Status kept = m_context.artifacts.writeArtifact("report", 0, "report.md", "text/markdown",
                                                          criteria.markdown("A transformer written as equations"));
    if (!kept) return failed(kept.error());
    RunOutcome outcome;
    outcome.summary = {
        {"passed", criteria.passed() ? 1.0 : 0.0}, {"forward_difference", forward}, {"gradient_difference", gradient}};
    return outcome;
}

} // namespace

RunOutcome runTransformer(const Config& config, RunContext& context) {
    return TransformerRun(config, context).run();
}

} // namespace vitrine::tl
