// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/tlstatistics.hpp"

#include <sys/resource.h>

#include <cstdio>

namespace vitrine::cli {

namespace {

std::string nameOf(const tl::Evaluation& evaluation, tl::TensorId tensor) {
    return tensor == tl::NoId ? std::string("-") : evaluation.program().tensors[tensor].name;
}

void printChoices(const tl::Evaluation& evaluation) {
    for (const tl::Choice& choice : evaluation.choices())
        std::fprintf(stderr, "stratum %u, %s: %s: %s\n", choice.stratum, nameOf(evaluation, choice.tensor).c_str(),
                     choice.what.c_str(), fillIn(choice.reason, choice.arguments).c_str());
}

void printRounds(const tl::Evaluation& evaluation) {
    if (evaluation.rounds().empty()) return;
    std::fprintf(stderr, "%7s %5s %-20s %12s %12s %14s %9s %12s  %s\n", "stratum", "round", "relation", "delta",
                 "total", "joined", "seconds", "bytes", "engine");
    for (const tl::RoundReport& round : evaluation.rounds())
        std::fprintf(stderr, "%7u %5u %-20s %12llu %12llu %14llu %9.4f %12lld  %s\n", round.stratum, round.round,
                     nameOf(evaluation, round.relation).c_str(), static_cast<unsigned long long>(round.delta),
                     static_cast<unsigned long long>(round.total), static_cast<unsigned long long>(round.joinedRows),
                     round.seconds, static_cast<long long>(round.bytes), round.engine.c_str());
}

} // namespace

void TlStatistics::phase(const char* name) {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double> spent = now - m_start;
    m_start = now;
    if (!m_isWanted) return;
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::fprintf(stderr, "%s: %.3f s, peak memory %.1f MiB\n", name, spent.count(),
                 static_cast<double>(usage.ru_maxrss) / 1024);
}

void TlStatistics::print(const tl::Evaluation& evaluation) const {
    if (!m_isWanted) return;
    printChoices(evaluation);
    printRounds(evaluation);
    const auto [subgoals, tuples] = evaluation.demanded();
    if (subgoals > 0)
        std::fprintf(stderr, "demanded: %llu subgoals, %llu tuples\n", static_cast<unsigned long long>(subgoals),
                     static_cast<unsigned long long>(tuples));
    for (const tl::LearningReport& step : evaluation.learning())
        std::fprintf(stderr, "step %lld of %lld: loss %.6g, %.3f s\n", static_cast<long long>(step.step),
                     static_cast<long long>(step.steps), step.loss, step.seconds);
}

} // namespace vitrine::cli
