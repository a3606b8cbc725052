// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/randomwalk/randomwalk.hpp"

#include "core/base/files.hpp"
#include "core/base/rng.hpp"

#include <chrono>
#include <cmath>
#include <stdexcept>
#include <thread>

namespace vitrine::test {

namespace {

ParamSpec number(const char* id, ParamKind kind, Json value, Range range, const char* unit, const char* label,
                 const char* help) {
    ParamSpec spec;
    spec.id = id;
    spec.kind = kind;
    spec.defaultValue = std::move(value);
    spec.range = range;
    spec.unit = unit;
    spec.group = "Walk";
    spec.label = label;
    spec.help = help;
    spec.source = "inferred";
    return spec;
}

Preset preset(const char* scale, const char* label, int steps, double pauseMs) {
    return {std::string(scale) + ".walk",
            scale,
            label,
            "A walk of +1 and -1",
            {{"steps", steps}, {"pause_ms", pauseMs}},
            "cpu"};
}

ExperimentDescriptor describe() {
    ExperimentDescriptor walk;
    walk.id = "random_walk";
    walk.group = RoomGroup::Know;
    walk.title = "Random walk";
    walk.summary = "A sum of coin tosses, to try the machinery with";
    walk.citation = "K. Pearson, The problem of the random walk, Nature 72, 1905";
    walk.citationUrl = "https://doi.org/10.1038/072294b0";
    walk.params = {number("steps", ParamKind::Int, 1000, {1, 10'000'000, 0, Scale::Log}, "steps", "Steps",
                          "How many coins are tossed"),
                   number("checkpoint_every", ParamKind::Int, 100, {1, 10'000'000, 0, Scale::Log}, "steps",
                          "Checkpoint every", "Steps between two checkpoints"),
                   number("pause_ms", ParamKind::Real, 0.0, {0, 1000}, "ms", "Pause", "Time that each step takes"),
                   number("fail_at", ParamKind::Int, 0, {0, 10'000'000}, "steps", "Fail at",
                          "The step at which the run fails on purpose; 0: never")};
    MetricSpec position{"position", "", Better::None, Scale::Linear, "Position", "The sum so far", "step", ""};
    walk.metrics = {position};
    walk.artifacts = {{"summary", "text", "text/plain", "Where the walk ended"}};
    walk.presets = {preset("lesson", "Short walk", 200, 1), preset("study", "Long walk", 20'000, 0),
                    preset("gpu", "Longer walk", 50'000, 0), preset("full", "Very long walk", 200'000, 0)};
    walk.caps.gpu = false;
    return walk;
}

class RandomWalk : public Method {
  public:
    [[nodiscard]] const ExperimentDescriptor& descriptor() const override {
        static const ExperimentDescriptor walk = describe();
        return walk;
    }
    [[nodiscard]] Validation validate(const Config& config) const override {
        return checkAgainst(descriptor().params, config);
    }
    [[nodiscard]] ResourceEstimate estimate(const Config& config, const DeviceInfo&) const override {
        ResourceEstimate estimate;
        const auto steps = static_cast<double>(config.integer("steps"));
        estimate.seconds = steps * (config.real("pause_ms") / 1000 + 10e-6);
        estimate.memoryBytes = 12 << 20; // the process itself
        estimate.diskBytes = static_cast<std::int64_t>(steps) * 80;
        return estimate;
    }
};

/// Everything that the next step depends on.
struct WalkState {
    std::int64_t step = 0, position = 0;
    std::uint64_t generator = 0;

    [[nodiscard]] std::string write() const {
        return writeJsonLine({{"step", step}, {"position", position}, {"generator", generator}});
    }
    static WalkState read(const std::filesystem::path& file) {
        const Result<std::string> text = readFile(file, 4096);
        const Result<Json> json = text ? parseJson(*text) : Result<Json>(text.error());
        if (!json) throw std::runtime_error(toText(json.error()));
        return {json->at("step").get<std::int64_t>(), json->at("position").get<std::int64_t>(),
                json->at("generator").get<std::uint64_t>()};
    }
    void advance() {
        Lcg coin(generator);
        generator = coin.nextState();
        position += (generator >> 63U) != 0 ? 1 : -1;
        ++step;
    }
};

void waitFor(double ms, const std::stop_token& stop) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double, std::milli>(ms);
    while (!stop.stop_requested() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::min<std::chrono::duration<double, std::milli>>(
            std::chrono::duration<double, std::milli>(10), end - std::chrono::steady_clock::now()));
}

class WalkExperiment : public Experiment {
  public:
    RunOutcome run(const Config& config, RunContext& context) override {
        WalkState walk{0, 0, context.seeds.seed("walk")};
        if (context.resumeFrom) walk = WalkState::read(context.resumeFrom->file);
        const std::int64_t steps = config.integer("steps"), every = config.integer("checkpoint_every");
        const std::int64_t failAt = config.integer("fail_at");
        while (walk.step < steps) {
            if (!context.goOn()) return {RunState::Cancelled, {{"position", static_cast<double>(walk.position)}}, {}};
            walk.advance();
            context.events.send(Scalar{"position", walk.step, static_cast<double>(walk.position)});
            context.events.send(Progress{"walk", static_cast<double>(walk.step), static_cast<double>(steps), {}});
            if (walk.step % every == 0)
                if (Status saved = context.artifacts.writeCheckpoint(walk.step, walk.write());
                    !saved && !context.stop.stop_requested())
                    return {RunState::Failed, {}, saved.error()};
            if (walk.step == failAt) throw std::runtime_error("asked to fail");
            if (const double pause = config.real("pause_ms"); pause > 0) waitFor(pause, context.stop);
        }
        static_cast<void>(context.artifacts.writeArtifact("summary", walk.step, "summary.txt", "text/plain",
                                                          "ended at " + std::to_string(walk.position) + "\n"));
        return {RunState::Completed, {{"position", static_cast<double>(walk.position)}}, {}};
    }
};

class WalkFactory : public MethodFactory {
  public:
    [[nodiscard]] std::string id() const override { return "random_walk"; }
    [[nodiscard]] std::unique_ptr<Experiment> makeExperiment() const override {
        return std::make_unique<WalkExperiment>();
    }
    [[nodiscard]] std::unique_ptr<Session> makeSession(Session::Sink) const override { return nullptr; }
};

} // namespace

std::unique_ptr<Method> makeRandomWalk() {
    return std::make_unique<RandomWalk>();
}

const MethodFactory& randomWalkFactory() {
    static const WalkFactory factory;
    return factory;
}

} // namespace vitrine::test
