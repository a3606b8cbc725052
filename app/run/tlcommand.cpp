// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/tlcommand.hpp"

#include "app/run/manual.hpp"
#include "app/run/program.hpp"
#include "app/run/tl.hpp"
#include "app/run/usage.hpp"
#include "core/runner/runner.hpp"
#include "core/tensor/device.hpp"

#include <limits>
#include <memory>
#include <thread>

namespace vitrine::cli {

namespace {

constexpr std::uint64_t MaxInteger = std::numeric_limits<std::int64_t>::max();

struct Request {
    TlOptions options;
    std::string engine = "auto", mode, device = "cpu";
    std::uint64_t memory = 4ULL << 30;
    int threads = 0;
};

const std::map<std::string, tl::Engine>& engines() {
    static const std::map<std::string, tl::Engine> names{{"auto", tl::Engine::Automatic},
                                                         {"semi-naive", tl::Engine::SemiNaive},
                                                         {"by-source", tl::Engine::BySource},
                                                         {"naive", tl::Engine::Naive},
                                                         {"naive-dense", tl::Engine::NaiveDense}};
    return names;
}

int start(Request& request) {
    const Result<Device> device = runner::deviceFromName(request.device);
    const Status usable = device ? useDevice(*device) : Status(device.error());
    if (!usable) {
        static_cast<void>(report(usable.error()));
        return Refused;
    }
    tl::EvaluateOptions& evaluation = request.options.evaluation;
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    evaluation.device = *device;
    evaluation.threads = request.threads > 0 ? request.threads : cores;
    evaluation.device.threads = evaluation.threads;
    evaluation.singlePrecision = device->kind == DeviceKind::Cuda;
    evaluation.engine = engines().at(request.engine);
    if (!request.mode.empty()) evaluation.mode = request.mode == "forward" ? tl::Mode::Forward : tl::Mode::Backward;
    evaluation.memoryBudget = static_cast<std::int64_t>(request.memory);
    evaluation.keepRounds = false; // nobody asks for proofs here
    return runTl(request.options);
}

Manual manual() {
    return {
        "FILE [--all] [--engine ENGINE] [--mode MODE] [--threads N] [--device DEVICE] [--memory BYTES] [--stats]",
        "Runs a tensor logic program: reads its facts and files, learns if it says so, evaluates it, and prints the "
        "answers of its queries and the files that it writes, in their order. FILE - is standard input. Files "
        "named in the program are looked for beside it.\n\n"
        "Errors go to standard error, with position, source line and a caret. A program with errors does not run. "
        "SIGINT and SIGTERM cancel within half a second; a second SIGINT ends at once.",
        {{"0", "The program ran."},
         {"1", "Something inside failed, or standard output cannot be written."},
         {"2", "Wrong usage, or the program cannot be read or has errors, found before it ran or while it ran."},
         {"130", "Cancelled."}},
        {},
        {},
        {{"vitrine-run tl family.tl", "Run a program."},
         {"echo 'P(A)\n       P(x)?' | vitrine-run tl -", "Run two lines."},
         {"vitrine-run tl closure.tl --stats --threads 1", "Also print rounds, choices and times."}}};
}

} // namespace

void addTlCommand(CLI::App& app, int& status) {
    auto request = std::make_shared<Request>();
    CLI::App* command = app.add_subcommand("tl", "run a tensor logic program and print its answers");
    command->add_option("FILE", request->options.file, "The program; - reads standard input.")->required();
    command->add_flag("--all", request->options.all, "Print answers of more than 10,000 lines too.");
    std::vector<std::string> names;
    for (const auto& [name, engine] : engines()) names.push_back(name);
    command
        ->add_option("--engine", request->engine,
                     "How relations are computed: auto, semi-naive, by-source, naive or naive-dense (default auto).")
        ->check(CLI::IsMember(names))
        ->type_name("ENGINE");
    command
        ->add_option("--mode", request->mode,
                     "forward computes everything, backward what the queries need (default: what the program says).")
        ->check(CLI::IsMember({"forward", "backward"}))
        ->type_name("MODE");
    command->add_option("--threads", request->threads, "Processor threads to use (default: all).")
        ->check(wholeNumber(1, 1024))
        ->type_name("N");
    command->add_option("--device", request->device, "Where to compute: cpu, cuda or cuda:N (default cpu).")
        ->type_name("DEVICE");
    command
        ->add_option("--memory", request->memory,
                     "Memory for tuples and tensors, as bytes or with a suffix such as 512MB or 8GB (default 4GB).")
        ->transform(CLI::AsSizeValue(false))
        ->check(wholeNumber(std::uint64_t{1} << 20, MaxInteger))
        ->type_name("BYTES");
    command
        ->add_option("--max-rounds", request->options.evaluation.maxRounds,
                     "Give up a fixpoint after this many rounds (default 100000).")
        ->check(wholeNumber(1, MaxInteger))
        ->type_name("N");
    command
        ->add_option("--max-tuples", request->options.evaluation.maxTuples,
                     "Give up when a relation has more tuples (default 1000000000).")
        ->check(wholeNumber(1, MaxInteger))
        ->type_name("N");
    command->add_flag("--stats", request->options.hasStatistics,
                      "Print times, the choice of engines and a table of the rounds on standard error.");
    command->callback([request, &status] { status = start(*request); });
    setManual(*command, manual());
}

} // namespace vitrine::cli
