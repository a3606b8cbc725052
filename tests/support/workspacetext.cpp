// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/workspacetext.hpp"

#include "core/store/eventreader.hpp"

#include <bit>
#include <sstream>

namespace vitrine::test {

using namespace store;

namespace {

void tell(std::ostream& out, const RunRow& row) {
    out << row.id << '|' << row.experiment << '|' << row.preset << '|' << row.seed << '|' << row.device << '|'
        << row.createdMs << '|' << row.startedMs << '|' << row.endedMs << '|' << toString(row.state) << '|'
        << row.attempt << '|' << row.step << '|' << row.hasCheckpoint;
    for (const auto& [metric, value] : row.summary) out << '|' << metric << '=' << std::bit_cast<std::uint64_t>(value);
    if (row.error) out << '|' << writeJsonLine(toJson(*row.error));
    out << '|' << writeJsonLine(row.user.toJson()) << '\n';
}

template <typename T, typename Tell>
void tellAll(std::ostream& out, const Result<T>& result, Tell tellOne) {
    if (result)
        tellOne(*result);
    else
        out << "error " << result.error().code << '\n';
}

void tellRun(std::ostream& out, const Workspace& workspace, const std::string& id) {
    tellAll(out, workspace.record(id), [&](const RunRecord& record) { out << writeJsonLine(record.toJson()) << '\n'; });
    tellAll(out, workspace.metrics(id), [&](const std::vector<MetricInfo>& metrics) {
        for (const MetricInfo& metric : metrics) {
            out << metric.id << '|' << metric.count << '|' << metric.lastStep << '|'
                << std::bit_cast<std::uint64_t>(metric.last) << '\n';
            ScalarOptions all;
            all.withSuperseded = true;
            tellAll(out, workspace.scalars(id, metric.id, all), [&](const ScalarCurve& curve) {
                for (std::size_t i = 0; i < curve.step.size(); ++i)
                    out << curve.step[i] << ',' << curve.timeMs[i] << ','
                        << std::bit_cast<std::uint64_t>(curve.value[i]) << ',' << curve.superseded[i] << '\n';
            });
        }
    });
    const auto event = [&](const auto& row, EventBody body) {
        out << row.attempt << '|' << toJsonLine({row.sequence, row.timeMs, std::move(body)}) << '\n';
    };
    tellAll(out, workspace.logs(id), [&](const std::vector<LogRow>& rows) {
        for (const LogRow& row : rows) event(row, row.log);
    });
    tellAll(out, workspace.artifacts(id), [&](const std::vector<ArtifactRow>& rows) {
        for (const ArtifactRow& row : rows) event(row, row.snapshot);
    });
    tellAll(out, workspace.checkpoints(id), [&](const std::vector<CheckpointEntry>& rows) {
        for (const CheckpointEntry& row : rows)
            out << row.step << '|' << row.file << '|' << row.sha256 << '|' << row.bytes << '|' << row.attempt << '|'
                << row.sequence << '\n';
    });
}

} // namespace

std::string textOf(const Workspace& workspace) {
    std::ostringstream out;
    RunFilter filter;
    filter.trash = RunFilter::Trash::With;
    tellAll(out, workspace.runs(filter), [&](const std::vector<RunRow>& rows) {
        for (const RunRow& row : rows) {
            tell(out, row);
            tellRun(out, workspace, row.id);
        }
    });
    return out.str();
}

std::vector<std::string> eventLinesOf(const RunDirectory& run, std::vector<std::string>* problems) {
    std::vector<std::string> lines;
    EventReader reader(run);
    for (EventBatch batch = reader.next();; batch = reader.next()) {
        for (const Event& event : batch.events)
            lines.push_back(std::to_string(batch.attempt) + ' ' + toJsonLine(event));
        if (problems)
            for (const Error& problem : batch.problems) problems->push_back(problem.code);
        if (batch.atEnd) return lines;
    }
}

} // namespace vitrine::test
