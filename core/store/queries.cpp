// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/scalardecimation.hpp"
#include "core/store/workspaceimpl.hpp"

#include <algorithm>
#include <sstream>

namespace vitrine::store {

namespace {

constexpr const char* RunColumns =
    "SELECT uuid, experiment, preset, seed, device, created, started, ended, state, attempt, step, summary, "
    "error, name, notes, tags, trashed, "
    "EXISTS(SELECT 1 FROM checkpoints WHERE checkpoints.run = runs.id) FROM runs ";

Json jsonOr(const std::string& text, Json fallback) {
    Result<Json> json = parseJson(text);
    return json ? *std::move(json) : std::move(fallback);
}

RunRow rowOf(const Statement& at) {
    RunRow row;
    row.id = at.text(0);
    row.experiment = at.text(1);
    row.preset = at.text(2);
    row.seed = at.text(3);
    row.device = at.text(4);
    row.createdMs = at.integer(5);
    row.startedMs = at.integer(6);
    row.endedMs = at.integer(7);
    row.state = runStateFromString(at.text(8)).value_or(RunState::Interrupted);
    row.attempt = static_cast<int>(at.integer(9));
    row.step = at.integer(10);
    const Json summary = jsonOr(at.text(11), Json::object());
    for (const auto& [metric, value] : summary.items()) row.summary[metric] = numberFromJson(value);
    if (!at.isNull(12)) row.error = errorFromJson(jsonOr(at.text(12), Json::object()));
    row.user.name = at.text(13);
    row.user.notes = at.text(14);
    const Json tags = jsonOr(at.text(15), Json::array());
    for (const Json& tag : tags)
        if (tag.is_string()) row.user.tags.push_back(tag.get<std::string>());
    row.user.trashed = at.integer(16) != 0;
    row.hasCheckpoint = at.integer(17) != 0;
    return row;
}

std::string lowered(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return c < 128 ? static_cast<char>(std::tolower(c)) : static_cast<char>(c); });
    return text;
}

bool matches(const RunRow& row, const RunFilter& filter) {
    const bool inTrash = row.user.trashed;
    if (filter.trash != RunFilter::Trash::With && inTrash != (filter.trash == RunFilter::Trash::Only)) return false;
    if (!filter.experiment.empty() && row.experiment != filter.experiment) return false;
    if (!filter.states.empty() &&
        std::find(filter.states.begin(), filter.states.end(), row.state) == filter.states.end())
        return false;
    if (filter.text.empty()) return true;
    std::string all = row.user.name + "\n" + row.user.notes + "\n" + row.experiment + "\n" + row.preset + "\n" + row.id;
    for (const std::string& tag : row.user.tags) all += "\n" + tag;
    all = lowered(std::move(all));
    std::istringstream words(lowered(filter.text));
    for (std::string word; words >> word;)
        if (all.find(word) == std::string::npos) return false;
    return true;
}

} // namespace

std::int64_t runRow(Database& database, const std::string& uuid) {
    {
        Statement find = database.prepare("SELECT id FROM runs WHERE uuid = ?1");
        if (find.bind(1, uuid).row()) return find.integer(0);
    }
    database.prepare("INSERT INTO runs(uuid) VALUES (?1)").bind(1, uuid).run();
    return database.lastId();
}

void mirrorUserData(Database& database, const std::string& uuid, const UserData& data) {
    database.prepare("UPDATE runs SET name = ?2, notes = ?3, tags = ?4, trashed = ?5 WHERE uuid = ?1")
        .bind(1, uuid)
        .bind(2, data.name)
        .bind(3, data.notes)
        .bind(4, writeJsonLine(Json(data.tags)))
        .bind(5, data.trashed ? 1 : 0)
        .run();
}

