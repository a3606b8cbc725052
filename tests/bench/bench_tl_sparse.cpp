// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/rng.hpp"
#include "core/methods/tensor_logic/graphs.hpp"
#include "tests/core/tensor_logic/ruleprogram.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/// The sparse engine against Souffle's figures (digest 6.2), in units of a sort on this machine in this run. Each row
/// runs in a process of its own, so that its peak memory is its own. Units are processor time of the
/// busiest thread over that of the sort, so that other programs on the machine do not change them; the clock's seconds
/// stand beside them.
namespace {

using namespace vitrine;
using namespace vitrine::tl;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Case {
    const char* id;
    const char* name;
    const char* rules;
    std::function<void(Program&)> data;
    std::uint64_t tuples;
    double target; ///< units, one thread; 0: none
    double btree[2], brie[2];
    double maxBytes; ///< a tuple at peak; 0: no limit
};

constexpr const char* Closure = "Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Edge(y, z)\n";
constexpr const char* ClosureRight = "Path(x, y) <- Edge(x, y)\nPath(x, z) <- Edge(x, y), Path(y, z)\n";
constexpr const char* ClosureNonLinear = "Path(x, y) <- Edge(x, y)\nPath(x, z) <- Path(x, y), Path(y, z)\n";
constexpr const char* SameGeneration =
    "SG(x, y) <- Edge(p, x), Edge(p, y), x != y\nSG(x, y) <- Edge(a, x), SG(a, b), Edge(b, y)\n";
constexpr const char* PointsTo = "Pt(y, x) <- AddressOf(y, x)\n"
                                 "Pt(y, x) <- Assign(y, z), Pt(z, x)\n"
                                 "Pt(y, w) <- Load(y, x), Pt(x, z), Pt(z, w)\n"
                                 "Pt(z, w) <- Store(y, x), Pt(y, z), Pt(x, w)\n";
constexpr const char* CspaRules = "ValueFlow(y, x) <- Assign(y, x)\n"
                                  "ValueFlow(x, x) <- Assign(x, _)\n"
                                  "ValueFlow(x, x) <- Assign(_, x)\n"
                                  "MemoryAlias(x, x) <- Assign(x, _)\n"
                                  "MemoryAlias(x, x) <- Assign(_, x)\n"
                                  "ValueFlow(x, y) <- ValueFlow(x, z), ValueFlow(z, y)\n"
                                  "ValueFlow(x, y) <- Assign(x, z), MemoryAlias(z, y)\n"
                                  "ValueAlias(x, y) <- ValueFlow(z, x), ValueFlow(z, y)\n"
                                  "ValueAlias(x, y) <- ValueFlow(z, x), MemoryAlias(z, w), ValueFlow(w, y)\n"
                                  "MemoryAlias(x, w) <- Dereference(y, x), ValueAlias(y, z), Dereference(z, w)\n";

std::function<void(Program&)> edges(const graphs::Edges& some) {
    return [some](Program& program) { test::give(program, "Edge", 2, graphs::toCells(some)); };
}

void giveAndersen(Program& program, std::uint32_t variables) {
    const graphs::Andersen facts = graphs::andersen(variables, 1);
    test::give(program, "AddressOf", 2, graphs::toCells(facts.addressOf));
    test::give(program, "Assign", 2, graphs::toCells(facts.assign));
    test::give(program, "Load", 2, graphs::toCells(facts.load));
    test::give(program, "Store", 2, graphs::toCells(facts.store));
}

void giveCspa(Program& program) {
    const graphs::Cspa facts = graphs::cspa(1000, 500, 400, 1);
    test::give(program, "Assign", 2, graphs::toCells(facts.assign));
    test::give(program, "Dereference", 2, graphs::toCells(facts.dereference));
}

std::vector<Case> cases() {
    const auto big = graphs::uniform(10000, 12000, 12);
    return {
        {"closure",
         "closure of uniform(10000,12000,12)",
         Closure,
         edges(big),
         9177504,
         0.15,
         {1.41, 1.00},
         {0.57, 0.36},
         16},
        {"closure-right",
         "the same, Edge first",
         ClosureRight,
         edges(big),
         9177504,
         0.15,
         {0.88, 0.67},
         {0.21, 0.13},
         16},
        {"closure-nonlinear",
         "non-linear, uniform(3000,3600,12)",
         ClosureNonLinear,
         edges(graphs::uniform(3000, 3600, 12)),
         424120,
         0.54,
         {0.54, 0.29},
         {0.13, 0.07},
         0},
        {"chain", "chain(4000), linear", Closure, edges(graphs::chain(4000)), 7998000, 0, {0.83, 2.0}, {0.41, 1.7}, 0},
        {"grid",
         "grid(70,70), linear",
         Closure,
         edges(graphs::grid(70, 70)),
         6170325,
         0,
         {0.94, 0.71},
         {0.21, 0.20},
         0},
        {"sg",
         "same generation of tree(20000,1)",
         SameGeneration,
         edges(graphs::tree(20000, 1)),
         33669118,
         3.38,
         {3.38, 2.11},
         {1.27, 0.80},
         16},
        {"andersen",
         "andersen(800,1)",
         PointsTo,
         [](Program& p) { giveAndersen(p, 800); },
         351916,
         1.50,
         {1.50, 0.67},
         {0.28, 0.15},
         0},
        {"cspa",
         "CSPA, 1000 variables",
         CspaRules,
         giveCspa,
         43712 + 186471 + 25897,
         1.10,
         {1.10, 0.50},
         {0.41, 0.20},
         0},
    };
}

double processorSeconds(int who = RUSAGE_SELF) {
    rusage usage{};
    getrusage(who, &usage);
    const auto seconds = [](const timeval& time) { return double(time.tv_sec) + 1e-6 * double(time.tv_usec); };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Seconds of std::sort for 50,000,000 states of the generator on one thread.
double sortUnit() {
    std::vector<std::uint64_t> states(50000000);
    Lcg random(1);
    for (std::uint64_t& state : states) state = random.nextState();
    const double start = processorSeconds();
    std::sort(states.begin(), states.end());
    return processorSeconds() - start;
}

long statusKiB(const char* field) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind(field, 0) == 0) return std::strtol(line.c_str() + std::strlen(field) + 1, nullptr, 10);
    return 0;
}

