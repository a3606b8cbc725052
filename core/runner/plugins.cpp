// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runner/plugins.hpp"

#include <dlfcn.h>

#include <cstdlib>

namespace vitrine::runner {

namespace {

Error cannotLoad(const std::filesystem::path& library, const std::string& reason) {
    return makeError("VIT-RUN-020", "The library %1 cannot be used: %2", {library.string(), reason});
}

template <typename Function>
Result<Function*> functionOf(const std::filesystem::path& library, const char* name) {
    void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) return cannotLoad(library, ::dlerror());
    void* symbol = ::dlsym(handle, name);
    if (!symbol) return cannotLoad(library, std::string("it does not export ") + name);
    return reinterpret_cast<Function*>(symbol);
}

std::vector<std::filesystem::path> pluginPaths() {
    std::vector<std::filesystem::path> paths;
    const char* listed = std::getenv("VITRINE_PLUGINS");
    std::string rest = listed ? listed : "";
    while (!rest.empty()) {
        const std::size_t colon = rest.find(':');
        if (const std::string one = rest.substr(0, colon); !one.empty()) paths.emplace_back(one);
        rest = colon == std::string::npos ? std::string() : rest.substr(colon + 1);
    }
    return paths;
}

template <typename Load>
Status forEachPlugin(Load load) {
    Status first;
    for (const std::filesystem::path& library : pluginPaths())
        if (Status status = load(library); !status.ok() && first.ok()) first = status;
    return first;
}

Status registerFrom(const std::filesystem::path& library, MethodRegistry& registry) {
    const auto function = functionOf<void(int, MethodRegistry*)>(library, "vitrine_register_methods");
    if (!function) return function.error();
    (*function)(FactoryAbi, &registry);
    return {};
}

} // namespace

const MethodFactory* MethodSet::factory(const std::string& id) const {
    for (const MethodFactory* one : factories)
        if (one->id() == id) return one;
    return nullptr;
}

void MethodSet::add(const FactoryList* list) {
    if (list) factories.insert(factories.end(), list->begin(), list->end());
}

Status loadFactories(const std::filesystem::path& library, MethodSet& methods) {
    const auto function = functionOf<const FactoryList*(int)>(library, "vitrine_method_factories");
    if (!function) return function.error();
    const FactoryList* list = (*function)(FactoryAbi);
    if (!list) return cannotLoad(library, "it was built for another version of Vitrine");
    methods.add(list);
    return {};
}

Status loadPluginMethods(MethodSet& methods) {
    return forEachPlugin([&](const std::filesystem::path& library) { return registerFrom(library, methods.registry); });
}

Status loadPluginFactories(MethodSet& methods) {
    return forEachPlugin([&](const std::filesystem::path& library) { return loadFactories(library, methods); });
}

} // namespace vitrine::runner
