// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace vitrine::lm {

/// What a query may see of the keys before it.
struct Sight {
    bool isCausal = true;
    std::int64_t window = 0; ///< causal: only the last so many keys, itself among them; 0: all
};

/// softmax(q k' / sqrt(headDim)) v of texts of one length, in FP32 inside. The last query stands at the last key; heads
/// of q share the heads of k and v in order.
/// \param q        [texts, t, heads, headDim]
/// \param k, v     [texts, kvHeads, m, headDim], m >= t
/// \param pattern  when not null, gets FP32 [texts, t, heads, m]
/// \returns [texts, t, heads, headDim]
[[nodiscard]] at::Tensor attendOver(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, const Sight& sight,
                                    at::Tensor* pattern);

/// The same where a mask says what is seen: texts of unlike lengths filled up, or keys that are no stretch of a text.
/// \param mask  bool [texts or 1, t, m], true where query t sees key m; each query sees at least one
[[nodiscard]] at::Tensor attendMasked(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                      const at::Tensor& mask, at::Tensor* pattern);

} // namespace vitrine::lm
