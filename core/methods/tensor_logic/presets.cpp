// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/presets.hpp"

#include <map>

namespace vitrine::tl {

std::string ancestorsProgram() {
    return R"(# Whose ancestor is Alice?
Parent(Alice, Bob), Parent(Bob, Carol)
Parent(Carol, Dan), Parent(Dan, Eve)
Ancestor(x, z) <- Parent(x, z)
Ancestor(x, z) <- Ancestor(x, y), Parent(y, z)

# The same step as a matrix product
Count[x, z] = Parent(x, y) Parent(y, z)
Grand[x, z] = step(Count[x, z])

Ancestor(Alice, x)?
Count[x, z]?
)";
}

namespace {

Preset preset(const char* experiment, const char* scale, TextId label, TextId summary,
              std::map<std::string, Json> values) {
    Preset made;
    made.id = std::string(scale) + "." + experiment;
    made.scale = scale;
    made.label = std::move(label);
    made.summary = std::move(summary);
    made.values = std::move(values);
    made.values["experiment"] = experiment;
    return made;
}

} // namespace

std::vector<Preset> presets() {
    std::vector<Preset> all{
        preset("program", "lesson", "Lesson · ancestors", "A family, its ancestors and one rule as a matrix product.",
               {}),
        preset("closures", "lesson", "Lesson · closures", "One program, four engines, the same 13,217 pairs.",
               {{"graph", "uniform_200"}}),
        preset("closures", "study", "Study · closures", "Nine million pairs: what each engine pays for them.",
               {{"graph", "uniform_10000"}}),
        preset("digits", "lesson", "Lesson · digit sums", "Digits learned from sums alone, one seed.",
               {{"seeds", 1}, {"steps", 1000}, {"batch", 32}}),
        preset("digits", "study", "Study · digit sums", "Five seeds and a classifier that does not know the rule.",
               {{"seeds", 5}, {"steps", 1000}, {"batch", 32}}),
        preset("transformer", "lesson", "Lesson · transformer",
               "Copying eight tokens with attention written as equations.",
               {{"seeds", 1}, {"steps", 400}, {"batch", 64}}),
        preset("transformer", "study", "Study · transformer", "The copy task over several seeds.",
               {{"seeds", 3}, {"steps", 2000}, {"batch", 64}}),
        preset("closures", "gpu", "GPU · closures", "255 million pairs on one large GPU.",
               {{"graph", "uniform_50000"}}),
        preset("transformer", "gpu", "GPU · transformer", "Six blocks of width 256.",
               {{"seeds", 1}, {"steps", 2000}, {"batch", 256}, {"blocks", 6}, {"width", 256}}),
        preset("program", "full", "Full · your data", "Your program on your files; memory and rounds as you set them.",
               {{"memory", 16384}, {"max_rounds", 10000000}})};
    for (Preset& each : all)
        if (each.scale == "gpu") each.device = "cuda";
    return all;
}

ResourceEstimate estimateRun(const Config& complete, const DeviceInfo& device) {
    ResourceEstimate estimate;
    estimate.memoryBytes = 200LL << 20; // LibTorch and an idle process
    estimate.diskBytes = 1LL << 20;
    const std::string experiment = complete.text("experiment");
    if (experiment == "closures") {
        // Seconds of all engines that apply and bytes of the largest set, measured on two cores.
        static const std::map<std::string, std::pair<double, double>> measured{
            {"grid", {0.1, 1e6}},         {"tree", {0.5, 1e7}},         {"uniform_200", {0.6, 1e7}},
            {"uniform_5000", {6, 1.5e8}}, {"uniform_10000", {12, 3e8}}, {"uniform_50000", {60, 4e9}}};
        const auto& [seconds, bytes] = measured.at(complete.text("graph"));
        estimate.seconds = seconds;
        estimate.memoryBytes += static_cast<std::int64_t>(bytes);
        estimate.note = "Every engine that fits computes the closure once.";
        return estimate;
    }
    const auto steps = static_cast<double>(complete.integer("steps")),
               seeds = static_cast<double>(complete.integer("seeds"));
    if (experiment == "digits") {
        const double pairs = static_cast<double>(complete.integer("pairs"));
        estimate.seconds = seeds * steps * 3 * 0.7e-3 * static_cast<double>(complete.integer("batch")) / 32 + 0.5;
        estimate.memoryBytes += static_cast<std::int64_t>(pairs * 70 * 24);
        return estimate;
    }
    if (experiment == "transformer") {
        const auto width = static_cast<double>(complete.integer("width")),
                   blocks = static_cast<double>(complete.integer("blocks"));
        const double tokens = 17.0 * static_cast<double>(complete.integer("batch"));
        const double flops = 6 * tokens * blocks * 12 * width * width + 12 * tokens * blocks * 17 * width;
        const double rate =
            device.device.kind == DeviceKind::Cuda ? 1e13 : 1.5e10; // float32 on one large GPU; float64 here
        estimate.seconds = seeds * steps * (flops / rate + 4e-3) + 2;
        // What one step keeps for its gradient, and all tensors of all training sequences at the end.
        const bool isCpu = device.device.kind != DeviceKind::Cuda;
        const double all = 4096.0 * 17 * (blocks * (11 * width + 34) + 2 * width + 36);
        const double bytes = (tokens * blocks * width * 40 + all) * (isCpu ? 8 : 4);
        estimate.memoryBytes += isCpu ? static_cast<std::int64_t>(bytes) : 400LL << 20;
        if (!isCpu) estimate.deviceBytes = static_cast<std::int64_t>(bytes) + (500LL << 20);
        return estimate;
    }
    estimate.seconds = 1;
    estimate.note = "What a program of yours costs is measured as it runs; joins above the memory budget are refused.";
    return estimate;
}

} // namespace vitrine::tl