struct Measured {
    double seconds = 0, processor = 0, longest = 0, bytes = 0; ///< of the clock, of all threads, of the busiest one
    std::uint64_t tuples = 0, rounds = 0;
    bool isComplete = false;
};

Measured measure(const Case& row, int threads, bool useRows) {
    auto program = test::ruleProgram(row.rules);
    row.data(*program);
    const auto derived = program->rules;
    EvaluateOptions options;
    options.threads = threads;
    options.memoryBudget = 16LL << 30;
    sparse::Tuning tuning;
    tuning.useRows = useRows;
    test::Run run = test::load(std::move(program), options, tuning);
    const long idle = statusKiB("VmRSS:");
    std::ofstream("/proc/self/clear_refs") << 5; // the peak starts here
    const Clock::time_point start = Clock::now();
    const double processorStart = processorSeconds(), threadStart = processorSeconds(RUSAGE_THREAD);
    for (std::uint32_t i = 0; i < run.program->strata.size(); ++i)
        if (!run.engine->evaluate(i).empty()) return {};
    Measured result;
    result.seconds = secondsSince(start);
    result.processor = processorSeconds() - processorStart;
    const double own = processorSeconds(RUSAGE_THREAD) - threadStart;
    result.longest = std::max(own, result.processor - own);
    result.bytes = 1024.0 * static_cast<double>(statusKiB("VmHWM:") - idle);
    std::vector<bool> isHead(run.program->tensors.size());
    for (const Rule& rule : derived) isHead[rule.head.tensor] = true;
    for (TensorId id = 0; id < isHead.size(); ++id)
        if (isHead[id]) result.tuples += run.engine->set(id)->size();
    for (const RoundReport& round : run.engine->rounds())
        result.rounds = std::max<std::uint64_t>(result.rounds, round.round);
    result.isComplete = true;
    return result;
}

