// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/process.hpp"

#include "core/base/files.hpp"

#include <unistd.h>

#include <sstream>

namespace vitrine {

namespace {

const std::string& bootId() {
    static const std::string id = [] {
        Result<std::string> text = readFile("/proc/sys/kernel/random/boot_id", 100);
        if (!text) return std::string();
        while (!text->empty() && text->back() == '\n') text->pop_back();
        return *text;
    }();
    return id;
}

} // namespace

std::optional<ProcessIdentity> identityOf(int pid) {
    const Result<std::string> stat = readFile("/proc/" + std::to_string(pid) + "/stat", 4096);
    if (!stat) return std::nullopt;
    const auto name = stat->rfind(')'); // the name may hold blanks and brackets
    if (name == std::string::npos) return std::nullopt;
    std::istringstream fields(stat->substr(name + 1));
    std::string state, skipped;
    fields >> state;
    if (state == "Z" || state == "X") return std::nullopt;
    for (int field = 4; field < 22; ++field) fields >> skipped;
    ProcessIdentity identity{pid, 0, bootId()};
    fields >> identity.startTicks;
    return fields ? std::optional(identity) : std::nullopt;
}

ProcessIdentity ownIdentity() {
    return identityOf(::getpid()).value_or(ProcessIdentity{::getpid(), 0, bootId()});
}

bool isAlive(const ProcessIdentity& process) {
    if (process.pid <= 0) return false;
    const auto current = identityOf(process.pid);
    return current && *current == process;
}

Json ProcessIdentity::toJson() const {
    return {{"pid", pid}, {"start", startTicks}, {"boot", bootId}};
}

std::optional<ProcessIdentity> ProcessIdentity::fromJson(const Json& json) {
    if (!json.is_object()) return std::nullopt;
    const auto pidAt = json.find("pid"), startAt = json.find("start"), bootAt = json.find("boot");
    if (pidAt == json.end() || startAt == json.end() || bootAt == json.end()) return std::nullopt;
    if (!pidAt->is_number_integer() || !startAt->is_number_unsigned() || !bootAt->is_string()) return std::nullopt;
    return ProcessIdentity{pidAt->get<int>(), startAt->get<std::uint64_t>(), bootAt->get<std::string>()};
}

} // namespace vitrine