Result<std::vector<RunRow>> Workspace::runs(const RunFilter& filter) const {
    return m_impl->read<std::vector<RunRow>>([&](Database& database) {
        std::vector<RunRow> rows;
        std::int64_t skip = filter.offset;
        static const std::string Sql = std::string(RunColumns) + "ORDER BY created DESC, id DESC";
        Statement statement = database.prepare(Sql.c_str());
        while (static_cast<std::int64_t>(rows.size()) < filter.limit && statement.row()) {
            RunRow row = rowOf(statement);
            if (matches(row, filter) && skip-- <= 0) rows.push_back(std::move(row));
        }
        return rows;
    });
}

Result<RunRow> Workspace::run(const std::string& id) const {
    Result<std::optional<RunRow>> found =
        m_impl->read<std::optional<RunRow>>([&](Database& database) -> std::optional<RunRow> {
            static const std::string Sql = std::string(RunColumns) + "WHERE uuid = ?1";
            Statement statement = database.prepare(Sql.c_str());
            if (!statement.bind(1, id).row()) return std::nullopt;
            return rowOf(statement);
        });
    if (!found) return found.error();
    if (!*found) return makeError("VIT-STORE-010", "There is no run %1 in this workspace", {id});
    return **found;
}

Result<RunRecord> Workspace::record(const std::string& id) const {
    Result<std::string> text = m_impl->read<std::string>([&](Database& database) {
        Statement statement = database.prepare("SELECT record FROM runs WHERE uuid = ?1");
        return statement.bind(1, id).row() ? statement.text(0) : std::string();
    });
    if (!text) return text.error();
    if (text->empty()) return makeError("VIT-STORE-010", "There is no run %1 in this workspace", {id});
    const Result<Json> json = parseJson(*text);
    if (!json) return json.error();
    return RunRecord::fromJson(*json);
}

Result<std::vector<MetricInfo>> Workspace::metrics(const std::string& id) const {
    return m_impl->read<std::vector<MetricInfo>>([&](Database& database) {
        std::vector<MetricInfo> list;
        // The scalars are ordered by (metric, attempt, n): the last point of each metric is one look-up, in this order
        // of the tables (CROSS JOIN keeps it); in another it would be asked for at every point.
        Statement statement = database.prepare(
            "SELECT m.name, (SELECT count(*) FROM scalars s WHERE s.run = r.id AND s.metric = m.id AND s.superseded = "
            "0) AS many, "
            "l.step, l.value FROM runs r CROSS JOIN metrics m CROSS JOIN scalars l ON l.run = r.id AND l.metric = m.id "
            "AND "
            "(l.attempt, l.n) = (SELECT attempt, n FROM scalars s WHERE s.run = r.id AND s.metric = m.id "
            "ORDER BY attempt DESC, n DESC LIMIT 1) WHERE r.uuid = ?1 ORDER BY m.id");
        statement.bind(1, id);
        while (statement.row())
            list.push_back({statement.text(0), statement.integer(1), statement.integer(2), statement.real(3)});
        return list;
    });
}

Result<ScalarCurve> Workspace::scalars(const std::string& id, const std::string& metric,
                                       const ScalarOptions& options) const {
    Result<ScalarCurve> curve = m_impl->read<ScalarCurve>([&](Database& database) {
        ScalarCurve all;
        Statement statement = database.prepare(
            "SELECT step, time, value, superseded, attempt, n FROM scalars WHERE run = (SELECT id FROM runs WHERE uuid "
            "= ?1) "
            "AND metric = (SELECT id FROM metrics WHERE name = ?2) AND superseded <= ?3 ORDER BY attempt, n");
        statement.bind(1, id).bind(2, metric).bind(3, options.withSuperseded ? 1 : 0);
        while (statement.row()) {
            all.step.push_back(statement.integer(0));
            all.timeMs.push_back(statement.integer(1));
            all.value.push_back(statement.real(2));
            all.superseded.push_back(statement.integer(3) != 0);
            all.lastAttempt = static_cast<int>(statement.integer(4));
            all.lastSequence = statement.integer(5);
        }
        return all;
    });
    if (!curve || options.maxPoints == 0) return curve;
    return decimated(*curve, options.maxPoints);
}

