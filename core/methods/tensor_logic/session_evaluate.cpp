// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/answer.hpp"
#include "core/methods/tensor_logic/session_state.hpp"

#include <algorithm>
#include <chrono>

namespace vitrine::tl::session {

namespace {

constexpr std::size_t MostAnswerBytes = 1 << 20; ///< of one answer on screen; the shell prints all of it

/// Tells the window what happens, at most every 50 ms for each kind, the last of each always.
class Teller final : public Observer {
  public:
    Teller(const Call& call, const Program& program) : m_call(call), m_program(program) {}

    void onRound(const RoundReport& report) override {
        if (!isDue(m_lastRound)) return;
        m_call.part(Json{{"event", "round"},
                         {"relation", m_program.tensors[report.relation].name},
                         {"round", report.round},
                         {"delta", report.delta},
                         {"total", report.total},
                         {"bytes", report.bytes}});
    }
    void onLearning(const LearningReport& report) override {
        m_losses.push_back(report.loss);
        if (!isDue(m_lastStep) && report.step != report.steps) return;
        m_call.part(Json{{"event", "learning"},
                         {"step", report.step},
                         {"steps", report.steps},
                         {"loss", numberToJson(report.loss)}});
    }
    void onSweep(std::int64_t sweep, double residual) override {
        if (isDue(m_lastRound))
            m_call.part(Json{{"event", "sweep"}, {"sweep", sweep}, {"residual", numberToJson(residual)}});
    }
    void onProgress(const std::string& phase, double done, double total) override {
        if (isDue(m_lastProgress))
            m_call.part(Json{{"event", "progress"}, {"phase", phase}, {"done", done}, {"total", total}});
    }

  private:
    using Clock = std::chrono::steady_clock;
    static bool isDue(Clock::time_point& last) {
        const auto now = Clock::now();
        if (now - last < std::chrono::milliseconds(50)) return false;
        last = now;
        return true;
    }
    const Call& m_call;
    const Program& m_program;
    Clock::time_point m_lastRound, m_lastStep, m_lastProgress;
    std::vector<double> m_losses;
};

Engine engineOf(const std::string& name) {
    if (name == "semi_naive") return Engine::SemiNaive;
    if (name == "by_source") return Engine::BySource;
    if (name == "naive") return Engine::Naive;
    if (name == "naive_dense") return Engine::NaiveDense;
    return Engine::Automatic;
}

EvaluateOptions optionsOf(const Call& call) {
    EvaluateOptions options;
    options.engine = engineOf(call.text("engine", "automatic"));
    const std::string mode = call.text("mode");
    if (mode == "backward") options.mode = Mode::Backward;
    if (mode == "forward") options.mode = Mode::Forward;
    if (const std::string device = call.text("device", "cpu"); device.starts_with("cuda")) {
        options.device.kind = DeviceKind::Cuda;
        options.device.index = device.size() > 5 ? std::atoi(device.c_str() + 5) : 0;
        options.singlePrecision = true;
    }
    options.threads = static_cast<int>(std::clamp<std::int64_t>(call.integer("threads", 1), 1, 256));
    options.memoryBudget = std::max<std::int64_t>(1 << 20, call.integer("memory", options.memoryBudget));
    options.maxRounds = std::max<std::int64_t>(1, call.integer("rounds", options.maxRounds));
    options.maxTuples = std::max<std::int64_t>(1, call.integer("tuples", options.maxTuples));
    options.seedOverride = static_cast<std::uint64_t>(call.integer("seed", 0));
    options.stop = call.stop;
    return options;
}

Json answersJson(const Evaluation& evaluation, const Call& call, Diagnostics& found) {
    Json answers = Json::array();
    AnswerOptions options;
    options.folder = call.text("folder");
    options.writeFiles = false;
    options.stop = call.stop;
    const Program& program = evaluation.program();
    const Diagnostics problems = answer(evaluation, options, [&](const Answer& each) {
        std::string lines = each.lines;
        const bool isLong = lines.size() > MostAnswerBytes;
        if (isLong) lines.resize(lines.rfind('\n', MostAnswerBytes) + 1);
        answers.push_back({{"line", lineOf(program, each.statement)},
                           {"heading", each.heading},
                           {"count", each.count},
                           {"lines", lines},
                           {"isCut", each.isCut || isLong}});
    });
    found.insert(found.end(), problems.begin(), problems.end());
    return answers;
}

} // namespace

ReplyValue evaluate(State& state, const Call& call) {
    const auto start = std::chrono::steady_clock::now();
    CheckOptions checking;
    checking.folder = call.text("folder");
    checking.stop = call.stop;
    checking.onFileProgress = [&](const std::string& file, std::uint64_t done, std::uint64_t total) {
        call.part(Json{{"event", "progress"}, {"phase", "reading " + file}, {"done", done}, {"total", total}});
    };
    Checked checked = check(Source(call.text("name", "program.tl"), call.text("text")), checking);
    if (call.stop.stop_requested()) return sessionError("VIT-SESSION-001", "The request was cancelled");
    Diagnostics diagnostics = checked.diagnostics;
    if (hasErrors(diagnostics)) {
        Json out = summary(*checked.program, nullptr, diagnostics);
        out["isRefused"] = true;
        return out;
    }
    Teller teller(call, *checked.program);
    const Evaluated evaluated = tl::evaluate(checked.program, optionsOf(call), &teller);
    if (call.stop.stop_requested() && !evaluated.evaluation)
        return sessionError("VIT-SESSION-001", "The request was cancelled");
    diagnostics.insert(diagnostics.end(), evaluated.diagnostics.begin(), evaluated.diagnostics.end());
    state.evaluation = evaluated.evaluation;
    state.program = checked.program;
    state.folder = call.text("folder");
    state.isTrace = false;
    state.again.reset();
    Json answers = Json::array();
    if (evaluated.evaluation && !hasErrors(diagnostics) && !call.stop.stop_requested())
        answers = answersJson(*evaluated.evaluation, call, diagnostics);
    Json out = summary(*checked.program, evaluated.evaluation.get(), diagnostics);
    out["answers"] = std::move(answers);
    out["wasCancelled"] = evaluated.wasCancelled;
    out["isPartial"] = evaluated.evaluation && evaluated.evaluation->isPartial();
    out["seconds"] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return out;
}

} // namespace vitrine::tl::session
