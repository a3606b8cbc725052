// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/rundirectory.hpp"

#include "core/base/files.hpp"
#include "core/base/ids.hpp"
#include "core/base/seal.hpp"

#include <algorithm>
#include <charconv>

namespace vitrine::store {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t RecordCap = 64U << 20U; // programs are part of the configuration
constexpr int Format = 1;

Json resumeJson(const ResumePoint& point) {
    return {{"attempt", point.attempt}, {"n", point.sequence}, {"step", point.step}};
}

Json provenanceJson(const Provenance& attempt) {
    Json json{{"attempt", attempt.attempt},     {"version", attempt.version},   {"commit", attempt.commit},
              {"compiler", attempt.compiler},   {"device", attempt.device},     {"threads", attempt.threads},
              {"libraries", attempt.libraries}, {"started", attempt.startedMs}, {"ended", attempt.endedMs}};
    if (!attempt.deviceModel.empty()) json["device_model"] = attempt.deviceModel;
    if (attempt.resumedFrom) json["resumed"] = resumeJson(*attempt.resumedFrom);
    for (const InputFile& input : attempt.inputs)
        json["inputs"].push_back({{"name", input.name}, {"bytes", input.bytes}, {"sha256", input.sha256}});
    return json;
}

/// Fields of config.json that only inform: a wrong one is left at its default.
template <typename T>
T valueOr(const Json& json, const char* key, T fallback) {
    const auto found = json.find(key);
    if (found == json.end()) return fallback;
    if constexpr (std::is_same_v<T, std::string>)
        return found->is_string() ? found->template get<T>() : fallback;
    else
        return found->is_number_integer() ? found->template get<T>() : fallback;
}

Provenance provenanceFrom(const Json& json) {
    Provenance attempt;
    if (!json.is_object()) return attempt;
    attempt.attempt = valueOr(json, "attempt", 1);
    attempt.version = valueOr(json, "version", std::string());
    attempt.commit = valueOr(json, "commit", std::string());
    attempt.compiler = valueOr(json, "compiler", std::string());
    attempt.device = valueOr(json, "device", std::string());
    attempt.deviceModel = valueOr(json, "device_model", std::string());
    attempt.threads = valueOr(json, "threads", 0);
    attempt.startedMs = valueOr(json, "started", std::int64_t{0});
    attempt.endedMs = valueOr(json, "ended", std::int64_t{0});
    if (const auto libraries = json.find("libraries"); libraries != json.end() && libraries->is_object())
        for (const auto& [name, version] : libraries->items())
            if (version.is_string()) attempt.libraries[name] = version.get<std::string>();
    if (const auto inputs = json.find("inputs"); inputs != json.end() && inputs->is_array())
        for (const Json& input : *inputs)
            if (input.is_object())
                attempt.inputs.push_back({valueOr(input, "name", std::string()),
                                          valueOr(input, "bytes", std::int64_t{0}),
                                          valueOr(input, "sha256", std::string())});
    if (const auto point = json.find("resumed"); point != json.end() && point->is_object())
        attempt.resumedFrom = ResumePoint{valueOr(*point, "attempt", 0), valueOr(*point, "n", std::int64_t{0}),
                                          valueOr(*point, "step", std::int64_t{0})};
    return attempt;
}

/// 7 of "events-7.jsonl", else 0.
int attemptOf(const std::string& name) {
    constexpr std::string_view Prefix = "events-", Suffix = ".jsonl";
    if (name.size() <= Prefix.size() + Suffix.size() || !name.starts_with(Prefix) || !name.ends_with(Suffix)) return 0;
    const char* end = name.data() + name.size() - Suffix.size();
    int attempt = 0;
    const auto [stop, problem] = std::from_chars(name.data() + Prefix.size(), end, attempt);
    return problem == std::errc() && stop == end && attempt > 0 ? attempt : 0;
}

Error unreadable(const char* code, const char* message, const fs::path& file, const Error& cause) {
    Error error = makeError(code, message, {file.string()});
    error.cause = std::make_shared<const Error>(cause);
    return error;
}

} // namespace

Json RunRecord::toJson() const {
    Json json{{"format", Format},
              {"id", id},
              {"created", createdMs},
              {"config", config.toJson()},
              {"attempts", Json::array()}};
    for (const Provenance& attempt : attempts) json["attempts"].push_back(provenanceJson(attempt));
    return json;
}

Result<RunRecord> RunRecord::fromJson(const Json& json) {
    if (!json.is_object() || !json.contains("config"))
        return makeError("VIT-EXP-007", "Not a configuration: %1", {"no \"config\""});
    Result<Config> config = Config::fromJson(json["config"]);
    if (!config) return config.error();
    RunRecord record;
    record.id = valueOr(json, "id", std::string());
    record.createdMs = valueOr(json, "created", std::int64_t{0});
    record.config = *std::move(config);
    if (const auto list = json.find("attempts"); list != json.end() && list->is_array())
        for (const Json& attempt : *list) record.attempts.push_back(provenanceFrom(attempt));
    return record;
}

