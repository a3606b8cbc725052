// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/observe.hpp"

#include <fstream>

namespace vitrine::store {

namespace {

constexpr std::streamoff TailBytes = 64 << 10; // a Finished event is far smaller

} // namespace

std::optional<Finished> readFinished(const RunDirectory& run, int attempt) {
    std::ifstream file(run.eventFile(attempt), std::ios::binary | std::ios::ate);
    if (!file) return std::nullopt;
    const std::streamoff size = file.tellg();
    const std::streamoff start = std::max<std::streamoff>(0, size - TailBytes);
    std::string tail(static_cast<std::size_t>(size - start), '\0');
    file.seekg(start);
    file.read(tail.data(), static_cast<std::streamsize>(tail.size()));
    if (!file || tail.empty() || tail.back() != '\n') return std::nullopt;
    tail.pop_back();
    const std::size_t before = tail.rfind('\n');
    const Result<Event> event =
        eventFromJson(std::string_view(tail).substr(before == std::string::npos ? 0 : before + 1));
    if (!event) return std::nullopt;
    const auto* finished = std::get_if<Finished>(&event->body);
    return finished ? std::optional(*finished) : std::nullopt;
}

Observation observeRun(const RunDirectory& run) {
    Observation seen;
    seen.attempt = run.lastAttempt();
    seen.status = readStatus(run.statusFile());
    if (!seen.status && seen.attempt > 0) seen.status = readStatus(run.statusFile()); // it was being overwritten
    seen.liveness = livenessOf(seen.status);
    if (seen.attempt == 0) return seen;
    // Whether it is alive was looked at first: a process that ends now has written Finished before.
    seen.finished = readFinished(run, seen.attempt);
    const bool isOfThisAttempt = seen.status && seen.status->attempt == seen.attempt;
    if (seen.finished)
        seen.state = seen.finished->outcome;
    else if (seen.liveness == Liveness::Alive || seen.liveness == Liveness::NotResponding)
        seen.state = isOfThisAttempt ? seen.status->state : RunState::Starting;
    else
        seen.state = RunState::Interrupted;
    return seen;
}

} // namespace vitrine::store
