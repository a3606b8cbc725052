// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/experiments/digitdata.hpp"
#include "core/methods/tensor_logic/experiments/support.hpp"
#include "core/methods/tensor_logic/programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

/// Experiment E (digest 6.6): digits learned through the rule of addition, from sums alone.
namespace vitrine::tl {

namespace {

constexpr std::int64_t TestPairs = 1000, SmallPairs = 300, Pixels = DigitPixels;

struct Weights {
    std::vector<std::pair<std::string, TensorSnapshot>> tensors;
};

void giveImages(PreparedProgram& program, const DigitPairs& data, bool isRule) {
    if (isRule)
        program.giveDense("Img", data.images, {data.pairs, 2, Pixels});
    else
        program.giveDense("Img", data.images, {data.pairs, 2 * Pixels});
}

std::vector<double> targetsOf(const DigitPairs& data) {
    std::vector<double> targets(static_cast<std::size_t>(data.pairs) * 19, 0.0);
    for (std::int64_t pair = 0; pair < data.pairs; ++pair)
        targets[static_cast<std::size_t>(pair * 19 + data.sum(pair))] = 1.0;
    return targets;
}

std::vector<double> valuesOf(const TensorSnapshot& snapshot) {
    const auto count = static_cast<std::size_t>(snapshot.elements());
    std::vector<double> values(count);
    for (std::size_t index = 0; index < count; ++index)
        values[index] = snapshot.dtype == DType::Float64 ? snapshot.as<double>()[index]
                                                         : static_cast<double>(snapshot.as<std::int64_t>()[index]);
    return values;
}

/// Share of rows of `scores` [rows, classes] whose largest entry stands at the wanted class.
double accuracy(const TensorSnapshot& scores, const std::function<int(std::int64_t)>& wanted) {
    const std::int64_t classes = scores.shape.back(), rows = scores.elements() / classes;
    const std::vector<double> values = valuesOf(scores);
    std::int64_t right = 0;
    for (std::int64_t row = 0; row < rows; ++row) {
        const auto first = values.begin() + row * classes;
        right += std::max_element(first, first + classes) - first == wanted(row) ? 1 : 0;
    }
    return static_cast<double>(right) / static_cast<double>(rows);
}

class DigitRun {
  public:
    DigitRun(const Config& config, RunContext& context)
        : m_config(config), m_context(context), m_link(context), m_parts(context) {}
    RunOutcome run();

  private:
    /// One network of one seed: what is learned and scored on its own.
    struct Part {
        std::string name; ///< "rule", "rule_small", "direct_small"
        DigitSetting setting;
        bool isRule = false;
        std::int64_t seed = 0, number = 0; ///< of all parts of the run
    };
    Result<Weights> learn(const Part& part);
    Result<Json> partResult(const Part& part, const DigitPairs& test);
    static std::string partName(const Part& part) { return fmt::format("seed {} {}", part.seed, part.name); }
    Result<Json> score(const Weights& weights, bool isRule, const DigitPairs& test);
    Result<Json> seedResult(std::int64_t seed);
    void tell(std::int64_t seed, const Json& result);
    RunOutcome judge(const std::vector<Json>& results);

