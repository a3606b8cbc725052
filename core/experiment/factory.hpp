// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/experiment.hpp"
#include "core/experiment/session.hpp"

#include <memory>
#include <string>
#include <vector>

namespace vitrine {

/// What libvitrine_methods makes for one method. Obtained through `vitrine_method_factories` (extern "C") by dlopen
/// in the window, by linking in the runner.
class MethodFactory {
  public:
    virtual ~MethodFactory() = default;
    [[nodiscard]] virtual std::string id() const = 0;
    [[nodiscard]] virtual std::unique_ptr<Experiment> makeExperiment() const = 0;
    [[nodiscard]] virtual std::unique_ptr<Session> makeSession(Session::Sink sink) const = 0; ///< null: none
};

using FactoryList = std::vector<const MethodFactory*>;
/// Name of the exported function: `const vitrine::FactoryList* vitrine_method_factories(int abi)`; null for another
/// abi.
inline constexpr int FactoryAbi = 1;

} // namespace vitrine
