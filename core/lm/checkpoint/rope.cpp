// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/lm/checkpoint/rope.hpp"

#include "core/lm/checkpoint/modelconfig.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace vitrine::lm {

namespace {

/// theta^(-2i/d) for i = 0 .. d/2 - 1
std::vector<double> plain(double theta, std::int64_t dim) {
    std::vector<double> inverse(static_cast<std::size_t>(dim / 2));
    for (std::size_t i = 0; i < inverse.size(); ++i)
        inverse[i] = std::pow(theta, -2.0 * static_cast<double>(i) / static_cast<double>(dim));
    return inverse;
}

/// Stretches theta once the text is longer than what was trained.
double dynamicTheta(const ModelConfig& config, std::int64_t length) {
    const auto trained = static_cast<double>(config.maxPositions);
    const double now = std::max(static_cast<double>(length), trained);
    const auto dim = static_cast<double>(config.headDim);
    const double stretch = config.rope.factor * now / trained - (config.rope.factor - 1);
    return config.rope.theta * std::pow(stretch, dim / (dim - 2));
}

/// Long waves are slowed by the factor, short ones kept, those between blended.
void applyLlama3(const RopeConfig& rope, std::vector<double>& inverse) {
    const auto original = static_cast<double>(rope.originalPositions);
    const double low = rope.lowFrequencyFactor, high = rope.highFrequencyFactor;
    for (double& f : inverse) {
        const double wave = 2 * std::numbers::pi / f;
        if (wave < original / high) continue;
        if (wave > original / low) {
            f /= rope.factor;
            continue;
        }
        const double t = (original / wave - low) / (high - low);
        f = (1 - t) * f / rope.factor + t * f;
    }
}

/// The (fractional) dimension whose wave turns `turns` times within the original context.
double dimensionOfTurns(double turns, const RopeConfig& rope, std::int64_t dim) {
    const double span = static_cast<double>(rope.originalPositions) / (turns * 2 * std::numbers::pi);
    return static_cast<double>(dim) * std::log(span) / (2 * std::log(rope.theta));
}

void applyYarn(const RopeConfig& rope, std::int64_t dim, std::vector<double>& inverse) {
    double low = dimensionOfTurns(rope.betaFast, rope, dim);
    double high = dimensionOfTurns(rope.betaSlow, rope, dim);
    if (rope.truncate) {
        low = std::floor(low);
        high = std::ceil(high);
    }
    low = std::max(low, 0.0);
    high = std::min(high, static_cast<double>(dim - 1));
    if (low == high) high += 0.001; // a step instead of a ramp
    for (std::size_t i = 0; i < inverse.size(); ++i) {
        const double ramp = std::clamp((static_cast<double>(i) - low) / (high - low), 0.0, 1.0);
        inverse[i] = inverse[i] / rope.factor * ramp + inverse[i] * (1 - ramp);
    }
}

double yarnScale(double factor, double mscale) {
    return factor <= 1 ? 1 : 0.1 * mscale * std::log(factor) + 1;
}

double yarnFactor(const RopeConfig& rope) {
    if (rope.attentionFactor) return *rope.attentionFactor;
    if (rope.mscale.value_or(0) != 0 && rope.mscaleAllDim.value_or(0) != 0)
        return yarnScale(rope.factor, *rope.mscale) / yarnScale(rope.factor, *rope.mscaleAllDim);
    return yarnScale(rope.factor, 1);
}

} // namespace

std::string_view ropeTypeName(RopeType type) {
    switch (type) {
    case RopeType::None:
        return "none";
    case RopeType::Default:
        return "default";
    case RopeType::Linear:
        return "linear";
    case RopeType::Dynamic:
        return "dynamic";
    case RopeType::Llama3:
        return "llama3";
    case RopeType::Yarn:
        break;
    }
    return "yarn";
}

RopeFrequencies ropeFrequencies(const ModelConfig& config, std::int64_t length) {
    const RopeConfig& rope = config.rope;
    RopeFrequencies result;
    if (rope.type == RopeType::None) return result;
    result.inverse = plain(rope.type == RopeType::Dynamic ? dynamicTheta(config, length) : rope.theta, config.headDim);
    if (rope.type == RopeType::Linear)
        for (double& f : result.inverse) f /= rope.factor;
    if (rope.type == RopeType::Llama3) applyLlama3(rope, result.inverse);
    if (rope.type == RopeType::Yarn) {
        applyYarn(rope, config.headDim, result.inverse);
        result.factor = yarnFactor(rope);
    }
    for (std::size_t i = 0; i < std::min(result.inverse.size(), rope.divisors.size()); ++i)
        result.inverse[i] /= rope.divisors[i];
    return result;
}

} // namespace vitrine::lm
