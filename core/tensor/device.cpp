// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tensor/device.hpp"

#include "core/base/gpudriver.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <dlfcn.h>
#include <fstream>
#include <mutex>
#include <string>
#include <thread>
#include <unistd.h>

namespace vitrine {

namespace {

std::mutex cudaMutex;
bool wasTried = false;
Status loadState;
const KernelTables* tables = nullptr;

std::string fieldOf(const char* path, const std::string& key) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        if (line.rfind(key, 0) != 0) continue;
        const std::size_t colon = line.find(':');
        const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
        return begin == std::string::npos ? std::string() : line.substr(begin);
    }
    return {};
}

std::int64_t kibibytesOf(const std::string& key) {
    const std::string text = fieldOf("/proc/meminfo", key);
    return text.empty() ? 0 : std::stoll(text) * 1024;
}

DeviceInfo cpuInfo() {
    DeviceInfo info;
    info.device.kind = DeviceKind::Cpu;
    info.model = fieldOf("/proc/cpuinfo", "model name");
    if (info.model.empty()) info.model = "CPU";
    info.cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    info.memoryBytes = kibibytesOf("MemTotal");
    info.freeBytes = kibibytesOf("MemAvailable");
    return info;
}

Error deviceError(const char* code, const char* message, std::vector<std::string> arguments) {
    Error error;
    error.code = code;
    error.message = message;
    error.arguments = std::move(arguments);
    return error;
}

/// The module lies beside the library that holds this function.
std::string modulePath() {
    Dl_info self{};
    if (::dladdr(reinterpret_cast<const void*>(&listDevices), &self) == 0 || self.dli_fname == nullptr)
        return "vitrine_cuda.so";
    const std::string library = self.dli_fname;
    return library.substr(0, library.rfind('/') + 1) + "vitrine_cuda.so";
}

Status load() {
    // The driver stays loaded: the module needs it.
    if (::dlopen("libcuda.so.1", RTLD_LAZY | RTLD_GLOBAL) == nullptr)
        return deviceError("VIT-DEVICE-001", "There is no NVIDIA driver on this machine", {});
    const std::string path = modulePath();
    void* module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
    if (module == nullptr) {
        const char* reason = ::dlerror();
        return deviceError("VIT-DEVICE-002", "The GPU module could not be loaded: %1",
                           {reason != nullptr ? reason : path});
    }
    using Export = const KernelTables* (*)(int);
    const auto entry = reinterpret_cast<Export>(::dlsym(module, "vitrine_kernels"));
    tables = entry != nullptr ? entry(KernelAbi) : nullptr;
    if (tables == nullptr)
        return deviceError("VIT-DEVICE-002", "The GPU module could not be loaded: %1", {path + ": another version"});
    return {};
}

} // namespace

Status loadCuda() {
    const std::lock_guard lock(cudaMutex);
    if (!wasTried) {
        loadState = load();
        wasTried = true;
    }
    return loadState;
}

const KernelTables* cudaKernels() {
    const std::lock_guard lock(cudaMutex);
    return tables;
}

std::vector<DeviceInfo> listDevices() {
    std::vector<DeviceInfo> devices = {cpuInfo()};
    for (DeviceInfo& gpu : gpusOfDriver()) {
        gpu.usable = ::access(modulePath().c_str(), R_OK) == 0;
        if (!gpu.usable) gpu.reason = "the GPU module is not installed";
        devices.push_back(std::move(gpu));
    }
    return devices;
}

Status useDevice(const Device& device) {
    setThreads(device.threads);
    if (device.kind == DeviceKind::Cpu) return {};
    if (Status cuda = loadCuda(); !cuda.ok()) return cuda;
    if (device.index < 0 || device.index >= static_cast<int>(gpusOfDriver().size()))
        return deviceError("VIT-DEVICE-003", "There is no GPU %1", {std::to_string(device.index)});
    return {};
}

void setThreads(int threads) {
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    at::set_num_threads(threads > 0 ? threads : std::max(1, cores - 1));
}

} // namespace vitrine
