// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace vitrine::tl::dense {

/// The right factor of products of int64 matrices [.., m, k] x [.., k, n], on every device. The library multiplies
/// integers hundreds of times slower than floating point, and not at all on CUDA: the product is made of floating-point
/// products that are exact, of the matrices where every sum stays below 2^53, else of parts of their bits. What the
/// factor needs for that is made once.
class IntegerFactor {
  public:
    explicit IntegerFactor(at::Tensor right);

    /// left x right; a sum beyond 64 bits is suspect where `isChecked`, else it wraps. \errors Suspect
    /// \cost 1 product up to 2^53, at most 16 beyond
    [[nodiscard]] at::Tensor leftTimes(const at::Tensor& left, bool isChecked) const;

  private:
    [[nodiscard]] at::Tensor estimate(const at::Tensor& left) const; ///< left x right in float64
    [[nodiscard]] at::Tensor productOfParts(const at::Tensor& left, double largest) const;

    at::Tensor m_right;
    double m_largest = 0;
    std::int64_t m_bits = 0;                 ///< of a part
    mutable at::Tensor m_float, m_double;    ///< the factor in another type, once it is needed
    mutable std::vector<at::Tensor> m_parts; ///< float64, lowest bits first
};

} // namespace vitrine::tl::dense
