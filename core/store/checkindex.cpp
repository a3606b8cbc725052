// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/checkindex.hpp"

#include <algorithm>
#include <bit>

namespace vitrine::store {

namespace {

constexpr const char* Code = "VIT-STORE-020";
constexpr const char* Hint = "The window completes the index by itself; `vitrine-run workspace repair` makes it again";

void mix(std::uint64_t& hash, std::int64_t value) { // FNV-1a
    for (int byte = 0; byte < 8; ++byte)
        hash = (hash ^ (static_cast<std::uint64_t>(value) >> (8 * byte) & 0xFF)) * 1099511628211ULL;
}
void mix(std::uint64_t& hash, std::string_view text) {
    mix(hash, static_cast<std::int64_t>(text.size()));
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
}
void mix(std::uint64_t& hash, double value) { // SQLite keeps neither NaNs apart nor the sign of 0
    mix(hash, value != value ? std::int64_t{-1} : std::bit_cast<std::int64_t>(value == 0 ? 0.0 : value));
}

template <typename... Fields>
void addRow(RowSum& rows, const Fields&... fields) {
    std::uint64_t hash = 14695981039346656037ULL;
    (mix(hash, fields), ...);
    rows.sum += hash;
    ++rows.rows;
}

void addEvent(RowSum& rows, std::int64_t attempt, const Event& event) {
    if (const auto* scalar = std::get_if<Scalar>(&event.body)) {
        ++rows.scalars;
        addRow(rows, "s", attempt, event.sequence, event.timeMs, scalar->metric, scalar->step, scalar->value);
    } else if (const auto* shot = std::get_if<Snapshot>(&event.body)) {
        addRow(rows, "a", attempt, event.sequence, event.timeMs, shot->artifact, shot->step, shot->mediaType,
               shot->file, writeJsonLine(shot->value));
    } else if (const auto* log = std::get_if<LogEvent>(&event.body)) {
        addRow(rows, "l", attempt, event.sequence, event.timeMs, static_cast<std::int64_t>(log->level), log->message,
               writeJsonLine(Json(log->arguments)), log->where);
    } else if (const auto* saved = std::get_if<CheckpointSaved>(&event.body)) {
        addRow(rows, "c", attempt, event.sequence, event.timeMs, saved->step, saved->file, saved->sha256, saved->bytes);
    }
}

RowSum rowsOfIndex(Database& index, const std::string& id) {
    RowSum rows;
    Statement scalars = index.prepare(
        "SELECT attempt, n, time, metrics.name, step, value FROM scalars JOIN metrics ON metrics.id = metric "
        "WHERE run = (SELECT id FROM runs WHERE uuid = ?1)");
    for (scalars.bind(1, id); scalars.row(); ++rows.scalars)
        addRow(rows, "s", scalars.integer(0), scalars.integer(1), scalars.integer(2), scalars.text(3),
               scalars.integer(4), scalars.real(5));
    Statement artifacts = index.prepare("SELECT attempt, n, time, artifact, step, type, file, value FROM artifacts "
                                        "WHERE run = (SELECT id FROM runs WHERE uuid = ?1)");
    for (artifacts.bind(1, id); artifacts.row();)
        addRow(rows, "a", artifacts.integer(0), artifacts.integer(1), artifacts.integer(2), artifacts.text(3),
               artifacts.integer(4), artifacts.text(5), artifacts.text(6), artifacts.text(7));
    Statement logs = index.prepare("SELECT attempt, n, time, level, message, arguments, place FROM logs "
                                   "WHERE run = (SELECT id FROM runs WHERE uuid = ?1)");
    for (logs.bind(1, id); logs.row();)
        addRow(rows, "l", logs.integer(0), logs.integer(1), logs.integer(2), logs.integer(3), logs.text(4),
               logs.text(5), logs.text(6));
    Statement saved = index.prepare("SELECT attempt, n, time, step, file, sha256, bytes FROM checkpoints "
                                    "WHERE run = (SELECT id FROM runs WHERE uuid = ?1)");
    for (saved.bind(1, id); saved.row();)
        addRow(rows, "c", saved.integer(0), saved.integer(1), saved.integer(2), saved.integer(3), saved.text(4),
               saved.text(5), saved.integer(6));
    return rows;
}

/// The columns of a run's row in the index that are not what they should be.
struct Row {
    Statement at;
    std::string wrong;

