// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/experiments/support.hpp"
#include "core/methods/tensor_logic/graphs.hpp"
#include "core/methods/tensor_logic/programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

/// Experiment A (digest 6.2): one program, several engines, the same set.
namespace vitrine::tl {

namespace {

struct EngineCase {
    Engine engine;
    const char* id;
    const char* name;
};
constexpr std::array<EngineCase, 4> Engines{{{Engine::BySource, "by_source", "by source"},
                                             {Engine::SemiNaive, "semi_naive", "semi-naive"},
                                             {Engine::Naive, "naive", "naive"},
                                             {Engine::NaiveDense, "naive_dense", "naive, dense"}}};

/// Why an engine is left out on this graph, or nothing.
std::string reasonToSkip(const EngineCase& each, const ClosureGraph& graph) {
    const double flops = 2 * graph.nodes * graph.nodes * graph.nodes * static_cast<double>(graph.rounds);
    if (each.engine == Engine::NaiveDense && flops > 5e11)
        return fmt::format("{:.2g} FLOP for {} matrix products of side {:.0f}", flops, graph.rounds, graph.nodes);
    const double rows = 0.6 * static_cast<double>(graph.pairs) * static_cast<double>(graph.rounds);
    if (each.engine == Engine::Naive && rows > 3e8)
        return fmt::format("about {:.2g} rows to join again and again", rows);
    return {};
}

std::uint64_t mix(std::uint64_t key) {
    key = (key ^ (key >> 30)) * 0xbf58476d1ce4e5b9ULL;
    key = (key ^ (key >> 27)) * 0x94d049bb133111ebULL;
    return key ^ (key >> 31);
}

/// A fingerprint of a set of pairs that does not depend on their order.
std::string fingerprint(const Evaluation& evaluation, TensorId relation) {
    std::uint64_t sum = 0;
    evaluation.forEachRow(relation, [&](const Row& row) {
        sum += mix((std::uint64_t{row.cells[0]} << 32) | row.cells[1]);
        return true;
    });
    return fmt::format("{:016x}", sum);
}

class ClosureRun {
  public:
    ClosureRun(const Config& config, RunContext& context)
        : m_config(config), m_context(context), m_link(context), m_parts(context) {}
    RunOutcome run();

  private:
    Result<Json> measure(const EngineCase& each, const ClosureGraph& graph, bool isFirst);
    void judge(Criteria& criteria, const ClosureGraph& graph, const std::map<std::string, Json>& results) const;

