// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/base/values.hpp"

#include <functional>
#include <string>
#include <vector>

namespace vitrine {

/// One operator that has more than one build (plain C++ and CUDA, or reference and fast path).
struct SelfCheck {
    std::string name; ///< "tuple join", as printed by `vitrine-run selfcheck`
    /// Runs every build of the operator on the same inputs and compares. `device` says which second build is wanted.
    /// Ok: all agree. \errors VIT-CHECK-001 they differ (says where and by how much), or what the operator reports.
    std::function<Status(const Device& device)> run;
    bool needsCuda = false; ///< skipped, and said so, when the device is the CPU
};

/// The checks of this program, in the order in which they were added. An engine's author adds one line per operator:
///   static const SelfCheckEntry entry{{"tuple join", compareJoins}};
/// in a .cpp of libvitrine_methods. A plain function-local list: safe before main.
[[nodiscard]] std::vector<SelfCheck>& selfChecks();

struct SelfCheckEntry {
    explicit SelfCheckEntry(SelfCheck check) { selfChecks().push_back(std::move(check)); }
};

} // namespace vitrine
