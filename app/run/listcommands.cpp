// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/listcommands.hpp"

#include "app/run/manual.hpp"

#include <cstdio>
#include <memory>

namespace vitrine::cli {

namespace {

void print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
}

std::string valueOf(const Json& value) {
    return value.is_string() ? value.get<std::string>() : writeJsonLine(value);
}

std::string numberOf(double value) {
    return valueOf(value == static_cast<double>(static_cast<long long>(value)) ? Json(static_cast<long long>(value))
                                                                               : numberToJson(value));
}

std::string limits(const ParamSpec& spec) {
    std::string text;
    if (spec.range) text = numberOf(spec.range->low) + " to " + numberOf(spec.range->high);
    for (const ChoiceOption& option : spec.options) text += (text.empty() ? "" : " | ") + option.id;
    if (!spec.unit.empty()) text += (text.empty() ? "in " : " ") + spec.unit;
    return text;
}

std::string shortened(const std::string& text) {
    const std::size_t end = text.find('\n');
    return end == std::string::npos ? text : text.substr(0, end) + " ...";
}

void printMethod(const ExperimentDescriptor& method) {
    print(method.id + " - " + method.title + "\n\n" + method.summary + "\n");
    if (!method.citation.empty())
        print(method.citation + (method.citationUrl.empty() ? "" : ", " + method.citationUrl) + "\n");
    print("\nPresets (--preset)\n");
    for (const Preset& preset : method.presets)
        print("  " + preset.id + " [" + preset.scale + "]  " + preset.label + ". " + preset.summary + "\n");
    print("\nKnobs (--set name=value)\n");
    for (const ParamSpec& spec : method.params) {
        print("  " + spec.id + " = " + shortened(valueOf(spec.defaultValue)));
        if (const std::string text = limits(spec); !text.empty()) print("  (" + text + ")");
        print("\n      " + spec.help + (spec.source.empty() ? "" : " [" + spec.source + "]") + "\n");
    }
    print("\nMetrics\n");
    for (const MetricSpec& metric : method.metrics)
        print("  " + metric.id + (metric.unit.empty() ? "" : " (" + metric.unit + ")") + "  " + metric.help + "\n");
}

int list(const Program& program, bool json) {
    Json all = Json::array();
    for (const auto& method : program.methods.registry.all()) {
        const ExperimentDescriptor& one = method->descriptor();
        all.push_back({{"id", one.id}, {"title", one.title}, {"summary", one.summary}});
        if (!json) print(one.id + "\t" + one.title + "\t" + one.summary + "\n");
    }
    if (json) print(writeJsonLine(all) + "\n");
    return Success;
}

int describe(const Program& program, const std::string& id, bool json) {
    const Method* method = program.methods.registry.find(id);
    if (!method)
        return report(makeError("VIT-RUN-001", "There is no method \"%1\" in this program", {id},
                                "`vitrine-run list` names them"));
    if (json)
        print(toJson(method->descriptor()).dump(2) + "\n");
    else
        printMethod(method->descriptor());
    return Success;
}

} // namespace

void addListCommands(CLI::App& app, const Program& program, int& status) {
    auto asJson = std::make_shared<bool>(false);
    auto id = std::make_shared<std::string>();

    CLI::App* listCommand = app.add_subcommand("list", "list the methods of this program");
    listCommand->add_flag("--json", *asJson,
                          "Print one JSON array instead of lines of id, title and summary between tabs.");
    listCommand->callback([&program, &status, asJson] { status = list(program, *asJson); });
    setManual(*listCommand, {"[--json]",
                             "Prints one line for each method: its id, title and summary.",
                             {{"0", "Always."}},
                             {},
                             commonEnvironment(),
                             {{"vitrine-run list", "All methods."}}});

    CLI::App* describeCommand = app.add_subcommand("describe", "show the presets, knobs and metrics of a method");
    describeCommand->add_option("ID", *id, "The method's id, as `list` prints it.")->required();
    describeCommand->add_flag("--json", *asJson, "Print the whole descriptor as JSON.");
    describeCommand->callback([&program, &status, id, asJson] { status = describe(program, *id, *asJson); });
    setManual(*describeCommand, {"ID [--json]",
                                 "Prints everything that can be set and everything that is measured: default, limits, "
                                 "unit, help and source of each knob.",
                                 {{"0", "Printed."}, {"2", "There is no such method."}},
                                 {},
                                 commonEnvironment(),
                                 {{"vitrine-run describe tensor_logic", "The knobs of the Tensor Logic room."},
                                  {"vitrine-run describe tensor_logic --json", "The same for a program to read."}}});
}

} // namespace vitrine::cli
