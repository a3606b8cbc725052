// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace vitrine {

/// Names one process for all time: a process id alone is used again by the system.
struct ProcessIdentity {
    int pid = 0;
    std::uint64_t startTicks = 0; ///< since the machine's start
    std::string bootId;           ///< of that start

    [[nodiscard]] Json toJson() const;
    [[nodiscard]] static std::optional<ProcessIdentity> fromJson(const Json& json);
    friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

[[nodiscard]] ProcessIdentity ownIdentity();
[[nodiscard]] std::optional<ProcessIdentity> identityOf(int pid); ///< none: no such process, or a zombie
/// True while that very process runs on this machine.
[[nodiscard]] bool isAlive(const ProcessIdentity& process);

} // namespace vitrine