Result<RunDirectory> RunDirectory::create(const fs::path& folder, const std::string& id, const Config& config) {
    RunDirectory run(folder);
    std::error_code problem;
    if (fs::exists(run.configFile(), problem))
        return makeError("VIT-STORE-012", "There is a run already in %1", {folder.string()},
                         "Choose another folder, or resume it");
    const bool isThere = fs::exists(folder, problem);
    if (isThere && !fs::is_directory(folder, problem))
        return makeError("VIT-STORE-012", "%1 is a file; a run needs a folder", {folder.string()},
                         "Choose another folder");
    if (isThere && !fs::is_empty(folder, problem))
        return makeError("VIT-STORE-012", "The folder %1 is not empty, and what is in it is no run", {folder.string()},
                         "Choose another folder");
    if (Status made = run.fill(id, config); !made) {
        // Nothing of a run that could not be made is left behind; remove() takes empty folders only.
        for (const fs::path& part : {run.controlFolder(), run.checkpointFolder(), run.artifactFolder()})
            fs::remove(part, problem);
        if (!isThere) fs::remove(folder, problem);
        return made.error();
    }
    return run;
}

Status RunDirectory::fill(const std::string& id, const Config& config) const {
    for (const fs::path& part : {m_folder, controlFolder(), checkpointFolder(), artifactFolder()})
        if (Status made = makeFolder(part); !made) return made;
    RunRecord record;
    record.id = id;
    record.createdMs = nowMs();
    record.config = config;
    return writeRecord(record);
}

fs::path RunDirectory::eventFile(int attempt) const {
    return m_folder / ("events-" + std::to_string(attempt) + ".jsonl");
}

Result<RunRecord> RunDirectory::readRecord() const {
    const auto fail = [&](const Error& cause) {
        return unreadable("VIT-STORE-009", "The configuration of the run %1 cannot be read", configFile(), cause);
    };
    const Result<std::string> text = readFile(configFile(), RecordCap);
    if (!text) return fail(text.error());
    const Result<Json> json = parseJson(*text, configFile().string());
    if (!json) return fail(json.error());
    if (isSealBroken(*text))
        return fail(makeError("VIT-STORE-025", "The check sum in %1 does not fit: it was damaged or edited",
                              {configFile().string()}, "If it was edited, take \"crc\" out of it"));
    Result<RunRecord> record = RunRecord::fromJson(*json);
    if (!record) return fail(record.error());
    if (record->id.empty()) record->id = m_folder.filename().string();
    return record;
}

Status RunDirectory::writeRecord(const RunRecord& record) const {
    return writeFileAtomically(configFile(),
                               sealed(record.toJson().dump(2, ' ', false, Json::error_handler_t::replace)) + "\n");
}

int RunDirectory::lastAttempt() const {
    int last = 0;
    std::error_code problem;
    for (fs::directory_iterator entry(m_folder, problem), end; !problem && entry != end; entry.increment(problem))
        last = std::max(last, attemptOf(entry->path().filename().string()));
    return last;
}

Json UserData::toJson() const {
    return {{"name", name}, {"notes", notes}, {"tags", tags}, {"trashed", trashed}};
}

Result<UserData> readUserData(const RunDirectory& run) {
    std::error_code problem;
    if (!fs::exists(run.userFile(), problem)) return UserData{};
    const auto fail = [&](const Error& cause) {
        return unreadable("VIT-STORE-015", "The notes and tags in %1 cannot be read", run.userFile(), cause);
    };
    const Result<std::string> text = readFile(run.userFile(), 1U << 20U);
    if (!text) return fail(text.error());
    const Result<Json> json = parseJson(*text, run.userFile().string());
    if (!json) return fail(json.error());
    UserData data;
    if (!json->is_object())
        return fail(makeError("VIT-BASE-001", "Not valid JSON at byte %1: %2", {"0", "not an object"}));
    data.name = valueOr(*json, "name", std::string());
    data.notes = valueOr(*json, "notes", std::string());
    data.trashed = json->value("trashed", Json(false)) == true;
    if (const auto tags = json->find("tags"); tags != json->end() && tags->is_array())
        for (const Json& tag : *tags)
            if (tag.is_string()) data.tags.push_back(tag.get<std::string>());
    return data;
}

Status writeUserData(const RunDirectory& run, const UserData& data) {
    return writeFileAtomically(run.userFile(),
                               data.toJson().dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Status sendControl(const RunDirectory& run, const std::string& request) {
    if (Status made = makeFolder(run.controlFolder()); !made) return made;
    std::error_code ignored;
    if (request == "pause") fs::remove(run.controlFolder() / "resume", ignored); // the later request counts
    if (request == "resume") fs::remove(run.controlFolder() / "pause", ignored);
    return writeFileAtomically(run.controlFolder() / request, isoTime(nowMs()) + "\n");
}

void clearControl(const RunDirectory& run) {
    std::error_code ignored;
    for (const char* request : {"stop", "pause", "resume"}) fs::remove(run.controlFolder() / request, ignored);
}

} // namespace vitrine::store
