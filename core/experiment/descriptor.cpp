// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/descriptor.hpp"

#include "core/base/logging.hpp"

#include <algorithm>

namespace vitrine {

namespace {

const char* kindName(ParamKind kind) {
    switch (kind) {
    case ParamKind::Int:
        return "int";
    case ParamKind::Real:
        return "real";
    case ParamKind::Bool:
        return "bool";
    case ParamKind::Choice:
        return "choice";
    case ParamKind::Text:
        return "text";
    case ParamKind::File:
        return "file";
    case ParamKind::Program:
        return "program";
    case ParamKind::IntList:
        break;
    }
    return "int list";
}

const char* groupName(RoomGroup group) {
    switch (group) {
    case RoomGroup::Reason:
        return "reason";
    case RoomGroup::See:
        return "see";
    case RoomGroup::Learn:
        return "learn";
    case RoomGroup::Know:
        break;
    }
    return "know";
}

const char* scaleName(Scale scale) {
    return scale == Scale::Log ? "log" : "linear";
}

const char* betterName(Better better) {
    switch (better) {
    case Better::Lower:
        return "lower";
    case Better::Higher:
        return "higher";
    case Better::None:
        break;
    }
    return "none";
}

Json paramJson(const ParamSpec& spec) {
    Json json{{"id", spec.id},
              {"kind", kindName(spec.kind)},
              {"default", spec.defaultValue},
              {"unit", spec.unit},
              {"group", spec.group},
              {"label", spec.label},
              {"help", spec.help},
              {"source", spec.source},
              {"level", spec.level == Level::Basic ? "basic" : "advanced"}};
    if (spec.range)
        json["range"] = {{"low", numberToJson(spec.range->low)},
                         {"high", numberToJson(spec.range->high)},
                         {"step", spec.range->step},
                         {"scale", scaleName(spec.range->scale)}};
    if (spec.shownWhen) json["shown_when"] = {{"param", spec.shownWhen->param}, {"values", spec.shownWhen->values}};
    for (const ChoiceOption& option : spec.options)
        json["options"].push_back({{"id", option.id}, {"label", option.label}});
    if (!spec.fileFilter.empty()) json["files"] = spec.fileFilter;
    return json;
}

Json metricJson(const MetricSpec& metric) {
    return {{"id", metric.id},       {"unit", metric.unit},         {"better", betterName(metric.better)},
            {"label", metric.label}, {"help", metric.help},         {"axis", scaleName(metric.axis)},
            {"plot", metric.plot},   {"step_unit", metric.stepUnit}};
}

Json presetJson(const Preset& preset) {
    return {{"id", preset.id},           {"scale", preset.scale},   {"label", preset.label},
            {"summary", preset.summary}, {"device", preset.device}, {"values", preset.values}};
}

} // namespace

const Preset* findPreset(const ExperimentDescriptor& descriptor, const std::string& id) {
    const auto isIt = [&](const Preset& preset) { return preset.id == id; };
    const auto found = std::find_if(descriptor.presets.begin(), descriptor.presets.end(), isIt);
    return found == descriptor.presets.end() ? nullptr : &*found;
}

const ParamSpec* findParam(const ExperimentDescriptor& descriptor, const std::string& id) {
    const auto isIt = [&](const ParamSpec& spec) { return spec.id == id; };
    const auto found = std::find_if(descriptor.params.begin(), descriptor.params.end(), isIt);
    return found == descriptor.params.end() ? nullptr : &*found;
}

Result<Config> configOfPreset(const ExperimentDescriptor& descriptor, const std::string& preset) {
    const Preset* found = findPreset(descriptor, preset);
    if (!found) {
        std::string known;
        for (const Preset& one : descriptor.presets) known += (known.empty() ? "" : ", ") + one.id;
        return makeError("VIT-EXP-002", "%1 has no preset \"%2\"; it has %3", {descriptor.id, preset, known});
    }
    Config config;
    config.experiment = descriptor.id;
    config.version = descriptor.version;
    config.preset = found->id;
    config.device = found->device;
    config.values = found->values;
    return withDefaults(descriptor.params, std::move(config));
}

Json toJson(const ExperimentDescriptor& descriptor) {
    Json json{{"id", descriptor.id},           {"version", descriptor.version}, {"group", groupName(descriptor.group)},
              {"title", descriptor.title},     {"summary", descriptor.summary}, {"citation", descriptor.citation},
              {"url", descriptor.citationUrl}, {"params", Json::array()},       {"metrics", Json::array()},
              {"artifacts", Json::array()},    {"presets", Json::array()}};
    for (const ParamSpec& spec : descriptor.params) json["params"].push_back(paramJson(spec));
    for (const MetricSpec& metric : descriptor.metrics) json["metrics"].push_back(metricJson(metric));
    for (const ArtifactSpec& artifact : descriptor.artifacts)
        json["artifacts"].push_back({{"id", artifact.id},
                                     {"kind", artifact.kind},
                                     {"media_type", artifact.mediaType},
                                     {"label", artifact.label}});
    for (const Preset& preset : descriptor.presets) json["presets"].push_back(presetJson(preset));
    const Capabilities& caps = descriptor.caps;
    json["capabilities"] = {{"pausable", caps.pausable},
                            {"resumable", caps.resumable},
                            {"gpu", caps.gpu},
                            {"needs_checkpoint_file", caps.needsCheckpointFile}};
    return json;
}

void MethodRegistry::add(std::unique_ptr<Method> method) {
    const std::string& id = method->descriptor().id;
    if (find(id)) {
        logMessage(LogLevel::Error, "vitrine.core.experiment",
                   "a second method calls itself " + id + "; it is left out");
        return;
    }
    m_methods.push_back(std::move(method));
}

const Method* MethodRegistry::find(const std::string& id) const {
    for (const auto& method : m_methods)
        if (method->descriptor().id == id) return method.get();
    return nullptr;
}

} // namespace vitrine