Result<std::vector<LogRow>> Workspace::logs(const std::string& id, LogLevel level, std::int64_t limit) const {
    return m_impl->read<std::vector<LogRow>>([&](Database& database) {
        std::vector<LogRow> rows;
        Statement statement = database.prepare("SELECT attempt, n, time, level, message, arguments, place FROM logs "
                                               "WHERE run = (SELECT id FROM runs WHERE uuid = ?1) "
                                               "AND level >= ?2 ORDER BY attempt DESC, n DESC LIMIT ?3");
        statement.bind(1, id).bind(2, static_cast<int>(level)).bind(3, limit);
        while (statement.row()) {
            LogRow row{static_cast<int>(statement.integer(0)), statement.integer(1), statement.integer(2), {}};
            row.log.level = static_cast<LogLevel>(std::clamp<std::int64_t>(statement.integer(3), 0, 3));
            row.log.message = statement.text(4);
            const Json arguments = jsonOr(statement.text(5), Json::array());
            for (const Json& argument : arguments)
                if (argument.is_string()) row.log.arguments.push_back(argument.get<std::string>());
            row.log.where = statement.text(6);
            rows.push_back(std::move(row));
        }
        std::reverse(rows.begin(), rows.end());
        return rows;
    });
}

Result<std::vector<ArtifactRow>> Workspace::artifacts(const std::string& id, const std::string& artifact,
                                                      std::int64_t limit) const {
    return m_impl->read<std::vector<ArtifactRow>>([&](Database& database) {
        std::vector<ArtifactRow> rows;
        Statement statement = database.prepare("SELECT attempt, n, time, artifact, step, type, file, value FROM "
                                               "artifacts WHERE run = (SELECT id FROM runs WHERE uuid = ?1) "
                                               "AND (?2 = '' OR artifact = ?2) ORDER BY attempt DESC, n DESC LIMIT ?3");
        statement.bind(1, id).bind(2, artifact).bind(3, limit);
        while (statement.row())
            rows.push_back({static_cast<int>(statement.integer(0)), statement.integer(1), statement.integer(2),
                            Snapshot{statement.text(3), statement.integer(4), statement.text(5),
                                     jsonOr(statement.text(7), nullptr), statement.text(6)}});
        return rows;
    });
}

Result<std::vector<CheckpointEntry>> Workspace::checkpoints(const std::string& id) const {
    return m_impl->read<std::vector<CheckpointEntry>>([&](Database& database) {
        std::vector<CheckpointEntry> rows;
        Statement statement = database.prepare("SELECT step, file, sha256, bytes, attempt, n FROM checkpoints "
                                               "WHERE run = (SELECT id FROM runs WHERE uuid = ?1) ORDER BY attempt, n");
        statement.bind(1, id);
        while (statement.row())
            rows.push_back({statement.integer(0), statement.text(1), statement.text(2), statement.integer(3),
                            static_cast<int>(statement.integer(4)), statement.integer(5)});
        return rows;
    });
}

Result<std::vector<ProblemRow>> Workspace::problems(std::int64_t limit) const {
    return m_impl->read<std::vector<ProblemRow>>([&](Database& database) {
        std::vector<ProblemRow> rows;
        Statement statement =
            database.prepare("SELECT coalesce(runs.uuid, ''), problems.time, problems.error FROM problems "
                             "LEFT JOIN runs ON runs.id = problems.run ORDER BY problems.id DESC LIMIT ?1");
        statement.bind(1, limit);
        while (statement.row())
            rows.push_back(
                {statement.text(0), statement.integer(1), errorFromJson(jsonOr(statement.text(2), Json::object()))});
        return rows;
    });
}

} // namespace vitrine::store
