// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/workspacecommand.hpp"

#include "app/run/manual.hpp"
#include "app/run/program.hpp"
#include "core/store/check.hpp"
#include "core/store/workspacefolder.hpp"

#include <cstdio>
#include <memory>

namespace vitrine::cli {

namespace {

void print(const char* mark, const std::vector<Error>& list) {
    for (const Error& one : list) std::printf("%s %s\n", mark, toText(one).c_str());
}

std::string counted(std::int64_t count, const char* thing) {
    return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

void printCounts(const store::CheckReport& report) {
    std::printf("%s, %s, %s\n", counted(report.runs, "run").c_str(), counted(report.events, "event").c_str(),
                counted(static_cast<std::int64_t>(report.findings.size()), "problem").c_str());
}

int check(const std::string& folder) {
    const Result<store::CheckReport> report = store::checkWorkspace(store::workspaceFolder(folder));
    if (!report) return cli::report(report.error());
    print("!", report->findings);
    printCounts(*report);
    return report->findings.empty() ? Success : Failure;
}

int repair(const std::string& folder) {
    const Result<store::CheckReport> report = store::repairWorkspace(store::workspaceFolder(folder));
    if (!report) return cli::report(report.error());
    print("+", report->repaired);
    print("!", report->findings);
    printCounts(*report);
    return report->findings.empty() ? Success : Failure;
}

std::vector<std::pair<std::string, std::string>> workspaceFiles() {
    return {{"workspace.db", "The index: SQLite, made from the runs, and made again when it is damaged."},
            {"lock", "Names the window that has the workspace; empty after a clean end."},
            {"runs/ID/", "One folder for each run; `vitrine-run run --help` tells what is in it."}};
}

} // namespace

void addWorkspaceCommand(CLI::App& app, int& status) {
    auto folder = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand("workspace", "check or repair a workspace folder");
    command->require_subcommand(1);
    setManual(*command, {"check [--workspace FOLDER]\nrepair [--workspace FOLDER]",
                         "A workspace is a folder of runs with an index. Nothing lives in the index alone.",
                         {},
                         workspaceFiles(),
                         commonEnvironment(),
                         {}});

    CLI::App* checkCommand = command->add_subcommand("check", "read everything and say what is damaged");
    checkCommand->add_option("--workspace", *folder, "The workspace; without it, VITRINE_WORKSPACE or the user's own.")
        ->type_name("FOLDER");
    checkCommand->callback([&status, folder] { status = check(*folder); });
    setManual(*checkCommand, {"[--workspace FOLDER]",
                              "Reads the index page by page, every configuration and status, every line of events and "
                              "every checkpoint, looks whether the artefacts are there, and compares the index "
                              "with the events. Changes nothing; may run while a window has the workspace.",
                              {{"0", "Sound."},
                               {"1", "Something is damaged; each finding is a line with its code."},
                               {"4", "There is no workspace there."}},
                              workspaceFiles(),
                              commonEnvironment(),
                              {{"vitrine-run workspace check --workspace ~/lab", "Check that workspace."}}});

    CLI::App* repairCommand =
        command->add_subcommand("repair", "put right what can be put right, and make the index again");
    repairCommand->add_option("--workspace", *folder, "The workspace; without it, VITRINE_WORKSPACE or the user's own.")
        ->type_name("FOLDER");
    repairCommand->callback([&status, folder] { status = repair(*folder); });
    setManual(*repairCommand,
              {"[--workspace FOLDER]",
               "Takes damaged checkpoints out of their lists, puts unreadable notes aside, removes what broken writes "
               "left behind, and makes the index again "
               "from the runs. Event files are never changed. Then checks, and names what remains. Refuses while a "
               "window has "
               "the workspace.",
               {{"0", "Repaired."},
                {"1", "Something could not be put right; each such thing is a line with its code."},
                {"4", "A window has the workspace, or it cannot be written."}},
               workspaceFiles(),
               commonEnvironment(),
               {{"vitrine-run workspace repair", "Repair the user's own workspace."}}});
}

} // namespace vitrine::cli
