// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/methodtests.hpp"

#include "core/base/ids.hpp"
#include "core/runner/attempt.hpp"
#include "core/runner/runner.hpp"
#include "core/store/observe.hpp"
#include "tests/support/testlog.hpp"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <ctime>
#include <fstream>
#include <map>
#include <set>

namespace vitrine::test {

namespace fs = std::filesystem;

namespace {

using Point = std::pair<std::string, std::int64_t>; // metric, step

bool isSnakeCase(const std::string& id) {
    return !id.empty() && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool isNumber(const ParamSpec& spec) {
    return spec.kind == ParamKind::Int || spec.kind == ParamKind::Real || spec.kind == ParamKind::IntList;
}

std::string hex(double value) {
    return std::to_string(std::bit_cast<std::uint64_t>(value));
}

} // namespace

/// What one attempt said.
struct MethodTests::Seen {
    std::vector<Event> events;
    RunOutcome outcome;

    [[nodiscard]] std::vector<Scalar> scalars() const {
        std::vector<Scalar> list;
        for (const Event& event : events)
            if (const auto* scalar = std::get_if<Scalar>(&event.body)) list.push_back(*scalar);
        return list;
    }
};

Config MethodTests::quickConfig() const {
    for (const Preset& preset : method().descriptor().presets)
        if (preset.scale == "lesson") return *configOfPreset(method().descriptor(), preset.id);
    return {};
}

std::vector<std::pair<std::string, Config>> MethodTests::measuredConfigs() const {
    return {{"quick", quickConfig()}};
}

bool MethodTests::isRepeatable(const MetricSpec& metric) const {
    static const std::set<std::string> timed{"s", "ms", "us", "ns", "1/s", "MiB", "GiB", "bytes"};
    return !timed.contains(metric.unit) && metric.unit.find("/s") == std::string::npos;
}

void MethodTests::init() {
    failOnWarnings();
}

MethodTests::Seen MethodTests::runOnce(const Config& config, const fs::path& folder, int stopAfterScalars) const {
    Seen seen;
    std::error_code problem;
    if (!fs::exists(folder / "config.json", problem))
        static_cast<void>(store::RunDirectory::create(folder, newUuid(), config));
    int scalars = 0;
    std::atomic<bool> stop{false};
    runner::AttemptSetup setup;
    setup.experiment = factory().makeExperiment();
    setup.device.threads = 1;
    setup.resume = true;
    setup.tap = [&](const Event& event) {
        seen.events.push_back(event);
        if (std::holds_alternative<Scalar>(event.body) && ++scalars == stopAfterScalars) stop = true;
    };
    setup.stopAsked = [&] { return stop.load(); };
    runner::RunAttempt attempt(store::RunDirectory(folder), std::move(setup));
    const Result<RunOutcome> outcome = attempt.execute();
    seen.outcome = outcome ? *outcome : RunOutcome{RunState::Failed, {}, outcome.error()};
    return seen;
}

void MethodTests::descriptor_texts_complete() {
    const ExperimentDescriptor& one = method().descriptor();
    QVERIFY(isSnakeCase(one.id));
    QCOMPARE(factory().id(), one.id);
    QVERIFY(!one.title.empty() && !one.summary.empty() && !one.citation.empty());
    QVERIFY(!one.metrics.empty());
    std::set<std::string> ids;
    for (const MetricSpec& metric : one.metrics) {
        QVERIFY2(isSnakeCase(metric.id) && ids.insert(metric.id).second, metric.id.c_str());
        QVERIFY2(!metric.label.empty() && !metric.help.empty() && !metric.stepUnit.empty(), metric.id.c_str());
    }
    for (const ArtifactSpec& artifact : one.artifacts)
        QVERIFY2(!artifact.id.empty() && !artifact.label.empty() && !artifact.mediaType.empty(), artifact.id.c_str());
}

void MethodTests::descriptor_knobs_complete() {
    std::set<std::string> ids;
    const ExperimentDescriptor& one = method().descriptor();
    for (const ParamSpec& spec : one.params) {
        QVERIFY2(isSnakeCase(spec.id) && ids.insert(spec.id).second, spec.id.c_str());
        QVERIFY2(!spec.label.empty(), ("label of " + spec.id).c_str());
        QVERIFY2(!spec.help.empty(), ("help of " + spec.id).c_str());
        QVERIFY2(!spec.source.empty(), ("source of " + spec.id).c_str());
        QVERIFY2(!spec.group.empty(), ("group of " + spec.id).c_str());
        QVERIFY2(!isNumber(spec) || spec.range, ("range of " + spec.id).c_str());
        QVERIFY2(spec.kind != ParamKind::Choice || spec.options.size() >= 2, ("options of " + spec.id).c_str());
        QVERIFY2(!spec.shownWhen || findParam(one, spec.shownWhen->param), ("condition of " + spec.id).c_str());
    }
    QVERIFY(checkAgainst(one.params, withDefaults(one.params, {})).ok());
}

void MethodTests::descriptor_presets_allFourScales() {
    std::set<std::string> ids, scales;
    for (const Preset& preset : method().descriptor().presets) {
        QVERIFY2(ids.insert(preset.id).second, preset.id.c_str());
        QVERIFY2(!preset.label.empty() && !preset.summary.empty(), preset.id.c_str());
        scales.insert(preset.scale);
    }
    QVERIFY((scales == std::set<std::string>{"lesson", "study", "gpu", "full"}));
    QCOMPARE(configOfPreset(method().descriptor(), "no such preset").error().code, std::string("VIT-EXP-002"));
}

void MethodTests::descriptor_json_writable() {
    const Json json = toJson(method().descriptor());
    QCOMPARE(json["params"].size(), method().descriptor().params.size());
    QVERIFY(parseJson(writeJsonLine(json)).ok());
}

void MethodTests::presetRows() {
    QTest::addColumn<std::string>("preset");
    for (const Preset& preset : method().descriptor().presets) QTest::newRow(preset.id.c_str()) << preset.id;
}

void MethodTests::presets_each_validates_data() {
    presetRows();
}

void MethodTests::presets_each_validates() {
    QFETCH(std::string, preset);
    const Config config = *configOfPreset(method().descriptor(), preset);
    for (const Problem& problem : method().validate(config).problems)
        QVERIFY2(problem.severity != Severity::Error,
                 (problem.param + ": " + fillIn(problem.message, problem.arguments)).c_str());
    const Config back = *Config::fromJson(*parseJson(writeJsonLine(config.toJson())));
    QVERIFY(back.toJson() == config.toJson());
}

void MethodTests::presets_each_estimateSane_data() {
    presetRows();
}

void MethodTests::presets_each_estimateSane() {
    QFETCH(std::string, preset);
    const Config config = *configOfPreset(method().descriptor(), preset);
    DeviceInfo device;
    device.cores = 2;
    device.memoryBytes = device.freeBytes = 8LL << 30;
    const ResourceEstimate estimate = method().estimate(config, device);
    QVERIFY(std::isfinite(estimate.seconds) && estimate.seconds > 0);
    QVERIFY(estimate.memoryBytes >= 0 && estimate.memoryBytes < (1LL << 40));
    QVERIFY(estimate.deviceBytes >= 0 && estimate.diskBytes >= 0);
    const std::string& scale = findPreset(method().descriptor(), preset)->scale;
    if (scale == "lesson") QVERIFY(estimate.seconds <= 120);
    if (scale == "study") QVERIFY(estimate.seconds <= 600);
}

void MethodTests::validate_manyProblems_allReported() {
    Config config = withDefaults(method().descriptor().params, quickConfig());
    std::set<std::string> broken;
    for (const ParamSpec& spec : method().descriptor().params)
        if (spec.range && spec.kind != ParamKind::IntList) {
            config.values[spec.id] = spec.kind == ParamKind::Int ? Json(static_cast<std::int64_t>(spec.range->high) + 1)
                                                                 : Json(spec.range->high * 2 + 1);
            broken.insert(spec.id);
        }
    config.values["no_such_knob"] = 1;
    broken.insert("no_such_knob");
    for (const Problem& problem : method().validate(config).problems) {
        QVERIFY(!problem.code.empty() && !problem.message.empty());
        broken.erase(problem.param);
    }
    QVERIFY2(broken.empty(), broken.empty() ? "" : broken.begin()->c_str());
}

void MethodTests::run_sameSeeds_sameFirst20Scalars() {
    const fs::path folder = m_dir.path().toStdString();
    std::set<std::string> repeatable;
    for (const MetricSpec& metric : method().descriptor().metrics)
        if (isRepeatable(metric)) repeatable.insert(metric.id);
    const auto first20 = [&](const char* name) {
        std::vector<std::string> list;
        for (const Scalar& scalar : runOnce(quickConfig(), folder / name).scalars())
            if (repeatable.contains(scalar.metric) && list.size() < 20)
                list.push_back(scalar.metric + "@" + std::to_string(scalar.step) + "=" +
                               hex(scalar.value)); // bit for bit
        return list;
    };
    const std::vector<std::string> one = first20("seeds-1"), two = first20("seeds-2");
    QVERIFY(!one.empty());
    QCOMPARE(one, two);
}

void MethodTests::run_events_legalAndFinishedLast() {
    const Seen seen = runOnce(quickConfig(), fs::path(m_dir.path().toStdString()) / "events");
    QVERIFY2(seen.outcome.state == RunState::Completed, seen.outcome.error ? toText(*seen.outcome.error).c_str() : "");
    RunState state = RunState::Queued;
    std::set<std::string> metrics, artifacts;
    for (const MetricSpec& metric : method().descriptor().metrics) metrics.insert(metric.id);
    for (const ArtifactSpec& artifact : method().descriptor().artifacts) artifacts.insert(artifact.id);
    for (std::size_t i = 0; i < seen.events.size(); ++i) {
        const Event& event = seen.events[i];
        QCOMPARE(event.sequence, static_cast<std::int64_t>(i + 1));
        QCOMPARE(std::holds_alternative<Finished>(event.body), i + 1 == seen.events.size());
        if (const auto* scalar = std::get_if<Scalar>(&event.body))
            QVERIFY2(metrics.contains(scalar->metric), scalar->metric.c_str());
        if (const auto* snapshot = std::get_if<Snapshot>(&event.body))
            QVERIFY2(artifacts.contains(snapshot->artifact), snapshot->artifact.c_str());
        if (const auto* change = std::get_if<StateChanged>(&event.body)) {
            QCOMPARE(toString(change->from), toString(state));
            QVERIFY(canBecome(state, change->to));
            state = change->to;
        }
    }
    QCOMPARE(toString(state), toString(RunState::Completed));
}

void MethodTests::run_resumed_equalsUninterrupted() {
    if (!method().descriptor().caps.resumable) QSKIP("not resumable");
    const fs::path folder = m_dir.path().toStdString();
    std::set<std::string> repeatable;
    for (const MetricSpec& metric : method().descriptor().metrics)
        if (isRepeatable(metric)) repeatable.insert(metric.id);
    std::map<Point, std::string> expected, found;
    const Seen whole = runOnce(quickConfig(), folder / "whole");
    for (const Scalar& scalar : whole.scalars())
        if (repeatable.contains(scalar.metric)) expected[{scalar.metric, scalar.step}] = hex(scalar.value);
    const int part = std::max(1, static_cast<int>(whole.scalars().size()) / 3);
    bool resumedFromCheckpoint = false;
    // A stop may reach a quick run only when it is over: then once more, from its beginning.
    for (int round = 0; round < 20 && !resumedFromCheckpoint; ++round) {
        const fs::path parts = folder / ("parts-" + std::to_string(round));
        found.clear();
        Seen seen = runOnce(quickConfig(), parts, part);
        for (int attempt = 0; attempt < 20; ++attempt) {
            for (const Scalar& scalar : seen.scalars())
                if (repeatable.contains(scalar.metric))
                    found[{scalar.metric, scalar.step}] = hex(scalar.value); // later attempts supersede
            if (seen.outcome.state != RunState::Cancelled) break;
            seen = runOnce(quickConfig(), parts, part);
            const auto* first = seen.events.empty() ? nullptr : std::get_if<StateChanged>(&seen.events.front().body);
            resumedFromCheckpoint =
                resumedFromCheckpoint || (first && first->resumedFrom && first->resumedFrom->attempt > 0);
        }
        QCOMPARE(toString(seen.outcome.state), toString(RunState::Completed));
        QCOMPARE(found.size(), expected.size());
        for (const auto& [point, value] : expected)
            QVERIFY2(found[point] == value, (point.first + " at " + std::to_string(point.second)).c_str());
    }
    QVERIFY2(resumedFromCheckpoint, "the run was never stopped after a checkpoint: choose a longer quickConfig()");
}

void MethodTests::run_cancelled_withinHalfASecond() {
    double best = 1e9;
    for (int round = 0; round < 3 && best > 0.5; ++round) {
        runner::ThreadRunner runner(fs::path(m_dir.path().toStdString()) / "cancel",
                                    [this](const std::string&) { return &factory(); });
        const auto handle = *runner.start(quickConfig());
        QTRY_VERIFY_WITH_TIMEOUT(handle->observe().state != RunState::Queued, 10'000);
        QTest::qWait(50);
        const double asked = monotonicSeconds();
        QVERIFY(handle->stop().ok());
        QVERIFY(handle->wait(30));
        best = std::min(best, monotonicSeconds() - asked);
        const RunState state = handle->observe().state;
        QVERIFY(state == RunState::Cancelled || state == RunState::Completed);
    }
    QVERIFY2(best <= 0.5, std::to_string(best).c_str());
}

namespace {

/// Most memory that this process has held since resetPeak(), in bytes; since its start where it cannot be reset.
std::int64_t peakBytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) * 1024;
    return 0;
}

void resetPeak() {
    std::ofstream("/proc/self/clear_refs") << "5";
}

double cpuSeconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

} // namespace

void MethodTests::estimate_measured_withinAFactorOfTwo_data() {
    QTest::addColumn<std::size_t>("number");
    const auto configs = measuredConfigs();
    for (std::size_t k = 0; k < configs.size(); ++k) QTest::newRow(configs[k].first.c_str()) << k;
}

/// On a machine that others use as well the time lies between what the processor worked and what the clock says; half
/// a second to start and end is nobody's fault.
void MethodTests::estimate_measured_withinAFactorOfTwo() {
    QFETCH(std::size_t, number);
    const Config config = withDefaults(method().descriptor().params, measuredConfigs()[number].second);
    DeviceInfo device;
    device.cores = 2;
    device.memoryBytes = device.freeBytes = 8LL << 30;
    const ResourceEstimate estimate = method().estimate(config, device);
    resetPeak();
    const double cpu = cpuSeconds(), wall = monotonicSeconds();
    const Seen seen = runOnce(config, fs::path(m_dir.path().toStdString()) / ("measured-" + std::to_string(number)));
    const double worked = cpuSeconds() - cpu, waited = monotonicSeconds() - wall;
    const auto bytes = static_cast<double>(peakBytes());
    QVERIFY2(seen.outcome.state == RunState::Completed, seen.outcome.error ? toText(*seen.outcome.error).c_str() : "");
    const std::string figures = std::to_string(estimate.seconds) + " s estimated, " + std::to_string(worked) + " to " +
                                std::to_string(waited) + " s measured; " + std::to_string(estimate.memoryBytes >> 20) +
                                " MiB estimated, " + std::to_string(bytes / 1048576) + " MiB measured";
    qInfo("%s", figures.c_str());
    QVERIFY2(estimate.seconds <= 2 * waited + 1 && estimate.seconds >= worked / 2 - 0.5, figures.c_str());
    const auto memory = static_cast<double>(estimate.memoryBytes);
    QVERIFY2(memory <= 2 * bytes && memory >= bytes / 2, figures.c_str());
}

} // namespace vitrine::test
