// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/experiment/schema.hpp"

#include "core/experiment/valuetext.hpp"

#include <algorithm>
#include <cmath>

namespace vitrine {

namespace {

Problem problemAt(const ParamSpec& spec, const char* code, const char* message, std::vector<std::string> arguments) {
    return {spec.id, Severity::Error, code, message, std::move(arguments)};
}

bool hasKind(ParamKind kind, const Json& value) {
    switch (kind) {
    case ParamKind::Int:
        return value.is_number_integer();
    case ParamKind::Real:
        return value.is_number();
    case ParamKind::Bool:
        return value.is_boolean();
    case ParamKind::IntList:
        return value.is_array() &&
               std::all_of(value.begin(), value.end(), [](const Json& entry) { return entry.is_number_integer(); });
    case ParamKind::Choice:
    case ParamKind::Text:
    case ParamKind::File:
    case ParamKind::Program:
        break;
    }
    return value.is_string();
}

bool isInside(const Range& range, const Json& number) {
    const auto value = number.get<double>();
    return value >= range.low && value <= range.high; // false for NaN
}

void checkRange(const ParamSpec& spec, const Json& value, Validation& out) {
    if (value.is_number() && !std::isfinite(value.get<double>())) {
        out.problems.push_back(problemAt(spec, "VIT-EXP-005", "%1 is not a finite number", {spec.id}));
        return;
    }
    if (!spec.range) return;
    const auto report = [&](const Json& entry) {
        out.problems.push_back(problemAt(spec, "VIT-EXP-005", "%1 is %2; it must be from %3",
                                         {spec.id, valueText(entry), rangeText(spec)}));
    };
    if (value.is_number() && !isInside(*spec.range, value)) report(value);
    if (value.is_array())
        for (const Json& entry : value)
            if (!isInside(*spec.range, entry)) return report(entry); // one problem a knob
}

void checkChoice(const ParamSpec& spec, const Json& value, Validation& out) {
    const auto& text = value.get_ref<const std::string&>();
    const auto isIt = [&](const ChoiceOption& option) { return option.id == text; };
    if (std::any_of(spec.options.begin(), spec.options.end(), isIt)) return;
    out.problems.push_back(
        problemAt(spec, "VIT-EXP-006", "%1 is \"%2\"; it must be one of %3", {spec.id, text, optionsText(spec)}));
}

void checkOne(const ParamSpec& spec, const Json& value, Validation& out) {
    if (!hasKind(spec.kind, value)) {
        out.problems.push_back(problemAt(spec, "VIT-EXP-004", "%1 is %2; it must be %3",
                                         {spec.id, valueText(value), kindText(spec.kind)}));
        return;
    }
    checkRange(spec, value, out);
    if (spec.kind == ParamKind::Choice) checkChoice(spec, value, out);
}

const ParamSpec* specOf(const std::vector<ParamSpec>& params, const std::string& id) {
    const auto found = std::find_if(params.begin(), params.end(), [&](const ParamSpec& spec) { return spec.id == id; });
    return found == params.end() ? nullptr : &*found;
}

} // namespace

Validation checkAgainst(const std::vector<ParamSpec>& params, const Config& config) {
    Validation out;
    for (const auto& [id, value] : config.values)
        if (!specOf(params, id))
            out.problems.push_back({id, Severity::Error, "VIT-EXP-003", "There is no knob %1", {id}});
    for (const ParamSpec& spec : params) {
        const Json* value = config.find(spec.id);
        if (value) checkOne(spec, *value, out);
    }
    return out;
}

Config withDefaults(const std::vector<ParamSpec>& params, Config config) {
    for (const ParamSpec& spec : params) config.values.try_emplace(spec.id, spec.defaultValue);
    return config;
}

bool isShown(const ParamSpec& spec, const Config& complete) {
    if (!spec.shownWhen) return true;
    const Json* value = complete.find(spec.shownWhen->param);
    if (!value) return false;
    const auto& wanted = spec.shownWhen->values;
    return std::find(wanted.begin(), wanted.end(), valueText(*value)) != wanted.end();
}

} // namespace vitrine