    const Config& m_config;
    RunContext& m_context;
    RunLink m_link;
    PartStore m_parts;
};

Result<Json> ClosureRun::measure(const EngineCase& each, const ClosureGraph& graph, bool isFirst) {
    Result<PreparedProgram> prepared =
        PreparedProgram::make("closure", closureProgram(static_cast<std::int64_t>(graph.nodes)));
    if (!prepared) return prepared.error();
    prepared->giveTuples("Edge", graphs::toCells(graph.make()));
    const TensorId path = prepared->program()->find("Path").value();
    double seconds = 0, joined = 0;
    std::uint64_t rounds = 0, deltas = 0;
    m_link.rounds = [&](const RoundReport& report) {
        if (report.relation != path) return;
        seconds += report.seconds;
        joined += static_cast<double>(report.joinedRows);
        deltas += report.delta;
        rounds = std::max<std::uint64_t>(rounds, report.round);
        const auto step = static_cast<std::int64_t>(report.round);
        m_context.events.send(Scalar{fmt::format("seconds_{}", each.id), step, seconds});
        if (isFirst) m_context.events.send(Scalar{"delta", step, static_cast<double>(report.delta)});
        if (each.engine == Engine::SemiNaive)
            m_context.events.send(Scalar{"joined_rows", step, static_cast<double>(report.joinedRows)});
        m_context.events.send(
            Progress{each.id, static_cast<double>(report.round), static_cast<double>(graph.rounds), {}});
    };
    EvaluateOptions options = evaluateOptions(m_config, m_context, m_link);
    options.engine = each.engine;
    const Evaluated evaluated = evaluate(prepared->program(), options, &m_link);
    m_link.rounds = nullptr;
    if (std::optional<Error> error = firstError(evaluated.diagnostics, prepared->program()->source)) return *error;
    if (m_link.wasStopped() || !evaluated.evaluation) return stopped();
    return Json{{"pairs", evaluated.evaluation->rowCount(path)},
                {"rounds", rounds},
                {"deltas", deltas},
                {"joined", joined},
                {"seconds", seconds},
                {"set", fingerprint(*evaluated.evaluation, path)}};
}

void ClosureRun::judge(Criteria& criteria, const ClosureGraph& graph,
                       const std::map<std::string, Json>& results) const {
    bool isSame = true, isExact = true, isSummed = true;
    for (const auto& [engine, result] : results) {
        isSame = isSame && result["set"] == results.begin()->second["set"];
        isExact = isExact && result["pairs"] == graph.pairs && result["rounds"] == graph.rounds;
        isSummed = isSummed && result["deltas"] == result["pairs"];
        criteria.note(fmt::format("{}: {} pairs in {} rounds, {:.3g} joined rows, {:.3g} s.", engine,
                                  result["pairs"].get<std::uint64_t>(), result["rounds"].get<std::uint64_t>(),
                                  result["joined"].get<double>(), result["seconds"].get<double>()));
    }
    criteria.require("all engines give the same set", isSame, fmt::format("{} engines", results.size()));
    criteria.require("pairs and rounds are the known ones", isExact,
                     fmt::format("{} pairs, {} rounds", graph.pairs, graph.rounds));
    criteria.require("the deltas add up to the closure", isSummed,
                     isSummed ? "in every engine" : "not in every engine");
    const auto naive = results.find("naive"), semiNaive = results.find("semi_naive");
    if (naive != results.end() && semiNaive != results.end()) {
        const double more = naive->second["joined"], less = semiNaive->second["joined"];
        criteria.require("semi-naive joins fewer rows than naive", less < more,
                         fmt::format("{:.3g} against {:.3g}", less, more));
    }
    if (graph.seconds > 0 && m_context.device.kind == DeviceKind::Cpu) {
        const double seconds = results.at("by_source")["seconds"];
        criteria.require(fmt::format("at most {:.0f} s on two cores", graph.seconds), seconds <= graph.seconds,
                         fmt::format("{:.2f} s", seconds));
    }
}

RunOutcome ClosureRun::run() {
    const ClosureGraph& graph = *findClosureGraph(m_config.text("graph"));
    Criteria criteria;
    std::map<std::string, Json> results;
    for (const EngineCase& each : Engines) {
        if (const std::string reason = reasonToSkip(each, graph); !reason.empty()) {
            criteria.note(fmt::format("{} was left out: {}.", each.id, reason));
            continue;
        }
        if (const Json* known = m_parts.find(each.id)) {
            results[each.id] = *known;
            continue;
        }
        if (!m_link.goOn()) return cancelled();
        Result<Json> result = measure(each, graph, results.empty());
        if (!result) return m_link.wasStopped() ? cancelled() : failed(result.error());
        results[each.id] = *result;
        if (const Status kept = m_parts.keep(each.id, *result, static_cast<std::int64_t>(results.size())); !kept)
            return failed(kept.error());
    }
    judge(criteria, graph, results);
    const Status kept = m_context.artifacts.writeArtifact("report", 0, "report.md", "text/markdown",
                                                          criteria.markdown("One program, several engines"));
    if (!kept) return failed(kept.error());
    RunOutcome outcome;
    outcome.summary = {{"passed", criteria.passed() ? 1.0 : 0.0}, {"pairs", static_cast<double>(graph.pairs)}};
    for (const auto& [engine, result] : results) outcome.summary["seconds_" + engine] = result["seconds"].get<double>();
    return outcome;
}

} // namespace

RunOutcome runClosures(const Config& config, RunContext& context) {
    return ClosureRun(config, context).run();
}

} // namespace vitrine::tl
