// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/manual.hpp"

#include <sstream>

namespace vitrine::cli {

namespace {

constexpr std::size_t Width = 78;
using Rows = std::vector<std::pair<std::string, std::string>>;

/// Words of `text` in lines of at most Width, each after `indent` blanks.
std::string wrapped(const std::string& text, std::size_t indent) {
    std::istringstream words(text);
    const std::string margin(indent, ' ');
    std::string out, line = margin, word;
    while (words >> word) {
        if (line.size() > indent && line.size() + 1 + word.size() > Width) {
            out += line + "\n";
            line = margin;
        }
        line += (line.size() > indent ? " " : "") + word;
    }
    return out + line + "\n";
}

std::string paragraphs(const std::string& text) {
    std::istringstream lines(text);
    std::string out, paragraph, line;
    const auto close = [&] {
        if (!paragraph.empty()) out += wrapped(paragraph, 7);
        paragraph.clear();
    };
    while (std::getline(lines, line)) {
        if (line.starts_with("  ") || line.empty()) {
            close();
            out += line.empty() ? "\n" : "       " + line + "\n";
        } else {
            paragraph += line + " ";
        }
    }
    close();
    return out;
}

std::string section(const std::string& title, const std::string& body) {
    return body.empty() ? std::string() : "\n" + title + "\n" + body;
}

std::string rows(const Rows& list) {
    std::string out;
    for (const auto& [name, text] : list) out += "       " + name + "\n" + wrapped(text, 14);
    return out;
}

std::string optionRows(const CLI::App& command) {
    std::string out;
    for (const CLI::Option* option : command.get_options()) {
        if (option->get_group().empty()) continue; // hidden
        std::string name = option->get_name(option->get_positional(), true);
        if (option->get_type_size() != 0 && !option->get_type_name().empty() && !option->get_positional())
            name += " " + option->get_type_name();
        out += "       " + name + "\n" + wrapped(option->get_description(), 14);
    }
    return out;
}

std::string subcommandRows(const CLI::App& command) {
    Rows list;
    for (const CLI::App* one : command.get_subcommands({}))
        if (!one->get_group().empty()) list.emplace_back(one->get_name(), one->get_description());
    return rows(list);
}

class ManualFormatter : public CLI::Formatter {
  public:
    explicit ManualFormatter(Manual manual) : m_manual(std::move(manual)) {}

    std::string make_help(const CLI::App* command, std::string name, CLI::AppFormatMode) const override {
        const std::string program = name.empty() ? command->get_name() : name;
        std::string synopsis;
        std::istringstream forms(m_manual.synopsis);
        for (std::string form; std::getline(forms, form);) synopsis += "       " + program + " " + form + "\n";
        std::string page = "NAME\n       " + program + " - " + command->get_description() + "\n";
        page += section("SYNOPSIS", synopsis) + section("DESCRIPTION", paragraphs(m_manual.description));
        page += section("COMMANDS", subcommandRows(*command)) + section("OPTIONS", optionRows(*command));
        page += section("EXIT STATUS", rows(m_manual.exitStatus)) + section("FILES", rows(m_manual.files));
        page += section("ENVIRONMENT", rows(m_manual.environment)) + section("EXAMPLES", rows(m_manual.examples));
        return page;
    }

  private:
    Manual m_manual;
};

} // namespace

void setManual(CLI::App& command, Manual manual) {
    command.formatter(std::make_shared<ManualFormatter>(std::move(manual)));
}

Rows runExitStatus() {
    return {
        {"0", "The run completed."},
        {"1", "The run failed; the reason stands on standard error and in the run's last event."},
        {"2", "Wrong usage, or a configuration that is not valid. All its problems are listed; nothing was started."},
        {"3", "The run was stopped before its end. It can be resumed."},
        {"4", "The run's folder cannot be written or read."},
        {"130", "Interrupted twice: ended at once. The run can be resumed from its last checkpoint."}};
}

Rows commonEnvironment() {
    return {{"VITRINE_WORKSPACE", "The workspace folder; without it, workspace/ below the user's data folder."},
            {"VITRINE_HOME", "Takes the place of the user's data and configuration folders."},
            {"VITRINE_PLUGINS", "Libraries, separated by colons, that bring methods of their own."}};
}

} // namespace vitrine::cli
