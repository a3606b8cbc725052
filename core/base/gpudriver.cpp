// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/gpudriver.hpp"

#include <dlfcn.h>

#include <cstddef>

namespace vitrine {

namespace {

/// What the driver itself says of its GPUs; nothing else needs to be loaded for that.
class Driver {
  public:
    Driver() : m_library(::dlopen("libcuda.so.1", RTLD_LAZY | RTLD_GLOBAL)) {
        const auto init = symbol<int (*)(unsigned)>("cuInit");
        if (init == nullptr || init(0) != 0) m_library = nullptr;
    }
    [[nodiscard]] int count() const {
        const auto get = symbol<int (*)(int*)>("cuDeviceGetCount");
        int result = 0;
        return get != nullptr && get(&result) == 0 ? result : 0;
    }
    [[nodiscard]] DeviceInfo describe(int index) const {
        DeviceInfo info;
        info.device.kind = DeviceKind::Cuda;
        info.device.index = index;
        const auto device = symbol<int (*)(int*, int)>("cuDeviceGet");
        const auto name = symbol<int (*)(char*, int, int)>("cuDeviceGetName");
        const auto memory = symbol<int (*)(std::size_t*, int)>("cuDeviceTotalMem_v2");
        int handle = 0;
        char text[128] = "NVIDIA GPU";
        std::size_t bytes = 0;
        if (device != nullptr && device(&handle, index) == 0) {
            if (name != nullptr) name(text, sizeof text, handle);
            if (memory != nullptr) memory(&bytes, handle);
        }
        info.model = text;
        info.memoryBytes = static_cast<std::int64_t>(bytes);
        return info;
    }

  private:
    template <typename Function>
    [[nodiscard]] Function symbol(const char* name) const {
        return m_library == nullptr ? nullptr : reinterpret_cast<Function>(::dlsym(m_library, name));
    }
    void* m_library; ///< stays loaded
};

} // namespace

std::vector<DeviceInfo> gpusOfDriver() {
    std::vector<DeviceInfo> gpus;
    const Driver driver;
    for (int index = 0; index < driver.count(); ++index) gpus.push_back(driver.describe(index));
    return gpus;
}

} // namespace vitrine
