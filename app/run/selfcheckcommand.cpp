// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/run/selfcheckcommand.hpp"

#include "app/run/manual.hpp"
#include "app/run/program.hpp"
#include "core/base/version.hpp"
#include "core/runner/runner.hpp"
#include "core/tensor/device.hpp"
#include "core/tensor/selfcheck.hpp"
#include "core/tensor/versions.hpp"

#include <cstdio>
#include <memory>

namespace vitrine::cli {

namespace {

void printLine(const char* state, const std::string& name, const std::string& text) {
    std::printf("%-5s %-32s %s\n", state, name.c_str(), text.c_str());
}

std::string describe(const DeviceInfo& info) {
    std::string text = info.model + ", " + std::to_string(info.memoryBytes >> 20) + " MiB";
    if (info.device.kind == DeviceKind::Cpu) text += ", " + std::to_string(info.cores) + " cores";
    return info.usable ? text : text + " (not usable: " + info.reason + ")";
}

/// 1 for a difference, else 0.
int runOne(const SelfCheck& check, const Device& device) {
    if (check.needsCuda && device.kind == DeviceKind::Cpu) {
        printLine("skip", check.name, "needs --device cuda");
        return 0;
    }
    const Status status = check.run(device);
    printLine(status.ok() ? "ok" : "FAIL", check.name, status.ok() ? device.name() : toText(status.error()));
    std::fflush(stdout);
    return status.ok() ? 0 : 1;
}

int selfCheck(const std::string& deviceName) {
    const Result<Device> device = runner::deviceFromName(deviceName);
    if (!device) return report(device.error());
    printLine("info", "vitrine", std::string(Version) + " (" + commit() + "), " + Compiler);
    for (const auto& [library, version] : libraryVersions()) printLine("info", library, version);
    for (const DeviceInfo& info : listDevices()) printLine("info", info.device.name(), describe(info));
    if (const Status usable = useDevice(*device); !usable) {
        printLine("FAIL", device->name(), toText(usable.error()));
        return Failure;
    }
    int failures = 0;
    for (const SelfCheck& check : selfChecks()) failures += runOne(check, *device);
    std::printf("%zu checks, %d failed\n", selfChecks().size(), failures);
    return failures == 0 ? Success : Failure;
}

} // namespace

void addSelfCheckCommand(CLI::App& app, int& status) {
    auto device = std::make_shared<std::string>("cpu");
    CLI::App* command = app.add_subcommand("selfcheck", "compare the builds of every operator on this machine");
    command
        ->add_option("--device", *device, "The device whose build is compared with the plain one: cpu, cuda or cuda:N.")
        ->type_name("DEVICE");
    command->callback([&status, device] { status = selfCheck(*device); });
    setManual(*command, {"[--device DEVICE]",
                         "Prints versions and devices, then runs each operator that has more than one build on the "
                         "same inputs and compares the results, one line each: "
                         "ok, FAIL with the difference, or skip with the reason.",
                         {{"0", "No difference."},
                          {"1", "At least one operator differs, or the device cannot be used."},
                          {"2", "Wrong usage."}},
                         {},
                         {},
                         {{"vitrine-run selfcheck --device cuda", "Compare the GPU with the CPU."}}});
}

} // namespace vitrine::cli