    void text(int column, const char* name, const std::string& wanted) {
        if (at.text(column) != wanted && wrong.empty()) wrong = name;
    }
    void number(int column, const char* name, std::int64_t wanted) {
        if (at.integer(column) != wanted && wrong.empty()) wrong = name;
    }
};

} // namespace

void ExpectedIndex::add(const EventBatch& batch) {
    if (batch.events.empty() && batch.problems.empty()) return;
    m_positions[batch.end.attempt] = static_cast<std::int64_t>(batch.end.offset);
    for (const Event& event : batch.events) {
        addEvent(m_rows, batch.attempt, event);
        follow(batch.attempt, event);
    }
}

void ExpectedIndex::follow(int attempt, const Event& event) {
    m_lastAttempt = attempt;
    if (const auto* scalar = std::get_if<Scalar>(&event.body)) m_step = scalar->step;
    if (const auto* change = std::get_if<StateChanged>(&event.body)) follow(attempt, event, *change);
    if (const auto* finished = std::get_if<Finished>(&event.body)) follow(attempt, event, *finished);
}

void ExpectedIndex::follow(int attempt, const Event& event, const StateChanged& change) {
    m_state = change.to;
    m_stateAttempt = attempt;
    if (change.to == RunState::Starting) {
        if (attempt <= 1) m_started = event.timeMs;
        m_ended = 0;
        m_error.clear();
    }
    if (change.resumedFrom) m_resumed.emplace_back(attempt, *change.resumedFrom);
}

void ExpectedIndex::follow(int attempt, const Event& event, const Finished& finished) {
    m_state = finished.outcome;
    m_stateAttempt = attempt;
    m_ended = event.timeMs;
    Json summary = Json::object();
    for (const auto& [metric, value] : finished.summary) summary[metric] = numberToJson(value);
    m_summary = writeJsonLine(summary);
    if (finished.error) m_error = writeJsonLine(toJson(*finished.error));
}

bool ExpectedIndex::isSuperseded(std::int64_t attempt, std::int64_t sequence) const {
    return std::any_of(m_resumed.begin(), m_resumed.end(), [&](const auto& one) {
        const auto& [by, point] = one;
        return (attempt == point.attempt && sequence > point.sequence) || (attempt > point.attempt && attempt < by);
    });
}

bool ExpectedIndex::areMarksRight(Database& index, const std::string& id) const {
    Statement scalars =
        index.prepare("SELECT attempt, n, superseded FROM scalars WHERE run = (SELECT id FROM runs WHERE uuid = ?1)");
    for (scalars.bind(1, id); scalars.row();)
        if (scalars.integer(2) != (isSuperseded(scalars.integer(0), scalars.integer(1)) ? 1 : 0)) return false;
    return true;
}

bool ExpectedIndex::arePositionsRight(Database& index, const std::string& id) const {
    std::map<std::int64_t, std::int64_t> positions;
    Statement files =
        index.prepare("SELECT attempt, offset FROM files WHERE run = (SELECT id FROM runs WHERE uuid = ?1)");
    for (files.bind(1, id); files.row();) positions[files.integer(0)] = files.integer(1);
    return positions == m_positions;
}

/// The first column of the run's row that is not what its files give; empty: none.
std::string ExpectedIndex::wrongColumn(Database& index, const std::string& id) const {
    Row row{index.prepare("SELECT experiment, preset, seed, device, created, record, name, notes, tags, trashed, "
                          "started, ended, step, summary, error, state, attempt FROM runs WHERE uuid = ?1"),
            {}};
    if (!row.at.bind(1, id).row()) return m_record || !m_positions.empty() ? "uuid" : ""; // a stray folder has no row
    if (m_record) {
        row.text(0, "experiment", m_record->config.experiment);
        row.text(1, "preset", m_record->config.preset);
        row.text(2, "seed", std::to_string(m_record->config.seed));
        row.text(3, "device", m_record->config.device);
        row.number(4, "created", m_record->createdMs);
        row.text(5, "record", writeJsonLine(m_record->toJson()));
    }
    if (m_user) {
        row.text(6, "name", m_user->name);
        row.text(7, "notes", m_user->notes);
        row.text(8, "tags", writeJsonLine(Json(m_user->tags)));
        row.number(9, "trashed", m_user->trashed ? 1 : 0);
    }
    row.number(10, "started", m_started);
    row.number(11, "ended", m_ended);
    row.number(12, "step", m_step);
    row.text(13, "summary", m_summary);
    row.text(14, "error", m_error);
    // Nobody writes that a run was interrupted: whoever looks finds it out, sooner or later.
    if (isFinal(m_state) || row.at.text(15) != toString(RunState::Interrupted)) {
        row.text(15, "state", toString(m_state));
        row.number(16, "attempt", m_stateAttempt);
    } else {
        row.number(16, "attempt", m_lastAttempt);
    }
    return row.wrong;
}

void ExpectedIndex::compare(Database& index, const std::string& id, CheckReport& report) const {
    const RowSum indexed = rowsOfIndex(index, id);
    if (indexed.scalars != m_rows.scalars) {
        report.findings.push_back(makeError(Code, "The index has %2 of the %3 scalars of the run %1",
                                            {id, std::to_string(indexed.scalars), std::to_string(m_rows.scalars)},
                                            Hint));
        return;
    }
    if (indexed.rows != m_rows.rows || indexed.sum != m_rows.sum || !areMarksRight(index, id) ||
        !arePositionsRight(index, id)) {
        report.findings.push_back(makeError(Code, "The index differs from the events of the run %1", {id}, Hint));
        return;
    }
    if (const std::string column = wrongColumn(index, id); !column.empty())
        report.findings.push_back(
            makeError(Code, "The index differs from the files of the run %1 in \"%2\"", {id, column}, Hint));
}

void checkStrangers(Database& index, const std::vector<std::string>& runs, CheckReport& report) {
    Statement known = index.prepare("SELECT uuid FROM runs");
    while (known.row())
        if (const std::string id = known.text(0); std::find(runs.begin(), runs.end(), id) == runs.end())
            report.findings.push_back(makeError(Code, "The index has a run %1 that is not there", {id}, Hint));
    Statement orphans = index.prepare("PRAGMA foreign_key_check");
    if (orphans.row())
        report.findings.push_back(
            makeError(Code, "The index has rows of \"%1\" that belong to no run", {orphans.text(0)}, Hint));
    Statement problems = index.prepare("SELECT error FROM problems");
    while (problems.row())
        if (!parseJson(problems.text(0))) {
            report.findings.push_back(makeError(Code, "The index has a problem that cannot be read", {}, Hint));
            return;
        }
}

} // namespace vitrine::store
