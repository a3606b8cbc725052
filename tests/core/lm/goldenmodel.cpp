// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/core/lm/goldenmodel.hpp"

#include <ATen/ATen.h>

#include <QByteArray>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace vitrine::test {

namespace {

std::filesystem::path folder() {
    return std::filesystem::path(qgetenv("VITRINE_SOURCE_DIR").toStdString()) / "tests/core/lm/fixtures/models";
}

std::uint32_t fnv1a(const std::string& text) {
    std::uint32_t value = 2166136261U;
    for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 16777619U;
    return value;
}

/// `fill` of make_models.py.
void fill(const std::string& name, const at::Tensor& target) {
    const at::Tensor values = at::empty(target.sizes(), at::kFloat);
    float* out = values.data_ptr<float>();
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
    const bool isVector = target.dim() == 1;
    const bool isNorm = lower.find("norm") != std::string::npos && name.ends_with("weight");
    const float scale = isVector ? 0.25F : 3.5F / std::sqrt(static_cast<float>(target.size(-1)));
    const std::uint32_t seed = fnv1a(name);
    for (std::int64_t k = 0; k < values.numel(); ++k) {
        auto x = static_cast<std::uint32_t>(k) * 2654435761U + seed;
        x ^= x >> 15;
        x *= 2246822519U;
        x ^= x >> 13;
        const auto v = static_cast<float>(static_cast<double>(x >> 8) / 16777216.0 - 0.5);
        out[k] = v * scale + (isVector && isNorm ? 1.0F : 0.0F);
    }
    target.copy_(values);
}

} // namespace

std::vector<lm::TokenId> Golden::ids(const char* key) const {
    return json.at(key).get<std::vector<lm::TokenId>>();
}

std::vector<double> Golden::numbers(const char* key) const {
    return json.at(key).get<std::vector<double>>();
}

std::vector<std::string> goldenNames() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder()))
        names.push_back(entry.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

Golden golden(const std::string& name, lm::ComputeType compute, const Json& config) {
    std::ifstream file(folder() / (name + ".json"));
    std::stringstream text;
    text << file.rdbuf();
    Golden result;
    result.json = Json::parse(text.str());
    Json changed = result.json.at("config");
    if (!config.is_null()) changed.merge_patch(config);
    const lm::ConfigReading reading = lm::readModelConfig(changed);
    if (!reading.ok()) qFatal("%s: %s", name.c_str(), toText(reading.problems.front()).c_str());
    Device device;
    device.threads = 1;
    Result<lm::ModelPtr> model = lm::randomModel(reading.config, 1, device, compute);
    if (!model.ok()) qFatal("%s: %s", name.c_str(), toText(model.error()).c_str());
    result.model = *model;
    for (const lm::NamedTensor& each : lm::namedTensors(reading.config, result.model->weights))
        fill(each.name, each.tensor);
    return result;
}

} // namespace vitrine::test
