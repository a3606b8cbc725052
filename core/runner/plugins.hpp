// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/experiment/descriptor.hpp"
#include "core/experiment/factory.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace vitrine::runner {

/// The methods of one program: what is built in and what libraries add.
struct MethodSet {
    MethodRegistry registry;
    std::vector<const MethodFactory*> factories;

    [[nodiscard]] const MethodFactory* factory(const std::string& id) const;
    void add(const FactoryList* list);
};

/// Opens a library, for good, and takes its factories (`vitrine_method_factories`). The window loads libvitrine_methods
/// this way. \errors VIT-RUN-020 it cannot be opened or speaks another version
[[nodiscard]] Status loadFactories(const std::filesystem::path& library, MethodSet& methods);

/// Methods that live outside the program (a second room under test, a room in the making): each library named in
/// VITRINE_PLUGINS (paths between colons) exports `vitrine_method_factories` and
/// `void vitrine_register_methods(int abi, vitrine::MethodRegistry*)`. The first problem is returned, the rest still
/// loaded.
[[nodiscard]] Status loadPluginMethods(MethodSet& methods);
[[nodiscard]] Status loadPluginFactories(MethodSet& methods);

} // namespace vitrine::runner
