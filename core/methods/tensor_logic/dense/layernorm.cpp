// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/methods/tensor_logic/dense/layernorm.hpp"

#include <cmath>

namespace vitrine::tl::dense {

void layerNorm(std::span<const double> in, std::span<double> out) {
    double sum = 0, rest = 0; // Knuth's two-sum: `rest` is what the additions rounded away
    for (const double x : in) {
        const double next = sum + x, added = next - sum;
        rest += (sum - (next - added)) + (x - added);
        sum = next;
    }
    const auto count = static_cast<double>(in.size());
    const double near = sum / count, mean = near + (std::fma(-near, count, sum) + rest) / count;
    double squares = 0;
    for (std::size_t k = 0; k < in.size(); ++k) {
        out[k] = in[k] - mean;
        squares += out[k] * out[k];
    }
    const double scale = std::sqrt(squares / count + LnormEpsilon);
    for (double& y : out) y /= scale;
}

} // namespace vitrine::tl::dense