Measured inChild(const Case& row, int threads, bool useRows) {
    int pipes[2];
    Measured result;
    if (pipe(pipes) != 0) return result;
    const pid_t child = fork();
    if (child == 0) {
        const Measured measured = measure(row, threads, useRows);
        const bool isWritten = write(pipes[1], &measured, sizeof measured) == sizeof measured;
        _exit(isWritten ? 0 : 1);
    }
    close(pipes[1]);
    if (read(pipes[0], &result, sizeof result) != sizeof result) result = {};
    close(pipes[0]);
    waitpid(child, nullptr, 0);
    return result;
}

Measured best(const Case& row, int threads, bool useRows, int repeats) {
    Measured result;
    for (int i = 0; i < repeats; ++i) {
        const Measured one = inChild(row, threads, useRows);
        if (!one.isComplete) return {};
        result.seconds = i == 0 ? one.seconds : std::min(result.seconds, one.seconds);
        result.processor = i == 0 ? one.processor : std::min(result.processor, one.processor);
        result.longest = i == 0 ? one.longest : std::min(result.longest, one.longest);
        result.rounds = one.rounds;
        result.tuples = one.tuples;
        result.isComplete = true;
        result.bytes = std::max(result.bytes, one.bytes);
    }
    return result;
}

} // namespace

int main(int argc, char** argv) {
    std::string only;
    int repeats = 3;
    bool useRows = true;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--tuples") == 0)
            useRows = false; // the general engine, for comparison
        else if (std::strcmp(argv[i], "--repeats") == 0 && i + 1 < argc)
            repeats = std::atoi(argv[++i]);
        else
            only = argv[i];
    }
    double unit = 1e9;
    for (int i = 0; i < std::min(repeats, 2); ++i) unit = std::min(unit, sortUnit());
    std::printf("unit (sort of 50,000,000 64-bit values, one thread): %.2f s\n", unit);
    std::printf("%-36s %11s %4s %8s %8s %7s %7s %9s %9s %9s %6s  %s\n", "program", "tuples", "thr", "seconds", "cpu s",
                "units", "target", "of target", "of B-tree", "of brie", "B/tup", "");
    bool isFine = true;
    for (const Case& row : cases()) {
        if (!only.empty() && only != row.id) continue;
        double alone = 0;
        for (const int threads : {1, 2}) {
            const Measured m = best(row, threads, useRows, repeats);
            const double units = m.longest / unit,
                         perTuple = m.bytes / static_cast<double>(std::max<std::uint64_t>(m.tuples, 1));
            const bool isRight = m.isComplete && m.tuples == row.tuples;
            const bool isMet = isRight && (row.target == 0 || threads > 1 || units <= row.target) &&
                               (row.maxBytes == 0 || perTuple <= row.maxBytes) &&
                               (threads == 1 || m.longest <= alone * 1.05); // timer noise
            if (threads == 1) alone = m.longest;
            isFine = isFine && isMet;
            const int at = threads - 1;
            std::printf("%-36s %11llu %4d %8.3f %8.3f %7.3f %7.2f %9.2f %9.2f %9.2f %6.1f  %s\n", row.name,
                        static_cast<unsigned long long>(m.tuples), threads, m.seconds, m.processor, units, row.target,
                        row.target > 0 ? units / row.target : 0.0, units / row.btree[at], units / row.brie[at],
                        perTuple,
                        !isRight ? "WRONG SIZE"
                        : isMet  ? "met"
                                 : "missed");
            std::fflush(stdout);
        }
    }
    return isFine ? 0 : 1;
}
