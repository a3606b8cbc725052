// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/bridge/deviceprobe.hpp"

#include "core/base/files.hpp"
#include "core/base/gpudriver.hpp"

#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>

namespace vitrine {

namespace {

// Value of a line "Name:   123 kB" of /proc/meminfo, in bytes.
std::int64_t memoryLine(const std::string& name) {
    std::ifstream file("/proc/meminfo");
    for (std::string key; file >> key;) {
        std::int64_t kilobytes = 0;
        if (key == name + ":" && file >> kilobytes) return kilobytes * 1024;
        file.ignore(256, '\n');
    }
    return 0;
}

std::string processorName() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name"))
            if (const auto colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
    return "CPU";
}

} // namespace

DeviceInfo cpuInfo() {
    DeviceInfo info;
    info.model = processorName();
    info.cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    info.memoryBytes = memoryLine("MemTotal");
    info.freeBytes = memoryLine("MemAvailable");
    return info;
}

std::vector<DeviceInfo> gpuInfos() {
    std::vector<DeviceInfo> gpus = gpusOfDriver();
    const bool isUsable = ::access((executableFolder() / "vitrine_cuda.so").c_str(), R_OK) == 0;
    for (DeviceInfo& gpu : gpus) {
        gpu.usable = isUsable;
        if (!isUsable) gpu.reason = "the GPU module is not installed";
    }
    return gpus;
}

MemoryNow memoryNow() {
    MemoryNow now;
    std::int64_t pages = 0;
    std::ifstream statm("/proc/self/statm");
    statm >> pages >> pages; // the second number is the resident set
    now.process = pages * sysconf(_SC_PAGESIZE);
    now.total = memoryLine("MemTotal");
    now.used = now.total - memoryLine("MemAvailable");
    return now;
}

} // namespace vitrine
