// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/listcommands.hpp"
#include "app/run/lmcommand.hpp"
#include "app/run/manual.hpp"
#include "app/run/program.hpp"
#include "app/run/runcommand.hpp"
#include "app/run/selfcheckcommand.hpp"
#include "app/run/signals.hpp"
#include "app/run/tlcommand.hpp"
#include "app/run/usage.hpp"
#include "app/run/workspacecommand.hpp"
#include "core/base/logging.hpp"
#include "core/base/version.hpp"
#include "core/methods/registry.hpp"

#include <cstdio>

extern "C" const vitrine::FactoryList* vitrine_method_factories(int abi);

namespace vitrine::cli {

int report(const Error& error) {
    std::fprintf(stderr, "vitrine-run: %s\n", toText(error).c_str());
    const bool isRefusal = error.code.starts_with("VIT-EXP-") || error.code.starts_with("VIT-CLI-") ||
                           error.code.starts_with("VIT-DEVICE-") || error.code.starts_with("VIT-RUN-0") ||
                           error.code == "VIT-STORE-012";
    return isRefusal ? Refused : NoAccess;
}

namespace {

void loadMethods(Program& program) {
    registerMethods(program.methods.registry);
    program.methods.add(vitrine_method_factories(FactoryAbi));
    for (const Status& status :
         {runner::loadPluginMethods(program.methods), runner::loadPluginFactories(program.methods)})
        if (!status.ok()) static_cast<void>(report(status.error()));
}

Manual mainManual() {
    return {"COMMAND [ARGUMENT]...\nID [--preset PRESET] [--set NAME=VALUE]...\n--version",
            "Runs the experiments of Vitrine without a window: on a server, from a script, or under a scheduler. "
            "Everything that a run says goes into its own folder as lines "
            "of JSON; the window reads the same files. `vitrine-run COMMAND --help` is the manual of a command.",
            runExitStatus(),
            {{"~/.local/share/vitrine/workspace/runs/", "Where runs go without --out."}},
            commonEnvironment(),
            {{"vitrine-run list", "What can be run."},
             {"vitrine-run tensor_logic --preset lesson.ancestors", "Run a preset."},
             {"vitrine-run workspace check", "See whether the workspace is sound."}}};
}

int runCommandLine(int argc, char** argv) {
    Program program;
    loadMethods(program);
    int status = Success;
    CLI::App app("run the experiments of Vitrine without a window", "vitrine-run");
    setManual(app, mainManual());
    app.set_version_flag("--version", std::string("vitrine-run ") + Version + " (" + commit() + ")",
                         "Print the version and the commit.");
    app.require_subcommand(1);
    addRunCommands(app, program, status);
    addListCommands(app, program, status);
    addWorkspaceCommand(app, status);
    addSelfCheckCommand(app, status);
    addTlCommand(app, status);
    addLmCommand(app, status);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& problem) {
        if (problem.get_exit_code() == 0) return app.exit(problem) == 0 ? Success : Refused; // --help, --version
        std::fprintf(stderr, "vitrine-run: %s\nRun with --help for more information.\n", explain(app, problem).c_str());
        return Refused;
    }
    return status;
}

} // namespace

} // namespace vitrine::cli

int main(int argc, char** argv) {
    try {
        vitrine::cli::installStopSignals();
        return vitrine::cli::runCommandLine(argc, argv);
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "vitrine-run: %s\n", problem.what());
        return vitrine::cli::Failure;
    }
}
