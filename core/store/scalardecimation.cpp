// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/scalardecimation.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace vitrine::store {

namespace {

void keepExtremes(const std::vector<double>& value, std::size_t begin, std::size_t end, std::set<std::size_t>& kept) {
    constexpr auto None = static_cast<std::size_t>(-1);
    std::size_t low = None, high = None, firstNan = None;
    for (std::size_t i = begin; i < end; ++i) {
        if (std::isnan(value[i])) {
            if (firstNan == None) firstNan = i;
            continue;
        }
        if (low == None || value[i] < value[low]) low = i;
        if (high == None || value[i] > value[high]) high = i;
    }
    for (const std::size_t index : {low, high, firstNan})
        if (index != None) kept.insert(index);
}

} // namespace

ScalarCurve decimated(const ScalarCurve& curve, std::size_t maxPoints) {
    const std::size_t count = curve.value.size();
    if (count <= std::max<std::size_t>(maxPoints, 4)) return curve;
    const std::size_t parts = std::max<std::size_t>(1, (maxPoints - std::min<std::size_t>(maxPoints, 2)) / 2);
    std::set<std::size_t> kept{0, count - 1};
    for (std::size_t part = 0; part < parts; ++part)
        keepExtremes(curve.value, count * part / parts, count * (part + 1) / parts, kept);
    ScalarCurve out;
    for (const std::size_t i : kept) {
        out.step.push_back(curve.step[i]);
        out.timeMs.push_back(curve.timeMs[i]);
        out.value.push_back(curve.value[i]);
        out.superseded.push_back(curve.superseded[i]);
    }
    out.lastAttempt = curve.lastAttempt;
    out.lastSequence = curve.lastSequence;
    return out;
}

} // namespace vitrine::store
