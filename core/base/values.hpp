// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

/// The values that cross every border: thread, process, library, window. All are copyable and cheap to copy.
namespace vitrine {

enum class DType { Bool, Int64, Float32, Float64 };

/// A tensor at rest: contiguous, row-major, immutable.
struct TensorSnapshot {
    std::vector<std::int64_t> shape;
    DType dtype = DType::Float64;
    std::shared_ptr<const std::byte[]> data;

    [[nodiscard]] std::int64_t elements() const {
        std::int64_t count = 1;
        for (const std::int64_t extent : shape) count *= extent;
        return count;
    }
    template <typename T>
    [[nodiscard]] const T* as() const {
        return reinterpret_cast<const T*>(data.get());
    }
};

/// One curve. NaN in y is a gap with a marker.
struct Series {
    std::string id, name, xUnit, yUnit;
    std::vector<double> x, y;
    std::vector<double> low, high; ///< an interval per point, or empty
};

using TableCell = std::variant<std::monostate, std::int64_t, double, std::string>;

struct TableColumn {
    std::string id, name, unit;
};

/// Rows by value; `total` may exceed rows.size() when this is a page that starts at `offset`.
struct Table {
    std::vector<TableColumn> columns;
    std::vector<std::vector<TableCell>> rows;
    std::int64_t offset = 0;
    std::int64_t total = 0;
};

struct GraphNode {
    std::string id, label, detail, kind; ///< kind picks shape and hue: "tensor", "fact", "rule", ...
    std::string group;                   ///< nodes of one group are boxed together; may be empty
    int layer = -1;                      ///< -1: the layout decides
};
struct GraphEdge {
    std::string from, to, label, kind; ///< kind "strict", "negated", "plain", ...
};
struct GraphSnapshot {
    std::vector<GraphNode> nodes;
    std::vector<GraphEdge> edges;
};

/// 32-bit 0xffRRGGBB, row-major, width * height.
struct FrameImage {
    int width = 0, height = 0;
    std::shared_ptr<const std::uint32_t[]> pixels;
};

struct Text {
    std::string mediaType, text; ///< "text/plain", "text/markdown", "application/json"
};

enum class DeviceKind { Cpu, Cuda };

struct Device {
    DeviceKind kind = DeviceKind::Cpu;
    int index = 0;
    int threads = 0; ///< intra-op threads on the CPU; 0: all cores but one for the window
    [[nodiscard]] std::string name() const { return kind == DeviceKind::Cpu ? "cpu" : "cuda:" + std::to_string(index); }
};

struct DeviceInfo {
    Device device;
    std::string model; ///< "AMD EPYC", "NVIDIA H100"
    int cores = 1;
    std::int64_t memoryBytes = 0; ///< installed
    std::int64_t freeBytes = 0;   ///< now
    bool usable = true;
    std::string reason; ///< why not usable, or empty
};

} // namespace vitrine
