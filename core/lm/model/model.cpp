// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/model/model.hpp"

#include "core/base/rng.hpp"
#include "core/lm/checkpoint/loadreport.hpp"
#include "core/lm/model/guard.hpp"
#include "core/tensor/device.hpp"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace vitrine::lm {

namespace {

at::TensorOptions optionsOf(const Device& device, ComputeType compute) {
    const at::Device where =
        device.kind == DeviceKind::Cuda ? at::Device(at::kCUDA, static_cast<at::DeviceIndex>(device.index)) : at::kCPU;
    return at::TensorOptions().device(where).dtype(compute == ComputeType::BFloat16 ? at::kBFloat16 : at::kFloat);
}

std::string gigabytes(std::uint64_t bytes) {
    const auto tenths = static_cast<std::uint64_t>(std::llround(static_cast<double>(bytes) / 1e8));
    return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

/// Refuses what cannot fit before anything is allocated.
Status checkMemory(std::uint64_t need, const Device& device) {
    if (device.kind != DeviceKind::Cpu) return {}; // the allocator of the GPU tells, and nothing is lost
    const std::vector<DeviceInfo> devices = listDevices();
    const auto free = static_cast<std::uint64_t>(std::max<std::int64_t>(0, devices.front().freeBytes));
    if (free == 0 || need <= free) return {};
    return makeError("VIT-LM-200", "The model needs %1 of memory; %2 are free", {gigabytes(need), gigabytes(free)},
                     "Close other programs, choose bfloat16, or take a smaller model.");
}

Status fill(Model& model, const OpenedModel& opened, const LoadProgress& progress, const std::stop_token& stop) {
    std::map<std::string, at::Tensor> targets;
    for (NamedTensor& each : namedTensors(model.config, model.weights)) targets.emplace(each.name, each.tensor);
    std::uint64_t done = 0;
    for (const Weight& weight : opened.report.match.weights) {
        if (stop.stop_requested()) return makeError("VIT-LM-201", "Loading was stopped");
        const TensorInfo& info = opened.checkpoint->tensors()[weight.tensor];
        if (const auto target = targets.find(weight.name); target != targets.end()) {
            const at::Tensor wide = at::empty(weight.shape, at::kFloat);
            if (const Status status = readWeight(*opened.checkpoint, weight, model.config,
                                                 {wide.data_ptr<float>(), static_cast<std::size_t>(wide.numel())});
                !status.ok())
                return status;
            target->second.copy_(wide);
        }
        done += info.bytes;
        if (progress) progress(done, opened.report.weightBytes);
    }
    return {};
}

} // namespace

Result<ModelPtr> loadModel(const std::filesystem::path& path, const LoadOptions& options, const LoadProgress& progress,
                           std::stop_token stop) {
    const Result<OpenedModel> opened = openModel(path);
    if (!opened.ok()) return opened.error();
    return loadModel(*opened, options, progress, std::move(stop));
}

Result<ModelPtr> loadModel(const OpenedModel& opened, const LoadOptions& options, const LoadProgress& progress,
                           std::stop_token stop) {
    const LoadReport& report = opened.report;
    if (const Error* problem = firstError(report.problems)) return *problem;
    if (const Status status = useDevice(options.device); !status.ok()) return status.error();
    const double elementBytes = options.compute == ComputeType::BFloat16 ? 2 : 4;
    const MemoryNeed need = memoryNeed(report, {elementBytes, 2, 0, 0});
    if (const Status status = checkMemory(need.weights, options.device); !status.ok()) return status.error();
    return guarded([&]() -> Result<ModelPtr> {
        auto model = std::make_shared<Model>();
        model->config = report.config;
        model->device = options.device;
        model->compute = options.compute;
        const at::NoGradGuard noGradients;
        model->weights = emptyWeights(model->config, optionsOf(options.device, options.compute));
        if (const Status status = fill(*model, opened, progress, stop); !status.ok()) return status.error();
        return model;
    });
}

Result<ModelPtr> randomModel(const ModelConfig& config, std::uint64_t seed, const Device& device, ComputeType compute) {
    if (const Status status = useDevice(device); !status.ok()) return status.error();
    return guarded([&]() -> Result<ModelPtr> {
        auto model = std::make_shared<Model>();
        model->config = config;
        model->device = device;
        model->compute = compute;
        const at::NoGradGuard noGradients;
        model->weights = emptyWeights(config, optionsOf(device, compute));
        const SeedSequence seeds(seed);
        const double deviation = 0.02, residual = deviation / std::sqrt(2.0 * static_cast<double>(config.layers));
        for (const NamedTensor& each : parameters(model->weights)) {
            if (each.tensor.dim() != 2) continue; // norms are 1, biases 0
            const bool isResidual = each.name.ends_with(".output.weight") || each.name.ends_with(".down.weight");
            at::Generator generator = at::detail::createCPUGenerator(seeds.seed(each.name));
            each.tensor.copy_(at::normal(0.0, isResidual ? residual : deviation, each.tensor.sizes(), generator));
        }
        return model;
    });
}

std::int64_t parameterCount(const Model& model) {
    std::int64_t count = 0;
    for (const NamedTensor& each : parameters(model.weights)) count += each.tensor.numel();
    return count;
}

} // namespace vitrine::lm