    const Config& m_config;
    RunContext& m_context;
    RunLink m_link;
    PartStore m_parts;
};

Result<Weights> DigitRun::learn(const Part& part) {
    const DigitSetting& setting = part.setting;
    const bool isRule = part.isRule;
    const DigitPairs data = drawDigitPairs(setting.pairs, m_context.seeds.seed("digits.training", setting.seed));
    const std::string text =
        (isRule ? digitRuleProgram(setting.pairs) : digitDirectProgram(setting.pairs)) + digitLearning(setting);
    Result<PreparedProgram> prepared = PreparedProgram::make("digits", text);
    if (!prepared) return prepared.error();
    giveImages(*prepared, data, isRule);
    prepared->giveDense("Target", targetsOf(data), {setting.pairs, 19});
    m_link.learning = [this, &part](const LearningReport& report) {
        if (part.name == "rule")
            m_context.events.send(Scalar{"loss", part.seed * part.setting.steps + report.step, report.loss});
        m_context.events.send(
            Progress{"learning", static_cast<double>(report.step), static_cast<double>(report.steps), {}});
    };
    EvaluateOptions options = evaluateOptions(m_config, m_context, m_link);
    m_parts.follow(options, partName(part), part.number * setting.steps);
    const Evaluated evaluated = evaluate(prepared->program(), options, &m_link);
    m_link.learning = nullptr;
    if (std::optional<Error> error = firstError(evaluated.diagnostics, prepared->program()->source)) return *error;
    if (m_link.wasStopped() || !evaluated.evaluation) return stopped();
    if (!m_parts.learningStatus()) return m_parts.learningStatus().error();
    Weights weights;
    for (const char* name : {"W1", "B1", "W2", "B2"})
        weights.tensors.emplace_back(name, evaluated.evaluation->dense(prepared->program()->find(name).value()));
    return weights;
}

Result<Json> DigitRun::score(const Weights& weights, bool isRule, const DigitPairs& test) {
    Result<PreparedProgram> prepared =
        PreparedProgram::make("digits", isRule ? digitRuleProgram(test.pairs) : digitDirectProgram(test.pairs));
    if (!prepared) return prepared.error();
    giveImages(*prepared, test, isRule);
    for (const auto& [name, values] : weights.tensors) prepared->giveDense(name, valuesOf(values), values.shape);
    const Evaluated evaluated = evaluate(prepared->program(), evaluateOptions(m_config, m_context, m_link), &m_link);
    if (std::optional<Error> error = firstError(evaluated.diagnostics, prepared->program()->source)) return *error;
    if (m_link.wasStopped() || !evaluated.evaluation) return stopped();
    const Program& program = *prepared->program();
    Json result{{"sum", accuracy(evaluated.evaluation->dense(program.find("SumP").value()),
                                 [&](std::int64_t pair) { return test.sum(pair); })}};
    if (isRule)
        result["digit"] = accuracy(evaluated.evaluation->dense(program.find("P").value()),
                                   [&](std::int64_t image) { return test.digits[static_cast<std::size_t>(image)]; });
    return result;
}

Result<Json> DigitRun::seedResult(std::int64_t seed) {
    const DigitSetting setting = digitSetting(m_config, static_cast<std::uint64_t>(seed));
    DigitSetting small = setting;
    small.pairs = SmallPairs;
    const DigitPairs test =
        drawDigitPairs(TestPairs, m_context.seeds.seed("digits.test", static_cast<std::uint64_t>(seed)));
    Json result = Json::object();
    std::int64_t number = 3 * seed;
    for (const auto& [name, each, isRule] : {std::tuple{"rule", setting, true}, std::tuple{"rule_small", small, true},
                                             std::tuple{"direct_small", small, false}}) {
        const Part part{name, each, isRule, seed, number++};
        if (const Json* known = m_parts.find(partName(part))) {
            result[name] = *known;
            continue;
        }
        if (!m_link.goOn()) return stopped();
        Result<Json> scored = partResult(part, test);
        if (!scored) return scored.error();
        result[name] = *scored;
        if (part.name == "direct_small") tell(seed, result); // before the checkpoint, so that nobody says it again
        if (const Status kept = m_parts.keep(partName(part), *scored, number * setting.steps); !kept)
            return kept.error();
    }
    return result;
}

void DigitRun::tell(std::int64_t seed, const Json& result) {
    m_context.events.send(Scalar{"accuracy", seed + 1, result["rule"]["digit"].get<double>()});
    m_context.events.send(Scalar{"baseline_accuracy", seed + 1, result["direct_small"]["sum"].get<double>()});
}

Result<Json> DigitRun::partResult(const Part& part, const DigitPairs& test) {
    const Result<Weights> weights = learn(part);
    if (!weights) return weights.error();
    return score(*weights, part.isRule, test);
}

RunOutcome DigitRun::run() {
    const std::int64_t seeds = m_config.integer("seeds");
    std::vector<Json> results;
    for (std::int64_t seed = 0; seed < seeds; ++seed) {
        if (!m_link.goOn()) return cancelled();
        Result<Json> result = seedResult(seed);
        if (!result) return m_link.wasStopped() ? cancelled() : failed(result.error());
        results.push_back(*result);
        m_context.events.send(Progress{"seeds", static_cast<double>(seed + 1), static_cast<double>(seeds), {}});
    }
    return judge(results);
}

RunOutcome DigitRun::judge(const std::vector<Json>& results) {
    std::int64_t learned = 0, below = 0;
    Criteria criteria;
    for (std::size_t seed = 0; seed < results.size(); ++seed) {
        const Json& each = results[seed];
        const double digit = each["rule"]["digit"], sum = each["rule"]["sum"], ruleSmall = each["rule_small"]["sum"],
                     direct = each["direct_small"]["sum"];
        learned += digit >= 0.97 ? 1 : 0;
        below += direct < ruleSmall ? 1 : 0;
        criteria.note(fmt::format(
            "Seed {}: digits {:.3f}, sums {:.3f}; with {} pairs: sums through the rule {:.3f}, direct {:.3f}.",
            seed + 1, digit, sum, SmallPairs, ruleSmall, direct));
    }
    const auto count = static_cast<std::int64_t>(results.size()), needed = (4 * count + 4) / 5;
    criteria.require(fmt::format("digit accuracy >= 0.97 within {} steps in at least {} of {} seeds",
                                 m_config.integer("steps"), needed, count),
                     learned >= needed, fmt::format("{} seeds", learned));
    criteria.require(fmt::format("a direct 70-64-19 classifier stays below it at {} pairs in every seed", SmallPairs),
                     below == count, fmt::format("{} of {} seeds", below, count));
    const Status kept = m_context.artifacts.writeArtifact("report", 0, "report.md", "text/markdown",
                                                          criteria.markdown("Digit sums learned through rules"));
    if (!kept) return failed(kept.error());
    RunOutcome outcome;
    outcome.summary = {{"passed", criteria.passed() ? 1.0 : 0.0}, {"seeds_learned", static_cast<double>(learned)}};
    return outcome;
}

} // namespace

RunOutcome runDigits(const Config& config, RunContext& context) {
    return DigitRun(config, context).run();
}

} // namespace vitrine::tl
