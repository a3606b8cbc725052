// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/tl.hpp"

#include "app/run/program.hpp"
#include "app/run/signals.hpp"
#include "app/run/standardinput.hpp"
#include "app/run/tlstatistics.hpp"
#include "core/base/files.hpp"
#include "core/methods/tensor_logic/answer.hpp"
#include "core/methods/tensor_logic/checker.hpp"

#include <chrono>
#include <cstdio>
#include <set>
#include <stop_token>
#include <thread>

namespace vitrine::cli {

namespace {

constexpr int Interrupted = 130;
constexpr std::size_t MaxProgramBytes = 64u << 20;
constexpr std::size_t PartBytes = 1u << 20;

void print(const tl::Diagnostics& diagnostics, const tl::Source& source) {
    for (const tl::Diagnostic& found : diagnostics) std::fputs(tl::render(found, source).c_str(), stderr);
}

/// Standard output, checked: when it cannot be written any more, as its reader has gone or the disk is full, no further
/// answers are made.
class Output {
  public:
    explicit Output(std::stop_source stop) : m_stop(std::move(stop)) {}
    void operator()(const tl::Answer& answer) {
        m_last = answer.statement;
        if (!answer.isContinued) put(answer.heading + "\n");
        put(answer.lines);
        if (std::fflush(stdout) != 0) fail();
    }
    [[nodiscard]] bool hasFailed() const { return m_hasFailed; }
    [[nodiscard]] std::uint32_t lastStatement() const { return m_last; }

  private:
    void put(const std::string& text) {
        if (!hasFailed() && std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail();
    }
    void fail() {
        if (hasFailed()) return;
        m_hasFailed = true;
        m_stop.request_stop();
        std::perror("vitrine-run: standard output");
    }

    std::stop_source m_stop;
    bool m_hasFailed = false;
    std::uint32_t m_last = 0;
};

/// How far a cancelled program came.
int cancelled(const tl::Evaluation* evaluation) {
    std::set<std::pair<std::uint32_t, std::uint32_t>> rounds; // of several relations each
    if (evaluation != nullptr)
        for (const tl::RoundReport& round : evaluation->rounds()) rounds.emplace(round.stratum, round.round);
    if (rounds.empty())
        std::fputs("vitrine-run: cancelled\n", stderr);
    else
        std::fprintf(stderr, "vitrine-run: cancelled after %zu round%s\n", rounds.size(),
                     rounds.size() == 1 ? "" : "s");
    return Interrupted;
}

int printAnswers(const tl::Evaluation& evaluation, const TlOptions& options, const tl::CheckOptions& checking) {
    std::stop_source stop;
    const std::stop_callback forward(checking.stop, [&stop] { stop.request_stop(); });
    tl::AnswerOptions answers;
    answers.all = options.all;
    answers.folder = checking.folder;
    answers.partBytes = PartBytes;
    answers.stop = stop.get_token();
    Output output(stop);
    const tl::Diagnostics found = tl::answer(evaluation, answers, std::ref(output));
    print(found, evaluation.program().source);
    if (checking.stop.stop_requested()) return cancelled(&evaluation);
    if (output.hasFailed()) { // the files are written all the same
        answers.filesOnly = true;
        answers.from = output.lastStatement() + 1;
        answers.stop = checking.stop;
        print(tl::answer(evaluation, answers, [](const tl::Answer&) {}), evaluation.program().source);
        return checking.stop.stop_requested() ? cancelled(&evaluation) : Failure;
    }
    return tl::hasErrors(found) ? Refused : Success;
}

int run(tl::Source source, const TlOptions& options, const std::filesystem::path& folder) {
    const StopOnSignal watch;
    tl::CheckOptions checking;
    checking.folder = folder;
    checking.stop = watch.token();
    TlStatistics statistics(options.hasStatistics);
    const tl::Checked checked = tl::check(std::move(source), checking);
    statistics.phase("check");
    if (watch.token().stop_requested()) return cancelled(nullptr);
    print(checked.diagnostics, checked.program->source);
    if (tl::hasErrors(checked.diagnostics)) return Refused;

    tl::EvaluateOptions evaluating = options.evaluation;
    evaluating.stop = watch.token();
    const tl::Evaluated evaluated = tl::evaluate(checked.program, evaluating);
    statistics.phase("evaluate");
    print(evaluated.diagnostics, checked.program->source);
    if (evaluated.evaluation) statistics.print(*evaluated.evaluation);
    if (evaluated.wasCancelled || watch.token().stop_requested()) return cancelled(evaluated.evaluation.get());
    if (tl::hasErrors(evaluated.diagnostics)) return Refused;
    if (!evaluated.evaluation) {
        std::fputs("vitrine-run: the program could not be evaluated\n", stderr);
        return Failure;
    }
    const int status = printAnswers(*evaluated.evaluation, options, checking);
    statistics.phase("answer");
    return status;
}

} // namespace

int runTl(const TlOptions& options) {
    const bool isStandardInput = options.file == "-";
    Result<std::string> text =
        isStandardInput ? readStandardInput(MaxProgramBytes) : readFile(options.file, MaxProgramBytes);
    if (!text) {
        static_cast<void>(report(text.error()));
        return Refused;
    }
    const auto folder = isStandardInput ? std::filesystem::path() : std::filesystem::path(options.file).parent_path();
    return run(tl::Source(isStandardInput ? "<stdin>" : options.file, std::move(*text)), options, folder);
}

} // namespace vitrine::cli
