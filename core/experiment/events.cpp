// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/events.hpp"

#include "core/base/seal.hpp"

#include <array>

namespace vitrine {

namespace {

constexpr std::array<const char*, 4> LevelNames{"debug", "info", "warning", "error"};

// ---- writing: one overload a kind ----

Json body(const Progress& progress) {
    Json json{{"event", "progress"}, {"phase", progress.phase}, {"done", progress.done}, {"total", progress.total}};
    if (progress.etaSeconds) json["eta"] = *progress.etaSeconds;
    return json;
}

Json body(const Scalar& scalar) {
    return {{"event", "scalar"}, {"metric", scalar.metric}, {"step", scalar.step}, {"value", scalar.value}};
}

Json body(const Snapshot& snapshot) {
    Json json{
        {"event", "snapshot"}, {"artifact", snapshot.artifact}, {"step", snapshot.step}, {"type", snapshot.mediaType}};
    if (snapshot.file.empty())
        json["value"] = snapshot.value;
    else
        json["file"] = snapshot.file;
    return json;
}

Json body(const LogEvent& log) {
    Json json{{"event", "log"}, {"level", LevelNames[static_cast<std::size_t>(log.level)]}, {"message", log.message}};
    if (!log.arguments.empty()) json["arguments"] = log.arguments;
    if (!log.where.empty()) json["where"] = log.where;
    return json;
}

Json body(const CheckpointSaved& saved) {
    return {{"event", "checkpoint"},
            {"step", saved.step},
            {"file", saved.file},
            {"sha256", saved.sha256},
            {"bytes", saved.bytes}};
}

Json body(const StateChanged& change) {
    Json json{{"event", "state"}, {"from", toString(change.from)}, {"to", toString(change.to)}};
    if (!change.reason.empty()) json["reason"] = change.reason;
    if (const auto& from = change.resumedFrom)
        json["resumed"] = {{"attempt", from->attempt}, {"n", from->sequence}, {"step", from->step}};
    return json;
}

Json body(const Finished& finished) {
    Json json{{"event", "finished"}, {"outcome", toString(finished.outcome)}, {"summary", finished.summary}};
    if (finished.error) json["error"] = toJson(*finished.error);
    return json;
}

// ---- reading: fields are checked, what is wrong is named ----

/// Reads fields of one line; the first wrong one is kept in `wrong`.
struct Reader {
    const Json& json;
    std::string wrong;

    void fail(const char* key) {
        if (wrong.empty()) wrong = key;
    }
    const Json* at(const char* key) {
        const auto found = json.find(key);
        return found == json.end() ? nullptr : &*found;
    }
    std::string text(const char* key, bool needed = true) {
        const Json* value = at(key);
        if (value && value->is_string()) return value->get<std::string>();
        if (value || needed) fail(key);
        return {};
    }
    std::int64_t whole(const char* key) {
        const Json* value = at(key);
        if (value && value->is_number_integer()) return value->get<std::int64_t>();
        fail(key);
        return 0;
    }
    double number(const char* key) {
        const Json* value = at(key);
        if (value && isNumber(*value)) return numberFromJson(*value);
        fail(key);
        return 0;
    }
    RunState state(const char* key) {
        const auto found = runStateFromString(text(key));
        if (!found) fail(key);
        return found.value_or(RunState::Failed);
    }
    static bool isNumber(const Json& value) {
        return value.is_number() || value == "nan" || value == "inf" || value == "-inf";
    }
};

EventBody readProgress(Reader& in) {
    Progress progress{in.text("phase"), in.number("done"), in.number("total"), std::nullopt};
    if (in.at("eta")) progress.etaSeconds = in.number("eta");
    return progress;
}

EventBody readScalar(Reader& in) {
    return Scalar{in.text("metric"), in.whole("step"), in.number("value")};
}

EventBody readSnapshot(Reader& in) {
    Snapshot snapshot{in.text("artifact"), in.whole("step"), in.text("type"), nullptr, in.text("file", false)};
    if (const Json* value = in.at("value"); value && snapshot.file.empty()) snapshot.value = *value;
    return snapshot;
}

EventBody readLog(Reader& in) {
    LogEvent log{LogLevel::Info, in.text("message"), {}, in.text("where", false)};
    const std::string level = in.text("level");
    bool known = false;
    for (std::size_t i = 0; i < LevelNames.size(); ++i)
        if (level == LevelNames[i]) log.level = static_cast<LogLevel>(i), known = true;
    if (!known) in.fail("level");
    const Json* arguments = in.at("arguments");
    if (!arguments) return log;
    if (!arguments->is_array()) in.fail("arguments");
    for (const Json& argument : *arguments) {
        if (argument.is_string())
            log.arguments.push_back(argument.get<std::string>());
        else
            in.fail("arguments");
    }
    return log;
}

EventBody readCheckpoint(Reader& in) {
    return CheckpointSaved{in.whole("step"), in.text("file"), in.text("sha256"), in.whole("bytes")};
}

EventBody readState(Reader& in) {
    StateChanged change{in.state("from"), in.state("to"), in.text("reason", false), std::nullopt};
    const Json* point = in.at("resumed");
    if (!point) return change;
    Reader inner{*point, {}};
    if (point->is_object())
        change.resumedFrom =
            ResumePoint{static_cast<int>(inner.whole("attempt")), inner.whole("n"), inner.whole("step")};
    if (!point->is_object() || !inner.wrong.empty()) in.fail("resumed");
    return change;
}

EventBody readFinished(Reader& in) {
    Finished finished{in.state("outcome"), {}, std::nullopt};
    if (!isFinal(finished.outcome)) in.fail("outcome");
    if (const Json* summary = in.at("summary")) {
        if (!summary->is_object())
            in.fail("summary");
        else
            for (const auto& [metric, value] : summary->items()) {
                if (Reader::isNumber(value))
                    finished.summary[metric] = numberFromJson(value);
                else
                    in.fail("summary");
            }
    }
    if (const Json* error = in.at("error")) finished.error = errorFromJson(*error);
    return finished;
}

using ReadBody = EventBody (*)(Reader&);
constexpr std::array<std::pair<const char*, ReadBody>, 7> Kinds{{{"scalar", readScalar},
                                                                 {"progress", readProgress},
                                                                 {"snapshot", readSnapshot},
                                                                 {"log", readLog},
                                                                 {"checkpoint", readCheckpoint},
                                                                 {"state", readState},
                                                                 {"finished", readFinished}}};

Error notAnEvent(const std::string& why) {
    return makeError("VIT-EXP-010", "Not an event: %1", {why});
}

} // namespace

std::string toJsonLine(const Event& event) {
    Json json = std::visit([](const auto& one) { return body(one); }, event.body);
    json["n"] = event.sequence;
    json["t"] = event.timeMs;
    return writeJsonLine(json);
}

Result<Event> eventFromJson(std::string_view line) {
    if (isSealBroken(line)) return notAnEvent("its check sum does not fit");
    const Result<Json> json = parseJson(line);
    if (!json) return notAnEvent(toText(json.error()));
    if (!json->is_object()) return notAnEvent("not an object");
    Reader in{*json, {}};
    const std::int64_t sequence = in.whole("n"), time = in.whole("t");
    const std::string kind = in.text("event");
    for (const auto& [name, read] : Kinds) {
        if (kind != name) continue;
        EventBody event = read(in);
        if (!in.wrong.empty()) return notAnEvent("the field \"" + in.wrong + "\" is missing or wrong");
        return Event{sequence, time, std::move(event)};
    }
    return notAnEvent("the kind \"" + kind.substr(0, 40) + "\" is unknown");
}

} // namespace vitrine
