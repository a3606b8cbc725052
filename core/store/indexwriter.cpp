// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/indexwriter.hpp"

#include "core/base/ids.hpp"

#include <algorithm>

namespace vitrine::store {

namespace {

constexpr const char* SetStep = "UPDATE runs SET step = ?2 WHERE id = ?1";

} // namespace

std::int64_t IndexWriter::metricId(const std::string& name) {
    const auto known = m_metrics.find(name);
    if (known != m_metrics.end()) return known->second;
    m_database.prepare("INSERT INTO metrics(name) VALUES (?1) ON CONFLICT DO NOTHING").bind(1, name).run();
    Statement find = m_database.prepare("SELECT id FROM metrics WHERE name = ?1");
    static_cast<void>(find.bind(1, name).row());
    return m_metrics[name] = find.integer(0);
}

void IndexWriter::put(std::int64_t run, int attempt, const Event& event, const Scalar& scalar) {
    m_database
        .prepare("INSERT OR REPLACE INTO scalars(run, metric, attempt, n, step, time, value) VALUES (?1, ?2, ?3, ?4, "
                 "?5, ?6, ?7)")
        .bind(1, run)
        .bind(2, metricId(scalar.metric))
        .bind(3, attempt)
        .bind(4, event.sequence)
        .bind(5, scalar.step)
        .bind(6, event.timeMs)
        .bind(7, scalar.value)
        .run();
}

void IndexWriter::put(std::int64_t run, int attempt, const Event& event, const Snapshot& snapshot) {
    m_database.prepare("INSERT OR REPLACE INTO artifacts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")
        .bind(1, run)
        .bind(2, attempt)
        .bind(3, event.sequence)
        .bind(4, event.timeMs)
        .bind(5, snapshot.artifact)
        .bind(6, snapshot.step)
        .bind(7, snapshot.mediaType)
        .bind(8, snapshot.file)
        .bind(9, writeJsonLine(snapshot.value))
        .run();
}

void IndexWriter::put(std::int64_t run, int attempt, const Event& event, const LogEvent& log) {
    m_database.prepare("INSERT OR REPLACE INTO logs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
        .bind(1, run)
        .bind(2, attempt)
        .bind(3, event.sequence)
        .bind(4, event.timeMs)
        .bind(5, static_cast<int>(log.level))
        .bind(6, log.message)
        .bind(7, writeJsonLine(Json(log.arguments)))
        .bind(8, log.where)
        .run();
}

void IndexWriter::put(std::int64_t run, int attempt, const Event& event, const CheckpointSaved& saved) {
    m_database.prepare("INSERT OR REPLACE INTO checkpoints VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
        .bind(1, run)
        .bind(2, attempt)
        .bind(3, event.sequence)
        .bind(4, event.timeMs)
        .bind(5, saved.step)
        .bind(6, saved.file)
        .bind(7, saved.sha256)
        .bind(8, saved.bytes)
        .run();
}

void IndexWriter::put(std::int64_t run, int attempt, const Event& event, const StateChanged& change) {
    storeState(run, change.to, attempt);
    if (change.to == RunState::Starting)
        m_database
            .prepare("UPDATE runs SET started = CASE WHEN ?3 <= 1 THEN ?2 ELSE started END, ended = 0, error = NULL "
                     "WHERE id = ?1")
            .bind(1, run)
            .bind(2, event.timeMs)
            .bind(3, attempt)
            .run();
    if (change.resumedFrom) supersede(run, attempt, *change.resumedFrom);
}

void IndexWriter::put(std::int64_t run, int attempt, const Event& event, const Finished& finished) {
    storeState(run, finished.outcome, attempt);
    Json summary = Json::object();
    for (const auto& [metric, value] : finished.summary) summary[metric] = numberToJson(value);
    m_database.prepare("UPDATE runs SET ended = ?2, summary = ?3 WHERE id = ?1")
        .bind(1, run)
        .bind(2, event.timeMs)
        .bind(3, writeJsonLine(summary))
        .run();
    if (finished.error)
        m_database.prepare("UPDATE runs SET error = ?2 WHERE id = ?1")
            .bind(1, run)
            .bind(2, writeJsonLine(toJson(*finished.error)))
            .run();
}

/// What lies after the checkpoint, in its attempt and in those between, was computed again. It is kept and marked.
void IndexWriter::supersede(std::int64_t run, int attempt, const ResumePoint& point) {
    m_database
        .prepare("UPDATE scalars SET superseded = 1 WHERE run = ?1 AND ((attempt = ?2 AND n > ?3) OR (attempt > ?2 AND "
                 "attempt < ?4))")
        .bind(1, run)
        .bind(2, point.attempt)
        .bind(3, point.sequence)
        .bind(4, attempt)
        .run();
}

void IndexWriter::put(std::int64_t run, int attempt, const Event& event) {
    std::visit([&](const auto& body) { put(run, attempt, event, body); }, event.body);
}

void IndexWriter::apply(std::int64_t run, const EventBatch& batch) {
    for (const Event& event : batch.events) put(run, batch.attempt, event);
    const auto isScalar = [](const Event& event) { return std::holds_alternative<Scalar>(event.body); };
    const auto last = std::find_if(batch.events.rbegin(), batch.events.rend(), isScalar);
    if (last != batch.events.rend())
        m_database.prepare(SetStep).bind(1, run).bind(2, std::get<Scalar>(last->body).step).run();
    for (const Error& problem : batch.problems) storeProblem(run, problem);
    storePosition(run, batch.end);
}

void IndexWriter::storePosition(std::int64_t run, const ReadPosition& position) {
    m_database.prepare("INSERT OR REPLACE INTO files(run, attempt, offset) VALUES (?1, ?2, ?3)")
        .bind(1, run)
        .bind(2, position.attempt)
        .bind(3, static_cast<std::int64_t>(position.offset))
        .run();
}

void IndexWriter::storeRecord(std::int64_t run, const RunRecord& record) {
    m_database
        .prepare("UPDATE runs SET experiment = ?2, preset = ?3, seed = ?4, device = ?5, created = ?6, record = ?7 "
                 "WHERE id = ?1")
        .bind(1, run)
        .bind(2, record.config.experiment)
        .bind(3, record.config.preset)
        .bind(4, std::to_string(record.config.seed))
        .bind(5, record.config.device)
        .bind(6, record.createdMs)
        .bind(7, writeJsonLine(record.toJson()))
        .run();
}

void IndexWriter::storeState(std::int64_t run, RunState state, int attempt) {
    m_database.prepare("UPDATE runs SET state = ?2, attempt = ?3 WHERE id = ?1")
        .bind(1, run)
        .bind(2, toString(state))
        .bind(3, attempt)
        .run();
}

void IndexWriter::storeProblem(std::int64_t run, const Error& error) {
    Statement statement = m_database.prepare("INSERT INTO problems(run, time, error) VALUES (nullif(?1, 0), ?2, ?3)");
    statement.bind(1, run).bind(2, nowMs()).bind(3, writeJsonLine(toJson(error))).run();
}

void IndexWriter::removeRun(const std::string& uuid) {
    m_database.prepare("DELETE FROM runs WHERE uuid = ?1").bind(1, uuid).run();
}

} // namespace vitrine::store
