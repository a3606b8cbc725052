// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.hpp"
#include "core/lm/model/rows.hpp"

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace vitrine::lm {

/// The part of a forward pass that knows more than one row: which keys there are, what a query may see, where
/// positions lie. Everything else of a transformer is row by row. A pass is begin, attend for each layer in order, end.
class Attention {
  public:
    virtual ~Attention() = default;

    /// Checks the rows, makes room for them and says where they stand.
    /// \returns int64 [n] or [3, n]. \errors VIT-LM-211 no room
    [[nodiscard]] virtual Result<at::Tensor> begin(const Rows& rows) = 0;
    /// \param q        [n, heads, headDim], after QK-norm, not rotated
    /// \param k, v     [n, kvHeads, headDim], k not rotated
    /// \param pattern  when not null, gets the weights of each query: FP32 [n, heads, keys], 0 where masked. Slow: the
    ///                 plain path
    /// \returns [n, heads, headDim]
    [[nodiscard]] virtual at::Tensor attend(std::int64_t layer, const at::Tensor& q, const at::Tensor& k,
                                            const at::Tensor& v, at::Tensor* pattern) = 0;
    /// The rows are part of their texts from here on; without it, the next `begin` forgets them.
    virtual void end() = 0;
};

} // namespace vitrine::lm
